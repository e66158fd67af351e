//! Reading DER, as much of it as a certificate needs: tag, length, contents.
//!
//! It checks nothing beyond the lengths; whoever asks for a tag gets `None` when another one stands there.

/// `SEQUENCE`
pub(super) const SEQUENCE: u8 = 0x30;
/// `SET`
pub(super) const SET: u8 = 0x31;
/// `OBJECT IDENTIFIER`
pub(super) const OID: u8 = 0x06;
/// `BIT STRING`
pub(super) const BIT_STRING: u8 = 0x03;
/// `OCTET STRING`
pub(super) const OCTET_STRING: u8 = 0x04;

/// A value and where it stood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    /// The tag byte.
    pub(super) tag: u8,
    /// The contents.
    pub(super) contents: &'a [u8],
    /// Tag, length and contents.
    pub(super) whole: &'a [u8],
}

/// Values one after the other.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    /// The next value if it has this tag; otherwise nothing is consumed.
    pub(super) fn read(&mut self, tag: u8) -> Option<Value<'a>> {
        let mut ahead = self.clone();
        let value = ahead.next().filter(|value| value.tag == tag)?;
        *self = ahead;
        Some(value)
    }

    /// The contents of the next value as values, if it has this tag.
    pub(super) fn enter(&mut self, tag: u8) -> Option<Self> {
        self.read(tag).map(|value| Self(value.contents))
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |n, digit| n << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        let whole = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Some(Value { tag, contents, whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lengths_are_read() {
        let mut long = vec![OCTET_STRING, 0x82, 0x01, 0x00];
        long.extend([7; 256]);
        let mut input = vec![SEQUENCE, 3, OID, 1, 42];
        input.extend(&long);
        let mut reader = Reader::new(&input);
        assert_eq!(reader.enter(SEQUENCE).unwrap().read(OID).unwrap().contents, [42]);
        assert!(reader.read(OID).is_none(), "another tag consumes nothing");
        let value = reader.read(OCTET_STRING).unwrap();
        assert_eq!((value.contents.len(), value.whole), (256, &long[..]));
        assert!(reader.next().is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(input: Vec<u8>) {
            Reader::new(&input).count();
        }
    }
}
