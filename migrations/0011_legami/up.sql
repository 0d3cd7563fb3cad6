-- Links between registrations (module `registro`): an act, and the act that takes it away.
CREATE TABLE collegamenti (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    da_id TEXT NOT NULL REFERENCES registrazioni (id),
    a_id TEXT NOT NULL REFERENCES registrazioni (id),
    specie TEXT NOT NULL CHECK (specie IN ('risponde-a', 'collegato-a')),
    nota TEXT,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX collegamenti_da ON collegamenti (da_id, id);
CREATE INDEX collegamenti_a ON collegamenti (a_id, id);

CREATE TABLE scollegamenti (
    collegamento_id TEXT NOT NULL PRIMARY KEY REFERENCES collegamenti (id),
    istante TIMESTAMP NOT NULL
);
