//! `roles.via`: the catalog and `pg_dumpall` tell the same roles.
use super::{ALL, Pair, available, dumpall, dumped};
use crate::support::cli::{Invocation, Workspace};

/// `globals` with a PATH of its own.
fn via(pair: &Pair, keys: &str, path: &str, arguments: &[&str]) -> crate::support::cli::Outcome {
    let workspace = Workspace::new();
    workspace.config(&pair.source.uri("postgres"), &pair.target.uri("postgres"), keys);
    let invocation = workspace.with_config("globals").env("PATH", path);
    arguments.iter().fold(invocation, Invocation::arg).run()
}

const DUMPALL: &str = "roles: { mode: all, via: pg_dumpall }";

#[test]
fn pg_dumpall_tells_the_same_roles_as_the_catalog() {
    for (from, to) in [(15, 15), (16, 18)] {
        let Some(program) = dumpall(from).filter(|_| available(&[from, to])) else { continue };
        let dir = program.parent().expect("a directory").to_str().expect("UTF-8").to_owned();
        let pair = Pair::new(from, to);
        let mut session = pair.source.session();
        session.execute(include_str!("roles.sql"));
        if from >= 16 {
            session.execute(include_str!("grantors.sql"));
        }
        let [catalog, told] = [ALL, DUMPALL].map(|keys| via(&pair, keys, &dir, &["--dry-run", "--json"]));
        catalog.assert_code(0);
        told.assert_code(0);
        let [catalog, told] = [catalog, told].map(|outcome| outcome.stdout);
        assert_eq!(catalog, told);
        via(&pair, DUMPALL, &dir, &[]).assert_code(0);
        assert_eq!(dumped(&pair.source, to), dumped(&pair.target, to));
        via(&pair, DUMPALL, &dir, &[]).assert_code(0).says("the target lacks nothing");
    }
}

#[test]
fn a_program_that_is_not_there_or_too_old_is_refused() {
    let pair = Pair::new(15, 15);
    let none = via(&pair, DUMPALL, "/nowhere", &["--dry-run"]);
    none.assert_code(2)
        .stderr_contains("there is no `pg_dumpall` on PATH")
        .stderr_contains("hint: put a `pg_dumpall`");
    let workspace = Workspace::new();
    workspace.write("pg_dumpall", "#!/bin/sh\necho 'pg_dumpall (PostgreSQL) 9.6.24'\n");
    let program = workspace.path("pg_dumpall");
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
    let old = via(&pair, DUMPALL, workspace.dir.to_str().expect("UTF-8"), &["--dry-run"]);
    old.assert_code(2).stderr_contains("older than the source");
    // `auto` needs none.
    via(&pair, ALL, "/nowhere", &["--dry-run"]).assert_code(0);
}
