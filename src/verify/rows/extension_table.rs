//! What users put into the configuration tables of extensions: the rows for which the source's condition holds.
use std::collections::HashMap;

use super::{Comparison, Form, Measure, Task, difference, total};
use crate::{
    error::Result,
    object::{ExtensionTable, Object},
    verify::{
        report::{Check, Outcome, Verdict},
        side::Side,
    },
};

impl Comparison<'_> {
    /// Compares each of the source's that can be read; the plan names the others.
    pub(super) async fn extension_tables(&self) -> Result<Vec<Verdict>> {
        let [source, target] = self.sides.each_ref().map(|side| of_side(side));
        let there: HashMap<_, _> = target.iter().map(|table| (&table.name, *table)).collect();
        let (common, absent): (Vec<_>, Vec<_>) = source
            .into_iter()
            .filter(|table| table.readable)
            .partition(|table| there.contains_key(&table.name));
        let tasks = || -> Vec<Task> {
            let task = |(place, table): (usize, &&ExtensionTable)| {
                let names: Vec<String> = table.columns.iter().map(ToString::to_string).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                // They are few: a sample is all of them.
                let hash =
                    (!names.is_empty() && self.measure != Measure::Counts).then(|| self.form.hash(&names));
                Task::new(place, table.bytes, Form::query(hash.as_deref(), None, &table.users_rows()))
            };
            common.iter().enumerate().map(task).collect()
        };
        let (source, target) = tokio::try_join!(self.run(0, tasks()), self.run(1, tasks()))?;
        let mut verdicts: Vec<Verdict> = absent
            .iter()
            .map(|table| Verdict::new(Check::Rows, table.name.to_string(), Outcome::MISSING))
            .collect();
        for (place, table) in common.iter().enumerate() {
            let (rows, outcome) = match (total(&source, place), total(&target, place)) {
                (Err(message), _) | (_, Err(message)) => (None, Outcome::Failed { message }),
                (Ok(one), Ok(other)) if one == other => (Some(one.rows), Outcome::Equal),
                (Ok(one), Ok(other)) => (Some(one.rows), Outcome::Differs { detail: difference(one, other) }),
            };
            verdicts.push(Verdict { rows, ..Verdict::new(Check::Rows, table.name.to_string(), outcome) });
        }
        Ok(verdicts)
    }
}

fn of_side(side: &Side) -> Vec<&ExtensionTable> {
    let objects = side.selected.catalog.objects.iter();
    let found = objects.filter_map(|object| match object {
        Object::ExtensionTable(table) if !table.is_sequence() => Some(table),
        _ => None,
    });
    found.collect()
}
