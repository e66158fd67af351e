//! The text format: what the library renders, put in order, and read back as numbers.
//!
//! The library writes families and series in the order of a hash table, and knows no counter of fractions: those of
//! seconds are gauges to it, and are called by what they are here.
use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Number;

use super::table::{BUILD, CPU, Kind, MEMORY, METRICS, Metric};

/// What is the program's, however many databases there are: the first text's holds.
const OF_THE_PROGRAM: [Metric; 3] = [BUILD, CPU, MEMORY];

/// The families in the order of the table, the series of each sorted.
pub(super) fn ordered(text: &str) -> String {
    let families: BTreeMap<&str, &str> =
        text.split("\n\n").filter_map(|family| Some((name(family)?, family))).collect();
    let known = METRICS.iter().filter_map(|metric| Some((metric, *families.get(metric.name)?)));
    let mut ordered = String::with_capacity(text.len());
    for (metric, family) in known {
        write_family(&mut ordered, metric, family);
    }
    ordered
}

/// Several such texts as one; no series may be in two of them.
pub(in crate::observe) fn merged(texts: &[String]) -> String {
    let mut families: BTreeMap<&str, String> = BTreeMap::new();
    for (number, text) in texts.iter().enumerate() {
        let mut name = "";
        let mut is_first = true;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                name = rest.split(' ').next().unwrap_or_default();
                is_first = !families.contains_key(name);
            }
            let of_program = OF_THE_PROGRAM.iter().any(|metric| metric.name == name);
            if is_first || !(of_program && number > 0 || is_comment(line)) {
                families.entry(name).or_default().extend([line, "\n"]);
            }
        }
    }
    METRICS.iter().filter_map(|metric| families.remove(metric.name)).collect()
}

/// The name in `# TYPE name kind`.
fn name(family: &str) -> Option<&str> {
    let line = family.lines().find_map(|line| line.strip_prefix("# TYPE "))?;
    line.split(' ').next()
}

fn write_family(text: &mut String, metric: &Metric, family: &str) {
    let mut series: Vec<&str> = family.lines().filter(|line| !line.is_empty() && !is_comment(line)).collect();
    // The buckets of a histogram have an order of their own.
    if !matches!(metric.kind, Kind::Histogram(_)) {
        series.sort_unstable();
    }
    let Metric { name, help, kind, .. } = metric;
    // Writing to a String does not fail.
    _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {}", kind.as_str());
    for line in series {
        text.push_str(line);
        text.push('\n');
    }
}

fn is_comment(line: &str) -> bool {
    line.starts_with('#')
}

/// By series its value.
pub(super) fn values(text: &str) -> BTreeMap<String, Number> {
    let lines = text.lines().filter(|line| !is_comment(line));
    lines.filter_map(|line| line.rsplit_once(' ')).filter_map(value).collect()
}

/// Whole numbers stay whole; NaN is none.
fn value((series, text): (&str, &str)) -> Option<(String, Number)> {
    let number = match text.parse::<u64>() {
        Ok(whole) => Number::from(whole),
        Err(_) => Number::from_f64(text.parse().ok()?)?,
    };
    Some((series.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_have_the_order_of_the_table_and_their_kind() {
        let library = "# TYPE pgmigrate_retries_total counter\npgmigrate_retries_total{reason=\"b\"} 2\n\
             pgmigrate_retries_total{reason=\"a\"} 1\n\n\
             # HELP pgmigrate_cpu_seconds_total x\n# TYPE pgmigrate_cpu_seconds_total gauge\n\
             pgmigrate_cpu_seconds_total 0.5\n\n";
        let lines: Vec<_> =
            ordered(library).lines().filter(|line| !line.starts_with("# HELP")).map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "# TYPE pgmigrate_cpu_seconds_total counter",
                "pgmigrate_cpu_seconds_total 0.5",
                "# TYPE pgmigrate_retries_total counter",
                "pgmigrate_retries_total{reason=\"a\"} 1",
                "pgmigrate_retries_total{reason=\"b\"} 2",
            ]
        );
    }

    #[test]
    fn databases_share_families() {
        let text = |database: &str, cpu: &str| {
            format!(
                "# HELP pgmigrate_cpu_seconds_total x\n# TYPE pgmigrate_cpu_seconds_total counter\n\
                 pgmigrate_cpu_seconds_total{{database=\"{database}\"}} {cpu}\n\
                 # HELP pgmigrate_copied_rows_total y\n# TYPE pgmigrate_copied_rows_total counter\n\
                 pgmigrate_copied_rows_total{{database=\"{database}\"}} 1\n"
            )
        };
        assert_eq!(
            merged(&[text("", "0.5"), text("a", "0.6"), text("b", "0.7")]),
            "# HELP pgmigrate_cpu_seconds_total x\n# TYPE pgmigrate_cpu_seconds_total counter\n\
             pgmigrate_cpu_seconds_total{database=\"\"} 0.5\n\
             # HELP pgmigrate_copied_rows_total y\n# TYPE pgmigrate_copied_rows_total counter\n\
             pgmigrate_copied_rows_total{database=\"\"} 1\npgmigrate_copied_rows_total{database=\"a\"} 1\n\
             pgmigrate_copied_rows_total{database=\"b\"} 1\n"
        );
    }

    #[test]
    fn values_are_numbers_or_nothing() {
        let text = "# TYPE a gauge\na{b=\"c d\"} 3\ne 0.25\nf NaN\n";
        let values: Vec<_> =
            values(text).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(values, ["a{b=\"c d\"}=3", "e=0.25"]);
    }
}
