//! What follows from an error: retry or stop, the hint, the exit code. The one place that decides it.
use std::io;

use crate::error::{Error, ErrorKind};

/// Exit code of a run that ended well: everything was done and checked.
pub const EXIT_OK: u8 = 0;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Whether trying the step again can help.
    pub retry: bool,
    /// The exit code of a command that ends with it.
    pub exit_code: u8,
    /// What the user can do, where one sentence fits all errors of the class.
    pub hint: Option<&'static str>,
}

/// One row of the table of exit codes (README and `docs/reference/exit-codes.md` are checked against it).
pub const EXIT_CODES: &[(u8, &str)] = &[
    (0, "done and checked"),
    (1, "differences found (`verify`, `schema --diff`)"),
    (2, "wrong command line, configuration, connection string, password or service file"),
    (3, "a server cannot be reached, refuses the login, or TLS fails"),
    (
        4,
        "refused before anything was changed: missing privilege, target not empty, object that cannot be carried",
    ),
    (5, "one or more steps failed; `--resume` continues"),
    (6, "plan, state and journal do not fit together"),
    (7, "interrupted; `--resume` continues"),
    (8, "a file of the run cannot be read or written, or the system gives no more files or threads"),
    (70, "a fault of pgmigrate itself; please report it"),
];

/// The policy for an error.
pub fn of(error: &Error) -> Policy {
    let retry = retry(error);
    if is_out_of_files(error) {
        return Policy { retry, exit_code: 8, hint: Some(MORE_FILES) };
    }
    let (exit_code, hint) = match error.kind() {
        ErrorKind::Differs => (1, Some("the report names each difference")),
        ErrorKind::Usage => (2, Some("`pgmigrate help` lists the options")),
        ErrorKind::Config => (2, None),
        ErrorKind::Connection => {
            (3, Some("check host, port and that the server accepts TCP or socket connections"))
        }
        ErrorKind::Tls => {
            (3, Some("check `sslmode`, `sslrootcert` and the host name in the server's certificate"))
        }
        ErrorKind::Authentication => (3, Some("check user, password, database and the server's pg_hba.conf")),
        ErrorKind::Privilege => (4, Some("README, section Privileges, lists what each side needs")),
        ErrorKind::Refused | ErrorKind::Unsupported => (4, None),
        ErrorKind::Server | ErrorKind::Protocol => (5, server_hint(error)),
        ErrorKind::StepsFailed => (5, Some("mend the cause, then run the same command with `--resume`")),
        ErrorKind::SnapshotLost => {
            (5, Some("`--resume` copies the rest under a new snapshot and says which tables stand on which"))
        }
        ErrorKind::Plan => (6, None),
        ErrorKind::Interrupted => (7, Some("run the same command with `--resume` to continue")),
        ErrorKind::Io => (8, None),
        ErrorKind::Internal => (70, Some("please report it with `pgmigrate.log`")),
    };
    Policy { retry, exit_code, hint }
}

const MORE_FILES: &str = "raise the limit of open files (`ulimit -n`), or lower `--jobs`";

/// Whether the system lets us open no more files, or connections, for which it is the same.
pub fn is_out_of_files(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| {
        let system = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
        matches!(system, Some(libc::EMFILE | libc::ENFILE))
    })
}

/// Whether a server has no connection left for us: of all, of the database's or of the role's.
pub fn is_full(error: &Error) -> bool {
    error.code().is_some_and(|state| state.as_str() == "53300")
}

/// Loss of connection, a server that shuts down or starts up, serialization trouble, a full server and another session's lock pass by themselves.
fn retry(error: &Error) -> bool {
    match error.code() {
        Some(state) => {
            state.class() == "08"
                || matches!(
                    state.as_str(),
                    "57P01" | "57P02" | "57P03" | "40001" | "40P01" | "53300" | "55P03"
                )
        }
        None => error.kind() == ErrorKind::Connection,
    }
}

fn server_hint(error: &Error) -> Option<&'static str> {
    let state = error.code()?;
    match state.as_str() {
        "25006" => Some("the server takes no writes: did it become a standby?"),
        "42501" => Some("README, section Privileges, lists what each side needs"),
        "53100" => Some("free disk space on the server, then `--resume`"),
        "53200" => Some("the server ran out of memory: lower `--index-jobs` or its maintenance_work_mem"),
        "53300" => Some("the server has no free connection: lower `--jobs` or raise max_connections"),
        "55P03" | "57014" => {
            Some("something else holds a lock or cancelled us: see pg_locks, then `--resume`")
        }
        "58P01" => Some("the server misses a file: is the extension's package installed on the target?"),
        "0A000" => Some("the target's version cannot do this"),
        "22021" => Some(
            "a text, or the name of a role, was stored in another encoding than that of the database: mend it there",
        ),
        "22P05" => Some(
            "create the target database with the source's encoding, or with UTF8, which has every character",
        ),
        "54000" => too_large(error),
        // The allocator's refusal has no SQLSTATE of its own.
        "XX000" if error.report().contains("invalid memory alloc request size") => too_large(error),
        _ => None,
    }
}

/// A row, or the text of a value, is beyond 1 GB (`MaxAllocSize`, utils/memutils.h).
fn too_large(error: &Error) -> Option<&'static str> {
    let is_message = |text: &str| {
        ["invalid memory alloc request size", "string buffer", "StringInfo", "out of memory"]
            .iter()
            .any(|part| text.contains(part))
    };
    is_message(&error.report()).then_some(
        "PostgreSQL moves no row beyond 1 GB, nor a `bytea` beyond 512 MB as text: the step's `chunk` in plan.tsv says where \
         the row is; make it smaller, or leave it out by the table's `where`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::SqlState;

    #[test]
    fn every_exit_code_is_in_the_table() {
        for kind in ErrorKind::ALL {
            let code = of(&Error::new(kind, "x")).exit_code;
            assert!(
                EXIT_CODES.iter().any(|(known, _)| *known == code),
                "{kind:?} ends with the undocumented code {code}"
            );
        }
    }

    #[test]
    fn transient_states_are_retried() {
        let server = |code: &str| of(&Error::new(ErrorKind::Server, "x").sqlstate(SqlState::new(code))).retry;
        assert!(server("57P01") && server("40001") && server("08006"));
        assert!(!server("42501") && !server("23505"));
        assert!(of(&Error::new(ErrorKind::Connection, "x")).retry);
    }
}
