//! Synchrony of event trains: how many events of one coincide with events of another.

mod quian_quiroga;
mod spike;

pub use quian_quiroga::{EventSync, event_synchronization};
pub use spike::SpikeSync;
