#!/usr/bin/python3
"""A PEC provider for the tests: SMTP by aiosmtpd, receipts signed by the gestore of our fixtures, put into a Maildir.

    gestore.py CARTELLA CERTIFICATO CHIAVE UTENTE FILE_PAROLA MAILDIR [MASSIMO_BYTE]

Prints the ports (TLS from the first byte, STARTTLS) and serves until it is killed. Every message that it takes is a line of JSON in
CARTELLA/presi; every session, one in CARTELLA/sessioni. How it misbehaves is said by the first part of the recipient's address:

    bene           accepted and delivered
    piena          accepted, not delivered
    rifiutata      the provider says that it does not accept it
    muta           taken, no receipt ever
    esterna        accepted, for an address of ordinary mail: delivered without a receipt
    rovescia       receipts in the wrong order, each twice
    occupata       the first time 451 to RCPT, then as bene
    ingombra       the first time 452 after the bytes, then as bene
    inesistente    550 to RCPT
    vietata        554 after the bytes
    cade-presa     the first time taken, and the line cut instead of an answer
    cade-persa     the first time not taken, and the line cut instead of an answer
    cade-prima     the first time the line is cut at RCPT
"""

import asyncio
import datetime
import email
import email.header
import functools
import hashlib
import json
import os
import pathlib
import ssl
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "fixtures"))

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from generatore import pec
from generatore.chiavi import Firma

GESTORE = Firma("gestore-pec", "Posta Certificata Gestore Esempio", None, False)
# Receipts are of a day on which the certificate of the gestore is good, whenever the tests run.
INIZIO = datetime.datetime(2026, 11, 17, 9, 0, 0, tzinfo=pec.ROMA)


class Gestore:
    def __init__(self, cartella, utente, parola, maildir):
        self.cartella, self.utente, self.parola, self.maildir = cartella, utente, parola, maildir
        self.ricevute = 0
        self.volte = {}
        self.serratura = threading.Lock()

    def annota(self, file, voce):
        with self.serratura, open(self.cartella / file, "a") as f:
            f.write(json.dumps(voce) + "\n")
            f.flush()
            os.fsync(f.fileno())

    def prima_volta(self, chiave):
        self.volte[chiave] = self.volte.get(chiave, 0) + 1
        return self.volte[chiave] == 1

    def autentica(self, server, session, envelope, mechanism, dati):
        buono = isinstance(dati, LoginPassword) and (dati.login, dati.password) == (self.utente, self.parola)
        self.annota("sessioni", {"meccanismo": mechanism, "entra": buono, "cifrata": server.transport.get_extra_info("cipher") is not None})
        return AuthResult(success=buono, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, opzioni):
        come = address.split("@")[0]
        if come == "inesistente":
            return "550 5.1.1 casella inesistente"
        if come == "occupata" and self.prima_volta(address):
            return "451 4.3.2 riprova dopo"
        if come == "cade-prima" and self.prima_volta(address):
            server.transport.abort()
            return "421 addio"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (a,) = envelope.rcpt_tos
        come = a.split("@")[0]
        if come == "vietata":
            return "554 5.7.1 contenuto vietato"
        if come == "ingombra" and self.prima_volta(a):
            return "452 4.2.2 spazio esaurito"
        if come == "cade-persa" and self.prima_volta(a):
            server.transport.abort()
            return "421 addio"
        self.prendi(envelope.mail_from, a, envelope.content)
        if come == "cade-presa" and self.prima_volta(a):
            server.transport.abort()
            return "421 addio"
        return "250 OK"

    def prendi(self, da, a, byte):
        m = email.message_from_bytes(byte)
        come, msgid = a.split("@")[0], m["Message-ID"].strip()
        self.annota("presi", {
            "da": da, "a": a, "msgid": msgid, "sha256": hashlib.sha256(byte).hexdigest(), "byte": len(byte),
            "tipoRicevuta": m["X-TipoRicevuta"],
        })
        if come == "muta":
            return
        oggetto = str(email.header.make_header(email.header.decode_header(m["Subject"]))).replace("\n", "").replace("\r", "")
        tipo = m["X-TipoRicevuta"] or "completa"
        errore = {"errore": "no-dest", "errore_esteso": "5.2.2 casella piena"}
        quali = {
            "piena": [("accettazione", {}), ("errore-consegna", {"consegna": a, **errore})],
            "esterna": [("accettazione", {})],
            "rifiutata": [("non-accettazione", {"errore": "altro", "errore_esteso": "formato non ammesso"})],
        }.get(come, [("accettazione", {}), ("avvenuta-consegna", {"ricevuta": tipo, "consegna": a})])
        if come == "rovescia":
            quali = [q for q in reversed(quali) for _ in range(2)]
        for ricevuta, dati in quali:
            self.consegna(self.ricevuta(ricevuta, da, a, msgid, oggetto, dati))

    def ricevuta(self, tipo, da, a, msgid, oggetto, dati):
        with self.serratura:
            self.ricevute += 1
            numero = self.ricevute
        istante = INIZIO + datetime.timedelta(seconds=numero)
        c = pec.Certificato(tipo, da, [(a, "esterno" if a.startswith("esterna@") else "certificato")], oggetto, istante, numero, msgid, **dati)
        extra = [("X-Ricevuta", tipo)] + ([("X-TipoRicevuta", c.ricevuta)] if c.ricevuta else [])
        return pec.imbusta(c, None, [da], GESTORE, extra)[0]

    def consegna(self, byte):
        nome = f"ricevuta-{os.getpid()}-{self.ricevute:05}-{hashlib.sha256(byte).hexdigest()[:8]}-{len(os.listdir(self.maildir / 'new')):05}"
        (self.maildir / "tmp" / nome).write_bytes(byte)
        (self.maildir / "tmp" / nome).chmod(0o666)
        os.rename(self.maildir / "tmp" / nome, self.maildir / "new" / nome)


def main():
    cartella, certificato, chiave, utente, file_parola, maildir = sys.argv[1:7]
    massimo = int(sys.argv[7]) if len(sys.argv) > 7 else None
    parola = pathlib.Path(file_parola).read_text().strip().encode()
    gestore = Gestore(pathlib.Path(cartella), utente.encode(), parola, pathlib.Path(maildir))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificato, chiave)
    comuni = {"hostname": "gestore.example", "authenticator": gestore.autentica, "auth_required": True,
              "data_size_limit": massimo or 33_554_432}
    asyncio.run(servi(gestore, tls, comuni))


async def servi(gestore, tls, comuni):
    porte, loop = [], asyncio.get_running_loop()
    for cifrata_subito in (True, False):
        altri = {"auth_require_tls": False} if cifrata_subito else {"tls_context": tls, "require_starttls": True}
        fabbrica = functools.partial(SMTP, gestore, **comuni, **altri)
        server = await loop.create_server(fabbrica, "127.0.0.1", 0, ssl=tls if cifrata_subito else None)
        porte.append(server.sockets[0].getsockname()[1])
    print(*porte, flush=True)
    await asyncio.Event().wait()


main()
