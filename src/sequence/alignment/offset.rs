//! What two clocks are apart, and what that does to times.

use super::fine::Fit;
use crate::event::Event;
use crate::inference::distribution::normal_quantile;
use crate::inference::{Estimate, Interval};
use crate::{Clock, Rate, Result, Signal};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// How far one clock is from another; made by [`super::Alignment::find`].
///
/// The error is the same for everything that crosses from one device to the other: a mean over a hundred strides has it as
/// whole as a single lag. So events carry it, and [`ClockOffset::widen`] adds it to the interval of a mean.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClockOffset {
    /// Add this to the other device's times to have the reference's, at `at_s`.
    pub offset_s: f64,
    /// Its standard error there.
    pub se_s: f64,
    /// Middle of what both recorded, on the reference's clock: where the offset is best known.
    pub at_s: f64,
    /// How the offset changes; `None` where too little overlaps to tell.
    pub drift: Option<Drift>,
    /// Correlation of the two channels once aligned.
    pub r: f64,
    /// Whether no other offset fits about as well.
    pub clear: bool,
    /// The offset of the second-best correlation, such as one stride away.
    pub rival_s: Option<f64>,
    /// Whether the standard error rests on fewer than 10 blocks.
    pub approximate: bool,
}

/// How two clocks part.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Drift {
    /// Change of the offset per second of the reference, in millionths: positive when the other clock is slow.
    pub ppm: f64,
    /// Its standard error.
    pub se_ppm: f64,
    /// Covariance with the offset, in seconds times millionths.
    covariance: f64,
}

impl ClockOffset {
    /// `sign` is -1 when the fit went from the other device's clock to the reference's.
    pub(super) fn new(fit: &Fit, sign: f64, clear: bool, rival_s: Option<f64>) -> Self {
        let turned = sign < 0.0;
        let [offset, drift, both] = fit.covariance;
        // t = u + o + d (t - m) one way is u = t - o - d (t - m) the other: to first order in d only the signs change.
        let per_million =
            Drift { ppm: sign * fit.drift * 1e6, se_ppm: drift.sqrt() * 1e6, covariance: both * 1e6 };
        Self {
            offset_s: sign * fit.offset_s,
            se_s: offset.sqrt(),
            at_s: if turned { fit.middle_s - fit.offset_s } else { fit.middle_s },
            drift: fit.drifts.then_some(per_million),
            r: fit.r,
            clear,
            rival_s: rival_s.map(|s| sign * s),
            approximate: fit.blocks < 10,
        }
    }

    /// Offset and its standard error at a time of the reference.
    pub fn at(&self, reference_s: f64) -> (f64, f64) {
        let Some(drift) = self.drift else { return (self.offset_s, self.se_s) };
        let since = 1e-6 * (reference_s - self.at_s);
        let variance = self.se_s.powi(2) + 2.0 * since * drift.covariance + (since * drift.se_ppm).powi(2);
        (self.offset_s + since * drift.ppm, variance.max(0.0).sqrt())
    }

    /// A time of the other device on the reference's clock, and its standard error, the clocks' included.
    pub fn to_reference(&self, time_s: f64, se_s: f64) -> (f64, f64) {
        // t = u + o + d (t - m), solved for t.
        let drift = 1e-6 * self.drift.map_or(0.0, |d| d.ppm);
        let reference_s = self.at_s + (time_s + self.offset_s - self.at_s) / (1.0 - drift);
        (reference_s, se_s.hypot(self.at(reference_s).1))
    }

    /// An event of the other device on the reference's clock, with the clocks' error in its own.
    ///
    /// ```
    /// # use copeak::{Clock, Rate, Signal, event::{Event, EventKind, Method, Side}, sequence::Alignment};
    /// # let motion = |t: f64| (7.0 * t).sin() + 0.5 * (3.1 * t * t).sin();
    /// # let taken = |ahead: f64| -> copeak::Result<Signal> {
    /// #     let clock = Clock::from_zero(Rate::from_hz(200.0)?);
    /// #     Ok(Signal::new(clock, (0..1000).map(|i| motion(clock.time_s(f64::from(i)) + ahead)).collect()))
    /// # };
    /// # let (markers, sensor) = (taken(0.0)?, taken(0.25)?);
    /// let offset = Alignment::within(1.0)?.find(&markers, &sensor)?;
    /// let landing = Event::new(1.5, 0.003, Side::Left, EventKind::InitialContact, Method::Kinematic);
    /// let moved = offset.moved(&landing);
    /// assert!((moved.time_s - 1.75).abs() < 1e-4 && moved.se_s >= landing.se_s);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[must_use]
    pub fn moved(&self, event: &Event) -> Event {
        let (time_s, se_s) = self.to_reference(event.time_s, event.se_s);
        Event { time_s, se_s, ..*event }
    }

    /// A signal of the other device on the reference's clock: the same samples, with start and rate corrected.
    ///
    /// # Errors
    /// As [`Clock::new`] and [`Rate::from_hz`], for offsets that no clock has.
    pub fn signal<S>(&self, signal: Signal<S>) -> Result<Signal<S>> {
        let clock = signal.clock();
        let drift = 1e-6 * self.drift.map_or(0.0, |d| d.ppm);
        let rate = Rate::from_hz(clock.rate().as_hz() * (1.0 - drift))?;
        let start_s = self.to_reference(clock.start_s(), 0.0).0;
        Ok(Signal::new(Clock::new(rate, start_s)?, signal.into_samples()))
    }

    /// The interval of a mean lag between the two devices, in seconds, widened by the clocks' error, which no number of
    /// strides makes smaller.
    ///
    /// Half-widths add in quadrature. Without an interval there is still none.
    ///
    /// ```
    /// # use copeak::{Clock, Rate, Signal, inference::t_interval, sequence::Alignment};
    /// # let motion = |t: f64, i: u32| (7.0 * t).sin() + 0.5 * (3.1 * t * t).sin() + 0.2 * f64::from(i.wrapping_mul(2654435761) >> 20) / 4096.0;
    /// # let clock = Clock::from_zero(Rate::from_hz(200.0)?);
    /// # let taken = |seed: u32| Signal::new(clock, (0..1000).map(|i| motion(clock.time_s(f64::from(i)), i + seed)).collect::<Vec<_>>());
    /// # let (markers, sensor) = (taken(0), taken(5000));
    /// let clocks = Alignment::within(1.0)?.find(&markers, &sensor)?;
    /// let lag = t_interval(&[0.020, 0.021, 0.019, 0.020, 0.0205], 0.95)?;
    /// let honest = clocks.widen(lag);
    /// assert!(honest.ci.unwrap().low < lag.ci.unwrap().low && honest.value == lag.value);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[must_use]
    pub fn widen(&self, lag: Estimate) -> Estimate {
        let reach = normal_quantile(0.5 + lag.level / 2.0) * self.se_s;
        let ci = lag.ci.map(|ci| {
            let (below, above) = (lag.value - ci.low, ci.high - lag.value);
            Interval::new(lag.value - below.hypot(reach), lag.value + above.hypot(reach))
        });
        Estimate { ci, ..lag }
    }
}
