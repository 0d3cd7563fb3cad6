//! The tables that `titolario` writes. Made by `make schema`.

diesel::table! {
    titolari (id) {
        id -> Text,
        aoo_id -> Text,
        nome -> Text,
        dal -> Timestamp,
    }
}

diesel::table! {
    voci (id) {
        id -> Text,
        titolario_id -> Text,
        codice -> Text,
        denominazione -> Text,
        posizione -> Integer,
    }
}

diesel::table! {
    classificazioni (id) {
        id -> Text,
        registrazione_id -> Text,
        voce_id -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    contatori_fascicoli (aoo_id, voce, anno) {
        aoo_id -> Text,
        voce -> Text,
        anno -> Integer,
        ultimo -> BigInt,
    }
}

diesel::table! {
    fascicoli (id) {
        id -> Text,
        aoo_id -> Text,
        voce_id -> Text,
        voce -> Text,
        anno -> Integer,
        numero -> BigInt,
        oggetto -> Text,
        tipo -> Text,
        aperto -> Timestamp,
    }
}

diesel::table! {
    fascicolazioni (id) {
        id -> Text,
        registrazione_id -> Text,
        fascicolo_id -> Text,
        istante -> Timestamp,
    }
}
