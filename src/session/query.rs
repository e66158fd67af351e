//! Statements and what they return.
use std::sync::atomic::Ordering::Relaxed;

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
        let rows = self.rows(&as_json(sql)).await?;
        rows.iter().map(|row| self.parse_json(self.first_text(row)?)).collect()
    }

    /// The rows of a query as JSON objects, unread, in the query's order.
    pub async fn json_rows(&self, sql: &str) -> Result<Vec<String>> {
        self.texts(&as_json(sql)).await
    }

    /// The first column of every row; NULL is an empty text.
    pub async fn texts(&self, sql: &str) -> Result<Vec<String>> {
        let rows = self.rows(sql).await?;
        rows.iter().map(|row| self.first_text(row).map(str::to_owned)).collect()
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

    async fn rows(&self, sql: &str) -> Result<Vec<SimpleQueryRow>> {
        let under_way = UnderWay::new(self);
        let answers = self.client.simple_query(sql).await;
        under_way.answered();
        let answers = answers.map_err(|error| self.place(map_error(&error)))?;
        let rows = answers.into_iter().filter_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows.collect())
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
