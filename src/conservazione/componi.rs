//! A registration with what every module knows of it, turned into the values of a package.

use super::sacer::{
    Chiave, Collegamento, Componente, DatoSpecifico, Documento, Fascicolo, UnitaDocumentaria, Versatore,
};
use super::{Errore, Mappa, pacchetto};
use crate::pec;
use crate::registro::{self, Corrispondente, DocumentoRegistrato, Registrazione, RuoloCorrispondente, RuoloDocumento};
use crate::segnatura::{Identificatore, NomeParte};
use crate::storage::Conn;
use crate::titolario;
use crate::utenti::Aoo;
use crate::utenti::visibilita::Vista;
use crate::valori::{Impronta, Istante, RegistrazioneId};
use std::fmt::Write as _;

/// What `RiferimentoTemporale` is: registration in the protocol is a legally certain time (DPCM 22/2/2013 art. 41 c.4)…
const DATA_DI_PROTOCOLLAZIONE: &str = "DATA_DI_PROTOCOLLAZIONE";
/// …and so, earlier, is the instant that a provider of PEC certifies.
const DATA_DI_ACCETTAZIONE_PEC: &str = "DATA_DI_ACCETTAZIONE_PEC";
/// Most documents of one kind that the contract counts.
const MASSIMI_DOCUMENTI: usize = 9_999;
/// Why one unit is linked to another.
const RISPONDE_A: &str = "RISPONDE A";
/// Name of our XML in the package.
const SEGNATURA_XML: &str = "Segnatura.xml";
/// Extensions that wrap another one.
const INVOLUCRI: &[&str] = &["p7m", "p7s", "tsd", "m7m"];
/// Longest extension that is taken for one.
const MASSIMO_ESTENSIONE: usize = 10;
/// What a file is called whose name does not tell.
const FORMATI: &[(&str, &str)] = &[
    ("application/pdf", "pdf"),
    ("application/pkcs7-mime", "p7m"),
    ("application/zip", "zip"),
    ("application/xml", "xml"),
    ("text/xml", "xml"),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("message/rfc822", "eml"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/tiff", "tif"),
];

/// What is known of a registration that has no package yet.
pub(super) struct Materia {
    pub registrazione: Registrazione,
    /// Our `Segnatura.xml`, if it has one.
    pub segnatura_xml: Option<String>,
    classifica: Option<String>,
    fascicoli: Vec<Fascicolo>,
    collegata: Option<Identificatore>,
    riferimento: Riferimento,
}

/// The moment as of which signatures are judged, and what that moment is.
#[derive(Clone, Copy)]
struct Riferimento {
    istante: Istante,
    descrizione: &'static str,
}

/// A file of the package.
pub(super) struct FilePacchetto {
    pub codice: String,
    pub impronta: Impronta,
    pub dimensione: i64,
}

/// Gathers what the modules know.
pub(super) fn materia(conn: &mut Conn, aoo: &Aoo, id: RegistrazioneId) -> Result<Materia, Errore> {
    let vista = Vista::Intera(aoo.id);
    let registrazione = registro::per_id(conn, &vista, id)?;
    let segnatura_xml = match registro::segnatura_xml(conn, &vista, id) {
        Ok(xml) => Some(xml),
        Err(registro::Errore::SegnaturaNonPrevista(_)) => None,
        Err(e) => return Err(e.into()),
    };
    let ids = [id.to_string()];
    let classifica = titolario::correnti(conn, &ids)?.into_values().next().map(|c| c.voce.to_string());
    let fascicoli = titolario::fascicoli_di(conn, &vista, &ids)?.into_values().next().unwrap_or_default();
    // The conservator refuses a link to what it does not have yet, so only what has a package is linked.
    let collegata = match registrazione.risponde_a {
        Some(altra) if pacchetto::presente(conn, altra)? => Some(registro::identificatore(conn, altra)?),
        _ => None,
    };
    let riferimento = match pec::opponibile(conn, id)? {
        Some(istante) => Riferimento { istante, descrizione: DATA_DI_ACCETTAZIONE_PEC },
        None => Riferimento { istante: registrazione.istante, descrizione: DATA_DI_PROTOCOLLAZIONE },
    };
    let fascicoli = fascicoli.into_iter().map(fascicolo).collect();
    Ok(Materia { registrazione, segnatura_xml, classifica, fascicoli, collegata, riferimento })
}

fn fascicolo(f: titolario::Fascicolo) -> Fascicolo {
    Fascicolo {
        classifica: f.codice.voce.to_string(),
        identificativo: f.codice.to_string(),
        oggetto: f.oggetto.to_string(),
    }
}

/// The values of the package and its files, or the sentence that says why there can be none.
pub(super) fn componi(
    mappa: &Mappa,
    aoo: &Aoo,
    materia: Materia,
) -> Result<(UnitaDocumentaria, Vec<FilePacchetto>), String> {
    let r = materia.registrazione;
    if let Some(a) = &r.annullamento {
        return Err(format!("è annullata ({}): come versarla si concorda con il conservatore", a.provvedimento()));
    }
    if let Some(vuoto) = r.documenti.iter().find(|d| d.dimensione == 0) {
        return Err(format!("il file «{}» è vuoto e il conservatore non accetta file vuoti", vuoto.nome));
    }
    if r.documenti.len() > MASSIMI_DOCUMENTI {
        let quanti = r.documenti.len();
        return Err(format!(
            "i documenti sono {quanti} e il conservatore ne accetta {MASSIMI_DOCUMENTI} per registrazione"
        ));
    }
    let mut file = Vec::new();
    let mut documenti = |ruolo, tipo: &str| -> Vec<Documento> {
        let suoi = r.documenti.iter().filter(|d| d.ruolo == ruolo);
        suoi.map(|d| documento(mappa, tipo, d, materia.riferimento, &mut file)).collect()
    };
    let principale = documenti(RuoloDocumento::Principale, &mappa.documento.principale).pop();
    let principale = principale.ok_or("la registrazione non ha documenti: il conservatore ne vuole almeno uno")?;
    let allegati = documenti(RuoloDocumento::Allegato, &mappa.documento.allegato);
    let annotazioni =
        materia.segnatura_xml.iter().map(|xml| segnatura(mappa, xml, materia.riferimento, &mut file)).collect();
    let mut fascicoli = materia.fascicoli.into_iter();
    let unita = UnitaDocumentaria {
        versione: mappa.versione.clone(),
        versatore: Versatore {
            ambiente: mappa.ambiente.clone(),
            ente: mappa.ente.clone().unwrap_or_else(|| aoo.ente_ipa.to_string()),
            struttura: mappa.struttura.clone().unwrap_or_else(|| aoo.codice.to_string()),
            utente: mappa.utente.clone(),
        },
        chiave: Chiave { numero: r.numero, anno: r.anno, registro: mappa.registro(&r.segnatura.registro) },
        tipologia: mappa.tipo_unita(r.flusso).to_owned(),
        tipo_conservazione: mappa.tipo_conservazione.as_str(),
        classifica: materia.classifica,
        fascicolo: fascicoli.next(),
        fascicoli_secondari: fascicoli.collect(),
        oggetto: r.oggetto.to_string(),
        data: r.istante.giorno(),
        versione_dati_specifici: mappa.dati_specifici.clone(),
        dati_specifici: dati_specifici(&r),
        collegamenti: materia.collegata.map(|altra| collegamento(mappa, altra)).into_iter().collect(),
        principale,
        allegati,
        annotazioni,
    };
    Ok((unita, file))
}

fn collegamento(mappa: &Mappa, altra: Identificatore) -> Collegamento {
    // The year of a register is that of the legal day of the registration.
    let anno = chrono::Datelike::year(&altra.data);
    let chiave = Chiave { numero: altra.numero, anno, registro: mappa.registro(&altra.registro) };
    Collegamento { chiave, descrizione: RISPONDE_A }
}

fn documento(
    mappa: &Mappa,
    tipo: &str,
    d: &DocumentoRegistrato,
    riferimento: Riferimento,
    file: &mut Vec<FilePacchetto>,
) -> Documento {
    let formato = formato(d.nome.as_str(), &d.media_type);
    let codice = format!("c{}.{formato}", file.len() + 1);
    file.push(FilePacchetto { codice: codice.clone(), impronta: d.impronta, dimensione: d.dimensione });
    Documento {
        tipo: tipo.to_owned(),
        descrizione: d.descrizione.as_ref().map(ToString::to_string),
        struttura: mappa.documento.struttura.clone(),
        componente: componente(mappa, codice, d.nome.as_str(), &formato, d.impronta, riferimento),
    }
}

fn segnatura(mappa: &Mappa, xml: &str, riferimento: Riferimento, file: &mut Vec<FilePacchetto>) -> Documento {
    let codice = format!("c{}.xml", file.len() + 1);
    let impronta = Impronta::of(xml.as_bytes());
    let dimensione = i64::try_from(xml.len()).unwrap_or(i64::MAX);
    file.push(FilePacchetto { codice: codice.clone(), impronta, dimensione });
    Documento {
        tipo: mappa.documento.segnatura.clone(),
        descrizione: None,
        struttura: mappa.documento.struttura.clone(),
        componente: componente(mappa, codice, SEGNATURA_XML, "xml", impronta, riferimento),
    }
}

fn componente(
    mappa: &Mappa,
    codice: String,
    nome: &str,
    formato: &str,
    impronta: Impronta,
    riferimento: Riferimento,
) -> Componente {
    Componente {
        id: codice,
        tipo: mappa.documento.componente.clone(),
        nome: nome.to_owned(),
        formato: formato.to_uppercase(),
        impronta,
        riferimento_temporale: riferimento.istante,
        descrizione_riferimento: riferimento.descrizione,
    }
}

/// `pdf.p7m` of `Atto firmato.PDF.p7m`: names come from strangers, so only plain extensions count.
fn formato(nome: &str, media_type: &str) -> String {
    let buona = |e: &&str| (1..=MASSIMO_ESTENSIONE).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_alphanumeric());
    // What stands before the first full stop is no extension.
    let mut estensioni: Vec<&str> = nome.split('.').skip(1).collect();
    let mut formato = Vec::new();
    while let Some(estensione) = estensioni.pop().filter(buona) {
        let estensione = estensione.to_lowercase();
        let involucro = INVOLUCRI.contains(&estensione.as_str());
        formato.insert(0, estensione);
        if !involucro || formato.len() == 3 {
            break;
        }
    }
    if formato.is_empty() {
        return FORMATI.iter().find(|(m, _)| *m == media_type).map_or("bin", |(_, e)| e).to_owned();
    }
    formato.join(".")
}

fn dati_specifici(r: &Registrazione) -> Vec<DatoSpecifico> {
    let mittente = r.protocollo_mittente.as_ref();
    let testo = |t: Option<String>| t.unwrap_or_default();
    let dato = |nome, valore| DatoSpecifico { nome, valore };
    vec![
        dato("NumeroProtocollo", r.numero.to_string()),
        dato("AnnoProtocollazione", r.anno.to_string()),
        dato("DataProtocollazione", r.istante.roma()),
        dato("SegnaturaProtocollo", r.segnatura.to_string()),
        dato("TipoProtocollo", r.flusso.as_str().to_uppercase()),
        dato("Mittente", parti(r, RuoloCorrispondente::Mittente)),
        dato("Destinatari", parti(r, RuoloCorrispondente::Destinatario)),
        dato("DataArrivo", testo(r.arrivo.map(Istante::roma))),
        dato("NumeroProtocolloMittente", testo(mittente.map(|m| m.numero.to_string()))),
        dato("DataProtocolloMittente", testo(mittente.and_then(|m| m.data).map(|d| d.to_string()))),
        dato("Mezzo", r.mezzo.as_str().to_uppercase()),
        dato("TipologiaDocumento", testo(r.tipologia.as_ref().map(ToString::to_string))),
        dato("Riservato", if r.riservato { "SI" } else { "NO" }.to_owned()),
    ]
}

fn parti(r: &Registrazione, ruolo: RuoloCorrispondente) -> String {
    let loro = r.corrispondenti.iter().filter(|c| c.ruolo == ruolo).map(parte);
    loro.collect::<Vec<_>>().join("; ")
}

/// `Maria Bianchi (BNCMRA…), maria@pec.example`.
fn parte(c: &Corrispondente) -> String {
    let mut testo = match &c.parte.nome {
        NomeParte::Denominazione(nome) => nome.to_string(),
        NomeParte::Persona { nome, cognome } => format!("{nome} {cognome}"),
    };
    let ipa = c.parte.codice_ipa.as_ref().map(ToString::to_string);
    if let Some(codice) = ipa.or_else(|| c.parte.codice_fiscale.as_ref().map(ToString::to_string)) {
        // Writing to a String does not fail.
        let _ = write!(testo, " ({codice})");
    }
    if let Some(pec) = &c.parte.pec {
        let _ = write!(testo, ", {pec}");
    }
    if c.per_conoscenza {
        testo.push_str(" per conoscenza");
    }
    testo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_read_from_plain_extensions_only() {
        let check =
            |nome: &str, media_type: &str, atteso: &str| assert_eq!(formato(nome, media_type), atteso, "{nome}");
        check("lettera.pdf", "", "pdf");
        check("Lettera Firmata.PDF.p7m", "", "pdf.p7m");
        check("a.pdf.p7m.p7m", "", "pdf.p7m.p7m");
        check("a.b.c.pdf.p7m.p7m.p7m.p7m", "", "p7m.p7m.p7m");
        check("p7m", "application/pkcs7-mime", "p7m");
        check("nota del 3.12.2026 città.rtf", "", "rtf");
        check("senza estensione", "application/pdf", "pdf");
        check("strana.esténsione", "text/plain", "txt");
        check("strana.", "application/octet-stream", "bin");
        check(".profilo", "", "profilo");
    }
}
