//! The connection parameters of libpq, and what is done with each: one table.
//!
//! A parameter that only tunes what we do ourselves is accepted and left alone; one that restricts whom we
//! trust or how we log in is refused unless it is honoured, for ignoring it would weaken what was asked for.
use crate::{
    config::nearest,
    error::{Error, ErrorKind, Result},
};

/// One parameter.
pub(super) struct Keyword {
    /// Its name in a connection string.
    pub(super) name: &'static str,
    /// The environment variable that gives its default.
    pub(super) variable: Option<&'static str>,
    support: Support,
}

/// What is done with a parameter.
enum Support {
    /// It has libpq's meaning.
    Used,
    /// Any value is accepted: it changes nothing that pgmigrate does.
    Harmless,
    /// These values are accepted (in any case), because they ask for what is done anyway.
    Only(&'static [&'static str], &'static str),
    /// It is refused, for this reason.
    Refused(&'static str),
}

use Support::{Harmless, Only, Refused, Used};

const NO_GSS: &str = "GSSAPI is not supported";
const NO_CRL: &str = "certificate revocation lists are not supported";
const NO_OAUTH: &str = "OAuth is not supported";

const fn keyword(name: &'static str, variable: &'static str, support: Support) -> Keyword {
    Keyword { name, variable: Some(variable), support }
}

const fn without_variable(name: &'static str, support: Support) -> Keyword {
    Keyword { name, variable: None, support }
}

/// Every parameter that libpq knows up to PostgreSQL 18.
pub(super) const KEYWORDS: &[Keyword] = &[
    keyword("host", "PGHOST", Used),
    keyword("hostaddr", "PGHOSTADDR", Used),
    keyword("port", "PGPORT", Used),
    keyword("dbname", "PGDATABASE", Used),
    keyword("user", "PGUSER", Used),
    keyword("password", "PGPASSWORD", Used),
    keyword("passfile", "PGPASSFILE", Used),
    keyword("service", "PGSERVICE", Used),
    keyword("servicefile", "PGSERVICEFILE", Used),
    keyword("options", "PGOPTIONS", Used),
    keyword("application_name", "PGAPPNAME", Used),
    without_variable("fallback_application_name", Used),
    keyword("connect_timeout", "PGCONNECT_TIMEOUT", Used),
    without_variable("keepalives", Used),
    without_variable("keepalives_idle", Used),
    without_variable("keepalives_interval", Used),
    without_variable("keepalives_count", Used),
    without_variable("tcp_user_timeout", Used),
    keyword("sslmode", "PGSSLMODE", Used),
    keyword("sslrootcert", "PGSSLROOTCERT", Used),
    keyword("sslcert", "PGSSLCERT", Used),
    keyword("sslkey", "PGSSLKEY", Used),
    keyword("sslsni", "PGSSLSNI", Used),
    keyword("sslcertmode", "PGSSLCERTMODE", Used),
    keyword("channel_binding", "PGCHANNELBINDING", Used),
    keyword("target_session_attrs", "PGTARGETSESSIONATTRS", Used),
    without_variable(
        "client_encoding",
        Only(&["auto", "utf8", "utf-8", "unicode"], "pgmigrate chooses the encoding itself"),
    ),
    without_variable("sslcompression", Harmless),
    keyword("sslnegotiation", "PGSSLNEGOTIATION", Only(&["postgres"], "direct TLS is not supported")),
    keyword(
        "ssl_min_protocol_version",
        "PGSSLMINPROTOCOLVERSION",
        Only(&["tlsv1", "tlsv1.1", "tlsv1.2"], "the lowest version used is always TLSv1.2"),
    ),
    keyword(
        "ssl_max_protocol_version",
        "PGSSLMAXPROTOCOLVERSION",
        Only(&["tlsv1.3"], "the highest version used is always TLSv1.3"),
    ),
    keyword("sslcrl", "PGSSLCRL", Refused(NO_CRL)),
    keyword("sslcrldir", "PGSSLCRLDIR", Refused(NO_CRL)),
    without_variable("sslpassword", Refused("encrypted client keys are not supported; decrypt the key file")),
    without_variable("sslkeylogfile", Refused("TLS keys are never written to a file")),
    keyword("require_auth", "PGREQUIREAUTH", Refused("restricting the login method is not supported")),
    keyword("requirepeer", "PGREQUIREPEER", Refused("the server's user is not checked")),
    keyword("gssencmode", "PGGSSENCMODE", Only(&["disable", "prefer"], NO_GSS)),
    without_variable("krbsrvname", Refused(NO_GSS)),
    without_variable("gsslib", Refused(NO_GSS)),
    without_variable("gssdelegation", Only(&["0"], NO_GSS)),
    without_variable("replication", Refused("pgmigrate opens replication connections by itself")),
    keyword("load_balance_hosts", "PGLOADBALANCEHOSTS", Only(&["disable"], "hosts are tried in their order")),
    without_variable("min_protocol_version", Only(&["3.0"], "protocol 3.0 is spoken")),
    without_variable("max_protocol_version", Harmless),
    without_variable("scram_client_key", Refused("give the password instead")),
    without_variable("scram_server_key", Refused("give the password instead")),
    without_variable("oauth_issuer", Refused(NO_OAUTH)),
    without_variable("oauth_client_id", Refused(NO_OAUTH)),
    without_variable("oauth_client_secret", Refused(NO_OAUTH)),
    without_variable("oauth_scope", Refused(NO_OAUTH)),
];

/// The parameter of this name, if there is one.
pub(super) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// The refusal of a name that no parameter has.
pub(super) fn unknown(name: &str) -> Error {
    let names = KEYWORDS.iter().map(|keyword| keyword.name);
    Error::new(
        ErrorKind::Config,
        format!("unknown connection parameter `{}`{}", name.escape_debug(), nearest::suggestion(name, names)),
    )
}

impl Keyword {
    /// Refuses a value that asks for something that would not be done. The value itself is never shown.
    pub(super) fn check(&self, value: &str) -> Result<()> {
        let refused = |why: String| Err(Error::new(ErrorKind::Config, why));
        match self.support {
            _ if value.is_empty() => Ok(()),
            Used | Harmless => Ok(()),
            Only(accepted, _) if accepted.iter().any(|one| one.eq_ignore_ascii_case(value)) => Ok(()),
            Only(accepted, why) => {
                refused(format!("`{}` can only be {}: {why}", self.name, accepted.join(", ")))
            }
            Refused(why) => refused(format!("connection parameter `{}` is refused: {why}", self.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (index, keyword) in KEYWORDS.iter().enumerate() {
            assert!(KEYWORDS[..index].iter().all(|other| other.name != keyword.name), "{}", keyword.name);
        }
    }

    #[test]
    fn restrictions_that_are_not_honoured_are_refused() {
        let error = |name: &str, value: &str| find(name).unwrap().check(value).unwrap_err().report();
        assert_eq!(
            error("sslcrl", "/crl.pem"),
            "connection parameter `sslcrl` is refused: certificate revocation lists are not supported"
        );
        assert_eq!(
            error("gssencmode", "require"),
            "`gssencmode` can only be disable, prefer: GSSAPI is not supported"
        );
        assert!(find("gssencmode").unwrap().check("disable").is_ok());
        assert!(find("client_encoding").unwrap().check("UTF8").is_ok());
    }

    #[test]
    fn an_unknown_name_comes_with_the_nearest_known() {
        assert_eq!(unknown("databse").report(), "unknown connection parameter `databse`");
        assert_eq!(
            unknown("sslmod").report(),
            "unknown connection parameter `sslmod`; did you mean `sslmode`?"
        );
    }
}
