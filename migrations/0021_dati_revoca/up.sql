-- What is known of the revocation of certificates (module `documenti`): lists (CRL) and answers (OCSP) that a person had brought, each
-- signed by an authority that was trusted. Of a series the last one that came in is in force; the others explain the verdicts of their day.
CREATE TABLE dati_revoca (
    id TEXT NOT NULL PRIMARY KEY,
    genere TEXT NOT NULL CHECK (genere IN ('crl', 'ocsp')),
    emittente TEXT NOT NULL,
    emittente_sha256 TEXT NOT NULL,
    serie TEXT NOT NULL,
    numero TEXT,
    emessa TIMESTAMP NOT NULL,
    prossima TIMESTAMP,
    voci BIGINT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    provenienza TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    UNIQUE (serie, sha256)
);
CREATE INDEX dati_revoca_per_sha256 ON dati_revoca (sha256);
