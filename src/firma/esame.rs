//! The judgement on one signer (ETSI EN 319 102-1 clause 5.2, 5.3), with the revocation data that the file carries and those that are
//! at hand.

use super::algoritmo::{Digesto, Metodo, Schema, metodo, oid_di};
use super::archivio::{Caso, Intorno, Prove};
use super::asn1::Elemento;
use super::catena::{Contesto, Uso, catena};
use super::certificato::Certificato;
use super::chiave::Esito;
use super::cms::Impronte;
use super::difetto::Difetto;
use super::ess::{Legame, legame};
use super::firmatario::{Attributi, CampiFirmatario, InfoFirmatario};
use super::giudizio::Giudizio;
use super::qualifica::{qualifica, ritratta};
use super::rapporto::{Firma, Indicazione, MarcaTemporale, Sottoindicazione};
use super::revoca::{AUTORITA_NON_CONTROLLATE, NON_CONTROLLATA, RIATTIVATO, Revoche, Stato, stato};
use super::{ignoto, oid, robustezza, tempo};
use crate::valori::Istante;
use der::oid::ObjectIdentifier;

/// Counter-signatures of counter-signatures that are followed.
const MAX_CONTROFIRME_ANNIDATE: usize = 3;
/// Counter-signatures, and timestamps, of one signature that are examined.
const MAX_AGGIUNTE: usize = 64;

/// Said when what is known about it could not all be believed or not.
const REVOCA_INTERROTTA: &str =
    "I dati di revoca sono troppi per essere verificati tutti: non si sa se un certificato era revocato.";

/// What the signers of one envelope have in common.
#[derive(Clone, Copy)]
pub struct Oggetto<'a> {
    /// What the content is declared to be; `None` for a counter-signature, which has no type.
    pub tipo: Option<ObjectIdentifier>,
    /// What was signed.
    pub firmato: Firmato<'a>,
    /// The certificates of the envelope.
    pub certificati: &'a [Certificato<'a>],
    /// The revocation data of the envelope, and of the file round it.
    pub revoche: &'a [&'a Revoche<'a>],
    /// The envelope itself, for the timestamps that cover it.
    pub intorno: Option<&'a Intorno<'a>>,
    /// Which envelope, 0 = outermost.
    pub strato: usize,
    /// What the signers' certificates are used for.
    pub uso: Uso,
}

/// What was signed.
#[derive(Clone, Copy)]
pub enum Firmato<'a> {
    /// It flowed, and these are its digests.
    Passato(&'a Impronte),
    /// The same, and what flowed is itself a digest, made with this algorithm, of what people read.
    Impronta(&'a Impronte, Digesto),
    /// It is here.
    Byte(&'a [u8]),
    /// It is not known.
    Ignoto,
}

impl Firmato<'_> {
    /// Its digest, if it can be had.
    pub fn impronta(&self, digesto: Digesto) -> Option<Vec<u8>> {
        match self {
            Self::Passato(impronte) | Self::Impronta(impronte, _) => impronte.con(digesto).map(<[u8]>::to_vec),
            Self::Byte(byte) => Some(digesto.di(byte)),
            Self::Ignoto => None,
        }
    }
}

/// Judges one SignerInfo, given as it was sent.
pub fn esamina(contesto: &Contesto<'_>, oggetto: &Oggetto<'_>, ber: &[u8]) -> Firma {
    esamina_annidata(contesto, oggetto, ber, 0)
}

/// An entry without signer, for what cannot be read or is not verified.
pub fn senza_firmatario(strato: usize, giudizio: Giudizio) -> Firma {
    Firma {
        layer: strato,
        indication: giudizio.indicazione,
        sub_indication: giudizio.motivo,
        level: None,
        digest_algorithm: None,
        signature_algorithm: None,
        signer: None,
        issuer: None,
        signing_time: None,
        timestamps: Vec::new(),
        best_signature_time: None,
        qualified: None,
        qualified_device: None,
        counter_signatures: Vec::new(),
        findings: giudizio.concludi(),
    }
}

/// Makes the verdict on a signature worse by what was found around it.
pub fn peggiora(firma: &mut Firma, come: impl FnOnce(&mut Giudizio)) {
    let mut giudizio = Giudizio::new();
    giudizio.indicazione = firma.indication;
    giudizio.motivo = firma.sub_indication;
    giudizio.rilievi = std::mem::take(&mut firma.findings);
    come(&mut giudizio);
    firma.indication = giudizio.indicazione;
    firma.sub_indication = giudizio.motivo;
    firma.findings = giudizio.rilievi;
    if firma.indication > Indicazione::TotalPassed {
        ritratta(&mut firma.findings);
    }
}

fn esamina_annidata(contesto: &Contesto<'_>, oggetto: &Oggetto<'_>, ber: &[u8], annidate: usize) -> Firma {
    let illeggibile = |difetto: Difetto| {
        let mut giudizio = Giudizio::new();
        giudizio.fallita(Sottoindicazione::FormatFailure, format!("La firma non è leggibile: {difetto}."));
        senza_firmatario(oggetto.strato, giudizio)
    };
    let campi = match CampiFirmatario::leggi(ber) {
        Ok(campi) => campi,
        Err(difetto) => return illeggibile(difetto),
    };
    let (info, aggiunte_illeggibili) = match campi.info() {
        Ok(info) => info,
        Err(difetto) => return illeggibile(difetto),
    };
    let mut aggiunte = Revoche::default();
    info.non_firmati.valori(oid::REVOCATION_VALUES).for_each(|valori| aggiunte.aggiungi_valori(&valori));
    let firmati = info.firmati.iter().flat_map(|firmati| firmati.valori(oid::ADBE_REVOCATION));
    firmati.for_each(|valori| aggiunte.aggiungi_valori(&valori));
    let revoche: Vec<&Revoche<'_>> = oggetto.revoche.iter().copied().chain([&aggiunte]).collect();
    let oggetto = &Oggetto { revoche: &revoche, ..*oggetto };
    let mut giudizio = Giudizio::new();
    let digesto = Digesto::da_algoritmo(&info.algoritmo_digesto);
    let metodo = metodo(&info.algoritmo_firma, digesto);
    esamina_contenuto(&mut giudizio, oggetto, &info, digesto);
    let certificato = certificato_usato(oggetto.certificati, &info);
    let prove = prove(&mut giudizio, contesto, oggetto, &campi, &info, annidate);
    let allora = contesto.all_istante(prove.istante);
    match certificato {
        Some(certificato) => esamina_valore(&mut giudizio, &allora, oggetto, &info, metodo, certificato),
        None => giudizio.incerta(
            Sottoindicazione::NoSigningCertificateFound,
            "Il certificato del firmatario non è nel file: la firma non si può verificare.",
        ),
    }
    if aggiunte_illeggibili {
        giudizio.nota("I dati aggiunti alla firma (marche temporali, controfirme) non sono leggibili.");
    }
    let counter_signatures = controfirme(&mut giudizio, contesto, oggetto, &info, annidate);
    Firma {
        level: Some(livello(&info, oggetto.revoche.iter().any(|r| !r.vuote())).to_owned()),
        digest_algorithm: Some(digesto.map_or_else(|| nome_oid(&info.algoritmo_digesto), |d| d.nome().to_owned())),
        signature_algorithm: Some(
            metodo.map_or_else(|| nome_oid(&info.algoritmo_firma), |m| m.schema.nome().to_owned()),
        ),
        signer: certificato.map(|c| c.firmatario_di(giudizio.sigillo)),
        issuer: certificato.map(Certificato::emittente_leggibile),
        signing_time: info.firmati.as_ref().and_then(|a| tempo::istante(&a.unico(oid::SIGNING_TIME)?)),
        timestamps: prove.marche,
        best_signature_time: allora.provato(),
        qualified: giudizio.qualificata.or_else(|| certificato.map(Certificato::qualificato)),
        qualified_device: giudizio.dispositivo,
        counter_signatures,
        ..senza_firmatario(oggetto.strato, giudizio)
    }
}

/// The certificate that the signer names; if there are twins, the one that the signed attributes confirm.
fn certificato_usato<'a>(certificati: &'a [Certificato<'a>], info: &InfoFirmatario<'_>) -> Option<&'a Certificato<'a>> {
    let indicati: Vec<_> = certificati.iter().filter(|c| info.indica(c)).collect();
    let confermato =
        |c: &&&Certificato<'_>| info.firmati.as_ref().is_some_and(|firmati| legame(firmati, c.der) == Legame::Conferma);
    indicati.iter().find(confermato).or_else(|| indicati.first()).copied()
}

/// The digest of the content against the one that was signed, and the type of the content.
fn esamina_contenuto(
    giudizio: &mut Giudizio,
    oggetto: &Oggetto<'_>,
    info: &InfoFirmatario<'_>,
    digesto: Option<Digesto>,
) {
    if matches!(oggetto.firmato, Firmato::Ignoto) {
        let frase = "La firma è separata dal documento, che non è stato indicato: non si può sapere se corrisponde.";
        giudizio.incerta(Sottoindicazione::SignedDataNotFound, frase);
    }
    let Some(firmati) = &info.firmati else {
        if oggetto.tipo.is_some_and(|tipo| tipo != oid::DATA) {
            let frase = "Mancano gli attributi firmati, obbligatori per questo tipo di contenuto.";
            giudizio.incerta(Sottoindicazione::SigConstraintsFailure, frase);
        }
        return;
    };
    match firmati.unico(oid::MESSAGE_DIGEST) {
        None => giudizio.fallita(
            Sottoindicazione::FormatFailure,
            "Fra gli attributi firmati manca l'impronta del documento, o ce n'è più di una.",
        ),
        Some(attesa) => esamina_impronta(giudizio, oggetto, (digesto, &info.algoritmo_digesto), attesa.valore),
    }
    if let Some(tipo) = oggetto.tipo {
        esamina_tipo(giudizio, firmati, tipo);
    }
}

/// `digesto` is the one that the signer names, and what it names.
fn esamina_impronta(
    giudizio: &mut Giudizio,
    oggetto: &Oggetto<'_>,
    digesto: (Option<Digesto>, &Elemento<'_>),
    attesa: &[u8],
) {
    let (Some(digesto), _) = digesto else {
        let quale = ignoto::nome(digesto.1);
        let frase = format!("L'algoritmo di impronta della firma ({quale}) non è fra quelli accettati.");
        return giudizio.incerta(Sottoindicazione::CryptoConstraintsFailure, frase);
    };
    match oggetto.firmato.impronta(digesto) {
        Some(impronta) if impronta == attesa => {}
        Some(_) => giudizio.fallita(
            Sottoindicazione::HashFailure,
            "Il documento non è quello firmato: la sua impronta è diversa da quella nella firma.",
        ),
        None if matches!(oggetto.firmato, Firmato::Ignoto) => {}
        None => giudizio.incerta(
            Sottoindicazione::Generic,
            "L'impronta del documento non è stata calcolata: la busta non annuncia l'algoritmo usato dal firmatario.",
        ),
    }
}

fn esamina_tipo(giudizio: &mut Giudizio, firmati: &Attributi<'_>, tipo: ObjectIdentifier) {
    match firmati.unico(oid::CONTENT_TYPE).and_then(|e| e.oid()) {
        Some(firmato) if firmato == tipo => {}
        Some(_) => giudizio.fallita(
            Sottoindicazione::FormatFailure,
            "Il tipo di contenuto dichiarato dalla busta non è quello firmato.",
        ),
        None => giudizio
            .incerta(Sottoindicazione::SigConstraintsFailure, "Fra gli attributi firmati manca il tipo di contenuto."),
    }
}

/// The signature value, the certificate that made it, and the chain above.
fn esamina_valore(
    giudizio: &mut Giudizio,
    contesto: &Contesto<'_>,
    oggetto: &Oggetto<'_>,
    info: &InfoFirmatario<'_>,
    metodo: Option<Metodo>,
    certificato: &Certificato<'_>,
) {
    let Some(chiave) = certificato.chiave() else {
        return giudizio.incerta(Sottoindicazione::CryptoConstraintsFailure, certificato.chiave_ignota());
    };
    let Some(metodo) = metodo else {
        let quale = ignoto::nome(&info.algoritmo_firma);
        let frase = format!("L'algoritmo della firma ({quale}) non è fra quelli accettati.");
        return giudizio.incerta(Sottoindicazione::CryptoConstraintsFailure, frase);
    };
    let impronte = match &info.firmati {
        Some(firmati) => firmati.firmabili().iter().map(|byte| metodo.da_firmare(byte)).collect(),
        None if metodo.schema == Schema::EdDsa => Vec::new(),
        None => Vec::from_iter(oggetto.firmato.impronta(metodo.digesto)),
    };
    if !contesto.spendi() {
        return giudizio
            .incerta(Sottoindicazione::Generic, "Le firme del file sono troppe per essere verificate tutte.");
    }
    let valida = impronte.iter().any(|impronta| chiave.verifica(metodo, impronta, info.valore) == Esito::Valida);
    if !valida && !impronte.is_empty() {
        let frase =
            "La firma non corrisponde: il valore non è stato prodotto con la chiave del firmatario su questi dati.";
        giudizio.fallita(Sottoindicazione::SigCryptoFailure, frase);
    } else if !valida && !matches!(oggetto.firmato, Firmato::Ignoto) {
        let frase = "L'impronta del documento non è stata calcolata: la busta non annuncia l'algoritmo usato.";
        giudizio.incerta(Sottoindicazione::Generic, frase);
    }
    if info.firmati.as_ref().is_some_and(|firmati| legame(firmati, certificato.der) == Legame::Smentisce) {
        let frase = "Il certificato nel file non è quello che la firma dichiara di avere usato.";
        giudizio.incerta(Sottoindicazione::NoSigningCertificateFound, frase);
    }
    let aggiunti: Vec<Certificato<'_>> = certificati_aggiunti(info);
    // One that stands between the document and what was signed.
    let del_documento = match oggetto.firmato {
        Firmato::Impronta(_, digesto) => Some(digesto),
        _ => None,
    };
    let attorno = Attorno {
        certificati: &oggetto.certificati.iter().chain(&aggiunti).collect::<Vec<_>>(),
        revoche: oggetto.revoche,
        digesti: &[Digesto::da_algoritmo(&info.algoritmo_digesto), Some(metodo.digesto), del_documento]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
        uso: oggetto.uso,
    };
    esamina_certificato(giudizio, contesto, certificato, &attorno);
}

/// What stands round the certificate of a signer.
pub struct Attorno<'a> {
    /// The certificates that a chain may go through.
    pub certificati: &'a [&'a Certificato<'a>],
    /// What is said of their revocation.
    pub revoche: &'a [&'a Revoche<'a>],
    /// The digests through which its key signed the document.
    pub digesti: &'a [Digesto],
    /// What the certificate is used for.
    pub uso: Uso,
}

/// The strength of what was used, the chain above the certificate of the signer, and its revocation.
pub fn esamina_certificato(
    giudizio: &mut Giudizio,
    contesto: &Contesto<'_>,
    certificato: &Certificato<'_>,
    attorno: &Attorno<'_>,
) {
    let mut sopra = Vec::new();
    if giudizio.indicazione != Indicazione::TotalFailed {
        match catena(contesto, certificato, attorno.certificati, attorno.uso) {
            Ok(catena) => {
                if let Some(servizio) = catena.servizio.filter(|_| attorno.uso == Uso::Firma) {
                    qualifica(giudizio, contesto, certificato, &servizio);
                }
                sopra = catena.sopra;
                esamina_revoca(giudizio, contesto, attorno.revoche, certificato, &sopra);
            }
            Err((motivo, frase)) => giudizio.incerta(motivo, frase),
        }
    }
    let mut debole = |che: Option<String>, di_chi: &str| {
        if let Some(che) = che {
            let frase = format!("{di_chi} usa {che}: niente prova che la firma esistesse prima.");
            giudizio.incerta(Sottoindicazione::CryptoConstraintsFailureNoPoe, frase);
        }
    };
    debole(certificato.chiave().and_then(|k| robustezza::vizio_chiave(&k, contesto.istante)), "La firma");
    debole(attorno.digesti.iter().find_map(|d| robustezza::vizio_digesto(*d, contesto.istante)), "La firma");
    for sopra in sopra.iter().filter_map(|der| Certificato::leggi(der)) {
        let che = sopra.chiave().and_then(|k| robustezza::vizio_chiave(&k, contesto.istante));
        debole(che, "Un'autorità della catena");
    }
}

/// The certificates of the chain that others added to the signature (RFC 5126 section 6.3.3).
fn certificati_aggiunti<'a>(info: &InfoFirmatario<'a>) -> Vec<Certificato<'a>> {
    let valori = info.non_firmati.valori(oid::CERTIFICATE_VALUES);
    let certificati = valori.flat_map(|v| v.figli().unwrap_or_default()).take(MAX_AGGIUNTE);
    certificati.filter_map(|e| Certificato::leggi(e.intero)).collect()
}

/// Whether the signer's certificate, or one above it, had been taken back at the instant of the judgement.
fn esamina_revoca(
    giudizio: &mut Giudizio,
    contesto: &Contesto<'_>,
    revoche: &[&Revoche<'_>],
    certificato: &Certificato<'_>,
    sopra: &[Vec<u8>],
) {
    let sopra: Vec<Certificato<'_>> = sopra.iter().filter_map(|der| Certificato::leggi(der)).collect();
    let stato =
        |chi: &Certificato<'_>, emittente: &Certificato<'_>| stato(contesto, revoche, chi, emittente, contesto.istante);
    match sopra.first().and_then(|emittente| stato(certificato, emittente)) {
        Some(Stato::Revocato(dal)) => {
            let dal = dal.leggibile();
            let frase = format!(
                "Il certificato del firmatario risulta revocato dal {dal} e niente prova che la firma esistesse prima."
            );
            giudizio.incerta(Sottoindicazione::RevokedNoPoe, frase);
        }
        Some(Stato::Sospeso(dal)) => {
            let frase = format!(
                "Il certificato del firmatario risulta sospeso dal {}, e niente prova che la firma esistesse prima né che la sospensione sia finita.",
                dal.leggibile()
            );
            giudizio.incerta(Sottoindicazione::TryLater, frase);
        }
        Some(Stato::Riattivato(dal, al)) => {
            giudizio.nota(format!("{RIATTIVATO} dal {}; il {} non lo era più.", dal.leggibile(), al.leggibile()))
        }
        Some(Stato::Valido(al)) => {
            giudizio.nota(format!("Il certificato del firmatario non risultava revocato il {}.", al.leggibile()));
        }
        Some(Stato::Interrotto) => giudizio.incerta(Sottoindicazione::Generic, REVOCA_INTERROTTA),
        None => giudizio.nota(NON_CONTROLLATA),
    }
    let mut ignote = false;
    for coppia in sopra.windows(2) {
        let [sotto, emittente] = coppia else { continue };
        let dal = |dal: Istante, come: &str| {
            format!("Il certificato di un'autorità della catena risulta {come} dal {}.", dal.leggibile())
        };
        match stato(sotto, emittente) {
            Some(Stato::Revocato(da)) => giudizio.incerta(Sottoindicazione::RevokedCaNoPoe, dal(da, "revocato")),
            Some(Stato::Sospeso(da)) => giudizio.incerta(Sottoindicazione::TryLater, dal(da, "sospeso")),
            Some(Stato::Interrotto) => giudizio.incerta(Sottoindicazione::Generic, REVOCA_INTERROTTA),
            Some(Stato::Valido(_) | Stato::Riattivato(..)) => {}
            None => ignote = true,
        }
    }
    if ignote {
        giudizio.nota(AUTORITA_NON_CONTROLLATE);
    }
}

/// What the timestamps of a signer prove. A timestamp may itself carry timestamps: those are not followed.
fn prove(
    giudizio: &mut Giudizio,
    contesto: &Contesto<'_>,
    oggetto: &Oggetto<'_>,
    campi: &CampiFirmatario,
    info: &InfoFirmatario<'_>,
    annidate: usize,
) -> Prove {
    if oggetto.uso == Uso::Marca || annidate > MAX_CONTROFIRME_ANNIDATE {
        return Prove { marche: Vec::new(), istante: contesto.istante };
    }
    let aggiunti = &certificati_aggiunti(info);
    Caso { contesto, oggetto, campi, info, aggiunti }.prove(giudizio)
}

/// The earliest instant at which the signature is proved to have existed: that of its first valid timestamp, if it is before the
/// one that is known otherwise (ETSI EN 319 102-1 clause 5.6.2.4, best signature time).
pub fn opponibile(noto: Istante, marche: &[MarcaTemporale]) -> Istante {
    let valide = marche.iter().filter(|m| m.indication == Indicazione::TotalPassed);
    valide.filter_map(|m| m.time).min().map_or(noto, |marcata| marcata.min(noto))
}

fn controfirme(
    giudizio: &mut Giudizio,
    contesto: &Contesto<'_>,
    oggetto: &Oggetto<'_>,
    info: &InfoFirmatario<'_>,
    annidate: usize,
) -> Vec<Firma> {
    let controfirmato = Oggetto { tipo: None, firmato: Firmato::Byte(info.valore), intorno: None, ..*oggetto };
    let mut valori = info.non_firmati.valori(oid::COUNTERSIGNATURE);
    if annidate >= MAX_CONTROFIRME_ANNIDATE {
        if valori.next().is_some() {
            giudizio.nota("Ci sono altre controfirme annidate, che non sono state verificate.");
        }
        return Vec::new();
    }
    let esaminate = valori.by_ref().take(MAX_AGGIUNTE);
    let firme: Vec<Firma> =
        esaminate.map(|v| esamina_annidata(contesto, &controfirmato, v.intero, annidate + 1)).collect();
    if valori.next().is_some() {
        giudizio.nota("Ci sono altre controfirme, oltre il numero massimo, che non sono state verificate.");
    }
    firme
}

/// The level that the attributes suggest (ETSI EN 319 122-1, RFC 5126); nobody has validated it.
fn livello(info: &InfoFirmatario<'_>, revoche: bool) -> &'static str {
    let vuoti = Attributi::default();
    let firmati = info.firmati.as_ref().unwrap_or(&vuoti);
    let aggiunti = &info.non_firmati;
    let marcata = aggiunti.ha(oid::SIGNATURE_TIME_STAMP);
    match () {
        () if !firmati.ha(oid::SIGNING_CERTIFICATE) && !firmati.ha(oid::SIGNING_CERTIFICATE_V2) => "CMS",
        () if aggiunti.ha(oid::ARCHIVE_TIME_STAMP[2]) => "CAdES-LTA",
        () if oid::ARCHIVE_TIME_STAMP.iter().any(|o| aggiunti.ha(*o)) => "CAdES-A",
        () if marcata && (revoche || aggiunti.ha(oid::REVOCATION_VALUES)) => "CAdES-LT",
        () if marcata => "CAdES-T",
        () if firmati.ha(oid::SIG_POLICY_ID) => "CAdES-EPES",
        () => "CAdES-BES",
    }
}

fn nome_oid(algoritmo: &Elemento<'_>) -> String {
    oid_di(algoritmo).map_or_else(|| "?".to_owned(), |oid| oid.to_string())
}
