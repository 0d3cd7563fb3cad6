-- Registrations that are being prepared (module `registro`): no number, and no act until they are registered.
CREATE TABLE predisposti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    autore TEXT NOT NULL,
    ufficio_id TEXT REFERENCES uffici (id),
    flusso TEXT NOT NULL,
    riservato BOOLEAN NOT NULL,
    campi TEXT NOT NULL,
    file TEXT NOT NULL,
    versione BIGINT NOT NULL,
    consumato BOOLEAN NOT NULL,
    salvato TIMESTAMP NOT NULL
);
CREATE INDEX predisposti_per_aoo ON predisposti (aoo_id, salvato);
