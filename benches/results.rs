//! The table at the end: median and throughput of each benchmark, from what criterion wrote.
use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::target_dir;

/// One benchmark of this or an earlier run.
struct Result {
    name: String,
    seconds: f64,
    /// Bytes or elements in that time.
    volume: f64,
    is_bytes: bool,
}

/// Prints all that is there, by name.
pub(crate) fn print() {
    let mut found = Vec::new();
    collect(&target_dir().join("criterion"), &mut found);
    found.sort_by(|one, other| one.name.cmp(&other.name));
    println!("\n{:<34} {:>12} {:>16}", "benchmark", "median", "throughput");
    for Result { name, seconds, volume, is_bytes } in found {
        let rate = volume / seconds;
        let rate = if is_bytes { format!("{:.1} MB/s", rate / 1e6) } else { format!("{rate:.0} /s") };
        println!("{name:<34} {:>9.2} ms {rate:>16}", seconds * 1e3);
    }
}

fn collect(dir: &Path, found: &mut Vec<Result>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        if path.ends_with("new") {
            found.extend(result(&path));
        } else {
            collect(&path, found);
        }
    }
}

fn result(new: &Path) -> Option<Result> {
    let benchmark = json(new.join("benchmark.json"))?;
    let estimates = json(new.join("estimates.json"))?;
    let throughput = &benchmark["throughput"];
    let (volume, is_bytes) = match throughput["Bytes"].as_f64() {
        Some(bytes) => (bytes, true),
        None => (throughput["Elements"].as_f64()?, false),
    };
    Some(Result {
        name: benchmark["full_id"].as_str()?.to_owned(),
        seconds: estimates["median"]["point_estimate"].as_f64()? / 1e9,
        volume,
        is_bytes,
    })
}

fn json(path: PathBuf) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}
