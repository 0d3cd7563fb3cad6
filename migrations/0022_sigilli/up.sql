-- With which key an AOO seals its segnature 3.0.0 (module `registro`): the newest row of an AOO is in force. Of the key and of its
-- secret only the place is kept; of the certificate the whole, in base64.
CREATE TABLE sigilli (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    p12_file TEXT NOT NULL,
    segreto_file TEXT NOT NULL,
    certificato TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX sigilli_per_aoo ON sigilli (aoo_id, id);

-- The segnatura 3.0.0 of a registration was made and sealed, once and for ever: its bytes are in `segnature`.
CREATE TABLE sigillature (
    registrazione_id TEXT NOT NULL PRIMARY KEY REFERENCES registrazioni (id),
    sigillo_id TEXT NOT NULL REFERENCES sigilli (id),
    istante TIMESTAMP NOT NULL
);
