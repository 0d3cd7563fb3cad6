#![no_main]
libfuzzer_sys::fuzz_target!(|byte: &[u8]| tabulario::proprieta::documenti::messaggio(byte));
