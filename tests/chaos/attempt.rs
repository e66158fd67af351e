//! One run of the program under a fault, and the watch that it moves.
use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::support::{
    cli::{Outcome, Running},
    server::Server,
};

use super::{
    fault::{Blow, Fault, Moment},
    scene::{Side, Stage},
};

/// A run whose log and state have not grown for so long hangs.
const PATIENCE: Duration = Duration::from_secs(180);

/// How often the moment and the end are looked for.
const TICK: Duration = Duration::from_millis(3);

/// What came of a run.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) outcome: Outcome,
    /// The fault began while the program ran.
    pub(super) at_work: bool,
}

/// Runs `migrate`, with `--resume` or not, under a fault or none. An error is a hang, with all that may explain it.
pub(super) fn attempt(stage: &Stage<'_>, blow: Option<&Blow>, resumes: bool) -> Result<Attempt, String> {
    let network = blow.and_then(|blow| blow.fault.network());
    stage.configure(network.map(|(side, _)| side));
    if let (Some((side, trouble)), Some(Moment::Bytes(bytes))) = (network, blow.map(|blow| blow.moment)) {
        stage.scene.network(side).begin_after(bytes, trouble);
    }
    let mut command = stage.command("migrate");
    if let Some(Fault::Failpoint(name)) = blow.map(|blow| &blow.fault) {
        command = command.env("PGMIGRATE_FAILPOINT", name);
    }
    let running = if resumes { command.arg("--resume") } else { command }.spawn();
    let mut watch = Watch::over(stage, running);
    let mut at_work = false;
    let mut ended_in_crash = false;
    if let Some(blow) = blow {
        if watch.until(|age| blow.moment.has_come(stage, &blow.fault, age))?
            && let Some(lift) = blow.fault.begin(stage, &mut watch.running)
        {
            at_work = true;
            let began = Instant::now();
            let waited = watch.until(|_| began.elapsed() >= blow.hold);
            lift();
            let goes_on = waited?;
            ended_in_crash = blow.fault == Fault::Crash(Side::Target) && !goes_on;
        }
        if let Some((side, _)) = network {
            at_work |= stage.scene.network(side).has_trouble();
            stage.scene.network(side).heal();
        }
    }
    let outcome = watch.end()?;
    at_work |= outcome.status.signal() == Some(Signal::ABORT.as_raw());
    // All was committed before the crash, which came too late to be noticed.
    if ended_in_crash && outcome.status.success() {
        stage.refill();
    }
    Ok(Attempt { outcome, at_work })
}

struct Watch<'w> {
    stage: &'w Stage<'w>,
    running: Running,
    began: Instant,
    /// Sizes of log and state, and since when.
    seen: (u64, Instant),
}

impl<'w> Watch<'w> {
    fn over(stage: &'w Stage<'w>, running: Running) -> Self {
        Self { stage, running, began: Instant::now(), seen: (0, Instant::now()) }
    }

    /// Waits until a condition holds; `false` if the program ended before.
    fn until(&mut self, mut condition: impl FnMut(Duration) -> bool) -> Result<bool, String> {
        loop {
            if self.running.ended() {
                return Ok(false);
            }
            if condition(self.began.elapsed()) {
                return Ok(true);
            }
            self.must_move()?;
            std::thread::sleep(TICK);
        }
    }

    fn end(mut self) -> Result<Outcome, String> {
        self.until(|_| false)?;
        Ok(self.running.wait())
    }

    fn must_move(&mut self) -> Result<(), String> {
        let size = |name| fs::metadata(self.stage.workspace.path(name)).map_or(0, |file| file.len());
        let sizes = size("pgmigrate.log") + size("state.tsv");
        if sizes != self.seen.0 {
            self.seen = (sizes, Instant::now());
        }
        if self.seen.1.elapsed() < PATIENCE {
            return Ok(());
        }
        let scene = self.stage.scene;
        let told = format!(
            "hangs\n{}\n--- source\n{}\n--- target\n{}",
            threads(self.running.pid()),
            sessions(&scene.source),
            sessions(&scene.target)
        );
        self.running.signal(Signal::KILL);
        Err(told)
    }
}

/// What each thread of a process waits for in the kernel.
fn threads(pid: u32) -> String {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return String::new() };
    let lines = tasks.flatten().map(|task| {
        let read = |name| fs::read_to_string(task.path().join(name)).unwrap_or_default();
        format!(
            "thread {} waits in {}, syscall {}",
            read("comm").trim(),
            read("wchan"),
            read("syscall").trim()
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn sessions(server: &Server) -> String {
    let sql = "SELECT a.pid, a.application_name, a.state, a.wait_event_type, a.wait_event, a.query, \
               (SELECT string_agg(format('%s %s %s', l.relation, l.mode, l.granted), ', ') FROM pg_locks l WHERE l.pid = a.pid) \
               FROM pg_stat_activity a WHERE a.datname IS NOT NULL AND a.pid <> pg_backend_pid()";
    let rows = server.session().rows(sql);
    let lines = rows.iter().map(|row| row.iter().flatten().cloned().collect::<Vec<_>>().join(" | "));
    lines.collect::<Vec<_>>().join("\n")
}
