//! A statement that stays prepared. diesel parses each UPDATE and each text anew at every call, which for the few that every
//! registration makes costs a sixth of its time.

use chrono::NaiveDateTime;
use diesel::QueryResult;
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text, Timestamp};
use std::marker::PhantomData;

/// A value of a [`Comando`].
#[derive(Debug, Clone, Copy)]
pub enum Valore<'a> {
    /// TEXT.
    Testo(&'a str),
    /// BIGINT.
    Numero(i64),
    /// TIMESTAMP.
    Istante(NaiveDateTime),
}

/// One statement, with `?` where its values go, in their order; `R` is the SQL type of the one column that it answers, if any.
#[derive(Debug)]
pub struct Comando<'a, R = ()> {
    testo: &'static str,
    valori: Vec<Valore<'a>>,
    risponde: PhantomData<R>,
}

impl<'a, R> Comando<'a, R> {
    /// The text is ours and never holds what somebody typed: that goes into `valori`.
    #[must_use]
    pub fn new(testo: &'static str, valori: Vec<Valore<'a>>) -> Self {
        Self { testo, valori, risponde: PhantomData }
    }
}

impl<R, DB> QueryFragment<DB> for Comando<'_, R>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt> + HasSqlType<Timestamp>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut valori = self.valori.iter();
        for (i, pezzo) in self.testo.split('?').enumerate() {
            if i > 0 {
                match valori.next() {
                    Some(Valore::Testo(testo)) => out.push_bind_param::<Text, str>(testo)?,
                    Some(Valore::Numero(numero)) => out.push_bind_param::<BigInt, i64>(numero)?,
                    Some(Valore::Istante(istante)) => out.push_bind_param::<Timestamp, NaiveDateTime>(istante)?,
                    None => out.push_sql("?"),
                }
            }
            out.push_sql(pezzo);
        }
        Ok(())
    }
}

impl<R> QueryId for Comando<'_, R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<R> Query for Comando<'_, R> {
    type SqlType = R;
}

impl<R, C> RunQueryDsl<C> for Comando<'_, R> {}
