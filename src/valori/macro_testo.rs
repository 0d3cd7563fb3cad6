//! What every textual value object has in common, written once.

/// Implements `as_str`, `Display`, `TryFrom<String>`, `Serialize` and `Deserialize` for a one-field text value that already has
/// `FromStr<Err = Rifiuto>`.
macro_rules! valore_testuale {
    ($tipo:ident) => {
        impl $tipo {
            /// The text, as it is stored and shown.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::fmt::Display for $tipo {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl TryFrom<String> for $tipo {
            type Error = crate::valori::Rifiuto;
            fn try_from(testo: String) -> Result<Self, Self::Error> {
                testo.parse()
            }
        }
        impl serde::Serialize for $tipo {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $tipo {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let testo = String::deserialize(d)?;
                testo.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use valore_testuale;
