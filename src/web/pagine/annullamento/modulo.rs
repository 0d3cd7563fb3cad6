//! The form that annuls, or proposes to: what was typed, and the values it means.

use crate::registro::{
    Campo, Corrispondente, ProtocolloMittente, Registrazione, Rettifica, RuoloCorrispondente, Valore, a_mano,
};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::valori::{Istante, ROMA, Testo};
use crate::web::pagine::campi::{Difetto, forse, rifiuta, serve};
use crate::web::pagine::formato::leggi_data;
use chrono::{NaiveDate, NaiveTime, TimeZone, Utc};
use std::collections::BTreeMap;

/// A party as typed.
#[derive(Default)]
pub(super) struct ParteScritta {
    pub(super) ruolo: String,
    pub(super) tipo: String,
    pub(super) cognome: String,
    pub(super) nome: String,
    pub(super) cf: String,
    pub(super) ipa: String,
    pub(super) aoo: String,
    pub(super) uo: String,
    pub(super) pec: String,
}

impl ParteScritta {
    fn vuota(&self) -> bool {
        let scritti = [&self.cognome, &self.nome, &self.cf, &self.ipa, &self.aoo, &self.uo, &self.pec];
        scritti.into_iter().all(|t| t.trim().is_empty())
    }

    /// The fields to type in: name, label, what is there.
    pub(super) fn campi(&self) -> Vec<(&'static str, &'static str, &str)> {
        vec![
            ("cognome", "Cognome o denominazione", &self.cognome),
            ("nome", "Nome (solo persone)", &self.nome),
            ("cf", "Codice fiscale", &self.cf),
            ("pec", "PEC o e-mail", &self.pec),
            ("ipa", "Codice IPA", &self.ipa),
            ("aoo", "Codice AOO", &self.aoo),
            ("uo", "Codice UO", &self.uo),
        ]
    }

    fn di(c: &Corrispondente) -> Self {
        let (cognome, nome) = match &c.parte.nome {
            NomeParte::Denominazione(d) => (d.to_string(), String::new()),
            NomeParte::Persona { nome, cognome } => (cognome.to_string(), nome.to_string()),
        };
        let testo = |v: Option<String>| v.unwrap_or_default();
        Self {
            ruolo: if c.per_conoscenza { PER_CONOSCENZA } else { c.ruolo.as_str() }.to_owned(),
            tipo: c.parte.tipo.as_str().to_owned(),
            cognome,
            nome,
            cf: testo(c.parte.codice_fiscale.as_ref().map(ToString::to_string)),
            ipa: testo(c.parte.codice_ipa.as_ref().map(ToString::to_string)),
            aoo: testo(c.parte.codice_aoo.as_ref().map(ToString::to_string)),
            uo: testo(c.parte.codice_uo.as_ref().map(ToString::to_string)),
            pec: testo(c.parte.pec.as_ref().map(ToString::to_string)),
        }
    }
}

/// The word of the form for a recipient who only has to know.
const PER_CONOSCENZA: &str = "conoscenza";

/// The form.
#[derive(Default)]
pub(super) struct Scritto {
    /// None: the whole registration.
    pub(super) campo: Option<Campo>,
    pub(super) motivo: String,
    pub(super) conferma: bool,
    pub(super) riservato: bool,
    pub(super) oggetto: String,
    pub(super) numero: String,
    pub(super) data: String,
    pub(super) giorno: String,
    pub(super) ora: String,
    pub(super) parti: Vec<ParteScritta>,
    pub(super) errori: Vec<Difetto>,
}

impl Scritto {
    /// The form with the values in force.
    pub(super) fn di(r: &Registrazione, campo: Option<Campo>) -> Self {
        let locale = r.arrivo.map(|a| a.date_time().with_timezone(&ROMA));
        let p = r.protocollo_mittente.as_ref();
        let mut parti: Vec<ParteScritta> = r.corrispondenti.iter().map(ParteScritta::di).collect();
        // One more to fill in.
        parti.push(ParteScritta { tipo: "persona-giuridica".to_owned(), ..ParteScritta::default() });
        Self {
            campo,
            oggetto: r.oggetto.to_string(),
            numero: p.map(|p| p.numero.to_string()).unwrap_or_default(),
            data: p.and_then(|p| p.data).map(|d| d.format("%d/%m/%Y").to_string()).unwrap_or_default(),
            giorno: locale.map(|l| l.format("%d/%m/%Y").to_string()).unwrap_or_default(),
            ora: locale.map(|l| l.format("%H:%M").to_string()).unwrap_or_default(),
            parti,
            ..Self::default()
        }
    }

    /// The form that was sent.
    pub(super) fn da_campi(campi: &BTreeMap<String, String>) -> Option<Self> {
        let testo = |nome: &str| campi.get(nome).cloned().unwrap_or_default();
        let campo = match testo("cosa").as_str() {
            "" | "tutta" => None,
            altro => Some(altro.parse().ok()?),
        };
        let parti = (0..campi.len()).map_while(|i| {
            let campo = |nome: &str| testo(&format!("parte-{i}-{nome}"));
            campi.contains_key(&format!("parte-{i}-tipo")).then(|| ParteScritta {
                ruolo: campo("ruolo"),
                tipo: campo("tipo"),
                cognome: campo("cognome"),
                nome: campo("nome"),
                cf: campo("cf"),
                ipa: campo("ipa"),
                aoo: campo("aoo"),
                uo: campo("uo"),
                pec: campo("pec"),
            })
        });
        Some(Self {
            campo,
            motivo: testo("motivo"),
            conferma: campi.contains_key("conferma"),
            riservato: campi.contains_key("riservato"),
            oggetto: testo("oggetto"),
            numero: testo("numero"),
            data: testo("data"),
            giorno: testo("giorno"),
            ora: testo("ora"),
            parti: parti.collect(),
            errori: Vec::new(),
        })
    }

    /// What was refused in a field.
    pub(super) fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }

    /// What was refused in a field of a party.
    pub(super) fn errore_parte(&self, indice: &usize, campo: &str) -> Option<&str> {
        self.errore(&format!("parte-{indice}-{campo}"))
    }

    /// The word of the datum, as the form sends it.
    pub(super) fn cosa(&self) -> &'static str {
        self.campo.map_or("tutta", Campo::as_str)
    }

    /// The reason, and the new value of a datum; every refusal goes to its field.
    pub(super) fn leggi(&mut self, oggi: NaiveDate, conferma: bool) -> Option<(Testo, Option<Rettifica>)> {
        let mut difetti = Vec::new();
        let valore = self.campo.map(|campo| self.valore(campo, oggi, &mut difetti));
        let motivo = serve("motivo", &self.motivo, "Scrivi il motivo: resta nel provvedimento.", &mut difetti);
        if conferma && !self.conferma {
            rifiuta("conferma", "Metti la spunta: un annullamento non si toglie.", &mut difetti);
        }
        self.errori = difetti;
        if !self.errori.is_empty() {
            return None;
        }
        match valore {
            None => Some((motivo?, None)),
            Some(valore) => Some((motivo?, Some(Rettifica { valore: valore?, riservato: self.riservato }))),
        }
    }

    fn valore(&self, campo: Campo, oggi: NaiveDate, difetti: &mut Vec<Difetto>) -> Option<Valore> {
        match campo {
            Campo::Oggetto => {
                let manca = "Scrivi l'oggetto giusto: una registrazione ne ha sempre uno.";
                serve("oggetto", &self.oggetto, manca, difetti).map(Valore::Oggetto)
            }
            Campo::Corrispondenti => {
                let scritte = self.parti.iter().enumerate().filter(|(_, p)| !p.vuota());
                let parti: Vec<_> = scritte.map(|(i, p)| parte(i, p, difetti)).collect();
                parti.into_iter().collect::<Option<_>>().map(Valore::Corrispondenti)
            }
            Campo::ProtocolloMittente => Some(Valore::ProtocolloMittente(self.protocollo(oggi, difetti))),
            Campo::Arrivo => Some(Valore::Arrivo(self.arrivo(oggi, difetti))),
        }
    }

    fn protocollo(&self, oggi: NaiveDate, difetti: &mut Vec<Difetto>) -> Option<ProtocolloMittente> {
        let data = giorno("data", &self.data, oggi, difetti);
        if self.numero.trim().is_empty() {
            if data.is_some() {
                rifiuta("numero", "C'è la data del protocollo del mittente ma manca il numero.", difetti);
            }
            return None;
        }
        Some(ProtocolloMittente { numero: forse("numero", &self.numero, difetti)?, data })
    }

    fn arrivo(&self, oggi: NaiveDate, difetti: &mut Vec<Difetto>) -> Option<Istante> {
        let giorno = giorno("giorno", &self.giorno, oggi, difetti);
        let ora = match self.ora.trim() {
            "" => None,
            testo => match NaiveTime::parse_from_str(testo, "%H:%M") {
                Ok(ora) => Some(ora),
                Err(_) => {
                    rifiuta("ora", "Scrivi l'ora come 08:42.", difetti);
                    return None;
                }
            },
        };
        match (giorno, ora) {
            (None, None) => None,
            (None, Some(_)) => {
                rifiuta("giorno", "C'è l'ora ma manca il giorno.", difetti);
                None
            }
            (Some(_), None) => {
                rifiuta("ora", "Manca l'ora: i termini corrono da lì.", difetti);
                None
            }
            (Some(giorno), Some(ora)) => match ROMA.from_local_datetime(&giorno.and_time(ora)).earliest() {
                Some(istante) => Some(Istante::new(istante.with_timezone(&Utc))),
                None => {
                    rifiuta("ora", "Quella notte, quando è entrata l'ora legale, quest'ora non c'è stata.", difetti);
                    None
                }
            },
        }
    }
}

/// The data that can be annulled here: an arrival only where a person typed it.
pub(super) fn annullabili(r: &Registrazione) -> Vec<Campo> {
    Campo::TUTTI.into_iter().filter(|c| *c != Campo::Arrivo || a_mano(r.mezzo)).collect()
}

fn giorno(campo: &str, testo: &str, oggi: NaiveDate, difetti: &mut Vec<Difetto>) -> Option<NaiveDate> {
    if testo.trim().is_empty() {
        return None;
    }
    leggi_data(testo, oggi).map_err(|e| rifiuta(campo, e, difetti)).ok()
}

fn parte(indice: usize, p: &ParteScritta, difetti: &mut Vec<Difetto>) -> Option<Corrispondente> {
    let campo = |nome: &str| format!("parte-{indice}-{nome}");
    let per_conoscenza = p.ruolo == PER_CONOSCENZA;
    let ruolo = if per_conoscenza { RuoloCorrispondente::Destinatario.as_str() } else { &p.ruolo };
    let ruolo = serve(&campo("ruolo"), ruolo, "Scegli se è mittente o destinatario.", difetti);
    let tipo = serve(&campo("tipo"), &p.tipo, "Scegli se è una persona, un'azienda o un ente.", difetti)?;
    let nome = if tipo == TipoParte::PersonaFisica {
        let cognome = serve(&campo("cognome"), &p.cognome, "Manca il cognome.", difetti);
        let nome = serve(&campo("nome"), &p.nome, "Manca il nome: per una persona servono cognome e nome.", difetti);
        cognome.zip(nome).map(|(cognome, nome)| NomeParte::Persona { nome, cognome })
    } else {
        serve(&campo("cognome"), &p.cognome, "Manca la denominazione.", difetti).map(NomeParte::Denominazione)
    };
    let parte = Parte {
        tipo,
        codice_fiscale: forse(&campo("cf"), &p.cf, difetti),
        codice_ipa: forse(&campo("ipa"), &p.ipa, difetti),
        codice_aoo: forse(&campo("aoo"), &p.aoo, difetti),
        codice_uo: forse(&campo("uo"), &p.uo, difetti),
        pec: forse(&campo("pec"), &p.pec, difetti),
        nome: nome?,
    };
    Some(Corrispondente { ruolo: ruolo?, parte, per_conoscenza })
}
