//! `docs/reference/errors.md`: what was tried that cannot work, how it ended, what was said. The page is made here;
//! `PGMIGRATE_WRITE=1` writes it anew, and who changes a message reads it there.
mod backup;
mod input;
mod runs;
mod servers;

pub(crate) use runs::standby;

use std::{fmt::Write as _, fs, process::id};

use crate::support::{
    cli::{Invocation, Outcome, Workspace},
    database::Database,
    root,
    server::Server,
};

/// How many bad inputs the page has at least.
const ENOUGH: usize = 60;

/// The page under way, and the servers that it is made with.
struct Page {
    source: Server,
    target: Server,
    /// A database with one table of ten rows.
    database: Database,
    text: String,
    rows: usize,
    /// Cases that ended with another code than the documented one.
    wrong: Vec<String>,
}

const ONE_TABLE: &str = "CREATE TABLE item (id integer PRIMARY KEY, note text, doc json);
    INSERT INTO item SELECT n, 'note ' || n FROM generate_series(1, 10) n";

impl Page {
    fn new() -> Self {
        let (source, target) = (Server::main("source"), Server::main("target"));
        let database = Database::with(&source, ONE_TABLE);
        Self { source, target, database, text: String::new(), rows: 0, wrong: Vec::new() }
    }

    fn section(&mut self, title: &str) {
        _ = write!(self.text, "\n## {title}\n\n| what was tried | exit code | message |\n|---|---|---|\n");
    }

    /// A row: what was tried (a fault of the program's is told apart), what it must end with, and how it ended.
    fn row(&mut self, tried: &str, code: i32, outcome: &Outcome) {
        if outcome.status.code() != Some(code) {
            self.wrong.push(format!("{tried}: expected {code}\n{outcome}"));
        }
        if outcome.stderr.contains("panicked") {
            self.wrong.push(format!("{tried}: a panic\n{outcome}"));
        }
        let code = outcome.status.code().map_or_else(|| "signal".to_owned(), |code| code.to_string());
        let message = match self.message(&outcome.stderr) {
            nothing if nothing.is_empty() && code == "0" => "(none)".to_owned(),
            nothing if nothing.is_empty() => "(the help)".to_owned(),
            message => message,
        };
        _ = writeln!(self.text, "| {} | {code} | {message} |", cell(tried));
        self.rows += 1;
    }

    /// A row that the servers at hand cannot show anew.
    fn row_as_before(&mut self, tried: &str) {
        let page = fs::read_to_string(root().join("docs/reference/errors.md")).unwrap_or_default();
        if let Some(line) = page.lines().find(|line| line.starts_with(&format!("| {} |", cell(tried)))) {
            _ = writeln!(self.text, "{line}");
            self.rows += 1;
        }
    }

    /// The target's database must not have been made.
    fn absent(&mut self, tried: &str, database: &Database) {
        if database.exists() {
            self.wrong.push(format!("{tried}: the target's database is there"));
        }
    }

    /// The lines that say what is wrong and what helps, without what is another at each run.
    fn message(&self, stderr: &str) -> String {
        let tells = ["error:", "hint:", "warning:", "tip:", "[possible values", "--"];
        let lines =
            stderr.lines().map(str::trim).filter(|line| tells.iter().any(|word| line.starts_with(word)));
        let lines: Vec<_> = lines.map(|line| cell(&self.normalised(line))).collect();
        lines.join("<br>")
    }

    fn normalised(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (port, shown) in [(self.source.port, "5432"), (self.target.port, "5433")] {
            line = line
                .replace(&format!(":{port}"), &format!(":{shown}"))
                .replace(&format!("port {port}"), shown);
        }
        let scratch = format!("{}/run-{}-", env!("CARGO_TARGET_TMPDIR"), id());
        line = numbered(&line, &scratch, |_| "DIR".to_owned());
        // What stands before it in the file holds our number too.
        line = numbered(&line, "at byte ", |_| "at byte …".to_owned());
        // Databases and roles carry our number: `test_4711_3` and the next one are `air` and `sea`, `test_reader_4711` is `reader`.
        let mut databases = Vec::new();
        line = numbered(&line, &format!("test_{}_", id()), |number| {
            if !databases.iter().any(|known| known == number) {
                databases.push(number.to_owned());
            }
            if databases.first().is_some_and(|first| first == number) { "air" } else { "sea" }.to_owned()
        });
        without_ids(&line.replace(&format!("_{}", id()), "").replace("test_", ""))
    }
}

/// Each `name` with the number behind it becomes what the number is shown as.
fn numbered(text: &str, name: &str, mut shown: impl FnMut(&str) -> String) -> String {
    let mut pieces = text.split(name);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        text + &shown(&piece[..piece.len() - rest.len()]) + rest
    })
}

/// Identifiers of runs and of clusters, and times, are others each time.
fn without_ids(line: &str) -> String {
    let is_id = |word: &str| {
        let all = |fits: fn(char) -> bool| word.chars().all(fits);
        (word.len() >= 16 && all(|c| c.is_ascii_hexdigit()))
            || (word.len() >= 9 && all(|c| c.is_ascii_digit()))
    };
    let words = line.split(' ').map(|word| {
        let bare = word.trim_matches(['(', ')', ',']);
        if is_id(bare) { word.replace(bare, "…") } else { word.to_owned() }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Text in a cell: nothing in it ends the cell or begins a tag.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// `schema` of what a connection string names.
fn schema(conninfo: &str) -> Outcome {
    Workspace::new().pgmigrate(["schema", "--source", conninfo]).run()
}

/// `--source … --target …` of two strings.
fn ends(workspace: &Workspace, subcommand: &str, source: &str, target: &str) -> Invocation {
    workspace.pgmigrate([subcommand, "--source", source, "--target", target])
}

#[test]
fn bad_inputs_end_with_their_code_and_a_message() {
    let mut page = Page::new();
    input::command_line(&mut page);
    input::config(&mut page);
    input::conninfo(&mut page);
    input::files_beside(&mut page);
    servers::reach(&mut page);
    servers::tls(&mut page);
    servers::rights(&mut page);
    runs::selection(&mut page);
    runs::target(&mut page);
    runs::unfit_target(&mut page);
    runs::resume(&mut page);
    runs::output(&mut page);
    backup::backup(&mut page);
    assert!(page.rows >= ENOUGH, "{} rows", page.rows);
    let text = format!(
        "# Errors\n\n{} inputs that cannot work, how each ends, and what is said. Made by a test (`tests/errors/`), which runs them all; \
         `PGMIGRATE_WRITE=1` writes it anew.\n[Exit codes](exit-codes.md) are explained apart. Ports, paths and names are shortened.\n{}",
        page.rows, page.text
    );
    let path = root().join("docs/reference/errors.md");
    if std::env::var_os("PGMIGRATE_WRITE").is_some() {
        fs::write(&path, &text).expect("errors.md");
    }
    assert!(page.wrong.is_empty(), "{}", page.wrong.join("\n"));
    let there = fs::read_to_string(&path).unwrap_or_default();
    for (now, before) in text.lines().zip(there.lines()) {
        assert_eq!(now, before, "docs/reference/errors.md is out of date");
    }
    assert_eq!(text.lines().count(), there.lines().count(), "docs/reference/errors.md is out of date");
}
