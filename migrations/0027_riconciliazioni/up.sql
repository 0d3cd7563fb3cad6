-- What a mailbox and its ledger said to each other on a day (module `pec`).
CREATE TABLE riconciliazioni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    giorno DATE NOT NULL,
    sul_server BIGINT NOT NULL,
    presi BIGINT NOT NULL,
    in_attesa BIGINT NOT NULL,
    troppo_grandi BIGINT NOT NULL,
    sconosciuti BIGINT NOT NULL,
    assenti BIGINT NOT NULL,
    spariti BIGINT NOT NULL,
    senza_file BIGINT NOT NULL,
    differenze TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    UNIQUE (casella_id, giorno)
);

-- How full a mailbox was on its server, at its last look of each day, in KiB.
CREATE TABLE spazi_caselle (
    casella_id TEXT NOT NULL REFERENCES caselle (id),
    giorno DATE NOT NULL,
    usati_kib BIGINT NOT NULL,
    limite_kib BIGINT NOT NULL,
    PRIMARY KEY (casella_id, giorno)
);
