//! The independent judge: `pg_dump`'s text of both databases must be equal, entry by entry.
//!
//! One `pg_dump` dumps both sides, of a version as new as both servers at least; where there is none, the judge
//! abstains and only `pgmigrate verify` has spoken.
use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf, process::Command, sync::OnceLock};

use super::{
    database::Database,
    server::{bin_dirs, script, version_in},
};

/// Runs in which the judge spoke or abstained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Both dumps are equal.
    Equal,
    /// No `pg_dump` is new enough.
    Abstained,
}

/// The newest `pg_dump` at hand, with its major version.
fn newest() -> Option<&'static (PathBuf, u32)> {
    static FOUND: OnceLock<Option<(PathBuf, u32)>> = OnceLock::new();
    let find = || {
        let mut dirs = bin_dirs();
        dirs.extend(script("pg.sh", &["list"]).lines().map(PathBuf::from));
        dirs.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let programs = dirs.into_iter().map(|dir| dir.join("pg_dump")).filter_map(|program| {
            let output = Command::new(&program).arg("--version").output().ok()?;
            Some((version_in(&String::from_utf8_lossy(&output.stdout))?, program))
        });
        programs.max().map(|(major, program)| (program, major))
    };
    FOUND.get_or_init(find).as_ref()
}

/// A `pg_dump` of this version or newer.
pub(crate) fn program(major: u32) -> Option<&'static PathBuf> {
    newest().filter(|(_, found)| *found >= major).map(|(program, _)| program)
}

/// Compares two databases; an error lists the differences.
pub(crate) fn compare(source: &Database, target: &Database) -> Result<Verdict, String> {
    let needed = source.server.major.max(target.server.major);
    let Some((program, _)) = newest().filter(|(_, major)| *major >= needed) else {
        eprintln!("pg_dump {needed} or newer isn't here: definitions are compared by pgmigrate alone");
        return Ok(Verdict::Abstained);
    };
    let (expected, found) = (entries(program, source), entries(program, target));
    let mut differences = String::new();
    // From 16 on the server's text of a query leaves out the table's name where there is one table only.
    let respelled = source.server.major < 16 && target.server.major >= 16;
    let is_query = |header: &str| {
        ["Type: VIEW;", "Type: MATERIALIZED VIEW;", "Type: RULE;"].iter().any(|kind| header.contains(kind))
    };
    for (header, text) in &expected {
        match found.get(header) {
            Some(_) if respelled && is_query(header) => {}
            Some(other) if same_across(source.server.major, target.server.major, header, text, other) => {}
            None => _ = write!(differences, "missing on the target: {header}\n{text}\n"),
            Some(other) if other != text => {
                _ = write!(differences, "differs: {header}\n--- source\n{text}\n--- target\n{other}\n");
            }
            Some(_) => {}
        }
    }
    for (header, text) in found.iter().filter(|(header, _)| !expected.contains_key(*header)) {
        _ = write!(differences, "only on the target: {header}\n{text}\n");
    }
    if differences.is_empty() { Ok(Verdict::Equal) } else { Err(format!("pg_dump differs\n{differences}")) }
}

/// What a newer server holds that the older one had no word for.
fn same_across(from: u32, to: u32, header: &str, text: &str, other: &str) -> bool {
    let crosses = |major: u32| from < major && to >= major;
    let without = |text: &str, dropped: &dyn Fn(&str) -> bool| {
        text.lines().filter(|line| !dropped(line)).collect::<Vec<_>>().join("\n")
    };
    // 14: a range has a multirange with a name, a type with elements a subscript function.
    if crosses(14) && header.contains("Type: TYPE;") {
        let newer = ["multirange_type_name", "SUBSCRIPT = "];
        let other = without(other, &|line| newer.iter().any(|word| line.contains(word)));
        return text.replace(',', "") == other.replace(',', "");
    }
    // 14: the access method decides which members of a class are loose in its family; `pgmigrate verify` compares them.
    if crosses(14) && header.contains("Type: OPERATOR ") {
        return header.contains("OPERATOR CLASS;") || header.contains("OPERATOR FAMILY;");
    }
    // 15: a sequence can be unlogged, and an unlogged table's identity sequence is unless told otherwise.
    if crosses(15) && header.contains("Type: SEQUENCE;") {
        return without(text, &|line| line.trim() == "LOGGED")
            == without(other, &|line| line.trim() == "LOGGED");
    }
    // 17: MAINTAIN; "all privileges" of before are some of now.
    if crosses(17) && header.contains("ACL;") {
        return text.contains("REVOKE") && other.contains("MAINTAIN");
    }
    // 18: NOT NULL is a constraint; one that a child made apart had as its own stays its own.
    if crosses(18) && header.contains("Type: TABLE;") && text.contains("INHERITS") {
        return text.replace(" NOT NULL", "") == other.replace(" NOT NULL", "");
    }
    false
}

/// Both must be equal.
pub(crate) fn assert_equal(source: &Database, target: &Database) {
    if let Err(differences) = compare(source, target) {
        panic!("{differences}");
    }
}

/// The entries of a schema dump by their headers (`Name: t; Type: TABLE; Schema: public; Owner: postgres`).
fn entries(program: &PathBuf, database: &Database) -> BTreeMap<String, String> {
    // Large objects go with the data; with them come values of sequences.
    let has_large_objects = database.has("SELECT FROM pg_largeobject_metadata");
    let what = if has_large_objects { "--exclude-table-data=*.*" } else { "--schema-only" };
    // Bytes of no encoding are what they are.
    let encoding = match database.value("SHOW server_encoding").as_str() {
        "SQL_ASCII" => "--encoding=SQL_ASCII",
        _ => "--encoding=UTF8",
    };
    let output = Command::new(program)
        .args([what, encoding, "--no-sync", "--dbname", &database.uri()])
        .env("PGOPTIONS", "-c timezone=UTC")
        .output()
        .expect("pg_dump");
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut all = BTreeMap::<String, String>::new();
    // What stands before the first header is the preamble of session settings.
    for entry in text.split("\n--\n-- Name: ").skip(1) {
        let (header, body) = entry.split_once('\n').expect("a header");
        let body = body.split("\n--\n-- PostgreSQL database dump complete").next().unwrap_or_default();
        let kept: Vec<_> = body.lines().filter(|line| !is_noise(line)).map(same_words).collect();
        let kept = same_order(header, kept).join("\n");
        // Two entries may share a header: functions of one name in a dump without arguments, say.
        all.entry(same_words(header)).or_default().push_str(&kept);
    }
    all
}

/// Lines that say nothing of the object: session settings, separators, the keys that fence a dump.
fn is_noise(line: &str) -> bool {
    line.is_empty()
        || line == "--"
        || line.starts_with("SET default_")
        || line.starts_with("\\restrict")
        || line.starts_with("\\unrestrict")
}

/// The differences in the servers' own wording that are known: triggers up to version 10, arguments of procedures up
/// to version 13.
fn same_words(line: &str) -> String {
    if line.starts_with("CREATE ") && line.contains("TRIGGER ") {
        return line.replace(" EXECUTE PROCEDURE ", " EXECUTE FUNCTION ");
    }
    if line.contains("PROCEDURE ") {
        return line.replace("(IN ", "(").replace(", IN ", ", ");
    }
    line.to_owned()
}

/// What the server keeps in the order of its making, and means nothing by: the grants of an ACL (each with its
/// grantor), the roles of a policy, the extensions that an object depends on.
fn same_order(header: &str, lines: Vec<String>) -> Vec<String> {
    if header.contains("; Type: ACL;") {
        let mut grantor = String::new();
        let mut grants = Vec::new();
        for line in lines {
            if let Some(name) = line.strip_prefix("SET SESSION AUTHORIZATION ") {
                grantor = format!(" -- by {name}");
            } else if line == "RESET SESSION AUTHORIZATION;" {
                grantor.clear();
            } else {
                grants.push(line + &grantor);
            }
        }
        grants.sort();
        return grants;
    }
    if header.contains("; Type: OPERATOR CLASS;") || header.contains("; Type: OPERATOR FAMILY;") {
        let bare = |line: String| line.trim_end_matches([',', ';', ' ']).to_owned();
        let mut members: Vec<_> = lines.into_iter().map(bare).collect();
        members.sort();
        return members;
    }
    if header.contains("; Type: POLICY;") {
        return lines.into_iter().map(with_sorted_roles).collect();
    }
    let mut lines = lines;
    let depends = |line: &String| line.contains(" DEPENDS ON EXTENSION ");
    lines.chunk_by_mut(|a, b| depends(a) && depends(b)).for_each(<[String]>::sort);
    lines
}

fn with_sorted_roles(line: String) -> String {
    let Some((before, after)) = line.split_once(" TO ") else { return line };
    let end = [" USING (", " WITH CHECK ("].iter().filter_map(|word| after.find(word)).min();
    let (roles, rest) = after.split_at(end.unwrap_or(after.len() - 1));
    let mut roles: Vec<_> = roles.split(", ").collect();
    roles.sort_unstable();
    format!("{before} TO {}{rest}", roles.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[&str]) -> Vec<String> {
        text.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn grants_are_compared_without_order_but_with_their_grantors() {
        let acl = "TABLE t; Type: ACL; Schema: s; Owner: o";
        let by_a = ["SET SESSION AUTHORIZATION a;", "GRANT x TO c;", "RESET SESSION AUTHORIZATION;"];
        let own = "GRANT x TO b;";
        let one = same_order(acl, lines(&[own, by_a[0], by_a[1], by_a[2]]));
        assert_eq!(one, same_order(acl, lines(&[by_a[0], by_a[1], by_a[2], own])));
        assert_ne!(one, same_order(acl, lines(&[own, by_a[1]])));
    }

    #[test]
    fn the_roles_of_a_policy_have_no_order() {
        for end in [" USING (true);", ";"] {
            let policy = |roles: &str| with_sorted_roles(format!("CREATE POLICY p ON s.t TO {roles}{end}"));
            assert_eq!(policy("\"b; --\", a"), policy("a, \"b; --\""));
            assert_ne!(policy("a"), policy("a, b"));
        }
    }
}
