//! Access privileges, as `aclexplode()` shows them, and the statements that lead from one state to another.
use serde::Deserialize;

use super::quote_ident;

/// Stands for the owner where owners are not carried: the role that makes an object owns it. No role has an empty name.
const OWNER: &str = "";

/// One privilege granted by one role to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub struct AclItem {
    /// Who granted it.
    pub grantor: String,
    /// Who holds it; `None` is PUBLIC.
    pub grantee: Option<String>,
    /// The keyword of GRANT (`SELECT`, `USAGE`, …).
    pub privilege: String,
    /// With grant option.
    pub grantable: bool,
}

impl AclItem {
    fn grantee(&self) -> String {
        match self.grantee.as_deref() {
            None => "PUBLIC".to_owned(),
            Some(OWNER) => "CURRENT_USER".to_owned(),
            Some(role) => quote_ident(role),
        }
    }

    /// Gives the roles other names. Of one privilege that several had, who are one now, one remains; it can be granted on
    /// if any of them could be.
    pub fn rename_roles(items: &mut Vec<Self>, rename: &dyn Fn(&mut String)) {
        let mut renamed: Vec<Self> = Vec::with_capacity(items.len());
        for mut item in items.drain(..) {
            item.rename(rename);
            match renamed.iter_mut().find(|other| other.concerns(&item)) {
                Some(other) => other.grantable |= item.grantable,
                None => renamed.push(item),
            }
        }
        *items = renamed;
    }

    fn rename(&mut self, rename: &dyn Fn(&mut String)) {
        rename(&mut self.grantor);
        self.grantee.as_mut().map(rename);
    }

    /// Says "the owner" where it names this one.
    pub fn leave_to_owner(&mut self, owner: &str) {
        self.rename(&|name| {
            if name == owner {
                OWNER.clone_into(name);
            }
        });
    }

    /// Whether both speak of the same privilege for the same role.
    fn concerns(&self, other: &Self) -> bool {
        self.grantee == other.grantee && self.privilege == other.privilege && self.grantor == other.grantor
    }
}

/// What has to be revoked and granted to get from one list of privileges to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AclDelta {
    revoke: Vec<AclItem>,
    /// Privileges that stay, and can be granted on no more.
    revoke_option: Vec<AclItem>,
    grant: Vec<AclItem>,
}

impl AclDelta {
    /// The difference. Order is that of the lists: a grant option comes before what was granted with it.
    pub fn between(base: &[AclItem], wanted: &[AclItem]) -> Self {
        let revoke =
            base.iter().filter(|item| !wanted.iter().any(|other| other.concerns(item))).cloned().collect();
        let surplus = |item: &AclItem| {
            item.grantable && wanted.iter().any(|other| other.concerns(item) && !other.grantable)
        };
        let revoke_option: Vec<AclItem> = base.iter().filter(|item| surplus(item)).cloned().collect();
        let held =
            |item: &AclItem| base.contains(item) || revoke_option.iter().any(|other| other.concerns(item));
        let grant = wanted.iter().filter(|item| !held(item)).cloned().collect();
        Self { revoke, revoke_option, grant }
    }

    /// The statements; `on` is what stands behind ON (`TABLE s.t`), `column` a quoted column name or empty.
    /// Privileges of one grantee go into one statement.
    pub fn statements(&self, on: &str, column: &str) -> Vec<String> {
        let mut statements = self.revokes(on, column);
        statements.extend(self.grants(on, column));
        statements
    }

    fn revokes(&self, on: &str, column: &str) -> Vec<String> {
        let revoke = |option: &str, group: &[AclItem]| {
            format!("REVOKE {option}{} ON {on} FROM {}", words(group, column), group[0].grantee())
        };
        let whole = groups(&self.revoke).map(|group| revoke("", group));
        whole.chain(groups(&self.revoke_option).map(|group| revoke("GRANT OPTION FOR ", group))).collect()
    }

    fn grants(&self, on: &str, column: &str) -> impl Iterator<Item = String> {
        groups(&self.grant).map(move |group| {
            let option = if group[0].grantable { " WITH GRANT OPTION" } else { "" };
            format!("GRANT {} ON {on} TO {}{option}", words(group, column), group[0].grantee())
        })
    }

    /// As [`AclDelta::statements`], with what another role than the owner granted done as that role. What was granted
    /// with a grant option is revoked before the option is.
    pub fn statements_by(&self, owner: &str, on: &str, column: &str) -> Vec<String> {
        let mut grantors = vec![owner];
        for item in self.revoke.iter().chain(&self.revoke_option).chain(&self.grant) {
            if !grantors.contains(&item.grantor.as_str()) {
                grantors.push(&item.grantor);
            }
        }
        let mut statements = Vec::new();
        let mut run_as = |grantor: &str, sql: Vec<String>| {
            let is_other = grantor != owner && !sql.is_empty();
            statements.extend(is_other.then(|| format!("SET ROLE {}", quote_ident(grantor))));
            statements.extend(sql);
            statements.extend(is_other.then(|| "RESET ROLE".to_owned()));
        };
        for grantor in grantors.iter().rev() {
            run_as(grantor, self.of(grantor).revokes(on, column));
        }
        for grantor in &grantors {
            run_as(grantor, self.of(grantor).grants(on, column).collect());
        }
        statements
    }

    /// What one role granted and grants.
    fn of(&self, grantor: &str) -> Self {
        let only = |items: &[AclItem]| items.iter().filter(|item| item.grantor == grantor).cloned().collect();
        Self {
            revoke: only(&self.revoke),
            revoke_option: only(&self.revoke_option),
            grant: only(&self.grant),
        }
    }
}

/// A change of owner hands over what the old one had and had granted (`aclnewowner` in acl.c).
pub fn handed_over(mut acl: Vec<AclItem>, old: Option<&str>, new: &str) -> Vec<AclItem> {
    for item in &mut acl {
        if Some(item.grantor.as_str()) == old {
            new.clone_into(&mut item.grantor);
        }
        if item.grantee.as_deref() == old {
            item.grantee = Some(new.to_owned());
        }
    }
    acl
}

/// Runs of items with the same grantee and grant option.
fn groups(items: &[AclItem]) -> impl Iterator<Item = &[AclItem]> {
    items.chunk_by(|a, b| a.grantee == b.grantee && a.grantable == b.grantable)
}

fn words(items: &[AclItem], column: &str) -> String {
    let suffix = if column.is_empty() { String::new() } else { format!(" ({column})") };
    let words: Vec<String> = items.iter().map(|item| format!("{}{suffix}", item.privilege)).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(grantor: &str, grantee: &str, privilege: &str, grantable: bool) -> AclItem {
        let grantee = (grantee != "PUBLIC").then(|| grantee.to_owned());
        AclItem { grantor: grantor.to_owned(), grantee, privilege: privilege.to_owned(), grantable }
    }

    #[test]
    fn only_the_difference_is_said() {
        let base = [item("ann", "ann", "EXECUTE", false), item("ann", "PUBLIC", "EXECUTE", false)];
        let wanted = [item("ann", "ann", "EXECUTE", false), item("ann", "Bob", "EXECUTE", true)];
        let delta = AclDelta::between(&base, &wanted);
        assert_eq!(
            delta.statements("FUNCTION s.f()", ""),
            [
                "REVOKE EXECUTE ON FUNCTION s.f() FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION s.f() TO \"Bob\" WITH GRANT OPTION",
            ]
        );
        assert_eq!(AclDelta::between(&wanted, &wanted), AclDelta::default());
    }

    #[test]
    fn a_surplus_grant_option_is_revoked_after_what_was_granted_with_it() {
        let base = [item("ann", "bob", "SELECT", true), item("bob", "eve", "SELECT", false)];
        let wanted = [item("ann", "bob", "SELECT", false), item("ann", "eve", "SELECT", false)];
        assert_eq!(
            AclDelta::between(&base, &wanted).statements_by("ann", "TABLE s.t", ""),
            [
                "SET ROLE bob",
                "REVOKE SELECT ON TABLE s.t FROM eve",
                "RESET ROLE",
                "REVOKE GRANT OPTION FOR SELECT ON TABLE s.t FROM bob",
                "GRANT SELECT ON TABLE s.t TO eve",
            ]
        );
    }

    #[test]
    fn roles_that_become_one_share_their_privileges() {
        let mut items = vec![item("ann", "bob", "SELECT", false), item("ann", "eve", "SELECT", true)];
        AclItem::rename_roles(&mut items, &|name| {
            if name == "eve" {
                "bob".clone_into(name);
            }
        });
        assert_eq!(items, [item("ann", "bob", "SELECT", true)]);
    }

    #[test]
    fn an_owner_without_a_name_is_whoever_runs_it() {
        let mut wanted = [item("ann", "ann", "SELECT", false), item("ann", "bob", "SELECT", false)];
        let mut base = [item("ann", "ann", "SELECT", false), item("ann", "ann", "DELETE", false)];
        wanted.iter_mut().chain(&mut base).for_each(|item| item.leave_to_owner("ann"));
        assert_eq!(
            AclDelta::between(&base, &wanted).statements_by(OWNER, "TABLE s.t", ""),
            ["REVOKE DELETE ON TABLE s.t FROM CURRENT_USER", "GRANT SELECT ON TABLE s.t TO bob"]
        );
    }

    #[test]
    fn what_another_granted_is_granted_as_that_one() {
        let wanted = [item("ann", "bob", "SELECT", true), item("bob", "eve", "SELECT", false)];
        assert_eq!(
            AclDelta::between(&[], &wanted).statements_by("ann", "TABLE s.t", "c"),
            [
                "GRANT SELECT (c) ON TABLE s.t TO bob WITH GRANT OPTION",
                "SET ROLE bob",
                "GRANT SELECT (c) ON TABLE s.t TO eve",
                "RESET ROLE",
            ]
        );
    }
}
