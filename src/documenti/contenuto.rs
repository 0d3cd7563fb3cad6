//! The innermost document of a signed file, for whoever wants to read it. Nobody is judged here: only the content is wanted.

use super::{Deposito, Errore, media_type};
use crate::firma::{self, Fiducia};
use crate::valori::{Impronta, Istante};
use std::io::{self, Write};

/// The innermost document of a stored file that is signed, with its media type; `None` if the file is not signed, its envelope
/// cannot be opened to the end, or the document is longer than `massimo` bytes.
///
/// # Errors
/// If the store cannot be read. Nothing that is inside the file is an error.
pub fn contenuto(
    deposito: &Deposito,
    impronta: &Impronta,
    massimo: usize,
) -> Result<Option<(Vec<u8>, &'static str)>, Errore> {
    let mut file = deposito.apri(impronta)?;
    let mut dentro = Vaso { byte: Vec::new(), massimo, colmo: false };
    let rapporto = firma::verifica(&mut file, None, None, &Fiducia::vuota(), Istante::default(), &mut dentro);
    if dentro.colmo {
        return Ok(None);
    }
    let aperto = rapporto.map_err(Errore::Disco).map(|r| r.content.is_some() && !r.signatures.is_empty())?;
    let tipo = media_type(dentro.byte.get(..super::media_type::ASSAGGIO).unwrap_or(&dentro.byte));
    Ok(aperto.then_some((dentro.byte, tipo)))
}

/// Takes no more than `massimo` bytes.
struct Vaso {
    byte: Vec<u8>,
    massimo: usize,
    colmo: bool,
}

impl Write for Vaso {
    fn write(&mut self, pezzo: &[u8]) -> io::Result<usize> {
        if self.byte.len() + pezzo.len() > self.massimo {
            self.colmo = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.byte.extend_from_slice(pezzo);
        Ok(pezzo.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_innermost_document_comes_out_up_to_a_length() {
        let dir = tempfile::tempdir().unwrap();
        let deposito = Deposito::disco(dir.path().join("documenti")).unwrap();
        let leggi = |nome: &str| std::fs::read(Path::new("fixtures").join(nome)).unwrap();
        let riponi = |byte: &[u8]| deposito.riponi(&mut &*byte, 10_000_000).unwrap().impronta;
        let pdf = leggi("documenti/istanza-permesso-di-costruire.pdf");
        let firmato = riponi(&leggi("firma/annidato.pdf.p7m.p7m"));
        let (dentro, tipo) = contenuto(&deposito, &firmato, 10_000_000).unwrap().unwrap();
        assert_eq!((tipo, dentro.get(..5)), ("application/pdf", Some(&b"%PDF-"[..])));
        assert!(contenuto(&deposito, &firmato, dentro.len()).unwrap().is_some());
        assert!(contenuto(&deposito, &firmato, dentro.len() - 1).unwrap().is_none());
        let tronco = leggi("firma/rsa-der.pdf.p7m");
        for chiuso in [riponi(&pdf), riponi(b"solo testo"), riponi(&tronco[..tronco.len() / 3])] {
            assert!(contenuto(&deposito, &chiuso, 10_000_000).unwrap().is_none());
        }
    }
}
