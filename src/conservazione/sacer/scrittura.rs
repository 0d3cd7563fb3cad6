//! The index of a package, written.

use super::foglio::Foglio;
use super::unita::{Chiave, Documento, Fascicolo, UnitaDocumentaria, Versatore};

/// Longest value of a *dato specifico*, in characters.
const MASSIMO_DATO: usize = 4_000;
/// Longest `NomeComponente`, in characters.
const MASSIMO_NOME: usize = 254;
/// Characters at the end of a name that stay when it is cut.
const CODA_NOME: usize = 40;
/// What stands where a value was cut.
const TAGLIO: char = '…';

/// The index: `UnitaDocumentaria` in UTF-8, in canonical form. The same values give the same bytes.
#[must_use]
pub fn indice(unita: &UnitaDocumentaria) -> String {
    let mut foglio = Foglio::default();
    foglio.elemento("UnitaDocumentaria", |f| {
        f.elemento("Intestazione", |f| {
            f.testo("Versione", &unita.versione);
            versatore(f, &unita.versatore);
            chiave(f, "Chiave", &unita.chiave);
            f.testo("TipologiaUnitaDocumentaria", &unita.tipologia);
        });
        configurazione(f, unita.tipo_conservazione);
        profili(f, unita);
        dati_specifici(f, unita);
        if !unita.collegamenti.is_empty() {
            f.elemento("DocumentiCollegati", |f| {
                for c in &unita.collegamenti {
                    f.elemento("DocumentoCollegato", |f| {
                        chiave(f, "ChiaveCollegamento", &c.chiave);
                        f.testo("DescrizioneCollegamento", c.descrizione);
                    });
                }
            });
        }
        f.testo("NumeroAllegati", &unita.allegati.len().to_string());
        f.testo("NumeroAnnessi", "0");
        f.testo("NumeroAnnotazioni", &unita.annotazioni.len().to_string());
        documento(f, "DocumentoPrincipale", &unita.principale, 1);
        let mut ordine = 2..;
        for (gruppo, nome, documenti) in
            [("Allegati", "Allegato", &unita.allegati), ("Annotazioni", "Annotazione", &unita.annotazioni)]
        {
            if !documenti.is_empty() {
                f.elemento(gruppo, |f| documenti.iter().zip(&mut ordine).for_each(|(d, n)| documento(f, nome, d, n)));
            }
        }
    });
    foglio.finito()
}

fn versatore(f: &mut Foglio, versatore: &Versatore) {
    f.elemento("Versatore", |f| {
        f.testo("Ambiente", &versatore.ambiente);
        f.testo("Ente", &versatore.ente);
        f.testo("Struttura", &versatore.struttura);
        f.testo("UserID", &versatore.utente);
    });
}

fn chiave(f: &mut Foglio, nome: &str, chiave: &Chiave) {
    f.elemento(nome, |f| {
        f.testo("Numero", &chiave.numero.to_string());
        f.testo("Anno", &chiave.anno.to_string());
        f.testo("TipoRegistro", &chiave.registro);
    });
}

/// Nothing is ever forced: what the conservator refuses, a person decides.
fn configurazione(f: &mut Foglio, tipo_conservazione: &str) {
    f.elemento("Configurazione", |f| {
        f.testo("TipoConservazione", tipo_conservazione);
        f.testo("ForzaAccettazione", "false");
        f.testo("ForzaConservazione", "false");
        f.testo("ForzaCollegamento", "false");
    });
}

fn profili(f: &mut Foglio, unita: &UnitaDocumentaria) {
    if unita.classifica.is_some() || unita.fascicolo.is_some() {
        f.elemento("ProfiloArchivistico", |f| {
            f.elemento("FascicoloPrincipale", |f| {
                if let Some(classifica) = &unita.classifica {
                    f.testo("Classifica", classifica);
                }
                if let Some(fascicolo) = &unita.fascicolo {
                    camicia(f, fascicolo);
                }
            });
            if !unita.fascicoli_secondari.is_empty() {
                f.elemento("FascicoliSecondari", |f| {
                    for secondario in &unita.fascicoli_secondari {
                        f.elemento("FascicoloSecondario", |f| {
                            f.testo("Classifica", &secondario.classifica);
                            camicia(f, secondario);
                        });
                    }
                });
            }
        });
    }
    f.elemento("ProfiloUnitaDocumentaria", |f| {
        f.testo("Oggetto", &unita.oggetto);
        f.testo("Data", &unita.data.to_string());
        f.testo("Cartaceo", "false");
    });
}

fn camicia(f: &mut Foglio, fascicolo: &Fascicolo) {
    f.elemento("Fascicolo", |f| {
        f.testo("Identificativo", &fascicolo.identificativo);
        f.testo("Oggetto", &fascicolo.oggetto);
    });
}

fn dati_specifici(f: &mut Foglio, unita: &UnitaDocumentaria) {
    f.elemento("DatiSpecifici", |f| {
        f.testo("VersioneDatiSpecifici", &unita.versione_dati_specifici);
        for dato in unita.dati_specifici.iter().filter(|d| !d.valore.is_empty()) {
            f.testo(dato.nome, &accorcia(&dato.valore, MASSIMO_DATO));
        }
    });
}

fn documento(f: &mut Foglio, nome: &str, documento: &Documento, ordine: u32) {
    let c = &documento.componente;
    f.elemento(nome, |f| {
        f.testo("IDDocumento", &format!("d{ordine}"));
        f.testo("TipoDocumento", &documento.tipo);
        if let Some(descrizione) = &documento.descrizione {
            f.elemento("ProfiloDocumento", |f| f.testo("Descrizione", descrizione));
        }
        f.elemento("StrutturaOriginale", |f| {
            f.testo("TipoStruttura", &documento.struttura);
            f.elemento("Componenti", |f| {
                f.elemento("Componente", |f| {
                    f.testo("ID", &c.id);
                    f.testo("OrdinePresentazione", "1");
                    f.testo("TipoComponente", &c.tipo);
                    f.testo("TipoSupportoComponente", "FILE");
                    f.testo("NomeComponente", &accorcia_nome(&c.nome));
                    f.testo("FormatoFileVersato", &c.formato);
                    f.testo("HashVersato", &c.impronta.to_string());
                    f.testo("UtilizzoDataFirmaPerRifTemp", "false");
                    f.testo("RiferimentoTemporale", &c.riferimento_temporale.roma());
                    f.testo("DescrizioneRiferimentoTemporale", c.descrizione_riferimento);
                });
            });
        });
    });
}

fn accorcia(testo: &str, massimo: usize) -> String {
    if testo.chars().count() <= massimo {
        return testo.to_owned();
    }
    testo.chars().take(massimo - 1).chain([TAGLIO]).collect()
}

/// Cuts in the middle, so that the extensions stay.
fn accorcia_nome(nome: &str) -> String {
    let caratteri: Vec<char> = nome.chars().collect();
    if caratteri.len() <= MASSIMO_NOME {
        return nome.to_owned();
    }
    let testa = caratteri.iter().take(MASSIMO_NOME - CODA_NOME - 1);
    testa.chain([&TAGLIO]).chain(caratteri.iter().skip(caratteri.len() - CODA_NOME)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_says_so_and_a_name_keeps_its_extensions() {
        assert_eq!(accorcia("città", 5), "città");
        assert_eq!(accorcia("cittàà", 5), "citt…");
        let lungo = format!("{}.pdf.p7m", "à".repeat(MASSIMO_NOME));
        let corto = accorcia_nome(&lungo);
        assert_eq!(corto.chars().count(), MASSIMO_NOME);
        assert!(corto.ends_with("à.pdf.p7m") && corto.contains(TAGLIO));
        assert_eq!(accorcia_nome("atto.pdf"), "atto.pdf");
    }
}
