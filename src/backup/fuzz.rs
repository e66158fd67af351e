//! Entries for fuzzing: `toc.dat` and `manifest.json`.
use super::{manifest::Manifest, toc::Toc};

/// What is understood is written back, in the one version that we write, and read back equal.
pub(crate) fn toc(bytes: &[u8]) {
    let Ok(toc) = Toc::parse(bytes) else { return };
    let again = Toc::parse(&toc.render());
    assert!(again.is_ok_and(|again| again.entries == toc.entries && again.created == toc.created));
}

/// The same for the manifest.
pub(crate) fn manifest(bytes: &[u8]) {
    let Ok(manifest) = Manifest::parse(bytes) else { return };
    let again = manifest.render().and_then(|text| Manifest::parse(text.as_bytes()));
    assert!(again.is_ok_and(|again| again == manifest));
}
