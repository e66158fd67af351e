//! Connections and lanes, on a throwaway cluster.
mod auth;
mod lane;
