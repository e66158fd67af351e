//! How `verify` compares rows.
use std::{fmt, str::FromStr};

use super::schema::{VerifyMode, VerifySection};
use crate::error::{Error, ErrorKind, Result};

/// A part of a hundred, to a ten-thousandth of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent {
    /// Of a million.
    millionths: u32,
}

impl Percent {
    /// From a number above 0 and up to 100. The error says what it must be.
    pub fn new(percent: f64) -> Result<Self, String> {
        let wrong = || format!("must be a number above 0 and up to 100, not `{percent}`");
        // What is less than a ten-thousandth would be nothing.
        if !(0.0001..=100.0).contains(&percent) {
            return Err(wrong());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a million")]
        Ok(Self { millionths: (percent * 10_000.0).round() as u32 })
    }

    /// So many rows of a million.
    pub fn millionths(self) -> u32 {
        self.millionths
    }
}

impl FromStr for Percent {
    type Err = String;

    /// `5`, `0.1` or `5%`
    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim().trim_end_matches('%').trim_end().parse();
        let percent = number
            .map_err(|_| format!("must be a number above 0 and up to 100, not `{}`", text.escape_debug()))?;
        Self::new(percent)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", f64::from(self.millionths) / 10_000.0)
    }
}

/// What the command line says of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct VerifyOverrides {
    /// How much of the rows is compared.
    pub mode: Option<VerifyMode>,
    /// Of a sample, its share; it asks for one.
    pub sample: Option<Percent>,
    /// Upper limit of connections to each side.
    pub concurrency: Option<u32>,
    /// Upper limit of rows that are named of each table.
    pub max_differences: Option<u32>,
}

/// How rows are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifySettings {
    /// How much of them.
    pub mode: VerifyMode,
    /// The share of a sample.
    pub sample: Percent,
    /// Upper limit of connections to each side; `None`: that of lanes.
    pub concurrency: Option<u32>,
    /// Upper limit of rows that are named of each table.
    pub max_differences: u32,
}

impl VerifySettings {
    /// The command line's, else the file's.
    pub(super) fn build(section: &VerifySection, overrides: &VerifyOverrides) -> Result<Self> {
        let mode = match (overrides.mode, overrides.sample) {
            (None, Some(_)) => VerifyMode::Sample,
            (Some(mode), Some(_)) if mode != VerifyMode::Sample => {
                let message = format!("`--sample` asks for a sample, `--mode {mode}` for something else");
                return Err(Error::new(ErrorKind::Usage, message).hint("leave one of them out"));
            }
            (mode, _) => mode.unwrap_or(section.mode),
        };
        let of_file =
            || Percent::new(section.sample_percent).map_err(|why| Error::new(ErrorKind::Config, why));
        Ok(Self {
            mode,
            sample: overrides.sample.map_or_else(of_file, Ok)?,
            concurrency: overrides.concurrency.or(Some(section.concurrency)).filter(|number| *number > 0),
            max_differences: overrides.max_differences.unwrap_or(section.max_differences),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(mode: Option<VerifyMode>, sample: Option<&str>) -> Result<VerifySettings> {
        let sample = sample.map(|text| text.parse().unwrap());
        VerifySettings::build(
            &VerifySection::default(),
            &VerifyOverrides { mode, sample, ..Default::default() },
        )
    }

    #[test]
    fn percents_are_numbers_up_to_a_hundred() {
        for (text, millionths) in [("5", 50_000), ("0.1", 1000), ("100%", 1_000_000), (" 12.5 % ", 125_000)] {
            assert_eq!(text.parse::<Percent>().map(Percent::millionths), Ok(millionths));
        }
        for wrong in ["", "0", "-1", "100.1", "NaN", "inf", "x", "0.00001"] {
            assert!(wrong.parse::<Percent>().is_err(), "{wrong}");
        }
        assert_eq!("12.50%".parse::<Percent>().unwrap().to_string(), "12.5%");
    }

    #[test]
    fn a_share_asks_for_a_sample() {
        assert_eq!(build(None, Some("5")).unwrap().mode, VerifyMode::Sample);
        assert_eq!(build(None, None).unwrap().mode, VerifyMode::Checksum);
        let sample = build(Some(VerifyMode::Sample), None).unwrap();
        assert_eq!(sample.sample.to_string(), "10%");
        assert_eq!(build(Some(VerifyMode::Counts), Some("5")).unwrap_err().kind(), ErrorKind::Usage);
    }
}
