//! In what order things peak within an extremity, and by how much: lags, order, and lags of whole curves.
//!
//! - [`Sequence`] is the whole answer for ordered channels over cycles: [`PairLag`](crate::sequence::lag::PairLag)s, [`Order`], mean peak times.
//!   [`Sequencer`] allows for delays, device clocks and circular cycles; [`Limbs`](crate::sequence::limbs::Limbs) takes several limbs at once.
//! - [`order`](order()) alone, for times at hand.
//! - [`CrossCorrelation`] finds the lag of one curve behind another without any peak; `PhaseSlope` (feature `fft`) does so
//!   from the phases of many cycles' cross-spectrum.
//! - [`Trains`] of events: who leads ([`SpikeOrder`]), and which order of all explains it best ([`Synfire`](crate::sequence::train::Synfire)).
//!
//! Lags are signed: **positive = the second comes after the first**. How often their intervals hold, and what the tests do:
//! [the figures](crate::guide::studies::sequence).
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/sequence.svg")]
//!
//! ```
//! use copeak::inference::Bootstrap;
//! use copeak::simulate::{Pulse, Sprinter};
//! use copeak::sequence::{Cycle, Sequence, Timing};
//! use copeak::inference::Strides;
//! let truth = Sprinter::at_speed(9.5).steps(20).every_jitter_s(0.004).seed(6).simulate()?.truth;
//! let cycles: Vec<Cycle> = truth
//!     .steps
//!     .iter()
//!     .map(|s| Cycle {
//!         start_s: s.step.start_s(),
//!         duration_s: s.step.stride_s,
//!         contact_s: Some(s.step.contact_s()),
//!         times: [Pulse::SupportHip, Pulse::Knee, Pulse::Ankle].map(|p| Some(Timing::at(s.peak_s(p)))).into(),
//!     })
//!     .collect();
//! let steps: Vec<_> = truth.steps.iter().map(|s| s.step).collect();
//! let names = ["hip", "knee", "ankle"];
//! let sequence = Sequence::of(&names, &cycles, &Strides::from_steps(&steps), &Bootstrap::new(1))?;
//! let lag = sequence.pair("hip", "knee").unwrap();
//! let found = format!("hip {} knee: {:+.1}", lag.relation, lag.mean_s.ms());
//! assert_eq!(found, "hip before knee: +16.8 ms [+14.1, +19.5]");
//! # Ok::<(), copeak::Error>(())
//! ```

pub mod alignment;
pub mod correlation;
mod display;
pub mod lag;
pub mod limbs;
pub mod order;
#[cfg(feature = "fft")]
pub mod phase_slope;
pub mod sequencer;
pub mod train;

#[doc(inline)]
pub use alignment::Alignment;
#[doc(inline)]
pub use correlation::CrossCorrelation;
#[doc(inline)]
pub use lag::{Relation, Timing};
#[doc(inline)]
pub use limbs::LimbsFinder;
#[doc(inline)]
pub use order::{Order, kendall_tau_b, kendall_test, order, page_test};
#[cfg(feature = "fft")]
#[doc(inline)]
pub use phase_slope::PhaseSlope;
#[doc(inline)]
pub use sequencer::{Cycle, Sequence, SequenceChannel, Sequencer};
#[doc(inline)]
pub use train::{AdaptiveWindow, SpikeOrder, Trains};
