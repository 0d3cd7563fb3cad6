//! *Marca temporale*: a timestamp token (RFC 3161 section 2.4.2), a SignedData over TSTInfo.
//!
//! ```text
//! TSTInfo ::= SEQUENCE { version INTEGER, policy OID, messageImprint SEQUENCE { hashAlgorithm, hashedMessage OCTET STRING },
//!     serialNumber INTEGER, genTime GeneralizedTime, … }
//! ```

use super::algoritmo::Digesto;
use super::asn1::elemento;
use super::catena::{Contesto, Uso};
use super::certificato::Certificato;
use super::cms::{Busta, Impronte, Resto, Somme};
use super::difetto::{Difetto, separa};
use super::esame::{Firmato, Oggetto, esamina as esamina_firma};
use super::firmatario::CampiFirmatario;
use super::giudizio::Giudizio;
use super::rapporto::{Firma, Indicazione, MarcaTemporale, Marcato, Sottoindicazione};
use super::revoca::{AUTORITA_NON_CONTROLLATE, NON_CONTROLLATA, Revoche};
use super::{oid, robustezza, tempo};
use crate::valori::Istante;
use der::oid::ObjectIdentifier;
use std::io::{self, Read};

/// The longest TSTInfo read.
const MAX_TST_INFO_BYTE: u64 = 64 * 1024;

/// A token read to its end.
pub struct Gettone {
    tipo: ObjectIdentifier,
    info: Vec<u8>,
    resto: Resto,
    impronte: Impronte,
}

impl Gettone {
    /// Reads the content and the rest of an envelope whose type is TSTInfo.
    pub fn leggi(mut busta: Busta<'_>) -> io::Result<Self> {
        let (tipo, mut info) = (busta.tipo, Vec::new());
        busta.by_ref().take(MAX_TST_INFO_BYTE).read_to_end(&mut info)?;
        if busta.read(&mut [0])? > 0 {
            return Err(Difetto("la marca temporale è troppo lunga").into());
        }
        let resto = busta.chiudi()?;
        Ok(Self { tipo, info, resto, impronte: busta.somme.concludi() })
    }

    /// Reads a token in memory.
    pub fn da_byte(byte: &[u8]) -> Result<Self, Difetto> {
        let mut sorgente = byte;
        let letto = Busta::apri(&mut sorgente).and_then(Self::leggi);
        // A slice cannot fail as a disk does.
        separa(letto).unwrap_or(Err(Difetto("non è leggibile")))
    }

    /// Foreign bytes after the token.
    pub fn avanzo(&self) -> u64 {
        self.resto.avanzo
    }

    /// Whether it says that it is one, as an envelope of something else does not.
    pub fn e_una_marca(&self) -> bool {
        self.tipo == oid::TST_INFO
    }

    /// `genTime`, nobody having validated it.
    pub fn istante(&self) -> Option<Istante> {
        tst_info(&self.info)?.istante
    }

    /// The digest through which it stamps, and its value.
    pub fn impronta(&self) -> Option<(Digesto, &[u8])> {
        let info = tst_info(&self.info)?;
        Some((info.digesto?, info.impronta))
    }

    /// The first value of an unsigned attribute of the authority's signature, and which of these types it has.
    pub fn aggiunto(&self, tipi: &[ObjectIdentifier]) -> Option<(ObjectIdentifier, Vec<u8>)> {
        let campi = CampiFirmatario::leggi(self.resto.firmatari.first()?).ok()?;
        let (info, _) = campi.info().ok()?;
        tipi.iter().find_map(|tipo| Some((*tipo, info.non_firmati.unico(*tipo)?.intero.to_vec())))
    }
}

/// What a token says.
struct TstInfo<'a> {
    digesto: Option<Digesto>,
    impronta: &'a [u8],
    istante: Option<Istante>,
}

/// Why it is not known what a token stamps.
#[derive(Debug, Clone, Copy)]
pub struct Ostacolo {
    /// Whether the token is wrong for that, or nothing can be said.
    pub indicazione: Indicazione,
    /// The sentence.
    pub frase: &'static str,
}

/// What it stamps was not given.
pub const NON_DATO: Ostacolo =
    Ostacolo { indicazione: Indicazione::Indeterminate, frase: "Non si sa quali dati siano marcati." };

/// Judges a token found inside a signature, which stamps `marcato`; `altri` and `revoche` are those of the signature. What is wrong becomes a note of that signature.
pub fn esamina(
    giudizio: &mut Giudizio,
    contesto: &Contesto<'_>,
    gettone: &[u8],
    marcato: Firmato<'_>,
    altri: &[Certificato<'_>],
    revoche: &[&Revoche<'_>],
) -> MarcaTemporale {
    let (marca, frase) = match Gettone::da_byte(gettone) {
        Ok(gettone) => esamina_con(contesto, &gettone, Ok(marcato), altri, revoche),
        Err(difetto) => illeggibile(difetto),
    };
    giudizio.nota(frase);
    MarcaTemporale { covers: Marcato::Signature, ..marca }
}

/// What is said of a token that cannot be read.
pub fn illeggibile(difetto: Difetto) -> (MarcaTemporale, String) {
    let marca = MarcaTemporale { covers: Marcato::Signature, ..incompleta(None, Indicazione::TotalFailed) };
    (marca, format!("Marca temporale non valida, perché non è leggibile: {difetto}."))
}

/// Judges a token over the file itself, and says it in a sentence; without `marcato` what it stamps is not known.
pub fn esamina_gettone(
    contesto: &Contesto<'_>,
    gettone: &Gettone,
    marcato: Option<Firmato<'_>>,
    altri: &[Certificato<'_>],
) -> (MarcaTemporale, String) {
    esamina_con(contesto, gettone, marcato.ok_or(NON_DATO), altri, &[])
}

/// The same, with what is said of revocation round the token.
pub fn esamina_con(
    contesto: &Contesto<'_>,
    gettone: &Gettone,
    marcato: Result<Firmato<'_>, Ostacolo>,
    altri: &[Certificato<'_>],
    revoche: &[&Revoche<'_>],
) -> (MarcaTemporale, String) {
    let mut giudizio = Giudizio::new();
    let info = tst_info(&gettone.info);
    // Before anything is read again: a file may have thousands of tokens, and of certificates.
    if !contesto.spendi() {
        giudizio.incerta(Sottoindicazione::Generic, "Le marche del file sono troppe per essere verificate tutte.");
        let time = info.and_then(|info| info.istante);
        let frase = frase(time, None, &giudizio, None);
        return (incompleta(time, giudizio.indicazione), frase);
    }
    match &info {
        Some(info) => esamina_impronta(&mut giudizio, info, marcato),
        None => giudizio.fallita(Sottoindicazione::FormatFailure, "Il suo contenuto non è leggibile."),
    }
    let mut controllata = None;
    let tsa = match gettone.resto.firmatari.as_slice() {
        [firmatario] => {
            let firma = firma_di(contesto, gettone, firmatario, altri, revoche);
            let motivo = firma.sub_indication.unwrap_or(Sottoindicazione::Generic);
            let ignota = |f: &String| [NON_CONTROLLATA, AUTORITA_NON_CONTROLLATE].contains(&f.as_str());
            controllata = Some(!firma.findings.iter().any(ignota));
            let perche = firma.findings.into_iter().next().unwrap_or_default();
            match firma.indication {
                Indicazione::TotalPassed => {}
                Indicazione::Indeterminate => giudizio.incerta(motivo, perche),
                Indicazione::TotalFailed => giudizio.fallita(motivo, perche),
            }
            firma.signer.and_then(|s| s.common_name)
        }
        _ => {
            giudizio.fallita(Sottoindicazione::FormatFailure, "Non ha esattamente un firmatario.");
            None
        }
    };
    if let Some(che) = info.as_ref().and_then(|i| robustezza::vizio_digesto(i.digesto?, contesto.istante)) {
        let frase = format!("I dati marcati lo sono attraverso {che}.");
        giudizio.incerta(Sottoindicazione::CryptoConstraintsFailureNoPoe, frase);
    }
    let time = info.and_then(|info| info.istante);
    let controllata = controllata.filter(|_| giudizio.indicazione == Indicazione::TotalPassed);
    let frase = frase(time, tsa.as_deref(), &giudizio, controllata);
    (MarcaTemporale { tsa, revocation_checked: controllata, ..incompleta(time, giudizio.indicazione) }, frase)
}

/// Of an authority that is not known.
fn incompleta(time: Option<Istante>, indication: Indicazione) -> MarcaTemporale {
    MarcaTemporale { time, tsa: None, indication, covers: Marcato::File, revocation_checked: None }
}

/// The judgement on the one signer of a token.
fn firma_di(
    contesto: &Contesto<'_>,
    gettone: &Gettone,
    firmatario: &[u8],
    altri: &[Certificato<'_>],
    revoche: &[&Revoche<'_>],
) -> Firma {
    let propri = gettone.resto.certificati.iter().filter_map(|der| Certificato::leggi(der));
    let comuni = altri.iter().filter_map(|c| Certificato::leggi(c.der));
    let certificati: Vec<Certificato<'_>> = propri.chain(comuni).collect();
    let proprie = Revoche::di_busta(gettone.resto.revoche.iter().map(Vec::as_slice));
    let revoche: Vec<&Revoche<'_>> = revoche.iter().copied().chain([&proprie]).collect();
    let oggetto = Oggetto {
        tipo: Some(oid::TST_INFO),
        firmato: Firmato::Passato(&gettone.impronte),
        intorno: None,
        certificati: &certificati,
        revoche: &revoche,
        strato: 0,
        uso: Uso::Marca,
    };
    esamina_firma(contesto, &oggetto, firmatario)
}

/// The digests that the content of a TSD may have been stamped with.
pub fn somme_marcabili() -> Somme {
    Somme::di(&[Digesto::Sha1, Digesto::Sha256, Digesto::Sha384, Digesto::Sha512])
}

fn esamina_impronta(giudizio: &mut Giudizio, info: &TstInfo<'_>, marcato: Result<Firmato<'_>, Ostacolo>) {
    let marcato = match marcato {
        Ok(marcato) => marcato,
        Err(Ostacolo { indicazione: Indicazione::TotalFailed, frase }) => {
            return giudizio.fallita(Sottoindicazione::HashFailure, frase);
        }
        Err(Ostacolo { frase, .. }) => return giudizio.incerta(Sottoindicazione::SignedDataNotFound, frase),
    };
    match info.digesto.and_then(|d| marcato.impronta(d)) {
        None => giudizio.incerta(Sottoindicazione::CryptoConstraintsFailure, "L'impronta marcata non è calcolabile."),
        Some(impronta) if impronta == info.impronta => {}
        Some(_) => giudizio.fallita(Sottoindicazione::HashFailure, "Non riguarda questi dati: l'impronta è diversa."),
    }
}

fn frase(istante: Option<Istante>, tsa: Option<&str>, giudizio: &Giudizio, controllata: Option<bool>) -> String {
    let quando = istante.map_or_else(|| "di istante ignoto".to_owned(), |t| format!("del {}", t.leggibile()));
    let chi = tsa.map(|nome| format!(" di {nome}")).unwrap_or_default();
    let esito = match giudizio.indicazione {
        Indicazione::TotalPassed if controllata == Some(false) => {
            return format!(
                "Marca temporale {quando}{chi}: valida; la revoca dei suoi certificati non è stata controllata."
            );
        }
        Indicazione::TotalPassed => return format!("Marca temporale {quando}{chi}: valida."),
        Indicazione::Indeterminate => "non accertata",
        Indicazione::TotalFailed => "non valida",
    };
    let perche = giudizio.rilievi.first().map(String::as_str).unwrap_or_default();
    format!("Marca temporale {quando}{chi}: {esito}. {perche}")
}

fn tst_info(byte: &[u8]) -> Option<TstInfo<'_>> {
    let campi = elemento(byte).ok()?.figli().ok()?;
    let [_, _, marcato, _, istante, ..] = *campi.as_slice() else { return None };
    let parti = marcato.figli().ok()?;
    let [algoritmo, impronta] = *parti.as_slice() else { return None };
    Some(TstInfo {
        digesto: Digesto::da_algoritmo(&algoritmo),
        impronta: impronta.valore,
        istante: tempo::istante(&istante),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firma::fiducia::Fiducia;

    #[test]
    fn without_budget_a_token_is_not_even_looked_at() {
        let (fiducia, istante) = (Fiducia::vuota(), "2026-11-20T12:00:00Z".parse().unwrap());
        let contesto = Contesto::new(&fiducia, istante);
        let gettone = Gettone {
            tipo: oid::TST_INFO,
            info: Vec::new(),
            resto: Resto {
                certificati: Vec::new(),
                firmatari: Vec::new(),
                difetto_firmatari: None,
                revoche: Vec::new(),
                revoche_eccedono: false,
                eccede: false,
                avanzo: 0,
                capsula: None,
                campi: Default::default(),
            },
            impronte: Impronte::una(Digesto::Sha256, Vec::new()),
        };
        let esito = |contesto: &Contesto<'_>| esamina_gettone(contesto, &gettone, None, &[]);
        assert_eq!(esito(&contesto).0.indication, Indicazione::TotalFailed);
        while contesto.spendi() {}
        let (marca, frase) = esito(&contesto);
        assert_eq!(marca.indication, Indicazione::Indeterminate);
        assert!(frase.contains("troppe per essere verificate"), "{frase}");
    }
}
