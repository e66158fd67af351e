use super::*;

const ALL: Rights = Rights {
    alters_system: true,
    may_reload: true,
    may_read_files: true,
    may_create: true,
    is_superuser: true,
};

fn setting(name: &str, value: &str) -> ServerSetting {
    ServerSetting {
        name: name.to_owned(),
        context: "sighup".to_owned(),
        value: value.to_owned(),
        unit: None,
        source: "default".to_owned(),
        may_set: true,
    }
}

fn server() -> Vec<ServerSetting> {
    [
        ("max_wal_size", "1024"),
        ("checkpoint_timeout", "300"),
        ("autovacuum", "on"),
        ("full_page_writes", "on"),
        ("fsync", "on"),
    ]
    .map(|(name, value)| setting(name, value))
    .to_vec()
}

fn names(choice: &Choice) -> Vec<&str> {
    choice.changes.iter().map(|change| change.name.as_str()).collect()
}

fn plain(options: &TuningOptions, settings: &[ServerSetting]) -> Choice {
    choose(options, ALL, settings, &BTreeMap::new(), &Others::default())
}

#[test]
fn fsync_stays_unless_it_is_asked_for() {
    let mut options = TuningOptions::default();
    let four = ["max_wal_size", "checkpoint_timeout", "autovacuum", "full_page_writes"];
    assert_eq!(names(&plain(&options, &server())), four);
    options.fsync_off = true;
    assert_eq!(plain(&options, &server()).changes.last().unwrap().name, "fsync");
    options.has_clients = true;
    assert_eq!(names(&plain(&options, &server())), four[..3]);
}

#[test]
fn values_are_shown_with_their_units() {
    let shown = |value, unit: &str| {
        let unit = Some(unit.to_owned()).filter(|unit| !unit.is_empty());
        ServerSetting { unit, ..setting("any", value) }.shown()
    };
    assert_eq!(shown("1024", "MB"), "1024MB");
    assert_eq!(shown("16384", "8kB"), "131072kB");
    assert_eq!(shown("-1", "8kB"), "-1");
    assert_eq!(shown("0", "s"), "0");
    assert_eq!(shown("on", ""), "on");
    assert_eq!(shown("0.5", "ms"), "0.5ms");
}

#[test]
fn what_the_server_has_already_is_not_changed() {
    let settings = [("max_wal_size", "16384"), ("checkpoint_timeout", "1800"), ("autovacuum", "off")]
        .map(|(name, value)| setting(name, value));
    let choice = plain(&TuningOptions::default(), &settings);
    assert_eq!(names(&choice), Vec::<&str>::new());
    assert_eq!(choice.left_out.len(), 1, "full_page_writes is unknown here: {choice:?}");
}

#[test]
fn the_user_goes_first_and_the_file_is_remembered() {
    let settings = BTreeMap::from([("max_wal_size".to_owned(), "2GB".to_owned())]);
    let options = TuningOptions { settings, ..TuningOptions::default() };
    let in_file = BTreeMap::from([("max_wal_size".to_owned(), "1500MB".to_owned())]);
    let choice = choose(&options, ALL, &server(), &in_file, &Others::default());
    let change = choice.changes.iter().find(|change| change.name == "max_wal_size").unwrap();
    assert_eq!((change.value.as_str(), change.was.as_deref()), ("2GB", Some("1500MB")));
}

#[test]
fn what_another_run_has_tuned_is_its_own() {
    let tuned = BTreeMap::from([
        ("max_wal_size".to_owned(), "8192MB".to_owned()),
        ("checkpoint_timeout".to_owned(), "1h".to_owned()),
    ]);
    let others = Others { tuned, has_clients: false };
    let choice = choose(&TuningOptions::default(), ALL, &server(), &BTreeMap::new(), &others);
    assert_eq!(names(&choice), ["autovacuum", "full_page_writes"]);
    assert_eq!(choice.left_out[0].reason, "another run has set it to 1h");
}

#[test]
fn clients_of_another_run_keep_what_they_commit() {
    let others = Others { has_clients: true, ..Others::default() };
    let options = TuningOptions { fsync_off: true, ..TuningOptions::default() };
    let choice = choose(&options, ALL, &server(), &BTreeMap::new(), &others);
    assert_eq!(names(&choice), ["max_wal_size", "checkpoint_timeout", "autovacuum"]);
    let left: Vec<_> = choice.left_out.iter().map(|note| note.object.as_str()).collect();
    assert_eq!(left, ["full_page_writes", "fsync"]);
    assert!(choice.left_out[0].reason.contains("whose clients write"), "{choice:?}");
}

#[test]
fn each_obstacle_has_its_name() {
    let obstacles = [
        Rights { alters_system: false, ..ALL },
        Rights { may_reload: false, ..ALL },
        Rights { may_read_files: false, ..ALL },
        Rights { may_create: false, ..ALL },
    ];
    let mut reasons: Vec<_> =
        obstacles.iter().filter_map(|rights| obstacle(&setting("autovacuum", "on"), *rights)).collect();
    let limited = Rights { is_superuser: false, ..ALL };
    assert_eq!(obstacle(&setting("autovacuum", "on"), limited), None);
    reasons.extend(obstacle(&setting("full_page_writes", "on"), limited));
    let strange = [
        ServerSetting { context: "postmaster".to_owned(), ..setting("wal_level", "replica") },
        ServerSetting { source: "command line".to_owned(), ..setting("fsync", "on") },
        ServerSetting { may_set: false, ..setting("fsync", "on") },
    ];
    reasons.extend(strange.iter().filter_map(|setting| obstacle(setting, ALL)));
    reasons.sort();
    reasons.dedup();
    assert_eq!(reasons.len(), 8, "{reasons:#?}");
}
