//! The nearest known name for a mistyped one.

/// Names less alike than this (Jaro-Winkler, 0 to 1) are not worth proposing.
const THRESHOLD: f64 = 0.8;

/// ``; did you mean `name`?``, or nothing where no name is near.
pub(super) fn suggestion<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let given = given.to_lowercase();
    let best = known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&given, name), name))
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    match best {
        Some((score, name)) if score >= THRESHOLD => format!("; did you mean `{name}`?"),
        _ => String::new(),
    }
}
