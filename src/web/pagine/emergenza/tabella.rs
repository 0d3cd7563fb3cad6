//! `POST /registro/emergenza/{id}/tabelle`: a table as the spreadsheet of a post saved it, looked at before it is imported.

use super::righe::{con_avvisi, prova};
use super::{Campi, quale};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::testo_di_tabella;
use crate::web::pagine::Errata;
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::invio::{interi, testo};
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};

/// Longest file, in bytes: as long as the form that imports it.
pub(in crate::web::pagine) const MASSIMO_FILE: usize = 384 * 1024;

/// Bytes of the fields that are no file.
const MASSIMO_TESTO: usize = 4 * 1024;

/// What is said of a file that is not UTF-8.
const WINDOWS: &str = "Il file non è UTF-8: l'ho letto come Windows-1252. Controlla le lettere accentate.";

/// Shows the text of the file in the form that imports it, with what would become of each row. Nothing is written.
pub(in crate::web::pagine) async fn leggi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    mut corpo: Parti,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Entrata, Permesso::Agisce)?;
    let (mut scritto, mut byte, mut resto) = (Campi::new(), None, MASSIMO_TESTO);
    while let Some(parte) = corpo.prossima().await.map_err(|e| Problema::illeggibile(format!("multipart: {e}")))? {
        let (nome, file) = (parte.nome(), parte.file());
        // The token comes first: of whom has none nothing is read.
        if scritto.is_empty() && nome != "modulo" {
            return Err(Errata::ModuloEstraneo);
        }
        match file {
            None => {
                let valore = testo(parte, &mut resto).await?;
                if nome == "modulo" {
                    chi.modulo(&valore)?;
                }
                scritto.insert(nome, valore);
            }
            Some(nome) if nome.is_empty() => {}
            Some(_) => byte = Some(interi(parte, MASSIMO_FILE, troppo_lungo).await?),
        }
    }
    if scritto.is_empty() {
        return Err(Errata::ModuloEstraneo);
    }
    let id = quale(&id)?;
    let Some(byte) = byte else {
        return con_avvisi(&stato, &chi, id, scritto, vec!["Scegli il file della tabella.".to_owned()]).await;
    };
    let (testo, da_windows) = match testo_di_tabella(&byte) {
        Ok(letto) => letto,
        Err(e) => return con_avvisi(&stato, &chi, id, scritto, vec![frase(&e.to_string())]).await,
    };
    scritto.insert("csv".to_owned(), testo);
    prova(&stato, &chi, id, scritto, da_windows.then_some(WINDOWS)).await
}

fn troppo_lungo() -> Problema {
    Problema::troppo_grande(format!("La tabella supera {} KiB: dividila.", MASSIMO_FILE / 1024))
}
