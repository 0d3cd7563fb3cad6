//! The tables that `istanze` writes. Made by `make schema`.

diesel::table! {
    procedimenti (id) {
        id -> Text,
        aoo_id -> Text,
        codice -> Text,
        denominazione -> Text,
        descrizione -> Text,
        voce -> Text,
        ufficio_id -> Text,
        giorni -> Integer,
        aperto -> Timestamp,
        interrompibile -> Bool,
    }
}

diesel::table! {
    chiusure_procedimenti (procedimento_id) {
        procedimento_id -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    istanze (id) {
        id -> Text,
        aoo_id -> Text,
        procedimento_id -> Text,
        codice_sha256 -> Text,
        contenuto_sha256 -> Text,
        presentata -> Timestamp,
        nome -> Text,
        cognome -> Text,
        codice_fiscale -> Text,
        indirizzo -> Text,
        oggetto -> Text,
        sottoscrizione -> Text,
    }
}

diesel::table! {
    file_istanze (istanza_id, posizione) {
        istanza_id -> Text,
        posizione -> Integer,
        nome -> Text,
        sha256 -> Text,
    }
}

diesel::table! {
    protocolli_istanze (registrazione_id) {
        registrazione_id -> Text,
        istanza_id -> Text,
    }
}

diesel::table! {
    istanze_in_attesa (istanza_id) {
        istanza_id -> Text,
    }
}
