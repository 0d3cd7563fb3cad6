//! Everything that happened to a registration, newest first, in sentences: who, when, and where the proof is.

use crate::audit;
use crate::conservazione::{self, Versamento};
use crate::pec::{self, Correzione, Invio};
use crate::registro::{Annotazione, Collegamento, Proposta, Registrazione, Riservatezza};
use crate::scrivania::{self, Assegnazione, Cosa, CosaVicenda, Termine, Titolo};
use crate::storage::{self, Conn};
use crate::titolario::{self, Classificazione};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, visione};
use crate::valori::Istante;
use crate::web::Problema;
use crate::web::pagine::formato;
use chrono::NaiveDate;

/// Visioni that are told, the last given.
const VISIONI: i64 = 200;

/// One thing that happened.
pub(super) struct Fatto {
    quando: Istante,
    pub(super) istante: String,
    pub(super) leggibile: String,
    pub(super) chi: String,
    pub(super) che: String,
    /// Where the proof can be taken.
    pub(super) prova: Option<String>,
}

impl Fatto {
    fn new(quando: Istante, chi: String, che: String) -> Self {
        Self { quando, istante: quando.roma(), leggibile: quando.leggibile(), chi, che, prova: None }
    }
}

/// What the page has read already.
pub(super) struct Materia<'a> {
    pub(super) registrazione: &'a Registrazione,
    pub(super) assegnazioni: &'a [Assegnazione],
    pub(super) classificazioni: &'a [(String, Classificazione)],
    pub(super) invii: &'a [Invio],
    pub(super) corretti: &'a [Correzione],
    pub(super) versamento: Option<&'a Versamento>,
    pub(super) termine: Option<&'a Termine>,
    pub(super) proposte: &'a [Proposta],
    pub(super) riservatezze: &'a [Riservatezza],
    pub(super) collegamenti: &'a [Collegamento],
    pub(super) annotazioni: &'a [Annotazione],
}

pub(super) fn storia(conn: &mut Conn, vista: &Vista, m: &Materia<'_>) -> Result<Vec<Fatto>, Problema> {
    let mut fatti = atti(conn, vista, m)?;
    for invio in m.invii {
        // Being put into the queue is an act: the chain says who did it.
        for tappa in invio.tappe.iter().filter(|t| t.stato != pec::StatoInvio::InCoda) {
            let chi = if tappa.ricevuta.is_some() { "ricevuta del gestore PEC" } else { "Tabulario (posta)" };
            let che = super::invii::frase(tappa.stato, &invio.destinatario);
            let prova = tappa.ricevuta.map(|r| format!("/registrazioni/{}/ricevute/{r}", m.registrazione.id));
            fatti.push(Fatto { prova, ..Fatto::new(tappa.istante, chi.to_owned(), che) });
        }
    }
    if let Some(v) = m.versamento {
        let che = match v.stato {
            conservazione::Stato::DaPreparare => "Messa in coda per la conservazione".to_owned(),
            conservazione::Stato::Preparato => "Preparato il pacchetto di versamento".to_owned(),
            conservazione::Stato::Consegnato => "Consegnato il pacchetto di versamento".to_owned(),
            conservazione::Stato::DaCorreggere => "Versamento fermo: da correggere".to_owned(),
        };
        let prova = v.pacchetto.as_ref().map(|_| format!("/registrazioni/{}/pacchetto.xml", m.registrazione.id));
        fatti.push(Fatto { prova, ..Fatto::new(v.istante, "Tabulario (conservazione)".to_owned(), che) });
    }
    fatti.sort_by_key(|f| std::cmp::Reverse(f.quando));
    Ok(fatti)
}

/// The id of an object of the chain, the kind of act if it has several, and its sentence.
pub(super) type Frase = (String, &'static str, String);

/// What the chain holds: kind and object of each act, with its sentence.
fn atti(conn: &mut Conn, vista: &Vista, m: &Materia<'_>) -> Result<Vec<Fatto>, Problema> {
    let r = m.registrazione;
    let id = r.id.to_string();
    let mut frasi: Vec<Frase> = vec![(id.clone(), "registrazione", format!("Registrata con il numero {}", r.numero))];
    if let Some(a) = &r.annullamento {
        frasi.push((id.clone(), "annullamento", format!("Annullata con {}: {}", a.provvedimento(), a.motivo)));
    }
    frasi.extend(r.dati_annullati.iter().map(|d| {
        let frase = format!("Annullato il dato «{}» con {}: {}", d.campo.nome(), d.provvedimento(), d.motivo);
        (d.id.clone(), "", frase)
    }));
    for p in m.proposte {
        let che = super::annullati::che(p).to_lowercase();
        frasi.push((p.id.to_string(), "proposta-annullamento", format!("Proposto di annullare ({che}): {}", p.motivo)));
        if let Some(d) = &p.decisione {
            let parola = if d.accolta { "Accolta" } else { "Respinta" };
            frasi.push((
                p.id.to_string(),
                "decisione-annullamento",
                format!("{parola} la proposta di annullare ({che})"),
            ));
        }
    }
    frasi.extend(r.dati_variati.iter().map(super::dati::frase_di));
    frasi.extend(m.annotazioni.iter().map(super::annotazioni::frase_di));
    frasi.extend(m.riservatezze.iter().map(|v| {
        let parola = if v.riservato { "Resa riservata" } else { "Non è più riservata" };
        (v.id.clone(), "", format!("{parola}: {}", v.motivo))
    }));
    // Who was given to look at it is for who gives it.
    if let Vista::Intera(aoo) = vista {
        frasi.extend(visione::elenco(conn, *aoo, r.id, None, VISIONI)?.iter().flat_map(super::visioni::frasi));
    }
    frasi.extend(del_termine(conn, m)?);
    if let Some(messaggio) = pec::origine(conn, r.id)? {
        frasi.push((messaggio.to_string(), "ricezione", "Ricevuto il messaggio nella casella".to_owned()));
    }
    frasi.extend(
        m.classificazioni
            .iter()
            .map(|(id, c)| (id.clone(), "", format!("Classificata in {} {}", c.voce, c.denominazione))),
    );
    for (id, fascicolo) in titolario::fascicolazioni(conn, vista, r.id)? {
        frasi.push((id, "", format!("Fascicolata in {}, {}", fascicolo.codice, fascicolo.oggetto)));
    }
    frasi.extend(m.assegnazioni.iter().flat_map(dell_assegnazione));
    frasi.extend(m.collegamenti.iter().flat_map(super::collegate::frasi));
    frasi.extend(r.documenti.iter().filter_map(|d| {
        let a = d.acquisita.as_ref()?;
        Some((a.id.to_string(), "acquisizione", format!("Aggiunta la scansione «{}»", d.nome)))
    }));
    frasi.extend(m.corretti.iter().map(super::indirizzi::frase_di));
    let risposte = pec::ritorno::ritorni(conn, vista, r.id)?.into_iter();
    frasi.extend(risposte.map(|m| (m.id.to_string(), "ritorno", format!("{} a {}", m.genere.nome(), m.destinatario))));
    let coda = pec::StatoInvio::InCoda;
    frasi.extend(m.invii.iter().map(|i| (i.id.to_string(), "", super::invii::frase(coda, &i.destinatario))));
    let ids: Vec<String> = frasi.iter().map(|(id, ..)| id.clone()).collect();
    let mut fatti = Vec::new();
    for evento in audit::di(conn, vista.aoo(), &ids)?.into_iter().rev() {
        let sua = |(id, tipo, _): &&Frase| *id == evento.oggetto_id && (tipo.is_empty() || *tipo == evento.tipo);
        // A message has other acts of its own, which say what the registration says already.
        let Some((.., frase)) = frasi.iter().find(sua) else { continue };
        let attore = evento.attore.parse().map_err(|e| storage::Errore::riga("eventi", e))?;
        fatti.push(Fatto::new(evento.istante, utenti::nome_autore(conn, &attore)?, frase.clone()));
    }
    Ok(fatti)
}

/// An assignment, and what became of it.
fn dell_assegnazione(a: &Assegnazione) -> Vec<Frase> {
    let titolo = if a.titolo == Titolo::Competenza { "per competenza" } else { "per conoscenza" };
    let a_chi = match &a.persona {
        Some(p) => format!("{} ({})", p.nome, a.denominazione),
        None => a.denominazione.clone(),
    };
    let nota = a.nota.as_ref().map(|n| format!(". Nota: {n}")).unwrap_or_default();
    let mut frasi = vec![(a.id.to_string(), "", format!("Assegnata {titolo} a {a_chi}{nota}"))];
    frasi.extend(a.situazione.movimenti.iter().map(|m| {
        let testo = m.testo.as_ref().map(ToString::to_string).unwrap_or_default();
        let frase = match m.cosa {
            Cosa::PresaInCarico => format!("Presa in carico per {}", a.denominazione),
            Cosa::Restituzione => format!("Restituita all'ufficio {}", a.denominazione),
            Cosa::Rifiuto => format!("Rifiutata da {}: {testo}", a.denominazione),
            Cosa::Conclusione => format!("Conclusa: {testo}"),
            Cosa::Lettura => format!("Letta da {}", a.denominazione),
        };
        (m.id.clone(), "", frase)
    }));
    frasi
}

/// The terms that were given, and what stopped them.
fn del_termine(conn: &mut Conn, m: &Materia<'_>) -> Result<Vec<Frase>, Problema> {
    let entro = |scade: Option<NaiveDate>| match scade {
        Some(scade) => format!("da concludere entro il {}", formato::data(scade)),
        None => "fermo fino all'integrazione".to_owned(),
    };
    let dati = scrivania::termini_dati(conn, m.registrazione.id)?.into_iter();
    let mut frasi: Vec<Frase> = dati
        .map(|(id, giorni, scade)| (id, "termine", format!("Termine di {giorni} giorni: {}", entro(scade))))
        .collect();
    frasi.extend(m.termine.iter().flat_map(|t| &t.vicende).map(|v| {
        let che = match (v.vicenda.cosa, v.vicenda.fino) {
            (CosaVicenda::Sospensione, Some(fino)) => format!("Termine sospeso fino al {}", formato::data(fino)),
            (CosaVicenda::Sospensione, None) => "Termine sospeso".to_owned(),
            (CosaVicenda::Preavviso, _) => "Termine sospeso dal preavviso di rigetto".to_owned(),
            (CosaVicenda::Interruzione, _) => "Termine interrotto".to_owned(),
            (CosaVicenda::Ripresa, _) => format!("Termine ripreso dal {}", formato::data(v.vicenda.giorno)),
        };
        (v.id.clone(), "", format!("{che} ({}); {}", v.motivo, entro(v.scade)))
    }));
    Ok(frasi)
}
