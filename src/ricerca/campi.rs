//! The fields of the index, and how a text becomes words.

use tantivy::Index;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
};

/// Number of this list of fields: an index that was made with another one is made again.
pub(super) const FORMATO: u32 = 1;

/// Longest word kept, in bytes: what is longer is no word.
const MASSIMA_PAROLA: usize = 64;

const ITALIANO: &str = "italiano";
const PAROLE: &str = "parole";

/// The fields of a registration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Campi {
    /// Its id.
    pub id: Field,
    /// Who may see it: its AOO, whether it is riservato, the offices that were granted sight.
    pub aoo: Field,
    pub riservato: Field,
    pub vede: Field,
    /// Year and number.
    pub anno: Field,
    pub numero: Field,
    /// The place in the order of results: see [`ordine`].
    pub ordine: Field,
    /// Direction, code of the office in charge, codes of the voce and of those above it.
    pub flusso: Field,
    pub ufficio: Field,
    pub voce: Field,
    /// What is searched by meaning: words without ending, accents and capitals.
    pub oggetto: Field,
    pub mittenti: Field,
    pub destinatari: Field,
    pub testo: Field,
    pub altro: Field,
    /// All words of the five above, whole, for those who type only the beginning.
    pub parole: Field,
    /// True while the text of a file is missing.
    pub manca: Field,
}

impl Campi {
    /// The schema and its fields.
    pub(super) fn schema() -> (Schema, Self) {
        let mut s = Schema::builder();
        let testo = |tokenizer: &str, opzione| {
            let come = TextFieldIndexing::default().set_tokenizer(tokenizer).set_fieldnorms(false);
            TextOptions::default().set_indexing_options(come.set_index_option(opzione))
        };
        let italiano = testo(ITALIANO, IndexRecordOption::WithFreqsAndPositions);
        let campi = Self {
            id: s.add_text_field("id", STRING | STORED),
            aoo: s.add_text_field("aoo", STRING),
            riservato: s.add_bool_field("riservato", INDEXED),
            vede: s.add_text_field("vede", STRING),
            anno: s.add_i64_field("anno", INDEXED),
            numero: s.add_i64_field("numero", INDEXED),
            ordine: s.add_i64_field("ordine", INDEXED | FAST),
            flusso: s.add_text_field("flusso", STRING),
            ufficio: s.add_text_field("ufficio", STRING),
            voce: s.add_text_field("voce", STRING),
            oggetto: s.add_text_field("oggetto", italiano.clone()),
            mittenti: s.add_text_field("mittenti", italiano.clone()),
            destinatari: s.add_text_field("destinatari", italiano.clone()),
            testo: s.add_text_field("testo", italiano.clone()),
            altro: s.add_text_field("altro", italiano),
            parole: s.add_text_field("parole", testo(PAROLE, IndexRecordOption::Basic)),
            manca: s.add_bool_field("manca", INDEXED),
        };
        (s.build(), campi)
    }

    /// The fields searched by meaning.
    pub(super) fn di_testo(&self) -> [Field; 5] {
        [self.oggetto, self.mittenti, self.destinatari, self.testo, self.altro]
    }
}

/// Tells the index how to make words.
pub(super) fn prepara(index: &Index) {
    index.tokenizers().register(ITALIANO, italiano());
    index.tokenizers().register(PAROLE, parole());
}

/// Words by meaning. Accents go before the ending, so that who types without them finds the same.
pub(super) fn italiano() -> TextAnalyzer {
    let parole = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(MASSIMA_PAROLA))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter);
    // Where a stop word was stays a hole, so "accesso agli atti" as a phrase is not "accesso atti".
    match StopWordFilter::new(Language::Italian) {
        Some(vuote) => parole.filter(vuote).filter(Stemmer::new(Language::Italian)).build(),
        None => parole.filter(Stemmer::new(Language::Italian)).build(),
    }
}

/// Whole words, stop words too, without accents and capitals.
pub(super) fn parole() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(MASSIMA_PAROLA))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// Numbers that share a millisecond without confusion.
const NELLO_STESSO_MS: i64 = 4_096;

/// The place of a registration in the order of results: by instant, then by number. No two of a register have the same.
pub(super) fn ordine(istante_ms: i64, numero: i64) -> i64 {
    istante_ms.saturating_mul(NELLO_STESSO_MS).saturating_add(numero.rem_euclid(NELLO_STESSO_MS))
}
