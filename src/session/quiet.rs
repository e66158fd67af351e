//! Statements that hold a secret: while one runs, the server writes none of its text down.
use super::Session;
use crate::{
    error::Result,
    net::quiet::{hush, speak},
};

impl Session {
    /// Runs statements that hold a secret. It takes two round trips more.
    pub async fn execute_quietly(&self, sql: &str) -> Result<()> {
        self.execute(&hush()).await?;
        let result = self.execute(sql).await;
        if result.is_err() {
            // The statement's own error is the one to tell; a session that is lost needs no settings.
            _ = self.execute("ROLLBACK").await;
        }
        match self.execute(&speak()).await {
            Err(error) if result.is_ok() => Err(error),
            _ => result,
        }
    }
}
