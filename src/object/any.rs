//! What is asked of objects of any kind, and answered by the few kinds that it concerns.
use super::Object;
use crate::pg::{Ident, QualifiedName};

impl Object {
    /// Where a kind that is stored is stored; `None` in it is the database's own tablespace.
    pub fn tablespace_mut(&mut self) -> Option<&mut Option<Ident>> {
        match self {
            Self::Table(table) => Some(&mut table.tablespace),
            Self::MaterializedView(view) => Some(&mut view.tablespace),
            Self::Index(index) => Some(&mut index.tablespace),
            Self::Key(key) => Some(&mut key.tablespace),
            _ => None,
        }
    }

    /// The name of a relation that `--table` can name.
    pub fn relation_name(&self) -> Option<&QualifiedName> {
        match self {
            Self::Table(table) => Some(&table.name),
            Self::View(view) => Some(&view.name),
            Self::MaterializedView(view) => Some(&view.name),
            Self::Sequence(sequence) => Some(&sequence.name),
            _ => None,
        }
    }

    /// Renames the roles that the definition names. The owner is not among them: entries have it.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        match self {
            Self::Policy(policy) => policy.rename_roles(rename),
            Self::DefaultPrivilege(privilege) => privilege.rename_roles(rename),
            Self::ExtensionPrivilege(privilege) => privilege.rename_roles(rename),
            Self::SystemPrivilege(privilege) => privilege.rename_roles(rename),
            Self::LargeObjects(objects) => objects.rename_roles(rename),
            Self::UserMapping(mapping) => mapping.rename_role(rename),
            _ => {}
        }
    }
}
