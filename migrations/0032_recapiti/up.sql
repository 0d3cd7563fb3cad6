-- Whose address a message comes from is asked for each message that a rule looks at (module `pec`).
CREATE INDEX recapiti_per_valore ON recapiti (lower(valore));
