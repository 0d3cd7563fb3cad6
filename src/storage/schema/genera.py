"""Writes the tables as diesel knows them, from `migrations/` (columns) and `docs/REGISTRO.md` (owners): `make schema`.

Understands what our migrations do: CREATE TABLE, ALTER TABLE ... ADD COLUMN, DROP TABLE, and a table made again, with its name or as `<name>_nuova`."""

import pathlib
import re

RADICE = pathlib.Path(__file__).resolve().parents[3]
QUI = pathlib.Path(__file__).resolve().parent
TIPI = {"TEXT": "Text", "BIGINT": "BigInt", "INTEGER": "Integer", "BOOLEAN": "Bool", "TIMESTAMP": "Timestamp", "DATE": "Date"}

sql = "".join(f.read_text() for f in sorted(RADICE.glob("migrations/*/up.sql")))
aggiunte = {}
for tabella, colonna in re.findall(r"ALTER TABLE (\w+) ADD COLUMN ([^;]+);", sql):
    aggiunte.setdefault(tabella, []).append(colonna)
# A table that is made again takes its last shape, in its first place.
corpi = {}
for tabella, corpo in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", sql, re.S):
    corpi[tabella.removesuffix("_nuova")] = corpo
# One that goes away and does not come back: not the one whose name the new one takes.
for tabella in re.findall(r"DROP TABLE (\w+);", sql):
    if f"ALTER TABLE {tabella}_nuova RENAME TO {tabella};" not in sql and sql.count(f"CREATE TABLE {tabella} (") == 1:
        corpi.pop(tabella)
righe = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \|", (RADICE / "docs/REGISTRO.md").read_text(), re.M)
padroni = {tabella: padrone for tabella, padrone, _ in righe}
lavoro = {tabella for tabella, _, genere in righe if genere == "lavoro"}

file, tabelle, con_id = {}, [], []
for tabella, corpo in corpi.items():
    colonne, chiave = [], None
    for riga in re.split(r",\n", ",\n".join([corpo, *aggiunte.get(tabella, [])])):
        riga = " ".join(riga.split())
        if trovata := re.match(r"PRIMARY KEY \((.*?)\)", riga):
            chiave = trovata[1]
        elif (trovata := re.match(r"(\w+) ([A-Z]+)(.*)", riga)) and trovata[2] in TIPI:
            nome, tipo, resto = trovata.groups()
            chiave = nome if "PRIMARY KEY" in resto else chiave
            tipo = TIPI[tipo] if "NOT NULL" in resto else f"Nullable<{TIPI[tipo]}>"
            colonne.append(f"        {nome} -> {tipo},\n")
    if tabella not in padroni:
        raise SystemExit(f"docs/REGISTRO.md does not say whose table {tabella} is")
    blocco = f"diesel::table! {{\n    {tabella} ({chiave}) {{\n{''.join(colonne)}    }}\n}}\n"
    file.setdefault(padroni[tabella], []).append(blocco)
    tabelle.append(tabella)
    # Working state may have ids that came with a form.
    if chiave == "id" and tabella not in lavoro:
        con_id.append(tabella)

for vecchio in QUI.glob("di_*.rs"):
    vecchio.unlink()
for padrone, blocchi in file.items():
    testo = f"//! The tables that `{padrone}` writes. Made by `make schema`.\n\n" + "\n".join(blocchi)
    (QUI / f"di_{padrone}.rs").write_text(testo)
moduli = sorted(f"di_{padrone}" for padrone in file)
(QUI / "mod.rs").write_text(
    "//! The tables, as diesel knows them: a file per module that writes them. Made by `make schema` from `migrations/`.\n"
    "#![allow(missing_docs)] // The macro makes public items that no reader looks at.\n\n"
    + "".join(f"mod {m};\n" for m in moduli) + "\n" + "".join(f"pub use {m}::*;\n" for m in moduli)
    + "\ndiesel::allow_tables_to_appear_in_same_query!(\n" + "".join(f"    {t},\n" for t in tabelle) + ");\n"
    + "\n/// The tables with ids of ours, which sort by creation.\npub const CON_ID: &[&str] = &[\n"
    + "".join(f'    "{t}",\n' for t in con_id) + "];\n"
)
