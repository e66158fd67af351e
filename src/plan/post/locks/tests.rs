use super::*;
use crate::plan::{Dependency, StepId, StepKind};

fn made(id: &str, lock: Lock, depends_on: &[&str]) -> Made {
    let depends_on =
        depends_on.iter().map(|id| Dependency::Step(StepId((*id).to_owned()))).collect::<Vec<_>>();
    let step = Step { depends_on, ..Step::new(StepKind::Index, id, "", "") };
    Made { lock, step }
}

#[test]
fn locks_of_one_table_are_taken_in_turn() {
    let (child, parent, partition) = (Oid(1), Oid(2), Oid(3));
    let key = Lock::ForeignKey { table: child, referenced: parent, takes_long: false };
    let mut steps = [
        made("build:child", Lock::Build(child), &[]),
        made("build:child2", Lock::Build(child), &[]),
        made("build:partition", Lock::Build(partition), &[]),
        made("key:child", Lock::Definition(child), &["build:child"]),
        made("foreign_key", key, &[]),
        made("validate1", Lock::Validation(child), &["foreign_key"]),
        made("validate2", Lock::Validation(child), &["foreign_key"]),
        made("analyze:parent", Lock::Statistics(parent), &[]),
    ];
    add_edges(&mut steps, &HashMap::from([(partition, parent)]));
    let told: Vec<String> = steps
        .iter()
        .filter(|made| !made.step.depends_on.is_empty())
        .map(|made| {
            let needs = made.step.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>();
            format!("{} after: {}", made.step.id, needs.join(", "))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    key:child after: build:child, build:child2
    foreign_key after: analyze:parent, build:child, build:child2, key:child
    validate1 after: foreign_key
    validate2 after: foreign_key, validate1
    analyze:parent after: build:partition
    ");
}

#[test]
fn a_thousand_partitions_with_keys_of_their_own_need_few_dependencies() {
    let (root, dimension) = (Oid(1), Oid(2));
    let partitions: Vec<Oid> = (10..1010).map(Oid).collect();
    for with_analyze in [true, false] {
        let mut steps = Vec::new();
        for at in &partitions {
            let key = Lock::ForeignKey { table: *at, referenced: dimension, takes_long: false };
            let locks = [("build", Lock::Build(*at)), ("key", key), ("validate", Lock::Validation(*at))];
            steps.extend(locks.map(|(name, lock)| made(&format!("{name}{at:?}"), lock, &[])));
        }
        if with_analyze {
            steps.push(made("analyze", Lock::Statistics(root), &[]));
        }
        add_edges(&mut steps, &partitions.iter().map(|at| (*at, root)).collect());
        let edges: usize = steps.iter().map(|made| made.step.depends_on.len()).sum();
        assert!(edges <= steps.len(), "{edges} dependencies");
    }
}

#[test]
fn a_key_that_takes_long_is_alone_with_its_tables() {
    let key = |table, takes_long| Lock::ForeignKey { table: Oid(table), referenced: Oid(9), takes_long };
    let mut steps = [
        made("a", key(1, false), &[]),
        made("long", key(2, true), &[]),
        made("b", key(3, false), &[]),
        made("other", Lock::ForeignKey { table: Oid(5), referenced: Oid(6), takes_long: true }, &[]),
    ];
    add_edges(&mut steps, &HashMap::new());
    let needs = steps.map(|made| made.step.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(needs, [vec![], vec!["a".to_owned()], vec!["long".to_owned()], vec![]]);
}

#[test]
fn what_the_catalog_demands_goes_before_the_locks() {
    // An index on an expression whose function needs the table's key.
    let mut steps = [
        made("build", Lock::Build(Oid(1)), &["function"]),
        made("function", Lock::Nothing, &["key"]),
        made("key", Lock::Definition(Oid(1)), &[]),
    ];
    add_edges(&mut steps, &HashMap::new());
    assert_eq!(steps[2].step.depends_on, []);
}

#[test]
fn a_trigger_of_a_partitioned_table_waits_for_the_work_on_its_partitions() {
    let root = Oid(1);
    let partitions: Vec<Oid> = (10..1010).map(Oid).collect();
    let mut steps = vec![
        made("trigger1", Lock::WithPartitions(root), &[]),
        made("trigger2", Lock::WithPartitions(root), &[]),
        made("of_partition", Lock::WithPartitions(partitions[0]), &[]),
    ];
    for at in &partitions {
        steps.push(made(&format!("build{at:?}"), Lock::Build(*at), &[]));
        steps.push(made(&format!("key{at:?}"), Lock::Definition(*at), &[]));
    }
    add_edges(&mut steps, &partitions.iter().map(|at| (*at, root)).collect());
    let needs = |at: usize| steps[at].step.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(needs(0).len(), 2 * partitions.len());
    assert_eq!(needs(1), ["trigger1"]);
    assert_eq!(needs(2), ["buildOid(10)", "keyOid(10)"]);
}
