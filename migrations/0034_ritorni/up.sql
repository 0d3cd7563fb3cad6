-- What an AOO answers to another AOO about a registration, and to a private sender (module `pec`). Its words are written once, here; it
-- leaves as any other send.
CREATE TABLE ritorni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    genere TEXT NOT NULL CHECK (genere IN ('conferma', 'eccezione', 'aggiornamento', 'annullamento', 'ricevuta-18-bis')),
    destinatario TEXT NOT NULL,
    messaggio_id TEXT REFERENCES messaggi (id),
    atto_id TEXT,
    dialetto TEXT CHECK (dialetto IN ('60-2013', '3.0.0')),
    oggetto TEXT NOT NULL,
    testo TEXT NOT NULL,
    xml TEXT,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX ritorni_per_registrazione ON ritorni (registrazione_id, id);
CREATE INDEX ritorni_per_destinatario ON ritorni (aoo_id, destinatario, id);
ALTER TABLE invii ADD COLUMN ritorno_id TEXT REFERENCES ritorni (id);
CREATE INDEX invii_per_ritorno ON invii (ritorno_id) WHERE ritorno_id IS NOT NULL;

-- Whether answers of a kind leave by themselves: the newest row of a kind counts.
CREATE TABLE ritorni_automatici (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    genere TEXT NOT NULL CHECK (genere IN ('conferma', 'eccezione', 'ricevuta-18-bis')),
    acceso BOOLEAN NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX ritorni_automatici_per_aoo ON ritorni_automatici (aoo_id, id);

-- Answers that are owed. With `prossimo` they leave by themselves, then; without, a person sends them.
CREATE TABLE ritorni_dovuti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    genere TEXT NOT NULL,
    destinatario TEXT NOT NULL,
    messaggio_id TEXT REFERENCES messaggi (id),
    atto_id TEXT,
    motivo TEXT,
    tentativi INTEGER NOT NULL,
    prossimo TIMESTAMP,
    guasto TEXT,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX ritorni_dovuti_per_registrazione ON ritorni_dovuti (registrazione_id, id);
CREATE INDEX ritorni_dovuti_da_fare ON ritorni_dovuti (prossimo) WHERE prossimo IS NOT NULL;

-- Annulments that were looked at for the answers that they make owed. Those of before owe none.
CREATE TABLE ritorni_guardati (
    atto_id TEXT NOT NULL PRIMARY KEY
);
INSERT INTO ritorni_guardati (atto_id) SELECT id FROM annullamenti;
INSERT INTO ritorni_guardati (atto_id) SELECT id FROM dati_annullati;

-- What a message says as one AOO to another: a segnatura, or a return message and the registration that it speaks of, once both are known
-- and it comes from whom that registration was sent to. `suo` and `nostro` are lines of segnatura; `certificato`: a provider vouches
-- for who writes.
CREATE TABLE interoperabilita (
    messaggio_id TEXT NOT NULL PRIMARY KEY REFERENCES messaggi (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    genere TEXT NOT NULL CHECK (genere IN ('segnatura', 'conferma', 'eccezione', 'aggiornamento', 'annullamento')),
    dialetto TEXT,
    mittente TEXT NOT NULL,
    certificato BOOLEAN NOT NULL,
    codice_ipa TEXT,
    codice_aoo TEXT,
    suo TEXT,
    prima TEXT,
    nostro TEXT,
    motivo TEXT,
    risposta TEXT,
    chiede BOOLEAN NOT NULL,
    mancanze TEXT,
    registrazione_id TEXT REFERENCES registrazioni (id),
    istante TIMESTAMP NOT NULL
);
CREATE INDEX interoperabilita_per_mittente ON interoperabilita (aoo_id, mittente, genere);
CREATE INDEX interoperabilita_per_registrazione ON interoperabilita (registrazione_id) WHERE registrazione_id IS NOT NULL;
CREATE INDEX interoperabilita_per_ente ON interoperabilita (aoo_id, codice_ipa, genere);
