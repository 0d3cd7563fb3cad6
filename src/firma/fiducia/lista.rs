//! A trusted list (ETSI TS 119 612, versions 5 and 6): who offers which trust service, and since when it is recognised.
//!
//! [`Lista::leggi`] only reads. A list counts for something when [`Lista::accetta`] has found its signature whole, by a signer
//! that was expected, and the list not past its next update.

use super::criterio::Qualifica;
use super::servizio::{Periodo, Servizio};
use super::sigillo::{self, Sigillo};
use super::{Citata, RifiutoLista, criterio};
use crate::firma::xml::albero::{Albero, decodifica};
use crate::valori::{Impronta, Istante};
use std::sync::Arc;
use uppsala::NodeId;

/// The namespace of trusted lists.
pub(super) const TSL: &str = "http://uri.etsi.org/02231/v2#";
/// The namespace of what was added to it.
const AGGIUNTI: &str = "http://uri.etsi.org/02231/v2/additionaltypes#";
/// Services of one list.
const MAX_SERVIZI: usize = 20_000;
/// Pointers of one list to others.
const MAX_PUNTATORI: usize = 256;
/// Certificates of one service or pointer.
const MAX_IDENTITA: usize = 64;
/// Past states of one service.
const MAX_STORIA: usize = 256;

/// What a trusted list says, whoever signed it.
#[derive(Debug, Clone)]
pub struct Lista {
    /// `TSLVersionIdentifier`: 5 or 6.
    pub versione: u32,
    /// `TSLSequenceNumber`.
    pub sequenza: u64,
    /// `TSLType` without its address: `EUgeneric`, `EUlistofthelists`.
    pub tipo: String,
    /// `SchemeTerritory`: `IT`, `EU`.
    pub territorio: String,
    /// `ListIssueDateTime`.
    pub emessa: Istante,
    /// `NextUpdate`; `None` for a list that is closed.
    pub prossima: Option<Istante>,
    /// The lists that this one points to.
    pub puntatori: Vec<Puntatore>,
    /// How many providers there are.
    pub prestatori: usize,
    /// The services of all of them.
    pub servizi: Vec<Arc<Servizio>>,
    sigillo: Result<Sigillo, RifiutoLista>,
    /// SHA-256 of the file.
    pub sha256: Impronta,
}

/// A pointer to another list, or to another version of this one (TS 119 612 clause 5.3.13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Puntatore {
    /// `TSLLocation`.
    pub indirizzo: String,
    /// `SchemeTerritory` of the list.
    pub territorio: String,
    /// `TSLType` of the list, without its address.
    pub tipo: String,
    /// `MimeType`: `application/vnd.etsi.tsl+xml`, or PDF.
    pub formato: String,
    /// The certificates (DER) that may sign the list.
    pub firmatari: Vec<Vec<u8>>,
}

/// Who may have signed a list.
#[derive(Debug, Clone, Copy)]
pub enum Firmatari<'a> {
    /// Anybody: the list was chosen by hand, and the person is told who signed it.
    Chiunque,
    /// One of these certificates (DER).
    Solo(&'a [Vec<u8>]),
    /// One whose DER has one of these SHA-256, as the Official Journal publishes them.
    Impronte(&'a [Impronta]),
}

impl Firmatari<'_> {
    fn ammette(self, der: &[u8]) -> bool {
        match self {
            Self::Chiunque => true,
            Self::Solo(certificati) => certificati.iter().any(|c| c == der),
            Self::Impronte(impronte) => impronte.contains(&Impronta::of(der)),
        }
    }
}

/// A list that may be believed.
#[derive(Debug, Clone)]
pub struct ListaAccettata {
    lista: Lista,
    firmatario: Sigillo,
}

impl Lista {
    /// Reads a list.
    ///
    /// # Errors
    /// Only what cannot be read as a list: a signature that does not hold is told by [`Lista::accetta`].
    pub fn leggi(byte: &[u8]) -> Result<Self, RifiutoLista> {
        let testo = decodifica(byte).map_err(|rifiuto| RifiutoLista::Illeggibile(rifiuto.to_string()))?;
        let albero = Albero::leggi(&testo).map_err(|rifiuto| RifiutoLista::Illeggibile(rifiuto.to_string()))?;
        let manca = |cosa: &str| RifiutoLista::Illeggibile(format!("manca {cosa}"));
        let radice = albero.doc.document_element().filter(|r| albero.e(*r, TSL, "TrustServiceStatusList"));
        let radice = radice.ok_or_else(|| manca("TrustServiceStatusList"))?;
        let schema = albero.unico(radice, TSL, "SchemeInformation").ok_or_else(|| manca("SchemeInformation"))?;
        let campo = |nome| albero.unico(schema, TSL, nome).map(|n| albero.testo(n)).ok_or_else(|| manca(nome));
        let versione = campo("TSLVersionIdentifier")?.parse().map_err(|_| manca("TSLVersionIdentifier"))?;
        if !matches!(versione, 5 | 6) {
            return Err(RifiutoLista::Versione(versione));
        }
        let prossima = campo("NextUpdate")?;
        let prossima =
            if prossima.is_empty() { None } else { Some(istante(&prossima).ok_or_else(|| manca("NextUpdate"))?) };
        let (prestatori, servizi) = servizi(&albero, radice)?;
        Ok(Self {
            versione,
            sequenza: campo("TSLSequenceNumber")?.parse().map_err(|_| manca("TSLSequenceNumber"))?,
            tipo: ultimo(&campo("TSLType")?),
            territorio: campo("SchemeTerritory")?,
            emessa: istante(&campo("ListIssueDateTime")?).ok_or_else(|| manca("ListIssueDateTime"))?,
            prossima,
            puntatori: puntatori(&albero, schema),
            prestatori,
            servizi,
            sigillo: sigillo::leggi(&albero, radice),
            sha256: Impronta::of(byte),
        })
    }

    /// How others name it.
    #[must_use]
    pub fn citata(&self) -> Citata {
        let Self { sha256, sequenza, emessa, .. } = *self;
        Citata { sha256, territorio: self.territorio.clone(), sequenza, emessa }
    }

    /// Believes the list, if its one signature covers it whole, was made by one of `firmatari`, and `istante` is not after the
    /// next update that it promised.
    ///
    /// # Errors
    /// The reason why it is not to be believed.
    pub fn accetta(self, firmatari: Firmatari<'_>, istante: Istante) -> Result<ListaAccettata, RifiutoLista> {
        if let Some(prossima) = self.prossima.filter(|prossima| *prossima < istante) {
            return Err(RifiutoLista::Scaduta(prossima.leggibile()));
        }
        self.accetta_antica(firmatari)
    }

    /// Believes the list of the lists through its pivots, oldest first, each signed by who the one before says; the first by
    /// one of `iniziali`, those of the Official Journal (Commission's rules on the LOTL, TS 119 615 clause 4.1). Without pivots it
    /// is [`Lista::accetta`].
    ///
    /// # Errors
    /// The reason why the list or one of the pivots is not to be believed.
    pub fn accetta_dopo_pivot(
        self,
        pivot: impl IntoIterator<Item = Self>,
        iniziali: Firmatari<'_>,
        istante: Istante,
    ) -> Result<ListaAccettata, RifiutoLista> {
        let mut ammessi: Option<Vec<Vec<u8>>> = None;
        for lista in pivot {
            let territorio = lista.territorio.clone();
            let firmatari = ammessi.as_deref().map_or(iniziali, Firmatari::Solo);
            ammessi = Some(lista.accetta_antica(firmatari)?.firmatari_di(&territorio));
        }
        self.accetta(ammessi.as_deref().map_or(iniziali, Firmatari::Solo), istante)
    }

    /// Believes a pivot, which is old by its nature.
    fn accetta_antica(self, firmatari: Firmatari<'_>) -> Result<ListaAccettata, RifiutoLista> {
        let firmatario = self.sigillo.clone()?;
        if !firmatari.ammette(&firmatario.der) {
            return Err(RifiutoLista::Firmatario(firmatario.nome));
        }
        Ok(ListaAccettata { lista: self, firmatario })
    }
}

impl ListaAccettata {
    /// What the list says.
    #[must_use]
    pub fn lista(&self) -> &Lista {
        &self.lista
    }

    /// The name of who signed it.
    #[must_use]
    pub fn firmatario(&self) -> &str {
        &self.firmatario.nome
    }

    /// The certificate (DER) of who signed it.
    #[must_use]
    pub fn certificato(&self) -> &[u8] {
        &self.firmatario.der
    }

    /// The certificates that may sign the XML list of a territory, as this list says; for `EU` its own successors.
    #[must_use]
    pub fn firmatari_di(&self, territorio: &str) -> Vec<Vec<u8>> {
        let suoi = self.lista.puntatori.iter().filter(|p| p.territorio == territorio && p.formato.ends_with("+xml"));
        suoi.flat_map(|p| p.firmatari.iter().cloned()).collect()
    }

    /// Where the XML list of a territory is, as this list says.
    #[must_use]
    pub fn indirizzo_di(&self, territorio: &str) -> Option<&str> {
        let suoi = self.lista.puntatori.iter().filter(|p| p.territorio == territorio && p.formato.ends_with("+xml"));
        suoi.map(|p| p.indirizzo.as_str()).find(|indirizzo| !indirizzo.is_empty())
    }
}

fn puntatori(albero: &Albero<'_>, schema: NodeId) -> Vec<Puntatore> {
    let Some(contenitore) = albero.unico(schema, TSL, "PointersToOtherTSL") else { return Vec::new() };
    let puntatore = |nodo| {
        let informazioni: Vec<NodeId> = albero
            .figlio(nodo, TSL, "AdditionalInformation")
            .into_iter()
            .flat_map(|a| albero.figli_con(a, TSL, "OtherInformation"))
            .collect();
        let altra = |spazio, nome| {
            let trovata = informazioni.iter().find_map(|i| albero.figlio(*i, spazio, nome));
            trovata.map(|n| albero.testo(n)).unwrap_or_default()
        };
        let elenchi = albero.figlio(nodo, TSL, "ServiceDigitalIdentities");
        let elenchi = elenchi.into_iter().flat_map(|e| albero.figli_con(e, TSL, "ServiceDigitalIdentity"));
        Puntatore {
            indirizzo: albero.figlio(nodo, TSL, "TSLLocation").map(|n| albero.testo(n)).unwrap_or_default(),
            territorio: altra(TSL, "SchemeTerritory"),
            tipo: ultimo(&altra(TSL, "TSLType")),
            formato: altra(AGGIUNTI, "MimeType"),
            firmatari: elenchi.flat_map(|e| certificati(albero, e)).take(MAX_IDENTITA).collect(),
        }
    };
    albero.figli_con(contenitore, TSL, "OtherTSLPointer").take(MAX_PUNTATORI).map(puntatore).collect()
}

fn servizi(albero: &Albero<'_>, radice: NodeId) -> Result<(usize, Vec<Arc<Servizio>>), RifiutoLista> {
    let elenco = albero.figlio(radice, TSL, "TrustServiceProviderList");
    let (mut prestatori, mut servizi) = (0, Vec::new());
    for prestatore in elenco.into_iter().flat_map(|e| albero.figli_con(e, TSL, "TrustServiceProvider")) {
        prestatori += 1;
        let informazioni = albero.figlio(prestatore, TSL, "TSPInformation");
        let nome = informazioni.and_then(|i| albero.figlio(i, TSL, "TSPName")).map(|n| nome_di(albero, n));
        let nome = nome.unwrap_or_default();
        let suoi = albero.figlio(prestatore, TSL, "TSPServices");
        for servizio in suoi.into_iter().flat_map(|s| albero.figli_con(s, TSL, "TSPService")) {
            if servizi.len() >= MAX_SERVIZI {
                return Err(RifiutoLista::Illeggibile("ha troppi servizi".to_owned()));
            }
            servizi.extend(servizio_di(albero, servizio, &nome).map(Arc::new));
        }
    }
    Ok((prestatori, servizi))
}

/// A service, its present state first. One of which a state cannot be read, present or past, is worth nothing: another would be taken
/// for the one that was in force.
fn servizio_di(albero: &Albero<'_>, nodo: NodeId, prestatore: &str) -> Option<Servizio> {
    let informazioni = albero.figlio(nodo, TSL, "ServiceInformation")?;
    let passati = albero.figlio(nodo, TSL, "ServiceHistory");
    let passati = passati.into_iter().flat_map(|h| albero.figli_con(h, TSL, "ServiceHistoryInstance"));
    let stati: Vec<NodeId> = std::iter::once(informazioni).chain(passati).take(MAX_STORIA + 2).collect();
    if stati.len() > MAX_STORIA + 1 {
        return None;
    }
    let storia = stati.into_iter().map(|nodo| periodo(albero, nodo)).collect::<Option<Vec<Periodo>>>()?;
    let identita = albero.figlio(informazioni, TSL, "ServiceDigitalIdentity");
    Some(Servizio::new(
        prestatore.to_owned(),
        albero.figlio(informazioni, TSL, "ServiceName").map(|n| nome_di(albero, n)).unwrap_or_default(),
        &albero.testo(albero.figlio(informazioni, TSL, "ServiceTypeIdentifier")?),
        identita.map(|i| certificati(albero, i).take(MAX_IDENTITA).collect()).unwrap_or_default(),
        storia,
    ))
}

fn periodo(albero: &Albero<'_>, nodo: NodeId) -> Option<Periodo> {
    let estensioni = albero.figlio(nodo, TSL, "ServiceInformationExtensions");
    let estensioni: Vec<NodeId> = estensioni.into_iter().flat_map(|e| albero.figli_con(e, TSL, "Extension")).collect();
    let informazioni = estensioni.iter().flat_map(|e| albero.figli_con(*e, TSL, "AdditionalServiceInformation"));
    let indirizzi = informazioni.filter_map(|i| albero.figlio(i, TSL, "URI"));
    let ceduto = estensioni.iter().find_map(|e| albero.figli(*e).find(|n| albero.nome(*n) == "TakenOverBy"));
    let ceduto = ceduto.and_then(|n| albero.figlio(n, TSL, "TSPName")).map(|n| nome_di(albero, n));
    let mut qualifiche: Vec<Qualifica> = estensioni.iter().flat_map(|e| criterio::leggi(albero, *e)).collect();
    // What must be understood and is not might take away what the rest gives (clause 5.5.9).
    if estensioni.iter().any(|e| critica(albero, *e) && !compresa(albero, *e)) {
        qualifiche.push(Qualifica::ignota());
    }
    Some(Periodo {
        stato: ultimo(&albero.testo(albero.figlio(nodo, TSL, "ServiceStatus")?)),
        dal: istante(&albero.testo(albero.figlio(nodo, TSL, "StatusStartingTime")?))?,
        informazioni: indirizzi.map(|n| ultimo(&albero.testo(n))).collect(),
        qualifiche,
        ceduto_a: ceduto,
    })
}

fn critica(albero: &Albero<'_>, estensione: NodeId) -> bool {
    !matches!(albero.attributo(estensione, "Critical").map(str::trim), None | Some("false" | "0"))
}

/// Whether everything in an extension is known. Until when the revocation of expired certificates is told changes nothing here.
fn compresa(albero: &Albero<'_>, estensione: NodeId) -> bool {
    const NOTE: [&str; 4] =
        ["Qualifications", "AdditionalServiceInformation", "TakenOverBy", "ExpiredCertsRevocationInfo"];
    let mut voci = albero.figli(estensione).peekable();
    voci.peek().is_some() && voci.all(|voce| NOTE.contains(&albero.nome(voce)))
}

/// The certificates of a digital identity that can be read as base64.
fn certificati<'b>(albero: &'b Albero<'_>, identita: NodeId) -> impl Iterator<Item = Vec<u8>> + 'b {
    let voci = albero.figli_con(identita, TSL, "DigitalId");
    voci.filter_map(|v| albero.base64(albero.figlio(v, TSL, "X509Certificate")?))
}

/// A name in Italian, or in the first language that there is.
fn nome_di(albero: &Albero<'_>, nodo: NodeId) -> String {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let italiano = |n: &NodeId| albero.doc.get_attribute_ns(*n, XML, "lang").is_some_and(|l| l.starts_with("it"));
    let nomi: Vec<NodeId> = albero.figli_con(nodo, TSL, "Name").collect();
    let scelto = nomi.iter().find(|n| italiano(n)).or_else(|| nomi.first());
    let testo = scelto.map(|n| albero.testo(*n)).unwrap_or_default();
    testo.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// What stands after the last stroke of an address.
pub(super) fn ultimo(indirizzo: &str) -> String {
    indirizzo.rsplit('/').next().unwrap_or_default().to_owned()
}

fn istante(testo: &str) -> Option<Istante> {
    testo.parse().ok()
}
