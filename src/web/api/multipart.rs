//! A multipart request, streamed: files go to the store as they arrive, the JSON part to memory.

use super::json;
use crate::documenti::{Deposito, Riposto};
use crate::valori::NomeFile;
use crate::web::parti::{Parte, Parti};
use crate::web::{Problema, Stato};
use actix_web::web::Bytes;
use futures_util::join;
use serde_json::Value;
use std::io::{self, Read};
use tokio::sync::mpsc;

/// Longest JSON part, in bytes: thousands of parties fit.
const MASSIMO_JSON: usize = 4 * 1024 * 1024;

/// Pieces of a file that may wait for the disk.
const CODA: usize = 8;

/// A file part, already in the store.
pub(super) struct FileArrivato {
    /// Name of the part.
    pub parte: String,
    /// Name of the file.
    pub nome: NomeFile,
    /// Where it is.
    pub riposto: Riposto,
}

/// Reads the request: one JSON part with this name, and files.
///
/// # Errors
/// 400 for what is no multipart or no JSON, 413 beyond the limits, 422 for two parts with one name.
pub(super) async fn leggi(
    stato: &Stato,
    mut corpo: Parti,
    parte_json: &str,
) -> Result<(Value, Vec<FileArrivato>), Problema> {
    let (mut json, mut file) = (None, Vec::<FileArrivato>::new());
    while let Some(campo) = corpo.prossima().await.map_err(|e| Problema::illeggibile(format!("multipart: {e}")))? {
        let parte = campo.nome();
        if parte == parte_json && json.is_none() {
            json = Some(valore(campo, parte_json).await?);
            continue;
        }
        if parte == parte_json || file.iter().any(|f| f.parte == parte) {
            return Err(Problema::campo(pointer(&parte), format!("ci sono due parti con lo stesso nome «{parte}»")));
        }
        if file.len() >= stato.limiti.file_per_registrazione {
            let massimo = stato.limiti.file_per_registrazione;
            return Err(Problema::troppo_grande(format!("Al massimo {massimo} file per registrazione.")));
        }
        let dichiarato = campo.file().unwrap_or_else(|| parte.clone());
        let nome = dichiarato.parse().map_err(|e| Problema::campo(pointer(&parte), format!("parte «{parte}»: {e}")))?;
        let riposto = riponi(&stato.deposito, stato.limiti.file_byte(), campo).await?;
        file.push(FileArrivato { parte, nome, riposto });
    }
    let json = json.ok_or_else(|| Problema::illeggibile(format!("Manca la parte JSON «{parte_json}».")))?;
    Ok((json, file))
}

/// Where a part that is no JSON stands: under its own name (RFC 6901).
fn pointer(parte: &str) -> String {
    format!("/{}", parte.replace('~', "~0").replace('/', "~1"))
}

async fn valore(mut campo: Parte, nome: &str) -> Result<Value, Problema> {
    let mut testo = Vec::new();
    while let Some(pezzo) = campo.pezzo().await {
        testo.extend_from_slice(&pezzo.map_err(|e| Problema::illeggibile(format!("multipart: {e}")))?);
        if testo.len() > MASSIMO_JSON {
            let mib = MASSIMO_JSON / (1024 * 1024);
            return Err(Problema::troppo_grande(format!("La parte «{nome}» supera {mib} MiB.")));
        }
    }
    json::leggi(&testo).map_err(|e| Problema::illeggibile(format!("La parte «{nome}» {e}")))
}

/// Pours a part into the store while it arrives: what is read is bounded by the queue, not by the file.
pub(in crate::web) async fn riponi(deposito: &Deposito, massimo: u64, mut campo: Parte) -> Result<Riposto, Problema> {
    let (manda, ricevi) = mpsc::channel(CODA);
    let deposito = deposito.clone();
    let scrittura = actix_web::web::block(move || deposito.riponi(&mut Pezzi::new(ricevi), massimo));
    let lettura = async move {
        while let Some(pezzo) = campo.pezzo().await {
            let pezzo = pezzo.map_err(|e| io::Error::other(e.to_string()));
            let fine = pezzo.is_err();
            // The store stopped listening: it refused the file and says why below.
            if manda.send(pezzo).await.is_err() || fine {
                break;
            }
        }
    };
    let (esito, ()) = join!(scrittura, lettura);
    Ok(esito.map_err(|_| Problema::interno("a blocking task was dropped"))??)
}

/// The pieces of a part as something to read from.
struct Pezzi {
    ricevi: mpsc::Receiver<io::Result<Bytes>>,
    resto: Bytes,
}

impl Pezzi {
    fn new(ricevi: mpsc::Receiver<io::Result<Bytes>>) -> Self {
        Self { ricevi, resto: Bytes::new() }
    }
}

impl Read for Pezzi {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.resto.is_empty() {
            match self.ricevi.blocking_recv() {
                Some(pezzo) => self.resto = pezzo?,
                None => return Ok(0),
            }
        }
        let quanti = self.resto.len().min(buf.len());
        let pezzo = self.resto.split_to(quanti);
        if let Some(dove) = buf.get_mut(..quanti) {
            dove.copy_from_slice(&pezzo);
        }
        Ok(quanti)
    }
}
