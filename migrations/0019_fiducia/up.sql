-- Whom signatures are trusted from, version by version (module `documenti`). What was once in force stays: a verdict of that day
-- is explained by the version that gave it.
CREATE TABLE liste_fiducia (
    id TEXT NOT NULL PRIMARY KEY,
    territorio TEXT NOT NULL,
    sequenza BIGINT NOT NULL,
    versione INTEGER NOT NULL CHECK (versione IN (5, 6)),
    emessa TIMESTAMP NOT NULL,
    prossima TIMESTAMP,
    servizi BIGINT NOT NULL,
    firmatario TEXT NOT NULL,
    firmatario_sha256 TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    provenienza TEXT NOT NULL,
    garante_id TEXT REFERENCES liste_fiducia (id),
    pivot TEXT,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    UNIQUE (territorio, sequenza)
);
CREATE INDEX liste_fiducia_per_sha256 ON liste_fiducia (sha256);

CREATE TABLE certificati_gestori (
    id TEXT NOT NULL PRIMARY KEY,
    certificati BIGINT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    provenienza TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX certificati_gestori_per_sha256 ON certificati_gestori (sha256);
