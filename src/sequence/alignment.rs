//! Alignment of the clocks of two devices by a feature that both recorded.

use crate::event::Event;
use crate::filter::interpolation::Curve;
use crate::filter::{Filter, Interpolation, ZeroPhase};
use crate::inference::distribution::normal_quantile;
use crate::inference::{Estimate, Interval};
use crate::math::Vertex;
use crate::{Clock, Error, Rate, Real, Result, Samples, Signal};
use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "aligning two clocks";

/// Finds the offset of one device's clock from another's, by a feature that both recorded: the vertical force and the sacrum's
/// vertical acceleration, an angle from markers and from inertial sensors, a jump before the start.
///
/// The two channels may differ in rate, start, length, unit and offset, but must rise together (negate one if they do not).
/// Both are low-passed with the same cut-off. The first estimate is the offset at which the correlation of the overlap (at
/// least half of the shorter channel) is largest; then offset, drift, gain and level are fitted by least squares, with a
/// spline through the faster channel evaluated between its samples, so that the offset is not tied to a grid.
///
/// The standard error allows for correlated residuals: the record is cut into up to 20 blocks of half a second or more, and
/// it follows from the scatter of their contributions to the fit (the sandwich estimator of Liang & Zeger 1986,
/// doi:10.1093/biomet/73.1.13, with a factor for few blocks). An error that is the same in every block, such as soft tissue
/// that lags behind the bone, is a bias of the feature that no standard error contains: a sacrum's vertical acceleration
/// against the force, both on one clock, gave 3.5 ms (SD 4.6 ms over 31 trials of one runner, from -5.5 ms uphill to 11.3 ms
/// downhill) with standard errors of 0.3 ms. A knee angle against itself, shifted, resampled and with noise of 1° on both, was
/// aligned with an error of 0.06 ms, in agreement with the standard errors (`tests/it/recording/alignment.rs`).
///
/// Two quartz clocks drift apart by up to 0.1 ms per second. From 20 s of overlap on the drift is estimated, too; below that
/// it is assumed to be 0.
///
/// Running is periodic: a lag of one stride fits nearly as well. Where the second-best offset is not worse by more than two
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
    /// Searches offsets up to this many seconds in either direction; low-passes both at 20 Hz; fits drift from 20 s of overlap on.
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

    /// Sets the cut-off of the low-pass of both; `None` for channels that are already filtered alike.
    #[must_use]
    pub fn low_pass(self, cutoff_hz: Option<f64>) -> Self {
        Self { cutoff_hz, ..self }
    }

    /// Assumes no drift, regardless of the overlap: both devices run on one clock and only started at different times.
    #[must_use]
    pub fn one_rate(self) -> Self {
        Self { drift_from_s: f64::INFINITY, ..self }
    }

    /// Finds the offset to add to the times of `other` to obtain those of `reference`.
    ///
    /// # Errors
    /// [`Error::TooFew`] below 2 s of overlap (four blocks) or 8 samples; [`Error::NonFinite`] for a NaN or infinite sample;
    /// [`Error::Constant`]; [`Error::Cutoff`] when the low-pass is not below both Nyquist frequencies;
    /// [`Error::Undefined`] when the correlation is largest at the largest offset, is nowhere above 0, or the fit
    /// diverges from its start.
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
        let (best, rival) = search(slow, fast, self.max_offset_s)?;
        let curve = Interpolation::Cubic.through_samples(fast.clock(), fast.samples())?;
        let overlap = |at: &Candidate| Overlap::of(slow, fast, at.offset_s);
        let here = overlap(&best)?;
        let drifts = here.duration_s() >= self.drift_from_s;
        let fit = Fit::new(&here, &curve, best.offset_s, drifts)?;
        let clear = match &rival {
            None => true,
            // The second-best offset is fitted to the same stretch, as far as it reaches; both without drift, which could hide a misfit.
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

    /// Returns a channel in double precision, filtered; all samples must be finite.
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

/// Offset of one clock from another; returned by [`super::Alignment::find`].
///
/// The error is the same for everything that is converted from one device to the other: it is as large for a mean over a
/// hundred strides as for a single lag. So events carry it, and [`ClockOffset::widen`] adds it to the interval of a mean.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClockOffset {
    /// Offset to add to the other device's times to obtain the reference's, at `at_s`.
    pub offset_s: f64,
    /// Standard error of the offset there.
    pub se_s: f64,
    /// Middle of the overlap, on the reference's clock: the time at which the offset is best known.
    pub at_s: f64,
    /// Change of the offset; `None` for an overlap that is too short to estimate it.
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

/// Drift of two clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Drift {
    /// Change of the offset per second of the reference, in millionths: positive when the other clock is slow.
    pub ppm: f64,
    /// Standard error of the drift.
    pub se_ppm: f64,
    /// Covariance of drift and offset, in seconds times millionths.
    covariance: f64,
}

impl ClockOffset {
    /// `sign` is -1 when the fit went from the other device's clock to the reference's.
    fn new(fit: &Fit, sign: f64, clear: bool, rival_s: Option<f64>) -> Self {
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

    /// Returns the offset and its standard error at a time of the reference.
    pub fn at(&self, reference_s: f64) -> (f64, f64) {
        let Some(drift) = self.drift else { return (self.offset_s, self.se_s) };
        let since = 1e-6 * (reference_s - self.at_s);
        let variance = self.se_s.powi(2) + 2.0 * since * drift.covariance + (since * drift.se_ppm).powi(2);
        (self.offset_s + since * drift.ppm, variance.max(0.0).sqrt())
    }

    /// Returns a time of the other device on the reference's clock, and its standard error, including that of the clocks.
    pub fn to_reference(&self, time_s: f64, se_s: f64) -> (f64, f64) {
        // t = u + o + d (t - m), solved for t.
        let drift = 1e-6 * self.drift.map_or(0.0, |d| d.ppm);
        let reference_s = self.at_s + (time_s + self.offset_s - self.at_s) / (1.0 - drift);
        (reference_s, se_s.hypot(self.at(reference_s).1))
    }

    /// Returns an event of the other device on the reference's clock, with the clocks' error included in its own.
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

    /// Returns a signal of the other device on the reference's clock: the same samples, with start and rate corrected.
    ///
    /// # Errors
    /// As [`Clock::new`] and [`Rate::from_hz`], for offsets that no clock can have.
    pub fn signal<S>(&self, signal: Signal<S>) -> Result<Signal<S>> {
        let clock = signal.clock();
        let drift = 1e-6 * self.drift.map_or(0.0, |d| d.ppm);
        let rate = Rate::from_hz(clock.rate().as_hz() * (1.0 - drift))?;
        let start_s = self.to_reference(clock.start_s(), 0.0).0;
        Ok(Signal::new(Clock::new(rate, start_s)?, signal.into_samples()))
    }

    /// Widens the interval of a mean lag between the two devices, in seconds, by the clocks' error, which no number of
    /// strides reduces.
    ///
    /// Half-widths add in quadrature. A lag without an interval is returned unchanged.
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

/// Resolution of the search; the fit refines it.
const GRID_HZ: f64 = 100.0;
/// Least share of the shorter channel that must overlap.
const LEAST_OVERLAP: f64 = 0.5;

/// An offset at which the channels correlate.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    /// Add it to the second channel's times.
    offset_s: f64,
    r: f64,
}

/// Finds the offset of the largest correlation, and that of the second-largest local maximum.
fn search(first: &Signal, second: &Signal, most_s: f64) -> Result<(Candidate, Option<Candidate>)> {
    let rate = GRID_HZ.min(first.clock().rate().as_hz()).min(second.clock().rate().as_hz());
    let (a, b) = (gridded(first, rate), gridded(second, rate));
    let (a, b) = (Sums::of(a), Sums::of(b));
    let least = ((LEAST_OVERLAP * a.len().min(b.len()) as f64).ceil() as isize).max(4);
    // The second channel's grid point 0 lies on the first's point `shift` when the offset is this:
    let offset_of = |shift: f64| first.start_s() - second.start_s() + shift / rate;
    let from = ((-most_s - offset_of(0.0)) * rate).ceil();
    let to = ((most_s - offset_of(0.0)) * rate).floor();
    let (low, high) = (least - b.len() as isize, a.len() as isize - least);
    let (from, to) = ((from as isize).max(low), (to as isize).min(high));
    if to - from < 2 {
        let got = (to - from + 1).max(0) as usize;
        return Err(Error::TooFew {
            operation: OPERATION,
            unit: "offsets with half an overlap",
            needed: 3,
            got,
        });
    }
    let r: Vec<f64> = (from..=to).map(|shift| correlation(&a, &b, shift)).collect();
    let mut maxima: Vec<Candidate> = Vec::new();
    for i in 1..r.len() - 1 {
        if r[i] > 0.0 && r[i] > r[i - 1] && r[i] >= r[i + 1] {
            let vertex = Vertex::of(r[i - 1], r[i], r[i + 1]);
            let shift = (from + i as isize) as f64 + vertex.shift;
            maxima.push(Candidate { offset_s: offset_of(shift), r: vertex.value });
        }
    }
    maxima.sort_by(|a, b| b.r.total_cmp(&a.r));
    let top = r.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let undefined = |reason| Err(Error::Undefined { quantity: "the offset of two clocks", reason });
    match maxima.first() {
        _ if top.is_nan() || top <= 0.0 => undefined("the channels rise together at no offset"),
        Some(best) if best.r >= top => Ok((*best, maxima.get(1).copied())),
        _ => undefined("the correlation is highest at the largest offset looked at"),
    }
}

/// Returns the means of the samples around each point of a grid, which removes frequencies above those of the grid.
fn gridded(signal: &Signal, rate: f64) -> Vec<f64> {
    let ratio = signal.clock().rate().as_hz() / rate;
    let x = signal.samples();
    let n = ((x.len() - 1) as f64 / ratio).floor() as usize + 1;
    let around = |i: usize| {
        let middle = i as f64 * ratio;
        let first = (middle - 0.5 * ratio).ceil().max(0.0) as usize;
        let last = ((middle + 0.5 * ratio).floor() as usize).min(x.len() - 1);
        let between = || signal.value_at(signal.clock().time_s(middle)).unwrap_or(x[x.len() - 1]);
        // Fewer than three samples have no centre on the point.
        if last < first + 2 {
            between()
        } else {
            x[first..=last].iter().sum::<f64>() / (last - first + 1) as f64
        }
    };
    (0..n).map(around).collect()
}

/// Samples less their mean, with running sums for means and norms of any stretch.
struct Sums {
    x: Vec<f64>,
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn of(mut x: Vec<f64>) -> Self {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        x.iter_mut().for_each(|x| *x -= mean);
        let running = |value: fn(f64) -> f64| {
            let mut total = 0.0;
            let sums = x.iter().map(|&x| {
                total += value(x);
                total
            });
            core::iter::once(0.0).chain(sums).collect::<Vec<f64>>()
        };
        let (sum, squares) = (running(|x| x), running(|x| x * x));
        Self { x, sum, squares }
    }

    fn len(&self) -> usize {
        self.x.len()
    }

    /// Returns the sum, and the squares about the mean, of a stretch.
    fn stretch(&self, first: usize, n: usize) -> (f64, f64) {
        let sum = self.sum[first + n] - self.sum[first];
        (sum, self.squares[first + n] - self.squares[first] - sum * sum / n as f64)
    }
}

/// Returns the Pearson correlation of the overlap when the second is shifted; 0 where either does not vary.
fn correlation(a: &Sums, b: &Sums, shift: isize) -> f64 {
    let first = shift.max(0) as usize;
    let other = (-shift).max(0) as usize;
    let n = (a.len() - first).min(b.len() - other);
    let ((sa, va), (sb, vb)) = (a.stretch(first, n), b.stretch(other, n));
    let products: f64 =
        a.x[first..first + n].iter().zip(&b.x[other..other + n]).map(|(a, b)| a * b).sum::<f64>();
    let norm = (va * vb).sqrt();
    // A rounding remainder of a constant stretch is no variation.
    let least = 1e-12 * (a.squares[a.len()] * b.squares[b.len()]).sqrt();
    if norm > least { (products - sa * sb / n as f64) / norm } else { 0.0 }
}

/// Level, gain, offset, drift.
const MOST: usize = 4;
const BLOCK_S: f64 = 0.5;
const MOST_BLOCKS: usize = 20;
const FEWEST_BLOCKS: usize = 4;
/// Ends left out: the filters' edges, and room for the offset to move.
const MARGIN_S: f64 = 0.1;
/// The fit may move this far from where the search put it.
const REACH_S: f64 = 0.05;

/// The samples of one channel that the other covers.
#[derive(Debug, Clone, PartialEq)]
struct Overlap<'a> {
    signal: &'a Signal,
    first: usize,
    end: usize,
}

impl<'a> Overlap<'a> {
    /// Finds the samples of `signal` that `other`, moved by `offset_s`, covers, less a margin.
    fn of(signal: &'a Signal, other: &Signal, offset_s: f64) -> Result<Self> {
        let start_s = signal.start_s().max(other.start_s() + offset_s) + MARGIN_S;
        let end_s = signal.end_s().min(other.end_s() + offset_s) - MARGIN_S;
        let clock = signal.clock();
        let first = clock.position(start_s).ceil().max(0.0) as usize;
        let end = (clock.position(end_s).floor().max(-1.0) + 1.0) as usize;
        Self { signal, first, end: end.min(signal.samples().len()) }.checked()
    }

    /// Returns the intersection of two overlaps of one channel.
    fn common(&self, other: &Self) -> Result<Self> {
        let (first, end) = (self.first.max(other.first), self.end.min(other.end));
        Self { signal: self.signal, first, end }.checked()
    }

    fn checked(self) -> Result<Self> {
        let needed = (FEWEST_BLOCKS as f64 * BLOCK_S * self.signal.clock().rate().as_hz()).ceil() as usize;
        let got = self.end.saturating_sub(self.first);
        if got >= needed.max(8) {
            Ok(self)
        } else {
            Err(Error::TooFew {
                operation: OPERATION,
                unit: "samples that overlap",
                needed: needed.max(8),
                got,
            })
        }
    }

    fn len(&self) -> usize {
        self.end - self.first
    }

    fn duration_s(&self) -> f64 {
        self.len() as f64 / self.signal.clock().rate().as_hz()
    }
}

/// The fit of one channel to another.
#[derive(Debug, Clone, PartialEq)]
struct Fit {
    /// At the middle of the overlap.
    offset_s: f64,
    /// Change of the offset per second.
    drift: f64,
    /// Middle of the overlap on the first channel's clock.
    middle_s: f64,
    /// Variances of offset and drift, and their covariance.
    covariance: [f64; 3],
    /// Whether the drift was fitted.
    drifts: bool,
    /// Correlation of the fitted channels.
    r: f64,
    blocks: usize,
    /// Squared residuals of each block.
    misses: Vec<f64>,
}

impl Fit {
    /// Gauss-Newton from `offset_s` on.
    fn new(overlap: &Overlap<'_>, curve: &Curve, offset_s: f64, drifts: bool) -> Result<Self> {
        let clock = overlap.signal.clock();
        let middle_s = 0.5 * (clock.time_s(overlap.first as f64) + clock.time_s((overlap.end - 1) as f64));
        let p = if drifts { MOST } else { MOST - 1 };
        let lost = || Error::Undefined {
            quantity: "the offset of two clocks",
            reason: "the fit leads away from the largest correlation",
        };
        let mut at = [0.0, 1.0, offset_s, 0.0];
        let mut seen = Pass::over(overlap, curve, middle_s, &at, p);
        // Level and gain to begin with.
        (at[0], at[1]) = seen.line();
        for _ in 0..50 {
            seen = Pass::over(overlap, curve, middle_s, &at, p);
            let step = solve(seen.normal, seen.gradient, p).ok_or_else(lost)?;
            at.iter_mut().zip(step).for_each(|(a, s)| *a += s);
            if !((at[2] - offset_s).abs() <= REACH_S && at[1] > 0.0) {
                return Err(lost());
            }
            if step[2].abs() < 1e-10 && step[3].abs() * overlap.duration_s() < 1e-10 {
                break;
            }
        }
        seen = Pass::over(overlap, curve, middle_s, &at, p);
        let blocks = seen.scores.len();
        let column = |j: usize| {
            let mut unit = [0.0; MOST];
            unit[j] = 1.0;
            solve(seen.normal, unit, p).ok_or_else(lost)
        };
        let (offset, drift) = (column(2)?, if drifts { column(3)? } else { [0.0; MOST] });
        // The contribution of each block to offset and drift; a factor for the p fitted parameters.
        let few = blocks as f64 / (blocks as f64 - p as f64).max(0.5);
        let mut covariance = [0.0; 3];
        for score in &seen.scores {
            let part = |c: &[f64; MOST]| c.iter().zip(score).map(|(c, s)| c * s).sum::<f64>();
            let (o, d) = (part(&offset), part(&drift));
            covariance[0] += few * o * o;
            covariance[1] += few * d * d;
            covariance[2] += few * o * d;
        }
        let r = (1.0 - seen.misses.iter().sum::<f64>() / seen.spread).max(0.0).sqrt();
        Ok(Self {
            offset_s: at[2],
            drift: at[3],
            middle_s,
            covariance,
            drifts,
            r,
            blocks,
            misses: seen.misses,
        })
    }

    /// Returns whether the residuals of this fit are smaller than another's, by more than two standard errors over the blocks.
    fn beats(&self, other: &Self) -> bool {
        let n = self.blocks as f64;
        let gain = || self.misses.iter().zip(&other.misses).map(|(mine, theirs)| theirs - mine);
        let mean = gain().sum::<f64>() / n;
        let variance = gain().map(|g| (g - mean).powi(2)).sum::<f64>() / (n - 1.0);
        mean > 2.0 * (variance / n).sqrt()
    }
}

/// One pass over the overlap at given values.
struct Pass {
    normal: [[f64; MOST]; MOST],
    gradient: [f64; MOST],
    /// The gradient's part of each block.
    scores: Vec<[f64; MOST]>,
    misses: Vec<f64>,
    /// Squares of the first channel about its mean.
    spread: f64,
    /// Sums for level and gain: a, b, ab, bb, n.
    sums: [f64; 5],
}

impl Pass {
    fn over(overlap: &Overlap<'_>, curve: &Curve, middle_s: f64, at: &[f64; MOST], p: usize) -> Self {
        let &[level, gain, offset_s, drift] = at;
        let n = overlap.len();
        let blocks = ((overlap.duration_s() / BLOCK_S) as usize).clamp(FEWEST_BLOCKS, MOST_BLOCKS);
        let mut pass = Self {
            normal: [[0.0; MOST]; MOST],
            gradient: [0.0; MOST],
            scores: vec![[0.0; MOST]; blocks],
            misses: vec![0.0; blocks],
            spread: 0.0,
            sums: [0.0; 5],
        };
        let clock = overlap.signal.clock();
        let x = &overlap.signal.samples()[overlap.first..overlap.end];
        let mean = x.iter().sum::<f64>() / n as f64;
        for (i, &a) in x.iter().enumerate() {
            let since_s = clock.time_s((overlap.first + i) as f64) - middle_s;
            let time_s = middle_s + since_s - offset_s - drift * since_s;
            // The margin keeps the times inside; with an unreasonable drift they may leave, and the last piece is extrapolated.
            let b = curve.extrapolated_at(time_s);
            let slope = curve.derivative_at(time_s);
            let slope = if slope.is_finite() { -gain * slope } else { 0.0 };
            let column = [1.0, b, slope, slope * since_s];
            let miss = a - level - gain * b;
            let block = i * blocks / n;
            for j in 0..p {
                for k in 0..p {
                    pass.normal[j][k] += column[j] * column[k];
                }
                pass.gradient[j] += column[j] * miss;
                pass.scores[block][j] += column[j] * miss;
            }
            pass.misses[block] += miss * miss;
            pass.spread += (a - mean).powi(2);
            let sums = [a, b, a * b, b * b, 1.0];
            pass.sums.iter_mut().zip(sums).for_each(|(total, s)| *total += s);
        }
        pass
    }

    /// Returns level and gain of the regression of one channel on the other.
    fn line(&self) -> (f64, f64) {
        let [a, b, ab, bb, n] = self.sums;
        let gain = (ab - a * b / n) / (bb - b * b / n);
        ((a - gain * b) / n, gain)
    }
}

/// Solves the first p of the equations; `None` when they have no single solution.
fn solve(mut m: [[f64; MOST]; MOST], mut y: [f64; MOST], p: usize) -> Option<[f64; MOST]> {
    // Level, gain, offset and drift have different units: scaled to a unit diagonal.
    let scale: [f64; MOST] = core::array::from_fn(|i| if i < p { 1.0 / m[i][i].sqrt() } else { 0.0 });
    for i in 0..p {
        (0..p).for_each(|j| m[i][j] *= scale[i] * scale[j]);
        y[i] *= scale[i];
    }
    for i in 0..p {
        let pivot = (i..p).max_by(|&a, &b| m[a][i].abs().total_cmp(&m[b][i].abs()))?;
        let singular = m[pivot][i].abs() <= 1e-12 || m[pivot][i].is_nan();
        if singular {
            return None;
        }
        m.swap(i, pivot);
        y.swap(i, pivot);
        for row in i + 1..p {
            let factor = m[row][i] / m[i][i];
            (i..p).for_each(|k| m[row][k] -= factor * m[i][k]);
            y[row] -= factor * y[i];
        }
    }
    let mut x = [0.0; MOST];
    for i in (0..p).rev() {
        x[i] = (y[i] - (i + 1..p).map(|k| m[i][k] * x[k]).sum::<f64>()) / m[i][i];
    }
    (0..p).for_each(|i| x[i] *= scale[i]);
    Some(x)
}
