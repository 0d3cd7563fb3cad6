//! What changes from one version of a list to the next.

use crate::firma::{Genere, Lista, Servizio};
use crate::valori::Istante;
use std::collections::{BTreeMap, BTreeSet};

/// Services that signatures may rest on, before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variazioni {
    /// Recognised now and not before.
    pub aggiunti: Vec<String>,
    /// Recognised before and not now.
    pub tolti: Vec<String>,
}

impl Variazioni {
    /// Compares the services that are recognised at `istante`, by their certificates: another name is no change.
    pub(super) fn tra(prima: Option<&Lista>, dopo: &Lista, istante: Istante) -> Self {
        let prima = prima.map(|lista| riconosciuti(lista, istante)).unwrap_or_default();
        let dopo = riconosciuti(dopo, istante);
        let solo = |di: &BTreeMap<Chiave, String>, altri: &BTreeMap<Chiave, String>| {
            di.iter().filter(|(chiave, _)| !altri.contains_key(*chiave)).map(|(_, nome)| nome.clone()).collect()
        };
        Self { aggiunti: solo(&dopo, &prima), tolti: solo(&prima, &dopo) }
    }
}

/// What it is for, and the certificates by which it is known.
type Chiave = (&'static str, BTreeSet<Vec<u8>>);

fn riconosciuti(lista: &Lista, istante: Istante) -> BTreeMap<Chiave, String> {
    let utili = lista.servizi.iter().filter(|s| s.riconosciuto(istante));
    utili.filter_map(|s| Some((chiave(s)?, format!("{}: {}", s.prestatore, s.nome)))).collect()
}

fn chiave(servizio: &Servizio) -> Option<Chiave> {
    let genere = match servizio.genere {
        Genere::CertificatiQualificati => "CA/QC",
        Genere::MarcheQualificate => "TSA/QTST",
        Genere::Altro => return None,
    };
    Some((genere, servizio.certificati.iter().cloned().collect()))
}
