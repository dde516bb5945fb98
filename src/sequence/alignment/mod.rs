//! One clock for two devices, from what both of them saw.

mod coarse;
mod fine;
mod offset;

pub use offset::{ClockOffset, Drift};

use crate::filter::{Filter, Interpolation, ZeroPhase};
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
use coarse::Candidate;
use fine::{Fit, Overlap};

const OPERATION: &str = "aligning two clocks";

/// Finds how far one device's clock is from another's, by a feature that both recorded: the vertical force and the sacrum's
/// vertical acceleration, an angle from markers and from inertial sensors, a jump before the start.
///
/// The two channels may differ in rate, start, length, unit and offset, but must rise together (turn the sign where they do
/// not). Both are low-passed alike. A first offset is where the correlation of what overlaps (half of the shorter
/// channel, at least) is largest; then offset, drift, gain and level are fitted by least squares, with a spline through the
/// faster channel evaluated between its samples, so that the offset is not tied to a grid.
///
/// The standard error is that of correlated residuals: the record is cut into up to 20 blocks of half a second or more,
/// and the scatter of their contributions to the fit is taken as it is (the sandwich of Liang & Zeger 1986,
/// doi:10.1093/biomet/73.1.13, with a factor for few blocks). What is wrong in every block alike, such as soft tissue that lags
/// behind the bone, is a bias of the feature that no standard error contains: a sacrum's vertical acceleration against the
/// force, both on one clock, gave 3.5 ms (SD 4.6 ms over 31 trials of one runner, from -5.5 ms uphill to 11.3 ms downhill)
/// with standard errors of 0.3 ms. A knee angle against itself, shifted, resampled and with noise of 1° on both, came back with
/// an error of 0.06 ms, which is what the standard errors said (`tests/it/recording/alignment.rs`).
///
/// Two quartz clocks part by up to 0.1 ms in a second. From 20 s of overlap on the drift is estimated too, below
/// that it is taken to be none.
///
/// A run repeats itself: a lag of one stride fits nearly as well. Where the second-best offset is not worse by more than two
/// standard errors over the blocks, [`ClockOffset::clear`] is false.
///
/// Costs (overlap x twice the largest offset) at up to 100 Hz for the search and a few passes for the fit.
///
/// ```
/// use copeak::{Clock, Rate, Signal, sequence::Alignment};
/// // The same motion on two devices: 200 Hz from 0 s on, and 128 Hz on a clock that shows 0.7311 s less.
/// let motion = |t: f64| (7.0 * t).sin() + 0.5 * (3.1 * t * t).sin() + (-(t - 2.0).powi(2) * 9.0).exp();
/// let taken = |rate: f64, start: f64, ahead: f64| -> copeak::Result<Signal> {
///     let clock = Clock::new(Rate::from_hz(rate)?, start)?;
///     Ok(Signal::new(clock, (0..(5.0 * rate) as i32).map(|i| motion(clock.time_s(f64::from(i)) + ahead)).collect()))
/// };
/// let (markers, sensor) = (taken(200.0, 0.0, 0.0)?, taken(128.0, -0.5, 0.7311)?);
/// let offset = Alignment::within(2.0)?.find(&markers, &sensor)?;
/// assert!((offset.offset_s - 0.7311).abs() < 1e-4 && offset.clear);
/// // Sensor events on the markers' clock, with the clocks' error in their own.
/// let (time_s, se_s) = offset.to_reference(1.0, 0.002);
/// assert!((time_s - 1.7311).abs() < 1e-4 && se_s >= 0.002);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("synchronization", "time sync", "cross-correlation"))]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alignment {
    max_offset_s: f64,
    cutoff_hz: Option<f64>,
    drift_from_s: f64,
}

impl Alignment {
    /// Offsets up to this many seconds either way; both channels low-passed at 20 Hz; drift from 20 s of overlap on.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it is finite and above 0 s.
    pub fn within(max_offset_s: f64) -> Result<Self> {
        if max_offset_s.is_finite() && max_offset_s > 0.0 {
            Ok(Self { max_offset_s, cutoff_hz: Some(20.0), drift_from_s: 20.0 })
        } else {
            let rule = "finite and above 0 s";
            Err(Error::Parameter { name: "largest offset", rule, value: max_offset_s })
        }
    }

    /// With another low-pass for both; `None` for channels that are filtered alike already.
    #[must_use]
    pub fn low_pass(self, cutoff_hz: Option<f64>) -> Self {
        Self { cutoff_hz, ..self }
    }

    /// Without drift, however long the overlap: both devices run on one clock and only started at different times.
    #[must_use]
    pub fn one_rate(self) -> Self {
        Self { drift_from_s: f64::INFINITY, ..self }
    }

    /// What to add to the times of `other` to have those of `reference`.
    ///
    /// # Errors
    /// [`Error::TooFew`] below 2 s of overlap (four blocks) or 8 samples; [`Error::NonFinite`] for a NaN or infinite sample;
    /// [`Error::Constant`]; [`Error::Cutoff`] when the low-pass is not below both Nyquist frequencies;
    /// [`Error::Undefined`] when the correlation is largest at the largest offset, is nowhere above 0, or the fit
    /// leads away from where it began.
    pub fn find<S, T>(&self, reference: &Signal<S>, other: &Signal<T>) -> Result<ClockOffset>
    where
        S: Samples,
        T: Samples,
        S::Item: Real,
        T::Item: Real,
    {
        let reference = self.prepared(reference)?;
        let other = self.prepared(other)?;
        // The slower channel's samples are compared with a spline through the faster one.
        let turned = reference.clock().rate().as_hz() > other.clock().rate().as_hz();
        let (slow, fast) = if turned { (&other, &reference) } else { (&reference, &other) };
        let (best, rival) = coarse::search(slow, fast, self.max_offset_s)?;
        let curve = Interpolation::Cubic.through_samples(fast.clock(), fast.samples())?;
        let overlap = |at: &Candidate| Overlap::of(slow, fast, at.offset_s);
        let here = overlap(&best)?;
        let drifts = here.duration_s() >= self.drift_from_s;
        let fit = Fit::new(&here, &curve, best.offset_s, drifts)?;
        let clear = match &rival {
            None => true,
            // The rival is fitted to the same stretch, as far as it reaches; both without drift, which it could abuse.
            Some(rival) => {
                let both = here.common(&overlap(rival)?)?;
                let plain = Fit::new(&both, &curve, best.offset_s, false);
                let other = Fit::new(&both, &curve, rival.offset_s, false);
                match (plain, other) {
                    (Ok(plain), Ok(other)) => plain.beats(&other),
                    (plain, _) => plain.is_ok(),
                }
            }
        };
        let rival_s = rival.map(|r| r.offset_s);
        Ok(ClockOffset::new(&fit, if turned { -1.0 } else { 1.0 }, clear, rival_s))
    }

    /// A channel in double precision, filtered, all of it finite.
    fn prepared<S>(&self, signal: &Signal<S>) -> Result<Signal>
    where
        S: Samples,
        S::Item: Real,
    {
        let x: Vec<f64> = signal.samples().iter_samples().map(Real::as_f64).collect();
        if x.len() < 8 {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 8, got: x.len() });
        }
        if let Some(index) = x.iter().position(|x| !x.is_finite()) {
            return Err(Error::NonFinite { operation: OPERATION, index });
        }
        if x.iter().all(|v| *v == x[0]) {
            return Err(Error::Constant { operation: OPERATION });
        }
        let x = match self.cutoff_hz {
            Some(cutoff) => ZeroPhase::low_pass(2, cutoff, signal.clock().rate())?.apply(&x)?,
            None => x,
        };
        Ok(signal.with_samples(x))
    }
}
