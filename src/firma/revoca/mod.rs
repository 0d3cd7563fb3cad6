//! *Revoca*: whether a certificate had been taken back at an instant, by the lists (CRL, RFC 5280 section 5) and the answers (OCSP,
//! RFC 6960) that are at hand. Nothing is fetched.

mod autorita;
mod dato;
mod firmato;
mod lista;
mod noto;
mod punto;
mod rifiuto;
mod risposta;

pub use autorita::Autorita;
pub use dato::{Accettato, DatoRevoca, GenereRevoca, MASSIMO_DATO_REVOCA_BYTE};
pub use noto::{Consultata, Noti, RevocaProvata, stato_noto};
pub use punto::nomi;
pub use rifiuto::RifiutoRevoca;

use super::asn1::{Elemento, elemento};
use super::ber::{CONTESTO_0, CONTESTO_1, SEQUENCE};
use super::catena::Contesto;
use super::certificato::Certificato;
use super::oid;
use crate::valori::Istante;
use lista::Lista;
use risposta::{Risposta, basica};

/// Lists, and answers, of one envelope that are looked at.
const MAX_REVOCHE: usize = 64;
/// `ENUMERATED`: the status at the head of a whole response.
const ENUMERATED: u8 = 0x0a;
/// Said when nothing is known about it.
pub const NON_CONTROLLATA: &str = "La revoca dei certificati non è stata controllata.";

/// Evidence about revocation, read and not yet believed.
#[derive(Default)]
pub struct Revoche<'a> {
    liste: Vec<Lista<'a>>,
    risposte: Vec<Risposta<'a>>,
}

/// What is known of a certificate at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stato {
    /// Not taken back, says evidence of this instant.
    Valido(Istante),
    /// Taken back or suspended since this instant.
    Revocato(Istante),
    /// There is evidence, and no more checks may be made to know whether it is to be believed.
    Interrotto,
}

impl<'a> Revoche<'a> {
    /// Reads what stands in the field `crls` of an envelope (RFC 5652 section 10.2.1): lists, and answers as other formats.
    pub fn di_busta(scelte: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut revoche = Self::default();
        for scelta in scelte.filter_map(|byte| elemento(byte).ok()) {
            if scelta.tag == SEQUENCE {
                revoche.aggiungi_lista(scelta.intero);
            } else if let Ok([tipo, valore]) = scelta.figli().as_deref()
                && (tipo.oid() == Some(oid::RI_OCSP_RESPONSE))
            {
                revoche.aggiungi_risposta_intera(valore);
            }
        }
        revoche
    }

    /// Reads an attribute `revocation-values` (RFC 5126 section 6.3.4), or the one that Adobe signs inside a PDF
    /// (`adbe-revocationInfoArchival`, ISO 32000-2 clause 12.8.3.3.2), which has the answers whole.
    pub fn aggiungi_valori(&mut self, valori: &Elemento<'a>) {
        for campo in valori.figli().unwrap_or_default() {
            let dentro = campo.figli().ok().and_then(|f| f.first().copied());
            let elenco = dentro.and_then(|e| e.figli().ok()).unwrap_or_default();
            for valore in elenco {
                match campo.tag {
                    CONTESTO_0 => self.aggiungi_lista(valore.intero),
                    CONTESTO_1 => match valore.figli().ok().and_then(|parti| parti.first().map(|p| p.tag)) {
                        Some(ENUMERATED) => self.aggiungi_risposta_intera(&valore),
                        _ => self.aggiungi_risposta(&valore),
                    },
                    _ => {}
                }
            }
        }
    }

    /// A list in DER.
    pub fn aggiungi_lista(&mut self, der: &'a [u8]) {
        if self.liste.len() < MAX_REVOCHE {
            self.liste.extend(Lista::leggi(der));
        }
    }

    /// A whole response.
    pub fn aggiungi_risposta_intera(&mut self, risposta: &Elemento<'a>) {
        if let Some(basica) = basica(risposta) {
            self.aggiungi_risposta(&basica);
        }
    }

    fn aggiungi_risposta(&mut self, basica: &Elemento<'a>) {
        if self.risposte.len() < MAX_REVOCHE {
            self.risposte.extend(Risposta::leggi(basica));
        }
    }

    /// Whether there is nothing.
    pub fn vuote(&self) -> bool {
        self.liste.is_empty() && self.risposte.is_empty()
    }

    /// What this evidence says of `certificato`, issued by `emittente`, at `quando`; `None` if it says nothing that can be believed.
    ///
    /// That it was not taken back is proved only by evidence that covers `quando` or is later, and made while the certificate was valid,
    /// since afterwards its issuer may forget it. That it was is proved for ever.
    pub fn stato(
        &self,
        contesto: &Contesto<'_>,
        certificato: &Certificato<'_>,
        emittente: &Certificato<'_>,
        quando: Istante,
    ) -> Option<Stato> {
        let scadenza = certificato.validita().map(|(_, fine)| fine);
        let copre = |dal: Istante, al: Option<Istante>, scaduti: bool| {
            (dal >= quando || al.is_some_and(|al| al >= quando))
                && (scaduti || scadenza.is_some_and(|fine| dal <= fine))
        };
        let (mut migliore, mut interrotto) = (None, false);
        for lista in self.liste.iter().filter(|l| l.emittente == emittente.soggetto && l.parla_dei_suoi()) {
            let creduta = if emittente.puo_revocare() { lista.firmato.da(contesto, emittente) } else { Some(false) };
            interrotto |= creduta.is_none();
            if creduta != Some(true) {
                continue;
            }
            match lista.revocato(certificato) {
                Ok(Some(revocato)) if revocato <= quando => return Some(Stato::Revocato(revocato)),
                Ok(_) if lista.riguarda(certificato) && copre(lista.dal, lista.al, lista.tiene_gli_scaduti()) => {
                    migliore = Some(Stato::Valido(lista.dal));
                }
                Ok(_) | Err(_) => {}
            }
        }
        for risposta in &self.risposte {
            let Some(voce) = risposta.voci.iter().find(|v| v.riguarda(certificato, emittente)) else { continue };
            let creduta = risposta.creduta(contesto, emittente, voce.dal);
            interrotto |= creduta.is_none();
            if creduta != Some(true) {
                continue;
            }
            match voce.revocato {
                Some(revocato) if revocato <= quando => return Some(Stato::Revocato(revocato)),
                _ if copre(voce.dal, voce.al, false) => migliore = Some(Stato::Valido(voce.dal)),
                _ => {}
            }
        }
        if interrotto { Some(Stato::Interrotto) } else { migliore }
    }
}
