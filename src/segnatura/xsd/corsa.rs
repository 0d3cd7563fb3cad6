//! One run of the engine over one document: where it is, what it finds, where it must stop.

use super::Difetto;
use std::cell::{Cell, RefCell};
use std::fmt;
use xsd_schema::SchemaSet;
use xsd_schema::validation::{
    DoctypeView, DriveWithError, SchemaValidator, ValidationError, ValidationEventHandler, ValidationFlags,
    ValidationSink, ValidationSubject, ValidationWarning, drive_quick_xml_with,
};
use xsd_schema::xml::ParseLimits;

/// Deepest nesting of elements.
const MASSIMA_PROFONDITA: usize = 128;
/// Most attributes on one element.
const MASSIMI_ATTRIBUTI: usize = 64;
/// Longest value of an attribute, in bytes.
const MASSIMO_ATTRIBUTO: usize = 64 * 1024;
/// Longest name of an element or attribute, in bytes.
const MASSIMO_NOME: usize = 256;
/// Most namespaces in force at one point.
const MASSIMI_NAMESPACE: usize = 256;
/// Most elements and attributes of a document.
const MASSIMI_NODI: usize = 4_000_000;
/// Faults after which the rest is not listed.
const MASSIMI_DIFETTI: usize = 100;

/// Most characters of a name or message of the document that a sentence repeats.
const MASSIMO_CITATO: usize = 200;

/// All the faults of `xml`; empty if it is valid.
pub(super) fn valida(insieme: &SchemaSet, xml: &[u8]) -> Vec<Difetto> {
    let posizione = Cell::new(0);
    let difetti = RefCell::new(Vec::new());
    let righe = Righe { xml, letto: Cell::new((0, 1)) };
    let raccolta = Raccolta { difetti: &difetti, posizione: &posizione, righe: &righe, fuori_posto: Cell::new(false) };
    let validatore = SchemaValidator::new(insieme, ValidationFlags::default());
    let mut esecuzione = validatore.start_run(raccolta);
    esecuzione.set_parse_limits(limiti());
    let esito = drive_quick_xml_with(xml, &mut esecuzione, insieme, &mut Cursore { posizione: &posizione });
    let fine = match esito {
        Ok(_) => esecuzione.end_validation().err().map(|e| (posizione.get(), frase(&e))),
        Err(e) => Some(interrotto(&e, posizione.get())),
    };
    drop(esecuzione);
    if let Some((offset, frase)) = fine {
        annota(&difetti, righe.riga(offset), frase);
    }
    difetti.into_inner()
}

/// A DOCTYPE: the run stops there.
#[derive(Debug)]
struct ConDoctype;

impl fmt::Display for ConDoctype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DOCTYPE")
    }
}
impl std::error::Error for ConDoctype {}

/// Follows the engine, to know where it is when it finds a fault.
struct Cursore<'a> {
    posizione: &'a Cell<usize>,
}

impl ValidationEventHandler for Cursore<'_> {
    type Error = ConDoctype;
    fn on_element_start_offset(&mut self, byte_pos: usize) -> Result<(), ConDoctype> {
        self.posizione.set(byte_pos);
        Ok(())
    }
    fn on_element_end_offset(&mut self, byte_pos: usize) -> Result<(), ConDoctype> {
        self.posizione.set(byte_pos);
        Ok(())
    }
    fn on_doctype(&mut self, _doctype: DoctypeView<'_>) -> Result<(), ConDoctype> {
        Err(ConDoctype)
    }
}

struct Raccolta<'a> {
    difetti: &'a RefCell<Vec<Difetto>>,
    posizione: &'a Cell<usize>,
    righe: &'a Righe<'a>,
    fuori_posto: Cell<bool>,
}

impl ValidationSink for Raccolta<'_> {
    fn on_error(&mut self, error: ValidationError) {
        // After "not allowed here" the engine also says "not declared" of the same element.
        if error.constraint == "cvc-elt.1" && self.fuori_posto.replace(false) {
            return;
        }
        self.fuori_posto.set(error.constraint == "cvc-complex-type.2.4");
        annota(self.difetti, self.righe.riga(self.posizione.get()), frase(&error));
    }
    fn on_warning(&mut self, _warning: ValidationWarning) {}
}

/// Counts lines forward only, so that many faults cost one pass over the document.
struct Righe<'a> {
    xml: &'a [u8],
    letto: Cell<(usize, usize)>,
}

impl Righe<'_> {
    fn riga(&self, offset: usize) -> usize {
        let (da, riga) = self.letto.get();
        let nuove = self.xml.get(da..offset).unwrap_or_default().iter().filter(|b| **b == b'\n').count();
        self.letto.set((da.max(offset), riga + nuove));
        riga + nuove
    }
}

fn annota(difetti: &RefCell<Vec<Difetto>>, riga: usize, frase: String) {
    let mut difetti = difetti.borrow_mut();
    match difetti.len().cmp(&MASSIMI_DIFETTI) {
        std::cmp::Ordering::Less => difetti.push(Difetto { riga, frase }),
        std::cmp::Ordering::Equal => {
            difetti.push(Difetto { riga, frase: "ci sono altri difetti, non elencati".to_owned() })
        }
        std::cmp::Ordering::Greater => {}
    }
}

fn limiti() -> ParseLimits {
    ParseLimits::none()
        .with_max_depth(MASSIMA_PROFONDITA)
        .with_max_name_bytes(MASSIMO_NOME)
        .with_max_namespace_uri_bytes(MASSIMO_NOME)
        .with_max_attributes(MASSIMI_ATTRIBUTI)
        .with_max_namespace_declarations(MASSIMI_ATTRIBUTI)
        .with_max_namespaces_in_scope(MASSIMI_NAMESPACE)
        .with_max_attribute_value_bytes(MASSIMO_ATTRIBUTO)
        .with_max_nodes(MASSIMI_NODI)
}

/// The fault in a sentence. The names are of the document, so they are cut to what a page can show.
fn frase(errore: &ValidationError) -> String {
    let soggetto = errore.subject().map_or("documento", |s| s.name().local_name());
    let nome = corto(soggetto);
    let attributo = matches!(errore.subject(), Some(ValidationSubject::Attribute(_)));
    match errore.constraint {
        "cvc-complex-type.2.4" if errore.message.ends_with("expected more child elements") => {
            format!("l'elemento «{nome}» non è completo: manca qualcosa di obbligatorio")
        }
        "cvc-complex-type.2.4" => {
            format!("in «{nome}» l'elemento {} non è previsto in questo punto", citato(&errore.message, 1))
        }
        "cvc-elt.1" => format!("l'elemento «{nome}» non è previsto dallo schema"),
        "cvc-complex-type.2.1" | "cvc-complex-type.2.3" => format!("l'elemento «{nome}» non può contenere testo"),
        "cvc-complex-type.3.2.1" | "cvc-complex-type.3.2.2" => format!("l'attributo «{nome}» non è previsto"),
        "cvc-complex-type.4" => format!("in «{nome}» manca un attributo obbligatorio: {}", citato(&errore.message, 1)),
        "cvc-attribute.4" => {
            format!("l'attributo «{nome}» non ha il solo valore ammesso, {}", citato(&errore.message, 2))
        }
        "cvc-id.1" => format!("«{nome}» rimanda a un identificativo che non c'è"),
        "cvc-id.2" => format!("«{nome}» ripete un identificativo già usato"),
        regola if attributo => {
            format!("il valore dell'attributo «{nome}» non è ammesso ({regola}: {})", corto(&errore.message))
        }
        regola => format!("il contenuto di «{nome}» non è ammesso ({regola}: {})", corto(&errore.message)),
    }
}

/// What the engine's message has between its `n`-th pair of apostrophes, in Italian quotes.
fn citato(messaggio: &str, n: usize) -> String {
    format!("«{}»", corto(messaggio.split('\'').nth(2 * n - 1).unwrap_or("?")))
}

fn corto(testo: &str) -> String {
    testo.chars().take(MASSIMO_CITATO).collect()
}

fn interrotto(errore: &DriveWithError<ConDoctype>, posizione: usize) -> (usize, String) {
    match errore {
        DriveWithError::Hook(ConDoctype) => (0, "il documento ha un DOCTYPE, che qui non è ammesso".to_owned()),
        DriveWithError::NotWellFormed(e) => (offset(e.position()), format!("l'XML è rotto ({})", corto(e.message()))),
        DriveWithError::LimitExceeded(e) => (offset(e.position()), format!("il documento supera un limite ({e})")),
        altro => (posizione, format!("documento non leggibile ({altro})")),
    }
}

fn offset(posizione: u64) -> usize {
    usize::try_from(posizione).unwrap_or(usize::MAX)
}
