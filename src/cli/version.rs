//! `pgmigrate version`: the program, the servers and the plan format it knows.
use super::output;
use crate::{error::Result, pg::SUPPORTED, plan::PLAN_FORMAT};

pub(super) fn run() -> Result<()> {
    output::print(&text(env!("CARGO_PKG_VERSION")))
}

fn text(version: &str) -> String {
    let (oldest, newest) = (SUPPORTED.first().unwrap_or(&0), SUPPORTED.last().unwrap_or(&0));
    format!("pgmigrate {version}\nPostgreSQL {oldest} to {newest}\nplan format {PLAN_FORMAT}\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_names_servers_and_format() {
        insta::assert_snapshot!(super::text("1.2.3"), @"
        pgmigrate 1.2.3
        PostgreSQL 10 to 18
        plan format 1
        ");
    }
}
