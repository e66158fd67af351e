//! The entries of an archive by when they are restored.
use super::grouped;
use crate::backup::{
    desc::{self, Pass},
    toc::{TocEntry, TocSection},
};

/// All of them, each part in the archive's order.
#[derive(Debug, Default)]
pub(super) struct Sections {
    pub(super) before: Vec<TocEntry>,
    pub(super) data: Vec<TocEntry>,
    pub(super) after: Vec<TocEntry>,
    pub(super) privileges: Vec<TocEntry>,
    pub(super) last: Vec<TocEntry>,
}

impl Sections {
    /// What is in no section (comments, labels) goes with what it stands behind.
    pub(super) fn of(entries: impl Iterator<Item = TocEntry>) -> Self {
        let mut sections = Self::default();
        let mut at = TocSection::PreData;
        for entry in entries {
            if entry.section != TocSection::None {
                at = entry.section;
            }
            if entry.desc == grouped::DESC {
                // It stands with the data, and is what the data goes into.
                sections.before.push(entry);
                continue;
            }
            let section = match (desc::pass(&entry.desc, &entry.tag), at) {
                (Pass::Privileges, _) => &mut sections.privileges,
                (Pass::Last, _) => &mut sections.last,
                (Pass::Main, TocSection::Data) if entry.section == TocSection::Data => &mut sections.data,
                (Pass::Main, TocSection::PreData | TocSection::None) => &mut sections.before,
                (Pass::Main, _) => &mut sections.after,
            };
            section.push(entry);
        }
        sections
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_no_section_goes_with_what_it_stands_behind() {
        let entry =
            |id, desc: &str, section| TocEntry { id, desc: desc.to_owned(), section, ..TocEntry::default() };
        let sections = Sections::of(
            [
                entry(1, "TABLE", TocSection::PreData),
                entry(2, "COMMENT", TocSection::None),
                entry(3, "ACL", TocSection::None),
                entry(4, "TABLE DATA", TocSection::Data),
                entry(8, "BLOB METADATA", TocSection::Data),
                entry(5, "INDEX", TocSection::PostData),
                entry(6, "COMMENT", TocSection::None),
                entry(7, "MATERIALIZED VIEW DATA", TocSection::PostData),
            ]
            .into_iter(),
        );
        let ids = |entries: &[TocEntry]| entries.iter().map(|entry| entry.id).collect::<Vec<_>>();
        assert_eq!(ids(&sections.before), [1, 2, 8]);
        assert_eq!(ids(&sections.data), [4]);
        assert_eq!(ids(&sections.after), [5, 6]);
        assert_eq!((ids(&sections.privileges), ids(&sections.last)), (vec![3], vec![7]));
    }
}
