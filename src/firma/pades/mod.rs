//! PAdES: signatures inside a PDF (ISO 32000-2 clause 12.8, ETSI EN 319 142).
//!
//! Three questions, in this order. What bytes does the signature cover ([`intervallo`])? Does the signature hold over them
//! ([`valore`], which is the CMS of the rest of `firma`)? What happened to the document after them ([`seguito`])? The first two
//! are answered from the bytes of the file; the structure of the PDF only says where the signatures are ([`ritrovamento`]),
//! and what a later revision changed.

mod campo;
mod confronto;
mod dss;
mod flusso;
mod intervallo;
mod modifica;
mod oggetto;
mod pagina;
mod permesso;
mod ritrovamento;
mod seguito;
mod struttura;
mod tabella;
mod valore;

use super::catena::Contesto;
use super::difetto::Difetto;
use super::esame::{peggiora, senza_firmatario};
use super::giudizio::Giudizio;
use super::rapporto::{Firma, Indicazione, MarcaTemporale, Marcato, Sottoindicazione};
use super::revoca::Revoche;
use super::strato::illeggibile;
use crate::valori::Istante;
use dss::Dss;
use intervallo::Intervallo;
use permesso::Permesso;
use ritrovamento::{MAX_FIRME, Trovata, ritrova};
use seguito::{Dopo, dopo};
use struttura::trova;
use valore::{Esito, Valore};

pub use campo::campi;
pub use oggetto::{Dizionario, Id, Oggetto};
pub use pagina::{Cardine, Pagina, albero};
pub use struttura::{Pdf, Revisione};

/// The longest PDF whose signatures are verified: it is held in memory. A PEC message carries at most some 100 MB.
pub const MAX_PDF_BYTE: usize = 128 * 1024 * 1024;

const DENTRO_DATI_COMPRESSI: &str = "La firma è scritta dentro dati compressi, dove non può stare.";

/// What a PDF says of itself.
#[derive(Default)]
pub struct Verifica {
    /// Its signatures, the oldest revision first.
    pub firme: Vec<Firma>,
    /// Its document timestamps, the oldest first.
    pub marche: Vec<MarcaTemporale>,
    /// Findings on the whole document.
    pub rilievi: Vec<String>,
    /// It is encrypted, and whether it is signed cannot be known.
    pub cifrato: bool,
}

/// Whether anybody signed a PDF, in any of its revisions, or there are signs of it.
#[must_use]
pub fn ha_firme(revisione: &Revisione<'_>) -> bool {
    let ritrovamento = ritrova(revisione);
    !ritrovamento.firme.is_empty() || ritrovamento.tracce_ignote || ritrovamento.illeggibili
}

/// Verifies every signature of a PDF; `strato` is the number of its layer among the signed ones.
pub fn verifica_pdf(contesto: &Contesto<'_>, byte: &[u8], strato: usize) -> Verifica {
    let mut verifica = Verifica::default();
    let pdf = Pdf::new(byte);
    let finale = match Revisione::leggi(&pdf, byte.len()) {
        Ok(finale) => finale,
        Err(difetto) => match Revisione::ricostruita(&pdf, byte.len()) {
            Ok(finale) => finale,
            Err(_) => {
                if trova(byte, b"/ByteRange").is_some() {
                    verifica.firme.push(traccia(strato, difetto));
                }
                return verifica;
            }
        },
    };
    let ritrovamento = ritrova(&finale);
    let cifrato = finale.tabella.coda.ha(b"Encrypt");
    if let Some(difetto) = ritrovamento.difetto {
        verifica.cifrato = cifrato && ritrovamento.firme.is_empty();
        verifica.rilievi.push(match verifica.cifrato {
            true => "Il PDF è cifrato: non si può sapere se dentro c'è una firma.".to_owned(),
            false => format!("L'elenco dei campi di firma del PDF non è leggibile: {difetto}."),
        });
    }
    if cifrato && !ritrovamento.firme.is_empty() {
        let frase = "Il PDF è cifrato: le firme sono state verificate, ma il testo del documento non è stato letto.";
        verifica.rilievi.push(frase.to_owned());
    }
    let dss = dss::dss(&finale).unwrap_or_else(|difetto| {
        verifica.rilievi.push(format!("I dati per la verifica nel tempo (DSS) non sono leggibili: {difetto}."));
        Dss::default()
    });
    let esame = Esame { contesto, finale: &finale, dss: &dss, revoche: &dss.revoche(), strato };
    esame.tutte(ritrovamento.firme, &mut verifica);
    if ritrovamento.tracce_ignote || ritrovamento.illeggibili {
        let difetto = Difetto("non fa parte della struttura del PDF");
        let fallite = verifica.firme.iter().any(|firma| firma.indication == Indicazione::TotalFailed);
        match finale.tabella.inizio {
            // The worst is already told of another signature, of which this may be a piece.
            _ if fallite => verifica.rilievi.push(format!("Nel PDF c'è la traccia di un'altra firma: {difetto}.")),
            None if !ritrovamento.illeggibili => verifica.firme.push(traccia(strato, difetto)),
            _ => verifica.firme.push(illeggibile(strato, difetto)),
        }
    }
    if ritrovamento.eccede {
        let mut giudizio = Giudizio::new();
        let frase = format!("Le firme sono più di {MAX_FIRME}: le altre non sono state verificate.");
        giudizio.incerta(Sottoindicazione::Generic, frase);
        verifica.firme.push(senza_firmatario(strato, giudizio));
    }
    verifica
}

/// The entry of a signature of which a broken PDF has only a trace: it may be one that was cut out of another file.
fn traccia(strato: usize, difetto: Difetto) -> Firma {
    let mut giudizio = Giudizio::new();
    let frase = format!("Il PDF è rotto e ha la traccia di una firma che non si può verificare: {difetto}.");
    giudizio.incerta(Sottoindicazione::Generic, frase);
    senza_firmatario(strato, giudizio)
}

/// What every signature of one PDF is judged with.
struct Esame<'e, 'c, 'a> {
    contesto: &'e Contesto<'c>,
    /// The whole file.
    finale: &'e Revisione<'a>,
    dss: &'e Dss,
    /// The revocation data of the DSS.
    revoche: &'e Revoche<'e>,
    strato: usize,
}

impl Esame<'_, '_, '_> {
    fn tutte(&self, trovate: Vec<Trovata>, verifica: &mut Verifica) {
        let byte = self.finale.pdf.byte;
        let con_intervallo = trovate.into_iter().map(|t| (Intervallo::leggi(&t.dizionario, byte), t));
        let mut trovate: Vec<(Intervallo, Trovata)> = con_intervallo.collect();
        trovate.sort_by_key(|(intervallo, trovata)| (intervallo.secondo.fine, trovata.posto));
        // Where each document timestamp ends, and whether evidence had been kept by then.
        let mut marche = Vec::new();
        let (mut giudicate, mut marcate) = (Vec::new(), Vec::new());
        for ((intervallo, trovata), (esito, rilievi)) in trovate.iter().zip(self.esiti(&trovate)) {
            verifica.rilievi.extend(rilievi);
            let dopo = dopo(self.finale, intervallo, trovata);
            match esito {
                Esito::Firme(firme) => giudicate.push((intervallo, trovata, firme, dopo)),
                Esito::Marca(marca, frase) => {
                    let (marca, difetti) = marca_circondata(marca, intervallo, trovata);
                    if marca.indication != Indicazione::TotalFailed {
                        marche.push((intervallo.secondo.fine, self.ha_prove(intervallo)));
                    }
                    marcate.push(((marca, difetti), frase, dopo));
                }
            }
        }
        // Up to here a later timestamp, after which nothing happened, proves what the file is now.
        let ultima = marcate.iter().rposition(|((marca, _), _, dopo)| {
            marca.indication == Indicazione::TotalPassed && matches!(dopo, Dopo::Niente | Dopo::Ammesso(_))
        });
        for (i, ((mut marca, frasi), frase, dopo)) in marcate.into_iter().enumerate() {
            verifica.rilievi.push(frase);
            verifica.rilievi.extend(frasi);
            if let Dopo::Incerto(_, frase) | Dopo::Vietato(frase) = dopo {
                verifica.rilievi.push(format!("Marca temporale del documento: vale per la versione marcata. {frase}"));
                if ultima.is_none_or(|ultima| ultima < i) {
                    marca.indication = marca.indication.max(Indicazione::Indeterminate);
                }
            }
            verifica.marche.push(marca);
        }
        for (intervallo, trovata, firme, dopo) in giudicate {
            let dopo_di_essa = |(fine, _): &&(usize, bool)| *fine > intervallo.secondo.fine;
            let marcata = marche.iter().any(|marca| dopo_di_essa(&marca));
            let archiviata = marche.iter().any(|marca| dopo_di_essa(&marca) && marca.1);
            for mut firma in firme {
                let temporale = marcata || marche_della_firma(&firma.timestamps);
                firma.level = firma.level.map(|livello| self.livello(&livello, temporale, archiviata));
                firma.signing_time = firma.signing_time.or_else(|| istante(trovata.dizionario.campo(b"M")));
                self.circonda(&mut firma, intervallo, trovata, &dopo);
                verifica.firme.push(firma);
            }
        }
    }

    /// The verdicts on the values, in the order of `trovate`. The last is judged first: what stands in the bytes that a valid
    /// document timestamp covers existed at its time, and is judged then (EN 319 102-1 clause 5.6.2.3).
    fn esiti(&self, trovate: &[(Intervallo, Trovata)]) -> Vec<(Esito, Vec<String>)> {
        let mut provati: Vec<(usize, Istante)> = Vec::new();
        let mut esiti = Vec::new();
        for (intervallo, trovata) in trovate.iter().rev() {
            let dopo = provati.iter().filter(|(fine, _)| *fine > intervallo.secondo.fine);
            let allora = dopo.map(|(_, istante)| *istante).fold(self.contesto.istante, Istante::min);
            let mut rilievi = Vec::new();
            let esito = self.valore(&self.contesto.all_istante(allora), intervallo, trovata, &mut rilievi);
            if let Esito::Marca(marca, _) = &esito
                && let (MarcaTemporale { indication: Indicazione::TotalPassed, time: Some(time), .. }, _) =
                    marca_circondata(marca.clone(), intervallo, trovata)
            {
                provati.push((intervallo.secondo.fine, time));
            }
            esiti.push((esito, rilievi));
        }
        esiti.reverse();
        esiti
    }

    fn valore(
        &self,
        contesto: &Contesto<'_>,
        intervallo: &Intervallo,
        trovata: &Trovata,
        rilievi: &mut Vec<String>,
    ) -> Esito {
        let firma = &trovata.dizionario;
        let contents = match firma.campo(b"Contents") {
            Oggetto::Stringa(valore, _) => valore.as_slice(),
            _ => &[],
        };
        let cert = match self.finale.campo(firma, b"Cert").as_deref() {
            Ok(Oggetto::Stringa(certificato, _)) => vec![certificato.clone()],
            Ok(Oggetto::Elenco(elenco)) => elenco.iter().filter_map(stringa).collect(),
            _ => Vec::new(),
        };
        let valore = Valore {
            sottofiltro: firma.campo(b"SubFilter").nome().unwrap_or_default(),
            contents,
            coperti: intervallo.coperti(self.finale.pdf.byte),
            cert: &cert,
            altri: &self.dss.certificati,
            revoche: self.revoche,
            strato: self.strato,
        };
        valore::esamina(contesto, &valore, rilievi)
    }

    /// Whether the revision that ends with a timestamp already held evidence.
    fn ha_prove(&self, intervallo: &Intervallo) -> bool {
        let revisione = Revisione::leggi(self.finale.pdf, intervallo.secondo.fine);
        revisione.and_then(|revisione| dss::dss(&revisione)).is_ok_and(|dss| dss.ha_revoche)
    }

    /// What the rest of the document says about a signature.
    fn circonda(&self, firma: &mut Firma, intervallo: &Intervallo, trovata: &Trovata, dopo: &Dopo) {
        peggiora(firma, |giudizio| {
            if !intervallo.difetti.is_empty() {
                // A digest of the wrong bytes is wrong: what explains it comes first.
                let conseguenze = std::mem::replace(giudizio, Giudizio::new()).rilievi;
                for difetto in &intervallo.difetti {
                    giudizio.fallita(Sottoindicazione::FormatFailure, difetto.as_str());
                }
                giudizio.rilievi.extend(conseguenze);
            }
            if trovata.posto.is_none() {
                giudizio.fallita(Sottoindicazione::FormatFailure, DENTRO_DATI_COMPRESSI);
            }
            match dopo {
                Dopo::Niente => {}
                Dopo::Ammesso(frase) => giudizio.nota(frase.as_str()),
                Dopo::Incerto(motivo, frase) => giudizio.incerta(*motivo, frase.as_str()),
                Dopo::Vietato(frase) => giudizio.fallita(Sottoindicazione::FormatFailure, frase.as_str()),
            }
            if let Ok(Permesso { livello: Some(livello), .. }) = Permesso::leggi(self.finale, &trovata.dizionario) {
                giudizio.nota(match livello {
                    3 => "È una firma di certificazione: dopo ammette moduli, firme e annotazioni.",
                    2 => "È una firma di certificazione: dopo ammette moduli e firme.",
                    _ => "È una firma di certificazione: dopo non ammette modifiche.",
                });
            }
        });
    }

    /// The level that is there (ETSI EN 319 142-1 clause 6), nobody having validated it.
    fn livello(&self, cades: &str, marcata: bool, archiviata: bool) -> String {
        match cades {
            "CMS" => "PAdES-CMS".to_owned(),
            cades => match cades.strip_prefix("CAdES-") {
                Some(_) if archiviata && self.dss.ha_revoche => "PAdES-LTA".to_owned(),
                Some(_) if marcata && self.dss.ha_revoche => "PAdES-LT".to_owned(),
                Some(_) if marcata => "PAdES-T".to_owned(),
                Some(livello) => format!("PAdES-{livello}"),
                None => cades.to_owned(),
            },
        }
    }
}

/// A document timestamp with what is wrong with where it is and with what it covers.
fn marca_circondata(
    marca: MarcaTemporale,
    intervallo: &Intervallo,
    trovata: &Trovata,
) -> (MarcaTemporale, Vec<String>) {
    let mut difetti: Vec<&str> = intervallo.difetti.iter().map(String::as_str).collect();
    if trovata.posto.is_none() {
        difetti.push(DENTRO_DATI_COMPRESSI);
    }
    let indication = if difetti.is_empty() { marca.indication } else { Indicazione::TotalFailed };
    let frasi = difetti.into_iter().map(|difetto| format!("Marca temporale del documento: {difetto}")).collect();
    let revocation_checked = marca.revocation_checked.filter(|_| indication == Indicazione::TotalPassed);
    (MarcaTemporale { indication, revocation_checked, ..marca }, frasi)
}

/// Whether a signature has a timestamp of its own: not of the content, which existed before it, and not one that does not hold.
fn marche_della_firma(marche: &[MarcaTemporale]) -> bool {
    marche.iter().any(|m| m.covers != Marcato::Content && m.indication != Indicazione::TotalFailed)
}

fn stringa(oggetto: &Oggetto) -> Option<Vec<u8>> {
    match oggetto {
        Oggetto::Stringa(valore, _) => Some(valore.clone()),
        _ => None,
    }
}

/// A date, `D:20261116080000+01'00'` (ISO 32000-2 clause 7.9.4), claimed by the signer.
fn istante(oggetto: &Oggetto) -> Option<Istante> {
    let Oggetto::Stringa(byte, _) = oggetto else { return None };
    let testo = campo::testo(byte).replace('\'', "");
    let (cifre, fuso) = testo.strip_prefix("D:").unwrap_or(&testo).split_at_checked(14)?;
    let fuso = match fuso.trim_end() {
        "" | "Z" | "Z0000" | "Z00" => "+0000".to_owned(),
        breve if breve.len() == 3 => format!("{breve}00"),
        fuso => fuso.to_owned(),
    };
    let letto = chrono::DateTime::parse_from_str(&format!("{cifre}{fuso}"), "%Y%m%d%H%M%S%z").ok()?;
    Some(Istante::new(letto.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oggetto::Tratto;

    #[test]
    fn a_timestamp_of_the_content_or_one_that_failed_makes_no_level() {
        let check = |covers: Marcato, indication: Indicazione, attesa: bool| {
            let marca = MarcaTemporale { time: None, tsa: None, indication, covers, revocation_checked: None };
            assert_eq!(marche_della_firma(&[marca]), attesa, "{covers:?} {indication:?}");
        };
        check(Marcato::Signature, Indicazione::TotalPassed, true);
        check(Marcato::Archive, Indicazione::Indeterminate, true);
        check(Marcato::Signature, Indicazione::TotalFailed, false);
        check(Marcato::Content, Indicazione::TotalPassed, false);
        assert!(!marche_della_firma(&[]));
    }

    #[test]
    fn dates_of_a_pdf_are_read() {
        let check = |testo: &str, atteso: Option<&str>| {
            let stringa = Oggetto::Stringa(testo.as_bytes().to_vec(), Tratto { inizio: 0, fine: 0 });
            assert_eq!(istante(&stringa).map(|i| i.to_string()).as_deref(), atteso, "{testo}");
        };
        check("D:20261116080000Z", Some("2026-11-16T08:00:00.000Z"));
        check("D:20261116090000+01'00'", Some("2026-11-16T08:00:00.000Z"));
        check("D:20261116090000+01'00", Some("2026-11-16T08:00:00.000Z"));
        check("D:20261116080000", Some("2026-11-16T08:00:00.000Z"));
        check("20261116080000Z00'00'", Some("2026-11-16T08:00:00.000Z"));
        check("D:2026", None);
        check("D:20269916080000Z", None);
    }
}
