//! A form with files as it arrives: fields to memory, files to the store, nothing before its first field was found good.

use super::{Errata, Pagine, formato};
use crate::documenti::{self, Riposto};
use crate::registro::RuoloDocumento;
use crate::valori::{Impronta, NomeFile};
use crate::web::api::multipart::riponi;
use crate::web::parti::{Parte, Parti};
use crate::web::{Problema, Stato};
use aws_lc_rs::hmac;
use std::collections::BTreeMap;
use std::io::Read;

/// Longest field, in bytes.
const MASSIMO_CAMPO: usize = 64 * 1024;

/// Bytes by which a kept file is recognised again.
const INIZIO: u64 = 64 * 1024;

/// Name of the field that carries a file kept from a form that was refused.
const TENUTO: &str = "tenuto";

/// A file of the form, and the field by which the page gives it back.
pub(super) struct FileScelto {
    pub(super) ruolo: RuoloDocumento,
    pub(super) riposto: Riposto,
    pub(super) nome: NomeFile,
    pub(super) sigillo: String,
}

impl FileScelto {
    /// Its length, for people.
    pub(super) fn dimensione(&self) -> String {
        formato::dimensione(i64::try_from(self.riposto.dimensione).unwrap_or(i64::MAX))
    }

    /// What it is here.
    pub(super) fn e_principale(&self) -> bool {
        self.ruolo == RuoloDocumento::Principale
    }
}

/// How much a form may bring.
pub(super) struct Massimi {
    /// Bytes of a file.
    pub(super) byte: u64,
    /// Files.
    pub(super) file: usize,
    /// Fields, files and empty parts together.
    pub(super) parti: usize,
    /// Bytes of all fields that are no files.
    pub(super) testo: usize,
}

/// A form that arrived.
pub(super) struct Arrivo {
    /// Its fields by name.
    pub(super) campi: BTreeMap<String, String>,
    /// Its files, in the store by now.
    pub(super) file: Vec<FileScelto>,
    /// A file that had been kept cannot be taken again: the program was started anew, or the field is not ours.
    pub(super) perduti: bool,
}

/// What is said where a kept file is lost: the form must not go on as if nobody had chosen it.
pub(super) const PERDUTI: &str = "I file che avevi già inviato non si trovano più: aggiungili di nuovo.";

/// Reads the form. `ammette` is given name and value of the first field and says whose form it is, or refuses: then nothing is
/// kept. A file kept from a refused form is taken again only from whom it was given back to.
///
/// # Errors
/// The refusal of `ammette`, 400 for what is no form, 413 beyond the limits.
pub(super) async fn leggi(
    (stato, pagine): (&Stato, &Pagine),
    massimi: &Massimi,
    mut corpo: Parti,
    ammette: impl Fn(&str, &str) -> Result<String, Errata>,
) -> Result<Arrivo, Errata> {
    let illeggibile = |e| Problema::illeggibile(format!("multipart: {e}"));
    let troppi = || Problema::troppo_grande("Il modulo ha troppi campi.");
    let (mut campi, mut file, mut perduti) = (BTreeMap::new(), Vec::new(), false);
    let (mut di_chi, mut parti, mut resto): (Option<String>, _, _) = (None, 0, massimi.testo);
    while let Some(campo) = corpo.prossima().await.map_err(illeggibile)? {
        let (nome, allegato) = (campo.nome(), campo.file());
        parti += 1;
        if parti > massimi.parti {
            return Err(troppi().into());
        }
        let Some(di_chi) = &di_chi else {
            let valore = if allegato.is_none() { testo(campo, &mut resto).await? } else { String::new() };
            di_chi = Some(ammette(&nome, &valore)?);
            campi.insert(nome, valore);
            continue;
        };
        let vuoto = allegato.as_ref().is_some_and(String::is_empty);
        if file.len() >= massimi.file && (nome == TENUTO || (allegato.is_some() && !vuoto)) {
            return Err(Problema::troppo_grande(format!("Al massimo {} file.", massimi.file)).into());
        }
        match allegato {
            None if nome == TENUTO => {
                let tenuto = testo(campo, &mut resto).await?;
                match riprendi(stato, pagine, di_chi, tenuto).await? {
                    Some(tenuto) => file.push(tenuto),
                    None => perduti = true,
                }
            }
            None => {
                campi.insert(nome, testo(campo, &mut resto).await?);
            }
            // A browser sends an empty part for a file field that was left alone.
            Some(_) if vuoto => {}
            Some(allegato) => {
                let riposto = riponi(&stato.deposito, massimi.byte, campo).await?;
                let nome_file = NomeFile::da_arrivo(&allegato, "documento");
                let ruolo = if nome == "principale" { RuoloDocumento::Principale } else { RuoloDocumento::Allegato };
                let sigillo = sigilla(pagine, di_chi, ruolo, &riposto.impronta, &nome_file);
                file.push(FileScelto { ruolo, riposto, nome: nome_file, sigillo });
            }
        }
    }
    // A main document sent now takes the place of one that was kept.
    let principali = file.iter().filter(|f| f.ruolo == RuoloDocumento::Principale).count();
    let mut vecchi = principali.saturating_sub(1);
    file.retain(|f| {
        let vecchio = f.ruolo == RuoloDocumento::Principale && vecchi > 0;
        vecchi = vecchi.saturating_sub(usize::from(vecchio));
        !vecchio
    });
    if di_chi.is_none() {
        return Err(Errata::ModuloEstraneo);
    }
    Ok(Arrivo { campi, file, perduti })
}

/// A field as text, as long as there is room in `resto` for all of them.
pub(super) async fn testo(campo: Parte, resto: &mut usize) -> Result<String, Problema> {
    let lungo = || Problema::troppo_grande("Un campo del modulo è troppo lungo.");
    let bytes = interi(campo, MASSIMO_CAMPO.min(*resto), lungo).await?;
    *resto = resto.saturating_sub(bytes.len());
    String::from_utf8(bytes).map_err(|_| Problema::illeggibile("Un campo del modulo non è testo."))
}

/// The bytes of a field, which are not kept anywhere.
///
/// # Errors
/// `lungo` beyond `massimo`.
pub(super) async fn interi(
    mut campo: Parte,
    massimo: usize,
    lungo: impl Fn() -> Problema,
) -> Result<Vec<u8>, Problema> {
    let mut bytes = Vec::new();
    while let Some(pezzo) = campo.pezzo().await {
        bytes.extend_from_slice(&pezzo.map_err(|e| Problema::illeggibile(format!("multipart: {e}")))?);
        if bytes.len() > massimo {
            return Err(lungo());
        }
    }
    Ok(bytes)
}

/// A file that a refused form gave back: only what was sent with it, since this program started.
async fn riprendi(
    stato: &Stato,
    pagine: &Pagine,
    di_chi: &str,
    tenuto: String,
) -> Result<Option<FileScelto>, Problema> {
    let mut parti = tenuto.splitn(4, ':');
    let (Some(ruolo), Some(impronta), Some(_), Some(nome)) = (parti.next(), parti.next(), parti.next(), parti.next())
    else {
        return Ok(None);
    };
    let (Ok(ruolo), Ok(impronta), Ok(nome)) = (ruolo.parse(), impronta.parse::<Impronta>(), nome.parse()) else {
        return Ok(None);
    };
    if sigilla(pagine, di_chi, ruolo, &impronta, &nome) != tenuto {
        return Ok(None);
    }
    dal_deposito((stato, pagine), di_chi, ruolo, impronta, nome).await.map(Some)
}

/// A file of the store as a file of the form of `di_chi`, who may see it.
///
/// # Errors
/// If the store has it no more.
pub(super) async fn dal_deposito(
    (stato, pagine): (&Stato, &Pagine),
    di_chi: &str,
    ruolo: RuoloDocumento,
    impronta: Impronta,
    nome: NomeFile,
) -> Result<FileScelto, Problema> {
    let sigillo = sigilla(pagine, di_chi, ruolo, &impronta, &nome);
    let leggi = move |stato: &Stato| {
        let file = stato.deposito.apri(&impronta)?;
        let dimensione = file.metadata().map_err(Problema::interno)?.len();
        let mut inizio = Vec::new();
        file.take(INIZIO).read_to_end(&mut inizio).map_err(Problema::interno)?;
        Ok(documenti::Riposto { impronta, dimensione, media_type: documenti::media_type(&inizio) })
    };
    let riposto = stato.blocca(leggi).await?;
    Ok(FileScelto { ruolo, riposto, nome, sigillo })
}

fn sigilla(pagine: &Pagine, di_chi: &str, ruolo: RuoloDocumento, impronta: &Impronta, nome: &NomeFile) -> String {
    let ruolo = ruolo.as_str();
    let detto = format!("{di_chi}:{ruolo}:{impronta}:{nome}");
    let firma = hmac::sign(&pagine.sigillo, detto.as_bytes());
    format!("{ruolo}:{impronta}:{}:{nome}", hex::encode(firma.as_ref()))
}
