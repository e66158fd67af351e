//! The step that creates the target database like the source's.
use super::{Input, Step, StepId, StepKind};
use crate::{
    catalog::{Database, Permits},
    config::{Part, RolesMode},
    object::Object,
    pg::{Ident, ServerVersion, quote_literal},
};

/// CREATE DATABASE, if the target has none of that name.
pub(super) fn step(input: &Input<'_>) -> Option<Step> {
    if input.target.catalog.is_some() {
        return None;
    }
    let name = Ident(input.settings.target.database.clone());
    Some(Step {
        sql: create_database(&input.source.catalog.database, input.target.version, &name),
        ..input.step(StepKind::Database, format!("database:{name}"), format!("DATABASE {name}"))
    })
}

/// The step that gives it the source's owner, once the roles are there.
pub(super) fn owner_step(input: &Input<'_>) -> Option<Step> {
    let created = step(input)?;
    if input.settings.roles == RolesMode::None || input.source.catalog.without.leaves(Part::Owner) {
        return None;
    }
    let name = Ident(input.settings.target.database.clone());
    let owner = Ident(input.source.catalog.database.owner.clone());
    Some(Step {
        id: StepId(format!("database_owner:{name}")),
        kind: StepKind::SchemaPre,
        sql: format!("ALTER DATABASE {name} OWNER TO {owner};"),
        ..created
    })
}

/// The step that drops `public` from the new database, where the source's owner dropped it too.
pub(super) fn drop_public_step(input: &Input<'_>) -> Option<Step> {
    let created = step(input)?;
    let is_public =
        |object: &Object| matches!(object, Object::Schema(schema) if schema.name.as_str() == "public");
    let others = |permits: &Permits| permits.rights.others_schemas.contains_key("public");
    if input.source.permits.as_ref().is_some_and(others) {
        return None;
    }
    if !input.settings.selection.is_everything() || input.source.catalog.objects.iter().any(is_public) {
        return None;
    }
    Some(Step {
        id: StepId("drop_schema:public".to_owned()),
        kind: StepKind::SchemaPre,
        object: "SCHEMA public".to_owned(),
        sql: "DROP SCHEMA public;".to_owned(),
        ..created
    })
}

/// CREATE DATABASE like another one, for a server of a version: from `template0`, which alone allows another encoding and
/// locale.
pub fn create_database(source: &Database, target: ServerVersion, name: &Ident) -> String {
    let mut sql = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
        quote_literal(&source.encoding),
        quote_literal(&source.collate),
        quote_literal(&source.ctype)
    );
    let provider = match source.locale_provider.as_deref() {
        Some("i") => Some("icu"),
        Some("b") => Some("builtin"),
        Some("c") if target.at_least(15) => Some("libc"),
        _ => None,
    };
    if let Some(provider) = provider {
        sql += &format!(" LOCALE_PROVIDER {provider}");
    }
    match (source.locale_provider.as_deref(), &source.locale) {
        (Some("i"), Some(locale)) => sql += &format!(" ICU_LOCALE {}", quote_literal(locale)),
        (Some("b"), Some(locale)) => sql += &format!(" BUILTIN_LOCALE {}", quote_literal(locale)),
        _ => {}
    }
    if let Some(rules) = &source.icu_rules {
        sql += &format!(" ICU_RULES {}", quote_literal(rules));
    }
    if let Some(tablespace) = &source.tablespace {
        sql += &format!(" TABLESPACE {tablespace}");
    }
    sql + ";"
}
