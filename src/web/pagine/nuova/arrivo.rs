//! The form as it arrives: fields to memory, files to the store, nothing before the token of the session.

use super::FileScelto;
use crate::documenti;
use crate::registro::RuoloDocumento;
use crate::valori::{Impronta, NomeFile};
use crate::web::api::multipart::riponi;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::{Errata, Pagine};
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

/// The fields by name, and the files that are in the store by now.
pub(super) type Arrivo = (BTreeMap<String, String>, Vec<FileScelto>);

/// Reads the form. The first field must be the token of the session: without it nothing is kept.
///
/// # Errors
/// 403 without the token, 400 for what is no form, 413 beyond the limits.
pub(super) async fn leggi(stato: &Stato, pagine: &Pagine, chi: &Chi, mut corpo: Multipart) -> Result<Arrivo, Errata> {
    let illeggibile = |e| Problema::illeggibile(format!("multipart: {e}"));
    let (mut campi, mut file) = (BTreeMap::new(), Vec::new());
    let mut fidato = false;
    while let Some(campo) = corpo.try_next().await.map_err(illeggibile)? {
        let nome = campo.name().unwrap_or("").to_owned();
        let allegato = campo.content_disposition().and_then(|d| d.get_filename()).map(str::to_owned);
        if !fidato {
            chi.modulo(&if nome == "modulo" { testo(campo).await? } else { String::new() })?;
            fidato = true;
            continue;
        }
        if file.len() > stato.limiti.file_per_registrazione || campi.len() >= MASSIMO_CAMPI {
            let massimo = stato.limiti.file_per_registrazione;
            return Err(Problema::troppo_grande(format!("Al massimo {massimo} file per registrazione.")).into());
        }
        match allegato {
            None if nome == TENUTO => {
                let tenuto = testo(campo).await?;
                file.extend(riprendi(stato, pagine, chi, tenuto).await?);
            }
            None => {
                campi.insert(nome, testo(campo).await?);
            }
            // A browser sends an empty part for a file field that was left alone.
            Some(allegato) if allegato.is_empty() => {}
            Some(allegato) => {
                let riposto = riponi(&stato.deposito, &stato.limiti, campo).await?;
                let nome_file = NomeFile::da_arrivo(&allegato, "documento");
                let ruolo = if nome == "principale" { RuoloDocumento::Principale } else { RuoloDocumento::Allegato };
                let sigillo = sigilla(pagine, chi, ruolo, &riposto.impronta, &nome_file);
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
    if !fidato {
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

/// A file that a refused form gave back: only what this person sent, since this program started.
async fn riprendi(stato: &Stato, pagine: &Pagine, chi: &Chi, tenuto: String) -> Result<Option<FileScelto>, Problema> {
    let mut parti = tenuto.splitn(4, ':');
    let (Some(ruolo), Some(impronta), Some(_), Some(nome)) = (parti.next(), parti.next(), parti.next(), parti.next())
    else {
        return Ok(None);
    };
    let (Ok(ruolo), Ok(impronta), Ok(nome)) = (ruolo.parse(), impronta.parse::<Impronta>(), nome.parse()) else {
        return Ok(None);
    };
    let sigillo = sigilla(pagine, chi, ruolo, &impronta, &nome);
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

fn sigilla(pagine: &Pagine, chi: &Chi, ruolo: RuoloDocumento, impronta: &Impronta, nome: &NomeFile) -> String {
    let ruolo = ruolo.as_str();
    let detto = format!("{}:{ruolo}:{impronta}:{nome}", chi.sessione.persona.id);
    let firma = hmac::sign(&pagine.sigillo, detto.as_bytes());
    format!("{ruolo}:{impronta}:{}:{nome}", hex::encode(firma.as_ref()))
}
