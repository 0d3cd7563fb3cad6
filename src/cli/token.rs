//! `tabulario token`.

use super::utente::persona;
use super::{Dove, Errore};
use crate::utenti::{self, Applicazione, Permessi};
use crate::valori::{ApplicazioneId, Attore, CodiceAoo, CodiceUfficio, CodiceVoce, Denominazione};
use std::io::Write;

/// Gettoni delle applicazioni che usano l'API.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Crea un'applicazione e ne mostra il gettone, una volta sola.
    Crea(Crea),
    /// Revoca il gettone di un'applicazione, per sempre.
    Revoca(Revoca),
}

#[derive(clap::Args)]
pub(super) struct Crea {
    /// Codice dell'AOO per cui l'applicazione lavora.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Nome dell'applicazione.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// Voce di titolario delle registrazioni che non ne indicano una.
    #[arg(long, value_name = "CODICE")]
    voce: Option<String>,
    /// Ufficio delle entrate che non ne indicano uno.
    #[arg(long, value_name = "CODICE")]
    ufficio: Option<String>,
    /// Nome utente della persona di cui è il gettone: fa e vede quello che in quel momento può lei, e gli atti sono suoi. Senza questa
    /// opzione il gettone è dell'applicazione, che fa e vede tutto nella sua AOO.
    #[arg(long, value_name = "NOME")]
    utente: Option<String>,
    /// Quello che il gettone può fare, unito da virgole: legge, registra, assegna, classifica, fascicola, annulla, spedisce,
    /// amministra.
    /// Senza questa opzione può fare tutto, o tutto quello che può la persona.
    #[arg(long, value_name = "PERMESSI")]
    permessi: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct Revoca {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Identificativo dell'applicazione, mostrato quando fu creata.
    id: String,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let attore = Attore::Sistema("comando");
    match comando {
        Comando::Crea(c) => {
            let (aoo, nome): (CodiceAoo, Denominazione) = (c.aoo.parse()?, c.nome.parse()?);
            let voce: Option<CodiceVoce> = c.voce.map(|v| v.parse()).transpose()?;
            let ufficio: Option<CodiceUfficio> = c.ufficio.map(|u| u.parse()).transpose()?;
            let permessi: Option<Permessi> = c.permessi.map(|p| p.parse()).transpose()?;
            let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            let id = ApplicazioneId::new();
            let gettone = ambiente.db.scrivi(aoo.id, &attore, |op| {
                if let Some(codice) = &ufficio {
                    utenti::ufficio_per_codice(op.conn, aoo.id, codice)?;
                }
                let persona = c.utente.as_deref().map(|nome| persona(op.conn, nome)).transpose()?.map(|p| p.id);
                let nuova = Applicazione { id, aoo: aoo.id, voce, ufficio, permessi, persona };
                Ok::<_, Errore>(utenti::scrivi_applicazione(op, &nome, &nuova)?)
            })?;
            writeln!(out, "{gettone}")?;
            let _ =
                writeln!(std::io::stderr(), "Applicazione {id}. Il gettone non si potrà più rivedere: conservalo ora.");
        }
        Comando::Revoca(r) => {
            let (aoo, id): (CodiceAoo, ApplicazioneId) = (r.aoo.parse()?, r.id.parse()?);
            let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            ambiente.db.scrivi(aoo.id, &attore, |op| utenti::revoca_applicazione(op, id))?;
            writeln!(out, "Gettone revocato.")?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}
