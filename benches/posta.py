#!/usr/bin/env python3
"""Reading, verifying and storing PEC messages of 50 KB from a Maildir, beside Python's `email` and `openssl cms -verify` that do the same.

    benches/posta.py PROGRAM [--messaggi 1000] [--pari 200]

PROGRAM is a built `tabulario`. Both keep each message in a folder under its SHA-256 and make it durable (fsync) before they take the next
one; both check the provider's signature against the same certificate. Ours also keeps every attachment, judges its signatures, commits
rows and a link of the chain, and marks the mailbox. Everything lies in a folder of its own that is removed; SQLite. It wants openssl."""

import argparse
import datetime
import email
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

RADICE = pathlib.Path(__file__).resolve().parents[1]
sys.dont_write_bytecode = True
sys.path.insert(0, str(RADICE / "fixtures"))
from generatore import mime, pec, persone as p  # noqa: E402
from generatore.chiavi import Firma  # noqa: E402


def campione():
    """A PEC of 50 KB: text and a file of random bytes that no other has, in an envelope that the gestore of our fixtures signed."""
    gestore = Firma("gestore-pec", "Posta Certificata Gestore Esempio", None, False)
    c = pec.Certificato("posta-certificata", "a@pec.example", [(p.PEC_COMUNE, "certificato")], "Istanza",
                        datetime.datetime(2026, 11, 17, 9, 0, tzinfo=pec.ROMA), 1, "<uno@pec.example>")
    allegato = mime.Allegato("istanza.bin", "application/octet-stream", os.urandom(34_000))
    entita = mime.multipart("mixed", "dentro", [mime.testo("Si allega l'istanza.\n"), allegato.parte()])
    interno = pec.originale([("From", "a@pec.example"), ("To", p.PEC_COMUNE), ("Subject", "Istanza")], entita, c)
    extra = [("X-Trasporto", "posta-certificata"), ("Reply-To", "a@pec.example")]
    return pec.imbusta(c, interno, [p.PEC_COMUNE], gestore, extra, da='"Per conto di: a@pec.example" <posta-certificata@pec.gestore.example>')[0]


def pari(messaggi, dir):
    """What a careful script does with each message."""
    deposito, ca = dir / "pari", RADICE / "fixtures/chiavi/ca-gestori.pem"
    deposito.mkdir()
    inizio = time.monotonic()
    for file in messaggi:
        byte = file.read_bytes()
        m = email.message_from_bytes(byte)
        assert [x for x in m.walk() if x.get_filename() == "daticert.xml"]
        esito = subprocess.run(["openssl", "cms", "-verify", "-inform", "SMIME", "-in", file, "-CAfile", ca, "-attime", "1795000000",
                                "-purpose", "any", "-out", "/dev/null"], capture_output=True)
        assert esito.returncode == 0, esito.stderr
        dove = deposito / hashlib.sha256(byte).hexdigest()
        with open(dove, "wb") as f:
            f.write(byte)
            f.flush()
            os.fsync(f.fileno())
        os.rename(file, file.parents[1] / "cur" / file.name)
    return time.monotonic() - inizio


def main():
    argomenti = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    argomenti.add_argument("programma")
    argomenti.add_argument("--messaggi", type=int, default=1000)
    argomenti.add_argument("--pari", type=int, default=200)
    a = argomenti.parse_args()
    dir = pathlib.Path(tempfile.mkdtemp())
    try:
        for nome, quanti in (("nostra", a.messaggi), ("sua", a.pari)):
            for ramo in ("new", "cur", "tmp"):
                (dir / nome / ramo).mkdir(parents=True)
            for i in range(quanti):
                uno = campione()
                (dir / nome / "new" / f"{i:06}").write_bytes(uno)
        suo = pari(sorted((dir / "sua/new").iterdir()), dir) / a.pari
        (dir / "dati/fiducia/gestori").mkdir(parents=True)
        shutil.copy(RADICE / "fixtures/chiavi/ca-gestori.pem", dir / "dati/fiducia/gestori")
        tabulario = [a.programma, "--dir", dir / "dati"]
        subprocess.run([*tabulario, "aoo", "crea", "--ente", "c_x999", "--nome-ente", "Comune", "--codice", "AX99Z01", "--nome", "Comune",
                        "--registro", "PG", "--pec", "p@pec.example.it"], check=True, capture_output=True)
        subprocess.run([*tabulario, "casella", "aggiungi", "--aoo", "AX99Z01", "--indirizzo", "p@pec.example.it", "--maildir", dir / "nostra"],
                       check=True, capture_output=True)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            porta = s.getsockname()[1]
        server = subprocess.Popen([*tabulario, "serve", "--port", str(porta)], env={**os.environ, "TABULARIO_LOG__LIVELLO": "error"})
        tempi = {}
        while tempi.get(a.messaggi) is None:
            time.sleep(0.02)
            db = sqlite3.connect(f"file:{dir}/dati/tabulario.db?mode=ro", uri=True, timeout=30)
            try:
                fatti = db.execute("SELECT count(*) FROM messaggi WHERE firma_gestore = 'TOTAL-PASSED'").fetchone()[0]
            finally:
                db.close()
            if fatti:
                tempi.setdefault(fatti, time.monotonic())
        server.send_signal(signal.SIGTERM)
        server.wait()
        prima, ultima = min(tempi), max(tempi)
        nostro = (tempi[ultima] - tempi[prima]) / (ultima - prima)
        print(f"a PEC of {len(uno) / 1000:.0f} KB read, verified and stored: {nostro * 1e3:.2f} ms ours, {suo * 1e3:.2f} ms Python and openssl "
              f"({suo / nostro:.1f})")
    finally:
        shutil.rmtree(dir, ignore_errors=True)


main()
