//! *Revoca*: whether a certificate had been taken back at an instant, by the lists (CRL, RFC 5280 section 5) and the answers (OCSP,
//! RFC 6960) that are at hand. Nothing is fetched.
//!
//! ```text
//! BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm, signature BIT STRING, certs [0] … OPTIONAL }
//! ResponseData ::= SEQUENCE { version [0] DEFAULT v1, responderID CHOICE { [1], [2] }, producedAt GeneralizedTime,
//!     responses SEQUENCE OF SingleResponse, … }
//! SingleResponse ::= SEQUENCE { certID SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber },
//!     certStatus CHOICE { good [0], revoked [1] { revocationTime, … }, unknown [2] }, thisUpdate, nextUpdate [0] …, … }
//! ```

use super::algoritmo::{Digesto, metodo};
use super::asn1::{Elemento, elemento};
use super::ber::{CONTESTO_0, CONTESTO_0_SEMPLICE, CONTESTO_1, OCTET_STRING, SEQUENCE};
use super::catena::Contesto;
use super::certificato::{Certificato, nome_confrontabile};
use super::chiave::{Esito, bit_interi};
use super::{oid, tempo};
use crate::valori::Istante;
use std::cell::RefCell;
use std::collections::HashMap;
use x509_parser::extensions::{IssuingDistributionPoint, ParsedExtension};
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;
use x509_parser::x509::ReasonCode;

/// Lists, and answers, of one envelope that are looked at.
const MAX_REVOCHE: usize = 64;
/// Certificates inside one answer that are looked at.
const MAX_CERTIFICATI: usize = 8;
/// Answers about single certificates in one response that are looked at.
const MAX_VOCI: usize = 256;

/// `ENUMERATED`: the status at the head of a whole response.
const ENUMERATED: u8 = 0x0a;
/// `GeneralizedTime`.
const GENERALIZED_TIME: u8 = 0x18;
/// `revoked [1]`, and `nextUpdate [0]`, are constructed; `good [0]` is not.
const REVOCATO: u8 = CONTESTO_1;

/// Extensions of a list: it holds only changes; it speaks of part of the certificates; it keeps those that expired.
const DELTA: &str = "2.5.29.27";
const SCADUTI_COMPRESI: &str = "2.5.29.60";

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

struct Lista<'a> {
    firmato: Firmato<'a>,
    crl: CertificateRevocationList<'a>,
    emittente: String,
}

struct Risposta<'a> {
    firmato: Firmato<'a>,
    certificati: Vec<Certificato<'a>>,
    voci: Vec<Voce<'a>>,
}

/// What was signed, how, and the value.
struct Firmato<'a> {
    dati: Elemento<'a>,
    algoritmo: Elemento<'a>,
    valore: &'a [u8],
    /// By whom it is known to be signed, or not: digest of the certificate. Every signer of an envelope asks again.
    esiti: RefCell<HashMap<Vec<u8>, bool>>,
}

/// What an answer says of one certificate.
struct Voce<'a> {
    digesto: Digesto,
    nome: &'a [u8],
    chiave: &'a [u8],
    seriale: &'a [u8],
    revocato: Option<Istante>,
    dal: Istante,
    al: Option<Istante>,
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

    /// `OCSPResponse ::= SEQUENCE { status ENUMERATED, [0] SEQUENCE { type OID, response OCTET STRING } }`.
    pub fn aggiungi_risposta_intera(&mut self, risposta: &Elemento<'a>) {
        let basica = || {
            let corpo = *risposta.figli().ok()?.get(1)?;
            let byte = *corpo.figli().ok()?.first()?.figli().ok()?.get(1)?;
            (byte.tag == OCTET_STRING).then(|| elemento(byte.valore).ok()).flatten()
        };
        if let Some(basica) = basica() {
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
            let Some((dal, al)) = lista.periodo() else { continue };
            match lista.revocato(certificato) {
                Some(revocato) if revocato <= quando => return Some(Stato::Revocato(revocato)),
                _ if lista.riguarda(certificato) && copre(dal, al, lista.ha(SCADUTI_COMPRESI)) => {
                    migliore = Some(Stato::Valido(dal));
                }
                _ => {}
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

impl<'a> Firmato<'a> {
    fn leggi(parti: &[Elemento<'a>]) -> Option<Self> {
        let [dati, algoritmo, bit, ..] = *parti else { return None };
        Some(Self { dati, algoritmo, valore: bit_interi(&bit)?, esiti: RefCell::default() })
    }

    /// Whether `chi` signed it; `None` when no more checks may be made.
    fn da(&self, contesto: &Contesto<'_>, chi: &Certificato<'_>) -> Option<bool> {
        let chi_firma = Digesto::Sha256.di(chi.der);
        if let Some(esito) = self.esiti.borrow().get(&chi_firma) {
            return Some(*esito);
        }
        let (Some(metodo), Some(chiave)) = (metodo(&self.algoritmo, None), chi.chiave()) else { return Some(false) };
        if !contesto.spendi() {
            return None;
        }
        let esito = chiave.verifica(metodo, &metodo.da_firmare(self.dati.intero), self.valore) == Esito::Valida;
        self.esiti.borrow_mut().insert(chi_firma, esito);
        Some(esito)
    }
}

impl<'a> Lista<'a> {
    fn leggi(der: &'a [u8]) -> Option<Self> {
        let firmato = Firmato::leggi(&elemento(der).ok()?.figli().ok()?)?;
        let (_, crl) = CertificateRevocationList::from_der(der).ok()?;
        let emittente = nome_confrontabile(crl.issuer());
        Some(Self { firmato, crl, emittente })
    }

    fn ha(&self, estensione: &str) -> bool {
        self.crl.extensions().iter().any(|e| e.oid.to_id_string() == estensione)
    }

    /// Whether what it names are certificates of who made it: not those of others, nor attribute certificates.
    fn parla_dei_suoi(&self) -> bool {
        !self.punti().any(|p| p.indirect_crl || p.only_contains_attribute_certs)
    }

    /// Whether its silence about this certificate says something: not a list of changes, nor of other certificates, nor of some reasons.
    fn riguarda(&self, certificato: &Certificato<'_>) -> bool {
        let parziale = self.punti().any(|p| {
            p.only_some_reasons.is_some()
                || (p.only_contains_user_certs && certificato.e_di_ca())
                || (p.only_contains_ca_certs && !certificato.e_di_ca())
        });
        !parziale && !self.ha(DELTA)
    }

    fn punti(&self) -> impl Iterator<Item = &IssuingDistributionPoint<'_>> {
        self.crl.extensions().iter().filter_map(|e| match e.parsed_extension() {
            ParsedExtension::IssuingDistributionPoint(p) => Some(p),
            _ => None,
        })
    }

    fn periodo(&self) -> Option<(Istante, Option<Istante>)> {
        let istante = |secondi| chrono::DateTime::from_timestamp(secondi, 0).map(Istante::new);
        let al = self.crl.next_update().and_then(|t| istante(t.timestamp()));
        Some((istante(self.crl.last_update().timestamp())?, al))
    }

    fn revocato(&self, certificato: &Certificato<'_>) -> Option<Istante> {
        let voce = self.crl.iter_revoked_certificates().find(|r| certificato.e_il_seriale(r.raw_serial()))?;
        // A list of changes names those who were suspended and are no more, too (RFC 5280 section 5.3.1).
        if voce.reason_code().is_some_and(|(_, motivo)| motivo == ReasonCode::RemoveFromCRL) {
            return None;
        }
        chrono::DateTime::from_timestamp(voce.revocation_date.timestamp(), 0).map(Istante::new)
    }
}

impl<'a> Risposta<'a> {
    fn leggi(basica: &Elemento<'a>) -> Option<Self> {
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

    /// Whether the issuer signed it, or somebody whom it charged with answering (RFC 6960 section 4.2.2.2); `None` when no more
    /// checks may be made.
    fn creduta(&self, contesto: &Contesto<'_>, emittente: &Certificato<'_>, quando: Istante) -> Option<bool> {
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
                return Some(true);
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
        let revocato = match stato.tag {
            CONTESTO_0_SEMPLICE => None,
            REVOCATO => Some(tempo::istante(stato.figli().ok()?.first()?)?),
            // Unknown to whoever answers: that says nothing.
            _ => return None,
        };
        let al = resto.first().filter(|e| e.tag == CONTESTO_0).and_then(|e| tempo::istante(e.figli().ok()?.first()?));
        Some(Self {
            digesto: Digesto::da_algoritmo(&algoritmo)?,
            nome: nome.valore,
            chiave: chiave.valore,
            seriale: seriale.valore,
            revocato,
            dal: tempo::istante(dal)?,
            al,
        })
    }

    fn riguarda(&self, certificato: &Certificato<'_>, emittente: &Certificato<'_>) -> bool {
        certificato.e_il_seriale(self.seriale)
            && self.digesto.di(emittente.soggetto_der()) == self.nome
            && self.digesto.di(emittente.chiave_bit()) == self.chiave
    }
}
