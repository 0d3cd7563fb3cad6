-- The pages of the register (module `registro`): the newest of an AOO, in the order in which they are shown.
CREATE INDEX registrazioni_per_aoo ON registrazioni (aoo_id, id);
