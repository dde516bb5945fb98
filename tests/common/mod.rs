//! Where the real recordings are.
#![allow(dead_code)] // each test crate uses its part

use std::path::PathBuf;

/// The folder of real recordings named by `COPEAK_DATA`; `None`, with a word on standard error, when it is not set.
///
/// On CI a missing folder is a failure, so that no run passes by skipping.
pub fn data() -> Option<PathBuf> {
    match std::env::var_os("COPEAK_DATA") {
        Some(folder) => {
            let folder = PathBuf::from(folder);
            assert!(folder.is_dir(), "COPEAK_DATA is not a folder: {}", folder.display());
            Some(folder)
        }
        None => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "COPEAK_DATA is not set on CI");
            eprintln!("skipped: set COPEAK_DATA");
            None
        }
    }
}
