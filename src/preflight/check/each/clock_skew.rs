//! Clocks that go differently.
use super::super::{Asks, Check, Severity, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "clock-skew",
    severity: Severity::Warning,
    looks_for: "Clocks of source and target that differ by more than five seconds",
    advice: "set the clocks by NTP: defaults like `now()` go on from the new one after the move",
    asks: Asks::NOTHING,
    judge: |facts| Ok(judge(facts.target.ahead - facts.source.ahead).into_iter().collect()),
};

/// Seconds; two round trips are far below.
const SKEW: f64 = 5.0;

/// `ahead`: seconds by which the target's clock is ahead of the source's.
fn judge(ahead: f64) -> Option<Found> {
    let way = if ahead > 0.0 { "ahead of" } else { "behind" };
    let text = format!("the target's clock is {:.0} s {way} the source's", ahead.abs());
    (ahead.abs() > SKEW).then(|| Found::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_seconds_are_told() {
        assert_eq!(judge(-4.9), None);
        let text = judge(-61.2).map(|found| found.text);
        assert_eq!(text.as_deref(), Some("the target's clock is 61 s behind the source's"));
    }
}
