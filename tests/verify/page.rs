//! The page: every name is text, whoever chose it, and nothing comes from elsewhere.
use crate::support::{cli::Workspace, database::Database, server::Server};

const SCHEMA: &str = r#"
    CREATE SCHEMA "<s>";
    CREATE TABLE "<s>"."<script>alert(1)</script>" ("<img src=x onerror=alert(2)>" text PRIMARY KEY, "&b" integer);
    INSERT INTO "<s>"."<script>alert(1)</script>" VALUES ('</td><script>alert(3)</script>', 1), ('b', 2);
    CREATE TABLE plain (id integer PRIMARY KEY, note text);
    INSERT INTO plain SELECT n, 'secret ' || n FROM generate_series(1, 3000) n"#;

#[test]
fn a_hostile_name_is_text() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
    copy.execute(
        r#"UPDATE "<s>"."<script>alert(1)</script>" SET "&b" = 9;
           CREATE TABLE "<iframe>" (); UPDATE plain SET note = '' WHERE id = 17; DELETE FROM plain WHERE id = 18"#,
    );
    let workspace = Workspace::new();
    let outcome = workspace.between("verify", &database, &copy).args(["--html", "verify.html"]).run();
    outcome.assert_code(1).says("id = '17': differs in note").says("id = '18': missing on the target");
    let page = workspace.read("verify.html");
    for markup in ["<script", "<img", "<iframe", "</td><script", "secret", "http://", "https://"] {
        assert!(!page.contains(markup), "{markup} in\n{page}");
    }
    for text in [
        "rows of &quot;&lt;s&gt;&quot;.&quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;",
        "&lt;/td&gt;&lt;script&gt;alert(3)",
        "&amp;b",
        "id = &#39;17&#39;",
        "data-found=\"different\"",
    ] {
        assert!(page.contains(text), "{text} not in\n{page}");
    }
    let torn = workspace.files().into_iter().find(|name| name.contains(".tmp"));
    assert_eq!(torn, None);
}

#[test]
fn a_page_that_cannot_be_written_is_refused_at_once() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::create(&source), Database::create(&target));
    let workspace = Workspace::new();
    let verify = workspace.between("verify", &database, &copy).args(["--html", "none/verify.html"]);
    verify.run().assert_code(8).says("cannot write `none/verify.html`");
}
