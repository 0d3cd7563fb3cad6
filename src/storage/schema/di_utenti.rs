//! The tables that `utenti` writes. Made by `make schema`.

diesel::table! {
    enti (id) {
        id -> Text,
        codice_ipa -> Text,
        denominazione -> Text,
        creato -> Timestamp,
    }
}

diesel::table! {
    aoo (id) {
        id -> Text,
        ente_id -> Text,
        codice -> Text,
        denominazione -> Text,
        registro -> Text,
        pec -> Text,
        creata -> Timestamp,
    }
}

diesel::table! {
    uffici (id) {
        id -> Text,
        aoo_id -> Text,
        codice -> Text,
        denominazione -> Text,
        padre_id -> Nullable<Text>,
        creato -> Timestamp,
    }
}

diesel::table! {
    utenti (id) {
        id -> Text,
        nome_utente -> Text,
        nome -> Text,
        cognome -> Text,
        creato -> Timestamp,
    }
}

diesel::table! {
    credenziali (utente_id) {
        utente_id -> Text,
        parola -> Text,
    }
}

diesel::table! {
    ruoli (id) {
        id -> Text,
        utente_id -> Text,
        ufficio_id -> Text,
        ruolo -> Text,
        dal -> Timestamp,
    }
}

diesel::table! {
    applicazioni (id) {
        id -> Text,
        aoo_id -> Text,
        nome -> Text,
        gettone_sha256 -> Text,
        voce -> Nullable<Text>,
        ufficio -> Nullable<Text>,
        creata -> Timestamp,
        permessi -> Nullable<Text>,
        persona_id -> Nullable<Text>,
    }
}

diesel::table! {
    revoche (applicazione_id) {
        applicazione_id -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    sessioni (gettone_sha256) {
        gettone_sha256 -> Text,
        utente_id -> Text,
        aoo_id -> Text,
        modulo -> Text,
        creata -> Timestamp,
        vista -> Timestamp,
        sostituzione_id -> Nullable<Text>,
    }
}

diesel::table! {
    visibilita (oggetto_id, ufficio_id) {
        oggetto_id -> Text,
        ufficio_id -> Text,
        motivo -> Text,
        dal -> Timestamp,
    }
}

diesel::table! {
    risposte (ambito, chiave) {
        ambito -> Text,
        chiave -> Text,
        corpo_sha256 -> Text,
        oggetto_id -> Text,
        creata -> Timestamp,
    }
}

diesel::table! {
    accessi (id) {
        id -> Text,
        utente_id -> Text,
        cosa -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    ruoli_tolti (ruolo_id) {
        ruolo_id -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    variazioni_uffici (id) {
        id -> Text,
        ufficio_id -> Text,
        cosa -> Text,
        denominazione -> Text,
        padre_id -> Nullable<Text>,
        istante -> Timestamp,
    }
}

diesel::table! {
    sostituzioni (id) {
        id -> Text,
        aoo_id -> Text,
        titolare_id -> Text,
        sostituto_id -> Text,
        dal -> Timestamp,
        al -> Timestamp,
        motivo -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    revoche_sostituzioni (sostituzione_id) {
        sostituzione_id -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    visioni (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        utente_id -> Text,
        al -> Timestamp,
        motivo -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    revoche_visioni (visione_id) {
        visione_id -> Text,
        motivo -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}
