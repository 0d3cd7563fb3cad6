//! What each element holds, in the order of the norm, for the dialects that are not judged by a schema.
//!
//! One line per element: its name, a colon, what it holds. `A` once, `A?` at most once, `A+` at least once, `A*` any number
//! of times, `A|B` one of them and only once, `A|B+` at least one of them, `@a` a required attribute. `#` is text only, `ANY`
//! anything. `P/A` is the element `A` inside `P`, where it differs from other elements of that name.

/// Circolare 60/2013 and 28/2001 without namespace. The register is asked for apart.
pub(super) const PROTOCOLLO: &str = "
Segnatura: Intestazione Riferimenti? Descrizione PiuInfo?
ConfermaRicezione: Identificatore MessaggioRicevuto Riferimenti? Descrizione?
AggiornamentoConferma: Identificatore MessaggioRicevuto Riferimenti? Descrizione?
NotificaEccezione: Identificatore? MessaggioRicevuto Motivo
AnnullamentoProtocollazione: Identificatore Motivo Provvedimento
MessaggioRicevuto: Identificatore|DescrizioneMessaggio PrimaRegistrazione?
Intestazione: Identificatore PrimaRegistrazione? OraRegistrazione? Origine Destinazione+ PerConoscenza* Risposta? Riservato? InterventoOperatore? RiferimentoDocumentiCartacei? RiferimentiTelematici? Oggetto Classifica* Note?
Identificatore: CodiceAmministrazione CodiceAOO CodiceRegistro? NumeroRegistrazione DataRegistrazione
PrimaRegistrazione: Identificatore
Origine: IndirizzoTelematico Mittente
Destinazione: IndirizzoTelematico Destinatario*
PerConoscenza: IndirizzoTelematico Destinatario*
Risposta: IndirizzoTelematico
Classifica: CodiceAmministrazione? CodiceAOO? Denominazione? Livello+
Mittente: Amministrazione AOO
Destinatario: Amministrazione|Denominazione|Persona+ AOO? IndirizzoTelematico? Telefono* Fax* IndirizzoPostale?
Amministrazione: Denominazione CodiceAmministrazione? Ruolo|Persona* UnitaOrganizzativa|IndirizzoPostale IndirizzoTelematico* Telefono* Fax*
UnitaOrganizzativa: Denominazione Identificativo? Ruolo|Persona* UnitaOrganizzativa|IndirizzoPostale IndirizzoTelematico* Telefono* Fax*
AOO: Denominazione CodiceAOO?
Ruolo: Denominazione Identificativo? Persona?
Persona: Nome? Denominazione|Cognome Titolo? CodiceFiscale? Identificativo?
IndirizzoPostale: Denominazione|Indirizzo|Toponimo Civico? CAP? Comune? Provincia? Nazione?
Indirizzo: Toponimo Civico CAP Comune Provincia Nazione?
Riferimenti: Messaggio|ContestoProcedurale|Procedimento+
Messaggio: Identificatore|DescrizioneMessaggio PrimaRegistrazione?
ContestoProcedurale: CodiceAmministrazione CodiceAOO Identificativo TipoContestoProcedurale? Oggetto? Classifica* DataAvvio? Note? PiuInfo?
Procedimento: CodiceAmministrazione CodiceAOO Identificativo TipoProcedimento? Oggetto? Classifica* Responsabile? DataAvvio? DataTermine? Note? PiuInfo?
Responsabile: Persona
Descrizione: Documento|TestoDelMessaggio Allegati? Note?
Documento: CollocazioneTelematica? Impronta? TitoloDocumento? PrimaRegistrazione? TipoDocumento? Oggetto? Classifica* NumeroPagine? Note? PiuInfo?
Allegati: Documento|Fascicolo+
Fascicolo: CodiceAmministrazione? CodiceAOO? Oggetto? Identificativo? Classifica* Note? PiuInfo? Documento|Fascicolo+
PiuInfo: MetadatiInterni|MetadatiEsterni
MetadatiEsterni: NomeFile Impronta?
";

/// Allegato 6, version 3.0.0, with its return messages.
pub(super) const ALLEGATO_SEI: &str = "
SegnaturaInformatica: @versione @lang Intestazione Riferimenti? Descrizione Signature
ConfermaRicezione: @versione @lang Identificatore MessaggioRicevuto
AggiornamentoConferma: @versione @lang Identificatore MessaggioRicevuto
NotificaEccezione: @versione @lang Identificatore? MessaggioRicevuto Motivo
AnnullamentoProtocollazione: @versione @lang Identificatore Motivo Provvedimento
MessaggioRicevuto: Identificatore|DescrizioneMessaggio PrimaRegistrazione?
Intestazione: Identificatore PrimaRegistrazione? Oggetto Classifica Fascicolo? Riservato?
Riferimenti: Identificatore PrimaRegistrazione? Oggetto Classifica Fascicolo?
Identificatore: CodiceAmministrazione CodiceAOO CodiceRegistro NumeroRegistrazione DataRegistrazione OraRegistrazione?
PrimaRegistrazione: CodiceAmministrazione CodiceAOO CodiceRegistro NumeroRegistrazione DataRegistrazione OraRegistrazione?
Classifica: Denominazione CodiceFlat|CodicePath
CodicePath: Livello SubLivello?
SubLivello: Livello SubLivello?
Fascicolo: Denominazione CodiceFascicolo
Descrizione: Mittente Destinatario+ DocumentoPrimario Allegato*
Mittente: Amministrazione|PersonaGiuridica|PersonaFisica|AmministrazioneEstera
Destinatario: Amministrazione|PersonaGiuridica|PersonaFisica|AmministrazioneEstera
Amministrazione: DenominazioneAmministrazione CFAmministrazione? CodiceIPAAmministrazione ContattiAmministrazione? CodiceIPAAOO? ContattiAOO? CodiceIPAUO? ContattiUO? PersonaFisica*
AmministrazioneEstera: DenominazioneAmministrazione DenominazioneUfficio? ContattiAmministrazione?
PersonaGiuridica: Denominazione PIVAoCF? ContattiPersonaGiuridica? PersonaFisica*
PersonaFisica: Nome Cognome Titolo? CodiceFiscale? Contatti?
ContattiAmministrazione: IndirizzoPostale* IndirizzoTelematico* Telefono*
ContattiAOO: IndirizzoPostale* IndirizzoTelematico* Telefono*
ContattiUO: IndirizzoPostale* IndirizzoTelematico* Telefono*
ContattiPersonaGiuridica: IndirizzoPostale* IndirizzoTelematico* Telefono*
Contatti: IndirizzoPostale* IndirizzoTelematico* Telefono*
IndirizzoPostale: Toponimo Civico CAP Comune Nazione
Toponimo: dug duf
Comune: @CodiceISTAT
Detached: @nomeFile @order
DocumentoPrimario: @nomeFile @mimeType Descrizione? Impronta CollocazioneTelematica? firmatoDigitalmente? sigillatoElettronicamente? marcaturaTemporale?
Allegato: @nomeFile @mimeType Descrizione? Impronta CollocazioneTelematica? firmatoDigitalmente? sigillatoElettronicamente? marcaturaTemporale?
DocumentoPrimario/Descrizione: #
Allegato/Descrizione: #
CollocazioneTelematica: HostValue PathValue
firmatoDigitalmente: UnDetached|Detached+
sigillatoElettronicamente: UnDetached|Detached+
marcaturaTemporale: UnDetached|Detached+
Signature: ANY
";

/// What an element that has no line of its own holds.
pub(super) const TESTO: &str = "#";

/// How often one of some elements may stand inside another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parte<'a> {
    nomi: &'a str,
    /// At least.
    pub(super) minimo: usize,
    /// At most.
    pub(super) massimo: usize,
}

impl<'a> Parte<'a> {
    fn new(parola: &'a str) -> Self {
        let (nomi, minimo, massimo) = match parola.char_indices().next_back() {
            Some((i, '?')) => (parola.get(..i), 0, 1),
            Some((i, '*')) => (parola.get(..i), 0, usize::MAX),
            Some((i, '+')) => (parola.get(..i), 1, usize::MAX),
            _ => (Some(parola), 1, 1),
        };
        Self { nomi: nomi.unwrap_or(parola), minimo, massimo }
    }

    /// Whether `nome` is one of these elements.
    pub(super) fn comprende(self, nome: &str) -> bool {
        self.nomi().any(|n| n == nome)
    }

    /// Their names.
    pub(super) fn nomi(self) -> impl Iterator<Item = &'a str> {
        self.nomi.split('|')
    }
}

/// The line of `regole` for an element inside `genitore`.
pub(super) fn contenuto(regole: &'static str, genitore: &str, nome: &str) -> &'static str {
    let riga = |cercato: &dyn Fn(&str) -> bool| {
        regole
            .lines()
            .filter_map(|riga| riga.split_once(": "))
            .find(|(n, _)| cercato(n))
            .map(|(_, contenuto)| contenuto)
    };
    riga(&|n| n.split_once('/') == Some((genitore, nome))).or_else(|| riga(&|n| n == nome)).unwrap_or(TESTO)
}

/// The parts of a line.
pub(super) fn parti(contenuto: &str) -> impl Iterator<Item = Parte<'_>> {
    contenuto.split(' ').filter(|p| !p.starts_with('@') && *p != TESTO).map(Parte::new)
}

/// The required attributes of a line.
pub(super) fn attributi(contenuto: &str) -> impl Iterator<Item = &str> {
    contenuto.split(' ').filter_map(|p| p.strip_prefix('@'))
}
