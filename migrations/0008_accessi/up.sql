-- Who may get in (module `utenti`): a person is kept out, let in again, or given another password.
CREATE TABLE accessi (
    id TEXT NOT NULL PRIMARY KEY,
    utente_id TEXT NOT NULL REFERENCES utenti (id),
    cosa TEXT NOT NULL CHECK (cosa IN ('escluso', 'riammesso', 'password')),
    istante TIMESTAMP NOT NULL
);
CREATE INDEX accessi_per_utente ON accessi (utente_id, id);
