//! A query that may stand behind `-`.
//!
//! tantivy 0.27 asks what is to be left out for documents that it has passed already; a phrase then answers wrongly (in a debug
//! build it panics). Here whatever is asked of a document that was passed is answered without moving.

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader};

/// Matches what the query inside matches.
#[derive(Debug)]
pub(super) struct Esclusa(pub Box<dyn Query>);

impl Clone for Esclusa {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Esclusa {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(Peso(self.0.weight(scoring)?)))
    }
}

struct Peso(Box<dyn Weight>);

impl Weight for Peso {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(Passo(self.0.scorer(reader, boost)?)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(reader, doc)
    }
}

struct Passo(Box<dyn Scorer>);

// `seek_danger` is left as the trait has it: it never goes back.
impl DocSet for Passo {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.0.doc() < target { self.0.seek(target) } else { self.0.doc() }
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }
}

impl Scorer for Passo {
    fn score(&mut self) -> Score {
        self.0.score()
    }
}
