//! The chain from a certificate to an anchor (RFC 5280 section 6, without policies; revocation is asked of
//! [`super::revoca`] about the chain that was found).

use super::certificato::Certificato;
use super::fiducia::Fiducia;
use super::rapporto::Sottoindicazione;
use crate::valori::Istante;
use std::cell::Cell;
use std::rc::Rc;

/// Certificates between the signer and the anchor, both included.
const MAX_CATENA: usize = 8;
/// Signature values that may be checked for one file, whatever it contains.
const MAX_VERIFICHE: u32 = 2_000;

/// What every signer of a file is judged with.
pub struct Contesto<'a> {
    /// The anchors.
    pub fiducia: &'a Fiducia,
    /// The instant of the judgement.
    pub istante: Istante,
    verifiche: Rc<Cell<u32>>,
}

impl<'a> Contesto<'a> {
    /// With a whole budget.
    pub fn new(fiducia: &'a Fiducia, istante: Istante) -> Self {
        Self { fiducia, istante, verifiche: Rc::new(Cell::new(MAX_VERIFICHE)) }
    }

    /// The same, at another instant and with what is left of the budget.
    pub fn all_istante(&self, istante: Istante) -> Self {
        Self { fiducia: self.fiducia, istante, verifiche: Rc::clone(&self.verifiche) }
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

/// The chain that leads from `certificato` to an anchor, as the certificates above it, the nearest first; `altri` are the certificates of
/// the file.
pub fn catena(
    contesto: &Contesto<'_>,
    certificato: &Certificato<'_>,
    altri: &[&Certificato<'_>],
    uso: Uso,
) -> Result<Vec<Vec<u8>>, Vizio> {
    match sali(contesto, certificato, altri, &mut Vec::new()) {
        Salita::Nessuna => Err((
            Sottoindicazione::NoCertificateChainFound,
            "Nessuna catena di certificati porta a un'autorità di fiducia fra quelle indicate.".to_owned(),
        )),
        Salita::Viziata(vizio) => Err(vizio),
        Salita::Buona(sopra) => vizio_firmatario(contesto, certificato, uso).map_or(Ok(sopra), Err),
    }
}

/// Climbing from one certificate: nothing found, a chain with a fault, a good chain.
enum Salita {
    Nessuna,
    Viziata(Vizio),
    /// Through these certificates, the nearest first.
    Buona(Vec<Vec<u8>>),
}

/// Recursive, but never longer than [`MAX_CATENA`]; `percorso` are the certificates below `certificato`.
fn sali<'a>(
    contesto: &Contesto<'_>,
    certificato: &Certificato<'a>,
    altri: &[&Certificato<'a>],
    percorso: &mut Vec<&'a [u8]>,
) -> Salita {
    if contesto.fiducia.con_soggetto(&certificato.soggetto).any(|der| der == certificato.der) {
        return Salita::Buona(Vec::new());
    }
    for ancora in contesto.fiducia.con_soggetto(&certificato.emittente).filter_map(Certificato::leggi) {
        if !contesto.spendi() {
            return esaurita();
        }
        if certificato.emesso_da(&ancora) && ancora.puo_emettere(percorso.len()) {
            return Salita::Buona(vec![ancora.der.to_vec()]);
        }
    }
    if percorso.len() + 2 >= MAX_CATENA {
        return Salita::Nessuna;
    }
    percorso.push(certificato.der);
    let mut migliore = Salita::Nessuna;
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
        match (sali(contesto, sopra, altri, percorso), vizio_intermedio(contesto, sopra, sotto)) {
            (Salita::Buona(mut oltre), None) => {
                percorso.pop();
                oltre.insert(0, sopra.der.to_vec());
                return Salita::Buona(oltre);
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
    vizio_estensioni(certificato).or_else(|| vizio_validita(contesto.istante, certificato, "del firmatario"))
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
