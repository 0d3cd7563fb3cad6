//! The line to a server: TCP, then TLS, never anything in clear text but the words that ask for TLS.

use super::super::guasto::{Guasto, breve};
use super::super::indirizzo::{Cifratura, IndirizzoServer};
use super::Limiti;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fs, io};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Longest line before the session begins, in bytes.
const MASSIMA_RIGA: usize = 8 * 1024;
/// Most lines of one answer before the session begins.
const MASSIME_RIGHE: usize = 100;

/// A line over TLS that takes in no more than what it was told before each command: a server that never stops talking is let go.
#[derive(Debug)]
pub(super) struct Canale {
    flusso: TlsStream<TcpStream>,
    ancora: u64,
}

impl Canale {
    /// From now on at most this many bytes.
    pub(super) fn concedi(&mut self, byte: u64) {
        self.ancora = byte;
    }
}

impl AsyncRead for Canale {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let prima = buf.filled().len();
        let esito = Pin::new(&mut self.flusso).poll_read(cx, buf);
        let letti = u64::try_from(buf.filled().len().saturating_sub(prima)).unwrap_or(u64::MAX);
        match self.ancora.checked_sub(letti) {
            Some(ancora) => {
                self.ancora = ancora;
                esito
            }
            None => Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the server sends too much"))),
        }
    }
}

impl AsyncWrite for Canale {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.flusso).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.flusso).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.flusso).poll_shutdown(cx)
    }
}

/// What guarantees servers: the authorities of the system, and that of a file. Read once for each file: thousands of mailboxes share it.
#[derive(Debug, Default)]
pub(super) struct Garanzie(Mutex<HashMap<Option<String>, Garanzia>>);

/// What stood in the file, if there is one, and the rules of TLS with it.
type Garanzia = (Option<Vec<u8>>, Arc<ClientConfig>);

impl Garanzie {
    /// The rules of TLS with the authority in this file; read again if the file changed.
    fn con(&self, ca: Option<&str>) -> Result<Arc<ClientConfig>, Guasto> {
        let no = |causa: String| Guasto::Autorita { file: ca.unwrap_or("del sistema").to_owned(), causa };
        let pem = ca.map(fs::read).transpose().map_err(|e| no(e.to_string()))?;
        let mut note = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let chiave = ca.map(str::to_owned);
        if let Some((letto, config)) = note.get(&chiave)
            && *letto == pem
        {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(configura(pem.as_deref().unwrap_or_default()).map_err(no)?);
        note.insert(chiave, (pem, Arc::clone(&config)));
        Ok(config)
    }
}

fn configura(pem: &[u8]) -> Result<ClientConfig, String> {
    let proprie: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    if proprie.is_empty() && !pem.is_empty() {
        return Err("non contiene certificati".to_owned());
    }
    let mut radici = RootCertStore::empty();
    // One certificate of the system that cannot be read takes nothing from the others.
    radici.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for propria in proprie {
        radici.add(propria).map_err(|e| e.to_string())?;
    }
    let motore = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(motore).with_safe_default_protocol_versions();
    Ok(config.map_err(|e| e.to_string())?.with_root_certificates(radici).with_no_client_auth())
}

/// Opens the line, and says whether the server takes a password by AUTHENTICATE PLAIN.
pub(super) async fn apri(
    indirizzo: &IndirizzoServer,
    ca: Option<&str>,
    garanzie: &Garanzie,
    limiti: &Limiti,
) -> Result<(Canale, bool), Guasto> {
    let config = garanzie.con(ca)?;
    let server = format!("{}:{}", indirizzo.server, indirizzo.porta);
    let irraggiungibile = |causa| Guasto::Irraggiungibile { server: server.clone(), causa };
    let collega = TcpStream::connect((indirizzo.server.as_str(), indirizzo.porta));
    let mut tcp = entro(limiti.connessione, collega).await?.map_err(irraggiungibile)?;
    tcp.set_nodelay(true).map_err(irraggiungibile)?;
    if indirizzo.cifratura == Cifratura::ConStartTls {
        entro(limiti.comando, chiedi_tls(&mut tcp, &server)).await??;
    }
    let rotta = |causa: io::Error| Guasto::Cifratura { server: server.clone(), causa: breve(&causa.to_string()) };
    let nome = ServerName::try_from(indirizzo.server.clone());
    let nome = nome.map_err(|_| rotta(io::Error::other("il nome del server non è un nome di rete")))?;
    let stretta = TlsConnector::from(config).connect(nome, tcp);
    let flusso = entro(limiti.connessione, stretta).await?.map_err(rotta)?;
    let mut canale = Canale { flusso, ancora: u64::MAX };
    let in_chiaro = entro(limiti.comando, capacita(&mut canale, indirizzo.cifratura)).await??;
    Ok((canale, in_chiaro))
}

/// Waits no longer than this.
pub(super) async fn entro<T>(quanto: Duration, cosa: impl Future<Output = T>) -> Result<T, Guasto> {
    timeout(quanto, cosa).await.map_err(|_| Guasto::Tempo { secondi: quanto.as_secs() })
}

/// STARTTLS. Not one byte after the server's yes is read here, so nothing that somebody slipped in before the encryption counts.
async fn chiedi_tls(tcp: &mut TcpStream, server: &str) -> Result<(), Guasto> {
    saluto(&riga(tcp).await?)?;
    tcp.write_all(b"s1 STARTTLS\r\n").await?;
    for _ in 0..MASSIME_RIGHE {
        let riga = riga(tcp).await?;
        if let Some(esito) = riga.strip_prefix("s1 ") {
            let bene = esito.to_ascii_uppercase().starts_with("OK");
            return if bene { Ok(()) } else { Err(Guasto::SenzaCifratura(server.to_owned())) };
        }
    }
    Err(Guasto::Protocollo("troppe righe prima della cifratura"))
}

async fn capacita(canale: &mut Canale, cifratura: Cifratura) -> Result<bool, Guasto> {
    if cifratura == Cifratura::Subito {
        saluto(&riga(canale).await?)?;
    }
    canale.write_all(b"s2 CAPABILITY\r\n").await?;
    canale.flush().await?;
    let mut in_chiaro = false;
    for _ in 0..MASSIME_RIGHE {
        let riga = riga(canale).await?.to_ascii_uppercase();
        in_chiaro |= riga.starts_with("* CAPABILITY") && riga.split(' ').any(|c| c == "AUTH=PLAIN");
        if riga.starts_with("s2 ") || riga.starts_with("S2 ") {
            return Ok(in_chiaro);
        }
    }
    Err(Guasto::Protocollo("troppe righe prima dell'accesso"))
}

fn saluto(riga: &str) -> Result<(), Guasto> {
    match riga.to_ascii_uppercase() {
        r if r.starts_with("* OK") => Ok(()),
        r if r.starts_with("* BYE") => Err(Guasto::Rifiutato {
            comando: "connessione".to_owned(),
            detto: breve(riga.get(5..).unwrap_or_default()),
        }),
        _ => Err(Guasto::Protocollo("non saluta come un server IMAP")),
    }
}

/// One line, read byte by byte: what follows it belongs to somebody else.
async fn riga(da: &mut (impl AsyncRead + Unpin)) -> Result<String, Guasto> {
    let mut byte = Vec::new();
    while byte.len() < MASSIMA_RIGA {
        match da.read_u8().await? {
            b'\n' => return Ok(String::from_utf8_lossy(&byte).trim_end_matches('\r').to_owned()),
            b => byte.push(b),
        }
    }
    Err(Guasto::Protocollo("riga troppo lunga"))
}
