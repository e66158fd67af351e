//! The line of a path in a YAML text.
//!
//! serde hands over values without their places; only an error comes with one. So the text is read once
//! more by a reader that walks down the path and fails on purpose where it ends.
use std::fmt;

use serde::de::{
    Deserialize as _, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::Step;

/// The line (from 1) of the key or element that the path leads to, or of the last step that is there.
pub(in crate::config) fn line_of(path: &[Step], text: &str) -> usize {
    let deepest_first = (1..=path.len()).rev();
    deepest_first.map(|depth| &path[..depth]).find_map(|path| find(path, text)).unwrap_or(1)
}

fn find(path: &[Step], text: &str) -> Option<usize> {
    let outcome = Walk { path }.deserialize(serde_yaml::Deserializer::from_str(text));
    let error = outcome.err()?;
    error.to_string().contains(FOUND).then(|| error.location().map(|place| place.line()))?
}

/// The message of the error on purpose.
const FOUND: &str = "\u{1}found\u{1}";

/// Walks down the path.
struct Walk<'a> {
    path: &'a [Step],
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.path {
            // An element of a list is found: whatever it is, it has a place.
            [] => deserializer.deserialize_any(Fail),
            [Step::Key(_), ..] => deserializer.deserialize_map(self),
            [Step::Index(_), ..] => deserializer.deserialize_seq(self),
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step of the path")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let [Step::Key(wanted), path @ ..] = self.path else { return Ok(()) };
        while let Some(matches) = map.next_key_seed(KeyWalk { wanted, last: path.is_empty() })? {
            if matches {
                return map.next_value_seed(Walk { path });
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let [Step::Index(wanted), path @ ..] = self.path else { return Ok(()) };
        for _ in 0..*wanted {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(Walk { path }).map(|_| ())
    }
}

/// Compares a key; fails at the last one of the path.
struct KeyWalk<'a> {
    wanted: &'a str,
    last: bool,
}

impl<'de> DeserializeSeed<'de> for KeyWalk<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyWalk<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        match key == self.wanted {
            true if self.last => Err(E::custom(FOUND)),
            matches => Ok(matches),
        }
    }
}

/// Fails wherever it is called.
struct Fail;

impl<'de> Visitor<'de> for Fail {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FOUND)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        Err(D::Error::custom(FOUND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# head\na: { b: 1,\n  c: 2 }\nlist:\n  - x: 1\n  -\n    x: 2\n    y:\n     [1,\n     2]\n  - z\n";

    #[test]
    fn lines_of_keys_and_elements() {
        let key = |name: &str| Step::Key(name.to_owned());
        let cases = [
            (vec![key("a")], 2),
            (vec![key("a"), key("c")], 3),
            (vec![key("list")], 4),
            (vec![key("list"), Step::Index(0), key("x")], 5),
            (vec![key("list"), Step::Index(1)], 7),
            (vec![key("list"), Step::Index(1), key("y")], 8),
            (vec![key("list"), Step::Index(1), key("y"), Step::Index(1)], 10),
            (vec![key("list"), Step::Index(2)], 11),
            (vec![key("list"), Step::Index(0), key("missing")], 5),
            (vec![], 1),
        ];
        for (path, line) in cases {
            assert_eq!(line_of(&path, TEXT), line, "{path:?}");
        }
    }
}
