-- What the signatures of a file say to an AOO (module `documenti`), with what the verdict rests on: the first verdict stays, a later
-- one is another row. It takes the place of `rapporti`, which had one row for all the AOO, outside of the chain.
CREATE TABLE verifiche (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    eseguita TIMESTAMP NOT NULL,
    istante TIMESTAMP NOT NULL,
    indicazione TEXT,
    rapporto TEXT NOT NULL,
    prova TEXT NOT NULL
);
CREATE INDEX verifiche_per_file ON verifiche (aoo_id, sha256, id);

DROP TABLE rapporti;
