//! Connections and lanes, on a throwaway cluster.
mod auth;
mod batch;
mod dribble;
mod half_dead;
mod lane;
