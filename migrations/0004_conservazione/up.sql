-- Fascicoli (module `titolario`): the head of each numbering, the acts of opening and of filing.
CREATE TABLE contatori_fascicoli (
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    voce TEXT NOT NULL,
    anno INTEGER NOT NULL,
    ultimo BIGINT NOT NULL,
    PRIMARY KEY (aoo_id, voce, anno)
);

CREATE TABLE fascicoli (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    voce_id TEXT NOT NULL REFERENCES voci (id),
    voce TEXT NOT NULL,
    anno INTEGER NOT NULL,
    numero BIGINT NOT NULL CHECK (numero > 0),
    oggetto TEXT NOT NULL,
    tipo TEXT NOT NULL CHECK (tipo IN ('affare', 'attivita', 'persona-fisica', 'persona-giuridica', 'procedimento')),
    aperto TIMESTAMP NOT NULL,
    UNIQUE (aoo_id, voce, anno, numero)
);

CREATE TABLE fascicolazioni (
    id TEXT NOT NULL PRIMARY KEY,
    registrazione_id TEXT NOT NULL,
    fascicolo_id TEXT NOT NULL REFERENCES fascicoli (id),
    istante TIMESTAMP NOT NULL
);
CREATE INDEX fascicolazioni_per_registrazione ON fascicolazioni (registrazione_id, id);
CREATE INDEX fascicolazioni_per_fascicolo ON fascicolazioni (fascicolo_id, id);

-- Packages for the conservator (module `conservazione`): the act of building one, and where each registration stands.
CREATE TABLE pacchetti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    chiave TEXT NOT NULL,
    indice_sha256 TEXT NOT NULL REFERENCES file (sha256),
    istante TIMESTAMP NOT NULL
);
CREATE INDEX pacchetti_per_registrazione ON pacchetti (registrazione_id, id);

CREATE TABLE componenti (
    pacchetto_id TEXT NOT NULL REFERENCES pacchetti (id),
    posizione INTEGER NOT NULL,
    codice TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    dimensione BIGINT NOT NULL,
    PRIMARY KEY (pacchetto_id, posizione)
);
CREATE INDEX componenti_per_file ON componenti (sha256);

CREATE TABLE versamenti (
    registrazione_id TEXT NOT NULL PRIMARY KEY REFERENCES registrazioni (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    pacchetto_id TEXT REFERENCES pacchetti (id),
    stato TEXT NOT NULL CHECK (stato IN ('preparato', 'consegnato', 'da-correggere')),
    motivo TEXT,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX versamenti_per_stato ON versamenti (aoo_id, stato, registrazione_id);
