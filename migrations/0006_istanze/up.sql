-- The term within which an office must answer (module `scrivania`).
CREATE TABLE termini (
    registrazione_id TEXT NOT NULL PRIMARY KEY REFERENCES registrazioni (id),
    decorre TIMESTAMP NOT NULL,
    giorni INTEGER NOT NULL CHECK (giorni > 0),
    scade DATE NOT NULL
);
CREATE INDEX termini_per_scadenza ON termini (scade);

-- What answers a registration.
CREATE INDEX registrazioni_per_risposta ON registrazioni (risponde_a) WHERE risponde_a IS NOT NULL;

-- The citizens' portal (module `istanze`).
CREATE TABLE procedimenti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    codice TEXT NOT NULL UNIQUE,
    denominazione TEXT NOT NULL,
    descrizione TEXT NOT NULL,
    voce TEXT NOT NULL,
    ufficio_id TEXT NOT NULL REFERENCES uffici (id),
    giorni INTEGER NOT NULL CHECK (giorni > 0),
    aperto TIMESTAMP NOT NULL
);

CREATE TABLE chiusure_procedimenti (
    procedimento_id TEXT NOT NULL PRIMARY KEY REFERENCES procedimenti (id),
    istante TIMESTAMP NOT NULL
);

CREATE TABLE istanze (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    procedimento_id TEXT NOT NULL REFERENCES procedimenti (id),
    codice_sha256 TEXT NOT NULL UNIQUE,
    contenuto_sha256 TEXT NOT NULL,
    presentata TIMESTAMP NOT NULL,
    nome TEXT NOT NULL,
    cognome TEXT NOT NULL,
    codice_fiscale TEXT NOT NULL,
    indirizzo TEXT NOT NULL,
    oggetto TEXT NOT NULL,
    sottoscrizione TEXT NOT NULL CHECK (sottoscrizione IN ('firmata', 'firmata-da-altri', 'da-regolarizzare'))
);
CREATE INDEX istanze_per_aoo ON istanze (aoo_id, id);

-- The files of an istanza, what it says first.
CREATE TABLE file_istanze (
    istanza_id TEXT NOT NULL REFERENCES istanze (id),
    posizione INTEGER NOT NULL,
    nome TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    PRIMARY KEY (istanza_id, posizione)
);

CREATE TABLE protocolli_istanze (
    istanza_id TEXT NOT NULL PRIMARY KEY REFERENCES istanze (id),
    registrazione_id TEXT NOT NULL UNIQUE REFERENCES registrazioni (id)
);

-- Istanze that wait for their number: the clock or the emergency register held the counter when they came.
CREATE TABLE istanze_in_attesa (
    istanza_id TEXT NOT NULL PRIMARY KEY REFERENCES istanze (id)
);
