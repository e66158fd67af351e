//! How numbers, tables and errors look to people, and the two streams they go to.
use std::{
    fmt::Write as _,
    io::{self, ErrorKind as Io, IsTerminal as _, Write as _},
    time::Duration,
};

use serde::Serialize;

use crate::{
    error::{Error, ErrorKind, Result},
    observe::{visible, visible_json},
    policy,
};

/// Prints a result for people to stdout, without anything that a terminal would act on.
pub fn print(text: &str) -> Result<()> {
    print_exact(&visible(text))
}

/// Prints a result to stdout as JSON.
pub fn print_json(result: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(result).map_err(|cause| {
        Error::new(ErrorKind::Internal, "the result cannot be written as JSON").caused_by(cause)
    })?;
    print_exact(&visible_json(&format!("{text}\n")))
}

/// Prints a line of JSON to stdout.
pub fn print_json_line(line: &str) -> Result<()> {
    print_exact(&visible_json(&format!("{line}\n")))
}

/// Prints SQL to stdout: to the byte for a file or a pipe, as people may see it on a terminal.
pub fn print_sql(text: &str) -> Result<()> {
    if io::stdout().is_terminal() { print(text) } else { print_exact(text) }
}

/// A reader that went away has read enough.
fn print_exact(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != Io::BrokenPipe => {
            Err(Error::new(ErrorKind::Io, "cannot write to stdout").caused_by(error))
        }
        _ => Ok(()),
    }
}

/// Prints a line for people to stderr. If stderr is gone there is nobody left to tell.
pub fn print_line(line: &str) {
    _ = writeln!(io::stderr().lock(), "{}", visible(line));
}

/// Prints an error to stderr, and what can be done about it on a line of its own.
pub fn print_error(error: &Error) {
    print_line(&render_error(error));
}

/// `error: …`, and `hint: …` if there is one.
pub fn render_error(error: &Error) -> String {
    let mut text = format!("error: {}", error.report());
    if let Some(hint) = error.own_hint().or(policy::of(error).hint) {
        text.push_str("\nhint: ");
        text.push_str(hint);
    }
    text
}

/// `1.23 GB`: decimal units, three digits.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = lossy(count);
    let mut unit = 0;
    // 999.5 would be rounded to four digits.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let decimals = match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {}", UNITS[unit])
}

/// `1,234,567`
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `0.25 s`, `12.3 s`, `2 min 05 s`, `3 h 07 min`
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 9.995 {
        return format!("{seconds:.2} s");
    }
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let whole = duration.as_secs() + u64::from(duration.subsec_millis() >= 500);
    match whole {
        0..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole / 60 % 60),
    }
}

/// As [`duration`], for seconds as a report holds them.
pub fn seconds(seconds: f64) -> String {
    duration(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// `120 MB/s`
pub fn byte_rate(bytes_per_second: f64) -> String {
    format!("{}/s", bytes(whole(bytes_per_second)))
}

/// `45,000 rows/s`
pub fn row_rate(rows_per_second: f64) -> String {
    format!("{} rows/s", count(whole(rows_per_second)))
}

/// `35 %`; it shows 100 only when all is done.
pub fn percent(part: u64, total: u64) -> String {
    let share = match total {
        0 => 100,
        _ if part >= total => 100,
        _ => (u128::from(part) * 100 / u128::from(total)).min(99),
    };
    format!("{share} %")
}

/// `35 %` of 0.35, rounded.
pub fn share(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A name that stands in a line: what follows a line break in it could pass for a line of ours.
pub fn one_line(name: &str) -> String {
    name.replace('\n', "\\u{a}")
}

/// Columns aligned and indented by two spaces; the first column to the left, the others to the right.
pub fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = header.map(|title| title.chars().count());
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| one_line(cell))).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let header = header.map(str::to_owned);
    for row in std::iter::once(&header).chain(&rows) {
        let mut line = String::new();
        for (i, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Writing to a String does not fail.
            _ = match i {
                0 => write!(line, "  {cell:<width$}"),
                _ => write!(line, "  {cell:>width$}"),
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// `1 step`, `2 steps`
pub fn plural(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(super) fn lossy(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and NaN becomes 0"
)]
fn whole(rate: f64) -> u64 {
    rate.round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_people_read_them() {
        for (number, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (9_996, "10.0 kB"),
            (123_456_789, "123 MB"),
            (999_600_000, "1.00 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(bytes(number), text);
        }
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
        for (millis, text) in [
            (0, "0.00 s"),
            (9_994, "9.99 s"),
            (12_340, "12.3 s"),
            (59_949, "59.9 s"),
            (59_960, "1 min 00 s"),
            (125_000, "2 min 05 s"),
            (11_220_000, "3 h 07 min"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
        assert_eq!(seconds(f64::NAN), "0.00 s");
        assert_eq!((byte_rate(1.2e8), row_rate(45e3)), ("120 MB/s".to_owned(), "45,000 rows/s".to_owned()));
        assert_eq!([percent(999, 1000), percent(5, 5), percent(0, 0)], ["99 %", "100 %", "100 %"]);
        assert_eq!([plural(1, "step"), plural(1200, "step")], ["1 step", "1,200 steps"]);
    }

    #[test]
    fn an_error_and_its_hint() {
        let own = Error::new(ErrorKind::Plan, "line 3 is broken").context("`plan.tsv`").hint("mend it");
        let general = Error::new(ErrorKind::Interrupted, "stopped");
        let none = Error::new(ErrorKind::Config, "unknown key `jbos`");
        let texts = [own, general, none].map(|error| render_error(&error));
        insta::assert_snapshot!(texts.join("\n"), @"
        error: `plan.tsv`: line 3 is broken
        hint: mend it
        error: stopped
        hint: run the same command with `--resume` to continue
        error: unknown key `jbos`
        ");
    }

    #[test]
    fn a_table_is_aligned() {
        let rows = [["bookings.flights".into(), "1,000".into()], ["s.ü".into(), "1".into()]];
        insta::assert_snapshot!(table(["table", "rows"], &rows), @"
        table              rows
        bookings.flights  1,000
        s.ü                   1
        ");
    }

    proptest! {
        #[test]
        fn three_digits_are_enough_for_any_number_of_bytes(number in any::<u64>()) {
            let text = bytes(number);
            let digits = text.chars().filter(char::is_ascii_digit).count();
            prop_assert!((1..=3).contains(&digits), "{}", text);
        }
    }
}
