//! Canonical forms, against what the recommendations say (C14N 1.0 section 2.3 and 2.4, exclusive section 3, C14N 1.1).
//!
//! `docs/FIRMA.md` tells how the library was compared with `xmlsec1` on whole signatures.

use super::albero::{Albero, Rifiuto, decodifica};
use super::canonica::{Forma, Insieme};
use super::riferimento::{Fuori, byte};

const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const C14N_11: &str = "http://www.w3.org/2006/12/xml-c14n11";

/// The canonical form of the element with Id `x`, by the method that the element `m` names.
fn canonica(documento: &str, algoritmo: &str, prefissi: &str) -> Result<String, &'static str> {
    let metodo = format!(
        "<m Algorithm=\"{algoritmo}\"><e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"{prefissi}\"/></m>"
    );
    let metodo = Albero::leggi(&metodo).unwrap();
    let forma = Forma::leggi(&metodo, metodo.doc.document_element().unwrap()).unwrap();
    let albero = Albero::leggi(documento).unwrap();
    let insieme = match albero.con_id("x").unwrap() {
        Some(nodo) => Insieme::elemento(nodo, true),
        None => Insieme::tutto(&albero, true),
    };
    insieme.canonica(&albero, &forma).map(|byte| String::from_utf8(byte).unwrap())
}

#[test]
fn canonical_forms_are_those_of_the_recommendations() {
    let check = |documento: &str, algoritmo: &str, atteso: &str| {
        assert_eq!(canonica(documento, algoritmo, "").as_deref(), Ok(atteso), "{algoritmo} di {documento}");
    };
    // Order of attributes and namespaces, empty elements, quotes, characters.
    check("<a z='1' b = \"2\"  />", C14N, "<a b=\"2\" z=\"1\"></a>");
    check(
        "<r xmlns:b='u:b' xmlns:a='u:a' b:z='1' a:z='2' z='3'/>",
        C14N,
        "<r xmlns:a=\"u:a\" xmlns:b=\"u:b\" z=\"3\" a:z=\"2\" b:z=\"1\"></r>",
    );
    check(
        "<a b='&lt;&#9;&#10;&#13;\"'>&gt;&amp;<![CDATA[<&>]]>&#13;</a>",
        C14N,
        "<a b=\"&lt;&#x9;&#xA;&#xD;&quot;\">&gt;&amp;&lt;&amp;&gt;&#xD;</a>",
    );
    check("<a>uno\r\ndue\rtre</a>", C14N, "<a>uno\ndue\ntre</a>");
    check("<?xml version='1.0'?>\n<?p  a ?>\n<!--no--><a><!--no--></a>\n<?q?>\n", C14N, "<?p a ?>\n<a></a>\n<?q?>");
    check(
        "<!--si--><a><!--si--></a><!--si-->",
        &format!("{C14N}#WithComments"),
        "<!--si-->\n<a><!--si--></a>\n<!--si-->",
    );
    // A subset inherits namespaces and `xml:` attributes; the exclusive form only what it uses.
    let dentro = "<r xmlns='u:r' xmlns:p='u:p' xmlns:q='u:q' xml:lang='it'><p:x Id='x'><y/></p:x></r>";
    check(dentro, C14N, "<p:x xmlns=\"u:r\" xmlns:p=\"u:p\" xmlns:q=\"u:q\" Id=\"x\" xml:lang=\"it\"><y></y></p:x>");
    check(dentro, C14N_11, "<p:x xmlns=\"u:r\" xmlns:p=\"u:p\" xmlns:q=\"u:q\" Id=\"x\" xml:lang=\"it\"><y></y></p:x>");
    check(dentro, EXC, "<p:x xmlns:p=\"u:p\" Id=\"x\"><y xmlns=\"u:r\"></y></p:x>");
    let inclusi = canonica(dentro, EXC, "q #default").unwrap();
    assert_eq!(inclusi, "<p:x xmlns=\"u:r\" xmlns:p=\"u:p\" xmlns:q=\"u:q\" Id=\"x\"><y></y></p:x>");
    check("<r xmlns='u:r'><a xmlns='' Id='x'/></r>", C14N, "<a Id=\"x\"></a>");
    check(
        "<a xmlns='u:a' Id='x'><b xmlns=''><c xmlns='u:a'/></b></a>",
        EXC,
        "<a xmlns=\"u:a\" Id=\"x\"><b xmlns=\"\"><c xmlns=\"u:a\"></c></b></a>",
    );
    // What C14N 1.1 rewrites is not attempted.
    assert!(canonica("<r xml:base='http://x/'><a Id='x'/></r>", C14N_11, "").is_err());
    assert!(canonica("<r xml:id='r'><a Id='x'/></r>", C14N_11, "").is_err());
}

#[test]
fn documents_are_read_in_the_encoding_that_they_declare() {
    let check = |byte: &[u8], atteso: &str| {
        let testo = decodifica(byte).unwrap();
        let albero = Albero::leggi(&testo).unwrap();
        assert_eq!(albero.testo(albero.doc.document_element().unwrap()), atteso);
    };
    check("<a>è</a>".as_bytes(), "è");
    check("\u{feff}<a>è</a>".as_bytes(), "è");
    check(b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a>\xe8</a>", "è");
    check(b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x80</a>", "€");
    let sedici: Vec<u8> =
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>è</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&[&[0xff, 0xfe], sedici.as_slice()].concat(), "è");
    check(&sedici, "è");
    assert!(matches!(decodifica(b"<a>\xe8</a>"), Err(Rifiuto::Illeggibile(_))));
    assert!(matches!(decodifica(b"<?xml version='1.0' encoding='boh'?><a/>"), Err(Rifiuto::Illeggibile(_))));
}

#[test]
fn what_stands_outside_is_paid_for_each_time_it_is_read() {
    let albero = Albero::leggi("<Reference URI='a.bin'/>").unwrap();
    let (nodo, file) = (albero.doc.document_element().unwrap(), vec![0; 4096]);
    albero.restano.set(3000);
    let cerca = |_: &str| Some(file.as_slice());
    for fuori in [Fuori::Uno(&file), Fuori::Nomi(&cerca), Fuori::Nomi(&cerca)] {
        let letto = byte(&albero, nodo, nodo, fuori, &Forma::implicita());
        assert_eq!(letto.is_some(), albero.restano.get() > 0);
    }
    assert_eq!(albero.restano.get(), 0);
}
