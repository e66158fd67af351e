//! Properties of a database as statements: all of them for one that is made, what it lacks for one that is there. Nothing is
//! taken from one that is there, and what it has set itself it keeps. Pure.
use crate::{
    catalog::{DatabaseProperties, Label},
    object::{assignment, setting_name},
    pg::{AclDelta, AclItem, Ident, quote_ident, quote_literal},
};

/// One property: what it is called in a plan, and what sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// `database_setting:shop.work_mem`
    pub id: String,
    /// `DATABASE shop SET work_mem`
    pub object: String,
    /// Without semicolons.
    pub statements: Vec<String>,
    /// The role that it is about: ALTER ROLE … IN DATABASE.
    pub role: Option<Ident>,
}

/// The properties of a database that is to be like another, in the order in which they are set: what concerns everybody's
/// sessions comes late, and how many there may be last of all. `owner` is who owns it by then.
pub fn database_properties(
    wanted: &DatabaseProperties,
    there: Option<&DatabaseProperties>,
    name: &Ident,
    owner: &str,
) -> Vec<Property> {
    let on = format!("DATABASE {name}");
    let property =
        |id: String, object: String, statements: Vec<String>| Property { id, object, statements, role: None };
    let mut found = Vec::new();
    if let Some(comment) =
        wanted.comment.as_ref().filter(|_| there.is_none_or(|there| there.comment.is_none()))
    {
        let statement = format!("COMMENT ON {on} IS {}", quote_literal(comment));
        found.push(property(format!("database_comment:{name}"), format!("COMMENT ON {on}"), vec![statement]));
    }
    for label in &wanted.labels {
        if there.is_none_or(|there| there.labels.iter().all(|other| other.provider != label.provider)) {
            let provider = quote_ident(&label.provider);
            let statement =
                format!("SECURITY LABEL FOR {provider} ON {on} IS {}", quote_literal(&label.label));
            let id = format!("database_label:{name}.{provider}");
            found.push(property(id, format!("SECURITY LABEL ON {on}"), vec![statement]));
        }
    }
    let privileges = privileges(wanted, there).statements_by(owner, &on, "");
    if !privileges.is_empty() {
        found.push(property(
            format!("database_privileges:{name}"),
            format!("PRIVILEGES OF {on}"),
            privileges,
        ));
    }
    let held = there.map_or(&[][..], |there| &there.settings);
    for setting in unset(&wanted.settings, held) {
        let shown = quote_ident(setting_name(setting));
        let statement = format!("ALTER {on} SET {}", assignment(setting));
        let id = format!("database_setting:{name}.{shown}");
        found.push(property(id, format!("{on} SET {shown}"), vec![statement]));
    }
    for of_role in &wanted.role_settings {
        let role = &of_role.role;
        let held = there.and_then(|there| there.role_settings.iter().find(|other| other.role == *role));
        for setting in unset(&of_role.settings, held.map_or(&[][..], |held| &held.settings)) {
            let shown = quote_ident(setting_name(setting));
            let statement = format!("ALTER ROLE {role} IN {on} SET {}", assignment(setting));
            let id = format!("role_setting:{role}.{name}.{shown}");
            let own = property(id, format!("ROLE {role} IN {on} SET {shown}"), vec![statement]);
            found.push(Property { role: Some(role.clone()), ..own });
        }
    }
    if there.is_none() && wanted.is_template {
        let statement = format!("ALTER {on} IS_TEMPLATE true");
        found.push(property(
            format!("database_template:{name}"),
            format!("{on} IS_TEMPLATE"),
            vec![statement],
        ));
    }
    if there.is_none() && wanted.connection_limit != -1 {
        let statement = format!("ALTER {on} CONNECTION LIMIT {}", wanted.connection_limit);
        found.push(property(
            format!("database_limit:{name}"),
            format!("{on} CONNECTION LIMIT"),
            vec![statement],
        ));
    }
    found
}

/// Of one that is made, the way from the default; of one that is there, what it lacks.
fn privileges(wanted: &DatabaseProperties, there: Option<&DatabaseProperties>) -> AclDelta {
    let Some(there) = there else { return AclDelta::between(&wanted.base, &wanted.acl) };
    // What everybody has by default and this database took away is no lack.
    let given = wanted.acl.iter().filter(|item| !wanted.base.contains(item));
    let lacking = given.filter(|item| !there.acl.iter().any(|other| covers(other, item)));
    let stays = there.acl.iter().filter(|item| !wanted.acl.iter().any(|other| extends(other, item)));
    let all: Vec<AclItem> = stays.chain(lacking).cloned().collect();
    AclDelta::between(&there.acl, &all)
}

fn grantee(item: &AclItem) -> String {
    item.grantee.as_deref().map_or_else(|| "PUBLIC".to_owned(), quote_ident)
}

/// Whether a privilege that is there is as much as another.
fn covers(there: &AclItem, wanted: &AclItem) -> bool {
    same(there, wanted) && (there.grantable || !wanted.grantable)
}

/// Whether a privilege is the same and more.
fn extends(wanted: &AclItem, there: &AclItem) -> bool {
    same(wanted, there) && wanted.grantable && !there.grantable
}

fn same(one: &AclItem, other: &AclItem) -> bool {
    (&one.grantor, &one.grantee, &one.privilege) == (&other.grantor, &other.grantee, &other.privilege)
}

/// Settings of a list whose names another does not have.
fn unset<'a>(wanted: &'a [String], held: &'a [String]) -> impl Iterator<Item = &'a String> {
    let is_held = |setting: &str| held.iter().any(|other| setting_name(other) == setting_name(setting));
    wanted.iter().filter(move |setting| !is_held(setting))
}

/// What a database that is there keeps although another has it otherwise, as people name it.
pub fn kept_properties(wanted: &DatabaseProperties, there: &DatabaseProperties) -> Vec<String> {
    let mut kept = Vec::new();
    if wanted.comment != there.comment && there.comment.is_some() {
        kept.push("its comment".to_owned());
    }
    let is_kept = |label: &&Label| {
        there.labels.iter().any(|other| other.provider == label.provider && other.label != label.label)
    };
    kept.extend(wanted.labels.iter().filter(is_kept).map(|label| format!("its label by {}", label.provider)));
    let taken = wanted.base.iter().filter(|item| !wanted.acl.iter().any(|other| same(other, item)));
    let still_there = |item: &&AclItem| there.acl.iter().any(|other| same(other, item));
    kept.extend(taken.filter(still_there).map(|item| format!("{} of {}", item.privilege, grantee(item))));
    let lost = wanted.acl.iter().filter(|item| wanted.base.contains(item));
    let is_lost = |item: &&AclItem| !there.acl.iter().any(|other| same(other, item));
    kept.extend(lost.filter(is_lost).map(|item| format!("no {} of {}", item.privilege, grantee(item))));
    let other_value = |wanted: &[String], there: &[String]| -> Vec<String> {
        let is_other = |setting: &&String| {
            !there.contains(setting) && there.iter().any(|other| setting_name(other) == setting_name(setting))
        };
        wanted.iter().filter(is_other).map(|setting| format!("SET {}", setting_name(setting))).collect()
    };
    kept.extend(other_value(&wanted.settings, &there.settings));
    for of_role in &wanted.role_settings {
        if let Some(held) = there.role_settings.iter().find(|other| other.role == of_role.role) {
            let names = other_value(&of_role.settings, &held.settings);
            kept.extend(names.into_iter().map(|name| format!("{name} of {}", of_role.role)));
        }
    }
    if wanted.is_template != there.is_template {
        kept.push(format!("IS_TEMPLATE {}", there.is_template));
    }
    if wanted.connection_limit != there.connection_limit {
        kept.push(format!("CONNECTION LIMIT {}", there.connection_limit));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::RoleSettings;

    fn item(grantee: Option<&str>, privilege: &str, grantable: bool) -> AclItem {
        AclItem {
            grantor: "o".to_owned(),
            grantee: grantee.map(str::to_owned),
            privilege: privilege.to_owned(),
            grantable,
        }
    }

    fn wanted() -> DatabaseProperties {
        let base = vec![item(None, "CONNECT", false), item(Some("o"), "CREATE", false)];
        DatabaseProperties {
            connection_limit: 0,
            acl: vec![item(Some("o"), "CREATE", false), item(Some("a b"), "CONNECT", true)],
            base,
            comment: Some("it's".to_owned()),
            labels: vec![Label { provider: "p".to_owned(), label: "red".to_owned() }],
            settings: vec!["search_path=a, \"$user\"".to_owned(), "my.x=1".to_owned()],
            role_settings: vec![RoleSettings {
                role: Ident::from("R"),
                settings: vec!["jit=off".to_owned()],
            }],
            is_template: true,
        }
    }

    fn texts(there: Option<&DatabaseProperties>) -> String {
        let found = database_properties(&wanted(), there, &Ident::from("my db"), "o");
        let line = |one: &Property| format!("{} | {}", one.id, one.statements.join("; "));
        found.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn one_that_is_made_gets_all() {
        insta::assert_snapshot!(texts(None), @r#"
        database_comment:"my db" | COMMENT ON DATABASE "my db" IS 'it''s'
        database_label:"my db".p | SECURITY LABEL FOR p ON DATABASE "my db" IS 'red'
        database_privileges:"my db" | REVOKE CONNECT ON DATABASE "my db" FROM PUBLIC; GRANT CONNECT ON DATABASE "my db" TO "a b" WITH GRANT OPTION
        database_setting:"my db".search_path | ALTER DATABASE "my db" SET search_path = 'a', '$user'
        database_setting:"my db"."my.x" | ALTER DATABASE "my db" SET my.x = '1'
        role_setting:"R"."my db".jit | ALTER ROLE "R" IN DATABASE "my db" SET jit = 'off'
        database_template:"my db" | ALTER DATABASE "my db" IS_TEMPLATE true
        database_limit:"my db" | ALTER DATABASE "my db" CONNECTION LIMIT 0
        "#);
    }

    #[test]
    fn one_that_is_there_gets_what_it_lacks() {
        let there = DatabaseProperties {
            connection_limit: 5,
            is_template: false,
            acl: vec![
                item(None, "CONNECT", false),
                item(Some("o"), "CREATE", false),
                item(Some("a b"), "CONNECT", false),
            ],
            comment: Some("another".to_owned()),
            labels: vec![Label { provider: "p".to_owned(), label: "blue".to_owned() }],
            settings: vec!["my.x=2".to_owned()],
            ..wanted()
        };
        insta::assert_snapshot!(texts(Some(&there)), @r#"
        database_privileges:"my db" | GRANT CONNECT ON DATABASE "my db" TO "a b" WITH GRANT OPTION
        database_setting:"my db".search_path | ALTER DATABASE "my db" SET search_path = 'a', '$user'
        "#);
        let kept = kept_properties(&wanted(), &there);
        assert_eq!(
            kept,
            [
                "its comment",
                "its label by p",
                "CONNECT of PUBLIC",
                "SET my.x",
                "IS_TEMPLATE false",
                "CONNECTION LIMIT 5"
            ]
        );
        assert_eq!(texts(Some(&wanted())), "");
        assert!(kept_properties(&wanted(), &wanted()).is_empty());
    }
}
