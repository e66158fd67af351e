//! The faults: what befalls a run, when, and for how long.
use std::time::Duration;

use pgmigrate::failpoint::Failpoint;
use rustix::process::Signal;

use crate::support::{cli::Running, database::Session, server::literal};

use super::{
    network::Trouble,
    rng::Rng,
    scene::{Side, Stage},
};

/// What befalls a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// We are sent a signal.
    Signal(Signal),
    /// A server is stopped at once, and started when the fault is over.
    Crash(Side),
    /// The network to a server is bad.
    Network(Side, Trouble),
    /// So many statements of ours are cancelled.
    Cancel(Side, u32),
    /// So many sessions of ours are ended.
    Terminate(Side, u32),
    /// Somebody wants a table for himself, and gets it or not.
    Lock(Side),
    /// Other sessions leave so many connections free.
    Crowd(Side, usize),
    /// Our role may have so many connections.
    RoleLimit(Side, u32),
    /// Our role may not log in.
    NoLogin(Side),
    /// Our role may not use a table any more.
    Privilege(Side),
    /// We die at a named moment.
    Failpoint(String),
    /// So many bytes are free on the target's disk.
    FullDisk(u64),
}

/// A fault at its moment.
#[derive(Debug, Clone)]
pub(super) struct Blow {
    pub(super) label: &'static str,
    pub(super) fault: Fault,
    pub(super) moment: Moment,
    /// It is over after so long, or when the program has ended.
    pub(super) hold: Duration,
}

/// When a fault begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// So long after the start.
    After(Duration),
    /// When so many steps are done.
    Steps(usize),
    /// When so many bytes have gone through the network.
    Bytes(u64),
}

/// What an undisturbed run takes: moments are chosen within it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) time: Duration,
    pub(super) steps: usize,
}

/// What ends a fault.
pub(super) type Lift<'l> = Box<dyn FnOnce() + 'l>;

/// The faults by their names in the tally; a run's first one is chosen by turns.
pub(super) const LABELS: &[&str] = &[
    "kill -9",
    "source crashes",
    "target crashes",
    "network cut",
    "network: message truncated",
    "network reset",
    "session terminated",
    "statement cancelled",
    "failpoint",
    "lock",
    "SIGTERM",
    "network slow",
    "network narrow",
    "network black hole",
    "network black hole one way",
    "network half open",
    "max_connections",
    "role's connection limit",
    "role may not log in",
    "privilege revoked",
    "disk full",
];

/// Larger than a lane's largest step: trouble by bytes begins anywhere in a run.
const MOST_BYTES: u64 = 4_000_000;

/// In milliseconds: longer than lanes wait for a peer that went silent ([`super::scene::STALL_TIMEOUT`]).
const LONGEST_HOLE: u64 = 15_000;

impl Blow {
    /// A fault of this name, the rest by chance.
    pub(super) fn choose(label: &'static str, rng: &mut Rng, extent: Extent) -> Self {
        let side = rng.pick(&[Side::Source, Side::Target]);
        let millis = |rng: &mut Rng, least, most| Duration::from_millis(rng.between(least, most));
        let count = rng.pick(&[1, 2, 100]);
        let fault = match label {
            "kill -9" => Fault::Signal(Signal::KILL),
            "SIGTERM" => Fault::Signal(Signal::TERM),
            "source crashes" => Fault::Crash(Side::Source),
            "target crashes" => Fault::Crash(Side::Target),
            "session terminated" => Fault::Terminate(side, count),
            "statement cancelled" => Fault::Cancel(side, count),
            "lock" => Fault::Lock(side),
            "max_connections" => Fault::Crowd(side, usize::try_from(rng.between(0, 3)).expect("small")),
            "role's connection limit" => Fault::RoleLimit(side, rng.pick(&[0, 1, 2, 3])),
            "role may not log in" => Fault::NoLogin(side),
            "privilege revoked" => Fault::Privilege(side),
            "disk full" => Fault::FullDisk(rng.between(0, 500_000)),
            "failpoint" => {
                let names: Vec<&str> = Failpoint::ALL.iter().map(|(_, name)| *name).collect();
                Fault::Failpoint(format!("{}:{}", rng.pick(&names), rng.pick(&[1, 1, 2, 5, 15])))
            }
            _ => Fault::Network(side, Self::trouble(label, rng)),
        };
        let mut moment = if rng.percent(50) {
            Moment::After(millis(rng, 0, extent.time.as_millis().try_into().expect("a short run")))
        } else {
            Moment::Steps(
                usize::try_from(rng.between(0, extent.steps as u64 - 1)).expect("a number of steps"),
            )
        };
        let by_bytes = rng.percent(60);
        let bytes = rng.between(0, MOST_BYTES);
        if label == "network: message truncated" || matches!(fault, Fault::Network(..)) && by_bytes {
            moment = Moment::Bytes(bytes);
        }
        let hold = match fault {
            Fault::Crash(_) => millis(rng, 0, 4000),
            Fault::Network(_, Trouble::Hole { .. } | Trouble::HalfOpen) => millis(rng, 500, LONGEST_HOLE),
            _ => millis(rng, 300, 4000),
        };
        Self { label, fault, moment, hold }
    }

    fn trouble(label: &str, rng: &mut Rng) -> Trouble {
        let to_client = rng.percent(50);
        let swallows = rng.percent(50);
        match label {
            "network slow" => Trouble::Latency(Duration::from_millis(rng.between(1, 40))),
            "network narrow" => Trouble::Bandwidth(rng.between(50_000, 2_000_000)),
            "network cut" => Trouble::Cut { reset: false, all: rng.percent(50) },
            "network: message truncated" => Trouble::Cut { reset: rng.percent(30), all: false },
            "network reset" => Trouble::Cut { reset: true, all: rng.percent(50) },
            "network black hole" => Trouble::Hole { to_client: true, to_server: true, swallows },
            "network black hole one way" => Trouble::Hole { to_client, to_server: !to_client, swallows },
            "network half open" => Trouble::HalfOpen,
            _ => panic!("no fault is called {label}"),
        }
    }
}

impl Moment {
    /// Whether it has come, for a program that was started so long ago.
    pub(super) fn has_come(self, stage: &Stage<'_>, fault: &Fault, running_for: Duration) -> bool {
        match (self, fault) {
            (Self::After(pause), _) => running_for >= pause,
            (Self::Steps(steps), _) => {
                stage.workspace.path("plan.tsv").exists() && stage.workspace.steps_done() >= steps
            }
            (Self::Bytes(_), Fault::Network(side, _)) => stage.scene.network(*side).has_trouble(),
            (Self::Bytes(_), _) => false,
        }
    }
}

impl Fault {
    /// The side that is reached through its bad network.
    pub(super) fn network(&self) -> Option<(Side, Trouble)> {
        if let Self::Network(side, trouble) = self { Some((*side, *trouble)) } else { None }
    }

    /// Whether it means nothing to a superuser.
    pub(super) fn spares_superusers(&self) -> bool {
        matches!(self, Self::RoleLimit(..) | Self::NoLogin(_) | Self::Privilege(_))
    }

    /// Begins it; `None` where there is nothing for it to hit.
    pub(super) fn begin<'s>(&self, stage: &'s Stage<'s>, running: &mut Running) -> Option<Lift<'s>> {
        match *self {
            Self::Signal(signal) => {
                running.signal(signal);
                Some(Box::new(|| ()))
            }
            Self::Crash(side) => {
                let server = stage.scene.server(side);
                server.crash_and_stay_down();
                Some(Box::new(|| server.start_again()))
            }
            Self::Network(side, trouble) => {
                let network = stage.scene.network(side);
                // Trouble that waits for a byte has begun by itself.
                if !network.has_trouble() {
                    network.begin(trouble);
                }
                Some(Box::new(|| network.heal()))
            }
            Self::Cancel(side, count) => on_ours(stage, side, "pg_cancel_backend", count),
            Self::Terminate(side, count) => on_ours(stage, side, "pg_terminate_backend", count),
            Self::Lock(side) => lock(stage, side),
            Self::Crowd(side, left) => Some(crowd(stage, side, left)),
            Self::RoleLimit(side, limit) => {
                Some(role(stage, side, &format!("CONNECTION LIMIT {limit}"), "CONNECTION LIMIT -1"))
            }
            Self::NoLogin(side) => Some(role(stage, side, "NOLOGIN", "LOGIN")),
            Self::Privilege(side) => privilege(stage, side),
            Self::FullDisk(free) => {
                let disk = stage.scene.disk.as_ref()?;
                disk.fill(free);
                Some(Box::new(|| disk.free()))
            }
            Self::Failpoint(_) => None,
        }
    }
}

/// Calls a function for some backends of ours, if there are any.
fn on_ours<'s>(stage: &Stage<'_>, side: Side, function: &str, count: u32) -> Option<Lift<'s>> {
    let mut session = stage.scene.server(side).session();
    let hit = session.rows(&format!(
        "SELECT {function}(pid) FROM (SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'pgmigrate%' \
         AND datname = {} ORDER BY random() LIMIT {count}) ours",
        literal(&stage.end(side).name)
    ));
    if hit.is_empty() { None } else { Some(Box::new(|| ())) }
}

/// Asks for a table, as a statement that alters it would; what comes later waits behind it, whether it has the lock or not.
fn lock<'s>(stage: &Stage<'_>, side: Side) -> Option<Lift<'s>> {
    let mut session = stage.session(side)?;
    if session.value("SELECT to_regclass('public.item') IS NULL") == "t" {
        return None;
    }
    // Refused after a while: then it was a fault all the same.
    drop(
        session
            .try_execute("SET lock_timeout = '2s'; BEGIN; LOCK TABLE public.item IN ACCESS EXCLUSIVE MODE"),
    );
    Some(Box::new(move || drop(session)))
}

/// Takes every connection but some.
fn crowd<'s>(stage: &Stage<'_>, side: Side, left: usize) -> Lift<'s> {
    let uri = stage.scene.server(side).uri("postgres").replacen("postgres@", "chaos_mover@", 1);
    let mut sessions = Vec::new();
    while let Ok(session) = Session::try_open(&uri) {
        sessions.push(session);
    }
    sessions.truncate(sessions.len().saturating_sub(left));
    Box::new(move || drop(sessions))
}

fn role<'s>(stage: &'s Stage<'s>, side: Side, change: &str, back: &'static str) -> Lift<'s> {
    let server = stage.scene.server(side);
    server.session().execute(&format!("ALTER ROLE chaos_mover {change}"));
    Box::new(move || server.session().execute(&format!("ALTER ROLE chaos_mover {back}")))
}

/// Takes from our role what it may do with a table of its own; not before the plan is made, which would carry that.
fn privilege<'s>(stage: &'s Stage<'s>, side: Side) -> Option<Lift<'s>> {
    let mut session = stage.session(side)?;
    let is_there = session.value("SELECT to_regclass('public.item') IS NOT NULL") == "t";
    if !is_there || !stage.workspace.path("plan.tsv").exists() {
        return None;
    }
    session.try_execute("REVOKE ALL ON public.item FROM chaos_mover").ok()?;
    // A grant would leave an ACL where there was none.
    let back = "UPDATE pg_class SET relacl = NULL WHERE oid = 'public.item'::regclass";
    Some(Box::new(move || stage.session(side).expect("a session").execute(back)))
}
