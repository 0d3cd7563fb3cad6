//! The tables that `scrivania` writes. Made by `make schema`.

diesel::table! {
    assegnazioni (id) {
        id -> Text,
        registrazione_id -> Text,
        ufficio_id -> Text,
        titolo -> Text,
        istante -> Timestamp,
        persona_id -> Nullable<Text>,
        nota -> Nullable<Text>,
    }
}

diesel::table! {
    termini (id) {
        id -> Text,
        registrazione_id -> Text,
        decorre -> Timestamp,
        giorni -> Integer,
        interrompibile -> Bool,
        scade -> Nullable<Date>,
    }
}

diesel::table! {
    movimenti (id) {
        id -> Text,
        assegnazione_id -> Text,
        posizione -> Integer,
        cosa -> Text,
        attore -> Text,
        testo -> Nullable<Text>,
        istante -> Timestamp,
    }
}

diesel::table! {
    pratiche (assegnazione_id) {
        assegnazione_id -> Text,
        registrazione_id -> Text,
        aoo_id -> Text,
        ufficio_id -> Text,
        stato -> Text,
        persona_id -> Nullable<Text>,
        attore -> Nullable<Text>,
        dal -> Timestamp,
        scade -> Nullable<Date>,
    }
}

diesel::table! {
    vicende (id) {
        id -> Text,
        registrazione_id -> Text,
        cosa -> Text,
        giorno -> Date,
        fino -> Nullable<Date>,
        motivo -> Text,
        scade -> Nullable<Date>,
    }
}
