//! *Provvedimento*: the paper that authorises an annulment (DPR 445/2000 art. 54), numbered by the system per AOO and year, written by
//! it and filed in the store. Annulments of a registration and of one datum share the numbering.

use super::Errore;
use super::riservatezza::{aperti, riservata};
use crate::documenti::{self, Deposito};
use crate::storage::schema::{annullamenti, contatori_provvedimenti, dati_annullati, registrazioni, visibilita};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::Aoo;
use crate::utenti::visibilita::Vista;
use crate::valori::{Impronta, RegistrazioneId, Testo};
use diesel::dsl::exists;
use diesel::prelude::*;

/// What uses the file of a provvedimento, with the id of the registration.
pub(super) const USO: &str = "provvedimento";

/// Longest text of a provvedimento, in bytes: the parties of a registration may be thousands.
const MASSIMO_TESTO: u64 = 64 * 1024 * 1024;

/// Year and number of a provvedimento.
type Estremi = (i32, i64);

/// What every annulment is disposed with.
pub struct Disposizione<'a> {
    /// Where its text is filed.
    pub deposito: &'a Deposito,
    /// The AOO.
    pub aoo: &'a Aoo,
    /// What whoever disposes may see.
    pub vista: &'a Vista,
    /// Why.
    pub motivo: &'a Testo,
    /// Who proposed it, as people call them.
    pub proponente: Option<&'a str>,
}

impl Disposizione<'_> {
    /// The last lines of the text.
    pub(super) fn firma(&self, autore: &str) -> String {
        let proponente = self.proponente.map(|chi| format!("Proposto da: {chi}\n")).unwrap_or_default();
        format!("Motivo: {}\n\n{proponente}Disposto da: {autore}\n", self.motivo)
    }

    /// The first lines.
    pub(super) fn testata(&self) -> String {
        format!("{}\nArea organizzativa omogenea {}\n\n", self.aoo.ente, self.aoo.codice)
    }

    /// Files the text. It holds its own number, which is known inside the write only: so its few bytes are stored and synced here,
    /// before the row that names them; a refusal later leaves them to nobody, as a crash would.
    pub(super) fn archivia(
        &self,
        op: &mut Operazione<'_>,
        registrazione: RegistrazioneId,
        testo: &str,
    ) -> Result<Impronta, Errore> {
        let riposto = self.deposito.riponi(&mut testo.as_bytes(), MASSIMO_TESTO)?;
        documenti::registra(op, &riposto)?;
        documenti::uso(op, &riposto.impronta, USO, registrazione)?;
        Ok(riposto.impronta)
    }
}

/// Takes the next number of the provvedimenti of the AOO.
pub(super) fn prossimo(op: &mut Operazione<'_>) -> Result<(i32, i64), Errore> {
    let (aoo, anno) = (op.aoo.to_string(), op.ora.anno());
    let questo = contatori_provvedimenti::aoo_id.eq(&aoo);
    let testa: Option<i32> = contatori_provvedimenti::table
        .filter(questo)
        .select(contatori_provvedimenti::anno)
        .first(op.conn)
        .optional()?;
    let numero = match testa {
        None => diesel::insert_into(contatori_provvedimenti::table)
            .values((
                contatori_provvedimenti::aoo_id.eq(&aoo),
                contatori_provvedimenti::anno.eq(anno),
                contatori_provvedimenti::ultimo.eq(1),
            ))
            .returning(contatori_provvedimenti::ultimo)
            .get_result(op.conn)?,
        Some(ultimo_anno) if ultimo_anno >= anno => diesel::update(contatori_provvedimenti::table)
            .filter(questo)
            .set(contatori_provvedimenti::ultimo.eq(contatori_provvedimenti::ultimo + 1))
            .returning(contatori_provvedimenti::ultimo)
            .get_result(op.conn)?,
        Some(_) => diesel::update(contatori_provvedimenti::table)
            .filter(questo)
            .set((contatori_provvedimenti::anno.eq(anno), contatori_provvedimenti::ultimo.eq(1)))
            .returning(contatori_provvedimenti::ultimo)
            .get_result(op.conn)?,
    };
    Ok((testa.map_or(anno, |ultimo| ultimo.max(anno)), numero))
}

/// The newest provvedimenti before `prima` on registrations that may be seen, at most `quanti`: registration, year and number.
///
/// # Errors
/// Those of the database.
pub fn provvedimenti(
    conn: &mut Conn,
    vista: &Vista,
    prima: Option<(i32, i64)>,
    quanti: i64,
) -> Result<Vec<(RegistrazioneId, i32, i64)>, Errore> {
    let (anno, numero) = prima.unwrap_or((i32::MAX, i64::MAX));
    // One query per table of acts, which no type can stand for: the same words twice.
    macro_rules! ultimi {
        ($atti:ident) => {{
            let concesse =
                visibilita::table.filter(visibilita::ufficio_id.eq_any(vista.uffici())).select(visibilita::oggetto_id);
            let concessa = exists(concesse.filter(visibilita::oggetto_id.eq(registrazioni::id)));
            $atti::table
                .inner_join(registrazioni::table.on(registrazioni::id.eq($atti::registrazione_id)))
                .filter($atti::aoo_id.eq(vista.aoo().to_string()))
                .filter(riservata().eq_any(aperti(vista)).or(concessa).or(registrazioni::id.eq_any(vista.visioni())))
                .filter($atti::anno.lt(anno).or($atti::anno.eq(anno).and($atti::numero.lt(numero))))
                .order(($atti::anno.desc(), $atti::numero.desc()))
                .limit(quanti)
                .select(($atti::registrazione_id, $atti::anno, $atti::numero))
                .load::<(String, i32, i64)>(conn)?
        }};
    }
    let mut righe = ultimi!(annullamenti);
    righe.extend(ultimi!(dati_annullati));
    righe.sort_by_key(|(_, anno, numero)| std::cmp::Reverse((*anno, *numero)));
    righe.truncate(usize::try_from(quanti).unwrap_or(usize::MAX));
    let id = |(id, anno, numero): (String, i32, i64)| {
        Ok((id.parse().map_err(|e| storage::Errore::riga("annullamenti", e))?, anno, numero))
    };
    righe.into_iter().map(id).collect()
}

/// The file of a provvedimento of a registration, for whoever may see both it and the values that it names.
///
/// # Errors
/// `Sconosciuta` if there is none, or it may not be seen, or it was made before provvedimenti were filed.
pub fn provvedimento(
    conn: &mut Conn,
    vista: &Vista,
    id: RegistrazioneId,
    (anno, numero): Estremi,
) -> Result<Impronta, Errore> {
    archiviati(conn, vista, id)?
        .into_iter()
        .find(|(estremi, _)| *estremi == (anno, numero))
        .map(|(_, i)| i)
        .ok_or(Errore::Sconosciuta)
}

/// True if a file is a provvedimento of this registration that may be seen.
///
/// # Errors
/// Those of the database.
pub fn e_provvedimento(
    conn: &mut Conn,
    vista: &Vista,
    id: RegistrazioneId,
    impronta: &Impronta,
) -> Result<bool, Errore> {
    match archiviati(conn, vista, id) {
        Ok(archiviati) => Ok(archiviati.iter().any(|(_, i)| i == impronta)),
        Err(Errore::Sconosciuta) => Ok(false),
        Err(e) => Err(e),
    }
}

fn archiviati(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<Vec<(Estremi, Impronta)>, Errore> {
    let r = super::per_id(conn, vista, id)?;
    let intera = r.annullamento.iter().filter_map(|a| Some(((a.anno, a.numero), a.impronta?)));
    let dati = r.dati_annullati.iter().filter_map(|d| Some(((d.anno, d.numero), d.atto.as_ref()?.impronta)));
    Ok(intera.chain(dati).collect())
}
