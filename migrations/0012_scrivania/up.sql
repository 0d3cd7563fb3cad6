-- The desk (module `scrivania`): to whom in the office, what becomes of an assignment, how a term stops and starts.
ALTER TABLE assegnazioni ADD COLUMN persona_id TEXT REFERENCES utenti (id);
ALTER TABLE assegnazioni ADD COLUMN nota TEXT;

CREATE TABLE movimenti (
    id TEXT NOT NULL PRIMARY KEY,
    assegnazione_id TEXT NOT NULL REFERENCES assegnazioni (id),
    posizione INTEGER NOT NULL CHECK (posizione > 0),
    cosa TEXT NOT NULL CHECK (cosa IN ('presa-in-carico', 'restituzione', 'rifiuto', 'conclusione', 'lettura')),
    attore TEXT NOT NULL,
    testo TEXT,
    istante TIMESTAMP NOT NULL,
    UNIQUE (assegnazione_id, posizione)
);

-- What lies on a desk now: the shadow of assignments, movements and terms, written with them, for lists that stay fast.
CREATE TABLE pratiche (
    assegnazione_id TEXT NOT NULL PRIMARY KEY REFERENCES assegnazioni (id),
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    ufficio_id TEXT NOT NULL REFERENCES uffici (id),
    stato TEXT NOT NULL CHECK (stato IN ('da-prendere', 'in-carico', 'rifiutata', 'conclusa', 'da-leggere')),
    persona_id TEXT REFERENCES utenti (id),
    attore TEXT,
    dal TIMESTAMP NOT NULL,
    scade DATE
);
CREATE INDEX pratiche_per_registrazione ON pratiche (registrazione_id);
CREATE INDEX pratiche_per_ufficio ON pratiche (ufficio_id, stato, dal, assegnazione_id);
CREATE INDEX pratiche_per_scadenza ON pratiche (ufficio_id, scade) WHERE stato IN ('da-prendere', 'in-carico');
CREATE INDEX pratiche_rifiutate ON pratiche (aoo_id, dal, assegnazione_id) WHERE stato = 'rifiutata';

-- A term may be given again: more than one row, the newest counts.
CREATE TABLE termini_nuova (
    id TEXT NOT NULL PRIMARY KEY,
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    decorre TIMESTAMP NOT NULL,
    giorni INTEGER NOT NULL CHECK (giorni > 0),
    interrompibile BOOLEAN NOT NULL,
    scade DATE
);
INSERT INTO termini_nuova (id, registrazione_id, decorre, giorni, interrompibile, scade)
    SELECT registrazione_id, registrazione_id, decorre, giorni, FALSE, scade FROM termini;
DROP TABLE termini;
ALTER TABLE termini_nuova RENAME TO termini;
CREATE INDEX termini_per_registrazione ON termini (registrazione_id, id);

CREATE TABLE vicende (
    id TEXT NOT NULL PRIMARY KEY,
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    cosa TEXT NOT NULL CHECK (cosa IN ('sospensione', 'preavviso', 'interruzione', 'ripresa')),
    giorno DATE NOT NULL,
    fino DATE,
    motivo TEXT NOT NULL,
    scade DATE
);
CREATE INDEX vicende_per_registrazione ON vicende (registrazione_id, id);

ALTER TABLE procedimenti ADD COLUMN interrompibile BOOLEAN NOT NULL DEFAULT FALSE;

-- What was assigned before is on the desks from now on; an uscita is with the office it comes from and asks nothing.
INSERT INTO pratiche (assegnazione_id, registrazione_id, aoo_id, ufficio_id, stato, dal, scade)
    SELECT a.id, a.registrazione_id, r.aoo_id, a.ufficio_id,
        CASE a.titolo WHEN 'competenza' THEN 'da-prendere' ELSE 'da-leggere' END, a.istante, t.scade
    FROM assegnazioni a
    JOIN registrazioni r ON r.id = a.registrazione_id
    LEFT JOIN termini t ON t.registrazione_id = a.registrazione_id
    WHERE a.titolo = 'conoscenza' OR (
        a.id = (SELECT max(b.id) FROM assegnazioni b
            WHERE b.registrazione_id = a.registrazione_id AND b.titolo = 'competenza')
        AND (r.flusso <> 'uscita' OR 1 < (SELECT count(*) FROM assegnazioni c
            WHERE c.registrazione_id = a.registrazione_id AND c.titolo = 'competenza')));
