//! The tables that `audit` writes. Made by `make schema`.

diesel::table! {
    catene (aoo_id) {
        aoo_id -> Text,
        posizione -> BigInt,
        anello -> Text,
    }
}

diesel::table! {
    eventi (aoo_id, posizione) {
        aoo_id -> Text,
        posizione -> BigInt,
        istante -> Timestamp,
        attore -> Text,
        tipo -> Text,
        oggetto_tipo -> Text,
        oggetto_id -> Text,
        carico_sha256 -> Text,
        anello -> Text,
    }
}
