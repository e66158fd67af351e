//! Whether a part of a table still holds the rows that it held. Pure; the servers are asked by `rows`.
//!
//! Counters of changed rows are no proof: a session tells them when it gets round to it, up to 14 perhaps never. Two things are:
//! - **The same snapshot.** Which rows are visible is determined by the transactions that a snapshot sees. If it is, number for
//!   number, the one that the part was read under, nothing was committed in between, in the whole cluster.
//! - **The same row versions.** Each part of a table is a range of blocks of one file. If the file is the same, no version visible
//!   in the range was written by a transaction that was under way or to come back then (`xmin`), and there are as many as
//!   there were, they are the same ones: a version never changes and never moves, one that was deleted comes back no more,
//!   and a changed row is a new version. That takes a look at every row, but neither its text nor a hash.
//!
//! Numbers of transactions say nothing across a crash, which may lose some and give their numbers to others, nor on another server;
//! so a side is [`Mark::identity`] too. The text of a row can also change while its version does not: by the definition of its type,
//! of which the caller sees to it ([`Recheck`] is for built-in types), and by a column that is dropped and added anew, which has
//! another number.
use serde::Deserialize;

/// The numbers of a snapshot, as `txid_current_snapshot` gives them: `xmin:xmax:xip,…`, with epochs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) struct Seen {
    text: String,
    /// All before it were over.
    xmin: u64,
    /// It and all behind it had not begun.
    xmax: u64,
}

impl Seen {
    /// From its text.
    pub(in crate::verify) fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split(':');
        let (xmin, xmax) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        fields.next()?;
        Some(Self { text: text.to_owned(), xmin, xmax })
    }

    /// Its text.
    pub(in crate::verify) fn as_str(&self) -> &str {
        &self.text
    }
}

/// What a side is, and what of it can be seen.
#[derive(Debug, Clone)]
pub(in crate::verify) struct Mark {
    identity: String,
    /// In recovery a snapshot's text does not name the transactions under way.
    standby: bool,
    /// The snapshot.
    pub(super) seen: Seen,
}

#[derive(Deserialize)]
struct Row {
    database: String,
    started: String,
    counted_since: String,
    standby: bool,
    snapshot: String,
}

impl Mark {
    /// Asks for what [`Mark::parse`] reads, in a session that has the snapshot. The counters' beginning tells of crashes, after
    /// which the server counts anew.
    pub(in crate::verify) const QUERY: &str = "SELECT pg_catalog.json_build_object( \
        'database', (SELECT d.oid::text FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()), \
        'started', pg_catalog.pg_postmaster_start_time()::text, \
        'counted_since', pg_catalog.concat(pg_catalog.pg_stat_get_bgwriter_stat_reset_time()), \
        'standby', pg_catalog.pg_is_in_recovery(), \
        'snapshot', pg_catalog.txid_current_snapshot()::text)::text";

    /// From the query's row. `system` is the cluster's identifier.
    pub(in crate::verify) fn parse(system: &str, row: &str) -> Option<Self> {
        let Row { database, started, counted_since, standby, snapshot } = serde_json::from_str(row).ok()?;
        let identity = [system, &database, &started, &counted_since].join(" / ");
        Some(Self { identity, standby, seen: Seen::parse(&snapshot)? })
    }

    /// Cluster, database, and since when its server runs without a crash.
    pub(in crate::verify) fn identity(&self) -> String {
        self.identity.clone()
    }

    /// Whether everything is as it was.
    pub(in crate::verify) fn is_unchanged_since(&self, seen: &Seen) -> bool {
        self.seen == *seen && (!self.standby || seen.xmin == seen.xmax)
    }

    /// The look at a part's rows that would prove that they are the same; `None` if the numbers have gone round.
    pub(in crate::verify) fn recheck(&self, seen: &Seen) -> Option<Recheck> {
        let distance = self.seen.xmax.checked_sub(seen.xmin)?;
        (distance < 1 << 31).then_some(Recheck { xmin: seen.xmin })
    }
}

/// A look at the versions of a part's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::verify) struct Recheck {
    xmin: u64,
}

impl Recheck {
    /// The condition that a row's version may be a new one. `xmin` has 32 bits and goes round; a very old one may look new,
    /// which costs a second look.
    pub(in crate::verify) fn is_new(self) -> String {
        let first = self.xmin & u64::from(u32::MAX);
        format!("((xmin::pg_catalog.text::pg_catalog.int8 - {first}) & 4294967295) < 2147483648")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(snapshot: &str, standby: bool) -> Mark {
        let row = format!(
            r#"{{"database": "5", "started": "then", "counted_since": "", "standby": {standby}, "snapshot": "{snapshot}"}}"#
        );
        Mark::parse("7", &row).unwrap()
    }

    fn seen(text: &str) -> Seen {
        Seen::parse(text).unwrap()
    }

    #[test]
    fn only_the_same_snapshot_sees_the_same() {
        let now = mark("100:105:100,103", false);
        assert!(now.is_unchanged_since(&seen("100:105:100,103")));
        assert!(!now.is_unchanged_since(&seen("100:105:100")), "103 was under way");
        assert!(!now.is_unchanged_since(&seen("100:104:100,103")));
        assert!(Seen::parse("100").is_none() && Seen::parse("a:b:").is_none());
    }

    /// Its text leaves out who is under way.
    #[test]
    fn a_standby_is_unchanged_only_when_nobody_was_at_work() {
        assert!(mark("105:105:", true).is_unchanged_since(&seen("105:105:")));
        assert!(!mark("100:105:", true).is_unchanged_since(&seen("100:105:")));
    }

    #[test]
    fn what_was_under_way_counts_as_new() {
        let recheck = mark("4294967400:4294967405:", false).recheck(&seen("4294967300:4294967305:")).unwrap();
        // 4294967300 is 4 in the second round.
        insta::assert_snapshot!(recheck.is_new(), @"((xmin::pg_catalog.text::pg_catalog.int8 - 4) & 4294967295) < 2147483648");
        assert_eq!(mark("3000000000:3000000000:", false).recheck(&seen("100:100:")), None, "half a round");
        assert_eq!(mark("90:90:", false).recheck(&seen("100:100:")), None, "the numbers fell");
    }

    #[test]
    fn a_crash_makes_another_server() {
        let row = |since: &str| {
            format!(
                r#"{{"database": "5", "started": "then", "counted_since": "{since}", "standby": false, "snapshot": "1:1:"}}"#
            )
        };
        let identity = |since: &str| Mark::parse("7", &row(since)).unwrap().identity();
        assert_ne!(identity("a"), identity("b"));
    }
}
