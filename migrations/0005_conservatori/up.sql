-- With whom an AOO deposits (module `conservazione`): the newest row of an AOO is in force. Of the secret only the place is kept.
CREATE TABLE conservatori (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    tipo TEXT NOT NULL CHECK (tipo IN ('sacer')),
    url TEXT NOT NULL,
    segreto_file TEXT NOT NULL,
    mappa TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX conservatori_per_aoo ON conservatori (aoo_id, id);

-- Which message a registration came with (module `pec`) is asked for every package.
CREATE INDEX protocolli_messaggi_per_registrazione ON protocolli_messaggi (registrazione_id);

-- By which agreement a package was built; the packages made before this migration do not say.
ALTER TABLE pacchetti ADD COLUMN conservatore_id TEXT REFERENCES conservatori (id);

-- A registration waits in `versamenti` before it has a package: one more state, so the table is made again.
ALTER TABLE versamenti RENAME TO versamenti_prima;
CREATE TABLE versamenti (
    registrazione_id TEXT NOT NULL PRIMARY KEY REFERENCES registrazioni (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    pacchetto_id TEXT REFERENCES pacchetti (id),
    stato TEXT NOT NULL CHECK (stato IN ('da-preparare', 'preparato', 'consegnato', 'da-correggere')),
    motivo TEXT,
    istante TIMESTAMP NOT NULL
);
INSERT INTO versamenti (registrazione_id, aoo_id, pacchetto_id, stato, motivo, istante)
SELECT registrazione_id, aoo_id, pacchetto_id, stato, motivo, istante FROM versamenti_prima;
DROP TABLE versamenti_prima;
CREATE INDEX versamenti_per_stato ON versamenti (aoo_id, stato, registrazione_id);

-- Up to which number the registrations of an AOO are in `versamenti`.
CREATE TABLE accodati (
    aoo_id TEXT NOT NULL PRIMARY KEY REFERENCES aoo (id),
    anno INTEGER NOT NULL,
    numero BIGINT NOT NULL
);

-- Somebody put a registration on its way again, and what was wrong until then.
CREATE TABLE riprove (
    id TEXT NOT NULL PRIMARY KEY,
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    motivo TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX riprove_per_registrazione ON riprove (registrazione_id, id);
