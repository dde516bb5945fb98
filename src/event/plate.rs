//! Contacts of one foot over a whole force record.

use super::foot::stretches;
use super::{Contact, Crossing, Direction, Event, FootContacts, Footfall, ForceContacts, LiveContacts, Side};
use crate::numeric::median;
use crate::{Error, Finish, Real, Result, Samples, Signal, Stage};
use alloc::vec::Vec;
use num_traits::Float as _;

/// What a force plate read, beside the contacts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PlateReading {
    /// What the thresholds cost, where there was an event to see it on.
    pub bias: ThresholdBias,
    /// Standard deviation of the force in flight, which went into the standard errors; the lower threshold when no
    /// flight was long enough to tell.
    pub noise_sd_n: f64,
    /// Level below which the force had been set to zero, when it had: smallest non-zero force of a record whose
    /// flight is exactly zero.
    pub dead_zone_n: Option<f64>,
}

/// How much later than 0 N the thresholds are reached, in seconds: median over the events of threshold over rise
/// between the two samples around it.
///
/// It is a property of the thresholds and the foot's loading rate, so it is no part of any standard error.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ThresholdBias {
    /// Initial contacts are seen this much too late (positive).
    pub initial_s: Option<f64>,
    /// Terminal contacts are seen this much too late (negative: too early).
    pub terminal_s: Option<f64>,
}

impl ForceContacts {
    /// The contacts of one foot in a force record.
    ///
    /// NaN marks a gap: what happens across it is not known, and no event is made of its edges. Times are bit for
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
        self.search(force, side, |_| true)
    }

    /// The contacts of one foot where `valid`, taken on the same instants, is above ½.
    ///
    /// Elsewhere there was no plate under the foot: a force that appears or vanishes with the mask is no event, and
    /// only events that lie inside valid stretches are found.
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
        let operation = "finding force contacts";
        if valid.len() != force.samples().len() {
            let (left, right) = (force.samples().len(), valid.len());
            return Err(Error::LengthMismatch { operation, left, right });
        }
        let half = V::Item::lit(0.5);
        if !valid.iter_samples().any(|v| v > half) {
            return Err(Error::Missing { operation, what: "a stretch where the force is valid" });
        }
        self.search(force, side, |i| valid.at(i) > half)
    }

    fn search<S>(&self, force: &Signal<S>, side: Side, valid: impl Fn(usize) -> bool) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        let stage = self.crossings(force.clock().rate())?;
        let samples = force.samples();
        self.check(samples, &valid)?;
        let fed = |i| if valid(i) { samples.at(i) } else { S::Item::nan() };
        let mut state = stage.rest();
        let mut crossings: Vec<Crossing> =
            (0..samples.len()).filter_map(|i| stage.step(&mut state, fed(i))).collect();
        crossings.extend(Finish::<S::Item>::finish(&stage, &mut state).flatten());

        let flight = Flight::measure(&crossings, samples.len(), self.on_n, |i| fed(i).wide());
        let noise_sd_n = flight.noise_sd.unwrap_or(self.off_n);
        let dead_zone_n = flight.dead_zone.filter(|&zone| zone >= self.off_n);
        let live = self.live(force.clock(), side, noise_sd_n)?.dead_zone(dead_zone_n.unwrap_or(0.0))?;
        let (contacts, loose) = sort(&live, &crossings);
        let delay = |direction, level: f64| {
            let here = crossings.iter().filter(|c| c.direction == direction);
            let late = here.map(|c| level / (c.after - c.before) * force.clock().rate().period_s());
            median(&mut late.collect::<Vec<_>>())
        };
        let bias = ThresholdBias {
            initial_s: delay(Direction::Up, self.on_n),
            terminal_s: delay(Direction::Down, self.off_n),
        };
        let seen = stretches(samples.len(), |i| !fed(i).is_nan());
        let time = |i: usize| force.clock().time_s(i as f64);
        let seen = seen.into_iter().map(|(first, end)| (time(first), time(end - 1))).collect();
        let plate = Some(PlateReading { bias, noise_sd_n, dead_zone_n });
        Ok(FootContacts { side, contacts, loose, seen, plate })
    }

    fn check<S>(&self, samples: &S, valid: impl Fn(usize) -> bool) -> Result<()>
    where
        S: Samples,
        S::Item: Real,
    {
        let operation = "finding force contacts";
        if samples.len() < 3 {
            return Err(Error::TooFew { operation, unit: "samples", needed: 3, got: samples.len() });
        }
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        for index in (0..samples.len()).filter(|&i| valid(i)) {
            let x = samples.at(index).wide();
            if x.is_infinite() {
                return Err(Error::NonFinite { operation, index });
            }
            (lowest, highest) = (lowest.min(x), highest.max(x));
        }
        if lowest > highest {
            return Err(Error::NonFinite { operation, index: 0 });
        }
        if lowest == highest {
            return Err(Error::Constant { operation });
        }
        if highest < self.on_n && lowest <= -self.on_n {
            let reason = "the vertical force is negative; up must be positive";
            return Err(Error::Undefined { quantity: "a force contact", reason });
        }
        Ok(())
    }
}

/// Complete contacts, and the events without a partner.
fn sort(live: &LiveContacts, crossings: &[Crossing]) -> (Vec<Contact>, Vec<Event>) {
    let (mut contacts, mut loose) = (Vec::new(), Vec::new());
    let mut landed = None;
    let mut open = None;
    for crossing in crossings {
        match live.footfall(&mut landed, crossing) {
            Footfall::Landed(event) => loose.extend(open.replace(event)),
            Footfall::Complete(contact) => {
                open = None;
                contacts.push(contact);
            }
            Footfall::Left(event) => {
                loose.extend(open.take());
                loose.push(event);
            }
        }
    }
    loose.extend(open);
    (contacts, loose)
}

/// What the force looks like with the foot in the air.
struct Flight {
    /// Pooled standard deviation about each flight's own mean, over the middle half of each flight (the edges carry
    /// the ringing and the tails of the contacts).
    noise_sd: Option<f64>,
    /// Smallest force above zero, when flight is exactly zero throughout.
    dead_zone: Option<f64>,
}

impl Flight {
    /// Cuts the record at its crossings and gaps; a piece whose middle half stays below `on` is a flight.
    fn measure(crossings: &[Crossing], len: usize, on: f64, x: impl Fn(usize) -> f64) -> Self {
        let (mut squares, mut freedom, mut all_zero) = (0.0, 0, true);
        let mut piece = |first: usize, end: usize| {
            let trim = end.saturating_sub(first) / 4;
            let middle = || (first + trim..end.saturating_sub(trim)).map(&x);
            let n = middle().count();
            if n < 2 || middle().any(|x| x >= on) {
                return;
            }
            let mean = middle().sum::<f64>() / n as f64;
            squares += middle().map(|x| (x - mean) * (x - mean)).sum::<f64>();
            freedom += n - 1;
            all_zero &= middle().all(|x| x == 0.0);
        };
        let mut first = 0;
        let mut cuts = crossings.iter().map(|c| c.position as usize + 1).peekable();
        for i in 0..=len {
            let gap = i == len || x(i).is_nan();
            // Two crossings between the same samples make one cut.
            let mut cut = false;
            while cuts.next_if(|c| *c <= i).is_some() {
                cut = true;
            }
            if gap || cut {
                piece(first, i);
                first = i + usize::from(gap);
            }
        }
        let smallest = (0..len).map(&x).filter(|&x| x > 0.0).fold(f64::INFINITY, f64::min);
        Self {
            noise_sd: (freedom > 0).then(|| (squares / freedom as f64).sqrt()),
            dead_zone: (freedom > 0 && all_zero && smallest.is_finite()).then_some(smallest),
        }
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
        // Three pieces at levels of their own: only the cuts keep the steps between them out of the noise.
        let x = |i: usize| [0.0, 2.0, 4.0, 4.0][i / 10];
        assert_eq!(Flight::measure(&crossings, 40, 50.0, x).noise_sd, Some(0.0));
    }
}
