//! A segnatura beside the files that came with it.

use super::{Uscita, uscita};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tabulario::segnatura::{File, allegato6, circolare60, leggi};

/// Name and content.
type Arrivato = (String, Vec<u8>);

/// The files of [`uscita`], whose content is their name.
fn file() -> Vec<Arrivato> {
    ["parere.pdf.p7m", "pianta.dwf", "àèì «1».txt"].map(|n| (n.to_owned(), n.as_bytes().to_vec())).into()
}

fn frasi(xml: &str, file: &[Arrivato]) -> Vec<String> {
    let mut lettura = leggi(xml.as_bytes());
    let file: Vec<File> =
        file.iter().map(|(nome, byte)| lettura.misura().file(nome, &mut byte.as_slice()).unwrap()).collect();
    let frasi = lettura.confronta(&file);
    assert!(lettura.rilievi.starts_with(&frasi), "they come first: {:?}", lettura.rilievi);
    frasi
}

fn scritte(uscita: &Uscita) -> [String; 2] {
    [circolare60::segnatura(uscita).unwrap(), allegato6::segnatura(uscita).unwrap()]
}

#[test]
fn files_that_are_as_the_segnatura_says_raise_nothing() {
    for xml in scritte(&uscita()) {
        assert_eq!(frasi(&xml, &file()), Vec::<String>::new(), "{xml}");
    }
}

#[test]
fn every_departure_of_the_files_is_a_sentence() {
    let check = |cambia: &dyn Fn(&mut Vec<Arrivato>), attese: &[&str]| {
        for xml in scritte(&uscita()) {
            let mut file = file();
            cambia(&mut file);
            assert_eq!(frasi(&xml, &file), attese);
        }
    };
    check(
        &|f| f[0].1.push(b'!'),
        &[
            "Il file «parere.pdf.p7m» non è quello registrato dal mittente: la sua impronta è diversa da quella scritta nella segnatura.",
        ],
    );
    check(&|f| drop(f.remove(1)), &["Il documento «pianta.dwf» è citato dalla segnatura ma non è arrivato."]);
    check(
        &|f| f.push(("bolletta.exe".to_owned(), vec![])),
        &["Il file «bolletta.exe» è arrivato ma la segnatura non lo cita."],
    );
    check(&|f| f[1].0 = "PIANTA.dwf".to_owned(), &["Il file «PIANTA.dwf» nella segnatura è scritto «pianta.dwf»."]);
    check(
        &|f| f[1].0 = "pianta(1).dwf".to_owned(),
        &["Il documento «pianta.dwf» è arrivato con un altro nome: «pianta(1).dwf»."],
    );
}

#[test]
fn digests_of_other_algorithms_are_computed_or_said_not_to_be() {
    let xml = allegato6::segnatura(&uscita()).unwrap();
    let prima = uscita().principale.impronta.base64();
    let con = |algoritmo: &str, impronta: &str| {
        let dove = xml.find(&prima).unwrap();
        let (testa, coda) = xml.split_at(dove);
        let testa = testa.trim_end_matches("\"SHA-256\">");
        let xml = format!("{testa}\"{algoritmo}\">{impronta}{}", &coda[prima.len()..]);
        let rilievi = leggi(xml.as_bytes()).rilievi;
        (frasi(&xml, &file()), rilievi)
    };
    let sha512 = STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, b"parere.pdf.p7m"));
    assert_eq!(con("SHA-512", &sha512).0, Vec::<String>::new());
    assert_eq!(con("http://www.w3.org/2001/04/xmlenc#sha512", &sha512).0, Vec::<String>::new());
    assert!(con("SHA-384", &sha512).1.iter().any(|r| r.contains("non è uno SHA-384")));
    let (_, rilievi) = con("MD5", "1B2M2Y8AsgTpgAmY7PhCfg==");
    assert!(rilievi.iter().any(|r| r.contains("«MD5», che non è fra quelli ammessi")), "{rilievi:?}");
    let (_, rilievi) = con("HMAC-SHA-256", &prima);
    assert!(rilievi.iter().any(|r| r.contains("chiede una chiave")), "{rilievi:?}");
}

#[test]
fn a_segnatura_that_names_one_file_ten_thousand_times_costs_one_digest() {
    let documento = "<Documento nome=\"a\"><PiuInfo XMLSchema=\"impronta.xsd\"><MetadatiInterni>&lt;Impronta &gt;AAAA&lt;/Impronta></MetadatiInterni></PiuInfo></Documento>";
    let xml =
        format!("<Segnatura><Descrizione><Allegati>{}</Allegati></Descrizione></Segnatura>", documento.repeat(9_000));
    let grande = vec![7; 1 << 20];
    let mut lettura = leggi(xml.as_bytes());
    let file = lettura.misura().file("a", &mut grande.as_slice()).unwrap();
    lettura.confronta(&[file]);
    assert!(lettura.documenti.len() > 5_000 && lettura.rilievi.len() <= 101);
}

/// Gives bytes without end but for a count, and says how many it was asked for at once.
struct Rubinetto {
    restano: u64,
    massimo: usize,
}

impl std::io::Read for Rubinetto {
    fn read(&mut self, dove: &mut [u8]) -> std::io::Result<usize> {
        self.massimo = self.massimo.max(dove.len());
        let quanti = dove.len().min(usize::try_from(self.restano).unwrap());
        dove[..quanti].fill(7);
        self.restano -= u64::try_from(quanti).unwrap();
        Ok(quanti)
    }
}

#[test]
fn a_file_flows_and_is_read_once_or_not_at_all() {
    let con = |xml: &str| {
        let mut rubinetto = Rubinetto { restano: 3 << 20, massimo: 0 };
        leggi(xml.as_bytes()).misura().file("a", &mut rubinetto).unwrap();
        (rubinetto.restano, rubinetto.massimo)
    };
    let (restano, massimo) = con(&allegato6::segnatura(&uscita()).unwrap());
    assert!(restano == 0 && massimo <= 1 << 20, "{massimo}");
    // Nobody asks for its digest.
    assert_eq!(con("<Segnatura/>"), (3 << 20, 0));
}

#[test]
fn files_or_documents_of_one_name_are_told_apart_by_their_digest() {
    let impronta = |byte: &[u8]| STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, byte));
    let xml = |documenti: &[&[u8]]| {
        let uno = |byte: &&[u8]| {
            let dentro =
                format!("&lt;Impronta algoritmo=\"SHA-256\" codifica=\"base64\">{}&lt;/Impronta>", impronta(byte));
            format!(
                "<Documento nome=\"a\"><PiuInfo XMLSchema=\"impronta.xsd\"><MetadatiInterni>{dentro}</MetadatiInterni></PiuInfo></Documento>"
            )
        };
        let tutti: String = documenti.iter().map(uno).collect();
        format!("<Segnatura><Descrizione><Allegati>{tutti}</Allegati></Descrizione></Segnatura>")
    };
    let arrivati = |byte: &[&[u8]]| byte.iter().map(|b| ("a".to_owned(), b.to_vec())).collect::<Vec<Arrivato>>();
    let check = |documenti: &[&[u8]], file: &[&[u8]], attese: &[&str]| {
        assert_eq!(frasi(&xml(documenti), &arrivati(file)), attese, "{documenti:?} {file:?}");
    };
    check(&[b"1", b"2"], &[b"1", b"2"], &[]);
    check(&[b"1", b"2"], &[b"2", b"1"], &[]);
    let in_piu = "Di file con il nome «a» ne è arrivato più d'uno, e la segnatura non li cita tutti.";
    check(&[b"2"], &[b"1", b"2"], &[in_piu]);
    let manca =
        "Di documenti con il nome «a» la segnatura ne cita più d'uno, con impronte diverse, e non sono arrivati tutti.";
    check(&[b"1", b"2"], &[b"2"], &[manca]);
    check(&[b"1", b"1"], &[b"1"], &[]);
    let altro = "Il file «a» non è quello registrato dal mittente: la sua impronta è diversa da quella scritta nella segnatura.";
    check(&[b"1", b"2"], &[b"3", b"2"], &[altro]);
    check(&[b"1"], &[b"3"], &[altro]);
}

#[test]
fn what_is_on_paper_or_elsewhere_is_not_missing() {
    let xml = "<Segnatura><Descrizione><Documento nome=\"a.pdf\" tipoRiferimento=\"cartaceo\"/><Allegati><Documento nome=\"b.pdf\" tipoRiferimento=\"telematico\"/></Allegati></Descrizione></Segnatura>";
    assert_eq!(frasi(xml, &[]), Vec::<String>::new());
}

#[test]
fn codes_of_ten_thousand_characters_fit_in_a_sentence() {
    let lungo = "x".repeat(10_000);
    for (elemento, che) in [
        ("CodiceAmministrazione", "codice dell'amministrazione"),
        ("CodiceAOO", "codice dell'AOO"),
        ("CodiceRegistro", "codice del registro"),
        ("NumeroRegistrazione", "numero di registrazione"),
        ("DataRegistrazione", "data di registrazione"),
    ] {
        let xml = format!(
            "<Segnatura><Intestazione><Identificatore><{elemento}>{lungo}</{elemento}></Identificatore></Intestazione></Segnatura>"
        );
        let rilievi = leggi(xml.as_bytes()).rilievi;
        let trovato = rilievi.iter().find(|r| r.contains(che)).unwrap_or_else(|| panic!("{elemento}: {rilievi:?}"));
        assert!(trovato.contains("(10000 caratteri)") && trovato.ends_with('.') && trovato.len() < 300, "{trovato}");
    }
}
