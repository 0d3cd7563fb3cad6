//! A client of the API, as small as a client can be.

use serde_json::{Value, json};

/// A part of a multipart request.
pub struct Parte<'a> {
    pub nome: &'a str,
    pub file: Option<&'a str>,
    pub bytes: &'a [u8],
}

/// An answer.
pub struct Risposta {
    pub stato: u16,
    pub tipo: String,
    pub corpo: Vec<u8>,
}

impl Risposta {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.corpo)
            .unwrap_or_else(|e| panic!("{e}: {} {}", self.stato, String::from_utf8_lossy(&self.corpo)))
    }
}

/// Sends a request; a status that is a refusal is an answer too. `None` if no answer came.
pub fn chiama(
    metodo: &str,
    url: &str,
    gettone: &str,
    chiave: Option<&str>,
    parti: Option<&[Parte<'_>]>,
) -> Option<Risposta> {
    let agente = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
    let mut richiesta = ureq::http::Request::builder().method(metodo).uri(url);
    if !gettone.is_empty() {
        richiesta = richiesta.header("Authorization", format!("Bearer {gettone}"));
    }
    if let Some(chiave) = chiave {
        richiesta = richiesta.header("Idempotency-Key", chiave);
    }
    let risposta = match parti {
        None => agente.run(richiesta.body(()).unwrap()),
        Some(parti) => {
            let richiesta = richiesta.header("Content-Type", "multipart/form-data; boundary=confine-di-prova");
            agente.run(richiesta.body(corpo(parti)).unwrap())
        }
    };
    let mut risposta = risposta.ok()?;
    let tipo = risposta.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let stato = risposta.status().as_u16();
    let corpo = risposta.body_mut().with_config().limit(100_000_000).read_to_vec().ok()?;
    Some(Risposta { stato, tipo, corpo })
}

fn corpo(parti: &[Parte<'_>]) -> Vec<u8> {
    let mut corpo = Vec::new();
    for p in parti {
        let file = p.file.map(|f| format!("; filename=\"{f}\"")).unwrap_or_default();
        let testa = format!("--confine-di-prova\r\nContent-Disposition: form-data; name=\"{}\"{file}\r\n\r\n", p.nome);
        corpo.extend_from_slice(testa.as_bytes());
        corpo.extend_from_slice(p.bytes);
        corpo.extend_from_slice(b"\r\n");
    }
    corpo.extend_from_slice(b"--confine-di-prova--\r\n");
    corpo
}

/// POST of a JSON body.
pub fn chiama_json(url: &str, gettone: &str, corpo: &str) -> Risposta {
    chiama_con("POST", url, gettone, "", corpo)
}

/// A JSON body, with any method and, where it is not empty, a key.
pub fn chiama_con(metodo: &str, url: &str, gettone: &str, chiave: &str, corpo: &str) -> Risposta {
    let agente = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
    let mut richiesta = ureq::http::Request::builder().method(metodo).uri(url);
    richiesta =
        richiesta.header("Authorization", format!("Bearer {gettone}")).header("Content-Type", "application/json");
    if !chiave.is_empty() {
        richiesta = richiesta.header("Idempotency-Key", chiave);
    }
    let mut risposta = agente.run(richiesta.body(corpo.to_owned()).unwrap()).expect("an answer");
    let tipo = risposta.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let stato = risposta.status().as_u16();
    Risposta { stato, tipo, corpo: risposta.body_mut().read_to_vec().unwrap() }
}

/// GET.
pub fn leggi(url: &str, gettone: &str) -> Risposta {
    chiama("GET", url, gettone, None, None).expect("an answer")
}

/// POST /registrazioni with one file, `doc`.
pub fn registra(base: &str, gettone: &str, chiave: &str, json: &Value, file: &[u8]) -> Option<Risposta> {
    let testo = json.to_string();
    let parti = [
        Parte { nome: "registrazione", file: None, bytes: testo.as_bytes() },
        Parte { nome: "doc", file: Some("atto.txt"), bytes: file },
    ];
    chiama("POST", &format!("{base}/api/v1/registrazioni"), gettone, Some(chiave), Some(&parti))
}

/// An entrata that is right.
pub fn entrata(oggetto: &str) -> Value {
    json!({
        "flusso": "entrata", "oggetto": oggetto, "mezzo": "pec",
        "corrispondenti": [{ "ruolo": "mittente", "tipo": "persona-fisica", "nome": "Maria", "cognome": "Bianchi" }],
        "documenti": [{ "parte": "doc", "ruolo": "principale" }],
    })
}

/// An uscita that is right.
pub fn uscita(oggetto: &str) -> Value {
    json!({
        "flusso": "uscita", "oggetto": oggetto, "mezzo": "pec",
        "corrispondenti": [{
            "ruolo": "destinatario", "tipo": "persona-giuridica", "denominazione": "Rossi & Figli <srl>",
            "pec": "rossi@pec.example",
        }],
        "documenti": [{ "parte": "doc", "ruolo": "principale" }],
    })
}
