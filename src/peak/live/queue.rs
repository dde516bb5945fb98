//! Maxima that are not decided yet.

use super::LivePeak;

/// What the distance rule says of a maximum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Apart {
    Open,
    Kept,
    Beaten,
    /// It may have been beaten by one that was never decided.
    Unknown,
}

/// A maximum of at least the least height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) peak: LivePeak,
    /// Whether it stands out; `None` while that is open.
    pub(super) prominent: Option<bool>,
    pub(super) apart: Apart,
    /// A maximum before it that would go first was never decided.
    pub(super) doubt: bool,
}

impl Candidate {
    /// Whether this one goes first: the higher, of equal ones the later.
    fn goes_before(&self, other: &Self) -> bool {
        let (a, b) = (self.peak, other.peak);
        a.height > b.height || (a.height == b.height && a.index > b.index)
    }

    fn is_near(&self, other: &Self, distance: usize) -> bool {
        self.peak.index.abs_diff(other.peak.index) < distance
    }

    /// Whether it is a peak, once that is known.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        match (self.prominent, self.apart) {
            (_, Apart::Beaten) | (Some(false), Apart::Kept | Apart::Unknown) => Some(Verdict::No),
            (Some(true), Apart::Kept) => Some(Verdict::Peak),
            (Some(true), Apart::Unknown) => Some(Verdict::Unknown),
            // Whether or not it stands out, while it is open it may beat others.
            (None, _) | (_, Apart::Open) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    Peak,
    No,
    Unknown,
}

/// The maxima from the oldest on, without heap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Queue<const N: usize> {
    slots: [Option<Candidate>; N],
    head: usize,
    len: usize,
}

impl<const N: usize> Queue<N> {
    pub(super) fn new() -> Self {
        Self { slots: [None; N], head: 0, len: 0 }
    }

    pub(super) fn is_full(&self) -> bool {
        self.len == N
    }

    pub(super) fn front(&self) -> Option<&Candidate> {
        self.slots.get(self.head).and_then(Option::as_ref).filter(|_| self.len > 0)
    }

    pub(super) fn pop(&mut self) -> Option<Candidate> {
        let front = self.slots.get_mut(self.head).and_then(Option::take)?;
        self.head = (self.head + 1) % N;
        self.len -= 1;
        Some(front)
    }

    /// There must be room.
    pub(super) fn push(&mut self, candidate: Candidate) {
        if let Some(slot) = self.slots.get_mut((self.head + self.len) % N) {
            *slot = Some(candidate);
            self.len += 1;
        }
    }

    pub(super) fn each(&mut self) -> impl Iterator<Item = &mut Candidate> {
        // Up to the end of the ring, and on from its start.
        let (start, rest) = self.slots.split_at_mut(self.head.min(N));
        rest.iter_mut().chain(start).take(self.len).flatten()
    }

    /// The `k`-th oldest.
    fn at(&self, k: usize) -> Option<&Candidate> {
        self.slots.get((self.head + k) % N).filter(|_| k < self.len).and_then(Option::as_ref)
    }

    fn all(&self) -> impl DoubleEndedIterator<Item = &Candidate> + Clone {
        (0..self.len).filter_map(|k| self.at(k))
    }

    /// The numbers of those within `distance` of the `k`-th oldest, itself among them.
    fn near(&self, k: usize, distance: usize) -> core::ops::Range<usize> {
        let Some(one) = self.at(k) else { return k..k };
        let near = |i: &usize| self.at(*i).is_some_and(|c| c.is_near(one, distance));
        let before = (0..k).rev().take_while(near).count();
        k - before..k + (k..self.len).take_while(near).count()
    }

    /// Applies the distance rule as far as it goes, when no maximum before `horizon` is unknown. Returns the first index
    /// of a horizon that may decide more.
    pub(super) fn decide(&mut self, distance: usize, horizon: usize) -> usize {
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
