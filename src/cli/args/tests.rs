//! The help of each subcommand, and which options go together.
use clap::{CommandFactory as _, error::ErrorKind};

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split_whitespace())
}

fn help(name: &str) -> String {
    let mut command = Cli::command().term_width(100);
    command.build();
    command.find_subcommand_mut(name).unwrap().render_help().to_string()
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn help_of_the_program() {
    insta::assert_snapshot!(Cli::command().term_width(100).render_help(), @"
    Moves PostgreSQL databases to PostgreSQL

    Usage: pgmigrate <COMMAND>

    Commands:
      check        Look at both servers for what would stand in the way of a migration
      plan         Write the plan of a migration, and print its summary
      migrate      Migrate: plan, copy, build indexes and constraints, analyze
      verify       Compare source and target: rows, checksums, sequences, definitions
      schema       Print the definitions that a migration would create, as SQL; or compare those of two
                   servers
      globals      Bring roles, memberships, tablespaces and privileges on parameters from server to
                   server
      status       Tell what a run is at, from another terminal
      cleanup      Put back what a run that died has left changed on the target
      backup       Write the target database to a directory that `pg_restore` reads too
      restore      Restore such a directory, or one of `pg_dump -Fd`, into an empty database
      completions  Print the completion script of a shell
      man          Print the manual page, or write those of all subcommands
      version      Print the version, the servers and the plan format it knows
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Exit codes:
       0  done and checked
       1  differences found (`verify`, `schema --diff`)
       2  wrong command line, configuration, connection string, password or service
          file
       3  a server cannot be reached, refuses the login, or TLS fails
       4  refused before anything was changed: missing privilege, target not empty,
          object that cannot be carried
       5  one or more steps failed; `--resume` continues
       6  plan, state and journal do not fit together
       7  interrupted; `--resume` continues
       8  a file of the run cannot be read or written, or the system gives no more
          files or threads
      70  a fault of pgmigrate itself; please report it

    Examples:
      pgmigrate migrate --config config.yaml
      pgmigrate verify --config config.yaml
    ");
}

#[test]
fn help_of_plan() {
    insta::assert_snapshot!(help("plan"), @"
    Write the plan of a migration, and print its summary

    Usage: pgmigrate plan --config <FILE> [OPTIONS]
           pgmigrate plan --source <URI> --target <URI> [OPTIONS]

    Options:
          --config <FILE>             Configuration file
          --source <URI>              Source as URI or key=value string, in place of the file's; keep
                                      passwords in ~/.pgpass, where no process list shows them
          --target <URI>              Target as URI or key=value string, in place of the file's
          --plan <FILE>               Where the plan is written [default: plan.tsv]
          --jobs <N>                  At most so many lanes copy at a time [default: the file's
                                      `parallel.max_jobs`]
          --split-larger-than <SIZE>  Cut tables larger than this (512MB, 2GB) into chunks [default: the
                                      file's `parallel.split_larger_than`]
          --chunk-bytes <SIZE>        Size of a chunk (64MB) [default: the file's
                                      `parallel.chunk_bytes`]
          --source-connections <N>    At most so many connections to the source, all of ours counted
                                      [default: what it has free]
          --target-connections <N>    At most so many connections to the target [default: what it has
                                      free]
          --on-existing <WHAT>        What to do with selected tables that hold rows on the target
                                      [default: fail] [possible values: fail, skip, truncate, append]
          --delay-data <PATTERN>      Copy the rows of tables like `schema.table*` or
                                      `database.schema.table*` last, when the rest is usable and clients
                                      can insert; may be repeated, and adds to the file's
                                      `tables.delay_data`
          --rebuild-indexes           Drop indexes of tables that are on the target already before rows
                                      come, and build them again afterwards
          --json                      Print the summary as JSON
      -h, --help                      Print help (see more with '--help')

    Databases:
          --all-databases            Every database of the source's server, into the one of the same
                                     name, after roles and tablespaces
          --include-database <NAME>  Only databases of this name; * and ? stand for any characters and
                                     any one; may be repeated
          --exclude-database <NAME>  Not the databases of this name, written likewise; may be repeated

    Objects:
          --no-owner            Set no owners: everything belongs to the role of the target's connection
          --no-privileges       Set no privileges and no default privileges
          --no-comments         Carry no comments
          --no-security-labels  Carry no security labels
          --no-tablespaces      Store everything in the database's own tablespace
          --no-publications     Carry no publications
          --no-subscriptions    Carry no subscriptions

    Target:
          --tune-target <LEVEL>  How far the target is tuned while rows are loaded [default: the file's
                                 `target_tuning.level`] [possible values: off, session, server]
          --unsafe-fsync-off     With --tune-target server: turn fsync off too. If its machine crashes
                                 meanwhile, all databases of the server are lost

    Examples:
      pgmigrate plan --config config.yaml
      pgmigrate plan --config config.yaml --plan /var/lib/move/plan.tsv --json | jq .steps
    ");
}

#[test]
fn help_of_migrate() {
    insta::assert_snapshot!(help("migrate"), @"
    Migrate: plan, copy, build indexes and constraints, analyze

    Usage: pgmigrate migrate --config <FILE> [OPTIONS]
           pgmigrate migrate --source <URI> --target <URI> [OPTIONS]

    Options:
          --config <FILE>             Configuration file
          --source <URI>              Source as URI or key=value string, in place of the file's; keep
                                      passwords in ~/.pgpass, where no process list shows them
          --target <URI>              Target as URI or key=value string, in place of the file's
          --plan <FILE>               Where the plan is written; with --resume, where it is read
                                      [default: plan.tsv]
          --state <FILE>              Where the state of each step is written [default: state.tsv]
          --jobs <N>                  At most so many lanes copy at a time [default: the file's
                                      `parallel.max_jobs`]
          --split-larger-than <SIZE>  Cut tables larger than this (512MB, 2GB) into chunks [default: the
                                      file's `parallel.split_larger_than`]
          --chunk-bytes <SIZE>        Size of a chunk (64MB) [default: the file's
                                      `parallel.chunk_bytes`]
          --source-connections <N>    At most so many connections to the source, all of ours counted
                                      [default: what it has free]
          --target-connections <N>    At most so many connections to the target [default: what it has
                                      free]
          --index-jobs <N>            At most so many indexes and constraints are built at a time
                                      [default: derived]
          --dry-run                   Print the plan's summary, change nothing
          --resume                    Continue the run of an existing plan: skip what is done, repeat
                                      what failed
          --consistent [<WHICH>]      With --resume: which tables are copied again, since rows of theirs
                                      come from an earlier moment than the rest [default: torn]
                                      [possible values: none, torn, table, changed, all]
          --on-existing <WHAT>        What to do with selected tables that hold rows on the target
                                      [default: fail] [possible values: fail, skip, truncate, append]
          --delay-data <PATTERN>      Copy the rows of tables like `schema.table*` or
                                      `database.schema.table*` last, when the rest is usable and clients
                                      can insert; may be repeated, and adds to the file's
                                      `tables.delay_data`
          --rebuild-indexes           Drop indexes of tables that are on the target already before rows
                                      come, and build them again afterwards
          --backup[=<DIR>]            Back the target up before anything is changed, if it holds
                                      anything; without a backup the run does not start. With --resume
                                      it was done
          --log <FILE>                Log file [default: pgmigrate.log beside the state file]
          --report <FILE>             Report file [default: report.json beside the state file]
      -v, --verbose                   Show what is done on stderr, instead of bars
          --json-events               Print what happens to stdout as JSON, an event a line, in place of
                                      words and bars
      -h, --help                      Print help (see more with '--help')

    Databases:
          --all-databases            Every database of the source's server, into the one of the same
                                     name, after roles and tablespaces
          --include-database <NAME>  Only databases of this name; * and ? stand for any characters and
                                     any one; may be repeated
          --exclude-database <NAME>  Not the databases of this name, written likewise; may be repeated

    Objects:
          --no-owner            Set no owners: everything belongs to the role of the target's connection
          --no-privileges       Set no privileges and no default privileges
          --no-comments         Carry no comments
          --no-security-labels  Carry no security labels
          --no-tablespaces      Store everything in the database's own tablespace
          --no-publications     Carry no publications
          --no-subscriptions    Carry no subscriptions

    Target:
          --tune-target <LEVEL>  How far the target is tuned while rows are loaded [default: the file's
                                 `target_tuning.level`] [possible values: off, session, server]
          --unsafe-fsync-off     With --tune-target server: turn fsync off too. If its machine crashes
                                 meanwhile, all databases of the server are lost

    Metrics:
          --metrics-listen <ADDRESS>  Serve a live page and metrics for Prometheus on a port of the
                                      loopback, or on address:port, without TLS and password
          --metrics-linger <SECONDS>  Serve them for so long after the end, so that it can be seen how
                                      it ended
          --metrics-tables <N>        So many tables, the largest ones, have series of their own

    Examples:
      pgmigrate migrate --config config.yaml --dry-run
      pgmigrate migrate --config config.yaml --jobs 8
      pgmigrate migrate --config config.yaml --resume
      pgmigrate migrate --source postgresql://app@old/shop --target postgresql://app@new/shop
      pgmigrate migrate --source postgresql://postgres@old --target postgresql://postgres@new
      --all-databases
    ");
}

#[test]
fn help_of_verify() {
    insta::assert_snapshot!(help("verify"), @"
    Compare source and target: rows, checksums, sequences, definitions

    Usage: pgmigrate verify --config <FILE> [OPTIONS]
           pgmigrate verify --source <URI> --target <URI> [OPTIONS]

    Options:
          --config <FILE>           Configuration file
          --source <URI>            Source as URI or key=value string, in place of the file's; keep
                                    passwords in ~/.pgpass, where no process list shows them
          --target <URI>            Target as URI or key=value string, in place of the file's
          --mode <MODE>             How much of the rows is compared [default: the file's `verify.mode`,
                                    else checksum] [possible values: fast, counts, checksum, sample]
          --sample <PERCENT>        Compare so many of a hundred rows, the same ones on both sides:
                                    `--mode sample` [default: the file's `verify.sample_percent`, else
                                    10]
          --verify-concurrency <N>  At most so many connections to each side compare at a time, over all
                                    databases [default: the file's `verify.concurrency`, else
                                    `parallel.max_jobs`, else 4] [alias: --jobs]
          --max-differences <N>     Name so many rows of each table that differs by their keys [default:
                                    the file's `verify.max_differences`, else 20]
          --resume                  Go on where an earlier `verify` ended: what it has read counts where
                                    the servers prove that it is the same
          --state <FILE>            File of what was read so far [default: verify.tsv]
          --json                    Print the result as JSON
          --html <FILE>             Write the result as a page for a browser, too
      -v, --verbose                 Show what is done on stderr
      -h, --help                    Print help (see more with '--help')

    Databases:
          --all-databases            Every database of the source's server, into the one of the same
                                     name, after roles and tablespaces
          --include-database <NAME>  Only databases of this name; * and ? stand for any characters and
                                     any one; may be repeated
          --exclude-database <NAME>  Not the databases of this name, written likewise; may be repeated

    Objects:
          --no-owner            Set no owners: everything belongs to the role of the target's connection
          --no-privileges       Set no privileges and no default privileges
          --no-comments         Carry no comments
          --no-security-labels  Carry no security labels
          --no-tablespaces      Store everything in the database's own tablespace
          --no-publications     Carry no publications
          --no-subscriptions    Carry no subscriptions

    Metrics:
          --metrics-listen <ADDRESS>  Serve a live page and metrics for Prometheus on a port of the
                                      loopback, or on address:port, without TLS and password
          --metrics-linger <SECONDS>  Serve them for so long after the end, so that it can be seen how
                                      it ended

    Ends with 0 if everything is equal, with 1 if anything differs. Estimates that differ (--mode fast)
    are warnings.

    Examples:
      pgmigrate verify --config config.yaml
      pgmigrate verify --config config.yaml --mode counts
      pgmigrate verify --config config.yaml --sample 1
      pgmigrate verify --config config.yaml --resume
      pgmigrate verify --source postgresql://postgres@old --target postgresql://postgres@new
      --all-databases
      pgmigrate verify --config config.yaml --html verify.html --json > verify.json
    ");
}

#[test]
fn help_of_schema() {
    insta::assert_snapshot!(help("schema"), @"
    Print the definitions that a migration would create, as SQL; or compare those of two servers

    Usage: pgmigrate schema --config <FILE> [OPTIONS]
           pgmigrate schema --source <URI> [OPTIONS]
           pgmigrate schema --diff --source <URI> --target <URI> [OPTIONS]

    Options:
          --config <FILE>   Configuration file
          --source <URI>    Source as URI or key=value string, in place of the file's
          --target <URI>    Target: with --diff, the server to compare with
          --section <NAME>  Print only this section (can be repeated) [possible values: pre-data,
                            post-data]
          --diff            Compare the definitions of source and target, object by object
          --json            Print the comparison as JSON, in the form of `verify --json`
      -h, --help            Print help (see more with '--help')

    Selection:
          --schema <NAME>          Only this schema (can be repeated)
          --exclude-schema <NAME>  Not this schema (can be repeated)
          --table <NAME>           Only this table, view or sequence, as NAME or SCHEMA.NAME, with what
                                   it needs, whatever --schema says (can be repeated)
          --exclude-table <NAME>   Not this table, as NAME or SCHEMA.NAME (can be repeated)

    Objects:
          --no-owner            Set no owners: everything belongs to the role of the target's connection
          --no-privileges       Set no privileges and no default privileges
          --no-comments         Carry no comments
          --no-security-labels  Carry no security labels
          --no-tablespaces      Store everything in the database's own tablespace
          --no-publications     Carry no publications
          --no-subscriptions    Carry no subscriptions

    With --diff: ends with 0 if all definitions are equal, with 1 if anything differs, be it that only
    one side has it.
    Names stand as they are, with * and ? for any characters and any one.

    Examples:
      pgmigrate schema --source postgresql://app@old/shop
      pgmigrate schema --config config.yaml | psql -X -v ON_ERROR_STOP=1 -d empty
      pgmigrate schema --source postgresql://app@old/shop --table 'shop.order*' --no-owner
      pgmigrate schema --diff --config config.yaml --json
    ");
}

#[test]
fn help_of_globals() {
    insta::assert_snapshot!(help("globals"), @"
    Bring roles, memberships, tablespaces and privileges on parameters from server to server

    Usage: pgmigrate globals --config <FILE> [OPTIONS]
           pgmigrate globals --source <URI> --target <URI> [OPTIONS]

    Options:
          --config <FILE>  Configuration file
          --source <URI>   Source as URI or key=value string, in place of the file's; keep passwords in
                           ~/.pgpass, where no process list shows them
          --target <URI>   Target as URI or key=value string, in place of the file's
          --roles <WHICH>  Which roles [default: the file's `roles.mode`; without a file all] [possible
                           values: all, referenced, none]
          --dry-run        Print what would be done, as SQL, and change nothing
          --json           Print the result as JSON
      -h, --help           Print help (see more with '--help')

    Objects:
          --no-owner            Set no owners: everything belongs to the role of the target's connection
          --no-privileges       Set no privileges and no default privileges
          --no-comments         Carry no comments
          --no-security-labels  Carry no security labels
          --no-tablespaces      Store everything in the database's own tablespace
          --no-publications     Carry no publications
          --no-subscriptions    Carry no subscriptions

    It makes what the target's server lacks and takes nothing away; the role that migrates is never
    touched. Run twice, it has
    nothing to do. Roles that are there stay as they are unless the file says `roles.on_existing:
    update`; tablespaces are made in
    the directories that the file names in `tablespaces.locations`.

    Examples:
      pgmigrate globals --source postgresql://admin@old/postgres --target
      postgresql://admin@new/postgres --dry-run
      pgmigrate globals --config config.yaml --json
    ");
}

#[test]
fn help_of_cleanup() {
    insta::assert_snapshot!(help("cleanup"), @"
    Put back what a run that died has left changed on the target

    Usage: pgmigrate cleanup --config <FILE> [OPTIONS]
           pgmigrate cleanup --target <URI> [OPTIONS]

    Options:
          --config <FILE>  Configuration file
          --target <URI>   Target as URI or key=value string, in place of the file's
          --drop-journal   Drop the journal of the target's database too: its run cannot be resumed
                           then. What it has copied stays
          --json           Print what was done as JSON
      -h, --help           Print help

    It puts back the settings of the target's server that a run with `--tune-target server` has changed
    and, being killed, has left. Settings that a run works with it leaves alone. Run twice, it has
    nothing to do. The journal of a run that stopped stays, for `migrate --resume`, unless
    --drop-journal says that nobody will resume it.

    Examples:
      pgmigrate cleanup --target postgresql://postgres@new/shop
      pgmigrate cleanup --target postgresql://postgres@new/shop --drop-journal
      pgmigrate cleanup --config config.yaml --json
    ");
}

#[test]
fn help_of_backup() {
    insta::assert_snapshot!(help("backup"), @"
    Write the target database to a directory that `pg_restore` reads too

    Usage: pgmigrate backup --config <FILE> [OPTIONS]
           pgmigrate backup --target <URI> [OPTIONS]

    Options:
          --config <FILE>     Configuration file: its target is backed up
          --target <URI>      Database to back up as URI or key=value string, in place of the file's
                              target
          --dir <DIR>         Directory in which the backup's own is made:
                              `pgmigrate_backup_<database>_<time>` [default: backup]
          --jobs <N>          At most so many connections [default: the file's `parallel.max_jobs`, else
                              one a processor, up to 8]
          --compress <LEVEL>  Level of compression, from 0 for none to 9 [default: 1]
      -h, --help              Print help

    The whole database, from one snapshot, in the directory format of pg_dump: pg_restore of version 15
    and newer restores it too. The directory has its name only when every file was read back.

    Examples:
      pgmigrate backup --target postgresql://app@new/shop
      pgmigrate backup --config config.yaml --dir /var/backups --jobs 8 --compress 6
    ");
}

#[test]
fn help_of_restore() {
    insta::assert_snapshot!(help("restore"), @"
    Restore such a directory, or one of `pg_dump -Fd`, into an empty database

    Usage: pgmigrate restore <DIRECTORY> --config <FILE> [OPTIONS]
           pgmigrate restore <DIRECTORY> --target <URI> [OPTIONS]

    Arguments:
      <DIRECTORY>  The backup

    Options:
          --config <FILE>  Configuration file: its target is restored
          --target <URI>   Database to restore as URI or key=value string, in place of the file's target
          --jobs <N>       At most so many connections [default: the file's `parallel.max_jobs`, else
                           one a processor, up to 8]
          --no-owner       Set no owners: everything belongs to the role of the connection
          --no-privileges  Set no privileges and no default privileges
      -h, --help           Print help

    Every file is held to the manifest before the target is changed. The database must be empty, or
    absent: then it is made. What pg_dump -Fd wrote (without compression or with gzip) is restored too;
    it has no manifest.

    Examples:
      pgmigrate restore backup/pgmigrate_backup_shop_20260131T020000Z --target postgresql://app@new/shop
      pgmigrate restore /var/backups/shop --config config.yaml --jobs 8 --no-owner
    ");
}

#[test]
fn help_of_check() {
    insta::assert_snapshot!(help("check"), @r#"
    Look at both servers for what would stand in the way of a migration

    Usage: pgmigrate check --config <FILE> [OPTIONS]
           pgmigrate check --source <URI> --target <URI> [OPTIONS]
           pgmigrate check --inventory --source <URI>

    Options:
          --config <FILE>       Configuration file
          --source <URI>        Source as URI or key=value string, in place of the file's
          --target <URI>        Target as URI or key=value string, in place of the file's
          --only <ID>           Make only these checks (a list with commas, or repeated)
          --skip <ID>           Make all checks but these
          --on-existing <WHAT>  What the migration will do with selected tables that hold rows on the
                                target [default: fail] [possible values: fail, skip, truncate, append]
          --json                Print the findings as JSON, with an inventory of the source
          --inventory           Print the inventory of the source alone, as JSON: roles, databases, HBA
                                rules, replication, special objects
      -h, --help                Print help (see more with '--help')

    Objects:
          --no-owner            Set no owners: everything belongs to the role of the target's connection
          --no-privileges       Set no privileges and no default privileges
          --no-comments         Carry no comments
          --no-security-labels  Carry no security labels
          --no-tablespaces      Store everything in the database's own tablespace
          --no-publications     Carry no publications
          --no-subscriptions    Carry no subscriptions

    Ends with 0 if nothing was found that a migration would fail by, with 4 otherwise.
    docs/reference/checks.md has all checks.

    Examples:
      pgmigrate check --config config.yaml
      pgmigrate check --config config.yaml --skip disk-space,no-primary-key
      pgmigrate check --config config.yaml --json | jq '.findings[] | select(.severity == "error")'
      pgmigrate check --inventory --source postgresql://app@old/shop | jq .roles
    "#);
}

#[test]
fn help_of_completions() {
    insta::assert_snapshot!(help("completions"), @"
    Print the completion script of a shell

    Usage: pgmigrate completions <SHELL>

    Arguments:
      <SHELL>  The shell [possible values: bash, elvish, fish, powershell, zsh]

    Options:
      -h, --help  Print help

    Example:
      pgmigrate completions bash > /etc/bash_completion.d/pgmigrate
    ");
}

#[test]
fn help_of_version() {
    insta::assert_snapshot!(help("version"), @"
    Print the version, the servers and the plan format it knows

    Usage: pgmigrate version

    Options:
      -h, --help  Print help
    ");
}

#[test]
fn a_configuration_or_both_ends_are_needed() {
    for line in [
        "pgmigrate plan --config c.yaml",
        "pgmigrate migrate --source a --target b",
        "pgmigrate verify --config c.yaml --target b",
        "pgmigrate schema --source a",
    ] {
        assert!(parse(line).is_ok(), "{line}");
    }
    for line in
        ["pgmigrate plan", "pgmigrate migrate --source a", "pgmigrate verify --target a", "pgmigrate schema"]
    {
        assert_eq!(parse(line).unwrap_err().kind(), ErrorKind::MissingRequiredArgument, "{line}");
    }
}

#[test]
fn what_a_resumed_run_cannot_change_is_refused() {
    for option in ["--dry-run", "--on-existing truncate"] {
        let error = parse(&format!("pgmigrate migrate --config c --resume {option}")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
    }
    assert!(parse("pgmigrate migrate --config c --jobs 0").is_err());
}

#[test]
fn log_and_report_lie_beside_the_state_file() {
    let migrate =
        |options: &str| match parse(&format!("pgmigrate migrate --config c {options}")).unwrap().command {
            Command::Migrate(args) => (args.log_path(), args.report_path()),
            other => panic!("{other:?}"),
        };
    assert_eq!(migrate(""), ("pgmigrate.log".into(), "report.json".into()));
    assert_eq!(migrate("--state d/s.tsv --report r"), ("d/pgmigrate.log".into(), "r".into()));
}
