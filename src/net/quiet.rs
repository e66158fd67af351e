//! What makes a server write none of a statement's text down, while one runs that holds a secret.
//!
//! A password of a role, a subscription or a user mapping has no form but a statement. Where the role may, it stands neither
//! in the server's log nor in `pg_stat_activity` nor in `pg_stat_statements`; others than superusers may not say so. Pure text;
//! `session` and `wire` send it.

/// What writes statements down, and what stops it. Each is for superusers. The last three belong to extensions that may
/// not be there, where they mean nothing.
const LOGGING: [(&str, &str); 9] = [
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_duration", "off"),
    ("log_min_error_statement", "panic"),
    ("track_activities", "off"),
    ("log_parser_stats", "off"),
    ("pg_stat_statements.track", "none"),
    ("pg_stat_statements.track_utility", "off"),
    ("pgaudit.log", "none"),
];

/// What is sent before. One statement, as a message is looked at as a whole before its first statement runs.
pub fn hush() -> String {
    let calls = LOGGING
        .map(|(name, value)| format!("PERFORM pg_catalog.set_config('{name}', '{value}', false); "))
        .concat();
    when_superuser(&calls)
}

/// What is sent behind.
pub fn speak() -> String {
    when_superuser(&LOGGING.map(|(name, _)| format!("RESET {name}; ")).concat())
}

fn when_superuser(statements: &str) -> String {
    format!(
        "DO $do$ BEGIN IF pg_catalog.current_setting('is_superuser') = 'on' THEN {statements}END IF; END $do$"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_set_and_reset() {
        for (name, _) in LOGGING {
            assert!(hush().contains(name) && speak().contains(&format!("RESET {name};")));
        }
    }
}
