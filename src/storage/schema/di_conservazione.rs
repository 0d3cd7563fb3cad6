//! The tables that `conservazione` writes. Made by `make schema`.

diesel::table! {
    pacchetti (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        chiave -> Text,
        indice_sha256 -> Text,
        istante -> Timestamp,
        conservatore_id -> Nullable<Text>,
    }
}

diesel::table! {
    componenti (pacchetto_id, posizione) {
        pacchetto_id -> Text,
        posizione -> Integer,
        codice -> Text,
        sha256 -> Text,
        dimensione -> BigInt,
    }
}

diesel::table! {
    versamenti (registrazione_id) {
        registrazione_id -> Text,
        aoo_id -> Text,
        pacchetto_id -> Nullable<Text>,
        stato -> Text,
        motivo -> Nullable<Text>,
        istante -> Timestamp,
    }
}

diesel::table! {
    conservatori (id) {
        id -> Text,
        aoo_id -> Text,
        tipo -> Text,
        url -> Text,
        segreto_file -> Text,
        mappa -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    accodati (aoo_id) {
        aoo_id -> Text,
        anno -> Integer,
        numero -> BigInt,
    }
}

diesel::table! {
    riprove (id) {
        id -> Text,
        registrazione_id -> Text,
        motivo -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    pacchetti_registri (id) {
        id -> Text,
        aoo_id -> Text,
        chiusura_id -> Text,
        conservatore_id -> Text,
        chiave -> Text,
        indice_sha256 -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    versamenti_registri (chiusura_id) {
        chiusura_id -> Text,
        aoo_id -> Text,
        conservatore_id -> Text,
        pacchetto_id -> Nullable<Text>,
        stato -> Text,
        motivo -> Nullable<Text>,
        istante -> Timestamp,
    }
}
