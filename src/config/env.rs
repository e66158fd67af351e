//! The environment of the process, read once and passed on as a value.
//!
//! Nothing else in the program looks at environment variables; tests build an [`Environment`] from pairs.
//! Like libpq's, the `PG*` variables are defaults for every connection, hence for source and target alike.
use std::{collections::BTreeMap, fmt};

/// The variables with a meaning of their own: name, what it stands for.
///
/// Connection variables are the defaults of the parameter named; any further variable can be used as
/// `${NAME}` in a value of the configuration file.
pub const VARIABLES: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile, instead of ~/.pgpass"),
    ("PGSERVICE", "service"),
    ("PGSERVICEFILE", "the user's service file, instead of ~/.pg_service.conf"),
    ("PGSYSCONFDIR", "the directory of the system's pg_service.conf"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGSSLMODE", "sslmode"),
    ("PGREQUIRESSL", "1: sslmode=require where no sslmode is given"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLCERTMODE", "sslcertmode"),
    ("PGSSLCRL", "sslcrl (refused)"),
    ("PGSSLCRLDIR", "sslcrldir (refused)"),
    ("PGSSLSNI", "sslsni"),
    ("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"),
    ("PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGREQUIREAUTH", "require_auth (refused)"),
    ("PGREQUIREPEER", "requirepeer (refused)"),
    ("PGGSSENCMODE", "gssencmode"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ("HOME", "the directory of .pgpass, .pg_service.conf and .postgresql/"),
    ("USER", "user, where the system's list of users does not know us"),
    ("LOGNAME", "as USER, asked after it"),
];

/// Names and values of environment variables.
#[derive(Clone, Default)]
pub struct Environment {
    values: BTreeMap<String, String>,
}

impl Environment {
    /// The environment of this process. Variables that are not Unicode are left out.
    pub fn of_process() -> Self {
        let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self { values: std::env::vars_os().filter_map(unicode).collect() }
    }

    /// An environment of these variables and no others.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self { values: pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }

    /// The value of a variable, which may be empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value of a variable that is set and not empty.
    pub fn non_empty(&self, name: &str) -> Option<&str> {
        self.value(name).filter(|value| !value.is_empty())
    }
}

/// Shows how many variables there are; their values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Environment({} variables)", self.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_variables_count_as_unset_where_a_default_is_looked_up() {
        let environment = Environment::from_pairs([("PGHOST", ""), ("PGPORT", "5433")]);
        assert_eq!(environment.value("PGHOST"), Some(""));
        assert_eq!(environment.non_empty("PGHOST"), None);
        assert_eq!(environment.non_empty("PGPORT"), Some("5433"));
    }

    #[test]
    fn debug_shows_no_value() {
        let environment = Environment::from_pairs([("PGPASSWORD", "hush")]);
        assert_eq!(format!("{environment:?}"), "Environment(1 variables)");
    }

    #[test]
    fn every_connection_variable_is_listed() {
        for keyword in crate::config::keyword::KEYWORDS {
            let Some(variable) = keyword.variable else { continue };
            assert!(VARIABLES.iter().any(|(name, _)| *name == variable), "{variable} is not in the table");
        }
    }
}
