use std::fs::File; use std::io;
use tabulario::firma::{Fiducia, verifica};
fn main(){ let a: Vec<String>=std::env::args().collect(); let mut f=Fiducia::vuota(); f.aggiungi_certificati(&std::fs::read(&a[2]).unwrap()).unwrap(); let ist="2026-11-20T12:00:00+01:00".parse().unwrap();
 let n:u32=a[3].parse().unwrap(); let mut best=std::time::Duration::MAX; for _ in 0..n { let t=std::time::Instant::now(); let mut b=File::open(&a[1]).unwrap(); let r=verifica(&mut b,None,None,&f,ist,&mut io::sink()).unwrap(); assert!(r.indication.is_some()); best=best.min(t.elapsed()); } println!("{best:?}"); }
