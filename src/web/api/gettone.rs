//! Who calls: the application named by the bearer token (RFC 6750), and whether its token, and the person whose it is, may call so.
//!
//! Every handler names both in its own signature: `Chiamante<Legge, Registro>` asks of the token the permesso `legge`, and of its
//! person, if it has one, a role that reads in the part of the house `Registro`. There is no `Chiamante` without either, so a handler
//! that forgot would not compile. The rest is asked before anything is looked for, and the answer says nothing of what is there.

use crate::storage::Conn;
use crate::utenti::politica::{self, Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Applicazione, PermessoGettone, Ruolo};
use crate::valori::{Attore, CodiceUfficio, UfficioId};
use crate::web::{Problema, Stato};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use std::marker::PhantomData;

/// Longest token that is looked up.
const MASSIMO_GETTONE: usize = 200;

/// What a handler asks of a token.
pub(super) trait Richiesto {
    /// The permesso.
    const PERMESSO: PermessoGettone;
}

macro_rules! richiesti {
    ($($permesso:ident),+) => {$(
        #[doc = concat!("Asks for `PermessoGettone::", stringify!($permesso), "`.")]
        pub(super) struct $permesso;
        impl Richiesto for $permesso {
            const PERMESSO: PermessoGettone = PermessoGettone::$permesso;
        }
    )+};
}
richiesti!(Legge, Registra, Assegna, Classifica, Fascicola, Annulla, Spedisce, Amministra);

/// Where in the house a handler stands: that of the page that does the same.
pub(super) trait Parte {
    /// The part; none where sight alone decides.
    const AZIONE: Option<Azione>;
    /// True if only a person may, never an application by itself.
    const DI_PERSONA: bool = false;
}

macro_rules! parti {
    ($($azione:ident),+) => {$(
        #[doc = concat!("Stands in `Azione::", stringify!($azione), "`: a person reads there with `Legge`, and acts with anything else.")]
        pub(super) struct $azione;
        impl Parte for $azione {
            const AZIONE: Option<Azione> = Some(Azione::$azione);
        }
    )+};
}
parti!(
    Entrata,
    Scrivania,
    Uscita,
    Fascicoli,
    Ricerca,
    Registro,
    Visioni,
    Variazioni,
    Conservazione,
    Eventi,
    Amministrazione,
    Sostituzioni
);

/// Stands wherever a thing is: who sees it reads it.
pub(super) struct ChiVede;

impl Parte for ChiVede {
    const AZIONE: Option<Azione> = None;
}

/// Stands in the part `A`, with an act that the law gives to a person.
pub(super) struct DiPersona<A>(PhantomData<A>);

impl<A: Parte> Parte for DiPersona<A> {
    const AZIONE: Option<Azione> = A::AZIONE;
    const DI_PERSONA: bool = true;
}

/// What the person of a token is at this moment.
struct Persona {
    ruoli: Vec<(Ruolo, UfficioId)>,
    vista: Vista,
}

impl Persona {
    /// As they stand at this call: who was only given to look at a thing does nothing to it.
    fn per<P: Richiesto>(self) -> Self {
        let guarda = P::PERMESSO == PermessoGettone::Legge;
        if guarda { self } else { Self { vista: self.vista.per_agire(), ..self } }
    }

    fn permesso(&self, azione: Azione) -> Permesso {
        let permessi = self.ruoli.iter().map(|(r, _)| politica::permesso(*r, azione));
        permessi.max().unwrap_or(Permesso::Niente)
    }
}

/// The application that calls, whose token has the permesso `P`, and whose person may do so in `A`.
pub(super) struct Chiamante<P, A>(pub Applicazione, Option<Persona>, PhantomData<(P, A)>);

impl<P, A> Chiamante<P, A> {
    /// The author of the acts: the application, or the person with it.
    pub(super) fn attore(&self) -> Attore {
        self.0.attore()
    }

    /// What a person sees now. An application sees the whole of its AOO: what it may do with it is between it and its users.
    pub(super) fn vista(&self) -> Vista {
        self.1.as_ref().map_or(Vista::Intera(self.0.aoo), |p| p.vista.clone())
    }

    /// The roles of the person whose token it is; none of an application's own.
    pub(super) fn ruoli(&self) -> Option<&[(Ruolo, UfficioId)]> {
        self.1.as_ref().map(|p| p.ruoli.as_slice())
    }

    /// The roles with which the caller stands at the desk of an office: a person with those they have there, an application like one of
    /// its addetti. To a person who does not work there, that desk does not exist.
    pub(super) fn alla_scrivania(
        &self,
        conn: &mut Conn,
        ufficio: &CodiceUfficio,
    ) -> Result<Vec<(Ruolo, UfficioId)>, Problema> {
        let ufficio = utenti::ufficio_per_codice(conn, self.0.aoo, ufficio)?;
        let Some(p) = &self.1 else { return Ok(vec![(Ruolo::Addetto, ufficio.id)]) };
        let qui: Vec<_> = p.ruoli.iter().filter(|(_, u)| *u == ufficio.id).copied().collect();
        let lavora = |(r, _): &(Ruolo, UfficioId)| politica::permesso(*r, Azione::Scrivania) >= Permesso::Agisce;
        if qui.iter().any(lavora) { Ok(qui) } else { Err(Problema::non_trovato()) }
    }

    /// What a person may do now in another part of the house; an application everything.
    pub(super) fn permesso(&self, azione: Azione) -> Permesso {
        self.1.as_ref().map_or(Permesso::Agisce, |p| p.permesso(azione))
    }

    /// Refuses a person who may not act in a part that only the body of the request names.
    pub(super) fn agisce(&self, azione: Azione) -> Result<(), Problema> {
        if self.permesso(azione) >= Permesso::Agisce { Ok(()) } else { Err(Problema::non_trovato()) }
    }
}

impl<P: Richiesto, A: Parte> Chiamante<P, A> {
    /// The caller, if it may call so: first what the token may, then what its person may at this moment.
    fn ammetti(applicazione: Applicazione, persona: Option<Persona>) -> Result<Self, Problema> {
        if !applicazione.puo(P::PERMESSO) {
            return Err(Problema::permesso_mancante(P::PERMESSO));
        }
        let almeno = if P::PERMESSO == PermessoGettone::Legge { Permesso::Legge } else { Permesso::Agisce };
        match (&persona, A::AZIONE) {
            (None, _) if A::DI_PERSONA => Err(Problema::serve_una_persona()),
            (Some(p), Some(azione)) if p.permesso(azione) < almeno => Err(Problema::non_trovato()),
            _ => Ok(Self(applicazione, persona.map(|p| p.per::<P>()), PhantomData)),
        }
    }
}

impl<P: Richiesto, A: Parte> FromRequest for Chiamante<P, A> {
    type Error = Problema;
    type Future = LocalBoxFuture<'static, Result<Self, Problema>>;

    fn from_request(richiesta: &HttpRequest, _: &mut Payload) -> Self::Future {
        let intestazione = richiesta.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let gettone = intestazione.and_then(|v| v.split_once(' ')).and_then(|(schema, gettone)| {
            let gettone = gettone.trim();
            (schema.eq_ignore_ascii_case("bearer") && gettone.len() <= MASSIMO_GETTONE).then(|| gettone.to_owned())
        });
        let stato = richiesta.app_data::<web::Data<Stato>>().cloned();
        Box::pin(async move {
            let (Some(gettone), Some(stato)) = (gettone, stato) else { return Err(Problema::non_autenticato()) };
            let (applicazione, persona) = stato.blocca(move |stato| trova(stato, &gettone)).await?;
            Self::ammetti(applicazione, persona)
        })
    }
}

/// The application of a token, and its person as they are now: a role that was taken back is none from the next call on.
fn trova(stato: &Stato, gettone: &str) -> Result<(Applicazione, Option<Persona>), Problema> {
    let ora = stato.db.orologio().adesso();
    stato.db.leggi(|conn| {
        let applicazione = utenti::applicazione_per_gettone(conn, gettone)?;
        let Some(chi) = applicazione.persona else { return Ok((applicazione, None)) };
        let ruoli = utenti::ruoli_di(conn, chi, applicazione.aoo)?;
        let vista = politica::vista_adesso(conn, applicazione.aoo, (chi, &ruoli), ora)?;
        Ok((applicazione, Some(Persona { ruoli, vista })))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::valori::{AooId, ApplicazioneId, UtenteId};
    use actix_web::ResponseError;

    /// The status that a caller with this role gets, if any; of an application without a person there is no role.
    fn check<P: Richiesto, A: Parte>(permessi: Option<&str>, ruolo: Option<Ruolo>) -> Option<u16> {
        let (aoo, persona) = (AooId::new(), ruolo.map(|_| UtenteId::new()));
        let permessi = permessi.map(|p| p.parse().unwrap());
        let applicazione =
            Applicazione { id: ApplicazioneId::new(), aoo, voce: None, ufficio: None, permessi, persona };
        let persona =
            ruolo.map(|r| Persona { ruoli: vec![(r, UfficioId::new())], vista: Vista::Uffici(aoo, Vec::new().into()) });
        Chiamante::<P, A>::ammetti(applicazione, persona).err().map(|e| e.status_code().as_u16())
    }

    #[test]
    fn an_act_of_a_person_is_refused_to_an_application_and_hidden_from_who_may_not() {
        use Ruolo::{Addetto, Operatore, Rsp};
        assert_eq!(check::<Annulla, Registro>(None, None), None, "an application may what it could");
        assert_eq!(check::<Annulla, DiPersona<Registro>>(None, None), Some(403));
        assert_eq!(check::<Annulla, DiPersona<Registro>>(None, Some(Rsp)), None);
        assert_eq!(check::<Annulla, DiPersona<Registro>>(None, Some(Operatore)), Some(404));
        // Who reads in a part does not act there; who has no place in it does not know of it.
        assert_eq!(check::<Legge, Registro>(None, Some(Operatore)), None);
        assert_eq!(check::<Legge, Registro>(None, Some(Addetto)), Some(404));
        assert_eq!(check::<Legge, ChiVede>(None, Some(Addetto)), None, "sight decides");
        // The token is asked first, whoever holds it.
        for ruolo in [None, Some(Rsp), Some(Addetto)] {
            assert_eq!(check::<Annulla, DiPersona<Registro>>(Some("legge"), ruolo), Some(403));
        }
    }
}
