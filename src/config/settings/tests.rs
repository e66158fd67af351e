//! Tests of how file, command line and environment come together.
use super::*;
use crate::config::{Secret, scratch::Scratch};

const FILE: &str = "source: { conninfo: 'host=a user=u dbname=air' }\ntarget: { conninfo: 'host=b user=u' }\n\
                    parallel: { max_jobs: 3 }\nroles: { mode: none }\n";

fn environment() -> Environment {
    Environment::from_pairs([("HOME", "/nonexistent")])
}

fn build(text: &str, overrides: &Overrides) -> Result<Settings> {
    let file = ConfigFile::parse("c.yaml", text, &environment())?;
    Settings::build(Some(&file), overrides, &environment())
}

fn uris() -> Overrides {
    Overrides {
        source: Some("postgresql://u@a/air".into()),
        target: Some("postgresql://u@b".into()),
        ..Overrides::default()
    }
}

#[test]
fn the_file_is_enough() {
    let settings = build(FILE, &Overrides::default()).unwrap();
    assert_eq!(settings.source.to_string(), "u@a:5432/air");
    assert_eq!(settings.target.to_string(), "u@b:5432/air", "the source's database where none is named");
    assert_eq!((settings.max_jobs, settings.index_jobs), (Some(3), None));
    assert_eq!((settings.roles, settings.on_existing), (RolesMode::None, OnExisting::Fail));
    assert_eq!(settings.warnings, Vec::<String>::new());
}

#[test]
fn two_uris_are_enough() {
    let settings = Settings::build(None, &uris(), &environment()).unwrap();
    assert_eq!(settings.target.to_string(), "u@b:5432/air");
    assert_eq!((settings.max_jobs, settings.roles), (None, RolesMode::Referenced));
    assert!(settings.selection.table("any", "table").is_some());
}

#[test]
fn the_command_line_goes_before_the_file() {
    let overrides = Overrides {
        target: Some("host=c user=v dbname=d".into()),
        jobs: Some(9),
        index_jobs: Some(2),
        on_existing: Some(OnExisting::Append),
        ..Overrides::default()
    };
    let settings = build(FILE, &overrides).unwrap();
    assert_eq!(settings.source.to_string(), "u@a:5432/air");
    assert_eq!(settings.target.to_string(), "v@c:5432/d");
    assert_eq!((settings.max_jobs, settings.index_jobs), (Some(9), Some(2)));
    assert_eq!(settings.on_existing, OnExisting::Append);
}

#[test]
fn a_side_without_a_connection_string_is_refused() {
    let error = Settings::build(None, &Overrides::default(), &environment()).unwrap_err();
    assert_eq!(error.report(), "no connection string for the source");
    let error = build("source: { conninfo: host=a }", &Overrides::default()).unwrap_err();
    assert_eq!(error.report(), "no connection string for the target");
    assert!(error.own_hint().unwrap().contains("target.conninfo"));
}

#[test]
fn a_wrong_connection_string_is_refused_with_its_place() {
    let error = build("source:\n  conninfo: host=a prot=1\n", &Overrides::default()).unwrap_err();
    assert_eq!(
        error.report(),
        "c.yaml:2: source.conninfo: unknown connection parameter `prot`; did you mean `port`?"
    );
    let overrides = Overrides { source: Some("host=a mode".into()), ..uris() };
    let error = Settings::build(None, &overrides, &environment()).unwrap_err();
    assert_eq!(error.report(), "--source: connection string: no `=` after the word at character 8");
}

#[test]
fn jobs_have_bounds() {
    for jobs in [0, MAX_JOBS + 1] {
        let error = build(FILE, &Overrides { jobs: Some(jobs), ..Overrides::default() }).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Usage, "`--jobs` must be from 1 to 1024")
        );
    }
}

#[test]
fn a_password_on_the_command_line_is_warned_about() {
    let overrides = Overrides { source: Some("postgresql://u:hush@a/air".into()), ..uris() };
    let settings = Settings::build(None, &overrides, &environment()).unwrap();
    assert_eq!(settings.warnings.len(), 1);
    assert!(settings.warnings[0].contains("--source") && !settings.warnings[0].contains("hush"));
    assert!(!format!("{settings:?}").contains("hush"));
}

#[test]
fn a_file_on_disk_with_a_passfile_of_its_own() {
    let scratch = Scratch::new();
    let passfile = scratch.write("pass", "b:*:*:*:pw\n").display().to_string();
    let text = FILE.replace("'host=b user=u'", &format!("'host=b user=u', passfile: '{passfile}'"));
    let config = scratch.write("config.yaml", &text);
    let overrides = Overrides { config: Some(config), ..Overrides::default() };
    let settings = Settings::load(&overrides, &environment()).unwrap();
    assert_eq!(settings.target.hosts[0].password, Some(Secret::new("pw")));
    assert_eq!(settings.source.hosts[0].password, None);
    let overrides = Overrides { config: Some(scratch.path("none")), ..Overrides::default() };
    assert!(Settings::load(&overrides, &environment()).unwrap_err().to_string().contains("none"));
    let text = text.replace("host=b ", "host=b passfile=/x ");
    assert_eq!(
        build(&text, &Overrides::default()).unwrap_err().to_string(),
        "c.yaml:2: target.passfile: `passfile` is given twice: as a key and in the connection string"
    );
}

#[test]
fn words_of_on_existing() {
    for choice in OnExisting::ALL {
        assert_eq!(choice.to_string().parse::<OnExisting>().unwrap(), choice);
    }
    assert_eq!(
        "drop".parse::<OnExisting>().unwrap_err().to_string(),
        "`--on-existing` must be one of fail, skip, truncate, append"
    );
}
