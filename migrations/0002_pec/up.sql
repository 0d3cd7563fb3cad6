-- What the signatures of a file say (module `documenti`): the first verdict stays.
CREATE TABLE rapporti (
    sha256 TEXT NOT NULL PRIMARY KEY REFERENCES file (sha256),
    istante TIMESTAMP NOT NULL,
    indicazione TEXT,
    rapporto TEXT NOT NULL
);

-- Mailboxes and messages (module `pec`).
CREATE TABLE caselle (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    indirizzo TEXT NOT NULL,
    maildir TEXT NOT NULL,
    creata TIMESTAMP NOT NULL,
    UNIQUE (aoo_id, indirizzo)
);

CREATE TABLE messaggi (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    message_id TEXT,
    genere TEXT NOT NULL,
    identificativo TEXT,
    riferito TEXT,
    mittente TEXT NOT NULL,
    oggetto TEXT NOT NULL,
    consegnato TIMESTAMP,
    firma_gestore TEXT,
    doppione_di TEXT REFERENCES messaggi (id),
    ricevuto TIMESTAMP NOT NULL,
    lettura TEXT NOT NULL
);
CREATE INDEX messaggi_per_aoo ON messaggi (aoo_id, id);
CREATE INDEX messaggi_per_identificativo ON messaggi (aoo_id, identificativo);
CREATE INDEX messaggi_per_riferito ON messaggi (aoo_id, riferito);
CREATE INDEX messaggi_per_file ON messaggi (sha256);

CREATE TABLE allegati (
    messaggio_id TEXT NOT NULL REFERENCES messaggi (id),
    posizione INTEGER NOT NULL,
    nome TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    PRIMARY KEY (messaggio_id, posizione)
);

-- Every message ever seen in a mailbox, under the name the mailbox gives it.
CREATE TABLE visti (
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    chiave TEXT NOT NULL,
    messaggio_id TEXT NOT NULL REFERENCES messaggi (id),
    visto TIMESTAMP NOT NULL,
    PRIMARY KEY (casella_id, chiave)
);

CREATE TABLE protocolli_messaggi (
    messaggio_id TEXT NOT NULL PRIMARY KEY REFERENCES messaggi (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id)
);

CREATE TABLE invii (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    destinatario TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    creato TIMESTAMP NOT NULL
);
CREATE INDEX invii_per_registrazione ON invii (registrazione_id, id);

CREATE TABLE spedizioni (
    invio_id TEXT NOT NULL PRIMARY KEY REFERENCES invii (id),
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    consegnata BOOLEAN NOT NULL,
    istante TIMESTAMP NOT NULL
);
