//! What a server is set to, what its files say, and what our role may do about it.
use std::collections::BTreeMap;

use serde::Deserialize;

use super::choice::{Rights, ServerSetting};
use crate::{
    error::{Context as _, Error, ErrorKind, Result},
    pg::quote_literal,
    session::Session,
};

/// Privileges on single parameters, `has_parameter_privilege`.
const PARAMETER_PRIVILEGES: u32 = 15;

#[derive(Deserialize)]
struct Entry {
    name: String,
    setting: Option<String>,
}

/// The settings of these names, as far as the server has them.
pub(super) async fn read_settings(session: &Session, names: &[String]) -> Result<Vec<ServerSetting>> {
    let list: Vec<_> = names.iter().map(|name| quote_literal(name)).collect();
    let may_set = if session.version().at_least(PARAMETER_PRIVILEGES) {
        "pg_catalog.has_parameter_privilege(s.name, 'ALTER SYSTEM')"
    } else {
        "r.rolsuper"
    };
    let sql = format!(
        "SELECT pg_catalog.lower(s.name) AS name, s.context, coalesce(s.reset_val, '') AS value, s.unit, s.source, \
                {may_set} AS may_set \
           FROM pg_catalog.pg_settings s, pg_catalog.pg_roles r \
          WHERE r.rolname = current_user AND pg_catalog.lower(s.name) IN ({})",
        list.join(", ")
    );
    session.query_json(&sql).await.context(|| "settings of the server")
}

/// What the role may do.
pub(super) async fn read_rights(session: &Session) -> Result<Rights> {
    let sql = "SELECT coalesce(pg_catalog.current_setting('allow_alter_system', true), 'on') = 'on' AS alters_system, \
                pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'EXECUTE') AS may_reload, \
                pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE') AS may_read_files, \
                pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_create, \
                r.rolsuper AS is_superuser \
           FROM pg_catalog.pg_roles r WHERE r.rolname = current_user";
    let rows: Vec<Rights> = session.query_json(sql).await.context(|| "rights on the server")?;
    rows.into_iter()
        .next()
        .ok_or_else(|| Error::new(ErrorKind::Internal, "the role of the session is unknown"))
}

/// What `postgresql.auto.conf` says, by name in lower case: ALTER SYSTEM writes it, and nothing else should. Of several
/// entries of a setting the last one counts.
pub(super) async fn read_file(session: &Session) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT pg_catalog.lower(f.name) AS name, f.setting FROM pg_catalog.pg_show_all_file_settings() f \
                WHERE f.sourcefile LIKE '%/postgresql.auto.conf' AND f.name IS NOT NULL ORDER BY f.seqno";
    let entries: Vec<Entry> = session.query_json(sql).await.context(|| "postgresql.auto.conf")?;
    Ok(entries.into_iter().map(|entry| (entry.name, entry.setting.unwrap_or_default())).collect())
}
