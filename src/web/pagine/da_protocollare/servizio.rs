//! What a message of the SdI or of SEND says, for the clerk who registers it.

use crate::pec::Messaggio;
use crate::pec::busta::servizio::{Fattura, NomeServizio, Servizio, giorno};

/// The invoices that the page names one by one.
const MASSIME_MOSTRATE: usize = 5;

/// The card of a message of a service.
pub(super) struct ServizioVisto {
    pub(super) di: &'static str,
    pub(super) descrizione: String,
    pub(super) confermato: bool,
    pub(super) voci: Vec<(&'static str, String)>,
}

impl ServizioVisto {
    pub(super) fn new(m: &Messaggio) -> Option<Self> {
        let servizio = m.servizio()?;
        Some(Self {
            di: match servizio.nome {
                NomeServizio::Sdi => "Sistema di Interscambio",
                NomeServizio::Send => "SEND, servizio notifiche digitali",
            },
            voci: voci(&servizio),
            descrizione: servizio.descrizione,
            confermato: servizio.confermato,
        })
    }
}

fn voci(s: &Servizio) -> Vec<(&'static str, String)> {
    let mut voci: Vec<(&'static str, String)> = Vec::new();
    if let Some(f) = &s.fornitore {
        let codice = f.partita_iva.as_deref().or(f.codice_fiscale.as_deref());
        let nome = f.denominazione.as_deref().unwrap_or("senza nome");
        voci.push(("Fornitore", codice.map_or_else(|| nome.to_owned(), |c| format!("{nome} ({c})"))));
    }
    for fattura in s.fatture.iter().take(MASSIME_MOSTRATE) {
        voci.push(("Documento", documento(fattura)));
    }
    if s.fatture.len() > MASSIME_MOSTRATE {
        voci.push(("Documento", format!("e altri {}", s.fatture.len() - MASSIME_MOSTRATE)));
    }
    let altre = [
        ("Ente che notifica", &s.ente),
        ("IUN", &s.iun),
        ("Esito", &s.esito),
        ("Identificativo SdI", &s.identificativo_sdi),
        ("File", &s.nome_file),
    ];
    voci.extend(altre.into_iter().filter_map(|(nome, valore)| Some((nome, valore.clone()?))));
    voci.extend(s.errori.iter().map(|e| ("Errore", e.clone())));
    voci
}

/// `fattura n. 12 del 12/03/2026, 1.220,00 EUR`.
fn documento(f: &Fattura) -> String {
    let tipo = f.tipo.as_deref().map_or("documento", tipo);
    let numero = f.numero.as_deref().map(|n| format!(" n. {n}")).unwrap_or_default();
    let del = f.data.as_deref().map(|d| format!(" del {}", giorno(d))).unwrap_or_default();
    let importo = f.importo.as_deref().map(|i| format!(", {} {}", importo(i), f.divisa.as_deref().unwrap_or("EUR")));
    format!("{tipo}{numero}{del}{}", importo.unwrap_or_default())
}

/// The commonest of `TipoDocumento`; the others by their code.
fn tipo(codice: &str) -> &str {
    match codice {
        "TD01" => "fattura",
        "TD02" => "acconto su fattura",
        "TD03" => "acconto su parcella",
        "TD04" => "nota di credito",
        "TD05" => "nota di debito",
        "TD06" => "parcella",
        "TD07" => "fattura semplificata",
        "TD24" | "TD25" => "fattura differita",
        _ => codice,
    }
}

/// `1220.00` as people write it; anything else as it is.
fn importo(scritto: &str) -> String {
    let (segno, nudo) = scritto.strip_prefix('-').map_or(("", scritto), |n| ("-", n));
    let cifre = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
    let Some((interi, decimi)) = nudo.split_once('.').filter(|(i, d)| cifre(i) && cifre(d)) else {
        return scritto.to_owned();
    };
    let mut migliaia = String::new();
    for (i, cifra) in interi.chars().enumerate() {
        if i > 0 && (interi.len() - i) % 3 == 0 {
            migliaia.push('.');
        }
        migliaia.push(cifra);
    }
    format!("{segno}{migliaia},{decimi}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_read_them() {
        for (scritto, atteso) in
            [("1220.00", "1.220,00"), ("122.50", "122,50"), ("-1234567.89", "-1.234.567,89"), ("1,2", "1,2"), ("", "")]
        {
            assert_eq!(importo(scritto), atteso);
        }
    }
}
