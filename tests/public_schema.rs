//! A source whose schema `public` was dropped: no target gets it back.
use crate::support::{
    cli::Workspace,
    database::Database,
    judge,
    server::{Server, versions},
};

#[test]
fn a_dropped_public_stays_dropped() {
    let newest = versions().into_iter().max().expect("a version");
    for (source, target) in [
        (Server::main("source"), Server::main("target")),
        (Server::main("source"), Server::start("target", newest)),
    ] {
        let database = Database::with(
            &source,
            "DROP SCHEMA public; CREATE SCHEMA own; CREATE TABLE own.t (n integer PRIMARY KEY, t text);
             INSERT INTO own.t SELECT n, 'row ' || n FROM generate_series(1, 100) n",
        );
        let copy = Database::absent(&target);
        let workspace = Workspace::new();
        workspace.between("migrate", &database, &copy).run().assert_code(0);
        assert!(!copy.has("SELECT FROM pg_namespace WHERE nspname = 'public'"), "{target:?}");
        judge::assert_equal(&database, &copy);
        workspace.between("verify", &database, &copy).run().assert_code(0);
        // From the copy too.
        let again = Database::absent(&target);
        Workspace::new().between("migrate", &copy, &again).run().assert_code(0);
        judge::assert_equal(&copy, &again);
    }
}
