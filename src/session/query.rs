//! Statements and what they return.
use std::{pin::pin, sync::atomic::Ordering::Relaxed};

use futures_util::TryStreamExt as _;
use serde::de::DeserializeOwned;
use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::{Session, failure::map_error};
use crate::error::{Error, ErrorKind, Result};

impl Session {
    /// Runs statements, separated by semicolons, whose rows nobody wants.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        let under_way = UnderWay::new(self);
        let done = self.client.batch_execute(sql).await;
        under_way.answered();
        done.map_err(|error| self.place(map_error(&error)))
    }

    /// The rows of a query, each read from the JSON object of its columns, in the query's order.
    pub async fn query_json<T: DeserializeOwned>(&self, sql: &str) -> Result<Vec<T>> {
        self.read_json(sql, |row| self.parse_json(row)).await
    }

    /// The rows of a query, each read by `read` from the JSON object of its columns, in the query's order.
    pub async fn read_json<T>(&self, sql: &str, read: impl FnMut(&str) -> Result<T>) -> Result<Vec<T>> {
        self.read_rows(&as_json(sql), read).await
    }

    /// The first column of every row; NULL is an empty text.
    pub async fn texts(&self, sql: &str) -> Result<Vec<String>> {
        self.read_rows(sql, |text| Ok(text.to_owned())).await
    }

    /// The first column of the one row that there must be.
    pub async fn one_text(&self, sql: &str) -> Result<String> {
        let mut texts = self.texts(sql).await?;
        match (texts.pop(), texts.is_empty()) {
            (Some(text), true) => Ok(text),
            (_, _) => {
                Err(self.place(Error::new(ErrorKind::Internal, "a query for one row gave none or several")))
            }
        }
    }

    /// The first column of every row, each read as it comes, while the server is at the next ones; NULL is an empty text.
    /// What `read` refuses is told when all rows have come, so that the connection is in order.
    pub async fn read_rows<T>(&self, sql: &str, mut read: impl FnMut(&str) -> Result<T>) -> Result<Vec<T>> {
        let under_way = UnderWay::new(self);
        let mut rows = Ok(Vec::new());
        let answered = async {
            let mut answers = pin!(self.client.simple_query_raw(sql).await?);
            while let Some(answer) = answers.try_next().await? {
                if let (SimpleQueryMessage::Row(row), Ok(known)) = (answer, &mut rows) {
                    match self.first_text(&row).and_then(&mut read) {
                        Ok(value) => known.push(value),
                        Err(error) => rows = Err(error),
                    }
                }
            }
            Ok(())
        };
        let answered = answered.await;
        under_way.answered();
        answered.map_err(|error| self.place(map_error(&error)))?;
        rows
    }

    fn first_text<'r>(&self, row: &'r SimpleQueryRow) -> Result<&'r str> {
        let value = row.try_get(0).map_err(|error| self.place(map_error(&error)))?;
        Ok(value.unwrap_or_default())
    }

    fn parse_json<T: DeserializeOwned>(&self, text: &str) -> Result<T> {
        serde_json::from_str(text).map_err(|error| {
            let message = format!("a row cannot be read as {}", std::any::type_name::<T>());
            self.place(Error::new(ErrorKind::Internal, message).caused_by(error))
        })
    }
}

/// A statement under way. One that is sent while another is, waits for the same answer to come back.
/// Dropped without an answer, it cancels the statement.
struct UnderWay<'s> {
    session: &'s Session,
    is_answered: bool,
}

impl<'s> UnderWay<'s> {
    fn new(session: &'s Session) -> Self {
        if session.under_way.fetch_add(1, Relaxed) == 0 {
            session.endpoint.round_trips.add(1);
        }
        Self { session, is_answered: false }
    }

    fn answered(mut self) {
        self.is_answered = true;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.session.under_way.fetch_sub(1, Relaxed);
        if !self.is_answered {
            self.session.abandon();
        }
    }
}

/// A line break before the closing parenthesis, because a query may end with a comment.
fn as_json(sql: &str) -> String {
    let sql = sql.trim_end().trim_end_matches(';');
    format!("SELECT pg_catalog.row_to_json(x)::pg_catalog.text FROM (\n{sql}\n) x")
}
