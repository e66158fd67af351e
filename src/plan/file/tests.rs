//! The format of `plan.tsv`, what it refuses, and that it round-trips.
use proptest::prelude::*;

use super::*;
use crate::{
    catalog::Note,
    durable::tests::Scratch,
    plan::{PlanSource, PlanTarget, copy_text::tests::hostile, fingerprint},
};

fn meta() -> PlanMeta {
    let mut meta = PlanMeta::new(
        PlanSource {
            system_identifier: "7300000000000000001".to_owned(),
            database: "demo".to_owned(),
            server_version: 150_018,
        },
        PlanTarget { database: "demo_migrated".to_owned(), system_identifier: None },
    );
    meta.tool_version = "0.1.0".to_owned();
    meta.options.insert("schemas".to_owned(), "bookings".to_owned());
    meta.columns.insert("bookings.flights".to_owned(), fingerprint([("id", "integer"), ("at", "date")]));
    meta.notes.push(Note { object: "VIEW public.v".to_owned(), reason: "reads\ta table".to_owned() });
    meta
}

fn step(id: &str, kind: StepKind, depends_on: &[Dependency]) -> Step {
    Step {
        id: StepId(id.to_owned()),
        kind,
        database: "demo_migrated".to_owned(),
        object: "bookings.flights".to_owned(),
        depends_on: depends_on.to_vec(),
        estimate: 8192,
        chunk: String::new(),
        source_sql: String::new(),
        sql: "SELECT 1;\n\tSELECT 2".to_owned(),
    }
}

fn on(id: &str) -> Dependency {
    Dependency::Step(StepId(id.to_owned()))
}

pub(in crate::plan) fn plan(steps: Vec<Step>) -> Plan {
    Plan { meta: meta(), steps }
}

fn refusal(text: &str) -> String {
    let error = Plan::parse(text.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Plan);
    error.report()
}

/// A sound plan's text, changed.
fn changed(from: &str, to: &str) -> String {
    let text = plan(vec![step("a", StepKind::Data, &[]), step("b", StepKind::Index, &[on("a")])]).render();
    assert!(text.contains(from));
    text.replacen(from, to, 1)
}

#[test]
fn the_text_of_a_plan() {
    let steps = vec![
        step("data:bookings.flights:0001", StepKind::Data, &[]),
        step("index:a,b", StepKind::Index, &[on("data:bookings.flights:0001"), on("@x"), on("c,\\d")]),
        step("post", StepKind::SchemaPost, &[Dependency::Kind(StepKind::Index)]),
    ];
    insta::assert_snapshot!(plan(steps).render().replace('\t', " | "), @r#"
    id | kind | database | object | depends_on | estimate | chunk | source_sql | sql
    plan | PLAN | demo_migrated |  |  | 0 |  |  | {"format":1,"tool_version":"0.1.0","source":{"system_identifier":"7300000000000000001","database":"demo","server_version":150018},"target":{"database":"demo_migrated"},"options":{"schemas":"bookings"},"columns":{"bookings.flights":"7507ec3c2295"},"notes":[{"object":"VIEW public.v","reason":"reads\\ta table"}]}
    data:bookings.flights:0001 | DATA | demo_migrated | bookings.flights |  | 8192 |  |  | SELECT 1;\n\tSELECT 2
    index:a,b | INDEX | demo_migrated | bookings.flights | data:bookings.flights:0001,\\@x,c\\,\\\\d | 8192 |  |  | SELECT 1;\n\tSELECT 2
    post | SCHEMA_POST | demo_migrated | bookings.flights | @INDEX | 8192 |  |  | SELECT 1;\n\tSELECT 2
    "#);
}

#[test]
fn a_saved_plan_is_loaded_and_keeps_its_run_id() {
    let scratch = Scratch::new("plan");
    let path = scratch.file("plan.tsv");
    let plan = plan(vec![step("a", StepKind::Data, &[])]);
    plan.save(&path).unwrap();
    assert_eq!(Plan::load(&path).unwrap(), plan);
    assert_eq!(plan.run_id(), "35ec1d38a097af68");
}

#[test]
fn an_unsound_plan_is_not_saved() {
    let scratch = Scratch::new("plan-unsound");
    let path = scratch.file("plan.tsv");
    let error = plan(vec![step("a", StepKind::Data, &[on("b")])]).save(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert!(!path.exists());
}

#[test]
fn a_load_error_names_file_line_and_column() {
    let scratch = Scratch::new("plan-load");
    let path = scratch.file("plan.tsv");
    fs::write(&path, changed("\t8192", "\tmany")).unwrap();
    let report = Plan::load(&path).unwrap_err().report();
    assert!(
        report.ends_with("plan.tsv`: line 3: column `estimate`: `many` is not a number of bytes"),
        "{report}"
    );
    let missing = Plan::load(&scratch.file("none")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
}

#[test]
fn what_is_not_a_plan_is_refused() {
    let cut = changed("", "");
    let cut = &cut[..cut.len() - 1];
    let refusals = [
        refusal(""),
        refusal("id\tkind\n"),
        refusal(&changed("\nplan\tPLAN\t", "\nplan\tDATA\t")),
        refusal(&changed("\"format\":1", "\"format\":2")),
        refusal(&changed("\"options\"", "\"opinions\"")),
        refusal(&changed("\tDATA\t", "\tDATUM\t")),
        refusal(&changed("\nb\t", "\na\t")),
        refusal(&changed("\nb\t", "\nplan\t")),
        refusal(&changed("\nb\t", "\n\t")),
        refusal(&changed("\ta\t", "\tz\t")),
        refusal(&changed("\ta\t", "\ta,\t")),
        refusal(&changed("\ta\t", "\t@NONE\t")),
        refusal(&changed("8192\t\t", "8192\t\\N\t")),
        refusal(&changed("8192\t", "8192\t\t")),
        refusal(cut),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    the file is empty
    line 1: the columns are not those of a plan
    line 2: the row `plan` of kind `PLAN` must come first
    line 2: the plan has format 2, this program reads 1
    line 2: column `sql`: the plan's metadata cannot be read: unknown field `opinions`, expected one of `format`, `tool_version`, `source`, `target`, `options`, `columns`, `priorities`, `notes` at line 1 column 178
    line 3: column `kind`: unknown step kind `DATUM`
    line 4: column `id`: the id `a` stands twice
    line 4: column `id`: the id `plan` belongs to the first row
    line 4: column `id`: a step needs an id
    line 4: column `depends_on`: step `b` depends on `z`, which is not in the plan
    line 4: column `depends_on`: a comma ends the list
    line 4: column `depends_on`: unknown step kind `NONE`
    line 3: column `chunk`: unknown escape `\N`
    line 3: it has 10 columns instead of 9
    line 4: the line is cut off
    "#);
}

#[test]
fn a_circle_is_named() {
    let circle = plan(vec![
        step("a", StepKind::Data, &[]),
        step("b", StepKind::Index, &[on("a"), Dependency::Kind(StepKind::SchemaPost)]),
        step("c", StepKind::SchemaPost, &[on("b")]),
        step("d", StepKind::Analyze, &[on("c")]),
    ]);
    assert_eq!(
        refusal(&circle.render()),
        "line 4: column `depends_on`: the steps wait for each other: `b` → `@SCHEMA_POST` → `c` → `b`"
    );
    let own = plan(vec![step("a", StepKind::Data, &[Dependency::Kind(StepKind::Data)])]);
    assert!(refusal(&own.render()).ends_with("`a` → `@DATA` → `a`"));
}

/// Plans without circles: a step depends on earlier ones, or on kinds that no step has.
fn any_plan() -> impl Strategy<Value = Plan> {
    let kinds = StepKind::ALL.len();
    let dependency = prop_oneof![
        any::<proptest::sample::Index>().prop_map(Ok),
        (5..kinds).prop_map(|kind| Err(Dependency::Kind(StepKind::ALL[kind]))),
    ];
    let row = (
        proptest::array::uniform6(hostile()),
        0..5_usize,
        any::<u64>(),
        proptest::collection::vec(dependency, 0..4),
    );
    (proptest::collection::vec(row, 0..8), hostile()).prop_map(|(rows, text)| {
        let mut steps: Vec<Step> = Vec::new();
        for (i, ([id, database, object, chunk, source_sql, sql], kind, estimate, needs)) in
            rows.into_iter().enumerate()
        {
            let depends_on = needs
                .into_iter()
                .filter_map(|need| match need {
                    Err(kind) => Some(kind),
                    Ok(_) if steps.is_empty() => None,
                    Ok(index) => Some(Dependency::Step(index.get(&steps).id.clone())),
                })
                .collect();
            let (id, kind) = (StepId(format!("{id}:{i}")), StepKind::ALL[kind]);
            steps.push(Step { id, kind, database, object, depends_on, estimate, chunk, source_sql, sql });
        }
        let mut meta = meta();
        meta.target.database.clone_from(&text);
        meta.notes.push(Note { object: text.clone(), reason: text });
        Plan { meta, steps }
    })
}

proptest! {
    #[test]
    fn a_plan_round_trips(plan in any_plan()) {
        let text = plan.render();
        prop_assert_eq!(text.lines().count(), plan.steps.len() + LINES_BEFORE_STEPS);
        prop_assert_eq!(Plan::parse(text.as_bytes()).unwrap(), plan);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        _ = Plan::parse(&bytes);
    }

    #[test]
    fn a_damaged_plan_never_panics(
        plan in any_plan(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = plan.render().into_bytes();
        for (place, byte) in damage {
            *place.get_mut(&mut bytes) = byte;
        }
        _ = Plan::parse(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        _ = Plan::parse(&bytes);
    }
}
