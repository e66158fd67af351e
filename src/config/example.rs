//! `config.example.yaml`: every key with its documentation and default, rendered from the schema.
use super::{
    Config,
    documented::{Line, Section as _, Shape},
};

const HEAD: &str = "\
# Configuration of pgmigrate: every key, with its default. All are optional; unknown ones are refused.
# This file is generated from src/config/schema.rs; a test holds it to that.
#
# In values, ${NAME} stands for an environment variable and ${NAME:-default} for one that may be unset or
# empty; $$ stands for a dollar sign. A name with a * or ? goes in quotes: YAML would read a bare * otherwise.
";

/// The text of `config.example.yaml`.
pub fn render_example() -> String {
    let mut text = HEAD.to_owned();
    for line in Config::default().lines() {
        text.push('\n');
        render(&line, "", &mut text);
    }
    text
}

/// Renders a key below its documentation. `margin` is what every line starts with.
fn render(line: &Line, margin: &str, text: &mut String) {
    let mut push = |line: &str| text.extend([margin, line, "\n"]);
    for documentation in line.documentation {
        push(&format!("# {}", documentation.trim()));
    }
    let key = line.key;
    let (lines, inner) = match &line.shape {
        Shape::Scalar(value) => {
            push(&format!("{key}: {value}"));
            return;
        }
        Shape::Section(lines) => {
            push(&format!("{key}:"));
            (lines, format!("{margin}  "))
        }
        Shape::Rows(lines) => {
            push(&format!("{key}: []"));
            push(&format!("# An element of `{key}`:"));
            push("#   -");
            (lines, format!("{margin}#     "))
        }
    };
    for line in lines {
        render(line, &inner, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, Environment};

    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.yaml");

    fn parse(text: &str) -> Config {
        ConfigFile::parse("example", text, &Environment::default()).unwrap().config
    }

    /// `UPDATE_EXAMPLE=1 cargo test example` writes the file anew.
    #[test]
    fn the_example_file_is_what_the_schema_says() {
        if Environment::of_process().non_empty("UPDATE_EXAMPLE").is_some() {
            std::fs::write(PATH, render_example()).unwrap();
        }
        let text = std::fs::read_to_string(PATH).unwrap();
        assert_eq!(text, render_example(), "run `UPDATE_EXAMPLE=1 cargo test example`");
    }

    #[test]
    fn the_example_reads_as_the_defaults() {
        assert_eq!(parse(&render_example()), Config::default());
    }

    #[test]
    fn the_elements_shown_can_be_uncommented() {
        let example = render_example();
        let bare = |line: &str| match line.strip_prefix("  #   ") {
            Some(rest) => format!("    {rest}"),
            None => ["include", "exclude", "priority"]
                .iter()
                .fold(line.to_owned(), |line, key| line.replace(&format!("{key}: []"), &format!("{key}:"))),
        };
        let text: Vec<String> = example.lines().map(bare).collect();
        let text = text.join("\n").replace("schema: \"\"", "schema: s").replace("  name: \"\"", "  name: t");
        let refusal = ConfigFile::parse("example", &text, &Environment::default()).unwrap_err().to_string();
        assert!(refusal.ends_with("tables.exclude[0]: the table is also listed in `include`"), "{refusal}");
    }
}
