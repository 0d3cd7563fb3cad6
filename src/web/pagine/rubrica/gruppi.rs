//! `/rubrica/gruppi`: the groups of the AOO, who is in each, and the acts on them.

use super::{ipa as vista_ipa, permesso};
use crate::registro::gruppo::{self, Iscritto, Membro};
use crate::registro::{ipa, rubrica};
use crate::storage::Operazione;
use crate::valori::{Denominazione, GruppoId};
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::nuova::Scelto;
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "gruppi.html")]
struct Elenco {
    guscio: Guscio,
    gruppi: Vec<GruppoVisto>,
    rifiuto: Option<String>,
    nome: String,
}

struct GruppoVisto {
    id: String,
    nome: String,
    membri: usize,
    creato: String,
}

#[derive(Template)]
#[template(path = "gruppo.html")]
struct Pagina {
    guscio: Guscio,
    id: String,
    nome: String,
    iscritti: Vec<IscrittoVisto>,
    rifiuto: Option<String>,
    cercato: String,
    trovati: Vec<Trovato>,
}

struct IscrittoVisto {
    id: String,
    nome: String,
    pec: String,
    fonte: String,
    dal: String,
}

/// One that may be put into the group.
struct Trovato {
    scelta: String,
    nome: String,
    dettaglio: String,
}

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Filtro {
    #[serde(default)]
    q: String,
}

/// The form of an act, as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Scritto {
    modulo: String,
    nome: String,
    chi: String,
    /// Said by whoever closes the group.
    conferma: String,
    /// What had been looked for, so that one goes on.
    q: String,
}

pub(super) async fn elenco(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    elenca(&stato, &chi, StatusCode::OK, (None, String::new())).await
}

async fn elenca(
    stato: &Stato,
    chi: &Chi,
    codice: StatusCode,
    (rifiuto, nome): (Option<String>, String),
) -> Result<HttpResponse, Errata> {
    let aoo = chi.aoo.id;
    let gruppi = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| gruppo::gruppi(conn, aoo))?)).await?;
    let visto = |g: gruppo::Gruppo| GruppoVisto {
        id: g.id.to_string(),
        nome: g.nome.to_string(),
        membri: g.membri,
        creato: format!("{} da {}", formato::data(g.istante.giorno()), g.autore),
    };
    let gruppi = gruppi.into_iter().map(visto).collect();
    Ok(rendi(codice, &Elenco { guscio: Guscio::new(chi, "/rubrica"), gruppi, rifiuto, nome })?)
}

/// `POST /rubrica/gruppi`.
pub(super) async fn crea(stato: web::Data<Stato>, chi: Chi, form: web::Form<Scritto>) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    chi.modulo(&form.modulo)?;
    let Scritto { nome, .. } = form.into_inner();
    let (aoo, attore, scritto) = (chi.aoo.id, chi.attore(), nome.clone());
    let scrivi = move |stato: &Stato| {
        let nome: Denominazione = nome.parse().map_err(|_| Problema::campo("/nome", "Scrivi il nome del gruppo."))?;
        Ok(stato.db.scrivi(aoo, &attore, |op| gruppo::crea(op, &nome))?)
    };
    match stato.blocca(scrivi).await {
        Ok(id) => Ok(verso(&format!("/rubrica/gruppi/{id}"))),
        Err(problema) if rifiutato(&problema) => {
            let rifiuto = Some(frase(&problema.to_string()));
            elenca(&stato, &chi, problema.status_code(), (rifiuto, scritto)).await
        }
        Err(problema) => Err(problema.into()),
    }
}

fn rifiutato(problema: &Problema) -> bool {
    [StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY].contains(&problema.status_code())
}

fn verso(luogo: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish()
}

pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    pagina(&stato, &chi, id, StatusCode::OK, (None, filtro.into_inner().q)).await
}

async fn pagina(
    stato: &Stato,
    chi: &Chi,
    id: GruppoId,
    codice: StatusCode,
    (rifiuto, cercato): (Option<String>, String),
) -> Result<HttpResponse, Errata> {
    let (guscio, aoo) = (Guscio::new(chi, "/rubrica"), chi.aoo.id);
    let leggi = move |stato: &Stato| {
        stato.db.leggi(|conn| {
            let gruppo = gruppo::per_id(conn, aoo, id)?;
            let iscritti = gruppo::membri(conn, aoo, id)?;
            let soggetti = rubrica::cerca(conn, aoo, &cercato)?;
            let voci = ipa::cerca(conn, &cercato)?;
            let dentro = |m: &Membro| iscritti.iter().any(|i| i.membro == *m);
            let soggetti = soggetti.iter().filter(|s| !dentro(&Membro::Soggetto(s.id))).map(|s| Trovato {
                scelta: s.id.to_string(),
                nome: s.nome(),
                dettaglio: s.parte.pec.as_ref().map(ToString::to_string).unwrap_or_default(),
            });
            let voci = voci.iter().filter(|v| !dentro(&Membro::Ipa(v.voce.genere, v.voce.codice().to_lowercase())));
            let voci = voci.map(vista_ipa::vista).map(|v| Trovato {
                scelta: format!("ipa/{}", v.strada),
                nome: v.nome,
                dettaglio: format!("{} · {} ({})", v.codici, v.pec, v.fonte),
            });
            Ok::<_, Problema>(Pagina {
                guscio,
                id: id.to_string(),
                nome: gruppo.nome.to_string(),
                trovati: soggetti.chain(voci).collect(),
                iscritti: iscritti.iter().map(visto).collect(),
                rifiuto,
                cercato,
            })
        })
    };
    Ok(rendi(codice, &stato.blocca(leggi).await?)?)
}

fn visto(i: &Iscritto) -> IscrittoVisto {
    let di_prima = match &i.membro {
        Membro::Soggetto(_) => "Non è più in rubrica".to_owned(),
        Membro::Ipa(genere, codice) => format!("Non è più nell'IPA: {} {codice}", genere.as_str()),
    };
    let pec = i.parte.as_ref().and_then(|(p, _)| p.pec.as_ref());
    IscrittoVisto {
        id: i.id.to_string(),
        nome: i.parte.as_ref().map_or(di_prima, |(p, _)| rubrica::nome(p)),
        pec: pec.map(ToString::to_string).unwrap_or_default(),
        fonte: i.parte.as_ref().map(|(_, fonte)| fonte.clone()).unwrap_or_default(),
        dal: format!("{} da {}", formato::data(i.istante.giorno()), i.autore),
    }
}

/// One act on a group: then its page, also when it was refused.
async fn agisci(
    stato: web::Data<Stato>,
    chi: Chi,
    id: &str,
    scritto: Scritto,
    atto: impl FnOnce(&mut Operazione<'_>, GruppoId, &Scritto) -> Result<(), Problema> + Send + 'static,
) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    chi.modulo(&scritto.modulo)?;
    let id: GruppoId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let (scritto, esito) = stato
        .blocca(move |stato| {
            let esito = stato.db.scrivi(aoo, &attore, |op| {
                gruppo::per_id(op.conn, op.aoo, id)?;
                atto(op, id, &scritto)
            });
            Ok((scritto, esito))
        })
        .await?;
    match esito {
        Ok(()) => {
            let q = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", &scritto.q).finish();
            Ok(verso(&format!("/rubrica/gruppi/{id}?{q}")))
        }
        Err(problema) if rifiutato(&problema) => {
            let rifiuto = Some(frase(&problema.to_string()));
            pagina(&stato, &chi, id, problema.status_code(), (rifiuto, scritto.q)).await
        }
        Err(problema) => Err(problema.into()),
    }
}

/// `POST /rubrica/gruppi/{id}/membri`.
pub(super) async fn aggiungi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    agisci(stato, chi, &id, form.into_inner(), |op, id, scritto| {
        let Ok(scelto) = Scelto::leggi(&scritto.chi) else {
            return Err(Problema::campo("/chi", "Scegli chi aggiungere al gruppo."));
        };
        gruppo::aggiungi(op, id, &scelto.membro()).map(drop).map_err(|e| match e {
            gruppo::Errore::Rubrica(rubrica::Errore::Sconosciuto) | gruppo::Errore::Ipa(ipa::Errore::Sconosciuta) => {
                Problema::campo("/chi", e.to_string())
            }
            altro => altro.into(),
        })
    })
    .await
}

/// `POST /rubrica/gruppi/{id}/membri/{membro}/uscita`.
pub(super) async fn togli(
    stato: web::Data<Stato>,
    chi: Chi,
    strada: web::Path<(String, String)>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    let (id, membro) = strada.into_inner();
    agisci(stato, chi, &id, form.into_inner(), move |op, id, _| {
        let membro = membro.parse().map_err(|_| Problema::non_trovato())?;
        Ok(gruppo::togli(op, id, membro)?)
    })
    .await
}

/// `POST /rubrica/gruppi/{id}/chiusura`: then there is no page of it any more.
pub(super) async fn chiudi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    let confermata = !form.conferma.is_empty();
    let fatto = agisci(stato, chi, &id, form.into_inner(), |op, id, scritto| {
        if scritto.conferma.is_empty() {
            return Err(Problema::campo("/conferma", "Per chiudere il gruppo conferma che non serve più."));
        }
        Ok(gruppo::chiudi(op, id)?)
    })
    .await?;
    Ok(if confermata { verso("/rubrica/gruppi") } else { fatto })
}
