//! Globals before the databases of a server: what they bring is no part of a database's plan.
use serde_json::Value;

use super::{Pair, tablespaces::directory};
use crate::support::{
    cli::{Invocation, Workspace},
    database::Database,
};

#[test]
fn what_belongs_to_the_server_is_planned_once() {
    let pair = Pair::new(15, 15);
    let (from, to) = (directory(&pair.source, "gl_p"), directory(&pair.target, "gl_q"));
    let mut session = pair.source.session();
    session.execute("CREATE ROLE gl_group; CREATE ROLE gl_owner LOGIN PASSWORD 'x' IN ROLE gl_group");
    session.execute(&format!("CREATE TABLESPACE gl_apart LOCATION '{from}'"));
    session.execute("GRANT CREATE ON TABLESPACE gl_apart TO gl_owner");
    let owned = "CREATE TABLE item (id integer PRIMARY KEY) TABLESPACE gl_apart; ALTER TABLE item OWNER TO gl_owner; \
                 GRANT SELECT ON item TO gl_group";
    let databases = [Database::with(&pair.source, owned), Database::with(&pair.source, owned)];
    let copies =
        databases.each_ref().map(|one| Database { server: pair.target.clone(), name: one.name.clone() });
    let workspace = Workspace::new();
    let keys = format!(
        "roles: {{ mode: all }}\ntablespaces: {{ locations: {{ gl_apart: '{to}' }} }}\n\
         databases: {{ mode: include, include: [{}, {}] }}",
        databases[0].name, databases[1].name
    );
    workspace.config(&pair.source.uri("postgres"), &pair.target.uri("postgres"), &keys);
    let run = |command: &str, arguments: &[&str]| {
        let outcome = arguments.iter().fold(workspace.with_config(command), Invocation::arg).run();
        outcome.assert_code(0);
        outcome
    };

    let plans: Value = serde_json::from_str(&run("plan", &["--json"]).stdout).expect("JSON");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let of = |list: Vec<Value>, key: &str| -> Vec<String> {
        list.iter().map(|one| one[key].as_str().unwrap_or_default().to_owned()).collect()
    };
    let globals = of(list(&plans["globals"]["steps"]), "id");
    for id in ["role:gl_group", "role:gl_owner", "tablespace:gl_apart"] {
        assert_eq!(globals.iter().filter(|step| *step == id).count(), 1, "{globals:?}");
    }
    let plan = workspace.read("plan.tsv");
    let of_server = ["role:", "membership:", "password:"];
    let repeated = plan.lines().find(|line| of_server.iter().any(|begin| line.starts_with(begin)));
    assert_eq!(repeated, None);
    for database in list(&plans["databases"]) {
        assert_eq!(database["notes"], Value::Array(Vec::new()), "nothing is said to stay behind");
    }
    // These are the very plans that the run has, once the globals are there.
    let planned = of(list(&plans["databases"]), "run_id");
    run("migrate", &[]);
    let report: Value = serde_json::from_str(&workspace.read("report.json")).expect("JSON");
    for database in list(&report["databases"]) {
        let run_id = database["report"]["run_id"].as_str().expect("an id");
        assert!(planned.iter().any(|one| one == run_id), "{planned:?} {run_id}");
    }
    for copy in &copies {
        let owned = "SELECT FROM pg_tables WHERE tablename = 'item' AND tableowner = 'gl_owner' AND tablespace = 'gl_apart'";
        assert!(copy.has(owned));
    }
    // Tablespaces can go when their tables have gone.
    drop((databases, copies));
}
