//! The order of entries: a stable topological sort, so that nothing moves without need.
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use crate::object::{Entry, ObjectId, Section};

/// Kinds of entries in the order in which they are made where dependencies do not say otherwise.
pub const KIND_ORDER: [&str; 60] = [
    "schema",
    "extension",
    "extension_privilege",
    "extension_table",
    "language",
    "collation",
    "transform",
    "shell_type",
    "base_type",
    "enum_type",
    "composite_type",
    "range_type",
    "domain",
    "cast",
    "function",
    "aggregate",
    "access_method",
    "operator",
    "operator_family",
    "operator_class",
    "operator_family_members",
    "conversion",
    "text_search_parser",
    "text_search_template",
    "text_search_dictionary",
    "text_search_configuration",
    "foreign_data_wrapper",
    "foreign_server",
    "user_mapping",
    "large_object",
    "sequence",
    "table",
    "foreign_table",
    "sequence_owned_by",
    "late_column",
    "partition_attach",
    "default",
    "check",
    "view",
    "view_query",
    "materialized_view",
    "extended_statistics",
    "not_null",
    "key_index",
    "key",
    "index",
    "index_attach",
    "foreign_key",
    "refresh",
    "trigger",
    "rule",
    "policy",
    "row_security",
    "extension_dependency",
    "system_privilege",
    "default_privilege",
    "publication",
    "publication_member",
    "subscription",
    "event_trigger",
];

/// The result of sorting.
#[derive(Debug)]
pub(super) struct Order {
    /// Indexes of entries, in the order in which they are made.
    pub(super) places: Vec<usize>,
    /// By entry: its section, with what needs something post-data moved there.
    pub(super) sections: Vec<Section>,
}

/// Sorts entries so that each comes after what it needs; otherwise by section, kind and name.
/// If that cannot be, gives the groups of entries that need each other.
pub(super) fn sort(entries: &[&Entry], needs: &[Vec<usize>]) -> Result<Order, Vec<Vec<usize>>> {
    let ranks = ranks(entries);
    let places = topological(needs, |index| (entries[index].section, ranks[index]));
    if places.len() < entries.len() {
        return Err(cycles(needs));
    }
    let mut sections: Vec<Section> = entries.iter().map(|entry| entry.section).collect();
    for index in &places {
        if needs[*index].iter().any(|needed| sections[*needed] == Section::PostData) {
            sections[*index] = Section::PostData;
        }
    }
    let places = topological(needs, |index| (sections[index], ranks[index]));
    Ok(Order { places, sections })
}

/// The place of each entry by kind and name alone, the same for the same name: names are compared once, and not at each
/// step of a heap.
fn ranks(entries: &[&Entry]) -> Vec<usize> {
    let of_kind: HashMap<&str, usize> =
        KIND_ORDER.iter().enumerate().map(|(rank, kind)| (*kind, rank)).collect();
    let key = |index: usize| {
        let entry = entries[index];
        (of_kind.get(entry.kind).copied().unwrap_or(KIND_ORDER.len()), &entry.sort_name)
    };
    let mut sorted: Vec<usize> = (0..entries.len()).collect();
    sorted.sort_by_key(|index| key(*index));
    let mut ranks = vec![0; entries.len()];
    for pair in sorted.windows(2) {
        ranks[pair[1]] = ranks[pair[0]] + usize::from(key(pair[0]) != key(pair[1]));
    }
    ranks
}

/// Kahn's algorithm over a heap: of all that could come next, the smallest does. Leaves out what is in a cycle
/// or needs something that is.
fn topological(needs: &[Vec<usize>], key: impl Fn(usize) -> (Section, usize)) -> Vec<usize> {
    let mut missing: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut needed_by = vec![Vec::new(); needs.len()];
    for (index, list) in needs.iter().enumerate() {
        for needed in list {
            needed_by[*needed].push(index);
        }
    }
    let mut ready: BinaryHeap<_> = (0..needs.len())
        .filter(|index| missing[*index] == 0)
        .map(|index| Reverse((key(index), index)))
        .collect();
    let mut places = Vec::with_capacity(needs.len());
    while let Some(Reverse((_, index))) = ready.pop() {
        places.push(index);
        for next in &needed_by[index] {
            missing[*next] -= 1;
            if missing[*next] == 0 {
                ready.push(Reverse((key(*next), *next)));
            }
        }
    }
    places
}

/// Strongly connected groups of more than one entry (Tarjan's algorithm, without recursion).
fn cycles(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let (mut number, mut low, mut on_stack) =
        (vec![NEW; needs.len()], vec![0; needs.len()], vec![false; needs.len()]);
    let (mut stack, mut groups, mut next) = (Vec::new(), Vec::new(), 0);
    for start in 0..needs.len() {
        let mut walk = vec![(start, 0)];
        while let Some((index, at)) = walk.pop() {
            if at == 0 {
                if number[index] != NEW {
                    continue;
                }
                (number[index], low[index], on_stack[index]) = (next, next, true);
                next += 1;
                stack.push(index);
            } else {
                let child = needs[index][at - 1];
                if on_stack[child] {
                    low[index] = low[index].min(low[child]);
                }
            }
            if let Some(child) = needs[index].get(at) {
                walk.push((index, at + 1));
                if number[*child] == NEW {
                    walk.push((*child, 0));
                }
                continue;
            }
            if low[index] == number[index] {
                let mut group = Vec::new();
                while let Some(top) = stack.pop() {
                    on_stack[top] = false;
                    group.push(top);
                    if top == index {
                        break;
                    }
                }
                if group.len() > 1 {
                    group.sort_unstable();
                    groups.push(group);
                }
            }
        }
    }
    groups
}

/// What needs an index of a partitioned table needs it valid: all of its parts attached.
pub(super) fn add_attachments(
    entries: &[&Entry],
    needs: &mut [Vec<usize>],
    entry_at: impl Fn(ObjectId) -> Option<usize>,
) {
    let mut attachments: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.kind == "index_attach") {
        let [child, parent, ..] = entry.after[..] else { continue };
        if let (Some(child), Some(parent)) = (entry_at(child), entry_at(parent)) {
            attachments.entry(parent).or_default().push((index, child));
        }
    }
    for (index, entry) in entries.iter().enumerate() {
        if matches!(entry.kind, "index_attach" | "key" | "index") {
            continue;
        }
        let mut walk: Vec<usize> = needs[index].clone();
        while let Some(needed) = walk.pop() {
            for (attachment, child) in attachments.get(&needed).into_iter().flatten() {
                needs[index].push(*attachment);
                walk.push(*child);
            }
        }
        needs[index].sort_unstable();
        needs[index].dedup();
    }
}

/// A materialized view is refreshed after those that its query reads, also through views.
pub(super) fn add_refreshes(entries: &[&Entry], needs: &mut [Vec<usize>]) {
    let refreshes = entries.iter().enumerate().filter(|(_, entry)| entry.kind == "refresh");
    let by_view: HashMap<ObjectId, usize> =
        refreshes.map(|(index, entry)| (entry.id.whole(), index)).collect();
    for index in by_view.values() {
        let mut seen = vec![false; entries.len()];
        let mut walk = needs[*index].clone();
        let mut earlier: Vec<usize> = Vec::new();
        while let Some(needed) = walk.pop() {
            if std::mem::replace(&mut seen[needed], true) {
                continue;
            }
            earlier.extend(by_view.get(&entries[needed].id).filter(|other| *other != index));
            walk.extend(&needs[needed]);
        }
        needs[*index].extend(earlier);
        needs[*index].sort_unstable();
        needs[*index].dedup();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        object::KINDS,
        pg::{Oid, catalog},
    };

    fn entry(number: u32, kind: &'static str, name: &str) -> Entry {
        Entry::new(ObjectId::new(catalog::CLASS, Oid(number)), kind, name.to_owned(), ["s", name, ""])
    }

    #[test]
    fn every_kind_has_its_place() {
        assert!(KINDS.iter().all(|info| KIND_ORDER.contains(&info.name)));
    }

    #[test]
    fn what_needs_post_data_becomes_post_data() {
        let (table, mut key, view) =
            (entry(1, "table", "t"), entry(2, "key", "t_pkey"), entry(3, "view", "v"));
        key.section = Section::PostData;
        let order = sort(&[&view, &key, &table], &[vec![1, 2], vec![2], vec![]]).unwrap();
        assert_eq!(order.places, [2, 1, 0]);
        assert_eq!(order.sections, [Section::PostData, Section::PostData, Section::PreData]);
    }

    #[test]
    fn a_cycle_is_named() {
        let entries = [entry(1, "table", "a"), entry(2, "table", "b"), entry(3, "table", "c")];
        let references: Vec<&Entry> = entries.iter().collect();
        assert_eq!(sort(&references, &[vec![1], vec![0], vec![0]]).unwrap_err(), [[0, 1]]);
    }

    proptest! {
        #[test]
        fn order_respects_every_edge_and_names_otherwise(
            names in proptest::collection::vec("[a-c]{1,3}", 1..20),
            edges in proptest::collection::vec((0usize..20, 0usize..20), 0..40),
        ) {
            let entries: Vec<Entry> =
                names.iter().enumerate().map(|(i, name)| entry(u32::try_from(i).unwrap(), "table", name)).collect();
            let references: Vec<&Entry> = entries.iter().collect();
            let mut needs = vec![Vec::new(); entries.len()];
            for (a, b) in edges {
                // Only edges to smaller numbers: no cycle.
                let (from, to) = (a.max(b) % entries.len(), a.min(b) % entries.len());
                if from > to && !needs[from].contains(&to) {
                    needs[from].push(to);
                }
            }
            let order = sort(&references, &needs).unwrap();
            let place = |index: usize| order.places.iter().position(|at| *at == index).unwrap();
            for (from, list) in needs.iter().enumerate() {
                prop_assert!(list.iter().all(|to| place(*to) < place(from)));
            }
            for pair in order.places.windows(2) {
                let forced = needs[pair[1]].contains(&pair[0]);
                prop_assert!(forced || (&names[pair[0]], pair[0]) <= (&names[pair[1]], pair[1]) || !needs[pair[1]].is_empty());
            }
        }
    }
}
