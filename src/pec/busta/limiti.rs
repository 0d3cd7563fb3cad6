//! How much of a message is read. What goes beyond is kept whole by the store, and said in a finding.

/// Largest message in bytes: five times the 30 MB that DM 2/11/2005 (annex, 6.5) makes every provider carry.
pub const MASSIMO_MESSAGGIO_BYTE: usize = 150 * 1024 * 1024;
/// Parts kept of one message, containers included.
pub const MASSIME_PARTI: usize = 1_000;
/// How deep multiparts may lie in each other.
pub const MASSIMA_PROFONDITA: usize = 50;
/// Header block of one part, in bytes; RFC 5322 has no limit, mail servers refuse far less.
pub const MASSIMA_INTESTAZIONE_BYTE: usize = 256 * 1024;
/// Recipients kept of one header field.
pub const MASSIMI_RECAPITI: usize = 10_000;
/// Text of a subject, a name or an address, in characters.
pub const MASSIMO_CAMPO: usize = 4_000;
/// A Message-ID or *identificativo*, in bytes: no line of a message is longer (RFC 5322, 2.1.1). One that is longer names nothing,
/// and could not be looked up: PostgreSQL keeps no more than 2,700 bytes in an index.
pub const MASSIMO_IDENTIFICATORE_BYTE: usize = 998;
/// Text of a body, in bytes.
pub const MASSIMO_CORPO_BYTE: usize = 4 * 1024 * 1024;
/// `daticert.xml`, in bytes.
pub const MASSIMO_DATICERT_BYTE: usize = 2 * 1024 * 1024;
/// Nesting of elements in `daticert.xml`; the DTD has four.
pub const MASSIMA_PROFONDITA_DATICERT: usize = 16;
/// Findings kept of one message.
pub const MASSIMI_RILIEVI: usize = 200;
/// HTML of a message that is shown with its layout, in bytes.
pub const MASSIMO_HTML_BYTE: usize = 2 * 1024 * 1024;
/// Elements of it.
pub const MASSIMI_ELEMENTI_HTML: usize = 30_000;
/// Nesting of its elements; letters made of tables lie about forty deep.
pub const MASSIMA_PROFONDITA_HTML: usize = 100;
/// Nesting of bold, colours, links and the like: a browser opens again in each paragraph those that were left open.
pub const MASSIMI_FORMATI_HTML: usize = 12;
/// One picture of it, in bytes.
pub const MASSIMA_IMMAGINE_BYTE: usize = 2 * 1024 * 1024;
/// All its pictures, in bytes of their addresses.
pub const MASSIME_IMMAGINI_BYTE: usize = 8 * 1024 * 1024;
/// XML file of the SdI, in bytes: the SdI takes none over 5 MB.
pub const MASSIMO_SERVIZIO_BYTE: usize = 6 * 1024 * 1024;
/// Files of one message that are looked at for the SdI.
pub const MASSIMI_FILE_SERVIZIO: usize = 20;
/// Nesting of their elements; the schema has eight.
pub const MASSIMA_PROFONDITA_SERVIZIO: usize = 32;
/// Values kept of one.
pub const MASSIMI_VALORI_SERVIZIO: usize = 5_000;
/// Invoices shown of a *lotto*.
pub const MASSIME_FATTURE: usize = 50;
/// Errors shown of a notification.
pub const MASSIMI_ERRORI_SERVIZIO: usize = 20;
