//! Filters: designed once, run live, over a buffer, or forwards and backwards over a whole record.
//!
//! Which cut-off a record asks for ([`cutoff::ResidualAnalysis`]), and what a filter removed; gaps and wrong frames; derivatives,
//! integrals, other rates and clocks. A low-pass does not remove a single wrong frame, it spreads it:
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/velocity.svg")]
//!
//! ```
//! use copeak::filter::{Filter, SmoothDerivative, SpikeRepair};
//! use copeak::simulate::Sprinter;
//! let trial = Sprinter::at_speed(7.0).angle_noise_deg(0.05).seed(5).simulate()?.recording;
//! let trunk = trial.signal("trunk_rotation")?;
//! let mut raw = trunk.samples().clone();
//! raw[150] += 5.0; // one wrong frame
//! let rate = trunk.clock().rate();
//! let velocity = SmoothDerivative::velocity(2, 15.0, rate)?;
//! let (truth, spread) = (velocity.apply(trunk.samples())?, velocity.apply(&raw)?);
//! let repaired = velocity.apply(&SpikeRepair::new().apply(&raw)?)?;
//! let worst = |y: &[f64]| y.iter().zip(&truth).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
//! assert_eq!(format!("{:.0} and {:.1} deg/s wrong", worst(&spread), worst(&repaired)), "42 and 0.0 deg/s wrong");
//! # Ok::<(), copeak::Error>(())
//! ```
//!
//! More pictures: [before and after](crate::guide::conditioning).
//!
//! | for SciPy users | here |
//! |---|---|
//! | `butter(n, fc, fs=rate, output="sos")` | [`Butterworth::low_pass`] and its siblings |
//! | `iirnotch(centre, quality, fs=rate)` | [`Notch::from_quality`] |
//! | - | [`CriticallyDamped`]: no overshoot |
//! | `sosfilt` | [`Cascade`] or `[Section; N]` as a [`crate::Stage`] |
//! | `sosfilt_zi` | [`crate::SteadyState::steady_state`] |
//! | `sosfiltfilt` | [`ZeroPhase::single_pass_cutoff`] |
//! | - | [`ZeroPhase::low_pass`]: zero-phase with the -3 dB point where it was asked for |
//! | `numpy.gradient(x, 1 / rate)` | [`CentralDifference`] |
//! | `savgol_filter` | [`SavitzkyGolay`] |
//! | `ndimage.uniform_filter1d`, pandas `rolling(w, center=True).mean()` | [`MovingMean`] |
//! | `medfilt`, `ndimage.median_filter`, pandas `rolling(w, center=True).median()` | [`MovingMedian`] |
//! | pandas `rolling(w).mean()` and its like | [`MovingMean::trailing`] and its like |
//! | - | [`MovingRms`]: amplitude of an EMG |
//! | - | [`Hampel`]: outliers replaced by the median around them |
//! | `abs`, then a low-pass | [`Envelope`], [`Emg`] |
//! | `firwin`, `kaiserord`, `lfilter(taps, 1, x)` | [`Fir`] |
//! | `resample_poly` | [`Resample`] |
//! | `cumulative_trapezoid`, `cumulative_simpson` | [`Integral`] |
//! | `CubicSpline`, `PchipInterpolator`, `interp1d` | [`Interpolation`]; a whole signal onto another clock: [`Regrid`] |
//! | - (pandas: `interpolate(limit=...)`) | [`GapFill`]: short gaps; [`RigidFill`]: a marker from its segment |
//!
//! Numbers from the literature, by purpose: [`Preset`]. A channel on its way to a peak time goes through a
//! [`Conditioner`], which also reports how much the channel's noise blurs the times of the peaks found afterwards
//! ([`conditioning::TimingNoise`]).
//!
//! # Single precision
//! `f32` samples are filtered in `f64` unless you ask otherwise: a [`Cascade`] (and so [`ZeroPhase`] and [`Emg`])
//! widens each sample, keeps coefficients and memory in `f64`, and rounds once on the way out. Against `f64`
//! throughout that costs at most 1.2e-7 of the largest input causally and 2.4e-7 both ways (where the first pass is
//! kept as `f32`), at any cut-off.
//!
//! Native `f32` sections (`sections::<f32, N>()`, for a microcontroller without `f64`) lose more the lower the
//! cut-off, because a sample then adds little to a memory that is far larger. Largest error as a fraction of the largest
//! input, over a wave with an offset and white noise of 20,000 samples, Butterworth low- and high-passes, causally
//! and both ways (held by `tests/it/filter/precision.rs`):
//!
//! | cut-off, % of the rate | order 1 | order 2 | orders 3-4 | orders 5-8 |
//! |---|---|---|---|---|
//! | 0.1 | 3e-6 | 3e-4 | 8e-4 | 1.5e-3 |
//! | 0.2 | 1e-6 | 1e-4 | 2e-4 | 4e-4 |
//! | 0.5 | 7e-7 | 3e-5 | 5e-5 | 1e-4 |
//! | 1 | 6e-7 | 1.2e-5 | 2e-5 | 3e-5 |
//! | 2-3 | 5e-7 | 4e-6 | 8e-6 | 1.2e-5 |
//! | 5 | 4e-7 | 1.5e-6 | 2e-6 | 4e-6 |
//! | 10-40 | 3e-7 | 6e-7 | 1e-6 | 2e-6 |
//! | 45 | 3e-7 | 1.5e-6 | 2e-6 | 4e-6 |
//!
//! So native `f32` is safe from a cut-off of 2 % of the rate on, up to order 8: the error stays below one step of a
//! 16-bit recorder (1.5e-5 of its range). Lower, keep to `f64`, or to order 1. Critically damped filters lose at most
//! 1.3 times as much; a notch of quality up to 50 loses by where it lies: 5e-4 at 0.5 % of the rate, 4e-5 at 2 %,
//! 1e-5 at 5 %, 3e-6 at 10 %.
//!
//! # How late a live filter is
//! Every causal design reports it: [`crate::GroupDelay::group_delay_s`] of its cascade at the frequency you care
//! about. A Butterworth low-pass of order 2 at 20 Hz delays what is slow by 11 ms; the delay grows towards the
//! cut-off and is no constant, so a live peak cannot be put back exactly by subtracting it.

#[macro_use]
#[cfg(feature = "alloc")]
mod record;

mod calculus;
mod design;
#[cfg(feature = "alloc")]
mod display;
#[cfg(feature = "alloc")]
mod dot;
#[cfg(feature = "alloc")]
mod repair;
pub mod state;
#[cfg(feature = "alloc")]
mod topics;
#[cfg(feature = "alloc")]
mod window;

pub use calculus::{CentralDifference, LeakyIntegral, SecondDifference};
pub use design::{
    Band, Butterworth, CriticallyDamped, Design, Envelope, Notch, Preset, Rectify, Section, Tkeo,
};
#[cfg(feature = "ndarray")]
pub use record::FilterAxis;
#[cfg(feature = "alloc")]
pub use {
    calculus::{Integral, Interpolation, Regrid, Resample, SmoothDerivative},
    design::{Cascade, Conditioner, Emg, Fir, ZeroPhase},
    record::Filter,
    repair::{GapFill, RigidFill, SpikeRepair},
    topics::{conditioning, cutoff, fir, gap, integration, interpolation, moving, resample},
    window::{Hampel, MovingMean, MovingMedian, MovingRms, SavitzkyGolay},
};

#[cfg(feature = "alloc")]
pub(crate) use calculus::{SlopeScratch, hermite};
