//! The page for people: `/`, its events at `/events`, and the same document once at `/status.json`.
//!
//! Unlike the metrics it tells names of tables and messages of servers. So a browser must not be made to read it for
//! somebody else: nothing allows other origins, and on the loopback only names of this machine are answered, so that no
//! page of the web can come here under a name of its own (DNS rebinding).
use std::{convert::Infallible, net::IpAddr, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY, RETRY_AFTER,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::{self, Next},
    response::{
        Html, IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use futures_util::stream::{self, Stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::guarded::CONNECTIONS;
use crate::observe::live::{Live, PAGE, Shown};

/// Clients that may follow the events; the other half of the connections is left to scrapers.
pub(super) const FOLLOWERS: usize = CONNECTIONS / 2;

/// What all of these answers say to a browser.
const HEADERS: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

#[derive(Clone)]
struct Shared {
    live: Arc<Live>,
    free: Arc<Semaphore>,
}

/// The routes; `is_private`: on the loopback.
pub(super) fn router(live: Arc<Live>, is_private: bool) -> Router {
    let routes = Router::new()
        .route("/", get(page))
        .route("/status.json", get(status))
        .route("/events", get(events))
        .with_state(Shared { live, free: Arc::new(Semaphore::new(FOLLOWERS)) });
    let routes = if is_private { routes.layer(middleware::from_fn(of_this_machine)) } else { routes };
    routes.layer(middleware::map_response(guarded))
}

async fn page() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, PAGE.policy.as_str())], Html(PAGE.html.as_str()))
}

async fn status(State(shared): State<Shared>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], shared.live.document().to_string())
}

async fn events(State(shared): State<Shared>) -> Response {
    let Ok(place) = Arc::clone(&shared.free).try_acquire_owned() else {
        let message = "too many follow the events already\n";
        return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], message).into_response();
    };
    let documents = shared.live.follow();
    let follower = Follower { documents, next: Some(Told::Now(shared.live.document())), _place: place };
    Sse::new(follower.events()).keep_alive(KeepAlive::default()).into_response()
}

/// Who follows the events. What is not read in time is left out: there is always one document to be told, the newest.
struct Follower {
    documents: watch::Receiver<Shown>,
    /// What is told next, if it is known; else the next document.
    next: Option<Told>,
    _place: OwnedSemaphorePermit,
}

enum Told {
    Now(Arc<str>),
    End,
    Nothing,
}

impl Follower {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, async |mut follower| {
            let event = follower.tell().await?;
            Some((Ok(event), follower))
        })
    }

    async fn tell(&mut self) -> Option<Event> {
        let told = if let Some(told) = self.next.take() {
            told
        } else {
            self.documents.changed().await.ok()?;
            Told::Now(Arc::clone(&self.documents.borrow_and_update().document))
        };
        match told {
            Told::Now(document) => {
                let shown = self.documents.borrow().clone();
                // The last one may have come meanwhile.
                let document = if shown.is_last { shown.document } else { document };
                self.next = shown.is_last.then_some(Told::End);
                Some(Event::default().event("status").data(document))
            }
            Told::End => {
                self.next = Some(Told::Nothing);
                Some(Event::default().event("end").data("the program has ended"))
            }
            Told::Nothing => None,
        }
    }
}

async fn guarded(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn of_this_machine(request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).map_or(Ok("localhost"), HeaderValue::to_str);
    if host.is_ok_and(is_of_this_machine) {
        return next.run(request).await;
    }
    let message = "ask for it by address, or as localhost: the port belongs to this machine alone\n";
    (StatusCode::MISDIRECTED_REQUEST, message).into_response()
}

/// `localhost`, or an address: a page of the web comes with the name that led to it.
fn is_of_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_elsewhere_are_told_apart() {
        for host in ["localhost", "LOCALHOST:9187", "127.0.0.1:9187", "127.0.0.1", "[::1]:9187", "[::1]"] {
            assert!(is_of_this_machine(host), "{host}");
        }
        for host in
            ["evil.example:9187", "localhost.evil.example", "127.0.0.1.evil.example", "", ":9187", "a b"]
        {
            assert!(!is_of_this_machine(host), "{host}");
        }
    }
}
