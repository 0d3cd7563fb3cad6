//! The provider's signature over an envelope or receipt: S/MIME `multipart/signed` (RFC 8551 3.5.3; DM 2/11/2005, annex, 8).

use super::messaggio::Messaggio;
use crate::firma::{self, Fiducia, Firma, Firmatario, Indicazione};
use crate::valori::Istante;
use serde::Serialize;
use std::io;

/// The verdict on the signature of the `gestore`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FirmaGestore {
    /// As ETSI EN 319 102-1 names it.
    pub indication: Indicazione,
    /// The provider, as its certificate says.
    pub signer: Option<Firmatario>,
}

/// The place of the signed part, if the message is a `multipart/signed`: only what lies in it is vouched for.
pub fn parte_firmata(messaggio: &Messaggio<'_>) -> Option<usize> {
    figlie_della_firmata(messaggio).next()
}

/// Verifies the signature over the exact bytes of the signed part, at the time when the message was made.
pub fn verifica(
    dati: &[u8],
    messaggio: &Messaggio<'_>,
    fiducia: &Fiducia,
    istante: Istante,
    rilievi: &mut Vec<String>,
) -> Option<FirmaGestore> {
    let mut figlie = figlie_della_firmata(messaggio);
    let (firmata, firma) = (figlie.next()?, figlie.next());
    let contenuto = dati.get(messaggio.parti.get(firmata)?.intera.clone())?;
    let Some((_, p7s)) = messaggio.allegati.iter().find(|(parte, _)| Some(*parte) == firma) else {
        rilievi.push("La busta si dice firmata dal gestore, ma la firma non c'è.".to_owned());
        return Some(FirmaGestore { indication: Indicazione::TotalFailed, signer: None });
    };
    let Some(firma) = giudica(&p7s.bytes, contenuto, fiducia, istante, rilievi) else {
        rilievi.push("La firma del gestore non si legge.".to_owned());
        return Some(FirmaGestore { indication: Indicazione::TotalFailed, signer: None });
    };
    if let Some(frase) = frase(firma.indication) {
        rilievi.push(frase.to_owned());
        rilievi.extend(firma.findings.iter().map(|f| format!("Firma del gestore: {f}")));
    }
    Some(FirmaGestore { indication: firma.indication, signer: firma.signer })
}

/// The parts of a `multipart/signed` at the top, in order: what is signed, and the signature.
fn figlie_della_firmata(messaggio: &Messaggio<'_>) -> impl Iterator<Item = usize> {
    let firmata = messaggio.parti.first().is_some_and(|r| r.contenitore && r.campi.tipo == "multipart/signed");
    messaggio.parti.iter().enumerate().filter(move |(_, p)| firmata && p.genitore == Some(0)).map(|(i, _)| i)
}

/// Mail programs save messages with bare line feeds; what was signed had CRLF.
fn giudica(
    p7s: &[u8],
    contenuto: &[u8],
    fiducia: &Fiducia,
    istante: Istante,
    rilievi: &mut Vec<String>,
) -> Option<Firma> {
    let com_e = verifica_staccata(p7s, contenuto, fiducia, istante)?;
    if com_e.indication != Indicazione::TotalFailed {
        return Some(com_e);
    }
    let rifatta = con_crlf(contenuto).and_then(|canonico| verifica_staccata(p7s, &canonico, fiducia, istante));
    let Some(rifatta) = rifatta.filter(|f| f.indication != Indicazione::TotalFailed) else { return Some(com_e) };
    rilievi.push(
        "Il messaggio è stato salvato con fine riga diversi da quelli spediti: la firma del gestore torna ripristinandoli."
            .to_owned(),
    );
    Some(rifatta)
}

/// The worst of the signatures over the part itself: those of files inside it are another matter. All is in memory: there is no
/// error of reading or writing to report.
fn verifica_staccata(p7s: &[u8], contenuto: &[u8], fiducia: &Fiducia, istante: Istante) -> Option<Firma> {
    let (mut firmato, mut contenuto) = (p7s, contenuto);
    let nome = Some("smime.p7s");
    let rapporto = firma::verifica(&mut firmato, Some(&mut contenuto), nome, fiducia, istante, &mut io::sink()).ok()?;
    let esterno = rapporto.signatures.first()?.layer;
    rapporto.signatures.into_iter().filter(|f| f.layer == esterno).max_by_key(|f| f.indication)
}

/// With CRLF at the end of every line; `None` if it had them all.
fn con_crlf(contenuto: &[u8]) -> Option<Vec<u8>> {
    let mut prima = 0;
    let mut canonico = Vec::with_capacity(contenuto.len() + contenuto.len() / 32);
    let mut cambiato = false;
    for byte in contenuto {
        if *byte == b'\n' && prima != b'\r' {
            canonico.push(b'\r');
            cambiato = true;
        }
        canonico.push(*byte);
        prima = *byte;
    }
    cambiato.then_some(canonico)
}

fn frase(indicazione: Indicazione) -> Option<&'static str> {
    match indicazione {
        Indicazione::TotalPassed => None,
        Indicazione::Indeterminate => {
            Some("La firma del gestore non si può confermare con i certificati di fiducia noti.")
        }
        Indicazione::TotalFailed => {
            Some("La firma del gestore non è valida: la busta può essere stata alterata o contraffatta.")
        }
    }
}
