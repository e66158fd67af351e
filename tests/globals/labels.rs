//! Security labels of what belongs to a server, given by the server's own test module `dummy_seclabel`; skipped where it is not
//! installed.
use super::{ALL, Pair, tablespaces::directory};
use crate::support::{cli::Workspace, database::Database, server::Server};

/// Everything labelled that is no object of a database.
const LABELS: &str = "SELECT coalesce(string_agg(coalesce(r.rolname, t.spcname, d.datname) || ' ' || provider || ' ' || label, ', ' \
     ORDER BY coalesce(r.rolname, t.spcname, d.datname)), '') FROM pg_shseclabel l \
     LEFT JOIN pg_roles r ON r.oid = objoid AND classoid = 'pg_authid'::regclass \
     LEFT JOIN pg_tablespace t ON t.oid = objoid AND classoid = 'pg_tablespace'::regclass \
     LEFT JOIN pg_database d ON d.oid = objoid AND classoid = 'pg_database'::regclass";

const LOAD: &str = "LOAD 'dummy_seclabel'";

/// A server whose superuser loads the provider with every session, until dropped.
struct Provided<'s>(&'s Server);

impl<'s> Provided<'s> {
    fn by(server: &'s Server) -> Self {
        server.session().execute("ALTER ROLE postgres SET session_preload_libraries = 'dummy_seclabel'");
        Self(server)
    }
}

impl Drop for Provided<'_> {
    fn drop(&mut self) {
        drop(self.0.session().try_execute("ALTER ROLE postgres RESET session_preload_libraries"));
    }
}

#[test]
fn labels_of_roles_tablespaces_and_databases_are_carried() {
    let pair = Pair::new(15, 15);
    if [&pair.source, &pair.target].iter().any(|server| server.session().try_execute(LOAD).is_err()) {
        eprintln!("skipped: the servers have no dummy_seclabel");
        return;
    }
    let (from, to) = (directory(&pair.source, "gl_l"), directory(&pair.target, "gl_m"));
    let mut session = pair.source.session();
    // With the source's sessions alone: a setting of its role would be tried on the target.
    session.execute(LOAD);
    session.execute(
        "CREATE ROLE gl_labelled; SECURITY LABEL ON ROLE gl_labelled IS 'classified'; \
         CREATE ROLE \"gl_ \"\"there\"; SECURITY LABEL ON ROLE \"gl_ \"\"there\" IS 'unclassified'",
    );
    session.execute(&format!("CREATE TABLESPACE gl_marked LOCATION '{from}'"));
    session.execute("SECURITY LABEL ON TABLESPACE gl_marked IS 'classified'");
    pair.target.session().execute("CREATE ROLE \"gl_ \"\"there\"");
    let keys = format!("{ALL}\ntablespaces: {{ locations: {{ gl_marked: '{to}' }} }}");
    let update = keys.replace("mode: all", "mode: all, on_existing: update");

    let without = pair.run(&update, &["--dry-run"]);
    for object in ["ROLE gl_labelled", "ROLE \"gl_ \"\"there\"", "TABLESPACE gl_marked"] {
        without.says(&format!(
            "{object}: its label by dummy is left out: the target has not loaded the provider"
        ));
    }
    let _provided = Provided::by(&pair.target);
    pair.run(&keys, &["--dry-run"])
        .assert_code(0)
        .says("ROLE \"gl_ \"\"there\": the target has it, and it is left as it is; it lacks: its labels");
    pair.migrated(&update);
    assert_eq!(pair.left(&update), Vec::<String>::new());
    let labels = session.value(LABELS);
    assert_eq!(
        labels,
        "gl_ \"there dummy unclassified, gl_labelled dummy classified, gl_marked dummy classified"
    );
    assert_eq!(pair.target.session().value(LABELS), labels);

    let database = Database::create(&pair.source);
    let label = |database: &Database, label: &str| {
        database.execute(&format!("{LOAD}; SECURITY LABEL ON DATABASE \"{}\" IS '{label}'", database.name));
    };
    label(&database, "classified");
    let copy = Database::absent(&pair.target);
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    assert!(copy.value(LABELS).contains(&format!("{} dummy classified", copy.name)));
    workspace.between("verify", &database, &copy).run().assert_code(0);
    // What a database has of its own it keeps, and that is told.
    label(&copy, "unclassified");
    let other = workspace.between("verify", &database, &copy).run();
    other.assert_code(0).says("its label by dummy");
    copy.execute(&format!("{LOAD}; SECURITY LABEL ON DATABASE \"{}\" IS NULL", copy.name));
    let lacking = workspace.between("verify", &database, &copy).run();
    lacking.assert_code(1).says("SECURITY LABEL FOR dummy ON DATABASE");
}
