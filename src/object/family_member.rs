//! What operator families consist of: operators by strategy, support functions by number. `pg_depend` says whether a
//! member belongs to a class or is loose in the family.
use serde::Deserialize;

use super::ObjectId;
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_amop`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct OperatorMember {
    oid: Oid,
    strategy: i32,
    /// With its arguments; their types are the member's.
    operator: String,
    /// The B-tree family of the result's order, for an ordering operator.
    sort_family: Option<QualifiedName>,
}

/// A row of `pg_amproc`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct FunctionMember {
    oid: Oid,
    number: i32,
    left: String,
    right: String,
    /// With its arguments, whose types may be others than the member's.
    function: String,
}

/// The items of CREATE OPERATOR CLASS … AS and ALTER OPERATOR FAMILY … ADD.
pub(super) fn items(operators: &[OperatorMember], functions: &[FunctionMember]) -> Vec<String> {
    let operators = operators.iter().map(|member| {
        let order = member.sort_family.as_ref().map(|family| format!(" FOR ORDER BY {family}"));
        format!("OPERATOR {} {}{}", member.strategy, member.operator, order.unwrap_or_default())
    });
    let functions = functions.iter().map(|member| {
        format!("FUNCTION {} ({}, {}) {}", member.number, member.left, member.right, member.function)
    });
    operators.chain(functions).collect()
}

/// Their addresses: what they depend on, their class or family does. Since server 14 the access method decides how
/// strongly, so `pg_depend` does not always call them a part of it.
pub(super) fn addresses(operators: &[OperatorMember], functions: &[FunctionMember]) -> Vec<ObjectId> {
    let operators = operators.iter().map(|member| ObjectId::new(catalog::AMOP, member.oid));
    operators.chain(functions.iter().map(|member| ObjectId::new(catalog::AMPROC, member.oid))).collect()
}
