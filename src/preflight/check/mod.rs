//! `pgmigrate check`: everything that can be found out before a migration, told at once.
//!
//! A [`Check`] is one file in `each`: what it asks the servers, and a pure judgement of the answers. All questions to a
//! server go to it at once, in one session; a question that it refuses becomes a note, and the others go on. Beside that the
//! plan is tried as `plan` makes it, and every refusal is kept in place of the first (`Refusals`). It changes
//! nothing. Called by `cli`.
mod each;
mod early;
mod facts;
mod finding;
mod inventory;
mod meeting;
mod report;
mod tried;

use futures_util::future;

pub use each::CHECKS;
pub(super) use early::log_early;
pub use finding::{Finding, Severity};
pub use inventory::{Inventory, read_inventory};
pub use report::{CheckReport, CheckedSide};

use crate::{
    config::{Endpoint, Settings, Side},
    error::{Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    pg::ServerVersion,
    session::Session,
};
use facts::{Facts, SideFacts};
use finding::Found;
use meeting::Meeting;
use tried::Tried;

/// A check: what it is called, what it asks, and how the answers are judged.
#[derive(Debug)]
pub struct Check {
    /// Its word, which stays what it is; the file is called the same.
    pub id: &'static str,
    /// The worst that it finds.
    pub severity: Severity,
    /// What it looks for, for people.
    pub looks_for: &'static str,
    /// What to do about it, unless a finding says otherwise.
    pub advice: &'static str,
    asks: Asks,
    judge: fn(&Facts<'_>) -> Result<Vec<Found>>,
}

/// What a check asks the servers, besides what [`SideFacts`] has; an empty query is not asked.
#[derive(Debug, Clone, Copy)]
struct Asks {
    source: &'static str,
    target: &'static str,
    /// The target's query means its own database, and is not asked where that is still to be made.
    in_database: bool,
    /// It is about how the plan fares.
    plan: bool,
    /// It is about how two connections meet.
    meeting: bool,
    /// The first major version that understands the queries; older ones are not asked.
    since: u32,
}

impl Asks {
    const NOTHING: Self =
        Self { source: "", target: "", in_database: false, plan: false, meeting: false, since: 0 };
    const PLAN: Self = Self { plan: true, ..Self::NOTHING };
    const MEETING: Self = Self { meeting: true, ..Self::NOTHING };

    const fn source(sql: &'static str) -> Self {
        Self { source: sql, ..Self::NOTHING }
    }

    /// Of the target's database.
    const fn database(sql: &'static str) -> Self {
        Self { target: sql, in_database: true, ..Self::NOTHING }
    }

    /// What a side is asked, if it is; `exists`: its database does.
    fn of(&self, side: Side, exists: bool, version: ServerVersion) -> Option<&'static str> {
        let (sql, means_there) = match side {
            Side::Source => (self.source, true),
            Side::Target => (self.target, exists || !self.in_database),
        };
        (!sql.is_empty() && means_there && version.at_least(self.since)).then_some(sql)
    }
}

/// Which checks the user wants: all, or only some, but for some.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Ids; empty for all.
    pub only: Vec<String>,
    /// Ids.
    pub skip: Vec<String>,
}

impl Wanted {
    fn checks(&self) -> Vec<&'static Check> {
        let is_in = |list: &[String], id: &str| list.iter().any(|wanted| wanted == id);
        let wanted = |id: &str| (self.only.is_empty() || is_in(&self.only, id)) && !is_in(&self.skip, id);
        CHECKS.iter().copied().filter(|check| wanted(check.id)).collect()
    }
}

/// One side: its session, and what it answered to each check that asked it; `None` where it was not asked.
struct Looked {
    facts: SideFacts,
    answers: Vec<Option<Result<Vec<String>>>>,
}

/// Makes the checks.
pub async fn check(settings: &Settings, wanted: &Wanted) -> Result<CheckReport> {
    let checks = wanted.checks();
    let (source, target) =
        tokio::try_join!(look(&settings.source, &checks), Box::pin(look(&settings.target, &checks)))?;
    let tries = checks.iter().any(|check| check.asks.plan);
    let tried = match locked(settings, &source, &target, &checks) {
        _ if !tries => Tried::default(),
        Some(reason) => Tried::put_off(&reason),
        None => Box::pin(tried::try_plan(settings)).await?,
    };
    let mut findings = Vec::new();
    for (at, check) in checks.iter().enumerate() {
        let answers = [&source, &target].map(|side| side.answers[at].as_ref());
        findings.extend(judge(check, settings, [&source.facts, &target.facts], &tried, answers)?);
    }
    findings.sort_by_key(|finding| finding.severity);
    Ok(CheckReport::new(settings, [&source.facts, &target.facts], checks.len(), findings))
}

/// Asks a side everything at once. What it refuses to answer is kept; a lost connection ends it all.
async fn look(endpoint: &Endpoint, checks: &[&'static Check]) -> Result<Looked> {
    let (session, exists) = match endpoint.side {
        Side::Source => (Session::connect(endpoint, "check", APPLICATION_NAME).await?, true),
        Side::Target => Session::connect_or_maintenance(endpoint, "check").await?,
    };
    let meets = checks.iter().any(|check| check.asks.meeting);
    let meeting = if meets { Meeting::of(endpoint, &session).await } else { Meeting::default() };
    let facts = SideFacts::read(&session, exists, meeting).await?;
    let asked = checks.iter().map(async |check| {
        let sql = check.asks.of(endpoint.side, exists, session.version())?;
        Some(session.read_json(sql, |row| Ok(row.to_owned())).await)
    });
    let answers = future::join_all(asked).await;
    if session.is_closed() {
        return Err(Error::new(ErrorKind::Connection, format!("the {} is gone", endpoint.side)));
    }
    Ok(Looked { facts, answers })
}

/// Why the plan cannot be tried now: it would wait for a lock.
fn locked(
    settings: &Settings,
    source: &Looked,
    target: &Looked,
    checks: &[&'static Check],
) -> Option<String> {
    let at = checks.iter().position(|check| check.id == each::EXCLUSIVE_LOCKS.id)?;
    let answers = [source, target].map(|side| side.answers[at].as_ref());
    let found = judge(checks[at], settings, [&source.facts, &target.facts], &Tried::default(), answers);
    let found = found.ok()?.into_iter().find(|finding| finding.severity < Severity::Note)?;
    Some(format!("others hold locks for which it would wait: {}", found.objects.join(", ")))
}

fn judge(
    check: &'static Check,
    settings: &Settings,
    [source, target]: [&SideFacts; 2],
    tried: &Tried,
    answers: [Option<&Result<Vec<String>>>; 2],
) -> Result<Vec<Finding>> {
    if let Some(Err(error)) = answers.iter().flatten().find(|answer| answer.is_err()) {
        return Ok(vec![Finding::not_made(check, error)]);
    }
    let rows = answers.map(|answer| match answer {
        Some(Ok(rows)) => rows.as_slice(),
        _ => &[],
    });
    let facts = Facts { settings, source, target, tried, rows };
    let found = (check.judge)(&facts)?;
    Ok(found.into_iter().map(|found| Finding::new(check, found)).collect())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_file_is_a_check_and_every_check_has_one() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/preflight/check/each");
        let files: BTreeSet<String> = fs::read_dir(dir)
            .unwrap()
            .filter_map(|entry| {
                let path = entry.unwrap().path();
                let stem = path.file_stem()?.to_str()?.replace('_', "-");
                (path.extension()? == "rs" && stem != "mod").then_some(stem)
            })
            .collect();
        let ids: BTreeSet<String> = CHECKS.iter().map(|check| check.id.to_owned()).collect();
        assert_eq!(ids, files);
        assert_eq!(ids.len(), CHECKS.len(), "an id is there twice");
    }

    #[test]
    fn a_check_says_what_it_looks_for_and_what_to_do() {
        for check in CHECKS {
            let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(check.id.chars().all(is_word), "{}", check.id);
            for text in [check.looks_for, check.advice] {
                assert!(text.len() > 10 && !text.ends_with('.'), "{}: {text}", check.id);
            }
            assert!(check.looks_for.starts_with(char::is_uppercase), "{}", check.id);
        }
    }

    #[test]
    fn some_checks_are_wanted() {
        let ids = |only: &[&str], skip: &[&str]| {
            let texts = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
            let wanted = Wanted { only: texts(only), skip: texts(skip) };
            wanted.checks().into_iter().map(|check| check.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&[], &[]).len(), CHECKS.len());
        assert_eq!(ids(&["encoding", "time-zone"], &["encoding"]), ["time-zone"]);
        assert_eq!(ids(&[], &["encoding"]).len(), CHECKS.len() - 1);
    }
}
