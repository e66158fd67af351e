//! The rows of a small range of both sides, compared one by one: by their keys and hashes, never by their values.
use std::collections::HashMap;

use super::{
    key::Place,
    locate::{Search, unreadable},
};
use crate::{
    error::Result,
    object::Column,
    verify::difference::{KeyPart, RowDifference, RowKind},
};

/// Rows whose columns are compared by one query: what it says of each column is a number.
const BATCH: usize = 100;

/// All rows of one key, which need not be one where the target lacks the constraint.
struct Entry {
    /// As [`super::key::RowKey::selected`] gives it.
    selected: Place,
    /// The hashes on source and target.
    hashes: [Vec<String>; 2],
}

/// What differs in a range, by the key's order; what only the target has comes last.
pub(super) async fn compare(search: &Search<'_>, conditions: [Vec<String>; 2]) -> Result<Vec<RowDifference>> {
    let [source, target] = conditions;
    let (source, target) = tokio::try_join!(fetch(search, 0, &source), fetch(search, 1, &target))?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut known: HashMap<Place, usize> = HashMap::new();
    for (side, rows) in [source, target].into_iter().enumerate() {
        for (selected, hash) in rows {
            let at = *known.entry(selected.clone()).or_insert_with(|| {
                entries.push(Entry { selected, hashes: [Vec::new(), Vec::new()] });
                entries.len() - 1
            });
            entries[at].hashes[side].push(hash);
        }
    }
    let mut differing: Vec<(RowKind, Entry)> = Vec::new();
    for mut entry in entries {
        entry.hashes.iter_mut().for_each(|hashes| hashes.sort_unstable());
        differing.extend(judge(&entry.hashes).map(|kind| (kind, entry)));
    }
    let columns = columns(search, &differing).await?;
    let key = search.key()?;
    let name = |(kind, entry): (RowKind, Entry)| {
        let values = key.values(&entry.selected).iter();
        let part = |(column, value): (&&Column, &String)| KeyPart {
            column: column.name.as_str().to_owned(),
            value: value.clone(),
        };
        let columns = columns.get(&entry.selected[..key.places()]).cloned().unwrap_or_default();
        RowDifference { kind, key: key.columns.iter().zip(values).map(part).collect(), columns }
    };
    Ok(differing.into_iter().map(name).collect())
}

/// By how often a key is on either side; the hashes are sorted.
fn judge([source, target]: &[Vec<String>; 2]) -> Option<RowKind> {
    match source.len().cmp(&target.len()) {
        std::cmp::Ordering::Greater => Some(RowKind::Missing),
        std::cmp::Ordering::Less => Some(RowKind::Extra),
        std::cmp::Ordering::Equal => (source != target).then_some(RowKind::Differs),
    }
}

/// The keys and hashes of a range's rows.
async fn fetch(search: &Search<'_>, side: usize, conditions: &[String]) -> Result<Vec<(Place, String)>> {
    let key = search.key()?;
    let sql = format!(
        "SELECT pg_catalog.to_json(ARRAY[{}, ({})::pg_catalog.text])::pg_catalog.text FROM {} ORDER BY {}",
        key.selected().join(", "),
        search.hash,
        search.relation.behind_from("", conditions),
        key.order_by(),
    );
    let read = |text: &str| {
        let mut selected: Place = serde_json::from_str(text).map_err(unreadable)?;
        let hash = selected.pop().ok_or_else(|| unreadable("no hash"))?;
        Ok((selected, hash))
    };
    search.ask(side, &sql, read).await
}

/// By place: which columns differ, of the first rows that do.
async fn columns(search: &Search<'_>, differing: &[(RowKind, Entry)]) -> Result<HashMap<Place, Vec<String>>> {
    let key = search.key()?;
    let rows = differing.iter().filter(|(kind, _)| *kind == RowKind::Differs);
    let places: Vec<Place> =
        rows.take(BATCH).map(|(_, entry)| entry.selected[..key.places()].to_vec()).collect();
    if places.is_empty() {
        return Ok(HashMap::new());
    }
    let hashes: Vec<String> = search
        .relation
        .columns
        .iter()
        .filter_map(|column| search.form().row_hash(&[column]))
        .map(|hash| format!("({hash})::pg_catalog.text"))
        .collect();
    let selected: Vec<String> = key.selected().into_iter().take(key.places()).chain(hashes).collect();
    let sql = |side: usize| {
        let own = search.relation.own_condition(side);
        let conditions: Vec<String> = own.into_iter().chain([key.is_one_of(&places)]).collect();
        let from = search.relation.behind_from("", &conditions);
        format!("SELECT pg_catalog.to_json(ARRAY[{}])::pg_catalog.text FROM {from}", selected.join(", "))
    };
    let read = |text: &str| -> Result<(Place, Vec<String>)> {
        let mut place: Vec<String> = serde_json::from_str(text).map_err(unreadable)?;
        let hashes = place.split_off(key.places().min(place.len()));
        Ok((place, hashes))
    };
    let (of_source, of_target) = (sql(0), sql(1));
    let (source, target) =
        tokio::try_join!(search.ask(0, &of_source, read), search.ask(1, &of_target, read))?;
    let target: HashMap<Place, Vec<String>> = target.into_iter().collect();
    let names = |(place, one): (Place, Vec<String>)| {
        let other = target.get(&place)?;
        let pairs = search.relation.columns.iter().zip(one.iter().zip(other));
        let names = pairs.filter(|(_, (one, other))| one != other);
        let names = names.map(|(column, _)| column.name.as_str().to_owned()).collect();
        Some((place, names))
    };
    Ok(source.into_iter().filter_map(names).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_there_twice_is_one_too_many() {
        let hashes = |list: &[&str]| list.iter().map(|hash| (*hash).to_owned()).collect::<Vec<_>>();
        let judge = |source: &[&str], target: &[&str]| judge(&[hashes(source), hashes(target)]);
        assert_eq!(judge(&["1"], &["1"]), None);
        assert_eq!(judge(&["1"], &["2"]), Some(RowKind::Differs));
        assert_eq!(judge(&["1"], &[]), Some(RowKind::Missing));
        assert_eq!(judge(&["1"], &["1", "1"]), Some(RowKind::Extra));
        assert_eq!(judge(&["1", "2"], &["1"]), Some(RowKind::Missing));
    }
}
