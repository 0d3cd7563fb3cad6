//! A browser as small as the HTTP tests need: it keeps one cookie and follows nothing.

use crate::casa::{Casa, Rotto, Server};
use tabulario::utenti::{self, Parola, Ruolo, Ufficio};
use tabulario::valori::{AooId, Attore};

pub const PASSWORD: &str = "corretta cavallo batteria";

/// Creates a person with a role in the office of the house.
pub fn assumi(casa: &Casa, nome: &str, ruolo: Ruolo) {
    assumi_in(casa, nome, ruolo, &casa.ufficio);
}

/// A second office.
pub fn tributi(casa: &Casa) -> Ufficio {
    let crea = |op: &mut tabulario::storage::Operazione<'_>| {
        Ok::<_, Rotto>(utenti::crea_ufficio(op, "TRIB".parse()?, "Tributi".parse()?, None)?)
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), crea).unwrap()
}

/// Creates a person with a role in an office.
pub fn assumi_in(casa: &Casa, nome: &str, ruolo: Ruolo, ufficio: &Ufficio) {
    let protetta = Parola::nuova(PASSWORD).unwrap().protetta().unwrap();
    let io = Attore::Sistema("comando");
    let crea = |op: &mut tabulario::storage::Operazione<'_>| {
        Ok::<_, Rotto>(utenti::crea_utente(op, nome, "Anna".parse()?, "Verdi".parse()?, &protetta)?)
    };
    let persona = casa.db.scrivi(AooId::INSTALLAZIONE, &io, crea).unwrap();
    casa.db.scrivi(casa.aoo.id, &io, |op| Ok::<_, Rotto>(utenti::affida(op, &persona, ufficio, ruolo)?)).unwrap();
}

/// An answer.
pub struct Pagina {
    pub stato: u16,
    pub testate: ureq::http::HeaderMap,
    pub html: String,
}

impl Pagina {
    pub fn testata(&self, nome: &str) -> &str {
        self.testate.get(nome).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    /// The value of the first field with this name.
    pub fn campo(&self, nome: &str) -> String {
        self.campo_se_c_e(nome).unwrap_or_else(|| panic!("no field {nome} in {}", self.html))
    }

    /// The same, where the page has one.
    pub fn campo_se_c_e(&self, nome: &str) -> Option<String> {
        let dopo = self.html.split_once(&format!("name=\"{nome}\" value=\""))?.1;
        Some(dopo.split('"').next().unwrap().to_owned())
    }
}

/// Somebody with a cookie, or none.
pub struct Cliente<'a> {
    url: &'a str,
    pub biscotto: String,
}

impl<'a> Cliente<'a> {
    pub fn nuovo(server: &'a Server) -> Self {
        Self::a(&server.url)
    }

    /// Somebody in front of the program at this address.
    pub fn a(url: &'a str) -> Self {
        Self { url, biscotto: String::new() }
    }

    /// Somebody who has entered.
    pub fn dentro(server: &'a Server, nome: &str) -> Self {
        let mut cliente = Self::nuovo(server);
        let risposta = cliente.entra(nome, PASSWORD, &[]);
        assert_eq!(risposta.stato, 303, "{}", risposta.html);
        let biscotto = risposta.testata("set-cookie");
        assert!(["__Host-", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"].iter().all(|p| biscotto.contains(p)));
        cliente.biscotto = biscotto.split(';').next().unwrap().to_owned();
        cliente
    }

    pub fn entra(&self, nome: &str, password: &str, testate: &[(&str, &str)]) -> Pagina {
        let corpo = format!("utente={nome}&password={}&dopo=/registro", password.replace(' ', "+"));
        self.manda("POST", "/entra", "application/x-www-form-urlencoded", corpo.into_bytes(), testate)
    }

    pub fn apri(&self, strada: &str) -> Pagina {
        self.manda("GET", strada, "", Vec::new(), &[])
    }

    /// Sends a form without files.
    pub fn modulo_semplice(&self, strada: &str, corpo: &str) -> Pagina {
        self.manda("POST", strada, "application/x-www-form-urlencoded", corpo.as_bytes().to_vec(), &[])
    }

    /// Sends a multipart form: fields in order; a name with `file:` before it is a file.
    pub fn modulo(&self, strada: &str, campi: &[(&str, &str)]) -> Pagina {
        self.manda("POST", strada, "multipart/form-data; boundary=confine", multipart(campi), &[])
    }

    /// Sends a multipart form with one field `file`, any bytes.
    pub fn modulo_con_file(&self, strada: &str, campi: &[(&str, String)], (nome, byte): (&str, &[u8])) -> Pagina {
        let parte = |testa: &str| format!("--confine\r\nContent-Disposition: form-data; {testa}\r\n\r\n");
        let mut corpo = Vec::new();
        for (nome, valore) in campi {
            corpo.extend_from_slice(format!("{}{valore}\r\n", parte(&format!("name=\"{nome}\""))).as_bytes());
        }
        corpo.extend_from_slice(parte(&format!("name=\"file\"; filename=\"{nome}\"")).as_bytes());
        corpo.extend_from_slice(byte);
        corpo.extend_from_slice(b"\r\n--confine--\r\n");
        self.manda("POST", strada, "multipart/form-data; boundary=confine", corpo, &[])
    }

    fn manda(&self, metodo: &str, strada: &str, tipo: &str, corpo: Vec<u8>, testate: &[(&str, &str)]) -> Pagina {
        self.tenta(metodo, strada, tipo, corpo, testate).expect("the server answers")
    }

    /// As [`Self::modulo`], with nothing when the server died before it answered.
    pub fn tenta_modulo(&self, strada: &str, campi: &[(&str, &str)]) -> Option<Pagina> {
        self.tenta("POST", strada, "multipart/form-data; boundary=confine", multipart(campi), &[])
    }

    /// Sends these bytes as they are; nothing if the server hangs up.
    pub fn grezzo(&self, strada: &str, tipo: &str, corpo: Vec<u8>) -> Option<Pagina> {
        self.tenta("POST", strada, tipo, corpo, &[])
    }

    fn tenta(
        &self,
        metodo: &str,
        strada: &str,
        tipo: &str,
        corpo: Vec<u8>,
        testate: &[(&str, &str)],
    ) -> Option<Pagina> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        let mut richiesta = ureq::http::Request::builder().method(metodo).uri(format!("{}{strada}", self.url));
        if !self.biscotto.is_empty() {
            richiesta = richiesta.header("Cookie", &self.biscotto);
        }
        for (nome, valore) in testate {
            richiesta = richiesta.header(*nome, *valore);
        }
        let agente = ureq::Agent::new_with_config(config);
        let mut risposta = if metodo == "GET" {
            agente.run(richiesta.body(()).unwrap()).ok()?
        } else {
            agente.run(richiesta.header("Content-Type", tipo).body(corpo).unwrap()).ok()?
        };
        let html = risposta.body_mut().read_to_vec().ok()?;
        Some(Pagina {
            stato: risposta.status().as_u16(),
            testate: risposta.headers().clone(),
            html: String::from_utf8_lossy(&html).into_owned(),
        })
    }
}

/// Fields in order as a multipart body; a name with `file:` before it is a file.
fn multipart(campi: &[(&str, &str)]) -> Vec<u8> {
    let mut corpo = String::new();
    for (nome, valore) in campi {
        let testa = match nome.strip_prefix("file:") {
            Some(nome) => format!("name=\"{nome}\"; filename=\"{nome}.txt\""),
            None => format!("name=\"{nome}\""),
        };
        corpo += &format!("--confine\r\nContent-Disposition: form-data; {testa}\r\n\r\n{valore}\r\n");
    }
    corpo += "--confine--\r\n";
    corpo.into_bytes()
}
