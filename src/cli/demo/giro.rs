//! The walk itself: what a protocol office does in a morning, with the same functions that pages and steps use.

use super::comune::Comune;
use super::conservatore;
use crate::cli::Errore;
use crate::cli::ambiente::Ambiente;
use crate::documenti::testo::Estrattore;
use crate::documenti::{Deposito, Fiduce};
use crate::pec::{self, Decisione, Modo, Officina, Passo};
use crate::registro::{
    Corrispondente, Documento, Flusso, Mezzo, Nuova, Registrazione, RuoloCorrispondente, RuoloDocumento,
};
use crate::titolario::TipoFascicolo;
use crate::utenti::risposta::{self, Richiesta};
use crate::utenti::visibilita::Vista;
use crate::valori::{Attore, RegistrazioneId};
use crate::{conservazione, registro, ricerca, scrivania, titolario};
use std::sync::Arc;

/// Messages taken at a time.
const BLOCCO: i64 = 1_000;
/// Messages taken at once.
const LETTERE: usize = 100;
/// How many of the registered messages are answered.
const RISPOSTE: usize = 3;
/// The Message-ID of the first answer: the sample receipts speak of it.
const MESSAGE_ID: &str = "<uscita-di-esempio-1@pec.comune.borgoesempio.example>";
/// Who gets the first answer, if she wrote.
const PRIMA_A: &str = "elena.tarsi@pec.cittadini.example";

pub(super) struct Giro<'a> {
    pub ambiente: &'a Ambiente,
    pub comune: &'a Comune,
    pub deposito: Deposito,
    pub fiduce: Arc<Fiduce>,
}

impl Giro<'_> {
    fn vista(&self) -> Vista {
        Vista::Intera(self.comune.aoo.id)
    }

    fn officina(&self) -> Officina<'_> {
        Officina { db: &self.ambiente.db, deposito: &self.deposito, fiduce: &self.fiduce }
    }

    /// Takes everything out of the mailbox.
    pub(super) fn ricevi(&self) -> Result<usize, Errore> {
        let mut quanti = 0;
        for casella in self.ambiente.db.leggi(pec::caselle)?.iter().filter(|c| c.aoo == self.comune.aoo.id) {
            while let presi @ 1.. = pec::ricevi(&self.officina(), casella, LETTERE)? {
                quanti = presi.saturating_add(quanti);
            }
        }
        Ok(quanti)
    }

    /// Registers and assigns every message that waits, but not a second time what is the same PEC in another box.
    pub(super) fn protocolla(&self) -> Result<u64, Errore> {
        let (db, vista) = (&self.ambiente.db, self.vista());
        let mut quanti = 0;
        let attesa = db.leggi(|conn| pec::da_protocollare(conn, &vista, BLOCCO))?;
        // What only says that it is a receipt is left for a person to look at.
        for messaggio in attesa.into_iter().filter(|m| m.doppione_di.is_none() && !m.si_dice_ricevuta()) {
            let decisione = Decisione {
                voce: self.comune.voce.clone(),
                ufficio: self.comune.ufficio.clone(),
                oggetto: None,
                corrispondenti: Vec::new(),
                mezzo: None,
                protocollo_mittente: None,
                tipologia: None,
                data_documento: None,
                riservato: false,
                risponde_a: None,
                principale: None,
            };
            let fatta = db.scrivi(self.comune.aoo.id, &Attore::Sistema("demo"), |op| {
                pec::protocolla(op, &self.comune.aoo, &vista, messaggio.id, decisione)
            });
            match fatta {
                Ok(_) => quanti += 1,
                // One bad message never stops the others: it stays in the list, with its findings.
                Err(causa) => tracing::warn!(messaggio = %messaggio.id, %causa, "message not registered"),
            }
        }
        Ok(quanti)
    }

    /// Answers some of them, with segnatura, and puts the answers into the outbox folder.
    pub(super) fn rispondi(&self) -> Result<u64, Errore> {
        let (db, vista) = (&self.ambiente.db, self.vista());
        let mut entrate = db.leggi(|conn| registro::ultime(conn, &vista, None, BLOCCO))?;
        entrate.reverse();
        let mut con_indirizzo: Vec<_> =
            entrate.into_iter().filter(|r| r.flusso == Flusso::Entrata && mittente(r).is_some()).collect();
        con_indirizzo.sort_by_key(|r| mittente(r).and_then(|m| m.parte.pec).is_none_or(|p| p.as_str() != PRIMA_A));
        let mut quante = 0;
        for (entrata, n) in con_indirizzo.iter().take(RISPOSTE).zip(1..) {
            let id = self.risposta(entrata, n)?;
            let modo = Modo { message_id: (n == 1).then_some(MESSAGE_ID), ..Modo::default() };
            db.scrivi(self.comune.aoo.id, &Attore::Sistema("demo"), |op| pec::invia(op, &vista, id, modo))?;
            quante += 1;
        }
        while pec::spedisci(&self.officina(), &self.ambiente.uscita().join("pec"))? == Passo::Fatto {}
        Ok(quante)
    }

    /// Brings the index up to date, with the text of every file.
    pub(super) fn indicizza(&self) -> Result<(), Errore> {
        let indice = self.ambiente.indice();
        let estrattore = Estrattore::new(std::env::current_exe().map_err(Errore::Server)?);
        while ricerca::avanza(&indice, &self.ambiente.db)? {}
        while ricerca::leggi_testi(&indice, &self.ambiente.db, &self.deposito, &estrattore, &|| false)? {}
        Ok(())
    }

    /// Files what is in no fascicolo in one of its own, opened at the first time.
    pub(super) fn fascicola(&self) -> Result<(), Errore> {
        const OGGETTO: &str = "Corrispondenza di esempio";
        let (db, vista) = (&self.ambiente.db, self.vista());
        let registrate = db.leggi(|conn| registro::ultime(conn, &vista, None, BLOCCO))?;
        let ids: Vec<String> = registrate.iter().map(|r| r.id.to_string()).collect();
        db.scrivi(self.comune.aoo.id, &Attore::Sistema("demo"), |op| {
            let gia = titolario::fascicoli_di(op.conn, &vista, &ids)?;
            let fascicolo = match titolario::cerca(op.conn, &vista, OGGETTO, None, 1)?.pop() {
                Some(aperto) => aperto,
                None => titolario::apri_fascicolo(op, &self.comune.voce, OGGETTO.parse()?, TipoFascicolo::Attivita)?,
            };
            let sciolte = registrate.iter().zip(&ids).rev().filter(|(_, id)| gia.get(*id).is_none_or(Vec::is_empty));
            sciolte.map(|(r, _)| r).try_for_each(|r| Ok::<_, Errore>(titolario::fascicola(op, r.id, &fascicolo)?))
        })
    }

    /// Packs every registration and puts the packages into the outbox folder.
    pub(super) fn versa(&self) -> Result<u64, Errore> {
        let (db, uscita) = (&self.ambiente.db, self.ambiente.uscita());
        let conservatore = conservatore::aggiungi(self.ambiente, &self.comune.aoo)?;
        while conservazione::prepara(db, &self.deposito, &conservatore)? == Passo::Fatto {}
        let mut quanti = 0;
        while conservazione::consegna(db, &self.deposito, &uscita, conservatore.aoo)? == Passo::Fatto {
            quanti += 1;
        }
        Ok(quanti)
    }

    fn risposta(&self, entrata: &Registrazione, n: usize) -> Result<RegistrazioneId, Errore> {
        let testo = format!(
            "{}\n\nComunicazione di avvio del procedimento (legge 7 agosto 1990, n. 241, art. 8)\n\nIn riferimento alla Sua \
             comunicazione «{}», protocollata con il n. {} del {}, si comunica l'avvio del procedimento.\nUfficio \
             competente: {}.\n",
            self.comune.aoo.ente,
            entrata.oggetto,
            entrata.numero,
            entrata.istante.leggibile(),
            self.comune.ufficio.denominazione
        );
        let riposto = self.deposito.riponi(&mut testo.as_bytes(), 1024 * 1024)?;
        let documento = Documento {
            ruolo: RuoloDocumento::Principale,
            riposto,
            nome: "comunicazione.txt".parse()?,
            descrizione: None,
        };
        let destinatari = mittente(entrata).map(|m| Corrispondente { ruolo: RuoloCorrispondente::Destinatario, ..m });
        let nuova = Nuova {
            flusso: Flusso::Uscita,
            oggetto: format!("Comunicazione di avvio del procedimento - prot. {}", entrata.numero).parse()?,
            mezzo: Mezzo::Pec,
            corrispondenti: destinatari.into_iter().collect(),
            arrivo: None,
            protocollo_mittente: None,
            voce: self.comune.voce.clone(),
            tipologia: None,
            data_documento: None,
            riservato: false,
            risponde_a: Some(entrata.id),
            documenti: vec![documento],
        };
        let chiave = format!("risposta-{n}-{}", entrata.id);
        let richiesta = Richiesta { ambito: "demo".to_owned(), corpo_sha256: chiave.clone(), chiave };
        self.ambiente.db.scrivi(self.comune.aoo.id, &Attore::Sistema("demo"), |op| {
            if let Some(prima) = risposta::precedente(op.conn, &richiesta)? {
                return Ok(prima.parse()?);
            }
            let (aoo, ufficio) = (&self.comune.aoo, &self.comune.ufficio);
            let fatta = scrivania::protocolla(op, aoo, &self.vista(), &nuova, Some(ufficio))?;
            risposta::conserva(op, &richiesta, &fatta.id.to_string())?;
            Ok::<_, Errore>(fatta.id)
        })
    }
}

/// The sender that can be written to.
fn mittente(r: &Registrazione) -> Option<Corrispondente> {
    let mut mittenti = r.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Mittente);
    mittenti.find(|c| c.parte.pec.is_some()).cloned()
}
