//! Registrations that look like those of an office, the same ones at every run.

use super::banco::{Banco, Casa};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::Duration;
use tabulario::documenti::Riposto;
use tabulario::registro::{Corrispondente, Documento, Flusso, Mezzo, Nuova, RuoloCorrispondente, RuoloDocumento};
use tabulario::scrivania;
use tabulario::segnatura::{NomeParte, Parte, TipoParte};
use tabulario::utenti::visibilita::Vista;
use tabulario::valori::{Attore, Impronta};

const PAROLE: [&str; 16] = [
    "richiesta",
    "permesso",
    "costruire",
    "accesso",
    "atti",
    "fattura",
    "verbale",
    "commissione",
    "occupazione",
    "suolo",
    "contributo",
    "libri",
    "residenza",
    "variazione",
    "ricorso",
    "sanzione",
];
const NOMI: [&str; 8] = ["Maria", "Luca", "Anna", "Paolo", "Giulia", "Marco", "Elena", "Pietro"];
const COGNOMI: [&str; 8] = ["Rossi", "Bianchi", "Verdi", "Neri", "Ferri", "Conti", "Greco", "Marino"];

/// Makes registrations from a seed.
pub struct Generatore<'a> {
    casa: &'a Casa,
    caso: StdRng,
}

impl<'a> Generatore<'a> {
    pub fn new(casa: &'a Casa, seme: u64) -> Self {
        Self { casa, caso: StdRng::seed_from_u64(seme) }
    }

    fn una<'b>(&mut self, parole: &[&'b str]) -> &'b str {
        parole[self.caso.random_range(0..parole.len())]
    }

    /// An entrata of one person with one file, that nobody has sent before.
    pub fn nuova(&mut self) -> Nuova {
        let oggetto: Vec<&str> = (0..8).map(|_| self.una(&PAROLE)).collect();
        let (nome, cognome) = (self.una(&NOMI).parse().unwrap(), self.una(&COGNOMI).parse().unwrap());
        let parte = Parte {
            tipo: TipoParte::PersonaFisica,
            nome: NomeParte::Persona { nome, cognome },
            codice_fiscale: None,
            codice_ipa: None,
            codice_aoo: None,
            codice_uo: None,
            pec: None,
        };
        let byte: [u8; 16] = self.caso.random();
        let riposto = Riposto { impronta: Impronta::of(&byte), dimensione: 20_480, media_type: "application/pdf" };
        let documento = Documento {
            ruolo: RuoloDocumento::Principale,
            riposto,
            nome: "istanza.pdf".parse().unwrap(),
            descrizione: None,
        };
        Nuova {
            flusso: Flusso::Entrata,
            oggetto: oggetto.join(" ").parse().unwrap(),
            mezzo: Mezzo::Pec,
            corrispondenti: vec![Corrispondente { ruolo: RuoloCorrispondente::Mittente, parte, per_conoscenza: false }],
            arrivo: None,
            protocollo_mittente: None,
            voce: self.casa.voce.clone(),
            tipologia: None,
            data_documento: None,
            riservato: self.caso.random_ratio(1, 20),
            risponde_a: None,
            documenti: vec![documento],
        }
    }

    /// Registers one, assigned to the office, as the program does it; returns after its commit.
    pub fn protocolla(&mut self) {
        let (casa, nuova) = (self.casa, self.nuova());
        let vista = Vista::Intera(casa.aoo.id);
        casa.db
            .scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
                scrivania::protocolla(op, &casa.aoo, &vista, &nuova, Some(&casa.ufficio))
            })
            .unwrap();
    }
}

/// Registrations per second of the program, on a new database.
pub fn al_secondo(banco: &Banco, clienti: usize, durata: Duration) -> f64 {
    let indirizzo = banco.nuovo();
    let casa = Casa::arreda(&indirizzo);
    let quante = su(&casa, clienti, durata);
    drop(casa);
    banco.togli(&indirizzo);
    quante
}

/// The same, on this one.
pub fn su(casa: &Casa, clienti: usize, durata: Duration) -> f64 {
    // Each client its own seed: no two files are the same.
    let seme = casa.db.orologio().adesso().date_time().timestamp_millis() as u64;
    super::conta(clienti, durata, |n| Generatore::new(casa, seme + n as u64), Generatore::protocolla)
}
