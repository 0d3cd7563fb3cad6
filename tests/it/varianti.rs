//! The same message as other programs would have written it is read the same: line ends, case and order and folding of the headers,
//! boundary, letters of the certified data.

use crate::casa::condivisi;
use crate::posta::fixtures;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tabulario::firma::Fiducia;
use tabulario::pec::busta;

/// What must not change: all but what depends on the very bytes.
fn letto(eml: &[u8]) -> Value {
    let mut json = serde_json::to_value(busta::leggi(eml, &Fiducia::vuota())).unwrap();
    for chiave in ["findings", "providerSignature", "segnatura"] {
        json.as_object_mut().unwrap().remove(chiave);
    }
    for dove in ["/attachments", "/original/attachments"] {
        for allegato in json.pointer_mut(dove).and_then(Value::as_array_mut).into_iter().flatten() {
            allegato.as_object_mut().unwrap().retain(|nome, _| nome == "name" || nome == "mediaType");
        }
    }
    json
}

/// Messages of ours and of strangers, byte by byte as letters of Latin-1, so that text functions can be used on them.
fn messaggi() -> Vec<(String, String)> {
    let mut cartelle = vec![fixtures().join("posta")];
    cartelle.extend(condivisi().map(|c| c.join("corpus/pec")));
    let mut trovati = Vec::new();
    for cartella in cartelle {
        for voce in fs::read_dir(cartella).unwrap() {
            let file = voce.unwrap().path();
            if file.extension().is_some_and(|e| e == "eml") {
                trovati.push((nome(&file), fs::read(&file).unwrap().into_iter().map(char::from).collect()));
            }
        }
    }
    trovati.sort();
    trovati
}

fn nome(file: &Path) -> String {
    file.file_name().unwrap().to_str().unwrap().to_owned()
}

fn byte(testo: &str) -> Vec<u8> {
    testo.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

/// The header fields, each with its continuations, and what follows them.
fn divisi(eml: &str) -> (Vec<String>, &str) {
    let fine = eml.find("\r\n\r\n").map(|i| i + 2).or_else(|| eml.find("\n\n").map(|i| i + 1)).unwrap();
    let mut campi: Vec<String> = Vec::new();
    for riga in eml[..fine].split_inclusive('\n') {
        match campi.last_mut() {
            Some(ultimo) if riga.starts_with([' ', '\t']) => ultimo.push_str(riga),
            _ => campi.push(riga.to_owned()),
        }
    }
    (campi, &eml[fine..])
}

fn sui_nomi(eml: &str, muta: fn(&str) -> String) -> String {
    let (campi, resto) = divisi(eml);
    let muta = |c: &String| {
        c.split_once(':')
            .filter(|_| !c.starts_with("From "))
            .map_or_else(|| c.clone(), |(n, v)| format!("{}:{v}", muta(n)))
    };
    campi.iter().map(muta).collect::<String>() + resto
}

fn al_contrario(eml: &str) -> String {
    let (campi, resto) = divisi(eml);
    let (da, campi): (Vec<_>, Vec<_>) = campi.into_iter().partition(|c| c.starts_with("From "));
    da.into_iter().chain(campi.into_iter().rev()).collect::<String>() + resto
}

/// Folded at the first blank behind the name and the first word.
fn piegato(eml: &str) -> String {
    let (campi, resto) = divisi(eml);
    let piega = |c: &String| {
        let letto = ["Subject:", "To:", "From:", "Content-Type:"].iter().any(|n| c.starts_with(n));
        let dove = c.match_indices(' ').nth(1).filter(|_| letto && !c.trim_end().contains('\n')).map(|(i, _)| i);
        dove.map_or_else(|| c.clone(), |i| format!("{}\r\n{}", &c[..i], &c[i..]))
    };
    campi.iter().map(piega).collect::<String>() + resto
}

fn altro_confine(eml: &str) -> Option<String> {
    let (campi, _) = divisi(eml);
    let tipo = campi.iter().find(|c| c.to_lowercase().starts_with("content-type:"))?;
    let dopo = &tipo[tipo.to_lowercase().find("boundary=")? + "boundary=".len()..];
    let confine = dopo.trim_start_matches('"').split(['"', ';', '\r', '\n']).next().filter(|c| c.len() > 8)?;
    Some(eml.replace(confine, "=_altro'confine(con)+segni,/:?"))
        .map(|e| e.replace("boundary==_altro'confine(con)+segni,/:?", "boundary=\"=_altro'confine(con)+segni,/:?\""))
}

/// The certified data in UTF-16, where they are in UTF-8 and base64.
fn in_utf16(eml: &str) -> Option<String> {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let da = eml.find("PD94bWwgdmVyc2lvbj")?;
    let a = da + eml[da..].find("--")?;
    let pulito: String = eml[da..a].split_whitespace().collect();
    let xml = String::from_utf8(STANDARD.decode(pulito).ok()?).ok().filter(|x| x.contains("<postacert"))?;
    let largo = format!("\u{feff}{}", xml.replace("UTF-8", "UTF-16"));
    let nuovo = STANDARD.encode(largo.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    Some(format!("{}{nuovo}\r\n\r\n{}", &eml[..da], &eml[a..]))
}

#[test]
fn a_message_written_by_another_program_is_read_the_same() {
    let mut varianti = 0;
    for (nome, eml) in messaggi() {
        let atteso = letto(&byte(&eml));
        let lf = eml.replace("\r\n", "\n");
        let mut altre = vec![
            ("LF", lf.clone()),
            ("CRLF", lf.replace('\n', "\r\n")),
            ("upper case", sui_nomi(&eml, str::to_uppercase)),
            ("lower case", sui_nomi(&eml, str::to_lowercase)),
            ("order", al_contrario(&eml)),
            ("folded", piegato(&eml)),
        ];
        altre.extend(altro_confine(&eml).map(|e| ("boundary", e)));
        altre.extend(in_utf16(&eml).map(|e| ("UTF-16", e)));
        for (come, variante) in altre {
            assert_eq!(letto(&byte(&variante)), atteso, "{nome}: {come}");
            varianti += 1;
        }
    }
    let almeno = if condivisi().is_some() { 150 } else { 100 };
    assert!(varianti >= almeno, "only {varianti}");
}
