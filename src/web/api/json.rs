//! JSON as callers write it, where the same name twice in an object is refused: which of the two would be meant, nobody can tell
//! (RFC 8259, section 4).

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Reads a JSON text. The refusal is what is to be said of the text: `non è JSON: …`.
///
/// # Errors
/// What is no JSON, and a name that stands twice in one object.
pub(super) fn leggi(byte: &[u8]) -> Result<Value, String> {
    let mut lettore = serde_json::Deserializer::from_slice(byte);
    let mut doppia = None;
    let letto = Intero(&mut doppia).deserialize(&mut lettore).and_then(|v| lettore.end().map(|()| v));
    match (letto, doppia) {
        (_, Some(nome)) => Err(format!("ha due volte il nome «{nome}» nello stesso oggetto: tienine uno solo")),
        (letto, None) => letto.map_err(|e| format!("non è JSON: {e}")),
    }
}

/// Reads any value, and keeps the first name that stands twice.
struct Intero<'a>(&'a mut Option<String>);

impl<'de> DeserializeSeed<'de> for Intero<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Intero<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Number::from_f64(v).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut valori = Vec::new();
        while let Some(v) = seq.next_element_seed(Intero(&mut *self.0))? {
            valori.push(v);
        }
        Ok(Value::Array(valori))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut membri = Map::new();
        while let Some(nome) = map.next_key::<String>()? {
            if membri.contains_key(&nome) {
                *self.0 = Some(nome);
                return Err(A::Error::custom("duplicate name"));
            }
            let valore = map.next_value_seed(Intero(&mut *self.0))?;
            membri.insert(nome, valore);
        }
        Ok(Value::Object(membri))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_serde_json_reads() {
        for testo in [
            "null",
            "true",
            "-3",
            "18446744073709551615",
            "1.5e3",
            r#""a\u00e8\ud83d\ude00""#,
            "[]",
            r#"{"a": [1, {"a": null}], "b": {"a": "x"}}"#,
            " {} ",
        ] {
            assert_eq!(leggi(testo.as_bytes()).unwrap(), serde_json::from_str::<Value>(testo).unwrap(), "{testo}");
        }
        let profondo = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for testo in ["", "{", "{} x", "[1,]", "nul", "\u{feff}{}", &profondo] {
            assert!(serde_json::from_str::<Value>(testo).is_err(), "{testo}");
            assert!(leggi(testo.as_bytes()).unwrap_err().starts_with("non è JSON: "), "{testo}");
        }
        assert!(leggi(b"\"\xff\"").is_err());
    }

    #[test]
    fn a_name_twice_in_an_object_is_refused_at_any_depth() {
        for testo in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#, r#"{"x":[{"a":[],"b":1,"a":{}}]}"#] {
            let no = leggi(testo.as_bytes()).unwrap_err();
            assert_eq!(no, "ha due volte il nome «a» nello stesso oggetto: tienine uno solo", "{testo}");
        }
    }
}
