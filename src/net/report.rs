//! What a server says about a failure, as our [`Error`]: the one mapping of SQLSTATE to kind.
//!
//! `wire` fills a [`ServerReport`] from the fields of an `ErrorResponse`, `session` from its driver's error. Values of rows
//! do not get into the message: servers put them into DETAIL and into the CONTEXT of a COPY, and messages go to logs.
use crate::{
    error::{Error, ErrorKind},
    pg::SqlState,
};

/// The fields of an error (or notice) of a server that we use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerReport {
    /// `V` or `S`: ERROR, FATAL, WARNING …
    pub severity: String,
    /// `C`
    pub code: String,
    /// `M`
    pub message: String,
    /// `D`
    pub detail: Option<String>,
    /// `H`
    pub hint: Option<String>,
    /// `W`: what the server was doing, innermost first.
    pub place: Option<String>,
    /// `P`: character in the statement.
    pub position: Option<u32>,
}

impl ServerReport {
    /// Reads the body of an `ErrorResponse` or `NoticeResponse`. What is no field is passed over.
    pub fn parse(body: &[u8]) -> Self {
        let mut report = Self::default();
        for field in body.split(|byte| *byte == 0) {
            let Some((tag, value)) = field.split_first() else { continue };
            let value = String::from_utf8_lossy(value).into_owned();
            match tag {
                b'V' => report.severity = value,
                b'S' if report.severity.is_empty() => report.severity = value,
                b'C' => report.code = value,
                b'M' => report.message = value,
                b'D' => report.detail = Some(value),
                b'H' => report.hint = Some(value),
                b'W' => report.place = Some(value),
                b'P' => report.position = value.parse().ok(),
                _ => {}
            }
        }
        report
    }

    /// Whether the server ends the connection after it.
    pub fn is_fatal(&self) -> bool {
        matches!(self.severity.as_str(), "FATAL" | "PANIC")
    }

    /// The error of a server that ends a login with it: what is no loss of the connection is a refusal.
    pub fn into_login_error(self) -> Error {
        let state = SqlState::new(&self.code);
        let is_other = kind(state) == ErrorKind::Server;
        let error = self.into_error();
        if !is_other {
            return error;
        }
        let refusal = Error::new(ErrorKind::Authentication, error.to_string()).sqlstate(state);
        match (error.own_hint(), state.class()) {
            (Some(hint), _) => refusal.hint(hint),
            (None, "53") => refusal.hint(
                "the server, the database or the role has no free connection: raise the limit, or lower `--jobs`",
            ),
            (None, "22" | "42") => refusal.hint("check `options` in the connection string, or `PGOPTIONS`"),
            _ => refusal,
        }
    }

    /// The error, with message, DETAIL, CONTEXT and position in one line and the server's HINT as hint.
    pub fn into_error(self) -> Error {
        use std::fmt::Write as _;
        let state = SqlState::new(&self.code);
        let in_copy = self.place.as_deref().is_some_and(|place| place.starts_with("COPY "));
        let mut text = if in_copy { before_value(&self.message).to_owned() } else { self.message };
        // Writing to a String does not fail.
        if let Some(detail) = self.detail.as_deref().and_then(without_values) {
            _ = write!(text, ", detail: {}", one_line(&detail));
        }
        if let Some(place) = &self.place {
            let place = if in_copy { before_value(place) } else { place };
            _ = write!(text, ", in: {}", one_line(place));
        }
        if let Some(position) = self.position {
            _ = write!(text, ", at character {position}");
        }
        let error = Error::new(kind(state), text).sqlstate(state);
        match self.hint {
            Some(hint) => error.hint(one_line(&hint)),
            None => error,
        }
    }
}

/// The class of a server's error.
fn kind(state: SqlState) -> ErrorKind {
    match state.as_str() {
        "42501" => ErrorKind::Privilege,
        "3D000" => ErrorKind::Authentication,
        "57P01" | "57P02" | "57P03" => ErrorKind::Connection,
        _ => match state.class() {
            "28" => ErrorKind::Authentication,
            "08" => ErrorKind::Connection,
            _ => ErrorKind::Server,
        },
    }
}

/// `COPY t, line 3, column b: "value"` without the value.
fn before_value(text: &str) -> &str {
    text.split_once(": \"").map_or(text, |(before, _)| before)
}

/// DETAIL without the values of a row: `Key (id)=(5) already exists.` keeps the columns, a failing row tells nothing.
fn without_values(detail: &str) -> Option<String> {
    if detail.starts_with("Failing row contains") {
        return None;
    }
    match (detail.find(")=("), detail.rfind(") ")) {
        (Some(start), Some(end)) if start < end => {
            Some(format!("{}{}", &detail[..=start], &detail[end + 1..]))
        }
        (Some(start), _) => Some(detail[..=start].to_owned()),
        _ => Some(detail.to_owned()),
    }
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(fields: &[&str]) -> ServerReport {
        ServerReport::parse(format!("{}\0\0", fields.join("\0")).as_bytes())
    }

    #[test]
    fn fields_become_one_line() {
        let error = report(&[
            "SFEHLER",
            "VERROR",
            "C42P01",
            "Mrelation \"x\" does not exist",
            "P15",
            "Hlook\nharder",
            "WPL/pgSQL function f() line 3\nSQL statement",
        ])
        .into_error();
        assert_eq!(
            error.report(),
            "relation \"x\" does not exist, in: PL/pgSQL function f() line 3; SQL statement, at character 15"
        );
        assert_eq!(error.own_hint(), Some("look; harder"));
        assert_eq!(error.code(), Some(SqlState::new("42P01")));
    }

    #[test]
    fn no_value_of_a_row_is_told() {
        let texts = [
            report(&["C23505", "Mduplicate key", "DKey (a, b)=(secret, 2) already exists."]),
            report(&["C23514", "Mcheck fails", "DFailing row contains (secret)."]),
            report(&["C22P02", "Minvalid input: \"secret\"", "WCOPY t, line 1, column b: \"secret\""]),
        ]
        .map(|report| report.into_error().report());
        assert_eq!(
            texts,
            [
                "duplicate key, detail: Key (a, b) already exists.",
                "check fails",
                "invalid input, in: COPY t, line 1, column b"
            ]
        );
    }

    #[test]
    fn a_login_is_refused_whatever_the_state() {
        let login = |code: &str| report(&[&format!("C{code}"), "Mx"]).into_login_error();
        for code in ["53300", "42704", "28P01", "55000"] {
            assert_eq!(login(code).kind(), ErrorKind::Authentication, "{code}");
            assert_eq!(login(code).code(), Some(SqlState::new(code)));
        }
        assert_eq!(login("57P03").kind(), ErrorKind::Connection);
        assert!(login("53300").own_hint().is_some_and(|hint| hint.contains("--jobs")));
    }

    #[test]
    fn states_have_their_kinds() {
        let kind = |code: &str| report(&[&format!("C{code}"), "Mx"]).into_error().kind();
        assert_eq!(kind("28P01"), ErrorKind::Authentication);
        assert_eq!(kind("3D000"), ErrorKind::Authentication);
        assert_eq!(kind("42501"), ErrorKind::Privilege);
        assert_eq!(kind("57P01"), ErrorKind::Connection);
        assert_eq!(kind("08006"), ErrorKind::Connection);
        assert_eq!(kind("53300"), ErrorKind::Server);
        assert_eq!(kind("22P02"), ErrorKind::Server);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(body: Vec<u8>) {
            ServerReport::parse(&body).into_error();
        }
    }
}
