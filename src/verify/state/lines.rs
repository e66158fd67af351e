//! The text of the file: a first line, then what becomes known, in the order in which it does.
//!
//! ```text
//! pgmigrate verify 2
//! side  shop  source  <what the source is>           ← what stands before of this side of `shop` is void, if it was another
//! side  shop  target  <what the target is>
//! part  shop  source  <digest>  <snapshot>  <file>  <rows>  <sum>
//! ```
//! Fields are separated by tabs and escaped as COPY text. Lines of several databases stand in any order. A line that cannot
//! be read, as a crash may leave one, ends the file: what stands behind it is compared again.
use std::collections::{BTreeMap, HashMap};

use super::{Entry, Seen};
use crate::{
    plan::copy_text::{escape_into, unescape},
    verify::rows::Tally,
};

/// How the first line begins.
const KIND: &str = "pgmigrate verify ";

/// The first line; another number is another format.
const MAGIC: &str = "pgmigrate verify 2";

const SIDES: [&str; 2] = ["source", "target"];

/// What is known of a database, source first.
pub(super) type Sides = [Known; 2];

/// What is known of a side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// What the side was; empty if nothing is known of it.
    pub(super) identity: String,
    /// By the part's digest.
    pub(super) parts: HashMap<String, Entry>,
}

/// The databases that the file knows, by their names on the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents(BTreeMap<String, Sides>);

impl Contents {
    /// What the text says, or why it is not ours to read.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut contents = Self::default();
        let Some((header, lines)) = text.split_once('\n') else {
            return if MAGIC.starts_with(text) { Ok(contents) } else { Err(foreign(text)) };
        };
        if header != MAGIC {
            return Err(foreign(header));
        }
        for line in lines.split_inclusive('\n') {
            if line.strip_suffix('\n').and_then(|line| contents.take_in(line)).is_none() {
                break;
            }
        }
        Ok(contents)
    }

    /// The text.
    pub(super) fn render(&self) -> String {
        let mut text = format!("{MAGIC}\n");
        for (database, sides) in &self.0 {
            for (side, known) in sides.iter().enumerate().filter(|(_, known)| !known.identity.is_empty()) {
                text += &side_line(database, side, &known.identity);
                for (digest, entry) in &known.parts {
                    text += &part_line(database, side, digest, entry);
                }
            }
        }
        text
    }

    /// What is known of a database.
    pub(super) fn of(&self, database: &str) -> Option<&Sides> {
        self.0.get(database)
    }

    /// `None` if the line cannot be read.
    fn take_in(&mut self, line: &str) -> Option<()> {
        let fields: Vec<String> = line.split('\t').map(unescape).collect::<Result<_, _>>().ok()?;
        let mut fields = fields.into_iter();
        let (what, database, side) = (fields.next()?, fields.next()?, fields.next()?);
        let side = SIDES.iter().position(|name| *name == side)?;
        let known = &mut self.0.entry(database).or_default()[side];
        let rest: Vec<String> = fields.collect();
        match what.as_str() {
            "side" => {
                let [identity] = <[String; 1]>::try_from(rest).ok()?;
                if known.identity != identity {
                    *known = Known { identity, parts: HashMap::new() };
                }
            }
            "part" => {
                let [digest, seen, file, rows, sum] = <[String; 5]>::try_from(rest).ok()?;
                let tally = Tally { rows: rows.parse().ok()?, sum: sum.parse().ok()? };
                known.parts.insert(digest, Entry { seen: Seen::parse(&seen)?, file, tally });
            }
            _ => return None,
        }
        Some(())
    }
}

/// Whether this is a file of ours, though perhaps of another version.
pub(super) fn is_ours(text: &str) -> bool {
    text.starts_with(KIND)
}

/// The line that says what a side is from here on.
pub(super) fn side_line(database: &str, side: usize, identity: &str) -> String {
    line(["side", database, SIDES[side], identity])
}

/// The line of a part that was read, or proven.
pub(super) fn part_line(database: &str, side: usize, digest: &str, entry: &Entry) -> String {
    let Entry { seen, file, tally } = entry;
    let (rows, sum) = (tally.rows.to_string(), tally.sum.to_string());
    line(["part", database, SIDES[side], digest, seen.as_str(), file, &rows, &sum])
}

fn line<const N: usize>(fields: [&str; N]) -> String {
    let mut text = String::new();
    for (place, field) in fields.into_iter().enumerate() {
        if place > 0 {
            text.push('\t');
        }
        escape_into(&mut text, field);
    }
    text.push('\n');
    text
}

fn foreign(header: &str) -> String {
    let what = if is_ours(header) {
        "this is a file of `verify`, of another version"
    } else {
        "this is not a file of `verify`"
    };
    what.to_owned()
}
