//! Entries for fuzzing: what a server says before it is trusted.
use super::{ServerReport, certificate::Certificate, gucs};

/// A certificate, and all that is asked of it.
pub(crate) fn certificate(der: &[u8]) {
    let Some(certificate) = Certificate::parse(der) else { return };
    for host in ["db.example.org", "127.0.0.1", "::1", ".", ""] {
        certificate.names(host);
    }
    certificate.is_valid_at(1_700_000_000);
    certificate.end_point_hash(der);
}

/// The fields of an error or a notice.
pub(crate) fn report(body: &[u8]) {
    let report = ServerReport::parse(body);
    report.is_fatal();
    assert!(!report.into_error().report().contains('\0'));
}

/// What a server says its version is.
pub(crate) fn version(text: &str) {
    _ = gucs::parse_version(text);
}
