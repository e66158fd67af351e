//! Extensions: every one that the server has, and what users put into the tables of one.
use crate::support::{
    cli::Workspace,
    database::{Database, told},
    judge,
    server::{Server, ident, versions},
};

/// Name, version and schema of all.
fn installed(database: &Database) -> Vec<String> {
    let rows = database
        .rows("SELECT extname, extversion, extnamespace::regnamespace FROM pg_extension ORDER BY extname");
    rows.iter().map(|row| format!("{row:?}")).collect()
}

/// Changes what the members of every extension are granted, once a kind of member and extension.
const CHANGED_PRIVILEGES: &str = "DO $$ DECLARE member record; BEGIN
    FOR member IN SELECT DISTINCT ON (d.refobjid, d.classid, o.type = 'view') o.type, o.identity
                    FROM pg_depend d CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) o
                   WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND right(o.identity, 2) <> '[]'
                   ORDER BY d.refobjid, d.classid, o.type = 'view', d.objid
    LOOP
        CASE WHEN member.type IN ('function', 'aggregate', 'procedure') THEN
                 EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', member.identity);
                 EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO test_extension WITH GRANT OPTION', member.identity);
             WHEN member.type IN ('table', 'view') THEN
                 EXECUTE format('GRANT SELECT, UPDATE ON TABLE %s TO test_extension', member.identity);
             WHEN member.type IN ('type', 'domain') THEN
                 EXECUTE format('REVOKE USAGE ON TYPE %s FROM PUBLIC', member.identity);
             WHEN member.type = 'foreign-data wrapper' THEN
                 EXECUTE format('GRANT USAGE ON FOREIGN DATA WRAPPER %s TO test_extension', member.identity);
             WHEN EXISTS (SELECT FROM pg_language WHERE lanpltrusted AND quote_ident(lanname) = member.identity) THEN
                 EXECUTE format('REVOKE USAGE ON LANGUAGE %s FROM PUBLIC', member.identity);
             ELSE NULL;
        END CASE;
    END LOOP; END $$";

/// Each in a schema of its own, unless its script names one, with privileges of its members changed. Extensions that the
/// target does not have are left out beforehand.
fn every_extension_arrives(source: &Server, target: &Server) {
    let (database, copy) = (Database::create(source), Database::absent(target));
    let _alone = target.alone();
    target.forget_roles("test_extension");
    let mut session = database.session();
    let made_once = "DO $$ BEGIN CREATE ROLE test_extension; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
    session.execute(made_once);
    let list = "SELECT DISTINCT ON (requires IS NOT NULL, name) name, \
                (SELECT 'is required' FROM pg_available_extension_versions o WHERE a.name = ANY (o.requires) LIMIT 1) \
                FROM pg_available_extension_versions a WHERE NOT installed ORDER BY requires IS NOT NULL, name";
    let mut made = 0;
    for row in session.rows(list) {
        let name = row[0].clone().expect("a name");
        if source.major != target.major && !target.has_extension(&name) {
            eprintln!("{name} skipped: the target has none");
            continue;
        }
        // Server 18 refuses quotes in the schema of one that another requires.
        let schema = ident(&match row[1] {
            Some(_) => format!("its {name}; own"),
            None => format!("its {name}'s \"own\""),
        });
        session.execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"));
        let create = format!("CREATE EXTENSION IF NOT EXISTS {}", ident(&name));
        let own = session.try_execute(&format!("{create} SCHEMA {schema}"));
        match own.or_else(|_| session.try_execute(&create)) {
            Ok(()) => made += 1,
            Err(error) => eprintln!("{name} skipped: {}", told(&error)),
        }
    }
    assert!(made > 0 || installed(&database).len() == 1);
    session.execute(CHANGED_PRIVILEGES);
    drop(session);
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", &database, &copy).run();
    outcome.assert_code(0);
    let there = installed(&copy);
    let missing: Vec<String> = installed(&database).into_iter().filter(|row| !there.contains(row)).collect();
    if source.major == target.major {
        assert_eq!(missing, [""; 0]);
    }
    // A version that the target does not have is named.
    assert_eq!(
        outcome.stdout.matches("its default version is installed").count() / 2,
        missing.len(),
        "{missing:?}"
    );
    judge::assert_equal(&database, &copy);
    workspace.between("verify", &database, &copy).run().assert_code(0);
}

#[test]
fn every_extension_arrives_in_its_schema_and_version() {
    every_extension_arrives(&Server::main("source"), &Server::main("target"));
}

#[test]
fn every_extension_of_the_newest_version_arrives() {
    let newest = versions().into_iter().max().expect("a version");
    every_extension_arrives(&Server::start("source", newest), &Server::start("target", newest));
}

#[test]
fn every_extension_arrives_on_a_newer_server() {
    let newest = versions().into_iter().max().expect("a version");
    every_extension_arrives(&Server::main("source"), &Server::start("target", newest));
}

/// As the script of an extension with configuration tables would leave a database: rows of its own, and which are users'.
const WITH_TABLES: &str = "
    CREATE SCHEMA \"conf's\";
    CREATE EXTENSION citext SCHEMA \"conf's\";
    CREATE TABLE \"conf's\".\"a setting's use\" (name text, n integer, doubled integer);
    CREATE TABLE \"conf's\".setting (name text PRIMARY KEY, value text, own boolean DEFAULT true);
    ALTER TABLE \"conf's\".\"a setting's use\" ADD FOREIGN KEY (name) REFERENCES \"conf's\".setting;
    CREATE SEQUENCE \"conf's\".number;
    INSERT INTO \"conf's\".setting VALUES ('built-in', 'a', false), ('other', 'b', false);
    CREATE VIEW \"conf's\".own_settings AS SELECT * FROM \"conf's\".setting WHERE own;
    ALTER EXTENSION citext ADD VIEW \"conf's\".own_settings;
    ALTER EXTENSION citext ADD TABLE \"conf's\".setting;
    ALTER EXTENSION citext ADD TABLE \"conf's\".\"a setting's use\";
    ALTER EXTENSION citext ADD SEQUENCE \"conf's\".number;
    UPDATE pg_extension SET extcondition = ARRAY['', 'WHERE own', ''],
        extconfig = ARRAY['\"conf''s\".\"a setting''s use\"', '\"conf''s\".setting', '\"conf''s\".number']::regclass[]::oid[]
     WHERE extname = 'citext'";

const ROWS: &str = "
    INSERT INTO \"conf's\".setting VALUES ('mine', E'with\\ttab', true), ('yours', NULL, true);
    INSERT INTO \"conf's\".\"a setting's use\" VALUES ('mine', 1, 2), ('built-in', 2, 4);
    SELECT setval('\"conf''s\".number', 42);
    CREATE VIEW mine_too AS SELECT * FROM \"conf's\".setting;
    CREATE TABLE mine (name text REFERENCES \"conf's\".setting);
    INSERT INTO mine VALUES ('mine'), ('other')";

fn rows(database: &Database) -> Vec<String> {
    let rows = database.rows(
        "SELECT 's', s::text FROM \"conf's\".setting s UNION ALL SELECT 'u', u::text FROM \"conf's\".\"a setting's use\" u
         UNION ALL SELECT 'n', last_value::text FROM \"conf's\".number ORDER BY 1, 2",
    );
    rows.iter().map(|row| format!("{row:?}")).collect()
}

#[test]
fn rows_of_users_arrive_once_and_rows_of_the_extension_stay() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    if !source.has_extension("citext") || !target.has_extension("citext") {
        eprintln!("skipped: no citext here");
        return;
    }
    let database = Database::with(&source, &format!("{WITH_TABLES};{ROWS}"));
    let copy = Database::with(&target, WITH_TABLES);
    // Made by a newer script, say.
    copy.execute("UPDATE \"conf's\".setting SET value = 'newer' WHERE name = 'other'");
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    judge::assert_equal(&database, &copy);
    let mut expected = rows(&database);
    for row in &mut expected {
        *row = row.replace("(other,b,f)", "(other,newer,f)");
    }
    assert_eq!(expected, rows(&copy));
    workspace.between("verify", &database, &copy).run().assert_code(0);
    copy.execute("UPDATE \"conf's\".setting SET value = 'changed' WHERE name = 'yours'");
    workspace.between("verify", &database, &copy).run().assert_code(1).says("setting");
    // There are rows of users now.
    let again = Workspace::new();
    again.between("migrate", &database, &copy).run().assert_code(4).says("setting");
}

/// Both tables have rows of users on the target, one refers to the other.
#[test]
fn rows_of_users_follow_the_load_mode() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    if !source.has_extension("citext") || !target.has_extension("citext") {
        eprintln!("skipped: no citext here");
        return;
    }
    // `mine` refers to rows that `skip` does not copy.
    let rows_alone = ROWS.split("CREATE TABLE mine").next().expect("the rows");
    let database = Database::with(&source, &format!("{WITH_TABLES};{rows_alone}"));
    for (mode, code) in [("fail", 4), ("append", 0), ("truncate", 0), ("skip", 0)] {
        let copy = Database::with(&target, WITH_TABLES);
        copy.execute(
            "INSERT INTO \"conf's\".setting VALUES ('theirs', 'x', true);
             INSERT INTO \"conf's\".\"a setting's use\" VALUES ('theirs', 3, 6);
             SELECT setval('\"conf''s\".number', 100)",
        );
        let outcome =
            Workspace::new().between("migrate", &database, &copy).args(["--on-existing", mode]).run();
        outcome.assert_code(code);
        let found = rows(&copy).join("\n");
        let has = |text: &str| found.contains(text);
        assert_eq!(has("(theirs,3,6)") && has("(theirs,x,t)"), mode != "truncate", "{mode}: {found}");
        let copied = has("(mine,1,2)") && has("(built-in,2,4)") && has("(yours,,t)");
        assert_eq!(copied, matches!(mode, "append" | "truncate"), "{mode}: {found}");
        // `truncate` sets the value back, as that of any sequence.
        let number = copy.value("SELECT last_value FROM \"conf's\".number");
        assert_eq!(number, if mode == "truncate" { "42" } else { "100" }, "{mode}");
        assert!(has("(other,b,f)") && has("(built-in,a,f)"), "{mode}: {found}");
    }
}

/// An extension of our own, where a server can be told where to look for it: its script puts a row where its users do, who
/// changed it on the source.
#[test]
fn an_extension_that_the_run_makes_has_its_users_rows_once() {
    let newest = versions().into_iter().max().expect("a version");
    if newest < 18 {
        eprintln!("skipped: extension_control_path came with PostgreSQL 18");
        return;
    }
    let (source, target) = (Server::start("source", newest), Server::start("target", newest));
    let workspace = Workspace::new();
    std::fs::create_dir(workspace.path("extension")).expect("a directory");
    workspace.write("extension/own_rows.control", "default_version = '1'\nrelocatable = true\n").write(
        "extension/own_rows--1.sql",
        "CREATE TABLE place (name text PRIMARY KEY, own boolean DEFAULT true, id serial);
         INSERT INTO place VALUES ('from the script', true, 1), ('built in', false, 2);
         SELECT pg_catalog.pg_extension_config_dump('place', 'WHERE own');
         SELECT pg_catalog.pg_extension_config_dump('place_id_seq', '');",
    );
    let options = format!("?options=-c%20extension_control_path%3D{}:$system", workspace.dir.display());
    let (database, copy) = (Database::create(&source), Database::absent(&target));
    database.execute(&format!(
        "SET extension_control_path = '{}:$system'; CREATE EXTENSION own_rows;
         INSERT INTO place VALUES ('mine', true, 9); UPDATE place SET id = 100 WHERE name = 'from the script';
         SELECT setval('place_id_seq', 77)",
        workspace.dir.display()
    ));
    let [from, to] = [&database, &copy].map(|end| end.uri() + &options);
    let migrate = ["migrate", "--source", &from, "--target", &to, "--on-existing", "append"];
    workspace.pgmigrate(migrate).run().assert_code(0);
    let rows = |of: &Database| of.rows("SELECT p::text, last_value FROM place p, place_id_seq ORDER BY 1");
    assert_eq!(rows(&database), rows(&copy));
    assert_eq!(rows(&copy).len(), 3);
    workspace.pgmigrate(["verify", "--source", &from, "--target", &to]).run().assert_code(0);
}
