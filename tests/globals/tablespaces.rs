//! Tablespaces: made where a directory is named, otherwise named.
use super::{Pair, dumped};
use crate::support::server::Server;

/// An empty directory of the server's own user: the server makes it.
pub(super) fn directory(server: &Server, name: &str) -> String {
    let mut session = server.session();
    let data = session.value("SELECT current_setting('data_directory')");
    let path = format!("{}/{name}-{}", data.trim_end_matches("/data"), std::process::id());
    session.execute(&format!("COPY (SELECT) TO PROGRAM 'mkdir -p \"{path}\"'"));
    path
}

const OWN: &str = "CREATE ROLE gl_owner; CREATE ROLE gl_user; CREATE ROLE gl_granted; ";

#[test]
fn they_are_made_where_a_directory_is_named() {
    let pair = Pair::new(15, 15);
    let (from, to) = (directory(&pair.source, "gl_a"), directory(&pair.target, "gl_b"));
    let mut session = pair.source.session();
    session.execute(OWN);
    session.execute(&format!(
        "CREATE TABLESPACE \"gl_ Space\" OWNER gl_owner LOCATION '{from}' WITH (seq_page_cost = 2, random_page_cost = 3)"
    ));
    session.execute(
        "COMMENT ON TABLESPACE \"gl_ Space\" IS E'its\\ncomment'; \
         GRANT CREATE ON TABLESPACE \"gl_ Space\" TO gl_user WITH GRANT OPTION; \
         SET ROLE gl_user; GRANT CREATE ON TABLESPACE \"gl_ Space\" TO gl_granted; RESET ROLE",
    );
    let unnamed = pair.run("roles: { mode: all }", &["--dry-run"]);
    unnamed
        .assert_code(0)
        .says("TABLESPACE \"gl_ Space\": not made: it is in")
        .says("`tablespaces.locations`");
    let keys = format!(
        "roles: {{ mode: all }}\ntablespaces: {{ locations: {{ gl_place: '{to}' }} }}\n\
         map: {{ tablespaces: {{ 'gl_ Space': gl_place }} }}"
    );
    pair.migrated(&keys);
    assert_eq!(pair.left(&keys), Vec::<String>::new());
    let expected: Vec<String> = dumped(&pair.source, 15)
        .iter()
        .map(|line| line.replace("\"gl_ Space\"", "gl_place").replace(&from, &to))
        .collect();
    let mut expected = expected;
    expected.sort();
    assert_eq!(expected, dumped(&pair.target, 15));
    // What a tablespace that is there lacks comes with it, and nothing else.
    session.execute("GRANT CREATE ON TABLESPACE \"gl_ Space\" TO PUBLIC");
    assert_eq!(pair.left(&keys), ["tablespace_properties:gl_place"]);
    pair.migrated(&keys);
    assert_eq!(pair.left(&keys), Vec::<String>::new());
}

#[test]
fn what_the_target_refuses_is_named_and_the_rest_is_done() {
    let pair = Pair::new(15, 15);
    let from = directory(&pair.source, "gl_c");
    let mut session = pair.source.session();
    session.execute(OWN);
    session.execute(&format!("CREATE TABLESPACE gl_lost LOCATION '{from}'"));
    let keys = "roles: { mode: all }\ntablespaces: { locations: { gl_lost: /no/such/directory } }";
    let outcome = pair.run(keys, &[]);
    outcome.assert_code(5).stderr_contains("TABLESPACE gl_lost").stderr_contains("/no/such/directory");
    assert!(pair.target.has_role("gl_granted"));
    let relative = pair.run("tablespaces: { locations: { gl_lost: here } }", &[]);
    relative.assert_code(2).stderr_contains("the directory of `gl_lost` must be an absolute path");
}
