//! The chain from a certificate to an anchor (RFC 5280 section 6, without policies and revocation).

use super::certificato::Certificato;
use super::fiducia::{Ancora, Fiducia, Servizio};
use super::rapporto::Sottoindicazione;
use crate::valori::Istante;
use std::cell::Cell;
use std::sync::Arc;

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
    verifiche: Cell<u32>,
}

impl<'a> Contesto<'a> {
    /// With a whole budget.
    pub fn new(fiducia: &'a Fiducia, istante: Istante) -> Self {
        Self { fiducia, istante, verifiche: Cell::new(MAX_VERIFICHE) }
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

/// Whether a chain leads from `certificato` to an anchor; `altri` are the certificates of the file. Answers the service of a
/// trusted list at which the chain ends, if the anchor is of one.
pub fn catena(
    contesto: &Contesto<'_>,
    certificato: &Certificato<'_>,
    altri: &[Certificato<'_>],
    uso: Uso,
) -> Result<Option<Arc<Servizio>>, Vizio> {
    match sali(contesto, certificato, altri, uso, &mut Vec::new()) {
        Salita::Nessuna => Err((
            Sottoindicazione::NoCertificateChainFound,
            "Nessuna catena di certificati porta a un'autorità di fiducia fra quelle indicate.".to_owned(),
        )),
        Salita::Viziata(vizio) => Err(vizio),
        Salita::Buona(servizio) => vizio_firmatario(contesto, certificato, uso).map_or(Ok(servizio), Err),
    }
}

/// Climbing from one certificate: nothing found, a chain with a fault, a good chain.
enum Salita {
    Nessuna,
    Viziata(Vizio),
    Buona(Option<Arc<Servizio>>),
}

/// What an anchor is worth at the end of a chain: one of a service only while it was recognised, and for what it does.
fn vale(contesto: &Contesto<'_>, ancora: &Ancora, uso: Uso) -> Salita {
    match &ancora.servizio {
        None => Salita::Buona(None),
        Some(servizio) if !servizio.serve(uso) => Salita::Nessuna,
        Some(servizio) if servizio.riconosciuto(contesto.istante) => Salita::Buona(Some(Arc::clone(servizio))),
        Some(servizio) => {
            Salita::Viziata((Sottoindicazione::NoCertificateChainFound, servizio.vizio(contesto.istante)))
        }
    }
}

/// Recursive, but never longer than [`MAX_CATENA`]; `percorso` are the certificates below `certificato`.
fn sali<'a>(
    contesto: &Contesto<'_>,
    certificato: &Certificato<'a>,
    altri: &[Certificato<'a>],
    uso: Uso,
    percorso: &mut Vec<&'a [u8]>,
) -> Salita {
    let mut migliore = Salita::Nessuna;
    for ancora in contesto.fiducia.con_soggetto(&certificato.soggetto).filter(|a| a.der == certificato.der) {
        match vale(contesto, ancora, uso) {
            Salita::Nessuna => {}
            buona @ Salita::Buona(_) => return buona,
            viziata => migliore = viziata,
        }
    }
    for ancora in contesto.fiducia.con_soggetto(&certificato.emittente) {
        let Some(letta) = Certificato::leggi(&ancora.der) else { continue };
        if !contesto.spendi() {
            return esaurita();
        }
        if certificato.emesso_da(&letta) && letta.puo_emettere(percorso.len()) {
            match vale(contesto, ancora, uso) {
                Salita::Nessuna => {}
                buona @ Salita::Buona(_) => return buona,
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
        match (sali(contesto, sopra, altri, uso, percorso), vizio_intermedio(contesto, sopra, sotto)) {
            (buona @ Salita::Buona(_), None) => {
                percorso.pop();
                return buona;
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
