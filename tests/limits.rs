//! Values, tables and encodings at the limits of what PostgreSQL holds.
use std::fmt::Write as _;

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    judge,
    server::{Server, literal},
};

/// A migration into a database that is made for it, compared row by row.
fn carried(database: &Database, target: &Server, judged: bool) -> (Database, Outcome) {
    let copy = Database::absent(target);
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", database, &copy).run();
    outcome.assert_code(0);
    workspace.between("verify", database, &copy).run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
    if judged {
        judge::assert_equal(database, &copy);
    }
    (copy, outcome)
}

/// Type, values, the first version that has them all.
const EXTREMES: &[(&str, &[&str], u32)] = &[
    ("smallint", &["-32768", "32767"], 0),
    ("integer", &["-2147483648", "2147483647"], 0),
    ("bigint", &["-9223372036854775808", "9223372036854775807"], 0),
    ("numeric", &["NaN", "0", "-0.0", "1e-16383", "9e131071", "-1.000"], 0),
    ("numeric", &["Infinity", "-Infinity"], 14),
    ("numeric(4,-2)", &["9900", "-100"], 15),
    ("real", &["NaN", "Infinity", "-Infinity", "-0", "1e-45", "3.4028235e38"], 0),
    ("double precision", &["NaN", "Infinity", "-Infinity", "-0", "5e-324", "1.7976931348623157e308"], 0),
    ("money", &["-92233720368547758.08", "92233720368547758.07", "0"], 0),
    ("date", &["infinity", "-infinity", "4713-01-01 BC", "5874897-12-31"], 0),
    ("timestamp", &["infinity", "-infinity", "4713-01-01 00:00:00 BC", "294276-12-31 23:59:59.999999"], 0),
    (
        "timestamptz",
        &["infinity", "-infinity", "4713-01-01 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00"],
        0,
    ),
    ("time", &["00:00", "24:00:00", "23:59:59.999999"], 0),
    ("timetz", &["00:00+15:59:59", "24:00:00-15:59:59"], 0),
    (
        "interval",
        &["178000000 years", "-178000000 years", "0", "1 mon -1 day 00:00:00.000001", "-2147483648 days"],
        0,
    ),
    ("interval", &["infinity", "-infinity"], 17),
    ("text", &["", "\u{1f418}", "\\N", "\\.", "NULL", "\t\r\n\u{1}\u{7f}\\", "\"'"], 0),
    ("varchar(3)", &["", "\u{1f418}\u{e9}x", "  "], 0),
    ("char(5)", &["", "a", "a\tb  "], 0),
    ("name", &["", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"], 0),
    ("\"char\"", &["", "\\", "a"], 0),
    ("bytea", &["", "\\x00", "\\x000102ff5c0a"], 0),
    ("bit(3)", &["000", "111"], 0),
    ("bit varying", &["", "1", "0101010101010"], 0),
    ("boolean", &["t", "f"], 0),
    ("uuid", &["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"], 0),
    ("inet", &["0.0.0.0/0", "255.255.255.255", "::/0", "::ffff:1.2.3.4/128", "ff::1/127"], 0),
    ("cidr", &["0.0.0.0/0", "::/0", "10.0.0.0/8"], 0),
    ("macaddr", &["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"], 0),
    ("macaddr8", &["00:00:00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff:ff:ff"], 0),
    ("point", &["(Infinity,-Infinity)", "(NaN,NaN)", "(-0,0)"], 0),
    ("line", &["{1,-1,0}", "{0,1e300,NaN}"], 0),
    ("lseg", &["[(0,0),(Infinity,1)]"], 0),
    ("box", &["(Infinity,1),(0,-Infinity)"], 0),
    ("path", &["[(0,0)]", "((0,0),(NaN,1),(2,0))"], 0),
    ("polygon", &["((0,0))", "((0,0),(Infinity,1),(2,0))"], 0),
    ("circle", &["<(0,0),0>", "<(NaN,1),Infinity>"], 0),
    ("json", &["null", "  { \"a\" : 1e400, \"a\": \"\\u0041\" } ", "[]"], 0),
    ("jsonb", &["null", "{}", "[]", "\"\"", "1e-100", "{\"\": {\"a\": [null, {}]}}"], 0),
    ("jsonpath", &["$", "strict $.\"a\"[*] ? (@ > 1)"], 12),
    ("xml", &["", "<a/>", "text &amp; more", "<?xml version=\"1.0\"?><a>\u{e9}</a>"], 0),
    ("tsvector", &["", "'it''s':1A,2B,16383 'b\\\\s'"], 0),
    ("tsquery", &["", "'a' & !'b' <16384> 'c':*AB"], 0),
    ("int4range", &["empty", "(,)", "[-2147483648,2147483647)", "[1,)"], 0),
    ("numrange", &["empty", "(,)", "[1.000,NaN]", "(0,0.0001]"], 0),
    ("tstzrange", &["empty", "[-infinity,infinity]", "(,infinity)"], 0),
    ("int4multirange", &["{}", "{(,)}", "{[1,2),[5,)}"], 14),
    ("integer[]", &["{}", "[-2:-1]={1,NULL}", "{{1,2},{3,NULL}}", "[2147483646:2147483646]={1}"], 0),
    ("text[]", &["{}", "{NULL,\"NULL\",\"\",\"a,\\\"b\\\\\"}"], 0),
    ("limits.pair[]", &["{}", "{\"(,)\",NULL,\"(1,\\\"a,\\\"\\\"b\\\")\"}"], 0),
    ("limits.pair", &["(,)", "(-1,\"\")", "(1,\"a\"\"\\\\(\")"], 0),
    ("limits.few", &["{1,2,3}", "{}"], 0),
    ("limits.level[]", &["{}", "{low,NULL,\"a b\"}"], 0),
    ("oid", &["0", "4294967295"], 0),
    ("xid", &["0", "4294967295"], 0),
    ("xid8", &["0", "18446744073709551615"], 13),
    ("cid", &["0", "4294967295"], 0),
    ("tid", &["(0,0)", "(4294967295,65535)"], 0),
    ("pg_lsn", &["0/0", "FFFFFFFF/FFFFFFFF"], 0),
    ("txid_snapshot", &["1:1:", "10:20:10,14,15"], 0),
    ("pg_snapshot", &["1:1:", "10:20:10,14,15"], 13),
    ("regclass", &["0", "pg_catalog.pg_class", "4294967295"], 0),
    ("regtype", &["0", "integer", "limits.pair"], 0),
    ("regprocedure", &["0", "pg_catalog.now()"], 0),
    ("aclitem", &["postgres=r*w/postgres", "=U/postgres"], 0),
    ("int2vector", &["", "1 2 -3"], 0),
    ("oidvector", &["", "1 4294967295"], 0),
];

/// A table a type, in binary where that is safe; and all again with a `tsquery`, whose tables travel as text.
fn extremes(major: u32) -> String {
    let mut sql = String::from(
        "CREATE SCHEMA limits; CREATE TYPE limits.pair AS (n integer, t text); CREATE TYPE limits.level AS ENUM ('low', 'a b');
         CREATE DOMAIN limits.few AS integer[] CHECK (cardinality(VALUE) < 4);",
    );
    let known = EXTREMES.iter().filter(|(_, _, since)| *since <= major);
    for (number, (kind, values, _)) in known.enumerate() {
        for (table, more) in [("b", ""), ("t", ", q tsquery DEFAULT ''")] {
            _ = write!(
                sql,
                "CREATE TABLE limits.{table}{number} (id integer, v {kind}{more}); INSERT INTO limits.{table}{number} VALUES (0, NULL)"
            );
            for (id, value) in values.iter().enumerate() {
                _ = write!(sql, ", ({}, {})", id + 1, literal(value));
            }
            sql.push(';');
        }
    }
    sql + "INSERT INTO limits.b0 SELECT n, n FROM generate_series(-5, 5) n;
           CREATE TABLE limits.bytes (c \"char\"); INSERT INTO limits.bytes SELECT convert_from(decode('41', 'hex'), 'UTF8')::\"char\";
           CREATE TABLE limits.high (c \"char\"); INSERT INTO limits.high SELECT n::\"char\" FROM generate_series(-128, 127) n;
           CREATE TABLE limits.deep AS SELECT (repeat('[', 5000) || repeat(']', 5000))::json AS j, (repeat('[', 3000) || repeat(']', 3000))::jsonb AS b;
           CREATE TABLE limits.digits AS SELECT ('0.' || repeat('9', 16383))::numeric AS after, repeat('9', 131072)::numeric AS before"
}

#[test]
fn the_extremes_of_every_type() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, &extremes(source.major));
    carried(&database, &target, false);
}

#[test]
fn tables_of_every_shape() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let wide: Vec<String> = (1..=1600).map(|n| format!("c{n} boolean")).collect();
    let name = format!("{}\u{e9}", "n".repeat(61));
    let database = Database::with(
        &source,
        &format!(
            "CREATE TABLE wide ({}); INSERT INTO wide DEFAULT VALUES; INSERT INTO wide (c1, c1600) VALUES (true, false);
             CREATE TABLE none (); INSERT INTO none DEFAULT VALUES; INSERT INTO none DEFAULT VALUES;
             CREATE TABLE gone (a integer, b text, c integer); INSERT INTO gone VALUES (1, 'b', 3); ALTER TABLE gone DROP a;
             ALTER TABLE gone ADD d text DEFAULT 'd'; INSERT INTO gone VALUES ('x', 4, 'y');
             CREATE TABLE emptied (a integer); INSERT INTO emptied VALUES (1); ALTER TABLE emptied DROP a;
             CREATE TABLE empty (a integer, b text);
             CREATE TABLE \"{name}\" (\"{name}\" integer); INSERT INTO \"{name}\" VALUES (1)",
            wide.join(", ")
        ),
    );
    if source.major >= 12 {
        database.execute(
            "CREATE TABLE generated_only (a integer GENERATED ALWAYS AS (1) STORED); \
             INSERT INTO generated_only DEFAULT VALUES",
        );
    }
    let (copy, _) = carried(&database, &target, true);
    for (table, rows) in [("wide", 2), ("none", 2), ("gone", 2), ("emptied", 1)] {
        assert_eq!(copy.count(table), rows, "{table}");
    }
    // A target that was made by hand has its columns in another order, and none that was dropped.
    let prepared = Database::with(&target, "CREATE TABLE gone (d text DEFAULT 'd', c integer, b text)");
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &prepared.uri(),
        "tables: { include: [ { schema: public, name: gone } ] }",
    );
    let outcome = workspace.with_config("migrate").run();
    if outcome.status.code() == Some(0) {
        let rows = "SELECT string_agg(concat_ws(',', b, c, d), ';' ORDER BY c) FROM gone";
        assert_eq!(database.value(rows), prepared.value(rows));
    } else {
        outcome.assert_code(4).stderr_contains("public.gone");
    }
}

#[test]
fn chunk_keys_at_their_ends() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(
        &source,
        "CREATE TABLE big (k bigint, t text); INSERT INTO big VALUES (-9223372036854775808, 'least'), (9223372036854775807, 'most'),
           (0, 'zero'), (NULL, 'none'), (NULL, 'none'), (-1, 'below');
         INSERT INTO big SELECT n, n::text FROM generate_series(-3000, 3000) n;
         CREATE TABLE small (k smallint); INSERT INTO small SELECT generate_series(-32768, 32767, 7); INSERT INTO small VALUES (NULL);
         CREATE TABLE day (k date); INSERT INTO day VALUES ('infinity'), ('-infinity'), (NULL), ('4713-01-01 BC'), ('5874897-12-31');
         INSERT INTO day SELECT date '2000-01-01' + n FROM generate_series(-2000, 2000) n;
         CREATE TABLE number (k numeric); INSERT INTO number VALUES ('NaN'), (NULL), ('-1e1000'), ('1e1000');
         INSERT INTO number SELECT n / 3.0 FROM generate_series(-2000, 2000) n;
         CREATE TABLE same (k integer); INSERT INTO same SELECT 7 FROM generate_series(1, 3000);
         CREATE TABLE nulls (k integer); INSERT INTO nulls SELECT NULL FROM generate_series(1, 3000);
         CREATE INDEX ON big (k); CREATE INDEX ON small (k); CREATE INDEX ON day (k); CREATE INDEX ON number (k);
         CREATE INDEX ON same (k); CREATE INDEX ON nulls (k); ANALYZE",
    );
    let entries: Vec<String> = ["big", "small", "day", "number", "same", "nulls"]
        .iter()
        .map(|table| format!("{{ schema: public, name: \"{table}\", chunk_column: k, chunk_size: 500 }}"))
        .collect();
    let (copy, workspace) = (Database::absent(&target), Workspace::new());
    let rest = format!("schemas: {{ mode: all }}\ntables: {{ include: [ {} ] }}", entries.join(", "));
    workspace.config(&database.uri(), &copy.uri(), &rest);
    workspace.with_config("migrate").run().assert_code(0);
    workspace.with_config("verify").run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
    let chunks = |table: &str| workspace.read("plan.tsv").matches(&format!("data:public.{table}:")).count();
    assert!(chunks("big") > 1 && chunks("day") > 1 && chunks("number") > 1, "{}", workspace.read("plan.tsv"));
}

/// A value of 300 MB, which as text would be 600 MB, and one that as text is beyond what PostgreSQL sends.
#[test]
fn large_values_travel_and_too_large_ones_are_named() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(
        &source,
        "CREATE TABLE large (id integer, b bytea, t text); ALTER TABLE large ALTER b SET STORAGE EXTENDED;
         INSERT INTO large SELECT 1, convert_to(repeat('0123456789abcdef', 20000000), 'UTF8'), repeat('x', 200000000);
         CREATE TABLE too_large (id integer, q tsquery, b bytea); ALTER TABLE too_large ALTER b SET STORAGE EXTENDED;
         INSERT INTO too_large SELECT 1, '', convert_to(repeat('0123456789abcdef', 35000000), 'UTF8')",
    );
    let (copy, workspace) = (Database::absent(&target), Workspace::new());
    let outcome = workspace.between("migrate", &database, &copy).run();
    outcome.assert_code(5).says("data:public.too_large").says("512 MB as text");
    let sizes = "SELECT octet_length(b) || ' ' || octet_length(t) || ' ' || md5(b) FROM large";
    assert_eq!(database.value(sizes), copy.value(sizes));
    let report: serde_json::Value = serde_json::from_str(&workspace.read("report.json")).expect("JSON");
    let failed = report["failures"].as_array().expect("failures");
    assert_eq!(failed.len(), 1, "{failed:?}");
}

/// Just below and just above 1 GB. A value that PostgreSQL stores, but has no room to compress by LZ4 (0.4 % more than the value),
/// travels all the same. A row of which it stores each value, and that it cannot send as a whole, is named with its
/// blocks, and follows when it was made smaller.
#[test]
fn rows_about_as_large_as_a_message_can_be() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(
        &source,
        "CREATE TABLE nearly AS SELECT 1 AS id, repeat('x', 1073741000) AS t;
         CREATE TABLE beyond (id integer, a text, b text); INSERT INTO beyond SELECT generate_series(1, 1000);
         INSERT INTO beyond SELECT 1001, t, repeat('y', 10000) FROM nearly; ANALYZE beyond",
    );
    let (copy, workspace) = (Database::absent(&target), Workspace::new());
    let migrate = || workspace.between("migrate", &database, &copy).args(["--jobs", "1"]);
    let outcome = migrate().args(["--split-larger-than", "1MB", "--chunk-bytes", "2MB"]).run();
    outcome.assert_code(5).says("data:public.beyond:").says("(ctid >= '(").says("no row beyond 1 GB");
    let report: serde_json::Value = serde_json::from_str(&workspace.read("report.json")).expect("JSON");
    assert_eq!(report["failures"].as_array().expect("failures").len(), 1, "{report}");
    let length = "SELECT octet_length(t) FROM nearly";
    assert_eq!(copy.value(length), database.value(length));
    database.execute("UPDATE beyond SET a = NULL WHERE id = 1001");
    migrate().arg("--resume").run().assert_code(0);
    assert_eq!((copy.count("beyond"), copy.count("nearly")), (1001, 1));
}

/// Text with characters of its own for each encoding of the server.
const ENCODINGS: &[(&str, &str)] = &[
    ("EUC_CN", "\u{4e2d}\u{6587}"),
    ("EUC_JP", "\u{65e5}\u{672c}\u{8a9e}"),
    ("EUC_JIS_2004", "\u{65e5}\u{672c}"),
    ("EUC_KR", "\u{d55c}\u{ae00}"),
    ("EUC_TW", "\u{4e2d}\u{6587}"),
    ("ISO_8859_5", "\u{416}\u{44f}"),
    ("ISO_8859_6", "\u{639}\u{628}"),
    ("ISO_8859_7", "\u{3b1}\u{3c9}"),
    ("ISO_8859_8", "\u{5d0}\u{5ea}"),
    ("KOI8R", "\u{416}\u{44f}"),
    ("KOI8U", "\u{457}\u{454}"),
    ("LATIN1", "\u{e9}\u{fe}"),
    ("LATIN2", "\u{151}\u{17e}"),
    ("LATIN3", "\u{127}\u{11d}"),
    ("LATIN4", "\u{101}\u{146}"),
    ("LATIN5", "\u{131}\u{11f}"),
    ("LATIN6", "\u{101}\u{f0}"),
    ("LATIN7", "\u{173}\u{17b}"),
    ("LATIN8", "\u{175}\u{1e0b}"),
    ("LATIN9", "\u{20ac}\u{153}"),
    ("LATIN10", "\u{219}\u{21b}"),
    ("WIN866", "\u{416}\u{451}"),
    ("WIN874", "\u{e01}\u{e2e}"),
    ("WIN1250", "\u{151}\u{20ac}"),
    ("WIN1251", "\u{416}\u{2116}"),
    ("WIN1252", "\u{20ac}\u{178}"),
    ("WIN1253", "\u{3b1}\u{20ac}"),
    ("WIN1254", "\u{131}\u{20ac}"),
    ("WIN1255", "\u{5d0}\u{20aa}"),
    ("WIN1256", "\u{639}\u{698}"),
    ("WIN1257", "\u{101}\u{20ac}"),
    ("WIN1258", "\u{1a1}\u{20ab}"),
    ("UTF8", "\u{1f418}\u{e9}"),
];

fn must_hold(database: &Database, copy: &Database, text: &str) {
    assert_eq!(copy.value(&format!("SELECT min(\"{text}\") FROM \"{text}\"")), text);
    for rows in [
        "SELECT * FROM fast",
        "SELECT f(), t FROM v",
        "SELECT obj_description(oid) FROM pg_class WHERE relname = '@'",
    ] {
        let rows = rows.replace('@', text);
        assert_eq!(database.rows(&rows), copy.rows(&rows), "{text}");
    }
}

/// Names, comments, bodies and rows in these encodings, to a database of the same, and of some to UTF8.
///
/// Roles have one name in all databases of a cluster, stored in the encoding of the one where they were made: this cluster
/// has none beyond ASCII.
fn encodings(part: usize, parts: usize) {
    let (source, target) = (Server::main("encodings"), Server::main("encodings"));
    for (encoding, text) in ENCODINGS.iter().skip(part).step_by(parts) {
        let options = format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        let database = Database::create_with(&source, &options);
        database.execute(&format!(
            "CREATE TABLE \"{text}\" (\"{text}\" text DEFAULT '{text}', q tsquery, e integer);
             COMMENT ON TABLE \"{text}\" IS '{text}'; CREATE TYPE \"{text}_e\" AS ENUM ('{text}');
             CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT '{text}'::text$$;
             INSERT INTO \"{text}\" SELECT '{text}', 'a', n FROM generate_series(1, 3) n;
             CREATE TABLE fast (t varchar(4), c char(5), j jsonb, l \"{text}_e\"[]);
             INSERT INTO fast VALUES ('{text}', '{text}', '{{\"{text}\": \"{text}\"}}', ARRAY['{text}'::\"{text}_e\"]);
             CREATE VIEW v AS SELECT \"{text}\" || '{text}' AS t FROM \"{text}\"; ANALYZE",
        ));
        let same = Database::absent(&target);
        Workspace::new().between("migrate", &database, &same).run().assert_code(0);
        assert_eq!(same.value("SHOW server_encoding"), *encoding);
        must_hold(&database, &same, text);
        // Half of the way to itself is the way to UTF8: these stand for the others.
        if ["EUC_JP", "LATIN1", "WIN1251"].contains(encoding) {
            let options = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
            let utf8 = Database::create_with(&target, options);
            let workspace = Workspace::new();
            workspace.between("migrate", &database, &utf8).run().assert_code(0);
            workspace.between("verify", &database, &utf8).run().assert_code(0);
            must_hold(&database, &utf8, text);
        }
    }
}

#[test]
fn encodings_a() {
    encodings(0, 3);
}

#[test]
fn encodings_b() {
    encodings(1, 3);
}

#[test]
fn encodings_c() {
    encodings(2, 3);
}

const BYTES: &str = "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";

#[test]
fn bytes_without_an_encoding() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::create_with(&source, BYTES);
    // é of LATIN1, and the same of UTF8.
    database.execute(
        "CREATE TABLE raw (id integer, t text, q tsquery); CREATE TABLE fast (t text);
         INSERT INTO raw VALUES (1, convert_from('\\xe9', 'SQL_ASCII'), ''), (2, convert_from('\\xc3a9', 'SQL_ASCII'), 'a');
         INSERT INTO fast SELECT t FROM raw; CREATE TABLE \"\u{e9}\" AS SELECT 1 AS n; ANALYZE",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    workspace.between("verify", &database, &copy).run().assert_code(0);
    assert_eq!(copy.value("SHOW server_encoding"), "SQL_ASCII");
    let bytes = "SELECT string_agg(encode(t::bytea, 'hex'), ' ' ORDER BY id) FROM raw";
    assert_eq!((database.value(bytes), copy.value(bytes)), ("e9 c3a9".to_owned(), "e9 c3a9".to_owned()));
    assert_eq!(database.value("SELECT count(*) FROM fast"), copy.value("SELECT count(*) FROM fast"));
    // UTF8 takes what is UTF8.
    let utf8 =
        Database::create_with(&target, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    let outcome = Workspace::new().between("migrate", &database, &utf8).run();
    outcome.assert_code(5).says("Failed:\n  data:public.").says("SQL_ASCII").says("0xe9");
    database.execute(
        "DELETE FROM raw WHERE id = 1; DELETE FROM fast WHERE t = convert_from('\\xe9', 'SQL_ASCII')",
    );
    let utf8 =
        Database::create_with(&target, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &utf8).run().assert_code(0);
    workspace.between("verify", &database, &utf8).run().assert_code(0);
    assert_eq!(utf8.value("SELECT t FROM raw"), "\u{e9}");
    // And what is UTF8 goes into a database of bytes.
    let back = Database::create_with(&source, BYTES);
    let workspace = Workspace::new();
    workspace.between("migrate", &utf8, &back).run().assert_code(0);
    workspace.between("verify", &utf8, &back).run().assert_code(0);
    // Nothing says what the bytes are in another encoding.
    let latin = Database::create_with(&target, &BYTES.replace("SQL_ASCII", "LATIN1"));
    Workspace::new().between("migrate", &database, &latin).run().assert_code(4).stderr_contains("LATIN1");
}

#[test]
fn definitions_of_bytes_are_refused_with_a_reason() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::create_with(&source, BYTES);
    database.execute(
        "CREATE TABLE t (n integer); DO $$BEGIN EXECUTE 'COMMENT ON TABLE t IS ' || quote_literal(convert_from('\\xe9', 'SQL_ASCII')); END$$",
    );
    let copy = Database::absent(&target);
    let outcome = Workspace::new().between("migrate", &database, &copy).run();
    assert!(!outcome.status.success(), "{outcome}");
    outcome.stderr_contains("0xe9").stderr_contains("hint:");
    assert!(!copy.exists());
}

#[test]
fn a_character_that_the_target_lacks_fails_its_table() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(
        &source,
        "CREATE TABLE fits AS SELECT 'caf\u{e9}'::text AS t; CREATE TABLE lacks AS SELECT '\u{1f418}'::text AS t",
    );
    let latin = Database::create_with(&target, &BYTES.replace("SQL_ASCII", "LATIN1"));
    let outcome = Workspace::new().between("migrate", &database, &latin).run();
    outcome.assert_code(5).says("data:public.lacks").says("LATIN1");
    assert_eq!(latin.value("SELECT t FROM fits"), "caf\u{e9}");
    assert_eq!(latin.count("lacks"), 0);
}

/// `MULE_INTERNAL` has no way to UTF8, and went with PostgreSQL 19.
#[test]
fn an_encoding_that_we_cannot_speak_is_refused() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::create_with(&source, &BYTES.replace("SQL_ASCII", "MULE_INTERNAL"));
    let copy = Database::absent(&target);
    let outcome = Workspace::new().between("migrate", &database, &copy).run();
    assert!(!outcome.status.success(), "{outcome}");
    outcome.stderr_contains("MULE_INTERNAL").stderr_contains("hint:");
}
