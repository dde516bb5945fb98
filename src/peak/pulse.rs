//! Timing of whole cycles against their own mean pulse.

use crate::filter::fir::ImpulseResponse;
use crate::math::{Vertex, moments};
use crate::peak::NoPeak;
use crate::time::TimeSpan;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Longest cycle in samples: the cost of the correlations grows with its square.
const LONGEST: usize = 20_000;
/// Fewest samples of a cycle that have a shape.
const SHORTEST: usize = 8;

/// Times every cycle of a drive by the shift that aligns it with the mean of the others.
///
/// A peak uses three samples, this uses the whole pulse: it is the matched filter of communication engineering with the
/// template estimated from the data (Woody 1967, doi:10.1007/BF02474247). On simulated pulses its scatter reaches the
/// Cramer-Rao bound, a sixth of the scatter of the vertex at the maximum of the same samples (`tests/it/peak/matched.rs`);
/// so it is the better source of jitter and step-to-step lags. It times the *pulse*, not its peak: if the shape changes
/// from cycle to cycle the two differ, and both are worth reading.
///
/// Each cycle is resampled to the mean number of samples by linear interpolation, without its end, which is the start of
/// the next one, and is treated as circular. In every pass each cycle in turn is aligned with the mean of the *others* as
/// aligned until then (its own noise in the template would pull it towards its present position), and the maximum of their
/// circular cross-correlation is refined by a parabola. The shifts are relative to their mean. A cycle whose correlation is
/// highest at the largest shift allowed has no time.
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::PulseTiming, time::TimeSpan};
/// // A pulse every 0.5 s, alternately 10 ms early and late.
/// let late = |cycle: i32| if cycle % 2 == 0 { -0.01 } else { 0.01 };
/// let sample = |i: i32| {
///     let (cycle, t) = (i / 100, f64::from(i % 100) / 200.0);
///     (-((t - 0.25 - late(cycle)) / 0.05).powi(2)).exp()
/// };
/// let drive = Signal::new(Clock::from_zero(Rate::from_hz(200.0)?), (0..601).map(sample).collect::<Vec<f64>>());
/// let cycle = |k: i32| TimeSpan { start_s: 0.5 * f64::from(k), end_s: 0.5 * f64::from(k + 1) };
/// let matched = PulseTiming::new().find(&drive, &(0..6).map(cycle).collect::<Vec<_>>())?;
/// let third = matched.cycles[2].unwrap();
/// assert!((third.shift_s + 0.01).abs() < 1e-4 && (third.time_s - 1.24).abs() < 5e-4);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "matched filter")]
#[doc(alias = "woody")]
#[doc(alias = "template matching")]
pub struct PulseTiming {
    passes: usize,
    max_shift: f64,
}

/// The mean pulse, and the time of each cycle's pulse.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PulseAlignment {
    /// Mean of the aligned cycles, sampled evenly over one cycle without its end.
    pub pulse: Vec<f64>,
    /// Phase at which the mean pulse is highest, from 0 to below 1, interpolated between samples.
    pub phase: f64,
    /// One entry for each cycle: its time, or the reason why it has none.
    pub cycles: Vec<Result<PulseTime, NoPeak>>,
}

/// Time of a cycle's pulse.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PulseTime {
    /// Time of the mean pulse's peak when aligned with this cycle, on the recording's clock. It may lie outside of the
    /// cycle's window when the pulse is near the cycle start.
    pub time_s: f64,
    /// Delay of the pulse relative to the mean of all cycles; negative when earlier.
    pub shift_s: f64,
    /// Standard error of the shift; `None` when the noise is not known, or so large that it hides the pulse's slope.
    pub se_s: Option<f64>,
    /// Correlation with the mean of the other cycles at that shift.
    pub r: f64,
}

impl Default for PulseTiming {
    fn default() -> Self {
        Self { passes: 3, max_shift: 0.25 }
    }
}

impl PulseTiming {
    /// Creates a timing with three passes and shifts up to a quarter of the cycle.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of passes over the cycles (default 3; at least 1).
    #[must_use]
    pub fn passes(self, passes: usize) -> Self {
        Self { passes, ..self }
    }

    /// Sets the largest shift in either direction, as a fraction of the cycle (default 0.25; above 0, at most 0.5).
    #[must_use]
    pub fn max_shift(self, fraction: f64) -> Self {
        Self { max_shift: fraction, ..self }
    }

    fn check(&self) -> Result<()> {
        if self.passes == 0 {
            return Err(Error::Parameter { name: "passes", rule: "at least 1", value: 0.0 });
        }
        if !(self.max_shift > 0.0 && self.max_shift <= 0.5) {
            let rule = "above 0 and at most half a cycle";
            return Err(Error::Parameter { name: "largest shift", rule, value: self.max_shift });
        }
        Ok(())
    }

    /// Finds the time of each cycle, without standard error.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two cycles that lie in the recording, are finite and vary; [`Error::Parameter`] when their
    /// mean length is below 8 or above 20,000 samples, for 0 passes, and for a largest shift outside (0, 0.5].
    pub fn find<S>(&self, drive: &Signal<S>, cycles: &[TimeSpan]) -> Result<PulseAlignment>
    where
        S: Samples,
        S::Item: Real,
    {
        Ok(self.align(drive, cycles)?.0)
    }

    /// Finds the time of each cycle with its standard error, when the drive is a raw channel with white noise of standard
    /// deviation `sigma`, filtered by `response` ([`ImpulseResponse::identity`] for the raw channel itself).
    ///
    /// With p' the slope of the mean pulse per sample and g the response, SE = sigma ||g * p'|| / ||p'||^2, which for a raw
    /// channel is the Cramer-Rao bound; the noise that remains in the mean pulse is subtracted from the second norm. It
    /// covers each cycle's own noise for a pulse of constant shape. With unfiltered noise of a tenth of the pulse's height
    /// it is 4 % too small; with filtered noise it is exact.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn find_with_noise<S>(
        &self,
        drive: &Signal<S>,
        cycles: &[TimeSpan],
        sigma: f64,
        response: &ImpulseResponse,
    ) -> Result<PulseAlignment>
    where
        S: Samples,
        S::Item: Real,
    {
        let (mut matched, aligned) = self.align(drive, cycles)?;
        let se = of_shift(&matched.pulse, aligned, sigma, response);
        let (n, rate) = (matched.pulse.len() as f64, drive.clock().rate().as_hz());
        for (time, window) in matched.cycles.iter_mut().zip(cycles) {
            if let Ok(time) = time {
                // A cycle that was resampled to fewer samples has less noise per sample at the scale of a pulse; one that
                // was stretched has more.
                let cut = n / (window.duration_s() * rate);
                time.se_s = se.map(|se| se * cut.sqrt() * window.duration_s() / n);
            }
        }
        Ok(matched)
    }

    /// Returns the result without standard errors, and the number of cycles in the mean pulse.
    fn align<S>(&self, drive: &Signal<S>, windows: &[TimeSpan]) -> Result<(PulseAlignment, usize)>
    where
        S: Samples,
        S::Item: Real,
    {
        self.check()?;
        let rate = drive.clock().rate().as_hz();
        let inside = |w: &&TimeSpan| w.start_s < w.end_s && drive.covers(w.start_s, w.end_s);
        let lengths = || windows.iter().filter(inside).map(TimeSpan::duration_s);
        let count = lengths().count();
        let too_few =
            |got| Error::TooFew { operation: "a mean pulse", unit: "usable cycles", needed: 2, got };
        if count < 2 {
            return Err(too_few(count));
        }
        let length = lengths().sum::<f64>() / count as f64 * rate;
        if !(SHORTEST as f64 - 0.5..LONGEST as f64 + 0.5).contains(&length) {
            let rule = "from 8 to 20000 samples";
            return Err(Error::Parameter { name: "mean length of a cycle", rule, value: length });
        }
        let mut cycles = Cycles::cut(drive, windows, length.round() as usize);
        let usable = cycles.usable();
        if usable < 2 {
            return Err(too_few(usable));
        }
        for _ in 0..self.passes {
            cycles.pass(self.max_shift);
        }
        let (pulse, aligned) = cycles.mean();
        let n = pulse.len();
        let phase = vertex(&pulse) / n as f64;
        let timed = |(cycle, window): (&Cycle, &TimeSpan)| -> Result<PulseTime, NoPeak> {
            let (shift, r) = cycle.placed()?;
            let shift_s = shift / n as f64 * window.duration_s();
            Ok(PulseTime {
                time_s: window.start_s + phase * window.duration_s() + shift_s,
                shift_s,
                se_s: None,
                r,
            })
        };
        let cycles = cycles.iter().zip(windows).map(timed).collect();
        Ok((PulseAlignment { pulse, phase, cycles }, aligned))
    }
}

impl PulseAlignment {
    /// Returns the scatter of the pulse's time from cycle to cycle, with and without the measurement's part; `None` below
    /// two timed cycles.
    pub fn jitter(&self) -> Option<PulseJitter> {
        let timed = || self.cycles.iter().flatten();
        let shifts: Vec<f64> = timed().map(|t| t.shift_s).collect();
        let errors: Option<Vec<f64>> = timed().map(|t| t.se_s).collect();
        PulseJitter::of(&shifts, errors.as_deref())
    }
}

/// Scatter of a time from cycle to cycle, and the part of it that is measurement error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PulseJitter {
    /// Standard deviation of the measured times.
    pub observed_s: f64,
    /// Root mean square of their standard errors; `None` when they are not known.
    pub error_s: Option<f64>,
    /// The runner's own scatter: the root of the observed variance less the mean squared standard error, 0 when that is
    /// larger.
    pub corrected_s: Option<f64>,
    /// Number of times.
    pub n: usize,
}

impl PulseJitter {
    /// Returns the jitter of `times_s`, which are relative to the expected time in each cycle, with their standard errors;
    /// `None` below two times, for one that is not finite, and when the number of errors differs from that of times.
    ///
    /// ```
    /// use copeak::peak::timing::PulseJitter;
    /// let jitter = PulseJitter::of(&[0.005, -0.005, 0.0, 0.005, -0.005], Some(&[0.003; 5])).unwrap();
    /// assert_eq!(jitter.observed_s, 0.005);
    /// assert!((jitter.corrected_s.unwrap() - 0.004).abs() < 1e-12);
    /// ```
    pub fn of(times_s: &[f64], errors_s: Option<&[f64]>) -> Option<Self> {
        let n = times_s.len();
        let wrong = errors_s.is_some_and(|errors| errors.len() != n);
        if n < 2 || wrong || times_s.iter().any(|t| !t.is_finite()) {
            return None;
        }
        let variance = moments(times_s).1;
        let of_errors = errors_s.map(|errors| errors.iter().map(|e| e * e).sum::<f64>() / n as f64);
        Some(Self {
            observed_s: variance.sqrt(),
            error_s: of_errors.map(f64::sqrt),
            corrected_s: of_errors.map(|e| (variance - e).max(0.0).sqrt()),
            n,
        })
    }
}

/// One cycle, and its alignment.
struct Cycle {
    /// Samples less their mean; empty when there is nothing to align.
    samples: Vec<f64>,
    level: f64,
    place: Result<Place, NoPeak>,
}

#[derive(Clone, Copy)]
struct Place {
    /// Delay relative to the template, in samples.
    shift: f64,
    r: f64,
}

impl Cycle {
    /// Returns its shift in samples and the correlation there.
    fn placed(&self) -> Result<(f64, f64), NoPeak> {
        self.place.map(|place| (place.shift, place.r))
    }

    /// Adds the cycle, shifted back onto the template and multiplied by `times`, to `sum`.
    fn add_to(&self, sum: &mut [f64], times: f64) {
        let Ok(Place { shift, .. }) = self.place else { return };
        let n = self.samples.len();
        let whole = shift.floor();
        let weights = cubic(shift - whole);
        let from = (whole as isize).rem_euclid(n as isize) as usize + n - 1;
        for (i, sum) in sum.iter_mut().enumerate() {
            let value: f64 = (0..4).map(|k| weights[k] * self.samples[(from + i + k) % n]).sum();
            *sum += times * value;
        }
    }
}

/// Returns the Catmull-Rom weights of four successive samples for a value `u` after the second.
fn cubic(u: f64) -> [f64; 4] {
    let (u2, u3) = (u * u, u * u * u);
    [
        0.5 * (-u3 + 2.0 * u2 - u),
        0.5 * (3.0 * u3 - 5.0 * u2 + 2.0),
        0.5 * (-3.0 * u3 + 4.0 * u2 + u),
        0.5 * (u3 - u2),
    ]
}

/// All cycles and the sum of those aligned.
struct Cycles {
    all: Vec<Cycle>,
    sum: Vec<f64>,
}

impl Cycles {
    /// Cuts each window into `n` samples, without its end.
    fn cut<S>(drive: &Signal<S>, windows: &[TimeSpan], n: usize) -> Self
    where
        S: Samples,
        S::Item: Real,
    {
        let all: Vec<Cycle> = windows.iter().map(|window| cut(drive, window, n)).collect();
        let mut cycles = Self { all, sum: vec![0.0; n] };
        cycles.sum_up();
        cycles
    }

    fn iter(&self) -> impl Iterator<Item = &Cycle> {
        self.all.iter()
    }

    /// Returns the number of cycles with samples.
    fn usable(&self) -> usize {
        self.all.iter().filter(|cycle| !cycle.samples.is_empty()).count()
    }

    fn sum_up(&mut self) {
        self.sum.fill(0.0);
        for cycle in &self.all {
            cycle.add_to(&mut self.sum, 1.0);
        }
    }

    /// Aligns each cycle in turn with the mean of the others, then subtracts the mean shift from all.
    fn pass(&mut self, max_shift: f64) {
        for i in 0..self.all.len() {
            if self.all[i].samples.is_empty() {
                continue;
            }
            self.all[i].add_to(&mut self.sum, -1.0);
            self.all[i].place = best(&self.all[i].samples, &self.sum, max_shift);
            self.all[i].add_to(&mut self.sum, 1.0);
        }
        let shifts = || self.all.iter().flat_map(|cycle| cycle.place).map(|place| place.shift);
        let mean = shifts().sum::<f64>() / shifts().count().max(1) as f64;
        self.all.iter_mut().flat_map(|cycle| &mut cycle.place).for_each(|place| place.shift -= mean);
        // Computed again, so that rounding errors do not accumulate.
        self.sum_up();
    }

    /// Returns the mean of the aligned cycles, at its level, and their number.
    fn mean(&self) -> (Vec<f64>, usize) {
        let aligned = || self.all.iter().filter(|cycle| cycle.place.is_ok());
        let count = aligned().count();
        let each = 1.0 / count.max(1) as f64;
        let level = aligned().map(|cycle| cycle.level).sum::<f64>() * each;
        (self.sum.iter().map(|v| level + v * each).collect(), count)
    }
}

fn cut<S>(drive: &Signal<S>, window: &TimeSpan, n: usize) -> Cycle
where
    S: Samples,
    S::Item: Real,
{
    let absent = |absence| Cycle { samples: vec![], level: 0.0, place: Err(absence) };
    let TimeSpan { start_s, end_s } = *window;
    if !(start_s < end_s && drive.covers(start_s, end_s)) {
        return absent(NoPeak::Outside);
    }
    let step = (end_s - start_s) / n as f64;
    let value = |i: usize| drive.value_at(start_s + i as f64 * step).map_or(f64::NAN, Real::as_f64);
    let mut samples: Vec<f64> = (0..n).map(value).collect();
    if samples.iter().any(|v| !v.is_finite()) {
        return absent(NoPeak::NonFinite);
    }
    if samples.iter().all(|&v| v == samples[0]) {
        return absent(NoPeak::Flat);
    }
    let level = samples.iter().sum::<f64>() / n as f64;
    samples.iter_mut().for_each(|v| *v -= level);
    Cycle { samples, level, place: Ok(Place { shift: 0.0, r: 1.0 }) }
}

/// Finds the shift at which a cycle correlates best with a template.
fn best(cycle: &[f64], template: &[f64], max_shift: f64) -> Result<Place, NoPeak> {
    let n = cycle.len();
    let scale = (norm2(cycle) * norm2(template)).sqrt();
    if scale.is_nan() || scale <= 0.0 {
        return Err(NoPeak::Flat);
    }
    let doubled = [cycle, cycle].concat();
    let bound = ((max_shift * n as f64) as usize).clamp(1, n / 2);
    let at = |shift: isize| {
        let from = shift.rem_euclid(n as isize) as usize;
        template.iter().zip(&doubled[from..]).map(|(t, x)| t * x).sum::<f64>()
    };
    let bound = bound as isize;
    let correlations: Vec<f64> = (-bound..=bound).map(at).collect();
    let top = (0..correlations.len())
        .reduce(|best, i| if correlations[i] > correlations[best] { i } else { best })
        .unwrap_or(0);
    let shift = top as isize - bound;
    // At the bound the correlation may be higher beyond it.
    let neighbours = [at(shift - 1), at(shift + 1)];
    if neighbours.iter().any(|&beside| beside > correlations[top]) {
        return Err(NoPeak::Edge);
    }
    let vertex = Vertex::of(neighbours[0], correlations[top], neighbours[1]);
    Ok(Place { shift: shift as f64 + vertex.shift, r: (vertex.value / scale).clamp(-1.0, 1.0) })
}

fn norm2(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum()
}

/// Returns the position at which a cycle is highest, interpolated between samples, from 0 to below its length.
fn vertex(pulse: &[f64]) -> f64 {
    let n = pulse.len();
    let top = (0..n).reduce(|best, i| if pulse[i] > pulse[best] { i } else { best }).unwrap_or(0);
    let vertex = Vertex::of(pulse[(top + n - 1) % n], pulse[top], pulse[(top + 1) % n]);
    (top as f64 + vertex.shift + n as f64) % n as f64
}

/// Returns the standard error in samples of the shift of a cycle that is this pulse plus filtered white noise, where the
/// pulse is the mean of `cycles` such cycles; `None` when the remaining noise hides the pulse's slope.
///
/// The correlation's slope at the true shift is the sum of noise times p', its curvature ||p'||^2. The noise that remains
/// in the mean pulse moves the shift but does not make it steeper: it counts in the first and not in the second.
fn of_shift(pulse: &[f64], cycles: usize, sigma: f64, response: &ImpulseResponse) -> Option<f64> {
    let n = pulse.len();
    // Around the cycle the response overlaps itself.
    let mut taps = vec![0.0; n];
    for (i, tap) in response.taps().iter().enumerate() {
        taps[(i + n - response.lead() % n) % n] += tap;
    }
    let (slope, of_response) = (difference(pulse), difference(&taps));
    let norm2 = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
    let left = sigma * sigma * n as f64 / cycles as f64;
    let curvature = norm2(&slope) - left * norm2(&of_response);
    let noise2 = norm2(&around(&taps, &slope)) * (1.0 + 1.0 / cycles as f64);
    let se = sigma * noise2.sqrt() / curvature;
    (curvature > 0.0 && se.is_finite() && (se > 0.0 || sigma == 0.0)).then_some(se)
}

/// Returns the central difference around the cycle.
fn difference(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    (0..n).map(|i| 0.5 * (x[(i + 1) % n] - x[(i + n - 1) % n])).collect()
}

/// Returns the correlation of `taps` with `x` around the cycle.
fn around(taps: &[f64], x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let doubled = [x, x].concat();
    let at = |i: usize| taps.iter().zip(&doubled[i..]).filter(|(t, _)| **t != 0.0).map(|(t, v)| t * v).sum();
    (0..n).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scatter_within_the_standard_error_is_no_jitter() {
        let times = [0.1, -0.1, 0.1, -0.1];
        let of = |errors: Option<&[f64]>| PulseJitter::of(&times, errors);
        assert_eq!(of(Some(&[0.2; 4])).unwrap().corrected_s, Some(0.0));
        let unknown = of(None).unwrap();
        assert_eq!((unknown.error_s, unknown.corrected_s, unknown.n), (None, None, 4));
        assert_eq!(of(Some(&[0.2; 3])), None);
        assert_eq!(PulseJitter::of(&times[..1], None), None);
        assert_eq!(PulseJitter::of(&[0.0, f64::NAN], None), None);
    }
}
