//! The settings pinned on every connection of ours, so that what a server prints and accepts does not depend on how a
//! cluster, a database or a role is configured. Pure text; `session` and `wire` send it right after the login.
use std::fmt::Write as _;

use crate::{
    error::{Error, ErrorKind, Result},
    pg::{SUPPORTED, ServerVersion, quote_literal},
};

/// Default `application_name`.
pub const APPLICATION_NAME: &str = "pgmigrate";

/// (name, value, first major version that has it)
const PINNED: &[(&str, &str, u32)] = &[
    // Names come out qualified, and nobody's function or operator slips in between.
    ("search_path", "", 0),
    ("client_encoding", "UTF8", 0),
    ("DateStyle", "ISO, MDY", 0),
    ("IntervalStyle", "postgres", 0),
    // 3 prints floats exactly on every version: before 12 by 17 digits, since 12 any value above 0 means "shortest
    // exact", so one value serves all.
    ("extra_float_digits", "3", 0),
    ("bytea_output", "hex", 0),
    ("TimeZone", "UTC", 0),
    ("standard_conforming_strings", "on", 0),
    ("quote_all_identifiers", "off", 0),
    ("xmloption", "content", 0),
    // An amount prints with the same two digits behind the point on both sides.
    ("lc_monetary", "C", 0),
    // A NULL in an array's text is no text of four letters, `= NULL` is not `IS NULL`.
    ("array_nulls", "on", 0),
    ("transform_null_equals", "off", 0),
    // Bodies may name objects that come later.
    ("check_function_bodies", "off", 0),
    // A policy that hides rows makes the read fail, instead of making the copy incomplete.
    ("row_security", "off", 0),
    // What is tried and rolled back may fail without taking the session with it.
    ("exit_on_error", "off", 0),
    // Chunks of one table are read side by side; each must start where it says.
    ("synchronize_seqscans", "off", 0),
    ("default_transaction_read_only", "off", 0),
    ("default_transaction_isolation", "read committed", 0),
    // A definition that names no tablespace and no access method means these.
    ("default_tablespace", "", 0),
    ("default_table_access_method", "heap", 12),
    // Long work is our work: no timeout of the cluster may end it.
    ("statement_timeout", "0", 0),
    ("lock_timeout", "0", 0),
    ("idle_in_transaction_session_timeout", "0", 0),
    ("idle_session_timeout", "0", 14),
    ("transaction_timeout", "0", 17),
    // A client that is gone without a word (its host lost power) is noticed in two minutes instead of two hours: until then its
    // session would hold the snapshot, locks, and the run's lock against `--resume`. They mean nothing to a unix socket.
    ("tcp_keepalives_idle", "60", 0),
    ("tcp_keepalives_interval", "10", 0),
    ("tcp_keepalives_count", "6", 0),
    ("client_min_messages", "warning", 0),
    // Compiling a catalog query takes longer than running it.
    ("jit", "off", 11),
];

/// For a session that moves no rows: what it was sent and does not acknowledge for as long ends it too. A keepalive does not ask
/// while an answer is under way, and the system would send that again for a quarter of an hour. A lane in which the other
/// side is slow acknowledges no more either, so it has none.
const UNACKNOWLEDGED: &str = "; SET tcp_user_timeout = '120s'";

/// The first version that has it.
const USER_TIMEOUT: u32 = 12;

/// A backend notices within so long that we are gone, also while it waits for a lock or builds an index: one that is
/// killed leaves nothing behind. Since 14, where the operating system tells of closed sockets
/// (`client_connection_check_interval` in runtime-config-connection.html); elsewhere setting it is an error.
const NOTICE_OUR_END: &str = "; SELECT pg_catalog.set_config('client_connection_check_interval', '5s', false) \
     WHERE pg_catalog.version() ~* 'linux|darwin|bsd'";

/// The first version that has it.
const CONNECTION_CHECKS: u32 = 14;

/// What a connection sends first, in one round trip: a row of what the server was before we changed anything
/// (in hot standby, transactions read-only, backend pid), then the pinned settings.
pub fn render_greeting(version: ServerVersion) -> String {
    let mut sql = String::from(
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only'), \
         pg_catalog.pg_backend_pid()",
    );
    for (name, value, since) in PINNED {
        if version.at_least(*since) {
            // Writing to a String does not fail.
            _ = write!(sql, "; SET {name} = {}", quote_literal(value));
        }
    }
    if version.at_least(CONNECTION_CHECKS) {
        sql.push_str(NOTICE_OUR_END);
    }
    sql
}

/// As [`render_greeting`], for a control session.
pub fn render_control_greeting(version: ServerVersion) -> String {
    let user_timeout = if version.at_least(USER_TIMEOUT) { UNACKNOWLEDGED } else { "" };
    render_greeting(version) + user_timeout
}

/// The version from the `server_version` a server reports at login: `15.18 (Debian 15.18-1)`, `10.23`, `19beta1`.
pub fn parse_version(reported: &str) -> Option<ServerVersion> {
    let number = reported.split_whitespace().next()?;
    let mut parts = number.split('.');
    let major = leading_number(parts.next()?)?;
    let minor = parts.next().and_then(leading_number).unwrap_or(0);
    let minor = if major >= 10 {
        minor
    } else {
        let patch = parts.next().and_then(leading_number).unwrap_or(0);
        minor.checked_mul(100)?.checked_add(patch)?
    };
    Some(ServerVersion(major.checked_mul(10_000)?.checked_add(minor)?))
}

/// The version that a server reports, if it is one that we can talk to: what it reports is its own word, and may be anything.
pub fn accept_version(reported: &str) -> Result<ServerVersion> {
    let version = parse_version(reported).ok_or_else(|| {
        let shown = reported.escape_debug();
        let message = format!("the server reports the version `{shown}`, which is none of PostgreSQL's");
        Error::new(ErrorKind::Unsupported, message)
    })?;
    if SUPPORTED.first().is_some_and(|oldest| !version.at_least(*oldest)) {
        let message =
            format!("the server is of version {reported}, and PostgreSQL 10 is the oldest supported");
        return Err(Error::new(ErrorKind::Unsupported, message)
            .hint("upgrade it first, with pg_upgrade or with the pg_dump of a newer version"));
    }
    Ok(version)
}

fn leading_number(text: &str) -> Option<u32> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    text[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_all_shapes_are_read() {
        let version = |text| parse_version(text).map(|v| v.0);
        assert_eq!(version("15.18 (Debian 15.18-0+deb12u1)"), Some(150_018));
        assert_eq!(version("10.23"), Some(100_023));
        assert_eq!(version("19beta1"), Some(190_000));
        assert_eq!(version("9.6.24"), Some(90_624));
        assert_eq!(version(""), None);
        assert_eq!(version("Redshift"), None);
        assert_eq!(version("4294967295"), None);
        assert_eq!(version("9.42949673"), None);
    }

    #[test]
    fn versions_before_the_oldest_are_refused() {
        let refusal = |text| accept_version(text).unwrap_err().to_string();
        assert!(refusal("9.6.24").contains("9.6.24") && refusal("8.0.2").contains("8.0.2"));
        assert!(refusal("Redshift").contains("none of PostgreSQL's"));
        assert!(accept_version("10.0").is_ok() && accept_version("19beta1").is_ok());
    }

    #[test]
    fn settings_a_version_lacks_are_left_out() {
        let old = render_greeting(ServerVersion(100_023));
        assert!(!old.contains("transaction_timeout") && !old.contains("jit") && old.contains("lock_timeout"));
        let new = render_greeting(ServerVersion(170_000));
        assert!(new.contains("SET transaction_timeout = '0'") && new.contains("SET search_path = ''"));
        assert!(!new.contains("tcp_user_timeout"), "a slow lane is no dead one");
        let control = [100_023, 120_000].map(|version| render_control_greeting(ServerVersion(version)));
        assert_eq!(control.map(|sql| sql.contains("tcp_user_timeout")), [false, true]);
    }
}
