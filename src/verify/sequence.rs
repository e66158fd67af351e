//! The values of sequences, those of identity columns included. They are no part of any snapshot.
use std::{collections::HashMap, sync::Arc};

use super::{
    report::{Check, Outcome, Verdict},
    side::Side,
};
use crate::{catalog::Catalog, error::Result, object::Object, pg::QualifiedName};

/// Sequences asked for in one query: a thousand round trips become five, and the text stays within some 20 kB.
const BATCH: usize = 200;

/// `last_value is_called` of each sequence, or why it cannot be read.
type Values = HashMap<usize, std::result::Result<String, String>>;

/// Compares every selected sequence of the source.
pub(super) async fn compare(sides: &[Arc<Side>; 2]) -> Result<Vec<Verdict>> {
    let [source, target] = sides;
    let names = names(&source.selected.catalog);
    let there = self::names(&target.selected.catalog);
    let (common, absent): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| there.contains(name));
    let (on_source, on_target) = tokio::try_join!(read(source, &common), read(target, &common))?;
    let mut verdicts: Vec<Verdict> = absent
        .into_iter()
        .map(|name| Verdict::new(Check::Sequence, name.to_string(), Outcome::Missing))
        .collect();
    verdicts.extend(common.iter().enumerate().map(|(number, name)| {
        let outcome = judge(on_source.get(&number), on_target.get(&number));
        Verdict::new(Check::Sequence, name.to_string(), outcome)
    }));
    Ok(verdicts)
}

fn names(catalog: &Catalog) -> Vec<&QualifiedName> {
    let names = catalog.objects.iter().filter_map(|object| match object {
        Object::Sequence(sequence) => Some(&sequence.name),
        Object::ExtensionTable(table) if table.is_sequence() && table.readable => Some(&table.name),
        _ => None,
    });
    names.collect()
}

async fn read(side: &Side, names: &[&QualifiedName]) -> Result<Values> {
    let mut values = Values::new();
    if names.is_empty() {
        return Ok(values);
    }
    let mut session = side.worker("").await?;
    let numbered: Vec<(usize, &QualifiedName)> = names.iter().copied().enumerate().collect();
    for batch in numbered.chunks(BATCH) {
        if let Ok(rows) = session.texts(&query(batch)).await {
            values.extend(rows.iter().filter_map(|row| parse(row)));
            continue;
        }
        // One that cannot be read must not hide the others.
        for one in batch {
            session = side.worker("").await?;
            match session.texts(&query(&[*one])).await {
                Ok(rows) => values.extend(rows.iter().filter_map(|row| parse(row))),
                Err(error) => _ = values.insert(one.0, Err(error.report())),
            }
        }
        session = side.worker("").await?;
    }
    Ok(values)
}

fn query(batch: &[(usize, &QualifiedName)]) -> String {
    let one = |(number, name): &(usize, &QualifiedName)| {
        format!("SELECT pg_catalog.concat_ws(' ', {number}, last_value, is_called) FROM {name}")
    };
    batch.iter().map(one).collect::<Vec<_>>().join("\nUNION ALL\n")
}

fn parse(row: &str) -> Option<(usize, std::result::Result<String, String>)> {
    let (number, value) = row.split_once(' ')?;
    Some((number.parse().ok()?, Ok(value.to_owned())))
}

type Value<'a> = Option<&'a std::result::Result<String, String>>;

fn judge(source: Value<'_>, target: Value<'_>) -> Outcome {
    match (source, target) {
        (Some(Ok(source)), Some(Ok(target))) if source == target => Outcome::Equal,
        (Some(Ok(source)), Some(Ok(target))) => {
            Outcome::Differs { detail: format!("source {}, target {}", spoken(source), spoken(target)) }
        }
        (Some(Err(message)), _) | (_, Some(Err(message))) => Outcome::Failed { message: message.clone() },
        _ => Outcome::Failed { message: "a server gave no value".to_owned() },
    }
}

/// `42 t` as words.
fn spoken(value: &str) -> String {
    match value.split_once(' ') {
        Some((value, "t")) => format!("{value} (used)"),
        Some((value, _)) => format!("{value} (not yet used)"),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_one_query() {
        let (first, second) = (QualifiedName::new("s", "a"), QualifiedName::new("S", "b c"));
        insta::assert_snapshot!(query(&[(0, &first), (7, &second)]), @r#"
        SELECT pg_catalog.concat_ws(' ', 0, last_value, is_called) FROM s.a
        UNION ALL
        SELECT pg_catalog.concat_ws(' ', 7, last_value, is_called) FROM "S"."b c"
        "#);
        assert_eq!(parse("7 42 t"), Some((7, Ok("42 t".to_owned()))));
    }

    #[test]
    fn the_flag_counts() {
        let (used, fresh) = (Ok("1 t".to_owned()), Ok("1 f".to_owned()));
        assert_eq!(judge(Some(&used), Some(&used)), Outcome::Equal);
        assert_eq!(
            judge(Some(&used), Some(&fresh)),
            Outcome::Differs { detail: "source 1 (used), target 1 (not yet used)".to_owned() }
        );
        assert_eq!(
            judge(Some(&used), Some(&Err("no".to_owned()))),
            Outcome::Failed { message: "no".to_owned() }
        );
    }
}
