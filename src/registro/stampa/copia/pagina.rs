//! The first page: where it can be seen, how it is turned, and the same with a band above it.

use super::super::oggetti::Oggetti;
use super::RifiutoCopia;
use super::prima_pagina;
use super::scrittura::{Campi, oggetto};
use crate::firma::pdf::{Difetto, Dizionario, Id, Oggetto, Pagina, Revisione};

const STORTA: Difetto = Difetto("la prima pagina non ha misure leggibili");
/// Longest side of a page, in its own units (ISO 32000-1 annex C).
const LATO_MASSIMO: f64 = 1_000_000.0;

/// A rectangle: left, bottom, right, top.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Riquadro([f64; 4]);

impl Riquadro {
    fn leggi(revisione: &Revisione<'_>, scritto: &Oggetto) -> Result<Option<Self>, Difetto> {
        let valore = revisione.segui(scritto)?;
        if *valore == Oggetto::Nullo {
            return Ok(None);
        }
        let lati = valore.elenco().filter(|e| e.len() == 4).ok_or(STORTA)?;
        let mut letti = [0.0; 4];
        for (letto, scritto) in letti.iter_mut().zip(lati) {
            *letto = numero(&*revisione.segui(scritto)?).ok_or(STORTA)?;
        }
        let [x, y, z, t] = letti;
        Ok(Some(Self([x.min(z), y.min(t), x.max(z), y.max(t)])))
    }

    /// What is in both; nothing if that is no rectangle.
    fn comune(self, altro: Self) -> Option<Self> {
        let (Self([a, b, c, d]), Self([e, f, g, h])) = (self, altro);
        let comune = Self([a.max(e), b.max(f), c.min(g), d.min(h)]);
        (comune.larghezza() > 0.0 && comune.altezza() > 0.0).then_some(comune)
    }

    fn unione(self, altro: Self) -> Self {
        let (Self([a, b, c, d]), Self([e, f, g, h])) = (self, altro);
        Self([a.min(e), b.min(f), c.max(g), d.max(h)])
    }

    fn larghezza(self) -> f64 {
        let Self([x, _, z, _]) = self;
        z - x
    }

    fn altezza(self) -> f64 {
        let Self([_, y, _, t]) = self;
        t - y
    }

    fn scritto(self) -> Vec<u8> {
        let lati = self.0.map(|lato| format!("{lato:.4}"));
        format!("[{}]", lati.join(" ")).into_bytes()
    }
}

/// The number that an object is, if it is one that a page can be measured with.
fn numero(valore: &Oggetto) -> Option<f64> {
    let numero: f64 = match valore {
        Oggetto::Intero(intero) => intero.to_string().parse().ok()?,
        Oggetto::Reale(scritto) => std::str::from_utf8(scritto).ok()?.parse().ok()?,
        _ => return None,
    };
    (numero.abs() <= LATO_MASSIMO).then_some(numero)
}

/// Which side of the page, as it is written, is above when it is read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Giro {
    Nessuno,
    Quarto,
    Mezzo,
    TreQuarti,
}

/// The first page.
pub(super) struct Foglio {
    id: Id,
    pagina: Pagina,
    carta: Riquadro,
    /// What of it can be seen.
    vista: Riquadro,
    giro: Giro,
    /// Points in one of its units.
    unita: f64,
}

impl Foglio {
    pub(super) fn primo(revisione: &Revisione<'_>) -> Result<Self, RifiutoCopia> {
        let (id, pagina) = prima_pagina(revisione)?;
        let [_, carta, vista, giro] = &pagina.ereditati;
        let carta = Riquadro::leggi(revisione, carta)?.ok_or(STORTA)?;
        let vista = Riquadro::leggi(revisione, vista)?.and_then(|v| v.comune(carta)).unwrap_or(carta);
        if vista.larghezza() <= 0.0 || vista.altezza() <= 0.0 {
            return Err(STORTA.into());
        }
        let giro = revisione.segui(giro)?.intero().unwrap_or(0);
        let giro = match giro.rem_euclid(360) {
            0 => Giro::Nessuno,
            90 => Giro::Quarto,
            180 => Giro::Mezzo,
            270 => Giro::TreQuarti,
            _ => return Err(STORTA.into()),
        };
        let unita = numero(&*revisione.campo(&pagina.dizionario(), b"UserUnit")?).filter(|u| *u > 0.0).unwrap_or(1.0);
        Ok(Self { id, pagina, carta, vista, giro, unita })
    }

    /// How wide it is to whoever reads it, in points.
    pub(super) fn larghezza(&self) -> f32 {
        let larghezza = match self.giro {
            Giro::Nessuno | Giro::Mezzo => self.vista.larghezza(),
            Giro::Quarto | Giro::TreQuarti => self.vista.altezza(),
        };
        stretto(larghezza * self.unita)
    }

    /// What can be seen with a band of this height.
    fn con_fascia(&self, altezza: f32) -> Riquadro {
        let alta = f64::from(altezza) / self.unita;
        let Riquadro([x, y, z, t]) = self.vista;
        Riquadro(match self.giro {
            Giro::Nessuno => [x, y, z, t + alta],
            Giro::Quarto => [x - alta, y, z, t],
            Giro::Mezzo => [x, y - alta, z, t],
            Giro::TreQuarti => [x, y, z + alta, t],
        })
    }

    /// Where the lower left corner of the band is, to whoever reads it, and which way its two axes go.
    fn assi(&self) -> [f64; 6] {
        let Riquadro([x, y, z, t]) = self.vista;
        let u = 1.0 / self.unita;
        match self.giro {
            Giro::Nessuno => [u, 0.0, 0.0, u, x, t],
            Giro::Quarto => [0.0, u, -u, 0.0, x, y],
            Giro::Mezzo => [-u, 0.0, 0.0, -u, z, y],
            Giro::TreQuarti => [0.0, -u, u, 0.0, z, t],
        }
    }

    /// True if this is that page with such a band.
    pub(super) fn e_cresciuto(&self, prima: &Self, altezza: f32) -> bool {
        let attesa = prima.con_fascia(altezza);
        let vicini = self.vista.0.iter().zip(attesa.0).all(|(a, b)| (a - b).abs() < 0.01);
        vicini && self.id == prima.id && self.giro == prima.giro
    }

    /// Writes the page again: larger, with the band, and with what was drawn on it where it was.
    pub(super) fn scrivi(
        &self,
        revisione: &Revisione<'_>,
        oggetti: &mut Oggetti<Vec<u8>>,
        altezza: f32,
        fascia: u32,
    ) -> Result<(), RifiutoCopia> {
        let dizionario = self.pagina.dizionario();
        let (nome, risorse) = self.risorse(revisione, fascia)?;
        let assi = self.assi().map(|n| format!("{n:.6}")).join(" ");
        let Riquadro([x, y, _, _]) = self.vista;
        let (larga, alta) = (self.vista.larghezza(), self.vista.altezza());
        let [prima, dopo] = [(); 2].map(|()| oggetti.riserva());
        // First ours, while nothing has changed how things are drawn; then theirs, which cannot leave its place.
        let testo = format!("q {assi} cm /{nome} Do Q\nq {x:.4} {y:.4} {larga:.4} {alta:.4} re W n\n");
        oggetti.flusso(prima, "", testo.as_bytes())?;
        oggetti.flusso(dopo, "", b"\nQ\n")?;
        let mut contenuti = format!("[{prima} 0 R ").into_bytes();
        for contenuto in contenuti_di(revisione, &dizionario)? {
            contenuti.extend_from_slice(&oggetto(&contenuto));
            contenuti.push(b' ');
        }
        contenuti.extend_from_slice(format!("{dopo} 0 R]").as_bytes());
        let mut campi = Campi::di(&dizionario, &[]);
        let vista = self.con_fascia(altezza);
        campi.metti(b"MediaBox", self.carta.unione(vista).scritto());
        campi.metti(b"CropBox", vista.scritto());
        campi.metti(b"Contents", contenuti);
        campi.metti(b"Resources", risorse);
        oggetti.rifatto((self.id.numero, self.id.generazione), &campi.dizionario())?;
        Ok(())
    }

    /// The resources of the page with the band among them, and the name by which it is called.
    fn risorse(&self, revisione: &Revisione<'_>, fascia: u32) -> Result<(String, Vec<u8>), Difetto> {
        let [risorse, ..] = &self.pagina.ereditati;
        let risorse = revisione.segui(risorse)?;
        let risorse = risorse.dizionario().cloned().unwrap_or_default();
        let disegni = revisione.campo(&risorse, b"XObject")?;
        let disegni = disegni.dizionario().cloned().unwrap_or_default();
        let mut nome = "Segnatura".to_owned();
        while disegni.ha(nome.as_bytes()) {
            nome.push('X');
        }
        let mut nuovi = Campi::di(&disegni, &[]);
        nuovi.metti(nome.as_bytes(), format!("{fascia} 0 R").into_bytes());
        let mut campi = Campi::di(&risorse, &[]);
        campi.metti(b"XObject", nuovi.dizionario());
        Ok((nome, campi.dizionario()))
    }
}

/// The streams that draw a page, in their order.
fn contenuti_di(revisione: &Revisione<'_>, pagina: &Dizionario) -> Result<Vec<Oggetto>, Difetto> {
    let scritto = pagina.campo(b"Contents");
    let valore = revisione.segui(scritto)?;
    let contenuti = match &*valore {
        Oggetto::Nullo => Vec::new(),
        Oggetto::Elenco(elenco) => elenco.clone(),
        _ => vec![scritto.clone()],
    };
    for contenuto in &contenuti {
        let e_flusso = matches!(&*revisione.segui(contenuto)?, Oggetto::Flusso(..));
        if !e_flusso || contenuto.rinvio().is_none() {
            return Err(Difetto("il contenuto della prima pagina non è dove dovrebbe"));
        }
    }
    Ok(contenuti)
}

/// A measure of a page fits.
fn stretto(misura: f64) -> f32 {
    format!("{misura:.3}").parse().unwrap_or(0.0)
}
