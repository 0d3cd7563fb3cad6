//! The sample comune: invented town, offices, people, titolario, an application.

use super::{Utenza, leggi_chiavi};
use crate::cli::Errore;
use crate::cli::ambiente::Ambiente;
use crate::istanze;
use crate::storage::Db;
use crate::titolario::{self, Voce};
use crate::utenti::{self, Aoo, Parola, Ruolo, Ufficio};
use crate::valori::{AooId, Attore, CodiceAoo, CodiceIpa};
use base64::Engine as _;

const TITOLARIO: &str = include_str!("../../../fixtures/titolario-comuni.csv");

const UFFICI: &[(&str, &str)] = &[
    ("PROT", "Ufficio protocollo"),
    ("EDIL", "Sportello unico per l'edilizia"),
    ("SUAP", "Sportello unico per le attività produttive"),
    ("RAG", "Ragioneria"),
    ("LLPP", "Lavori pubblici"),
];

/// User name, first name, family name, office, role.
const PERSONE: &[(&str, &str, &str, &str, Ruolo)] = &[
    ("lucia", "Lucia", "Bianchi", "PROT", Ruolo::Operatore),
    ("giorgio", "Giorgio", "Verdi", "PROT", Ruolo::Rsp),
    ("marta", "Marta", "Neri", "EDIL", Ruolo::Addetto),
    ("paolo", "Paolo", "Gallo", "EDIL", Ruolo::ResponsabileUfficio),
    ("anna", "Anna", "Riva", "PROT", Ruolo::ResponsabileConservazione),
    ("tecnico", "Ivo", "Serra", "PROT", Ruolo::Amministratore),
    ("revisora", "Chiara", "Costa", "RAG", Ruolo::Revisore),
];

/// Voce of what nobody classified.
const VOCE: &str = "VI.3";
/// Office of what nobody assigned.
const UFFICIO: &str = "EDIL";

/// What citizens may ask on the portal.
const PROCEDIMENTO: &str = "accesso-atti-edilizi";

/// The comune, ready.
pub(super) struct Comune {
    pub aoo: Aoo,
    pub voce: Voce,
    pub ufficio: Ufficio,
    pub gettone: String,
    pub utenze: Vec<Utenza>,
}

/// Makes what is missing.
pub(super) fn prepara(ambiente: &Ambiente) -> Result<Comune, Errore> {
    let db = &ambiente.db;
    let aoo = aoo(db)?;
    let io = Attore::Sistema("demo");
    let (ufficio, voce) = db.scrivi(aoo.id, &io, |op| {
        if titolario::voci(op.conn, aoo.id)?.is_empty() {
            let righe = titolario::leggi_csv(TITOLARIO)?;
            titolario::crea(op, &"Titolario dei comuni, 2005".parse()?, &righe)?;
        }
        let presenti = utenti::uffici(op.conn, aoo.id)?;
        for (codice, nome) in UFFICI.iter().filter(|(c, _)| presenti.iter().all(|u| u.codice.as_str() != *c)) {
            utenti::crea_ufficio(op, codice.parse()?, nome.parse()?, None)?;
        }
        let ufficio = utenti::ufficio_per_codice(op.conn, aoo.id, &UFFICIO.parse()?)?;
        if istanze::aperti(op.conn)?.iter().all(|(p, _)| p.codice.as_str() != PROCEDIMENTO) {
            let nome = "Accesso ai documenti edilizi".parse()?;
            let descrizione = "Per chi ha un interesse diretto a vedere o avere in copia una pratica edilizia: permessi, \
                               SCIA, agibilità. Indica l'immobile e, se li conosci, anno e numero della pratica.";
            istanze::apri(op, PROCEDIMENTO.parse()?, (nome, descrizione.parse()?), VOCE.parse()?, &ufficio, (30, false))?;
        }
        Ok::<_, Errore>((ufficio, titolario::voce(op.conn, aoo.id, &VOCE.parse()?)?))
    })?;
    let prima = leggi_chiavi(ambiente);
    let gettone = prima.as_ref().map(|c| c.token.clone()).filter(|t| vale(db, t, &aoo));
    let gettone = match gettone {
        Some(gettone) => gettone,
        None => {
            let crea = |op: &mut crate::storage::Operazione<'_>| {
                let predefinita = (Some(VOCE.parse()?), Some(UFFICIO.parse()?));
                Ok::<_, Errore>(
                    utenti::crea_applicazione(op, &"Dimostrazione".parse()?, predefinita.0, predefinita.1)?.1,
                )
            };
            db.scrivi(aoo.id, &io, crea)?
        }
    };
    let utenze = PERSONE
        .iter()
        .map(|p| persona(db, &aoo, p, prima.as_ref().and_then(|c| c.users.iter().find(|u| u.user == p.0))))
        .collect::<Result<_, _>>()?;
    Ok(Comune { aoo, voce, ufficio, gettone, utenze })
}

fn aoo(db: &Db) -> Result<Aoo, Errore> {
    let codice: CodiceAoo = "AX99Z01".parse()?;
    if let Some(aoo) = db.leggi(utenti::tutte_le_aoo)?.into_iter().find(|a| a.codice == codice) {
        return Ok(aoo);
    }
    db.scrivi(AooId::INSTALLAZIONE, &Attore::Sistema("demo"), |op| {
        let ipa: CodiceIpa = "c_x999".parse()?;
        let ente = match utenti::ente_per_ipa(op.conn, &ipa)? {
            Some(ente) => ente,
            None => utenti::crea_ente(op, ipa, "Comune di Borgo Esempio".parse()?)?,
        };
        let pec = "protocollo@pec.comune.borgoesempio.example".parse()?;
        let nome = "Comune di Borgo Esempio".parse()?;
        Ok(utenti::crea_aoo(op, &ente, codice, nome, "PG".parse()?, pec)?)
    })
}

fn vale(db: &Db, gettone: &str, aoo: &Aoo) -> bool {
    db.leggi(|conn| utenti::applicazione_per_gettone(conn, gettone)).is_ok_and(|a| a.aoo == aoo.id)
}

type PersonaDiEsempio = (&'static str, &'static str, &'static str, &'static str, Ruolo);

/// A person with a password that is known: the one of the earlier run, or a new one.
fn persona(db: &Db, aoo: &Aoo, p: &PersonaDiEsempio, prima: Option<&Utenza>) -> Result<Utenza, Errore> {
    let (user, nome, cognome, ufficio, ruolo) = *p;
    let presente = db.leggi(|conn| utenti::utente_per_nome(conn, user))?;
    if let (Some(prima), Some(persona)) = (prima, &presente)
        && let Some(protetta) = db.leggi(|conn| utenti::parola_di(conn, persona.id))?
        && utenti::verifica_parola(&prima.password, &protetta)
    {
        return Ok(prima.clone());
    }
    let password = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 12]>());
    let protetta = Parola::nuova(&password)?.protetta()?;
    let io = Attore::Sistema("demo");
    let persona = match presente {
        Some(persona) => {
            db.scrivi(AooId::INSTALLAZIONE, &io, |op| utenti::cambia_parola(op, &persona, &protetta))?;
            persona
        }
        None => db.scrivi(AooId::INSTALLAZIONE, &io, |op| {
            Ok::<_, Errore>(utenti::crea_utente(op, user, nome.parse()?, cognome.parse()?, &protetta)?)
        })?,
    };
    db.scrivi(aoo.id, &io, |op| {
        let ufficio = utenti::ufficio_per_codice(op.conn, aoo.id, &ufficio.parse()?)?;
        if utenti::ruoli_di(op.conn, persona.id, aoo.id)?.is_empty() {
            utenti::affida(op, &persona, &ufficio, ruolo)?;
        }
        Ok::<_, Errore>(())
    })?;
    Ok(Utenza { user: user.to_owned(), password, role: ruolo.as_str().to_owned() })
}
