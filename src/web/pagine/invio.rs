//! A form with files as it arrives: fields to memory, files to the store, nothing before its first field was found good.

use super::{Errata, Pagine, formato};
use crate::documenti::{self, Riposto};
use crate::registro::RuoloDocumento;
use crate::valori::{Impronta, NomeFile};
use crate::web::api::multipart::riponi;
use crate::web::{Problema, Stato};
use actix_multipart::{Field, Multipart};
use aws_lc_rs::hmac;
use futures_util::{StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use std::io::Read;

/// Longest field, in bytes.
const MASSIMO_CAMPO: usize = 64 * 1024;

/// Most fields of a form.
const MASSIMO_CAMPI: usize = 10_000;

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
}

/// The fields by name, and the files that are in the store by now.
pub(super) type Arrivo = (BTreeMap<String, String>, Vec<FileScelto>);

/// Reads the form. `ammette` is given name and value of the first field and says whose form it is, or refuses: then nothing is
/// kept. A file kept from a refused form is taken again only from whom it was given back to.
///
/// # Errors
/// The refusal of `ammette`, 400 for what is no form, 413 beyond the limits.
pub(super) async fn leggi(
    (stato, pagine): (&Stato, &Pagine),
    massimi: &Massimi,
    mut corpo: Multipart,
    ammette: impl Fn(&str, &str) -> Result<String, Errata>,
) -> Result<Arrivo, Errata> {
    let illeggibile = |e| Problema::illeggibile(format!("multipart: {e}"));
    let (mut campi, mut file) = (BTreeMap::new(), Vec::new());
    let mut di_chi: Option<String> = None;
    while let Some(campo) = corpo.try_next().await.map_err(illeggibile)? {
        let nome = campo.name().unwrap_or("").to_owned();
        let allegato = campo.content_disposition().and_then(|d| d.get_filename()).map(str::to_owned);
        let Some(di_chi) = &di_chi else {
            let valore = if allegato.is_none() { testo(campo).await? } else { String::new() };
            di_chi = Some(ammette(&nome, &valore)?);
            campi.insert(nome, valore);
            continue;
        };
        if campi.len() >= MASSIMO_CAMPI {
            return Err(Problema::troppo_grande("Il modulo ha troppi campi.").into());
        }
        let vuoto = allegato.as_ref().is_some_and(String::is_empty);
        if file.len() >= massimi.file && (nome == TENUTO || (allegato.is_some() && !vuoto)) {
            return Err(Problema::troppo_grande(format!("Al massimo {} file.", massimi.file)).into());
        }
        match allegato {
            None if nome == TENUTO => {
                let tenuto = testo(campo).await?;
                file.extend(riprendi(stato, pagine, di_chi, tenuto).await?);
            }
            None => {
                campi.insert(nome, testo(campo).await?);
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
    Ok((campi, file))
}

async fn testo(mut campo: Field) -> Result<String, Problema> {
    let mut bytes = Vec::new();
    while let Some(pezzo) = campo.next().await {
        bytes.extend_from_slice(&pezzo.map_err(|e| Problema::illeggibile(format!("multipart: {e}")))?);
        if bytes.len() > MASSIMO_CAMPO {
            return Err(Problema::troppo_grande("Un campo del modulo è troppo lungo."));
        }
    }
    String::from_utf8(bytes).map_err(|_| Problema::illeggibile("Un campo del modulo non è testo."))
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
    let sigillo = sigilla(pagine, di_chi, ruolo, &impronta, &nome);
    if sigillo != tenuto {
        return Ok(None);
    }
    let leggi = move |stato: &Stato| {
        let file = stato.deposito.apri(&impronta)?;
        let dimensione = file.metadata().map_err(Problema::interno)?.len();
        let mut inizio = Vec::new();
        file.take(INIZIO).read_to_end(&mut inizio).map_err(Problema::interno)?;
        Ok(documenti::Riposto { impronta, dimensione, media_type: documenti::media_type(&inizio) })
    };
    let riposto = stato.blocca(leggi).await?;
    Ok(Some(FileScelto { ruolo, riposto, nome, sigillo }))
}

fn sigilla(pagine: &Pagine, di_chi: &str, ruolo: RuoloDocumento, impronta: &Impronta, nome: &NomeFile) -> String {
    let ruolo = ruolo.as_str();
    let detto = format!("{di_chi}:{ruolo}:{impronta}:{nome}");
    let firma = hmac::sign(&pagine.sigillo, detto.as_bytes());
    format!("{ruolo}:{impronta}:{}:{nome}", hex::encode(firma.as_ref()))
}
