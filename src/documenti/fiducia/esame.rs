//! The judgement of what was brought: nothing is written here.

use super::sorgente::{MASSIMA_LISTA_BYTE, Sorgente};
use super::variazioni::Variazioni;
use super::versione::{presente, ultima};
use super::{Rete, Rifiuto};
use crate::documenti::{Deposito, Errore};
use crate::firma::{Firmatari, Lista, ListaAccettata, RifiutoLista};
use crate::storage::Db;
use crate::valori::{Impronta, Istante, Territorio};

/// `TSLType` of the list of the lists.
const LISTA_DELLE_LISTE: &str = "EUlistofthelists";

/// Who may sign the list of the lists before any pivot.
#[derive(Debug, Clone)]
pub enum Iniziali {
    /// Certificates with these SHA-256.
    Impronte(Vec<Impronta>),
    /// These certificates (DER).
    Certificati(Vec<Vec<u8>>),
}

impl Iniziali {
    fn firmatari(&self) -> Firmatari<'_> {
        match self {
            Self::Impronte(impronte) => Firmatari::Impronte(impronte),
            Self::Certificati(certificati) => Firmatari::Solo(certificati),
        }
    }
}

/// By what lists are judged.
#[derive(Debug, Clone)]
pub struct Regole {
    /// Who may sign the list of the lists.
    pub iniziali: Iniziali,
    /// Where it is fetched from.
    pub lotl: String,
    /// Whose lists are wanted.
    pub paesi: Vec<Territorio>,
    /// The way to the network; without it nothing is fetched.
    pub rete: Option<Rete>,
}

/// What was found of one list.
#[derive(Debug)]
pub struct Esame {
    /// File or address it came from.
    pub provenienza: String,
    /// Whose it is, if it says so or was asked for as such.
    pub territorio: Option<Territorio>,
    /// Its number, if it can be read.
    pub sequenza: Option<u64>,
    /// What to do with it.
    pub esito: Result<Esito, Rifiuto>,
}

/// What to do with a list that may be believed.
#[derive(Debug)]
pub enum Esito {
    /// Keep it.
    Nuova(Box<Candidata>),
    /// Nothing: it is kept already.
    Presente,
}

/// A list that may be kept.
#[derive(Debug)]
pub struct Candidata {
    /// What it says, believed.
    pub lista: ListaAccettata,
    /// Whose it is.
    pub territorio: Territorio,
    /// What changes from the one that is kept.
    pub variazioni: Variazioni,
    pub(super) byte: Vec<u8>,
    pub(super) provenienza: String,
    /// The list of the lists that vouches for it.
    pub(super) garante: Option<Impronta>,
    pub(super) pivot: Vec<Vec<u8>>,
}

/// A list that was read.
struct Letta {
    provenienza: String,
    byte: Vec<u8>,
    lista: Lista,
}

/// The list of the lists that vouches for the others.
struct Garante {
    lista: ListaAccettata,
    impronta: Impronta,
}

/// Judges what was brought, the list of the lists first; what is wrong with one does not stop the others. Without anything the
/// list of the lists is fetched; if it came, or was brought, also the lists of the territories of which none was brought.
///
/// # Errors
/// Of the database or the store; never of what was brought.
pub fn esamina(
    (db, deposito): (&Db, &Deposito),
    regole: &Regole,
    portate: Vec<Sorgente>,
    avanza: &mut dyn FnMut(&str),
) -> Result<Vec<Esame>, Errore> {
    let aula = Aula { db, deposito, regole, ora: db.orologio().adesso() };
    let mut esami = Vec::new();
    let niente = portate.is_empty();
    let (mut capi, mut altre): (Vec<Letta>, Vec<Letta>) = (Vec::new(), Vec::new());
    for sorgente in portate {
        match aula.leggi(sorgente, None, avanza) {
            Ok(letta) if letta.lista.tipo == LISTA_DELLE_LISTE => capi.push(letta),
            Ok(letta) => altre.push(letta),
            Err(esame) => esami.push(*esame),
        }
    }
    let conservato = aula.garante_conservato()?;
    let senza = capi.is_empty() && !altre.is_empty() && conservato.is_none();
    if regole.rete.is_some() && (niente || senza) {
        match aula.leggi(Sorgente::Url(regole.lotl.clone()), Some(&Territorio::unione()), avanza) {
            Ok(letta) => capi.push(letta),
            Err(esame) => esami.push(*esame),
        }
    }
    let tutte = niente || !capi.is_empty();
    let (esame, nuovo) = aula.giudica_capo(capi)?;
    esami.extend(esame);
    let garante = nuovo.or(conservato);
    // The list of the lists is no national list, whatever the configuration says.
    let paesi: Vec<Territorio> = regole.paesi.iter().filter(|p| !p.e_unione()).cloned().collect();
    let mancano = paesi.iter().filter(|p| !altre.iter().any(|l| l.lista.territorio == p.as_str()));
    let mancano: Vec<Territorio> = mancano.filter(|_| tutte).cloned().collect();
    for letta in altre {
        esami.push(aula.giudica(letta, &paesi, garante.as_ref())?);
    }
    if let (Some(garante), true) = (&garante, regole.rete.is_some()) {
        for paese in mancano {
            esami.push(aula.cerca(&paese, garante, avanza)?);
        }
    }
    Ok(esami)
}

/// Where lists are judged.
struct Aula<'a> {
    db: &'a Db,
    deposito: &'a Deposito,
    regole: &'a Regole,
    ora: Istante,
}

impl Aula<'_> {
    fn leggi(
        &self,
        sorgente: Sorgente,
        atteso: Option<&Territorio>,
        avanza: &mut dyn FnMut(&str),
    ) -> Result<Letta, Box<Esame>> {
        let provenienza = sorgente.nome();
        avanza(&provenienza);
        let letta = sorgente
            .leggi(self.regole.rete.as_ref(), MASSIMA_LISTA_BYTE)
            .and_then(|byte| Ok((Lista::leggi(&byte)?, byte)));
        letta.map(|(lista, byte)| Letta { provenienza: provenienza.clone(), byte, lista }).map_err(|rifiuto| {
            Box::new(Esame { provenienza, territorio: atteso.cloned(), sequenza: None, esito: Err(rifiuto) })
        })
    }

    /// The list of the lists that is kept, if it is in force.
    fn garante_conservato(&self) -> Result<Option<Garante>, Errore> {
        let ultima = self.db.leggi(|conn| ultima(conn, &Territorio::unione()))?;
        let Some(ultima) = ultima.filter(|u| !u.scaduta(self.ora)) else { return Ok(None) };
        // One that cannot be read vouches for nobody; another may take its place.
        Ok(ultima.apri(self.deposito).ok().map(|lista| Garante { lista, impronta: ultima.impronta }))
    }

    /// Of several lists of the lists that with the highest number is judged, the others are its pivots.
    fn giudica_capo(&self, mut capi: Vec<Letta>) -> Result<(Option<Esame>, Option<Garante>), Errore> {
        capi.sort_by_key(|l| l.lista.sequenza);
        let Some(capo) = capi.pop() else { return Ok((None, None)) };
        let impronta = Impronta::of(&capo.byte);
        let (pivot, byte): (Vec<Lista>, Vec<Vec<u8>>) = capi.into_iter().map(|l| (l.lista, l.byte)).unzip();
        let unione = Territorio::unione();
        let (provenienza, sequenza) = (capo.provenienza.clone(), Some(capo.lista.sequenza));
        let attesa = stesso(&capo.lista, std::slice::from_ref(&unione));
        let iniziali = self.regole.iniziali.firmatari();
        let accettata = attesa.and_then(|_| Ok(capo.lista.clone().accetta_dopo_pivot(pivot, iniziali, self.ora)?));
        let (esito, garante) = match accettata {
            Ok(lista) => {
                let portata = Portata { provenienza: capo.provenienza, byte: capo.byte, garante: None, pivot: byte };
                let esito = self.confronta(lista.clone(), &unione, portata)?;
                let garante = esito.is_ok().then_some(Garante { lista, impronta });
                (esito, garante)
            }
            Err(rifiuto) => (Err(rifiuto), None),
        };
        Ok((Some(Esame { provenienza, territorio: Some(unione), sequenza, esito }), garante))
    }

    /// A list that was brought, or that was fetched for one territory.
    fn giudica(&self, letta: Letta, attesi: &[Territorio], garante: Option<&Garante>) -> Result<Esame, Errore> {
        let (provenienza, sequenza) = (letta.provenienza.clone(), Some(letta.lista.sequenza));
        let territorio = letta.lista.territorio.parse().ok();
        let accettata = stesso(&letta.lista, attesi).and_then(|territorio| {
            let garante = garante.ok_or(Rifiuto::SenzaGarante)?;
            let firmatari = garante.lista.firmatari_di(territorio.as_str());
            if firmatari.is_empty() {
                return Err(Rifiuto::SenzaFirmatari(territorio));
            }
            let accettata = letta.lista.accetta(Firmatari::Solo(&firmatari), self.ora)?;
            Ok((accettata, territorio, garante.impronta))
        });
        let esito = match accettata {
            Ok((accettata, territorio, garante)) => {
                let portata = Portata {
                    provenienza: letta.provenienza,
                    byte: letta.byte,
                    garante: Some(garante),
                    pivot: Vec::new(),
                };
                self.confronta(accettata, &territorio, portata)?
            }
            Err(rifiuto) => Err(rifiuto),
        };
        Ok(Esame { provenienza, territorio, sequenza, esito })
    }

    /// Fetches the list of a territory from where the list of the lists says.
    fn cerca(&self, paese: &Territorio, garante: &Garante, avanza: &mut dyn FnMut(&str)) -> Result<Esame, Errore> {
        let Some(url) = garante.lista.indirizzo_di(paese.as_str()) else {
            let esito = Err(Rifiuto::SenzaIndirizzo(paese.clone()));
            return Ok(Esame { provenienza: String::new(), territorio: Some(paese.clone()), sequenza: None, esito });
        };
        match self.leggi(Sorgente::Url(url.to_owned()), Some(paese), avanza) {
            Ok(letta) => self.giudica(letta, std::slice::from_ref(paese), Some(garante)),
            Err(esame) => Ok(*esame),
        }
    }

    /// Compares a list that may be believed with the one that is kept.
    fn confronta(
        &self,
        lista: ListaAccettata,
        territorio: &Territorio,
        portata: Portata,
    ) -> Result<Result<Esito, Rifiuto>, Errore> {
        let conservata = self.db.leggi(|conn| ultima(conn, territorio))?;
        match presente(conservata.as_ref(), lista.lista().sequenza, Impronta::of(&portata.byte)) {
            Err(rifiuto) => return Ok(Err(rifiuto)),
            Ok(true) => return Ok(Ok(Esito::Presente)),
            Ok(false) => {}
        }
        // What cannot be read any more is what most needs to be replaced.
        let prima = conservata.and_then(|c| c.apri(self.deposito).ok());
        let variazioni = Variazioni::tra(prima.as_ref().map(ListaAccettata::lista), lista.lista(), self.ora);
        let Portata { provenienza, byte, garante, pivot } = portata;
        let territorio = territorio.clone();
        let candidata = Candidata { lista, territorio, variazioni, byte, provenienza, garante, pivot };
        Ok(Ok(Esito::Nuova(Box::new(candidata))))
    }
}

/// How a list came, and who vouches for it.
struct Portata {
    provenienza: String,
    byte: Vec<u8>,
    garante: Option<Impronta>,
    pivot: Vec<Vec<u8>>,
}

/// The territory of a list, if it is one of those that are wanted.
fn stesso(lista: &Lista, attesi: &[Territorio]) -> Result<Territorio, Rifiuto> {
    // In a row numbers are signed.
    if i64::try_from(lista.sequenza).is_err() {
        return Err(RifiutoLista::Illeggibile("il suo numero è fuori misura".to_owned()).into());
    }
    let trovato = lista.territorio.parse().ok().filter(|t| attesi.contains(t));
    trovato.ok_or_else(|| Rifiuto::Territorio {
        trovato: lista.territorio.chars().filter(|c| !c.is_control()).take(20).collect(),
        atteso: attesi.iter().map(Territorio::as_str).collect::<Vec<_>>().join(", "),
    })
}
