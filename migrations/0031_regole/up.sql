-- Rules over mail (module `pec`): a row is a version of a rule, `regola_id` being the id of its first row; the newest counts.
CREATE TABLE regole (
    id TEXT NOT NULL PRIMARY KEY,
    regola_id TEXT NOT NULL REFERENCES regole (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    versione INTEGER NOT NULL,
    nome TEXT NOT NULL,
    ordine INTEGER NOT NULL,
    modo TEXT NOT NULL CHECK (modo IN ('propone', 'fa')),
    azione TEXT NOT NULL CHECK (azione IN ('compila', 'protocolla', 'scarta')),
    mittente TEXT,
    casella_id TEXT REFERENCES caselle (id),
    parole TEXT,
    genere TEXT,
    segnatura TEXT,
    voce TEXT,
    ufficio TEXT,
    conoscenza TEXT NOT NULL,
    fascicolo TEXT,
    tipologia TEXT,
    riservato BOOLEAN NOT NULL,
    motivo TEXT,
    giorni INTEGER,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    UNIQUE (regola_id, versione),
    CHECK ((azione = 'scarta') = (motivo IS NOT NULL) AND (azione = 'scarta') = (giorni IS NOT NULL))
);
CREATE INDEX regole_per_aoo ON regole (aoo_id, id);

-- A version is switched on, having been shown what it would have done, or off; the newest row of a version counts.
CREATE TABLE stati_regole (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    versione_id TEXT NOT NULL REFERENCES regole (id),
    accesa BOOLEAN NOT NULL,
    guardati BIGINT NOT NULL,
    trovati BIGINT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX stati_regole_per_versione ON stati_regole (versione_id, id);

-- Whether messages of a kind may be registered without a person; no row means no, the newest counts.
CREATE TABLE generi_automatici (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    genere TEXT NOT NULL CHECK (genere IN ('posta-certificata', 'anomalia', 'ordinaria')),
    acceso BOOLEAN NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX generi_automatici_per_aoo ON generi_automatici (aoo_id, id);

-- What a rule did with a message: it registered it, or put it into the bin until a day.
CREATE TABLE atti_regole (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    versione_id TEXT NOT NULL REFERENCES regole (id),
    messaggio_id TEXT NOT NULL UNIQUE REFERENCES messaggi (id),
    registrazione_id TEXT UNIQUE REFERENCES registrazioni (id),
    esclusione_id TEXT UNIQUE REFERENCES esclusioni (id),
    fino_al DATE,
    istante TIMESTAMP NOT NULL,
    CHECK ((registrazione_id IS NULL) <> (esclusione_id IS NULL) AND (esclusione_id IS NULL) = (fino_al IS NULL))
);

-- When what a version would have done was last shown.
CREATE TABLE anteprime_regole (
    versione_id TEXT NOT NULL PRIMARY KEY REFERENCES regole (id),
    guardati BIGINT NOT NULL,
    trovati BIGINT NOT NULL,
    istante TIMESTAMP NOT NULL
);

-- Messages that the rules have still to look at.
CREATE TABLE coda_regole (
    messaggio_id TEXT NOT NULL PRIMARY KEY REFERENCES messaggi (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    tentativi INTEGER NOT NULL,
    riprova TIMESTAMP,
    motivo TEXT
);
CREATE INDEX coda_regole_per_aoo ON coda_regole (aoo_id, messaggio_id);
