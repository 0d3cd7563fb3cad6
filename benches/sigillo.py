#!/usr/bin/env python3
"""Reading a sealed segnatura 3.0.0, process against process: `tabulario segnatura` and Debian's `xmlsec1 --verify`.

    python3 benches/sigillo.py PROGRAM [HOW MANY]

PROGRAM is `target/release/tabulario`. It reads, validates and judges the seal; `xmlsec1` verifies the seal alone. They take turns in one run, and the
medians are compared; the load of the machine is printed with them.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

RADICE = Path(__file__).resolve().parent.parent
FILE = RADICE / "fixtures/segnatura/3.0.0-sigillata.xml"
CA = RADICE / "fixtures/chiavi/ca-firma.pem"


def tempo(comando):
    inizio = time.perf_counter()
    esito = subprocess.run(comando, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    durata = time.perf_counter() - inizio
    if esito.returncode != 0:
        raise SystemExit(f"{comando[0]} exited {esito.returncode}")
    return durata


def main():
    programma = sys.argv[1]
    quante = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    nostro = [programma, "segnatura", FILE, "--json", "--fiducia", CA, "--istante", "2026-11-22T12:00:00Z"]
    altro = ["xmlsec1", "--verify", "--enabled-key-data", "x509", "--verification-gmt-time", "2026-11-22 12:00:00"]
    altro += ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "--trusted-pem", CA, FILE]
    tempi = {"tabulario": [], "xmlsec1": []}
    for _ in range(quante):
        tempi["tabulario"].append(tempo(nostro))
        tempi["xmlsec1"].append(tempo(altro))
    mediane = {nome: statistics.median(t) * 1000 for nome, t in tempi.items()}
    for nome, ms in mediane.items():
        print(f"{nome}: {ms:.1f} ms (median of {quante})")
    print(f"ratio {mediane['tabulario'] / mediane['xmlsec1']:.2f}, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
