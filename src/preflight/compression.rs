//! Compression methods of columns: LZ4 is a choice at the server's build, and one without it refuses the word.
use crate::{
    catalog::{Note, Selected},
    error::Result,
    object::{Column, Object},
    pg::QualifiedName,
    session::Session,
};

/// `attcompression` of LZ4 (`access/toast_compression.h`).
const LZ4: &str = "l";

/// Leaves to the default, and names, the LZ4 of columns where the target cannot have it. Their rows are compressed anew
/// anyway, as they arrive. Without such columns nobody is asked.
pub(super) async fn keep_known_compression(source: &mut Selected, session: &Session) -> Result<()> {
    let is_lz4 = |column: &Column| column.compression.as_deref() == Some(LZ4);
    let used = source.catalog.objects.iter_mut().filter_map(columns);
    if !used.flat_map(|(_, columns)| columns).any(|column| is_lz4(column)) {
        return Ok(());
    }
    if super::target::has_lz4(session).await? {
        return Ok(());
    }
    for (name, columns) in source.catalog.objects.iter_mut().filter_map(columns) {
        for column in columns.iter_mut().filter(|column| is_lz4(column)) {
            column.compression = None;
            source.notes.push(Note {
                object: format!("COLUMN {name}.{}", column.name),
                reason: "carried without COMPRESSION lz4: the target was built without it".to_owned(),
            });
        }
    }
    Ok(())
}

/// The columns of what stores rows.
fn columns(object: &mut Object) -> Option<(QualifiedName, &mut Vec<Column>)> {
    match object {
        Object::Table(table) => Some((table.name.clone(), &mut table.columns)),
        Object::MaterializedView(view) => Some((view.name.clone(), &mut view.columns)),
        _ => None,
    }
}
