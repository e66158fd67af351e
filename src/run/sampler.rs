//! Looks every moment at what the run's backends are doing, on both servers, for the report.
//!
//! A task and a session a side; the query costs a server half a millisecond. Nothing depends on it: a session
//! that cannot be opened or breaks ends the samples of its side, with a line in the log.
use std::{sync::Arc, time::Duration};

use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use super::Run;
use crate::{
    config::{Endpoint, RoundTrips},
    error::Result,
    net::gucs::APPLICATION_NAME,
    observe::{Backend, Recorder},
    session::Session,
};

/// Four samples a second: a phase of a minute has its shares within some 3 percent points (one standard deviation), at
/// a cost of two thousandths of a processor.
const EVERY: Duration = Duration::from_millis(250);

/// All backends of this run, told by the name that ours begins with too. A list of process ids would leave out parallel
/// workers, which take over the name of their leader. Another run from the same source database as the same role is
/// taken in. The function below the view `pg_stat_activity`, because two thirds of the time would go into planning the
/// view's joins (0.5 ms against 1.8 ms).
const BACKENDS: &str = "SELECT a.state, a.wait_event_type, a.wait_event FROM pg_catalog.pg_stat_get_activity(NULL) a, \
     pg_catalog.current_setting('application_name') AS ours \
     WHERE a.datid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) \
     AND a.usesysid = pg_catalog.quote_ident(SESSION_USER)::pg_catalog.regrole \
     AND pg_catalog.left(a.application_name, pg_catalog.length(ours)) = ours AND a.pid <> pg_catalog.pg_backend_pid()";

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
            let recorder = Arc::clone(&run.recorder);
            tokio::spawn(async move {
                if let Err(error) = sample(&endpoint, &recorder).await {
                    tracing::warn!(side = %endpoint.side, "no more samples for the report: {}", error.report());
                }
            })
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

async fn sample(endpoint: &Endpoint, recorder: &Recorder) -> Result<()> {
    let session = Session::connect(endpoint, "sampler", APPLICATION_NAME).await?;
    let mut ticks = interval(EVERY);
    // A server that takes longer than that to answer is asked less often.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let backends: Vec<Backend> = session.query_json(BACKENDS).await?;
        recorder.sampled(endpoint.side, &backends);
    }
}
