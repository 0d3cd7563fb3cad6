//! What the signatures of a file say: one sentence per signer (UX.md 1.4). The words of the standard stay in the fold.

use crate::documenti::RapportoConservato;
use crate::firma::{Firma, Indicazione, Rapporto};
use crate::valori::Istante;

/// One sentence and what stands behind it.
pub(super) struct Frase {
    pub(super) icona: &'static str,
    pub(super) esito: &'static str,
    pub(super) testo: String,
    pub(super) dettagli: Vec<(&'static str, String)>,
}

const BUONA: (&str, &str) = ("it-check-circle", "buona");
const INCERTA: (&str, &str) = ("it-help-circle", "incerta");
const CATTIVA: (&str, &str) = ("it-close-circle", "cattiva");

/// The sentences about a file; whole messages have the signature of their provider, which is told elsewhere.
pub(super) fn frasi(conservato: Option<&RapportoConservato>, media_type: &str) -> Vec<Frase> {
    match conservato {
        None if media_type == "message/rfc822" => Vec::new(),
        None => vec![semplice(("it-minus-circle", "nessuna"), "Non firmato".to_owned())],
        Some(c) => match c.rapporto() {
            Some(rapporto) => di_rapporto(&rapporto, c.istante),
            None => vec![semplice(INCERTA, "Firma verificata da un'altra versione del programma".to_owned())],
        },
    }
}

fn semplice((icona, esito): (&'static str, &'static str), testo: String) -> Frase {
    Frase { icona, esito, testo, dettagli: Vec::new() }
}

fn di_rapporto(rapporto: &Rapporto, istante: Istante) -> Vec<Frase> {
    let firme = rapporto.firme_dette(istante).into_iter();
    let mut frasi: Vec<Frase> = firme
        .map(|(firma, testo)| {
            let (icona, esito) = aspetto(firma.indication);
            Frase { icona, esito, testo, dettagli: dettagli(firma, istante) }
        })
        .collect();
    frasi.extend(rapporto.timestamps.iter().map(|marca| semplice(aspetto(marca.indication), marca.frase())));
    if frasi.is_empty() {
        let perche = rapporto.findings.first().map_or("Firma non riconosciuta", String::as_str);
        frasi.push(semplice(INCERTA, perche.to_owned()));
    }
    frasi
}

fn aspetto(indicazione: Indicazione) -> (&'static str, &'static str) {
    match indicazione {
        Indicazione::TotalPassed => BUONA,
        Indicazione::Indeterminate => INCERTA,
        Indicazione::TotalFailed => CATTIVA,
    }
}

fn dettagli(firma: &Firma, istante: Istante) -> Vec<(&'static str, String)> {
    let motivo = firma.sub_indication.and_then(|s| serde_json::to_value(s).ok());
    let motivo = motivo.as_ref().and_then(|m| m.as_str()).map(|m| format!(" / {m}")).unwrap_or_default();
    let algoritmi = [&firma.digest_algorithm, &firma.signature_algorithm].into_iter().flatten();
    let campi = [
        ("Esito (ETSI EN 319 102-1)", format!("{}{motivo}", firma.indication.as_str())),
        ("Verificata al", istante.leggibile()),
        ("Codice fiscale", firma.signer.as_ref().and_then(|s| s.tax_code.clone()).unwrap_or_default()),
        ("Emittente", firma.issuer.clone().unwrap_or_default()),
        ("Livello", firma.level.clone().unwrap_or_default()),
        ("Algoritmi", algoritmi.cloned().collect::<Vec<_>>().join(", ")),
        ("Rilievi", firma.findings.join(" ")),
    ];
    campi.into_iter().filter(|(_, valore)| !valore.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firma::{self, Fiducia};
    use crate::valori::VerificaId;
    use std::io;
    use std::path::Path;

    /// The sentences about a signed file of ours, judged when the samples were signed.
    fn check(nome: &str, attese: &[(&str, &str)]) {
        let leggi = |file: &str| std::fs::read(Path::new("fixtures").join(file)).unwrap();
        let mut fiducia = Fiducia::vuota();
        fiducia.aggiungi_certificati(&leggi("chiavi/ca-firma.pem")).unwrap();
        let istante: Istante = "2026-11-20T11:00:00Z".parse().unwrap();
        let byte = leggi(&format!("firma/{nome}"));
        let rapporto =
            firma::verifica(&mut byte.as_slice(), None, Some(nome), &fiducia, istante, &mut io::sink()).unwrap();
        let json = serde_json::to_string(&rapporto).unwrap();
        let conservato =
            RapportoConservato { id: VerificaId::new(), indicazione: None, json, istante, eseguita: istante };
        let frasi = frasi(Some(&conservato), "application/pkcs7-mime");
        let dette: Vec<_> = frasi.iter().map(|f| (f.esito, f.testo.replace("TEST - non valida - ", ""))).collect();
        assert_eq!(dette.len(), attese.len(), "{nome}: {dette:?}");
        for ((esito, testo), (atteso, inizio)) in dette.iter().zip(attese) {
            assert!(esito == atteso && testo.starts_with(inizio), "{nome}: {esito} {testo}");
        }
    }

    /// The words themselves are those of `firma` (tests/it/firma/frasi.txt).
    #[test]
    fn every_signer_is_told_in_one_sentence() {
        let tarsi = "Firmato da Elena Tarsi";
        check("rsa-ber.pdf.p7m", &[("buona", tarsi)]);
        // The innermost signature was made first.
        check("annidato.pdf.p7m.p7m", &[("buona", tarsi), ("buona", "Firmato da Marco Vellini")]);
        let falsa = "Firma di Marco Vellini (Tabulario - prova) il 16/11/2026 alle 09:00 (ora dichiarata) NON valida";
        check("due-firme-una-non-valida.pdf.p7m", &[("buona", tarsi), ("cattiva", falsa)]);
        check("ca-estranea.txt.p7m", &[("incerta", "Firma di Carlo Finto")]);
        check("contenuto-alterato.pdf.p7m", &[("cattiva", "Firma di Elena Tarsi")]);
    }

    #[test]
    fn what_is_not_signed_says_so_but_for_messages() {
        assert_eq!(frasi(None, "text/plain").first().map(|f| f.testo.as_str()), Some("Non firmato"));
        assert!(frasi(None, "message/rfc822").is_empty());
    }
}
