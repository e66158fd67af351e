//! The status of a step, as the journal tells it.

/// How a step ended. One that the journal does not know was never tried, or a crash cut the try short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Done, and committed on the target.
    Done {
        /// Rows copied; 0 for steps that copy none.
        rows: u64,
        /// Bytes copied.
        bytes: u64,
    },
    /// Tried and failed; the target is as before the try.
    Failed,
}
