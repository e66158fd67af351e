//! Options that say what can be seen of a command from elsewhere.
use clap::Args;

use crate::config::MetricsOverrides;

/// Where metrics are served.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Metrics")]
pub struct MetricsArgs {
    /// Serve a live page and metrics for Prometheus on a port of the loopback, or on address:port, without TLS and password
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<String>,

    /// Serve them for so long after the end, so that it can be seen how it ended
    #[arg(long, value_name = "SECONDS")]
    pub metrics_linger: Option<u32>,
}

impl MetricsArgs {
    /// What is said here goes before the file.
    pub fn overrides(&self) -> MetricsOverrides {
        MetricsOverrides { listen: self.metrics_listen.clone(), linger: self.metrics_linger, tables: None }
    }
}
