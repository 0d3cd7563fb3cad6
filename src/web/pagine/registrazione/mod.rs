//! `/registrazioni/{id}`: everything about one registration, and what may still change of it.

mod annotazioni;
mod annullati;
mod atti;
mod carico;
mod collegate;
mod dati;
mod documenti;
mod indirizzi;
mod invii;
mod ritorni;
mod scansione;
mod stampe;
mod storia;
mod verifiche;
mod visioni;

pub(super) use annotazioni::annota;
pub(super) use atti::{classifica, fascicola, riserva};
pub(super) use carico::muovi;
pub(super) use collegate::{collega, scollega};
pub(super) use dati::varia;
pub(super) use documenti::{anteprima, contenuto, documento, pacchetto, ricevuta, segnatura};
pub(super) use indirizzi::correggi_indirizzo;
pub(super) use invii::{nome_ricevuta, nota as nota_invio, parola as parola_invio, spedisci};
pub(super) use ritorni::manda;
pub(super) use scansione::acquisisci;
pub(super) use stampe::{etichetta, ricevuta as ricevuta_di_carta, testo, timbro};
pub(super) use verifiche::{prova, verifica};
pub(super) use visioni::{concedi, revoca};

use super::annullamento::{self as annullamento_pagina, Potere};
use super::chi::Chi;
use super::firme::{self, Frase};
use super::guscio::{Guscio, rendi};
use super::richiamo::Richiamo;
use super::{Errata, conservazione as pagina_conservazione, formato};
use crate::conservazione::{self, Versamento};
use crate::documenti::{RapportoConservato, verifiche_di};
use crate::istanze::{self, Istanza, Sottoscrizione};
use crate::pec::regole::{Firma, della_registrazione};
use crate::registro::{self, Annullamento, Campo, Corrispondente, Registrazione, RuoloCorrispondente, RuoloDocumento};
use crate::scrivania::{self, Addetto, Assegnazione, Titolo};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::Istante;
use crate::valori::RegistrazioneId;
use crate::web::{Problema, Stato};
use crate::{pec, titolario};
use actix_web::{HttpResponse, http::StatusCode, web};
use annotazioni::AnnotazioneVista;
use annullati::{DatoVisto, PropostaVista};
use askama::Template;
use atti::{Atti, Rifiutato};
use carico::{Carico, Sguardo};
use collegate::Collegate;
use dati::{Modificabili, Scritti};
use indirizzi::Indirizzi;
use invii::{InvioVisto, RicevutaVista};
use ritorni::Ritorni;
use serde::Deserialize;
use std::collections::HashMap;
use storia::{Fatto, Materia};
use verifiche::VerificaVista;
use visioni::{InVisione, Scritta, Visioni};

struct ParteVista {
    ruolo: &'static str,
    nome: String,
    dettagli: String,
}

struct FileVisto {
    posizione: usize,
    nome: String,
    descrizione: Option<String>,
    ruolo: &'static str,
    media_type: String,
    dimensione: String,
    impronta: String,
    /// When and by whom it was added, if it came later.
    acquisita: Option<String>,
    firme: Vec<Frase>,
    /// It can be shown inside the page.
    vedibile: bool,
    /// A copy of it may bear the segnatura.
    timbrabile: bool,
    /// It has a document inside its signatures.
    firmato: bool,
    /// The verdicts on its signatures, the first one first.
    verifiche: Vec<VerificaVista>,
}

struct AssegnazioneVista {
    a_chi: String,
    titolo: &'static str,
    autore: String,
    nota: Option<String>,
    dal: String,
    istante: String,
}

/// A fascicolo it is in.
struct Legata {
    id: String,
    codice: String,
    oggetto: String,
}

/// What the portal says of an istanza.
struct IstanzaVista {
    procedimento: String,
    sottoscrizione: &'static str,
    da_regolarizzare: bool,
}

/// What stands on an annulled registration (DPR 445/2000 art. 54).
struct AnnullamentoVisto {
    provvedimento: String,
    leggibile: String,
    autore: String,
    motivo: String,
    testo: String,
    anno: i32,
    numero: i64,
    /// Its text is a file.
    scaricabile: bool,
}

struct VersamentoVisto {
    parola: &'static str,
    icona: &'static str,
    esito: &'static str,
    dal: String,
    istante: String,
    motivo: Option<String>,
    pacchetto: bool,
}

#[derive(Template)]
#[template(path = "registrazione.html")]
struct Pagina {
    guscio: Guscio,
    id: String,
    numero: String,
    anno: i32,
    istante: String,
    leggibile: String,
    flusso: &'static str,
    icona: &'static str,
    oggetto: String,
    mezzo: &'static str,
    tipologia: Option<String>,
    data_documento: Option<String>,
    arrivo: Option<String>,
    differimento: Option<String>,
    /// Its number in the register of emergenza, and when.
    emergenza: Option<String>,
    protocollo_mittente: Option<String>,
    riservato: bool,
    segnatura: String,
    uscita: bool,
    entrata: bool,
    voce: String,
    voce_codice: String,
    parti: Vec<ParteVista>,
    file: Vec<FileVisto>,
    anteprima: Option<usize>,
    assegnazioni: Vec<AssegnazioneVista>,
    /// How it stands, in few words.
    stato: Option<String>,
    fascicoli: Vec<Legata>,
    invii: Vec<InvioVisto>,
    ricevute: Vec<RicevutaVista>,
    avanzamento: Option<(usize, usize)>,
    spedibile: Option<invii::Spedibile>,
    indirizzi: Indirizzi,
    consegne: String,
    ritorni: Ritorni,
    versamento: Option<VersamentoVisto>,
    istanza: Option<IstanzaVista>,
    termine: Option<String>,
    annullamento: Option<AnnullamentoVisto>,
    annullati: Vec<DatoVisto>,
    proposte: Vec<PropostaVista>,
    /// A value that was annulled is not for this person: neither are the papers made before.
    nascosti: bool,
    /// What this person may do about an annulment, if it can still be annulled.
    potere: Option<Potere>,
    /// This person decides who may see it.
    riserva: bool,
    /// To whom this person gave the sight of it, if they may.
    visioni: Option<Visioni>,
    /// By which sight this person looks at it.
    in_visione: Option<InVisione>,
    /// The rule that made it, if one did.
    regola: Option<Firma>,
    /// This person may add a scan.
    scansionabile: bool,
    /// Whoever looks may have the signatures verified again.
    verificabile: bool,
    rifiuto_scansione: Option<(String, String)>,
    atti: Option<Atti>,
    /// What this person may change of its data.
    modifica: Option<Modificabili>,
    annotazioni: Vec<AnnotazioneVista>,
    collegate: Collegate,
    carico: Carico,
    storia: Vec<Fatto>,
}

impl Pagina {
    /// True if a value of this datum was annulled.
    fn ha_annullati(&self, campo: &Campo) -> bool {
        self.annullati.iter().any(|d| d.campo == *campo)
    }

    /// What was refused in a field of an act.
    fn rifiuto(&self, campo: &str) -> Option<&Rifiutato> {
        self.atti.as_ref().and_then(|a| a.errore(campo))
    }

    /// The reason of an eccezione that is owed.
    fn eccezione_proposta(&self) -> Option<&str> {
        self.ritorni.dovuti.iter().find(|d| d.genere == "eccezione").and_then(|d| d.motivo.as_deref())
    }

    /// What was refused in taking back this sight.
    fn rifiuto_della(&self, visione: &str) -> Option<&Rifiutato> {
        self.rifiuto("revoca").filter(|r| r.scritto == visione)
    }
}

/// Which file is shown inside the page, and what is looked for there to be linked.
#[derive(Default, Deserialize)]
pub(super) struct Filtro {
    anteprima: Option<usize>,
    #[serde(default)]
    collega: String,
    #[serde(skip)]
    visione: Scritta,
    #[serde(skip)]
    scritti: Option<Scritti>,
}

pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    mostra_con(&stato, &chi, id, filtro.into_inner(), None).await
}

/// The page; with what was refused, if something was.
async fn mostra_con(
    stato: &Stato,
    chi: &Chi,
    id: RegistrazioneId,
    filtro: Filtro,
    rifiuto: Option<Rifiutato>,
) -> Result<HttpResponse, Errata> {
    let codice = rifiuto.as_ref().map_or(StatusCode::OK, |r| r.stato);
    let guscio = Guscio::new(chi, "");
    let (vista, ora) = (chi.vista(), stato.db.orologio().adesso());
    let (attore, ruoli) = (chi.attore(), chi.ruoli.clone());
    let (io, titolare) = (chi.sessione.persona.id, chi.sessione.titolare().id);
    let concede = chi.permesso(Azione::Visioni) >= Permesso::Agisce;
    let agisce = chi.permesso(Azione::Fascicoli) >= Permesso::Agisce;
    let riserva = chi.permesso(Azione::Registro) >= Permesso::Agisce;
    let varia = chi.permesso(Azione::Variazioni) >= Permesso::Agisce;
    let spedisce = chi.permesso(Azione::Uscita) >= Permesso::Agisce;
    let potere = annullamento_pagina::puo(chi);
    let acquisisce = chi.permesso(Azione::Entrata) >= Permesso::Agisce;
    let letta = stato.blocca(move |stato| {
        let richiamo = Richiamo::scritto(filtro.collega, "").cerca(stato, &vista, ora)?;
        stato.db.leggi(|conn| {
            let addetto = Addetto { attore: &attore, ruoli: &ruoli };
            let mut pagina = pagina(conn, &vista, (id, ora), (guscio, addetto), filtro.scritti)?;
            let chiesta = |f: &&FileVisto| f.vedibile && filtro.anteprima.is_none_or(|n| n == f.posizione);
            pagina.anteprima = pagina.file.iter().find(chiesta).map(|f| f.posizione);
            pagina.scansionabile &= acquisisce;
            let scansione = rifiuto.as_ref().filter(|r| r.campo == "scansione");
            pagina.rifiuto_scansione = scansione.map(|r| (r.testo.clone(), r.scritto.clone()));
            pagina.regola = della_registrazione(conn, id)?;
            pagina.in_visione = InVisione::leggi(conn, &vista, titolare, (id, ora))?;
            // Who is only given to look at it is offered nothing to do.
            let agisce_qui = pagina.in_visione.is_none();
            pagina.modifica = pagina.modifica.filter(|_| varia && agisce_qui);
            pagina.scansionabile &= agisce_qui;
            pagina.verificabile = acquisisce && agisce_qui;
            pagina.spedibile = pagina.spedibile.filter(|_| spedisce && agisce_qui);
            pagina.ritorni.manda = spedisce && agisce_qui;
            pagina.potere = potere.filter(|_| agisce_qui && pagina.annullamento.is_none());
            pagina.riserva = riserva;
            if concede {
                pagina.visioni = Some(Visioni::leggi(conn, (vista.aoo(), io), id, ora, filtro.visione)?);
            }
            pagina.collegate.richiamo = richiamo;
            if agisce && agisce_qui {
                let voce = pagina.voce_codice.parse().ok();
                pagina.atti = Some(Atti::leggi(conn, &vista, voce.as_ref(), rifiuto)?);
            }
            Ok::<_, Problema>(pagina)
        })
    });
    Ok(rendi(codice, &letta.await?)?)
}

#[expect(clippy::too_many_lines, reason = "one field of the page after the other: there is nothing to tell apart")]
fn pagina(
    conn: &mut Conn,
    vista: &Vista,
    (id, ora): (RegistrazioneId, Istante),
    (guscio, addetto): (Guscio, Addetto<'_>),
    scritti: Option<Scritti>,
) -> Result<Pagina, Problema> {
    let oggi = ora.giorno();
    let r = registro::per_id(conn, vista, id)?;
    let assegnazioni = scrivania::per_registrazione(conn, id)?;
    let classificazioni = titolario::storia(conn, id)?;
    let istanza = istanze::per_registrazione(conn, id)?.map(istanza);
    let termine = scrivania::termine(conn, id)?;
    let sguardo = Sguardo {
        chi: addetto,
        aoo: vista.aoo(),
        assegnazioni: &assegnazioni,
        termine: termine.as_ref(),
        flusso: r.flusso,
        annullata: r.annullamento.is_some(),
        oggi,
    };
    let mut invii = pec::invii(conn, vista, Some(id))?;
    invii.retain(|i| i.ritorno.is_none());
    let corretti = pec::correzioni(conn, id)?;
    // A receipt encloses the message that was sent, with the data of then.
    let ricevute = if r.ha_nascosti() { Vec::new() } else { pec::ricevute(conn, vista, id)? };
    let versamento = conservazione::versamento(conn, vista, id)?;
    let (proposte, riservatezze) = (registro::proposte(conn, vista, id)?, registro::riservatezze(conn, id)?);
    let differimento = registro::differimento_di(conn, vista.aoo(), id)?;
    let emergenza = registro::emergenza::correlazione_di(conn, id)?;
    let collegamenti = registro::collegamenti(conn, vista, id)?;
    let annotazioni = registro::annotazioni(conn, id)?;
    let materia = Materia {
        proposte: &proposte,
        riservatezze: &riservatezze,
        collegamenti: &collegamenti,
        annotazioni: &annotazioni,
        registrazione: &r,
        assegnazioni: &assegnazioni,
        classificazioni: &classificazioni,
        invii: &invii,
        corretti: &corretti,
        versamento: versamento.as_ref(),
        termine: termine.as_ref(),
    };
    let storia = storia::storia(conn, vista, &materia)?;
    let impronte: Vec<String> = r.documenti.iter().map(|d| d.impronta.to_string()).collect();
    let verifiche = verifiche_di(conn, vista.aoo(), &impronte)?;
    let fascicoli = titolario::fascicoli_di(conn, vista, &[id.to_string()])?.remove(&id.to_string());
    let voce = classificazioni.last().map(|(_, c)| c);
    let (flusso, icona) = formato::flusso(r.flusso);
    Ok(Pagina {
        guscio,
        id: r.id.to_string(),
        numero: r.numero.to_string(),
        anno: r.anno,
        istante: r.istante.roma(),
        leggibile: r.istante.leggibile(),
        flusso,
        icona,
        mezzo: super::nuova::nome_mezzo(r.mezzo),
        tipologia: r.tipologia.as_ref().map(ToString::to_string),
        data_documento: r.data_documento.map(formato::data),
        arrivo: r.arrivo.map(|a| a.leggibile()),
        differimento: differimento
            .map(|d| format!("{}: {} (disposto da {} il {})", d.causa, d.documenti, d.autore, d.istante.leggibile())),
        emergenza: emergenza.map(|c| format!("n. {} del {}", c.leggibile(), c.quando.leggibile())),
        protocollo_mittente: r.protocollo_mittente.as_ref().map(del_mittente),
        riservato: r.riservato,
        segnatura: r.segnatura.to_string(),
        uscita: r.flusso == registro::Flusso::Uscita,
        entrata: r.flusso == registro::Flusso::Entrata,
        voce: voce.map(|c| format!("{} {}", c.voce, c.denominazione)).unwrap_or_default(),
        voce_codice: voce.map(|c| c.voce.to_string()).unwrap_or_default(),
        parti: r.corrispondenti.iter().map(parte).collect(),
        file: file(&r, &verifiche),
        anteprima: None,
        stato: carico::chip(&assegnazioni),
        assegnazioni: carico::in_vigore(&assegnazioni).map(assegnazione).collect(),
        fascicoli: fascicoli.unwrap_or_default().iter().map(fascicolo).collect(),
        consegne: invii::riassunto(&invii),
        invii: invii.iter().map(|i| invii::visto(i, ora)).collect(),
        ricevute: ricevute.into_iter().map(RicevutaVista::from).collect(),
        avanzamento: invii::avanzamento(&invii),
        spedibile: invii::Spedibile::new(&r, &invii, &corretti, ora),
        indirizzi: Indirizzi::new(&corretti, pec::correggibili(&r, &invii, &corretti, ora)),
        ritorni: Ritorni::leggi(conn, vista, &r, ora)?,
        versamento: versamento.map(versamento_visto),
        istanza,
        termine: termine.as_ref().map(|t| t.spiega(oggi)),
        annullamento: r.annullamento.as_ref().map(annullamento),
        annullati: r.dati_annullati.iter().map(DatoVisto::new).collect(),
        proposte: proposte.iter().map(PropostaVista::new).collect(),
        nascosti: r.ha_nascosti(),
        potere: None,
        riserva: false,
        visioni: None,
        in_visione: None,
        regola: None,
        scansionabile: r.mezzo.cartaceo() && r.annullamento.is_none(),
        verificabile: false,
        rifiuto_scansione: None,
        atti: None,
        modifica: r.annullamento.is_none().then(|| Modificabili::new(&r, scritti)),
        annotazioni: annotazioni.iter().map(AnnotazioneVista::new).collect(),
        carico: Carico::leggi(conn, id, &sguardo)?,
        collegate: Collegate::new(&collegamenti),
        storia,
        oggetto: r.oggetto.to_string(),
    })
}

/// The sender's own number.
fn del_mittente(p: &registro::ProtocolloMittente) -> String {
    match p.data {
        Some(data) => format!("{} del {}", p.numero, formato::data(data)),
        None => p.numero.to_string(),
    }
}

fn parte(c: &Corrispondente) -> ParteVista {
    let p = &c.parte;
    let dettagli = [
        p.codice_fiscale.as_ref().map(|v| format!("CF {v}")),
        p.codice_ipa.as_ref().map(|v| format!("IPA {v}")),
        p.codice_aoo.as_ref().map(|v| format!("AOO {v}")),
        p.codice_uo.as_ref().map(|v| format!("UO {v}")),
        p.pec.as_ref().map(ToString::to_string),
    ];
    let dettagli: Vec<String> = dettagli.into_iter().flatten().collect();
    let ruolo = match (c.ruolo, c.per_conoscenza) {
        (RuoloCorrispondente::Mittente, _) => "Mittente",
        (RuoloCorrispondente::Destinatario, false) => "Destinatario",
        (RuoloCorrispondente::Destinatario, true) => "Per conoscenza",
    };
    ParteVista { ruolo, nome: formato::nome(p), dettagli: dettagli.join(" · ") }
}

type Verifiche = HashMap<String, Vec<RapportoConservato>>;

fn file(r: &Registrazione, verifiche: &Verifiche) -> Vec<FileVisto> {
    let visto = |(d, posizione): (&registro::DocumentoRegistrato, usize)| {
        let impronta = d.impronta.to_string();
        let rapporto = verifiche.get(&impronta).and_then(|v| v.first());
        let tipo = documenti::tipo_visto(d, rapporto);
        FileVisto {
            posizione,
            nome: d.nome.to_string(),
            descrizione: d.descrizione.as_ref().map(ToString::to_string),
            ruolo: if d.ruolo == RuoloDocumento::Principale { "Documento principale" } else { "Allegato" },
            media_type: d.media_type.clone(),
            dimensione: formato::dimensione(d.dimensione),
            firme: firme::frasi(rapporto, &d.media_type),
            vedibile: formato::da_vedere(&tipo).is_some(),
            timbrabile: tipo == "application/pdf",
            firmato: tipo != d.media_type,
            verifiche: verifiche
                .get(&impronta)
                .map(|v| v.iter().zip(1..).map(VerificaVista::new).collect())
                .unwrap_or_default(),
            acquisita: d.acquisita.as_ref().map(acquisita),
            impronta,
        }
    };
    r.documenti.iter().zip(1..).map(visto).collect()
}

fn acquisita(a: &registro::Acquisita) -> String {
    let conferma =
        if a.confermata_da == a.autore { String::new() } else { format!(", confermata da {}", a.confermata_da) };
    format!("acquisita il {} da {}{conferma}", a.istante.leggibile(), a.autore)
}

fn assegnazione(a: &Assegnazione) -> AssegnazioneVista {
    AssegnazioneVista {
        a_chi: match &a.persona {
            Some(p) => format!("{} ({})", p.nome, a.denominazione),
            None => a.denominazione.clone(),
        },
        autore: a.autore.clone(),
        nota: a.nota.as_ref().map(ToString::to_string),
        titolo: if a.titolo == Titolo::Competenza { "per competenza" } else { "per conoscenza" },
        dal: a.istante.leggibile(),
        istante: a.istante.roma(),
    }
}

/// Which case of CAD art. 65 the software saw; what it did not see, a person may.
fn istanza(i: Istanza) -> IstanzaVista {
    let sottoscrizione = match i.sottoscrizione {
        Sottoscrizione::Firmata => {
            "Un allegato porta la firma valida del richiedente: controlla che firmi questa richiesta (CAD art. 65 c. 1 lett. a)"
        }
        Sottoscrizione::FirmataDaAltri => {
            "Un allegato porta la firma valida di un'altra persona: controlla che firmi questa richiesta, e la delega"
        }
        Sottoscrizione::DaRegolarizzare => {
            "Da regolarizzare: nessuna firma digitale valida. Chiedi la firma, o guarda se c'è la copia firmata con il \
             documento d'identità (CAD art. 65 c. 1 lett. c)"
        }
    };
    let da_regolarizzare = i.sottoscrizione == Sottoscrizione::DaRegolarizzare;
    IstanzaVista { procedimento: i.procedimento, sottoscrizione, da_regolarizzare }
}

fn annullamento(a: &Annullamento) -> AnnullamentoVisto {
    AnnullamentoVisto {
        provvedimento: a.provvedimento(),
        leggibile: a.istante.leggibile(),
        autore: a.autore.clone(),
        motivo: a.motivo.to_string(),
        testo: a.testo.clone(),
        anno: a.anno,
        numero: a.numero,
        scaricabile: a.impronta.is_some(),
    }
}

fn fascicolo(f: &titolario::Fascicolo) -> Legata {
    Legata { id: f.id.to_string(), codice: f.codice.to_string(), oggetto: f.oggetto.to_string() }
}

fn versamento_visto(v: Versamento) -> VersamentoVisto {
    let (parola, icona, esito) = pagina_conservazione::parola(v.stato);
    VersamentoVisto {
        parola,
        icona,
        esito,
        dal: v.istante.leggibile(),
        istante: v.istante.roma(),
        motivo: v.motivo,
        pacchetto: v.pacchetto.is_some(),
    }
}
