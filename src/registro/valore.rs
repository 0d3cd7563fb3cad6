//! The value of a datum that may be annulled, as it is compared, stored and read.

use super::lettura::corrispondente;
use super::nuova::{controlla_arrivo, controlla_parti, controlla_protocollo};
use super::righe::RigaCorrispondente;
use super::{Corrispondente, Errore, Mezzo, ProtocolloMittente, Registrazione, RuoloCorrispondente};
use crate::segnatura::NomeParte;
use crate::valori::{Istante, Oggetto, Rifiuto};
use std::str::FromStr;

/// The single data that may be annulled (DPR 445/2000 art. 54). Number, instant and impronte only fall with the whole registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Campo {
    /// Subject.
    Oggetto,
    /// Parties.
    Corrispondenti,
    /// The sender's own number.
    ProtocolloMittente,
    /// The *presentazione*, where a person typed it.
    Arrivo,
}

impl Campo {
    /// All of them.
    pub const TUTTI: [Self; 4] = [Self::Oggetto, Self::Corrispondenti, Self::ProtocolloMittente, Self::Arrivo];

    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oggetto => "oggetto",
            Self::Corrispondenti => "corrispondenti",
            Self::ProtocolloMittente => "protocolloMittente",
            Self::Arrivo => "arrivo",
        }
    }

    /// As people call it.
    #[must_use]
    pub fn nome(self) -> &'static str {
        match self {
            Self::Oggetto => "oggetto",
            Self::Corrispondenti => "corrispondenti",
            Self::ProtocolloMittente => "protocollo del mittente",
            Self::Arrivo => "arrivo",
        }
    }
}

impl FromStr for Campo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let parole = Self::TUTTI.map(Self::as_str).join(", ");
        let trovato = Self::TUTTI.into_iter().find(|c| c.as_str() == testo);
        trovato.ok_or_else(|| Rifiuto::new("dato", format!("si può annullare uno di: {parole}")))
    }
}

/// A value of one of them; `None` where there is none.
#[derive(Debug, Clone)]
pub enum Valore {
    /// Subject.
    Oggetto(Oggetto),
    /// Parties, in order.
    Corrispondenti(Vec<Corrispondente>),
    /// The sender's own number.
    ProtocolloMittente(Option<ProtocolloMittente>),
    /// The *presentazione*.
    Arrivo(Option<Istante>),
}

impl Valore {
    /// Which datum it is a value of.
    #[must_use]
    pub fn campo(&self) -> Campo {
        match self {
            Self::Oggetto(_) => Campo::Oggetto,
            Self::Corrispondenti(_) => Campo::Corrispondenti,
            Self::ProtocolloMittente(_) => Campo::ProtocolloMittente,
            Self::Arrivo(_) => Campo::Arrivo,
        }
    }

    /// The value in force.
    #[must_use]
    pub fn in_vigore(r: &Registrazione, campo: Campo) -> Self {
        match campo {
            Campo::Oggetto => Self::Oggetto(r.oggetto.clone()),
            Campo::Corrispondenti => Self::Corrispondenti(r.corrispondenti.clone()),
            Campo::ProtocolloMittente => Self::ProtocolloMittente(r.protocollo_mittente.clone()),
            Campo::Arrivo => Self::Arrivo(r.arrivo),
        }
    }

    /// Puts it in force.
    pub(super) fn metti(self, r: &mut Registrazione) {
        match self {
            Self::Oggetto(oggetto) => r.oggetto = oggetto,
            Self::Corrispondenti(parti) => r.corrispondenti = parti,
            Self::ProtocolloMittente(protocollo) => r.protocollo_mittente = protocollo,
            Self::Arrivo(arrivo) => r.arrivo = arrivo,
        }
    }

    /// Refuses what would not have been registered, and what changes nothing.
    pub(super) fn controlla(&self, r: &Registrazione) -> Result<(), Errore> {
        match self {
            Self::Oggetto(_) => {}
            Self::ProtocolloMittente(protocollo) => controlla_protocollo(protocollo.as_ref(), r.istante)?,
            Self::Corrispondenti(parti) => controlla_parti(r.flusso, parti)?,
            Self::Arrivo(_) if !a_mano(r.mezzo) => return Err(Errore::ArrivoFisso),
            // It arrived before it was registered.
            Self::Arrivo(arrivo) => controlla_arrivo(*arrivo, r.istante)?,
        }
        if self.testo()? == Self::in_vigore(r, self.campo()).testo()? {
            return Err(Errore::ValoreUguale(self.campo().nome()));
        }
        Ok(())
    }

    /// As it is stored; the same text means the same value.
    pub(super) fn testo(&self) -> Result<Option<String>, Errore> {
        let no = |e| crate::storage::Errore::riga("dati_annullati", e);
        Ok(match self {
            Self::Oggetto(oggetto) => Some(oggetto.to_string()),
            Self::Corrispondenti(parti) => {
                let righe = parti.iter().zip(1_i32..).map(|(c, posizione)| RigaCorrispondente::new("", posizione, c));
                Some(serde_json::to_string(&righe.collect::<Vec<_>>()).map_err(no)?)
            }
            Self::ProtocolloMittente(None) | Self::Arrivo(None) => None,
            Self::ProtocolloMittente(Some(p)) => Some(serde_json::to_string(&(p.numero.as_str(), p.data)).map_err(no)?),
            Self::Arrivo(Some(istante)) => Some(istante.to_string()),
        })
    }

    /// The value that was stored.
    pub(super) fn leggi(campo: Campo, testo: Option<&str>) -> Result<Self, crate::storage::Errore> {
        let no = |e: Rifiuto| crate::storage::Errore::riga("dati_annullati", e);
        let rotto = |e| crate::storage::Errore::riga("dati_annullati", e);
        Ok(match (campo, testo) {
            (Campo::Oggetto, testo) => Self::Oggetto(testo.unwrap_or_default().parse().map_err(no)?),
            (Campo::Corrispondenti, testo) => {
                let righe: Vec<RigaCorrispondente> = serde_json::from_str(testo.unwrap_or_default()).map_err(rotto)?;
                Self::Corrispondenti(righe.into_iter().map(corrispondente).collect::<Result<_, _>>().map_err(no)?)
            }
            (Campo::ProtocolloMittente, None) => Self::ProtocolloMittente(None),
            (Campo::ProtocolloMittente, Some(testo)) => {
                let (numero, data): (String, _) = serde_json::from_str(testo).map_err(rotto)?;
                Self::ProtocolloMittente(Some(ProtocolloMittente { numero: numero.parse().map_err(no)?, data }))
            }
            (Campo::Arrivo, testo) => Self::Arrivo(testo.map(|t| t.parse()).transpose().map_err(no)?),
        })
    }

    /// As people read it.
    #[must_use]
    pub fn leggibile(&self) -> String {
        match self {
            Self::Oggetto(oggetto) => oggetto.to_string(),
            Self::Corrispondenti(parti) => parti.iter().map(parte).collect::<Vec<_>>().join("; "),
            Self::ProtocolloMittente(Some(p)) => match p.data {
                Some(data) => format!("{} del {}", p.numero, data.format("%d/%m/%Y")),
                None => p.numero.to_string(),
            },
            Self::Arrivo(Some(istante)) => istante.leggibile(),
            Self::ProtocolloMittente(None) | Self::Arrivo(None) => "nessuno".to_owned(),
        }
    }
}

/// True if a person typed when it arrived: what came with a message or from the portal has the instant of whoever carried it.
#[must_use]
pub fn a_mano(mezzo: Mezzo) -> bool {
    match mezzo {
        Mezzo::Sportello | Mezzo::Posta | Mezzo::Raccomandata | Mezzo::Corriere => true,
        Mezzo::Pec | Mezzo::Email | Mezzo::Portale | Mezzo::Aoo | Mezzo::Sdi => false,
    }
}

/// `Mittente: Bianchi Maria (BNCMRA…, maria@pec.example)`.
fn parte(c: &Corrispondente) -> String {
    let p = &c.parte;
    let ruolo = match (c.ruolo, c.per_conoscenza) {
        (RuoloCorrispondente::Mittente, _) => "Mittente",
        (RuoloCorrispondente::Destinatario, false) => "Destinatario",
        (RuoloCorrispondente::Destinatario, true) => "Per conoscenza",
    };
    let nome = match &p.nome {
        NomeParte::Denominazione(d) => d.to_string(),
        NomeParte::Persona { nome, cognome } => format!("{cognome} {nome}"),
    };
    let dettagli: Vec<String> = [
        p.codice_fiscale.as_ref().map(ToString::to_string),
        p.codice_ipa.as_ref().map(ToString::to_string),
        p.codice_aoo.as_ref().map(ToString::to_string),
        p.codice_uo.as_ref().map(ToString::to_string),
        p.pec.as_ref().map(ToString::to_string),
    ]
    .into_iter()
    .flatten()
    .collect();
    if dettagli.is_empty() { format!("{ruolo}: {nome}") } else { format!("{ruolo}: {nome} ({})", dettagli.join(", ")) }
}
