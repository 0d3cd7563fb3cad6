//! How an answer comes to be owed: by a registration, in its own commit; by an annulment, when it is looked at.

use super::super::messaggio::{POSTA_CERTIFICATA, PROVATA};
use super::super::proposta::proponi;
use super::super::{Errore, Messaggio, StatoInvio, invio, partenza::Intoppo};
use super::dovuto::{self, Debito};
use super::manda::un_giorno_fa;
use super::{Genere, atto, automatici, ricevuto};
use crate::documenti::Deposito;
use crate::registro::{
    self, Campo, Corrispondente, FilePredisposto, Flusso, Preparata, Registrazione, RuoloCorrispondente, RuoloDocumento,
};
use crate::segnatura::NomeParte;
use crate::storage::schema::{annullamenti, dati_annullati, ritorni_dovuti, ritorni_guardati};
use crate::storage::{self, Conn, Db, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, Attore, NomeFile, PredispostoId, RegistrazioneId, Rifiuto};
use diesel::dsl::not;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Annulments looked at in one beat of an AOO.
const LOTTO: i64 = 20;
/// Receipts that one address is given by themselves in a day: two machines that acknowledge each other stop here.
const MASSIME_RICEVUTE: i64 = 10;
/// Longest file that we write for somebody to send, in bytes.
const MASSIMO_TESTO_BYTE: u64 = 1024 * 1024;

/// A message became a registration: what is owed to who sent it.
pub(in super::super) fn alla_registrazione(
    op: &mut Operazione<'_>,
    m: &Messaggio,
    registrazione: RegistrazioneId,
) -> Result<(), Errore> {
    let debito = |genere| Debito {
        registrazione,
        genere,
        destinatario: "",
        messaggio: Some(m.id),
        atto: None,
        motivo: None,
        fidato: false,
    };
    let Some(s) = ricevuto::segnatura(op.conn, m.id)? else {
        return ricevuta(op, m, debito(Genere::Ricevuta));
    };
    // What its sender took back before it had a number of ours.
    ricevuto::riunisci(op, &s.mittente)?;
    if s.chiede {
        let d = Debito { destinatario: s.a_chi(), fidato: s.certificato, ..debito(Genere::Conferma) };
        dovuto::deve(op, &d)?;
    }
    if let Some(mancanze) = &s.mancanze {
        let motivo = Some(mancanze.as_str());
        let d = Debito { destinatario: s.a_chi(), fidato: s.certificato, motivo, ..debito(Genere::Eccezione) };
        dovuto::deve(op, &d)?;
    }
    Ok(())
}

/// The receipt of art. 18-bis is owed to any private sender; written down only where it leaves by itself: the page offers it always.
fn ricevuta(op: &mut Operazione<'_>, m: &Messaggio, d: Debito<'_>) -> Result<(), Errore> {
    if !automatici::da_soli(op.conn, op.aoo, Genere::Ricevuta)? {
        return Ok(());
    }
    let Some(a) = proponi(m).mittente.parte.pec else { return Ok(()) };
    let di_ente = !registro::ipa::per_indirizzo(op.conn, &a)?.is_empty();
    let nostra = super::super::casella::caselle(op.conn)?.iter().any(|c| c.indirizzo.uguale(&a));
    if di_ente || nostra {
        return Ok(());
    }
    let ieri = un_giorno_fa(op.ora);
    let poche = atto::dati_a(op.conn, op.aoo, (Genere::Ricevuta, a.as_str()), ieri)? < MASSIME_RICEVUTE;
    // Anybody can write under the name of another in ordinary mail: a person looks at it.
    let certificato = m.genere == POSTA_CERTIFICATA && m.firma_gestore.as_deref() == Some(PROVATA);
    dovuto::deve(op, &Debito { destinatario: a.as_str(), fidato: poche && certificato, ..d })
}

/// An annulment that nobody looked at yet.
struct Atto {
    id: String,
    registrazione: RegistrazioneId,
    /// The datum, if it is not the whole registration.
    campo: Option<String>,
}

/// Looks at a few annulments of an AOO; false if there was none.
pub(super) fn guarda(db: &Db, deposito: &Deposito, aoo: AooId) -> Result<bool, Errore> {
    let atti = db.leggi(|conn| nuovi(conn, aoo))?;
    for a in &atti {
        let comunicazione = match &a.campo {
            None => db.leggi(|conn| comunicazione(conn, aoo, a.registrazione))?,
            Some(_) => None,
        };
        let file = match &comunicazione {
            Some(c) => Some(deposito.riponi(&mut c.testo.as_bytes(), MASSIMO_TESTO_BYTE)?.impronta),
            None => None,
        };
        db.scrivi(aoo, &Attore::Sistema("ritorni"), |op| {
            let visto = ritorni_guardati::table.find(&a.id).count().get_result::<i64>(op.conn)?;
            if visto > 0 {
                return Ok(());
            }
            diesel::insert_into(ritorni_guardati::table)
                .values(ritorni_guardati::atto_id.eq(&a.id))
                .execute(op.conn)?;
            match &a.campo {
                None => annullata(op, a)?,
                Some(campo) => dato_annullato(op, a, campo)?,
            }
            if let (Some(c), Some(impronta)) = (&comunicazione, file) {
                let nome = NomeFile::da_arrivo("comunicazione-annullamento.txt", "comunicazione.txt");
                let file = vec![FilePredisposto { ruolo: RuoloDocumento::Principale, impronta, nome }];
                let preparata = Preparata {
                    id: PredispostoId::new(),
                    flusso: Flusso::Uscita,
                    ufficio: None,
                    riservato: c.riservato,
                    campi: c.campi.clone(),
                    file,
                };
                registro::predisponi(op, &Vista::Intera(aoo), &preparata, 0)?;
            }
            Ok::<_, Errore>(())
        })?;
    }
    Ok(!atti.is_empty())
}

fn nuovi(conn: &mut Conn, aoo: AooId) -> Result<Vec<Atto>, Errore> {
    let guardati = || ritorni_guardati::table.select(ritorni_guardati::atto_id);
    let interi: Vec<(String, String)> = annullamenti::table
        .filter(annullamenti::aoo_id.eq(aoo.to_string()).and(not(annullamenti::id.eq_any(guardati()))))
        .order(annullamenti::id)
        .limit(LOTTO)
        .select((annullamenti::id, annullamenti::registrazione_id))
        .load(conn)?;
    let dati: Vec<(String, String, String)> = dati_annullati::table
        .filter(dati_annullati::aoo_id.eq(aoo.to_string()).and(not(dati_annullati::id.eq_any(guardati()))))
        .order(dati_annullati::id)
        .limit(LOTTO)
        .select((dati_annullati::id, dati_annullati::registrazione_id, dati_annullati::campo))
        .load(conn)?;
    let interi = interi.into_iter().map(|(id, r)| (id, r, None));
    let tutti = interi.chain(dati.into_iter().map(|(id, r, campo)| (id, r, Some(campo))));
    let no = |e: Rifiuto| storage::Errore::riga("annullamenti", e);
    tutti.map(|(id, r, campo)| Ok(Atto { id, registrazione: r.parse().map_err(no)?, campo })).collect()
}

/// Whoever registered it by our segnatura, or by our conferma knows its number, is told.
fn annullata(op: &mut Operazione<'_>, a: &Atto) -> Result<(), Errore> {
    let sue = ritorni_dovuti::table.filter(ritorni_dovuti::registrazione_id.eq(a.registrazione.to_string()));
    diesel::delete(sue).execute(op.conn)?;
    let r = registro::per_id(op.conn, &Vista::Intera(op.aoo), a.registrazione)?;
    let mut avvisati: Vec<(String, Option<_>)> = Vec::new();
    for (a_chi, messaggio) in atto::confermate(op.conn, r.id)? {
        let messaggio = messaggio.parse().map_err(|e| storage::Errore::riga("ritorni", e))?;
        avvisati.push((a_chi, Some(messaggio)));
    }
    for (a_chi, c) in raggiunti(op.conn, op.aoo, &r)? {
        if e_aoo(c) {
            avvisati.push((a_chi, None));
        }
    }
    for (a_chi, messaggio) in &avvisati {
        let d = Debito {
            registrazione: r.id,
            genere: Genere::Annullamento,
            destinatario: a_chi,
            messaggio: *messaggio,
            atto: Some(&a.id),
            motivo: None,
            fidato: true,
        };
        dovuto::deve(op, &d)?;
    }
    Ok(())
}

/// A conferma tells our number and the sender's: where that one changes, it is told again.
fn dato_annullato(op: &mut Operazione<'_>, a: &Atto, campo: &str) -> Result<(), Errore> {
    if campo != Campo::ProtocolloMittente.as_str() {
        return Ok(());
    }
    for (a_chi, messaggio) in atto::confermate(op.conn, a.registrazione)? {
        let d = Debito {
            registrazione: a.registrazione,
            genere: Genere::Aggiornamento,
            destinatario: &a_chi,
            messaggio: Some(messaggio.parse().map_err(|e| storage::Errore::riga("ritorni", e))?),
            atto: Some(&a.id),
            motivo: None,
            fidato: true,
        };
        dovuto::deve(op, &d)?;
    }
    Ok(())
}

fn e_aoo(c: &Corrispondente) -> bool {
    c.parte.codice_ipa.is_some() && c.parte.codice_aoo.is_some()
}

/// The addressees of an uscita that left for them, or may have.
fn raggiunti<'a>(
    conn: &mut Conn,
    aoo: AooId,
    r: &'a Registrazione,
) -> Result<Vec<(String, &'a Corrispondente)>, Errore> {
    let invii = invio::invii(conn, &Vista::Intera(aoo), Some(r.id))?;
    let partito = |i: &&invio::Invio| {
        matches!(i.stato, StatoInvio::Inviato | StatoInvio::Accettato | StatoInvio::Consegnato)
            || matches!(i.intoppo, Some(Intoppo::Ignoto { .. }))
    };
    let mut trovati: Vec<(String, &Corrispondente)> = Vec::new();
    for i in invii.iter().filter(|i| i.ritorno.is_none()).filter(partito) {
        let suo = r.corrispondenti.iter().find(|c| {
            let pec = c.parte.pec.as_ref();
            pec.is_some_and(|p| p.as_str().eq_ignore_ascii_case(&i.destinatario))
        });
        let nuovo = !trovati.iter().any(|(a, _)| a.eq_ignore_ascii_case(&i.destinatario));
        trovati.extend(suo.filter(|_| nuovo).map(|c| (i.destinatario.clone(), c)));
    }
    Ok(trovati)
}

/// An uscita for those whom no return message tells, for a person to look at.
struct Comunicazione {
    testo: String,
    campi: BTreeMap<String, String>,
    riservato: bool,
}

/// What those who had an uscita on paper, or as private persons, are written when it is annulled; nothing if there is nobody.
fn comunicazione(conn: &mut Conn, aoo: AooId, id: RegistrazioneId) -> Result<Option<Comunicazione>, Errore> {
    let r = registro::per_id(conn, &Vista::Intera(aoo), id)?;
    let Some(a) = r.annullamento.as_ref().filter(|_| r.flusso == Flusso::Uscita) else { return Ok(None) };
    let raggiunti = raggiunti(conn, aoo, &r)?;
    let mut altri: Vec<&Corrispondente> = raggiunti.iter().map(|(_, c)| *c).filter(|c| !e_aoo(c)).collect();
    let destinatari = r.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Destinatario);
    altri.extend(destinatari.filter(|c| c.parte.pec.is_none()));
    if altri.is_empty() {
        return Ok(None);
    }
    let il = r.istante.giorno().format("%d/%m/%Y");
    let mut campi = BTreeMap::from([
        (
            "oggetto".to_owned(),
            format!("Annullamento della registrazione di protocollo n. {}/{} del {il}", r.numero, r.anno),
        ),
        ("risponde-a".to_owned(), String::new()),
    ]);
    if r.riservato {
        campi.insert("riservato".to_owned(), "1".to_owned());
    }
    for (i, c) in altri.iter().enumerate() {
        let (cognome, nome) = match &c.parte.nome {
            NomeParte::Denominazione(d) => (d.to_string(), String::new()),
            NomeParte::Persona { nome, cognome } => (cognome.to_string(), nome.to_string()),
        };
        let scritta = |v: Option<String>| v.unwrap_or_default();
        let parte = [
            ("tipo", c.parte.tipo.as_str().to_owned()),
            ("cognome", cognome),
            ("nome", nome),
            ("cf", scritta(c.parte.codice_fiscale.as_ref().map(ToString::to_string))),
            ("pec", scritta(c.parte.pec.as_ref().map(ToString::to_string))),
            ("ipa", scritta(c.parte.codice_ipa.as_ref().map(ToString::to_string))),
            ("aoo", scritta(c.parte.codice_aoo.as_ref().map(ToString::to_string))),
            ("uo", scritta(c.parte.codice_uo.as_ref().map(ToString::to_string))),
        ];
        campi.extend(parte.map(|(nome, valore)| (format!("parte-{i}-{nome}"), valore)));
    }
    let testo = format!(
        "Si comunica che la registrazione di protocollo n. {}/{} del {il} ({}), con oggetto «{}», è annullata con {} del {}.\n\nMotivo: \
         {}\n\nIl documento ricevuto con quel numero è da considerare privo di effetti.\n",
        r.numero,
        r.anno,
        r.segnatura,
        r.oggetto,
        a.provvedimento(),
        a.istante.giorno().format("%d/%m/%Y"),
        a.motivo
    );
    Ok(Some(Comunicazione { testo, campi, riservato: r.riservato }))
}
