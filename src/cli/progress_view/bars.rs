//! Progress as bars: one for all, one for each table that is being copied, a line for what else is under way.
use std::collections::BTreeMap;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    meter::{Meter, Reading},
    text,
};
use crate::observe::{Snapshot, visible};

/// More bars would push the others off a small terminal.
const TABLES: usize = 8;

/// The bars on the terminal.
pub(super) struct Bars {
    area: MultiProgress,
    overall: ProgressBar,
    meter: Meter,
    /// By the table's place in the snapshot.
    tables: BTreeMap<usize, (ProgressBar, Meter)>,
    /// What else is under way; always the last line.
    others: ProgressBar,
}

impl Bars {
    pub(super) fn new() -> Self {
        let area = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let overall = area.add(bar("all"));
        let others = area.add(ProgressBar::new_spinner().with_style(style("{wide_msg}")));
        Self { area, overall, meter: Meter::default(), tables: BTreeMap::new(), others }
    }

    pub(super) fn draw(&mut self, snapshot: &Snapshot) {
        let rates = self.meter.rates(&snapshot.into());
        show(&self.overall, snapshot.bytes_worked, snapshot.bytes_planned, text::overall(snapshot, rates));
        let others = [Some(text::steps(snapshot)), text::running(snapshot)];
        self.others.set_message(others.into_iter().flatten().collect::<Vec<_>>().join("; "));
        self.drop_idle(snapshot);
        for (place, table) in text::active(snapshot) {
            if self.tables.len() >= TABLES && !self.tables.contains_key(&place) {
                continue;
            }
            let (bar, meter) = self.tables.entry(place).or_insert_with(|| {
                (self.area.insert_before(&self.others, bar(&visible(&table.name))), Meter::default())
            });
            let rates = meter.rates(&Reading::of_table(snapshot.elapsed, table));
            show(bar, table.bytes_worked, table.bytes_planned, text::table(table, rates));
        }
    }

    /// Leaves the overall bar as it is and clears the rest.
    pub(super) fn finish(self) {
        for (bar, _) in self.tables.values() {
            bar.finish_and_clear();
        }
        self.others.finish_and_clear();
        self.overall.abandon();
    }

    fn drop_idle(&mut self, snapshot: &Snapshot) {
        let active: Vec<usize> = text::active(snapshot).map(|(place, _)| place).collect();
        let area = &self.area;
        self.tables.retain(|place, (bar, _)| {
            let keep = active.contains(place);
            if !keep {
                bar.finish_and_clear();
                area.remove(bar);
            }
            keep
        });
    }
}

fn bar(name: &str) -> ProgressBar {
    ProgressBar::new(0)
        .with_style(style("{prefix:28!} [{bar:20}] {percent:>3} % {wide_msg}"))
        .with_prefix(name.to_owned())
}

/// The templates are constants; one that cannot be read would show indicatif's own style.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

fn show(bar: &ProgressBar, worked: u64, planned: u64, message: String) {
    bar.set_length(planned);
    bar.set_position(worked);
    bar.set_message(message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_can_be_read() {
        assert!(ProgressStyle::with_template("{prefix:28!} [{bar:20}] {percent:>3} % {wide_msg}").is_ok());
    }
}
