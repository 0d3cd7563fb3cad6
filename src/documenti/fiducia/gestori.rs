//! The certificates of PEC providers, or of who issues theirs: whole sets, one in the place of the other.

use super::Rifiuto;
use crate::audit::{self, Carico};
use crate::documenti::{Deposito, Errore, Riposto, registra, uso};
use crate::firma;
use crate::storage::schema::certificati_gestori as tabella;
use crate::storage::{self, Conn, Db, Operazione};
use crate::utenti;
use crate::valori::{AooId, Attore, Impronta, Istante, nuovo_id};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

pub(super) const ATTO: &str = "certificati-gestori";

/// Longest set, in bytes.
pub(super) const MASSIMO_INSIEME_BYTE: u64 = 4 * 1024 * 1024;

/// Digits of a line of PEM (RFC 7468).
const RIGA_PEM: usize = 64;

/// A set of certificates, as it was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersioneGestori {
    /// Its id.
    pub id: String,
    /// How many they are.
    pub certificati: i64,
    /// They, in PEM, in the store.
    pub impronta: Impronta,
    /// File or folder they came from.
    pub provenienza: String,
    /// Who brought them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// What changes with a set.
#[derive(Debug)]
pub struct EsitoGestori {
    /// Names of those that come in.
    pub aggiunti: Vec<String>,
    /// Names of those that go.
    pub tolti: Vec<String>,
    /// How many there are then.
    pub certificati: usize,
    pem: Vec<u8>,
    provenienza: String,
}

/// One certificate, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificatoGestore {
    /// Whose it is.
    pub nome: String,
    /// Until when it is valid.
    pub scade: Option<Istante>,
}

impl EsitoGestori {
    /// Reads the files of a set and compares it with the one in force. One file that holds no certificate refuses the whole: trust
    /// is not to be guessed.
    ///
    /// # Errors
    /// The name of the file and the refusal, inside; outside those of the store and of the database.
    pub fn esamina(
        db: &Db,
        deposito: &Deposito,
        provenienza: &str,
        file: &[(String, Vec<u8>)],
    ) -> Result<Result<Self, (String, Rifiuto)>, Errore> {
        let mut nuovi: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        for (nome, byte) in file {
            match firma::certificati(byte) {
                Ok(letti) => nuovi.extend(letti.into_iter().map(|c| (c.der, chiama(c.nome)))),
                Err(e) => return Ok(Err((nome.clone(), e.into()))),
            }
        }
        if nuovi.is_empty() {
            return Ok(Err((provenienza.to_owned(), Rifiuto::CartellaVuota)));
        }
        let pem = in_pem(nuovi.keys());
        if u64::try_from(pem.len()).unwrap_or(u64::MAX) > MASSIMO_INSIEME_BYTE {
            return Ok(Err((provenienza.to_owned(), Rifiuto::TroppoGrande(MASSIMO_INSIEME_BYTE / (1024 * 1024)))));
        }
        let prima: BTreeMap<Vec<u8>, String> = match db.leggi(ultima)? {
            // A set that cannot be read is replaced as if it were not there.
            Some(u) => {
                leggi(deposito, &u.impronta).unwrap_or_default().into_iter().map(|c| (c.der, chiama(c.nome))).collect()
            }
            None => BTreeMap::new(),
        };
        let solo = |di: &BTreeMap<Vec<u8>, String>, altri: &BTreeMap<Vec<u8>, String>| {
            di.iter().filter(|(der, _)| !altri.contains_key(*der)).map(|(_, nome)| nome.clone()).collect()
        };
        Ok(Ok(Self {
            aggiunti: solo(&nuovi, &prima),
            tolti: solo(&prima, &nuovi),
            certificati: nuovi.len(),
            pem,
            provenienza: provenienza.to_owned(),
        }))
    }

    /// Whether the set is not the one in force.
    #[must_use]
    pub fn cambia(&self) -> bool {
        !self.aggiunti.is_empty() || !self.tolti.is_empty()
    }
}

fn chiama(nome: Option<String>) -> String {
    let nome = nome.unwrap_or_else(|| "senza nome".to_owned());
    nome.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Certificates in PEM, each once and in one order, so that the same set has the same bytes.
fn in_pem<'a>(certificati: impl Iterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let mut pem = Vec::new();
    for der in certificati {
        pem.extend_from_slice(b"-----BEGIN CERTIFICATE-----\n");
        for riga in STANDARD.encode(der).as_bytes().chunks(RIGA_PEM) {
            pem.extend_from_slice(riga);
            pem.push(b'\n');
        }
        pem.extend_from_slice(b"-----END CERTIFICATE-----\n");
    }
    pem
}

/// Keeps a set, in the place of the one before; the same set is kept once.
///
/// # Errors
/// Those of the store and of the database.
pub fn conserva_gestori(
    db: &Db,
    deposito: &Deposito,
    attore: &Attore,
    insieme: &EsitoGestori,
) -> Result<VersioneGestori, Errore> {
    let riposto = deposito.riponi(&mut insieme.pem.as_slice(), MASSIMO_INSIEME_BYTE)?;
    db.scrivi(AooId::INSTALLAZIONE, attore, |op| scrivi(op, insieme, &riposto))
}

fn scrivi(op: &mut Operazione<'_>, insieme: &EsitoGestori, riposto: &Riposto) -> Result<VersioneGestori, Errore> {
    if let Some(ultima) = ultima(op.conn)?.filter(|u| u.impronta == riposto.impronta) {
        return Ok(ultima);
    }
    let attore = op.attore.clone();
    let riga = Riga {
        id: nuovo_id().to_string(),
        certificati: i64::try_from(insieme.certificati).unwrap_or(i64::MAX),
        sha256: riposto.impronta.to_string(),
        provenienza: insieme.provenienza.clone(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    registra(op, riposto)?;
    uso(op, &riposto.impronta, ATTO, &riga.id)?;
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, ATTO, &riga.id, &riga.carico())?;
    riga.valore()
}

/// All sets, the one in force first.
///
/// # Errors
/// Those of the database.
pub fn versioni_gestori(conn: &mut Conn) -> Result<Vec<VersioneGestori>, Errore> {
    let righe: Vec<Riga> = tabella::table.order(tabella::id.desc()).select(Riga::as_select()).load(conn)?;
    righe.into_iter().map(Riga::valore).collect()
}

/// The certificates of a set, by name.
///
/// # Errors
/// Those of the store.
pub fn gestori_di(deposito: &Deposito, versione: &VersioneGestori) -> Result<Vec<CertificatoGestore>, Errore> {
    let letti = leggi(deposito, &versione.impronta)?;
    let mut tutti: Vec<_> =
        letti.into_iter().map(|c| CertificatoGestore { nome: chiama(c.nome), scade: c.scade }).collect();
    tutti.sort_by(|a, b| a.nome.cmp(&b.nome));
    Ok(tutti)
}

fn leggi(deposito: &Deposito, impronta: &Impronta) -> Result<Vec<firma::Identita>, Errore> {
    let rovinata =
        |e: firma::Errore| Errore::ListaRovinata { lista: "certificati PEC".to_owned(), causa: e.to_string() };
    firma::certificati(&deposito.leggi(impronta, MASSIMO_INSIEME_BYTE)?).map_err(rovinata)
}

/// The set in force.
pub(super) fn ultima(conn: &mut Conn) -> Result<Option<VersioneGestori>, Errore> {
    let riga: Option<Riga> =
        tabella::table.order(tabella::id.desc()).select(Riga::as_select()).first(conn).optional()?;
    riga.map(Riga::valore).transpose()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    certificati: i64,
    sha256: String,
    provenienza: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<VersioneGestori, Errore> {
        Ok(VersioneGestori {
            id: self.id,
            certificati: self.certificati,
            impronta: self.sha256.parse().map_err(|e| storage::Errore::riga("certificati_gestori", e))?,
            provenienza: self.provenienza,
            autore: self.autore,
            istante: Istante::from_utc(self.istante),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("certificati", self.certificati)
            .campo("sha256", &self.sha256)
            .campo("provenienza", &self.provenienza)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
