//! *Ricevuta*: what whoever brings a document is given at once (L. 241/1990 art. 18-bis; DPR 445/2000 artt. 53 and 57), on an A5 page.

use super::stampa::{Formato, Grigio, Pdf, Stile, Titolo, pulito};
use super::{DocumentoRegistrato, RuoloDocumento, SegnaturaLeggibile};
use crate::utenti::Aoo;
use crate::valori::{Impronta, Istante};
use std::io;

const MARGINE: f32 = 30.0;
/// A5, in points.
const LARGA: f32 = 419.5;
const ALTA: f32 = 595.3;
const SOTTO: f32 = ALTA - 44.0;
/// Where values begin.
const VALORI: f32 = MARGINE + 92.0;
const CORPO: f32 = 9.5;
const INTERLINEA: f32 = 12.5;
/// An impronta stands on one line.
const CORPO_IMPRONTA: f32 = 6.2;
const QR: f32 = 74.0;
/// Lines of one value: whoever brought a longer subject has it in the document.
const RIGHE: usize = 14;
/// Senders that are named.
const MITTENTI: usize = 12;

/// A file that was brought.
#[derive(Debug, Clone)]
pub struct DocumentoRicevuto {
    /// `principale` or `allegato`.
    pub ruolo: &'static str,
    /// Its name.
    pub nome: String,
    /// SHA-256 of its bytes.
    pub impronta: Impronta,
}

impl From<&DocumentoRegistrato> for DocumentoRicevuto {
    fn from(d: &DocumentoRegistrato) -> Self {
        let ruolo = match d.ruolo {
            RuoloDocumento::Principale => "principale",
            RuoloDocumento::Allegato => "allegato",
        };
        Self { ruolo, nome: d.nome.to_string(), impronta: d.impronta }
    }
}

/// What the receipt says.
#[derive(Debug, Clone)]
pub struct Ricevuta {
    /// Whom it was brought to.
    pub aoo: Aoo,
    /// Its segnatura; none while the number follows.
    pub segnatura: Option<SegnaturaLeggibile>,
    /// When it was brought: from here terms run.
    pub presentata: Istante,
    /// Who brought it.
    pub mittenti: Vec<String>,
    /// What for, if it was brought to the portal.
    pub procedimento: Option<String>,
    /// About what.
    pub oggetto: String,
    /// Which files.
    pub documenti: Vec<DocumentoRicevuto>,
    /// The office that has it.
    pub ufficio: Option<String>,
    /// The person of the office who has it.
    pub incaricato: Option<String>,
    /// By when the office answers, in words.
    pub termine: Option<String>,
    /// By what its author follows it on the portal.
    pub codice: Option<String>,
    /// When the receipt is made.
    pub ora: Istante,
}

impl Ricevuta {
    /// The receipt as PDF/A.
    ///
    /// # Errors
    /// None that memory does not give.
    pub fn stampa(&self) -> io::Result<Vec<u8>> {
        let mut foglio = Foglio { pdf: Pdf::new(Vec::new(), Formato::mm(148.0, 210.0))?, y: 0.0, ricevuta: self };
        foglio.pagina()?;
        foglio.testa()?;
        foglio.dati()?;
        foglio.documenti()?;
        foglio.avvertenza()?;
        foglio.pdf.finisci(&self.titolo())
    }

    /// What finds it: the number, or while there is none when it was brought.
    fn nome(&self) -> String {
        match &self.segnatura {
            Some(s) => format!("Ricevuta del protocollo n. {}", s.codice()),
            None => format!("Ricevuta della presentazione del {}", self.presentata.leggibile()),
        }
    }

    fn titolo(&self) -> Titolo {
        let identificativo = self.segnatura.as_ref().map_or_else(|| self.presentata.roma(), |s| s.linea.to_string());
        Titolo { titolo: self.nome(), autore: self.aoo.ente.to_string(), identificativo, istante: self.ora }
    }
}

/// The receipt that is being printed.
struct Foglio<'a> {
    pdf: Pdf<Vec<u8>>,
    /// The base of the last line.
    y: f32,
    ricevuta: &'a Ricevuta,
}

impl Foglio<'_> {
    fn pagina(&mut self) -> io::Result<()> {
        self.pdf.nuova_pagina()?;
        let numero = self.pdf.pagine();
        let nome = self.ricevuta.nome();
        let pagina = self.pdf.pagina();
        let base = ALTA - 22.0;
        pagina.linea((MARGINE, base - 10.0), (LARGA - MARGINE, base - 10.0), Grigio::Chiaro, 0.4);
        let piede = format!("{nome} · stampata il {}", self.ricevuta.ora.leggibile());
        let piede = pagina.accorcia(&piede, Stile::Normale, 7.0, LARGA - 2.0 * MARGINE - 80.0);
        pagina.scrivi((MARGINE, base), Stile::Normale, 7.0, Grigio::Scuro, &piede);
        let testo = format!("Pagina {numero} di ");
        let larga = pagina.larghezza(&testo, Stile::Normale, 7.0);
        let x = LARGA - MARGINE - larga - 12.0;
        pagina.scrivi((x, base), Stile::Normale, 7.0, Grigio::Scuro, &testo);
        pagina.totale((x + larga, base));
        self.y = MARGINE;
        Ok(())
    }

    /// Goes down by this much; to another page if there is no room.
    fn scendi(&mut self, quanto: f32) -> io::Result<()> {
        if self.y + quanto > SOTTO {
            self.pagina()?;
        }
        self.y += quanto;
        Ok(())
    }

    /// Writes lines from `x`, each lower than the last.
    fn righe(
        &mut self,
        x: f32,
        (stile, corpo): (Stile, f32),
        testo: &str,
        (larga, massime): (f32, usize),
    ) -> io::Result<()> {
        let mut righe = self.pdf.pagina().righe(&pulito(testo), stile, corpo, larga);
        if righe.len() > massime {
            righe.truncate(massime);
            if let Some(ultima) = righe.last_mut() {
                *ultima = self.pdf.pagina().accorcia(&format!("{ultima}…"), stile, corpo, larga);
            }
        }
        for (quale, riga) in righe.iter().enumerate() {
            if quale > 0 {
                self.scendi(corpo * 1.32)?;
            }
            let y = self.y;
            self.pdf.pagina().scrivi((x, y), stile, corpo, Grigio::Nero, riga);
        }
        Ok(())
    }

    /// Whose receipt it is, of what number, with the QR beside.
    fn testa(&mut self) -> io::Result<()> {
        let ricevuta = self.ricevuta;
        let larga = LARGA - 2.0 * MARGINE - QR - 8.0;
        if let Some(s) = &ricevuta.segnatura {
            self.pdf.pagina().qr((LARGA - MARGINE - QR + 8.0, MARGINE - 14.0), QR, &s.linea.to_string());
        }
        self.y = MARGINE + 6.0;
        self.righe(MARGINE, (Stile::Grassetto, 13.0), ricevuta.aoo.ente.as_str(), (larga, 3))?;
        self.y += 13.0;
        let prova = if ricevuta.aoo.di_prova() { " – DI PROVA, senza valore legale" } else { "" };
        let area = format!(
            "AOO {} {}, registro {}{prova}",
            ricevuta.aoo.codice, ricevuta.aoo.denominazione, ricevuta.aoo.registro
        );
        self.righe(MARGINE, (Stile::Normale, 8.0), &area, (larga, 2))?;
        self.y = self.y.max(MARGINE + QR - 22.0) + 22.0;
        match &ricevuta.segnatura {
            Some(s) => {
                self.righe(MARGINE, (Stile::Normale, 10.0), "Ricevuta di registrazione: protocollo", (300.0, 1))?;
                self.y += 24.0;
                self.righe(MARGINE, (Stile::Grassetto, 22.0), &format!("n. {}", s.codice()), (360.0, 1))?;
                self.y += 15.0;
                self.righe(MARGINE, (Stile::Normale, CORPO), &format!("del {}", s.istante.leggibile()), (360.0, 1))?;
                if let Some(con) = &s.annullata {
                    self.y += 17.0;
                    let testo = format!("ANNULLATA con {con}");
                    self.righe(MARGINE, (Stile::Grassetto, 11.0), &testo, (LARGA - 2.0 * MARGINE, 2))?;
                }
            }
            None => {
                let testo = "Ricevuta di presentazione: il numero di protocollo segue";
                self.righe(MARGINE, (Stile::Grassetto, 12.0), testo, (LARGA - 2.0 * MARGINE, 2))?;
            }
        }
        self.y += 10.0;
        let y = self.y;
        self.pdf.pagina().linea((MARGINE, y), (LARGA - MARGINE, y), Grigio::Nero, 0.6);
        self.y += 4.0;
        Ok(())
    }

    fn voce(&mut self, nome: &str, valore: &str) -> io::Result<()> {
        self.scendi(INTERLINEA + 2.0)?;
        let y = self.y;
        self.pdf.pagina().scrivi((MARGINE, y), Stile::Normale, 8.0, Grigio::Scuro, nome);
        self.righe(VALORI, (Stile::Normale, CORPO), valore, (LARGA - MARGINE - VALORI, RIGHE))
    }

    fn dati(&mut self) -> io::Result<()> {
        let r = self.ricevuta;
        self.voce("Presentata il", &r.presentata.leggibile())?;
        let altri = r.mittenti.len().saturating_sub(MITTENTI);
        let mut mittenti = r.mittenti.iter().take(MITTENTI).map(|m| pulito(m)).collect::<Vec<_>>().join("; ");
        if altri > 0 {
            mittenti.push_str(&format!("; e altri {altri}"));
        }
        self.voce("Presentata da", &mittenti)?;
        if let Some(procedimento) = &r.procedimento {
            self.voce("Procedimento", procedimento)?;
        }
        self.voce("Oggetto", &r.oggetto)?;
        if let Some(ufficio) = &r.ufficio {
            self.voce("Ufficio", ufficio)?;
        }
        if let Some(incaricato) = &r.incaricato {
            self.voce("Affidata a", incaricato)?;
        }
        if let Some(termine) = &r.termine {
            self.voce("Termine", termine)?;
        }
        if let Some(s) = &r.segnatura {
            self.voce("Segnatura", &s.linea.to_string())?;
        }
        if let Some(codice) = &r.codice {
            self.voce("Per seguirla", &format!("codice {codice}, sul portale dell'ente"))?;
        }
        Ok(())
    }

    fn documenti(&mut self) -> io::Result<()> {
        let r = self.ricevuta;
        self.scendi(INTERLINEA + 8.0)?;
        let testo = match r.documenti.len() {
            0 if r.segnatura.is_none() => "Documenti: con il numero",
            0 => "Documenti: di carta, senza file",
            _ => "Documenti e impronte SHA-256",
        };
        self.righe(MARGINE, (Stile::Grassetto, CORPO), testo, (LARGA - 2.0 * MARGINE, 1))?;
        for d in &r.documenti {
            // A name and its impronta are not parted.
            if self.y + INTERLINEA + 12.0 > SOTTO {
                self.pagina()?;
            }
            self.scendi(INTERLINEA + 1.0)?;
            let nome = format!("{} ({})", d.nome, d.ruolo);
            self.righe(MARGINE, (Stile::Normale, 8.5), &nome, (LARGA - 2.0 * MARGINE, 2))?;
            self.y += 8.5;
            self.righe(MARGINE, (Stile::Normale, CORPO_IMPRONTA), &d.impronta.to_string(), (LARGA - 2.0 * MARGINE, 1))?;
        }
        Ok(())
    }

    /// What the receipt is worth.
    fn avvertenza(&mut self) -> io::Result<()> {
        self.scendi(26.0)?;
        let testo = "Ricevuta rilasciata ai sensi dell'articolo 18-bis della legge 7 agosto 1990, n. 241: attesta la presentazione \
                     del documento, non che sia completo o accolto.";
        self.righe(MARGINE, (Stile::Normale, 7.5), testo, (LARGA - 2.0 * MARGINE, 3))
    }
}
