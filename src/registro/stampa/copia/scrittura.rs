//! Objects of a PDF written again.

use crate::firma::pdf::{Dizionario, Oggetto};

/// The fields of a dictionary that is being written, each already in its form.
pub(super) struct Campi(Vec<(Vec<u8>, Vec<u8>)>);

impl Campi {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Those of a dictionary, but these.
    pub(super) fn di(dizionario: &Dizionario, senza: &[&[u8]]) -> Self {
        let restano = dizionario.campi().filter(|(nome, _)| !senza.contains(nome));
        Self(restano.map(|(nome, valore)| (nome.to_vec(), oggetto(valore))).collect())
    }

    pub(super) fn metti(&mut self, nome: &[u8], valore: Vec<u8>) {
        self.0.retain(|(n, _)| n != nome);
        self.0.push((nome.to_vec(), valore));
    }

    /// What stands between the brackets.
    pub(super) fn righe(&self) -> Vec<u8> {
        let mut byte = Vec::new();
        for (nome, valore) in &self.0 {
            scrivi_nome(nome, &mut byte);
            byte.push(b' ');
            byte.extend_from_slice(valore);
            byte.push(b'\n');
        }
        byte
    }

    pub(super) fn dizionario(&self) -> Vec<u8> {
        [b"<<\n".as_slice(), &self.righe(), b">>"].concat()
    }
}

/// An object as it stands in a file. A stream is its dictionary: its data are elsewhere.
pub(super) fn oggetto(valore: &Oggetto) -> Vec<u8> {
    let mut byte = Vec::new();
    scrivi(valore, &mut byte);
    byte
}

/// As deep as objects are read.
fn scrivi(valore: &Oggetto, byte: &mut Vec<u8>) {
    match valore {
        Oggetto::Nullo => byte.extend_from_slice(b"null"),
        Oggetto::Logico(vero) => byte.extend_from_slice(vero.to_string().as_bytes()),
        Oggetto::Intero(intero) => byte.extend_from_slice(intero.to_string().as_bytes()),
        Oggetto::Reale(scritto) => byte.extend_from_slice(scritto),
        Oggetto::Nome(nome) => scrivi_nome(nome, byte),
        Oggetto::Stringa(testo, _) => byte.extend_from_slice(format!("<{}>", hex::encode(testo)).as_bytes()),
        Oggetto::Rinvio(id) => byte.extend_from_slice(format!("{} {} R", id.numero, id.generazione).as_bytes()),
        Oggetto::Elenco(elenco) => {
            byte.push(b'[');
            for valore in elenco {
                scrivi(valore, byte);
                byte.push(b' ');
            }
            byte.push(b']');
        }
        Oggetto::Dizionario(dizionario) | Oggetto::Flusso(dizionario, _) => {
            byte.extend_from_slice(&Campi::di(dizionario, &[]).dizionario());
        }
    }
}

fn scrivi_nome(nome: &[u8], byte: &mut Vec<u8>) {
    byte.push(b'/');
    for b in nome {
        match b {
            b if b.is_ascii_alphanumeric() || b"-_.+*:".contains(b) => byte.push(*b),
            b => byte.extend_from_slice(format!("#{b:02X}").as_bytes()),
        }
    }
}
