//! How pages write and read dates, sizes and names (UX.md 10.5).

use super::Errata;
use crate::registro::Flusso;
use crate::segnatura::{NomeParte, Parte};
use crate::valori::{Istante, NomeFile, NumeroProtocollo, ROMA, Rifiuto, giorno_breve};
use crate::web::Problema;
use actix_web::http::header::{self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::{Datelike, Days, NaiveDate, TimeDelta};

/// An instant for a list: `oggi 08:42`, `ieri 17:05`, then `12/03/2025 08:42`.
pub(super) fn momento(istante: Istante, ora: Istante) -> String {
    let locale = istante.date_time().with_timezone(&ROMA);
    let orario = locale.format("%H:%M");
    match ora.giorno().signed_duration_since(istante.giorno()).num_days() {
        0 => format!("oggi {orario}"),
        1 => format!("ieri {orario}"),
        _ => format!("{} {orario}", locale.format("%d/%m/%Y")),
    }
}

/// An instant inside a sentence: `12/03/2025 alle 08:42`.
pub(super) fn minuto(istante: Istante) -> String {
    istante.date_time().with_timezone(&ROMA).format("%d/%m/%Y alle %H:%M").to_string()
}

/// A date: `12/03/2025`.
pub(super) fn data(data: NaiveDate) -> String {
    data.format("%d/%m/%Y").to_string()
}

/// A day that is near: `ven 21/03`.
pub(super) fn giorno(data: NaiveDate) -> String {
    format!("{} {}", giorno_breve(data), data.format("%d/%m"))
}

/// A length: `812 byte`, `24 KB`, `2,4 MB`.
pub(super) fn dimensione(byte: i64) -> String {
    let decimi = |unita: i64| {
        let decimi = byte.saturating_mul(10) / unita;
        if decimi < 100 { format!("{},{}", decimi / 10, decimi % 10) } else { (decimi / 10).to_string() }
    };
    match byte {
        ..1_000 => format!("{byte} byte"),
        1_000..1_000_000 => format!("{} KB", decimi(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", decimi(1_000_000)),
        _ => format!("{} GB", decimi(1_000_000_000)),
    }
}

/// The name of a party: of a person the family name first, as registers do.
pub(super) fn nome(parte: &Parte) -> String {
    match &parte.nome {
        NomeParte::Denominazione(d) => d.to_string(),
        NomeParte::Persona { nome, cognome } => format!("{cognome} {nome}"),
    }
}

/// The direction: word, and icon.
pub(super) fn flusso(flusso: Flusso) -> (&'static str, &'static str) {
    match flusso {
        Flusso::Entrata => ("Entrata", "it-inbox"),
        Flusso::Uscita => ("Uscita", "it-upload"),
        Flusso::Interna => ("Interna", "it-files"),
    }
}

/// The beginning of an answer that carries a file: always to be saved under its name, never to be run here.
pub(super) fn da_salvare(nome: &NomeFile, media_type: &str) -> HttpResponseBuilder {
    let nome = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: nome.as_str().as_bytes().to_vec(),
    };
    let parameters = vec![DispositionParam::FilenameExt(nome)];
    let disposizione = ContentDisposition { disposition: DispositionType::Attachment, parameters };
    let mut risposta = HttpResponse::Ok();
    risposta
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header(disposizione)
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'self'"))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    risposta
}

/// The beginning of an answer that is shown inside a page of ours, if its kind can be: a PDF in the browser's own viewer, which a
/// sandbox would not let start, and plain text. Whatever a stranger could write for the browser to run is only saved.
pub(super) fn da_vedere(media_type: &str) -> Option<HttpResponseBuilder> {
    let (tipo, csp) = match media_type {
        "application/pdf" => ("application/pdf", "default-src 'none'; object-src 'self'; frame-ancestors 'self'"),
        "text/plain" => ("text/plain; charset=utf-8", "default-src 'none'; sandbox; frame-ancestors 'self'"),
        _ => return None,
    };
    let mut risposta = HttpResponse::Ok();
    risposta
        .insert_header((header::CONTENT_TYPE, tipo))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .insert_header((header::CONTENT_SECURITY_POLICY, csp))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    Some(risposta)
}

/// How long something still lasts, as people say it: `mancano 3 ore e 20 minuti`, `manca meno di un minuto`.
pub(super) fn mancano(quanto: TimeDelta) -> String {
    let pezzi = [
        (quanto.num_days(), "giorno", "giorni"),
        (quanto.num_hours() % 24, "ora", "ore"),
        (quanto.num_minutes() % 60, "minuto", "minuti"),
    ];
    let pezzi: Vec<_> = pezzi.into_iter().filter(|(n, ..)| *n > 0).take(2).collect();
    let detti: Vec<String> =
        pezzi.iter().map(|(n, uno, molti)| format!("{n} {}", if *n == 1 { uno } else { molti })).collect();
    match pezzi.first() {
        None => "manca meno di un minuto".to_owned(),
        Some((1, ..)) => format!("manca {}", detti.join(" e ")),
        Some(_) => format!("mancano {}", detti.join(" e ")),
    }
}

/// A PDF that we made, in the browser's viewer, from where it is printed.
pub(super) fn pdf(byte: Vec<u8>) -> Result<HttpResponse, Errata> {
    let mut risposta = da_vedere("application/pdf").ok_or_else(Problema::non_trovato)?;
    Ok(risposta.body(byte))
}

/// Reads a number as a clerk types it, the year being the current one if it is not written: `123`, `123/2026`, `123/26`; or as a scanner types it from a label.
pub(super) fn leggi_numero(testo: &str, oggi: i32) -> Option<(NumeroProtocollo, i32)> {
    let testo = testo.trim();
    let (numero, anno) = testo.split_once('/').or_else(|| scandito(testo)).unwrap_or((testo, ""));
    let anno = match (anno.trim(), anno.trim().parse::<i32>()) {
        ("", _) => oggi,
        (_, Ok(anno @ 0..=99)) => anno + 2000,
        (_, Ok(anno)) => anno,
        (_, Err(_)) => return None,
    };
    Some((numero.parse().ok()?, anno))
}

/// The two parts of the code of a label, read by a scanner that types for another keyboard: there the bar is a hyphen.
fn scandito(testo: &str) -> Option<(&str, &str)> {
    testo.split_once('-').filter(|(numero, anno)| numero.len() >= 7 && anno.len() == 4)
}

/// Reads a day and a time of day in Rome: `12/3/2026` and `8:30`.
///
/// # Errors
/// If one of them is none, or if in Rome that time is not there that night.
pub(super) fn leggi_istante(giorno: &str, orario: &str, oggi: NaiveDate) -> Result<Istante, Rifiuto> {
    let giorno = leggi_data(giorno, oggi)?;
    let no = |regola: &str| Rifiuto { che: "ora", regola: regola.to_owned() };
    let orario = orario.trim().replace('.', ":");
    let (ore, minuti) = orario.split_once(':').unwrap_or((&orario, "0"));
    let numero = |t: &str| t.parse::<u32>().ok().filter(|_| t.len() <= 2);
    let istante = numero(ore).zip(numero(minuti)).and_then(|(ore, minuti)| giorno.and_hms_opt(ore, minuti, 0));
    let istante = istante.ok_or_else(|| no("scrivi ore e minuti, come 08:30"))?;
    let istante = istante.and_local_timezone(ROMA).earliest();
    let istante = istante.ok_or_else(|| no("quella notte quest'ora non c'è: cambia l'ora legale"))?;
    Ok(Istante::new(istante.to_utc()))
}

/// Reads a date as a clerk types it: `12/3/2025`, `12-3-25`, `120325`, `12/3`, `oggi`, `ieri`.
///
/// # Errors
/// If it is none of these, or no day of the calendar.
pub(super) fn leggi_data(testo: &str, oggi: NaiveDate) -> Result<NaiveDate, Rifiuto> {
    let no = || Rifiuto { che: "data", regola: "scrivi giorno, mese e anno, come 12/03/2026".to_owned() };
    let testo = testo.trim().to_lowercase();
    match testo.as_str() {
        "oggi" => return Ok(oggi),
        "ieri" => return oggi.checked_sub_days(Days::new(1)).ok_or_else(no),
        _ => {}
    }
    let parti: Vec<&str> = if matches!(testo.len(), 6 | 8) && testo.bytes().all(|b| b.is_ascii_digit()) {
        vec![testo.get(..2).unwrap_or(""), testo.get(2..4).unwrap_or(""), testo.get(4..).unwrap_or("")]
    } else {
        testo.split(['/', '-', '.']).collect()
    };
    let numero = |t: &str| t.parse::<u32>().ok().filter(|_| t.len() <= 4);
    let (giorno, mese, anno) = match parti.as_slice() {
        [giorno, mese] => (numero(giorno), numero(mese), Some(oggi.year())),
        [giorno, mese, anno] => {
            let secolo = if anno.len() == 2 { 2000 } else { 0 };
            (numero(giorno), numero(mese), anno.parse::<i32>().ok().map(|a| a.saturating_add(secolo)))
        }
        _ => return Err(no()),
    };
    let (Some(giorno), Some(mese), Some(anno)) = (giorno, mese, anno) else { return Err(no()) };
    NaiveDate::from_ymd_opt(anno, mese, giorno).filter(|d| (1900..=2200).contains(&d.year())).ok_or_else(no)
}

/// `1 registrazione`, `1.204 registrazioni`.
pub(super) fn quante(registrazioni: usize) -> String {
    conta(registrazioni, "registrazione", "registrazioni")
}

/// A number with the word for one or for many.
pub(super) fn conta(quanti: usize, uno: &str, molti: &str) -> String {
    let cifre = quanti.to_string();
    let mut scritto = String::new();
    for (i, cifra) in cifre.chars().enumerate() {
        if i > 0 && (cifre.len() - i).is_multiple_of(3) {
            scritto.push('.');
        }
        scritto.push(cifra);
    }
    format!("{scritto} {}", if quanti == 1 { uno } else { molti })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_clerks_type_it() {
        let oggi = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        for (testo, atteso) in [
            ("12/3/2025", "2025-03-12"),
            ("12-3-25", "2025-03-12"),
            ("120325", "2025-03-12"),
            ("12032025", "2025-03-12"),
            (" 12.03 ", "2026-03-12"),
            ("oggi", "2026-03-01"),
            ("Ieri", "2026-02-28"),
        ] {
            assert_eq!(leggi_data(testo, oggi).unwrap().to_string(), atteso, "{testo:?}");
        }
        for cattivo in ["", "12", "31/02/2026", "1/1/1", "a/b/c", "1/2/3/4", "99999999999/1/2026", "domani", "àààààà"]
        {
            assert!(leggi_data(cattivo, oggi).is_err(), "{cattivo:?}");
        }
    }

    #[test]
    fn what_still_lasts_is_said_in_two_units_at_most() {
        for (minuti, atteso) in [
            (0, "manca meno di un minuto"),
            (1, "manca 1 minuto"),
            (60, "manca 1 ora"),
            (200, "mancano 3 ore e 20 minuti"),
            (24 * 60 + 61, "manca 1 giorno e 1 ora"),
            (7 * 24 * 60, "mancano 7 giorni"),
        ] {
            assert_eq!(mancano(TimeDelta::minutes(minuti)), atteso);
        }
    }

    #[test]
    fn a_number_is_read_as_clerks_type_it() {
        for (testo, atteso) in [
            ("123", (123, 2026)),
            (" 0000123 ", (123, 2026)),
            ("123/25", (123, 2025)),
            ("7 / 2024", (7, 2024)),
            ("0000123-2025", (123, 2025)),
        ] {
            let (numero, anno) = leggi_numero(testo, 2026).unwrap();
            assert_eq!((numero.valore(), anno), atteso, "{testo:?}");
        }
        for cattivo in ["", "abc", "1/x", "1/2/3", "0", "-1", "12-2025", "0000123-25", "12-03-2025"] {
            assert!(leggi_numero(cattivo, 2026).is_none(), "{cattivo:?}");
        }
    }

    #[test]
    fn only_pdf_and_plain_text_are_shown_inline() {
        for (tipo, csp) in [("application/pdf", "object-src 'self'"), ("text/plain", "sandbox")] {
            let risposta = da_vedere(tipo).unwrap().finish();
            let testata = |nome: &str| risposta.headers().get(nome).unwrap().to_str().unwrap().to_owned();
            assert!(testata("content-security-policy").contains(csp) && testata("content-disposition") == "inline");
            assert!(testata("content-security-policy").starts_with("default-src 'none'"));
        }
        for tipo in
            ["text/html", "application/xml", "image/svg+xml", "message/rfc822", "image/png", "application/zip", ""]
        {
            assert!(da_vedere(tipo).is_none(), "{tipo}");
        }
    }

    #[test]
    fn sizes_are_short_and_italian() {
        for (byte, atteso) in
            [(0, "0 byte"), (999, "999 byte"), (2_450, "2,4 KB"), (24_000, "24 KB"), (2_400_000, "2,4 MB")]
        {
            assert_eq!(dimensione(byte), atteso);
        }
    }

    #[test]
    fn near_instants_are_told_by_words() {
        let ora: Istante = "2026-11-22T08:00:00Z".parse().unwrap();
        let check = |utc: &str, atteso: &str| assert_eq!(momento(utc.parse().unwrap(), ora), atteso);
        check("2026-11-21T23:30:00Z", "oggi 00:30");
        check("2026-11-21T22:30:00Z", "ieri 23:30");
        check("2026-03-12T07:42:00Z", "12/03/2026 08:42");
    }
}
