//! How much of a row is compared, by the mode: nothing but that it is there, all of it, or all of it for some rows.
//!
//! A sample must be the same rows on both sides: those of whose key the hash falls into a share of all hashes. The rows of the
//! rest are counted all the same, so that one that is missing is noticed whether it is in the sample or not.
use super::{form::Form, key::RowKey};
use crate::{
    config::{Percent, VerifyMode, VerifySettings},
    object::Column,
};

/// Of a million hashes so many are one millionth.
const WHOLE: u32 = 1_000_000;

/// What is measured of the rows of all relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Their number.
    Counts,
    /// Their number and their hashes.
    Checksum,
    /// Their number and the hashes of some.
    Sample(Percent),
}

impl Measure {
    /// What a mode that reads rows asks for.
    pub(super) fn of(settings: &VerifySettings) -> Self {
        match settings.mode {
            VerifyMode::Fast | VerifyMode::Counts => Self::Counts,
            VerifyMode::Checksum => Self::Checksum,
            VerifyMode::Sample => Self::Sample(settings.sample),
        }
    }

    /// The number that each row gives to the sum; `None` if rows are only counted.
    pub(super) fn of_row(self, form: Form, columns: &[&Column], key: Option<&RowKey<'_>>) -> Option<String> {
        let hash = form.row_hash(columns)?;
        match (self, key) {
            (Self::Counts, _) => None,
            (Self::Checksum, _) | (_, None) => Some(hash),
            (Self::Sample(share), Some(key)) => Some(sampled(share, &form.row_hash(&key.columns)?, &hash)),
        }
    }

    /// The same of expressions, drawn by some of them.
    pub(super) fn of_values(self, form: Form, values: &[&str], key: &[&str]) -> Option<String> {
        match self {
            Self::Counts => None,
            Self::Checksum => Some(form.hash(values)),
            Self::Sample(share) => Some(sampled(share, &form.hash(key), &form.hash(values))),
        }
    }

    /// What there is to say of a relation that is read in another way than the mode says.
    pub(super) fn note(self, key: Option<&RowKey<'_>>) -> Option<String> {
        let is_whole = matches!(self, Self::Sample(share) if share.millionths() < WHOLE) && key.is_none();
        is_whole.then(|| "compared whole: no key by which a sample could be drawn".to_owned())
    }
}

/// The hash of a row that is in the sample, or 0. Both hashes are of 64 bits with a sign.
fn sampled(share: Percent, key: &str, hash: &str) -> String {
    let millionths = share.millionths();
    if millionths >= WHOLE {
        return hash.to_owned();
    }
    format!(
        "CASE WHEN (({key}) & 9223372036854775807) % {WHOLE} < {millionths} THEN {hash} ELSE 0::pg_catalog.int8 END"
    )
}

#[cfg(test)]
mod tests {
    use super::{
        super::form::tests::{PLAIN, column},
        *,
    };

    fn of_row(measure: Measure) -> Option<String> {
        let (id, note) = (column("id", "integer", ""), column("note", "text", ""));
        let key = RowKey::native(vec![&id]);
        let shown = |text: String| text.replace("pg_catalog.", "").replace("hashtextextended", "hash");
        measure.of_row(PLAIN, &[&id, &note], Some(&key)).map(shown)
    }

    #[test]
    fn a_sample_is_drawn_by_the_key() {
        let share = |text: &str| Measure::Sample(text.parse().unwrap());
        assert_eq!(of_row(Measure::Counts), None);
        insta::assert_snapshot!(of_row(share("5")).unwrap(), @"CASE WHEN ((hash(ROW(id)::text, 0)) & 9223372036854775807) % 1000000 < 50000 THEN hash(ROW(id, note)::text, 0) ELSE 0::int8 END");
        assert_eq!(of_row(share("100")), of_row(Measure::Checksum));
    }

    #[test]
    fn without_a_key_everything_is_compared() {
        let id = column("id", "integer", "");
        let sample = Measure::Sample("5".parse().unwrap());
        assert_eq!(sample.of_row(PLAIN, &[&id], None), Measure::Checksum.of_row(PLAIN, &[&id], None));
        assert!(sample.note(None).is_some() && Measure::Checksum.note(None).is_none());
    }
}
