//! An answer about single certificates (OCSP).
//!
//! ```text
//! OCSPResponse ::= SEQUENCE { status ENUMERATED, [0] SEQUENCE { type OID, response OCTET STRING } OPTIONAL }
//! BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm, signature BIT STRING, certs [0] … OPTIONAL }
//! ResponseData ::= SEQUENCE { version [0] DEFAULT v1, responderID CHOICE { [1], [2] }, producedAt GeneralizedTime,
//!     responses SEQUENCE OF SingleResponse, … }
//! SingleResponse ::= SEQUENCE { certID SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber },
//!     certStatus CHOICE { good [0], revoked [1] { revocationTime, … }, unknown [2] }, thisUpdate, nextUpdate [0] …, … }
//! ```

use super::bilancio::Detto;
use super::firmato::{Esiti, Firmato};
use super::lista::{SOSPESO, codice};
use crate::firma::algoritmo::Digesto;
use crate::firma::asn1::{Elemento, elemento};
use crate::firma::ber::{CONTESTO_0, CONTESTO_0_SEMPLICE, CONTESTO_1, OCTET_STRING};
use crate::firma::catena::Contesto;
use crate::firma::certificato::{Certificato, senza_zeri};
use crate::firma::tempo;
use crate::valori::Istante;

/// Certificates inside one answer that are looked at.
const MAX_CERTIFICATI: usize = 8;
/// Answers about single certificates in one response that are looked at.
const MAX_VOCI: usize = 256;

/// `GeneralizedTime`.
const GENERALIZED_TIME: u8 = 0x18;
/// `revoked [1]`, and `nextUpdate [0]`, are constructed; `good [0]` is not.
const REVOCATO: u8 = CONTESTO_1;

/// The `BasicOCSPResponse` in a whole response, if there is one.
pub fn basica<'a>(risposta: &Elemento<'a>) -> Option<Elemento<'a>> {
    let corpo = *risposta.figli().ok()?.get(1)?;
    let byte = *corpo.figli().ok()?.first()?.figli().ok()?.get(1)?;
    (byte.tag == OCTET_STRING).then(|| elemento(byte.valore).ok()).flatten()
}

/// What an answer says of one certificate.
pub struct Voce<'a> {
    digesto: Digesto,
    nome: &'a [u8],
    chiave: &'a [u8],
    /// The serial number, without leading zeros.
    pub seriale: &'a [u8],
    /// Whether it is taken back or suspended, and since when.
    pub detto: Detto,
    /// `thisUpdate`.
    pub dal: Istante,
    /// `nextUpdate`.
    pub al: Option<Istante>,
}

/// An answer, read and not yet believed.
pub struct Risposta<'a> {
    firmato: Firmato<'a>,
    certificati: Vec<Certificato<'a>>,
    /// What it says, certificate by certificate.
    pub voci: Vec<Voce<'a>>,
}

impl<'a> Risposta<'a> {
    /// Reads a `BasicOCSPResponse`.
    pub fn leggi(basica: &Elemento<'a>) -> Option<Self> {
        let parti = basica.figli().ok()?;
        let firmato = Firmato::leggi(&parti)?;
        let certificati =
            parti.get(3).filter(|e| e.tag == CONTESTO_0).and_then(|e| e.figli().ok()?.first()?.figli().ok());
        let certificati = certificati.unwrap_or_default().into_iter().take(MAX_CERTIFICATI);
        let dati = firmato.dati.figli().ok()?;
        let dopo_istante = dati.iter().skip_while(|e| e.tag != GENERALIZED_TIME).nth(1)?;
        let voci = dopo_istante.figli().ok()?;
        Some(Self {
            certificati: certificati.filter_map(|e| Certificato::leggi(e.intero)).collect(),
            voci: voci.iter().take(MAX_VOCI).filter_map(Voce::leggi).collect(),
            firmato,
        })
    }

    /// The same, with what is known of who signed it.
    pub fn con(self, noti: &'a Esiti) -> Self {
        Self { firmato: self.firmato.con(noti), ..self }
    }

    /// Whether the issuer signed it, or somebody whom it charged with answering (RFC 6960 section 4.2.2.2) and, says `revocato`, was not
    /// taken back; `None` when no more checks may be made.
    pub fn creduta(
        &self,
        contesto: &Contesto<'_>,
        emittente: &Certificato<'_>,
        quando: Istante,
        revocato: &dyn Fn(&Certificato<'_>) -> Option<bool>,
    ) -> Option<bool> {
        if self.firmato.da(contesto, emittente)? {
            return Some(true);
        }
        let incaricati = self.certificati.iter().filter(|c| {
            c.puo_rispondere()
                && c.emittente == emittente.soggetto
                && c.validita().is_some_and(|(inizio, fine)| inizio <= quando && quando <= fine)
        });
        for incaricato in incaricati {
            if !contesto.spendi() {
                return None;
            }
            if incaricato.emesso_da(emittente) && self.firmato.da(contesto, incaricato)? {
                // Its issuer may have said that nobody need ask (section 4.2.2.2.1).
                return if incaricato.esente_da_revoca() { Some(true) } else { revocato(incaricato).map(|si| !si) };
            }
        }
        Some(false)
    }
}

impl<'a> Voce<'a> {
    fn leggi(singola: &Elemento<'a>) -> Option<Self> {
        let parti = singola.figli().ok()?;
        let [id, stato, dal, resto @ ..] = parti.as_slice() else { return None };
        let id = id.figli().ok()?;
        let [algoritmo, nome, chiave, seriale] = *id.as_slice() else { return None };
        let detto = match stato.tag {
            CONTESTO_0_SEMPLICE => Detto::Niente,
            REVOCATO => revocato(stato)?,
            // Unknown to whoever answers: that says nothing.
            _ => return None,
        };
        let al = resto.first().filter(|e| e.tag == CONTESTO_0).and_then(|e| tempo::istante(e.figli().ok()?.first()?));
        Some(Self {
            digesto: Digesto::da_algoritmo(&algoritmo)?,
            nome: nome.valore,
            chiave: chiave.valore,
            seriale: senza_zeri(seriale.valore),
            detto,
            dal: tempo::istante(dal)?,
            al,
        })
    }

    /// Whether it speaks of `certificato`, issued by `emittente`.
    pub fn riguarda(&self, certificato: &Certificato<'_>, emittente: &Certificato<'_>) -> bool {
        certificato.seriale() == self.seriale && self.e_di(emittente)
    }

    /// Whether it speaks of a certificate issued by `emittente`.
    pub fn e_di(&self, emittente: &Certificato<'_>) -> bool {
        self.digesto.di(emittente.soggetto_der()) == self.nome && self.digesto.di(emittente.chiave_bit()) == self.chiave
    }
}

/// `RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }`
fn revocato(stato: &Elemento<'_>) -> Option<Detto> {
    let parti = stato.figli().ok()?;
    let dal = tempo::istante(parti.first()?)?;
    let motivo = parti.get(1).filter(|e| e.tag == CONTESTO_0).and_then(|e| codice(e.figli().ok()?.first()?));
    Some(if motivo == Some(SOSPESO) { Detto::Sospeso(dal) } else { Detto::Revocato(dal) })
}
