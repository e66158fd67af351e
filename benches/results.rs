//! The table at the end: median and throughput of each benchmark, from what criterion wrote.
use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::target_dir;

/// One benchmark of this or an earlier run.
pub(crate) struct Measured {
    pub(crate) name: String,
    /// The median.
    seconds: f64,
    /// Bytes or elements in that time.
    volume: f64,
    is_bytes: bool,
}

impl Measured {
    /// Bytes or elements a second.
    pub(crate) fn rate(&self) -> f64 {
        self.volume / self.seconds
    }
}

/// All that is there, by name.
pub(crate) fn read() -> Vec<Measured> {
    let mut found = Vec::new();
    collect(&target_dir().join("criterion"), &mut found);
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// Prints it.
pub(crate) fn print(measured: &[Measured]) {
    println!("\n{:<34} {:>12} {:>16}", "benchmark", "median", "throughput");
    for one in measured {
        let (name, milliseconds, rate) = (&one.name, one.seconds * 1e3, one.rate());
        let rate = if one.is_bytes { format!("{:.1} MB/s", rate / 1e6) } else { format!("{rate:.0} /s") };
        println!("{name:<34} {milliseconds:>9.2} ms {rate:>16}");
    }
}

fn collect(dir: &Path, found: &mut Vec<Measured>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        if path.ends_with("new") {
            found.extend(result(&path));
        } else {
            collect(&path, found);
        }
    }
}

fn result(new: &Path) -> Option<Measured> {
    let benchmark = json(new.join("benchmark.json"))?;
    let estimates = json(new.join("estimates.json"))?;
    let throughput = &benchmark["throughput"];
    let (volume, is_bytes) = match throughput["Bytes"].as_f64() {
        Some(bytes) => (bytes, true),
        None => (throughput["Elements"].as_f64()?, false),
    };
    Some(Measured {
        name: benchmark["full_id"].as_str()?.to_owned(),
        seconds: estimates["median"]["point_estimate"].as_f64()? / 1e9,
        volume,
        is_bytes,
    })
}

fn json(path: PathBuf) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}
