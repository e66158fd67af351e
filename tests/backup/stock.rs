//! What `pg_dump -Fd` wrote is restored too, and `pg_restore`'s switches mean what they say.
use super::{SHOP, back_up, pg_restores, restore, stock};
use crate::support::{cli::Workspace, database::Database, judge, server::Server};

#[test]
fn a_dump_of_pg_dump_is_restored() {
    let server = Server::main("source");
    let database = Database::with(&server, SHOP);
    database.execute("SELECT lo_from_bytea(99, 'large'); COMMENT ON TABLE shop.item IS 'things'");
    for (_, program) in pg_restores(&server) {
        for compression in ["0", "6"] {
            let workspace = Workspace::new();
            let directory = workspace.path("dump");
            let path = directory.to_str().unwrap();
            let pg_dump = program.with_file_name("pg_dump");
            let name = database.uri();
            stock(&pg_dump, &["-Fd", "--no-sync", "-Z", compression, "-f", path, "--dbname", &name]).unwrap();
            let copy = Database::absent(&server);
            restore(&workspace, &directory, &copy).assert_code(0).says("no manifest");
            judge::assert_equal(&database, &copy);
            assert_eq!(copy.fingerprint(), database.fingerprint());
            assert_eq!(copy.value("SELECT lo_get(99)"), database.value("SELECT lo_get(99)"));
        }
    }
}

#[test]
fn switches_of_pg_restore_find_what_they_are_for() {
    let server = Server::main("source");
    let _alone = server.alone();
    let role = "test_backup_switch";
    if !server.has_role(role) {
        server.session().execute(&format!("CREATE ROLE {role}"));
    }
    let database = Database::with(&server, SHOP);
    database.execute(&format!(
        "ALTER TABLE shop.item OWNER TO {role}; GRANT SELECT ON shop.sold TO {role};
         COMMENT ON TABLE shop.item IS 'things'"
    ));
    let workspace = Workspace::new();
    let directory = back_up(&workspace, &database);
    let path = directory.to_str().unwrap();
    for (_, program) in pg_restores(&server) {
        let script =
            |switches: &[&str]| stock(&program, &[switches, &["--file", "-", path]].concat()).unwrap();
        let all = script(&[]);
        for (switch, text) in [
            ("--no-owner", "OWNER TO"),
            ("--no-privileges", "GRANT "),
            ("--no-comments", "COMMENT ON"),
            ("--schema-only", "COPY "),
            ("--section=post-data", "CREATE TABLE"),
            ("--section=pre-data", "CREATE INDEX"),
            ("--data-only", "CREATE "),
        ] {
            assert!(all.contains(text), "{text}\n{all}");
            assert!(!script(&[switch]).contains(text), "{switch}");
        }
        let one = script(&["--table", "item"]);
        assert!(one.contains("CREATE TABLE shop.item") && !one.contains("shop.sold"), "{one}");
        // With --create it makes the database; with --clean it drops first what it makes.
        let renamed = script(&["--create"]);
        assert!(renamed.contains("CREATE DATABASE"), "{renamed}");
        let copy = Database::create(&server);
        stock(&program, &["--dbname", &copy.uri(), path]).unwrap();
        stock(&program, &["--clean", "--if-exists", "--schema-only", "--file", "-", path]).unwrap();
    }
}
