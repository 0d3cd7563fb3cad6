#!/usr/bin/env python3
"""Writes files as the IPA publishes them, of any size, with invented bodies:

    python3 benches/ipa.py DIR [AMMINISTRAZIONI AOO UO]      (20000 25000 60000)
    time tabulario importa ipa DIR/*.csv --dir DATI
"""
import csv
import pathlib
import random
import sys

dove = pathlib.Path(sys.argv[1])
enti, aoo, uo = (int(n) for n in sys.argv[2:5]) if len(sys.argv) > 2 else (20_000, 25_000, 60_000)
caso = random.Random(5)
QUI = pathlib.Path(__file__).resolve().parents[1] / "fixtures/ipa"
SILLABE = "ba be bi ca ce co da de do fa fi ga go la le lo ma me mo na no pa pe ra re ro sa se so ta te ti to va ve vi".split()
ENTI = ["Comune di", "Istituto comprensivo", "Liceo", "Unione dei comuni di", "Azienda sanitaria di", "Ordine degli avvocati di"]
UFFICI = ["Ufficio tecnico", "Servizi demografici", "Ragioneria", "Polizia locale", "Settore ambiente", "Ufficio protocollo", "Ufficio personale"]


def nome():
    return "".join(caso.choice(SILLABE) for _ in range(caso.randint(2, 4))).capitalize()


def scrivi(file, righe):
    with open(QUI / file, encoding="utf-8-sig") as f:
        colonne = next(csv.reader(f))
    with open(dove / file, "w", newline="", encoding="utf-8-sig") as f:
        penna = csv.DictWriter(f, colonne)
        penna.writeheader()
        for i, riga in enumerate(righe, 1):
            penna.writerow({"_id": i, "Data_aggiornamento": "2026-10-30", **riga})


def base(e):
    codice, denominazione = nomi[e]
    return {"Codice_IPA": codice, "Denominazione_ente": denominazione, "CAP": f"{e % 99999:05}", "Indirizzo": f"Via {nome()}, {e % 90}"}


dove.mkdir(parents=True, exist_ok=True)
nomi = [(f"x_{i:06}", f"{caso.choice(ENTI)} {nome()} {nome()}") for i in range(enti)]
pec = lambda chi: {"Mail1": chi, "Tipo_Mail1": "Pec"}
scrivi("amministrazioni.csv", ({**base(e), **pec(f"protocollo@pec.x{e}.example")} for e in range(enti)))
scrivi("aoo.csv", ({**base(i % enti), "Codice_uni_aoo": f"A{i:06}", "Denominazione_aoo": "Area organizzativa omogenea",
                    **pec(f"protocollo@pec.x{i % enti}.example")} for i in range(aoo)))
scrivi("uo.csv", ({**base(i % enti), "Codice_uni_uo": f"U{i:06}", "Codice_uni_aoo": f"A{i % aoo:06}",
                   "Descrizione_uo": f"{caso.choice(UFFICI)} {nome()}", **(pec(f"ufficio{i}@pec.x{i % enti}.example") if i % 3 else {})}
                  for i in range(uo)))
