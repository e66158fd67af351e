//! What fits on a line of the terminal.
use std::fmt::Write as _;

use super::{
    super::output::{byte_rate, bytes, count, duration, row_rate},
    meter::Rates,
};

/// Letters of a line's parts, by the terminal's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Of a table's name.
    pub(super) name: usize,
    /// Of a bar.
    pub(super) bar: usize,
    /// Of what stands behind the bar.
    pub(super) room: usize,
}

/// Bytes and rows of one bar.
#[derive(Debug, Clone, Copy)]
pub(super) struct Volume {
    pub(super) moved: u64,
    pub(super) planned: u64,
    pub(super) rows: u64,
    /// Of several: which chunk, of how many.
    pub(super) chunk: Option<(u64, u64)>,
    pub(super) rates: Rates,
}

impl Layout {
    /// For a terminal of so many columns.
    pub(super) fn of_width(columns: usize) -> Self {
        let (name, bar) = match columns {
            ..60 => (14, 6),
            60..100 => (20, 10),
            100..160 => (28, 20),
            _ => (40, 30),
        };
        // `name bar 100 % `, and the last column is left free: some terminals wrap there.
        Self { name, bar, room: columns.saturating_sub(name + bar + 9) }
    }

    /// How indicatif draws it.
    pub(super) fn template(self) -> String {
        format!("{{prefix:{}!}} {{bar:{}.cyan/dim}} {{percent:>3}} % {{wide_msg}}", self.name, self.bar)
    }

    /// A name, without its middle if it is too long: tables of a kind differ at the end.
    pub(super) fn name(self, name: &str) -> String {
        let letters: Vec<char> = name.chars().collect();
        if letters.len() <= self.name {
            return name.to_owned();
        }
        let end = (self.name - 1) / 2;
        let begin = self.name - 1 - end;
        letters[..begin].iter().chain(&['…']).chain(&letters[letters.len() - end..]).collect()
    }

    /// As much of it as there is room for; the rate and the time that is left are the last to go.
    pub(super) fn volume(self, volume: Volume) -> String {
        let all = [volume.all(), volume.with_rows(), volume.with_bytes(), volume.with_rate()];
        let mut fitting = all.iter().filter(|text| text.chars().count() <= self.room);
        fitting.next().or(all.last()).cloned().unwrap_or_default()
    }
}

impl Volume {
    fn all(self) -> String {
        let mut text =
            format!("{} of about {}, {} rows", bytes(self.moved), bytes(self.planned), count(self.rows));
        // Writing to a String does not fail.
        if self.rates.bytes > 0.0 {
            _ = write!(text, ", {}, {}", byte_rate(self.rates.bytes), row_rate(self.rates.rows));
        }
        text.push_str(&self.remaining());
        if let Some((chunk, of)) = self.chunk {
            _ = write!(text, ", chunk {chunk} of {of}");
        }
        text
    }

    fn with_rows(self) -> String {
        format!(
            "{} of {}, {} rows{}{}",
            bytes(self.moved),
            bytes(self.planned),
            count(self.rows),
            self.rate(),
            self.remaining()
        )
    }

    fn with_bytes(self) -> String {
        format!("{} of {}{}{}", bytes(self.moved), bytes(self.planned), self.rate(), self.remaining())
    }

    fn with_rate(self) -> String {
        format!("of {}{}{}", bytes(self.planned), self.rate(), self.remaining())
    }

    fn rate(self) -> String {
        if self.rates.bytes > 0.0 { format!(", {}", byte_rate(self.rates.bytes)) } else { String::new() }
    }

    fn remaining(self) -> String {
        let remaining = self.rates.remaining.filter(|remaining| !remaining.is_zero());
        remaining.map_or_else(String::new, |remaining| format!(", ETA {}", duration(remaining)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_width_shows_rate_and_remaining_time() {
        let rates = Rates { bytes: 123.4e6, rows: 1_234_567.0, remaining: Some(Duration::from_secs(725)) };
        let volume = Volume {
            moved: 4_200_000_000,
            planned: 12_300_000_000,
            rows: 98_765_432,
            chunk: Some((34, 96)),
            rates,
        };
        let name = "bookings.boarding_passes_of_the_last_decade";
        let line = |columns: usize| {
            let layout = Layout::of_width(columns);
            let name = layout.name(name);
            format!("{name:<0$} {1} 100 % {2}", layout.name, "#".repeat(layout.bar), layout.volume(volume))
        };
        let lines = [50, 80, 120, 200].map(line);
        insta::assert_snapshot!(lines.join("\n"), @"
        booking…decade ###### 100 % of 12.3 GB, 123 MB/s, ETA 12 min 05 s
        bookings.b…st_decade ########## 100 % of 12.3 GB, 123 MB/s, ETA 12 min 05 s
        bookings.board…e_last_decade #################### 100 % 4.20 GB of 12.3 GB, 98,765,432 rows, 123 MB/s, ETA 12 min 05 s
        bookings.boarding_pa…_of_the_last_decade ############################## 100 % 4.20 GB of about 12.3 GB, 98,765,432 rows, 123 MB/s, 1,234,567 rows/s, ETA 12 min 05 s, chunk 34 of 96
        ");
        for (line, columns) in lines[1..].iter().zip([80, 120, 200]) {
            assert!(line.chars().count() < columns, "{columns}: {line}");
        }
    }
}
