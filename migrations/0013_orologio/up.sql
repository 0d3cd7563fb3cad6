-- The clock (module `registro`): somebody answers for what it said, though it is far from the last registration.
CREATE TABLE conferme_orologio (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registro TEXT NOT NULL,
    ultima TIMESTAMP NOT NULL,
    istante TIMESTAMP NOT NULL,
    motivo TEXT NOT NULL
);
CREATE INDEX conferme_orologio_per_ultima ON conferme_orologio (aoo_id, registro, ultima, id);
