-- How a mailbox is read over IMAP (module `pec`): the newest row of a mailbox is in force. Of the secret and of the authority only the
-- place is kept. A mailbox with a row here has no folder in `caselle`.
CREATE TABLE accessi_imap (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    url TEXT NOT NULL,
    utente TEXT NOT NULL,
    segreto_file TEXT NOT NULL,
    ca_file TEXT,
    cartelle TEXT NOT NULL,
    cadenza_secondi INTEGER NOT NULL CHECK (cadenza_secondi > 0),
    dopo TEXT NOT NULL CHECK (dopo IN ('lascia', 'segna', 'sposta', 'cancella')),
    dopo_dettaglio TEXT,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX accessi_imap_per_casella ON accessi_imap (casella_id, id);

-- Every UID ever seen on a server: what became of the message, what was done with it there, and since when the server says that it
-- was in the mailbox (INTERNALDATE).
CREATE TABLE visti_imap (
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    cartella TEXT NOT NULL,
    validita BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    dimensione BIGINT NOT NULL,
    in_casella TIMESTAMP,
    stato TEXT NOT NULL CHECK (stato IN ('da-prendere', 'preso', 'gia-preso', 'troppo-grande', 'sparito')),
    sul_server TEXT NOT NULL CHECK (sul_server IN ('presente', 'segnato', 'spostato', 'cancellato', 'assente')),
    messaggio_id TEXT REFERENCES messaggi (id),
    tentativi INTEGER NOT NULL,
    riprova TIMESTAMP,
    motivo TEXT,
    visto TIMESTAMP NOT NULL,
    preso TIMESTAMP,
    PRIMARY KEY (casella_id, cartella, validita, uid)
);
CREATE INDEX visti_imap_per_stato ON visti_imap (casella_id, cartella, stato, uid);
CREATE INDEX visti_imap_per_messaggio ON visti_imap (messaggio_id);

-- How it went the last time that a mailbox was looked at.
CREATE TABLE contatti (
    casella_id TEXT NOT NULL PRIMARY KEY REFERENCES caselle (id),
    riuscito TIMESTAMP,
    errore TEXT,
    errori BIGINT NOT NULL,
    errore_dal TIMESTAMP,
    riprova TIMESTAMP
);
