//! `CREATE SUBSCRIPTION`: never connecting and disabled. It names the source's slot, which goes on serving the source.
//!
//! The connection string can hold a password: it goes from the source to the target at the last moment, and stands in no
//! plan. Only a role that may read `pg_subscription` can carry subscriptions; for others they are named.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::{
    object::Section,
    pg::{Ident, Oid, RedactedConninfo, catalog, quote_literal},
};

/// A row of `pg_subscription`.
#[derive(Debug, Clone, Deserialize)]
pub struct Subscription {
    oid: Oid,
    name: Ident,
    owner: String,
    connection: RedactedConninfo,
    /// The slot on the publisher; `None` for none.
    slot: Option<String>,
    publications: Vec<Ident>,
    synchronous_commit: String,
    #[serde(flatten)]
    options: Options,
}

/// What newer servers added, each under the name of its option; `None` where the server's version has no such option.
#[derive(Debug, Clone, Deserialize)]
struct Options {
    binary: Option<bool>,
    /// `substream`: f, t or p (server 16 and newer).
    streaming: Option<String>,
    two_phase: Option<bool>,
    disable_on_error: Option<bool>,
    password_required: Option<bool>,
    run_as_owner: Option<bool>,
    origin: Option<String>,
    failover: Option<bool>,
}

impl Options {
    /// Those that differ from what servers 14 to 17 start with, and `streaming`, whose default changed.
    fn settings(&self) -> Vec<String> {
        let streaming = self.streaming.as_deref().map(|letter| match letter {
            "t" => "streaming = on",
            "p" => "streaming = parallel",
            _ => "streaming = off",
        });
        let switched =
            |switch: Option<bool>, on: bool, setting: &'static str| (switch == Some(on)).then_some(setting);
        let settings = [
            switched(self.binary, true, "binary = true"),
            streaming,
            switched(self.two_phase, true, "two_phase = on"),
            switched(self.disable_on_error, true, "disable_on_error = true"),
            switched(self.password_required, false, "password_required = false"),
            switched(self.run_as_owner, true, "run_as_owner = true"),
        ];
        let origin = self.origin.as_ref().filter(|origin| *origin != "any");
        let origin = origin.map(|origin| format!("origin = {}", quote_literal(origin)));
        let failover = switched(self.failover, true, "failover = true").map(str::to_owned);
        settings.into_iter().flatten().map(str::to_owned).chain(origin).chain(failover).collect()
    }

    /// What it does without an option that newer servers have, and that stands otherwise there: the version that
    /// brought the option, and its setting.
    fn later(&self) -> Vec<(u32, &'static str)> {
        let streaming = self.streaming.is_none().then_some((14, "streaming = off"));
        let run_as_owner = self.run_as_owner.is_none().then_some((16, "run_as_owner = true"));
        streaming.into_iter().chain(run_as_owner).collect()
    }
}

impl Subscription {
    fn tail(&self) -> String {
        let publications: Vec<String> = self.publications.iter().map(Ident::to_string).collect();
        let mut options = vec!["connect = false".to_owned(), format!("slot_name = {}", self.slot())];
        if self.synchronous_commit != "off" {
            options.push(format!("synchronous_commit = {}", quote_literal(&self.synchronous_commit)));
        }
        options.extend(self.options.settings());
        format!(" PUBLICATION {} WITH ({})", publications.join(", "), options.join(", "))
    }

    fn slot(&self) -> String {
        self.slot.as_deref().map_or_else(|| "NONE".to_owned(), quote_literal)
    }

    fn head(&self) -> String {
        format!("CREATE SUBSCRIPTION {} CONNECTION ", self.name)
    }

    /// Sets an option where the target knows it.
    fn set_later(&self, since: u32, setting: &str) -> String {
        let alter = format!("ALTER SUBSCRIPTION {} SET ({setting})", self.name);
        let body = format!(
            "BEGIN IF current_setting('server_version_num')::int4 >= {since}0000 THEN EXECUTE {}; END IF; END",
            quote_literal(&alter)
        );
        format!("DO {}", quote_literal(&body))
    }

    /// The query that gives the whole statement on the source, and what follows it.
    fn secret_sql(&self) -> String {
        let later = self.options.later().into_iter().map(|(since, setting)| {
            format!("\nUNION ALL\nSELECT {}", quote_literal(&self.set_later(since, setting)))
        });
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
        .create(format!("{}{}{}", self.head(), quote_literal(self.connection.as_str()), self.tail()))
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
