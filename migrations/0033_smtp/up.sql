-- How the mail of a mailbox leaves (module `pec`): the newest row of a mailbox is in force. Of the secret and of the authority only the
-- place is kept. The mail of a mailbox without a row here goes to the folder of what leaves.
CREATE TABLE accessi_smtp (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    url TEXT NOT NULL,
    utente TEXT NOT NULL,
    segreto_file TEXT NOT NULL,
    ca_file TEXT,
    massimo_mib INTEGER NOT NULL CHECK (massimo_mib > 0),
    istante TIMESTAMP NOT NULL
);
CREATE INDEX accessi_smtp_per_casella ON accessi_smtp (casella_id, id);

-- The kind of delivery receipt that a send asks for (absent: complete), and the send of which it is another attempt.
ALTER TABLE invii ADD COLUMN ricevuta TEXT CHECK (ricevuta IN ('breve', 'sintetica'));
ALTER TABLE invii ADD COLUMN rispedisce TEXT REFERENCES invii (id);

-- How each send is leaving: its composed message once there is one, how often it was tried, when it is looked at next (never again
-- if absent), what the server said, whether it has not arrived yet. `tentato`: the server may have it, and its receipts are looked for before it is tried again.
CREATE TABLE partenze (
    invio_id TEXT NOT NULL PRIMARY KEY REFERENCES invii (id),
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    sha256 TEXT REFERENCES file (sha256),
    stato TEXT NOT NULL CHECK (stato IN ('in-coda', 'tentato', 'partito', 'rifiutato')),
    tentativi INTEGER NOT NULL,
    prossimo TIMESTAMP,
    detto TEXT,
    aperta BOOLEAN NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX partenze_da_fare ON partenze (casella_id, prossimo) WHERE prossimo IS NOT NULL;
CREATE INDEX partenze_aperte ON partenze (casella_id, invio_id) WHERE aperta;
INSERT INTO partenze (invio_id, casella_id, sha256, stato, tentativi, prossimo, detto, aperta, istante)
SELECT i.id, i.casella_id, s.sha256,
       CASE WHEN s.consegnata THEN 'partito' ELSE 'in-coda' END, 0,
       CASE WHEN s.consegnata THEN NULL ELSE i.creato END, NULL,
       NOT EXISTS (
           SELECT 1 FROM messaggi m
           WHERE m.aoo_id = i.aoo_id AND m.riferito = i.message_id AND m.genere = 'avvenuta-consegna'
             AND m.firma_gestore = 'TOTAL-PASSED'
       ),
       COALESCE(s.istante, i.creato)
FROM invii i LEFT JOIN spedizioni s ON s.invio_id = i.id;
DROP TABLE spedizioni;

-- How it went the last time that a mailbox was read (`arrivo`), or that its mail left (`partenza`).
CREATE TABLE contatti_nuova (
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    verso TEXT NOT NULL CHECK (verso IN ('arrivo', 'partenza')),
    riuscito TIMESTAMP,
    errore TEXT,
    errori BIGINT NOT NULL,
    errore_dal TIMESTAMP,
    riprova TIMESTAMP,
    PRIMARY KEY (casella_id, verso)
);
INSERT INTO contatti_nuova (casella_id, verso, riuscito, errore, errori, errore_dal, riprova)
SELECT casella_id, 'arrivo', riuscito, errore, errori, errore_dal, riprova FROM contatti;
DROP TABLE contatti;
ALTER TABLE contatti_nuova RENAME TO contatti;
