//! At which size tables are cut, and how sizes are written: with a unit, as in `postgresql.conf`.
use super::{ConfigFile, Overrides, ParallelSection};
use crate::error::{Error, ErrorKind, Result};

/// At which size tables are cut, and into which; `None` leaves it to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cutting {
    /// Tables with more bytes than this are cut.
    pub split_larger_than: Option<u64>,
    /// Bytes of a chunk.
    pub chunk_bytes: Option<u64>,
}

impl Cutting {
    /// The command line's sizes, else the file's.
    pub(super) fn build(
        section: &ParallelSection,
        overrides: &Overrides,
        file: Option<&ConfigFile>,
    ) -> Result<Self> {
        let one = |option: &Option<String>, key: &str, value: &str| match option {
            Some(text) => parse_size(text)
                .map(Some)
                .map_err(|why| Error::new(ErrorKind::Usage, format!("`--{}` {why}", key.replace('_', "-")))),
            None if value.is_empty() => Ok(None),
            None => parse_size(value).map(Some).map_err(|why| {
                let place = file.map_or(key.to_owned(), |file| file.place(&["parallel", key]));
                Error::new(ErrorKind::Config, why).context(place)
            }),
        };
        let split = &section.split_larger_than;
        Ok(Self {
            split_larger_than: one(&overrides.split_larger_than, "split_larger_than", split)?,
            chunk_bytes: one(&overrides.chunk_bytes, "chunk_bytes", &section.chunk_bytes)?,
        })
    }
}

/// Units of memory (`memory_unit_conversion_table`, utils/misc/guc.c); case matters there too.
const UNITS: [(&str, u32); 5] = [("B", 0), ("kB", 10), ("MB", 20), ("GB", 30), ("TB", 40)];

/// The number of bytes of `512MB`; spaces may stand between number and unit. The error says what it must be.
pub(super) fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("must be a size with a unit, such as 512MB or 2GB, not `{}`", text.escape_debug());
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let shift = UNITS.iter().find(|(name, _)| *name == unit.trim_start()).ok_or_else(wrong)?.1;
    let bytes = number.checked_mul(1 << shift).filter(|bytes| (1..=i64::MAX as u64).contains(bytes));
    bytes.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_the_server() {
        let sizes = ["1B", "8kB", "512MB", "2 GB", " 1TB "].map(|text| parse_size(text).unwrap());
        assert_eq!(sizes, [1, 8 << 10, 512 << 20, 2 << 30, 1 << 40]);
        for wrong in ["", "5", "MB", "1mb", "-1MB", "0MB", "9999999999999TB", "1.5GB", "1 MB x"] {
            let error = parse_size(wrong).unwrap_err();
            assert!(error.starts_with("must be a size with a unit"), "{wrong}: {error}");
        }
    }
}
