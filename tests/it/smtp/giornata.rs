//! A day of an office whose provider misbehaves and whose server is killed at random: mail that arrives over IMAP, honest and not, is
//! registered by a rule and answered by itself, while other mail leaves; afterwards every message is accounted for.

use super::*;
use crate::casa::busta::{GESTORE, originale, pec as certificata};
use crate::casa::{Servizio, comando, su_entrambi};
use crate::imap::{con_crlf, presi};
use crate::ostile::{bombe, contraffatte};
use crate::regole;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use tabulario::pec::regole::Genere;
use tabulario::pec::ritorno;

/// Waves of mail, each ended by a kill, unless `TABULARIO_UCCISIONE_GIRI` says another number.
const GIRI: usize = 6;
/// Sound messages of a wave.
const BUONE: usize = 5;
/// Whom each wave writes to.
const DESTINATARI: [&str; 4] = ["bene", "rovescia", "cade-presa", "occupata"];
/// Whom the first wave writes to besides: of them the provider breaks the line once.
const DIFFICILI: [&str; 4] = ["cade-persa", "ingombra", "cade-prima", "piena"];

/// What happened outside: what was put into the mailbox, and who must be answered.
#[derive(Default)]
struct Giornata {
    consegnati: BTreeSet<Vec<u8>>,
    mittenti: BTreeSet<String>,
    spediti: BTreeMap<String, String>,
}

impl Giornata {
    /// What arrives in a wave: sound messages of people who get a receipt, each with a copy, and others that pretend or are broken.
    fn arriva(&mut self, dovecot: &Dovecot, giro: usize) {
        for i in 0..BUONE {
            let n = 1_000 + giro * BUONE + i;
            let da = format!("cittadino{n}@pec.example");
            let eml = certificata(
                n,
                &da,
                &format!("Istanza {n}"),
                &originale(&da, &format!("Istanza {n}"), &[("a.txt", b"testo")]),
                GESTORE,
            );
            self.imbuca(dovecot, &format!("{n}"), &eml);
            self.mittenti.insert(da);
            if i == 0 {
                self.imbuca(dovecot, &format!("{n}-copia"), &eml);
            }
        }
        let altri = [
            bombe::annidati(200),
            bombe::allegati(2_000),
            b"Content-Type: multipart/mixed; boundary=\"mai\"\r\n\r\n--mai\r\n".to_vec(),
        ];
        let falsi = contraffatte::casi().into_iter().map(|(eml, _)| eml).chain(altri);
        for (i, eml) in falsi.enumerate().skip(giro % 2).step_by(2) {
            self.imbuca(dovecot, &format!("{giro}-strano-{i:02}"), &eml);
        }
    }

    fn imbuca(&mut self, dovecot: &Dovecot, nome: &str, eml: &[u8]) {
        dovecot.imbuca(nome, eml);
        self.consegnati.insert(dal_server(eml));
    }

    /// What leaves in a wave.
    fn parte(&mut self, casa: &Casa, giro: usize) {
        let mut nomi = DESTINATARI.to_vec();
        if giro == 0 {
            nomi.extend(DIFFICILI);
        }
        let id = uscita(casa, &nomi, format!("uscita {giro}").as_bytes());
        self.spediti
            .extend(invia(casa, id, Modo::default()).unwrap().into_iter().map(|i| (i.message_id, i.destinatario)));
    }
}

/// As Dovecot gives it: lines that end in CRLF, and no NUL.
fn dal_server(eml: &[u8]) -> Vec<u8> {
    con_crlf(eml).into_iter().map(|b| if b == 0 { 0x80 } else { b }).collect()
}

fn finche(cosa: &str, vera: impl Fn() -> bool) {
    let limite = Instant::now() + Duration::from_secs(180);
    while !vera() {
        assert!(Instant::now() < limite, "waited too long: {cosa}");
        park_timeout(Duration::from_millis(10));
    }
}

/// Numbers that look like chance and are the same at every run.
fn caso(seme: &mut u64) -> u64 {
    *seme = seme.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seme >> 33
}

fn apparecchia(casa: &Casa) {
    for genere in tabulario::pec::regole::GENERI {
        regole::accesa(casa, &regole::protocolla(genere.as_str(), genere));
    }
    regole::automatica(casa, Genere::PostaCertificata);
    let io = Attore::Sistema("comando");
    casa.db.scrivi(casa.aoo.id, &io, |op| ritorno::cambia_automatico(op, ritorno::Genere::Ricevuta, true)).unwrap();
}

/// Sender of each message that the provider took, and how often it took it for them.
fn volte(gestore: &Gestore, chi: &str) -> BTreeMap<String, usize> {
    let mut volte = BTreeMap::new();
    for p in gestore.presi() {
        *volte.entry(p[chi].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    volte
}

su_entrambi! {
    fn whatever_happens_in_a_day_every_message_is_there_once(casa) {
        let giri = crate::casa::ambiente("TABULARIO_UCCISIONE_GIRI").map_or(GIRI, |n| n.parse().unwrap());
        let dovecot = Dovecot::avvia();
        let gestore = con_imap(casa, &dovecot);
        apparecchia(casa);
        let (mut giornata, mut seme) = (Giornata::default(), 6);
        for giro in 0..giri {
            let prima = giornata.consegnati.len() as i64;
            giornata.arriva(&dovecot, giro);
            giornata.parte(casa, giro);
            let servizio = Servizio::avvia(casa);
            // Work decides when, and then chance: among taking, registering, answering, sending and moving away.
            finche("some of the wave is taken", || casa.conta("messaggi") > prima);
            park_timeout(Duration::from_millis(caso(&mut seme) % 1_500));
            servizio.uccidi();
        }
        let servizio = Servizio::avvia(casa);
        finche("all are taken", || giornata.consegnati.len() as i64 <= casa.conta("messaggi"));
        finche("every rule has looked", || casa.conta("coda_regole") == 0);
        let attesi = (giornata.spediti.len() + giornata.mittenti.len()) as i64;
        finche("an answer to each is on its way", || casa.conta("invii") >= attesi);
        assert!(servizio.ferma());
        // What nobody knows is waited for; hours later it is settled.
        for minuti in [0, 61, 122, 183] {
            let ora = casa.db.orologio().adesso().date_time() + chrono::TimeDelta::minutes(minuti);
            leggi_casella(casa, &casa.con_orologio(&ora.to_rfc3339()));
            fra_minuti(casa, minuti);
        }
        riscontra(casa, &dovecot, &gestore, &giornata);
    }
}

/// The audit of every message sent and received.
fn riscontra(casa: &Casa, dovecot: &Dovecot, gestore: &Gestore, giornata: &Giornata) {
    let in_archivio: Vec<Vec<u8>> =
        dovecot.messaggi("Presi").iter().map(|f| dal_server(&fs::read(f).unwrap())).collect();
    assert_eq!(dovecot.messaggi("INBOX").len(), 0, "what was taken was moved away");
    assert!(giornata.consegnati.iter().all(|c| in_archivio.contains(c)), "nothing was lost on the server");
    let impronte: BTreeSet<String> = in_archivio.iter().map(|b| Impronta::of(b).to_string()).collect();
    assert_eq!(presi(casa), impronte, "each is taken, once");
    let entrate = "registrazioni WHERE flusso = 'entrata'";
    let rifiuti = contraffatte::casi().into_iter().filter(|(_, r)| r.is_some()).count();
    assert!(rifiuti >= 5);
    let dai_cittadini = casa.conta(&format!("{entrate} AND oggetto LIKE 'Istanza 1%'"));
    assert_eq!(dai_cittadini, giornata.mittenti.len() as i64, "each of them is registered, once");
    // Of the samples that pretend, the three sound ones.
    assert_eq!(casa.conta(entrate), dai_cittadini + 3, "and nothing that pretends");
    let per_nome = volte(gestore, "msgid");
    assert!(per_nome.values().all(|v| *v == 1), "sent twice: {per_nome:?}");
    let mai = giornata.spediti.iter().find(|(nome, _)| !per_nome.contains_key(*nome));
    let invii = casa.db.leggi(|conn| pec::invii(conn, &casa.vista(), None)).unwrap();
    assert!(
        mai.is_none(),
        "{mai:?} never left: {:?}",
        invii.iter().find(|i| mai.is_some_and(|(nome, _)| *nome == i.message_id))
    );
    let per_chi = volte(gestore, "a");
    assert!(giornata.mittenti.iter().all(|m| per_chi.get(m) == Some(&1)), "each is answered once: {per_chi:?}");
    let messaggi = casa.db.leggi(|conn| pec::messaggi(conn, &casa.vista(), None, 1_000)).unwrap();
    let risposte: Vec<Invio> =
        messaggi.iter().filter_map(|m| m.registrazione).flat_map(|id| super::invii(casa, id)).collect();
    assert_eq!(
        (invii.len(), risposte.len() as i64),
        (giornata.spediti.len(), casa.conta("registrazioni WHERE flusso = 'entrata'"))
    );
    for i in invii.iter().chain(&risposte) {
        let atteso = if i.destinatario.starts_with("piena@") { "non-consegnato" } else { "consegnato" };
        assert_eq!(i.stato.as_str(), atteso, "{}", i.destinatario);
    }
    let detto = comando(casa, &["controlla"]);
    assert!(detto.status.success(), "{}", String::from_utf8_lossy(&detto.stdout));
}
