//! What the signatures of a file say: one sentence per signer (UX.md 1.4). The words of the standard stay in the fold.

use super::formato::minuto;
use crate::documenti::RapportoConservato;
use crate::firma::{Firma, Indicazione, Rapporto, Sottoindicazione};
use crate::valori::Istante;
use std::cmp::Reverse;

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
    // The innermost layer was signed first.
    let mut firme: Vec<&Firma> = rapporto.signatures.iter().collect();
    firme.sort_by_key(|f| Reverse(f.layer));
    let mut frasi = Vec::new();
    for firma in firme {
        scrivi(firma, istante, "", &mut frasi);
    }
    for marca in &rapporto.timestamps {
        let di = marca.tsa.as_deref().map(|t| format!(" di {t}")).unwrap_or_default();
        let del = marca.time.map(|t| format!(" del {}", minuto(t))).unwrap_or_default();
        let (aspetto, esito) = match marca.indication {
            Indicazione::TotalPassed => (BUONA, "valida"),
            Indicazione::Indeterminate => (INCERTA, "di un'autorità non riconosciuta o non verificabile"),
            Indicazione::TotalFailed => (CATTIVA, "NON valida"),
        };
        frasi.push(semplice(aspetto, format!("Marca temporale{di}{del}: {esito}")));
    }
    if frasi.is_empty() {
        let perche = rapporto.findings.first().map_or("Firma non riconosciuta", String::as_str);
        frasi.push(semplice(INCERTA, perche.to_owned()));
    }
    frasi
}

fn scrivi(firma: &Firma, istante: Istante, prima: &str, frasi: &mut Vec<Frase>) {
    let ((icona, esito), frase) = giudizio(firma, istante);
    let testo = if prima.is_empty() { frase } else { format!("{prima}{}", minuscola(&frase)) };
    frasi.push(Frase { icona, esito, testo, dettagli: dettagli(firma, istante) });
    for controfirma in &firma.counter_signatures {
        scrivi(controfirma, istante, "Controfirma: ", frasi);
    }
}

fn giudizio(firma: &Firma, istante: Istante) -> ((&'static str, &'static str), String) {
    let chi = nome(firma).map(|n| format!(" di {n}")).unwrap_or_default();
    let (quando, il) = (quando(firma), minuto(istante));
    let perche = firma.findings.first().map(|f| minuscola(f.trim_end_matches('.'))).unwrap_or_default();
    match (firma.indication, firma.sub_indication) {
        (Indicazione::TotalPassed, _) => {
            let revoca = firma.findings.iter().any(|f| f.contains("revoca"));
            let revoca = if revoca { " (revoca non ancora controllata)" } else { "" };
            let testo = if firma.qualified == Some(true) {
                let da = nome(firma).map(|n| format!(" da {n}")).unwrap_or_default();
                format!("Firmato{da}{quando} con firma qualificata, valida il {il}{revoca}")
            } else {
                format!("Firma elettronica{chi}{quando}, integra e valida il {il}{revoca}; non è una firma qualificata")
            };
            (BUONA, testo)
        }
        (Indicazione::Indeterminate, Some(Sottoindicazione::NoCertificateChainFound)) => {
            let emittente = emittente(firma);
            (INCERTA, format!("Firma{chi}{quando} integra, ma l'emittente «{emittente}» non è tra quelli riconosciuti"))
        }
        (Indicazione::Indeterminate, Some(Sottoindicazione::OutOfBoundsNoPoe)) => {
            (INCERTA, format!("Firma{chi}{quando}: non risulta che fosse valida il {il}, perché {perche}"))
        }
        (Indicazione::Indeterminate, _) => (INCERTA, format!("Firma{chi}{quando} non dimostrata il {il}: {perche}")),
        (Indicazione::TotalFailed, Some(Sottoindicazione::HashFailure)) => {
            (CATTIVA, format!("Firma{chi}{quando} NON valida: il file è stato cambiato dopo la firma"))
        }
        (Indicazione::TotalFailed, _) => (CATTIVA, format!("Firma{chi}{quando} NON valida: {perche}")),
    }
}

fn nome(firma: &Firma) -> Option<&str> {
    let firmatario = firma.signer.as_ref()?;
    firmatario.common_name.as_deref().or(firmatario.organization.as_deref()).or(firmatario.serial_number.as_deref())
}

/// What a timestamp proves, or what the signer says.
fn quando(firma: &Firma) -> String {
    let marca = firma.timestamps.iter().filter(|m| m.indication == Indicazione::TotalPassed).find_map(|m| m.time);
    match (marca, firma.signing_time) {
        (Some(t), _) => format!(" il {} (marca temporale)", minuto(t)),
        (None, Some(t)) => format!(" il {} (ora dichiarata)", minuto(t)),
        (None, None) => String::new(),
    }
}

/// The common name of the issuer, or all of its name.
fn emittente(firma: &Firma) -> &str {
    let intero = firma.issuer.as_deref().unwrap_or("ignoto");
    intero.split(", ").find_map(|parte| parte.strip_prefix("CN=")).unwrap_or(intero)
}

fn minuscola(testo: &str) -> String {
    let mut lettere = testo.chars();
    lettere.next().map(|prima| prima.to_lowercase().chain(lettere).collect()).unwrap_or_default()
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
        let conservato = RapportoConservato {
            id: VerificaId::new(),
            indicazione: None,
            json,
            istante,
            eseguita: istante,
            autore: String::new(),
        };
        let frasi = frasi(Some(&conservato), "application/pkcs7-mime");
        let dette: Vec<_> = frasi.iter().map(|f| (f.esito, f.testo.replace("TEST - non valida - ", ""))).collect();
        let dette: Vec<_> = dette.iter().map(|(e, t)| (*e, t.as_str())).collect();
        assert_eq!(dette, attese, "{nome}");
    }

    #[test]
    fn every_signer_is_told_in_one_sentence() {
        let tarsi = "Firmato da Elena Tarsi il 16/11/2026 alle 09:00 (ora dichiarata) con firma qualificata, valida il 20/11/2026 alle 12:00 (revoca non ancora controllata)";
        let vellini = "Firmato da Marco Vellini il 16/11/2026 alle 09:00 (ora dichiarata) con firma qualificata, valida il 20/11/2026 alle 12:00 (revoca non ancora controllata)";
        check("rsa-ber.pdf.p7m", &[("buona", tarsi)]);
        // The innermost signature was made first.
        check("annidato.pdf.p7m.p7m", &[("buona", tarsi), ("buona", vellini)]);
        let falsa = "Firma di Marco Vellini il 16/11/2026 alle 09:00 (ora dichiarata) NON valida: la firma non corrisponde: \
            il valore non è stato prodotto con la chiave del firmatario su questi dati";
        check("due-firme-una-non-valida.pdf.p7m", &[("buona", tarsi), ("cattiva", falsa)]);
        let semplice = "Firma elettronica di Irene Sempli il 16/11/2026 alle 09:00 (ora dichiarata), integra e valida il \
            20/11/2026 alle 12:00 (revoca non ancora controllata); non è una firma qualificata";
        check("non-qualificato.txt.p7m", &[("buona", semplice)]);
        let estranea = "Firma di Carlo Finto il 16/11/2026 alle 09:00 (ora dichiarata) integra, ma l'emittente «CA Estranea» \
            non è tra quelli riconosciuti";
        check("ca-estranea.txt.p7m", &[("incerta", estranea)]);
        let scaduta = "Firma di Dario Lombri il 16/11/2026 alle 09:00 (ora dichiarata): non risulta che fosse valida il \
            20/11/2026 alle 12:00, perché il certificato del firmatario è scaduto il 01/01/2023 00:59:59 e niente prova che la \
            firma esistesse prima";
        check("certificato-scaduto.txt.p7m", &[("incerta", scaduta)]);
        let alterata = "Firma di Elena Tarsi il 16/11/2026 alle 09:00 (ora dichiarata) NON valida: il file è stato cambiato \
            dopo la firma";
        check("contenuto-alterato.pdf.p7m", &[("cattiva", alterata)]);
    }

    #[test]
    fn what_is_not_signed_says_so_but_for_messages() {
        assert_eq!(frasi(None, "text/plain").first().map(|f| f.testo.as_str()), Some("Non firmato"));
        assert!(frasi(None, "message/rfc822").is_empty());
    }
}
