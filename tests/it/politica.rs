//! The matrix of roles, as a table that a records manager can read: `tests/it/politica.txt`.

use std::fmt::Write as _;
use tabulario::utenti::politica::{Azione, Permesso, permesso, vista};
use tabulario::utenti::visibilita::Vista;
use tabulario::utenti::{Dipendenze, Ruolo};
use tabulario::valori::{AooId, UfficioId};

fn tabella() -> String {
    let mut testo = format!("{:<16}", "");
    for ruolo in Ruolo::TUTTI {
        write!(testo, "{:<27}", ruolo.as_str()).unwrap();
    }
    for azione in Azione::TUTTE {
        testo.truncate(testo.trim_end().len());
        write!(testo, "\n{:<16}", format!("{azione:?}")).unwrap();
        for ruolo in Ruolo::TUTTI {
            let parola = match permesso(ruolo, azione) {
                Permesso::Agisce => "agisce",
                Permesso::Legge => "legge",
                Permesso::Niente => "-",
            };
            write!(testo, "{parola:<27}").unwrap();
        }
    }
    testo.truncate(testo.trim_end().len());
    write!(testo, "\n{:<16}", "documenti").unwrap();
    for ruolo in Ruolo::TUTTI {
        let (suo, sotto) = (UfficioId::new(), UfficioId::new());
        let dipendenze = Dipendenze::new([(suo, None), (sotto, Some(suo))]);
        let parola = match vista(AooId::new(), &[(ruolo, suo)], &dipendenze) {
            Vista::Intera(_) => "tutti",
            Vista::SenzaRiservati(_, c) if c.uffici.is_empty() => "tutti, non riservati",
            Vista::SenzaRiservati(..) => "tutti, riservati propri",
            Vista::Uffici(_, c) if c.uffici.is_empty() => "nessuno",
            Vista::Uffici(_, c) if c.uffici.contains(&sotto) => "del suo ufficio e sotto",
            Vista::Uffici(..) => "del suo ufficio",
        };
        write!(testo, "{parola:<27}").unwrap();
    }
    testo.truncate(testo.trim_end().len());
    testo + "\n"
}

#[test]
fn the_matrix_of_roles_is_the_one_that_was_agreed() {
    let attesa = include_str!("politica.txt");
    let tabella = tabella();
    assert_eq!(
        tabella, attesa,
        "the matrix changed; if it was meant, this is the new tests/it/politica.txt:\n{tabella}"
    );
}

#[test]
fn nobody_without_a_role_sees_anything() {
    assert_eq!(
        vista(AooId::INSTALLAZIONE, &[], &Dipendenze::default()),
        Vista::Uffici(AooId::INSTALLAZIONE, Vec::new().into())
    );
}
