//! From what is asked to what the index understands, with who asks inside the question.

use super::campi::{Campi, italiano, ordine, parole};
use super::domanda::{self, Clausola, Domanda, Termine};
use super::esclusa::Esclusa;
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, NumeroProtocollo};
use chrono::{Days, NaiveDate};
use std::ops::Bound;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, EmptyQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

type Q = Box<dyn Query>;

/// The whole question: what this person may see, and of that what is asked.
pub(super) fn query(c: &Campi, vista: &Vista, domanda: &Domanda) -> Q {
    let mut tutte = vec![vede(c, vista)];
    tutte.extend(domanda.filtri.iter().map(|t| termine(c, t, true)));
    if !domanda.gruppi.is_empty() {
        tutte.push(una(domanda.gruppi.iter().map(|g| gruppo(c, g)).collect()));
    }
    tutte_insieme(tutte)
}

/// What comes after this place in the order of results.
pub(super) fn dopo(c: &Campi, ultimo: i64) -> Q {
    Box::new(RangeQuery::new(Bound::Unbounded, Bound::Excluded(Term::from_field_i64(c.ordine, ultimo))))
}

/// True while the text of a file is missing.
pub(super) fn manca(c: &Campi) -> Q {
    esatto(Term::from_field_bool(c.manca, true))
}

/// The filter of law 5, as `registro::vede` says it in SQL.
pub(super) fn vede(c: &Campi, vista: &Vista) -> Q {
    let aoo = esatto(Term::from_field_text(c.aoo, &vista.aoo().to_string()));
    let mut concesse: Vec<Q> =
        vista.uffici().iter().map(|ufficio| esatto(Term::from_field_text(c.vede, ufficio))).collect();
    // What a person is given to look at is over on its day, of which the index hears nothing: it is asked by id.
    let date: Vec<Term> = vista.visioni().iter().map(|id| Term::from_field_text(c.id, id)).collect();
    if !date.is_empty() {
        concesse.push(Box::new(TermSetQuery::new(date)));
    }
    match vista {
        Vista::Intera(_) => aoo,
        Vista::SenzaRiservati(..) => {
            concesse.push(esatto(Term::from_field_bool(c.riservato, false)));
            tutte_insieme(vec![aoo, una(concesse)])
        }
        Vista::Uffici(..) => tutte_insieme(vec![aoo, una(concesse)]),
    }
}

fn gruppo(c: &Campi, clausole: &[Clausola]) -> Q {
    // Something to take away from, when there are only exclusions.
    let tutto: (Occur, Q) = (Occur::Must, Box::new(AllQuery));
    let parti = clausole.iter().map(|cl| match cl.esclusa {
        false => (Occur::Must, termine(c, &cl.termine, true)),
        true => (Occur::MustNot, esclusa(termine(c, &cl.termine, false))),
    });
    Box::new(BooleanQuery::new(std::iter::once(tutto).chain(parti).collect()))
}

/// `inizio`: a word may be only the beginning of the one that is there; not so for what is left out.
fn termine(c: &Campi, termine: &Termine, inizio: bool) -> Q {
    match termine {
        Termine::Parola(testo) => match domanda::numero(testo) {
            // Of a number nobody means the beginning.
            Some(Termine::Numero(n, anno)) => una(vec![numero(c, n, anno), parola(c, testo, false)]),
            _ => parola(c, testo, inizio),
        },
        Termine::Frase(testo) => frase(c, testo),
        Termine::Numero(n, anno) => numero(c, *n, *anno),
        Termine::Oggetto(testo) => nel_campo(c.oggetto, testo, inizio),
        Termine::Mittente(testo) => nel_campo(c.mittenti, testo, inizio),
        Termine::Destinatario(testo) => nel_campo(c.destinatari, testo, inizio),
        Termine::Voce(codice) => esatto(Term::from_field_text(c.voce, codice)),
        Termine::Ufficio(codice) => esatto(Term::from_field_text(c.ufficio, codice)),
        Termine::Flusso(flusso) => esatto(Term::from_field_text(c.flusso, flusso)),
        Termine::Dal(giorno) => intervallo(c, Some(*giorno), None),
        Termine::Al(giorno) => intervallo(c, None, giorno.checked_add_days(Days::new(1))),
    }
}

/// Every word that a blank-free text holds (`l'istanza` holds two), anywhere: by meaning, or whole, or by its beginning.
fn parola(c: &Campi, testo: &str, inizio: bool) -> Q {
    let tutte = parole_di(testo).into_iter().map(|parola| {
        let mut modi: Vec<Q> = radici(&parola)
            .iter()
            .flat_map(|(_, radice)| c.di_testo().map(|campo| esatto(Term::from_field_text(campo, radice))))
            .collect();
        modi.push(comincia(c.parole, &parola, inizio));
        una(modi)
    });
    o_niente(tutte.collect())
}

/// The same in one field, which has no whole words: their beginning is looked for among meanings.
fn nel_campo(campo: Field, testo: &str, inizio: bool) -> Q {
    let tutte = parole_di(testo).into_iter().map(|parola| {
        let radici = radici(&parola);
        let mut modi: Vec<Q> = radici.iter().map(|(_, r)| esatto(Term::from_field_text(campo, r))).collect();
        modi.push(comincia(campo, &parola, inizio));
        una(modi)
    });
    o_niente(tutte.collect())
}

fn comincia(campo: Field, parola: &str, inizio: bool) -> Q {
    let termine = Term::from_field_text(campo, parola);
    match inizio {
        true => Box::new(FuzzyTermQuery::new_prefix(termine, 0, false)),
        false => esatto(termine),
    }
}

/// Words one after the other in one field, by meaning.
fn frase(c: &Campi, testo: &str) -> Q {
    let radici = radici(testo);
    match radici.as_slice() {
        // Nothing but stop words.
        [] => parola(c, testo, false),
        [(_, radice)] => una(c.di_testo().map(|campo| esatto(Term::from_field_text(campo, radice))).into()),
        _ => una(c.di_testo().map(|campo| una_frase(campo, &radici)).into()),
    }
}

fn una_frase(campo: Field, radici: &[(usize, String)]) -> Q {
    let termini = radici.iter().map(|(posto, r)| (*posto, Term::from_field_text(campo, r))).collect();
    Box::new(PhraseQuery::new_with_offset(termini))
}

fn numero(c: &Campi, numero: NumeroProtocollo, anno: Option<i32>) -> Q {
    let mut parti = vec![esatto(Term::from_field_i64(c.numero, numero.valore()))];
    parti.extend(anno.map(|anno| esatto(Term::from_field_i64(c.anno, i64::from(anno)))));
    tutte_insieme(parti)
}

/// From the beginning of a legal day, up to the beginning of another.
fn intervallo(c: &Campi, da: Option<NaiveDate>, a: Option<NaiveDate>) -> Q {
    let inizio = |giorno: NaiveDate| {
        let istante = Istante::inizio(giorno).date_time().timestamp_millis();
        Term::from_field_i64(c.ordine, ordine(istante, 0))
    };
    let da = da.map(inizio).map_or(Bound::Unbounded, Bound::Included);
    let a = a.map(inizio).map_or(Bound::Unbounded, Bound::Excluded);
    match (&da, &a) {
        (Bound::Unbounded, Bound::Unbounded) => Box::new(AllQuery),
        _ => Box::new(RangeQuery::new(da, a)),
    }
}

/// The words of a text, whole.
pub(super) fn parole_di(testo: &str) -> Vec<String> {
    let mut trovate = Vec::new();
    parole().token_stream(testo).process(&mut |t| trovate.push(t.text.clone()));
    trovate
}

/// The words of a text by meaning, each with its place.
pub(super) fn radici(testo: &str) -> Vec<(usize, String)> {
    let mut trovate = Vec::new();
    italiano().token_stream(testo).process(&mut |t| trovate.push((t.position, t.text.clone())));
    trovate
}

fn esclusa(q: Q) -> Q {
    Box::new(Esclusa(q))
}

fn esatto(termine: Term) -> Q {
    Box::new(TermQuery::new(termine, IndexRecordOption::Basic))
}

fn una(modi: Vec<Q>) -> Q {
    match modi.is_empty() {
        true => Box::new(EmptyQuery),
        false => Box::new(BooleanQuery::union(modi)),
    }
}

pub(super) fn tutte_insieme(parti: Vec<Q>) -> Q {
    Box::new(BooleanQuery::intersection(parti))
}

/// What holds no word at all (`---`) asks for nothing.
fn o_niente(parti: Vec<Q>) -> Q {
    match parti.is_empty() {
        true => Box::new(AllQuery),
        false => tutte_insieme(parti),
    }
}
