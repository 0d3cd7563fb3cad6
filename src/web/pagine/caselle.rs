//! `/caselle`: how the mailboxes of the AOO are. No message is named here, so who keeps the machines may look too.

use super::Errata;
use super::chi::Chi;
use super::formato;
use super::guscio::{Guscio, rendi};
use crate::pec::imap::{self, Quadro, Riconciliazione, Visti, piena_tra};
use crate::pec::{self, Posta};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::Istante;
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

/// From here on a mailbox is nearly full, and from there on it is: in hundredths, and in days.
const QUASI_PIENA: u64 = 80;
const PIENA: u64 = 95;
const GIORNI_DI_AVVISO: u64 = 14;

/// A word with its icon and kind.
struct Segnale {
    parola: &'static str,
    icona: &'static str,
    esito: &'static str,
}

struct Spazio {
    esito: &'static str,
    icona: &'static str,
    testo: String,
}

struct Giorno {
    giorno: String,
    segnale: Segnale,
    sul_server: u64,
    presi: u64,
    in_attesa: u64,
    /// What a person has to know, and the messages one by one.
    note: Vec<String>,
    differenze: Vec<String>,
}

struct Scheda {
    id: String,
    indirizzo: String,
    dove: String,
    dopo: Option<String>,
    segnale: Segnale,
    errore: Option<String>,
    errore_dal: Option<String>,
    riprova: Option<String>,
    letta: Option<String>,
    visti: Vec<String>,
    spazio: Option<Spazio>,
    giorni: Vec<Giorno>,
    maildir: bool,
    spedisce: String,
    /// Why its mail does not leave, and when it is tried again.
    non_parte: Option<String>,
    partita: Option<String>,
}

#[derive(Template)]
#[template(path = "caselle.html")]
struct Pagina {
    guscio: Guscio,
    di_prova: bool,
    schede: Vec<Scheda>,
}

pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Caselle, Permesso::Legge)?;
    let (aoo, ora) = (chi.aoo.id, stato.db.orologio().adesso());
    let quadri = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| imap::quadri(conn, aoo, ora)).map_err(|e: pec::Errore| Problema::from(e))
        })
        .await?;
    let pagina = Pagina {
        guscio: Guscio::new(&chi, "/caselle"),
        di_prova: chi.aoo.di_prova(),
        schede: quadri.into_iter().map(|q| scheda(q, ora)).collect(),
    };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

fn scheda(q: Quadro, ora: Istante) -> Scheda {
    let (dove, dopo) = match &q.casella.posta {
        Posta::Maildir(cartella) => (format!("cartella {}", cartella.display()), None),
        Posta::Imap(a) => (format!("{} ({})", a.url, a.cartelle.join(", ")), Some(dopo(&a.dopo))),
    };
    let maildir = dopo.is_none();
    let (contatto, partenza) = (q.contatto.unwrap_or_default(), q.partenza.unwrap_or_default());
    let riprova =
        partenza.riprova.map(|i| format!(" Prossimo tentativo: {}.", formato::momento(i, ora))).unwrap_or_default();
    let segnale = match (&contatto.errore, contatto.riuscito) {
        _ if maildir => Segnale { parola: "Su questa macchina", icona: "it-folder", esito: "buona" },
        (Some(_), _) => Segnale { parola: "Non si legge", icona: "it-warning-circle", esito: "cattiva" },
        (None, Some(_)) => Segnale { parola: "Si legge", icona: "it-check-circle", esito: "buona" },
        (None, None) => Segnale { parola: "Mai letta finora", icona: "it-clock", esito: "attesa" },
    };
    Scheda {
        id: q.casella.id.to_string(),
        indirizzo: q.casella.indirizzo.to_string(),
        dove,
        dopo,
        segnale,
        errore: contatto.errore.map(maiuscola),
        errore_dal: contatto.errore_dal.map(|i| formato::momento(i, ora)),
        riprova: contatto.riprova.map(|i| formato::momento(i, ora)),
        letta: contatto.riuscito.map(|i| formato::momento(i, ora)),
        visti: visti(&q.visti),
        spazio: spazio(&q.spazi),
        giorni: q.riconciliazioni.into_iter().map(giorno).collect(),
        maildir,
        spedisce: match &q.casella.smtp {
            Some(s) => format!("{}, fino a {} MiB", s.url, s.massimo_mib),
            None => "nella cartella uscita/pec, da dove la prende un altro programma".to_owned(),
        },
        non_parte: partenza.errore.map(|e| format!("{}.{riprova}", maiuscola(e))),
        partita: partenza.riuscito.map(|i| formato::momento(i, ora)),
    }
}

fn dopo(dopo: &imap::Dopo) -> String {
    match dopo {
        imap::Dopo::Lascia => "restano sul server come sono".to_owned(),
        imap::Dopo::Segna(segno) if segno == "\\Seen" => "si segnano come letti".to_owned(),
        imap::Dopo::Segna(segno) => format!("si segnano con «{segno}»"),
        imap::Dopo::Sposta(cartella) => format!("si spostano nella cartella «{cartella}»"),
        imap::Dopo::Cancella { giorni } => format!(
            "si cancellano dal server dopo {}, e solo se tutte le loro registrazioni sono state consegnate al conservatore",
            formato::conta(usize::try_from(*giorni).unwrap_or(usize::MAX), "giorno", "giorni")
        ),
    }
}

/// What became of what was seen: the words that count something.
fn visti(v: &Visti) -> Vec<String> {
    let conta = |quanti: u64, uno: &str, piu: &str| {
        (quanti > 0).then(|| formato::conta(usize::try_from(quanti).unwrap_or(usize::MAX), uno, piu))
    };
    [
        conta(v.presi, "preso", "presi"),
        conta(v.gia_presi, "già preso con un altro nome", "già presi con un altro nome"),
        conta(v.in_attesa, "in attesa", "in attesa"),
        conta(v.in_difficolta, "non si riesce a prendere: si riprova", "non si riescono a prendere: si riprova"),
        conta(v.troppo_grandi, "troppo grande: resta sul server", "troppo grandi: restano sul server"),
        conta(v.spariti, "tolto dal server prima di essere preso", "tolti dal server prima di essere presi"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn spazio(giorni: &[imap::Spazio]) -> Option<Spazio> {
    let ultimo = giorni.last()?;
    let (percentuale, tra) = (ultimo.percentuale(), piena_tra(giorni));
    let (esito, icona) = match (percentuale, tra) {
        (PIENA.., _) | (_, Some(0)) => ("cattiva", "it-warning-circle"),
        (QUASI_PIENA.., _) | (_, Some(..=GIORNI_DI_AVVISO)) => ("attesa", "it-warning-circle"),
        _ => ("buona", "it-check-circle"),
    };
    let previsione = match tra {
        Some(0) => ", piena".to_owned(),
        Some(giorni) => {
            format!(", piena tra {}", formato::conta(usize::try_from(giorni).unwrap_or(usize::MAX), "giorno", "giorni"))
        }
        None => String::new(),
    };
    let quanto = |kib: u64| formato::dimensione(i64::try_from(kib.saturating_mul(1_024)).unwrap_or(i64::MAX));
    let testo = format!("{percentuale} %{previsione} ({} di {})", quanto(ultimo.usati_kib), quanto(ultimo.limite_kib));
    Some(Spazio { esito, icona, testo })
}

fn giorno(r: Riconciliazione) -> Giorno {
    let c = r.conto;
    let segnale = if c.da_guardare() {
        Segnale { parola: "Da guardare", icona: "it-warning-circle", esito: "cattiva" }
    } else {
        Segnale { parola: "Tornano", icona: "it-check-circle", esito: "buona" }
    };
    let nota = |quanti: u64, cosa: &str| (quanti > 0).then(|| format!("{quanti} {cosa}"));
    let note = [
        nota(c.sconosciuti, "sul server e non nel libro: si prendono alla prossima lettura"),
        nota(c.spariti, "tolti dal server da altri prima di essere presi: chiedi a chi usa la casella"),
        nota(
            c.senza_file,
            "presi, ma senza il file nel deposito: rimettilo da una copia, il messaggio è ancora sul server",
        ),
        nota(c.troppo_grandi, "troppo grandi: scaricali con un programma di posta e protocollali a mano"),
        nota(c.assenti, "già presi e poi tolti dal server da altri"),
    ];
    Giorno {
        giorno: formato::data(r.giorno),
        segnale,
        sul_server: c.sul_server,
        presi: c.presi,
        in_attesa: c.in_attesa,
        note: note.into_iter().flatten().collect(),
        differenze: c.differenze,
    }
}

/// A sentence of the log as a sentence of a page.
fn maiuscola(testo: String) -> String {
    let mut lettere = testo.chars();
    lettere.next().map_or_else(String::new, |prima| prima.to_uppercase().chain(lettere).collect())
}
