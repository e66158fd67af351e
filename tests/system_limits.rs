//! A system that gives few files or few threads: an error says so, nothing panics, nothing waits for ever, and what was begun
//! goes on where there is more.
use crate::support::{
    cli::{Invocation, Outcome, Workspace},
    database::Database,
    server::Server,
    stranger::Stranger,
};

const TABLES: &str = "
    CREATE TABLE item (id integer PRIMARY KEY, note text);
    INSERT INTO item SELECT n, 'note ' || n FROM generate_series(1, 1000) n; CREATE INDEX ON item (note);
    CREATE TABLE other (id integer REFERENCES item); INSERT INTO other SELECT generate_series(1, 1000)";

/// Runs under each limit, of the same kind as the last one that was too small; a run that fails says `hint`.
fn under(limits: &[u32], hint: &str, run: impl Fn(&Workspace, &str, u32) -> Invocation) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, TABLES);
    let mut ended_well = false;
    for limit in limits {
        let (copy, workspace) = (Database::absent(&target), Workspace::new());
        let migrate = format!("migrate --jobs 2 --source '{}' --target '{}'", database.uri(), copy.uri());
        let outcome = run(&workspace, &migrate, *limit).run();
        must_be_told(*limit, &outcome, hint);
        ended_well = outcome.status.code() == Some(0);
        if !ended_well {
            workspace.between("migrate", &database, &copy).arg("--resume").run().assert_code(0);
        }
        assert_eq!(database.fingerprint(), copy.fingerprint());
    }
    assert!(ended_well, "the last limit is too small too");
}

fn must_be_told(limit: u32, outcome: &Outcome, hint: &str) {
    assert!(!outcome.stderr.contains("panicked"), "limit {limit}: {outcome}");
    match outcome.status.code() {
        Some(0) => {}
        // Steps of which each has said it.
        Some(5 | 8) => _ = outcome.says(hint),
        _ => panic!("limit {limit}: {outcome}"),
    }
}

#[test]
fn few_open_files() {
    // With 3 there is none beside the three that are open, and nobody can be told who we are.
    let limits = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 64];
    under(&limits, "ulimit -n", |workspace, migrate, limit| {
        workspace.shell(&format!("ulimit -n {limit}; exec \"$PGMIGRATE\" {migrate}"))
    });
}

/// The limit counts all processes and threads of a user, and does not hold for root.
#[test]
fn few_threads() {
    let Some(stranger) = Stranger::new() else {
        eprintln!("skipped: it takes root and setpriv to be somebody else");
        return;
    };
    under(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 64], "ulimit -u", |workspace, migrate, limit| {
        let files = stranger.dir.join(limit.to_string());
        let line = stranger.shell(&limit.to_string(), &format!("prlimit --nproc={limit}"), migrate);
        // The resume looks for the files here.
        let files = files.display();
        workspace.shell(&format!("here=$PWD; ({line}); code=$?; cp {files}/* $here 2> /dev/null; exit $code"))
    });
}
