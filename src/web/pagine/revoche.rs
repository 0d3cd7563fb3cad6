//! `POST /amministrazione/fiducia/revoche`: who administers brings what says which certificates were taken back; the page *Fiducia* shows it.

use super::chi::Chi;
use super::fiducia::{Errori, Esitata, SENZA_DATA, Scadenza, pagina, scadenza};
use super::invio::{self, Massimi};
use super::{Errata, Pagine, formato};
use crate::documenti;
use crate::documenti::fiducia::revoche::{
    DatoConservato, Esame, Esito, NESSUN_INDIRIZZO, Quali, conserva, esamina, numero_leggibile,
};
use crate::documenti::fiducia::{Fiduce, Rete, Sorgente};
use crate::firma::{DatoRevoca, GenereRevoca, MASSIMO_DATO_REVOCA_BYTE};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{Attore, Impronta, Istante};
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use std::collections::HashMap;

/// Files that are brought at once.
const MASSIMI_FILE: usize = 20;
/// Fields of the form.
const MASSIMO_PARTI: usize = 50;
/// Bytes of its fields that are no files.
const MASSIMO_TESTO: usize = 64 * 1024;
/// Data in force that are shown; of the others how many they are.
const MASSIMI_MOSTRATI: usize = 200;

/// A list or an answer in force.
pub(super) struct RevocaVista {
    pub(super) emittente: String,
    pub(super) genere: String,
    pub(super) stato: Scadenza,
    pub(super) emessa: String,
    pub(super) voci: i64,
    pub(super) importata: String,
    pub(super) autore: String,
    pub(super) provenienza: String,
}

/// What is known of revocation.
pub(super) struct RevocheViste {
    pub(super) viste: Vec<RevocaVista>,
    /// In force and not shown.
    pub(super) altre: usize,
    /// Expired lists, and answers, that no newer list takes the place of.
    pub(super) liste_scadute: usize,
    pub(super) risposte_scadute: usize,
    /// Kept and not used, since memory has a limit.
    pub(super) fuori: usize,
    /// When the last one came, and who brought it.
    pub(super) ultima: Option<(String, String)>,
}

/// The data in force, those that are expired and missed first.
pub(super) fn viste(dati: Vec<DatoConservato>, fiduce: &Fiduce, ora: Istante) -> RevocheViste {
    let ultima = dati.first().map(|d| (formato::minuto(d.istante), d.autore.clone()));
    let mut per_autorita: HashMap<Impronta, Vec<(DatoConservato, bool)>> = HashMap::new();
    for d in dati.iter().filter(|d| d.genere == GenereRevoca::Lista && !d.scaduto(ora)) {
        let intera = fiduce.revoche.get(&d.impronta).is_some_and(DatoRevoca::intera);
        per_autorita.entry(d.emittente_sha256).or_default().push((d.clone(), intera));
    }
    let superato = |d: &DatoConservato| {
        let sue = per_autorita.get(&d.emittente_sha256).into_iter().flatten();
        sue.into_iter().any(|(lista, intera)| d.superato_da(lista, *intera, ora))
    };
    let mut dati: Vec<(Durata, DatoConservato)> =
        dati.into_iter().map(|d| (Durata::di(&d, ora, superato), d)).collect();
    let manca = |genere| dati.iter().filter(|(durata, d)| *durata == Durata::Manca && d.genere == genere).count();
    let (liste_scadute, risposte_scadute) = (manca(GenereRevoca::Lista), manca(GenereRevoca::Risposta));
    dati.sort_by_key(|(durata, d)| (*durata, d.emittente.clone(), d.prossima));
    let altre = dati.len().saturating_sub(MASSIMI_MOSTRATI);
    dati.truncate(MASSIMI_MOSTRATI);
    let vista = |(durata, d): (Durata, DatoConservato)| RevocaVista {
        emittente: d.emittente,
        genere: match (d.genere, d.numero) {
            (GenereRevoca::Risposta, _) => "risposta OCSP".to_owned(),
            (GenereRevoca::Lista, Some(numero)) => format!("lista n. {}", numero_leggibile(&numero)),
            (GenereRevoca::Lista, None) => "lista".to_owned(),
        },
        stato: match (durata, d.prossima) {
            (Durata::Superato, Some(fine)) => Scadenza {
                icona: "it-check-circle",
                esito: "incerta",
                testo: format!("scaduta il {}; c’è una lista più recente", formato::data(fine.giorno())),
            },
            _ => scadenza(d.prossima, ora, SENZA_DATA),
        },
        emessa: formato::minuto(d.emessa),
        voci: d.voci,
        importata: formato::minuto(d.istante),
        autore: d.autore,
        provenienza: d.provenienza,
    };
    let viste = dati.into_iter().map(vista).collect();
    RevocheViste { viste, altre, liste_scadute, risposte_scadute, fuori: fiduce.revoche_fuori, ultima }
}

/// Whether something still holds; in the order in which it is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Durata {
    /// Expired, and nothing says the same today.
    Manca,
    Vale,
    /// Expired, and a newer list says the same.
    Superato,
}

impl Durata {
    fn di(dato: &DatoConservato, ora: Istante, superato: impl Fn(&DatoConservato) -> bool) -> Self {
        match dato.scaduto(ora) {
            false => Self::Vale,
            true if superato(dato) => Self::Superato,
            true => Self::Manca,
        }
    }
}

/// Brings the files that were chosen, or what the authorities publish.
pub(super) async fn importa(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    chi: Chi,
    corpo: Parti,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Amministrazione, Permesso::Agisce)?;
    let massimi =
        Massimi { byte: MASSIMO_DATO_REVOCA_BYTE, file: MASSIMI_FILE, parti: MASSIMO_PARTI, testo: MASSIMO_TESTO };
    let della_sessione = |nome: &str, valore: &str| {
        chi.modulo(if nome == "modulo" { valore } else { "" })?;
        Ok(chi.sessione.persona.id.to_string())
    };
    let arrivo = invio::leggi((&stato, &pagine), &massimi, corpo, della_sessione).await?;
    let dalla_rete = arrivo.campi.contains_key("rete");
    if arrivo.file.is_empty() && !dalla_rete {
        let errori = Errori { revoca: Some("Scegli il file della lista di revoca."), ..Errori::default() };
        return pagina(&stato, &chi, Vec::new(), errori).await;
    }
    let attore = chi.attore();
    let mut esiti = stato.blocca(move |stato: &Stato| porta(stato, &attore, &arrivo.file)).await?;
    if esiti.is_empty() {
        esiti.push(Esitata::rifiutata(NESSUN_INDIRIZZO.to_owned()));
    }
    pagina(&stato, &chi, esiti, Errori::default()).await
}

/// The same way as the command's; files alone never make the server go to the network.
fn porta(stato: &Stato, attore: &Attore, file: &[invio::FileScelto]) -> Result<Vec<Esitata>, Problema> {
    let sezione = &stato.fiducia;
    let via = if sezione.indirizzi_privati { Rete::new } else { Rete::solo_pubblica };
    let rete = via(&sezione.proxy, sezione.attesa()).map_err(Problema::interno)?;
    let fiduce = stato.fiduce()?;
    let mut esiti = Vec::new();
    let mut portate = file.iter().map(|f| {
        let byte = stato.deposito.leggi(&f.riposto.impronta, MASSIMO_DATO_REVOCA_BYTE)?;
        Ok::<_, Problema>(Sorgente::Byte { nome: f.nome.to_string(), byte })
    });
    let (quali, rete) =
        if file.is_empty() { (Quali::Pubblicate, Some(&rete)) } else { (Quali::Portate(&mut portate), None) };
    let mut tratta = |esame: Esame| {
        esiti.push(tieni(stato, attore, esame)?);
        Ok::<_, Problema>(())
    };
    esamina(&stato.db, (&fiduce.firme, rete), quali, &mut |_| {}, &mut tratta)?;
    Ok(esiti)
}

fn tieni(stato: &Stato, attore: &Attore, esame: Esame) -> Result<Esitata, Problema> {
    let Esame { provenienza, esito, .. } = esame;
    let rifiutata = |motivo: String| Esitata::rifiutata(format!("{provenienza}: rifiutata: {motivo}."));
    let candidata = match esito {
        Err(rifiuto) => return Ok(rifiutata(rifiuto.to_string())),
        Ok(Esito::Presente) => {
            return Ok(Esitata::gia_presente(format!("{provenienza}: già conservata, niente da fare.")));
        }
        Ok(Esito::Nuova(candidata)) => candidata,
    };
    match conserva(&stato.db, &stato.deposito, attore, &candidata) {
        Err(documenti::Errore::Fiducia(rifiuto)) => Ok(rifiutata(rifiuto.to_string())),
        Err(e) => Err(e.into()),
        Ok(conservata) => {
            Ok(Esitata::conservata(format!("Revoche di {} ({provenienza}): conservata.", conservata.emittente)))
        }
    }
}
