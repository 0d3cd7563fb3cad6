-- The address to which an uscita is sent to one of its addressees from now on, instead of the one that was registered (or of none): where the new
-- one comes from, and why. What was registered stays as it is.
CREATE TABLE correzioni_indirizzi (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    destinatario TEXT NOT NULL,
    registrato TEXT,
    indirizzo TEXT NOT NULL,
    fonte TEXT NOT NULL CHECK (fonte IN ('rubrica', 'ipa', 'inipec', 'inad', 'destinatario', 'altro')),
    motivo TEXT NOT NULL,
    autore TEXT NOT NULL,
    istante TIMESTAMP NOT NULL
);
CREATE INDEX correzioni_indirizzi_per_registrazione ON correzioni_indirizzi (registrazione_id, id);
