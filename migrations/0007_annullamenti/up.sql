-- Annulments (module `registro`): the act, its provvedimento, and the head of the provvedimenti's numbering.
CREATE TABLE contatori_provvedimenti (
    aoo_id TEXT NOT NULL PRIMARY KEY REFERENCES aoo (id),
    anno INTEGER NOT NULL,
    ultimo BIGINT NOT NULL
);

CREATE TABLE annullamenti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL UNIQUE REFERENCES registrazioni (id),
    anno INTEGER NOT NULL,
    numero BIGINT NOT NULL CHECK (numero > 0),
    motivo TEXT NOT NULL,
    autore TEXT NOT NULL,
    testo TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    UNIQUE (aoo_id, anno, numero)
);

-- A message whose registration was annulled may be registered again: more than one pair, one in force.
CREATE TABLE protocolli_messaggi_nuova (
    registrazione_id TEXT NOT NULL PRIMARY KEY REFERENCES registrazioni (id),
    messaggio_id TEXT NOT NULL REFERENCES messaggi (id)
);
INSERT INTO protocolli_messaggi_nuova (registrazione_id, messaggio_id)
    SELECT registrazione_id, messaggio_id FROM protocolli_messaggi;
DROP TABLE protocolli_messaggi;
ALTER TABLE protocolli_messaggi_nuova RENAME TO protocolli_messaggi;
CREATE INDEX protocolli_messaggi_per_messaggio ON protocolli_messaggi (messaggio_id);
