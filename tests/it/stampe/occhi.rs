//! Other people's eyes: Poppler shows a page, ZBar reads its codes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A PDF on the disk.
pub struct Pdf {
    dir: tempfile::TempDir,
}

/// A page in shades of grey.
pub struct Immagine {
    pub larghezza: usize,
    pub altezza: usize,
    pub punti: Vec<u8>,
}

impl Pdf {
    pub fn new(byte: &[u8]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.pdf"), byte).unwrap();
        Self { dir }
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("a.pdf")
    }

    fn comando(&self, programma: &str, argomenti: &[&str]) -> String {
        let mut comando = Command::new(programma);
        let esito = comando.args(argomenti).current_dir(self.dir.path()).output();
        let esito = esito.unwrap_or_else(|e| panic!("{programma}: {e}; run .ci/pacchetti.sh"));
        let (detto, lamento) = (String::from_utf8_lossy(&esito.stdout), String::from_utf8_lossy(&esito.stderr));
        // zbarimg has found nothing: 4; pdfsig has found no signature: 2.
        assert!(matches!(esito.status.code(), Some(0 | 2 | 4)), "{programma} {argomenti:?}: {detto}{lamento}");
        detto.into_owned()
    }

    /// Width and height of each page as it is seen, in millimetres.
    pub fn misure(&self) -> Vec<(f32, f32)> {
        let detto = self.comando("pdfinfo", &["-f", "1", "-l", "100000", "a.pdf"]);
        let mm = |punti: &str| punti.parse::<f32>().unwrap() * 25.4 / 72.0;
        let righe = detto.lines().filter(|r| r.starts_with("Page ") && r.contains(" size:"));
        righe
            .map(|r| {
                let parole: Vec<&str> = r.split_once("size:").unwrap().1.split_whitespace().collect();
                (mm(parole[0]), mm(parole[2]))
            })
            .collect()
    }

    pub fn testo(&self) -> String {
        self.comando("pdftotext", &["-raw", "a.pdf", "-"])
    }

    /// What a scanner reads on a page drawn with so many dots per inch, in order of kind and text.
    pub fn codici(&self, pagina: usize, dpi: usize) -> Vec<String> {
        let (pagina, dpi) = (pagina.to_string(), dpi.to_string());
        self.comando(
            "pdftoppm",
            &["-r", &dpi, "-f", &pagina, "-l", &pagina, "-gray", "-cropbox", "-singlefile", "a.pdf", "pagina"],
        );
        let letti = self.comando("zbarimg", &["--quiet", "pagina.pgm"]);
        let mut letti: Vec<String> = letti.lines().map(str::to_owned).collect();
        letti.sort();
        letti
    }

    /// A page as it is seen.
    pub fn immagine(&self, pagina: usize, dpi: usize) -> Immagine {
        let (pagina, dpi) = (pagina.to_string(), dpi.to_string());
        self.comando(
            "pdftoppm",
            &["-r", &dpi, "-f", &pagina, "-l", &pagina, "-gray", "-cropbox", "-singlefile", "a.pdf", "vista"],
        );
        let byte = fs::read(self.dir.path().join("vista.pgm")).unwrap();
        let testa: Vec<&[u8]> = byte.splitn(4, |b| *b == b'\n').collect();
        let misure = String::from_utf8(testa[1].to_vec()).unwrap();
        let (larghezza, altezza) = misure.split_once(' ').unwrap();
        Immagine { larghezza: larghezza.parse().unwrap(), altezza: altezza.parse().unwrap(), punti: testa[3].to_vec() }
    }

    /// What Poppler finds wrong in it.
    pub fn errori(&self) -> Vec<String> {
        let esito = Command::new("pdftoppm")
            .args(["-r", "20", "a.pdf", "errori"])
            .current_dir(self.dir.path())
            .output()
            .unwrap();
        let lamento = String::from_utf8_lossy(&esito.stderr);
        lamento.lines().filter(|r| r.contains("Error")).map(str::to_owned).collect()
    }

    /// What pdfsig says of its signatures.
    pub fn firme(&self) -> String {
        self.comando("pdfsig", &["-nocert", "a.pdf"])
    }
}

impl Immagine {
    /// True if something is drawn in a rectangle: left, top, right, bottom.
    pub fn segnata(&self, [da_x, da_y, a_x, a_y]: [usize; 4]) -> bool {
        (da_y..a_y.min(self.altezza)).any(|y| {
            let riga = &self.punti[y * self.larghezza..][..self.larghezza];
            riga[da_x..a_x.min(self.larghezza)].iter().any(|p| *p < 200)
        })
    }
}
