//! Integration tests: one program, a module per theme, on real servers.
//!
//! `make test` finds or fetches the servers; `cargo nextest run` alone tests with those it finds (see
//! [`support::server`]). Clusters are started when a test first asks for one and stay up for the next run;
//! `tests/stop-clusters.sh` removes them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so and ends; clippy.toml's exceptions reach only #[test] functions"
)]
#![allow(clippy::print_stderr, reason = "what is skipped, and why, goes to the test's own output")]
#![allow(clippy::disallowed_methods, reason = "the harness reads the environment that scripts/test.sh sets")]

mod backup;
mod bad_input;
mod chaos;
mod check;
mod container;
mod database_properties;
mod databases;
mod docs;
mod errors;
mod extensions;
mod failpoints;
mod foreign_keys;
mod globals;
mod held_still;
mod hostile;
mod large_objects;
mod late_attacks;
mod late_rows;
mod layering;
mod levers;
mod limits;
mod live;
mod machine;
mod metrics;
mod migrate;
mod moments;
mod monitoring;
mod named;
mod newer_server;
mod objects;
mod own_disk;
mod prepared_target;
mod public_schema;
mod rebuilt_indexes;
mod report;
mod restart;
mod resume;
mod role_matrix;
mod round_trip;
mod schema;
mod secrets;
mod security_labels;
mod shutdown;
mod small_tables;
mod statistics;
mod status;
mod support;
mod switches;
mod system_limits;
mod traps;
mod tuning;
mod untrusted;
mod verify;
mod waits;
mod whole_server;
mod wire;
