-- An older copy of the database that was put back (module `registro`): the RSP recognises it, and says up to which number it had come.
-- `posizione` and `anello` are the last link that was written apart and is in no chain any more; lost are the numbers after `precedente` up
-- to `ultimo`. `aoo_id` refers to nothing: the chain of the installation has no row in `aoo`.
CREATE TABLE copie_riconosciute (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL,
    posizione BIGINT NOT NULL,
    anello TEXT NOT NULL,
    registro TEXT,
    anno INTEGER,
    precedente BIGINT,
    ultimo BIGINT,
    motivo TEXT NOT NULL,
    istante TIMESTAMP NOT NULL,
    CHECK ((registro IS NULL) = (anno IS NULL) AND (registro IS NULL) = (precedente IS NULL) AND (registro IS NULL) = (ultimo IS NULL)),
    CHECK (ultimo IS NULL OR ultimo > precedente)
);
CREATE INDEX copie_riconosciute_per_aoo ON copie_riconosciute (aoo_id, id);
