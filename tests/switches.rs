//! What of the objects is carried and under which names: `--no-…`, `map`, `extensions`, tablespaces; `verify` judges by
//! the same.
use crate::support::{
    cli::Workspace,
    database::Database,
    server::{Server, literal},
};

fn servers() -> [Server; 2] {
    ["source", "target"].map(Server::main)
}

/// Roles outlive databases: these are made only if they are absent.
fn make_roles(server: &Server, names: &[&str]) {
    for name in names {
        if !server.has_role(name) {
            server.session().execute(&format!("CREATE ROLE {name}"));
        }
    }
}

/// The server version from which on partitioned tables remember a tablespace.
const PARTITIONED_TABLESPACES: u32 = 12;

/// A tablespace within the data directory, where the server can.
fn make_tablespace(server: &Server, name: &str) -> bool {
    if server.major < PARTITIONED_TABLESPACES {
        eprintln!("skipped: server {} keeps no tablespace of partitioned tables", server.major);
        return false;
    }
    let mut session = server.session();
    if session.exists(&format!("SELECT 1 FROM pg_tablespace WHERE spcname = {}", literal(name))) {
        return true;
    }
    let made = session
        .try_execute("SET allow_in_place_tablespaces = on")
        .and_then(|()| session.try_execute(&format!("CREATE TABLESPACE {name} LOCATION ''")));
    if let Err(error) = &made {
        eprintln!("skipped: no tablespaces in place: {error}");
    }
    made.is_ok()
}

const EVERYTHING: &str = "
    COMMENT ON SCHEMA public IS 'ours';
    GRANT CREATE ON SCHEMA public TO obj_reader;
    CREATE TABLE item (id integer PRIMARY KEY, note text);
    ALTER TABLE item OWNER TO obj_owner;
    COMMENT ON TABLE item IS 'things';
    COMMENT ON COLUMN item.note IS 'words';
    REVOKE DELETE ON item FROM obj_owner;
    GRANT SELECT, UPDATE ON item TO obj_reader WITH GRANT OPTION;
    GRANT INSERT (note) ON item TO obj_reader;
    CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
    ALTER FUNCTION f() OWNER TO obj_owner;
    REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE obj_owner GRANT SELECT ON TABLES TO obj_reader;
    SELECT lo_from_bytea(41001, 'of another'), lo_from_bytea(41002, 'of ours'), lo_from_bytea(41003, 'of ours');
    ALTER LARGE OBJECT 41001 OWNER TO obj_owner;
    GRANT SELECT ON LARGE OBJECT 41001, 41002 TO obj_reader;
    COMMENT ON LARGE OBJECT 41003 IS 'large';
    REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) TO obj_reader;
    CREATE PUBLICATION p FOR TABLE item;
    CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);";

const ALL: [&str; 7] = [
    "--no-owner",
    "--no-privileges",
    "--no-comments",
    "--no-security-labels",
    "--no-tablespaces",
    "--no-publications",
    "--no-subscriptions",
];

#[test]
fn what_is_switched_off_stays_behind() {
    let [source, target] = servers();
    make_roles(&source, &["obj_owner", "obj_reader"]);
    let (database, copy) = (Database::with(&source, EVERYTHING), Database::absent(&target));
    let workspace = Workspace::new();
    let _alone = target.alone();
    target.forget_roles("obj_");
    workspace.between("migrate", &database, &copy).args(ALL).run().assert_code(0);
    workspace.between("verify", &database, &copy).args(ALL).run().assert_code(0);
    workspace.between("verify", &database, &copy).run().assert_code(1).says("OWNER TO obj_owner");
    database.execute("DROP SUBSCRIPTION s");
    assert!(!target.has_role("obj_owner") && !target.has_role("obj_reader"));
    for gone in [
        "SELECT 1 FROM pg_class WHERE relname = 'item' AND (relowner <> 10 OR relacl IS NOT NULL)",
        "SELECT 1 FROM pg_description WHERE objoid = 'item'::regclass",
        "SELECT 1 FROM pg_proc WHERE proname = 'f' AND proacl IS NOT NULL",
        "SELECT 1 FROM pg_default_acl",
        "SELECT 1 FROM pg_largeobject_metadata WHERE lomowner <> 10 OR lomacl IS NOT NULL",
        "SELECT 1 FROM pg_description WHERE objoid = 41003",
        "SELECT 1 WHERE NOT has_function_privilege('pg_monitor', 'pg_sleep(double precision)', 'EXECUTE')",
        "SELECT 1 FROM pg_publication",
        "SELECT 1 FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())",
    ] {
        assert!(!copy.has(gone), "{gone}");
    }
    // The server's own comment and privileges of `public`.
    assert!(copy.has("SELECT 1 WHERE obj_description('public'::regnamespace) = 'standard public schema'"));
}

#[test]
fn without_owners_the_privileges_are_those_of_whoever_owns_the_copy() {
    let [source, target] = servers();
    make_roles(&source, &["obj_owner", "obj_reader"]);
    let database = Database::with(&source, EVERYTHING);
    database.execute("DROP SUBSCRIPTION s");
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "objects: { owner: false, publications: false }");
    let _alone = target.alone();
    workspace.with_config("migrate").run().assert_code(0);
    let acl = "SELECT array_agg(a ORDER BY a LIKE 'obj_reader%') FROM (SELECT unnest(relacl)::text AS a FROM pg_class WHERE relname = 'item') x";
    let expected = database.value(acl).replace("obj_owner", "postgres");
    assert_eq!(copy.value(acl), expected);
    assert_eq!(
        copy.value("SELECT proowner::regrole || ' ' || proacl::text FROM pg_proc WHERE proname = 'f'"),
        "postgres {postgres=X/postgres}"
    );
    assert_eq!(
        copy.value("SELECT string_agg(oid || ' ' || COALESCE(lomacl::text, ''), ', ' ORDER BY oid) FROM pg_largeobject_metadata"),
        "41001 {postgres=rw/postgres,obj_reader=r/postgres}, 41002 {postgres=rw/postgres,obj_reader=r/postgres}, 41003 "
    );
    workspace.with_config("verify").run().assert_code(0);
    // A second run finds nothing to change.
    let again = workspace.with_config("plan").args(["--on-existing", "skip"]).run();
    assert!(!workspace.read("plan.tsv").contains("REVOKE"), "{again}");
    copy.execute("GRANT DELETE ON item TO obj_reader");
    workspace.with_config("verify").run().assert_code(1).says("TABLE public.item");
}

#[test]
fn an_ordinary_role_needs_nobodys_membership_for_a_copy_of_its_own() {
    let [source, target] = servers();
    make_roles(&source, &["obj_owner", "obj_reader"]);
    let database = Database::with(&source, EVERYTHING);
    database.execute("DROP SUBSCRIPTION s");
    let copy = Database::create(&target);
    let _alone = target.alone();
    make_roles(&target, &["obj_plain"]);
    let ours = copy.value("SELECT quote_ident(current_database())");
    target.session().execute("ALTER ROLE obj_plain LOGIN");
    target.session().execute(&format!("ALTER DATABASE {ours} OWNER TO obj_plain"));
    copy.execute("ALTER SCHEMA public OWNER TO obj_plain");
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &copy.uri_as("obj_plain", ""),
        "roles: { mode: none }\nobjects: { owner: false, privileges: false, comments: false }",
    );
    workspace.with_config("migrate").run().assert_code(0);
    assert_eq!(
        copy.value("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'item'"),
        "obj_plain"
    );
    assert_eq!(
        copy.value("SELECT string_agg(DISTINCT lomowner::regrole::text, ' ') FROM pg_largeobject_metadata"),
        "obj_plain"
    );
    workspace.with_config("verify").run().assert_code(0);
}

const NAMED: &str = "
    CREATE SCHEMA app AUTHORIZATION map_old;
    CREATE TABLE app.item (id integer PRIMARY KEY, who text);
    ALTER TABLE app.item OWNER TO map_old, ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON app.item TO map_reader USING (who = current_user);
    GRANT SELECT ON app.item TO map_reader;
    GRANT UPDATE (who) ON app.item TO map_reader;
    ALTER DEFAULT PRIVILEGES FOR ROLE map_old IN SCHEMA app GRANT SELECT ON TABLES TO map_reader;
    SELECT lo_from_bytea(41001, 'mine'), lo_from_bytea(41002, 'ours');
    ALTER LARGE OBJECT 41001 OWNER TO map_old;
    GRANT SELECT ON LARGE OBJECT 41002 TO map_reader;
    GRANT SELECT ON pg_catalog.pg_largeobject TO map_reader;
    CREATE FOREIGN DATA WRAPPER w;
    CREATE SERVER far FOREIGN DATA WRAPPER w;
    CREATE USER MAPPING FOR map_old SERVER far OPTIONS (\"user\" 'x', password 'hush');";

#[test]
fn roles_get_their_new_names_everywhere() {
    let [source, target] = servers();
    make_roles(&source, &["map_old", "map_reader"]);
    source.session().execute(
        "SET password_encryption = 'scram-sha-256'; GRANT map_reader TO map_old; ALTER ROLE map_old LOGIN PASSWORD 'hush'",
    );
    let (database, copy) = (Database::with(&source, NAMED), Database::absent(&target));
    let map =
        "map: { roles: { map_old: map_new, map_reader: \"map Viewer\", postgres: postgres, mpa_old: x } }";
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), map);
    let _alone = target.alone();
    target.forget_roles("map");
    let outcome = workspace.with_config("migrate").run();
    outcome.assert_code(0).says("ROLE mpa_old: `map.roles` names it, and the source has no such role");
    outcome.says("ROLE map_new: called map_old on the source");
    assert!(!target.has_role("map_old") && !target.has_role("map_reader"));
    for (sql, expected) in [
        ("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'app'", "map_new"),
        (
            "SELECT relowner::regrole || ' ' || relacl::text FROM pg_class WHERE relname = 'item'",
            r#"map_new {map_new=arwdDxt/map_new,"\"map Viewer\"=r/map_new"}"#,
        ),
        ("SELECT roles::text FROM pg_policies WHERE policyname = 'mine'", r#"{"map Viewer"}"#),
        (
            "SELECT defaclrole::regrole || ' ' || defaclacl::text FROM pg_default_acl",
            r#"map_new {"\"map Viewer\"=r/map_new"}"#,
        ),
        (
            "SELECT string_agg(lomowner::regrole || ' ' || COALESCE(lomacl::text, ''), ', ' ORDER BY oid) FROM pg_largeobject_metadata",
            r#"map_new , postgres {postgres=rw/postgres,"\"map Viewer\"=r/postgres"}"#,
        ),
        ("SELECT has_table_privilege('map Viewer', 'pg_largeobject', 'SELECT')::text", "true"),
        ("SELECT usename || ' ' || umoptions::text FROM pg_user_mappings", "map_new {user=x,password=hush}"),
        ("SELECT pg_has_role('map_new', 'map Viewer', 'MEMBER')::text", "true"),
        ("SELECT (rolpassword LIKE 'SCRAM%')::text FROM pg_authid WHERE rolname = 'map_new'", "true"),
    ] {
        // Server 17 added a privilege.
        assert_eq!(copy.value(sql).replace("arwdDxtm", "arwdDxt"), expected, "{sql}");
    }
    workspace.with_config("verify").run().assert_code(0);
    workspace.with_config("schema").arg("--diff").run().assert_code(0);
    Workspace::new().between("verify", &database, &copy).run().assert_code(1).says("map_old");
}

#[test]
fn two_roles_can_become_one() {
    let [source, target] = servers();
    make_roles(&source, &["map_old", "map_reader"]);
    let database = Database::with(&source, NAMED);
    database.execute(
        "ALTER POLICY mine ON app.item TO map_reader, map_old; GRANT SELECT ON app.item TO map_reader WITH GRANT OPTION;
         CREATE USER MAPPING FOR map_reader SERVER far;
         ALTER DEFAULT PRIVILEGES FOR ROLE map_reader IN SCHEMA app GRANT INSERT ON TABLES TO map_old",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &copy.uri(),
        "map: { roles: { map_old: map_all, map_reader: map_all } }",
    );
    let _alone = target.alone();
    target.forget_roles("map");
    let outcome = workspace.with_config("migrate").run();
    outcome.assert_code(0).says("USER MAPPING FOR map_all SERVER far: left out: by `map.roles`");
    assert_eq!(copy.value("SELECT roles::text FROM pg_policies WHERE policyname = 'mine'"), "{map_all}");
    workspace.with_config("verify").run().assert_code(0);
}

const STORED: &str = "
    CREATE TABLE item (id integer, note text, at tsrange) TABLESPACE tbs_old;
    ALTER TABLE item ADD PRIMARY KEY (id) USING INDEX TABLESPACE tbs_old;
    ALTER TABLE item ADD EXCLUDE USING gist (at WITH &&) USING INDEX TABLESPACE tbs_old WHERE (id > 7) DEFERRABLE;
    CREATE INDEX item_note ON item (note) WITH (fillfactor = 70) TABLESPACE tbs_old WHERE note <> ' WHERE ';
    CREATE TABLE part (id integer) PARTITION BY LIST (id) TABLESPACE tbs_old;
    CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
    ALTER TABLE part ADD UNIQUE (id) USING INDEX TABLESPACE tbs_old;
    CREATE MATERIALIZED VIEW seen TABLESPACE tbs_old AS SELECT id FROM item;";

const PLACES: &str = "SELECT string_agg(relname || ' ' || spcname, ', ' ORDER BY relname) FROM pg_class c \
    JOIN pg_tablespace t ON t.oid = reltablespace WHERE c.oid >= 16384 AND relnamespace = 'public'::regnamespace";

#[test]
fn objects_keep_their_tablespace_or_its_new_name() {
    let [source, target] = servers();
    if !make_tablespace(&source, "tbs_old") || !make_tablespace(&target, "tbs_new") {
        return;
    }
    let (database, copy) = (Database::with(&source, STORED), Database::absent(&target));
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "map: { tablespaces: { tbs_old: tbs_new } }");
    workspace.with_config("migrate").run().assert_code(0);
    let places = database.value(PLACES);
    assert!(places.matches("tbs_old").count() >= 7, "{places}");
    assert_eq!(copy.value(PLACES), places.replace("tbs_old", "tbs_new"));
    workspace.with_config("verify").run().assert_code(0);
    copy.execute("ALTER INDEX item_note SET TABLESPACE pg_default");
    workspace.with_config("verify").run().assert_code(1).says("TABLESPACE tbs_new");
}

#[test]
fn a_tablespace_that_the_target_lacks_is_named() {
    let [source, target] = servers();
    if !make_tablespace(&source, "tbs_old") {
        return;
    }
    let (database, copy) = (Database::with(&source, STORED), Database::absent(&target));
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0).says("TABLESPACE tbs_old");
    assert_eq!(copy.value(PLACES), "");
    workspace.between("verify", &database, &copy).run().assert_code(0);
    let silent = workspace.between("verify", &database, &copy).arg("--no-tablespaces").run();
    silent.assert_code(0);
    let plan = workspace.between("plan", &database, &Database::absent(&target)).arg("--no-tablespaces").run();
    assert!(!plan.assert_code(0).stdout.contains("tbs_old"), "{plan}");
}

#[test]
fn a_database_keeps_its_tablespace() {
    let [source, target] = servers();
    if !make_tablespace(&source, "tbs_both") || !make_tablespace(&target, "tbs_both") {
        return;
    }
    let database = Database::create_with(&source, "TEMPLATE template0 TABLESPACE tbs_both");
    let copy = Database::absent(&target);
    Workspace::new().between("migrate", &database, &copy).run().assert_code(0);
    let place = "SELECT spcname FROM pg_database d JOIN pg_tablespace t ON t.oid = dattablespace \
                 WHERE datname = current_database()";
    assert_eq!(copy.value(place), "tbs_both");
}

#[test]
fn an_excluded_extension_is_left_to_the_target() {
    let [source, target] = servers();
    if !source.has_extension("citext") || !target.has_extension("citext") {
        eprintln!("skipped: no citext here");
        return;
    }
    let database = Database::with(
        &source,
        "CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE TABLE item (name citext)",
    );
    let copy = Database::create(&target);
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "extensions: { exclude: ['cit*', hstore] }");
    let refused = workspace.with_config("migrate").run();
    refused.assert_code(4).stderr_contains("citext");
    assert!(!refused.stderr.contains("hstore"), "{refused}");
    copy.execute("CREATE EXTENSION citext");
    workspace.with_config("migrate").run().assert_code(0).says("EXTENSION citext");
    assert!(!copy.has("SELECT 1 FROM pg_extension WHERE extname = 'hstore'"));
    workspace.with_config("verify").run().assert_code(0);
}
