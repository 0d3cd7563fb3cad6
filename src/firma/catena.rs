//! The chain from a certificate to an anchor (RFC 5280 section 6, without policies; revocation is asked of
//! [`super::revoca`] about the chain that was found).

use super::certificato::Certificato;
use super::fiducia::{Ancora, Fiducia, Servizio};
use super::rapporto::Sottoindicazione;
use super::revoca::{Consultata, DatoRevoca};
use crate::valori::{Impronta, Istante};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// Certificates between the signer and the anchor, both included.
const MAX_CATENA: usize = 8;
/// Signature values that may be checked for one file, whatever it contains.
const MAX_VERIFICHE: u32 = 2_000;

/// Said when no anchor is reached at all.
pub const NESSUNA_CATENA: &str = "Nessuna catena di certificati porta a un'autorità di fiducia fra quelle indicate.";
/// Chains that are told of one file: they explain the verdict, and are found again without.
const MAX_CATENE: usize = 64;

/// What every signer of a file is judged with.
pub struct Contesto<'a> {
    /// The anchors.
    pub fiducia: &'a Fiducia,
    /// The instant of the judgement.
    pub istante: Istante,
    /// The instant that the caller gave, before anything proved an earlier one.
    dato: Istante,
    verifiche: Rc<Cell<u32>>,
    /// Who signed what is kept outside of the file was asked of these, once for all: what, and by whom.
    chieste: Rc<RefCell<BTreeSet<Chiesta>>>,
    traccia: Rc<RefCell<Traccia>>,
}

/// A datum by its SHA-256, and the digest of the certificate that may have signed it.
type Chiesta = (Impronta, Vec<u8>);

/// What was taken from outside of the file, for the [`super::prova`].
#[derive(Default)]
pub struct Traccia {
    /// The anchors that were looked at, by the subject that was looked for.
    pub ancore: BTreeMap<String, Vec<Ancora>>,
    /// The chains that were found, each from the certificate that was asked for to its anchor.
    pub catene: Vec<Vec<Vec<u8>>>,
    /// The revocation data that were looked at, by their SHA-256.
    pub revoche: BTreeMap<Impronta, Consultata>,
}

impl<'a> Contesto<'a> {
    /// With a whole budget.
    pub fn new(fiducia: &'a Fiducia, istante: Istante) -> Self {
        let verifiche = Rc::new(Cell::new(MAX_VERIFICHE));
        Self { fiducia, istante, dato: istante, verifiche, chieste: Rc::default(), traccia: Rc::default() }
    }

    /// The same, at another instant and with what is left of the budget.
    pub fn all_istante(&self, istante: Istante) -> Self {
        let (verifiche, traccia) = (Rc::clone(&self.verifiche), Rc::clone(&self.traccia));
        Self { istante, verifiche, traccia, chieste: Rc::clone(&self.chieste), ..*self }
    }

    /// The instant of the judgement, if a timestamp proved it.
    pub fn provato(&self) -> Option<Istante> {
        Some(self.istante).filter(|istante| *istante < self.dato)
    }

    /// What is taken from outside, to be looked at when all is judged.
    pub fn traccia(&self) -> Rc<RefCell<Traccia>> {
        Rc::clone(&self.traccia)
    }

    /// The anchors with this subject.
    fn con_soggetto(&self, soggetto: &str) -> Vec<&'a Ancora> {
        let trovate: Vec<&Ancora> = self.fiducia.con_soggetto(soggetto).collect();
        let note = &mut self.traccia.borrow_mut().ancore;
        if !trovate.is_empty() && !note.contains_key(soggetto) {
            note.insert(soggetto.to_owned(), trovate.iter().copied().cloned().collect());
        }
        trovate
    }

    fn ricorda(&self, certificato: &Certificato<'_>, catena: &Catena) {
        let intera: Vec<Vec<u8>> =
            std::iter::once(certificato.der.to_vec()).chain(catena.sopra.iter().cloned()).collect();
        let catene = &mut self.traccia.borrow_mut().catene;
        if catene.len() < MAX_CATENE && !catene.contains(&intera) {
            catene.push(intera);
        }
    }

    /// Notes that a datum from outside of the file was asked about a certificate.
    pub fn ricorda_consultata(&self, dato: &DatoRevoca, certificato: &Certificato<'_>, emittente: &Certificato<'_>) {
        let revoche = &mut self.traccia.borrow_mut().revoche;
        let consultata = revoche.entry(dato.impronta()).or_insert_with(|| Consultata::new(dato));
        consultata.aggiungi(certificato, emittente);
    }

    /// Takes one signature check out of the budget the first time that this is asked; `false` when there are none left.
    pub fn spendi_una_volta(&self, cosa: Impronta, chi: &[u8]) -> bool {
        let chiesta = (cosa, chi.to_vec());
        if self.chieste.borrow().contains(&chiesta) {
            return true;
        }
        let speso = self.spendi();
        if speso {
            self.chieste.borrow_mut().insert(chiesta);
        }
        speso
    }

    /// Takes one signature check out of the budget; `false` when there are none left.
    pub fn spendi(&self) -> bool {
        let restano = self.verifiche.get();
        self.verifiche.set(restano.saturating_sub(1));
        restano > 0
    }
}

/// What the last certificate of the chain is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uso {
    /// It signs documents.
    Firma,
    /// It signs timestamps.
    Marca,
}

/// The reason why a chain is not good, and the sentence that says so.
pub type Vizio = (Sottoindicazione, String);

/// The chain that leads from `certificato` to an anchor; `altri` are the certificates of the file.
pub fn catena(
    contesto: &Contesto<'_>,
    certificato: &Certificato<'_>,
    altri: &[&Certificato<'_>],
    uso: Uso,
) -> Result<Catena, Vizio> {
    let scopo = Scopo { uso, sigilli: certificato.per_sigilli() };
    match sali(contesto, certificato, altri, scopo, &mut Vec::new()) {
        Salita::Nessuna => Err((Sottoindicazione::NoCertificateChainFound, NESSUNA_CATENA.to_owned())),
        Salita::Viziata(vizio) => Err(vizio),
        Salita::Buona(catena) => {
            contesto.ricorda(certificato, &catena);
            vizio_firmatario(contesto, certificato, uso).map_or(Ok(catena), Err)
        }
    }
}

/// A chain that was found.
#[derive(Default)]
pub struct Catena {
    /// The certificates above the one that was asked for, the nearest first.
    pub sopra: Vec<Vec<u8>>,
    /// The service of a trusted list at which it ends, if the anchor is of one.
    pub servizio: Option<Arc<Servizio>>,
}

impl Catena {
    /// The same, seen from a certificate that this one issued.
    fn sotto(mut self, emittente: &[u8]) -> Self {
        self.sopra.insert(0, emittente.to_vec());
        self
    }
}

/// Climbing from one certificate: nothing found, a chain with a fault, a good chain.
enum Salita {
    Nessuna,
    Viziata(Vizio),
    Buona(Catena),
}

/// What the chain is for.
#[derive(Clone, Copy)]
struct Scopo {
    uso: Uso,
    /// The certificate at its beginning is for seals.
    sigilli: bool,
}

/// The anchors with this subject, first those of services that foresee the use: a certificate may belong to several services.
fn ancore<'c>(contesto: &Contesto<'c>, soggetto: &str, scopo: Scopo) -> Vec<&'c Ancora> {
    let mut ancore = contesto.con_soggetto(soggetto);
    ancore.sort_by_key(|a| !a.servizio.as_ref().is_some_and(|s| s.prevede(scopo.sigilli, contesto.istante)));
    ancore
}

/// What an anchor is worth at the end of a chain: one of a service only while it was recognised, and for what it does.
fn vale(contesto: &Contesto<'_>, ancora: &Ancora, uso: Uso) -> Salita {
    match &ancora.servizio {
        None => Salita::Buona(Catena::default()),
        Some(servizio) if !servizio.serve(uso) => Salita::Nessuna,
        Some(servizio) if servizio.riconosciuto(contesto.istante) => {
            Salita::Buona(Catena { sopra: Vec::new(), servizio: Some(Arc::clone(servizio)) })
        }
        Some(servizio) => {
            Salita::Viziata((Sottoindicazione::NoCertificateChainFound, servizio.vizio(contesto.istante)))
        }
    }
}

/// Recursive, but never longer than [`MAX_CATENA`]; `percorso` are the certificates below `certificato`.
fn sali<'a>(
    contesto: &Contesto<'_>,
    certificato: &Certificato<'a>,
    altri: &[&Certificato<'a>],
    scopo: Scopo,
    percorso: &mut Vec<&'a [u8]>,
) -> Salita {
    let mut migliore = Salita::Nessuna;
    for ancora in ancore(contesto, &certificato.soggetto, scopo).into_iter().filter(|a| a.der == certificato.der) {
        match vale(contesto, ancora, scopo.uso) {
            Salita::Nessuna => {}
            buona @ Salita::Buona(_) => return buona,
            viziata => migliore = viziata,
        }
    }
    for ancora in ancore(contesto, &certificato.emittente, scopo) {
        let Some(letta) = Certificato::leggi(&ancora.der) else { continue };
        if !contesto.spendi() {
            return esaurita();
        }
        if certificato.emesso_da(&letta) && letta.puo_emettere(percorso.len()) {
            match vale(contesto, ancora, scopo.uso) {
                Salita::Nessuna => {}
                Salita::Buona(catena) => return Salita::Buona(catena.sotto(&ancora.der)),
                viziata => migliore = viziata,
            }
        }
    }
    if percorso.len() + 2 >= MAX_CATENA {
        return migliore;
    }
    percorso.push(certificato.der);
    for sopra in altri.iter().filter(|c| c.soggetto == certificato.emittente) {
        if percorso.contains(&sopra.der) {
            continue;
        }
        if !contesto.spendi() {
            return esaurita();
        }
        if !certificato.emesso_da(sopra) {
            continue;
        }
        let sotto = percorso.len() - 1;
        match (sali(contesto, sopra, altri, scopo, percorso), vizio_intermedio(contesto, sopra, sotto)) {
            (Salita::Buona(catena), None) => {
                percorso.pop();
                return Salita::Buona(catena.sotto(sopra.der));
            }
            (Salita::Buona(_), Some(vizio)) | (Salita::Viziata(vizio), _) => migliore = Salita::Viziata(vizio),
            (Salita::Nessuna, _) => {}
        }
    }
    percorso.pop();
    migliore
}

fn esaurita() -> Salita {
    let frase = "La ricerca della catena di certificati è stata fermata perché troppo lunga.".to_owned();
    Salita::Viziata((Sottoindicazione::CertificateChainGeneralFailure, frase))
}

fn vizio_intermedio(contesto: &Contesto<'_>, certificato: &Certificato<'_>, sotto: usize) -> Option<Vizio> {
    if !certificato.puo_emettere(sotto) {
        let frase = "Un certificato della catena non è autorizzato a emetterne altri.".to_owned();
        return Some((Sottoindicazione::ChainConstraintsFailure, frase));
    }
    vizio_estensioni(certificato).or_else(|| vizio_validita(contesto.istante, certificato, "di una CA intermedia"))
}

fn vizio_firmatario(contesto: &Contesto<'_>, certificato: &Certificato<'_>, uso: Uso) -> Option<Vizio> {
    let adatto = match uso {
        Uso::Firma => certificato.puo_firmare(),
        Uso::Marca => certificato.puo_marcare(),
    };
    if !adatto {
        let frase = match uso {
            Uso::Firma => "Il certificato del firmatario non è rilasciato per firmare.",
            Uso::Marca => "Il certificato non è rilasciato per marche temporali.",
        };
        return Some((Sottoindicazione::ChainConstraintsFailure, frase.to_owned()));
    }
    let di_chi = match uso {
        Uso::Firma => "del firmatario",
        Uso::Marca => "di chi ha emesso la marca",
    };
    vizio_estensioni(certificato).or_else(|| vizio_validita(contesto.istante, certificato, di_chi))
}

fn vizio_estensioni(certificato: &Certificato<'_>) -> Option<Vizio> {
    let oid = certificato.estensione_ignota()?;
    let frase = format!("Un certificato della catena ha una condizione critica che non è riconosciuta ({oid}).");
    Some((Sottoindicazione::ChainConstraintsFailure, frase))
}

fn vizio_validita(istante: Istante, certificato: &Certificato<'_>, di_chi: &str) -> Option<Vizio> {
    let frase = match certificato.validita() {
        None => format!("Le date di validità del certificato {di_chi} non sono leggibili."),
        Some((inizio, _)) if istante < inizio => {
            format!("Il certificato {di_chi} vale solo dal {}.", inizio.leggibile())
        }
        Some((_, fine)) if istante > fine => format!(
            "Il certificato {di_chi} è scaduto il {} e niente prova che la firma esistesse prima.",
            fine.leggibile()
        ),
        Some(_) => return None,
    };
    Some((Sottoindicazione::OutOfBoundsNoPoe, frase))
}
