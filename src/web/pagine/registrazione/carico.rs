//! Who has a registration, by when, and the acts by which that changes: `POST /registrazioni/{id}/presa-in-carico` and its siblings.

use super::Filtro;
use super::atti::{Agire, agisci};
use crate::istanze;
use crate::registro::Flusso;
use crate::scrivania::{
    self, Addetto, Assegnazione, Cosa, CosaVicenda, Destinazione, Stato as Situa, Termine, Titolo, Vicenda,
};
use crate::storage::{Conn, Operazione};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Ruolo};
use crate::valori::{AooId, Attore, Calendario, RegistrazioneId, Rifiuto, Testo, UfficioId};
use crate::web::pagine::chi::Chi;
use crate::web::pagine::nuova::Scelta;
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

/// The acts of this page about who has a registration and by when: the last part of their addresses.
const MOSSE: [&str; 11] = [
    "presa-in-carico",
    "restituzione",
    "rifiuto",
    "conclusione",
    "lettura",
    "assegnazioni",
    "termine",
    "sospensione",
    "interruzione",
    "preavviso",
    "ripresa",
];

/// An office to assign to, and its people.
pub(super) struct Meta {
    pub(super) nome: String,
    pub(super) scelte: Vec<Scelta>,
}

/// What this person may do with a term.
pub(super) struct AttiTermine {
    pub(super) procedimenti: Vec<Scelta>,
    pub(super) dato: bool,
    pub(super) corre: bool,
    pub(super) fermo: bool,
    pub(super) interrompibile: bool,
}

/// What this person may do about who has a registration.
pub(super) struct Carico {
    pub(super) prendi: bool,
    pub(super) restituisci: bool,
    pub(super) rifiuta: bool,
    pub(super) concludi: bool,
    pub(super) leggi: bool,
    /// Where it may be sent; empty: this person may not send it.
    pub(super) mete: Vec<Meta>,
    pub(super) termine: Option<AttiTermine>,
}

/// Who looks, and at what.
pub(super) struct Sguardo<'a> {
    pub(super) chi: Addetto<'a>,
    pub(super) aoo: AooId,
    pub(super) assegnazioni: &'a [Assegnazione],
    pub(super) termine: Option<&'a Termine>,
    pub(super) flusso: Flusso,
    pub(super) annullata: bool,
    pub(super) oggi: chrono::NaiveDate,
}

impl Carico {
    pub(super) fn leggi(conn: &mut Conn, id: RegistrazioneId, s: &Sguardo<'_>) -> Result<Self, Problema> {
        let corrente = scrivania::corrente(s.assegnazioni);
        let possibili = corrente.map(|a| scrivania::possibili(a, &s.chi)).unwrap_or_default();
        let competente = scrivania::competente(conn, &s.chi, id).is_ok();
        let da_leggere = |a: &Assegnazione| a.situazione.stato == Situa::DaLeggere && s.chi.riguarda(a);
        Ok(Self {
            prendi: possibili.contains(&Cosa::PresaInCarico),
            restituisci: possibili.contains(&Cosa::Restituzione),
            rifiuta: possibili.contains(&Cosa::Rifiuto),
            concludi: possibili.contains(&Cosa::Conclusione),
            leggi: s.assegnazioni.iter().any(da_leggere),
            mete: if competente { mete(conn, s.aoo)? } else { Vec::new() },
            termine: if competente && !s.annullata && s.flusso == Flusso::Entrata {
                Some(termine(conn, s)?)
            } else {
                None
            },
        })
    }
}

/// Every office with its people, to choose from.
fn mete(conn: &mut Conn, aoo: AooId) -> Result<Vec<Meta>, Problema> {
    let uffici = utenti::uffici(conn, aoo)?;
    let ids: Vec<UfficioId> = uffici.iter().map(|u| u.id).collect();
    let persone = scrivania::persone(conn, aoo, &ids)?;
    let meta = |u: &utenti::Ufficio| {
        let tutto = Scelta { valore: u.codice.to_string(), testo: format!("{} (tutto l'ufficio)", u.denominazione) };
        let sue = persone.iter().filter(|(ufficio, _)| *ufficio == u.id);
        let sue = sue.map(|(_, p)| Scelta { valore: format!("{}|{}", u.codice, p.nome_utente), testo: p.nome.clone() });
        Meta { nome: u.denominazione.to_string(), scelte: std::iter::once(tutto).chain(sue).collect() }
    };
    Ok(uffici.iter().map(meta).collect())
}

fn termine(conn: &mut Conn, s: &Sguardo<'_>) -> Result<AttiTermine, Problema> {
    let aperti = istanze::aperti(conn)?;
    let sua = |(p, _): &&(istanze::Procedimento, _)| p.aoo == s.aoo;
    let scelta = |(p, _): &(istanze::Procedimento, _)| Scelta {
        valore: p.codice.to_string(),
        testo: format!("{} ({} giorni)", p.denominazione, p.giorni),
    };
    let fermo = s.termine.is_some_and(|t| t.conto().fermo(s.oggi));
    Ok(AttiTermine {
        procedimenti: aperti.iter().filter(sua).map(scelta).collect(),
        dato: s.termine.is_some(),
        corre: s.termine.is_some_and(|t| t.scade.is_none_or(|scade| s.oggi <= scade)) && !fermo,
        fermo,
        interrompibile: s.termine.is_some_and(|t| t.interrompibile),
    })
}

/// The state of a registration in few words, for the chips of its page.
pub(super) fn chip(storia: &[Assegnazione]) -> Option<String> {
    let a = scrivania::corrente(storia)?;
    let s = &a.situazione;
    let (chi, dal) = (s.nome.clone().unwrap_or_default(), formato::data(s.dal.giorno()));
    Some(match s.stato {
        Situa::InCarico => format!("In carico a {chi} dal {dal}"),
        Situa::Rifiutata => format!("Rifiutata da {}: da riassegnare", a.denominazione),
        Situa::Conclusa => format!("Conclusa da {chi} il {dal}"),
        Situa::Propria => a.denominazione.clone(),
        _ => match &s.persona {
            Some(p) => format!("Assegnata a {} ({}), da prendere in carico", p.nome, a.denominazione),
            None => format!("Assegnata a {}, da prendere in carico", a.denominazione),
        },
    })
}

/// The assignments that count now: the newest per competenza, and who knows of it. The others are in the history.
pub(super) fn in_vigore(storia: &[Assegnazione]) -> impl Iterator<Item = &Assegnazione> {
    let corrente = scrivania::corrente(storia).map(|a| a.id);
    storia.iter().filter(move |a| a.titolo == Titolo::Conoscenza || Some(a.id) == corrente)
}

/// The form of any of these acts; each reads its own fields.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Modulo {
    modulo: String,
    /// Reason or outcome.
    #[serde(default)]
    testo: String,
    /// Office, or `office|user name`.
    #[serde(default)]
    destinazione: String,
    #[serde(default)]
    titolo: String,
    #[serde(default)]
    nota: String,
    #[serde(default)]
    giorni: String,
    #[serde(default)]
    procedimento: String,
    #[serde(default)]
    giorno: String,
    /// `scrivania` if the form stood on the desk: there its answer goes.
    #[serde(default)]
    torna: String,
}

/// `POST /registrazioni/{id}/` and one of [`MOSSE`].
pub(in crate::web::pagine) async fn muovi(
    stato: web::Data<Stato>,
    chi: Chi,
    http: HttpRequest,
    id: web::Path<String>,
    form: web::Form<Modulo>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Scrivania, Permesso::Agisce)?;
    let ultimo = http.path().rsplit('/').next().unwrap_or_default();
    let mossa = MOSSE.into_iter().find(|m| *m == ultimo).ok_or_else(Problema::non_trovato)?;
    let form = form.into_inner();
    let (modulo, scritto, torna) = (form.modulo.clone(), form.testo.clone(), form.torna == "scrivania");
    let (attore, ruoli, calendario) = (chi.attore(), chi.ruoli.clone(), stato.calendario.clone());
    let agire = Agire { modulo: &modulo, campo: mossa, scritto, qui: Filtro::default() };
    let risposta = agisci(&stato, &chi, &id, agire, move |op, vista, id| {
        let persona = Persona { attore, ruoli };
        fai(op, (vista, &persona), (mossa, id), &form, &calendario)
    })
    .await?;
    if risposta.status() != StatusCode::SEE_OTHER || !torna {
        return Ok(risposta);
    }
    let luogo = format!("/scrivania?fatto={mossa}&registrazione={}", id.into_inner());
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
}

/// Who acts, kept while the act is done elsewhere.
struct Persona {
    attore: Attore,
    ruoli: Vec<(Ruolo, UfficioId)>,
}

fn fai(
    op: &mut Operazione<'_>,
    (vista, persona): (&Vista, &Persona),
    (mossa, id): (&'static str, RegistrazioneId),
    form: &Modulo,
    calendario: &Calendario,
) -> Result<(), Problema> {
    let chi = &Addetto { attore: &persona.attore, ruoli: &persona.ruoli };
    let testo = |manca: &str| testo(&form.testo, manca);
    match mossa {
        "presa-in-carico" => scrivania::prendi_in_carico(op, chi, id)?,
        "restituzione" => scrivania::restituisci(op, chi, id)?,
        "rifiuto" => scrivania::rifiuta(op, chi, id, &testo("Scrivi il motivo: lo legge chi la riassegna.")?)?,
        "conclusione" => scrivania::concludi(op, chi, id, &testo("Scrivi com'è andata a finire.")?)?,
        "lettura" => scrivania::ho_letto(op, chi, id)?,
        "assegnazioni" => assegna(op, chi, id, form)?,
        "termine" => {
            let quanto = quanto(op, form)?;
            scrivania::da_termine(op, (vista, chi), id, quanto, calendario)?;
        }
        _ => {
            let oggi = op.ora.giorno();
            let motivo = testo("Scrivi il motivo: resta nella storia del termine.")?;
            let vicenda = vicenda(mossa, &form.giorno, oggi)?;
            scrivania::avviene(op, chi, id, (&vicenda, &motivo), calendario)?;
        }
    }
    Ok(())
}

fn no(testo: impl ToString) -> Problema {
    Problema::campo("", testo.to_string())
}

fn testo(scritto: &str, manca: &str) -> Result<Testo, Problema> {
    if scritto.trim().is_empty() {
        return Err(no(manca));
    }
    scritto.parse().map_err(|e: Rifiuto| no(e))
}

fn assegna(op: &mut Operazione<'_>, chi: &Addetto<'_>, id: RegistrazioneId, form: &Modulo) -> Result<(), Problema> {
    scrivania::competente(op.conn, chi, id)?;
    let (ufficio, persona) = form.destinazione.split_once('|').unwrap_or((&form.destinazione, ""));
    let ufficio = ufficio.parse().map_err(|_| no("Scegli a chi assegnarla."))?;
    let ufficio = utenti::ufficio_per_codice(op.conn, op.aoo, &ufficio)?;
    let persona = match persona {
        "" => None,
        nome => {
            let trovata = scrivania::persona_dell_aoo(op.conn, op.aoo, nome)?;
            Some(trovata.ok_or_else(|| no("Scegli una persona dell'elenco."))?)
        }
    };
    let nota = if form.nota.trim().is_empty() { None } else { Some(testo(&form.nota, "")?) };
    let titolo: Titolo = form.titolo.parse().map_err(|_| no("Scegli se per competenza o per conoscenza."))?;
    Ok(scrivania::assegna(op, id, &Destinazione { ufficio: &ufficio, persona, nota: nota.as_ref() }, titolo)?)
}

/// The days that were typed, else those of the procedimento that was picked.
fn quanto(op: &mut Operazione<'_>, form: &Modulo) -> Result<(u32, bool), Problema> {
    let scritti = form.giorni.trim();
    if !scritti.is_empty() {
        let giorni = scritti.parse().map_err(|_| no("Scrivi i giorni con un numero, come 30."))?;
        return Ok((giorni, false));
    }
    let codice = form.procedimento.parse().map_err(|_| no("Scrivi i giorni, o scegli il procedimento."))?;
    let trovato = istanze::procedimento(op.conn, &codice).ok().filter(|p| p.aoo == op.aoo);
    let p = trovato.ok_or_else(|| no("Questo procedimento non è più aperto: scrivi i giorni."))?;
    Ok((p.giorni, p.interrompibile))
}

fn vicenda(mossa: &str, scritto: &str, oggi: chrono::NaiveDate) -> Result<Vicenda, Problema> {
    let giorno = if scritto.trim().is_empty() { None } else { Some(formato::leggi_data(scritto, oggi).map_err(no)?) };
    Ok(match mossa {
        "sospensione" => {
            let fino = giorno.ok_or_else(|| no("Scrivi fino a quando, al più trenta giorni."))?;
            Vicenda { cosa: CosaVicenda::Sospensione, giorno: oggi, fino: Some(fino) }
        }
        "ripresa" => Vicenda { cosa: CosaVicenda::Ripresa, giorno: giorno.unwrap_or(oggi), fino: None },
        "preavviso" => Vicenda { cosa: CosaVicenda::Preavviso, giorno: oggi, fino: None },
        _ => Vicenda { cosa: CosaVicenda::Interruzione, giorno: oggi, fino: None },
    })
}
