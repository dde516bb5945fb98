//! Peaks of a record, their time between samples, and the peak of a contributor in a cycle.
//!
//! - [`PeakFinder`] finds all peaks of a record, with the semantics of SciPy's `find_peaks`.
//! - [`LivePeakFinder`] finds the same peaks sample by sample, without heap.
//! - [`CyclePeakFinder`] finds *the* peak of a contributor in a cycle, or reports why there is none.
//! - [`Onset`], [`onset::ThresholdOnset`] and [`onset::EnergyOnset`] find the time at which a rise begins.
//! - [`PulseTiming`] times whole cycles against their own mean pulse: for jitter and step-to-step lags.
//! - [`subsample`] places a peak between samples, with its standard error.
//!
//! A peak is distinguished from a ripple by its *prominence*: the height above the higher of the two lowest points that
//! separate it from anything higher. For the coverage of the standard errors see [the figures](crate::guide::studies::peaks).
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/prominence.svg")]
//!
//! ```
//! use copeak::peak::{CyclePeakFinder, PeakFinder};
//! use copeak::simulate::{Pulse, Sprinter};
//! use copeak::{Filter, filter::Conditioner, filter::ZeroPhase};
//! let trial = Sprinter::at_speed(5.2).every_jitter_s(0.005).angle_noise_deg(0.2).seed(4).simulate()?;
//! let knee = trial.recording.signal("knee_flexion_r")?;
//! let low_pass = ZeroPhase::low_pass(2, 15.0, knee.clock().rate())?;
//! let peaks = PeakFinder::new().prominence(20.0).find(&low_pass.apply(knee.samples())?)?;
//! assert_eq!(peaks.indices.len(), 12);
//!
//! // The time of one peak of velocity, between samples, with its standard error from the channel's noise.
//! let hip = trial.recording.signal("hip_flexion_r")?;
//! let velocity = Conditioner::new(low_pass).differentiated().apply(hip)?;
//! let step = trial.truth.steps.iter().find(|s| s.step.side() == copeak::event::Side::Left).unwrap();
//! let swing = CyclePeakFinder::new().circular().positive_part();
//! let peak = swing.find_with_noise(&velocity.signal, &velocity.noise, step.step.stride_cycle())?;
//! assert_eq!(format!("{:.4} s +- {:.1} ms", peak.time_s, 1e3 * peak.se_s.unwrap()), "0.8325 s +- 2.6 ms");
//! assert_eq!(format!("{:.4} s", step.peak_s(Pulse::SwingHip)), "0.8333 s"); // the truth
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "alloc")]
mod cycle;
#[cfg(feature = "alloc")]
mod display;
#[cfg(feature = "alloc")]
mod find;
mod live;
#[cfg(feature = "alloc")]
pub mod onset;
#[cfg(feature = "alloc")]
mod pulse;
pub mod subsample;

#[cfg(feature = "alloc")]
pub use cycle::{CyclePeakFinder, NoPeak, Peak};
#[cfg(feature = "alloc")]
pub use find::{NanPolicy, PeakFinder, Peaks};
pub use live::{LivePeak, LivePeakFinder, Undecided};
#[cfg(feature = "alloc")]
pub use onset::Onset;
#[cfg(feature = "alloc")]
pub use pulse::PulseTiming;

#[cfg(feature = "alloc")]
pub mod property {
    //! Properties of found peaks, and the bounds that select by them.

    pub use super::find::{Bounds, PlateauEdges, Prominence, Thresholds, Width};
}

#[cfg(feature = "alloc")]
pub mod timing {
    //! Results of [`PulseTiming`](super::PulseTiming): time and scatter of the cycles' pulses.

    pub use super::pulse::{PulseAlignment, PulseJitter, PulseTime};
}

pub mod state {
    //! State of live peak finders, and memory that finders reuse.

    #[cfg(feature = "alloc")]
    pub use super::find::PeakWorkspace;
    pub use super::live::LivePeakState;
}
