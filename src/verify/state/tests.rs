use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::*;
use crate::durable::tests::Scratch;

fn mark(started: &str) -> Mark {
    let row = format!(
        r#"{{"database": "5", "started": "{started}", "counted_since": "", "standby": false, "snapshot": "9:9:"}}"#
    );
    Mark::parse("7", &row).unwrap()
}

fn marks() -> [Mark; 2] {
    [mark("then"), mark("later\\tthan")]
}

fn open(path: &Path, resume: bool, marks: [Mark; 2]) -> State {
    State::open(&StateOptions { path: path.to_owned(), resume }, marks).unwrap()
}

fn tally(rows: u64, sum: i128) -> Tally {
    Tally { rows, sum }
}

#[test]
fn what_was_recorded_is_known_to_a_resume_only() {
    let scratch = Scratch::new("verify-state");
    let path = scratch.file("verify.tsv");
    let state = open(&path, false, marks());
    state.record(0, "a", "16384".to_owned(), tally(3, -7));
    state.record(1, "a", String::new(), tally(4, i128::from(i64::MAX) * 9));
    state.close();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let resumed = open(&path, true, marks());
    assert_eq!(resumed.parts(), 2);
    let known = resumed.known(0, "a").unwrap();
    assert_eq!((known.tally, known.file.as_str(), known.seen.as_str()), (tally(3, -7), "16384", "9:9:"));
    assert_eq!(resumed.known(1, "a").unwrap().tally, tally(4, i128::from(i64::MAX) * 9));
    assert_eq!(open(&path, false, marks()).parts(), 0);
    assert_eq!(open(&path, true, marks()).parts(), 0, "begun anew");
}

#[test]
fn of_another_server_nothing_is_known() {
    let scratch = Scratch::new("verify-state-other");
    let path = scratch.file("verify.tsv");
    let state = open(&path, false, marks());
    for side in [0, 1] {
        state.record(side, "a", String::new(), tally(1, 1));
    }
    let [source, _] = marks();
    let resumed = open(&path, true, [source, mark("another")]);
    assert!(resumed.known(0, "a").is_some() && resumed.known(1, "a").is_none());
}

#[test]
fn what_a_crash_left_is_read_up_to_there() {
    let scratch = Scratch::new("verify-state-torn");
    let path = scratch.file("verify.tsv");
    let state = open(&path, false, marks());
    for digest in ["a", "b"] {
        state.record(0, digest, String::new(), tally(1, 1));
    }
    state.close();
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let lines = whole[..length].split(|byte| *byte == b'\n').count() - 1;
        assert_eq!(open(&path, true, marks()).parts(), lines.saturating_sub(1), "{length}");
    }
    let zeros = [&whole[..], &[0; 64]].concat();
    fs::write(&path, zeros).unwrap();
    assert_eq!(open(&path, true, marks()).parts(), 2);
}

#[test]
fn another_file_is_not_written_over() {
    let scratch = Scratch::new("verify-state-wrong");
    let path = scratch.file("state.tsv");
    fs::write(&path, "data:a\tDONE\n").unwrap();
    for resume in [true, false] {
        let error = State::open(&StateOptions { path: path.clone(), resume }, marks()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Plan);
        assert!(error.to_string().contains("is not a file of `verify`"), "{error}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "data:a\tDONE\n");
}
