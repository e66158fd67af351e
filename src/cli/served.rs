//! The metrics of a command, and its live page: served while it works, and for a while after it.
use std::{sync::Arc, time::Duration};

use tokio::runtime::{Builder, Runtime};

use super::output;
use crate::{
    config::Settings,
    error::{Error, ErrorKind, Result},
    observe::{Listener, Metrics, Watched},
    run::Shutdown,
};

/// Metrics, and who serves them.
#[derive(Debug)]
pub(super) struct Served {
    watched: Arc<Watched>,
    listener: Option<Listener>,
    linger: Option<Linger>,
}

/// What goes on after the end. It listens for signals from the begin on: one that comes just when the command ends must
/// not be lost.
#[derive(Debug)]
struct Linger {
    runtime: Runtime,
    shutdown: Shutdown,
    time: Duration,
}

impl Served {
    /// Begins to serve them, if the settings say where.
    pub(super) fn start(command: &str, settings: &Settings) -> Result<Self> {
        let trips = [&settings.source, &settings.target].map(|endpoint| endpoint.round_trips.clone());
        let options = &settings.metrics;
        // Each of several databases has metrics of its own, under its name.
        let database = if settings.databases.is_single() { &*settings.source.database } else { "" };
        let metrics = Metrics::new(database, trips, options.tables)?;
        metrics.introduce(command, [settings.source.to_string(), settings.target.to_string()]);
        let watched = Watched::new(metrics);
        let listen = |address: &String| Listener::start(address, Arc::clone(&watched));
        let listener = options.listen.as_ref().map(listen).transpose()?;
        if let Some(address) = listener.as_ref().map(Listener::address) {
            let open = " (open to whoever can reach it: no TLS, no password)";
            let open = if address.ip().is_loopback() { "" } else { open };
            output::print_line(&format!("live page http://{address}/{open}"));
            output::print_line(&format!("metrics http://{address}/metrics"));
        }
        let lingers = listener.is_some() && !options.linger.is_zero();
        let linger = lingers.then(|| Linger::prepare(options.linger)).transpose()?;
        Ok(Self { watched, listener, linger })
    }

    /// The metrics.
    pub(super) fn metrics(&self) -> &Arc<Metrics> {
        self.watched.command()
    }

    /// The metrics, and those of databases.
    pub(super) fn watched(&self) -> &Arc<Watched> {
        &self.watched
    }

    /// The command has ended. Who asked it to stop does not wait for a last scrape.
    pub(super) fn ended<T>(&mut self, result: &Result<T>) {
        self.watched.command().ended(result);
        if result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Interrupted) {
            self.linger = None;
        }
    }

    /// Serves them on for a while, once all is said; a signal ends that.
    pub(super) fn linger(self) {
        if let Some(linger) = self.linger {
            let seconds = linger.time.as_secs();
            output::print_line(&format!(
                "live page and metrics are served for another {seconds} s; Ctrl-C ends that"
            ));
            linger.wait();
        }
        drop(self.listener);
    }
}

impl Linger {
    fn prepare(time: Duration) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|error| Error::new(ErrorKind::Internal, "cannot start the runtime").caused_by(error))?;
        let shutdown = runtime.block_on(async { Shutdown::listen() })?;
        Ok(Self { runtime, shutdown, time })
    }

    fn wait(mut self) {
        self.runtime.block_on(async {
            tokio::select! {
                () = tokio::time::sleep(self.time) => {}
                () = self.shutdown.asked() => {}
            }
        });
    }
}
