-- The rubrica of an AOO (module `registro`): people, companies and bodies, the source and the date of every datum. Nothing is
-- overwritten: a row of `soggetti` is what was known of one from an instant on, `soggetto_id` being the id of its first row.
CREATE TABLE soggetti (
    id TEXT NOT NULL PRIMARY KEY,
    soggetto_id TEXT NOT NULL REFERENCES soggetti (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    tipo TEXT NOT NULL CHECK (tipo IN ('persona-fisica', 'persona-giuridica', 'amministrazione', 'amministrazione-estera')),
    denominazione TEXT,
    nome TEXT,
    cognome TEXT,
    codice_fiscale TEXT,
    codice_ipa TEXT,
    codice_aoo TEXT,
    fonte TEXT NOT NULL CHECK (fonte IN ('ipa', 'inipec', 'inad', 'pec-ricevuta', 'scritto', 'csv')),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX soggetti_per_soggetto ON soggetti (soggetto_id, id);

CREATE TABLE recapiti (
    id TEXT NOT NULL PRIMARY KEY,
    soggetto_id TEXT NOT NULL REFERENCES soggetti (id),
    tipo TEXT NOT NULL CHECK (tipo IN ('pec', 'email', 'posta')),
    valore TEXT NOT NULL,
    fonte TEXT NOT NULL CHECK (fonte IN ('ipa', 'inipec', 'inad', 'pec-ricevuta', 'scritto', 'csv')),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX recapiti_per_soggetto ON recapiti (soggetto_id, id);

CREATE TABLE ritiri_recapiti (
    recapito_id TEXT NOT NULL PRIMARY KEY REFERENCES recapiti (id),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);

-- What a second source says, until somebody takes it or leaves it.
CREATE TABLE proposte_rubrica (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    soggetto_id TEXT NOT NULL REFERENCES soggetti (id),
    recapito_id TEXT REFERENCES recapiti (id),
    dato TEXT NOT NULL CHECK (dato IN ('nome', 'cognome', 'denominazione', 'codice-fiscale', 'codice-ipa', 'codice-aoo', 'pec', 'email', 'posta')),
    valore TEXT NOT NULL,
    fonte TEXT NOT NULL CHECK (fonte IN ('ipa', 'inipec', 'inad', 'pec-ricevuta', 'scritto', 'csv')),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX proposte_rubrica_per_soggetto ON proposte_rubrica (soggetto_id, id);
CREATE INDEX proposte_rubrica_per_aoo ON proposte_rubrica (aoo_id, id);

CREATE TABLE decisioni_proposte (
    proposta_id TEXT NOT NULL PRIMARY KEY REFERENCES proposte_rubrica (id),
    esito TEXT NOT NULL CHECK (esito IN ('aggiornata', 'lasciata')),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);

-- Two that are one, until somebody parts them again.
CREATE TABLE unioni_soggetti (
    id TEXT NOT NULL PRIMARY KEY,
    tenuto_id TEXT NOT NULL REFERENCES soggetti (id),
    unito_id TEXT NOT NULL REFERENCES soggetti (id),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX unioni_soggetti_per_tenuto ON unioni_soggetti (tenuto_id, id);
CREATE INDEX unioni_soggetti_per_unito ON unioni_soggetti (unito_id, id);

CREATE TABLE scioglimenti_unioni (
    unione_id TEXT NOT NULL PRIMARY KEY REFERENCES unioni_soggetti (id),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);

-- Working state, made again from the rows above at every act: by which name a soggetto stands in the list, and by which words it
-- is found. Only digits and lower-case letters without accents, which every collation orders alike.
CREATE TABLE nomi_rubrica (
    soggetto_id TEXT NOT NULL PRIMARY KEY REFERENCES soggetti (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    ordine TEXT NOT NULL,
    chiave TEXT NOT NULL
);
CREATE INDEX nomi_rubrica_in_ordine ON nomi_rubrica (aoo_id, ordine, soggetto_id);
CREATE INDEX nomi_rubrica_per_chiave ON nomi_rubrica (aoo_id, chiave);

CREATE TABLE parole_rubrica (
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    parola TEXT NOT NULL,
    soggetto_id TEXT NOT NULL REFERENCES soggetti (id),
    PRIMARY KEY (aoo_id, parola, soggetto_id)
);
CREATE INDEX parole_rubrica_per_soggetto ON parole_rubrica (soggetto_id, parola);
