//! A register as XML, valid for `xsd/registro-protocollo.xsd`: written row by row, so that its length costs no memory.

use super::modello::{Frontespizio, Modifica, Parte, Periodo, Voce};
use std::fmt::Display;
use std::io::{self, Write};

/// The namespace of the schema.
const SPAZIO: &str = "urn:tabulario:registro-protocollo:1";
/// What a register says of how it was formed: `ModalitaDiFormazione` d) (LLGG, allegato 5).
const FORMAZIONE: &str = "generazione o raggruppamento anche in via automatica di un insieme di dati o registrazioni, provenienti da una o più \
     banche dati, anche appartenenti a più soggetti interoperanti, secondo una struttura logica predeterminata e memorizzata in \
     forma statica";

/// XML that is being written.
pub struct Xml<W: Write> {
    fuori: W,
}

impl<W: Write> Xml<W> {
    /// Writes what stands before the rows.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn new(fuori: W, f: &Frontespizio) -> io::Result<Self> {
        let mut xml = Self { fuori };
        xml.fuori.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        writeln!(xml.fuori, "<RegistroProtocollo xmlns=\"{SPAZIO}\" versione=\"1.0\">")?;
        xml.frontespizio(f)?;
        xml.apri("Registrazioni")?;
        Ok(xml)
    }

    fn frontespizio(&mut self, f: &Frontespizio) -> io::Result<()> {
        let s = &f.sommario;
        self.apri("Frontespizio")?;
        self.testo("Identificativo", f.identificativo())?;
        self.testo("Oggetto", f.titolo())?;
        self.testo("TipologiaDocumentale", f.periodo.nome())?;
        self.testo("ModalitaDiFormazione", FORMAZIONE)?;
        self.testo("CodiceAmministrazione", &f.ipa)?;
        self.testo("DenominazioneAmministrazione", &f.ente)?;
        self.testo("CodiceAOO", &f.aoo)?;
        self.testo("DenominazioneAOO", &f.denominazione_aoo)?;
        self.testo("CodiceRegistro", &f.registro)?;
        self.testo("Anno", f.periodo.anno())?;
        match f.periodo {
            Periodo::Giorno(giorno) => self.testo("Giorno", giorno)?,
            Periodo::Anno(_) => {}
        }
        self.testo("NumeroRegistro", f.progressivo)?;
        self.testo("SoggettoProduttore", concat!("Tabulario ", env!("CARGO_PKG_VERSION")))?;
        for responsabile in &f.responsabili {
            self.testo("ResponsabileGestioneDocumentale", responsabile)?;
        }
        self.testo("DataChiusura", f.chiusura.roma())?;
        self.testo("NumeroRegistrazioni", s.registrazioni)?;
        self.testo("NumeroModifiche", s.modifiche)?;
        if let (Some((prima, ultima)), Some((dalle, alle))) = (s.numeri, s.istanti) {
            self.testo("PrimaRegistrazione", prima)?;
            self.testo("DataPrimaRegistrazione", dalle.roma())?;
            self.testo("UltimaRegistrazione", ultima)?;
            self.testo("DataUltimaRegistrazione", alle.roma())?;
        }
        self.apri("CatenaEventi")?;
        self.testo("PrimaPosizione", s.posizioni.0)?;
        self.testo("UltimaPosizione", s.posizioni.1)?;
        self.testo("UltimoAnello", &s.anello)?;
        self.testo("RadiceMerkle", &s.radice)?;
        self.chiudi("CatenaEventi")?;
        self.chiudi("Frontespizio")
    }

    /// Writes a registration.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn voce(&mut self, v: &Voce) -> io::Result<()> {
        self.fuori.write_all(b"<Registrazione")?;
        if v.riservata {
            self.fuori.write_all(b" riservata=\"true\"")?;
        }
        self.fuori.write_all(b">")?;
        self.testo("Numero", v.numero)?;
        self.testo("Istante", v.istante.roma())?;
        self.testo("Flusso", v.flusso)?;
        for parte in &v.corrispondenti {
            self.parte(parte)?;
        }
        self.testo("Oggetto", &v.oggetto)?;
        self.testo("Mezzo", &v.mezzo)?;
        self.forse("Arrivo", v.arrivo.map(|a| a.roma()).as_ref())?;
        if let Some((numero, data)) = &v.protocollo_mittente {
            self.apri("ProtocolloMittente")?;
            self.testo("Numero", numero)?;
            self.forse("Data", data.as_ref())?;
            self.chiudi("ProtocolloMittente")?;
        }
        for documento in &v.documenti {
            self.apri("Documento")?;
            self.testo("Ruolo", documento.ruolo)?;
            self.testo("Nome", &documento.nome)?;
            self.testo("Impronta", documento.impronta)?;
            self.chiudi("Documento")?;
        }
        self.forse("Annullata", v.annullata.as_ref())?;
        self.chiudi("Registrazione")
    }

    fn parte(&mut self, p: &Parte) -> io::Result<()> {
        self.apri("Corrispondente")?;
        self.testo("Ruolo", p.ruolo)?;
        self.testo("Denominazione", &p.denominazione)?;
        self.forse("CodiceFiscale", p.codice_fiscale.as_ref())?;
        self.forse("CodiceIPA", p.codice_ipa.as_ref())?;
        self.forse("IndirizzoPEC", p.pec.as_ref())?;
        self.forse("PerConoscenza", p.per_conoscenza.then_some(true).as_ref())?;
        self.chiudi("Corrispondente")
    }

    /// Ends the registrations: from here on there are the changes.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn modifiche(&mut self) -> io::Result<()> {
        self.chiudi("Registrazioni")?;
        self.apri("Modifiche")
    }

    /// Writes a change.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn modifica(&mut self, m: &Modifica) -> io::Result<()> {
        self.apri("Modifica")?;
        self.testo("Tipo", m.tipo)?;
        self.testo("Istante", m.istante.roma())?;
        self.testo("Numero", m.numero)?;
        self.testo("Anno", m.anno)?;
        self.testo("Autore", &m.autore)?;
        self.forse("Provvedimento", m.provvedimento.as_ref())?;
        self.forse("Campo", m.campo.as_ref())?;
        self.forse("Valore", m.valore.as_ref())?;
        self.forse("Motivo", m.motivo.as_ref())?;
        self.forse("Impronta", m.impronta.as_ref())?;
        self.chiudi("Modifica")
    }

    /// Writes what is left and gives the sink back.
    ///
    /// # Errors
    /// Those of `fuori`.
    pub fn finisci(mut self) -> io::Result<W> {
        self.chiudi("Modifiche")?;
        self.chiudi("RegistroProtocollo")?;
        self.fuori.flush()?;
        Ok(self.fuori)
    }

    fn apri(&mut self, nome: &str) -> io::Result<()> {
        writeln!(self.fuori, "<{nome}>")
    }

    fn chiudi(&mut self, nome: &str) -> io::Result<()> {
        writeln!(self.fuori, "</{nome}>")
    }

    fn forse(&mut self, nome: &str, valore: Option<&impl Display>) -> io::Result<()> {
        valore.map_or(Ok(()), |v| self.testo(nome, v))
    }

    /// An element with text only; what XML 1.0 cannot carry is left out.
    fn testo(&mut self, nome: &str, valore: impl Display) -> io::Result<()> {
        let testo = valore.to_string();
        write!(self.fuori, "<{nome}>")?;
        for c in testo.chars() {
            match c {
                '&' => self.fuori.write_all(b"&amp;")?,
                '<' => self.fuori.write_all(b"&lt;")?,
                '>' => self.fuori.write_all(b"&gt;")?,
                '\r' => self.fuori.write_all(b"&#xD;")?,
                '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'.. => {
                    self.fuori.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
                }
                _ => {}
            }
        }
        writeln!(self.fuori, "</{nome}>")
    }
}
