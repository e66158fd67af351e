//! What a server says about a failure, as our [`Error`]: the one mapping of SQLSTATE to kind.
//!
//! `wire` fills a [`ServerReport`] from the fields of an `ErrorResponse`, `session` from its driver's error. Values of rows
//! do not get into the message ([`values`]): messages go to logs.
mod values;

use crate::{
    error::{Constraint, Error, ErrorKind},
    pg::{SqlState, refusal_in},
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
    /// `s`, `t`, `c`, `n`
    pub about: About,
}

/// What an error is about, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// `s`: of the table, or of the data type.
    pub schema: Option<String>,
    /// `t`
    pub table: Option<String>,
    /// `c`
    pub column: Option<String>,
    /// `n`: also the name of a unique index.
    pub constraint: Option<String>,
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
                b's' => report.about.schema = Some(value),
                b't' => report.about.table = Some(value),
                b'c' => report.about.column = Some(value),
                b'n' => report.about.constraint = Some(value),
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
        // No row was asked for yet: what stands between quotation marks is a setting.
        let error = self.error(true);
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

    /// The error, with message, DETAIL, CONTEXT and position in one line and the server's HINT as hint. An error that our own SQL
    /// raised is a refusal.
    pub fn into_error(self) -> Error {
        self.error(false)
    }

    fn error(self, with_values: bool) -> Error {
        if let Some(reason) = refusal_in(&self.message) {
            return Error::new(ErrorKind::Refused, one_line(reason));
        }
        let state = SqlState::new(&self.code);
        let text = if with_values { self.message.clone() } else { self.text(state) };
        let error = Error::new(kind(state), text).sqlstate(state);
        let error = match self.about {
            About { schema: Some(schema), table: Some(table), constraint: Some(name), .. } => {
                error.violates(Constraint { schema, table, name })
            }
            _ => error,
        };
        match self.hint {
            Some(hint) => error.hint(one_line(&hint)),
            None => error,
        }
    }

    fn text(&self, state: SqlState) -> String {
        use std::fmt::Write as _;
        let about_row = values::is_about_row(state);
        let mut text = values::message_without(&self.message, state);
        // Writing to a String does not fail.
        match &self.detail {
            Some(_) if about_row => text.push_str(&self.about.names()),
            Some(detail) => _ = write!(text, ", detail: {}", one_line(detail)),
            None => {}
        }
        if let Some(place) = &self.place {
            let in_copy = place.contains("COPY");
            let place = if about_row || in_copy { &values::place_without(place) } else { place };
            _ = write!(text, ", in: {}", one_line(place));
        }
        if let Some(position) = self.position {
            _ = write!(text, ", at character {position}");
        }
        text
    }
}

impl About {
    /// In place of a DETAIL that cannot be told.
    fn names(&self) -> String {
        let named = |what: &str, name: &Option<String>| Some(format!("{what} {}", name.as_deref()?));
        let table = match (&self.schema, &self.table) {
            (Some(schema), Some(table)) => Some(format!("table {schema}.{table}")),
            _ => None,
        };
        let names = [table, named("column", &self.column), named("constraint", &self.constraint)];
        let names: Vec<String> = names.into_iter().flatten().collect();
        if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
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

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
