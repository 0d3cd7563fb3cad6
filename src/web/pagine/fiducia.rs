//! `/amministrazione/fiducia`: whom signatures are trusted from, since when and until when, and the seal of the AOO; who administers
//! brings new lists.

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::invio::{self, Massimi};
use super::revoche::{self, RevocheViste};
use super::{Errata, Pagine, formato};
use crate::documenti;
use crate::documenti::fiducia::revoche::DatoConservato;
use crate::documenti::fiducia::{
    self, Esame, Esito, Fiduce, Iniziali, MASSIMA_LISTA_BYTE, Regole, Rete, Sorgente, Versione, VersioneGestori,
    conserva, esamina,
};
use crate::registro::{self, Sigillo};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{Attore, Istante};
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use std::sync::Arc;

/// Lists that are brought at once: the list of the lists, its pivots, the national ones.
const MASSIME_LISTE: usize = 8;
/// Fields of the form.
const MASSIMO_PARTI: usize = 50;
/// Bytes of its fields that are no files.
const MASSIMO_TESTO: usize = 64 * 1024;
/// Services named for each list: the first one of a territory brings hundreds.
const MASSIMI_SERVIZI: usize = 20;

/// A version of a list.
struct ListaVista {
    nome: String,
    versione: i32,
    emessa: String,
    stato: Scadenza,
    servizi: i64,
    firmatario: String,
    autore: String,
    importata: String,
    provenienza: String,
    impronta: String,
}

/// How long something still holds.
pub(super) struct Scadenza {
    pub(super) icona: &'static str,
    pub(super) esito: &'static str,
    pub(super) testo: String,
}

/// A certificate of a PEC provider.
struct GestoreVisto {
    nome: String,
    stato: Scadenza,
}

/// A set of certificates of PEC providers.
struct InsiemeVisto {
    certificati: i64,
    importato: String,
    autore: String,
    provenienza: String,
}

/// The seal of the AOO.
struct SigilloVisto {
    nome: String,
    organizzazione: String,
    emittente: String,
    stato: Scadenza,
    mancanza: Option<&'static str>,
}

/// What became of something that was brought.
pub(super) struct Esitata {
    esito: &'static str,
    icona: &'static str,
    testo: String,
    aggiunti: Vec<String>,
    tolti: Vec<String>,
    altri: usize,
}

impl Esitata {
    fn new(esito: &'static str, icona: &'static str, testo: String) -> Self {
        Self { esito, icona, testo, aggiunti: Vec::new(), tolti: Vec::new(), altri: 0 }
    }

    pub(super) fn rifiutata(testo: String) -> Self {
        Self::new("danger", "it-close-circle", testo)
    }

    pub(super) fn gia_presente(testo: String) -> Self {
        Self::new("info", "it-check-circle", testo)
    }

    pub(super) fn conservata(testo: String) -> Self {
        Self::new("success", "it-check-circle", testo)
    }
}

/// What is wrong with a form, beside which field.
#[derive(Default)]
pub(super) struct Errori {
    pub(super) lista: Option<&'static str>,
    pub(super) revoca: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "fiducia.html")]
struct Pagina {
    guscio: Guscio,
    agisce: bool,
    paesi: String,
    correnti: Vec<ListaVista>,
    passate: Vec<ListaVista>,
    gestori: Vec<GestoreVisto>,
    insiemi: Vec<InsiemeVisto>,
    aoo: String,
    sigillo: Option<SigilloVisto>,
    /// What is kept and cannot be read.
    illeggibili: Vec<String>,
    revoche: RevocheViste,
    esiti: Vec<Esitata>,
    errore: Option<&'static str>,
    errore_revoca: Option<&'static str>,
}

/// What the page is made of.
struct Letta {
    versioni: Vec<Versione>,
    insiemi: Vec<VersioneGestori>,
    gestori: Vec<fiducia::CertificatoGestore>,
    illeggibili: Vec<String>,
    revoche: Vec<DatoConservato>,
    fiduce: Arc<Fiduce>,
    sigillo: Option<Sigillo>,
}

pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Amministrazione, Permesso::Legge)?;
    pagina(&stato, &chi, Vec::new(), Errori::default()).await
}

/// `POST /amministrazione/fiducia`: brings the lists that were chosen, or those of the network.
pub(super) async fn importa(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    chi: Chi,
    corpo: Parti,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Amministrazione, Permesso::Agisce)?;
    let massimi = Massimi { byte: MASSIMA_LISTA_BYTE, file: MASSIME_LISTE, parti: MASSIMO_PARTI, testo: MASSIMO_TESTO };
    let della_sessione = |nome: &str, valore: &str| {
        chi.modulo(if nome == "modulo" { valore } else { "" })?;
        Ok(chi.sessione.persona.id.to_string())
    };
    let arrivo = invio::leggi((&stato, &pagine), &massimi, corpo, della_sessione).await?;
    let dalla_rete = arrivo.campi.contains_key("rete");
    if arrivo.file.is_empty() && !dalla_rete {
        let errori = Errori { lista: Some("Scegli il file della lista."), ..Errori::default() };
        return pagina(&stato, &chi, Vec::new(), errori).await;
    }
    let attore = chi.attore();
    let leggi = move |stato: &Stato| {
        let leggi = |f: &invio::FileScelto| {
            let byte = stato.deposito.leggi(&f.riposto.impronta, MASSIMA_LISTA_BYTE)?;
            Ok::<_, Problema>(Sorgente::Byte { nome: f.nome.to_string(), byte })
        };
        let portate = arrivo.file.iter().map(leggi).collect::<Result<Vec<_>, _>>()?;
        porta(stato, &attore, portate, dalla_rete)
    };
    let esiti = stato.blocca(leggi).await?;
    pagina(&stato, &chi, esiti, Errori::default()).await
}

/// The same way as the command's; files alone never make the server go to the network.
fn porta(stato: &Stato, attore: &Attore, portate: Vec<Sorgente>, rete: bool) -> Result<Vec<Esitata>, Problema> {
    let sezione = &stato.fiducia;
    let rete = if rete && portate.is_empty() {
        Some(Rete::new(&sezione.proxy, sezione.attesa()).map_err(Problema::interno)?)
    } else {
        None
    };
    let iniziali = Iniziali::Impronte(sezione.firmatari.clone());
    let regole = Regole { iniziali, lotl: sezione.lotl.clone(), paesi: sezione.paesi.clone(), rete };
    let esami = esamina((&stato.db, &stato.deposito), &regole, portate, &mut |_| {})?;
    esami.into_iter().map(|esame| tieni(stato, attore, esame)).collect()
}

fn tieni(stato: &Stato, attore: &Attore, esame: Esame) -> Result<Esitata, Problema> {
    let che = match (&esame.territorio, esame.sequenza) {
        (Some(t), Some(n)) => format!("{t} n. {n} ({})", esame.provenienza),
        (Some(t), None) => format!("{t} ({})", esame.provenienza),
        (None, _) => esame.provenienza.clone(),
    };
    let rifiutata = |motivo: String| Esitata::rifiutata(format!("{che}: rifiutata: {motivo}."));
    let candidata = match esame.esito {
        Err(rifiuto) => return Ok(rifiutata(rifiuto.to_string())),
        Ok(Esito::Presente) => {
            return Ok(Esitata::gia_presente(format!("{che}: già conservata, niente da fare.")));
        }
        Ok(Esito::Nuova(candidata)) => candidata,
    };
    match conserva(&stato.db, &stato.deposito, attore, &candidata) {
        Err(documenti::Errore::Fiducia(rifiuto)) => return Ok(rifiutata(rifiuto.to_string())),
        esito => esito?,
    };
    let variazioni = &candidata.variazioni;
    let primi = |nomi: &[String]| nomi.iter().take(MASSIMI_SERVIZI).cloned().collect::<Vec<_>>();
    let altri = [&variazioni.aggiunti, &variazioni.tolti].map(|n| n.len().saturating_sub(MASSIMI_SERVIZI));
    Ok(Esitata {
        aggiunti: primi(&variazioni.aggiunti),
        tolti: primi(&variazioni.tolti),
        altri: altri.iter().sum(),
        ..Esitata::conservata(format!("{che}: conservata."))
    })
}

pub(super) async fn pagina(
    stato: &Stato,
    chi: &Chi,
    esiti: Vec<Esitata>,
    errori: Errori,
) -> Result<HttpResponse, Errata> {
    let aoo = chi.aoo.id;
    let leggi = move |stato: &Stato| {
        let (versioni, insiemi, revoche) = stato.db.leggi(|conn| {
            let revoche = fiducia::revoche::correnti(conn)?;
            Ok::<_, documenti::Errore>((fiducia::versioni(conn)?, fiducia::versioni_gestori(conn)?, revoche))
        })?;
        let sigillo = stato.db.leggi(|conn| registro::sigillo(conn, aoo))?;
        let gestori = insiemi.first().and_then(|v| fiducia::gestori_di(&stato.deposito, v).ok()).unwrap_or_default();
        let fiduce = stato.fiduce()?;
        let illeggibili = fiduce.illeggibili.clone();
        Ok(Letta { versioni, insiemi, gestori, illeggibili, revoche, fiduce, sigillo })
    };
    let ora = stato.db.orologio().adesso();
    let Letta { versioni, insiemi, gestori, illeggibili, revoche, fiduce, sigillo } = stato.blocca(leggi).await?;
    let (mut correnti, mut passate): (Vec<ListaVista>, Vec<ListaVista>) = (Vec::new(), Vec::new());
    let mut ultimo = None;
    for versione in versioni {
        let corrente = ultimo.as_ref() != Some(&versione.territorio);
        ultimo = Some(versione.territorio.clone());
        let voluta = versione.voluta(&stato.fiducia.paesi);
        let mut vista = lista(versione, ora);
        if !voluta {
            let testo = "non in uso: non è fra i paesi della configurazione".to_owned();
            vista.stato = Scadenza { icona: "it-minus-circle", esito: "incerta", testo };
        }
        if corrente { &mut correnti } else { &mut passate }.push(vista);
    }
    let insieme = |v: VersioneGestori| InsiemeVisto {
        certificati: v.certificati,
        importato: formato::minuto(v.istante),
        autore: v.autore,
        provenienza: v.provenienza,
    };
    let gestore =
        |c: fiducia::CertificatoGestore| GestoreVisto { nome: c.nome, stato: scadenza(c.scade, ora, SENZA_DATA) };
    let male = errori.lista.is_some() || errori.revoca.is_some() || esiti.iter().any(|e| e.esito == "danger");
    let pagina = Pagina {
        guscio: Guscio::new(chi, "/amministrazione/fiducia"),
        agisce: chi.permesso(Azione::Amministrazione) >= Permesso::Agisce,
        paesi: stato.fiducia.paesi.iter().map(crate::valori::Territorio::as_str).collect::<Vec<_>>().join(", "),
        correnti,
        passate,
        gestori: gestori.into_iter().map(gestore).collect(),
        insiemi: insiemi.into_iter().map(insieme).collect(),
        aoo: chi.aoo.codice.to_string(),
        sigillo: sigillo.and_then(|s| sigillo_visto(&s, ora)),
        illeggibili,
        revoche: revoche::viste(revoche, &fiduce, ora),
        esiti,
        errore: errori.lista,
        errore_revoca: errori.revoca,
    };
    Ok(rendi(if male { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &pagina)?)
}

/// What its certificate says; one that cannot be read is none.
fn sigillo_visto(sigillo: &Sigillo, ora: Istante) -> Option<SigilloVisto> {
    let titolare = sigillo.titolare().ok()?;
    let mancanza = titolare.mancanza();
    Some(SigilloVisto {
        nome: titolare.nome,
        organizzazione: titolare.organizzazione.unwrap_or_default(),
        emittente: titolare.emittente,
        stato: scadenza(Some(titolare.al), ora, SENZA_DATA),
        mancanza,
    })
}

fn lista(v: Versione, ora: Istante) -> ListaVista {
    let nome = if v.territorio.e_unione() {
        format!("Lista delle liste (EU) n. {}", v.sequenza)
    } else {
        format!("{} n. {}", v.territorio, v.sequenza)
    };
    ListaVista {
        nome,
        versione: v.versione,
        emessa: formato::data(v.emessa.giorno()),
        stato: scadenza(v.prossima, ora, "chiusa: nessun'altra la sostituirà"),
        servizi: v.servizi,
        firmatario: v.firmatario,
        autore: v.autore,
        importata: formato::minuto(v.istante),
        provenienza: v.provenienza,
        impronta: v.impronta.to_string(),
    }
}

/// Days that are counted; beyond them the date says more.
const PRESTO: i64 = 366;

pub(super) const SENZA_DATA: &str = "senza una data di scadenza leggibile";

/// Days left, or since when it holds no more.
pub(super) fn scadenza(fine: Option<Istante>, ora: Istante, senza: &str) -> Scadenza {
    let Some(fine) = fine else {
        return Scadenza { icona: "it-minus-circle", esito: "incerta", testo: senza.to_owned() };
    };
    let giorno = formato::data(fine.giorno());
    if fine < ora {
        return Scadenza { icona: "it-close-circle", esito: "cattiva", testo: format!("scaduta il {giorno}") };
    }
    let quando = match fine.giorno().signed_duration_since(ora.giorno()).num_days() {
        0 => "scade oggi".to_owned(),
        1 => format!("scade domani, {giorno}"),
        n if n <= PRESTO => format!("scade fra {n} giorni, il {giorno}"),
        _ => format!("vale fino al {giorno}"),
    };
    Scadenza { icona: "it-check-circle", esito: "buona", testo: quando }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_how_long_a_list_holds() {
        let ora = "2026-11-20T12:00:00Z".parse().unwrap();
        let check = |fine: &str, esito: &str, atteso: &str| {
            let stato = scadenza(Some(fine.parse().unwrap()), ora, "");
            assert_eq!((stato.esito, stato.testo.as_str()), (esito, atteso));
        };
        check("2026-11-20T11:59:59Z", "cattiva", "scaduta il 20/11/2026");
        check("2026-11-20T12:00:00Z", "buona", "scade oggi");
        check("2026-11-21T10:00:00Z", "buona", "scade domani, 21/11/2026");
        check("2027-05-01T00:00:00Z", "buona", "scade fra 162 giorni, il 01/05/2027");
        check("2060-01-01T00:00:00Z", "buona", "vale fino al 01/01/2060");
        assert_eq!(scadenza(None, ora, "senza").esito, "incerta");
    }
}
