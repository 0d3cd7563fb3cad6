//! The form of a rule: a new one, or the next version of one.

use super::{frasi, vai};
use crate::pec;
use crate::pec::regole::{self, CondizioneSegnatura, GENERI};
use crate::utenti::politica::{Azione, Permesso};
use crate::web::pagine::Errata;
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::nuova::{Scelta, scelte};
use crate::web::regole::{Scritta, leggi};
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The choices of `Che cosa fa`: mode and action together.
const COSE: [(&str, &str); 5] = [
    ("propone-compila", "Propone i dati della registrazione"),
    ("propone-protocolla", "Propone di protocollare"),
    ("fa-protocolla", "Protocolla da sola"),
    ("propone-scarta", "Propone di scartare"),
    ("fa-scarta", "Scarta da sola nel cestino"),
];

/// The form, as it was sent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web::pagine) struct Modulo {
    pub(super) modulo: String,
    /// The version that it was filled in from.
    pub(super) versione: String,
    nome: String,
    ordine: String,
    cosa: String,
    mittente: String,
    casella: String,
    parole: String,
    genere: String,
    segnatura: String,
    voce: String,
    ufficio: String,
    conoscenza: String,
    fascicolo: String,
    tipologia: String,
    riservato: Option<String>,
    motivo: String,
    giorni: String,
}

impl Modulo {
    pub(super) fn scritta(self) -> Scritta {
        let (modo, azione) = self.cosa.split_once('-').unwrap_or_default();
        Scritta {
            modo: modo.to_owned(),
            azione: azione.to_owned(),
            nome: self.nome,
            ordine: self.ordine,
            mittente: self.mittente,
            casella: self.casella,
            parole: self.parole,
            genere: self.genere,
            segnatura: self.segnatura,
            voce: self.voce,
            ufficio: self.ufficio,
            conoscenza: self.conoscenza,
            fascicolo: self.fascicolo,
            tipologia: self.tipologia,
            riservato: self.riservato.is_some(),
            motivo: self.motivo,
            giorni: self.giorni,
        }
    }
}

#[derive(Template)]
#[template(path = "regola-modulo.html")]
struct Pagina {
    guscio: Guscio,
    titolo: String,
    /// Where it is sent.
    dove: String,
    versione: i32,
    s: Scritta,
    /// What was refused: field and sentence.
    errori: Vec<(String, String)>,
    cose: Vec<Scelta>,
    generi: Vec<Scelta>,
    segnature: Vec<Scelta>,
    caselle: Vec<Scelta>,
    voci: Vec<Scelta>,
    uffici: Vec<Scelta>,
}

impl Pagina {
    fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|(c, _)| c == campo).map(|(_, testo)| testo.as_str())
    }

    fn cosa(&self) -> String {
        format!("{}-{}", self.s.modo, self.s.azione)
    }
}

/// Which rule the form is of.
pub(super) struct Quale {
    pub(super) titolo: String,
    pub(super) dove: String,
    pub(super) versione: i32,
}

impl Quale {
    fn nuova() -> Self {
        Self { titolo: "Nuova regola".to_owned(), dove: "/regole".to_owned(), versione: 0 }
    }
}

/// `GET /regole/nuova`.
pub(in crate::web::pagine) async fn nuova(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    let s = Scritta { ordine: "100".to_owned(), giorni: "30".to_owned(), ..Scritta::default() };
    mostra(&stato, &chi, Quale::nuova(), s, Vec::new()).await
}

/// `POST /regole`.
pub(in crate::web::pagine) async fn crea(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Modulo>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let scritta = form.into_inner().scritta();
    let contenuto = match leggi(&scritta) {
        Ok(contenuto) => contenuto,
        Err(difetti) => return mostra(&stato, &chi, Quale::nuova(), scritta, frasi_di(difetti)).await,
    };
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let esito = stato.blocca(move |stato| {
        let esito = stato.db.scrivi(aoo, &attore, |op| regole::crea(op, &contenuto));
        Ok::<_, Problema>(sbagliata(esito)?)
    });
    match esito.await? {
        Ok(id) => Ok(vai(format!("/regole/{id}"))),
        Err(difetto) => mostra(&stato, &chi, Quale::nuova(), scritta, vec![difetto]).await,
    }
}

/// A refused field is shown in the form; any other refusal is a page of its own.
pub(super) fn sbagliata<T>(esito: Result<T, pec::Errore>) -> Result<Result<T, (String, String)>, pec::Errore> {
    match esito {
        Err(pec::Errore::RegolaSbagliata { campo, perche }) => Ok(Err((campo.to_owned(), frase(&perche)))),
        Err(e @ pec::Errore::TroppeRegole(_)) => Ok(Err((String::new(), frase(&e.to_string())))),
        altro => altro.map(Ok),
    }
}

pub(super) fn frasi_di(difetti: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    difetti.into_iter().map(|(campo, testo)| (campo.to_owned(), frase(&testo))).collect()
}

/// The form, with what was refused.
pub(super) async fn mostra(
    stato: &Stato,
    chi: &Chi,
    quale: Quale,
    s: Scritta,
    errori: Vec<(String, String)>,
) -> Result<HttpResponse, Errata> {
    let aoo = chi.aoo.id;
    let letti =
        stato.blocca(move |stato| stato.db.leggi(|conn| Ok::<_, Problema>((scelte(conn, aoo)?, pec::caselle(conn)?))));
    let ((voci, uffici), caselle) = letti.await?;
    let codice = if errori.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let scelta = |valore: &str, testo: String| Scelta { valore: valore.to_owned(), testo };
    let pagina = Pagina {
        guscio: Guscio::new(chi, "/registro"),
        titolo: quale.titolo,
        dove: quale.dove,
        versione: quale.versione,
        s,
        // An action that cannot be stands in the same choice as its mode.
        errori: errori
            .into_iter()
            .map(|(c, t)| (if c == "modo" || c == "azione" { "cosa".to_owned() } else { c }, t))
            .collect(),
        cose: COSE.iter().map(|(valore, testo)| scelta(valore, (*testo).to_owned())).collect(),
        generi: GENERI.iter().map(|g| scelta(g.as_str(), frase(g.nome()))).collect(),
        segnature: CondizioneSegnatura::tutte().map(|c| scelta(c.as_str(), frase(&frasi::segnatura(c)))).collect(),
        caselle: caselle
            .iter()
            .filter(|c| c.aoo == aoo)
            .map(|c| scelta(&c.id.to_string(), c.indirizzo.to_string()))
            .collect(),
        voci,
        uffici,
    };
    Ok(rendi(codice, &pagina)?)
}
