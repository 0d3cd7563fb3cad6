//! The tables, as diesel knows them: one block per `CREATE TABLE` of `migrations/`, in the same order.
#![allow(missing_docs)] // The macro makes public items that no reader looks at.

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
    contatori (aoo_id, registro) {
        aoo_id -> Text,
        registro -> Text,
        anno -> Integer,
        ultimo -> BigInt,
        ultimo_istante -> Timestamp,
    }
}

diesel::table! {
    registrazioni (id) {
        id -> Text,
        aoo_id -> Text,
        registro -> Text,
        anno -> Integer,
        numero -> BigInt,
        istante -> Timestamp,
        flusso -> Text,
        oggetto -> Text,
        mezzo -> Text,
        arrivo -> Nullable<Timestamp>,
        protocollo_mittente_numero -> Nullable<Text>,
        protocollo_mittente_data -> Nullable<Date>,
        tipologia -> Nullable<Text>,
        riservato -> Bool,
        risponde_a -> Nullable<Text>,
        segnatura -> Text,
    }
}

diesel::table! {
    corrispondenti (registrazione_id, posizione) {
        registrazione_id -> Text,
        posizione -> Integer,
        ruolo -> Text,
        per_conoscenza -> Bool,
        tipo -> Text,
        denominazione -> Nullable<Text>,
        nome -> Nullable<Text>,
        cognome -> Nullable<Text>,
        codice_fiscale -> Nullable<Text>,
        codice_ipa -> Nullable<Text>,
        codice_aoo -> Nullable<Text>,
        pec -> Nullable<Text>,
    }
}

diesel::table! {
    documenti_registrati (registrazione_id, posizione) {
        registrazione_id -> Text,
        posizione -> Integer,
        ruolo -> Text,
        sha256 -> Text,
        nome -> Text,
        descrizione -> Nullable<Text>,
    }
}

diesel::table! {
    segnature (registrazione_id, dialetto) {
        registrazione_id -> Text,
        dialetto -> Text,
        xml -> Text,
    }
}

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
    rapporti (sha256) {
        sha256 -> Text,
        istante -> Timestamp,
        indicazione -> Nullable<Text>,
        rapporto -> Text,
    }
}

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
    testi (sha256) {
        sha256 -> Text,
        testo -> Text,
        esito -> Text,
        rilievo -> Nullable<Text>,
        creato -> Timestamp,
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
    termini (registrazione_id) {
        registrazione_id -> Text,
        decorre -> Timestamp,
        giorni -> Integer,
        scade -> Date,
    }
}

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
    protocolli_istanze (istanza_id) {
        istanza_id -> Text,
        registrazione_id -> Text,
    }
}

diesel::table! {
    istanze_in_attesa (istanza_id) {
        istanza_id -> Text,
    }
}

diesel::table! {
    contatori_provvedimenti (aoo_id) {
        aoo_id -> Text,
        anno -> Integer,
        ultimo -> BigInt,
    }
}

diesel::table! {
    annullamenti (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        anno -> Integer,
        numero -> BigInt,
        motivo -> Text,
        autore -> Text,
        testo -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    protocolli_messaggi (registrazione_id) {
        registrazione_id -> Text,
        messaggio_id -> Text,
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

diesel::allow_tables_to_appear_in_same_query!(
    enti,
    aoo,
    uffici,
    utenti,
    credenziali,
    ruoli,
    applicazioni,
    revoche,
    sessioni,
    visibilita,
    risposte,
    catene,
    eventi,
    file,
    usi_file,
    titolari,
    voci,
    classificazioni,
    contatori,
    registrazioni,
    corrispondenti,
    documenti_registrati,
    segnature,
    assegnazioni,
    rapporti,
    caselle,
    messaggi,
    allegati,
    visti,
    invii,
    spedizioni,
    testi,
    contatori_fascicoli,
    fascicoli,
    fascicolazioni,
    pacchetti,
    componenti,
    versamenti,
    conservatori,
    accodati,
    riprove,
    termini,
    procedimenti,
    chiusure_procedimenti,
    istanze,
    file_istanze,
    protocolli_istanze,
    istanze_in_attesa,
    contatori_provvedimenti,
    annullamenti,
    protocolli_messaggi,
    accessi,
);
