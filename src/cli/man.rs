//! `pgmigrate man`: the manual pages, from the same words as `--help`.
use clap::CommandFactory as _;
use clap_mangen::Man;

use super::{
    args::{Cli, ManArgs},
    output,
};
use crate::{
    durable,
    error::{Error, ErrorKind, Result},
};

pub(super) fn run(args: &ManArgs) -> Result<()> {
    match &args.dir {
        Some(dir) => clap_mangen::generate_to(Cli::command(), dir)
            .map_err(|cause| durable::cannot("write manual pages to", dir).caused_by(cause)),
        None => output::print(&page()?),
    }
}

fn page() -> Result<String> {
    let mut page = Vec::new();
    Man::new(Cli::command())
        .render(&mut page)
        .map_err(|cause| Error::new(ErrorKind::Internal, "cannot render the page").caused_by(cause))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_subcommands_and_the_exit_codes() {
        let page = page().unwrap();
        for word in [".TH pgmigrate 1", "pgmigrate\\-migrate(1)", "Exit codes"] {
            assert!(page.contains(word), "{word}\n{page}");
        }
    }
}
