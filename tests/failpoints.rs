//! Dying at every named moment, each time that a run gets there, and once more in the resume: the copy ends equal.
use pgmigrate::failpoint::Failpoint;

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    judge,
    server::Server,
};

/// Something for every kind of step, and two tables of several chunks.
const SOURCE: &str = "
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE TABLE maker (id serial PRIMARY KEY, name text NOT NULL, mood mood);
    CREATE TABLE item (id serial PRIMARY KEY, maker integer REFERENCES maker, text text UNIQUE);
    CREATE TABLE empty ();
    INSERT INTO maker (name, mood) SELECT 'maker ' || n, 'good' FROM generate_series(1, 3000) n;
    INSERT INTO item (maker, text) SELECT 1 + n % 3000, repeat(n::text, 10) FROM generate_series(1, 6000) n;
    CREATE INDEX item_maker ON item (maker);
    CREATE MATERIALIZED VIEW total AS SELECT maker, count(*) FROM item GROUP BY maker;
    CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER item_noop BEFORE INSERT ON item FOR EACH ROW EXECUTE PROCEDURE noop();
    ANALYZE";

/// More than any moment is reached: one that never ends would hang the test.
const ENOUGH: u32 = 200;

fn config(source: &Database, target: &Database, workspace: &Workspace) {
    let rest = "parallel: { max_jobs: 1 }
tables:
  include:
    - { schema: public, name: maker, chunk_column: id, chunk_size: 1000 }
    - { schema: public, name: item, chunk_column: id, chunk_size: 2000 }";
    workspace.config(&source.uri(), &target.uri(), rest);
}

fn dies_at(workspace: &Workspace, point: &str, resumes: bool) -> Outcome {
    let migrate = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", point);
    if resumes { migrate.arg("--resume").run() } else { migrate.run() }
}

/// Dies at the n-th time, for n from 1 until a run gets through.
fn each_time(point: Failpoint) {
    let name = Failpoint::ALL.iter().find(|(known, _)| *known == point).unwrap().1;
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, SOURCE);
    let expected = database.fingerprint();
    let mut reached = 0;
    // A line of state.tsv is like the others: every third will do.
    let stride = if point == Failpoint::StateTorn { 3 } else { 1 };
    for count in (1..ENOUGH).step_by(stride) {
        let (copy, workspace) = (Database::absent(&target), Workspace::new());
        config(&database, &copy, &workspace);
        let first = dies_at(&workspace, &format!("{name}:{count}"), false);
        if first.status.code().is_some() {
            first.assert_code(0);
            break;
        }
        reached += 1;
        // Where the moment is not met again, this is the resume that ends well.
        let second = dies_at(&workspace, name, true);
        if second.status.code().is_none() {
            workspace.with_config("migrate").arg("--resume").run().assert_code(0);
        } else {
            second.assert_code(0);
        }
        assert_eq!(expected, copy.fingerprint(), "{name}:{count}");
        assert!(!copy.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'"), "{name}:{count}");
        workspace.with_config("verify").run().assert_code(0);
        let torn = workspace.files().into_iter().find(|name| name.contains(".tmp"));
        assert_eq!(torn, None, "{name}:{count}");
        if count == 1 {
            workspace.with_config("migrate").arg("--resume").run().assert_code(0).says("nothing to do");
            judge::assert_equal(&database, &copy);
        }
    }
    assert!(reached > 0, "no run gets to {name}");
}

macro_rules! at {
    ($($name:ident: $point:ident,)*) => {
        $(#[test] fn $name() { each_time(Failpoint::$point); })*

        #[test]
        fn every_failpoint_has_its_test() {
            // This run never gets to the others; `verify::resume`, `late_rows` and `tuning` die there.
            let tested = [
                $(Failpoint::$point,)*
                Failpoint::PartCompared,
                Failpoint::Usable,
                Failpoint::UndoWritten,
                Failpoint::SettingWritten,
                Failpoint::TargetTuned,
                Failpoint::SettingPutBack,
                Failpoint::TargetPutBack,
            ];
            assert!(Failpoint::ALL.iter().all(|(point, _)| tested.contains(point)));
        }
    };
}

at! {
    file_written: FileWritten,
    file_renamed: FileRenamed,
    state_torn: StateTorn,
    database_created: DatabaseCreated,
    journal_begun: JournalBegun,
    definitions_committed: DefinitionsCommitted,
    rows_sent: RowsSent,
    chunk_committed: ChunkCommitted,
    step_committed: StepCommitted,
    snapshot_released: SnapshotReleased,
    run_ended: RunEnded,
    journal_dropped: JournalDropped,
}
