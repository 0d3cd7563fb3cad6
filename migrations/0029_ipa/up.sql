-- The index of the public administrations (IPA, CAD art. 6-ter), one copy for the whole installation (module `registro`). A row of
-- `versioni_ipa` is what the IPA said of an amministrazione, an AOO or a UO from an import on; the newest counts, and a `cessata` one
-- says that it was there no more. Nothing is overwritten.
CREATE TABLE importazioni_ipa (
    id TEXT NOT NULL PRIMARY KEY,
    genere TEXT NOT NULL CHECK (genere IN ('amministrazione', 'aoo', 'uo')),
    dati_al DATE NOT NULL,
    sha256 TEXT NOT NULL,
    righe BIGINT NOT NULL,
    nuove BIGINT NOT NULL,
    cambiate BIGINT NOT NULL,
    chiuse BIGINT NOT NULL,
    rifiutate BIGINT NOT NULL,
    versioni_sha256 TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);

CREATE TABLE versioni_ipa (
    numero BIGINT NOT NULL PRIMARY KEY,
    importazione_id TEXT NOT NULL REFERENCES importazioni_ipa (id),
    genere TEXT NOT NULL CHECK (genere IN ('amministrazione', 'aoo', 'uo')),
    chiave TEXT NOT NULL,
    codice_ipa TEXT NOT NULL,
    codice_aoo TEXT,
    codice_uo TEXT,
    denominazione TEXT NOT NULL,
    ente TEXT,
    codice_fiscale TEXT,
    recapiti TEXT NOT NULL,
    sede TEXT,
    cessata BOOLEAN NOT NULL
);
CREATE INDEX versioni_ipa_per_chiave ON versioni_ipa (genere, chiave, numero);
CREATE INDEX versioni_ipa_per_importazione ON versioni_ipa (importazione_id, numero);

-- Working state: the words by which what is in force is found, the amministrazioni (1) before their AOO (2) and UO (3).
CREATE TABLE parole_ipa (
    rango INTEGER NOT NULL,
    parola TEXT NOT NULL,
    versione BIGINT NOT NULL REFERENCES versioni_ipa (numero),
    PRIMARY KEY (rango, parola, versione)
);

-- The office of an amministrazione, as the IPA knows it.
ALTER TABLE corrispondenti ADD COLUMN codice_uo TEXT;
