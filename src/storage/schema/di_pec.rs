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
        ricevuta -> Nullable<Text>,
        rispedisce -> Nullable<Text>,
        ritorno_id -> Nullable<Text>,
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

diesel::table! {
    accessi_imap (id) {
        id -> Text,
        aoo_id -> Text,
        casella_id -> Text,
        url -> Text,
        utente -> Text,
        segreto_file -> Text,
        ca_file -> Nullable<Text>,
        cartelle -> Text,
        cadenza_secondi -> Integer,
        dopo -> Text,
        dopo_dettaglio -> Nullable<Text>,
        istante -> Timestamp,
    }
}

diesel::table! {
    visti_imap (casella_id, cartella, validita, uid) {
        casella_id -> Text,
        cartella -> Text,
        validita -> BigInt,
        uid -> BigInt,
        dimensione -> BigInt,
        in_casella -> Nullable<Timestamp>,
        stato -> Text,
        sul_server -> Text,
        messaggio_id -> Nullable<Text>,
        tentativi -> Integer,
        riprova -> Nullable<Timestamp>,
        motivo -> Nullable<Text>,
        visto -> Timestamp,
        preso -> Nullable<Timestamp>,
    }
}

diesel::table! {
    contatti (casella_id, verso) {
        casella_id -> Text,
        verso -> Text,
        riuscito -> Nullable<Timestamp>,
        errore -> Nullable<Text>,
        errori -> BigInt,
        errore_dal -> Nullable<Timestamp>,
        riprova -> Nullable<Timestamp>,
    }
}

diesel::table! {
    riconciliazioni (id) {
        id -> Text,
        aoo_id -> Text,
        casella_id -> Text,
        giorno -> Date,
        sul_server -> BigInt,
        presi -> BigInt,
        in_attesa -> BigInt,
        troppo_grandi -> BigInt,
        sconosciuti -> BigInt,
        assenti -> BigInt,
        spariti -> BigInt,
        senza_file -> BigInt,
        differenze -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    spazi_caselle (casella_id, giorno) {
        casella_id -> Text,
        giorno -> Date,
        usati_kib -> BigInt,
        limite_kib -> BigInt,
    }
}

diesel::table! {
    regole (id) {
        id -> Text,
        regola_id -> Text,
        aoo_id -> Text,
        versione -> Integer,
        nome -> Text,
        ordine -> Integer,
        modo -> Text,
        azione -> Text,
        mittente -> Nullable<Text>,
        casella_id -> Nullable<Text>,
        parole -> Nullable<Text>,
        genere -> Nullable<Text>,
        segnatura -> Nullable<Text>,
        voce -> Nullable<Text>,
        ufficio -> Nullable<Text>,
        conoscenza -> Text,
        fascicolo -> Nullable<Text>,
        tipologia -> Nullable<Text>,
        riservato -> Bool,
        motivo -> Nullable<Text>,
        giorni -> Nullable<Integer>,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    stati_regole (id) {
        id -> Text,
        aoo_id -> Text,
        versione_id -> Text,
        accesa -> Bool,
        guardati -> BigInt,
        trovati -> BigInt,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    generi_automatici (id) {
        id -> Text,
        aoo_id -> Text,
        genere -> Text,
        acceso -> Bool,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    atti_regole (id) {
        id -> Text,
        aoo_id -> Text,
        versione_id -> Text,
        messaggio_id -> Text,
        registrazione_id -> Nullable<Text>,
        esclusione_id -> Nullable<Text>,
        fino_al -> Nullable<Date>,
        istante -> Timestamp,
    }
}

diesel::table! {
    anteprime_regole (versione_id) {
        versione_id -> Text,
        guardati -> BigInt,
        trovati -> BigInt,
        istante -> Timestamp,
    }
}

diesel::table! {
    coda_regole (messaggio_id) {
        messaggio_id -> Text,
        aoo_id -> Text,
        tentativi -> Integer,
        riprova -> Nullable<Timestamp>,
        motivo -> Nullable<Text>,
    }
}

diesel::table! {
    accessi_smtp (id) {
        id -> Text,
        aoo_id -> Text,
        casella_id -> Text,
        url -> Text,
        utente -> Text,
        segreto_file -> Text,
        ca_file -> Nullable<Text>,
        massimo_mib -> Integer,
        istante -> Timestamp,
    }
}

diesel::table! {
    partenze (invio_id) {
        invio_id -> Text,
        casella_id -> Text,
        sha256 -> Nullable<Text>,
        stato -> Text,
        tentativi -> Integer,
        prossimo -> Nullable<Timestamp>,
        detto -> Nullable<Text>,
        aperta -> Bool,
        istante -> Timestamp,
    }
}

diesel::table! {
    ritorni (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        genere -> Text,
        destinatario -> Text,
        messaggio_id -> Nullable<Text>,
        atto_id -> Nullable<Text>,
        dialetto -> Nullable<Text>,
        oggetto -> Text,
        testo -> Text,
        xml -> Nullable<Text>,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    ritorni_automatici (id) {
        id -> Text,
        aoo_id -> Text,
        genere -> Text,
        acceso -> Bool,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    ritorni_dovuti (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        genere -> Text,
        destinatario -> Text,
        messaggio_id -> Nullable<Text>,
        atto_id -> Nullable<Text>,
        motivo -> Nullable<Text>,
        tentativi -> Integer,
        prossimo -> Nullable<Timestamp>,
        guasto -> Nullable<Text>,
        istante -> Timestamp,
    }
}

diesel::table! {
    ritorni_guardati (atto_id) {
        atto_id -> Text,
    }
}

diesel::table! {
    interoperabilita (messaggio_id) {
        messaggio_id -> Text,
        aoo_id -> Text,
        genere -> Text,
        dialetto -> Nullable<Text>,
        mittente -> Text,
        certificato -> Bool,
        codice_ipa -> Nullable<Text>,
        codice_aoo -> Nullable<Text>,
        suo -> Nullable<Text>,
        prima -> Nullable<Text>,
        nostro -> Nullable<Text>,
        motivo -> Nullable<Text>,
        risposta -> Nullable<Text>,
        chiede -> Bool,
        mancanze -> Nullable<Text>,
        registrazione_id -> Nullable<Text>,
        istante -> Timestamp,
    }
}

diesel::table! {
    aoo_corrispondenti (id) {
        id -> Text,
        aoo_id -> Text,
        codice_ipa -> Text,
        codice_aoo -> Text,
        dialetto -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    correzioni_indirizzi (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        destinatario -> Text,
        registrato -> Nullable<Text>,
        indirizzo -> Text,
        fonte -> Text,
        motivo -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}
