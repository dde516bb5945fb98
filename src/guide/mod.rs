//! Guides.

/// Cookbook.
#[doc = include_str!("../../docs/cookbook/01-load.md")]
#[doc = include_str!("../../docs/cookbook/02-gaps.md")]
#[doc = include_str!("../../docs/cookbook/03-cutoff.md")]
#[doc = include_str!("../../docs/cookbook/04-zero-phase.md")]
pub mod cookbook {}
