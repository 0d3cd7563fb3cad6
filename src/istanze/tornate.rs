//! Istanze whose registration was annulled: they come back to whoever registers, as the message of an entrata does.
//!
//! That an istanza is back is derived: its registrations are all annulled. A person looks before it gets another number, since the
//! reason may be that it was sent twice.

use super::presenta::protocolla;
use super::{Errore, procedimento};
use crate::registro::{self, Registrazione};
use crate::storage::schema::{annullamenti, istanze, protocolli_istanze};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Calendario, IstanzaId, RegistrazioneId};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// The istanze that are back, each with the annulled registration that it had last, if that may be seen; newest first, at most
/// `quante` annulments looked at.
///
/// # Errors
/// Those of the database.
pub fn tornate(conn: &mut Conn, vista: &Vista, quante: i64) -> Result<Vec<(IstanzaId, Registrazione)>, Errore> {
    let annullate: Vec<(String, String)> = protocolli_istanze::table
        .inner_join(annullamenti::table.on(annullamenti::registrazione_id.eq(protocolli_istanze::registrazione_id)))
        .filter(annullamenti::aoo_id.eq(vista.aoo().to_string()))
        .order(protocolli_istanze::registrazione_id.desc())
        .limit(quante)
        .select((protocolli_istanze::registrazione_id, protocolli_istanze::istanza_id))
        .load(conn)?;
    let istanze: Vec<&String> = annullate.iter().map(|(_, istanza)| istanza).collect();
    let vive: HashSet<String> = protocolli_istanze::table
        .filter(protocolli_istanze::istanza_id.eq_any(istanze))
        .filter(diesel::dsl::not(
            protocolli_istanze::registrazione_id.eq_any(annullamenti::table.select(annullamenti::registrazione_id)),
        ))
        .select(protocolli_istanze::istanza_id)
        .load(conn)?
        .into_iter()
        .collect();
    let no = |e| storage::Errore::riga("protocolli_istanze", e);
    let mut viste = HashSet::new();
    let mut di: HashMap<RegistrazioneId, IstanzaId> = HashMap::new();
    let mut ids: Vec<RegistrazioneId> = Vec::new();
    for (registrazione, istanza) in annullate {
        if !vive.contains(&istanza) && viste.insert(istanza.clone()) {
            let registrazione = registrazione.parse().map_err(no)?;
            di.insert(registrazione, istanza.parse().map_err(no)?);
            ids.push(registrazione);
        }
    }
    let registrazioni = registro::per_ids(conn, vista, &ids)?;
    Ok(registrazioni.into_iter().filter_map(|r| Some((*di.get(&r.id)?, r))).collect())
}

/// Registers an istanza that is back, with the presentazione it has always had and the office and voce of its procedimento.
///
/// # Errors
/// `Sconosciuta` if there is none or its annulled registration may not be seen, `NonTornata` if one is in force; the refusals of the
/// register.
pub fn riprotocolla(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: IstanzaId,
    calendario: &Calendario,
) -> Result<RegistrazioneId, Errore> {
    let sue: Vec<String> = protocolli_istanze::table
        .filter(protocolli_istanze::istanza_id.eq(id.to_string()))
        .select(protocolli_istanze::registrazione_id)
        .load(op.conn)?;
    let ids = sue.iter().map(|r| r.parse()).collect::<Result<Vec<RegistrazioneId>, _>>();
    let ids = ids.map_err(|e| storage::Errore::riga("protocolli_istanze", e))?;
    let viste = registro::per_ids(op.conn, vista, &ids)?;
    if viste.is_empty() || viste.len() < ids.len() {
        return Err(Errore::Sconosciuta);
    }
    if viste.iter().any(|r| r.annullamento.is_none()) {
        return Err(Errore::NonTornata);
    }
    let procedimento: String =
        istanze::table.filter(istanze::id.eq(id.to_string())).select(istanze::procedimento_id).first(op.conn)?;
    let (aoo, procedimento) = (utenti::aoo(op.conn, op.aoo)?, procedimento::per_id(op.conn, &procedimento)?);
    // What few may see stays theirs.
    let riservata = viste.iter().any(|r| r.riservato);
    protocolla(op, &aoo, &procedimento, (&id.to_string(), riservata), calendario)
}
