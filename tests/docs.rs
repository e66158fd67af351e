//! The README says what the program does.
use std::fs;

use crate::support::root;

#[test]
fn the_readme_has_the_table_of_exit_codes() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let section = readme
        .split("\n#")
        .find(|section| {
            section.lines().next().is_some_and(|title| title.to_lowercase().contains("exit codes"))
        })
        .expect("a section `Exit codes`");
    let rows: Vec<(u8, &str)> = section
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.strip_suffix('|')?.splitn(2, '|').map(str::trim);
            Some((cells.next()?.trim_matches('`').parse().ok()?, cells.next()?))
        })
        .collect();
    assert_eq!(rows, pgmigrate::policy::EXIT_CODES);
}
