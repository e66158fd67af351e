//! What of the objects stays behind: parts of all of them, and kinds that make no sense on some targets.
//!
//! Pure. It is a part of the selection: whoever reads a catalog by the rules gets it without these, on either side, so a
//! comparison judges by the same switches as the migration.
use std::{collections::BTreeSet, fmt};

use super::schema::ObjectSection;

/// A part of objects, or a kind of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Owners: everything belongs to the target's role.
    Owner,
    /// GRANT, REVOKE and ALTER DEFAULT PRIVILEGES. Memberships belong to the roles.
    Privileges,
    /// COMMENT ON
    Comments,
    /// SECURITY LABEL
    SecurityLabels,
    /// TABLESPACE: everything is stored in the database's own.
    Tablespaces,
    /// CREATE PUBLICATION
    Publications,
    /// CREATE SUBSCRIPTION
    Subscriptions,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 7] = [
        Self::Owner,
        Self::Privileges,
        Self::Comments,
        Self::SecurityLabels,
        Self::Tablespaces,
        Self::Publications,
        Self::Subscriptions,
    ];

    /// What stands behind `--no-` on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Privileges => "privileges",
            Self::Comments => "comments",
            Self::SecurityLabels => "security-labels",
            Self::Tablespaces => "tablespaces",
            Self::Publications => "publications",
            Self::Subscriptions => "subscriptions",
        }
    }

    fn is_in(self, section: &ObjectSection) -> bool {
        match self {
            Self::Owner => section.owner,
            Self::Privileges => section.privileges,
            Self::Comments => section.comments,
            Self::SecurityLabels => section.security_labels,
            Self::Tablespaces => section.tablespaces,
            Self::Publications => section.publications,
            Self::Subscriptions => section.subscriptions,
        }
    }
}

/// Parts that stay behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Without(BTreeSet<Part>);

impl Without {
    /// What the file leaves out.
    pub fn of_section(section: &ObjectSection) -> Self {
        Part::ALL.into_iter().filter(|part| !part.is_in(section)).collect()
    }

    /// Whether this part stays behind.
    pub fn leaves(&self, part: Part) -> bool {
        self.0.contains(&part)
    }

    /// Whether nothing stays behind.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stays behind in addition.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }
}

impl FromIterator<Part> for Without {
    fn from_iter<T: IntoIterator<Item = Part>>(parts: T) -> Self {
        Self(parts.into_iter().collect())
    }
}

impl fmt::Display for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|part| part.as_str()).collect();
        f.write_str(&words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_and_command_line_add_up() {
        let section = ObjectSection { comments: false, ..ObjectSection::default() };
        let both = Without::of_section(&section).and(&[Part::Owner].into_iter().collect());
        assert_eq!(both.to_string(), "owner, comments");
        assert!(both.leaves(Part::Comments) && !both.leaves(Part::Privileges));
        assert!(Without::of_section(&ObjectSection::default()).is_empty());
    }
}
