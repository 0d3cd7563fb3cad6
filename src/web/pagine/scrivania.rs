//! `/scrivania`: the work of the offices of whoever asks, in groups with their counts, oldest first.

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato, visioni};
use crate::registro::{self, Registrazione};
use crate::scrivania::{self, Addetto, Assegnazione, Cosa, Cursore, Gruppo, Pratica, Stato as Situa, Titolo};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId};
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

/// Rows of a group on the page of all groups.
const ASSAGGIO: i64 = 10;

/// Rows of a group on a page of its own.
const PAGINA: i64 = 50;

struct Riga {
    id: String,
    numero: String,
    flusso: &'static str,
    icona: &'static str,
    parti: String,
    oggetto: String,
    riservato: bool,
    dal: String,
    istante: String,
    termine: Option<String>,
    scaduta: bool,
    chi: String,
    perche: String,
    nota: Option<String>,
    prendi: bool,
    restituisci: bool,
    leggi: bool,
}

/// A group that is shown.
struct Blocco {
    nome: &'static str,
    parola: &'static str,
    quante: String,
    righe: Vec<Riga>,
    /// There are more than the page shows.
    altre: bool,
}

/// What was just done, and where the thing is now.
struct Fatto {
    frase: &'static str,
    registrazione: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "scrivania.html")]
struct Pagina {
    guscio: Guscio,
    blocchi: Vec<Blocco>,
    /// Groups without a document.
    vuoti: Vec<&'static str>,
    /// One group alone.
    scelto: Option<&'static str>,
    prima: bool,
    cursore: Option<String>,
    fatto: Option<Fatto>,
    visioni: Vec<visioni::Data>,
}

/// Which group, where its page begins, what was just done.
#[derive(Deserialize)]
pub(super) struct Filtro {
    gruppo: Option<String>,
    dopo: Option<String>,
    fatto: Option<String>,
    registrazione: Option<String>,
}

fn nome(gruppo: Gruppo) -> &'static str {
    match gruppo {
        Gruppo::Rifiutate => "Rifiutate",
        Gruppo::InScadenza => "Scadono questa settimana",
        Gruppo::DaPrendere => "Da prendere in carico",
        Gruppo::InCaricoAMe => "In carico a me",
        Gruppo::InCaricoAllUfficio => "In carico all'ufficio",
        Gruppo::PerConoscenza => "Per conoscenza",
        Gruppo::Concluse => "Concluse",
    }
}

pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Scrivania, Permesso::Agisce)?;
    let filtro = filtro.into_inner();
    let scelto: Option<Gruppo> = filtro.gruppo.map(|g| g.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let dopo: Option<Cursore> = filtro.dopo.map(|c| c.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let fatta: Option<RegistrazioneId> = filtro.registrazione.and_then(|r| r.parse().ok());
    let frase = filtro.fatto.as_deref().and_then(frase);
    let (guscio, ora) = (Guscio::new(&chi, "/scrivania"), stato.db.orologio().adesso());
    let titolare = chi.sessione.titolare().id;
    let (vista, attore, ruoli) = (chi.vista(), chi.attore(), chi.ruoli);
    let pagina = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let chi = Addetto { attore: &attore, ruoli: &ruoli };
            let occhi = Occhi { vista: &vista, chi, ora };
            let gruppi = scelto.map_or_else(|| Gruppo::TUTTI.to_vec(), |g| vec![g]);
            let quante = if scelto.is_some() { PAGINA } else { ASSAGGIO };
            let (mut blocchi, mut vuoti, mut cursore) = (Vec::new(), Vec::new(), None);
            for gruppo in gruppi.into_iter().filter(|g| *g != Gruppo::Rifiutate || chi.protocollo()) {
                let (blocco, ultima) = occhi.blocco(conn, gruppo, dopo.as_ref(), quante)?;
                if blocco.righe.is_empty() && scelto.is_none() {
                    vuoti.push(nome(gruppo));
                    continue;
                }
                cursore = ultima.filter(|_| scelto.is_some());
                blocchi.push(blocco);
            }
            let fatto = frase.map(|frase| fatto(conn, &vista, frase, fatta)).transpose()?;
            let (scelto, prima) = (scelto.map(Gruppo::as_str), dopo.is_none());
            let visioni = if scelto.is_none() { visioni::date(conn, &vista, titolare, ora)? } else { Vec::new() };
            Ok::<_, Problema>(Pagina { guscio, blocchi, vuoti, scelto, prima, cursore, fatto, visioni })
        })
    });
    Ok(rendi(StatusCode::OK, &pagina.await?)?)
}

/// What an act did, by the last part of its address.
fn frase(mossa: &str) -> Option<&'static str> {
    Some(match mossa {
        "presa-in-carico" => "Presa in carico: ora sta in «In carico a me».",
        "restituzione" => "Restituita all'ufficio: ora sta in «Da prendere in carico».",
        "rifiuto" => "Rifiutata: è tornata all'ufficio protocollo, che la riassegna.",
        "conclusione" => "Conclusa: resta trenta giorni in «Concluse».",
        "lettura" => "Letta: non sta più in «Per conoscenza».",
        "assegnazioni" => "Assegnata: ora l'ha un altro ufficio.",
        _ => return None,
    })
}

fn fatto(conn: &mut Conn, vista: &Vista, frase: &'static str, id: Option<RegistrazioneId>) -> Result<Fatto, Problema> {
    let ids: Vec<RegistrazioneId> = id.into_iter().collect();
    let registrazione = registro::per_ids(conn, vista, &ids)?.pop();
    let registrazione = registrazione.map(|r| (r.id.to_string(), format!("{}/{}", r.numero, r.anno)));
    Ok(Fatto { frase, registrazione })
}

/// Who reads, and when.
struct Occhi<'a> {
    vista: &'a Vista,
    chi: Addetto<'a>,
    ora: Istante,
}

impl Occhi<'_> {
    /// A group with at most so many rows, and where the next page begins.
    fn blocco(
        &self,
        conn: &mut Conn,
        gruppo: Gruppo,
        dopo: Option<&Cursore>,
        quante: i64,
    ) -> Result<(Blocco, Option<String>), Problema> {
        let mut pratiche = scrivania::elenco(conn, (self.vista, &self.chi), (gruppo, self.ora), dopo, quante + 1)?;
        let altre = i64::try_from(pratiche.len()).is_ok_and(|n| n > quante);
        if altre {
            pratiche.pop();
        }
        let cursore = pratiche.last().filter(|_| altre).map(|p| Cursore::from(p).to_string());
        let totale = scrivania::quante(conn, self.vista, &self.chi, (gruppo, self.ora))?;
        let righe = self.righe(conn, &pratiche)?;
        let quante = formato::conta(totale, "documento", "documenti");
        Ok((Blocco { nome: nome(gruppo), parola: gruppo.as_str(), quante, righe, altre }, cursore))
    }

    fn righe(&self, conn: &mut Conn, pratiche: &[Pratica]) -> Result<Vec<Riga>, Problema> {
        let ids: Vec<RegistrazioneId> = pratiche.iter().map(|p| p.registrazione).collect();
        let registrazioni = registro::per_ids(conn, self.vista, &ids)?;
        let testuali: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let storie = scrivania::di(conn, &testuali)?;
        let riga = |p: &Pratica| {
            let r = registrazioni.iter().find(|r| r.id == p.registrazione)?;
            let a = storie.get(&p.registrazione.to_string())?.iter().find(|a| a.id == p.assegnazione)?;
            Some(self.riga(p, r, a))
        };
        Ok(pratiche.iter().filter_map(riga).collect())
    }

    fn riga(&self, p: &Pratica, r: &Registrazione, a: &Assegnazione) -> Riga {
        let (oggi, s) = (self.ora.giorno(), &a.situazione);
        let possibili = scrivania::possibili(a, &self.chi);
        let (flusso, icona) = formato::flusso(r.flusso);
        let parti: Vec<String> = r.corrispondenti.iter().map(|c| formato::nome(&c.parte)).collect();
        let esito = s.movimenti.last().and_then(|m| m.testo.as_ref()).map(ToString::to_string);
        Riga {
            id: r.id.to_string(),
            numero: format!("{}/{}", r.numero, r.anno),
            flusso,
            icona,
            parti: parti.join("; "),
            oggetto: r.oggetto.to_string(),
            riservato: r.riservato,
            dal: da(p.dal.giorno(), oggi),
            istante: p.dal.roma(),
            termine: p.scade.map(|scade| entro(scade, oggi)),
            scaduta: p.scade.is_some_and(|scade| scade < oggi),
            chi: match s.stato {
                Situa::DaPrendere | Situa::DaLeggere => {
                    s.persona.as_ref().map_or_else(|| "nessuno ancora".to_owned(), |p| format!("è per {}", p.nome))
                }
                Situa::Rifiutata => format!("rifiutata da {}", a.denominazione),
                _ => s.nome.clone().unwrap_or_default(),
            },
            perche: match (a.titolo, s.stato) {
                (_, Situa::Rifiutata) => "da riassegnare".to_owned(),
                (Titolo::Competenza, _) => format!("per competenza, {}", a.denominazione),
                (Titolo::Conoscenza, _) => format!("per conoscenza, {}", a.denominazione),
            },
            nota: esito.or_else(|| a.nota.as_ref().map(ToString::to_string)),
            prendi: possibili.contains(&Cosa::PresaInCarico),
            restituisci: possibili.contains(&Cosa::Restituzione),
            leggi: s.stato == Situa::DaLeggere && self.chi.riguarda(a),
        }
    }
}

/// `da oggi`, `da ieri`, `da 3 giorni`.
fn da(dal: NaiveDate, oggi: NaiveDate) -> String {
    match oggi.signed_duration_since(dal).num_days() {
        ..=0 => "da oggi".to_owned(),
        1 => "da ieri".to_owned(),
        giorni => format!("da {giorni} giorni"),
    }
}

/// `scade ven 21/03, 4 giorni`, `scaduta da 2 giorni`.
fn entro(scade: NaiveDate, oggi: NaiveDate) -> String {
    match scade.signed_duration_since(oggi).num_days() {
        0 => "scade oggi".to_owned(),
        1 => "scade domani".to_owned(),
        -1 => "scaduta da ieri".to_owned(),
        giorni @ ..0 => format!("scaduta da {} giorni", -giorni),
        giorni => format!("scade {}, {giorni} giorni", formato::giorno(scade)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_as_clerks_say_them() {
        let oggi: NaiveDate = "2026-03-17".parse().unwrap();
        for (giorno, atteso) in [
            ("2026-03-21", "scade sab 21/03, 4 giorni"),
            ("2026-03-18", "scade domani"),
            ("2026-03-17", "scade oggi"),
            ("2026-03-16", "scaduta da ieri"),
            ("2026-03-15", "scaduta da 2 giorni"),
        ] {
            assert_eq!(entro(giorno.parse().unwrap(), oggi), atteso);
        }
        for (giorno, atteso) in [("2026-03-17", "da oggi"), ("2026-03-16", "da ieri"), ("2026-03-07", "da 10 giorni")] {
            assert_eq!(da(giorno.parse().unwrap(), oggi), atteso);
        }
    }
}
