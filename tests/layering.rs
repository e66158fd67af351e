//! Who may know whom: the `crate::` paths of every room of `src/`, held to a table (test modules excepted).
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::support::root;

/// What each room may import of ours.
const MAY: &[(&str, &[&str])] = &[
    ("pg", &[]),
    ("error", &["pg"]),
    ("policy", &["error", "pg"]),
    ("failpoint", &["error"]),
    ("blocking", &["error"]),
    ("durable", &["error", "failpoint"]),
    ("config", &["error", "pg"]),
    ("net", &["config", "error", "pg"]),
    ("session", &["blocking", "config", "error", "net", "pg"]),
    ("wire", &["config", "error", "net", "pg"]),
    ("object", &["error", "pg"]),
    ("catalog", &["config", "error", "object", "pg", "session"]),
    ("ddl", &["catalog", "error", "object", "pg"]),
    ("plan", &["catalog", "config", "ddl", "durable", "error", "object", "pg"]),
    ("journal", &["durable", "error", "failpoint", "pg", "plan"]),
    // A note is a plain value of two texts; of `config` it knows the sides and their round trips; the live page tells the
    // exit code.
    ("observe", &["catalog", "config", "durable", "error", "plan", "policy"]),
    (
        "run",
        &[
            "blocking",
            "config",
            "durable",
            "error",
            "failpoint",
            "journal",
            "net",
            "observe",
            "pg",
            "plan",
            "policy",
            "session",
            "wire",
        ],
    ),
    (
        "migration",
        &[
            "backup",
            "catalog",
            "config",
            "durable",
            "error",
            "globals",
            "journal",
            "net",
            "observe",
            "pg",
            "plan",
            "policy",
            "preflight",
            "run",
            "session",
            "tuning",
        ],
    ),
    // Of `policy` it takes the hint of a refusal, for the report of `check`.
    (
        "preflight",
        &[
            "blocking", "catalog", "config", "error", "net", "object", "pg", "plan", "policy", "session",
            "wire",
        ],
    ),
    // It tries on the target what its role may, as `preflight` does, and reads roles as single databases' plans do.
    ("globals", &["blocking", "catalog", "config", "error", "net", "object", "pg", "preflight", "session"]),
    // It reads a database with the plan's own reader, script and rules, and moves rows between the wire and files.
    (
        "backup",
        &[
            "blocking",
            "catalog",
            "config",
            "ddl",
            "durable",
            "error",
            "net",
            "object",
            "pg",
            "plan",
            "preflight",
            "session",
            "wire",
        ],
    ),
    // It says which settings are left out in the same words as plans do.
    ("tuning", &["catalog", "config", "error", "failpoint", "journal", "net", "pg", "policy", "session"]),
    ("status", &["config", "error", "journal", "net", "object", "plan", "session", "tuning"]),
    // It reads both sides with the plan's own reader, script, rules and chunks: what it checks is what was meant.
    (
        "verify",
        &[
            "catalog",
            "config",
            "ddl",
            "durable",
            "error",
            "failpoint",
            "net",
            "object",
            "observe",
            "pg",
            "plan",
            "policy",
            "preflight",
            "session",
            "wire",
        ],
    ),
];

/// The rooms at the top: they may know all of the others, and nobody knows them.
const TOP: &[&str] = &["cli", "fuzzing", "lib", "main"];

/// What rooms must not know of the world outside, and files that are excepted.
const OUTSIDE: &[(&str, &[&str], &[&str])] = &[
    ("pg", IMPURE, &[]),
    ("object", IMPURE, &[]),
    ("ddl", IMPURE, &[]),
    // The plan's own file is read and written there.
    ("plan", IMPURE, &["plan/file.rs"]),
    ("wire", &["tokio_postgres"], &[]),
    ("session", &["postgres_protocol"], &[]),
];

const IMPURE: &[&str] = &[
    "tokio",
    "tokio_postgres",
    "std::time",
    "std::env",
    "std::net",
    "std::fs",
    "std::process",
    "std::thread",
];

/// A file of `src/`: its path below it, its room, and its code without comments and test modules.
struct File {
    path: String,
    room: String,
    code: String,
}

fn files() -> Vec<File> {
    let src = root().join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    let below = |path: &Path| path.strip_prefix(&src).expect("below src").to_str().expect("UTF-8").to_owned();
    let mut files: Vec<_> = paths
        .iter()
        .map(|path| (below(path), fs::read_to_string(path).expect("source")))
        .filter(|(path, _)| !path.ends_with("tests.rs") && !path.contains("/tests/"))
        .map(|(path, text)| {
            let room = path.split(['/', '.']).next().unwrap_or_default().to_owned();
            File { path, room, code: code_of(&text) }
        })
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Tests stand at the end of a file; a comment begins a line or stands after code and two blanks.
fn code_of(text: &str) -> String {
    let before_tests = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    let lines = before_tests.lines().map(|line| {
        if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap_or_default() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What follows a path's beginning in a text: `crate::` in `use crate::{a::B, c}` gives `a` and `c`.
fn heads(code: &str, beginning: &str) -> BTreeSet<String> {
    let mut heads = BTreeSet::new();
    for (at, _) in code.match_indices(beginning) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || "_$:".contains(c)) {
            continue;
        }
        let rest = &code[at + beginning.len()..];
        match rest.strip_prefix('{') {
            None => heads.insert(word(rest)),
            Some(list) => {
                heads.extend(items(list).into_iter().map(word));
                true
            }
        };
    }
    heads
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The items of a list in braces, inner braces left whole.
fn items(list: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut items) = (0_u32, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&list[begin..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&list[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let may: BTreeMap<_, _> = MAY.iter().copied().collect();
    let mut wrong = Vec::new();
    for File { path, room, code } in files() {
        if TOP.contains(&room.as_str()) {
            continue;
        }
        let Some(allowed) = may.get(room.as_str()) else {
            wrong.push(format!("src/{path}: room `{room}` isn't in the table"));
            continue;
        };
        for mut head in heads(&code, "crate::") {
            // `crate::Result` and its like are re-exports of `error`.
            if head.starts_with(char::is_uppercase) {
                "error".clone_into(&mut head);
            }
            if head != room && !allowed.contains(&head.as_str()) {
                wrong.push(format!("src/{path}: `{room}` must not know `{head}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_know_no_clock_no_environment_and_no_runtime() {
    let mut wrong = Vec::new();
    for (room, banned, excepted) in OUTSIDE {
        for file in files().iter().filter(|file| file.room == *room && !excepted.contains(&&*file.path)) {
            let of_std = heads(&file.code, "std::");
            for name in *banned {
                let known = match name.strip_prefix("std::") {
                    Some(module) => of_std.contains(module),
                    None => !heads(&file.code, &format!("{name}::")).is_empty(),
                };
                if known {
                    wrong.push(format!("src/{}: `{room}` must not know `{name}`", file.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    let may: BTreeMap<_, _> = MAY.iter().copied().collect();
    let mut done = BTreeSet::new();
    while done.len() < may.len() {
        let ready = may.iter().find(|(room, allowed)| {
            !done.contains(*room)
                && allowed.iter().all(|other| done.contains(other) || !may.contains_key(other))
        });
        let (room, _) = ready.unwrap_or_else(|| panic!("a circle among the rooms that are not in {done:?}"));
        done.insert(*room);
    }
}

#[test]
fn imports_are_read_out_of_braces_and_paths() {
    let code =
        "use crate::{catalog::Note, config::{A, B},\n pg::Oid};\nlet x = crate::policy::of(y); $crate::z!();";
    let found: Vec<_> = heads(code, "crate::").into_iter().collect();
    assert_eq!(found, ["catalog", "config", "pg", "policy"]);
}
