//! What several areas share: where the real recordings are, memory counted, noise, marker files.

pub mod memory;
pub mod noise;

pub use copeak_validation::trc;
use std::path::PathBuf;

/// The folder of real recordings named by `COPEAK_DATA`; `None`, with a word on standard error, when it is not set.
///
/// With `COPEAK_REQUIRE_DATA=1` a missing folder is a failure, so that no run passes by skipping.
pub fn data() -> Option<PathBuf> {
    match std::env::var_os("COPEAK_DATA") {
        Some(folder) => {
            let folder = PathBuf::from(folder);
            assert!(folder.is_dir(), "COPEAK_DATA is not a folder: {}", folder.display());
            Some(folder)
        }
        None => {
            let required = std::env::var("COPEAK_REQUIRE_DATA").as_deref() == Ok("1");
            assert!(!required, "COPEAK_REQUIRE_DATA=1, but COPEAK_DATA is not set");
            eprintln!("skipped: set COPEAK_DATA");
            None
        }
    }
}
