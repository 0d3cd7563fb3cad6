//! What a signature allows to happen after it (ISO 32000-2 clauses 12.8.2.2 DocMDP and 12.8.2.4 FieldMDP).

use super::super::difetto::Difetto;
use super::modifica::{Genere, Modifica};
use super::oggetto::{Dizionario, Oggetto};
use super::struttura::Revisione;

/// Fields that are locked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Blocco {
    Tutti,
    Questi(Vec<Vec<u8>>),
    TuttiMeno(Vec<Vec<u8>>),
}

/// What is allowed after a signature.
#[derive(Debug, Default)]
pub struct Permesso {
    /// `P` of DocMDP: 1 nothing, 2 forms and signatures, 3 annotations too; `None` without certification.
    pub livello: Option<i64>,
    blocchi: Vec<Blocco>,
}

impl Permesso {
    /// What a signature dictionary says.
    pub fn leggi(revisione: &Revisione<'_>, firma: &Dizionario) -> Result<Self, Difetto> {
        let mut permesso = Self::default();
        let riferimenti = revisione.campo(firma, b"Reference")?;
        for riferimento in riferimenti.elenco().unwrap_or_default() {
            let riferimento = revisione.segui(riferimento)?;
            let Some(riferimento) = riferimento.dizionario() else { continue };
            let parametri = revisione.campo(riferimento, b"TransformParams")?;
            let vuoti = Dizionario::default();
            let parametri = parametri.dizionario().unwrap_or(&vuoti);
            match revisione.campo(riferimento, b"TransformMethod")?.nome() {
                Some(b"DocMDP") => {
                    let livello = revisione.campo(parametri, b"P")?.intero().unwrap_or(2);
                    permesso.livello = Some(permesso.livello.map_or(livello, |altro| altro.min(livello)));
                }
                Some(b"FieldMDP") => permesso.blocchi.extend(blocco(revisione, parametri)?),
                _ => {}
            }
        }
        Ok(permesso)
    }

    /// Whether a change is allowed; without certification, whether signers expect it.
    pub fn ammette(&self, modifica: &Modifica) -> bool {
        let massimo = match self.livello {
            Some(3) => Genere::Annotazione,
            Some(2) | None => Genere::Modulo,
            Some(_) => Genere::Prova,
        };
        modifica.genere <= massimo && !self.bloccato(modifica)
    }

    /// Whether it changes a field that the signer locked.
    pub fn bloccato(&self, modifica: &Modifica) -> bool {
        let Some(campo) = &modifica.campo else { return false };
        // A locked name locks the fields below it too.
        let in_elenco = |nomi: &[Vec<u8>]| {
            nomi.iter().any(|nome| {
                campo.strip_prefix(nome.as_slice()).is_some_and(|resto| matches!(resto.first(), None | Some(b'.')))
            })
        };
        self.blocchi.iter().any(|blocco| match blocco {
            Blocco::Tutti => true,
            Blocco::Questi(nomi) => in_elenco(nomi),
            Blocco::TuttiMeno(nomi) => !in_elenco(nomi),
        })
    }
}

fn blocco(revisione: &Revisione<'_>, parametri: &Dizionario) -> Result<Option<Blocco>, Difetto> {
    let mut nomi = Vec::new();
    for nome in revisione.campo(parametri, b"Fields")?.elenco().unwrap_or_default() {
        if let Oggetto::Stringa(nome, _) = &*revisione.segui(nome)? {
            nomi.push(nome.clone());
        }
    }
    Ok(match revisione.campo(parametri, b"Action")?.nome() {
        Some(b"All") => Some(Blocco::Tutti),
        Some(b"Include") => Some(Blocco::Questi(nomi)),
        Some(b"Exclude") => Some(Blocco::TuttiMeno(nomi)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_allowed_up_to_the_level_and_outside_the_locks() {
        let check = |livello, blocco: Option<Blocco>, genere, campo: Option<&str>, atteso| {
            let permesso = Permesso { livello, blocchi: blocco.into_iter().collect() };
            let campo = campo.map(|campo| campo.as_bytes().to_vec());
            let modifica = Modifica { genere, frase: String::new(), campo };
            assert_eq!(permesso.ammette(&modifica), atteso, "{permesso:?} {modifica:?}");
        };
        let questi = || Some(Blocco::Questi(vec![b"importo".to_vec()]));
        check(None, None, Genere::Modulo, None, true);
        check(None, None, Genere::Annotazione, None, false);
        check(Some(1), None, Genere::Prova, None, true);
        check(Some(1), None, Genere::Firma, None, false);
        check(Some(2), None, Genere::Modulo, None, true);
        check(Some(2), None, Genere::Annotazione, None, false);
        check(Some(3), None, Genere::Annotazione, None, true);
        check(Some(3), None, Genere::Altro, None, false);
        check(Some(9), None, Genere::Firma, None, false);
        check(None, questi(), Genere::Modulo, Some("importo"), false);
        check(None, questi(), Genere::Modulo, Some("importo.euro"), false);
        check(None, questi(), Genere::Modulo, Some("importone"), true);
        check(None, Some(Blocco::TuttiMeno(vec![b"nota".to_vec()])), Genere::Modulo, Some("importo"), false);
        check(None, Some(Blocco::TuttiMeno(vec![b"nota".to_vec()])), Genere::Modulo, Some("nota"), true);
        check(None, Some(Blocco::Tutti), Genere::Modulo, Some("nota"), false);
    }
}
