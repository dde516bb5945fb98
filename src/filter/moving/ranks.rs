//! Medians of long windows by rank.

use super::ordered::key;
use crate::filter::edge::Ends;
use crate::samples::Sample;
use alloc::vec::Vec;

/// Outputs at once, at least, and in windows.
const LEAST: usize = 1024;
const WINDOWS: usize = 4;

/// What the medians of a whole record need.
///
/// A stretch of the record is sorted once. From then on a window is a set of ranks, one bit each, and its median moves
/// to the next or the previous bit that is set when a sample has come on the other side of it than one has gone.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::filter) struct Ranks {
    samples: Vec<f64>,
    keys: Vec<u128>,
    ranks: Vec<u32>,
    set: Vec<u64>,
}

impl Ranks {
    pub(in crate::filter) fn new() -> Self {
        Self { samples: Vec::new(), keys: Vec::new(), ranks: Vec::new(), set: Vec::new() }
    }

    /// The medians of the windows that begin at sample `first` and after.
    pub(in crate::filter) fn run<X: Sample<Wide = f64>>(
        &mut self,
        window: usize,
        ends: Ends,
        x: &[X],
        first: isize,
        out: &mut [X],
    ) {
        let at_once = LEAST.max(WINDOWS * window);
        for (c, out) in out.chunks_mut(at_once).enumerate() {
            self.samples.resize(out.len() + window - 1, 0.0);
            ends.fill(x, first + (c * at_once) as isize, &mut self.samples);
            self.sort();
            let mut median = self.start(window);
            for (i, out) in out.iter_mut().enumerate() {
                if i > 0 {
                    median = self.replace(median, window / 2, self.ranks[i - 1], self.ranks[i + window - 1]);
                }
                *out = X::narrow(self.samples[median.rank] + 0.0);
            }
        }
    }

    /// Ranks of the samples, which then stand in order of size.
    fn sort(&mut self) {
        let Self { samples, keys, ranks, set } = self;
        // The sample's place in the lower half keeps equal ones apart.
        let with_place = |(i, x): (usize, &f64)| {
            let ordered = (key(x.to_bits() as i64) as u64) ^ (1 << 63);
            (u128::from(ordered) << 32) | i as u128
        };
        keys.clear();
        keys.extend(samples.iter().enumerate().map(with_place));
        keys.sort_unstable();
        ranks.resize(keys.len(), 0);
        for (rank, (k, sample)) in keys.iter().zip(samples).enumerate() {
            ranks[*k as u32 as usize] = rank as u32;
            *sample = f64::from_bits(key(((*k >> 32) as u64 ^ (1 << 63)) as i64) as u64);
        }
        set.clear();
        set.resize(keys.len().div_ceil(64), 0);
    }

    /// The set of the first window, and its median.
    fn start(&mut self, window: usize) -> Median {
        for rank in &self.ranks[..window] {
            self.set[*rank as usize / 64] |= 1 << (rank % 64);
        }
        let mut median = Median { rank: 0, below: 0 };
        if self.set[0] & 1 == 0 {
            median.rank = self.next(0);
        }
        while median.below < window / 2 {
            median = Median { rank: self.next(median.rank), below: median.below + 1 };
        }
        median
    }

    #[inline(always)]
    fn replace(&mut self, mut median: Median, half: usize, old: u32, new: u32) -> Median {
        self.set[old as usize / 64] ^= 1 << (old % 64);
        self.set[new as usize / 64] ^= 1 << (new % 64);
        let rank = median.rank as u32;
        median.below += usize::from(new < rank);
        median.below -= usize::from(old < rank);
        if median.below > half {
            Median { rank: self.previous(median.rank), below: half }
        } else if median.below < half || old == rank {
            Median { rank: self.next(median.rank), below: half }
        } else {
            median
        }
    }

    /// The next rank in the set; there is one.
    #[inline(always)]
    fn next(&self, rank: usize) -> usize {
        let mut word = rank / 64;
        let mut bits = self.set[word] & (!1 << (rank % 64));
        while bits == 0 && word + 1 < self.set.len() {
            word += 1;
            bits = self.set[word];
        }
        word * 64 + bits.trailing_zeros() as usize
    }

    /// The previous rank in the set; there is one.
    #[inline(always)]
    fn previous(&self, rank: usize) -> usize {
        let mut word = rank / 64;
        let mut bits = self.set[word] & !(!0 << (rank % 64));
        while bits == 0 && word > 0 {
            word -= 1;
            bits = self.set[word];
        }
        word * 64 + 63 - bits.leading_zeros().min(63) as usize
    }
}

/// The rank of a window's median, and how many of the window are smaller.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Median {
    rank: usize,
    below: usize,
}
