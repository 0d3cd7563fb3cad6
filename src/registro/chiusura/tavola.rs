//! A register on paper: a front page with what the norm wants to be known of it, then a table with a row per registration.

use super::modello::{Frontespizio, Modifica, Parte, Voce};
use crate::registro::stampa::{Formato, Grigio, Pdf, Stile, Titolo};
use std::io::{self, Write};

/// Margin on every side, in points.
const MARGINE: f32 = 30.0;
/// Where the rows may begin and must end.
const SOPRA: f32 = 62.0;
const SOTTO: f32 = 595.0 - 40.0;
/// Size of text and distance between lines.
const CORPO: f32 = 7.0;
const INTERLINEA: f32 = 8.8;
/// Size of an impronta: its 64 digits stand on one line.
const CORPO_IMPRONTA: f32 = 5.4;
/// Space above and below a row.
const ARIA: f32 = 3.0;
/// Space between two columns.
const FRA_COLONNE: f32 = 6.0;

/// The columns: heading and width.
type Colonne = &'static [(&'static str, f32)];

const REGISTRAZIONI: Colonne = &[
    ("Numero", 58.0),
    ("Data e ora", 48.0),
    ("Flusso", 38.0),
    ("Mittente o destinatario", 168.0),
    ("Oggetto", 176.0),
    ("Prot. mittente, arrivo", 82.0),
    ("Documenti e impronte SHA-256", 212.0),
];

const MODIFICHE: Colonne = &[
    ("Registrazione", 66.0),
    ("Data e ora", 84.0),
    ("Modifica", 104.0),
    ("Valore", 200.0),
    ("Motivo", 168.0),
    ("Autore e provvedimento", 160.0),
];

/// A line of a cell.
struct Riga {
    testo: String,
    stile: Stile,
    corpo: f32,
    colore: Grigio,
    /// A rule goes through what was annulled.
    barrata: bool,
}

type Cella = Vec<Riga>;

/// The register that is being printed.
pub struct Tavola<W: Write> {
    pdf: Pdf<W>,
    testata: String,
    periodo: String,
    titolo: Titolo,
    colonne: Colonne,
    /// Where the next row begins.
    y: f32,
}

impl<W: Write> Tavola<W> {
    /// Prints the front page and opens the first of the table.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn new(fuori: W, f: &Frontespizio) -> io::Result<Self> {
        let titolo = Titolo {
            titolo: f.titolo(),
            autore: f.ente.clone(),
            identificativo: f.identificativo(),
            istante: f.chiusura,
        };
        let mut tavola = Self {
            pdf: Pdf::new(fuori, Formato::A4_ORIZZONTALE)?,
            testata: format!("{} · AOO {} {}", f.ente, f.aoo, f.denominazione_aoo),
            periodo: format!("{} {} · registro {}", f.periodo.nome(), f.periodo.leggibile(), f.registro),
            titolo,
            colonne: REGISTRAZIONI,
            y: 0.0,
        };
        tavola.pagina_nuova()?;
        tavola.frontespizio(f);
        if f.sommario.registrazioni > 0 {
            tavola.intestazione();
        }
        Ok(tavola)
    }

    /// Prints a registration.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn voce(&mut self, v: &Voce) -> io::Result<()> {
        let annullata = v.annullata.is_some();
        let mut celle: Vec<Cella> = Vec::new();
        let mut numero = self.cella(0, &v.numero.to_string(), Stile::Grassetto, annullata);
        if annullata {
            numero.extend(self.cella(0, "ANNULLATA", Stile::Grassetto, false));
        }
        if v.riservata {
            numero.extend(self.cella(0, "Riservata", Stile::Normale, false));
        }
        celle.push(numero);
        let mut quando = self.cella(1, &v.istante.giorno().format("%d/%m/%Y").to_string(), Stile::Normale, annullata);
        quando.extend(self.cella(1, &v.istante.ora(), Stile::Normale, annullata));
        celle.push(quando);
        celle.push(self.cella(2, v.flusso, Stile::Normale, annullata));
        let mut parti = Cella::new();
        for parte in &v.corrispondenti {
            parti.extend(self.cella(3, &nome(parte), Stile::Normale, annullata));
        }
        celle.push(parti);
        let mut oggetto = self.cella(4, &v.oggetto, Stile::Normale, annullata);
        if let Some(provvedimento) = &v.annullata {
            oggetto.extend(self.cella(4, &format!("Annullata: {provvedimento}"), Stile::Grassetto, false));
        }
        celle.push(oggetto);
        let mut arrivo = Cella::new();
        if let Some((numero, data)) = &v.protocollo_mittente {
            let del = data.map(|d| format!(" del {}", d.format("%d/%m/%Y"))).unwrap_or_default();
            arrivo.extend(self.cella(5, &format!("n. {numero}{del}"), Stile::Normale, annullata));
        }
        if let Some(istante) = v.arrivo {
            arrivo.extend(self.nota(5, &format!("arrivo {}", istante.leggibile())));
        }
        celle.push(arrivo);
        let mut documenti = Cella::new();
        for d in &v.documenti {
            documenti.extend(self.cella(6, &format!("{} ({})", d.nome, d.ruolo), Stile::Normale, annullata));
            let testo = d.impronta.to_string();
            documenti.push(Riga {
                testo,
                stile: Stile::Normale,
                corpo: CORPO_IMPRONTA,
                colore: Grigio::Scuro,
                barrata: false,
            });
        }
        celle.push(documenti);
        self.stampa(celle)
    }

    /// Ends the registrations: from here on there are the changes, if there are any.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn modifiche(&mut self, quante: u64) -> io::Result<()> {
        self.colonne = MODIFICHE;
        let alto = 60.0;
        if self.y + alto > SOTTO {
            self.pagina_nuova()?;
        }
        self.y += 20.0;
        let testo = match quante {
            0 => "Nessuna modifica e nessun annullamento.",
            _ => "Modifiche e annullamenti, anche di registrazioni di altri giorni",
        };
        let y = self.y;
        self.pdf.pagina().scrivi((MARGINE, y), Stile::Grassetto, 9.0, Grigio::Nero, testo);
        self.y += 8.0;
        if quante > 0 {
            self.intestazione();
        }
        Ok(())
    }

    /// Prints a change.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn modifica(&mut self, m: &Modifica) -> io::Result<()> {
        let mut chi = self.cella(5, &m.autore, Stile::Normale, false);
        chi.extend(self.nota(5, m.provvedimento.as_deref().unwrap_or_default()));
        let che = match m.tipo {
            "annullamento" => "Annullamento della registrazione".to_owned(),
            "annullamento-dato" => format!("Annullamento di un dato: {}", m.campo.as_deref().unwrap_or_default()),
            "variazione-dato" => format!("Modifica di un dato: {}", m.campo.as_deref().unwrap_or_default()),
            "riservatezza" => "Cambio di riservatezza".to_owned(),
            _ => "Acquisizione di una copia".to_owned(),
        };
        let mut valore = self.cella(3, m.valore.as_deref().unwrap_or_default(), Stile::Normale, false);
        if let Some(impronta) = &m.impronta {
            let testo = impronta.to_string();
            let (stile, corpo, colore) = (Stile::Normale, 4.9, Grigio::Scuro);
            valore.push(Riga { testo, stile, corpo, colore, barrata: false });
        }
        let celle = vec![
            self.cella(0, &format!("{}/{}", m.numero, m.anno), Stile::Grassetto, false),
            self.cella(1, &m.istante.leggibile(), Stile::Normale, false),
            self.cella(2, &che, Stile::Normale, false),
            valore,
            self.cella(4, m.motivo.as_deref().unwrap_or_default(), Stile::Normale, false),
            chi,
        ];
        self.stampa(celle)
    }

    /// Ends the file and gives the sink back, with how many pages there are.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finisci(self) -> io::Result<(W, usize)> {
        let pagine = self.pdf.pagine();
        Ok((self.pdf.finisci(&self.titolo)?, pagine))
    }

    fn frontespizio(&mut self, f: &Frontespizio) {
        let s = &f.sommario;
        let mut voci = vec![
            ("Identificativo", f.identificativo()),
            ("Amministrazione", format!("{} ({})", f.ente, f.ipa)),
            ("Area organizzativa omogenea", format!("{} ({})", f.denominazione_aoo, f.aoo)),
            ("Codice del registro", f.registro.clone()),
            ("Numero progressivo del registro", format!("{}/{}", f.progressivo, f.periodo.anno())),
            ("Soggetto produttore", concat!("Tabulario ", env!("CARGO_PKG_VERSION")).to_owned()),
            ("Data di chiusura", f.chiusura.leggibile()),
        ];
        if !f.responsabili.is_empty() {
            voci.insert(5, ("Responsabile della gestione documentale", f.responsabili.join("; ")));
        }
        match (s.numeri, s.istanti) {
            (Some((prima, ultima)), Some((dalle, alle))) => {
                voci.push(("Prima registrazione", format!("n. {prima} del {}", dalle.leggibile())));
                voci.push(("Ultima registrazione", format!("n. {ultima} del {}", alle.leggibile())));
            }
            _ => voci.push(("Registrazioni", "nessuna".to_owned())),
        }
        voci.push(("Numero delle registrazioni", s.registrazioni.to_string()));
        voci.push(("Numero delle modifiche", s.modifiche.to_string()));
        let eventi = match s.posizioni {
            (da, a) if a < da => "nessuno".to_owned(),
            (da, a) => format!("dal n. {da} al n. {a}"),
        };
        voci.push(("Eventi della catena", eventi));
        voci.push(("Ultimo anello della catena", s.anello.clone()));
        voci.push(("Radice Merkle degli eventi (RFC 9162)", s.radice.clone()));
        let pagina = self.pdf.pagina();
        let mut y = SOPRA + 20.0;
        pagina.scrivi((MARGINE, y), Stile::Grassetto, 16.0, Grigio::Nero, &f.titolo());
        y += 24.0;
        for (nome, valore) in voci {
            pagina.scrivi((MARGINE, y), Stile::Normale, 8.0, Grigio::Scuro, nome);
            for riga in pagina.righe(&valore, Stile::Normale, 8.5, 842.0 - 2.0 * MARGINE - 200.0) {
                pagina.scrivi((MARGINE + 200.0, y), Stile::Normale, 8.5, Grigio::Nero, &riga);
                y += 13.0;
            }
        }
        self.y = y + 10.0;
    }

    fn pagina_nuova(&mut self) -> io::Result<()> {
        self.pdf.nuova_pagina()?;
        let numero = self.pdf.pagine();
        let destra = 842.0 - MARGINE;
        let pagina = self.pdf.pagina();
        // A long name takes a second line.
        let righe = pagina.righe(&self.testata, Stile::Grassetto, 9.0, destra - MARGINE);
        let mut y = MARGINE;
        for riga in righe.iter().take(2) {
            pagina.scrivi((MARGINE, y), Stile::Grassetto, 9.0, Grigio::Nero, riga);
            y += 10.5;
        }
        pagina.scrivi((MARGINE, y), Stile::Normale, 8.0, Grigio::Scuro, &self.periodo);
        pagina.linea((MARGINE, SOPRA - 7.0), (destra, SOPRA - 7.0), Grigio::Nero, 0.6);
        let base = 595.0 - 24.0;
        pagina.linea((MARGINE, base - 9.0), (destra, base - 9.0), Grigio::Chiaro, 0.4);
        pagina.scrivi((MARGINE, base), Stile::Normale, CORPO, Grigio::Scuro, &self.titolo.identificativo);
        let testo = format!("Pagina {numero} di ");
        let larga = pagina.larghezza(&testo, Stile::Normale, CORPO);
        let x = destra - larga - 28.0;
        pagina.scrivi((x, base), Stile::Normale, CORPO, Grigio::Scuro, &testo);
        pagina.totale((x + larga, base));
        self.y = SOPRA;
        Ok(())
    }

    /// The headings of the columns.
    fn intestazione(&mut self) {
        let (colonne, y) = (self.colonne, self.y);
        let pagina = self.pdf.pagina();
        pagina.fondo((MARGINE, y), 842.0 - 2.0 * MARGINE, 14.0, Grigio::Fondo);
        let mut x = MARGINE;
        for (nome, larga) in colonne {
            pagina.scrivi((x + 2.0, y + 9.5), Stile::Grassetto, CORPO, Grigio::Nero, nome);
            x += larga;
        }
        self.y += 14.0;
    }

    fn cella(&mut self, colonna: usize, testo: &str, stile: Stile, barrata: bool) -> Cella {
        self.righe(colonna, testo, (stile, Grigio::Nero, barrata))
    }

    fn nota(&mut self, colonna: usize, testo: &str) -> Cella {
        self.righe(colonna, testo, (Stile::Normale, Grigio::Scuro, false))
    }

    fn righe(&mut self, colonna: usize, testo: &str, (stile, colore, barrata): (Stile, Grigio, bool)) -> Cella {
        let larga = self.colonne.get(colonna).map_or(0.0, |(_, larga)| *larga) - FRA_COLONNE;
        let righe = self.pdf.pagina().righe(testo, stile, CORPO, larga);
        righe.into_iter().map(|testo| Riga { testo, stile, corpo: CORPO, colore, barrata }).collect()
    }

    /// Prints a row where there is room for it; one longer than a page goes on in the next.
    fn stampa(&mut self, celle: Vec<Cella>) -> io::Result<()> {
        let righe = celle.iter().map(Vec::len).max().unwrap_or(0);
        let alta = |n: usize| f32::from(u16::try_from(n).unwrap_or(u16::MAX)) * INTERLINEA + 2.0 * ARIA;
        let pagina_intera = SOTTO - SOPRA - 14.0;
        if self.y + alta(righe) > SOTTO && (alta(righe) <= pagina_intera || self.y + alta(3) > SOTTO) {
            self.pagina_nuova()?;
            self.intestazione();
        }
        let mut colonne: Vec<_> = celle.into_iter().map(Vec::into_iter).collect();
        self.y += ARIA;
        for _ in 0..righe {
            if self.y + INTERLINEA + ARIA > SOTTO {
                self.pagina_nuova()?;
                self.intestazione();
                self.y += ARIA;
            }
            let base = self.y + INTERLINEA - 2.2;
            let mut x = MARGINE + 2.0;
            for (cella, (_, larga)) in colonne.iter_mut().zip(self.colonne) {
                if let Some(r) = cella.next() {
                    let pagina = self.pdf.pagina();
                    pagina.scrivi((x, base), r.stile, r.corpo, r.colore, &r.testo);
                    if r.barrata {
                        let fine = x + pagina.larghezza(&r.testo, r.stile, r.corpo);
                        let mezzo = base - r.corpo * 0.3;
                        pagina.linea((x, mezzo), (fine, mezzo), Grigio::Nero, 0.5);
                    }
                }
                x += larga;
            }
            self.y += INTERLINEA;
        }
        self.y += ARIA;
        let y = self.y;
        self.pdf.pagina().linea((MARGINE, y), (842.0 - MARGINE, y), Grigio::Chiaro, 0.3);
        Ok(())
    }
}

/// `Maria Bianchi (BNCMRA…), maria@pec.example, per conoscenza`.
fn nome(p: &Parte) -> String {
    let codice = p.codice_ipa.as_ref().or(p.codice_fiscale.as_ref());
    let codice = codice.map(|c| format!(" ({c})")).unwrap_or_default();
    let pec = p.pec.as_ref().map(|p| format!(", {p}")).unwrap_or_default();
    let conoscenza = if p.per_conoscenza { ", per conoscenza" } else { "" };
    format!("{}{codice}{pec}{conoscenza}", p.denominazione)
}

#[cfg(test)]
mod tests {
    use super::super::modello::{Allegato, Periodo, Sommario};
    use super::*;
    use crate::valori::{Impronta, Istante, NumeroProtocollo};

    fn numero(n: i64) -> NumeroProtocollo {
        NumeroProtocollo::new(n).unwrap()
    }

    fn frontespizio(registrazioni: u64) -> Frontespizio {
        Frontespizio {
            ipa: "c_x999".to_owned(),
            ente: "Comune di Borgo Esempio".to_owned(),
            aoo: "AX99Z01".to_owned(),
            denominazione_aoo: "Area unica".to_owned(),
            registro: "PG".to_owned(),
            periodo: Periodo::Giorno("2026-11-22".parse().unwrap()),
            progressivo: numero(1),
            responsabili: Vec::new(),
            chiusura: Istante::default(),
            sommario: Sommario {
                numeri: None,
                istanti: None,
                registrazioni,
                modifiche: 0,
                posizioni: (1, 1),
                anello: "a".repeat(64),
                radice: "b".repeat(64),
            },
        }
    }

    fn voce(corrispondenti: usize) -> Voce {
        let parte = |n| Parte {
            ruolo: "mittente",
            per_conoscenza: false,
            denominazione: format!("Ditta numero {n}"),
            codice_fiscale: None,
            codice_ipa: None,
            pec: None,
        };
        Voce {
            numero: numero(1),
            istante: Istante::default(),
            flusso: "entrata",
            oggetto: "Città".to_owned(),
            mezzo: "pec".to_owned(),
            corrispondenti: (0..corrispondenti).map(parte).collect(),
            arrivo: None,
            protocollo_mittente: None,
            documenti: vec![Allegato { ruolo: "principale", nome: "a.pdf".to_owned(), impronta: Impronta::of(b"") }],
            riservata: false,
            annullata: None,
        }
    }

    /// How many pages these rows take; all of them are in the file.
    fn pagine(voci: &[Voce]) -> usize {
        let mut tavola = Tavola::new(Vec::new(), &frontespizio(1)).unwrap();
        voci.iter().for_each(|v| tavola.voce(v).unwrap());
        tavola.modifiche(0).unwrap();
        let (bytes, pagine) = tavola.finisci().unwrap();
        let scritte = bytes.windows(18).filter(|w| w == b"/Type /Page /Paren").count();
        assert_eq!(scritte, pagine);
        pagine
    }

    #[test]
    fn a_row_longer_than_a_page_goes_on_in_the_next() {
        assert_eq!(pagine(&[voce(1)]), 1);
        // It begins where it has room, and leaves none on its page; one that has no room anywhere goes on from where it is.
        assert_eq!(pagine(&[voce(50)]), 3);
        assert_eq!(pagine(&[voce(1_000)]), 20);
        // More than one node of the tree of pages.
        assert!(pagine(&vec![voce(1); 12_000]) > 500);
    }
}
