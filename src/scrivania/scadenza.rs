//! By which day a term ends, whatever stopped it on the way (L. 241/1990 art. 2 c. 7, art. 10-bis). Pure: days in, days out.

use super::Errore;
use crate::valori::{Calendario, Rifiuto, giorno_breve};
use chrono::{Days, NaiveDate};
use std::fmt::Write as _;
use std::str::FromStr;

/// How long a term may be suspended, once (L. 241/1990 art. 2 c. 7).
const MASSIMA_SOSPENSIONE: i64 = 30;

/// Within how many days observations may be sent, and after how many from then the term runs again (art. 10-bis, as changed in 2020).
const OSSERVAZIONI: u32 = 10;

/// What happens to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CosaVicenda {
    /// It stands still up to a day (art. 2 c. 7).
    Sospensione,
    /// It stands still after a *preavviso di rigetto* (art. 10-bis).
    Preavviso,
    /// It stands still, and starts again from its first day when what was missing arrives.
    Interruzione,
    /// What was missing arrived.
    Ripresa,
}

impl CosaVicenda {
    /// The word of the database, of the chain and of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sospensione => "sospensione",
            Self::Preavviso => "preavviso",
            Self::Interruzione => "interruzione",
            Self::Ripresa => "ripresa",
        }
    }
}

impl FromStr for CosaVicenda {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let tutte = [Self::Sospensione, Self::Preavviso, Self::Interruzione, Self::Ripresa];
        let trovata = tutte.into_iter().find(|c| c.as_str() == testo);
        trovata.ok_or(Rifiuto { che: "vicenda del termine", regola: "è una delle quattro della legge".to_owned() })
    }
}

/// One thing that happened to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vicenda {
    /// What.
    pub cosa: CosaVicenda,
    /// On which day.
    pub giorno: NaiveDate,
    /// Of a suspension, the day from which it runs again by itself; of a preavviso, the last one for observations.
    pub fino: Option<NaiveDate>,
}

impl Vicenda {
    /// As it is recorded: a preavviso has ten days for observations, and if the last is a holiday the next day that is none.
    #[must_use]
    pub(super) fn completa(self, calendario: &Calendario) -> Self {
        if self.cosa != CosaVicenda::Preavviso {
            return self;
        }
        Self { fino: Some(calendario.scadenza(self.giorno, OSSERVAZIONI)), ..self }
    }
}

/// What a term does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Andamento {
    /// It runs since `da` and has `resta` days from there.
    Corre { da: NaiveDate, resta: u64 },
    /// It stands still up to `fino`, and then has `resta` days.
    Sospeso { cosa: CosaVicenda, dal: NaiveDate, fino: NaiveDate, resta: u64 },
    /// It stands still until what is missing arrives, and then starts again.
    Interrotto { dal: NaiveDate },
}

/// A term counted to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conto {
    andamento: Andamento,
    /// From which day it is counted: the presentazione, or what put an interruption to its end.
    decorre: NaiveDate,
    giorni: u32,
    /// Days it stood still.
    sospesi: i64,
    sospesa: bool,
    preavvisata: bool,
    interrotta: bool,
}

impl Conto {
    /// Counts a term of `giorni` that runs from `decorre`; the first day does not count.
    #[must_use]
    pub fn new(decorre: NaiveDate, giorni: u32, vicende: &[Vicenda]) -> Self {
        let corre = Andamento::Corre { da: decorre, resta: u64::from(giorni) };
        let (sospesa, preavvisata, interrotta) = (false, false, false);
        let mut conto = Self { andamento: corre, decorre, giorni, sospesi: 0, sospesa, preavvisata, interrotta };
        for v in vicende {
            conto.segui(v);
        }
        conto
    }

    fn segui(&mut self, v: &Vicenda) {
        self.arriva_a(v.giorno);
        let dopo =
            |giorno: NaiveDate| giorno.checked_add_days(Days::new(u64::from(OSSERVAZIONI))).unwrap_or(NaiveDate::MAX);
        self.andamento = match (v.cosa, self.andamento) {
            (CosaVicenda::Ripresa, Andamento::Interrotto { .. }) => {
                (self.decorre, self.sospesi) = (v.giorno, 0);
                Andamento::Corre { da: v.giorno, resta: u64::from(self.giorni) }
            }
            (CosaVicenda::Ripresa, Andamento::Sospeso { cosa: CosaVicenda::Sospensione, dal, resta, .. }) => {
                self.sospesi += v.giorno.signed_duration_since(dal).num_days();
                Andamento::Corre { da: v.giorno, resta }
            }
            (CosaVicenda::Ripresa, Andamento::Sospeso { cosa: CosaVicenda::Preavviso, dal, resta, .. }) => {
                Andamento::Sospeso { cosa: CosaVicenda::Ripresa, dal, fino: dopo(v.giorno), resta }
            }
            (CosaVicenda::Ripresa, altro) => altro,
            (CosaVicenda::Interruzione, _) => {
                self.interrotta = true;
                Andamento::Interrotto { dal: v.giorno }
            }
            (cosa, Andamento::Corre { da, resta }) => {
                self.sospesa |= cosa == CosaVicenda::Sospensione;
                self.preavvisata |= cosa == CosaVicenda::Preavviso;
                let passati = u64::try_from(v.giorno.signed_duration_since(da).num_days()).unwrap_or(0);
                let fino = v.fino.unwrap_or_else(|| dopo(v.giorno));
                Andamento::Sospeso { cosa, dal: v.giorno, fino, resta: resta.saturating_sub(passati) }
            }
            (_, fermo) => fermo,
        };
    }

    /// A suspension whose last day is gone is over, whether or not anything arrived. Observations may still come on the last day
    /// that they have.
    fn arriva_a(&mut self, giorno: NaiveDate) {
        if let Andamento::Sospeso { cosa, dal, fino, resta } = self.andamento
            && (giorno > fino || (giorno == fino && cosa != CosaVicenda::Preavviso))
        {
            self.sospesi += fino.signed_duration_since(dal).num_days();
            self.andamento = Andamento::Corre { da: fino, resta };
        }
    }

    /// The day on which the count ends, holiday or not; none while it is interrupted.
    fn ultimo(&self) -> Option<(NaiveDate, u64)> {
        match self.andamento {
            Andamento::Corre { da, resta } => Some((da, resta)),
            Andamento::Sospeso { fino, resta, .. } => Some((fino, resta)),
            Andamento::Interrotto { .. } => None,
        }
    }

    /// The last day: if the count ends on a holiday, the next day that is none (art. 2963 c.c.). None while it is interrupted.
    #[must_use]
    pub fn scade(&self, calendario: &Calendario) -> Option<NaiveDate> {
        self.ultimo().map(|(da, resta)| calendario.scadenza(da, u32::try_from(resta).unwrap_or(u32::MAX)))
    }

    /// The count in words, ending with the day that was computed from it.
    #[must_use]
    pub fn spiega(&self, scade: Option<NaiveDate>, oggi: NaiveDate) -> String {
        let mut fin_qui = *self;
        fin_qui.arriva_a(oggi);
        let mut detto = format!("{} dal {}", giorni(i64::from(self.giorni)), data(self.decorre));
        if self.interrotta && !matches!(self.andamento, Andamento::Interrotto { .. }) {
            detto += ", quando è ripartito dopo l'interruzione";
        }
        if fin_qui.sospesi > 0 {
            // Writing to a String does not fail.
            let _ = write!(detto, ", sospeso {}", giorni(fin_qui.sospesi));
        }
        match fin_qui.andamento {
            Andamento::Interrotto { dal } => {
                let _ = write!(detto, ", interrotto dal {}: riparte da capo con l'integrazione", data(dal));
            }
            Andamento::Sospeso { dal, fino, .. } => {
                let _ = write!(detto, ", sospeso dal {} (riparte al più tardi il {})", data(dal), data(fino));
            }
            Andamento::Corre { .. } => {}
        }
        let Some(scade) = scade else { return detto };
        let _ = write!(detto, ": {} {} {}", verbo(scade, oggi), giorno_breve(scade), data(scade));
        let ultimo = self.ultimo().and_then(|(da, resta)| da.checked_add_days(Days::new(resta)));
        if let Some(festivo) = ultimo.filter(|u| *u != scade) {
            let _ = write!(detto, ", perché il {} è festivo", data(festivo));
        }
        detto
    }

    /// True if it stands still on this day.
    #[must_use]
    pub fn fermo(&self, oggi: NaiveDate) -> bool {
        let mut fin_qui = *self;
        fin_qui.arriva_a(oggi);
        !matches!(fin_qui.andamento, Andamento::Corre { .. })
    }

    /// Refuses what the law does not let happen to the term on this day.
    pub(super) fn ammette(
        &self,
        v: &Vicenda,
        (scade, oggi): (Option<NaiveDate>, NaiveDate),
        interrompibile: bool,
    ) -> Result<(), Errore> {
        let mut fin_qui = *self;
        fin_qui.arriva_a(v.giorno);
        if v.cosa == CosaVicenda::Ripresa {
            return fin_qui.ammette_ripresa(v.giorno, oggi);
        }
        if !matches!(fin_qui.andamento, Andamento::Corre { .. }) {
            return Err(Errore::GiaFermo);
        }
        if let Some(scade) = scade.filter(|s| v.giorno > *s) {
            return Err(Errore::Scaduto(scade));
        }
        match v.cosa {
            CosaVicenda::Sospensione if self.sospesa => Err(Errore::GiaSospeso),
            CosaVicenda::Sospensione => {
                let dura = v.fino.map_or(0, |fino| fino.signed_duration_since(v.giorno).num_days());
                let va_bene = (1..=MASSIMA_SOSPENSIONE).contains(&dura);
                if va_bene { Ok(()) } else { Err(Errore::Sospensione(MASSIMA_SOSPENSIONE)) }
            }
            CosaVicenda::Preavviso if self.preavvisata => Err(Errore::GiaPreavvisato),
            CosaVicenda::Interruzione if !interrompibile => Err(Errore::NonInterrompibile),
            CosaVicenda::Interruzione | CosaVicenda::Preavviso | CosaVicenda::Ripresa => Ok(()),
        }
    }

    fn ammette_ripresa(&self, giorno: NaiveDate, oggi: NaiveDate) -> Result<(), Errore> {
        let dal = match self.andamento {
            Andamento::Interrotto { dal } => dal,
            Andamento::Sospeso { cosa: CosaVicenda::Sospensione | CosaVicenda::Preavviso, dal, .. } => dal,
            Andamento::Sospeso { .. } | Andamento::Corre { .. } => return Err(Errore::NonFermo),
        };
        if (dal..=oggi).contains(&giorno) { Ok(()) } else { Err(Errore::Ripresa(dal)) }
    }
}

fn verbo(scade: NaiveDate, oggi: NaiveDate) -> &'static str {
    if scade < oggi { "è scaduto" } else { "scade" }
}

fn giorni(quanti: i64) -> String {
    if quanti == 1 { "1 giorno".to_owned() } else { format!("{quanti} giorni") }
}

fn data(giorno: NaiveDate) -> String {
    giorno.format("%d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::valori::Istante;

    fn giorno(testo: &str) -> NaiveDate {
        testo.parse().unwrap()
    }

    /// `sospensione 2026-03-20 2026-03-30`: what, when, up to when.
    fn vicenda(testo: &str) -> Vicenda {
        let mut parole = testo.split(' ');
        let cosa = parole.next().unwrap().parse().unwrap();
        let quando = giorno(parole.next().unwrap());
        Vicenda { cosa, giorno: quando, fino: parole.next().map(giorno) }.completa(&Calendario::default())
    }

    fn conto(presentata: &str, giorni: u32, vicende: &[&str]) -> Conto {
        let vicende: Vec<Vicenda> = vicende.iter().map(|v| vicenda(v)).collect();
        Conto::new(presentata.parse::<Istante>().unwrap().giorno(), giorni, &vicende)
    }

    #[test]
    fn the_last_day_is_that_of_the_law() {
        let check = |presentata: &str, giorni, vicende: &[&str], atteso: &str| {
            let scade = conto(presentata, giorni, vicende).scade(&Calendario::default());
            let detto = scade.map_or("mai".to_owned(), |s| s.to_string());
            assert_eq!(detto, atteso, "{presentata} + {giorni} {vicende:?}");
        };
        check("2026-03-12T08:00:00Z", 30, &[], "2026-04-11");
        check("2026-03-12T08:00:00Z", 30, &["sospensione 2026-03-20 2026-03-30"], "2026-04-21");
        // Easter Monday, Sunday 4 October and, a year later, Monday 4 October; New Year's Day; the last day of the year is none.
        check("2026-03-07T08:00:00Z", 30, &[], "2026-04-07");
        check("2026-09-04T08:00:00Z", 30, &[], "2026-10-05");
        check("2027-09-04T08:00:00Z", 30, &[], "2027-10-05");
        check("2026-12-02T08:00:00Z", 30, &[], "2027-01-02");
        check("2026-12-01T08:00:00Z", 30, &[], "2026-12-31");
        // A leap day is a day like the others.
        check("2028-01-30T08:00:00Z", 30, &[], "2028-02-29");
        check("2027-01-30T08:00:00Z", 30, &[], "2027-03-01");
        // The day is that of Rome: half an hour after midnight of both nights in which the clock changes, and of the last of the year.
        check("2026-03-28T23:30:00Z", 30, &[], "2026-04-28");
        check("2026-03-28T22:30:00Z", 30, &[], "2026-04-27");
        check("2026-10-24T22:30:00Z", 30, &[], "2026-11-24");
        check("2026-10-25T00:30:00Z", 30, &[], "2026-11-24");
        check("2026-12-31T23:30:00Z", 30, &[], "2027-02-01");
        // Holidays inside a suspension are not given back; only the last day moves: 30 days counted over Christmas.
        check("2026-12-10T08:00:00Z", 30, &["sospensione 2026-12-20 2027-01-07"], "2027-01-27");
        // Ended before its day, by what arrived; and not ended: by itself.
        check("2026-03-12T08:00:00Z", 30, &["sospensione 2026-03-20 2026-04-19", "ripresa 2026-03-25"], "2026-04-16");
        check("2026-03-12T08:00:00Z", 30, &["sospensione 2026-03-20 2026-04-19", "ripresa 2026-05-01"], "2026-05-11");
        // Suspended on the last day: the rest is nothing, and ends with the suspension.
        check("2026-03-12T08:00:00Z", 30, &["sospensione 2026-04-11 2026-04-21"], "2026-04-21");
        // Interrupted: no last day, then all the days again; what was suspended before is past.
        check("2026-03-12T08:00:00Z", 30, &["interruzione 2026-03-20"], "mai");
        check("2026-03-12T08:00:00Z", 30, &["interruzione 2026-03-20", "ripresa 2026-04-20"], "2026-05-20");
        check(
            "2026-03-12T08:00:00Z",
            30,
            &["sospensione 2026-03-15 2026-03-20", "interruzione 2026-03-22", "ripresa 2026-04-20"],
            "2026-05-20",
        );
        // Preavviso di rigetto: ten days for observations, ten more after they came.
        check("2026-03-12T08:00:00Z", 30, &["preavviso 2026-04-01"], "2026-04-21");
        check("2026-03-12T08:00:00Z", 30, &["preavviso 2026-04-01", "ripresa 2026-04-05"], "2026-04-27");
        // They may come on the tenth day, not after it; a tenth day that is Easter moves to the Tuesday.
        check("2026-03-12T08:00:00Z", 30, &["preavviso 2026-04-01", "ripresa 2026-04-11"], "2026-05-02");
        check("2026-03-12T08:00:00Z", 30, &["preavviso 2026-04-01", "ripresa 2026-04-12"], "2026-04-21");
        check("2026-03-12T08:00:00Z", 30, &["preavviso 2026-03-26"], "2026-04-23");
        check("2026-03-12T08:00:00Z", 30, &["preavviso 2026-03-26", "ripresa 2026-04-07"], "2026-05-04");
    }

    #[test]
    fn the_count_is_told_in_words() {
        let check = |vicende: &[&str], oggi: &str, atteso: &str| {
            let conto = conto("2026-03-12T08:00:00Z", 30, vicende);
            assert_eq!(conto.spiega(conto.scade(&Calendario::default()), giorno(oggi)), atteso);
        };
        let una = "sospensione 2026-03-20 2026-03-30";
        check(&[], "2026-03-20", "30 giorni dal 12/03/2026: scade sab 11/04/2026");
        check(&[], "2026-04-12", "30 giorni dal 12/03/2026: è scaduto sab 11/04/2026");
        check(&[una], "2026-04-01", "30 giorni dal 12/03/2026, sospeso 10 giorni: scade mar 21/04/2026");
        check(
            &[una],
            "2026-03-21",
            "30 giorni dal 12/03/2026, sospeso dal 20/03/2026 (riparte al più tardi il 30/03/2026): scade mar 21/04/2026",
        );
        check(
            &["interruzione 2026-03-20"],
            "2026-03-21",
            "30 giorni dal 12/03/2026, interrotto dal 20/03/2026: riparte da capo con l'integrazione",
        );
        check(
            &["interruzione 2026-03-20", "ripresa 2026-03-26"],
            "2026-03-30",
            "30 giorni dal 26/03/2026, quando è ripartito dopo l'interruzione: scade lun 27/04/2026, perché il 25/04/2026 è festivo",
        );
    }

    #[test]
    fn a_term_is_suspended_once_and_only_while_it_runs() {
        let check = |prima: &[&str], nuova: &str, interrompibile, atteso: &str| {
            let conto = conto("2026-03-12T08:00:00Z", 30, prima);
            let quando = (conto.scade(&Calendario::default()), giorno("2026-06-01"));
            let esito = conto.ammette(&vicenda(nuova), quando, interrompibile);
            let detto = esito.map_or_else(|e| format!("{e:?}"), |()| "sì".to_owned());
            assert!(detto.starts_with(atteso), "{prima:?} {nuova}: {detto}");
        };
        let una = "sospensione 2026-03-20 2026-03-30";
        check(&[], una, false, "sì");
        check(&[], "sospensione 2026-03-20 2026-04-19", false, "sì");
        check(&[], "sospensione 2026-03-20 2026-04-20", false, "Sospensione");
        check(&[], "sospensione 2026-03-20 2026-03-20", false, "Sospensione");
        check(&[], "sospensione 2026-03-20", false, "Sospensione");
        check(&[], "sospensione 2026-04-12 2026-04-20", false, "Scaduto");
        check(&[una], "sospensione 2026-03-25 2026-04-01", false, "GiaFermo");
        check(&[una], "sospensione 2026-04-02 2026-04-05", false, "GiaSospeso");
        check(&[una], "preavviso 2026-04-02", false, "sì");
        check(&[], "interruzione 2026-03-20", false, "NonInterrompibile");
        check(&[], "interruzione 2026-03-20", true, "sì");
        check(&[], "ripresa 2026-03-20", true, "NonFermo");
        check(&[una], "ripresa 2026-03-25", true, "sì");
        check(&[una], "ripresa 2026-03-30", true, "NonFermo");
        check(&["interruzione 2026-03-20"], "ripresa 2026-03-19", true, "Ripresa");
        check(&["interruzione 2026-03-20"], "ripresa 2026-06-02", true, "Ripresa");
        check(&["preavviso 2026-04-01", "ripresa 2026-04-05"], "ripresa 2026-04-06", true, "NonFermo");
        check(&["preavviso 2026-04-01"], "ripresa 2026-04-11", true, "sì");
        check(&["preavviso 2026-04-01"], "ripresa 2026-04-12", true, "NonFermo");
        check(&["preavviso 2026-03-26"], "ripresa 2026-04-07", true, "sì");
        check(&["preavviso 2026-03-26"], "ripresa 2026-04-08", true, "NonFermo");
        check(&["preavviso 2026-04-01"], "preavviso 2026-04-11", true, "GiaFermo");
        check(&["preavviso 2026-04-01"], "preavviso 2026-04-12", true, "GiaPreavvisato");
        check(&["preavviso 2026-04-01"], "sospensione 2026-04-13 2026-04-20", true, "sì");
    }
}
