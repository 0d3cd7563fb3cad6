-- The RSP gives a person the sight of one registration until a day (module `utenti`).
CREATE TABLE visioni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    utente_id TEXT NOT NULL REFERENCES utenti (id),
    al TIMESTAMP NOT NULL,
    motivo TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
-- What a person was given and is not over: asked at every request of theirs.
CREATE INDEX visioni_per_utente ON visioni (utente_id, al);
CREATE INDEX visioni_per_registrazione ON visioni (registrazione_id, id);

CREATE TABLE revoche_visioni (
    visione_id TEXT NOT NULL PRIMARY KEY REFERENCES visioni (id),
    motivo TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
