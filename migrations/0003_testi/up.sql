-- The text of files, read once for all who use them (module `documenti`). Working state: it can be read again from the store.
CREATE TABLE testi (
    sha256 TEXT NOT NULL PRIMARY KEY REFERENCES file (sha256),
    testo TEXT NOT NULL,
    esito TEXT NOT NULL CHECK (esito IN ('estratto', 'parziale', 'non-estratto')),
    rilievo TEXT,
    creato TIMESTAMP NOT NULL
);
