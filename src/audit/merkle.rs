//! The Merkle tree of RFC 9162 (section 2.1.1) over the links of a chain, built while they are read.
//!
//! Held are only the roots of the complete subtrees so far: one per bit of the number of leaves, so a year of links costs no more
//! memory than a day. The root is written in the register of the day (`registro::chiusura`), and with it every act of that day.

use sha2::{Digest, Sha256};

/// What a hash of the tree is.
pub type Nodo = [u8; 32];

/// What stands before a leaf and before two nodes, so that neither can pretend to be the other.
const FOGLIA: [u8; 1] = [0];
const RAMO: [u8; 1] = [1];

/// The tree that is being built.
#[derive(Debug, Clone, Default)]
pub struct Merkle {
    /// Roots of complete subtrees with how many leaves each has, the largest first.
    cime: Vec<(u64, Nodo)>,
}

impl Merkle {
    /// Adds the next leaf.
    pub fn aggiungi(&mut self, dato: &[u8]) {
        let (mut foglie, mut nodo) = (1, foglia(dato));
        while let Some((_, sinistra)) = self.cime.pop_if(|(quante, _)| *quante == foglie) {
            nodo = ramo(&sinistra, &nodo);
            foglie *= 2;
        }
        self.cime.push((foglie, nodo));
    }

    /// How many leaves there are.
    #[must_use]
    pub fn foglie(&self) -> u64 {
        self.cime.iter().map(|(quante, _)| quante).sum()
    }

    /// The root; of no leaves, the hash of nothing.
    #[must_use]
    pub fn radice(&self) -> Nodo {
        let mut cime = self.cime.iter().rev().map(|(_, nodo)| *nodo);
        match cime.next() {
            Some(ultima) => cime.fold(ultima, |destra, sinistra| ramo(&sinistra, &destra)),
            None => Sha256::digest(b"").into(),
        }
    }
}

fn foglia(dato: &[u8]) -> Nodo {
    Sha256::new().chain_update(FOGLIA).chain_update(dato).finalize().into()
}

fn ramo(sinistra: &Nodo, destra: &Nodo) -> Nodo {
    Sha256::new().chain_update(RAMO).chain_update(sinistra).chain_update(destra).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of the RFC, word by word: the largest power of two smaller than the number of leaves divides them.
    fn definizione(dati: &[Vec<u8>]) -> Nodo {
        match dati {
            [] => Sha256::digest(b"").into(),
            [uno] => foglia(uno),
            molti => {
                let meta = molti.len().next_power_of_two() / 2;
                ramo(&definizione(&molti[..meta]), &definizione(&molti[meta..]))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_published_vectors() {
        // Inputs and roots of the log of Certificate Transparency, which RFC 6962 and RFC 9162 hash alike.
        let dati = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let radici = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut albero = Merkle::default();
        assert_eq!(hex::encode(albero.radice()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (dato, radice) in dati.iter().zip(radici) {
            albero.aggiungi(&hex::decode(dato).unwrap());
            assert_eq!(hex::encode(albero.radice()), radice);
        }
        assert_eq!(albero.foglie(), 8);
    }

    #[test]
    fn built_one_leaf_at_a_time_it_is_the_tree_of_the_definition() {
        let (mut albero, mut dati) = (Merkle::default(), Vec::new());
        for n in 0..200_u32 {
            assert_eq!(albero.radice(), definizione(&dati), "{n} leaves");
            let dato = n.to_be_bytes().to_vec();
            albero.aggiungi(&dato);
            dati.push(dato);
        }
    }
}
