-- The date of the principal document, where it is known (module `registro`).
ALTER TABLE registrazioni ADD COLUMN data_documento DATE;

-- What may still change of a registration, changed: one row per datum, with the value before and after (absent if there is none).
-- The newest row of a datum counts. A description is that of the file at this place.
CREATE TABLE dati_variati (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    campo TEXT NOT NULL CHECK (campo IN ('tipologia', 'mezzo', 'dataDocumento', 'descrizione')),
    documento INTEGER CHECK (documento > 0),
    prima TEXT,
    dopo TEXT,
    motivo TEXT,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    CHECK ((campo = 'descrizione') = (documento IS NOT NULL))
);
CREATE INDEX dati_variati_per_registrazione ON dati_variati (registrazione_id, id);

-- A note that somebody added to a registration.
CREATE TABLE annotazioni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    testo TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX annotazioni_per_registrazione ON annotazioni (registrazione_id, id);
