-- Links between registrations (module `registro`): an act, and the act that takes it away.
CREATE TABLE collegamenti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    da_id TEXT NOT NULL REFERENCES registrazioni (id),
    a_id TEXT NOT NULL REFERENCES registrazioni (id),
    specie TEXT NOT NULL CHECK (specie IN ('risponde-a', 'collegato-a')),
    nota TEXT,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX collegamenti_da ON collegamenti (da_id, id);
CREATE INDEX collegamenti_a ON collegamenti (a_id, id);

CREATE TABLE scollegamenti (
    collegamento_id TEXT NOT NULL PRIMARY KEY REFERENCES collegamenti (id),
    istante TIMESTAMP NOT NULL
);

-- Duplicates are looked for at every registration: by file, by the sender's own number, by message.
DROP INDEX documenti_registrati_per_file;
CREATE INDEX documenti_registrati_per_file ON documenti_registrati (sha256, registrazione_id);
CREATE INDEX registrazioni_per_protocollo_mittente ON registrazioni (aoo_id, protocollo_mittente_numero, id)
    WHERE protocollo_mittente_numero IS NOT NULL;
CREATE INDEX messaggi_per_message_id ON messaggi (aoo_id, message_id) WHERE message_id IS NOT NULL;

-- Deferral (module `registro`): an act of the RSP, its end, and the registrations that name it.
CREATE TABLE differimenti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    causa TEXT NOT NULL,
    documenti TEXT NOT NULL,
    dal TIMESTAMP NOT NULL,
    al TIMESTAMP NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX differimenti_per_aoo ON differimenti (aoo_id, id);

CREATE TABLE chiusure_differimenti (
    differimento_id TEXT NOT NULL PRIMARY KEY REFERENCES differimenti (id),
    istante TIMESTAMP NOT NULL
);

CREATE TABLE registrazioni_differite (
    registrazione_id TEXT NOT NULL PRIMARY KEY REFERENCES registrazioni (id),
    differimento_id TEXT NOT NULL REFERENCES differimenti (id)
);

-- Scans that come after the registration (module `registro`).
CREATE TABLE acquisizioni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    ruolo TEXT NOT NULL CHECK (ruolo IN ('principale', 'allegato')),
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    nome TEXT NOT NULL,
    descrizione TEXT,
    autore TEXT NOT NULL,
    confermata_da TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    UNIQUE (registrazione_id, sha256)
);
CREATE INDEX acquisizioni_per_file ON acquisizioni (sha256, registrazione_id);

-- What need not be registered (DPR 445/2000 art. 53 c.5): the AOO's changes to the list of the law (module `registro`; the newest row of
-- a kind counts), and the messages left out by it (module `pec`).
CREATE TABLE generi_esclusi (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    genere TEXT NOT NULL,
    escluso BOOLEAN NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX generi_esclusi_per_aoo ON generi_esclusi (aoo_id, id);

CREATE TABLE esclusioni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    messaggio_id TEXT NOT NULL REFERENCES messaggi (id),
    genere TEXT,
    motivo TEXT,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    CHECK ((genere IS NULL) <> (motivo IS NULL))
);
CREATE INDEX esclusioni_per_messaggio ON esclusioni (messaggio_id, id);

CREATE TABLE ripristini (
    esclusione_id TEXT NOT NULL PRIMARY KEY REFERENCES esclusioni (id),
    istante TIMESTAMP NOT NULL
);
