//! See `pgmigrate::fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pgmigrate::fuzzing::run("backup_toc", bytes));
