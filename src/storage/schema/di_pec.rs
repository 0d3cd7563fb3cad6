//! The tables that `pec` writes. Made by `make schema`.

diesel::table! {
    caselle (id) {
        id -> Text,
        aoo_id -> Text,
        indirizzo -> Text,
        maildir -> Text,
        creata -> Timestamp,
    }
}

diesel::table! {
    messaggi (id) {
        id -> Text,
        aoo_id -> Text,
        casella_id -> Text,
        sha256 -> Text,
        message_id -> Nullable<Text>,
        genere -> Text,
        identificativo -> Nullable<Text>,
        riferito -> Nullable<Text>,
        mittente -> Text,
        oggetto -> Text,
        consegnato -> Nullable<Timestamp>,
        firma_gestore -> Nullable<Text>,
        doppione_di -> Nullable<Text>,
        ricevuto -> Timestamp,
        lettura -> Text,
    }
}

diesel::table! {
    allegati (messaggio_id, posizione) {
        messaggio_id -> Text,
        posizione -> Integer,
        nome -> Text,
        sha256 -> Text,
    }
}

diesel::table! {
    visti (casella_id, chiave) {
        casella_id -> Text,
        chiave -> Text,
        messaggio_id -> Text,
        visto -> Timestamp,
    }
}

diesel::table! {
    protocolli_messaggi (registrazione_id) {
        registrazione_id -> Text,
        messaggio_id -> Text,
    }
}

diesel::table! {
    invii (id) {
        id -> Text,
        aoo_id -> Text,
        casella_id -> Text,
        registrazione_id -> Text,
        destinatario -> Text,
        message_id -> Text,
        creato -> Timestamp,
    }
}

diesel::table! {
    spedizioni (invio_id) {
        invio_id -> Text,
        sha256 -> Text,
        consegnata -> Bool,
        istante -> Timestamp,
    }
}

diesel::table! {
    esclusioni (id) {
        id -> Text,
        aoo_id -> Text,
        messaggio_id -> Text,
        genere -> Nullable<Text>,
        motivo -> Nullable<Text>,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    ripristini (esclusione_id) {
        esclusione_id -> Text,
        istante -> Timestamp,
    }
}
