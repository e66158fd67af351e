//! stub
use crate::{error::Result, pg::ServerVersion};
use serde::de::DeserializeOwned;
/// stub
pub struct Session;
#[allow(missing_docs, clippy::unused_async, clippy::todo)]
impl Session {
    pub fn version(&self) -> ServerVersion {
        todo!()
    }
    pub async fn json_rows(&self, _sql: &str) -> Result<Vec<String>> {
        todo!()
    }
    pub async fn query_json<T: DeserializeOwned>(&self, _sql: &str) -> Result<Vec<T>> {
        todo!()
    }
    pub async fn texts(&self, _sql: &str) -> Result<Vec<String>> {
        todo!()
    }
    pub async fn execute(&self, _sql: &str) -> Result<()> {
        todo!()
    }
}
