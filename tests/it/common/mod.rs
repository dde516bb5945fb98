//! Shared by several areas: the folder of real recordings, random cases, counters of memory, noise, marker files.

pub mod memory;
pub mod noise;

pub use copeak_validation::trc;
use proptest::test_runner::{Config, RngSeed};
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

/// The configuration of a property test of this many cases: the same cases in every run, and no file of failures.
///
/// `COPEAK_SEED` chooses other cases: a number is the seed, `random` draws one. It is printed, so that a failure can be repeated.
pub fn cases(cases: u32) -> Config {
    let seed = match std::env::var("COPEAK_SEED") {
        Err(_) => 0,
        Ok(word) => {
            let drawn = || {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                now.map_or(0, |now| now.as_nanos() as u64)
            };
            let number = || word.parse().expect("COPEAK_SEED is a whole number or `random`");
            let seed = if word == "random" { drawn() } else { number() };
            eprintln!("COPEAK_SEED={seed}");
            seed
        }
    };
    Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() }
}
