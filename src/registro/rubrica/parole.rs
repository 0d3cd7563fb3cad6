//! The words by which a party is found, in an alphabet that every collation orders alike: digits and letters from a to z.

/// Letters of a word that count.
pub(in crate::registro) const MASSIMO: usize = 64;

/// Letters of a whole name that count.
const MASSIMO_NOME: usize = 200;

/// Words that are looked for at once.
const MASSIMO_CERCATE: usize = 6;

/// Lower case, without accents; what is neither letter nor digit becomes a space.
pub(in crate::registro) fn piana(testo: &str) -> String {
    let mut piano = String::new();
    for c in testo.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => piano.push(c),
            'à'..='å' | 'ā' | 'ă' | 'ą' => piano.push('a'),
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => piano.push('e'),
            'ì'..='ï' | 'ī' | 'į' | 'ı' => piano.push('i'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => piano.push('o'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => piano.push('u'),
            'ý' | 'ÿ' => piano.push('y'),
            'ç' | 'ć' | 'č' => piano.push('c'),
            'ď' | 'đ' | 'ð' => piano.push('d'),
            'ğ' => piano.push('g'),
            'ł' | 'ľ' | 'ĺ' => piano.push('l'),
            'ñ' | 'ń' | 'ň' => piano.push('n'),
            'ŕ' | 'ř' => piano.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => piano.push('s'),
            'ť' | 'ţ' | 'ț' => piano.push('t'),
            'ź' | 'ż' | 'ž' => piano.push('z'),
            'ß' => piano.push_str("ss"),
            'æ' => piano.push_str("ae"),
            'œ' => piano.push_str("oe"),
            // A combining accent belongs to the letter before it.
            '\u{300}'..='\u{36f}' => {}
            // A letter of another alphabet still tells words apart.
            altra if altra.is_alphanumeric() => piano.push_str(&format!("{:x}", u32::from(altra))),
            _ => piano.push(' '),
        }
    }
    piano
}

/// The words of a text.
pub(in crate::registro) fn parole(testo: &str) -> Vec<String> {
    piana(testo).split_whitespace().map(corta).collect()
}

/// A code or an address as one word.
pub(in crate::registro) fn intera(testo: &str) -> String {
    corta(&piana(testo).split_whitespace().collect::<String>())
}

/// Where a name stands in the list.
pub(in crate::registro) fn ordine(nome: &str) -> String {
    parole(nome).join(" ").chars().take(MASSIMO_NOME).collect()
}

/// What two names share that differ by order, case, accents or signs only.
pub(in crate::registro) fn chiave(nome: &str) -> String {
    let mut parole = parole(nome);
    parole.sort_unstable();
    parole.join(" ").chars().take(MASSIMO_NOME).collect()
}

/// The beginnings that are looked for, the longest first: it finds the fewest.
pub(in crate::registro) fn cercate(testo: &str) -> Vec<String> {
    let pezzi = testo.split_whitespace().flat_map(|pezzo| {
        // An address or an IPA code is one word, however many signs it has.
        if pezzo.contains(['@', '_']) { vec![intera(pezzo)] } else { parole(pezzo) }
    });
    let mut cercate: Vec<String> = pezzi.filter(|p| !p.is_empty()).take(MASSIMO_CERCATE).collect();
    cercate.sort_by_key(|p| std::cmp::Reverse(p.len()));
    cercate
}

/// A word after all those that begin so, and before all others.
pub(in crate::registro) fn oltre(inizio: &str) -> String {
    let mut prossima = inizio.to_owned();
    while let Some(ultima) = prossima.pop() {
        let dopo = match ultima {
            'z' => continue,
            '9' => 'a',
            c => char::from_u32(u32::from(c) + 1).unwrap_or('z'),
        };
        prossima.push(dopo);
        return prossima;
    }
    // No word is as long.
    "z".repeat(MASSIMO + 1)
}

fn corta(parola: &str) -> String {
    parola.chars().take(MASSIMO).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain() {
        assert_eq!(
            parole("Società Agricola «Dell'Olmo» s.r.l."),
            ["societa", "agricola", "dell", "olmo", "s", "r", "l"]
        );
        assert_eq!(parole("DOM\u{300}ENICO Đorđević"), ["domenico", "dordevic"]);
        assert_eq!(intera("Mario.Rossi@pec.example.it"), "mariorossipecexampleit");
        assert_eq!(chiave("Rossi, Mario"), chiave("MARIO ROSSI"));
        assert_ne!(chiave("Иван"), chiave("Пётр"));
    }

    #[test]
    fn beginnings_end_where_the_next_ones_begin() {
        for (inizio, atteso) in [("ros", "rot"), ("roz", "rp"), ("a9", "aa"), ("az", "b")] {
            assert_eq!(oltre(inizio), atteso, "{inizio}");
        }
        assert!(oltre("zz") > "z".repeat(MASSIMO));
        assert_eq!(cercate("ro c_x999 dell'olmo"), ["cx999", "dell", "olmo", "ro"]);
        assert!(cercate(" .,- ").is_empty());
    }
}
