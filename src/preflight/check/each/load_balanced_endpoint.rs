//! Addresses with several servers behind them.
use super::super::{Asks, Check, Severity, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "load-balanced-endpoint",
    severity: Severity::Error,
    looks_for: "Endpoints whose connections end at different servers, on which an exported snapshot \
        is not known",
    advice: "name one server, or several with `target_session_attrs=primary`",
    asks: Asks::MEETING,
    judge: |facts| {
        let several = facts.sides().into_iter().filter(|(_, known)| known.meeting.has_several_servers());
        let found = several
            .map(|(side, _)| Found::new(format!("two connections to the {side} ended at different servers")));
        Ok(found.collect())
    },
};
