//! *Revoca*: whether a certificate had been taken back at an instant, by the lists (CRL, RFC 5280 section 5) and the answers (OCSP,
//! RFC 6960) that are at hand. Nothing is fetched.

mod autorita;
mod bilancio;
mod dato;
mod domanda;
mod firmato;
mod lista;
mod noto;
mod punto;
mod rifiuto;
mod risposta;

pub use autorita::Autorita;
pub use bilancio::Stato;
pub use dato::{Accettato, DatoRevoca, GenereRevoca, MASSIMO_DATO_REVOCA_BYTE};
pub use domanda::{Domanda, domande};
pub use noto::{Consultata, Noti, RevocaProvata};
pub use punto::nomi;
pub use rifiuto::RifiutoRevoca;

use super::asn1::{Elemento, elemento};
use super::ber::{CONTESTO_0, CONTESTO_1, SEQUENCE};
use super::catena::Contesto;
use super::certificato::Certificato;
use super::oid;
use crate::valori::Istante;
use bilancio::{Bilancio, Parola};
use lista::Lista;
use risposta::{Risposta, basica};

/// Lists, and answers, of one envelope that are looked at.
const MAX_REVOCHE: usize = 64;
/// `ENUMERATED`: the status at the head of a whole response.
const ENUMERATED: u8 = 0x0a;
/// Said when nothing is known about that of an authority between the signer and the anchor.
pub const AUTORITA_NON_CONTROLLATE: &str = "La revoca delle autorità intermedie della catena non è stata controllata.";
/// How it is said that a certificate was suspended and is no more.
pub const RIATTIVATO: &str = "Il certificato del firmatario era stato sospeso";
/// Said when nothing is known about it.
pub const NON_CONTROLLATA: &str = "La revoca dei certificati non è stata controllata.";

/// Evidence about revocation, read and not yet believed.
#[derive(Default)]
pub struct Revoche<'a> {
    liste: Vec<Lista<'a>>,
    risposte: Vec<Risposta<'a>>,
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

    /// What the lists say of `certificato`, issued by `emittente`.
    fn pesa_liste(
        &self,
        contesto: &Contesto<'_>,
        certificato: &Certificato<'_>,
        emittente: &Certificato<'_>,
        bilancio: &mut Bilancio,
    ) {
        for lista in self.liste.iter().filter(|l| l.emittente == emittente.soggetto && l.parla_dei_suoi()) {
            if bilancio.deciso() {
                return;
            }
            match if emittente.puo_revocare() { lista.firmato.da(contesto, emittente) } else { Some(false) } {
                Some(true) => {}
                Some(false) => continue,
                None => {
                    bilancio.interrompi();
                    continue;
                }
            }
            if let Ok(detto) = lista.dice(certificato) {
                let (intera, scaduti) = (lista.riguarda(certificato), lista.tiene_gli_scaduti());
                bilancio.pesa(detto, Parola { dal: lista.dal, al: lista.al, intera, scaduti });
            }
        }
    }

    /// What the answers say of it; whether one who answers was taken back is asked of `revocato`, as of an instant.
    fn pesa_risposte(
        &self,
        contesto: &Contesto<'_>,
        certificato: &Certificato<'_>,
        emittente: &Certificato<'_>,
        bilancio: &mut Bilancio,
        revocato: &dyn Fn(&Certificato<'_>, Istante) -> Option<bool>,
    ) {
        for risposta in &self.risposte {
            if bilancio.deciso() {
                return;
            }
            let Some(voce) = risposta.voci.iter().find(|v| v.riguarda(certificato, emittente)) else { continue };
            match risposta.creduta(contesto, emittente, voce.dal, &|chi| revocato(chi, voce.dal)) {
                Some(true) => {
                    let parola = Parola { dal: voce.dal, al: voce.al, intera: true, scaduti: false };
                    bilancio.pesa(voce.detto, parola);
                }
                Some(false) => {}
                None => bilancio.interrompi(),
            }
        }
    }
}

/// What `revoche`, and what is known from outside of the file, say of `certificato`, issued by `emittente`, at `quando`: all by the same
/// rules; `None` if they say nothing that can be believed.
pub fn stato(
    contesto: &Contesto<'_>,
    revoche: &[&Revoche<'_>],
    certificato: &Certificato<'_>,
    emittente: &Certificato<'_>,
    quando: Istante,
) -> Option<Stato> {
    let dati = contesto.fiducia.noti().su(certificato, emittente);
    let mut note = Revoche::default();
    dati.iter().for_each(|dato| dato.in_mezzo(&mut note));
    let tutte = || revoche.iter().copied().chain([&note]);
    let mut bilancio = Bilancio::new(certificato, quando);
    tutte().for_each(|r| r.pesa_liste(contesto, certificato, emittente, &mut bilancio));
    let risponde = |chi: &Certificato<'_>, quando: Istante| revocato(contesto, revoche, chi, emittente, quando);
    tutte().for_each(|r| r.pesa_risposte(contesto, certificato, emittente, &mut bilancio, &risponde));
    dati.into_iter().for_each(|dato| contesto.ricorda_consultata(dato, certificato, emittente));
    bilancio.stato()
}

/// Whether `chi`, whom `emittente` charged with answering, had itself been taken back or suspended at `quando`. Lists alone are asked: of
/// an answer about who answers it would have to be asked again. `None` when no more checks may be made.
fn revocato(
    contesto: &Contesto<'_>,
    revoche: &[&Revoche<'_>],
    chi: &Certificato<'_>,
    emittente: &Certificato<'_>,
    quando: Istante,
) -> Option<bool> {
    let mut dati = contesto.fiducia.noti().su(chi, emittente);
    dati.retain(|dato| dato.genere() == GenereRevoca::Lista);
    let mut note = Revoche::default();
    dati.iter().for_each(|dato| dato.in_mezzo(&mut note));
    let mut bilancio = Bilancio::new(chi, quando);
    let tutte = revoche.iter().copied().chain([&note]);
    tutte.for_each(|r| r.pesa_liste(contesto, chi, emittente, &mut bilancio));
    dati.into_iter().for_each(|dato| contesto.ricorda_consultata(dato, chi, emittente));
    match bilancio.stato() {
        Some(Stato::Revocato(_) | Stato::Sospeso(_)) => Some(true),
        Some(Stato::Interrotto) => None,
        Some(Stato::Valido(_) | Stato::Riattivato(..)) | None => Some(false),
    }
}
