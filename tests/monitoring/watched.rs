//! Four commands and a real Prometheus: a migration of the sample, its judge, a run that fails, and one whose source falls
//! silent and which is killed. Every panel has data then, and each alert that can be brought about in seconds has fired;
//! the others, and all of them in their own time, are played through by `promtool`.
use std::net::TcpListener;

use rustix::process::Signal;

use super::{dashboard, prometheus::Prometheus, rules};
use crate::{
    metrics::scrape::{Scrape, spawn},
    support::{
        cli::{Invocation, Running, Workspace},
        database::{Database, Session},
        proxy::{End, Proxy},
        sample,
        server::Server,
        wait_for,
    },
};

/// An index that can be built where the source's database is, not where `test.refuse` is set; a table to wait for, and an
/// index that is built after the wait: what happens before the second scrape is no rate.
const REFUSED: &str = "CREATE TABLE item (n integer PRIMARY KEY, note text);
    INSERT INTO item SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n;
    CREATE FUNCTION accepts(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS
    $$ BEGIN IF current_setting('test.refuse', true) = 'on' THEN RAISE '% is refused', n; END IF; RETURN n; END $$;
    CREATE INDEX item_accepted ON item (accepts(n));
    CREATE TABLE held AS SELECT n FROM generate_series(1, 10) n;
    CREATE INDEX held_n ON held (n)";

/// A command, and the port of its metrics.
struct Watched {
    running: Running,
    port: u16,
    _workspace: Workspace,
}

/// A port that is kept until a command takes it: Prometheus knows its targets before they are there.
struct Kept(TcpListener);

impl Kept {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").expect("a port"))
    }

    fn port(&self) -> u16 {
        self.0.local_addr().expect("an address").port()
    }

    /// Starts a command that serves its metrics there, and goes on to do so after its end.
    fn spawn(self, workspace: Workspace, command: Invocation) -> Watched {
        let port = self.port();
        drop(self);
        let running = spawn(command.args(["--jobs", "2", "--metrics-linger", "600"]), port);
        Watched { running, port, _workspace: workspace }
    }
}

impl Watched {
    /// Waits for the end of its work, and until that was scraped; then it need not linger.
    fn end(mut self, prometheus: &Prometheus, code: i32) {
        Scrape::until(self.port, "the end", |scrape| {
            scrape.is("pgmigrate_run_state", "state=\"running\"", 0.0)
        });
        let ended =
            format!("pgmigrate_run_state{{state=\"running\",instance=\"127.0.0.1:{}\"}} == 0", self.port);
        wait_for("a scrape of the end", || !prometheus.ask(&ended).is_empty());
        self.running.signal(Signal::INT);
        self.running.wait().assert_code(code);
    }
}

/// A run that waits for a lock on its target, with what holds it up. Nothing is on its way then: a COPY that waits for us
/// would let nobody drop a database of the server.
struct Held {
    run: Watched,
    holder: Session,
    copy: Database,
}

impl Held {
    fn begin(kept: Kept, source: &str, target: &Server, options: &str) -> Self {
        let copy = Database::with(target, "CREATE TABLE held (n integer)");
        let name = copy.value("SELECT current_database()");
        copy.execute(&format!("ALTER DATABASE {name} SET {options}"));
        let mut holder = copy.session();
        // It lets read, but not write.
        holder.execute("BEGIN; LOCK TABLE held IN SHARE MODE");
        let workspace = Workspace::new();
        let ends = ["migrate", "--source", source, "--target", &copy.uri(), "--on-existing", "append"];
        let command = workspace.pgmigrate(ends);
        Self { run: kept.spawn(workspace, command), holder, copy }
    }
}

/// The migration of the sample is told to be well; then a row is missing.
fn sample_and_judge(
    prometheus: &Prometheus,
    [migrated, judged]: [Kept; 2],
    sample: &Database,
    target: &Server,
) {
    let _alone = target.alone();
    let copy = Database::absent(target);
    let workspace = Workspace::new();
    let command = workspace.between("migrate", sample, &copy).args(["--metrics-tables", "5"]);
    migrated.spawn(workspace, command).end(prometheus, 0);
    copy.execute("DELETE FROM bookings.sparse WHERE id = 7");
    let workspace = Workspace::new();
    let command = workspace.between("verify", sample, &copy);
    let verify = judged.spawn(workspace, command);
    prometheus.until_fired("PgmigrateDiffers", verify.port);
    verify.end(prometheus, 1);
}

#[test]
fn panels_have_data_and_alerts_fire() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let kept = [(); 4].map(|()| Kept::new());
    let ports = kept.each_ref().map(Kept::port);
    let Some(prometheus) = Prometheus::start(&ports) else { return };
    let Some(sample) = sample::database(&source) else { return };
    let [migrated, judged, failing, lost] = kept;

    let database = Database::with(&source, REFUSED);
    let mut failing = Held::begin(failing, &database.uri(), &target, "test.refuse = on");
    let proxy = Proxy::after(u64::MAX, End::Stall, source.port);
    let lost = Held::begin(lost, &database.uri_through(proxy.port()), &target, "test.refuse = off");

    sample_and_judge(&prometheus, [migrated, judged], &sample, &target);

    proxy.end_now();
    for alert in ["PgmigrateStepFailed", "PgmigrateLocked", "PgmigrateStalled"] {
        prometheus.until_fired(alert, failing.run.port);
    }
    failing.copy.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    let retried = "pgmigrate_retries_total{reason=\"shutdown\"} > 0";
    wait_for("a retry", || !prometheus.ask(retried).is_empty());
    failing.holder.execute("ROLLBACK");
    prometheus.until_fired("PgmigrateFailed", failing.run.port);
    failing.run.end(&prometheus, 5);

    let Watched { running, port, .. } = lost.run;
    prometheus.until_fired("PgmigrateServerDown", port);
    assert!(running.kill_when("nothing more", || true), "it was under way");
    prometheus.until_fired("PgmigrateGone", port);

    let rules = prometheus.rules();
    assert_eq!(rules.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), rules::names());
    assert!(rules.iter().all(|(_, trouble)| trouble.is_empty()), "{rules:?}");
    // What waits for a moment may be told to wait too long where minutes are seconds.
    let [of_the_sample, ..] = ports.map(|port| prometheus.fired(port));
    assert!(of_the_sample.iter().all(|alert| alert == "PgmigrateLocked"), "{of_the_sample:?}");
    every_panel_has_data(&prometheus);
}

fn every_panel_has_data(prometheus: &Prometheus) {
    let empty: Vec<_> = dashboard::asked()
        .into_iter()
        .filter(|query| {
            let series = prometheus.ask(&query.text);
            !series.iter().flat_map(|series| &series.values).any(|value| value.is_finite())
        })
        .collect();
    assert!(empty.is_empty(), "no data: {empty:#?}");
}
