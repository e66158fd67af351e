//! A name, or a glob for names: `*` any characters, `?` any one, `\` makes the next character literal.
use std::fmt;

/// A pattern for the name of a schema or table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Literal(char),
    AnyOne,
    Any,
}

impl Pattern {
    /// Reads a pattern. Every text is one; a backslash at the end is a literal one.
    pub fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            parts.push(match c {
                '*' => Part::Any,
                '?' => Part::AnyOne,
                '\\' => Part::Literal(rest.next().unwrap_or('\\')),
                c => Part::Literal(c),
            });
        }
        Self { parts }
    }

    /// Whether a name fits.
    pub fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut part, mut at) = (0, 0);
        // The last `*` seen, and how much of the name it has been given so far.
        let mut star: Option<(usize, usize)> = None;
        while at < name.len() {
            match self.parts.get(part) {
                Some(Part::Any) => {
                    star = Some((part, at));
                    part += 1;
                    continue;
                }
                Some(Part::Literal(c)) if *c == name[at] => {}
                Some(Part::AnyOne) => {}
                // A mismatch: the last `*` takes one character more.
                _ => {
                    let Some((starred, taken)) = star else { return false };
                    star = Some((starred, taken + 1));
                    (part, at) = (starred + 1, taken + 1);
                    continue;
                }
            }
            part += 1;
            at += 1;
        }
        self.parts[part..].iter().all(|part| *part == Part::Any)
    }

    /// The one name that fits, if the pattern is no glob.
    pub fn exact(&self) -> Option<String> {
        let literal = |part: &Part| match part {
            Part::Literal(c) => Some(*c),
            Part::AnyOne | Part::Any => None,
        };
        self.parts.iter().map(literal).collect()
    }

    /// Whether no name but one fits.
    pub fn is_exact(&self) -> bool {
        self.literals() == self.parts.len()
    }

    /// How many characters of a name it fixes.
    pub(super) fn literals(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, Part::Literal(_))).count()
    }
}

/// The pattern as it could be written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Any => f.write_str("*"),
            Part::AnyOne => f.write_str("?"),
            Part::Literal(c @ ('*' | '?' | '\\')) => write!(f, "\\{c}"),
            Part::Literal(c) => write!(f, "{c}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn globs_and_literals() {
        let cases = [
            ("flights", "flights", true),
            ("flights", "Flights", false),
            ("ticket_*", "ticket_", true),
            ("ticket_*", "ticket", false),
            ("*_p20??_*", "t_p2024_01", true),
            ("*_p20??_*", "t_p202_01", false),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xaxbxc", false),
            (r"50\*", "50*", true),
            (r"50\*", "500", false),
            (r"a\", r"a\", true),
            ("?", "ü", true),
            ("", "", true),
            ("", "x", false),
            ("*", "", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(Pattern::new(pattern).matches(name), expected, "{pattern} {name}");
        }
        assert_eq!(Pattern::new(r"50\*").exact().as_deref(), Some("50*"));
        assert_eq!(Pattern::new("5*").exact(), None);
    }

    /// The meaning of a glob, written as plainly as can be.
    fn matches_plainly(parts: &[Part], name: &[char]) -> bool {
        match (parts, name) {
            ([], []) => true,
            ([Part::Any, rest @ ..], _) => {
                (0..=name.len()).any(|taken| matches_plainly(rest, &name[taken..]))
            }
            ([Part::AnyOne, parts @ ..], [_, name @ ..]) => matches_plainly(parts, name),
            ([Part::Literal(c), parts @ ..], [first, name @ ..]) => {
                c == first && matches_plainly(parts, name)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn matching_is_as_plainly_defined(text in r"[ab*?\\]{0,8}", name in "[ab*]{0,8}") {
            let pattern = Pattern::new(&text);
            let chars: Vec<char> = name.chars().collect();
            prop_assert_eq!(pattern.matches(&name), matches_plainly(&pattern.parts, &chars));
        }

        #[test]
        fn a_pattern_comes_back_from_its_text(text in ".*") {
            let pattern = Pattern::new(&text);
            prop_assert_eq!(Pattern::new(&pattern.to_string()), pattern);
        }

        #[test]
        fn an_exact_pattern_fits_its_name_alone(text in r"[a-z\\*]{1,8}", other in "[a-z*]{0,8}") {
            let pattern = Pattern::new(&text);
            if let Some(name) = pattern.exact() {
                prop_assert!(pattern.matches(&name));
                prop_assert_eq!(pattern.matches(&other), name == other);
            }
        }
    }
}
