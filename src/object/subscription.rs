//! `CREATE SUBSCRIPTION`: never connecting and disabled. It names the source's slot, which goes on serving the source.
//!
//! The connection string can hold a password: it goes from the source to the target at the last moment, and stands in no
//! plan. Only a role that may read `pg_subscription` can carry subscriptions; for others they are named.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::{
    object::Section,
    pg::{Ident, Oid, catalog, quote_literal},
};

/// A row of `pg_subscription`.
#[derive(Debug, Clone, Deserialize)]
pub struct Subscription {
    oid: Oid,
    name: Ident,
    owner: String,
    /// The connection string without passwords.
    connection: String,
    /// The slot on the publisher; `None` for none.
    slot: Option<String>,
    publications: Vec<Ident>,
    synchronous_commit: String,
    /// The options that differ from what server 10 and newer ones start with, as `name = value`.
    options: Vec<String>,
    /// What it does without an option that newer servers have, and that stands otherwise there.
    later: Vec<Later>,
}

/// An option that came after the source's version.
#[derive(Debug, Clone, Deserialize)]
struct Later {
    since: u32,
    /// `name = value`
    option: String,
}

impl Subscription {
    fn tail(&self) -> String {
        let publications: Vec<String> = self.publications.iter().map(Ident::to_string).collect();
        let mut options = vec!["connect = false".to_owned(), format!("slot_name = {}", self.slot())];
        if self.synchronous_commit != "off" {
            options.push(format!("synchronous_commit = {}", quote_literal(&self.synchronous_commit)));
        }
        options.extend(self.options.iter().cloned());
        format!(" PUBLICATION {} WITH ({})", publications.join(", "), options.join(", "))
    }

    fn slot(&self) -> String {
        self.slot.as_deref().map_or_else(|| "NONE".to_owned(), quote_literal)
    }

    fn head(&self) -> String {
        format!("CREATE SUBSCRIPTION {} CONNECTION ", self.name)
    }

    /// Sets an option where the target knows it.
    fn set_later(&self, later: &Later) -> String {
        let alter = format!("ALTER SUBSCRIPTION {} SET ({})", self.name, later.option);
        let body = format!(
            "BEGIN IF current_setting('server_version_num')::int4 >= {}0000 THEN EXECUTE {}; END IF; END",
            later.since,
            quote_literal(&alter)
        );
        format!("DO {}", quote_literal(&body))
    }

    /// The query that gives the whole statement on the source, and what follows it.
    fn secret_sql(&self) -> String {
        let later = self
            .later
            .iter()
            .map(|later| format!("\nUNION ALL\nSELECT {}", quote_literal(&self.set_later(later))));
        let create = format!(
            "SELECT {} || pg_catalog.quote_literal(s.subconninfo) || {} FROM pg_catalog.pg_subscription s \
             JOIN pg_catalog.pg_database d ON d.oid = s.subdbid \
             WHERE d.datname = pg_catalog.current_database() AND s.subname = {}",
            quote_literal(&self.head()),
            quote_literal(&self.tail()),
            quote_literal(self.name.as_str())
        );
        create + &later.collect::<String>()
    }
}

impl Kind for Subscription {
    const QUERIES: Queries = &[
        (u32::MAX, include_str!("sql/subscription.sql")),
        (16, include_str!("sql/subscription.pg16.sql")),
        (15, include_str!("sql/subscription.pg15.sql")),
        (14, include_str!("sql/subscription.pg14.sql")),
        (13, include_str!("sql/subscription.pg13.sql")),
    ];

    const READS: Option<&'static str> = Some("pg_catalog.pg_subscription");

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let mut entry = Entry::new(
            ObjectId::new(catalog::SUBSCRIPTION, self.oid),
            "subscription",
            format!("SUBSCRIPTION {}", self.name),
            ["", self.name.as_str(), ""],
        )
        .create(format!("{}{}{}", self.head(), quote_literal(&self.connection), self.tail()))
        .owner(&self.owner);
        entry.secret_sql = Some(self.secret_sql());
        entry.section = Section::PostData;
        entries.push(entry);
    }

    fn remark(&self) -> Option<String> {
        let slot = self.slot.as_ref()?;
        Some(format!(
            "made disabled and without tables: its slot `{slot}` goes on serving the source. To let it take over, \
             disable the source's before the run, then enable it and REFRESH PUBLICATION WITH (copy_data = false); \
             set its `slot_name` to NONE before you drop it, or the slot goes too"
        ))
    }
}
