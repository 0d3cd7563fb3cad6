//! The tables that `scrivania` writes. Made by `make schema`.

diesel::table! {
    assegnazioni (id) {
        id -> Text,
        registrazione_id -> Text,
        ufficio_id -> Text,
        titolo -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    termini (registrazione_id) {
        registrazione_id -> Text,
        decorre -> Timestamp,
        giorni -> Integer,
        scade -> Date,
    }
}
