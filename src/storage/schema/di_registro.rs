//! The tables that `registro` writes. Made by `make schema`.

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
        data_documento -> Nullable<Date>,
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
        codice_uo -> Nullable<Text>,
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
        sha256 -> Nullable<Text>,
    }
}

diesel::table! {
    dati_annullati (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        campo -> Text,
        valore -> Nullable<Text>,
        riservato -> Bool,
        anno -> Integer,
        numero -> BigInt,
        motivo -> Text,
        autore -> Text,
        testo -> Text,
        sha256 -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    riservatezze (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        riservato -> Bool,
        motivo -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    proposte_annullamento (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        campo -> Nullable<Text>,
        valore -> Nullable<Text>,
        riservato -> Bool,
        motivo -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    decisioni_annullamento (proposta_id) {
        proposta_id -> Text,
        accolta -> Bool,
        motivo -> Nullable<Text>,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    collegamenti (id) {
        id -> Text,
        aoo_id -> Text,
        da_id -> Text,
        a_id -> Text,
        specie -> Text,
        nota -> Nullable<Text>,
        istante -> Timestamp,
    }
}

diesel::table! {
    scollegamenti (collegamento_id) {
        collegamento_id -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    differimenti (id) {
        id -> Text,
        aoo_id -> Text,
        causa -> Text,
        documenti -> Text,
        dal -> Timestamp,
        al -> Timestamp,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    chiusure_differimenti (differimento_id) {
        differimento_id -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    registrazioni_differite (registrazione_id) {
        registrazione_id -> Text,
        differimento_id -> Text,
    }
}

diesel::table! {
    acquisizioni (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        ruolo -> Text,
        sha256 -> Text,
        nome -> Text,
        descrizione -> Nullable<Text>,
        autore -> Text,
        confermata_da -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    generi_esclusi (id) {
        id -> Text,
        aoo_id -> Text,
        genere -> Text,
        escluso -> Bool,
        istante -> Timestamp,
    }
}

diesel::table! {
    conferme_orologio (id) {
        id -> Text,
        aoo_id -> Text,
        registro -> Text,
        ultima -> Timestamp,
        istante -> Timestamp,
        motivo -> Text,
    }
}

diesel::table! {
    soggetti (id) {
        id -> Text,
        soggetto_id -> Text,
        aoo_id -> Text,
        tipo -> Text,
        denominazione -> Nullable<Text>,
        nome -> Nullable<Text>,
        cognome -> Nullable<Text>,
        codice_fiscale -> Nullable<Text>,
        codice_ipa -> Nullable<Text>,
        codice_aoo -> Nullable<Text>,
        fonte -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    recapiti (id) {
        id -> Text,
        soggetto_id -> Text,
        tipo -> Text,
        valore -> Text,
        fonte -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    ritiri_recapiti (recapito_id) {
        recapito_id -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    proposte_rubrica (id) {
        id -> Text,
        aoo_id -> Text,
        soggetto_id -> Text,
        recapito_id -> Nullable<Text>,
        dato -> Text,
        valore -> Text,
        fonte -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    decisioni_proposte (proposta_id) {
        proposta_id -> Text,
        esito -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    unioni_soggetti (id) {
        id -> Text,
        tenuto_id -> Text,
        unito_id -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    scioglimenti_unioni (unione_id) {
        unione_id -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    nomi_rubrica (soggetto_id) {
        soggetto_id -> Text,
        aoo_id -> Text,
        ordine -> Text,
        chiave -> Text,
    }
}

diesel::table! {
    parole_rubrica (aoo_id, parola, soggetto_id) {
        aoo_id -> Text,
        parola -> Text,
        soggetto_id -> Text,
    }
}

diesel::table! {
    predisposti (id) {
        id -> Text,
        aoo_id -> Text,
        autore -> Text,
        ufficio_id -> Nullable<Text>,
        flusso -> Text,
        riservato -> Bool,
        campi -> Text,
        file -> Text,
        versione -> BigInt,
        consumato -> Bool,
        salvato -> Timestamp,
    }
}

diesel::table! {
    sigilli (id) {
        id -> Text,
        aoo_id -> Text,
        p12_file -> Text,
        segreto_file -> Text,
        certificato -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    sigillature (registrazione_id) {
        registrazione_id -> Text,
        sigillo_id -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    chiusure (id) {
        id -> Text,
        aoo_id -> Text,
        registro -> Text,
        periodo -> Text,
        ultimo_giorno -> Date,
        anno -> Integer,
        progressivo -> BigInt,
        prima -> Nullable<BigInt>,
        ultima -> Nullable<BigInt>,
        dalle -> Nullable<Timestamp>,
        alle -> Nullable<Timestamp>,
        registrazioni -> BigInt,
        modifiche -> BigInt,
        da_posizione -> BigInt,
        a_posizione -> BigInt,
        anello -> Text,
        radice -> Text,
        pdf_sha256 -> Text,
        xml_sha256 -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    emergenze (id) {
        id -> Text,
        aoo_id -> Text,
        causa -> Text,
        provvedimento -> Text,
        inizio -> Timestamp,
        postazioni -> Text,
        quante -> BigInt,
        uffici -> Nullable<Text>,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    proroghe_emergenza (id) {
        id -> Text,
        emergenza_id -> Text,
        causa -> Text,
        provvedimento -> Text,
        fino -> Timestamp,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    ripristini_emergenza (emergenza_id) {
        emergenza_id -> Text,
        fine -> Timestamp,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    riaperture_emergenza (emergenza_id) {
        emergenza_id -> Text,
        motivo -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    trascrizioni_emergenza (id) {
        id -> Text,
        aoo_id -> Text,
        emergenza_id -> Text,
        postazione -> Text,
        anno -> Integer,
        numero -> BigInt,
        campi -> Text,
    }
}

diesel::table! {
    registrazioni_emergenza (id) {
        id -> Text,
        aoo_id -> Text,
        emergenza_id -> Text,
        postazione -> Text,
        anno -> Integer,
        numero -> BigInt,
        quando -> Timestamp,
        registrazione_id -> Nullable<Text>,
        annullata -> Nullable<Text>,
    }
}

diesel::table! {
    recuperi_emergenza (id) {
        id -> Text,
        emergenza_id -> Text,
        postazione -> Text,
        totali -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    dati_variati (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        campo -> Text,
        documento -> Nullable<Integer>,
        prima -> Nullable<Text>,
        dopo -> Nullable<Text>,
        motivo -> Nullable<Text>,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    annotazioni (id) {
        id -> Text,
        aoo_id -> Text,
        registrazione_id -> Text,
        testo -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    copie_riconosciute (id) {
        id -> Text,
        aoo_id -> Text,
        posizione -> BigInt,
        anello -> Text,
        registro -> Nullable<Text>,
        anno -> Nullable<Integer>,
        precedente -> Nullable<BigInt>,
        ultimo -> Nullable<BigInt>,
        motivo -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    importazioni_ipa (id) {
        id -> Text,
        genere -> Text,
        dati_al -> Date,
        sha256 -> Text,
        righe -> BigInt,
        nuove -> BigInt,
        cambiate -> BigInt,
        chiuse -> BigInt,
        rifiutate -> BigInt,
        versioni_sha256 -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    versioni_ipa (numero) {
        numero -> BigInt,
        importazione_id -> Text,
        genere -> Text,
        chiave -> Text,
        codice_ipa -> Text,
        codice_aoo -> Nullable<Text>,
        codice_uo -> Nullable<Text>,
        denominazione -> Text,
        ente -> Nullable<Text>,
        codice_fiscale -> Nullable<Text>,
        recapiti -> Text,
        sede -> Nullable<Text>,
        cessata -> Bool,
    }
}

diesel::table! {
    parole_ipa (rango, parola, versione) {
        rango -> Integer,
        parola -> Text,
        versione -> BigInt,
    }
}

diesel::table! {
    gruppi (id) {
        id -> Text,
        aoo_id -> Text,
        nome -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    chiusure_gruppi (gruppo_id) {
        gruppo_id -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    membri_gruppi (id) {
        id -> Text,
        gruppo_id -> Text,
        soggetto_id -> Nullable<Text>,
        genere_ipa -> Nullable<Text>,
        codice_ipa -> Nullable<Text>,
        autore -> Text,
        istante -> Timestamp,
    }
}

diesel::table! {
    uscite_gruppi (membro_id) {
        membro_id -> Text,
        autore -> Text,
        istante -> Timestamp,
    }
}
