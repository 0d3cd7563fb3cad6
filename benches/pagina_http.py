#!/usr/bin/env python3
"""The page of the newest registrations over HTTP, asked by everybody who has an account in a folder of `demo`.

python3 benches/pagina_http.py DIR/demo.json [TIMES]      (the server running on that folder)

Prints median and 95th percentile in milliseconds, from the request sent to the last byte of the page, on one kept connection; and
the API's list for the token. To have years of registrations, first, with the server stopped:
cargo bench --bench registro -- --pila 3000000 --ammucchia DIR/tabulario.db
"""
import http.client
import json
import re
import sys
import time
import urllib.parse


def chiedi(conn, metodo, percorso, corpo=None, testate=None):
    conn.request(metodo, percorso, corpo, testate or {})
    risposta = conn.getresponse()
    return risposta, risposta.read()


def misura(conn, percorso, testate, volte):
    tempi = []
    for _ in range(volte):
        inizio = time.perf_counter()
        risposta, corpo = chiedi(conn, "GET", percorso, testate=testate)
        tempi.append((time.perf_counter() - inizio) * 1000)
        if risposta.status != 200:
            return f"{risposta.status}"
    tempi.sort()
    return f"median {tempi[volte // 2]:7.2f} ms  p95 {tempi[volte * 95 // 100]:7.2f} ms  {len(corpo):>7} bytes"


def entra(conn, utente, parola):
    risposta, pagina = chiedi(conn, "GET", "/entra")
    biscotti = [b.split(";")[0] for b in risposta.headers.get_all("Set-Cookie") or []]
    campi = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', pagina.decode()))
    campi |= {"utente": utente, "password": parola}
    testate = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(biscotti)}
    risposta, _ = chiedi(conn, "POST", "/entra", urllib.parse.urlencode(campi), testate)
    biscotti += [b.split(";")[0] for b in risposta.headers.get_all("Set-Cookie") or []]
    assert risposta.status == 303, (utente, risposta.status)
    return {"Cookie": "; ".join(biscotti)}


def main():
    demo = json.load(open(sys.argv[1]))
    volte = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    dove = urllib.parse.urlsplit(demo["url"])
    conn = http.client.HTTPConnection(dove.hostname, dove.port)
    for chi in demo["users"]:
        testate = entra(conn, chi["user"], chi["password"])
        print(f"{chi['role']:<40} {misura(conn, '/registro', testate, volte)}")
    testate = {"Authorization": f"Bearer {demo['token']}"}
    print(f"{'API, token':<40} {misura(conn, '/api/v1/registrazioni', testate, volte)}")


main()
