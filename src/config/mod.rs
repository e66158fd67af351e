//! What the user wrote, and what it means.
//!
//! `Config` is what was written (unknown keys refused); `Settings` is resolved and valid, and all that the
//! rest of the program sees. This is the only room that reads files of the user and the environment.
mod endpoint;
mod secret;

pub use endpoint::{
    Address, ChannelBinding, Endpoint, Host, Keepalive, RootCert, SessionAttrs, Side, SslMode, Tls,
};
pub use secret::Secret;
