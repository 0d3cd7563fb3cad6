-- The register of a day or of a year, closed (module `registro`): what it holds, and the two files that say it.
CREATE TABLE chiusure (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registro TEXT NOT NULL,
    periodo TEXT NOT NULL CHECK (periodo IN ('giorno', 'anno')),
    ultimo_giorno DATE NOT NULL,
    anno INTEGER NOT NULL,
    progressivo BIGINT NOT NULL CHECK (progressivo > 0),
    prima BIGINT,
    ultima BIGINT,
    dalle TIMESTAMP,
    alle TIMESTAMP,
    registrazioni BIGINT NOT NULL,
    modifiche BIGINT NOT NULL,
    da_posizione BIGINT NOT NULL,
    a_posizione BIGINT NOT NULL,
    anello TEXT NOT NULL,
    radice TEXT NOT NULL,
    pdf_sha256 TEXT NOT NULL REFERENCES file (sha256),
    xml_sha256 TEXT NOT NULL REFERENCES file (sha256),
    istante TIMESTAMP NOT NULL,
    UNIQUE (aoo_id, registro, periodo, ultimo_giorno),
    UNIQUE (aoo_id, registro, periodo, anno, progressivo)
);

-- The package of a register (module `conservazione`); its files are those of the register.
CREATE TABLE pacchetti_registri (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    chiusura_id TEXT NOT NULL UNIQUE REFERENCES chiusure (id),
    conservatore_id TEXT NOT NULL REFERENCES conservatori (id),
    chiave TEXT NOT NULL,
    indice_sha256 TEXT NOT NULL REFERENCES file (sha256),
    istante TIMESTAMP NOT NULL
);

-- How far a register has come on its way to the conservator, and by which agreement; no row: it has not set out.
CREATE TABLE versamenti_registri (
    chiusura_id TEXT NOT NULL PRIMARY KEY REFERENCES chiusure (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    conservatore_id TEXT NOT NULL REFERENCES conservatori (id),
    pacchetto_id TEXT REFERENCES pacchetti_registri (id),
    stato TEXT NOT NULL CHECK (stato IN ('preparato', 'consegnato', 'da-correggere')),
    motivo TEXT,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX versamenti_registri_per_stato ON versamenti_registri (aoo_id, stato, chiusura_id);
