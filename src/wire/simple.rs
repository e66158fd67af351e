//! Statements by the simple query protocol: enough for SET, BEGIN, a journal's INSERT.
use postgres_protocol::message::frontend;

use super::{
    connection::{Connection, TransactionStatus},
    frame::Message,
};
use crate::{
    error::Result,
    net::quiet::{hush, speak},
};

/// A row of texts; `None` is NULL.
pub(super) type TextRow = Vec<Option<String>>;

impl Connection {
    /// Runs statements, separated by semicolons, in one round trip. Gives the command tag of each.
    pub fn execute(&mut self, sql: &str) -> Result<Vec<String>> {
        Ok(self.run(sql)?.1)
    }

    /// Runs statements that hold a secret: the server writes none of their text down. It takes two round trips more.
    pub fn execute_quietly(&mut self, sql: &str) -> Result<Vec<String>> {
        self.execute(&hush())?;
        let result = self.execute(sql);
        if result.is_err() && !self.is_broken() {
            // The statement's own error is the one to tell.
            _ = self.roll_back();
        }
        match self.execute(&speak()) {
            Err(error) if result.is_ok() => Err(error),
            _ => result,
        }
    }

    /// Runs statements and gives all rows that they return, as text.
    pub fn query(&mut self, sql: &str) -> Result<Vec<TextRow>> {
        Ok(self.run(sql)?.0)
    }

    /// Ends an open transaction, whatever its state.
    pub fn roll_back(&mut self) -> Result<()> {
        match self.status() {
            TransactionStatus::Idle => Ok(()),
            _ => self.execute("ROLLBACK").map(|_| ()),
        }
    }

    fn run(&mut self, sql: &str) -> Result<(Vec<TextRow>, Vec<String>)> {
        self.send(|out| frontend::query(sql, out))?;
        let (mut rows, mut tags) = (Vec::new(), Vec::new());
        loop {
            let message = self.recv()?;
            match message.tag {
                b'D' => rows.push(read_row(&message.body).ok_or_else(|| self.unexpected(&message))?),
                b'C' => tags.push(read_tag(&message)),
                b'T' | b'I' => {}
                b'Z' => {
                    self.ready(&message.body);
                    return Ok((rows, tags));
                }
                b'E' => return Err(self.recover(&message.body)),
                _ => return Err(self.unexpected(&message)),
            }
        }
    }
}

/// The text of `CommandComplete`.
pub(super) fn read_tag(message: &Message) -> String {
    String::from_utf8_lossy(&message.body).trim_end_matches('\0').to_owned()
}

/// The number at the end of a tag: `COPY 42`.
pub(super) fn read_count(tag: &str) -> Option<u64> {
    tag.strip_prefix("COPY ")?.parse().ok()
}

/// `DataRow`: number of columns, then length and bytes of each; length -1 is NULL.
fn read_row(body: &[u8]) -> Option<TextRow> {
    let (columns, mut rest) = body.split_first_chunk::<2>()?;
    let mut row = Vec::new();
    for _ in 0..u16::from_be_bytes(*columns) {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        rest = tail;
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
            row.push(None);
            continue;
        };
        let (value, tail) = rest.split_at_checked(length)?;
        rest = tail;
        row.push(Some(String::from_utf8_lossy(value).into_owned()));
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_texts_and_nulls() {
        let body = [0, 2, 0, 0, 0, 1, b'x', 0xff, 0xff, 0xff, 0xff];
        assert_eq!(read_row(&body), Some(vec![Some("x".to_owned()), None]));
        assert_eq!(read_row(&body[..6]), None);
    }

    #[test]
    fn only_a_copy_has_a_count_here() {
        assert_eq!(read_count("COPY 42"), Some(42));
        assert_eq!(read_count("INSERT 0 1"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(body: Vec<u8>) {
            read_row(&body);
        }
    }
}
