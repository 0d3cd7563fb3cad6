//! A server of the network that is ours: what lies at an address, and what hostile servers do. It answers as a proxy too, whatever
//! host is asked for.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// What lies at an address.
#[derive(Clone)]
pub enum Risposta {
    Corpo(Vec<u8>),
    Stato(u16),
    Rinvio(String),
    /// Bytes without end.
    SenzaFine,
    /// Says that more comes, and never sends it.
    Lenta,
    /// Says nothing.
    Muta,
}

pub struct Finto {
    pub indirizzo: String,
}

impl Finto {
    pub fn avvia(luoghi: Vec<(&str, Risposta)>) -> Self {
        let ascolto = TcpListener::bind("127.0.0.1:0").unwrap();
        let indirizzo = format!("http://{}", ascolto.local_addr().unwrap());
        let luoghi: Arc<HashMap<String, Risposta>> =
            Arc::new(luoghi.into_iter().map(|(dove, che)| (dove.to_owned(), che)).collect());
        std::thread::spawn(move || {
            for presa in ascolto.incoming().flatten() {
                let luoghi = Arc::clone(&luoghi);
                std::thread::spawn(move || drop(servi(presa, &luoghi)));
            }
        });
        Self { indirizzo }
    }
}

/// The path of one request; `None` at the end.
fn richiesta(lettore: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut prima = String::new();
    if lettore.read_line(&mut prima)? == 0 {
        return Ok(None);
    }
    let mut riga = String::new();
    while lettore.read_line(&mut riga)? > 2 {
        riga.clear();
    }
    Ok(Some(prima))
}

fn servi(mut presa: TcpStream, luoghi: &HashMap<String, Risposta>) -> std::io::Result<()> {
    let mut lettore = BufReader::new(presa.try_clone()?);
    while let Some(prima) = richiesta(&mut lettore)? {
        if prima.starts_with("CONNECT ") {
            presa.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            continue;
        }
        let dove = prima.split_whitespace().nth(1).unwrap_or_default();
        let dove = dove.split_once("://").map_or(dove, |(_, resto)| resto.find('/').map_or("/", |i| &resto[i..]));
        let testa = |stato: u16, altro: &str| format!("HTTP/1.1 {stato} X\r\nConnection: close\r\n{altro}\r\n");
        match luoghi.get(dove).cloned().unwrap_or(Risposta::Stato(404)) {
            Risposta::Corpo(byte) => {
                presa.write_all(testa(200, &format!("Content-Length: {}\r\n", byte.len())).as_bytes())?;
                presa.write_all(&byte)?;
            }
            Risposta::Stato(stato) => presa.write_all(testa(stato, "Content-Length: 0\r\n").as_bytes())?,
            Risposta::Rinvio(a) => {
                presa.write_all(testa(302, &format!("Location: {a}\r\nContent-Length: 0\r\n")).as_bytes())?;
            }
            Risposta::SenzaFine => {
                presa.write_all(testa(200, "").as_bytes())?;
                loop {
                    presa.write_all(&[b'x'; 65_536])?;
                }
            }
            Risposta::Lenta => {
                presa.write_all(testa(200, "Content-Length: 1000\r\n").as_bytes())?;
                presa.write_all(b"<")?;
                lettore.read_to_end(&mut Vec::new())?;
            }
            Risposta::Muta => {
                lettore.read_to_end(&mut Vec::new())?;
            }
        }
        return Ok(());
    }
    Ok(())
}
