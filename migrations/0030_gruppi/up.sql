-- The groups of an AOO (module `registro`): named lists of entries of its rubrica and of the IPA, picked as one.
CREATE TABLE gruppi (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    nome TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX gruppi_per_aoo ON gruppi (aoo_id, id);

CREATE TABLE chiusure_gruppi (
    gruppo_id TEXT NOT NULL PRIMARY KEY REFERENCES gruppi (id),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);

-- A soggetto of the rubrica, or an entry of the IPA by its code.
CREATE TABLE membri_gruppi (
    id TEXT NOT NULL PRIMARY KEY,
    gruppo_id TEXT NOT NULL REFERENCES gruppi (id),
    soggetto_id TEXT REFERENCES soggetti (id),
    genere_ipa TEXT CHECK (genere_ipa IN ('amministrazione', 'aoo', 'uo')),
    codice_ipa TEXT,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX membri_gruppi_per_gruppo ON membri_gruppi (gruppo_id, id);

CREATE TABLE uscite_gruppi (
    membro_id TEXT NOT NULL PRIMARY KEY REFERENCES membri_gruppi (id),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
