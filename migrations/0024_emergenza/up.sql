-- The registers of emergenza (module `registro`, DPR 445/2000 art. 63). Posts and offices are codes joined by commas; no offices means
-- all of them.
CREATE TABLE emergenze (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    causa TEXT NOT NULL,
    provvedimento TEXT NOT NULL,
    inizio TIMESTAMP NOT NULL,
    postazioni TEXT NOT NULL,
    quante BIGINT NOT NULL CHECK (quante > 0),
    uffici TEXT,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX emergenze_per_aoo ON emergenze (aoo_id, id);

CREATE TABLE proroghe_emergenza (
    id TEXT NOT NULL PRIMARY KEY,
    emergenza_id TEXT NOT NULL REFERENCES emergenze (id),
    causa TEXT NOT NULL,
    provvedimento TEXT NOT NULL,
    fino TIMESTAMP NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX proroghe_per_emergenza ON proroghe_emergenza (emergenza_id, id);

CREATE TABLE ripristini_emergenza (
    emergenza_id TEXT NOT NULL PRIMARY KEY REFERENCES emergenze (id),
    fine TIMESTAMP NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);

CREATE TABLE riaperture_emergenza (
    emergenza_id TEXT NOT NULL PRIMARY KEY REFERENCES emergenze (id),
    motivo TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);

-- What a post wrote, typed in or imported, until it gets its ordinary number.
CREATE TABLE trascrizioni_emergenza (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    emergenza_id TEXT NOT NULL REFERENCES emergenze (id),
    postazione TEXT NOT NULL,
    anno INTEGER NOT NULL,
    numero BIGINT NOT NULL CHECK (numero > 0),
    campi TEXT NOT NULL,
    UNIQUE (aoo_id, postazione, anno, numero)
);
CREATE INDEX trascrizioni_per_emergenza ON trascrizioni_emergenza (emergenza_id, postazione, anno, numero);

-- A pair of numbers; an emergency number that was annulled on paper has no registration.
CREATE TABLE registrazioni_emergenza (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    emergenza_id TEXT NOT NULL REFERENCES emergenze (id),
    postazione TEXT NOT NULL,
    anno INTEGER NOT NULL,
    numero BIGINT NOT NULL CHECK (numero > 0),
    quando TIMESTAMP NOT NULL,
    registrazione_id TEXT REFERENCES registrazioni (id),
    annullata TEXT,
    CHECK ((registrazione_id IS NULL) <> (annullata IS NULL)),
    UNIQUE (aoo_id, postazione, anno, numero),
    UNIQUE (registrazione_id)
);
CREATE INDEX registrazioni_per_emergenza ON registrazioni_emergenza (emergenza_id, postazione, anno, numero);

CREATE TABLE recuperi_emergenza (
    id TEXT NOT NULL PRIMARY KEY,
    emergenza_id TEXT NOT NULL REFERENCES emergenze (id),
    postazione TEXT NOT NULL,
    totali TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    UNIQUE (emergenza_id, postazione)
);
