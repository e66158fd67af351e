//! Progress as bars: one for all, one for each table that is being copied, a line for what else is under way.
use std::collections::BTreeMap;

use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    layout::{Layout, Volume},
    meter::{Meter, Reading},
    text,
};
use crate::observe::{Snapshot, visible};

/// More bars would push the others off a small terminal.
const TABLES: usize = 8;

/// The bars on the terminal.
pub(super) struct Bars {
    terminal: Term,
    layout: Layout,
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
        let terminal = Term::stderr();
        let layout = layout(&terminal);
        let area = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let overall = area.add(bar(layout, "all"));
        let others = area.add(ProgressBar::new_spinner().with_style(style("{wide_msg}")));
        Self { terminal, layout, area, overall, meter: Meter::default(), tables: BTreeMap::new(), others }
    }

    pub(super) fn draw(&mut self, snapshot: &Snapshot) {
        self.fit();
        let layout = self.layout;
        let rates = self.meter.rates(&snapshot.into());
        show(
            &self.overall,
            layout,
            [snapshot.bytes_worked, snapshot.bytes_planned],
            text::overall(snapshot, rates),
        );
        let others = [Some(text::steps(snapshot)), text::running(snapshot)];
        self.others.set_message(others.into_iter().flatten().collect::<Vec<_>>().join("; "));
        self.drop_idle(snapshot);
        for (place, table) in text::active(snapshot) {
            if self.tables.len() >= TABLES && !self.tables.contains_key(&place) {
                continue;
            }
            let (bar, meter) = self.tables.entry(place).or_insert_with(|| {
                let bar = bar(layout, &layout.name(&visible(&table.name)));
                (self.area.insert_before(&self.others, bar), Meter::default())
            });
            let rates = meter.rates(&Reading::of_table(snapshot.elapsed, table));
            show(bar, layout, [table.bytes_worked, table.bytes_planned], text::table(table, rates));
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

    /// The terminal may have been given another width. Names that were cut for the old one are those of the tables at work:
    /// they are soon gone.
    fn fit(&mut self) {
        let layout = layout(&self.terminal);
        if layout != self.layout {
            self.layout = layout;
            for bar in self.tables.values().map(|(bar, _)| bar).chain([&self.overall]) {
                bar.set_style(style(&layout.template()));
            }
        }
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

fn layout(terminal: &Term) -> Layout {
    // Without a size it is no terminal that anybody looks at.
    Layout::of_width(terminal.size().1.into())
}

fn bar(layout: Layout, name: &str) -> ProgressBar {
    ProgressBar::new(0).with_style(style(&layout.template())).with_prefix(name.to_owned())
}

/// The templates are ours; one that cannot be read would show indicatif's own style.
fn style(template: &str) -> ProgressStyle {
    let letters = if Term::stderr().features().wants_emoji() { "━╸─" } else { "=> " };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars(letters)
}

fn show(bar: &ProgressBar, layout: Layout, [worked, planned]: [u64; 2], volume: Volume) {
    bar.set_length(planned);
    bar.set_position(worked);
    bar.set_message(layout.volume(volume));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_can_be_read() {
        for columns in [0, 40, 80, 120, 200] {
            let template = Layout::of_width(columns).template();
            assert!(ProgressStyle::with_template(&template).is_ok(), "{template}");
        }
    }
}
