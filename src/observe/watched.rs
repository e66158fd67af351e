//! The metrics of a command, and those of the databases that it migrates side by side, each under its own label.
use std::sync::{Arc, Mutex, PoisonError};

use super::{Metrics, metrics::merged};

/// All that can be scraped of a command.
#[derive(Debug)]
pub struct Watched {
    command: Arc<Metrics>,
    databases: Mutex<Vec<Arc<Metrics>>>,
}

impl Watched {
    /// Of a command with these metrics.
    pub fn new(command: Arc<Metrics>) -> Arc<Self> {
        Arc::new(Self { command, databases: Mutex::default() })
    }

    /// Those of the command itself, which are those of its database if it has but one.
    pub fn command(&self) -> &Arc<Metrics> {
        &self.command
    }

    /// A database joins; its name must be no other's.
    pub fn add(&self, metrics: Arc<Metrics>) {
        self.databases.lock().unwrap_or_else(PoisonError::into_inner).push(metrics);
    }

    /// In the order in which they joined.
    pub fn databases(&self) -> Vec<Arc<Metrics>> {
        self.databases.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All of them now, in the text format 0.0.4.
    pub fn render(&self) -> String {
        let databases = self.databases();
        if databases.is_empty() {
            return self.command.render();
        }
        let all = std::iter::once(&self.command).chain(&databases);
        merged(&all.map(|metrics| metrics.render()).collect::<Vec<_>>())
    }

    /// Whether the command goes on, and all is well with each of its databases that has not ended; else why not.
    pub fn ready(&self) -> Result<(), &'static str> {
        let databases = self.databases();
        let open = databases.iter().filter(|metrics| !metrics.has_ended_well());
        std::iter::once(&self.command).chain(open).try_for_each(|metrics| metrics.ready())
    }
}
