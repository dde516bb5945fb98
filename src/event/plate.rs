//! Contacts of one foot from its vertical ground reaction force over a complete record.

use super::force::{Footfall, LiveContacts};
use super::{Contact, Event, FootContacts, ForceContacts, Side};
use crate::crossing::{Crossing, Direction, count_below};
use crate::math::median;
use crate::{Error, Flush, Real, Result, Samples, Signal, Stage};
use alloc::vec::Vec;
use num_traits::Float as _;

const OPERATION: &str = "finding force contacts";
/// A rise between two samples counts when it is at least this multiple of the noise.
const CLEAR: f64 = 5.0;

/// Bias of the thresholds and noise of a force plate, measured with the contacts.
///
/// The bias is how much later than 0 N the thresholds are reached: median over the events of threshold over rise, between the two samples
/// around it where that rise is five times the noise, else of the line over 3 ms on each side. It is a property of the thresholds and
/// the foot's loading rate, and not part of any standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PlateReading {
    /// Delay of initial contacts in seconds (positive: late); `None` without one.
    pub initial_bias_s: Option<f64>,
    /// Delay of terminal contacts in seconds (negative: early); `None` without one.
    pub terminal_bias_s: Option<f64>,
    /// Standard deviation of the force in flight, which the standard errors include; the lower threshold when no
    /// flight was long enough to measure it.
    pub noise_sd_n: f64,
    /// Level below which the force had been set to zero, if any: smallest non-zero force of a record whose
    /// flight is exactly zero.
    pub dead_zone_n: Option<f64>,
}

impl ForceContacts {
    /// Finds the contacts of one foot in a force record.
    ///
    /// NaN marks a gap, whose edges are no events. Times are bit for
    /// bit those of [`ForceContacts::live`] on the same samples.
    ///
    /// # Errors
    /// [`Error::TooFew`] below three samples; [`Error::NonFinite`] on an infinite sample, or when all are NaN;
    /// [`Error::Constant`]; [`Error::Undefined`] when the force never reaches `on_n` but goes as far below zero
    /// (up must be positive); and as [`ForceContacts::crossings`].
    pub fn find<S>(&self, force: &Signal<S>, side: Side) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        self.search(force, side, true, |_| true)
    }

    /// Finds the contacts of one foot where `valid`, sampled at the same instants, is above ½.
    ///
    /// Elsewhere there was no plate under the foot: a force that appears or vanishes with the mask is no event, and
    /// only events inside valid stretches are found.
    ///
    /// # Errors
    /// As [`ForceContacts::find`]; [`Error::LengthMismatch`] when the mask has another length; [`Error::Missing`]
    /// when it is nowhere valid.
    pub fn find_where<S, V>(&self, force: &Signal<S>, valid: &V, side: Side) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
        V: Samples + ?Sized,
        V::Item: Real,
    {
        let operation = OPERATION;
        if valid.len() != force.samples().len() {
            let (left, right) = (force.samples().len(), valid.len());
            return Err(Error::LengthMismatch { operation, left, right });
        }
        let half = V::Item::cast(0.5);
        if !valid.iter_samples().any(|v| v > half) {
            return Err(Error::Missing { operation, what: "a sample that the mask marks as valid" });
        }
        self.search(force, side, false, |i| valid.sample(i) > half)
    }

    /// `everywhere`: `valid` is true for every sample.
    fn search<S>(
        &self,
        force: &Signal<S>,
        side: Side,
        everywhere: bool,
        valid: impl Fn(usize) -> bool,
    ) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        let stage = self.crossings(force.clock().rate())?;
        let samples = &*force.samples().to_slice();
        if samples.len() < 3 {
            let got = samples.len();
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 3, got });
        }
        let mut seen = Seen::default();
        let mut crossings: Vec<Crossing> = Vec::new();
        let mut state = stage.initial_state();
        if everywhere {
            stage.scan_gaps(&mut state, samples, |c| crossings.push(c), |i, x| seen.gap(i, x.as_f64()));
        } else {
            for (i, &x) in samples.iter().enumerate() {
                let x = if valid(i) { x } else { S::Item::nan() };
                if !x.is_finite() {
                    seen.gap(i, x.as_f64());
                }
                crossings.extend(stage.process(&mut state, x));
            }
        }
        crossings.extend(Flush::<S::Item>::flush(&stage, &mut state).flatten());
        let stretches = seen.stretches(samples.len())?;
        if crossings.is_empty() {
            self.check_quiet(stretches.iter().flat_map(|s| &samples[s.0..s.1]).map(|x| x.as_f64()))?;
        }
        let flight = Flight::measure(&crossings, &stretches, self.on_n, samples);
        let noise_sd_n = flight.noise_sd.unwrap_or(self.off_n);
        let dead_zone_n = flight.dead_zone.filter(|&zone| zone >= self.off_n);
        let live = self.live(force.clock(), side, noise_sd_n)?.dead_zone_n(dead_zone_n.unwrap_or(0.0));
        let (contacts, unpaired) = sort(&live, &crossings);
        let delay = |direction, level: f64| {
            let here = crossings.iter().filter(|c| c.direction == direction);
            // The rise between two samples is the steepest, but it must not be noise.
            let rise = |c: &Crossing| {
                let rise = c.after - c.before;
                if rise.abs() > CLEAR * noise_sd_n { rise } else { c.slope }
            };
            let late = here.map(|c| level / rise(c) * force.clock().rate().period_s());
            median(&mut late.collect::<Vec<_>>())
        };
        let (initial_bias_s, terminal_bias_s) =
            (delay(Direction::Up, self.on_n), delay(Direction::Down, self.off_n));
        let coverage = stretches.into_iter().map(|(first, end)| force.clock().span(first, end - 1)).collect();
        let plate = Some(PlateReading { initial_bias_s, terminal_bias_s, noise_sd_n, dead_zone_n });
        Ok(FootContacts { side, contacts, unpaired, coverage, recorded: force.span(), plate })
    }

    /// Refuses a record that cannot have a crossing.
    fn check_quiet(&self, samples: impl Iterator<Item = f64>) -> Result<()> {
        let extremes = |(lowest, highest): (f64, f64), x: f64| (lowest.min(x), highest.max(x));
        let (lowest, highest) = samples.fold((f64::INFINITY, f64::NEG_INFINITY), extremes);
        if lowest == highest {
            return Err(Error::Constant { operation: OPERATION });
        }
        if highest < self.on_n && lowest <= -self.on_n {
            let reason = "the vertical force is negative; up must be positive";
            return Err(Error::Undefined { quantity: "a force contact", reason });
        }
        Ok(())
    }
}

/// Stretches of finite samples.
#[derive(Default)]
struct Seen {
    stretches: Vec<(usize, usize)>,
    /// First sample after the last gap.
    from: usize,
    infinite: Option<usize>,
}

impl Seen {
    fn gap(&mut self, index: usize, x: f64) {
        if self.infinite.is_none() && x.is_infinite() {
            self.infinite = Some(index);
        }
        if index > self.from {
            self.stretches.push((self.from, index));
        }
        self.from = index + 1;
    }

    /// Returns first sample and end of each run of finite samples.
    fn stretches(mut self, len: usize) -> Result<Vec<(usize, usize)>> {
        let operation = OPERATION;
        if let Some(index) = self.infinite {
            return Err(Error::NonFinite { operation, index });
        }
        if len > self.from {
            self.stretches.push((self.from, len));
        }
        if self.stretches.is_empty() {
            Err(Error::NonFinite { operation, index: 0 })
        } else {
            Ok(self.stretches)
        }
    }
}

/// Divides the events of the crossings into complete contacts and events without a partner.
fn sort(live: &LiveContacts, crossings: &[Crossing]) -> (Vec<Contact>, Vec<Event>) {
    let (mut contacts, mut unpaired) = (Vec::new(), Vec::new());
    let mut landed = None;
    let mut open = None;
    for crossing in crossings {
        match live.footfall(&mut landed, crossing) {
            Footfall::Landed(event) => unpaired.extend(open.replace(event)),
            Footfall::Complete(contact) => {
                open = None;
                contacts.push(contact);
            }
            Footfall::Left(event) => {
                unpaired.extend(open.take());
                unpaired.push(event);
            }
        }
    }
    unpaired.extend(open);
    (contacts, unpaired)
}

/// Statistics of the force with the foot in the air.
struct Flight {
    /// Pooled standard deviation about each flight's own mean, over the middle half of each flight (the edges carry
    /// the ringing and the tails of the contacts).
    noise_sd: Option<f64>,
    /// Smallest force above zero, when flight is exactly zero throughout.
    dead_zone: Option<f64>,
}

impl Flight {
    /// Cuts the stretches at the crossings; a piece whose middle half stays below `on` is a flight.
    fn measure<T: Real>(crossings: &[Crossing], stretches: &[(usize, usize)], on: f64, x: &[T]) -> Self {
        let mut pool = Pool { squares: 0.0, freedom: 0, all_zero: true };
        let mut cuts = crossings.iter().map(|c| c.position as usize + 1).peekable();
        for &(start, end) in stretches {
            let mut first = start;
            // Two crossings between the same samples make one cut.
            while let Some(cut) = cuts.next_if(|&c| c < end) {
                if cut > first {
                    pool.piece(&x[first..cut], on);
                    first = cut;
                }
            }
            pool.piece(&x[first..end], on);
        }
        let smallest = || {
            let all = stretches.iter().flat_map(|s| &x[s.0..s.1]).map(|x| x.as_f64());
            all.filter(|&x| x > 0.0).fold(f64::INFINITY, f64::min)
        };
        let zeroed = pool.freedom > 0 && pool.all_zero;
        Self {
            noise_sd: (pool.freedom > 0).then(|| (pool.squares / pool.freedom as f64).sqrt()),
            dead_zone: zeroed.then(smallest).filter(|s| s.is_finite()),
        }
    }
}

/// Sums over the flights.
struct Pool {
    squares: f64,
    freedom: usize,
    all_zero: bool,
}

/// Samples that are summed in parallel.
const LANES: usize = 8;

impl Pool {
    fn piece<T: Real>(&mut self, piece: &[T], on: f64) {
        let trim = piece.len() / 4;
        let x = &piece[trim..piece.len() - trim];
        if x.len() < 2 {
            return;
        }
        if count_below(x, on) < x.len() {
            return;
        }
        // Relative to the first value, so that a plate's offset costs no digits.
        let origin = x[0].as_f64();
        let (mut sum, mut square) = ([0.0; LANES], [0.0; LANES]);
        let rows = x.chunks_exact(LANES);
        for (lane, x) in rows.remainder().iter().enumerate() {
            let d = x.as_f64() - origin;
            sum[lane] += d;
            square[lane] += d * d;
        }
        for row in rows {
            for lane in 0..LANES {
                let d = row[lane].as_f64() - origin;
                sum[lane] += d;
                square[lane] += d * d;
            }
        }
        let n = x.len() as f64;
        let mean = sum.iter().sum::<f64>() / n;
        let square = square.iter().sum::<f64>();
        self.squares += (square - n * mean * mean).max(0.0);
        self.freedom += x.len() - 1;
        self.all_zero &= origin == 0.0 && square == 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_crossings_between_the_same_samples_do_not_hide_later_ones() {
        let at = |position, direction| Crossing {
            direction,
            position,
            before: 0.0,
            after: 0.0,
            slope: 0.0,
            bend: 0.0,
            stretch: 0,
        };
        let crossings = [at(9.0, Direction::Up), at(9.5, Direction::Down), at(19.5, Direction::Up)];
        // Three pieces at different levels: only the cuts keep the steps between them out of the noise.
        let x: Vec<f64> = (0..40).map(|i| [0.0, 2.0, 4.0, 4.0][i / 10]).collect();
        assert_eq!(Flight::measure(&crossings, &[(0, 40)], 50.0, &x).noise_sd, Some(0.0));
    }
}
