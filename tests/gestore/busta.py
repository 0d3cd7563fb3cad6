#!/usr/bin/python3
"""A PEC that somebody sends to the comune of the fixtures, signed by their gestore: busta.py MITTENTE NUMERO FILE... > messaggio.eml

FILE is the path of a file to attach; `segnatura:N` attaches the segnatura 60/2013 of the provincia under its number N. A NUMERO below
zero leaves the message without its gestore: ordinary mail that says the same."""

import datetime
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "fixtures"))

from generatore import mime, pec, persone, segnature
from generatore.chiavi import Firma

GESTORE = Firma("gestore-pec", "Posta Certificata Gestore Esempio", None, False)


def allegato(nome):
    if nome.startswith("segnatura:"):
        xml = segnature.s60_2013().replace(b"0045127", nome.split(":")[1].zfill(7).encode())
        return mime.Allegato("Segnatura.xml", "application/xml", xml)
    file = pathlib.Path(nome)
    tipo = "application/xml" if file.suffix == ".xml" else "application/octet-stream"
    return mime.Allegato(file.name, tipo, file.read_bytes())


def main():
    mittente, numero = sys.argv[1], int(sys.argv[2])
    t = datetime.datetime(2026, 11, 17, 10, 30, 0, tzinfo=pec.ROMA) + datetime.timedelta(seconds=abs(numero))
    destinatari = [(persone.PEC_COMUNE, "certificato")]
    c = pec.Certificato("posta-certificata", mittente, destinatari, "Messaggio di prova", t, 40000 + abs(numero), f"<prova-{numero}@prova.example>")
    parti = [mime.testo("Messaggio di prova.\n"), *(allegato(f).parte() for f in sys.argv[3:])]
    entita = mime.multipart("mixed", "originale-prova", parti)
    coppie = [("Date", pec.data_rfc5322(t)), ("From", mittente), ("To", persone.PEC_COMUNE), ("Subject", "Messaggio di prova")]
    if numero < 0:
        eml = mime.messaggio([*coppie, ("Message-ID", c.msgid)], entita)
    else:
        interno = pec.originale(coppie, entita, c)
        extra = [("X-Trasporto", "posta-certificata"), ("Reply-To", mittente)]
        per_conto = f'"Per conto di: {mittente}" <{pec.INDIRIZZO}>'
        eml = pec.imbusta(c, interno, [persone.PEC_COMUNE], GESTORE, extra, da=per_conto)[0]
    sys.stdout.buffer.write(eml)


main()
