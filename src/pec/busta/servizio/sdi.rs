//! Files of the *Sistema di Interscambio*: invoices, and what is said of them.

use super::xml::{self, Valori};
use super::{Fattura, Fornitore, NomeServizio, Servizio};
use crate::firma::{self, Fiducia};
use crate::pec::busta::Allegato;
use crate::pec::busta::limiti::{
    MASSIME_FATTURE, MASSIMI_ERRORI_SERVIZIO, MASSIMI_FILE_SERVIZIO, MASSIMO_SERVIZIO_BYTE,
};
use crate::valori::Istante;
use std::io::{self, Write};

/// What a file is by its root element: the code in its name, and in words.
const TIPI: [(&str, &str, &str); 13] = [
    ("FatturaElettronica", FATTURA, "Fattura elettronica"),
    ("FatturaElettronicaSemplificata", FATTURA, "Fattura elettronica semplificata"),
    ("FileMetadati", "MT", "Metadati di una fattura elettronica"),
    ("MetadatiInvioFile", "MT", "Metadati di una fattura elettronica"),
    ("RicevutaConsegna", "RC", "Ricevuta di consegna di una fattura elettronica"),
    ("NotificaScarto", "NS", "Notifica di scarto di una fattura elettronica"),
    ("RicevutaScarto", "NS", "Ricevuta di scarto di una fattura elettronica"),
    ("NotificaMancataConsegna", "MC", "Notifica di mancata consegna di una fattura elettronica"),
    ("NotificaEsito", "NE", "Notifica di esito di una fattura elettronica"),
    ("NotificaEsitoCommittente", "EC", "Esito del committente su una fattura elettronica"),
    ("ScartoEsitoCommittente", "SE", "Scarto dell'esito del committente su una fattura elettronica"),
    ("NotificaDecorrenzaTermini", "DT", "Decorrenza dei termini per l'esito di una fattura elettronica"),
    (
        "AttestazioneTrasmissioneFattura",
        "AT",
        "Attestazione di avvenuta trasmissione della fattura elettronica con impossibilità di recapito",
    ),
];

const FATTURA: &str = "fattura";

/// The invoice, or else the notification, among the files of a message.
pub fn fra(allegati: &[Allegato<'_>], rilievi: &mut Vec<String>) -> Option<Servizio> {
    let mut trovati: Vec<Servizio> = Vec::new();
    for a in allegati.iter().filter(|a| puo_esserlo(a)).take(MASSIMI_FILE_SERVIZIO) {
        let promesso = promesso(a.name.as_str());
        match leggi(a) {
            Ok(Some(servizio)) => {
                if promesso.as_deref().is_some_and(|p| p != servizio.tipo) {
                    rilievi.push(format!(
                        "L'allegato «{}» non contiene quello che il nome promette, ma: {}.",
                        a.name, servizio.descrizione
                    ));
                }
                trovati.push(servizio);
            }
            Ok(None) => {}
            Err(perche) if promesso.is_some() => rilievi.push(format!(
                "L'allegato «{}» ha il nome di un file del Sistema di Interscambio, ma non si legge: {perche}.",
                a.name
            )),
            Err(_) => {}
        }
    }
    // The metadata say which invoice; the invoice says the rest.
    let metadati = trovati.iter().position(|s| s.tipo == "MT").map(|i| trovati.remove(i));
    let quale = trovati.iter().position(|s| s.tipo == FATTURA).unwrap_or(0);
    let mut servizio = if trovati.is_empty() { metadati.clone()? } else { trovati.remove(quale) };
    if let Some(metadati) = metadati.filter(|_| servizio.tipo == FATTURA) {
        servizio.identificativo_sdi = metadati.identificativo_sdi;
        servizio.nome_file = metadati.nome_file;
    }
    Some(servizio)
}

fn puo_esserlo(a: &Allegato<'_>) -> bool {
    let nome = a.name.as_str().to_ascii_lowercase();
    (nome.ends_with(".xml") || nome.ends_with(".xml.p7m")) && nome != "daticert.xml" && nome != "segnatura.xml"
}

/// What the name of a file promises: `IT01234567890_00001.xml` an invoice, `IT01234567890_00001_RC_001.xml` a receipt.
fn promesso(nome: &str) -> Option<String> {
    let minuscolo = nome.to_ascii_lowercase();
    let nudo = minuscolo.trim_end_matches(".p7m").strip_suffix(".xml")?;
    let pezzi: Vec<&str> = nudo.split('_').collect();
    let lungo = |p: &str, quanti: std::ops::RangeInclusive<usize>| {
        quanti.contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let di_chi = |p: &str| lungo(p, 4..=30) && p.bytes().take(2).all(|b| b.is_ascii_alphabetic());
    match pezzi.as_slice() {
        [chi, progressivo] if di_chi(chi) && lungo(progressivo, 1..=5) => Some(FATTURA.to_owned()),
        [chi, progressivo, tipo, quale] if di_chi(chi) && lungo(progressivo, 1..=5) && lungo(quale, 1..=3) => {
            let tipo = tipo.to_ascii_uppercase();
            TIPI.iter().any(|(_, t, _)| *t == tipo).then_some(tipo)
        }
        _ => None,
    }
}

/// Reads one file; nothing if it is XML of something else.
fn leggi(a: &Allegato<'_>) -> Result<Option<Servizio>, String> {
    let firmato = a.name.as_str().to_ascii_lowercase().ends_with(".p7m");
    let estratto = if firmato { Some(estrai(a)?) } else { None };
    let valori = xml::leggi(estratto.as_deref().unwrap_or(&a.bytes), serve)?;
    let Some((_, tipo, descrizione)) = TIPI.iter().find(|(radice, ..)| *radice == valori.radice) else {
        return Ok(None);
    };
    let mut servizio = Servizio::new(NomeServizio::Sdi, tipo, descrizione);
    if *tipo == FATTURA {
        servizio.fornitore = fornitore(&valori);
        servizio.fatture = fatture(&valori);
    } else {
        servizio.identificativo_sdi = valori.primo("IdentificativoSdI");
        servizio.nome_file = valori.primo("NomeFile");
        servizio.esito = esito(tipo, &valori);
        servizio.errori = errori(&valori);
    }
    Ok(Some(servizio))
}

/// The document inside the signatures; whose they are is said where the file is verified.
fn estrai(a: &Allegato<'_>) -> Result<Vec<u8>, String> {
    let mut contenuto = Contenuto(Vec::new());
    let nessuno = Fiducia::vuota();
    let istante = Istante::from_utc(Default::default());
    let nome = Some(a.name.as_str());
    let rapporto = firma::verifica(&mut a.bytes.as_ref(), None, nome, &nessuno, istante, &mut contenuto);
    match rapporto.map(|r| r.content.is_some()) {
        Ok(true) => Ok(contenuto.0),
        Ok(false) => Err("il contenuto firmato non si estrae".to_owned()),
        Err(_) => Err(format!("supera {} MiB", MASSIMO_SERVIZIO_BYTE / 1024 / 1024)),
    }
}

/// As much as an XML file of the SdI may be.
struct Contenuto(Vec<u8>);

impl Write for Contenuto {
    fn write(&mut self, pezzo: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(pezzo.len()) > MASSIMO_SERVIZIO_BYTE {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(pezzo);
        Ok(pezzo.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const HEADER: &str = "FatturaElettronicaHeader/CedentePrestatore";
const DOCUMENTO: &str = "FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento";

fn serve(strada: &str) -> bool {
    strada.starts_with(HEADER)
        || strada.starts_with(DOCUMENTO)
        || strada.starts_with("FatturaElettronicaBody/DatiBeniServizi/Importo")
        || !strada.starts_with("Fattura") && strada.matches('/').count() <= 2
}

/// The simplified invoice has no `DatiAnagrafici`.
fn fornitore(v: &Valori) -> Option<Fornitore> {
    let primo = |strade: &[&str]| strade.iter().find_map(|s| v.primo(&format!("{HEADER}/{s}")));
    let nome = primo(&["DatiAnagrafici/Anagrafica/Nome", "Nome"]);
    let cognome = primo(&["DatiAnagrafici/Anagrafica/Cognome", "Cognome"]);
    let persona = [nome, cognome].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let denominazione = primo(&["DatiAnagrafici/Anagrafica/Denominazione", "Denominazione"]);
    let paese = primo(&["DatiAnagrafici/IdFiscaleIVA/IdPaese", "IdFiscaleIVA/IdPaese"]).unwrap_or_default();
    let codice = primo(&["DatiAnagrafici/IdFiscaleIVA/IdCodice", "IdFiscaleIVA/IdCodice"]);
    let letto = Fornitore {
        denominazione: denominazione.or(Some(persona).filter(|p| !p.is_empty())),
        partita_iva: codice.map(|c| format!("{paese}{c}")),
        codice_fiscale: primo(&["DatiAnagrafici/CodiceFiscale", "CodiceFiscale"]),
    };
    (letto != Fornitore::default()).then_some(letto)
}

/// One for each body. `TipoDocumento` is the first element of its data, in every version of the schema.
fn fatture(v: &Valori) -> Vec<Fattura> {
    let mut fatture: Vec<Fattura> = Vec::new();
    for (strada, valore) in v.righe() {
        let Some(campo) = strada.strip_prefix("FatturaElettronicaBody/") else { continue };
        if campo == "DatiGenerali/DatiGeneraliDocumento/TipoDocumento" {
            if fatture.len() >= MASSIME_FATTURE {
                break;
            }
            fatture.push(Fattura { tipo: Some(valore.to_owned()), ..Fattura::default() });
        }
        let Some(fattura) = fatture.last_mut() else { continue };
        let posto = match campo.strip_prefix("DatiGenerali/DatiGeneraliDocumento/").unwrap_or(campo) {
            "Numero" => &mut fattura.numero,
            "Data" => &mut fattura.data,
            "Divisa" => &mut fattura.divisa,
            "ImportoTotaleDocumento" | "DatiBeniServizi/Importo" => &mut fattura.importo,
            _ => continue,
        };
        posto.get_or_insert_with(|| valore.to_owned());
    }
    fatture
}

/// What the invoice met, in words.
fn esito(tipo: &str, v: &Valori) -> Option<String> {
    let codice = match tipo {
        "EC" => v.primo("Esito"),
        "NE" => v.primo("EsitoCommittente/Esito"),
        "SE" => v.primo("Scarto"),
        _ => return None,
    }?;
    Some(match codice.as_str() {
        "EC01" => "accettata".to_owned(),
        "EC02" => "rifiutata".to_owned(),
        "EN00" => "notifica non conforme al formato".to_owned(),
        "EN01" => "notifica non ammissibile".to_owned(),
        _ => codice,
    })
}

fn errori(v: &Valori) -> Vec<String> {
    let codici = v.tutti("ListaErrori/Errore/Codice");
    let detti = v.tutti("ListaErrori/Errore/Descrizione").chain(std::iter::repeat(""));
    codici.zip(detti).take(MASSIMI_ERRORI_SERVIZIO).map(|(c, d)| format!("{c} {d}").trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_what_the_rules_of_the_sdi_say() {
        for (nome, atteso) in [
            ("IT01234567890_00001.xml", Some(FATTURA)),
            ("IT01234567890_FPA01.xml.p7m", Some(FATTURA)),
            ("ITAAABBB99T99X999W_0001a.XML", Some(FATTURA)),
            ("IT01234567890_00001_MT_001.xml", Some("MT")),
            ("it01234567890_11111_ns_1.xml", Some("NS")),
            ("IT01234567890_11111_XX_001.xml", None),
            ("fattura.xml", None),
            ("dati_2026.xml", Some(FATTURA)),
            ("12345_1.xml", None),
            ("IT01234567890_000001.xml", None),
            ("IT01234567890_00001.pdf", None),
        ] {
            assert_eq!(promesso(nome).as_deref(), atteso, "{nome}");
        }
    }

    fn letto(nome: &str, xml: &str) -> (Option<Servizio>, Vec<String>) {
        let name = crate::valori::NomeFile::da_arrivo(nome, "x");
        let bytes = xml.as_bytes();
        let sha256 = crate::valori::Impronta::of(bytes);
        let a = Allegato { name, media_type: "text/xml".to_owned(), size: bytes.len(), sha256, bytes: bytes.into() };
        let mut rilievi = Vec::new();
        (fra(&[a], &mut rilievi), rilievi)
    }

    #[test]
    fn an_invoice_and_an_outcome_are_read() {
        let corpo = |n: &str| {
            format!(
                "<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa>\
            <Data>2026-03-12</Data><Numero>{n}</Numero><ImportoTotaleDocumento>122.00</ImportoTotaleDocumento></DatiGeneraliDocumento></DatiGenerali>\
            <Allegati><Attachment>QUJD</Attachment></Allegati></FatturaElettronicaBody>"
            )
        };
        let lotto = format!(
            "<p:FatturaElettronica xmlns:p='x'><FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese>\
            <IdCodice>01234567890</IdCodice></IdFiscaleIVA><Anagrafica><Nome>Ada</Nome><Cognome>Rossi &amp; C.</Cognome></Anagrafica></DatiAnagrafici></CedentePrestatore>\
            </FatturaElettronicaHeader>{}{}</p:FatturaElettronica>",
            corpo("1/A"),
            corpo("2/A")
        );
        let (servizio, rilievi) = letto("IT01234567890_00001.xml", &lotto);
        let servizio = servizio.unwrap();
        assert_eq!(servizio.oggetto().unwrap(), "Fattura elettronica n. 1/A del 12/03/2026 e altre 1, Ada Rossi & C.");
        assert_eq!(servizio.fatture[1].importo.as_deref(), Some("122.00"));
        assert_eq!(servizio.fornitore.unwrap().partita_iva.as_deref(), Some("IT01234567890"));
        assert_eq!(rilievi, Vec::<String>::new());
        let esito = "<NotificaEsito><IdentificativoSdI>111</IdentificativoSdI><NomeFile>IT1_1.xml</NomeFile><EsitoCommittente><Esito>EC02</Esito></EsitoCommittente></NotificaEsito>";
        let (servizio, rilievi) = letto("IT01234567890_00001_RC_001.xml", esito);
        let servizio = servizio.unwrap();
        assert_eq!((servizio.tipo.as_str(), servizio.esito.as_deref()), ("NE", Some("rifiutata")));
        assert!(rilievi[0].contains("promette"), "{rilievi:?}");
        let scarto = "<NotificaScarto><IdentificativoSdI>1</IdentificativoSdI><ListaErrori><Errore><Codice>00404</Codice><Descrizione>Fattura duplicata</Descrizione></Errore></ListaErrori></NotificaScarto>";
        assert_eq!(letto("x.xml", scarto).0.unwrap().errori, ["00404 Fattura duplicata"]);
    }

    #[test]
    fn hostile_and_strange_files_are_nobody_s() {
        for (xml, detto) in [
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><FatturaElettronica>&x;</FatturaElettronica>", "DOCTYPE"),
            ("<FatturaElettronica>&x;</FatturaElettronica>", "entità"),
            ("<FatturaElettronica><a>", "prima del tempo"),
            (&format!("<FatturaElettronica>{}", "<a>".repeat(100_000)), "annidati"),
            ("", "non è XML"),
        ] {
            let (servizio, rilievi) = letto("IT01234567890_00001.xml", xml);
            assert!(servizio.is_none() && rilievi.iter().any(|r| r.contains(detto)), "{detto}: {rilievi:?}");
        }
        assert_eq!(letto("dati.xml", "<a/>"), (None, vec![]));
        assert_eq!(letto("dati.xml", "<a>"), (None, vec![]));
        assert!(!letto("IT01234567890_00001.xml.p7m", "no").1.is_empty());
    }
}
