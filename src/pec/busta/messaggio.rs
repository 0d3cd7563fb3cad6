//! One message, transport envelope or original alike: header fields, text, attachments.

use super::albero::{self, Parte};
use super::allegato::Allegato;
use super::campi::Campi;
use super::corpo::{self, Brano};
use super::decodifica::Codifica;
use std::borrow::Cow;

/// What was read of a message.
pub struct Messaggio<'a> {
    /// Header fields of the message itself.
    pub campi: Campi,
    /// Its structure, the whole first.
    pub parti: Vec<Parte>,
    /// Its text.
    pub corpo: String,
    /// Its attachments, each with the place of its part in `parti`.
    pub allegati: Vec<(usize, Allegato<'a>)>,
    /// What was wrong, in Italian.
    pub rilievi: Vec<String>,
}

/// Reads a message; nothing is refused.
pub fn leggi(dati: &[u8]) -> Messaggio<'_> {
    let (parti, difetti) = albero::leggi(dati);
    let mut rilievi: Vec<String> = difetti.into_iter().map(albero::Difetto::frase).collect();
    for rilievo in parti.iter().flat_map(|p| &p.campi.rilievi) {
        if !rilievi.contains(rilievo) {
            rilievi.push(rilievo.clone());
        }
    }
    let mut allegati = Vec::new();
    let mut brani = Vec::new();
    for (indice, parte) in parti.iter().enumerate().filter(|(_, p)| !p.contenitore) {
        let grezzi = dati.get(parte.corpo.clone()).unwrap_or_default();
        let codifica = parte.campi.codifica();
        let (bytes, buono) = codifica.decodifica(grezzi);
        if corpo::e_testo(parte) {
            brani.push(Brano::new(parte, bytes, alternativa(&parti, parte)));
            rilievi.extend((!buono).then(|| rilievo_codifica(codifica, "Il testo")));
        } else if !(is_multipart(parte) && grezzi.trim_ascii().is_empty()) {
            let allegato = Allegato::new(parte, bytes, allegati.len() + 1);
            rilievi.extend((!buono).then(|| rilievo_codifica(codifica, &format!("L'allegato «{}»", allegato.name))));
            allegati.push((indice, allegato));
        }
    }
    let (corpo, rilievi_del_testo) = corpo::componi(&brani);
    rilievi.extend(rilievi_del_testo);
    drop(brani);
    let campi = parti.first().map(|p| p.campi.clone()).unwrap_or_default();
    Messaggio { campi, parti, corpo, allegati, rilievi }
}

impl Messaggio<'_> {
    /// The same, with attachments that borrow from nothing.
    pub fn into_owned<'b>(self) -> Messaggio<'b> {
        let allegati = self.allegati.into_iter().map(|(i, a)| (i, a.into_owned())).collect();
        Messaggio { campi: self.campi, parti: self.parti, corpo: self.corpo, allegati, rilievi: self.rilievi }
    }

    /// True if the part lies, at whatever depth, inside `antenato`.
    pub fn e_dentro(&self, parte: usize, antenato: usize) -> bool {
        antenati(&self.parti, parte).any(|p| p == antenato)
    }
}

/// Reads a message that lies inside another: in clear, or decoded from it.
pub fn leggi_interno<'a>(bytes: &Cow<'a, [u8]>) -> Messaggio<'a> {
    match bytes {
        Cow::Borrowed(chiari) => leggi(chiari),
        Cow::Owned(decodificati) => leggi(decodificati).into_owned(),
    }
}

/// The part and all that hold it. A parent always comes before its children, so this ends.
fn antenati(parti: &[Parte], parte: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(parte), |p| parti.get(*p).and_then(|x| x.genitore))
}

/// The `multipart/alternative` in which a part stands, if any.
pub fn alternativa(parti: &[Parte], parte: &Parte) -> Option<usize> {
    let da_genitore = parte.genitore?;
    antenati(parti, da_genitore).find(|p| parti.get(*p).is_some_and(|x| x.campi.tipo == "multipart/alternative"))
}

fn is_multipart(parte: &Parte) -> bool {
    parte.campi.tipo.starts_with("multipart/")
}

fn rilievo_codifica(codifica: Codifica, che: &str) -> String {
    match codifica {
        Codifica::Ignota => format!("{che} ha una codifica sconosciuta: i suoi byte sono presi come sono."),
        _ => format!("{che} ha una codifica guasta: ne è letto quel che si può."),
    }
}
