//! What a trusted list says of the certificates of a service, over what they say themselves: the `Qualifications` extension (TS 119 612
//! clause 5.5.9.2), qualifiers that count for the certificates that meet a list of criteria.

use crate::firma::certificato::Certificato;
use crate::firma::xml::albero::Albero;
use serde::{Deserialize, Serialize};
use uppsala::NodeId;

/// The namespace of the extension.
const SIE: &str = "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";
/// Qualification elements of one status of a service.
const MAX_QUALIFICHE: usize = 64;
/// Criteria of one list, and values of one criterion.
const MAX_CRITERI: usize = 256;
/// Lists of criteria one inside the other.
const MAX_ANNIDATI: usize = 8;

/// Qualifiers, and which certificates they are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualifica {
    /// Without their addresses: `QCWithQSCD`, `NotQualified`.
    #[serde(rename = "qualifiers")]
    pub qualificatori: Vec<String>,
    /// What the certificates must meet.
    #[serde(rename = "criteria")]
    pub criteri: Criteri,
}

/// A `CriteriaList`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criteri {
    /// How many of them.
    #[serde(rename = "assert")]
    pub modo: Modo,
    /// Each of them.
    #[serde(rename = "criteria")]
    pub voci: Vec<Criterio>,
}

/// The attribute `assert`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Modo {
    /// `all`.
    #[serde(rename = "all")]
    Tutti,
    /// `atLeastOne`.
    #[serde(rename = "atLeastOne")]
    Almeno1,
    /// `none`.
    #[serde(rename = "none")]
    Nessuno,
}

/// One criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Criterio {
    /// `KeyUsage`: every bit, by name, must have this value.
    #[serde(rename = "keyUsage")]
    Uso(Vec<(String, bool)>),
    /// `PolicySet`: all these policies, by identifier, must be in the certificate.
    #[serde(rename = "policySet")]
    Politiche(Vec<String>),
    /// `ExtendedKeyUsage`: all these purposes.
    #[serde(rename = "extendedKeyUsage")]
    Scopi(Vec<String>),
    /// `CertSubjectDNAttribute`: all these attributes must be in the subject.
    #[serde(rename = "subjectAttributes")]
    Attributi(Vec<String>),
    /// Criteria inside criteria.
    #[serde(rename = "list")]
    Lista(Criteri),
    /// Something that is not known here: whether a certificate meets it cannot be said.
    #[serde(rename = "unknown")]
    Ignoto,
}

impl Qualifica {
    /// Of which nobody can say what it means, nor for which certificates.
    pub(super) fn ignota() -> Self {
        Self { qualificatori: Vec::new(), criteri: ignoti() }
    }
}

impl Criteri {
    /// Whether a certificate meets them; `None`: that cannot be said.
    pub(in crate::firma) fn vale(&self, certificato: &Certificato<'_>) -> Option<bool> {
        let esiti: Vec<Option<bool>> = self.voci.iter().map(|voce| voce.vale(certificato)).collect();
        let (uno, ignoto) = (esiti.contains(&Some(true)), esiti.contains(&None));
        match self.modo {
            Modo::Tutti if esiti.contains(&Some(false)) => Some(false),
            Modo::Tutti if ignoto => None,
            Modo::Tutti => Some(true),
            Modo::Almeno1 if uno => Some(true),
            Modo::Nessuno if uno => Some(false),
            _ if ignoto => None,
            modo => Some(modo == Modo::Nessuno),
        }
    }
}

impl Criterio {
    /// Recursive, at most [`MAX_ANNIDATI`] deep, which is how deep they are read.
    fn vale(&self, certificato: &Certificato<'_>) -> Option<bool> {
        let tutti =
            |voluti: &[String], suoi: Vec<String>| !voluti.is_empty() && voluti.iter().all(|v| suoi.contains(v));
        match self {
            Self::Uso(bit) => {
                let uguali: Option<Vec<bool>> =
                    bit.iter().map(|(nome, atteso)| Some(certificato.ha_uso(nome)? == *atteso)).collect();
                uguali.map(|uguali| !uguali.is_empty() && !uguali.contains(&false))
            }
            Self::Politiche(voluti) => Some(tutti(voluti, certificato.politiche())),
            Self::Scopi(voluti) => Some(tutti(voluti, certificato.scopi())),
            Self::Attributi(voluti) => Some(tutti(voluti, certificato.attributi_del_soggetto())),
            Self::Lista(criteri) => criteri.vale(certificato),
            Self::Ignoto => None,
        }
    }
}

/// The qualification elements of an `Extension`.
pub(super) fn leggi(albero: &Albero<'_>, estensione: NodeId) -> Vec<Qualifica> {
    let contenitori = albero.figli_con(estensione, SIE, "Qualifications");
    let elementi = contenitori.flat_map(|n| albero.figli_con(n, SIE, "QualificationElement"));
    let elementi: Vec<NodeId> = elementi.take(MAX_QUALIFICHE + 1).collect();
    if elementi.len() > MAX_QUALIFICHE {
        return vec![Qualifica::ignota()];
    }
    let qualifica = |nodo| {
        let elenco = albero.unico(nodo, SIE, "Qualifiers");
        let voci = elenco.and_then(|elenco| entro(albero.figli_con(elenco, SIE, "Qualifier")));
        let indirizzi = voci.and_then(|voci| voci.into_iter().map(|v| albero.attributo(v, "uri")).collect());
        let Some(indirizzi): Option<Vec<&str>> = indirizzi else { return Qualifica::ignota() };
        Qualifica {
            qualificatori: indirizzi.into_iter().map(super::lista::ultimo).collect(),
            // Without criteria nobody can say of which certificates it speaks.
            criteri: albero.unico(nodo, SIE, "CriteriaList").map_or_else(ignoti, |n| criteri(albero, n, 0)),
        }
    };
    elementi.into_iter().map(qualifica).collect()
}

/// All of them; `None` if they are more than [`MAX_CRITERI`]: what is left out could have changed the answer.
fn entro(nodi: impl Iterator<Item = NodeId>) -> Option<Vec<NodeId>> {
    let nodi: Vec<NodeId> = nodi.take(MAX_CRITERI + 1).collect();
    (nodi.len() <= MAX_CRITERI).then_some(nodi)
}

fn ignoti() -> Criteri {
    Criteri { modo: Modo::Tutti, voci: vec![Criterio::Ignoto] }
}

/// Recursive, at most [`MAX_ANNIDATI`] deep.
fn criteri(albero: &Albero<'_>, nodo: NodeId, livello: usize) -> Criteri {
    let modo = match albero.attributo(nodo, "assert") {
        Some("all") => Modo::Tutti,
        Some("atLeastOne") => Modo::Almeno1,
        Some("none") => Modo::Nessuno,
        _ => return ignoti(),
    };
    if livello >= MAX_ANNIDATI {
        return ignoti();
    }
    let mut voci = Vec::new();
    for figlio in albero.figli(nodo) {
        if voci.len() >= MAX_CRITERI {
            return ignoti();
        }
        match albero.nome(figlio) {
            "Description" => {}
            "KeyUsage" => voci.push(uso(albero, figlio)),
            "PolicySet" => voci.push(identificatori(albero, figlio, Criterio::Politiche)),
            "CriteriaList" => voci.push(Criterio::Lista(criteri(albero, figlio, livello + 1))),
            "otherCriteriaList" => {
                let Some(altri) = entro(albero.figli(figlio)) else { return ignoti() };
                voci.extend(altri.into_iter().map(|altro| match albero.nome(altro) {
                    "ExtendedKeyUsage" => identificatori(albero, altro, Criterio::Scopi),
                    "CertSubjectDNAttribute" => identificatori(albero, altro, Criterio::Attributi),
                    _ => Criterio::Ignoto,
                }));
            }
            _ => voci.push(Criterio::Ignoto),
        }
    }
    Criteri { modo, voci }
}

fn uso(albero: &Albero<'_>, nodo: NodeId) -> Criterio {
    let Some(voci) = entro(albero.figli_con(nodo, SIE, "KeyUsageBit")) else { return Criterio::Ignoto };
    let bit = voci.into_iter().map(|n| {
        let nome = albero.attributo(n, "name")?.to_owned();
        match albero.testo(n).as_str() {
            "true" | "1" => Some((nome, true)),
            "false" | "0" => Some((nome, false)),
            _ => None,
        }
    });
    bit.collect::<Option<Vec<_>>>().map_or(Criterio::Ignoto, Criterio::Uso)
}

/// The criterion of the identifiers inside `PolicyIdentifier`, `KeyPurposeId` or `AttributeOID`, as numbers and dots.
fn identificatori(albero: &Albero<'_>, nodo: NodeId, criterio: fn(Vec<String>) -> Criterio) -> Criterio {
    let Some(voci) = entro(albero.figli(nodo)) else { return Criterio::Ignoto };
    let testi = voci.into_iter().map(|voce| {
        let dentro = albero.figli(voce).find(|n| albero.nome(*n) == "Identifier");
        albero.testo(dentro.unwrap_or(voce))
    });
    criterio(testi.map(|testo| testo.strip_prefix("urn:oid:").unwrap_or(&testo).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_is_read() {
        let identificatore = |che: &str, oid: &str| {
            format!("<{che}><x:Identifier xmlns:x='http://uri.etsi.org/01903/v1.3.2#'>{oid}</x:Identifier></{che}>")
        };
        let politiche = identificatore("PolicyIdentifier", " urn:oid:1.2.3 ");
        let scopo = identificatore("KeyPurposeId", "1.3.6.1.5.5.7.3.4");
        let testo = format!(
            "<Extension><Qualifications xmlns='{SIE}'><QualificationElement>\
             <Qualifiers><Qualifier uri='http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCWithQSCD'/>\
             <Qualifier uri='http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCForESig'/></Qualifiers>\
             <CriteriaList assert='atLeastOne'><KeyUsage><KeyUsageBit name='nonRepudiation'>true</KeyUsageBit></KeyUsage>\
             <PolicySet>{politiche}</PolicySet><CriteriaList assert='none'><Altro/></CriteriaList><Description>a</Description>\
             <otherCriteriaList><ExtendedKeyUsage>{scopo}</ExtendedKeyUsage></otherCriteriaList></CriteriaList>\
             </QualificationElement><QualificationElement><Qualifiers/></QualificationElement></Qualifications></Extension>"
        );
        let albero = Albero::leggi(&testo).unwrap();
        let letta = leggi(&albero, albero.doc.document_element().unwrap());
        let voci = vec![
            Criterio::Uso(vec![("nonRepudiation".to_owned(), true)]),
            Criterio::Politiche(vec!["1.2.3".to_owned()]),
            Criterio::Lista(Criteri { modo: Modo::Nessuno, voci: vec![Criterio::Ignoto] }),
            Criterio::Scopi(vec!["1.3.6.1.5.5.7.3.4".to_owned()]),
        ];
        let qualificatori = ["QCWithQSCD", "QCForESig"].map(str::to_owned).to_vec();
        let prima = Qualifica { qualificatori, criteri: Criteri { modo: Modo::Almeno1, voci } };
        assert_eq!(letta, [prima, Qualifica { qualificatori: Vec::new(), criteri: ignoti() }]);
    }

    #[test]
    fn what_is_left_out_is_not_taken_for_absent() {
        let check = |dentro: &str| {
            let testo = format!("<Extension><Qualifications xmlns='{SIE}'>{dentro}</Qualifications></Extension>");
            let albero = Albero::leggi(&testo).unwrap();
            let letta = leggi(&albero, albero.doc.document_element().unwrap());
            assert!(letta.iter().any(|q| q.criteri.voci.contains(&Criterio::Ignoto)), "{:.300}: {letta:?}", dentro);
        };
        let uno = |nomi: &str, criteri: &str| {
            format!(
                "<QualificationElement>{nomi}<CriteriaList assert='all'>{criteri}</CriteriaList></QualificationElement>"
            )
        };
        let nome = "<Qualifier uri='a/QCStatement'/>";
        let (nomi, bit) = (format!("<Qualifiers>{nome}</Qualifiers>"), "<KeyUsageBit name='a'>true</KeyUsageBit>");
        let uso = |quanti: usize| format!("<KeyUsage>{}</KeyUsage>", bit.repeat(quanti));
        check(&uno(&nomi, &uso(1)).repeat(MAX_QUALIFICHE + 1));
        check(&uno(&nomi.repeat(2), &uso(1)));
        check(&uno("<Qualifiers><Qualifier/></Qualifiers>", &uso(1)));
        check(&uno(&format!("<Qualifiers>{}</Qualifiers>", nome.repeat(MAX_CRITERI + 1)), &uso(1)));
        check(&uno(&nomi, &uso(MAX_CRITERI + 1)));
        check(&uno(&nomi, &format!("<PolicySet>{}</PolicySet>", "<PolicyIdentifier/>".repeat(MAX_CRITERI + 1))));
        check(&uno(&nomi, &format!("<otherCriteriaList>{}</otherCriteriaList>", "<a/>".repeat(MAX_CRITERI + 1))));
        let testo =
            format!("<Extension><Qualifications xmlns='{SIE}'>{}</Qualifications></Extension>", uno(&nomi, &uso(1)));
        let albero = Albero::leggi(&testo).unwrap();
        let letta = leggi(&albero, albero.doc.document_element().unwrap());
        assert!(letta.len() == 1 && !letta[0].criteri.voci.contains(&Criterio::Ignoto), "{letta:?}");
    }
}
