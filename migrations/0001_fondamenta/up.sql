-- Bodies, people and what they may see (module `utenti`).
CREATE TABLE enti (
    id TEXT NOT NULL PRIMARY KEY,
    codice_ipa TEXT NOT NULL UNIQUE,
    denominazione TEXT NOT NULL,
    creato TIMESTAMP NOT NULL
);

CREATE TABLE aoo (
    id TEXT NOT NULL PRIMARY KEY,
    ente_id TEXT NOT NULL REFERENCES enti (id),
    codice TEXT NOT NULL,
    denominazione TEXT NOT NULL,
    registro TEXT NOT NULL,
    pec TEXT NOT NULL,
    creata TIMESTAMP NOT NULL,
    UNIQUE (ente_id, codice)
);

CREATE TABLE uffici (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    codice TEXT NOT NULL,
    denominazione TEXT NOT NULL,
    padre_id TEXT REFERENCES uffici (id),
    creato TIMESTAMP NOT NULL,
    UNIQUE (aoo_id, codice)
);

CREATE TABLE utenti (
    id TEXT NOT NULL PRIMARY KEY,
    nome_utente TEXT NOT NULL UNIQUE,
    nome TEXT NOT NULL,
    cognome TEXT NOT NULL,
    creato TIMESTAMP NOT NULL
);

CREATE TABLE credenziali (
    utente_id TEXT NOT NULL PRIMARY KEY REFERENCES utenti (id),
    parola TEXT NOT NULL
);

CREATE TABLE ruoli (
    id TEXT NOT NULL PRIMARY KEY,
    utente_id TEXT NOT NULL REFERENCES utenti (id),
    ufficio_id TEXT NOT NULL REFERENCES uffici (id),
    ruolo TEXT NOT NULL CHECK (ruolo IN ('operatore', 'rsp', 'addetto', 'responsabile-ufficio',
        'responsabile-conservazione', 'amministratore', 'revisore')),
    dal TIMESTAMP NOT NULL,
    UNIQUE (utente_id, ufficio_id, ruolo)
);

CREATE TABLE applicazioni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    nome TEXT NOT NULL,
    gettone_sha256 TEXT NOT NULL UNIQUE,
    voce TEXT,
    ufficio TEXT,
    creata TIMESTAMP NOT NULL
);

CREATE TABLE revoche (
    applicazione_id TEXT NOT NULL PRIMARY KEY REFERENCES applicazioni (id),
    istante TIMESTAMP NOT NULL
);

CREATE TABLE sessioni (
    gettone_sha256 TEXT NOT NULL PRIMARY KEY,
    utente_id TEXT NOT NULL REFERENCES utenti (id),
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    modulo TEXT NOT NULL,
    creata TIMESTAMP NOT NULL,
    vista TIMESTAMP NOT NULL
);

CREATE TABLE visibilita (
    oggetto_id TEXT NOT NULL,
    ufficio_id TEXT NOT NULL REFERENCES uffici (id),
    motivo TEXT NOT NULL,
    dal TIMESTAMP NOT NULL,
    PRIMARY KEY (oggetto_id, ufficio_id)
);
CREATE INDEX visibilita_per_ufficio ON visibilita (ufficio_id, oggetto_id);

CREATE TABLE risposte (
    ambito TEXT NOT NULL,
    chiave TEXT NOT NULL,
    corpo_sha256 TEXT NOT NULL,
    oggetto_id TEXT NOT NULL,
    creata TIMESTAMP NOT NULL,
    PRIMARY KEY (ambito, chiave)
);

-- The chain of events (module `audit`).
CREATE TABLE catene (
    aoo_id TEXT NOT NULL PRIMARY KEY,
    posizione BIGINT NOT NULL,
    anello TEXT NOT NULL
);

CREATE TABLE eventi (
    aoo_id TEXT NOT NULL,
    posizione BIGINT NOT NULL,
    istante TIMESTAMP NOT NULL,
    attore TEXT NOT NULL,
    tipo TEXT NOT NULL,
    oggetto_tipo TEXT NOT NULL,
    oggetto_id TEXT NOT NULL,
    carico_sha256 TEXT NOT NULL,
    anello TEXT NOT NULL,
    PRIMARY KEY (aoo_id, posizione)
);
CREATE INDEX eventi_per_oggetto ON eventi (oggetto_id);

-- The store (module `documenti`).
CREATE TABLE file (
    sha256 TEXT NOT NULL PRIMARY KEY,
    dimensione BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    creato TIMESTAMP NOT NULL
);

CREATE TABLE usi_file (
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    oggetto_tipo TEXT NOT NULL,
    oggetto_id TEXT NOT NULL,
    PRIMARY KEY (sha256, oggetto_tipo, oggetto_id)
);
CREATE INDEX usi_file_per_oggetto ON usi_file (oggetto_id);

-- Classification (module `titolario`).
CREATE TABLE titolari (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    nome TEXT NOT NULL,
    dal TIMESTAMP NOT NULL
);
CREATE INDEX titolari_per_aoo ON titolari (aoo_id, dal);

CREATE TABLE voci (
    id TEXT NOT NULL PRIMARY KEY,
    titolario_id TEXT NOT NULL REFERENCES titolari (id),
    codice TEXT NOT NULL,
    denominazione TEXT NOT NULL,
    posizione INTEGER NOT NULL,
    UNIQUE (titolario_id, codice)
);

CREATE TABLE classificazioni (
    id TEXT NOT NULL PRIMARY KEY,
    registrazione_id TEXT NOT NULL,
    voce_id TEXT NOT NULL REFERENCES voci (id),
    istante TIMESTAMP NOT NULL
);
CREATE INDEX classificazioni_per_registrazione ON classificazioni (registrazione_id, id);

-- The register (module `registro`).
CREATE TABLE contatori (
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registro TEXT NOT NULL,
    anno INTEGER NOT NULL,
    ultimo BIGINT NOT NULL,
    ultimo_istante TIMESTAMP NOT NULL,
    PRIMARY KEY (aoo_id, registro)
);

CREATE TABLE registrazioni (
    id TEXT NOT NULL PRIMARY KEY,
    aoo_id TEXT NOT NULL REFERENCES aoo (id),
    registro TEXT NOT NULL,
    anno INTEGER NOT NULL,
    numero BIGINT NOT NULL CHECK (numero > 0),
    istante TIMESTAMP NOT NULL,
    flusso TEXT NOT NULL CHECK (flusso IN ('entrata', 'uscita', 'interna')),
    oggetto TEXT NOT NULL,
    mezzo TEXT NOT NULL,
    arrivo TIMESTAMP,
    protocollo_mittente_numero TEXT,
    protocollo_mittente_data DATE,
    tipologia TEXT,
    riservato BOOLEAN NOT NULL,
    risponde_a TEXT REFERENCES registrazioni (id),
    segnatura TEXT NOT NULL,
    UNIQUE (aoo_id, registro, anno, numero)
);
CREATE INDEX registrazioni_per_istante ON registrazioni (aoo_id, istante);

CREATE TABLE corrispondenti (
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    posizione INTEGER NOT NULL,
    ruolo TEXT NOT NULL CHECK (ruolo IN ('mittente', 'destinatario')),
    per_conoscenza BOOLEAN NOT NULL,
    tipo TEXT NOT NULL CHECK (tipo IN ('persona-fisica', 'persona-giuridica', 'amministrazione',
        'amministrazione-estera')),
    denominazione TEXT,
    nome TEXT,
    cognome TEXT,
    codice_fiscale TEXT,
    codice_ipa TEXT,
    codice_aoo TEXT,
    pec TEXT,
    PRIMARY KEY (registrazione_id, posizione)
);

CREATE TABLE documenti_registrati (
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    posizione INTEGER NOT NULL,
    ruolo TEXT NOT NULL CHECK (ruolo IN ('principale', 'allegato')),
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    nome TEXT NOT NULL,
    descrizione TEXT,
    PRIMARY KEY (registrazione_id, posizione)
);
CREATE INDEX documenti_registrati_per_file ON documenti_registrati (sha256);

CREATE TABLE segnature (
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    dialetto TEXT NOT NULL CHECK (dialetto IN ('60-2013', '3.0.0')),
    xml TEXT NOT NULL,
    PRIMARY KEY (registrazione_id, dialetto)
);

-- The desk (module `scrivania`).
CREATE TABLE assegnazioni (
    id TEXT NOT NULL PRIMARY KEY,
    registrazione_id TEXT NOT NULL REFERENCES registrazioni (id),
    ufficio_id TEXT NOT NULL REFERENCES uffici (id),
    titolo TEXT NOT NULL CHECK (titolo IN ('competenza', 'conoscenza')),
    istante TIMESTAMP NOT NULL
);
CREATE INDEX assegnazioni_per_registrazione ON assegnazioni (registrazione_id, id);
CREATE INDEX assegnazioni_per_ufficio ON assegnazioni (ufficio_id, id);
