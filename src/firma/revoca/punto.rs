//! Where lists are published (RFC 5280 sections 4.2.1.13 and 5.2.5).

use crate::firma::certificato::nome_confrontabile;
use x509_parser::extensions::{DistributionPointName, GeneralName};

/// The names of a point, in a form that can be compared. One that is given as a part of the issuer's name is none: nobody does it, and
/// what is not understood says nothing.
pub fn nomi(punto: &DistributionPointName<'_>) -> Vec<String> {
    let DistributionPointName::FullName(nomi) = punto else { return Vec::new() };
    nomi.iter().filter_map(nome).collect()
}

fn nome(nome: &GeneralName<'_>) -> Option<String> {
    match nome {
        GeneralName::URI(uri) => Some((*uri).to_owned()),
        GeneralName::DirectoryName(nome) => Some(nome_confrontabile(nome)),
        _ => None,
    }
}
