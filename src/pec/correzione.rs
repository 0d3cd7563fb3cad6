//! *Correzione di un indirizzo*: an addressee of an uscita is reached somewhere else than where it was registered, or where nothing was
//! registered. The parties are data that do not change (DPR 445/2000 art. 53); to what address it is sent is not one of them, and is an
//! act with source and reason. The name of a party is changed by annulling that datum alone.

use super::invia::{DaSpedire, Recapito, recapiti};
use super::{Errore, invia, invio};
use crate::audit::{self, Carico};
use crate::registro::Registrazione;
use crate::storage::schema::correzioni_indirizzi as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{IndirizzoMail, Istante, RegistrazioneId, Rifiuto, Testo, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "correzione-indirizzo";

/// Most corrections of one registration.
const MASSIME: usize = 500;

/// Where an address comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FonteIndirizzo {
    /// The rubrica of the AOO.
    Rubrica,
    /// The index of the public bodies (CAD art. 6-ter).
    Ipa,
    /// The index of professionals and firms (CAD art. 6-bis).
    Inipec,
    /// The index of the domicili digitali of persons (CAD art. 6-quater).
    Inad,
    /// The addressee said it.
    Destinatario,
    /// Another, which the reason names.
    Altro,
}

impl FonteIndirizzo {
    /// All of them.
    pub const TUTTE: [Self; 6] = [Self::Rubrica, Self::Ipa, Self::Inipec, Self::Inad, Self::Destinatario, Self::Altro];

    /// The word of the API and of the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rubrica => "rubrica",
            Self::Ipa => "ipa",
            Self::Inipec => "inipec",
            Self::Inad => "inad",
            Self::Destinatario => "destinatario",
            Self::Altro => "altro",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn nome(self) -> &'static str {
        match self {
            Self::Rubrica => "Rubrica",
            Self::Ipa => "IPA",
            Self::Inipec => "INI-PEC",
            Self::Inad => "INAD",
            Self::Destinatario => "Comunicato dal destinatario",
            Self::Altro => "Altra fonte",
        }
    }
}

impl FromStr for FonteIndirizzo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let parole = || Self::TUTTE.map(Self::as_str).join(", ");
        let no = || Rifiuto::new("fonte dell'indirizzo", format!("vale una di: {}", parole()));
        Self::TUTTE.into_iter().find(|f| f.as_str() == testo).ok_or_else(no)
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct NuovoIndirizzo {
    /// The addressee, as it is named in the registration.
    pub destinatario: Testo,
    /// Where it is reached.
    pub indirizzo: IndirizzoMail,
    /// Where that comes from.
    pub fonte: FonteIndirizzo,
    /// Why.
    pub motivo: Testo,
}

/// An address that took the place of the registered one.
#[derive(Debug, Clone)]
pub struct Correzione {
    /// Id of the act.
    pub id: String,
    /// The addressee, as it was named.
    pub destinatario: String,
    /// The registered address, if there was one.
    pub registrato: Option<IndirizzoMail>,
    /// Where it is reached.
    pub indirizzo: IndirizzoMail,
    /// Where that comes from.
    pub fonte: FonteIndirizzo,
    /// Why.
    pub motivo: Testo,
    /// Who did it, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// Sends an uscita to another address from now on. What was sent before stays; it does not leave by itself. Who may is up to the caller.
///
/// # Errors
/// If the registration is no uscita or is annulled, nobody of that name is among the addressees, the address is the one in force, or a send to
/// the one in force was delivered or has still to be heard of.
pub fn correggi_indirizzo(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: RegistrazioneId,
    nuovo: &NuovoIndirizzo,
) -> Result<(), Errore> {
    let r = invia::spedibile(op, vista, id)?;
    let prime = correzioni(op.conn, id)?;
    if prime.len() >= MASSIME {
        return Err(crate::registro::Errore::TroppiAtti(prime.len(), "indirizzi corretti").into());
    }
    let suo = recapiti(&r, &prime).into_iter().find(|s| s.destinatario == nuovo.destinatario.as_str());
    let Some(suo) = suo else { return Err(Errore::DestinatarioSconosciuto(nuovo.destinatario.to_string())) };
    if suo.attuale.as_ref().is_some_and(|a| a.uguale(&nuovo.indirizzo)) {
        return Err(Errore::IndirizzoUguale);
    }
    if !correggibile(&r, &invio::invii(op.conn, vista, Some(id))?, &prime, &suo, op.ora) {
        return Err(Errore::NonCorreggibile);
    }
    let attore = op.attore.clone();
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: id.to_string(),
        destinatario: suo.destinatario,
        registrato: suo.registrato.map(|i| i.to_string()),
        indirizzo: nuovo.indirizzo.to_string(),
        fonte: nuovo.fonte.as_str().to_owned(),
        motivo: nuovo.motivo.to_string(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "correzione-indirizzo", &riga.id, &riga.carico())?;
    Ok(())
}

/// The addressees of an uscita whose address may be corrected now, each with the one in force.
#[must_use]
pub fn correggibili(
    r: &Registrazione,
    invii: &[super::Invio],
    prime: &[Correzione],
    ora: Istante,
) -> Vec<(String, Option<IndirizzoMail>)> {
    let tutti = recapiti(r, prime).into_iter().filter(|s| correggibile(r, invii, prime, s, ora));
    tutti.map(|s| (s.destinatario, s.attuale)).collect()
}

/// Nobody is to get it twice: not while a send is on its way, and not after it arrived.
fn correggibile(r: &Registrazione, invii: &[super::Invio], prime: &[Correzione], suo: &Recapito, ora: Istante) -> bool {
    let da_spedire = DaSpedire::new(r, invii, prime, ora);
    let ancora = da_spedire.ancora.iter().map(|(a, _)| a);
    suo.attuale.as_ref().is_none_or(|attuale| da_spedire.nuovi.iter().chain(ancora).any(|a| a.uguale(attuale)))
}

/// The corrections of a registration that the caller sees, oldest first.
///
/// # Errors
/// Those of the database.
pub fn correzioni(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Vec<Correzione>, Errore> {
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::registrazione_id.eq(registrazione.to_string()))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?;
    let lette: Result<Vec<Correzione>, Rifiuto> = righe.into_iter().map(Riga::valore).collect();
    Ok(lette.map_err(|e| storage::Errore::riga("correzioni_indirizzi", e))?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    destinatario: String,
    registrato: Option<String>,
    indirizzo: String,
    fonte: String,
    motivo: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Correzione, Rifiuto> {
        Ok(Correzione {
            id: self.id,
            destinatario: self.destinatario,
            registrato: self.registrato.map(|r| r.parse()).transpose()?,
            indirizzo: self.indirizzo.parse()?,
            fonte: self.fonte.parse()?,
            motivo: self.motivo.parse()?,
            autore: self.autore,
            istante: Istante::from_utc(self.istante),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("destinatario", &self.destinatario)
            .forse("registrato", self.registrato.as_ref())
            .campo("indirizzo", &self.indirizzo)
            .campo("fonte", &self.fonte)
            .campo("motivo", &self.motivo)
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
