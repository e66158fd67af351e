//! The file, written and read.
use std::{fs, os::unix::fs::PermissionsExt as _};

use proptest::prelude::*;

use super::*;
use crate::{durable::tests::Scratch, plan::copy_text::tests::hostile};

fn id(text: &str) -> StepId {
    StepId(text.to_owned())
}

#[test]
fn lines_are_appended_and_the_last_of_an_id_counts() {
    let scratch = Scratch::new("state");
    let path = scratch.file("state.tsv");
    let (a, b) = (id("data:a"), id("odd\tid"));
    let (mut state, marks) = StatePlace::whole(&path).open().unwrap();
    assert!(marks.is_empty());
    state.record(&[(&a, Mark::Failed), (&b, Mark::Done)]).unwrap();
    state.record(&[]).unwrap();
    state.record(&[(&a, Mark::Done)]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "data:a\tFAILED\nodd\\tid\tDONE\ndata:a\tDONE\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(StatePlace::whole(&path).open().unwrap().1, HashMap::from([(a, Mark::Done), (b, Mark::Done)]));
}

#[test]
fn a_line_that_was_cut_off_is_dropped_and_overwritten() {
    let scratch = Scratch::new("state-torn");
    let path = scratch.file("state.tsv");
    fs::write(&path, "a\tDONE\nb\tDO").unwrap();
    let (mut state, marks) = StatePlace::whole(&path).open().unwrap();
    assert_eq!(marks, HashMap::from([(id("a"), Mark::Done)]));
    state.record(&[(&id("c"), Mark::Failed)]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\tDONE\nc\tFAILED\n");
}

#[test]
fn the_file_is_replaced_and_appended_to_again() {
    let scratch = Scratch::new("state-replace");
    let path = scratch.file("state.tsv");
    fs::write(&path, "x\tFAILED\ny\tDONE\nz\tDONE\n").unwrap();
    let (mut state, _) = StatePlace::whole(&path).open().unwrap();
    state.replace_all([(&id("a"), Mark::Done)]).unwrap();
    state.record(&[(&id("b"), Mark::Done)]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\tDONE\nb\tDONE\n");
}

#[test]
fn databases_share_a_file() {
    let scratch = Scratch::new("state-shared");
    let path = scratch.file("state.tsv");
    let place = StatePlace::whole(&path);
    let [shop, odd] = ["shop", "o\td"].map(|database| place.of(database));
    let ((mut ours, _), (mut theirs, _)) = (shop.open().unwrap(), odd.open().unwrap());
    ours.record(&[(&id("a"), Mark::Failed)]).unwrap();
    theirs.record(&[(&id("a"), Mark::Done)]).unwrap();
    ours.replace_all([(&id("b"), Mark::Done)]).unwrap();
    theirs.record(&[(&id("c"), Mark::Done)]).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, "a\tDONE\to\\td\nb\tDONE\tshop\nc\tDONE\to\\td\n");
    let again = StatePlace::whole(&path);
    assert_eq!(again.of("shop").open().unwrap().1, HashMap::from([(id("b"), Mark::Done)]));
    assert_eq!(again.of("other").open().unwrap().1, HashMap::new());
    let error = StatePlace::whole(&path).open().unwrap_err();
    assert!(error.report().contains("several databases"), "{}", error.report());
}

#[test]
fn a_damaged_line_is_refused_by_its_number() {
    let reports = ["\n", "a\tDONE\nb DONE\n", "a\tdone\n", "\\x\tDONE\n"]
        .map(|text| parse(text.as_bytes()).unwrap_err().report());
    insta::assert_snapshot!(reports.join("\n"), @r#"
    line 1: a line needs a step id, a tab, and DONE or FAILED
    line 2: a line needs a step id, a tab, and DONE or FAILED
    line 1: `done` is neither DONE nor FAILED
    line 1: unknown escape `\x`
    "#);
}

proptest! {
    #[test]
    fn any_prefix_of_a_file_is_readable(
        lines in proptest::collection::vec((hostile(), any::<bool>()), 0..8),
        of in hostile(),
        cut in any::<proptest::sample::Index>(),
    ) {
        let lines: Vec<_> = lines.into_iter()
            .map(|(text, done)| (StepId(text), if done { Mark::Done } else { Mark::Failed }))
            .collect();
        let text = render(lines.iter().map(|(id, mark)| (id, *mark)), Some(&of));
        let lines: Vec<Line> = lines.into_iter().map(|(id, mark)| (id, mark, Some(of.clone()))).collect();
        prop_assert_eq!(&parse(text.as_bytes()).unwrap().0, &lines);
        let prefix = &text.as_bytes()[..cut.index(text.len() + 1)];
        let whole = prefix.split(|byte| *byte == b'\n').count() - 1;
        prop_assert_eq!(parse(prefix).unwrap().0, lines[..whole].to_vec());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        _ = parse(&bytes);
    }
}
