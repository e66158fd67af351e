//! Looks every moment at what the run's backends are doing, on both servers, for report and metrics.
//!
//! A task and a session a side; the query costs a server half a millisecond. Nothing depends on it: while a session cannot
//! be opened there are no samples of its side, with a line in the log.
use std::{sync::Arc, time::Duration};

use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep},
};

use super::Run;
use crate::{
    config::{Endpoint, RoundTrips, Side},
    error::Result,
    net::gucs::APPLICATION_NAME,
    observe::{Backend, Look, Recorder},
    session::Session,
};

/// Four samples a second: a phase of a minute has its shares within some 3 percent points (one standard deviation), at
/// a cost of two thousandths of a processor.
const EVERY: Duration = Duration::from_millis(250);

/// Every so many samples the server is asked about itself too: every five seconds.
const LOOK_EVERY: u32 = 20;

/// The pause before a session that was lost is opened anew.
const AGAIN: Duration = Duration::from_secs(2);

/// All backends of this run, told by the name that ours begins with too. A list of process ids would leave out parallel
/// workers, which take over the name of their leader. Another run from the same source database as the same role is
/// taken in. The function below the view `pg_stat_activity`, because two thirds of the time would go into planning the
/// view's joins (0.5 ms against 1.8 ms).
const OURS: &str = "FROM pg_catalog.pg_stat_get_activity(NULL) a, \
     pg_catalog.current_setting('application_name') AS ours \
     WHERE a.datid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) \
     AND a.usesysid = pg_catalog.quote_ident(SESSION_USER)::pg_catalog.regrole \
     AND pg_catalog.left(a.application_name, pg_catalog.length(ours)) = ours AND a.pid <> pg_catalog.pg_backend_pid()";

const BACKENDS: &str = "SELECT a.state, a.wait_event_type, a.wait_event, \
     coalesce(a.backend_type = 'client backend', false) AS is_connection";

/// For how long our snapshots have kept the source's vacuum back, in time and in transactions.
const LOOK_AT_SOURCE: &str = "SELECT EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.min(a.xact_start)) \
     AS snapshot_age, pg_catalog.max(pg_catalog.age(a.backend_xmin)) AS xmin_age";

/// How much WAL the target has written.
const LOOK_AT_TARGET: &str =
    "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0')::pg_catalog.int8 AS wal";

/// What the budget was made of, as it is now.
const FREE: &str = include_str!("../preflight/sql/connections.sql");

/// Ends when dropped.
pub(super) struct Sampler {
    sides: Vec<JoinHandle<()>>,
}

impl Sampler {
    /// Starts to look where there is a connection to spare; the first samples are taken at once.
    pub(super) fn start(run: &Run) -> Self {
        let watch = |endpoint: &Endpoint| {
            // What is asked here is no round trip of the migration.
            let endpoint = Endpoint { round_trips: RoundTrips::default(), ..endpoint.clone() };
            tokio::spawn(watch(endpoint, Arc::clone(&run.recorder)))
        };
        let sides = [&run.source, &run.target].into_iter().zip(run.sampled);
        Self { sides: sides.filter(|(_, spare)| *spare).map(|(endpoint, _)| watch(endpoint)).collect() }
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        self.sides.iter().for_each(JoinHandle::abort);
    }
}

/// Samples a side, for as long as the run lasts: a server may restart.
async fn watch(endpoint: Endpoint, recorder: Arc<Recorder>) {
    let mut is_told = false;
    loop {
        let opened = Session::connect(&endpoint, "sampler", APPLICATION_NAME).await;
        let lost = match opened {
            Ok(session) => {
                is_told = false;
                sample(&session, endpoint.side, &recorder).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = lost {
            recorder.metrics().silent(endpoint.side);
            if !is_told {
                tracing::warn!(side = %endpoint.side, "no samples until a session can be opened: {}", error.report());
            }
            is_told = true;
        }
        sleep(AGAIN).await;
    }
}

async fn sample(session: &Session, side: Side, recorder: &Recorder) -> Result<()> {
    let backends = format!("{BACKENDS} {OURS}");
    let look = match side {
        Side::Source => format!("{LOOK_AT_SOURCE}, ({FREE}) AS free {OURS} AND a.backend_xmin IS NOT NULL"),
        Side::Target => format!("{LOOK_AT_TARGET}, ({FREE}) AS free"),
    };
    let mut can_look = true;
    let mut ticks = interval(EVERY);
    // A server that takes longer than that to answer is asked less often.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    for number in (0..LOOK_EVERY).cycle() {
        ticks.tick().await;
        if number == 0 && can_look {
            can_look = look_at(session, side, &look, recorder).await;
        }
        let backends: Vec<Backend> = session.query_json(&backends).await?;
        recorder.sampled(side, &backends);
    }
    Ok(())
}

/// Whether it is worth to be asked again; a session that was lost says so to the next question.
async fn look_at(session: &Session, side: Side, query: &str, recorder: &Recorder) -> bool {
    match session.query_json::<Look>(query).await {
        Ok(rows) => {
            if let Some(look) = rows.first() {
                recorder.metrics().looked(side, look);
            }
            true
        }
        Err(error) => {
            tracing::debug!(%side, "the server does not tell: {}", error.report());
            false
        }
    }
}
