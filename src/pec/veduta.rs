//! Who sees which message: the start of every query of the mail.

use crate::registro;
use crate::storage::Conn;
use crate::storage::schema::{
    interoperabilita, invii, messaggi as tabella, protocolli_messaggi, registrazioni, visibilita,
};
use crate::utenti::visibilita::Vista;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

pub(super) type Boxed<'a> = tabella::BoxedQuery<'a, <Conn as Connection>::Backend>;

/// The rows that may be seen: the start of every query of the mail.
///
/// A message that became a registration, speaks of the send of one or answers one, is for whoever may see that registration; any other
/// belongs to no office yet, and is for whoever may see the whole AOO.
pub(super) fn vede(vista: &Vista) -> Boxed<'static> {
    let della = tabella::table.filter(tabella::aoo_id.eq(vista.aoo().to_string())).into_boxed();
    // From each message to its registrations: there are few, and very many registrations.
    let divenuta = || {
        protocolli_messaggi::table
            .inner_join(registrazioni::table.on(registrazioni::id.eq(protocolli_messaggi::registrazione_id)))
            .filter(protocolli_messaggi::messaggio_id.eq(tabella::id))
    };
    let inviata = || {
        invii::table
            .inner_join(registrazioni::table.on(registrazioni::id.eq(invii::registrazione_id)))
            .filter(invii::message_id.nullable().eq(tabella::riferito))
    };
    let risposta = || {
        interoperabilita::table
            .inner_join(registrazioni::table.on(registrazioni::id.nullable().eq(interoperabilita::registrazione_id)))
            .filter(interoperabilita::messaggio_id.eq(tabella::id))
    };
    let concessa =
        || {
            exists(visibilita::table.filter(
                visibilita::oggetto_id.eq(registrazioni::id).and(visibilita::ufficio_id.eq_any(vista.uffici())),
            ))
            .or(registrazioni::id.eq_any(vista.visioni()))
        };
    match vista {
        Vista::Intera(_) => della,
        Vista::SenzaRiservati(..) => {
            let nascosta = || registro::riservata().and(not(concessa()));
            della
                .filter(not(exists(divenuta().filter(nascosta()))))
                .filter(not(exists(inviata().filter(nascosta()))))
                .filter(not(exists(risposta().filter(nascosta()))))
        }
        Vista::Uffici(..) => {
            let sua = exists(divenuta().filter(concessa())).or(exists(inviata().filter(concessa())));
            della.filter(sua.or(exists(risposta().filter(concessa()))))
        }
    }
}
