//! `pgmigrate completions`: the completion script of a shell.
use clap::CommandFactory as _;

use super::{
    args::{Cli, CompletionsArgs},
    output,
};
use crate::error::Result;

pub(super) fn run(args: &CompletionsArgs) -> Result<()> {
    output::print(&script(args.shell))
}

fn script(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "pgmigrate", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_has_a_script_that_knows_the_subcommands() {
        use clap::ValueEnum as _;
        for shell in clap_complete::Shell::value_variants() {
            let script = script(*shell);
            for word in ["migrate", "verify", "index-jobs"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }
}
