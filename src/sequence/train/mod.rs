//! Event trains: event times of several channels, coincidences and leaders.
//!
//! - [`Trains`] holds the times, [`AdaptiveWindow`] defines how close two of them must be to coincide.
//! - [`SpikeOrder`] measures which train leads, [`Synfire`] how well one order of all trains explains it.
//!
//! The share of coincidences is a measure of synchrony: [`crate::synchrony::SpikeSync`].

mod synfire;

pub use synfire::{SpikeOrder, Synfire};

use crate::simd::{self, Kernel, Transpose};
use crate::{Error, Result};
use alloc::vec;
use alloc::vec::Vec;

/// Tolerance of the bounds: bounds and events are often rounded differently.
const ON_THE_BOUND_S: f64 = 1e-6;

/// One event, with its train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub(crate) time_s: f64,
    pub(crate) train: u32,
}

/// Event times of several channels between common bounds, in seconds.
///
/// Each train is sorted, equal times of one train are one event, and events outside the bounds are left out (to within
/// 1e-6 s, as in PySpike). [`Trains::left_out`] is the number of times removed in this way.
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
    /// Times, train after train.
    times: Vec<f64>,
    /// Index of the first event of each train, and the number of all events.
    bounds: Vec<usize>,
    /// All events in time order; of equal times the earlier train's comes first.
    merged: Vec<Event>,
    left_out: usize,
}

impl Trains {
    /// Creates one train per channel from times in any order.
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

    /// Returns the number of trains.
    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Returns whether there are no trains.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of events of all trains.
    pub fn events(&self) -> usize {
        self.times.len()
    }

    /// Returns the times of one train, in ascending order.
    ///
    /// # Panics
    /// When `train` is not below [`Trains::len`], as indexing does.
    pub fn get(&self, train: usize) -> &[f64] {
        &self.times[self.bounds[train]..self.bounds[train + 1]]
    }

    /// Iterates over the trains in the order given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f64]> + '_ {
        (0..self.len()).map(|train| self.get(train))
    }

    /// Returns the start of the recording.
    pub fn start_s(&self) -> f64 {
        self.start_s
    }

    /// Returns the end of the recording.
    pub fn end_s(&self) -> f64 {
        self.end_s
    }

    /// Returns the number of times that were left out: outside the bounds, or repeated in one train.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Returns the index of the first event of each train in the concatenation of all trains.
    pub(crate) fn starts(&self) -> &[usize] {
        &self.bounds[..self.len()]
    }

    /// Returns all events in time order.
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

/// Returns all events in time order: neighbouring runs are merged until one is left.
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

/// Parts of a merge that are processed in parallel: each step depends on the one before it, and four such chains can be in
/// flight at once.
const PARTS: usize = 4;

/// Merges two runs into one.
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

/// Returns the numbers of the first `count` events in time order that come from the left and from the right run.
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
    /// Writes the next event, without a branch, because its run is unpredictable; returns `false` at the end of one run.
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

/// Coincidence of two events of two trains: closer than half of every interval next to either of them, and closer than a cap.
///
/// The window adapts to the density of events (Quian Quiroga, Kreuz & Grassberger 2002; Kreuz et al. 2015), so one event
/// coincides with at most one event of another train. **Periodic events need a cap**: with one event per cycle half an
/// interval is half a cycle, and events at any offset coincide. Use [`AdaptiveWindow::capped`] for strides;
/// [`AdaptiveWindow::uncapped`] is PySpike's.
///
/// ```
/// use copeak::sequence::{AdaptiveWindow, Trains};
/// use copeak::synchrony::SpikeSync;
/// // Two limbs a third of a cycle apart, stride after stride.
/// let cycles = |offset: f64| (0..50).map(|i| 0.7 * (f64::from(i) + offset)).collect::<Vec<_>>();
/// let trains = Trains::new(&[cycles(0.1), cycles(0.43)], 0.0, 35.0)?;
/// assert_eq!(SpikeSync::of(&trains, AdaptiveWindow::uncapped())?.value(), 1.0);
/// assert_eq!(SpikeSync::of(&trains, AdaptiveWindow::capped(0.03)?)?.value(), 0.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaptiveWindow {
    cap_s: f64,
}

impl AdaptiveWindow {
    /// Creates a window in which events at least `cap_s` apart never coincide.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the cap is above 0 and finite.
    pub fn capped(cap_s: f64) -> Result<Self> {
        if cap_s > 0.0 && cap_s.is_finite() {
            return Ok(Self { cap_s });
        }
        Err(Error::Parameter {
            name: "cap of the coincidence window",
            rule: "above 0 s and finite",
            value: cap_s,
        })
    }

    /// Creates a window that only the intervals between events limit, as in PySpike. Not for periodic events.
    pub fn uncapped() -> Self {
        Self { cap_s: f64::INFINITY }
    }

    /// Returns the cap, if there is one.
    pub fn cap_s(&self) -> Option<f64> {
        self.cap_s.is_finite().then_some(self.cap_s)
    }

    /// Returns the expected share of coincidences of two trains with one event per cycle at a uniformly random offset:
    /// 2 cap/T, at most 1; NaN unless the cycle is above 0.
    ///
    /// ```
    /// use copeak::sequence::AdaptiveWindow;
    /// assert_eq!(AdaptiveWindow::capped(0.035)?.chance(0.56), 0.125);
    /// assert_eq!(AdaptiveWindow::uncapped().chance(0.7), 1.0);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn chance(&self, cycle_s: f64) -> f64 {
        if cycle_s > 0.0 { (2.0 * self.cap_s / cycle_s).min(1.0) } else { f64::NAN }
    }

    /// Appends the half windows of every event of a train between these bounds.
    fn halves(&self, times: &[f64], bounds_s: (f64, f64), halves: &mut Vec<f64>) {
        let missing = bounds_s.1 - bounds_s.0;
        halves.extend(half_intervals(times, missing).map(|half| half.min(self.cap_s)));
    }
}

/// Returns half of the smaller of the intervals to the events before and after, for each event of a train; `missing` stands
/// in for an interval that does not exist.
pub(crate) fn half_intervals(times: &[f64], missing: f64) -> impl Iterator<Item = f64> + '_ {
    let between = move |earlier: Option<f64>, later: Option<f64>| match (earlier, later) {
        (Some(earlier), Some(later)) => later - earlier,
        _ => missing,
    };
    (0..times.len()).map(move |i| {
        let time = Some(times[i]);
        let before = between(i.checked_sub(1).map(|i| times[i]), time);
        let after = between(time, times.get(i + 1).copied());
        0.5 * before.min(after)
    })
}

/// A value at the time of every event.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[doc(alias = "DiscreteFunc")]
pub struct TrainProfile {
    /// Times of the events, in ascending order; equal times of several trains are one.
    pub times_s: Vec<f64>,
    /// Mean over the events at that time and the trains that each is compared with.
    pub values: Vec<f64>,
    /// Number of those comparisons.
    pub weights: Vec<f64>,
}

impl TrainProfile {
    /// Creates a profile from a sum for each event in time order.
    pub(crate) fn new(trains: &Trains, sums: &[f64]) -> Self {
        let others = trains.len().saturating_sub(1) as f64;
        let capacity = trains.events();
        let [mut times_s, mut values, mut weights] = [(); 3].map(|()| Vec::with_capacity(capacity));
        for (event, &sum) in trains.merged().iter().zip(sums) {
            if times_s.last() != Some(&event.time_s) {
                times_s.push(event.time_s);
                values.push(0.0);
                weights.push(0.0);
            }
            let i = times_s.len() - 1;
            values[i] += sum;
            weights[i] += others;
        }
        for (value, weight) in values.iter_mut().zip(&weights) {
            *value /= weight;
        }
        Self { times_s, values, weights }
    }

    /// Returns the mean over the events from `from_s` on and before `to_s`; `None` without any.
    ///
    /// ```
    /// use copeak::sequence::{AdaptiveWindow, Trains};
    /// use copeak::synchrony::SpikeSync;
    /// let trains = Trains::new(&[[0.1, 0.5], [0.11, 0.7]], 0.0, 1.0)?;
    /// let profile = SpikeSync::of(&trains, AdaptiveWindow::capped(0.05)?)?.profile();
    /// assert_eq!(profile.mean_between(0.0, 0.4), Some(1.0));
    /// assert_eq!(profile.mean_between(0.4, 1.0), Some(0.0));
    /// assert_eq!(profile.mean_between(0.2, 0.4), None);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[doc(alias = "avrg")]
    pub fn mean_between(&self, from_s: f64, to_s: f64) -> Option<f64> {
        let place = |time_s: f64| self.times_s.partition_point(|&t| t < time_s);
        let range = place(from_s)..place(to_s);
        let (values, weights) = (self.values.get(range.clone())?, self.weights.get(range)?);
        let weight: f64 = weights.iter().sum();
        (weight > 0.0).then(|| values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / weight)
    }
}

/// Trains compared at once.
const LANES: usize = 8;

/// Coincidences to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Every coincidence, equal times too.
    All,
    /// Coincidences in which one of the two comes first.
    Led,
}

/// Returns, at `[later * trains + earlier]`, the number of coincidences in which an event of the one train comes after one of
/// the other. Events at equal times are counted once, in either order.
///
/// All trains are scanned at once in time order: an event can only coincide with the last event of every other train, so
/// one row of lanes, one per train, covers all pairs. That is as much work as scanning every pair,
/// (trains - 1) x events, but without a branch that depends on the data.
pub(crate) fn counts(trains: &Trains, window: AdaptiveWindow, counted: Counted) -> Vec<u64> {
    let mut halves = Vec::with_capacity(trains.events());
    for times in trains.iter() {
        window.halves(times, (trains.start_s(), trains.end_s()), &mut halves);
    }
    let groups = trains.len().div_ceil(LANES);
    let mut found = vec![[0; LANES]; groups * trains.len()];
    let pass = Pass { trains, halves: &halves, found: &mut found, led: counted == Counted::Led };
    match groups {
        0 => {}
        1 => simd::run(false, Few::<1>(pass)),
        2 => simd::run(false, Few::<2>(pass)),
        3 => simd::run(false, Few::<3>(pass)),
        4 => simd::run(false, Few::<4>(pass)),
        _ => simd::run(false, Many(pass)),
    }
    // Lanes beyond the last train are unused.
    found.chunks_exact(groups.max(1)).flat_map(|row| row.as_flattened()[..trains.len()].to_vec()).collect()
}

struct Pass<'a> {
    trains: &'a Trains,
    /// Half windows, train after train.
    halves: &'a [f64],
    found: &'a mut [[u64; LANES]],
    led: bool,
}

/// The last event of each train.
#[derive(Clone, Copy)]
struct Last {
    time: [f64; LANES],
    half: [f64; LANES],
}

/// Before the first event: infinitely long ago.
const NEVER: Last = Last { time: [f64::NEG_INFINITY; LANES], half: [0.0; LANES] };

impl Pass<'_> {
    #[inline(always)]
    fn walk(self, last: &mut [Last]) {
        let mut next = self.trains.starts().to_vec();
        // The smallest number above 0: an event 0 s later does not follow.
        let least = if self.led { f64::from_bits(1) } else { 0.0 };
        for event in self.trains.merged() {
            let train = event.train as usize;
            let half = self.halves[next[train]];
            next[train] += 1;
            let row = &mut self.found[train * last.len()..][..last.len()];
            for (found, last) in row.iter_mut().zip(last.iter()) {
                count(found, last, event.time_s, half, least);
            }
            let lane = train % LANES;
            last[train / LANES].time[lane] = event.time_s;
            last[train / LANES].half[lane] = half;
        }
    }
}

#[inline(always)]
fn count(found: &mut [u64; LANES], last: &Last, time: f64, half: f64, least: f64) {
    for ((found, &last_time), &last_half) in found.iter_mut().zip(&last.time).zip(&last.half) {
        let ago = time - last_time;
        let within = if last_half < half { last_half } else { half };
        *found += u64::from((ago < within) & (ago >= least));
    }
}

/// A number of lane groups that is known at compile time.
struct Few<'a, const G: usize>(Pass<'a>);

impl<const G: usize> Kernel for Few<'_, G> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        self.0.walk(&mut [NEVER; G]);
    }
}

struct Many<'a>(Pass<'a>);

impl Kernel for Many<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let groups = self.0.trains.len().div_ceil(LANES);
        self.0.walk(&mut vec![NEVER; groups]);
    }
}

/// Two events that coincide, by their indices among all events in time order, with their trains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Coincidence {
    pub(crate) earlier: usize,
    pub(crate) later: usize,
    pub(crate) earlier_train: usize,
    pub(crate) later_train: usize,
    /// Seconds between them; 0 for equal times.
    pub(crate) lag_s: f64,
}

/// Calls `found` with every coincidence, in the order of their later events.
pub(crate) fn each_coincidence(trains: &Trains, window: AdaptiveWindow, mut found: impl FnMut(Coincidence)) {
    let mut halves = Vec::with_capacity(trains.events());
    for times in trains.iter() {
        window.halves(times, (trains.start_s(), trains.end_s()), &mut halves);
    }
    let mut next = trains.starts().to_vec();
    // Place, time and half window of the last event of each train.
    let mut last = vec![(0, f64::NEG_INFINITY, 0.0); trains.len()];
    for (later, event) in trains.merged().iter().enumerate() {
        let later_train = event.train as usize;
        let half = halves[next[later_train]];
        next[later_train] += 1;
        for (earlier_train, &(earlier, time_s, other)) in last.iter().enumerate() {
            let lag_s = event.time_s - time_s;
            // The last event of the same train is a full interval ago, which is never within half of it.
            if lag_s < half.min(other) {
                found(Coincidence { earlier, later, earlier_train, later_train, lag_s });
            }
        }
        last[later_train] = (later, event.time_s, half);
    }
}

#[cfg(test)]
mod trains_tests {
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
    fn events_within_a_microsecond_of_the_bounds_are_inside() {
        let trains = Trains::new(&[[-1e-5, -1e-7, 0.0, 1.0 + 1e-7, 1.1]], 0.0, 1.0).unwrap();
        assert_eq!(trains.get(0), [-1e-7, 0.0, 1.0 + 1e-7]);
        assert_eq!(Trains::new(&[[-0.0, 0.0]], -1.0, 1.0).unwrap().events(), 1);
    }

    #[test]
    fn invalid_bounds_and_nan_times_are_errors() {
        let none: [Vec<f64>; 0] = [];
        assert!(Trains::new(&none, 0.0, 1.0).unwrap().is_empty());
        assert!(matches!(Trains::new(&none, 1.0, 1.0), Err(Error::Parameter { .. })));
        assert!(matches!(Trains::new(&none, f64::NAN, 1.0), Err(Error::Parameter { .. })));
        assert!(matches!(Trains::new(&none, 0.0, f64::INFINITY), Err(Error::Parameter { .. })));
        let bad = Trains::new(&[vec![0.1], vec![0.2, f64::NAN]], 0.0, 1.0);
        assert!(matches!(bad, Err(Error::NonFinite { index: 2, .. })));
    }
}

#[cfg(test)]
mod window_tests {
    use super::*;

    #[test]
    fn a_missing_neighbour_counts_as_the_whole_recording() {
        let halves = |times: &[f64]| half_intervals(times, 10.0).collect::<Vec<_>>();
        assert_eq!(halves(&[1.0, 2.0, 4.0]), [0.5, 0.5, 1.0]);
        assert_eq!(halves(&[3.0]), [5.0]);
        assert_eq!(halves(&[]), [0.0; 0]);
    }

    #[test]
    fn caps_not_above_zero_or_not_finite_are_errors() {
        for cap in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(AdaptiveWindow::capped(cap), Err(Error::Parameter { .. })), "{cap}");
        }
        assert_eq!(AdaptiveWindow::capped(0.02).unwrap().cap_s(), Some(0.02));
        assert_eq!(AdaptiveWindow::uncapped().cap_s(), None);
        assert!(AdaptiveWindow::uncapped().chance(0.0).is_nan());
    }
}
