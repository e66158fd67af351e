use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::*;
use crate::{durable::tests::Scratch, error::ErrorKind};

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
    State::begin(&StateFile::load(path, resume).unwrap(), "shop", marks).unwrap()
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
        // The first line and those of the sides.
        assert_eq!(open(&path, true, marks()).parts(), lines.saturating_sub(3), "{length}");
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
        let error = StateFile::load(&path, resume).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Plan);
        assert!(error.to_string().contains("is not a file of `verify`"), "{error}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "data:a\tDONE\n");
}

#[test]
fn databases_share_the_file() {
    let scratch = Scratch::new("verify-state-shared");
    let path = scratch.file("verify.tsv");
    let file = StateFile::load(&path, false).unwrap();
    let begin = |file: &Arc<StateFile>, name: &str| State::begin(file, name, marks()).unwrap();
    let [shop, air] = ["shop", "a\tir"].map(|name| begin(&file, name));
    for rows in 1..3 {
        shop.record(0, &rows.to_string(), String::new(), tally(rows, 1));
        air.record(0, &rows.to_string(), String::new(), tally(rows * 10, 1));
    }
    let file = StateFile::load(&path, true).unwrap();
    let [shop, air] = ["shop", "a\tir"].map(|name| begin(&file, name));
    assert_eq!((shop.known(0, "2").unwrap().tally.rows, air.known(0, "2").unwrap().tally.rows), (2, 20));
    // A later attempt over one of them keeps what is known of the other.
    let file = StateFile::load(&path, true).unwrap();
    let [source, _] = marks();
    let again = State::begin(&file, "shop", [source, mark("another")]).unwrap();
    again.record(1, "3", String::new(), tally(3, 1));
    let file = StateFile::load(&path, true).unwrap();
    assert_eq!(begin(&file, "a\tir").parts(), 2);
    assert_eq!(begin(&file, "shop").parts(), 2, "what was read of another target is gone");
    assert_eq!(begin(&file, "new").parts(), 0);
}

#[test]
fn a_file_of_another_version_is_begun_anew_unless_it_counts() {
    let scratch = Scratch::new("verify-state-version");
    let path = scratch.file("verify.tsv");
    fs::write(&path, "pgmigrate verify 1\ta\tb\n").unwrap();
    let error = StateFile::load(&path, true).unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("of another version")), (ErrorKind::Plan, true));
    assert_eq!(open(&path, false, marks()).parts(), 0);
}
