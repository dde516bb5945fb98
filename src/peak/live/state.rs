//! What a live finder remembers.

use super::queue::{Apart, Candidate, Queue, Verdict};
use super::{LivePeak, LivePeakFinder, Undecided};
use crate::math;
use crate::peak::subsample::Vertex;

/// What a [`LivePeakFinder`] remembers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LivePeakState<const N: usize> {
    /// Samples so far.
    seen: usize,
    last: Option<f64>,
    rise: Option<Rise>,
    climbing: bool,
    /// The highest sample of the climb, or the lowest of the descent.
    extreme: f64,
    queue: Queue<N>,
    /// The horizon at which the distance rule may decide more.
    next: usize,
    /// Maxima up to here, and lower than so much, may have been beaten by one that was never decided.
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
    pub(super) fn new() -> Self {
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
    pub(super) fn push(&mut self, finder: &LivePeakFinder<N>, v: f64) -> Option<Result<LivePeak, Undecided>> {
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

    /// A maximum is complete. What has to go to make room comes back.
    fn add(&mut self, finder: &LivePeakFinder<N>, peak: LivePeak) -> Option<Result<LivePeak, Undecided>> {
        if peak.height < finder.height {
            return None;
        }
        // A maximum on the way down, or below the top of a climb, stands out by less than that from the one before it.
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

    /// All maxima that are open lie at the top of the climb.
    fn judge(&mut self, prominent: bool) {
        self.queue.each().for_each(|c| c.prominent = c.prominent.or(Some(prominent)));
    }

    /// What is decided leaves from the front, and what is too old.
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

    /// The front leaves, decided or not.
    fn leave(&mut self, finder: &LivePeakFinder<N>) -> Option<Result<LivePeak, Undecided>> {
        let gone = self.queue.pop()?;
        let undecided = matches!(gone.apart, Apart::Open | Apart::Unknown);
        if undecided {
            let LivePeak { index, height, .. } = gone.peak;
            let until = index.saturating_add(finder.distance);
            // Shadows that overlap count as one.
            let (end, top) = self.shadow;
            self.shadow = if index >= end { (until, height) } else { (until.max(end), height.max(top)) };
            let shadowed = |c: &&mut Candidate| c.peak.index < until && c.peak.height < height;
            self.queue.each().filter(shadowed).for_each(|c| c.doubt = true);
            // Those that waited for this one wait no longer.
            self.next = 0;
        }
        match gone.verdict() {
            Some(Verdict::Peak) => Some(Ok(gone.peak)),
            Some(Verdict::No) => None,
            None if gone.prominent == Some(false) => None,
            Some(Verdict::Unknown) | None => Some(Err(Undecided { index: gone.peak.index })),
        }
    }

    /// No sample comes any more.
    pub(super) fn end(&mut self, finder: &LivePeakFinder<N>) -> Option<Result<LivePeak, Undecided>> {
        if !self.ended {
            self.ended = true;
            self.rise = None;
            self.judge(false);
            self.queue.decide(finder.distance, usize::MAX);
        }
        self.emit(finder)
    }
}
