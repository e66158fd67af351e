//! Connections and lanes, on a throwaway cluster.
mod auth;
mod batch;
mod between;
mod dribble;
mod half_dead;
mod lane;
