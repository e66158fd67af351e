//! `CREATE OPERATOR FAMILY`, also of a family that came with its class: the result is the same. Its loose members are an
//! entry of their own, since classes need the family and loose members may need what needs a class.
use serde::Deserialize;

use super::{
    Entry, Kind, ObjectId, Queries, Separate,
    family_member::{self, FunctionMember, OperatorMember},
};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_opfamily` with its loose members.
#[derive(Debug, Clone, Deserialize)]
pub struct OperatorFamily {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    access_method: Ident,
    operators: Vec<OperatorMember>,
    functions: Vec<FunctionMember>,
}

impl Kind for OperatorFamily {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/operator_family.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let id = ObjectId::new(catalog::OPFAMILY, self.oid);
        let identity = format!("OPERATOR FAMILY {} USING {}", self.name, self.access_method);
        let sort_name = [self.name.schema.as_str(), self.name.name.as_str(), self.access_method.as_str()];
        entries.push(
            Entry::new(id, "operator_family", identity.clone(), sort_name)
                .create(format!("CREATE {identity}"))
                .owner(&self.owner),
        );
        let items = family_member::items(&self.operators, &self.functions);
        if items.is_empty() {
            return;
        }
        // Column -1 stands for the loose members.
        let mut members =
            Entry::new(id.column(-1), "operator_family_members", format!("members of {identity}"), sort_name)
                .create(format!("ALTER {identity} ADD\n    {}", items.join(",\n    ")))
                .after(id);
        members.aliases = family_member::addresses(&self.operators, &self.functions);
        entries.push(members);
    }
}
