//! Security labels: which of their providers the target has. They are libraries that the server has loaded; it lists them
//! nowhere, but refuses a label of one that it does not know before it looks at anything else.
use std::collections::BTreeSet;

use crate::{
    catalog::{Note, Selected},
    error::Result,
    pg::{QualifiedName, SqlState, quote_ident},
    session::Session,
};

/// Leaves out, and names, the labels whose provider is not loaded on the target. Without labels nobody is asked.
pub(super) async fn keep_loadable_labels(source: &mut Selected, session: &Session) -> Result<()> {
    let catalog = &source.catalog;
    let labels = catalog.labels.values().flatten().chain(&catalog.database.properties.labels);
    let providers: BTreeSet<String> = labels.map(|label| label.provider.clone()).collect();
    if providers.is_empty() {
        return Ok(());
    }
    for provider in providers {
        if !is_label_provider_loaded(session, &provider).await? {
            let before = count(source);
            let of_database = &mut source.catalog.database.properties.labels;
            for labels in source.catalog.labels.values_mut().chain([of_database]) {
                labels.retain(|label| label.provider != provider);
            }
            let reason =
                format!("{} left out: the target has not loaded the provider", before - count(source));
            source.notes.push(Note { object: format!("SECURITY LABELS of {provider}"), reason });
        }
    }
    Ok(())
}

fn count(source: &Selected) -> usize {
    let catalog = &source.catalog;
    catalog.labels.values().map(Vec::len).sum::<usize>() + catalog.database.properties.labels.len()
}

/// Asks for a label on a table that cannot be there: the error tells how far the server came.
pub async fn is_label_provider_loaded(session: &Session, provider: &str) -> Result<bool> {
    let nothing = QualifiedName::new("pg_catalog", "no such table");
    let sql = format!("SECURITY LABEL FOR {} ON TABLE {nothing} IS NULL", quote_ident(provider));
    match session.execute(&sql).await {
        Ok(()) => Ok(true),
        // 22023: invalid_parameter_value, the provider is not loaded; 42P01: undefined_table, it is.
        Err(error) => match error.code().as_ref().map(SqlState::as_str) {
            Some("22023") => Ok(false),
            Some("42P01") => Ok(true),
            _ => Err(error),
        },
    }
}
