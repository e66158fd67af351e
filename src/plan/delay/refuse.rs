//! What cannot be late, each with its names. Nothing has been changed when it is said.
use std::collections::HashSet;

use crate::{
    error::{Error, ErrorKind, Result},
    object::{Object, Table},
    pg::{Oid, quote_ident},
    plan::{Input, data},
};

/// Refuses late tables into which rows could not be copied while clients work on them, or not without harm.
pub(super) fn refuse(input: &Input<'_>, late: &[&&Table]) -> Result<()> {
    if late.is_empty() {
        return Ok(());
    }
    if !input.settings.options.create_constraints_after_data {
        let message = "`tables.delay_data` needs `options.create_constraints_after_data`: a foreign key to a late \
             table would refuse the rows of others";
        return Err(Error::new(ErrorKind::Refused, message).hint("leave out one of the two"));
    }
    let there = data::on_target(input);
    refuse_those(
        late,
        |table| there.contains(&table.name),
        "are on the target already",
        "drop them there, or take them out of `tables.delay_data`: foreign keys that stand would not be checked",
    )?;
    let firing = firing_as_replica(input);
    refuse_those(
        late,
        |table| firing.contains(&table.oid),
        "have triggers that would fire for late rows",
        "take them out of `tables.delay_data`: a trigger that is enabled ALWAYS or REPLICA fires for copied rows too",
    )?;
    refuse_those(
        late,
        Table::is_unlogged,
        "are unlogged",
        "take them out of `tables.delay_data`: after a crash of the target nobody could tell clients' rows from ours",
    )?;
    refuse_forced_policies(input, late)
}

/// Their policies stand when their rows come, and COPY goes by no policy: it fails for whom they bind.
fn refuse_forced_policies(input: &Input<'_>, late: &[&&Table]) -> Result<()> {
    let Some(permits) = input.source.permits.as_ref().filter(|permits| !permits.rights.bypasses_row_security)
    else {
        return Ok(());
    };
    let login = quote_ident(&permits.rights.login);
    refuse_those(
        late,
        Table::binds_its_owner,
        "have FORCE ROW LEVEL SECURITY, under which their rows could not be copied",
        &format!("ALTER ROLE {login} BYPASSRLS on the target, or take them out of `tables.delay_data`"),
    )
}

fn refuse_those(late: &[&&Table], which: impl Fn(&Table) -> bool, what: &str, hint: &str) -> Result<()> {
    let mut names: Vec<String> =
        late.iter().filter(|table| which(table)).map(|table| table.name.to_string()).collect();
    if names.is_empty() {
        return Ok(());
    }
    names.sort();
    let message = format!("these tables of `tables.delay_data` {what}: {}", names.join(", "));
    Err(Error::new(ErrorKind::Refused, message).hint(hint))
}

fn firing_as_replica(input: &Input<'_>) -> HashSet<Oid> {
    let triggers = input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::Trigger(trigger) => trigger.fires_as_replica(),
        _ => None,
    });
    triggers.collect()
}
