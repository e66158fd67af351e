//! Connections that others on the network can read.
use super::super::{Asks, Check, Severity, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "tls-unused",
    severity: Severity::Warning,
    looks_for: "Connections over a network that are not encrypted",
    advice: "add `sslmode=verify-full`, or `sslmode=require`, to the connection string",
    asks: Asks::NOTHING,
    judge: |facts| {
        let open = facts.sides().into_iter().filter(|(_, known)| is_open(known.is_local, known.is_tls));
        let found = open.map(|(side, _)| {
            Found::new(format!(
                "the connection to the {side} is not encrypted: rows and password verifiers can be \
                 read on the way"
            ))
        });
        Ok(found.collect())
    },
};

/// Nobody listens between two programs of one machine.
fn is_open(is_local: bool, is_tls: bool) -> bool {
    !is_local && !is_tls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_without_tls_is_open() {
        assert_eq!([is_open(false, false), is_open(true, false), is_open(false, true)], [true, false, false]);
    }
}
