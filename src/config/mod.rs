//! What the user wrote, and what it means.
//!
//! `Config` is what was written (unknown keys refused); `Settings` is resolved and valid, and all that the
//! rest of the program sees. This is the only room that reads files of the user and the environment.
mod conninfo;
mod endpoint;
mod env;
mod keyword;
mod nearest;
mod os;
mod passfile;
mod resolve;
#[cfg(test)]
mod scratch;
mod secret;
mod service;

pub use conninfo::Conninfo;
pub use endpoint::{
    Address, ChannelBinding, Endpoint, Host, Keepalive, RootCert, SessionAttrs, Side, SslMode, Tls,
};
pub use env::{Environment, VARIABLES};
pub use resolve::{Request, Resolved, resolve};
pub use secret::Secret;
