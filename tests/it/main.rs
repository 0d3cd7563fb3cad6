//! The integration tests: one binary, so that servers start once and the program is linked once.
//!
//! Every test that touches a database runs on SQLite and on PostgreSQL. `make test` starts the PostgreSQL and says where it is in
//! `TABULARIO_PROVA_POSTGRES`; without it those tests fail and say so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stderr,
    clippy::print_stdout
)]

mod casa;

mod aggiornamento;
mod annullamento;
mod api;
mod architettura;
mod atti;
mod busta;
mod catena;
mod chiusura;
mod conservazione;
mod dati;
mod descrizione;
mod dimostrazione;
mod emergenza;
mod fascicoli;
mod fiducia;
mod firma;
mod gettoni;
mod gettoni_di_persona;
mod guardie;
mod imap;
mod importazione;
mod indirizzi;
mod ipa;
mod legami;
mod lettere;
mod organico;
mod ostile;
mod pagine;
mod permessi;
mod permessi_api;
mod politica;
mod posta;
mod registro;
mod regole;
mod ricerca;
mod ritorni;
mod rubrica;
mod scrivania;
mod segnatura;
mod servizi;
mod sigilli;
mod smtp;
mod stampe;
mod uccisione;
mod varianti;
mod variazioni;
mod verifiche;
mod versamenti;
