//! Validation of XML against schemas that are part of the program.
//!
//! Generic: `conservazione` validates its packages with the same [`Schema`]. Nothing is ever fetched: a schema sees only
//! the files it is given, and a document that has a DOCTYPE is refused. The engine is `xsd-schema` (XSD 1.0).

mod base64;
mod corsa;

use super::Errore;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use xsd_schema::error::{SchemaError, SchemaResult};
use xsd_schema::parser::resolver::SchemaLoader;
use xsd_schema::{SchemaSet, SchemaSetBuilder};

/// Largest document that is validated, in bytes.
pub const MASSIMO_BYTE: usize = 64 * 1024 * 1024;
/// How much the names met in documents may add to a compiled schema, in bytes, before it is thrown away: the engine never
/// forgets a name, and a hostile document can bring millions.
const MASSIMI_NOMI_BYTE: usize = 1024 * 1024;

/// A schema of ours: load once, use from every thread.
pub struct Schema {
    file: Vec<(String, String)>,
    /// Compiled sets at rest. The engine's set is not `Sync`, so a run takes one for itself and gives it back; compiling
    /// one more costs a millisecond or two.
    pronti: Mutex<Vec<SchemaSet>>,
    /// Bytes of names in a set that has seen no document.
    nomi_byte: usize,
}

/// One reason why a document is not valid: a sentence in Italian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difetto {
    /// Line of the document, from 1, near which the fault was seen.
    pub riga: usize,
    /// The sentence.
    pub frase: String,
}

impl fmt::Display for Difetto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "riga {}: {}", self.riga, self.frase)
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.file.iter().map(|(nome, _)| nome)).finish()
    }
}

impl Schema {
    /// Compiles the schemas in `file`: pairs of file name and text. The first is the main one; the others are those it
    /// includes or imports, found by the last part of their `schemaLocation`.
    ///
    /// # Errors
    /// If one does not compile, or names a file that is not among them (the engine would let everything of it pass).
    pub fn new(file: &[(&str, &str)]) -> Result<Self, Errore> {
        let file: Vec<_> = file.iter().map(|(nome, testo)| ((*nome).to_owned(), (*testo).to_owned())).collect();
        let insieme = compila(&file)?;
        let nomi_byte = insieme.name_table.heap_bytes();
        Ok(Self { file, pronti: Mutex::new(vec![insieme]), nomi_byte })
    }

    /// Validates a document in UTF-8.
    ///
    /// # Errors
    /// All the faults found, at most 100; never empty.
    pub fn valida(&self, xml: &[u8]) -> Result<(), Vec<Difetto>> {
        if xml.len() > MASSIMO_BYTE {
            let frase = format!("il documento supera {} MB e non è stato controllato", MASSIMO_BYTE / (1024 * 1024));
            return Err(vec![Difetto { riga: 1, frase }]);
        }
        let pronto = self.pronti.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let insieme = match pronto.map_or_else(|| compila(&self.file), Ok) {
            Ok(insieme) => insieme,
            Err(errore) => return Err(vec![Difetto { riga: 1, frase: errore.to_string() }]),
        };
        let difetti = corsa::valida(&insieme, &base64::unwrap_base64(xml));
        if insieme.name_table.heap_bytes() <= self.nomi_byte + MASSIMI_NOMI_BYTE {
            self.pronti.lock().unwrap_or_else(PoisonError::into_inner).push(insieme);
        }
        if difetti.is_empty() { Ok(()) } else { Err(difetti) }
    }
}

fn compila(file: &[(String, String)]) -> Result<SchemaSet, Errore> {
    let nome = file.first().map_or("", |(nome, _)| nome);
    let rotto = |motivo: String| Errore::Schema { nome: nome.to_owned(), motivo };
    let testi = file.iter().cloned().collect();
    let mut builder = SchemaSetBuilder::with_loader(Box::new(Incorporati { testi }));
    builder.try_add(nome).map_err(|e| rotto(e.to_string()))?;
    let compilato = builder.compile().map_err(|e| rotto(e.to_string()))?;
    match compilato.directive_failures().first() {
        Some(mancante) => Err(rotto(format!("{mancante:?}"))),
        None => Ok(compilato.into_schema_set()),
    }
}

/// The files given to [`Schema::new`]; nothing else can be loaded.
#[derive(Debug)]
struct Incorporati {
    testi: HashMap<String, String>,
}

impl SchemaLoader for Incorporati {
    fn load(&self, location: &str) -> SchemaResult<String> {
        let nome = location.rsplit('/').next().unwrap_or(location);
        self.testi.get(nome).cloned().ok_or_else(|| SchemaError::resolution(format!("{nome} is not embedded")))
    }
    fn can_load(&self, _location: &str) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    const BASE64: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <xs:element name="b" type="xs:base64Binary"/>
        <xs:element name="t"><xs:simpleType><xs:restriction base="xs:token"><xs:maxLength value="80"/></xs:restriction></xs:simpleType></xs:element>
        <xs:element name="r"><xs:complexType><xs:sequence><xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
        </xs:schema>"#;

    /// Twenty lines of base64, as certificates are wrapped.
    fn certificato() -> String {
        format!("<b>\n{}AAA=\n</b>", format!("{}\n", "QUJD".repeat(16)).repeat(20))
    }

    #[test]
    fn wrapped_base64_is_valid_and_long_prose_is_not() {
        let schema = Schema::new(&[("base64.xsd", BASE64)]).unwrap();
        for xml in [certificato(), certificato().replace("D\n", "D&#13;\n"), certificato().replace('\n', "\r\n  ")] {
            schema.valida(xml.as_bytes()).unwrap();
        }
        assert!(schema.valida(certificato().replace("AAA=", "A*A=").as_bytes()).is_err());
        // 84 letters and blanks: the blanks count.
        let prosa = format!("<t>{}</t>", "abcdefghijklmnopqrst ".repeat(4).trim());
        assert_eq!(schema.valida(prosa.as_bytes()).unwrap_err().len(), 1);
    }

    /// When this fails, upstream accepts wrapped base64: delete `base64.rs`.
    #[test]
    fn the_engine_still_needs_the_workaround_for_wrapped_base64() {
        let insieme = compila(&[("base64.xsd".to_owned(), BASE64.to_owned())]).unwrap();
        assert!(!corsa::valida(&insieme, certificato().as_bytes()).is_empty());
    }

    #[test]
    fn a_schema_that_imports_what_it_was_not_given_is_refused() {
        let monco = BASE64.replacen('>', "><xs:include schemaLocation=\"cartella/altro.xsd\"/>", 1);
        assert!(matches!(Schema::new(&[("monco.xsd", &monco)]), Err(Errore::Schema { .. })));
        let altro = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="x" type="xs:int"/></xs:schema>"#;
        let intero = Schema::new(&[("monco.xsd", &monco), ("altro.xsd", altro)]).unwrap();
        intero.valida(b"<x>7</x>").unwrap();
        assert!(intero.valida(b"<x>sette</x>").is_err());
    }

    #[test]
    fn faults_are_sentences_with_their_line() {
        let schema = Schema::new(&[("base64.xsd", BASE64)]).unwrap();
        let check = |xml: &str, atteso: &str| {
            let difetti = schema.valida(xml.as_bytes()).unwrap_err();
            assert_eq!(difetti.iter().map(Difetto::to_string).collect::<Vec<_>>(), [atteso], "{xml}");
        };
        check("\n\n<z/>", "riga 3: l'elemento «z» non è previsto dallo schema");
        check("<b\nc=''/>", "riga 1: l'attributo «c» non è previsto");
        check("<!DOCTYPE b><b/>", "riga 1: il documento ha un DOCTYPE, che qui non è ammesso");
        check("<r/>", "riga 1: l'elemento «r» non è completo: manca qualcosa di obbligatorio");
        let profondo = format!("<r>{}", "<a>".repeat(100_000));
        assert!(schema.valida(profondo.as_bytes()).unwrap_err()[0].frase.contains("limite"));
    }

    #[test]
    fn names_of_documents_do_not_pile_up() {
        let schema = Schema::new(&[("base64.xsd", BASE64)]).unwrap();
        let mut xml = "<r>".to_owned();
        (0..50_000).for_each(|i| write!(xml, "<nome_{i:030}/>").unwrap());
        xml.push_str("</r>");
        schema.valida(xml.as_bytes()).unwrap();
        assert!(schema.pronti.lock().unwrap().is_empty());
        schema.valida(b"<r><a/></r>").unwrap();
        assert_eq!(schema.pronti.lock().unwrap().len(), 1);
    }
}
