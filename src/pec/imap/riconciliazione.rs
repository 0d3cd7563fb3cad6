//! *Riconciliazione*: once a day mailbox and ledger are put side by side, and what they say is an act of the chain.

use super::super::Errore;
use super::libro::{self, Riga, Scaffale, intero};
use super::sessione::Sessione;
use super::visita::{Visita, fermo};
use crate::audit::{self, Carico};
use crate::storage::schema::riconciliazioni as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{CasellaId, Impronta, Istante, nuovo_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};

pub(in super::super) const ATTO: &str = "riconciliazione";

/// Differences that are named one by one; the counts hold them all.
const DIFFERENZE_SCRITTE: usize = 100;
/// UIDs compared at a time.
const UID_INSIEME: usize = 500;

/// What mailbox and ledger said to each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conto {
    /// Messages on the server, in the folders that are read.
    pub sul_server: u64,
    /// Of these, taken.
    pub presi: u64,
    /// Of these, waiting to be taken.
    pub in_attesa: u64,
    /// Of these, longer than what is accepted.
    pub troppo_grandi: u64,
    /// Of these, of which the ledger knows nothing.
    pub sconosciuti: u64,
    /// Taken, and since the last time removed from the server by somebody else.
    pub assenti: u64,
    /// Removed from the server by somebody else before they were taken.
    pub spariti: u64,
    /// Taken, and not in the store.
    pub senza_file: u64,
    /// The first differences, one by one.
    pub differenze: Vec<String>,
}

impl Conto {
    /// True if a person has to look.
    #[must_use]
    pub fn da_guardare(&self) -> bool {
        self.troppo_grandi + self.sconosciuti + self.spariti + self.senza_file > 0
    }

    fn nota(&mut self, scaffale: Scaffale<'_>, uid: u32, cosa: &str) {
        if self.differenze.len() < DIFFERENZE_SCRITTE {
            self.differenze.push(format!("{} UID {uid}: {cosa}", scaffale.cartella));
        }
    }

    /// Counts one message that is on the server.
    fn presente(&mut self, scaffale: Scaffale<'_>, uid: u32, riga: Option<&Riga>, nel_deposito: bool) {
        self.sul_server += 1;
        match riga.map(|r| r.stato.as_str()) {
            None => {
                self.sconosciuti += 1;
                self.nota(scaffale, uid, "sul server, non nel libro");
            }
            Some("da-prendere") => self.in_attesa += 1,
            Some("troppo-grande") => {
                self.troppo_grandi += 1;
                self.nota(scaffale, uid, "troppo grande, resta sul server");
            }
            Some(_) => self.presi += 1,
        }
        if !nel_deposito {
            self.senza_file += 1;
            self.nota(scaffale, uid, "preso, ma il suo file non è nel deposito");
        }
    }
}

/// The reconciliation of a mailbox on a day.
#[derive(Debug, Clone)]
pub struct Riconciliazione {
    /// The day.
    pub giorno: NaiveDate,
    /// When it was made.
    pub istante: Istante,
    /// What it says.
    pub conto: Conto,
}

impl Visita<'_> {
    /// True if it was not made today.
    pub(super) fn manca_oggi(&self) -> Result<bool, Errore> {
        let (casella, oggi) = (self.casella.id, self.officina.db.orologio().adesso().giorno());
        fermo(|| self.officina.db.leggi(|conn| Ok(!fatta(conn, casella, oggi)?)))
    }

    /// Puts this folder beside the ledger.
    pub(super) async fn confronta(
        &self,
        s: &mut Sessione,
        scaffale: Scaffale<'_>,
        conto: &mut Conto,
    ) -> Result<(), Errore> {
        let ultimo = fermo(|| self.officina.db.leggi(|conn| libro::ultimo(conn, scaffale)))?;
        // What comes after the last row arrived since the visit: the next one sees it.
        let presenti: Vec<u32> = s.uid_da(1).await?.into_iter().take_while(|u| *u <= ultimo).collect();
        for blocco in presenti.chunks(UID_INSIEME) {
            let righe = fermo(|| self.officina.db.leggi(|conn| libro::righe(conn, scaffale, blocco)))?;
            for uid in blocco {
                let riga = righe.get(uid);
                let impronta = riga.and_then(|r| r.sha256.as_deref()).and_then(|s| s.parse::<Impronta>().ok());
                let nel_deposito = impronta.is_none_or(|i| fermo(|| self.officina.deposito.apri(&i).is_ok()));
                conto.presente(scaffale, *uid, riga, nel_deposito);
            }
        }
        let presenti: HashSet<u32> = presenti.into_iter().collect();
        let mut dopo = 0;
        loop {
            let creduti = fermo(|| self.officina.db.leggi(|conn| libro::creduti_presenti(conn, scaffale, dopo)))?;
            let Some((ultimo, _)) = creduti.last() else { return Ok(()) };
            dopo = *ultimo;
            let via: Vec<(u32, bool)> = creduti.into_iter().filter(|(u, _)| !presenti.contains(u)).collect();
            for (uid, preso) in &via {
                if *preso {
                    conto.assenti += 1;
                } else {
                    conto.spariti += 1;
                    conto.nota(scaffale, *uid, "tolto dal server da altri prima di essere preso");
                }
            }
            self.annota(|op| libro::non_ci_sono(op, scaffale, &via))?;
        }
    }

    /// Writes what was found, unless another process did so today.
    pub(super) fn riconcilia(&self, conto: &Conto) -> Result<(), Errore> {
        self.annota(|op| scrivi(op, self.casella.id, conto))
    }
}

fn fatta(conn: &mut Conn, casella: CasellaId, giorno: NaiveDate) -> Result<bool, Errore> {
    let fatte: i64 = tabella::table
        .filter(tabella::casella_id.eq(casella.to_string()).and(tabella::giorno.eq(giorno)))
        .count()
        .get_result(conn)?;
    Ok(fatte > 0)
}

fn scrivi(op: &mut Operazione<'_>, casella: CasellaId, c: &Conto) -> Result<(), Errore> {
    let giorno = op.ora.giorno();
    if fatta(op.conn, casella, giorno)? {
        return Ok(());
    }
    let numero = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let riga = RigaTabella {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        casella_id: casella.to_string(),
        giorno,
        sul_server: numero(c.sul_server),
        presi: numero(c.presi),
        in_attesa: numero(c.in_attesa),
        troppo_grandi: numero(c.troppo_grandi),
        sconosciuti: numero(c.sconosciuti),
        assenti: numero(c.assenti),
        spariti: numero(c.spariti),
        senza_file: numero(c.senza_file),
        differenze: c.differenze.join("\n"),
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "riconciliazione", &riga.id, &riga.carico())?;
    Ok(())
}

/// The reconciliations of these mailboxes, the newest first, at most `quante` of each.
pub(super) fn riconciliazioni(
    conn: &mut Conn,
    caselle: &[CasellaId],
    quante: i64,
) -> Result<HashMap<CasellaId, Vec<Riconciliazione>>, Errore> {
    let mut tutte = HashMap::new();
    for casella in caselle.iter().collect::<BTreeSet<_>>() {
        let righe: Vec<RigaTabella> = tabella::table
            .filter(tabella::casella_id.eq(casella.to_string()))
            .order(tabella::giorno.desc())
            .limit(quante)
            .select(RigaTabella::as_select())
            .load(conn)?;
        tutte.insert(*casella, righe.into_iter().map(RigaTabella::valore).collect());
    }
    Ok(tutte)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct RigaTabella {
    id: String,
    aoo_id: String,
    casella_id: String,
    giorno: NaiveDate,
    sul_server: i64,
    presi: i64,
    in_attesa: i64,
    troppo_grandi: i64,
    sconosciuti: i64,
    assenti: i64,
    spariti: i64,
    senza_file: i64,
    differenze: String,
    istante: chrono::NaiveDateTime,
}

impl RigaTabella {
    fn valore(self) -> Riconciliazione {
        let conto = Conto {
            sul_server: intero(self.sul_server),
            presi: intero(self.presi),
            in_attesa: intero(self.in_attesa),
            troppo_grandi: intero(self.troppo_grandi),
            sconosciuti: intero(self.sconosciuti),
            assenti: intero(self.assenti),
            spariti: intero(self.spariti),
            senza_file: intero(self.senza_file),
            differenze: self.differenze.lines().map(str::to_owned).collect(),
        };
        Riconciliazione { giorno: self.giorno, istante: Istante::from_utc(self.istante), conto }
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("casella", &self.casella_id)
            .campo("giorno", self.giorno)
            .campo("sul-server", self.sul_server)
            .campo("presi", self.presi)
            .campo("in-attesa", self.in_attesa)
            .campo("troppo-grandi", self.troppo_grandi)
            .campo("sconosciuti", self.sconosciuti)
            .campo("assenti", self.assenti)
            .campo("spariti", self.spariti)
            .campo("senza-file", self.senza_file)
            .campo("differenze", &self.differenze)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(in super::super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(in super::super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<RigaTabella> =
        tabella::table.filter(tabella::id.eq_any(ids)).select(RigaTabella::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
