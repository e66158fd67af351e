//! Several small tables through a lane: one query on either side, one transaction, whatever their number.
use std::sync::atomic::Ordering;

use super::{
    Copied, Lane, commit,
    flow::{Flow, compare},
    join, lost_reader,
    reader::Part,
};
use crate::{
    error::{Error, ErrorKind, Result},
    wire::{Block, CopyInMany},
};

/// Between two statements. A statement of the plan may end with a comment, so the semicolon has a line of its own.
const BETWEEN: &str = "\n;\n";

/// Several COPYs that share a transaction.
pub struct BatchTask<'a> {
    /// Of each table `COPY … TO STDOUT` and `COPY … FROM STDIN`: one statement each.
    pub copies: &'a [(&'a str, &'a str)],
    /// What opens the target's transaction.
    pub target_begin: &'a str,
    /// From what was copied of each table, what ends the target's transaction: the journal's rows and COMMIT.
    pub target_end: &'a (dyn Fn(&[Copied]) -> String + 'a),
}

impl Lane {
    /// Copies all tables of a batch and commits, or none of them.
    pub fn copy_batch(&mut self, task: &BatchTask<'_>) -> Result<Vec<Copied>> {
        let source_sql = statements(task.copies.iter().map(|(source, _)| *source));
        self.run(source_sql, |lane| lane.transfer_batch(task))
    }

    /// As [`Lane::transfer`].
    fn transfer_batch(&mut self, task: &BatchTask<'_>) -> Result<Vec<Copied>> {
        let (target, flow) = self.split();
        let connection = target.connection()?;
        let sql = join(task.target_begin, &statements(task.copies.iter().map(|(_, target)| *target)));
        let copies = match connection.copy_in_many(&sql) {
            Ok(copies) => copies,
            Err(error) => {
                flow.abandon();
                return Err(error);
            }
        };
        let copied = flow.pump_batch(copies, task.copies.len())?;
        commit(connection, &(task.target_end)(&copied))?;
        Ok(copied)
    }
}

impl Flow<'_> {
    /// Moves the rows of `count` tables, and compares what both servers counted of each.
    fn pump_batch(&self, mut copies: CopyInMany<'_>, count: usize) -> Result<Vec<Copied>> {
        let mut bytes = vec![0];
        let sent = loop {
            match self.next() {
                Some(Part::Rows(block)) => {
                    let written = self.write(&mut copies, &block, &mut bytes);
                    _ = self.free.send(block);
                    if let Err(error) = written {
                        self.abandon();
                        return Err(error);
                    }
                }
                Some(Part::End(Ok(rows))) => break rows,
                Some(Part::End(Err(error))) => {
                    // As in `pump`: the source's error is what matters.
                    _ = copies.fail("the source failed");
                    return Err(error);
                }
                None => return Err(lost_reader()),
            }
        };
        if sent.len() != count {
            _ = copies.fail("the source has not sent every table");
            return Err(uneven());
        }
        let written = copies.finish()?;
        if written.len() != count {
            return Err(uneven());
        }
        sent.iter().zip(&written).try_for_each(|(sent, written)| compare(*sent, *written))?;
        Ok(sent.into_iter().zip(bytes).map(|(rows, bytes)| Copied { rows, bytes }).collect())
    }

    /// Hands a block on; `bytes` has an entry for each table that has begun.
    fn write(&self, copies: &mut CopyInMany<'_>, block: &Block, bytes: &mut Vec<u64>) -> Result<()> {
        for (number, part) in block.parts().enumerate() {
            if number > 0 {
                copies.next();
                bytes.push(0);
            }
            copies.write(part)?;
            let size = part.len() as u64;
            if let Some(bytes) = bytes.last_mut() {
                *bytes += size;
            }
            self.counters.bytes.fetch_add(size, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn statements<'s>(copies: impl Iterator<Item = &'s str>) -> String {
    copies.map(|copy| copy.trim().trim_end_matches(';')).collect::<Vec<_>>().join(BETWEEN)
}

fn uneven() -> Error {
    Error::new(ErrorKind::Internal, "a batch has not as many COPYs as tables")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_where_they_end() {
        let copies = ["COPY a TO STDOUT;", "COPY (SELECT 1 -- one) TO STDOUT\n) TO STDOUT -- a"];
        let both = statements(copies.into_iter());
        assert_eq!(both, "COPY a TO STDOUT\n;\nCOPY (SELECT 1 -- one) TO STDOUT\n) TO STDOUT -- a");
        assert!(statements(copies.into_iter().rev()).ends_with("-- a\n;\nCOPY a TO STDOUT"));
    }
}
