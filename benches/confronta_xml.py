#!/usr/bin/env python3
"""Compares our judgement on XML signatures with `xmlsec1` (libxml2), on random documents and on mutants of them.

    python3 benches/confronta_xml.py PROGRAM [HOW MANY] [SEED]     (needs Debian's xmlsec1)

PROGRAM is `tabulario` (`target/release/tabulario`), which judges each file without anchors: of a sound signature the reason is
NO_CERTIFICATE_CHAIN_FOUND. Every document has namespaces declared, redeclared
and undeclared, `xml:` attributes, comments, instructions, CDATA, references to characters; its signature covers the whole
document or an element of it, through each of the six canonical forms. A difference is printed and kept.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

CHIAVE = Path(__file__).resolve().parent.parent / "fixtures/chiavi/tarsi-rsa.key.pem"
CERTIFICATO = CHIAVE.with_name("tarsi-rsa.pem")
DS = "http://www.w3.org/2000/09/xmldsig#"
INC, INC11 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
FORME = [INC, f"{INC}#WithComments", INC11, f"{INC11}#WithComments", EXC, f"{EXC}WithComments"]
SPAZI = ["urn:a", "urn:b", "urn:c"]
TESTI = ["città", " \n ", "a&amp;b", "&lt;&#13;&#x9;", "<![CDATA[<x>&]]>", "<!-- nota -->", "<?i  d ?>", "1.0\r\n", "😀", "\t"]
SANA = "NO_CERTIFICATE_CHAIN_FOUND"
VALORI = ["1", "a &#10;b", "è&quot;", "x\ty", "&lt;", ""]


def elemento(r, profondo, noti):
    """One random element; `noti` are the prefixes in scope."""
    noti, dichiarazioni, attributi = dict(noti), {}, {}
    for _ in range(r.randrange(3)):
        prefisso = r.choice(["", "p", "q", "r"])
        dichiarazioni[prefisso] = r.choice(SPAZI + [""] if prefisso == "" else SPAZI)
    noti.update(dichiarazioni)
    nome = r.choice(["a", "b", "c", *[f"{p}:d" for p in noti if p]])
    for _ in range(r.randrange(3)):
        attributi[r.choice(["z", "y", "m", "xml:lang", "xml:space", "lungo"])] = r.choice(VALORI)
    prefissi = [p for p in noti if p]
    if prefissi and r.random() < 0.4:
        attributi[f"{r.choice(prefissi)}:k"] = r.choice(VALORI)
    if attributi.get("xml:space") is not None:
        attributi["xml:space"] = "preserve"
    pezzi = [f'xmlns{":" * bool(p)}{p}="{u}"' for p, u in dichiarazioni.items()] + [f'{n}="{v}"' for n, v in attributi.items()]
    r.shuffle(pezzi)
    testa = " ".join([nome, *pezzi])
    if profondo == 0 or r.random() < 0.15:
        return f"<{testa}/>"
    dentro = "".join(r.choice(TESTI) if r.random() < 0.5 else elemento(r, profondo - 1, noti) for _ in range(r.randrange(5)))
    return f"<{testa}>{dentro}</{nome}>"


def modello(r):
    """A document with an unsigned signature in it, and the element that it may refer to."""
    def trasformazione(forma):
        prefissi = f'<e:InclusiveNamespaces xmlns:e="{EXC}" PrefixList="p #default"/>' if forma.startswith(EXC) and r.random() < 0.4 else ""
        return f'<ds:Transform Algorithm="{forma}">{prefissi}</ds:Transform>'

    uri = r.choice(["", "#x", "#xpointer(/)", "#xpointer(id('x'))"])
    trasformazioni = [] if "x'" in uri or uri == "#x" else [f'<ds:Transform Algorithm="{DS}enveloped-signature"/>']
    trasformazioni += [trasformazione(r.choice(FORME))] if r.random() < 0.85 else []
    dentro = f"<ds:Transforms>{''.join(trasformazioni)}</ds:Transforms>" if trasformazioni else ""
    firma = (
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{r.choice(FORME)}"/>'
        f'<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="{uri}">{dentro}'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>'
        "<ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
    spazi = {"p": r.choice(SPAZI), "q": r.choice(SPAZI)}
    radice = " ".join(f'xmlns:{p}="{u}"' for p, u in spazi.items()) + r.choice(["", ' xmlns="urn:a"', ' xml:lang="it"'])
    corpo = "".join(elemento(r, 3, spazi) for _ in range(2))
    altro = r.choice(["", 'xml:space="preserve"', 'p:k="1"'])
    parte = f'<t:parte xmlns:t="urn:t" Id="x" {altro}>{elemento(r, 3, spazi)}</t:parte>'
    prima = r.choice(["", '<?xml version="1.0" encoding="UTF-8"?>\n', "<!--fuori-->\n", "<?fuori  x?>"])
    return f"{prima}<radice {radice}>{corpo}{parte}{firma}</radice>{r.choice(['', chr(10), '<!--dopo-->', '<?dopo?>'])}"


def xmlsec1(*argomenti):
    esito = subprocess.run(["xmlsec1", *argomenti], capture_output=True)
    return esito.returncode == 0


def motivo(programma, file):
    """The reason of the first signature, if there is one."""
    detto = subprocess.run([programma, "verifica", "--json", str(file)], capture_output=True, text=True)
    firme = json.loads(detto.stdout)["signatures"]
    return firme[0]["subIndication"] if firme else None


def prova(programma, quanti, seme):
    r, cartella = random.Random(seme), Path(tempfile.mkdtemp())
    attesi = {}
    while len(attesi) < quanti:
        nudo, firmato = cartella / "nudo.xml", cartella / f"{len(attesi)}.xml"
        nudo.write_bytes(modello(r).encode())
        if not xmlsec1("--sign", "--privkey-pem", f"{CHIAVE},{CERTIFICATO}", "--id-attr:Id", "urn:t:parte", "--output", str(firmato), str(nudo)):
            continue
        byte = firmato.read_bytes()
        attesi[firmato] = True
        for _ in range(3):
            mutante, dove = bytearray(byte), r.randrange(len(byte))
            mutante[dove] = r.choice(b"a1<>& \"'/=-")
            altro = cartella / f"{len(attesi)}.xml"
            altro.write_bytes(mutante)
            attesi[altro] = xmlsec1("--verify", "--insecure", "--id-attr:Id", "urn:t:parte", str(altro))
    righe = [motivo(programma, file) for file in attesi]
    diversi = [(f, buono, riga) for (f, buono), riga in zip(attesi.items(), righe, strict=True) if buono != (riga == SANA)]
    for file, buono, riga in diversi:
        print(f"{file}: xmlsec1 {'OK' if buono else 'FAIL'}, we {riga}")
    print(f"{len(attesi)} files, {sum(attesi.values())} good for xmlsec1, {len(diversi)} differences (seed {seme})")


if __name__ == "__main__":
    prova(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 400, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
