-- Who is where, and since when (module `utenti`). A role that was taken back may be given again: the table is made again without
-- its UNIQUE.
CREATE TABLE ruoli_nuova (
    id TEXT NOT NULL PRIMARY KEY,
    utente_id TEXT NOT NULL REFERENCES utenti (id),
    ufficio_id TEXT NOT NULL REFERENCES uffici (id),
    ruolo TEXT NOT NULL CHECK (ruolo IN ('operatore', 'rsp', 'addetto', 'responsabile-ufficio',
        'responsabile-conservazione', 'amministratore', 'revisore')),
    dal TIMESTAMP NOT NULL
);
INSERT INTO ruoli_nuova (id, utente_id, ufficio_id, ruolo, dal) SELECT id, utente_id, ufficio_id, ruolo, dal FROM ruoli;
DROP TABLE ruoli;
ALTER TABLE ruoli_nuova RENAME TO ruoli;
CREATE INDEX ruoli_per_utente ON ruoli (utente_id, id);
CREATE INDEX ruoli_per_ufficio ON ruoli (ufficio_id, id);

CREATE TABLE ruoli_tolti (
    ruolo_id TEXT NOT NULL PRIMARY KEY REFERENCES ruoli (id),
    istante TIMESTAMP NOT NULL
);

-- An office is renamed, moved under another, or closed: each row says how it stands from then on, and the newest one counts.
CREATE TABLE variazioni_uffici (
    id TEXT NOT NULL PRIMARY KEY,
    ufficio_id TEXT NOT NULL REFERENCES uffici (id),
    cosa TEXT NOT NULL CHECK (cosa IN ('rinominato', 'spostato', 'chiuso')),
    denominazione TEXT NOT NULL,
    padre_id TEXT REFERENCES uffici (id),
    istante TIMESTAMP NOT NULL
);
CREATE INDEX variazioni_uffici_per_ufficio ON variazioni_uffici (ufficio_id, id);

-- A person stands in for another, within an AOO, from an instant to another.
CREATE TABLE sostituzioni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    titolare_id TEXT NOT NULL REFERENCES utenti (id),
    sostituto_id TEXT NOT NULL REFERENCES utenti (id),
    dal TIMESTAMP NOT NULL,
    al TIMESTAMP NOT NULL,
    motivo TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX sostituzioni_per_aoo ON sostituzioni (aoo_id, id);
CREATE INDEX sostituzioni_per_sostituto ON sostituzioni (sostituto_id, aoo_id);

CREATE TABLE revoche_sostituzioni (
    sostituzione_id TEXT NOT NULL PRIMARY KEY REFERENCES sostituzioni (id),
    istante TIMESTAMP NOT NULL
);

-- For whom a session acts, if not for its owner.
ALTER TABLE sessioni ADD COLUMN sostituzione_id TEXT REFERENCES sostituzioni (id);

-- What the token of an application may do, one word after the other; without it, everything.
ALTER TABLE applicazioni ADD COLUMN permessi TEXT;
