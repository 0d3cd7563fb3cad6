//! The tables that `documenti` writes. Made by `make schema`.

diesel::table! {
    file (sha256) {
        sha256 -> Text,
        dimensione -> BigInt,
        media_type -> Text,
        creato -> Timestamp,
    }
}

diesel::table! {
    usi_file (sha256, oggetto_tipo, oggetto_id) {
        sha256 -> Text,
        oggetto_tipo -> Text,
        oggetto_id -> Text,
    }
}

diesel::table! {
    testi (sha256) {
        sha256 -> Text,
        testo -> Text,
        esito -> Text,
        rilievo -> Nullable<Text>,
        creato -> Timestamp,
    }
}

diesel::table! {
    liste_fiducia (id) {
        id -> Text,
        territorio -> Text,
        sequenza -> BigInt,
        versione -> Integer,
        emessa -> Timestamp,
        prossima -> Nullable<Timestamp>,
        servizi -> BigInt,
        firmatario -> Text,
        firmatario_sha256 -> Text,
        sha256 -> Text,
        provenienza -> Text,
        garante_id -> Nullable<Text>,
        pivot -> Nullable<Text>,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    certificati_gestori (id) {
        id -> Text,
        certificati -> BigInt,
        sha256 -> Text,
        provenienza -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    verifiche (id) {
        id -> Text,
        aoo_id -> Text,
        sha256 -> Text,
        eseguita -> Timestamp,
        istante -> Timestamp,
        indicazione -> Nullable<Text>,
        rapporto -> Text,
        prova -> Text,
    }
}

diesel::table! {
    dati_revoca (id) {
        id -> Text,
        genere -> Text,
        emittente -> Text,
        emittente_sha256 -> Text,
        serie -> Text,
        numero -> Nullable<Text>,
        emessa -> Timestamp,
        prossima -> Nullable<Timestamp>,
        voci -> BigInt,
        sha256 -> Text,
        provenienza -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}
