#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets.

    python3 fuzz/semi.py            fills fuzz/corpus/TARGET, which git does not keep, from fixtures/, fuzz/semi/ and ../shared/corpus
    python3 fuzz/semi.py --rifai    makes fuzz/semi/ again, with the test keys of fixtures/chiavi: the formats that fixtures/ lacks

Python's standard library and the `openssl` command. What is of others goes only into fuzz/corpus.
"""

import base64
import hashlib
import io
import os
import shutil
import sys
import zipfile
from pathlib import Path

QUI = Path(__file__).resolve().parent
RADICE = QUI.parent
FIXTURES = RADICE / "fixtures"
SEMI = QUI / "semi"
CORPUS = QUI / "corpus"
sys.path.insert(0, str(FIXTURES))

from generatore import asn1  # noqa: E402
from generatore.asn1 import scrivi as tlv  # noqa: E402
from generatore.chiavi import CHIAVI, openssl  # noqa: E402

# The longest file taken from ../shared: mutants of larger ones are slow and no odder.
MASSIMO_BYTE = 128 * 1024

# Target: folders of fixtures/ and of semi/ with the endings that are taken; the same of ../shared/corpus.
FONTI = {
    "verifica": (["firma", "xades", "pades", "semi/marca", "semi/asic"], ["cades", "xades", "pades", "asic", "mime"]),
    "cades": (["firma"], ["cades"]),
    "pades": (["pades"], ["pades"]),
    "xades": (["xades"], ["xades"]),
    "asic": (["semi/asic"], ["asic"]),
    "marca": (["semi/marca"], ["cades:.tsd", "cades:.tsr", "cades:.tst", "cades:.m7m"]),
    "certificato": (["semi/certificato"], ["tsl:.crt", "tsl:.cer", "tsl:.der", "tsl:.pem"]),
    "revoca": (["semi/revoca"], []),
    "lista": (["fiducia"], ["tsl:.xml"]),
    "segnatura": (["segnatura"], ["pec:.xml"]),
    "messaggio": (["posta"], ["pec:.eml", "mime:.eml"]),
}

DOCUMENTO = b"Si dispone l'apertura dello sportello.\n"  # the same that tests/it/firma.rs signs
SHA256, SHA256_CON_RSA = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11"
DATA, SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
ORA, DOPO, PRIMA = b"20261118000000Z", b"20261121000000Z", b"20261001000000Z"


def oid(testo):
    primo, secondo, *altri = map(int, testo.split("."))
    byte = bytearray([primo * 40 + secondo])
    for numero in altri:
        cifre = [numero & 0x7F]
        while numero := numero >> 7:
            cifre.insert(0, 0x80 | numero & 0x7F)
        byte += bytes(cifre)
    return tlv(6, bytes(byte))


def algoritmo(testo):
    return tlv(0x30, oid(testo))


def certificato(nome):
    return openssl("x509", "-in", CHIAVI / f"{nome}.pem", "-outform", "DER")


def campi(der):
    """Serial number, issuer, subject, key, and the bits of the key, of a certificate."""
    nodo, _ = asn1.leggi(der)
    tbs = nodo.figli[0].figli
    intero = lambda n: der[n.inizio : n.fine]  # noqa: E731
    return intero(tbs[1]), intero(tbs[3]), intero(tbs[5]), intero(tbs[6]), tbs[6].figli[1].byte(der)[1:]


def firma(nome, byte):
    return openssl("dgst", "-sha256", "-sign", CHIAVI / f"{nome}.key.pem", dati=byte)


def firmato(nome, tbs, resto=b""):
    return tlv(0x30, tbs + algoritmo(SHA256_CON_RSA) + tlv(3, b"\0" + firma(nome, tbs)) + resto)


def certificato_per(uso):
    """Of our CA, for one thing alone, over a key of the fixtures."""
    ca, chiave = campi(certificato("ca-firma")), campi(certificato("vellini-rsa"))
    nome = tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3") + tlv(12, b"TEST - non valida - Marche"))))
    estensione = tlv(0x30, oid("2.5.29.37") + tlv(1, b"\xff") + tlv(4, tlv(0x30, oid(uso))))
    validita = tlv(0x30, tlv(0x17, b"150101000000Z") + tlv(0x17, b"400101000000Z"))
    tbs = tlv(0xA0, tlv(2, b"\2")) + tlv(2, b"\x4d") + algoritmo(SHA256_CON_RSA) + ca[2] + validita + nome + chiave[3]
    return firmato("ca-firma", tlv(0x30, tbs + tlv(0xA3, tlv(0x30, estensione))))


def attributo(tipo, valore):
    return tlv(0x30, oid(tipo) + tlv(0x31, valore))


def busta(chiave, der, tipo, contenuto, non_firmati=b"", staccata=False):
    """SignedData of one signer."""
    sha = hashlib.sha256
    ess = tlv(0x30, tlv(0x30, tlv(0x30, tlv(4, sha(der).digest()))))
    attributi = [
        attributo("1.2.840.113549.1.9.3", oid(tipo)),
        attributo("1.2.840.113549.1.9.4", tlv(4, sha(contenuto).digest())),
        attributo("1.2.840.113549.1.9.16.2.47", ess),
    ]
    attributi = b"".join(sorted(attributi))
    numero, emittente = campi(der)[:2]
    info = tlv(2, b"\1") + tlv(0x30, emittente + numero) + algoritmo(SHA256) + tlv(0xA0, attributi)
    info += algoritmo("1.2.840.113549.1.1.1") + tlv(4, firma(chiave, tlv(0x31, attributi)))
    info = tlv(0x30, info + (tlv(0xA1, non_firmati) if non_firmati else b""))
    capsula = tlv(0x30, oid(tipo) + (b"" if staccata else tlv(0xA0, tlv(4, contenuto))))
    dati = tlv(2, b"\1") + tlv(0x31, algoritmo(SHA256)) + capsula + tlv(0xA0, der) + tlv(0x31, info)
    return tlv(0x30, oid(SIGNED_DATA) + tlv(0xA0, tlv(0x30, dati)))


def gettone(der, marcato, quando=ORA):
    impronta = tlv(0x30, algoritmo(SHA256) + tlv(4, hashlib.sha256(marcato).digest()))
    info = tlv(2, b"\1") + oid("1.2.3.4") + impronta + tlv(2, b"\t") + tlv(0x18, quando)
    return busta("vellini-rsa", der, TST_INFO, tlv(0x30, info))


def marche():
    tsa = certificato_per("1.3.6.1.5.5.7.3.8")
    uno = gettone(tsa, DOCUMENTO)
    yield "gettone.tst", uno
    yield "risposta.tsr", tlv(0x30, tlv(0x30, tlv(2, b"\0")) + uno)
    metadati = tlv(0x30, tlv(1, b"\xff") + tlv(12, b"delibera.txt"))
    for nome, meta in [("semplice.tsd", b""), ("metadati.tsd", metadati)]:
        prima = tlv(0x30, gettone(tsa, meta + DOCUMENTO))
        prove = tlv(0xA0, prima + tlv(0x30, gettone(tsa, prima)))
        dati = tlv(0x30, tlv(2, b"\1") + meta + tlv(4, DOCUMENTO) + prove)
        yield nome, tlv(0x30, oid("1.2.840.113549.1.9.16.1.31") + tlv(0xA0, dati))
    der = certificato("tarsi-rsa")
    valore = asn1.firmatari(bytearray((FIXTURES / "firma/rsa-der.pdf.p7m").read_bytes()))[0].firma
    valore = (FIXTURES / "firma/rsa-der.pdf.p7m").read_bytes()[valore.valore : valore.fine]
    yield "altra-firma.tst", gettone(tsa, valore)
    marcata = busta("tarsi-rsa", der, DATA, DOCUMENTO, attributo("1.2.840.113549.1.9.16.2.14", uno))
    yield "marca-di-altro.p7m", marcata


def lista_di_revoca(revocati):
    nome = campi(certificato("ca-firma"))[2]
    voci = b"".join(tlv(0x30, campi(certificato(chi))[0] + tlv(0x18, PRIMA)) for chi in revocati)
    tbs = tlv(2, b"\1") + algoritmo(SHA256_CON_RSA) + nome + tlv(0x18, ORA) + tlv(0x18, DOPO)
    return firmato("ca-firma", tlv(0x30, tbs + (tlv(0x30, voci) if voci else b"")))


def risposta(stato, firmata_da="ca-firma", certificati=b""):
    ca = campi(certificato("ca-firma"))
    sha1 = lambda byte: tlv(4, hashlib.sha1(byte).digest())  # noqa: E731
    di = tlv(0x30, algoritmo("1.3.14.3.2.26") + sha1(ca[2]) + sha1(ca[4]) + campi(certificato("tarsi-rsa"))[0])
    voce = tlv(0x30, di + stato + tlv(0x18, ORA))
    dati = tlv(0x30, tlv(0xA1, ca[2]) + tlv(0x18, ORA) + tlv(0x30, voce))
    return firmato(firmata_da, dati, tlv(0xA0, tlv(0x30, certificati)) if certificati else b"")


def revoche():
    """As they stand in SignedData.crls, and as the attribute revocation-values has them."""
    delegato = certificato_per("1.3.6.1.5.5.7.3.9")
    liste = {"vuota": lista_di_revoca([]), "revocata": lista_di_revoca(["tarsi-rsa", "orsello-p256"])}
    risposte = {
        "buona": risposta(tlv(0x80, b"")),
        "revocata": risposta(tlv(0xA1, tlv(0x18, PRIMA))),
        "delegata": risposta(tlv(0x80, b""), "vellini-rsa", delegato),
    }
    for nome, lista in liste.items():
        yield f"crl-{nome}.der", lista
        yield f"valori-crl-{nome}.der", tlv(0x30, tlv(0xA0, tlv(0x30, lista)))
    for nome, basica in risposte.items():
        intera = tlv(0x30, oid("1.3.6.1.5.5.7.48.1.1") + tlv(4, basica))
        intera = tlv(0x30, tlv(10, b"\0") + tlv(0xA0, intera))
        yield f"ocsp-{nome}.der", tlv(0xA1, oid("1.3.6.1.5.5.7.16.2") + intera)
        yield f"valori-ocsp-{nome}.der", tlv(0x30, tlv(0xA1, tlv(0x30, basica)))


def certificati():
    for nome in ["ca-firma", "omonima", "ca-estranea", "orsello-p256", "castri-p384", "lombri-scaduto", "gestore-pec"]:
        yield f"{nome}.der", certificato(nome)
    yield "marche.der", certificato_per("1.3.6.1.5.5.7.3.8")
    yield "tutti.pem", b"".join((CHIAVI / f"{n}.pem").read_bytes() for n in ["ca-firma", "ca-estranea"])


def contenitore(mimetype, file):
    """A ZIP with fixed dates."""
    uscita = io.BytesIO()
    with zipfile.ZipFile(uscita, "w") as archivio:
        def aggiungi(nome, byte, come):
            voce = zipfile.ZipInfo(nome, (2026, 11, 16, 9, 0, 0))
            archivio.writestr(voce, byte, come)
        if mimetype:
            aggiungi("mimetype", mimetype.encode(), zipfile.ZIP_STORED)
        for nome, byte in file.items():
            aggiungi(nome, byte, zipfile.ZIP_DEFLATED)
    return uscita.getvalue()


def contenitori():
    der = certificato("tarsi-rsa")
    staccata = lambda byte: busta("tarsi-rsa", der, DATA, byte, staccata=True)  # noqa: E731
    tipo = "application/vnd.etsi.asic-{}+zip".format
    nota = (FIXTURES / "documenti/nota.txt").read_bytes()
    uno = {"delibera.txt": DOCUMENTO, "META-INF/signature.p7s": staccata(DOCUMENTO)}
    yield "uno.asics", contenitore(tipo("s"), uno)
    yield "senza-tipo.asics", contenitore(None, uno)
    gettone_ = gettone(certificato_per("1.3.6.1.5.5.7.3.8"), DOCUMENTO)
    yield "marcato.asics", contenitore(tipo("s"), {"delibera.txt": DOCUMENTO, "META-INF/timestamp.tst": gettone_})
    voci = ""
    for nome, byte in [("delibera.txt", DOCUMENTO), ("nota%20bene.txt", nota)]:
        impronta = base64.b64encode(hashlib.sha256(byte).digest()).decode()
        voci += f"<a:DataObjectReference URI='{nome}'><d:DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/>"
        voci += f"<d:DigestValue>{impronta}</d:DigestValue></a:DataObjectReference>"
    manifesto = "<a:ASiCManifest xmlns:a='http://uri.etsi.org/02918/v1.2.1#' xmlns:d='http://www.w3.org/2000/09/xmldsig#'>"
    manifesto += f"<a:SigReference URI='META-INF/signature.p7s'/>{voci}</a:ASiCManifest>"
    due = {"delibera.txt": DOCUMENTO, "nota bene.txt": nota, "META-INF/ASiCManifest.xml": manifesto.encode()}
    yield "due.asice", contenitore(tipo("e"), due | {"META-INF/signature.p7s": staccata(manifesto.encode())})
    yield "xml.asice", contenitore(tipo("e"), {"META-INF/signatures.xml": (FIXTURES / "xades/esterna.xml").read_bytes(),
                                              "nota.txt": (FIXTURES / "xades/nota.txt").read_bytes()})
    yield "dentro.asics", contenitore(tipo("s"), {"uno.asics": contenitore(tipo("s"), uno)})


def rifai():
    gruppi = {"marca": marche, "revoca": revoche, "certificato": certificati, "asic": contenitori}
    for cartella, fatti in gruppi.items():
        (SEMI / cartella).mkdir(parents=True, exist_ok=True)
        for nome, byte in fatti():
            (SEMI / cartella / nome).write_bytes(byte)


def fonti(bersaglio):
    nostre, altrui = FONTI[bersaglio]
    condivisi = Path(os.environ.get("TABULARIO_CONDIVISI", RADICE / "../shared")) / "corpus"
    for cartella in nostre:
        yield (QUI if cartella.startswith("semi/") else FIXTURES) / cartella, ""
    for cartella in altrui:
        nome, _, estensione = cartella.partition(":")
        yield condivisi / nome, estensione


def riempi():
    for bersaglio in FONTI:
        dove, quanti = CORPUS / bersaglio, 0
        dove.mkdir(parents=True, exist_ok=True)
        for cartella, estensione in fonti(bersaglio):
            for file in sorted(cartella.glob("**/*") if cartella.is_dir() else []):
                di_prova = file.is_file() and file.suffix not in (".json", ".md", ".tsv") and file.name.endswith(estensione)
                if di_prova and file.stat().st_size <= MASSIMO_BYTE:
                    impronta = hashlib.sha1(file.read_bytes()).hexdigest()
                    shutil.copyfile(file, dove / impronta)
                    quanti += 1
        print(f"{bersaglio}: {quanti}")


if __name__ == "__main__":
    rifai() if "--rifai" in sys.argv[1:] else riempi()
