//! The keys of a configuration that shape a plan, as text: so that a plan can tell with which ones it was made.
use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::Config;

/// Sections whose keys decide what is in a plan. Connections and the number of lanes may change between two attempts.
const SECTIONS: [&str; 7] = ["schemas", "roles", "tables", "extensions", "objects", "map", "options"];

/// Keys of these that decide only how a run goes about it, or concern the whole server.
const OF_THE_RUN: [&str; 3] = ["options.stall_timeout", "roles.on_existing", "roles.via"];

/// By path (`tables.include`): the value as JSON, of every key that is not at its default.
pub(super) fn shape(config: &Config) -> BTreeMap<String, String> {
    let [given, default] = [config, &Config::default()].map(leaves);
    given.into_iter().filter(|(path, value)| default.get(path) != Some(value)).collect()
}

fn leaves(config: &Config) -> BTreeMap<String, String> {
    let mut leaves = BTreeMap::new();
    // A section holds nothing but texts, numbers, words and lists of these.
    let Ok(Value::Object(whole)) = serde_json::to_value(config) else { return leaves };
    for section in SECTIONS {
        if let Some(value) = whole.get(section) {
            add(section, value, &mut leaves);
        }
    }
    leaves.retain(|path, _| !OF_THE_RUN.contains(&path.as_str()));
    leaves
}

fn add(path: &str, value: &Value, leaves: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(keys) => {
            for (key, value) in keys {
                add(&format!("{path}.{key}"), value, leaves);
            }
        }
        value => _ = leaves.insert(path.to_owned(), value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, Environment};

    #[test]
    fn what_is_said_otherwise_than_the_default_is_kept() {
        let text = "schemas: { mode: include, include: [b, a] }
parallel: { max_jobs: 4 }
options: { stall_timeout: 7, analyze_after_load: false }
map: { roles: { a: b } }";
        let config = ConfigFile::parse("x", text, &Environment::default()).unwrap().config;
        let shape: Vec<String> =
            shape(&config).iter().map(|(path, value)| format!("{path}={value}")).collect();
        insta::assert_snapshot!(shape.join("\n"), @r#"
        map.roles.a="b"
        options.analyze_after_load=false
        schemas.include=["b","a"]
        schemas.mode="include"
        "#);
    }
}
