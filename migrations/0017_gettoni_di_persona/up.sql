-- A token may be a person's (module `utenti`): then it does and sees what they may at that moment, and its acts are theirs.
ALTER TABLE applicazioni ADD COLUMN persona_id TEXT REFERENCES utenti (id);
