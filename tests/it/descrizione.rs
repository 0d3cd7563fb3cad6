//! The description of the API (OpenAPI) is what the API does: every example is sent, every answer is held against its schema.

use crate::casa::{Casa, Parte, Risposta, chiama, chiama_con, chiama_json, leggi, registra, uscita};
use crate::permessi::{Cose, arreda};
use chrono::Days;
use serde_json::Value;
use tabulario::valori::{Istante, ROMA};

/// Ids that the examples name, each for one kind of thing.
const ESEMPI: [(&str, &str); 5] = [
    ("0192f0e4-0000-7000-8000-000000000001", "registrazione"),
    ("0192f0e4-0000-7000-8000-000000000002", "messaggio"),
    ("0192f0e4-0000-7000-8000-000000000003", "fascicolo"),
    ("0192f0e4-0000-7000-8000-000000000004", "altra"),
    ("0192f0e4-0000-7000-8000-000000000005", "altro-soggetto"),
];

/// The schema that `$ref` names, or this one.
fn sciolto<'a>(openapi: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(nome) => &openapi["components"]["schemas"][nome.rsplit('/').next().unwrap()],
        None => schema,
    }
}

/// The schemas that together make this one.
fn parti<'a>(openapi: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let schema = sciolto(openapi, schema);
    match schema["allOf"].as_array() {
        Some(dentro) => dentro.iter().flat_map(|p| parti(openapi, p)).collect(),
        None => vec![schema],
    }
}

/// What is not as the schema says, each with the place where it stands.
fn difetti(openapi: &Value, schema: &Value, valore: &Value, dove: &str, trovati: &mut Vec<String>) {
    let schema = sciolto(openapi, schema);
    let scelte = [&schema["oneOf"], &schema["anyOf"]].into_iter().find_map(Value::as_array);
    if let Some(scelte) = scelte {
        let va_bene = |s: &&Value| {
            let mut suoi = Vec::new();
            difetti(openapi, s, valore, dove, &mut suoi);
            suoi.is_empty()
        };
        if !scelte.iter().any(|s| va_bene(&s)) {
            trovati.push(format!("{dove}: none of the shapes fits {valore}"));
        }
        return;
    }
    if schema["allOf"].is_array() {
        // Each part knows only its own fields.
        let noti = parti(openapi, schema);
        let campi: Vec<&String> =
            noti.iter().filter_map(|p| p["properties"].as_object()).flat_map(|p| p.keys()).collect();
        for (nome, dentro) in valore.as_object().into_iter().flatten() {
            match noti.iter().find_map(|p| p["properties"].get(nome)) {
                Some(suo) => difetti(openapi, suo, dentro, &format!("{dove}/{nome}"), trovati),
                None => trovati.push(format!("{dove}/{nome} is not described; known: {campi:?}")),
            }
        }
        return;
    }
    let tipi: Vec<&str> = match &schema["type"] {
        Value::String(uno) => vec![uno],
        Value::Array(piu) => piu.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let suo = match valore {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !tipi.contains(&suo) {
        trovati.push(format!("{dove} is {suo}, described as {tipi:?}"));
        return;
    }
    for (i, dentro) in valore.as_array().into_iter().flatten().enumerate() {
        difetti(openapi, &schema["items"], dentro, &format!("{dove}/{i}"), trovati);
    }
    let Some(campi) = schema["properties"].as_object() else { return };
    for (nome, dentro) in valore.as_object().into_iter().flatten() {
        match campi.get(nome) {
            Some(suo) => difetti(openapi, suo, dentro, &format!("{dove}/{nome}"), trovati),
            None => trovati.push(format!("{dove}/{nome} is not described")),
        }
    }
    for nome in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if valore.get(nome).is_none() {
            trovati.push(format!("{dove}/{nome} is missing"));
        }
    }
}

/// The example with real ids in the place of the ones it names, and days that are still to come whenever this runs.
fn concreto(esempio: &Value, cose: &Cose, ora: Istante) -> String {
    let oggi = ora.giorno();
    let mut esempio = esempio.clone();
    for (nome, giorni) in [("dal", 1), ("al", 5), ("fino", 5)] {
        let Some(detto) = esempio[nome].as_str() else { continue };
        let alle = detto.split_once('T').map(|(_, alle)| format!("T{alle}")).unwrap_or_default();
        esempio[nome] = format!("{}{alle}", oggi + Days::new(giorni)).into();
    }
    if esempio["fine"].is_string() {
        esempio["fine"] = ora.roma().into();
    }
    let mut testo = esempio.to_string();
    // A row of the emergenza of the house, which began an hour ago for an office of its own.
    let adesso = ora.date_time().with_timezone(&ROMA).format("%d/%m/%Y;%H:%M").to_string();
    testo = testo.replace("20/11/2026;09:15", &adesso).replace("srl;EDIL;", "srl;VUOTO;");
    // The addressee of the uscita of the house.
    testo = testo.replace("\"destinatario\":\"Rossi srl\"", "\"destinatario\":\"Rossi & Figli <srl>\"");
    for (id, cosa) in ESEMPI {
        testo = testo.replace(id, cose.id(cosa));
    }
    testo
}

/// The body that the description gives as an example: of the whole, or put together from its fields.
fn esempio(openapi: &Value, contenuto: &Value) -> Option<Value> {
    let schema = sciolto(openapi, &contenuto["schema"]);
    if let Some(intero) = [&contenuto["example"], &schema["example"]].into_iter().find(|e| !e.is_null()) {
        return Some(intero.clone());
    }
    let campi = schema["properties"].as_object()?;
    let detti = campi.iter().filter(|(_, c)| !c["example"].is_null()).map(|(n, c)| (n.clone(), c["example"].clone()));
    let detti: serde_json::Map<String, Value> = detti.collect();
    let mut servono = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    servono.all(|nome| detti.contains_key(nome)).then_some(Value::Object(detti))
}

/// The registration on which an act of this name may be done, and what must have happened to it before.
fn materia(strada: &str) -> (&'static str, &'static [(&'static str, &'static str)]) {
    const TERMINE: (&str, &str) = ("termine", r#"{ "procedimento": "accesso-atti" }"#);
    match strada.rsplit('/').next().unwrap() {
        "acquisizioni" | "ricevuta" => ("cartacea", &[]),
        "proposte" => ("altra", &[]),
        "presa-in-carico" | "rifiuto" | "termine" => ("altra", &[]),
        "restituzione" | "conclusione" => ("altra", &[("presa-in-carico", r#"{ "ufficio": "EDIL" }"#)]),
        "lettura" => ("registrazione", &[("assegnazioni", r#"{ "ufficio": "EDIL", "titolo": "conoscenza" }"#)]),
        "sospensione" | "preavviso" | "interruzione" => ("altra", &[TERMINE]),
        "ripresa" => {
            ("altra", &[TERMINE, ("interruzione", r#"{ "ufficio": "EDIL", "motivo": "Manca la planimetria" }"#)])
        }
        _ => ("registrazione", &[]),
    }
}

/// Sends one operation with its example: as the application of the house, or where that is refused as the person who may everything.
fn manda(casa: &Casa, url: &str, cose: &Cose, quale: (&str, &str), op: &Value, openapi: &Value) -> Risposta {
    let risposta = manda_con((casa, &casa.gettone), url, cose, quale, op, openapi);
    if risposta.stato != 403 {
        return risposta;
    }
    assert_eq!(risposta.json()["type"], "urn:tabulario:serve-una-persona", "{quale:?}");
    manda_con((casa, cose.id("gettone")), url, cose, quale, op, openapi)
}

fn manda_con(
    (casa, gettone): (&Casa, &str),
    url: &str,
    cose: &Cose,
    (metodo, strada): (&str, &str),
    op: &Value,
    openapi: &Value,
) -> Risposta {
    let (quale, prima) = materia(strada);
    let id = cose.id(quale);
    for (atto, corpo) in prima {
        let fatto = chiama_json(&format!("{url}/api/v1/registrazioni/{id}/{atto}"), &casa.gettone, corpo);
        assert_eq!(fatto.stato, 201, "{atto} before {strada}: {}", fatto.json());
    }
    if strada.ends_with("/recuperi") {
        let ripristino = format!("{url}{}", cose.strada(&strada.replace("recuperi", "ripristino")));
        let fine = format!(r#"{{ "fine": "{}" }}"#, casa.db.orologio().adesso().roma());
        assert_eq!(chiama_json(&ripristino, cose.id("gettone"), &fine).stato, 201);
    }
    if strada.contains("/pec/") && strada.ends_with("/ripristino") {
        let escluso = format!("{url}{}", cose.strada(&strada.replace("ripristino", "esclusione")));
        chiama_json(&escluso, gettone, r#"{ "genere": "Libri" }"#);
    }
    let id = match strada.rsplit('/').next() {
        Some("ritorni") => protocollato(casa, url, cose),
        // One that was sent to nobody yet.
        Some("indirizzi") => {
            let sua = registra(url, &casa.gettone, "indirizzi", &uscita("Risposta"), b"x").unwrap().json();
            sua["id"].as_str().unwrap().to_owned()
        }
        _ => id.to_owned(),
    };
    let mut indirizzo =
        format!("{url}{}", cose.strada(&strada.replace("/registrazioni/{id}", &format!("/registrazioni/{id}"))));
    if metodo == "GET" && strada.ends_with("/righe") {
        indirizzo += "?postazione=PE1";
    }
    if strada.ends_with("/etichette") {
        indirizzo += "?numeri=1-3";
    }
    if strada.ends_with("/scrivania") {
        indirizzo += "?ufficio=EDIL";
    }
    let Some(contenuti) = op["requestBody"]["content"].as_object() else {
        return match metodo {
            "GET" => leggi(&indirizzo, gettone),
            _ => chiama_con(metodo, &indirizzo, gettone, "esempio", "{}"),
        };
    };
    let (tipo, contenuto) = contenuti.iter().next().unwrap();
    let esempio = esempio(openapi, contenuto).unwrap_or_else(|| panic!("{metodo} {strada} has no example of its body"));
    let mut corpo = concreto(&esempio, cose, casa.db.orologio().adesso());
    if strada.ends_with("/sospensione") {
        // A day that is within thirty of whenever this runs.
        let fino = casa.db.orologio().adesso().giorno() + chrono::Days::new(10);
        corpo = corpo.replacen('{', &format!("{{ \"fino\": \"{fino}\", "), 1);
    }
    if tipo == "multipart/form-data" {
        let json = if strada.ends_with("/acquisizioni") { "acquisizione" } else { "registrazione" };
        let mut parti = vec![Parte { nome: json, file: None, bytes: corpo.as_bytes() }];
        let file: Vec<&str> =
            esempio["documenti"].as_array().into_iter().flatten().filter_map(|d| d["parte"].as_str()).collect();
        let file = if file.is_empty() { vec!["file"] } else { file };
        parti.extend(file.iter().map(|nome| Parte { nome, file: Some("esempio.txt"), bytes: b"un file di esempio" }));
        return chiama(metodo, &indirizzo, gettone, Some("esempio"), Some(&parti)).unwrap();
    }
    chiama_con(metodo, &indirizzo, gettone, "esempio", &corpo)
}

/// The registration of a message of a private sender, whom it may be answered.
fn protocollato(casa: &Casa, url: &str, cose: &Cose) -> String {
    let strada = format!("{url}/api/v1/pec/messaggi/{}/protocollo", cose.id("messaggio"));
    let fatta = chiama("POST", &strada, &casa.gettone, Some("protocollato"), None).unwrap();
    assert_eq!(fatta.stato, 201, "{}", fatta.json());
    fatta.json()["id"].as_str().unwrap().to_owned()
}

/// A clock that has something to be confirmed.
fn fra_un_anno(casa: &Casa) -> String {
    Istante::new(casa.db.orologio().adesso().date_time() + Days::new(365)).roma()
}

#[test]
fn every_example_is_accepted_and_every_answer_is_as_described() {
    let casa = Casa::sqlite();
    let server = casa.server();
    let openapi = leggi(&format!("{}/api/v1/openapi.json", server.url), "").json();
    let arredata = Casa::sqlite();
    let cose = arreda(&arredata, &arredata.server().url);
    let (mut provate, mut guasti) = (0, Vec::new());
    for (strada, operazioni) in openapi["paths"].as_object().unwrap() {
        for (metodo, op) in operazioni.as_object().unwrap() {
            let metodo = metodo.to_uppercase();
            // What an operation changes must not stand in the way of the next: each has things of its own.
            let casa = arredata.copia();
            let server = match strada.ends_with("/orologio/conferma") {
                true => casa.server_alle(&fra_un_anno(&casa)),
                false => casa.server(),
            };
            let risposta = manda(&casa, &server.url, &cose, (&metodo, strada), op, &openapi);
            let descritte = op["responses"].as_object().unwrap();
            let stato = risposta.stato.to_string();
            let letta = String::from_utf8_lossy(&risposta.corpo).into_owned();
            if !stato.starts_with('2') || !descritte.contains_key(&stato) {
                guasti.push(format!("{metodo} {strada}: {stato} {letta}"));
                continue;
            }
            let schema = &descritte[&stato]["content"]["application/json"]["schema"];
            if !schema.is_null() {
                let mut trovati = Vec::new();
                difetti(&openapi, schema, &risposta.json(), "", &mut trovati);
                if !trovati.is_empty() {
                    guasti.push(format!("{metodo} {strada}: {trovati:#?}\n{letta}"));
                }
            }
            provate += 1;
        }
    }
    assert!(guasti.is_empty() && provate >= 60, "{provate} tried, {}", guasti.join("\n"));
}

#[test]
fn every_call_is_described() {
    let casa = Casa::sqlite();
    let server = casa.server();
    let openapi = leggi(&format!("{}/api/v1/openapi.json", server.url), "").json();
    for (metodo, rotta) in crate::permessi::rotte("api/mod.rs") {
        let op = &openapi["paths"][format!("/api/v1{rotta}")][metodo.to_lowercase()];
        assert!(op.is_object() || rotta == "/openapi.json", "{metodo} {rotta} is not in the description of the API");
    }
    // A body that is refused is refused in the one shape of refusals.
    let rifiuto = chiama_json(&format!("{}/api/v1/invii", server.url), &casa.gettone, "{");
    let mut trovati = Vec::new();
    let schema = &openapi["components"]["schemas"]["Corpo"];
    difetti(&openapi, schema, &rifiuto.json(), "", &mut trovati);
    assert!(trovati.is_empty() && schema.is_object(), "{trovati:#?}");
}

#[test]
fn the_check_bites() {
    let openapi = serde_json::json!({ "components": { "schemas": { "A": {
        "type": "object", "required": ["n"], "properties": { "n": { "type": ["integer", "null"] }, "l": { "type": "array", "items": { "type": "string" } } },
    } } } });
    let schema = serde_json::json!({ "$ref": "#/components/schemas/A" });
    for (valore, quanti) in [
        (serde_json::json!({ "n": 1, "l": ["x"] }), 0),
        (serde_json::json!({ "n": null }), 0),
        (serde_json::json!({ "n": "1" }), 1),
        (serde_json::json!({ "l": [1, "x"] }), 2),
        (serde_json::json!({ "n": 1, "altro": 1 }), 1),
        (serde_json::json!([]), 1),
    ] {
        let mut trovati = Vec::new();
        difetti(&openapi, &schema, &valore, "", &mut trovati);
        assert_eq!(trovati.len(), quanti, "{valore}: {trovati:?}");
    }
}
