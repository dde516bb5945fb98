//! Work of the firmware for every frame: filter, peaks, contacts, convergence.
//!
//! The same code runs on the device and on the machine that builds it.

#![no_std]
#![forbid(unsafe_code)]

mod chain;
mod record;

pub use chain::{CHANNELS, CONTRIBUTORS, Chain, FRAME, Found, Memory, RATE_HZ, contributors};
pub use record::{Record, record};

include!(concat!(env!("OUT_DIR"), "/sprint.rs"));
