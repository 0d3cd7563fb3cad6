-- Annulment of one datum (module `registro`): the rows of the registration stay, the value in force is the newest of these
-- (absent if there is none any more). Riservato: who may not see riservati may not read the value that was annulled.
CREATE TABLE dati_annullati (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    campo TEXT NOT NULL CHECK (campo IN ('oggetto', 'corrispondenti', 'protocolloMittente', 'arrivo')),
    valore TEXT,
    riservato BOOLEAN NOT NULL,
    anno INTEGER NOT NULL,
    numero BIGINT NOT NULL CHECK (numero > 0),
    motivo TEXT NOT NULL,
    autore TEXT NOT NULL,
    testo TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    istante TIMESTAMP NOT NULL,
    UNIQUE (aoo_id, anno, numero)
);
CREATE INDEX dati_annullati_per_registrazione ON dati_annullati (registrazione_id, id);

-- The provvedimento as a file of the store; those made before have their text in the row only.
ALTER TABLE annullamenti ADD COLUMN sha256 TEXT REFERENCES file (sha256);

-- Access to a registration changed later by the RSP: the newest counts.
CREATE TABLE riservatezze (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    riservato BOOLEAN NOT NULL,
    motivo TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX riservatezze_per_registrazione ON riservatezze (registrazione_id, id);

-- What is proposed to the RSP, and what was decided. Without a campo the whole registration is to be annulled.
CREATE TABLE proposte_annullamento (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    campo TEXT CHECK (campo IN ('oggetto', 'corrispondenti', 'protocolloMittente', 'arrivo')),
    valore TEXT,
    riservato BOOLEAN NOT NULL,
    motivo TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX proposte_annullamento_per_registrazione ON proposte_annullamento (registrazione_id, id);
CREATE INDEX proposte_annullamento_per_aoo ON proposte_annullamento (aoo_id, id);

CREATE TABLE decisioni_annullamento (
    proposta_id TEXT NOT NULL PRIMARY KEY REFERENCES proposte_annullamento (id),
    accolta BOOLEAN NOT NULL,
    motivo TEXT,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);

-- An istanza whose registration was annulled may be registered again: more than one pair, one in force.
CREATE TABLE protocolli_istanze_nuova (
    registrazione_id TEXT NOT NULL PRIMARY KEY REFERENCES registrazioni (id),
    istanza_id TEXT NOT NULL REFERENCES istanze (id)
);
INSERT INTO protocolli_istanze_nuova (registrazione_id, istanza_id)
    SELECT registrazione_id, istanza_id FROM protocolli_istanze;
DROP TABLE protocolli_istanze;
ALTER TABLE protocolli_istanze_nuova RENAME TO protocolli_istanze;
CREATE INDEX protocolli_istanze_per_istanza ON protocolli_istanze (istanza_id);
