//! Settings of the database: which of them the target takes. It is tried on our own role there, and rolled back.
use std::collections::{BTreeMap, BTreeSet};

use super::fit::try_statements;
use crate::{
    catalog::{Note, Selected},
    error::Result,
    object::{assignment, list_elements, setting_name},
    pg::{Ident, quote_literal},
    session::Session,
};

/// Settings that name libraries which every session loads: one that is not there would shut everybody out.
const LIBRARIES: [&str; 2] = ["local_preload_libraries", "session_preload_libraries"];

/// What a server says of settings that it does not take: it does not know them, or their value, or does not have what they name,
/// or our role may not set them. Settings are elements of `setconfig`.
pub async fn refused_settings(
    session: &Session,
    settings: impl Iterator<Item = &String>,
) -> Result<BTreeMap<String, String>> {
    let settings: BTreeSet<&String> = settings.collect();
    let mut tried: Vec<&String> = Vec::new();
    let mut statements = Vec::new();
    for setting in settings {
        tried.push(setting);
        statements.push(format!("ALTER ROLE CURRENT_USER SET {}", assignment(setting)));
        if LIBRARIES.contains(&setting_name(setting)) {
            for library in list_elements(setting).into_iter().filter(|library| !library.is_empty()) {
                tried.push(setting);
                statements.push(format!("LOAD {}", quote_literal(&library)));
            }
        }
    }
    let refused = try_statements(session, &statements).await?;
    Ok(refused.into_iter().filter_map(|row| Some(((*tried.get(row.number)?).clone(), row.reason))).collect())
}

/// Leaves out, and names, what the target does not take. Without settings nobody is asked.
pub(super) async fn keep_known_settings(source: &mut Selected, session: &Session) -> Result<()> {
    let properties = &mut source.catalog.database.properties;
    let refused = refused_settings(session, properties.all_settings()).await?;
    let name = Ident(source.catalog.database.name.clone());
    let notes = &mut source.notes;
    properties.keep_settings(|role, setting| {
        let Some(reason) = refused.get(setting) else { return true };
        let of_role = role.map(|role| format!("ROLE {role} IN ")).unwrap_or_default();
        let object = format!("{of_role}DATABASE {name} SET {}", setting_name(setting));
        notes.push(Note { object, reason: format!("left out: the target says: {reason}") });
        false
    });
    Ok(())
}
