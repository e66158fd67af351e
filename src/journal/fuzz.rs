//! Entry for fuzzing: `state.tsv`.
use super::file::{parse, render};

/// What is understood is written back, one line a step, and read back equal.
pub(crate) fn state(bytes: &[u8]) {
    let Ok((marks, length)) = parse(bytes) else { return };
    assert!(length <= bytes.len() as u64);
    let text = render(marks.iter().map(|(id, mark)| (id, *mark)));
    assert!(parse(text.as_bytes()).is_ok_and(|(again, whole)| again == marks && whole == text.len() as u64));
}
