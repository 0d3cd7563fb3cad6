//! The envelope: what a message that arrived is, who wrote it, what it carries.
//!
//! DM 2/11/2005 (annex, 6 and 7) gives the shapes: the *busta di trasporto*, in which the provider closes the message of the
//! sender (`postacert.eml`) with the data that it certifies (`daticert.xml`); the *busta di anomalia* round ordinary mail; the
//! *ricevute* and *avvisi* about a message of ours; and mail that is not certified at all.
//!
//! Pure: bytes in, values out. Nothing is refused: what cannot be read is said in `findings`, and the rest is there. Every size,
//! depth and count has a limit in `limiti`.

mod albero;
mod allegato;
mod aspetto;
mod campi;
mod corpo;
mod daticert;
mod decodifica;
mod gestore;
pub mod interoperabilita;
mod lettere;
mod limiti;
mod messaggio;
pub mod servizio;

pub use allegato::Allegato;
pub use aspetto::{Aspetto, aspetto};
pub use campi::Recapito;
pub use daticert::{Daticert, DestinatarioCertificato};
pub use gestore::FirmaGestore;
pub use limiti::{MASSIME_PARTI, MASSIMO_MESSAGGIO_BYTE};

use crate::firma::Fiducia;
use crate::segnatura;
use crate::valori::Istante;
use messaggio::Messaggio;
use serde::Serialize;
use servizio::Servizio;

/// What was read of a message that arrived: the object of `tabulario busta --json`, with the bytes of its parts beside.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Busta<'a> {
    /// What kind of message it is.
    pub kind: Tipo,
    /// `Message-ID` of the envelope, between angle brackets.
    pub message_id: Option<String>,
    /// `Subject` of the envelope.
    pub subject: Option<String>,
    /// `From` of the envelope, as written.
    pub from: Option<String>,
    /// `To` of the envelope, as written.
    pub to: Vec<String>,
    /// `Date` of the envelope.
    pub date: Option<Istante>,
    /// What the provider certifies.
    pub daticert: Option<Daticert>,
    /// For receipts: the Message-ID of the message of ours that it is about, between angle brackets.
    pub refers_to: Option<String>,
    /// The message inside the envelope.
    pub original: Option<Originale<'a>>,
    /// Attachments of the outer message: the parts of an envelope, the files of ordinary mail.
    pub attachments: Vec<Allegato<'a>>,
    /// The verdict on the provider's signature.
    pub provider_signature: Option<FirmaGestore>,
    /// The segnatura, or return message, among the files of the sender; not in receipts, which bring back our own.
    pub segnatura: Option<segnatura::Lettura>,
    /// The message of a national service, as which it was recognised.
    pub servizio: Option<Servizio>,
    /// What a clerk should know, in Italian.
    pub findings: Vec<String>,
    /// Text of the outer message.
    #[serde(skip)]
    pub body: String,
    /// First party of `From`.
    #[serde(skip)]
    pub mittente: Option<Recapito>,
    /// The sender wrote HTML: [`aspetto`] shows it.
    #[serde(skip)]
    pub html: bool,
    /// `Cc` of the envelope.
    #[serde(skip)]
    pub cc: Vec<Recapito>,
    /// First party of `Reply-To`.
    #[serde(skip)]
    pub rispondi_a: Option<Recapito>,
}

/// The message that the sender wrote, out of the envelope.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Originale<'a> {
    /// Its `Message-ID`, which the provider of the sender rewrites.
    pub message_id: Option<String>,
    /// Its `Subject`.
    pub subject: Option<String>,
    /// Its `From`, as written.
    pub from: Option<String>,
    /// Its `To`, as written.
    pub to: Vec<String>,
    /// Its text.
    pub body: String,
    /// Its files.
    pub attachments: Vec<Allegato<'a>>,
    /// First party of `From`.
    #[serde(skip)]
    pub mittente: Option<Recapito>,
    /// Its `Cc`.
    #[serde(skip)]
    pub cc: Vec<Recapito>,
    /// Its `Date`.
    #[serde(skip)]
    pub date: Option<Istante>,
}

/// The kinds of message (DM 2/11/2005, annex, 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tipo {
    /// `busta di trasporto`: a certified message for us.
    PostaCertificata,
    /// `busta di anomalia`: ordinary mail that reached a certified box.
    Anomalia,
    /// The provider accepted a message of ours.
    Accettazione,
    /// The provider refused a message of ours.
    NonAccettazione,
    /// Another provider took it in charge.
    PresaInCarico,
    /// It was delivered to one recipient.
    AvvenutaConsegna,
    /// It could not be delivered to one recipient.
    ErroreConsegna,
    /// It has not been delivered within twelve hours.
    PreavvisoErroreConsegna,
    /// A virus was found in it.
    RilevazioneVirus,
    /// No certified mail.
    Ordinaria,
}

impl Tipo {
    const TUTTI: [(&'static str, Self); 9] = [
        ("posta-certificata", Self::PostaCertificata),
        ("errore", Self::Anomalia),
        ("accettazione", Self::Accettazione),
        ("non-accettazione", Self::NonAccettazione),
        ("presa-in-carico", Self::PresaInCarico),
        ("avvenuta-consegna", Self::AvvenutaConsegna),
        ("errore-consegna", Self::ErroreConsegna),
        ("preavviso-errore-consegna", Self::PreavvisoErroreConsegna),
        ("rilevazione-virus", Self::RilevazioneVirus),
    ];

    /// True for what speaks of a message of ours: receipts and notices.
    #[must_use]
    pub fn ricevuta(self) -> bool {
        !matches!(self, Self::PostaCertificata | Self::Anomalia | Self::Ordinaria)
    }

    /// The word of the law, as in `X-Trasporto`, `X-Ricevuta` and the JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anomalia => "anomalia",
            altro => Self::TUTTI.iter().find(|(_, tipo)| *tipo == altro).map_or("ordinaria", |(nome, _)| nome),
        }
    }

    fn da_nome(nome: &str) -> Option<Self> {
        Self::TUTTI.iter().find(|(n, _)| *n == nome).map(|(_, tipo)| *tipo)
    }
}

/// Whether a receipt that was read and kept (JSON) says that this address is of ordinary mail: nobody will ever say that a message was
/// delivered there (DM 2/11/2005, annex, 6.3.1).
#[must_use]
pub fn esterno(lettura: &str, indirizzo: &str) -> bool {
    let lettura: serde_json::Value = serde_json::from_str(lettura).unwrap_or_default();
    let destinatari = lettura.pointer("/daticert/destinatari").and_then(|d| d.as_array());
    let testo =
        |d: &serde_json::Value, campo: &str| d.get(campo).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    destinatari.is_some_and(|d| {
        d.iter().any(|d| testo(d, "tipo") == "esterno" && testo(d, "indirizzo").eq_ignore_ascii_case(indirizzo))
    })
}

/// How a finding begins that passes on what a provider says in a receipt.
const COMUNICA: &str = "Il gestore comunica: ";

/// What the provider says of a receipt that was read and kept (JSON).
#[must_use]
pub fn comunicato(lettura: &str) -> Option<String> {
    let lettura: serde_json::Value = serde_json::from_str(lettura).ok()?;
    let rilievi = lettura.get("findings")?.as_array()?;
    rilievi.iter().find_map(|r| Some(r.as_str()?.strip_prefix(COMUNICA)?.to_owned()))
}

/// Reads a message, whole as it lies in the mailbox. `fiducia` are the authorities of the providers.
#[must_use]
pub fn leggi<'a>(eml: &'a [u8], fiducia: &Fiducia) -> Busta<'a> {
    let mut rilievi = Vec::new();
    if eml.len() > MASSIMO_MESSAGGIO_BYTE {
        rilievi.push(format!(
            "Il messaggio supera {} MiB: ne sono lette solo le intestazioni.",
            MASSIMO_MESSAGGIO_BYTE / 1024 / 1024
        ));
    }
    let letti = if rilievi.is_empty() { eml } else { eml.get(..limiti::MASSIMA_INTESTAZIONE_BYTE).unwrap_or(eml) };
    let mut esterno = messaggio::leggi(letti);
    if rilievi.is_empty() {
        rilievi.append(&mut esterno.rilievi);
    } else {
        esterno.allegati.clear();
    }
    apri(letti, esterno, fiducia, rilievi)
}

/// Tells the kind, opens the envelope, verifies the provider.
fn apri<'a>(eml: &'a [u8], esterno: Messaggio<'a>, fiducia: &Fiducia, mut rilievi: Vec<String>) -> Busta<'a> {
    let certificazione = certificazione(&esterno, &mut rilievi);
    let kind = tipo(&esterno, certificazione.as_ref(), &mut rilievi);
    let daticert = certificazione.filter(|_| kind != Tipo::Ordinaria);
    let istante = daticert.as_ref().and_then(|d| d.data).or(esterno.campi.data);
    let provider_signature = firma_gestore(eml, &esterno, kind, istante, fiducia, &mut rilievi);
    let interno = interno(&esterno, kind);
    controlla(kind, &esterno, daticert.as_ref(), interno.as_ref(), &mut rilievi);
    let html = aspetto::c_e(interno.as_ref().unwrap_or(&esterno));
    let originale = interno.map(|i| originale(i, &mut rilievi));
    let Messaggio { campi, corpo, allegati, .. } = esterno;
    let attachments: Vec<_> = allegati.into_iter().map(|(_, a)| a).collect();
    let propri = originale.as_ref().map_or(&attachments, |o| &o.attachments);
    // A seal is only seen to be whole here: the authorities of the providers say nothing of whose it is, and the instant may be anybody's.
    // By whom it was made is said where the file is verified like every other that came.
    let nessuno = Fiducia::vuota();
    let segnatura = if kind.ricevuta() { None } else { interoperabilita::fra(propri, &nessuno, istante, &mut rilievi) };
    let refers_to = daticert.as_ref().and_then(|d| d.msgid.clone()).or(campi.riferimento).filter(|_| kind.ricevuta());
    let mut busta = Busta {
        kind,
        message_id: campi.message_id,
        subject: campi.oggetto,
        from: scritto(&campi.da),
        to: campi.a.iter().map(ToString::to_string).collect(),
        date: campi.data,
        daticert,
        refers_to,
        original: originale,
        attachments,
        provider_signature,
        segnatura,
        servizio: None,
        findings: rilievi,
        body: corpo,
        html,
        mittente: campi.da.into_iter().next(),
        cc: campi.cc,
        rispondi_a: campi.rispondi_a.into_iter().next(),
    };
    let (servizio, rilievi) = servizio::riconosci(&busta);
    busta.servizio = servizio;
    busta.findings.extend(rilievi);
    limita(&mut busta.findings);
    busta
}

/// Attachments that the provider vouches for, when it signed: only those inside the signed part.
fn garantiti<'x, 'a>(esterno: &'x Messaggio<'a>) -> impl Iterator<Item = &'x Allegato<'a>> {
    let firmata = gestore::parte_firmata(esterno);
    let dentro = move |parte: usize| firmata.is_none_or(|f| esterno.e_dentro(parte, f));
    esterno.allegati.iter().filter(move |(parte, _)| dentro(*parte)).map(|(_, a)| a)
}

fn certificazione(esterno: &Messaggio<'_>, rilievi: &mut Vec<String>) -> Option<Daticert> {
    let mut trovati = garantiti(esterno).filter(|a| a.si_chiama("daticert.xml"));
    let primo = trovati.next()?;
    if trovati.next().is_some() {
        rilievi.push("Ci sono più file daticert.xml: vale il primo.".to_owned());
    }
    match daticert::leggi(&primo.bytes) {
        Ok((dati, altri)) => {
            rilievi.extend(altri);
            rilievi.extend(dati.errore_esteso.as_ref().map(|e| format!("{COMUNICA}{e}")));
            Some(dati)
        }
        Err(frase) => {
            rilievi.push(frase);
            None
        }
    }
}

/// The kind, from the header fields of the provider and from what it certifies. Where they differ the certified data win: they
/// are signed. `daticert.xml` alone, in mail that nobody signed, makes no envelope: it may be a forwarded one.
fn tipo(esterno: &Messaggio<'_>, daticert: Option<&Daticert>, rilievi: &mut Vec<String>) -> Tipo {
    let campi = &esterno.campi;
    let dichiarato = campi.trasporto.as_deref().or(campi.ricevuta.as_deref()).and_then(Tipo::da_nome);
    let certificato = daticert.and_then(|d| Tipo::da_nome(&d.tipo)).filter(|t| *t != Tipo::Anomalia);
    let firmato = gestore::parte_firmata(esterno).is_some();
    match (dichiarato, certificato) {
        (Some(d), Some(c)) if d != c => {
            rilievi.push(
                "Le intestazioni e i dati di certificazione indicano tipi diversi: valgono i secondi.".to_owned(),
            );
            c
        }
        (None, Some(c)) if firmato => {
            rilievi.push(
                "Mancano le intestazioni della posta certificata: il tipo è quello dei dati di certificazione."
                    .to_owned(),
            );
            c
        }
        (None, Some(_)) => {
            rilievi
                .push("È allegato un daticert.xml, ma il messaggio non è una busta di posta certificata.".to_owned());
            Tipo::Ordinaria
        }
        (Some(d), _) => d,
        (None, None) => Tipo::Ordinaria,
    }
}

fn firma_gestore(
    eml: &[u8],
    esterno: &Messaggio<'_>,
    kind: Tipo,
    istante: Option<Istante>,
    fiducia: &Fiducia,
    rilievi: &mut Vec<String>,
) -> Option<FirmaGestore> {
    if kind == Tipo::Ordinaria {
        return None;
    }
    if istante.is_none() {
        rilievi
            .push("Il messaggio non ha data: la validità del certificato del gestore non si può giudicare.".to_owned());
    }
    let firma =
        gestore::verifica(eml, esterno, fiducia, istante.unwrap_or(Istante::from_utc(Default::default())), rilievi);
    if firma.is_none() {
        rilievi.push("La busta non porta la firma del gestore.".to_owned());
    }
    firma
}

/// The message of the sender: `postacert.eml`, or the first attached message.
fn interno<'a>(esterno: &Messaggio<'a>, kind: Tipo) -> Option<Messaggio<'a>> {
    allegato_interno(esterno, kind).map(|a| messaggio::leggi_interno(&a.bytes))
}

fn allegato_interno<'x, 'a>(esterno: &'x Messaggio<'a>, kind: Tipo) -> Option<&'x Allegato<'a>> {
    let nominato = garantiti(esterno).find(|a| a.si_chiama("postacert.eml"));
    let allegato = nominato.or_else(|| garantiti(esterno).find(|a| a.media_type == "message/rfc822"));
    allegato.filter(|_| kind != Tipo::Ordinaria)
}

/// What an envelope of its kind must have, and whether its pieces agree.
fn controlla(
    kind: Tipo,
    esterno: &Messaggio<'_>,
    daticert: Option<&Daticert>,
    interno: Option<&Messaggio<'_>>,
    rilievi: &mut Vec<String>,
) {
    if !matches!(kind, Tipo::Ordinaria | Tipo::Anomalia) && daticert.is_none() {
        rilievi.push("Mancano i dati di certificazione (daticert.xml).".to_owned());
    }
    if matches!(kind, Tipo::PostaCertificata | Tipo::Anomalia) && interno.is_none() {
        rilievi.push("Manca il messaggio originale (postacert.eml).".to_owned());
    }
    if let (Some(certificato), Some(scritto)) = (daticert.and_then(|d| d.msgid.as_ref()), &esterno.campi.riferimento)
        && certificato != scritto
    {
        rilievi
            .push("Il riferimento al messaggio è diverso nelle intestazioni e nei dati di certificazione.".to_owned());
    }
    let certificato = daticert.and_then(|d| d.mittente.as_deref()).filter(|_| kind == Tipo::PostaCertificata);
    let scritto = interno.and_then(|i| i.campi.da.first()).map(|r| r.indirizzo.as_str());
    if let (Some(certificato), Some(scritto)) = (certificato, scritto)
        && !certificato.eq_ignore_ascii_case(scritto)
    {
        rilievi
            .push(format!("Il mittente certificato ({certificato}) non è quello scritto nel messaggio ({scritto})."));
    }
}

fn originale<'a>(interno: Messaggio<'a>, rilievi: &mut Vec<String>) -> Originale<'a> {
    rilievi.extend(interno.rilievi.iter().map(|r| format!("Messaggio originale: {r}")));
    let campi = interno.campi;
    Originale {
        message_id: campi.message_id,
        subject: campi.oggetto,
        from: scritto(&campi.da),
        to: campi.a.iter().map(ToString::to_string).collect(),
        body: interno.corpo,
        attachments: interno.allegati.into_iter().map(|(_, a)| a).collect(),
        mittente: campi.da.into_iter().next(),
        cc: campi.cc,
        date: campi.data,
    }
}

fn scritto(recapiti: &[Recapito]) -> Option<String> {
    (!recapiti.is_empty()).then(|| recapiti.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
}

fn limita(rilievi: &mut Vec<String>) {
    let troppi = rilievi.len().saturating_sub(limiti::MASSIMI_RILIEVI);
    if troppi > 0 {
        rilievi.truncate(limiti::MASSIMI_RILIEVI);
        rilievi.push(format!("Ci sono altri {troppi} rilievi dello stesso genere."));
    }
}
