//! `POST /amministrazione/fiducia/revoche`: who administers brings what says which certificates were taken back; the page *Fiducia* shows it.

use super::chi::Chi;
use super::fiducia::{Errori, Esitata, SENZA_DATA, Scadenza, pagina, scadenza};
use super::invio::{self, Massimi};
use super::{Errata, Pagine, formato};
use crate::documenti;
use crate::documenti::fiducia::revoche::{
    DatoConservato, Esame, Esito, NESSUN_INDIRIZZO, Quali, conserva, esamina, numero_leggibile,
};
use crate::documenti::fiducia::{Rete, Sorgente};
use crate::firma::{GenereRevoca, MASSIMO_DATO_REVOCA_BYTE};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{Attore, Istante};
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};

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
    pub(super) scadute: usize,
    /// Kept and not used, since memory has a limit.
    pub(super) fuori: usize,
    /// When the last one came, and who brought it.
    pub(super) ultima: Option<(String, String)>,
}

/// The data in force, those that are expired first.
pub(super) fn viste(mut dati: Vec<DatoConservato>, fuori: usize, ora: Istante) -> RevocheViste {
    let scaduto = |d: &DatoConservato| d.prossima.is_some_and(|p| p < ora);
    let ultima = dati.first().map(|d| (formato::minuto(d.istante), d.autore.clone()));
    let scadute = dati.iter().filter(|d| scaduto(d)).count();
    dati.sort_by_key(|d| (!scaduto(d), d.emittente.clone(), d.prossima));
    let altre = dati.len().saturating_sub(MASSIMI_MOSTRATI);
    dati.truncate(MASSIMI_MOSTRATI);
    let vista = |d: DatoConservato| RevocaVista {
        emittente: d.emittente,
        genere: match (d.genere, d.numero) {
            (GenereRevoca::Risposta, _) => "risposta OCSP".to_owned(),
            (GenereRevoca::Lista, Some(numero)) => format!("lista n. {}", numero_leggibile(&numero)),
            (GenereRevoca::Lista, None) => "lista".to_owned(),
        },
        stato: scadenza(d.prossima, ora, SENZA_DATA),
        emessa: formato::minuto(d.emessa),
        voci: d.voci,
        importata: formato::minuto(d.istante),
        autore: d.autore,
        provenienza: d.provenienza,
    };
    RevocheViste { viste: dati.into_iter().map(vista).collect(), altre, scadute, fuori, ultima }
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
