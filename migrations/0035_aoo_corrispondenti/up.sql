-- In which dialect an AOO writes to another one (module `pec`): the newest row of an AOO counts.
CREATE TABLE aoo_corrispondenti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    codice_ipa TEXT NOT NULL,
    codice_aoo TEXT NOT NULL,
    dialetto TEXT NOT NULL CHECK (dialetto IN ('60-2013', '3.0.0', 'nessuno')),
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX aoo_corrispondenti_per_aoo ON aoo_corrispondenti (aoo_id, id);
