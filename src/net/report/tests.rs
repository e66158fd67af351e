//! Reports of servers that speak several languages.
use super::*;

fn report(fields: &[&str]) -> ServerReport {
    ServerReport::parse(format!("{}\0\0", fields.join("\0")).as_bytes())
}

#[test]
fn fields_become_one_line() {
    let error = report(&[
        "SFEHLER",
        "VERROR",
        "C42P01",
        "Mrelation \"x\" does not exist",
        "P15",
        "Hlook\nharder",
        "WPL/pgSQL function f() line 3\nSQL statement",
    ])
    .into_error();
    assert_eq!(
        error.report(),
        "relation \"x\" does not exist, in: PL/pgSQL function f() line 3; SQL statement, at character 15"
    );
    assert_eq!(error.own_hint(), Some("look; harder"));
    assert_eq!(error.code(), Some(SqlState::new("42P01")));
}

/// As servers say it in English, German, French and Japanese, in a COPY and elsewhere.
#[test]
fn no_value_of_a_row_is_told() {
    let fields: &[&[&str]] = &[
        &[
            "C23505",
            "Mduplicate key value violates unique constraint \"t_pkey\"",
            "DKey (a, b)=(secret, 2) already exists.",
            "spublic",
            "tt",
            "nt_pkey",
            "WCOPY t, line 2",
        ],
        &["C23514", "Mcheck fails", "DFailing row contains (secret).", "spublic", "tt", "nc"],
        &[
            "C23502",
            "MNULL-Wert in Spalte »b«",
            "DFehlgeschlagene Zeile enthält (secret, null).",
            "spublic",
            "tt",
            "cb",
        ],
        &[
            "C23514",
            "Mno partition of relation \"p\" found for row",
            "DPartition key of the failing row contains (k) = (secret).",
        ],
        &["C23P01", "Mconflicting key value", "DKey (c)=(secret) conflicts with existing key (c)=(secret)."],
        &["C44000", "Mnew row violates check option for view \"v\"", "DFailing row contains (secret)."],
        &[
            "C22P02",
            "Minvalid input syntax for type integer: \"secret\"",
            "WCOPY t, line 1, column b: \"secret\"",
        ],
        &[
            "C22P02",
            "Mungültige Eingabesyntax für Typ integer: »se«cret«",
            "WCOPY t, Zeile 1, Spalte b: »secret«",
        ],
        &[
            "C22P02",
            "Msyntaxe en entrée invalide pour le type integer : « secret »",
            "WCOPY t, ligne 1, colonne b : « secret »",
        ],
        &["C22P02", "M\"integer\"型の入力構文が不正です: \"secret\"", "WCOPY t、行 1、列 b: \"secret\""],
        &["C22003", "Mvalue \"secret\" is out of range for type smallint"],
        &[
            "C22P02",
            "Minvalid input syntax for type json",
            "DToken \"secret\" is invalid.",
            "WJSON data, line 1: secret...",
        ],
        &["CP0001", "Mno", "WPL/pgSQL function f() line 1\nCOPY t, line 1: \"secret\""],
    ];
    let told: Vec<String> = fields.iter().map(|fields| report(fields).into_error().report()).collect();
    assert!(!told.concat().contains("cret"), "{told:#?}");
    insta::assert_snapshot!(told.join("\n"), @r#"
    duplicate key value violates unique constraint "t_pkey" (table public.t, constraint t_pkey), in: COPY t, line 2
    check fails (table public.t, constraint c)
    NULL-Wert in Spalte »b« (table public.t, column b)
    no partition of relation "p" found for row
    conflicting key value
    new row violates check option for view "v"
    invalid input syntax for type integer, in: COPY t, line 1, column b
    ungültige Eingabesyntax für Typ integer, in: COPY t, Zeile 1, Spalte b
    syntaxe en entrée invalide pour le type integer, in: COPY t, ligne 1, colonne b
    SQLSTATE 22P02, in: COPY t、行 1、列 b
    value … is out of range for type smallint
    invalid input syntax for type json, in: JSON data, line 1
    no, in: PL/pgSQL function f() line 1; COPY t, line 1
    "#);
}

#[test]
fn what_is_no_value_is_told() {
    let texts = [
        report(&["C2BP01", "Mcannot drop x", "Dview v depends on table \"x\""]),
        report(&["C22P04", "Mmissing data for column \"b\"", "WCOPY t, line 1: \"secret\""]),
        report(&["C22021", "Minvalid byte sequence for encoding \"UTF8\": 0xff"]),
        report(&["C42601", "Msyntax error at or near \"x\"", "WSQL function \"f\" during startup"]),
    ]
    .map(|report| report.into_error().report());
    assert_eq!(
        texts,
        [
            "cannot drop x, detail: view v depends on table \"x\"",
            "missing data for column \"b\", in: COPY t, line 1",
            "invalid byte sequence for encoding \"UTF8\": 0xff",
            "syntax error at or near \"x\", in: SQL function \"f\" during startup",
        ]
    );
    let login = report(&["C22023", "Minvalid value for parameter \"DateStyle\": \"x\""]).into_login_error();
    assert!(login.report().contains("DateStyle"), "{login:?}");
}

#[test]
fn what_our_own_sql_refuses_is_a_refusal() {
    let message =
        String::from("Munrecognized configuration parameter \"pgmigrate(a trigger\non t)pgmigrate\"");
    let error = report(&["C42704", &message]).into_error();
    assert_eq!((error.kind(), error.report().as_str()), (ErrorKind::Refused, "a trigger; on t"));
    assert_eq!(error.code(), None);
}

#[test]
fn a_violated_constraint_has_its_name() {
    let error = report(&["C23514", "Mx", "spgmigrate", "tstep", "nstep_done_once"]).into_error();
    let constraint = error.violated().unwrap();
    assert_eq!(
        [&constraint.schema, &constraint.table, &constraint.name],
        ["pgmigrate", "step", "step_done_once"]
    );
}

#[test]
fn a_login_is_refused_whatever_the_state() {
    let login = |code: &str| report(&[&format!("C{code}"), "Mx"]).into_login_error();
    for code in ["53300", "42704", "28P01", "55000"] {
        assert_eq!(login(code).kind(), ErrorKind::Authentication, "{code}");
        assert_eq!(login(code).code(), Some(SqlState::new(code)));
    }
    assert_eq!(login("57P03").kind(), ErrorKind::Connection);
    assert!(login("53300").own_hint().is_some_and(|hint| hint.contains("--jobs")));
}

#[test]
fn states_have_their_kinds() {
    let kind = |code: &str| report(&[&format!("C{code}"), "Mx"]).into_error().kind();
    assert_eq!(kind("28P01"), ErrorKind::Authentication);
    assert_eq!(kind("3D000"), ErrorKind::Authentication);
    assert_eq!(kind("42501"), ErrorKind::Privilege);
    assert_eq!(kind("57P01"), ErrorKind::Connection);
    assert_eq!(kind("08006"), ErrorKind::Connection);
    assert_eq!(kind("53300"), ErrorKind::Server);
    assert_eq!(kind("22P02"), ErrorKind::Server);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(body: Vec<u8>) {
        ServerReport::parse(&body).into_error();
    }
}
