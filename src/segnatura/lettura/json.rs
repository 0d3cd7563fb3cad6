//! The object of `tabulario segnatura --json`: a promise to strangers, fixed in DESIGN.md section 4.

use super::{DocumentoLetto, IdentificatoreLetto, Lettura, Ruolo, Sigillo, Tipo};
use serde::{Serialize, Serializer};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Oggetto<'a> {
    kind: Option<&'static str>,
    dialect: Option<&'static str>,
    valid: bool,
    identificatore: Option<Identificatore<'a>>,
    oggetto: Option<&'a str>,
    mittente: Option<&'a str>,
    destinatari: Vec<&'a str>,
    documenti: Vec<Documento<'a>>,
    refers_to: Option<String>,
    seal: Option<Sigillato<'a>>,
    findings: &'a [String],
}

#[derive(Serialize)]
struct Identificatore<'a> {
    amministrazione: Option<&'a str>,
    aoo: Option<&'a str>,
    registro: Option<&'a str>,
    numero: Option<&'a str>,
    data: Option<&'a str>,
}

#[derive(Serialize)]
struct Documento<'a> {
    nome: Option<&'a str>,
    ruolo: &'static str,
    impronta: Option<&'a str>,
    algoritmo: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sigillato<'a> {
    indication: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_confirmed: Option<bool>,
}

impl Serialize for Lettura {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Oggetto {
            kind: self.tipo.map(Tipo::as_str),
            dialect: self.dialetto.map(super::Dialetto::as_str),
            valid: self.valida,
            identificatore: self.identificatore.as_ref().map(identificatore),
            oggetto: self.oggetto.as_deref(),
            mittente: self.mittente.as_ref().and_then(|m| m.nome()),
            destinatari: self.destinatari.iter().map(|d| d.soggetto.nome().unwrap_or("")).collect(),
            documenti: self.documenti.iter().map(documento).collect(),
            refers_to: self.si_riferisce_a(),
            seal: self.sigillo.map(|s| Sigillato {
                indication: Sigillo::as_str(s),
                holder: self.titolare.as_deref(),
                code_confirmed: self.codice_confermato,
            }),
            findings: &self.rilievi,
        }
        .serialize(serializer)
    }
}

fn identificatore(letto: &IdentificatoreLetto) -> Identificatore<'_> {
    Identificatore {
        amministrazione: letto.amministrazione.as_deref(),
        aoo: letto.aoo.as_deref(),
        registro: letto.registro.as_deref(),
        numero: letto.numero.as_deref(),
        data: letto.data.as_deref(),
    }
}

fn documento(letto: &DocumentoLetto) -> Documento<'_> {
    Documento {
        nome: letto.nome.as_deref(),
        ruolo: match letto.ruolo {
            Ruolo::Principale => "principale",
            Ruolo::Allegato => "allegato",
        },
        impronta: letto.impronta.as_deref(),
        algoritmo: letto.algoritmo.as_deref(),
    }
}
