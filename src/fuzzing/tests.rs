//! The entries under random bytes, under their seeds, and under seeds that were damaged.
use std::{
    fs,
    path::{Path, PathBuf},
};

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{TARGETS, Target};

fn below(directory: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(directory)
}

/// The seeds of a target, in the order of their names.
fn seeds((name, _): &Target) -> Vec<Vec<u8>> {
    let directory = below("seeds").join(name);
    let entries = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_seed_is_read_or_refused() {
    for target in TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{} has no seed", target.0);
        for seed in &seeds {
            target.1(seed);
        }
    }
}

#[test]
fn every_target_has_its_program() {
    for (name, _) in TARGETS {
        let program = fs::read_to_string(below("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(program.contains(&format!("run(\"{name}\", ")), "{name}");
    }
    let manifest = fs::read_to_string(below("Cargo.toml")).unwrap();
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}

/// One damage: where, and what.
#[derive(Debug, Clone)]
enum Damage {
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index),
    Remove(Index, usize),
    /// A piece of the text stands a second time at its end.
    Repeat(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    let telling = prop_oneof![
        any::<u8>(),
        proptest::sample::select(b"\0\t\n\r '\"\\,;:=%@/#*?{}[]()$-+.0189AZaz\x7f\x80\xff".to_vec()),
    ];
    prop_oneof![
        4 => (at(), telling.clone()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        2 => (at(), vec(telling, 1..6)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        1 => at().prop_map(Damage::Cut),
        2 => (at(), 1..20_usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        1 => (at(), 1..60_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let place = |at: &Index| at.index(bytes.len() + 1);
        match damage {
            Damage::Set(at, byte) => match bytes.len() {
                0 => bytes.push(*byte),
                length => bytes[at.index(length)] = *byte,
            },
            Damage::Insert(at, new) => {
                let at = place(at);
                bytes.splice(at..at, new.iter().copied());
            }
            Damage::Cut(at) => bytes.truncate(place(at)),
            Damage::Remove(at, length) => {
                let at = place(at);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Damage::Repeat(at, length) => {
                let at = place(at);
                bytes.extend_from_within(at..(at + length).min(bytes.len()));
            }
        }
    }
    bytes
}

#[test]
fn damaged_seeds_are_read_or_refused() {
    for target in TARGETS {
        let seeds = seeds(target);
        let mut runner = proptest::test_runner::TestRunner::default();
        let strategy = (any::<Index>(), vec(damage(), 1..6));
        let outcome = runner.run(&strategy, |(seed, damages)| {
            target.1(&damaged(seed.get(&seeds).clone(), &damages));
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {error}", target.0));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        for (_, entry) in TARGETS {
            entry(&bytes);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        for (_, entry) in TARGETS {
            entry(text.as_bytes());
        }
    }
}
