//! The times of events in several channels.

use crate::{Error, Result};
use alloc::{vec, vec::Vec};

/// An event this far outside the bounds still counts as inside: bounds and events are often rounded differently.
const ON_THE_BOUND_S: f64 = 1e-6;

/// One event, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub(crate) time_s: f64,
    pub(crate) train: u32,
}

/// Event times of several channels between common bounds, in seconds.
///
/// Each train is sorted, equal times of one train are one event, and events outside the bounds are left out (to within
/// 1e-6 s, as PySpike has it). [`Trains::left_out`] says how many times were lost in that.
///
/// ```
/// use copeak::sequence::Trains;
/// let trains = Trains::new(&[vec![0.3, 0.1, 0.3], vec![0.2, 1.5]], 0.0, 1.0)?;
/// assert_eq!((trains.get(0), trains.get(1)), (&[0.1, 0.3][..], &[0.2][..]));
/// assert_eq!(trains.left_out(), 2);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "SpikeTrain")]
pub struct Trains {
    start_s: f64,
    end_s: f64,
    /// Train after train.
    times: Vec<f64>,
    /// Where each train starts, and the number of all events.
    bounds: Vec<usize>,
    /// All events in time order; of equal times the earlier train's comes first.
    merged: Vec<Event>,
    left_out: usize,
}

impl Trains {
    /// One train per channel, each in any order.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both bounds are finite and the end comes after the start; [`Error::NonFinite`] for a
    /// time that is NaN or infinite (the index counts over all trains).
    pub fn new<R: AsRef<[f64]>>(trains: &[R], start_s: f64, end_s: f64) -> Result<Self> {
        if !start_s.is_finite() {
            return Err(Error::Parameter { name: "start of the trains", rule: "finite", value: start_s });
        }
        if !(end_s.is_finite() && end_s > start_s) {
            let (name, rule) = ("end of the trains", "finite and after their start");
            return Err(Error::Parameter { name, rule, value: end_s });
        }
        let given = trains.iter().map(|train| train.as_ref().len()).sum();
        let mut times = Vec::with_capacity(given);
        let mut bounds = Vec::with_capacity(trains.len() + 1);
        let (least, most) = (start_s - ON_THE_BOUND_S, end_s + ON_THE_BOUND_S);
        let mut before = 0;
        for train in trains {
            let train = train.as_ref();
            if let Some(index) = train.iter().position(|t| !t.is_finite()) {
                return Err(Error::NonFinite { operation: "event trains", index: before + index });
            }
            before += train.len();
            let first = times.len();
            bounds.push(first);
            times.extend(train.iter().filter(|&&t| t > least && t < most));
            if !times[first..].windows(2).all(|w| w[0] < w[1]) {
                times[first..].sort_unstable_by(f64::total_cmp);
                let mut kept = first;
                for i in first..times.len() {
                    if kept == first || times[kept - 1] != times[i] {
                        times[kept] = times[i];
                        kept += 1;
                    }
                }
                times.truncate(kept);
            }
        }
        bounds.push(times.len());
        let merged = merge(&times, &bounds);
        Ok(Self { start_s, end_s, left_out: given - times.len(), times, bounds, merged })
    }

    /// Number of trains.
    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Whether there is no train.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of events of all trains.
    pub fn events(&self) -> usize {
        self.times.len()
    }

    /// The times of one train, rising.
    ///
    /// # Panics
    /// When `train` is not below [`Trains::len`], as indexing does.
    pub fn get(&self, train: usize) -> &[f64] {
        &self.times[self.bounds[train]..self.bounds[train + 1]]
    }

    /// The trains in the order given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f64]> + '_ {
        (0..self.len()).map(|train| self.get(train))
    }

    /// Start of the recording.
    pub fn start_s(&self) -> f64 {
        self.start_s
    }

    /// End of the recording.
    pub fn end_s(&self) -> f64 {
        self.end_s
    }

    /// Times that were left out: outside the bounds, or twice in one train.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Where the first event of each train stands when trains are laid one after the other.
    pub(crate) fn starts(&self) -> &[usize] {
        &self.bounds[..self.len()]
    }

    /// All events in time order.
    pub(crate) fn merged(&self) -> &[Event] {
        &self.merged
    }

    /// Refuses fewer than two trains.
    pub(crate) fn at_least_two(&self, operation: &'static str) -> Result<()> {
        match self.len() {
            0 | 1 => Err(Error::TooFew { operation, unit: "trains", needed: 2, got: self.len() }),
            _ => Ok(()),
        }
    }
}

/// All events in time order: neighbouring runs are merged until one is left.
fn merge(times: &[f64], bounds: &[usize]) -> Vec<Event> {
    let mut events = Vec::with_capacity(times.len());
    for (train, run) in bounds.windows(2).enumerate() {
        events.extend(times[run[0]..run[1]].iter().map(|&time_s| Event { time_s, train: train as u32 }));
    }
    let mut runs = bounds.to_vec();
    let mut merged = vec![Event { time_s: 0.0, train: 0 }; events.len()];
    while runs.len() > 2 {
        let count = runs.len() - 1;
        for first in (0..count).step_by(2) {
            let [start, middle, end] = [first, first + 1, (first + 2).min(count)].map(|run| runs[run]);
            join(&events[start..middle], &events[middle..end], &mut merged[start..end]);
        }
        let last = runs[count];
        runs = runs.into_iter().step_by(2).collect();
        if count % 2 == 1 {
            runs.push(last);
        }
        core::mem::swap(&mut events, &mut merged);
    }
    events
}

/// Parts of a merge that are walked through side by side: each step waits for the one before it, and four of them can wait
/// at once.
const PARTS: usize = 4;

/// Two runs into one.
fn join(left: &[Event], right: &[Event], out: &mut [Event]) {
    let mut rest = out;
    let mut from = (0, 0);
    let mut parts: [Part<'_>; PARTS] = core::array::from_fn(|part| {
        let to = split(left, right, (left.len() + right.len()) * (part + 1) / PARTS);
        let (left, right) = (&left[from.0..to.0], &right[from.1..to.1]);
        from = to;
        let (out, after) = core::mem::take(&mut rest).split_at_mut(left.len() + right.len());
        rest = after;
        Part { left, right, out, taken: (0, 0) }
    });
    while parts.iter_mut().all(Part::step) {}
    parts.iter_mut().for_each(Part::finish);
}

/// How many of the first `count` events in time order come from the left run and how many from the right one.
fn split(left: &[Event], right: &[Event], count: usize) -> (usize, usize) {
    let (mut least, mut most) = (count.saturating_sub(right.len()), count.min(left.len()));
    while least < most {
        let middle = (least + most) / 2;
        // Too few from the left when the next one there comes before the last one taken from the right.
        if left[middle].time_s <= right[count - middle - 1].time_s {
            least = middle + 1
        } else {
            most = middle
        }
    }
    (least, count - least)
}

struct Part<'a> {
    left: &'a [Event],
    right: &'a [Event],
    out: &'a mut [Event],
    taken: (usize, usize),
}

impl Part<'_> {
    /// The next event, without a branch, because which run it comes from is a coin toss; `false` once one run is through.
    #[inline(always)]
    fn step(&mut self) -> bool {
        let (i, j) = self.taken;
        let (Some(&l), Some(&r), Some(out)) = (self.left.get(i), self.right.get(j), self.out.get_mut(i + j))
        else {
            return false;
        };
        let second = r.time_s < l.time_s;
        *out = if second { r } else { l };
        self.taken = (i + usize::from(!second), j + usize::from(second));
        true
    }

    fn finish(&mut self) {
        while self.step() {}
        let (i, j) = self.taken;
        let (left, right) = (&self.left[i..], &self.right[j..]);
        self.out[i + j..][..left.len()].copy_from_slice(left);
        self.out[i + j + left.len()..].copy_from_slice(right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::draw::Draws;

    #[test]
    fn any_number_of_trains_is_merged_in_time_order() {
        let mut draws = Draws::new(3);
        for count in 0..10 {
            let trains: Vec<Vec<f64>> =
                (0..count).map(|_| (0..draws.below(7)).map(|_| draws.below(12) as f64).collect()).collect();
            let trains = Trains::new(&trains, 0.0, 12.0).unwrap();
            let mut expected: Vec<Event> = (0..count)
                .flat_map(|i| trains.get(i).iter().map(move |&time_s| Event { time_s, train: i as u32 }))
                .collect();
            expected.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
            assert_eq!(trains.merged(), expected, "{count} trains");
        }
    }

    #[test]
    fn bounds_hold_to_a_microsecond() {
        let trains = Trains::new(&[[-1e-5, -1e-7, 0.0, 1.0 + 1e-7, 1.1]], 0.0, 1.0).unwrap();
        assert_eq!(trains.get(0), [-1e-7, 0.0, 1.0 + 1e-7]);
        assert_eq!(Trains::new(&[[-0.0, 0.0]], -1.0, 1.0).unwrap().events(), 1);
    }

    #[test]
    fn bad_input_is_named() {
        let none: [Vec<f64>; 0] = [];
        assert!(Trains::new(&none, 0.0, 1.0).unwrap().is_empty());
        assert!(matches!(Trains::new(&none, 1.0, 1.0), Err(Error::Parameter { .. })));
        assert!(matches!(Trains::new(&none, f64::NAN, 1.0), Err(Error::Parameter { .. })));
        assert!(matches!(Trains::new(&none, 0.0, f64::INFINITY), Err(Error::Parameter { .. })));
        let bad = Trains::new(&[vec![0.1], vec![0.2, f64::NAN]], 0.0, 1.0);
        assert!(matches!(bad, Err(Error::NonFinite { index: 2, .. })));
    }
}
