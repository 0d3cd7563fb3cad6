//! A line of a CSV file (RFC 4180), cut into its fields.

/// The fields of one line; a quoted field may hold the separator and doubled quotes. `None` if a quotation does not end.
#[must_use]
pub fn campi(linea: &str, separatore: char) -> Option<Vec<String>> {
    let (mut campi, mut campo, mut dentro) = (Vec::new(), String::new(), false);
    let mut caratteri = linea.chars().peekable();
    while let Some(c) = caratteri.next() {
        match c {
            '"' if dentro && caratteri.peek() == Some(&'"') => {
                campo.push('"');
                caratteri.next();
            }
            '"' => dentro = !dentro,
            c if c == separatore && !dentro => campi.push(std::mem::take(&mut campo)),
            c => campo.push(c),
        }
    }
    campi.push(campo);
    (!dentro).then_some(campi)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_the_separator_and_must_end() {
        let check = |linea: &str, attesi: &[&str]| assert_eq!(campi(linea, ';').unwrap(), attesi, "{linea}");
        check("a;b;;c", &["a", "b", "", "c"]);
        check("\"a;b\";\"c \"\"d\"\"\";\"\"", &["a;b", "c \"d\"", ""]);
        check("", &[""]);
        assert_eq!(campi("a;\"b;c", ';'), None);
    }
}
