//! Peaks found sample by sample.

use crate::peak::subsample::Vertex;
use crate::{Error, Flush, Real, Result, Stage, math};

/// Finds peaks sample by sample, with a bounded look-ahead and without heap, by the rules of
/// [`PeakFinder`](super::PeakFinder) for height, distance and prominence, in this order.
///
/// As a [`Stage`] it returns, for every sample, `None` or the next decision, in the order of the maxima: a [`LivePeak`],
/// or [`Undecided`] for a maximum that depends on samples beyond the look-ahead, or for which the `N` places for open
/// maxima did not suffice. Every decision equals that of the batch finder on the whole record with the same conditions
/// (and NaN skipped), whatever comes later; [`Flush`] decides the rest at the end of the record. Conditions that are not
/// set cost nothing: without a distance and a prominence a maximum is returned with the sample that ends it.
///
/// - **Prominence** is decided as soon as the curve has fallen by the minimum prominence from the maximum, or risen above
///   it.
/// - **Distance** needs the samples up to that distance after the maximum, and more while each maximum is followed by a
///   higher one within the distance.
/// - A NaN is left out: the samples before and after it become neighbours. The middle of a plateau with NaN in it is that
///   of its two ends.
///
/// # Real-time considerations
/// No allocation. Most samples cost a few comparisons; one that ends a maximum costs up to `N` squared when a distance is
/// set, up to `N` otherwise. A decision is returned at most the look-ahead after the maximum (or with the sample that ends
/// a longer plateau), and one sample later for each earlier decision that is due at the same time. Choose `N` for the
/// number of maxima (of at least the minimum height, noise included) within the look-ahead; a smoothed curve has few.
///
/// ```
/// use copeak::{StageExt, peak::LivePeakFinder};
/// let finder = LivePeakFinder::<8>::new(10)?.prominence(2.0)?;
/// let mut live = finder.stream();
/// let curve = [0.0, 1.0, 0.5, 4.0, 3.9, 1.5, 0.0];
/// let found: Vec<_> = curve.iter().map(|&x| live.push(x)).collect();
/// let peak = found[5].unwrap()?; // the curve has fallen by 2 from 4.0
/// assert_eq!((peak.index, peak.height), (3, 4.0));
/// assert_eq!(found.iter().flatten().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LivePeakFinder<const N: usize> {
    look_ahead: usize,
    height: f64,
    prominence: f64,
    distance: usize,
}

/// A peak of a stream.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LivePeak {
    /// Index of its sample, counted from the first; for a plateau the middle sample (the left of two).
    pub index: usize,
    /// Value at that sample.
    pub height: f64,
    /// Vertex of the parabola through the three highest samples, or a plateau's middle.
    pub vertex: Vertex,
}

/// A maximum that could not be decided in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the maximum at sample {index} could not be decided within the look-ahead")]
#[non_exhaustive]
pub struct Undecided {
    /// Index of its sample.
    pub index: usize,
}

impl<const N: usize> LivePeakFinder<N> {
    /// Creates a finder of every local maximum, decided at most `look_ahead` samples later.
    ///
    /// # Errors
    /// [`Error::Parameter`] for no look-ahead, and for `N` = 0.
    pub fn new(look_ahead: usize) -> Result<Self> {
        for (name, value) in [("look-ahead", look_ahead), ("places for open maxima", N)] {
            if value == 0 {
                return Err(Error::Parameter { name, rule: "at least 1", value: 0.0 });
            }
        }
        Ok(Self { look_ahead, height: f64::NEG_INFINITY, prominence: 0.0, distance: 1 })
    }

    /// Requires at least this height.
    ///
    /// # Errors
    /// [`Error::Parameter`] for NaN.
    pub fn height(self, least: f64) -> Result<Self> {
        if least.is_nan() {
            return Err(Error::Parameter { name: "height", rule: "a number", value: least });
        }
        Ok(Self { height: least, ..self })
    }

    /// Requires at least this prominence.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless at least 0.
    pub fn prominence(self, least: f64) -> Result<Self> {
        if least >= 0.0 {
            Ok(Self { prominence: least, ..self })
        } else {
            Err(Error::Parameter { name: "prominence", rule: "at least 0", value: least })
        }
    }

    /// Requires peaks to be at least this many samples apart: lower ones are removed first, and of equal ones the earlier.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless at least 1 and at most the look-ahead.
    pub fn distance(self, samples: usize) -> Result<Self> {
        if samples >= 1 && samples <= self.look_ahead {
            Ok(Self { distance: samples, ..self })
        } else {
            let rule = "at least 1 sample and at most the look-ahead";
            Err(Error::Parameter { name: "distance", rule, value: samples as f64 })
        }
    }

    /// Returns the largest number of samples from a maximum to its decision.
    pub fn look_ahead(&self) -> usize {
        self.look_ahead
    }
}
impl<const N: usize> crate::StageExt for LivePeakFinder<N> {}

impl<T: Real, const N: usize> Stage<T> for LivePeakFinder<N> {
    type Output = Option<Result<LivePeak, Undecided>>;
    type State = LivePeakState<N>;

    fn initial_state(&self) -> LivePeakState<N> {
        LivePeakState::new()
    }

    #[inline]
    fn process(&self, state: &mut LivePeakState<N>, x: T) -> Self::Output {
        state.push(self, x.as_f64())
    }
}

impl<T: Real, const N: usize> Flush<T> for LivePeakFinder<N> {
    fn flush(&self, state: &mut LivePeakState<N>) -> Option<Self::Output> {
        state.end(self).map(Some)
    }
}

/// State of a [`LivePeakFinder`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LivePeakState<const N: usize> {
    /// Number of samples processed.
    seen: usize,
    last: Option<f64>,
    rise: Option<Rise>,
    climbing: bool,
    /// The highest sample of the climb, or the lowest of the descent.
    extreme: f64,
    queue: Queue<N>,
    /// The horizon at which the distance rule may decide more.
    next: usize,
    /// Index and height up to which maxima may have been beaten by one that was never decided.
    shadow: (usize, f64),
    ended: bool,
}

/// A sample, or several equal ones, higher than the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rise {
    first: usize,
    last: usize,
    before: f64,
    value: f64,
}

impl Rise {
    fn index(&self) -> usize {
        self.first + (self.last - self.first) / 2
    }

    fn peak(&self, after: f64) -> LivePeak {
        let Self { first, last, before, value } = *self;
        let vertex = if first == last {
            let three = math::Vertex::of(before, value, after);
            Vertex { position: first as f64 + three.shift, value: three.value, second_difference: three.bend }
        } else {
            // Of two equal samples, the left one's neighbours are the sample before and itself.
            let second_difference = if last == first + 1 { before - value } else { 0.0 };
            Vertex { position: 0.5 * (first + last) as f64, value, second_difference }
        };
        LivePeak { index: self.index(), height: value, vertex }
    }
}

impl<const N: usize> LivePeakState<N> {
    fn new() -> Self {
        Self {
            seen: 0,
            last: None,
            rise: None,
            climbing: false,
            extreme: f64::INFINITY,
            queue: Queue::new(),
            next: usize::MAX,
            shadow: (0, f64::NEG_INFINITY),
            ended: false,
        }
    }

    #[inline]
    fn push(&mut self, finder: &LivePeakFinder<N>, v: f64) -> Option<Result<LivePeak, Undecided>> {
        let i = self.seen;
        self.seen += 1;
        let mut out = None;
        if !v.is_nan() {
            if let Some(last) = self.last.replace(v) {
                if v > last {
                    self.rise = Some(Rise { first: i, last: i, before: last, value: v });
                } else if let Some(mut rise) = self.rise.take() {
                    if v == last {
                        rise.last = i;
                        self.rise = Some(rise);
                    } else {
                        out = self.add(finder, rise.peak(v));
                    }
                }
            }
            if finder.prominence > 0.0 {
                self.turn(finder.prominence, v);
            }
        }
        let horizon = self.rise.map_or(self.seen, |rise| rise.index());
        if horizon >= self.next {
            self.next = self.queue.decide(finder.distance, horizon);
        }
        out.or_else(|| self.emit(finder))
    }

    /// Adds a complete maximum. Returns the decision on the one that is removed to make room.
    fn add(&mut self, finder: &LivePeakFinder<N>, peak: LivePeak) -> Option<Result<LivePeak, Undecided>> {
        if peak.height < finder.height {
            return None;
        }
        // A maximum on a descent, or below the highest of a climb, is less prominent than that because of the one before it.
        let open = self.climbing && peak.height == self.extreme;
        let prominent = if finder.prominence > 0.0 { Some(false).filter(|_| !open) } else { Some(true) };
        let apart = if finder.distance > 1 { Apart::Open } else { Apart::Kept };
        if prominent == Some(false) && apart == Apart::Kept {
            return None;
        }
        let out = if self.queue.is_full() { self.leave(finder) } else { None };
        let (until, height) = self.shadow;
        let doubt = peak.index < until && peak.height < height;
        self.queue.push(Candidate { peak, prominent, apart, doubt });
        self.next = self.next.min(peak.index.saturating_add(finder.distance));
        out
    }

    /// The turning-point hysteresis: climb until the curve has fallen by `least`, descend until it has risen by it.
    #[inline]
    fn turn(&mut self, least: f64, v: f64) {
        if self.climbing {
            if self.extreme - v >= least {
                self.judge(true);
                (self.climbing, self.extreme) = (false, v);
            } else if v > self.extreme {
                self.judge(false);
                self.extreme = v;
            }
        } else if v - self.extreme >= least {
            (self.climbing, self.extreme) = (true, v);
        } else if v < self.extreme {
            self.extreme = v;
        }
    }

    /// Decides the open maxima, all of which have the highest value of the climb.
    fn judge(&mut self, prominent: bool) {
        self.queue.each().for_each(|c| c.prominent = c.prominent.or(Some(prominent)));
    }

    /// Removes the front maximum when it is decided or too old.
    fn emit(&mut self, finder: &LivePeakFinder<N>) -> Option<Result<LivePeak, Undecided>> {
        while let Some(front) = self.queue.front() {
            let too_old = self.seen > front.peak.index.saturating_add(finder.look_ahead) && !self.ended;
            if front.verdict().is_none() && !too_old {
                break;
            }
            if let Some(out) = self.leave(finder) {
                return Some(out);
            }
        }
        None
    }

    /// Removes the front maximum, decided or not.
    fn leave(&mut self, finder: &LivePeakFinder<N>) -> Option<Result<LivePeak, Undecided>> {
        let gone = self.queue.pop()?;
        let undecided = matches!(gone.apart, Apart::Open | Apart::Unknown);
        if undecided {
            let LivePeak { index, height, .. } = gone.peak;
            let until = index.saturating_add(finder.distance);
            // Undecided ranges that overlap count as one.
            let (end, top) = self.shadow;
            self.shadow = if index >= end { (until, height) } else { (until.max(end), height.max(top)) };
            let shadowed = |c: &&mut Candidate| c.peak.index < until && c.peak.height < height;
            self.queue.each().filter(shadowed).for_each(|c| c.doubt = true);
            // Maxima that waited for this one no longer wait.
            self.next = 0;
        }
        match gone.verdict() {
            Some(Verdict::Peak) => Some(Ok(gone.peak)),
            Some(Verdict::No) => None,
            None if gone.prominent == Some(false) => None,
            Some(Verdict::Unknown) | None => Some(Err(Undecided { index: gone.peak.index })),
        }
    }

    /// Decides the next open maximum after the last sample.
    fn end(&mut self, finder: &LivePeakFinder<N>) -> Option<Result<LivePeak, Undecided>> {
        if !self.ended {
            self.ended = true;
            self.rise = None;
            self.judge(false);
            self.queue.decide(finder.distance, usize::MAX);
        }
        self.emit(finder)
    }
}

/// Result of the distance rule for a maximum.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Apart {
    Open,
    Kept,
    Beaten,
    /// It may have been beaten by one that was never decided.
    Unknown,
}

/// A maximum of at least the least height.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    peak: LivePeak,
    /// Whether it is prominent; `None` while that is open.
    prominent: Option<bool>,
    apart: Apart,
    /// Whether an earlier maximum that takes precedence was never decided.
    doubt: bool,
}

impl Candidate {
    /// Returns whether this one takes precedence: the higher, of equal ones the later.
    fn goes_before(&self, other: &Self) -> bool {
        let (a, b) = (self.peak, other.peak);
        a.height > b.height || (a.height == b.height && a.index > b.index)
    }

    fn is_near(&self, other: &Self, distance: usize) -> bool {
        self.peak.index.abs_diff(other.peak.index) < distance
    }

    /// Returns whether it is a peak, once that is known.
    fn verdict(&self) -> Option<Verdict> {
        match (self.prominent, self.apart) {
            (_, Apart::Beaten) | (Some(false), Apart::Kept | Apart::Unknown) => Some(Verdict::No),
            (Some(true), Apart::Kept) => Some(Verdict::Peak),
            (Some(true), Apart::Unknown) => Some(Verdict::Unknown),
            // Whether or not it is prominent, while it is open it may beat others.
            (None, _) | (_, Apart::Open) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Verdict {
    Peak,
    No,
    Unknown,
}

/// The maxima from the oldest on, without heap.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Queue<const N: usize> {
    slots: [Option<Candidate>; N],
    head: usize,
    len: usize,
}

impl<const N: usize> Queue<N> {
    fn new() -> Self {
        Self { slots: [None; N], head: 0, len: 0 }
    }

    fn is_full(&self) -> bool {
        self.len == N
    }

    fn front(&self) -> Option<&Candidate> {
        self.slots.get(self.head).and_then(Option::as_ref).filter(|_| self.len > 0)
    }

    fn pop(&mut self) -> Option<Candidate> {
        let front = self.slots.get_mut(self.head).and_then(Option::take)?;
        self.head = (self.head + 1) % N;
        self.len -= 1;
        Some(front)
    }

    /// Adds a candidate; the queue must not be full.
    fn push(&mut self, candidate: Candidate) {
        if let Some(slot) = self.slots.get_mut((self.head + self.len) % N) {
            *slot = Some(candidate);
            self.len += 1;
        }
    }

    fn each(&mut self) -> impl Iterator<Item = &mut Candidate> {
        // Up to the end of the ring, then from its start.
        let (start, rest) = self.slots.split_at_mut(self.head.min(N));
        rest.iter_mut().chain(start).take(self.len).flatten()
    }

    /// Returns the `k`-th oldest.
    fn at(&self, k: usize) -> Option<&Candidate> {
        self.slots.get((self.head + k) % N).filter(|_| k < self.len).and_then(Option::as_ref)
    }

    fn all(&self) -> impl DoubleEndedIterator<Item = &Candidate> + Clone {
        (0..self.len).filter_map(|k| self.at(k))
    }

    /// Returns the numbers of those within `distance` of the `k`-th oldest, including itself.
    fn near(&self, k: usize, distance: usize) -> core::ops::Range<usize> {
        let Some(one) = self.at(k) else { return k..k };
        let near = |i: &usize| self.at(*i).is_some_and(|c| c.is_near(one, distance));
        let before = (0..k).rev().take_while(near).count();
        k - before..k + (k..self.len).take_while(near).count()
    }

    /// Applies the distance rule as far as possible, given that every maximum before `horizon` is known. Returns the first index
    /// of a horizon that may decide more.
    fn decide(&mut self, distance: usize, horizon: usize) -> usize {
        loop {
            let mut settled = false;
            for k in 0..self.len {
                let Some(&one) = self.at(k).filter(|c| c.apart == Apart::Open) else { continue };
                if horizon < one.peak.index.saturating_add(distance) {
                    break; // nor is anything after it complete
                }
                let near = self.near(k, distance);
                let rivals = || near.clone().filter_map(|i| self.at(i)).filter(|c| c.goes_before(&one));
                if rivals().any(|c| c.apart == Apart::Open) {
                    continue;
                }
                let doubt = one.doubt || rivals().any(|c| c.apart == Apart::Unknown);
                for i in near.filter(|&i| i == k || !doubt) {
                    let slot = (self.head + i) % N;
                    if let Some(candidate) = &mut self.slots[slot] {
                        candidate.apart = match (i == k, doubt) {
                            (true, true) => Apart::Unknown,
                            (true, false) => Apart::Kept,
                            (false, _) => Apart::Beaten,
                        };
                    }
                }
                settled = true;
            }
            if !settled {
                break;
            }
        }
        let ready =
            self.all().filter(|c| c.apart == Apart::Open).map(|c| c.peak.index.saturating_add(distance));
        ready.filter(|&at| at > horizon).min().unwrap_or(usize::MAX)
    }
}
