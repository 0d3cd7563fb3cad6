//! A session with the server that takes mail: TLS, then the password, then one message after the other, each to one recipient.

use super::super::Errore;
use super::super::guasto::{Guasto, breve};
use super::super::indirizzo::Cifratura;
use super::{AccessoSmtp, Limiti};
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters, TlsVersion};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::{Error, response::Response};
use std::error::Error as _;
use std::{fs, io};

/// What became of a message that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Esito {
    /// The server has it.
    Preso,
    /// The server does not have it, and may take it later.
    Rimandato(String),
    /// The server does not have it, and will never take it as it is.
    Rifiutato(String),
    /// The line broke after the bytes had gone: the server may have it.
    Ignoto,
}

/// A session, after the password.
pub(super) struct Sessione {
    linea: SmtpConnection,
    limiti: Limiti,
    massimo_byte: Option<u64>,
    otto_bit: bool,
    finita: bool,
}

impl Sessione {
    /// Opens it. Neither the password nor any mail ever travels in clear text.
    ///
    /// # Errors
    /// What is wrong with the server, the line or the password.
    pub(super) fn apri(accesso: &AccessoSmtp, limiti: Limiti) -> Result<Self, Errore> {
        let (url, parola) = (&accesso.url, accesso.parola()?);
        let server = format!("{}:{}", url.server, url.porta);
        let tls = regole(accesso)?;
        // A name that says nothing of who sends: providers know us by the password.
        let io = ClientId::Domain("localhost".to_owned());
        let subito = (url.cifratura == Cifratura::Subito).then_some(&tls);
        let dove = (url.server.as_str(), url.porta);
        let linea = SmtpConnection::connect(dove, Some(limiti.connessione), &io, subito, None);
        let mut linea = linea.map_err(|e| di_linea(&e, &server))?;
        if url.cifratura == Cifratura::ConStartTls {
            if !linea.can_starttls() {
                return Err(Guasto::SenzaCifratura(server).into());
            }
            linea.starttls(&tls, &io).map_err(|e| di_linea(&e, &server))?;
        }
        linea.set_timeout(Some(limiti.comando)).map_err(Guasto::from)?;
        let credenziali = Credentials::new(accesso.utente.clone(), parola);
        linea.auth(&[Mechanism::Plain, Mechanism::Login], &credenziali).map_err(|e| match () {
            () if e.is_permanent() => Guasto::Credenziali(detto(&e)),
            () if e.is_transient() => Guasto::Rifiutato { comando: "AUTH".to_owned(), detto: detto(&e) },
            () if e.is_client() => Guasto::Protocollo("non offre un modo di entrare con una password"),
            () => di_linea(&e, &server),
        })?;
        let saluto = linea.command(Ehlo::new(io)).map_err(|e| di_linea(&e, &server))?;
        let otto_bit = linea.server_info().supports_feature(Extension::EightBitMime);
        Ok(Self { linea, limiti, massimo_byte: massimo(&saluto), otto_bit, finita: false })
    }

    /// Hands over a message for one recipient.
    ///
    /// # Errors
    /// If the server does not take mail from this mailbox at all, or the line broke before the message was named.
    pub(super) fn consegna(&mut self, da: &Address, a: &Address, bytes: &[u8]) -> Result<Esito, Guasto> {
        let lungo = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if let Some(massimo) = self.massimo_byte.filter(|m| lungo > *m) {
            let mib = |byte: u64| byte.div_ceil(1024 * 1024);
            let testo = format!("il messaggio è di {} MiB e il server ne accetta {}", mib(lungo), mib(massimo));
            return Ok(Esito::Rifiutato(testo));
        }
        let ascii = bytes.is_ascii();
        if !ascii && !self.otto_bit {
            return Ok(Esito::Rifiutato("il messaggio ha caratteri che il server non accetta (8BITMIME)".to_owned()));
        }
        let parametri = if ascii { vec![] } else { vec![MailParameter::Body(MailBodyParameter::EightBitMime)] };
        self.linea.command(Mail::new(Some(da.clone()), parametri)).map_err(|e| match () {
            () if e.status().is_some() => Guasto::Rifiutato { comando: "MAIL FROM".to_owned(), detto: detto(&e) },
            () => Guasto::Caduta,
        })?;
        let esito = self.trasmetti(a, bytes);
        // After a refusal the session starts afresh; where even that is refused, it is over.
        if matches!(esito, Esito::Rimandato(_) | Esito::Rifiutato(_)) && self.linea.command(Rset).is_err() {
            self.finita = true;
        }
        if esito == Esito::Ignoto {
            self.stacca();
        }
        Ok(esito)
    }

    fn trasmetti(&mut self, a: &Address, bytes: &[u8]) -> Esito {
        // Nothing was handed over before the last dot, whatever happened.
        let prima = |e: &Error| match () {
            () if e.is_permanent() => Esito::Rifiutato(detto(e)),
            () if e.is_transient() => Esito::Rimandato(detto(e)),
            () => Esito::Rimandato(Guasto::Caduta.to_string()),
        };
        if let Err(e) = self.linea.command(Rcpt::new(a.clone(), vec![])) {
            return prima(&e);
        }
        if let Err(e) = self.linea.command(Data) {
            return prima(&e);
        }
        if self.linea.set_timeout(Some(self.limiti.presa)).is_err() {
            return Esito::Rimandato(Guasto::Caduta.to_string());
        }
        // The end of the message is a line of its own: without ours, what arrives is what was stored.
        let esito = self.linea.message(bytes.strip_suffix(b"\r\n").unwrap_or(bytes));
        let ripreso = self.linea.set_timeout(Some(self.limiti.comando));
        match esito {
            Ok(_) => {
                self.finita |= ripreso.is_err();
                Esito::Preso
            }
            Err(e) if e.is_permanent() => Esito::Rifiutato(detto(&e)),
            Err(e) if e.is_transient() => Esito::Rimandato(detto(&e)),
            Err(_) => Esito::Ignoto,
        }
    }

    /// Lets the line go without waiting long for what the server may still say.
    fn stacca(&mut self) {
        self.finita = true;
        if self.linea.set_timeout(Some(self.limiti.connessione)).is_ok() {
            self.linea.abort();
        }
    }

    /// True if nothing more can be handed over in it.
    pub(super) fn rotta(&self) -> bool {
        self.finita || self.linea.has_broken()
    }

    /// Says goodbye. What the server answers changes nothing.
    pub(super) fn chiudi(mut self) {
        if !self.rotta() {
            drop(self.linea.quit());
        }
    }
}

/// The rules of TLS with the authority that the mailbox names, if it does.
fn regole(accesso: &AccessoSmtp) -> Result<TlsParameters, Guasto> {
    let no = |causa: String| Guasto::Autorita { file: accesso.ca.clone().unwrap_or("del sistema".to_owned()), causa };
    let mut regole = TlsParameters::builder(accesso.url.server.clone()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(ca) = &accesso.ca {
        let pem = fs::read(ca).map_err(|e| no(e.to_string()))?;
        regole = regole.add_root_certificate(Certificate::from_pem(&pem).map_err(|e| no(breve(&e.to_string())))?);
    }
    regole.build_rustls().map_err(|e| no(breve(&e.to_string())))
}

/// The largest message that the server says it takes (RFC 1870), in bytes.
fn massimo(saluto: &Response) -> Option<u64> {
    let righe = saluto.message().filter_map(|riga| riga.trim().split_once(' '));
    let mut massimi = righe.filter(|(parola, _)| parola.eq_ignore_ascii_case("SIZE")).map(|(_, n)| n.trim().parse());
    massimi.find_map(Result::ok).filter(|n| *n > 0)
}

/// What the server said, with its code.
fn detto(e: &Error) -> String {
    let parole = e.source().map(ToString::to_string).unwrap_or_default();
    let testo = e.status().map_or_else(|| parole.clone(), |codice| format!("{codice} {parole}"));
    breve(testo.trim())
}

fn di_linea(e: &Error, server: &str) -> Guasto {
    let causa = e.source().map_or_else(|| e.to_string(), ToString::to_string);
    // A certificate that nobody guarantees shows itself at the first byte that is read.
    let di_tls = |causa: &io::Error| causa.kind() == io::ErrorKind::InvalidData;
    let tls = e.is_tls() || e.source().and_then(|s| s.downcast_ref()).is_some_and(di_tls);
    match () {
        () if tls => Guasto::Cifratura { server: server.to_owned(), causa: breve(&causa) },
        () if e.status().is_some() => Guasto::Rifiutato { comando: "connessione".to_owned(), detto: detto(e) },
        () if e.is_response() => Guasto::Protocollo("non saluta come un server SMTP"),
        () => Guasto::Irraggiungibile { server: server.to_owned(), causa: io::Error::other(breve(&causa)) },
    }
}
