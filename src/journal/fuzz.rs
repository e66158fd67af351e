//! Entry for fuzzing: `state.tsv`.
use super::file::{parse, render};

/// What is understood is written back, one line a step, and read back equal.
pub(crate) fn state(bytes: &[u8]) {
    let Ok((lines, length)) = parse(bytes) else { return };
    assert!(length <= bytes.len() as u64);
    let text: String =
        lines.iter().map(|(id, mark, database)| render([(id, *mark)], database.as_deref())).collect();
    assert!(parse(text.as_bytes()).is_ok_and(|(again, whole)| again == lines && whole == text.len() as u64));
}
