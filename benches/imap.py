#!/usr/bin/env python3
"""Receiving from a real Dovecot: how long N waiting messages take, and how much memory M idle mailboxes take.

    benches/imap.py PROGRAM [--messaggi 5000] [--caselle 2000]

PROGRAM is a built `tabulario`. Everything lies in a folder of its own that is removed; SQLite. It wants dovecot-imapd and openssl.
As a peer for the first figure, the same messages are read by Python's imaplib in the same run, kept in memory and thrown away."""

import argparse
import imaplib
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time

PAROLA = "parola"


def porta():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificati(dir):
    ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for cmd in (
        ["req", "-x509", *ec, "-days", "36500", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA", "-addext", "basicConstraints=critical,CA:TRUE"],
        ["req", *ec, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server"],
    ):
        subprocess.run(["openssl", *cmd], cwd=dir, check=True, capture_output=True)
    (dir / "ext").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    firma = "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 36500 -extfile ext -out server.pem"
    subprocess.run(["openssl", *firma.split()], cwd=dir, check=True, capture_output=True)


def dovecot(dir, tls):
    root = os.getuid() == 0
    io = "nobody" if root else subprocess.check_output(["id", "-un"], text=True).strip()
    gruppo = "nogroup" if root else subprocess.check_output(["id", "-gn"], text=True).strip()
    interni = "" if root else f"default_internal_user = {io}\ndefault_internal_group = {gruppo}\ndefault_login_user = {io}\n"
    (dir / "dovecot.conf").write_text(f"""base_dir = {dir}/run
state_dir = {dir}/run
{interni}protocols = imap
listen = 127.0.0.1
log_path = {dir}/log
ssl = required
ssl_cert = <{dir}/server.pem
ssl_key = <{dir}/server.key
first_valid_uid = 0
first_valid_gid = 0
default_client_limit = 20000
default_process_limit = 20000
mail_location = maildir:{dir}/posta/%u
mail_max_userip_connections = 10000
passdb {{
  driver = static
  args = password={PAROLA}
}}
userdb {{
  driver = static
  args = uid={io} gid={gruppo} home={dir}/posta/%u
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 20000
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth-worker {{
  user = {"root" if root else io}
}}
""")
    figlio = subprocess.Popen(["dovecot", "-F", "-c", dir / "dovecot.conf"], stderr=open(dir / "errori", "w"))
    while True:
        try:
            socket.create_connection(("127.0.0.1", tls)).close()
            return figlio
        except OSError:
            if figlio.poll() is not None:
                raise SystemExit((dir / "errori").read_text())
            time.sleep(0.05)


def imbuca(dir, utente, quanti, campioni):
    """Half short messages, half the samples of `fixtures/posta`, each made different from the others."""
    maildir = dir / "posta" / utente
    for ramo in ("new", "cur", "tmp"):
        (maildir / ramo).mkdir(parents=True)
    byte = 0
    for i in range(quanti):
        if i % 2:
            testo = f"X-Prova: {i}\r\n".encode() + campioni[i % len(campioni)]
        else:
            testo = f"From: a@b.it\r\nTo: c@d.it\r\nSubject: Prova {i}\r\nMessage-ID: <{i}@b.it>\r\n\r\nTesto {i}.\r\n".encode()
        byte += len(testo)
        (maildir / "new" / f"{i:06}").write_bytes(testo)
    subprocess.run(["chmod", "-R", "a+rwX", dir / "posta"], check=True)
    return byte


def casella(tabulario, dir, tls, utente, dopo):
    subprocess.run(
        [*tabulario, "casella", "aggiungi", "--aoo", "AX99Z01", "--indirizzo", f"{utente}@pec.example.it", "--imap", f"imaps://127.0.0.1:{tls}",
         "--utente", utente, "--segreto-file", dir / "segreto", "--ca", dir / "ca.pem", "--dopo", dopo, "--cadenza", "1500"],
        check=True, capture_output=True)


def molte(tabulario, dir, tls, quante):
    """One by command, the others as copies of its rows: two thousand commands would be measured instead."""
    casella(tabulario, dir, tls, "molte", "lascia")
    db = sqlite3.connect(dir / "dati" / "tabulario.db")
    c = db.execute("SELECT aoo_id, creata FROM caselle WHERE indirizzo LIKE 'molte%'").fetchone()
    a = db.execute("SELECT * FROM accessi_imap ORDER BY id DESC LIMIT 1").fetchone()
    for i in range(quante - 1):
        id = f"0190{i:04x}-0000-7000-8000-{i:012x}"
        db.execute("INSERT INTO caselle (id, aoo_id, indirizzo, maildir, creata) VALUES (?,?,?,'',?)", (id, c[0], f"c{i}@pec.example.it", c[1]))
        db.execute("INSERT INTO accessi_imap VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", (id, a[1], id, a[3], f"u{i}", *a[5:]))
    db.commit()
    db.close()


def memoria(pid):
    righe = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(r.split()[1]) // 1024 for r in righe if r.startswith("VmRSS"))


def conta(dir, sql):
    db = sqlite3.connect(f"file:{dir}/dati/tabulario.db?mode=ro", uri=True, timeout=30)
    try:
        return db.execute(sql).fetchone()[0]
    finally:
        db.close()


def servi(tabulario):
    return subprocess.Popen([*tabulario, "serve", "--port", str(porta())], env={**os.environ, "TABULARIO_LOG__LIVELLO": "error"})


def ferma(processo):
    processo.send_signal(signal.SIGTERM)
    processo.wait()


def main():
    argomenti = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    argomenti.add_argument("programma")
    argomenti.add_argument("--messaggi", type=int, default=5000)
    argomenti.add_argument("--caselle", type=int, default=2000)
    a = argomenti.parse_args()
    dir = pathlib.Path(tempfile.mkdtemp())
    dir.chmod(0o755)
    tls, figlio = porta(), None
    tabulario = [a.programma, "--dir", dir / "dati"]
    try:
        (dir / "run").mkdir()
        (dir / "posta").mkdir()
        (dir / "posta").chmod(0o777)
        certificati(dir)
        (dir / "segreto").write_text(PAROLA)
        (dir / "segreto").chmod(0o600)
        radice = pathlib.Path(__file__).parents[1]
        campioni = [f.read_bytes() for f in sorted((radice / "fixtures/posta").glob("*.eml"))]
        byte = imbuca(dir, "piena", a.messaggi, campioni)
        figlio = dovecot(dir, tls)
        subprocess.run([*tabulario, "aoo", "crea", "--ente", "c_x999", "--nome-ente", "Comune", "--codice", "AX99Z01", "--nome", "Comune",
                        "--registro", "PG", "--pec", "p@pec.example.it"], check=True, capture_output=True)
        if a.messaggi:
            inizio = time.monotonic()
            contesto = ssl.create_default_context(cafile=dir / "ca.pem")
            with imaplib.IMAP4_SSL("127.0.0.1", tls, ssl_context=contesto) as imap:
                imap.login("piena", PAROLA)
                imap.select()
                for da in range(1, a.messaggi + 1, 50):
                    imap.fetch(f"{da}:{da + 49}", "(BODY.PEEK[])")
            pari = time.monotonic() - inizio
            casella(tabulario, dir, tls, "piena", "segna")
            inizio = time.monotonic()
            server = servi(tabulario)
            while conta(dir, "SELECT count(*) FROM visti_imap WHERE sul_server = 'segnato'") < a.messaggi:
                time.sleep(0.2)
            nostro = time.monotonic() - inizio
            print(f"{a.messaggi} messages ({byte / 1e6:.0f} MB): taken, stored, judged, committed and marked in {nostro:.1f} s; "
                  f"imaplib fetches them in {pari:.1f} s; RSS {memoria(server.pid)} MB")
            ferma(server)
        if a.caselle:
            server = servi(tabulario)
            time.sleep(5)
            prima = memoria(server.pid)
            ferma(server)
            molte(tabulario, dir, tls, a.caselle)
            server = servi(tabulario)
            while conta(dir, "SELECT count(*) FROM contatti WHERE riuscito IS NOT NULL") < a.caselle:
                time.sleep(0.5)
            time.sleep(5)
            print(f"{a.caselle} idle mailboxes watched: RSS {memoria(server.pid)} MB, {prima} MB without them")
            ferma(server)
    finally:
        if figlio:
            figlio.terminate()
            figlio.wait()
        shutil.rmtree(dir, ignore_errors=True)


main()
