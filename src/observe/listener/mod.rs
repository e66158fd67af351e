//! Serves what can be seen of a command over HTTP: `/metrics`, `/healthz`, `/readyz`, and the live page at `/`.
//!
//! It has a thread and a runtime of its own, a bound on connections and an end to anybody's patience ([`Guarded`]), so no
//! client, slow, hanging or many, holds up what it looks at. It only reads. There is no TLS and no password: who can
//! reach the address can read names of databases and tables, and messages of the servers.
mod guarded;
mod pages;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use tokio::{runtime, sync::watch};

use self::guarded::Guarded;
use super::{Watched, live::Live};
use crate::error::{Error, ErrorKind, Result};

/// Of the text format of Prometheus.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How long a scrape that is under way at the end may take to end.
const GRACE: Duration = Duration::from_secs(1);

/// A listener; it ends when dropped.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    /// Dropped to end the thread.
    stop: Option<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens on `host:port`; port 0 takes one that is free.
    pub fn start(address: &str, watched: Arc<Watched>) -> Result<Self> {
        let refused = |cause: io::Error| refused(address, cause);
        let listener = TcpListener::bind(address).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        let bound = listener.local_addr().map_err(refused)?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
        let (stop, stopped) = watch::channel(());
        let thread = thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(move || runtime.block_on(serve(listener, watched, bound.ip().is_loopback(), stopped)))
            .map_err(refused)?;
        Ok(Self { address: bound, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was printed by its thread and concerns nobody else.
            _ = thread.join();
        }
    }
}

fn refused(address: &str, cause: io::Error) -> Error {
    let hint = match cause.kind() {
        io::ErrorKind::AddrInUse => "another program listens there: choose another port",
        io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege: choose another port",
        _ => "choose an address of this machine and a free port",
    };
    Error::new(ErrorKind::Config, format!("cannot serve metrics on `{}`", address.escape_debug()))
        .caused_by(cause)
        .hint(hint)
}

fn router(watched: Arc<Watched>) -> Router {
    Router::new()
        .route("/metrics", get(scrape))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .fallback(async || {
            (
                StatusCode::NOT_FOUND,
                "not found: there are /, /events, /status.json, /metrics, /healthz and /readyz\n",
            )
        })
        .with_state(watched)
}

async fn serve(listener: TcpListener, watched: Arc<Watched>, is_private: bool, stopped: watch::Receiver<()>) {
    let listener = match Guarded::new(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::warn!("metrics are not served: {error}"),
    };
    let live = Live::new(Arc::clone(&watched));
    let router = router(watched).merge(pages::router(Arc::clone(&live), is_private));
    let served = axum::serve(listener, router).with_graceful_shutdown(end(stopped.clone()));
    let shown = live.run(end(stopped.clone()));
    let patience = async {
        end(stopped).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        // It has no errors.
        _ = async { tokio::join!(served, shown) } => {}
        () = patience => {}
    }
}

/// Nothing is ever sent: that the sender is gone is the message.
async fn end(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

async fn scrape(State(watched): State<Arc<Watched>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, TEXT_FORMAT)], watched.render())
}

async fn ready(State(watched): State<Arc<Watched>>) -> impl IntoResponse {
    match watched.ready() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

#[cfg(test)]
mod tests;
