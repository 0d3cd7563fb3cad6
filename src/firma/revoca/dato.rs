//! A list or an answer that is kept outside of the files it is used for: read once, whole, and shared.

use super::autorita::Autorita;
use super::bilancio::Detto;
use super::firmato::Esiti;
use super::lista::Lista;
use super::noto::Consultata;
use super::risposta::{Risposta, basica};
use super::{ENUMERATED, Revoche, RifiutoRevoca, revocato};
use crate::firma::asn1::{Elemento, elemento};
use crate::firma::ber::SEQUENCE;
use crate::firma::catena::Contesto;
use crate::firma::certificato::Certificato;
use crate::firma::fiducia::Fiducia;
use crate::firma::involucro::pem;
use crate::valori::{Impronta, Istante};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Longest list that is read, in bytes: 500,000 entries take about twenty millions.
pub const MASSIMO_DATO_REVOCA_BYTE: u64 = 48 * 1024 * 1024;
/// Lists of one file in PEM.
const MAX_DATI: usize = 256;
/// How much the clock of whoever issues may be ahead of ours, in seconds.
const TOLLERANZA_S: i64 = 300;

/// What a datum is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GenereRevoca {
    /// A revocation list (RFC 5280).
    #[serde(rename = "CRL")]
    Lista,
    /// An answer about single certificates (RFC 6960).
    #[serde(rename = "OCSP")]
    Risposta,
}

/// A list or an answer, read and not yet believed: whether it is signed by the issuer of a certificate is asked when it is used.
#[derive(Debug, Clone)]
pub struct DatoRevoca(Arc<Dentro>);

#[derive(Debug)]
struct Dentro {
    genere: GenereRevoca,
    der: Vec<u8>,
    impronta: Impronta,
    esiti: Esiti,
    dal: Istante,
    al: Option<Istante>,
    /// Of a list: its issuer, its number in hexadecimal digits, the points where it is published, its entries in order.
    emittente: String,
    numero: Option<String>,
    punti: Option<BTreeSet<String>>,
    ordine: Vec<u32>,
    /// Of an answer: the serial numbers that it speaks of.
    seriali: Vec<Vec<u8>>,
}

/// A datum that may be kept.
#[derive(Debug, Clone)]
pub struct Accettato {
    /// Who issued it, for people.
    pub emittente: String,
    /// The certificate of the authority whose certificates it speaks of (DER).
    pub certificato: Vec<u8>,
    /// What it takes the place of: data of one authority, key and scope follow each other.
    pub serie: Impronta,
}

impl DatoRevoca {
    /// Reads a file: one list or answer in DER, or any number of lists in PEM.
    ///
    /// # Errors
    /// What cannot be read to its end, and then nothing of that file is taken.
    pub fn leggi(file: &[u8]) -> Result<Vec<Self>, RifiutoRevoca> {
        if file.first() == Some(&SEQUENCE) {
            return Ok(vec![Self::da_der(file.to_vec(), Impronta::of(file))?]);
        }
        let testo = String::from_utf8_lossy(file);
        let liste: Vec<Vec<u8>> = pem(&testo, "X509 CRL").take(MAX_DATI + 1).collect();
        if liste.is_empty() || liste.len() > MAX_DATI {
            return Err(RifiutoRevoca::Illeggibile("serve una lista in DER o PEM, o una risposta in DER"));
        }
        liste.into_iter().map(|der| Self::da_der(der.clone(), Impronta::of(&der))).collect()
    }

    /// One in DER, known by this SHA-256.
    pub(super) fn da_der(der: Vec<u8>, impronta: Impronta) -> Result<Self, RifiutoRevoca> {
        let storta = RifiutoRevoca::Illeggibile("non è scritta come dovrebbe");
        let Ok(radice) = elemento(&der) else { return Err(storta) };
        let prima = radice.figli().ok().and_then(|parti| parti.first().copied());
        let dentro = match prima {
            Some(stato) if stato.tag == ENUMERATED => risposta(&radice, stato)?,
            Some(_) => lista(&der)?,
            None => return Err(storta),
        };
        Ok(Self(Arc::new(Dentro { esiti: Esiti::new(impronta), impronta, der, ..dentro })))
    }

    /// What it is.
    #[must_use]
    pub fn genere(&self) -> GenereRevoca {
        self.0.genere
    }

    /// Its bytes, in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of them.
    #[must_use]
    pub fn impronta(&self) -> Impronta {
        self.0.impronta
    }

    /// `thisUpdate`; of an answer about several certificates the earliest.
    #[must_use]
    pub fn emessa(&self) -> Istante {
        self.0.dal
    }

    /// `nextUpdate`, if it says one; of an answer about several certificates the earliest.
    #[must_use]
    pub fn prossima(&self) -> Option<Istante> {
        self.0.al
    }

    /// `cRLNumber` in hexadecimal digits.
    #[must_use]
    pub fn numero(&self) -> Option<&str> {
        self.0.numero.as_deref()
    }

    /// Whether it is a list that speaks of all certificates of who made it.
    #[must_use]
    pub fn intera(&self) -> bool {
        self.lista().is_some_and(|l| l.ambito().is_empty())
    }

    /// How many certificates it names: of a list those that are taken back.
    #[must_use]
    pub fn voci(&self) -> usize {
        self.0.ordine.len().max(self.0.seriali.len())
    }

    /// Whether it may be kept and relied on at `ora`: complete, in force, and signed by an authority that is trusted.
    ///
    /// # Errors
    /// Why not.
    pub fn accetta(&self, autorita: &Autorita, ora: Istante) -> Result<Accettato, RifiutoRevoca> {
        let accettato = match self.0.genere {
            GenereRevoca::Lista => self.accetta_lista(autorita),
            GenereRevoca::Risposta => self.accetta_risposta(autorita),
        }?;
        let secondi = |istante: Istante| istante.date_time().timestamp();
        if secondi(self.0.dal) > secondi(ora) + TOLLERANZA_S {
            return Err(RifiutoRevoca::Futura(self.0.dal.leggibile()));
        }
        match self.0.al {
            Some(al) if al < ora => Err(RifiutoRevoca::Scaduta(al.leggibile())),
            // RFC 5280 section 5.1.2.5 wants it; of an answer it is optional.
            None if self.0.genere == GenereRevoca::Lista => Err(RifiutoRevoca::SenzaScadenza),
            _ => Ok(accettato),
        }
    }

    fn accetta_lista(&self, autorita: &Autorita) -> Result<Accettato, RifiutoRevoca> {
        let lista = Lista::leggi(&self.0.der).ok_or(RifiutoRevoca::Illeggibile("non è scritta come dovrebbe"))?;
        if let Some(vizio) = lista.vizio() {
            return Err(vizio);
        }
        let mut perche = RifiutoRevoca::EmittenteIgnoto(lista.emittente_leggibile());
        let lista = lista.con(&self.0.ordine, &self.0.esiti);
        let niente = Fiducia::vuota();
        for der in autorita.con_soggetto(&lista.emittente) {
            let Some(certificato) = Certificato::leggi(der) else { continue };
            if lista.firmato.da(&Contesto::new(&niente, self.0.dal), &certificato) != Some(true) {
                perche = RifiutoRevoca::Firma(certificato.soggetto_leggibile());
            } else if !certificato.puo_revocare() {
                perche = RifiutoRevoca::NonPuo(certificato.soggetto_leggibile());
            } else {
                return Ok(accettato(&certificato, &[b"CRL", lista.ambito()]));
            }
        }
        Err(perche)
    }

    fn accetta_risposta(&self, autorita: &Autorita) -> Result<Accettato, RifiutoRevoca> {
        let radice = elemento(&self.0.der).ok();
        let risposta =
            radice.and_then(|radice| Risposta::leggi(&basica(&radice)?)).ok_or(RifiutoRevoca::SenzaRisposta)?;
        let contesto = Contesto::new(autorita.fiducia(), self.0.dal);
        let mut perche = RifiutoRevoca::EmittenteIgnoto("un emittente che non si riconosce".to_owned());
        for certificato in autorita.tutte().filter_map(Certificato::leggi) {
            if !risposta.voci.iter().all(|voce| voce.e_di(&certificato)) {
                continue;
            }
            let ritirato = Cell::new(false);
            let chiedi = |chi: &Certificato<'_>| {
                let esito = revocato(&contesto, &[], chi, &certificato, self.0.dal);
                ritirato.set(esito == Some(true));
                esito
            };
            if risposta.creduta(&contesto, &certificato, self.0.dal, &chiedi) == Some(true) {
                let mut seriali = self.0.seriali.clone();
                seriali.sort_unstable();
                let ambito = seriali.iter().map(hex::encode).collect::<Vec<_>>().join(" ");
                return Ok(accettato(&certificato, &[b"OCSP", ambito.as_bytes()]));
            }
            let nome = certificato.soggetto_leggibile();
            perche = if ritirato.get() { RifiutoRevoca::Rispondente(nome) } else { RifiutoRevoca::Firma(nome) };
        }
        Err(perche)
    }

    /// The comparable name of the issuer of a list.
    pub(super) fn emittente(&self) -> &str {
        &self.0.emittente
    }

    /// The serial numbers that an answer speaks of.
    pub(super) fn seriali(&self) -> &[Vec<u8>] {
        &self.0.seriali
    }

    /// Memory that it takes, in bytes.
    pub(super) fn peso(&self) -> usize {
        self.0.der.len() + self.0.ordine.len() * size_of::<u32>()
    }

    /// Whether it may say something of a certificate: a list of another point does only if it names it.
    pub(super) fn tocca(&self, certificato: &Certificato<'_>) -> bool {
        let Some(punti) = &self.0.punti else { return true };
        certificato.punti().iter().any(|p| punti.contains(p))
            || self.lista().is_some_and(|l| !matches!(l.dice(certificato), Ok(Detto::Niente)))
    }

    /// Puts it beside other evidence.
    pub(super) fn in_mezzo<'a>(&'a self, revoche: &mut Revoche<'a>) {
        match self.0.genere {
            GenereRevoca::Lista => revoche.liste.extend(self.lista()),
            GenereRevoca::Risposta => {
                let radice = elemento(&self.0.der).ok();
                let letta = radice.and_then(|radice| Risposta::leggi(&basica(&radice)?));
                revoche.risposte.extend(letta.map(|risposta| risposta.con(&self.0.esiti)));
            }
        }
    }

    /// Whether it is known that this certificate signed it.
    pub(super) fn firmata_da(&self, chi: &Impronta) -> bool {
        self.0.esiti.creduto(chi.as_bytes())
    }

    /// It is believed to be signed by who has the certificate with this SHA-256.
    pub(super) fn credi(&self, chi: &Impronta) {
        self.0.esiti.credi(chi);
    }

    /// What is kept of it in a prova: all, or the part of a list that was looked at.
    pub(super) fn parte(&self, consultata: &Consultata) -> Vec<u8> {
        /// Up to here a list is kept whole.
        const INTERA_BYTE: usize = 16 * 1024;
        let lista = self.lista().filter(|_| self.0.der.len() > INTERA_BYTE);
        lista.and_then(|l| l.estratto(&consultata.seriali)).unwrap_or_else(|| self.0.der.clone())
    }

    fn lista(&self) -> Option<Lista<'_>> {
        (self.0.genere == GenereRevoca::Lista).then(|| Lista::leggi(&self.0.der)).flatten().map(|l| {
            // Both were read with it.
            l.con(&self.0.ordine, &self.0.esiti)
        })
    }
}

fn accettato(certificato: &Certificato<'_>, ambito: &[&[u8]]) -> Accettato {
    let chi = certificato.firmatario();
    let emittente = chi.common_name.or(chi.organization).unwrap_or_else(|| certificato.soggetto_leggibile());
    let parti = [certificato.soggetto.as_bytes(), certificato.chiave_bit()].into_iter().chain(ambito.iter().copied());
    // Digests, so that no two sequences of parts are the same text.
    let serie = parti.map(|parte| Impronta::of(parte).to_string()).collect::<String>();
    Accettato { emittente, certificato: certificato.der.to_vec(), serie: Impronta::of(serie.as_bytes()) }
}

fn lista(der: &[u8]) -> Result<Dentro, RifiutoRevoca> {
    let storta = RifiutoRevoca::Illeggibile("non è scritta come dovrebbe");
    let letta = Lista::leggi(der).ok_or(storta)?;
    let ordine = letta.ordina().map_err(|difetto| RifiutoRevoca::Illeggibile(difetto.0))?;
    let (punti, numero) = (letta.nomi(), letta.numero().map(hex::encode));
    Ok(Dentro { numero, punti, ordine, ..vuoto(GenereRevoca::Lista, letta.dal, letta.al, letta.emittente) })
}

fn risposta(radice: &Elemento<'_>, stato: Elemento<'_>) -> Result<Dentro, RifiutoRevoca> {
    if stato.valore != [0] {
        return Err(RifiutoRevoca::SenzaRisposta);
    }
    let letta = basica(radice).and_then(|basica| Risposta::leggi(&basica));
    let letta = letta.ok_or(RifiutoRevoca::Illeggibile("la risposta non è scritta come dovrebbe"))?;
    let dal = letta.voci.iter().map(|v| v.dal).min().ok_or(RifiutoRevoca::SenzaRisposta)?;
    let al = letta.voci.iter().filter_map(|v| v.al).min();
    let seriali = letta.voci.iter().map(|v| v.seriale.to_vec()).collect();
    Ok(Dentro { seriali, ..vuoto(GenereRevoca::Risposta, dal, al, String::new()) })
}

/// With nothing of what only one kind has.
fn vuoto(genere: GenereRevoca, dal: Istante, al: Option<Istante>, emittente: String) -> Dentro {
    let impronta = Impronta::of(b"");
    let (numero, punti, ordine, seriali) = (None, None, Vec::new(), Vec::new());
    Dentro {
        genere,
        der: Vec::new(),
        impronta,
        esiti: Esiti::new(impronta),
        dal,
        al,
        emittente,
        numero,
        punti,
        ordine,
        seriali,
    }
}
