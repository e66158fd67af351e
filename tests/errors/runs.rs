//! What is selected, what the target holds, what lies in the files of a run, and where output goes.
use std::{fs, os::unix::fs::PermissionsExt as _};

use super::{Page, ends};
use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    server::{Server, main_version, script, versions},
    stranger::Stranger,
    target_dir,
};

pub(super) fn selection(page: &mut Page) {
    page.section("Selection");
    page.database.execute("CREATE VIEW item_view AS SELECT * FROM item");
    for (tried, code, yaml) in [
        ("a schema that is not there", 2, "schemas: { mode: include, include: [bookings] }"),
        (
            "a table that is not there",
            2,
            "tables: { mode: include, include: [{ schema: public, name: itme }] }",
        ),
        (
            "a column that is not there",
            2,
            "tables: { include: [{ schema: public, name: item, chunk_column: idd, chunk_size: 3 }] }",
        ),
        (
            "a chunk column without an order",
            2,
            "tables: { include: [{ schema: public, name: item, chunk_column: doc, chunk_size: 3 }] }",
        ),
        (
            "a condition that is no SQL",
            2,
            "tables: { include: [{ schema: public, name: item, where: 'id >' }] }",
        ),
        (
            "a condition on no column",
            2,
            "tables: { include: [{ schema: public, name: item, where: 'idd > 5' }] }",
        ),
        ("an order by no column", 2, "tables: { include: [{ schema: public, name: item, order_by: idd }] }"),
        (
            "a view in the place of a table",
            2,
            "tables: { mode: include, include: [{ schema: public, name: item_view }] }",
        ),
    ] {
        let copy = Database::absent(&page.target);
        let workspace = Workspace::new();
        workspace.config(&page.database.uri(), &copy.uri(), yaml);
        let outcome = workspace.with_config("migrate").run();
        page.row(tried, code, &outcome);
        page.absent(tried, &copy);
    }
}

/// A run into a target that was prepared, and is left as it was.
fn into(page: &mut Page, prepared: &str, arguments: &[&str]) -> Outcome {
    let copy = Database::with(&page.target, prepared);
    let before = copy.fingerprint();
    let workspace = Workspace::new();
    let mut invocation = ends(&workspace, "migrate", &page.database.uri(), &copy.uri());
    for argument in arguments {
        invocation = invocation.arg(argument);
    }
    let outcome = invocation.run();
    if before != copy.fingerprint() {
        page.wrong.push(format!("the target was changed\n{outcome}"));
    }
    outcome
}

pub(super) fn target(page: &mut Page) {
    page.section("States of the target");
    let same = "CREATE TABLE item (id integer PRIMARY KEY, note text, doc json)";
    for (tried, prepared, arguments) in [
        ("rows in a selected table", format!("{same}; INSERT INTO item VALUES (1)"), &[][..]),
        ("another definition of it", "CREATE TABLE item (id bigint, remark text)".to_owned(), &[]),
        (
            "another definition, and rows are to be added",
            "CREATE TABLE item (id bigint, remark text)".to_owned(),
            &["--on-existing", "append"],
        ),
        ("a late table that is there", same.to_owned(), &["--delay-data", "public.item"]),
        (
            "a trigger that would fire",
            format!(
                "{same}; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
                 CREATE TRIGGER t BEFORE INSERT ON item FOR EACH ROW EXECUTE PROCEDURE f()"
            ),
            &[],
        ),
        (
            "an event trigger that would fire",
            "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; \
             CREATE EVENT TRIGGER et ON ddl_command_start EXECUTE PROCEDURE e()"
                .to_owned(),
            &[],
        ),
        (
            "a schema `pgmigrate` that is not ours",
            "CREATE SCHEMA pgmigrate; CREATE TABLE pgmigrate.run (a int)".to_owned(),
            &[],
        ),
    ] {
        let outcome = into(page, &prepared, arguments);
        page.row(tried, 4, &outcome);
    }
}

/// A cluster of its own that waits for a primary: every transaction in it is read-only.
pub(crate) fn standby() -> Server {
    let server = Server::main("standby");
    let _alone = server.alone();
    if server.session().value("SELECT pg_is_in_recovery()") == "f" {
        script("cluster.sh", &["stop", &server.name]);
        let data = target_dir().join("clusters").join(&server.name).join("data");
        let line = format!(
            "touch '{0}/standby.signal' && chown --reference='{0}' '{0}/standby.signal'",
            data.display()
        );
        Workspace::new().shell(&line).run().assert_code(0);
        server.start_again();
    }
    server
}

pub(super) fn unfit_target(page: &mut Page) {
    let standby = standby();
    let source = page.database.uri();
    for (tried, code, database) in [
        ("a standby as target", 4, "postgres"),
        ("a standby as target, whose database is to be made", 4, "air"),
    ] {
        let mut outcome = ends(&Workspace::new(), "migrate", &source, &standby.uri(database)).run();
        outcome.stderr = outcome.stderr.replace(&standby.port.to_string(), "5433");
        page.row(tried, code, &outcome);
    }
    let newer = versions().into_iter().rfind(|major| *major > main_version());
    let tried = "a target that is older than the source";
    match newer.map(|major| Server::start("source", major)) {
        Some(newer) => {
            let (database, copy) = (Database::with(&newer, super::ONE_TABLE), Database::absent(&page.target));
            let mut outcome = ends(&Workspace::new(), "migrate", &database.uri(), &copy.uri()).run();
            outcome.stderr = without_minor_versions(&outcome.stderr);
            page.row(tried, 4, &outcome);
            page.absent(tried, &copy);
        }
        None => page.row_as_before(tried),
    }
    // As if it were of a package that the target's machine lacks.
    let database = Database::with(
        &page.source,
        "UPDATE pg_extension SET extname = 'air_traffic' WHERE extname = 'plpgsql'",
    );
    let copy = Database::absent(&page.target);
    let outcome = ends(&Workspace::new(), "migrate", &database.uri(), &copy.uri()).run();
    page.row("an extension that the target lacks", 4, &outcome);
    page.absent("an extension that the target lacks", &copy);
}

/// `18.4` as `18.x`.
fn without_minor_versions(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.split_once('.') {
        Some((major, minor))
            if major.parse::<u32>().is_ok() && minor.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            format!("{major}.x{}", minor.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A run that died when all was done but the journal: the plan, the state and the target.
fn unfinished(page: &Page) -> (Workspace, Database) {
    let copy = Database::absent(&page.target);
    let workspace = Workspace::new();
    let run = ends(&workspace, "migrate", &page.database.uri(), &copy.uri());
    let outcome = run.env("PGMIGRATE_FAILPOINT", "run_ended").run();
    assert!(outcome.status.code().is_none(), "{outcome}");
    (workspace, copy)
}

pub(super) fn resume(page: &mut Page) {
    page.section("Plan, state and journal");
    let (workspace, copy) = unfinished(page);
    let source = page.database.uri();
    let again = |target: &Database| ends(&workspace, "migrate", &source, &target.uri());
    page.row("a new run where another is not finished", 6, &again(&copy).run());
    let empty = Database::create(&page.target);
    page.row("to resume on another target", 6, &again(&empty).arg("--resume").run());
    let other = Database::with(&page.source, super::ONE_TABLE);
    let outcome = ends(&workspace, "migrate", &other.uri(), &copy.uri()).arg("--resume").run();
    page.row("to resume from another source", 6, &outcome);
    let plan = fs::read(workspace.path("plan.tsv")).expect("a plan");
    let text = String::from_utf8(plan.clone()).expect("UTF-8");
    let mut not_utf8 = plan.clone();
    not_utf8.extend(b"\xff\xfe\n");
    let row = text.lines().nth(2).expect("a step").to_owned();
    for (tried, bytes) in [
        ("an empty plan", Vec::new()),
        ("a plan that is cut off", plan[..plan.len() - 10].to_vec()),
        ("a file that is no plan", b"a\tb\n".to_vec()),
        ("a plan without its first row", text.split_inclusive('\n').next().unwrap_or_default().into()),
        ("a plan of another format", text.replacen("\"format\":1", "\"format\":99", 1).into()),
        ("a plan with bytes that are no text", not_utf8),
        ("a plan with a step twice", format!("{text}{row}\n").into()),
        ("a plan with a step of no kind", text.replacen("\tDATA\t", "\tDTAA\t", 1).into()),
        ("a plan that waits for a step that is not there", text.replacen("\tdata:", "\tdta:", 1).into()),
        ("a plan that was edited", text.replacen("public.item (id", "public.item (note, id", 1).into()),
    ] {
        fs::write(workspace.path("plan.tsv"), bytes).expect("a plan");
        page.row(tried, 6, &again(&copy).arg("--resume").run());
    }
    fs::write(workspace.path("plan.tsv"), &plan).expect("a plan");
    for (tried, state) in [
        ("a state file that was edited", "data:public.item:0001\tMAYBE\n"),
        ("a state file that is none", "hello\n"),
    ] {
        workspace.write("state.tsv", state);
        page.row(tried, 6, &again(&copy).arg("--resume").run());
    }
    let nothing = Workspace::new();
    let outcome = ends(&nothing, "migrate", &source, &copy.uri()).arg("--resume").run();
    page.row("to resume where no plan is", 6, &outcome);
}

/// A directory in which we may read, and not write.
fn locked(page: &mut Page, copy: &Database) {
    // Nobody forbids anything to root.
    let (stranger, workspace) = (Stranger::new(), Workspace::new());
    let dir = stranger.as_ref().map_or_else(|| workspace.dir.clone(), |stranger| stranger.dir.join("run"));
    fs::create_dir_all(dir.join("locked")).expect("a directory");
    fs::set_permissions(dir.join("locked"), fs::Permissions::from_mode(0o555)).expect("rights");
    for (tried, option, path) in [
        ("a plan where we may not write", "--plan", "locked/plan.tsv"),
        ("a state file where we may not write", "--state", "locked/state.tsv"),
        ("a log where we may not write", "--log", "locked/run.log"),
        ("a report where we may not write", "--report", "locked/report.json"),
    ] {
        let source = page.database.uri();
        let log = if option == "--state" { "--log run.log --report report.json" } else { "" };
        let line = format!("migrate --source '{source}' --target '{}' {log} {option} {path}", copy.uri());
        let line = match &stranger {
            Some(stranger) => stranger.shell("run", "", &line),
            None => format!("exec \"$PGMIGRATE\" {line}"),
        };
        page.row(tried, 8, &workspace.shell(&line).run());
        page.absent(tried, copy);
    }
}

pub(super) fn output(page: &mut Page) {
    page.section("Files and output");
    let (source, copy) = (page.database.uri(), Database::absent(&page.target));
    for (tried, option, path) in [
        ("a plan in a directory that is not there", "--plan", "nowhere/plan.tsv"),
        ("a directory as plan", "--plan", "."),
        ("a state file in a directory that is not there", "--state", "nowhere/state.tsv"),
        ("a directory as state file", "--state", "there"),
        ("a log in a directory that is not there", "--log", "nowhere/run.log"),
        ("a report in a directory that is not there", "--report", "nowhere/report.json"),
        ("a plan where nothing can be written", "--plan", "/proc/plan.tsv"),
    ] {
        let workspace = Workspace::new();
        fs::create_dir(workspace.path("there")).expect("a directory");
        let outcome = ends(&workspace, "migrate", &source, &copy.uri()).args([option, path]).run();
        page.row(tried, 8, &outcome);
        page.absent(tried, &copy);
    }
    for (tried, option, path) in [
        ("a file in the place of a plan's directory", "--plan", "file/plan.tsv"),
        ("a file in the place of a state file's directory", "--state", "file/state.tsv"),
        ("a file in the place of a log's directory", "--log", "file/run.log"),
        ("a file in the place of a report's directory", "--report", "file/report.json"),
        ("a full disk under a plan", "--plan", "/dev/full"),
    ] {
        let workspace = Workspace::new();
        workspace.write("file", "");
        let mut run = ends(&workspace, "migrate", &source, &copy.uri()).args([option, path]);
        if option == "--state" {
            // These lie beside it.
            run = run.args(["--log", "run.log", "--report", "report.json"]);
        }
        let outcome = run.run();
        page.row(tried, 8, &outcome);
        page.absent(tried, &copy);
    }
    locked(page, &copy);
    let workspace = Workspace::new();
    let taken = page.source.port.to_string();
    let migrate = ends(&workspace, "migrate", &source, &copy.uri()).args(["--metrics-listen", &taken]);
    page.row("metrics on a port that is in use", 2, &migrate.run());
    page.absent("metrics on a port that is in use", &copy);
    let schema = format!("\"$PGMIGRATE\" schema --source '{source}'");
    page.row("a full disk behind stdout", 8, &workspace.shell(&format!("{schema} > /dev/full")).run());
    let closed = format!("{{ {schema}; echo $? > code; }} | true; exit $(cat code)");
    page.row("a reader that has gone (no error)", 0, &workspace.shell(&closed).run());
}
