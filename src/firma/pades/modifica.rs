//! What happened to a PDF after a signature: the revision that was signed against the whole file.
//!
//! The comparison starts at the catalogue and follows everything that a reader shows or runs. Whatever is not known to be
//! harmless is a change of the document.

use super::super::difetto::Difetto;
use super::campo::{Campo, campi, mostra, testo};
use super::confronto::Confronto;
use super::oggetto::{Dizionario, Id, Oggetto};
use super::pagina::{Cardine, EREDITATI, Pagina};
use super::struttura::Revisione;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How grave a change is, from the slightest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Genere {
    /// Evidence for the future (DSS, document timestamps) and descriptive metadata: always allowed.
    Prova,
    /// Another signature, or a field for one.
    Firma,
    /// A field of the form was filled in.
    Modulo,
    /// An annotation was added, changed or removed.
    Annotazione,
    /// Something else that a reader may show or run.
    Altro,
    /// The pages are not those that were signed.
    Pagine,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modifica {
    /// How grave.
    pub genere: Genere,
    /// What happened, in Italian: "è stata aggiunta una firma".
    pub frase: String,
    /// The full name of the field that changed.
    pub campo: Option<Vec<u8>>,
}

/// Fields of the catalogue that are compared apart.
const CATALOGO_A_PARTE: [&[u8]; 4] = [b"Pages", b"AcroForm", b"StructTreeRoot", b"Type"];
/// Fields of a page that do not show anything.
const PAGINA_INERTI: [&[u8]; 6] = [b"Parent", b"Annots", b"LastModified", b"PieceInfo", b"Tabs", b"StructParents"];
/// Fields of a node above the pages that say which they are.
const NODO_INERTI: [&[u8]; 4] = [b"Parent", b"Kids", b"Count", b"LastModified"];
/// Fields of a form field that change when it is filled in.
const COMPILABILI: [&[u8]; 9] = [b"V", b"AP", b"AS", b"I", b"RV", b"M", b"F", b"DA", b"Q"];
/// Fields of a form field that only say where it belongs.
const CAMPO_INERTI: [&[u8]; 3] = [b"Parent", b"Kids", b"P"];

/// Collects what changed.
struct Elenco<'c, 'r, 'a> {
    confronto: &'c Confronto<'r, 'a>,
    modifiche: Vec<Modifica>,
    /// The fields of the form, before and after, by object.
    campi: [BTreeMap<Id, Campo>; 2],
}

/// Everything that changed between two revisions.
pub fn modifiche(prima: &Revisione<'_>, dopo: &Revisione<'_>) -> Result<Vec<Modifica>, Difetto> {
    let confronto = Confronto::new(prima, dopo)?;
    let [campi_prima, campi_dopo] = [campi(prima)?, campi(dopo)?];
    let mut elenco = Elenco { confronto: &confronto, modifiche: Vec::new(), campi: [BTreeMap::new(), BTreeMap::new()] };
    elenco.campi_diretti(&campi_prima, &campi_dopo)?;
    elenco.campi = [campi_prima, campi_dopo].map(|campi| campi.into_iter().filter_map(|c| Some((c.id?, c))).collect());
    elenco.catalogo()?;
    elenco.moduli()?;
    elenco.fogli()?;
    elenco.nodi()?;
    elenco.coda()?;
    Ok(elenco.modifiche)
}

impl Elenco<'_, '_, '_> {
    fn nota(&mut self, genere: Genere, frase: impl Into<String>) {
        self.modifiche.push(Modifica { genere, frase: frase.into(), campo: None });
    }

    fn nota_campo(&mut self, genere: Genere, che: &str, campo: &Campo) {
        let frase = format!("{che} «{}»", testo(&campo.nome));
        self.modifiche.push(Modifica { genere, frase, campo: Some(campo.nome.to_vec()) });
    }

    fn catalogo(&mut self) -> Result<(), Difetto> {
        let (prima, dopo) = (self.confronto.prima.radice()?, self.confronto.dopo.radice()?);
        let (Some(prima), Some(dopo)) = (prima.dizionario(), dopo.dizionario()) else { return Ok(()) };
        // A tagged PDF gives every new field its place in the structure that is read aloud. That tree, larger than all the
        // rest, is not walked: whether its root was written again is enough to say so.
        let radici = [prima, dopo].map(|radice| radice.campo(b"StructTreeRoot").rinvio());
        let luoghi = |[a, b]: [Option<Id>; 2]| Some((self.confronto.prima.luogo(a?), self.confronto.dopo.luogo(b?)));
        if luoghi(radici).map_or(radici.first() != radici.last(), |(a, b)| a != b) {
            self.nota(Genere::Modulo, "è cambiata la struttura per l'accessibilità");
        }
        for nome in self.confronto.diversi(prima, dopo, &CATALOGO_A_PARTE)? {
            match nome.as_slice() {
                b"DSS" => self.nota(Genere::Prova, "sono stati aggiunti dati per la verifica nel tempo (DSS)"),
                b"Metadata" | b"Version" | b"Extensions" => {
                    self.nota(Genere::Prova, "sono stati aggiornati dati descrittivi");
                }
                b"Perms" if !prima.ha(b"Perms") => self.nota(Genere::Firma, "è stata aggiunta una certificazione"),
                b"Names" => self.nota(Genere::Altro, "sono cambiati allegati, azioni o destinazioni del documento"),
                b"OpenAction" | b"AA" => self.nota(Genere::Altro, "sono cambiate le azioni automatiche del documento"),
                b"OCProperties" => self.nota(Genere::Altro, "sono cambiati i livelli visibili del documento"),
                nome => self.nota(Genere::Altro, format!("è cambiata la voce {} del documento", testo(nome))),
            }
        }
        Ok(())
    }

    /// The trailer: descriptive data may change, encryption may not.
    fn coda(&mut self) -> Result<(), Difetto> {
        let (prima, dopo) = (&self.confronto.prima.tabella.coda, &self.confronto.dopo.tabella.coda);
        if !self.confronto.uguali(prima.campo(b"Info"), dopo.campo(b"Info"))? {
            self.nota(Genere::Prova, "sono stati aggiornati dati descrittivi");
        }
        if !self.confronto.uguali(prima.campo(b"Encrypt"), dopo.campo(b"Encrypt"))? {
            self.nota(Genere::Altro, "è cambiata la cifratura del documento");
        }
        Ok(())
    }

    fn fogli(&mut self) -> Result<(), Difetto> {
        let confronto = self.confronto;
        let [prima, dopo] = &confronto.alberi;
        let (prima, dopo) = (&prima.pagine, &dopo.pagine);
        if prima.len() != dopo.len() {
            let frase = format!("le pagine erano {} e ora sono {}", prima.len(), dopo.len());
            self.nota(Genere::Pagine, frase);
        }
        for (i, (a, b)) in prima.iter().zip(dopo).enumerate() {
            if self.pagina_diversa(a, b)? {
                self.nota(Genere::Pagine, format!("è cambiato il contenuto della pagina {}", i + 1));
            }
            self.annotazioni(&a.dizionario(), &b.dizionario(), i + 1)?;
        }
        Ok(())
    }

    /// The nodes above the pages: what they hold besides what pages inherit may be used as something else.
    fn nodi(&mut self) -> Result<(), Difetto> {
        let [prima, dopo] = &self.confronto.alberi;
        let esclusi: Vec<&[u8]> = NODO_INERTI.iter().chain(&EREDITATI).copied().collect();
        for id in prima.cardini.iter().filter(|(_, cardine)| **cardine == Cardine::Nodo).map(|(id, _)| *id) {
            if dopo.cardini.get(&id) != Some(&Cardine::Nodo) {
                continue;
            }
            let (a, b) = (self.confronto.prima.oggetto(id)?, self.confronto.dopo.oggetto(id)?);
            if let (Some(a), Some(b)) = (a.dizionario(), b.dizionario())
                && !self.confronto.uguali_senza(a, b, &esclusi)?
            {
                self.nota(Genere::Pagine, "sono cambiati i dati comuni alle pagine");
            }
        }
        Ok(())
    }

    fn pagina_diversa(&self, a: &Pagina, b: &Pagina) -> Result<bool, Difetto> {
        for (a, b) in a.ereditati.iter().zip(&b.ereditati) {
            if !self.confronto.uguali(a, b)? {
                return Ok(true);
            }
        }
        let esclusi: Vec<&[u8]> = PAGINA_INERTI.iter().chain(&EREDITATI).copied().collect();
        Ok(!self.confronto.uguali_senza(&a.dizionario(), &b.dizionario(), &esclusi)?)
    }

    /// The annotations of one page. Those that are fields of the form are compared as such.
    fn annotazioni(&mut self, a: &Dizionario, b: &Dizionario, pagina: usize) -> Result<(), Difetto> {
        let prima = self.confronto.prima.campo(a, b"Annots")?;
        let dopo = self.confronto.dopo.campo(b, b"Annots")?;
        let (prima, dopo) = (prima.elenco().unwrap_or_default(), dopo.elenco().unwrap_or_default());
        let [ids_prima, ids_dopo] =
            [prima, dopo].map(|e| e.iter().filter_map(Oggetto::rinvio).collect::<BTreeSet<_>>());
        for id in &ids_prima {
            if !ids_dopo.contains(id) {
                self.nota(Genere::Annotazione, format!("è stata tolta un'annotazione da pagina {pagina}"));
            } else if !self.campi.iter().all(|campi| campi.contains_key(id)) && !self.stessa_annotazione(*id)? {
                self.nota(Genere::Annotazione, format!("è stata cambiata un'annotazione a pagina {pagina}"));
            }
        }
        let [_, campi_dopo] = &self.campi;
        let di_firma = |id: &&Id| campi_dopo.get(id).is_some_and(Campo::di_firma);
        if ids_dopo.difference(&ids_prima).any(|id| !di_firma(&id)) {
            self.nota(Genere::Annotazione, format!("è stata aggiunta un'annotazione a pagina {pagina}"));
        }
        let diretti = |e: &[Oggetto]| Oggetto::Elenco(e.iter().filter(|o| o.rinvio().is_none()).cloned().collect());
        if !self.confronto.uguali(&diretti(prima), &diretti(dopo))? {
            self.nota(Genere::Annotazione, format!("sono cambiate le annotazioni di pagina {pagina}"));
        }
        Ok(())
    }

    fn stessa_annotazione(&self, id: Id) -> Result<bool, Difetto> {
        let (a, b) = (self.confronto.prima.oggetto(id)?, self.confronto.dopo.oggetto(id)?);
        match (a.dizionario(), b.dizionario()) {
            (Some(a), Some(b)) => self.confronto.uguali_senza(a, b, &[b"P", b"Parent"]),
            _ => Ok(a == b),
        }
    }

    fn moduli(&mut self) -> Result<(), Difetto> {
        let [prima, dopo] = std::mem::take(&mut self.campi);
        for (id, campo) in &prima {
            match dopo.get(id) {
                Some(nuovo) if nuovo.nome == campo.nome && nuovo.tipo == campo.tipo => self.campo(campo, nuovo)?,
                _ => self.nota_campo(Genere::Altro, "è stato tolto o sostituito il campo", campo),
            }
        }
        for campo in dopo.iter().filter(|(id, _)| !prima.contains_key(id)).map(|(_, campo)| campo) {
            self.campo_nuovo(campo)?;
        }
        self.campi = [prima, dopo];
        self.modulo()
    }

    fn campo_nuovo(&mut self, campo: &Campo) -> Result<(), Difetto> {
        if !campo.di_firma() {
            self.nota_campo(Genere::Altro, "è stato aggiunto al modulo il campo", campo);
            return Ok(());
        }
        self.firma_nuova(campo)
    }

    /// A field that now carries a signature, or may. What it shows is the appearance of the signature; without one, or for a
    /// timestamp, which has none, it is text put over the page.
    fn firma_nuova(&mut self, campo: &Campo) -> Result<(), Difetto> {
        let Some(dizionario) = campo.oggetto.dizionario() else { return Ok(()) };
        let valore = self.confronto.dopo.segui(&campo.valore)?;
        let marca = valore
            .dizionario()
            .is_some_and(|v| v.dice(b"Type", b"DocTimeStamp") || v.dice(b"SubFilter", b"ETSI.RFC3161"));
        let firmato = valore.dizionario().is_some() && !marca;
        if !firmato && mostra(self.confronto.dopo, dizionario)? {
            self.nota_campo(Genere::Annotazione, "mostra qualcosa senza essere firmato il campo", campo);
            return Ok(());
        }
        match (marca, firmato) {
            (true, _) => self.nota(Genere::Prova, "è stata aggiunta una marca temporale"),
            (false, true) => self.nota(Genere::Firma, "è stata aggiunta una firma"),
            (false, false) => self.nota(Genere::Firma, "è stato aggiunto un campo per una firma"),
        }
        Ok(())
    }

    /// An empty field for a signature, or the widget of one, that changed.
    fn firma_preparata(&mut self, campo: &Campo) -> Result<(), Difetto> {
        let valore = self.confronto.dopo.segui(&campo.valore)?;
        if valore.dizionario().is_some() {
            return self.firma_nuova(campo);
        }
        let visibile = campo.oggetto.dizionario().map_or(Ok(false), |d| mostra(self.confronto.dopo, d))?;
        let genere = if visibile { Genere::Annotazione } else { Genere::Firma };
        self.nota_campo(genere, "è stato preparato il campo di firma", campo);
        Ok(())
    }

    /// A field that was there and is there.
    fn campo(&mut self, prima: &Campo, dopo: &Campo) -> Result<(), Difetto> {
        let (Some(a), Some(b)) = (prima.oggetto.dizionario(), dopo.oggetto.dizionario()) else { return Ok(()) };
        let diversi = self.confronto.diversi(a, b, &CAMPO_INERTI)?;
        if diversi.is_empty() {
            return Ok(());
        }
        let firmato = self.confronto.prima.segui(&prima.valore)?.dizionario().is_some();
        let compilato = diversi.iter().all(|nome| COMPILABILI.contains(&nome.as_slice()));
        match (prima.di_firma(), compilato) {
            // The value may be that of the field above, of which this is the widget.
            (true, _) if firmato => self.nota_campo(Genere::Altro, "è stata sostituita o ritoccata la firma", prima),
            (true, _) if b.ha(b"V") => self.firma_nuova(dopo)?,
            (true, true) => self.firma_preparata(dopo)?,
            (false, true) => self.nota_campo(Genere::Modulo, "è stato compilato il campo", prima),
            (_, false) => self.nota_campo(Genere::Altro, "è stato cambiato il campo", prima),
        }
        Ok(())
    }

    /// Fields written inside the list and not as objects: rare, compared as they are.
    fn campi_diretti(&mut self, prima: &[Campo], dopo: &[Campo]) -> Result<(), Difetto> {
        let diretti = |campi: &[Campo]| -> Oggetto {
            let oggetti = campi.iter().filter(|c| c.id.is_none()).map(|c| Rc::unwrap_or_clone(Rc::clone(&c.oggetto)));
            Oggetto::Elenco(oggetti.collect())
        };
        if !self.confronto.uguali(&diretti(prima), &diretti(dopo))? {
            self.nota(Genere::Altro, "sono cambiati i campi del modulo");
        }
        Ok(())
    }

    /// The form itself.
    fn modulo(&mut self) -> Result<(), Difetto> {
        let modulo = |revisione: &Revisione<'_>| -> Result<Dizionario, Difetto> {
            let radice = revisione.radice()?;
            let modulo = radice.dizionario().map_or(&Oggetto::Nullo, |radice| radice.campo(b"AcroForm"));
            Ok(revisione.segui(modulo)?.dizionario().cloned().unwrap_or_default())
        };
        let (prima, dopo) = (modulo(self.confronto.prima)?, modulo(self.confronto.dopo)?);
        for nome in self.confronto.diversi(&prima, &dopo, &[b"Fields", b"SigFlags"])? {
            match nome.as_slice() {
                // Defaults that nothing used are often written together with the first signature.
                b"DR" | b"DA" if !prima.ha(&nome) => {}
                b"DR" | b"DA" | b"Q" | b"NeedAppearances" => {
                    self.nota(Genere::Modulo, "è cambiato l'aspetto predefinito del modulo");
                }
                _ => self.nota(Genere::Altro, "è cambiato il modulo del documento"),
            }
        }
        Ok(())
    }
}
