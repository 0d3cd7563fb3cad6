//! A long message as the store reads it: one part after the other, and never more than one in memory.

use super::super::guasto::Guasto;
use super::sessione::Sessione;
use std::io::{self, Read};
use tokio::runtime::Handle;

/// A message that comes in parts.
pub(super) struct Parti<'s> {
    sessione: &'s mut Sessione,
    filo: Handle,
    uid: u32,
    /// Bytes of each part.
    quanti: u32,
    /// Where the next part begins.
    da: u64,
    parte: io::Cursor<Vec<u8>>,
    finito: bool,
    /// What the server did, if it was that which broke off.
    pub guasto: Option<Guasto>,
}

impl<'s> Parti<'s> {
    /// The message with this UID, whose first part is here already.
    pub(super) fn new(sessione: &'s mut Sessione, uid: u32, quanti: u32, prima: Vec<u8>) -> Self {
        let filo = Handle::current();
        let da = u64::try_from(prima.len()).unwrap_or(u64::MAX);
        let finito = da < u64::from(quanti);
        Self { sessione, filo, uid, quanti, da, parte: io::Cursor::new(prima), finito, guasto: None }
    }

    fn prossima(&mut self) -> Result<(), Guasto> {
        let uid = [self.uid];
        let chieste = self.sessione.parte(&uid, self.da, self.quanti);
        // The caller stands where a thread may wait (`block_in_place`).
        let parte = self.filo.block_on(chieste)?.remove(&self.uid);
        let parte = parte.ok_or(Guasto::Protocollo("il messaggio è sparito mentre si leggeva"))?;
        let letti = u64::try_from(parte.len()).unwrap_or(u64::MAX);
        // A part that is shorter than what was asked for is the last one.
        self.finito = letti < u64::from(self.quanti);
        self.da = self.da.saturating_add(letti);
        self.parte = io::Cursor::new(parte);
        Ok(())
    }
}

impl Read for Parti<'_> {
    fn read(&mut self, dove: &mut [u8]) -> io::Result<usize> {
        loop {
            let letti = self.parte.read(dove)?;
            if letti > 0 || self.finito || dove.is_empty() {
                return Ok(letti);
            }
            if let Err(guasto) = self.prossima() {
                self.guasto = Some(guasto);
                return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the server broke off"));
            }
        }
    }
}
