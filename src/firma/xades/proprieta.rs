//! What the signer says, and what others added: `QualifyingProperties` (ETSI EN 319 132-1 clause 4.3).

use crate::firma::algoritmo::Digesto;
use crate::firma::xml::albero::Albero;
use crate::firma::xml::{DS, digesto};
use crate::valori::Istante;
use uppsala::NodeId;

/// The namespaces of the properties: versions 1.1.1, 1.2.2 and 1.3.2; 1.4.1 adds to the last.
const VERSIONI: [&str; 3] =
    ["http://uri.etsi.org/01903/v1.1.1#", "http://uri.etsi.org/01903/v1.2.2#", "http://uri.etsi.org/01903/v1.3.2#"];
/// What version 1.4.1 adds.
const V141: &str = "http://uri.etsi.org/01903/v1.4.1#";
/// How the type of the reference to the signed properties ends, in every version.
pub const TIPO_FIRMATE: &str = "#SignedProperties";
/// A timestamp of all that was going to be signed.
pub const TUTTI_GLI_OGGETTI: &str = "AllDataObjectsTimeStamp";
/// Certificates, timestamps or counter-signatures of one signature that are looked at.
const MAX_AGGIUNTE: usize = 64;

/// The properties of one signature.
pub struct Proprieta<'a, 'b> {
    albero: &'a Albero<'b>,
    spazio: &'a str,
    /// `QualifyingProperties`.
    pub nodo: NodeId,
    /// `SignedProperties`.
    pub firmate: Option<NodeId>,
    non_firmate: Option<NodeId>,
}

/// What the signed properties say about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legame {
    /// Nothing.
    Assente,
    /// It is the one.
    Conferma,
    /// It is another one.
    Smentisce,
}

/// Whether a reference says that it leads to signed properties.
pub fn verso_proprieta(tipo: Option<&str>) -> bool {
    tipo.is_some_and(|tipo| tipo.starts_with("http://uri.etsi.org/01903") && tipo.ends_with(TIPO_FIRMATE))
}

/// Whether a signature stands among the unsigned properties of another, over which it is.
pub fn e_controfirma(albero: &Albero<'_>, firma: NodeId) -> bool {
    albero.doc.parent(firma).is_some_and(|sopra| {
        albero.nome(sopra) == "CounterSignature"
            && VERSIONI.contains(&albero.spazio(sopra))
            && albero.antenati(sopra).any(|nodo| albero.e(nodo, DS, "Signature"))
    })
}

impl<'a, 'b> Proprieta<'a, 'b> {
    /// The properties inside the signature `firma`; an error, as the end of a sentence, if they cannot be its own.
    pub fn leggi(albero: &'a Albero<'b>, firma: NodeId) -> Result<Option<Self>, &'static str> {
        let oggetti = albero.figli_con(firma, DS, "Object");
        let mut trovate = oggetti
            .flat_map(|o| albero.figli(o))
            .filter(|nodo| albero.nome(*nodo) == "QualifyingProperties" && VERSIONI.contains(&albero.spazio(*nodo)));
        let Some(nodo) = trovate.next() else { return Ok(None) };
        if trovate.next().is_some() {
            return Err("contiene due volte le proprietà del firmatario");
        }
        let id = albero.attributo(firma, "Id").unwrap_or_default();
        let bersaglio = albero.attributo(nodo, "Target").unwrap_or_default();
        if bersaglio.strip_prefix('#').is_some_and(|b| b != id) {
            return Err("contiene le proprietà di un'altra firma");
        }
        let spazio = albero.spazio(nodo);
        let quante = albero.figli_con(nodo, spazio, "SignedProperties").count();
        if quante > 1 {
            return Err("contiene due volte le proprietà firmate");
        }
        let firmate = albero.figlio(nodo, spazio, "SignedProperties");
        let non_firmate = albero.figlio(nodo, spazio, "UnsignedProperties");
        Ok(Some(Self { albero, spazio, nodo, firmate, non_firmate }))
    }

    /// The instant claimed by the signer.
    pub fn istante(&self) -> Option<Istante> {
        let testo = self.albero.testo(self.firmata("SigningTime")?);
        // Without a zone it is taken as UTC, like the instants of the other formats.
        testo.parse().or_else(|_| format!("{testo}Z").parse()).ok()
    }

    /// Confronts a certificate with every signing-certificate property: among the digests of each one must be its own.
    pub fn legame(&self, certificato: &[u8]) -> Legame {
        let nomi = ["SigningCertificate", "SigningCertificateV2"];
        let elenchi: Vec<NodeId> = nomi.iter().filter_map(|nome| self.firmata(nome)).collect();
        let conferma = |elenco: &NodeId| {
            let voci = self.albero.figli(*elenco).take(MAX_AGGIUNTE);
            voci.filter_map(|voce| self.impronta(voce)).any(|(d, impronta)| d.di(certificato) == impronta)
        };
        match elenchi.as_slice() {
            [] => Legame::Assente,
            elenchi if elenchi.iter().all(conferma) => Legame::Conferma,
            _ => Legame::Smentisce,
        }
    }

    /// `CertDigest`, whose parts are in different namespaces in the different versions.
    fn impronta(&self, voce: NodeId) -> Option<(Digesto, Vec<u8>)> {
        let albero = self.albero;
        let con_nome = |sopra, nome| albero.figli(sopra).find(|n| albero.nome(*n) == nome);
        let somma = con_nome(voce, "CertDigest")?;
        let algoritmo = albero.attributo(con_nome(somma, "DigestMethod")?, "Algorithm")?;
        Some((digesto(algoritmo)?, albero.base64(con_nome(somma, "DigestValue")?)?))
    }

    fn firmata(&self, nome: &str) -> Option<NodeId> {
        let gruppo = self.albero.figlio(self.firmate?, self.spazio, "SignedSignatureProperties")?;
        self.albero.figlio(gruppo, self.spazio, nome)
    }

    /// The unsigned properties with this name, of any version.
    pub fn aggiunte(&self, nome: &'a str) -> impl Iterator<Item = NodeId> + '_ {
        let gruppo = self.non_firmate.and_then(|n| self.albero.figlio(n, self.spazio, "UnsignedSignatureProperties"));
        let figli = gruppo.into_iter().flat_map(|gruppo| self.albero.figli(gruppo));
        let note = figli.filter(move |n| self.albero.nome(*n) == nome);
        note.filter(|n| self.albero.spazio(*n) == V141 || VERSIONI.contains(&self.albero.spazio(*n))).take(MAX_AGGIUNTE)
    }

    /// The timestamps of what was going to be signed (clause 5.2.8).
    pub fn marche_del_contenuto(&self) -> impl Iterator<Item = NodeId> + '_ {
        let gruppo = self.firmate.and_then(|n| self.albero.figlio(n, self.spazio, "SignedDataObjectProperties"));
        let proprieta = gruppo.into_iter().flat_map(|gruppo| self.albero.figli(gruppo));
        let note =
            proprieta.filter(|n| matches!(self.albero.nome(*n), TUTTI_GLI_OGGETTI | "IndividualDataObjectsTimeStamp"));
        note.take(MAX_AGGIUNTE)
    }

    /// All the unsigned properties of the signature, in their order.
    pub fn tutte_le_aggiunte(&self) -> Vec<NodeId> {
        let gruppo = self.non_firmate.and_then(|n| self.albero.figlio(n, self.spazio, "UnsignedSignatureProperties"));
        gruppo.into_iter().flat_map(|gruppo| self.albero.figli(gruppo)).collect()
    }

    /// Whether a property is of version 1.4.1.
    pub fn di_v141(&self, nodo: NodeId) -> bool {
        self.albero.spazio(nodo) == V141
    }

    /// The certificates that were added as evidence, for the signature and for its timestamps.
    pub fn certificati(&self) -> Vec<Vec<u8>> {
        let valori = self.evidenze("CertificateValues").into_iter().flat_map(|n| self.albero.figli(n));
        valori.take(MAX_AGGIUNTE).filter_map(|n| self.albero.base64(n)).collect()
    }

    /// The lists (CRL) and the answers (OCSP) about revocation that were added as evidence.
    pub fn revoche(&self) -> [Vec<Vec<u8>>; 2] {
        let valori = self.evidenze("RevocationValues");
        ["CRLValues", "OCSPValues"].map(|nome| {
            let elenchi = valori.iter().flat_map(|n| self.albero.figli(*n)).filter(|n| self.albero.nome(*n) == nome);
            let voci = elenchi.flat_map(|n| self.albero.figli(n)).take(MAX_AGGIUNTE);
            voci.filter_map(|n| self.albero.base64(n)).collect()
        })
    }

    /// The properties with this name, also those kept for a timestamp (`TimeStampValidationData`, clause 5.5.1).
    fn evidenze(&self, nome: &'a str) -> Vec<NodeId> {
        let delle_marche = self.aggiunte("TimeStampValidationData").flat_map(|n| self.albero.figli(n));
        self.aggiunte(nome).chain(delle_marche.filter(|n| self.albero.nome(*n) == nome)).collect()
    }

    /// The level that the properties suggest (clause 6, TS 101 903 clause 4.4); nobody has validated it.
    pub fn livello(&self) -> &'static str {
        let ha = |nome| self.aggiunte(nome).next().is_some();
        let marcata = ha("SignatureTimeStamp");
        match () {
            () if ha("ArchiveTimeStamp") => "XAdES-LTA",
            () if marcata && ha("RevocationValues") => "XAdES-LT",
            () if marcata => "XAdES-T",
            () if self.firmata("SignaturePolicyIdentifier").is_some() => "XAdES-EPES",
            () => "XAdES-BES",
        }
    }
}
