//! The five-character code of a server error (documentation, appendix A).
use std::fmt;

/// A SQLSTATE.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SqlState([u8; 5]);

impl SqlState {
    /// Takes the first five characters; anything else than ASCII letters and digits becomes `X`.
    pub fn new(code: &str) -> Self {
        let mut state = [b'X'; 5];
        for (slot, byte) in state.iter_mut().zip(code.bytes()) {
            *slot = if byte.is_ascii_alphanumeric() { byte } else { b'X' };
        }
        Self(state)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXXXX")
    }

    /// Its class: the first two characters.
    pub fn class(&self) -> &str {
        &self.as_str()[..2]
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
