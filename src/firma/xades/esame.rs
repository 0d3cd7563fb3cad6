//! The judgement on one XML signature (ETSI EN 319 102-1 clause 5.2, 5.3).

use super::proprieta::{Legame, Proprieta, verso_proprieta};
use crate::firma::asn1::elemento;
use crate::firma::catena::{Contesto, Uso};
use crate::firma::certificato::Certificato;
use crate::firma::chiave::{Chiave, Esito as EsitoValore};
use crate::firma::esame::{Attorno, esamina_certificato, senza_firmatario};
use crate::firma::giudizio::Giudizio;
use crate::firma::rapporto::{Firma, Sottoindicazione};
use crate::firma::revoca::Revoche;
use crate::firma::xml::DS;
use crate::firma::xml::albero::Albero;
use crate::firma::xml::busta::Busta;
use crate::firma::xml::canonica::Insieme;
use crate::firma::xml::copertura::scoperto;
use crate::firma::xml::riferimento::{Esito, Fuori, Riscontro, segui};
use uppsala::NodeId;

/// Counter-signatures of counter-signatures that are followed.
const MAX_CONTROFIRME_ANNIDATE: usize = 3;

/// One signature, with what it is judged by.
pub(super) struct Caso<'a, 'b, 'e> {
    pub(super) contesto: &'a Contesto<'a>,
    pub(super) albero: &'a Albero<'b>,
    strato: usize,
    pub(super) busta: Busta,
    /// What may be signed outside of the document.
    pub(super) esterni: Fuori<'e>,
    pub(super) riscontri: Vec<Riscontro>,
    pub(super) proprieta: Option<Proprieta<'a, 'b>>,
}

/// Judges the signature `nodo` of a document.
pub fn esamina(contesto: &Contesto<'_>, albero: &Albero<'_>, nodo: NodeId, esterni: Fuori<'_>, strato: usize) -> Firma {
    esamina_annidata(contesto, albero, nodo, esterni, strato, None)
}

/// `controfirmato`: the value that a counter-signature must sign, and how many counter-signatures stand above.
fn esamina_annidata(
    contesto: &Contesto<'_>,
    albero: &Albero<'_>,
    nodo: NodeId,
    esterni: Fuori<'_>,
    strato: usize,
    controfirmato: Option<(NodeId, usize)>,
) -> Firma {
    let mut giudizio = Giudizio::new();
    let letta = Busta::leggi(albero, nodo).and_then(|busta| Ok((busta, Proprieta::leggi(albero, nodo)?)));
    let (busta, proprieta) = match letta {
        Ok(parti) => parti,
        Err(perche) => {
            giudizio.fallita(Sottoindicazione::FormatFailure, format!("La firma XML non è scritta bene: {perche}."));
            return senza_firmatario(strato, giudizio);
        }
    };
    // Only one document was given: with more references to the outside nobody knows which of them it is.
    let fuori = busta.riferimenti.iter().filter(|r| crate::firma::xml::riferimento::esterno(albero, **r)).count();
    let esterni = if matches!(esterni, Fuori::Uno(_)) && fuori != 1 { Fuori::Niente } else { esterni };
    if matches!(esterni, Fuori::Nomi(_)) && fuori == 0 {
        let frase = "La firma non riguarda nessun file del contenitore in cui si trova.";
        giudizio.fallita(Sottoindicazione::FormatFailure, frase);
    }
    let riscontri = busta.riferimenti.iter().map(|r| segui(albero, nodo, *r, esterni)).collect();
    let caso = Caso { contesto, albero, strato, busta, esterni, riscontri, proprieta };
    caso.esamina_riferimenti(&mut giudizio);
    caso.esamina_proprieta(&mut giudizio);
    match controfirmato {
        Some((valore, _)) => caso.esamina_controfirmato(&mut giudizio, valore),
        None => caso.esamina_dati(&mut giudizio),
    }
    caso.giudica(giudizio, controfirmato.map(|(_, annidate)| annidate))
}

impl Caso<'_, '_, '_> {
    fn giudica(&self, mut giudizio: Giudizio, annidate: Option<usize>) -> Firma {
        let evidenze = self.proprieta.as_ref().map(Proprieta::certificati).unwrap_or_default();
        let der: Vec<&Vec<u8>> = self.busta.certificati.iter().chain(&evidenze).collect();
        let certificati: Vec<Certificato<'_>> = der.into_iter().filter_map(|der| Certificato::leggi(der)).collect();
        let propri = self.busta.certificati.iter().filter_map(|der| Certificato::leggi(der)).count();
        let [liste, risposte] = self.proprieta.as_ref().map(Proprieta::revoche).unwrap_or_default();
        let mut revoche = Revoche::default();
        liste.iter().for_each(|lista| revoche.aggiungi_lista(lista));
        for risposta in risposte.iter().filter_map(|byte| elemento(byte).ok()) {
            revoche.aggiungi_risposta_intera(&risposta);
        }
        let prove = self.prove(&mut giudizio, &certificati, &[&revoche]);
        let allora = self.contesto.all_istante(prove.istante);
        let certificato = self.esamina_valore(&mut giudizio, &allora, (&certificati, propri), &revoche);
        if annidate.is_none() {
            self.esamina_copertura(&mut giudizio);
        }
        let counter_signatures = self.controfirme(&mut giudizio, annidate.unwrap_or(0));
        let digesto = self.dati().find_map(|r| r.digesto).or_else(|| self.riscontri.iter().find_map(|r| r.digesto));
        let firmate = self.proprieta.as_ref().filter(|_| self.proprieta_firmate());
        Firma {
            level: Some(self.proprieta.as_ref().map_or("XMLDSig", Proprieta::livello).to_owned()),
            digest_algorithm: digesto.map(|d| d.nome().to_owned()),
            signature_algorithm: Some(
                self.busta.metodo.map_or_else(|| self.busta.nome_metodo.clone(), |m| m.schema.nome().to_owned()),
            ),
            signer: certificato.map(|c| c.firmatario_di(giudizio.sigillo)),
            issuer: certificato.map(Certificato::emittente_leggibile),
            signing_time: firmate.and_then(Proprieta::istante),
            timestamps: prove.marche,
            best_signature_time: allora.provato(),
            qualified: giudizio.qualificata.or_else(|| certificato.map(Certificato::qualificato)),
            qualified_device: giudizio.dispositivo,
            counter_signatures,
            ..senza_firmatario(self.strato, giudizio)
        }
    }

    /// The references to what is signed, apart from those to the signature's own parts.
    fn dati(&self) -> impl Iterator<Item = &Riscontro> {
        let firmate = self.proprieta.as_ref().map(|p| p.nodo);
        self.riscontri.iter().filter(move |r| {
            let propria = r.copre.as_ref().is_some_and(|copre| {
                copre.dentro.iter().all(|nodo| {
                    Some(*nodo) == self.busta.key_info || firmate.is_some_and(|p| self.albero.contiene(p, *nodo))
                })
            });
            !propria && !verso_proprieta(r.tipo.as_deref())
        })
    }

    /// Every reference must lead to what was signed.
    fn esamina_riferimenti(&self, giudizio: &mut Giudizio) {
        for riscontro in &self.riscontri {
            match &riscontro.esito {
                Esito::Concorda => {}
                Esito::Diverso => giudizio.fallita(
                    Sottoindicazione::HashFailure,
                    "Il documento non è quello firmato: la sua impronta è diversa da quella nella firma.",
                ),
                Esito::Assente(dove) => giudizio.incerta(
                    Sottoindicazione::SignedDataNotFound,
                    format!("Una parte di quello che è stato firmato non è nel file: «{dove}»."),
                ),
                Esito::Doppio => giudizio.fallita(
                    Sottoindicazione::FormatFailure,
                    "Nel documento ci sono due elementi con lo stesso identificatore: non si sa quale sia stato firmato.",
                ),
                Esito::Ignoto(perche) => giudizio.incerta(
                    Sottoindicazione::CryptoConstraintsFailure,
                    format!("L'impronta di quello che è stato firmato non è stata calcolata: {perche}."),
                ),
                Esito::Illeggibile => giudizio
                    .fallita(Sottoindicazione::FormatFailure, "Un riferimento della firma non è scritto come dovrebbe."),
            }
            self.esamina_luogo(giudizio, riscontro);
        }
    }

    /// An `Object` stands in its signature: one that was moved elsewhere is no longer what the signer saw there.
    fn esamina_luogo(&self, giudizio: &mut Giudizio, riscontro: &Riscontro) {
        let fuori_posto = |nodo: &NodeId| {
            self.albero.e(*nodo, DS, "Object")
                && !self.albero.doc.parent(*nodo).is_some_and(|sopra| self.albero.e(sopra, DS, "Signature"))
        };
        if riscontro.copre.as_ref().is_some_and(|copre| copre.dentro.iter().any(fuori_posto)) {
            let frase = "L'oggetto firmato è stato spostato dentro un altro elemento: il file è stato rimaneggiato.";
            giudizio.fallita(Sottoindicazione::FormatFailure, frase);
        }
    }

    /// Whether the signature covers its own signed properties.
    fn proprieta_firmate(&self) -> bool {
        let Some(nodo) = self.proprieta.as_ref().and_then(|p| p.firmate) else { return false };
        self.riscontri.iter().filter_map(|r| r.copre.as_ref()).any(|copre| {
            let dentro = copre.dentro.iter().any(|cima| self.albero.contiene(*cima, nodo));
            dentro && !copre.esclusi.iter().any(|escluso| self.albero.contiene(*escluso, nodo))
        })
    }

    /// The properties that are called signed must be signed, and by this signature.
    fn esamina_proprieta(&self, giudizio: &mut Giudizio) {
        let altrove = self.riscontri.iter().any(|r| {
            let proprie = self.proprieta.as_ref().and_then(|p| p.firmate);
            verso_proprieta(r.tipo.as_deref())
                && r.copre.as_ref().is_some_and(|copre| copre.dentro.iter().any(|nodo| Some(*nodo) != proprie))
        });
        if altrove {
            let frase = "Le proprietà firmate non sono quelle che la firma mostra: il file è stato rimaneggiato.";
            giudizio.fallita(Sottoindicazione::FormatFailure, frase);
        } else if self.proprieta.as_ref().is_some_and(|p| p.firmate.is_some()) && !self.proprieta_firmate() {
            let frase = "Le proprietà del firmatario (data, certificato) non sono coperte dalla firma.";
            giudizio.fallita(Sottoindicazione::FormatFailure, frase);
        }
    }

    /// A signature over its own properties alone says nothing of any document.
    fn esamina_dati(&self, giudizio: &mut Giudizio) {
        if self.dati().next().is_none() {
            let frase = "La firma non copre nessun documento, ma solo i propri dati.";
            giudizio.incerta(Sottoindicazione::SignedDataNotFound, frase);
        }
    }

    /// What a person sees in the file must be what was signed.
    fn esamina_copertura(&self, giudizio: &mut Giudizio) {
        let coperti: Vec<&Insieme> = self.dati().filter_map(|r| r.copre.as_ref()).collect();
        if coperti.is_empty() {
            return;
        }
        let proprie: Vec<NodeId> = self.proprieta.iter().map(|p| p.nodo).collect();
        if let Some(che) = scoperto(self.albero, self.busta.nodo, &coperti, &proprie) {
            let frase = format!("La firma copre solo una parte del documento: resta fuori {che}.");
            giudizio.incerta(Sottoindicazione::SigConstraintsFailure, frase);
        }
    }

    /// A counter-signature signs the value of the signature in which it stands (EN 319 132-1 clause 5.2.7).
    fn esamina_controfirmato(&self, giudizio: &mut Giudizio, valore: NodeId) {
        let copre = |r: &Riscontro| {
            r.copre.as_ref().is_some_and(|c| c.dentro == [valore] && c.esclusi.is_empty()) && r.esito == Esito::Concorda
        };
        if !self.riscontri.iter().any(copre) {
            let frase = "La controfirma non riguarda la firma in cui si trova.";
            giudizio.fallita(Sottoindicazione::FormatFailure, frase);
        }
    }

    /// The signature value, the certificate that made it, and the chain above; `propri` of the certificates are in `KeyInfo`.
    fn esamina_valore<'c>(
        &self,
        giudizio: &mut Giudizio,
        allora: &Contesto<'_>,
        (certificati, propri): (&'c [Certificato<'c>], usize),
        revoche: &Revoche<'_>,
    ) -> Option<&'c Certificato<'c>> {
        let firmabile = match self.busta.firmabile(self.albero) {
            Ok(byte) => byte,
            Err(perche) => {
                let frase = format!("Il valore della firma non è stato verificato: {perche}.");
                giudizio.incerta(Sottoindicazione::CryptoConstraintsFailure, frase);
                return None;
            }
        };
        if propri == 0 && !self.busta.certificati.is_empty() {
            let frase = "Il certificato del firmatario che è nel file non è leggibile.";
            giudizio.fallita(Sottoindicazione::FormatFailure, frase);
        }
        let Some(certificato) = self.certificato_usato(certificati, propri, &firmabile) else {
            giudizio.incerta(
                Sottoindicazione::NoSigningCertificateFound,
                "Il certificato del firmatario non è nel file: non si sa chi ha firmato.",
            );
            if let Some(chiave) = self.busta.chiave.as_deref().and_then(Chiave::da_spki) {
                self.esamina_con(giudizio, &chiave, &firmabile);
            }
            return None;
        };
        match (self.legame(certificato), certificato.chiave()) {
            // With the key of somebody else the value says nothing (EN 319 102-1 clause 5.2.3.4).
            (Legame::Smentisce, _) => giudizio.incerta(
                Sottoindicazione::NoSigningCertificateFound,
                "Il certificato nel file non è quello che la firma dichiara di avere usato.",
            ),
            (_, Some(chiave)) => self.esamina_con(giudizio, &chiave, &firmabile),
            (_, None) => {
                giudizio.incerta(Sottoindicazione::CryptoConstraintsFailure, certificato.chiave_ignota());
            }
        }
        if let Some(metodo) = self.busta.metodo {
            let certificati = &certificati.iter().collect::<Vec<_>>();
            let digesti: Vec<_> = self.riscontri.iter().filter_map(|r| r.digesto).chain([metodo.digesto]).collect();
            let attorno = Attorno { certificati, revoche: &[revoche], digesti: &digesti, uso: Uso::Firma };
            esamina_certificato(giudizio, allora, certificato, &attorno);
        }
        Some(certificato)
    }

    fn legame(&self, certificato: &Certificato<'_>) -> Legame {
        self.proprieta.as_ref().map_or(Legame::Assente, |p| p.legame(certificato.der))
    }

    /// The certificate that the signed properties name; without them the one whose key made the value, since `KeyInfo` has no
    /// order; else the first.
    fn certificato_usato<'c>(
        &self,
        certificati: &'c [Certificato<'c>],
        propri: usize,
        firmabile: &[u8],
    ) -> Option<&'c Certificato<'c>> {
        let confermato = certificati.iter().find(|c| self.legame(c) == Legame::Conferma);
        let candidati = certificati.get(..propri).unwrap_or_default();
        confermato
            .or_else(|| candidati.iter().find(|c| c.chiave().is_some_and(|k| self.vale(&k, firmabile) == Some(true))))
            .or_else(|| candidati.first())
    }

    /// Whether the value was made with this key; `None` if that cannot be known.
    fn vale(&self, chiave: &Chiave<'_>, firmabile: &[u8]) -> Option<bool> {
        let metodo = self.busta.metodo?;
        if !self.contesto.spendi() {
            return None;
        }
        let Some(valore) = self.busta.valore() else { return Some(false) };
        Some(chiave.verifica(metodo, &metodo.da_firmare(firmabile), &valore) == EsitoValore::Valida)
    }

    fn esamina_con(&self, giudizio: &mut Giudizio, chiave: &Chiave<'_>, firmabile: &[u8]) {
        match self.vale(chiave, firmabile) {
            Some(true) => {}
            Some(false) => giudizio.fallita(
                Sottoindicazione::SigCryptoFailure,
                "La firma non corrisponde: il valore non è stato prodotto con la chiave del firmatario su questi dati.",
            ),
            None if self.busta.metodo.is_none() => giudizio.incerta(
                Sottoindicazione::CryptoConstraintsFailure,
                format!("L'algoritmo della firma ({}) non è fra quelli accettati.", self.busta.nome_metodo),
            ),
            None => giudizio
                .incerta(Sottoindicazione::Generic, "Le firme del file sono troppe per essere verificate tutte."),
        }
    }

    fn controfirme(&self, giudizio: &mut Giudizio, annidate: usize) -> Vec<Firma> {
        let Some(proprieta) = &self.proprieta else { return Vec::new() };
        let contenitori: Vec<NodeId> = proprieta.aggiunte("CounterSignature").collect();
        if annidate >= MAX_CONTROFIRME_ANNIDATE && !contenitori.is_empty() {
            giudizio.nota("Ci sono altre controfirme annidate, che non sono state verificate.");
            return Vec::new();
        }
        let firme = contenitori.into_iter().flat_map(|c| self.albero.figli_con(c, DS, "Signature"));
        let dentro = Some((self.busta.nodo_valore, annidate + 1));
        firme.map(|f| esamina_annidata(self.contesto, self.albero, f, Fuori::Niente, self.strato, dentro)).collect()
    }
}
