//! What a run is at, for people.
use std::fmt::Write as _;

use super::super::output::{bytes, count, percent, plural, seconds, table};
use crate::{
    status::{RunStatus, SessionStatus, State, Status, Steps},
    tuning::UndoRow,
};

/// More failed steps are only counted.
const FAILED: usize = 10;

/// Of a statement so much is shown.
const STATEMENT: usize = 60;

/// What a run is at, and what it has done.
pub fn render_status(status: &Status) -> String {
    let mut text = format!("{}\n  target  {}\n", headline(status), status.target);
    if let Some(run) = &status.run {
        text.push_str(&of_run(run));
    }
    if let Some(steps) = &status.steps {
        text.push_str(&of_steps(steps));
    }
    text.push_str(&sessions(&status.sessions));
    text.push_str(&tuned(&status.tuned));
    text
}

/// Settings of the server that wait to be put back.
fn tuned(rows: &[UndoRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let list: Vec<_> = rows.iter().map(|row| format!("{} = {}", row.name, row.set_to)).collect();
    format!(
        "\nThe target's server is tuned: {}\n  the end of the run puts it back, or `pgmigrate cleanup`\n",
        list.join(", ")
    )
}

fn headline(status: &Status) -> String {
    let run = status.run.as_ref().map_or("", |run| run.run_id.as_str());
    match (status.state, &status.run) {
        (State::Running, Some(found)) => format!("Run {run} is under way, for {}", seconds(found.seconds)),
        (State::Running, None) => "A run is under way".to_owned(),
        (State::Stopped, _) => format!("Run {run} has stopped: `migrate --resume` goes on with it"),
        (State::Ended, _) => "The run has ended, and all of it is done".to_owned(),
        (State::None, _) => {
            "No run: the target has no journal, and the state file tells of none that ended".to_owned()
        }
    }
}

fn of_run(run: &RunStatus) -> String {
    let mut text = format!(
        "  source  database {}\n  began   {} (pgmigrate {})\n",
        run.source_database, run.started_at, run.tool_version
    );
    if run.snapshots > 1 {
        // Writing to a String does not fail.
        _ = writeln!(text, "  resumed rows come from {} snapshots of the source", run.snapshots);
    }
    if let Some(idle) = run.idle_seconds {
        _ = writeln!(text, "  last    step ended {} ago", seconds(idle));
    }
    text
}

fn of_steps(steps: &Steps) -> String {
    let mut done = match steps.total {
        Some(total) => format!("{} of {} done", count(steps.done), count(total)),
        None => format!("{} done (of how many, the plan would tell: --plan)", count(steps.done)),
    };
    if !steps.failed.is_empty() {
        // Writing to a String does not fail.
        _ = write!(done, ", {} failed", count(steps.failed.len() as u64));
    }
    let mut copied = format!("{}, {}", plural(steps.rows, "row"), bytes(steps.bytes));
    if let (Some(planned), Some(worked)) = (steps.bytes_planned, steps.bytes_worked) {
        _ = write!(
            copied,
            " in chunks that are done: {} of about {}",
            percent(worked, planned),
            bytes(planned)
        );
    }
    let mut text = format!("  steps   {done}\n  copied  {copied}\n");
    if steps.usable {
        text.push_str("  usable  clients can work on the database; rows of late tables follow\n");
    }
    let kinds: Vec<_> = steps
        .kinds
        .iter()
        .map(|kind| [kind.kind.to_owned(), count(kind.done), count(kind.failed), count(kind.total)])
        .collect();
    if !kinds.is_empty() {
        text.push_str(&format!("\n{}", table(["steps", "done", "failed", "of"], &kinds)));
    }
    if !steps.failed.is_empty() {
        text.push_str("\nFailed:\n");
    }
    for step in steps.failed.iter().take(FAILED) {
        _ = writeln!(text, "  {step}");
    }
    if steps.failed.len() > FAILED {
        _ = writeln!(text, "  and {} more", count((steps.failed.len() - FAILED) as u64));
    }
    text
}

fn sessions(sessions: &[SessionStatus]) -> String {
    let at_work =
        sessions.iter().filter(|session| !session.leads && session.state.as_deref() != Some("idle"));
    let rows: Vec<_> = at_work
        .map(|session| {
            let since = session.seconds.map_or_else(String::new, seconds);
            [format!("{}  {}", session.pid, work(session)), since]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}", table(["at work on the target", "for"], &rows))
}

/// `COPY bookings.flights: 1,234 rows, 1.20 MB`, `CREATE INDEX …: building index: scanning table, 45 %`
fn work(session: &SessionStatus) -> String {
    if let Some(copied) = &session.copied {
        let (rows, moved) = (session.rows.unwrap_or_default(), session.bytes.unwrap_or_default());
        return format!("COPY {copied}: {}, {}", plural(rows, "row"), bytes(moved));
    }
    let statement = session.query.as_deref().map_or_else(|| "(not shown to this role)".to_owned(), short);
    let wait = match (&session.wait_event_type, &session.wait_event) {
        (Some(kind), Some(event)) if kind == "Lock" => format!(", waits for a lock ({event})"),
        _ => String::new(),
    };
    let phase =
        session.phase.as_ref().map_or_else(String::new, |phase| match (session.done, session.total) {
            (Some(done), Some(total)) => format!(": {phase}, {}", percent(done, total)),
            _ => format!(": {phase}"),
        });
    format!("{statement}{phase}{wait}")
}

/// One line of so many characters.
fn short(statement: &str) -> String {
    let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    let mut text: String = letters.by_ref().take(STATEMENT).collect();
    if letters.next().is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::KindStatus;

    fn session(query: &str) -> SessionStatus {
        SessionStatus {
            pid: 4711,
            leads: false,
            state: Some("active".into()),
            wait_event_type: None,
            wait_event: None,
            seconds: Some(12.3),
            query: Some(query.into()),
            phase: None,
            done: None,
            total: None,
            copied: None,
            bytes: None,
            rows: None,
        }
    }

    #[test]
    fn a_run_under_way() {
        let copy = SessionStatus {
            copied: Some("s.t".into()),
            bytes: Some(1_200_000),
            rows: Some(1234),
            ..session("COPY")
        };
        let index = SessionStatus {
            phase: Some("building index: scanning table".into()),
            done: Some(45),
            total: Some(100),
            ..session(
                "CREATE UNIQUE INDEX flights_departure_and_arrival\n ON bookings.flights USING btree (a, b)",
            )
        };
        let waiting = SessionStatus {
            wait_event_type: Some("Lock".into()),
            wait_event: Some("relation".into()),
            ..session("ALTER TABLE a ADD b")
        };
        let leader = SessionStatus { leads: true, ..session("SELECT") };
        let run = RunStatus {
            run_id: "0123456789abcdef".into(),
            tool_version: "0.1.0".into(),
            source_database: "shop".into(),
            started_at: "2026-01-01 00:00:00+00".into(),
            seconds: 125.0,
            idle_seconds: Some(0.4),
            snapshots: 2,
        };
        let steps = Steps {
            done: 12,
            usable: true,
            failed: vec!["key:s.t.t_pkey".into()],
            total: Some(80),
            rows: 12_345,
            bytes: 1_100_000,
            bytes_planned: Some(2_000_000),
            bytes_worked: Some(1_000_000),
            kinds: vec![KindStatus { kind: "DATA", total: 40, done: 12, failed: 0 }],
        };
        let sessions = vec![leader, copy, index, waiting];
        let status = Status {
            state: State::Running,
            target: "app@new:5432/shop".into(),
            run: Some(run),
            steps: Some(steps),
            sessions,
            tuned: vec![],
        };
        insta::assert_snapshot!(render_status(&status), @"
        Run 0123456789abcdef is under way, for 2 min 05 s
          target  app@new:5432/shop
          source  database shop
          began   2026-01-01 00:00:00+00 (pgmigrate 0.1.0)
          resumed rows come from 2 snapshots of the source
          last    step ended 0.40 s ago
          steps   12 of 80 done, 1 failed
          copied  12,345 rows, 1.10 MB in chunks that are done: 50 % of about 2.00 MB
          usable  clients can work on the database; rows of late tables follow

          steps  done  failed  of
          DATA     12       0  40

        Failed:
          key:s.t.t_pkey

          at work on the target                                                                                         for
          4711  COPY s.t: 1,234 rows, 1.20 MB                                                                        12.3 s
          4711  CREATE UNIQUE INDEX flights_departure_and_arrival ON booking…: building index: scanning table, 45 %  12.3 s
          4711  ALTER TABLE a ADD b, waits for a lock (relation)                                                     12.3 s
        ");
        let row = |name: &str, set_to: &str| UndoRow {
            name: name.into(),
            was: None,
            set_to: set_to.into(),
            set_at: "2026-01-01 00:00:00+00".into(),
        };
        let tuned = vec![row("autovacuum", "off"), row("max_wal_size", "8192MB")];
        let none = Status { state: State::None, run: None, steps: None, sessions: vec![], tuned, ..status };
        let text = render_status(&none);
        assert!(text.starts_with("No run: the target has no journal"), "{text}");
        assert!(text.contains("is tuned: autovacuum = off, max_wal_size = 8192MB"), "{text}");
    }
}
