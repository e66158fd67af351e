//! What `pg_dump -Fd` wrote is restored too, and `pg_restore`'s switches mean what they say.
use super::{SHOP, back_up, pg_restores, programs, restore, stock};
use crate::support::{cli::Workspace, database::Database, judge, server::Server};

#[test]
fn a_dump_of_pg_dump_is_restored() {
    let server = Server::main("source");
    let database = Database::with(&server, SHOP);
    let [owner, reader] = ["backup_lo_owner", "LARGE OBJECT 99"];
    // From 17 on those of one owner and the same privileges are listed together, and named by the first of them.
    database.execute(&format!(
        "DO $$ BEGIN CREATE ROLE {owner}; CREATE ROLE \"{reader}\"; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
         SELECT lo_from_bytea(oid, convert_to('large ' || oid, 'UTF8')) FROM generate_series(99, 120) AS oid;
         DO $$ BEGIN
             FOR oid IN 99..110 LOOP
                 EXECUTE format('ALTER LARGE OBJECT %s OWNER TO {owner}', oid);
                 EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO \"{reader}\"', oid);
             END LOOP;
         END $$;
         COMMENT ON LARGE OBJECT 100 IS 'the second';
         COMMENT ON TABLE shop.item IS 'things'"
    ));
    for (major, pg_dump) in programs("pg_dump", &server) {
        for compression in ["0", "6"] {
            let workspace = Workspace::new();
            let directory = workspace.path("dump");
            let path = directory.to_str().unwrap();
            let name = database.uri();
            stock(&pg_dump, &["-Fd", "--no-sync", "-Z", compression, "-f", path, "--dbname", &name]).unwrap();
            let copy = Database::absent(&server);
            restore(&workspace, &directory, &copy).assert_code(0).says("no manifest");
            judge::assert_equal(&database, &copy);
            assert_eq!(copy.fingerprint(), database.fingerprint());
            let large = "SELECT count(*), string_agg(convert_from(lo_get(oid), 'UTF8') || coalesce(lomacl::text, '') \
                 || lomowner::regrole || coalesce(obj_description(oid, 'pg_largeobject'), ''), ',' ORDER BY oid) \
                 FROM pg_largeobject_metadata";
            assert_eq!(copy.value(large), database.value(large), "pg_dump {major}");
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
