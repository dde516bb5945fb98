//! The minimum distance between peaks.

use super::Record;
use crate::Real;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Reusable memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Contest {
    bins: Vec<Bin>,
    kept: Vec<usize>,
    beaten: Vec<bool>,
    by_height: Vec<usize>,
}

/// Peaks that are all closer together than the distance.
#[derive(Debug, Clone, Copy)]
struct Bin {
    /// Its first peak, among those still open.
    from: usize,
    /// Its highest: of equal ones the last.
    best: usize,
    height: f64,
}

/// Keeps, from the highest peak down, each one that is at least `distance` samples from those kept; among equal heights
/// the later one goes first.
///
/// A peak that is highest within the distance on both sides is kept whatever happens elsewhere, and its neighbours are
/// not. Rounds of that, each linear in the peaks still open, settle nearly all of them; when a round settles few (heights
/// that rise steadily), the rest is sorted.
pub(super) fn select<T: Real>(
    record: &Record<'_, T>,
    peaks: &mut Vec<usize>,
    distance: usize,
    contest: &mut Contest,
) {
    if peaks.is_empty() {
        return;
    }
    // No two peaks are further apart than the length of the record.
    let distance = distance.min(record.place(record.x.len() - 1) + 1);
    contest.kept.clear();
    while !peaks.is_empty() {
        let open = peaks.len();
        contest.fill_bins(record, peaks, distance);
        let before = contest.kept.len();
        for b in 0..contest.bins.len() {
            if contest.wins(record, peaks, distance, b) {
                contest.kept.push(peaks[contest.bins[b].best]);
            }
        }
        remove_around(record, peaks, &contest.kept[before..], distance);
        if peaks.len() > open / 8 * 7 {
            break;
        }
    }
    contest.sort_out(record, peaks, distance);
    contest.kept.sort_unstable();
    peaks.clone_from(&contest.kept);
}

impl Contest {
    fn fill_bins<T: Real>(&mut self, record: &Record<'_, T>, open: &[usize], distance: usize) {
        self.bins.clear();
        let mut end = 0;
        let mut bin = Bin { from: 0, best: 0, height: f64::NEG_INFINITY };
        for (i, &peak) in open.iter().enumerate() {
            let (place, height) = (record.place(peak), record.at(peak));
            if place >= end {
                if i > 0 {
                    self.bins.push(bin);
                }
                end = place + distance;
                bin = Bin { from: i, best: i, height };
            } else if height >= bin.height {
                (bin.best, bin.height) = (i, height);
            }
        }
        self.bins.push(bin);
    }

    /// Returns whether no peak within the distance beats the best of bin `b`; such a peak can only lie in an adjacent bin.
    fn wins<T: Real>(&self, record: &Record<'_, T>, open: &[usize], distance: usize, b: usize) -> bool {
        let bin = self.bins[b];
        let place = record.place(open[bin.best]);
        let near = |&i: &usize| record.place(open[i]).abs_diff(place) < distance;
        let height = |i: usize| record.at(open[i]);
        let earlier = || (self.bins[b - 1].from..bin.from).rev();
        if b > 0 && self.bins[b - 1].height > bin.height {
            let beaten =
                near(&self.bins[b - 1].best) || earlier().take_while(near).any(|i| height(i) > bin.height);
            if beaten {
                return false;
            }
        }
        let Some(next) = self.bins.get(b + 1).filter(|next| next.height >= bin.height) else { return true };
        let end = self.bins.get(b + 2).map_or(open.len(), |after| after.from);
        !(near(&next.best) || (next.from..end).take_while(near).any(|i| height(i) >= bin.height))
    }

    /// Applies the rule directly to the peaks that are still open.
    fn sort_out<T: Real>(&mut self, record: &Record<'_, T>, open: &[usize], distance: usize) {
        let Self { kept, beaten, by_height, .. } = self;
        let order = |&a: &usize, &b: &usize| {
            record.at(open[a]).partial_cmp(&record.at(open[b])).unwrap_or(Ordering::Equal).then(a.cmp(&b))
        };
        by_height.clear();
        by_height.extend(0..open.len());
        by_height.sort_unstable_by(order);
        beaten.clear();
        beaten.resize(open.len(), false);
        for &i in by_height.iter().rev() {
            if beaten[i] {
                continue;
            }
            kept.push(open[i]);
            let near = |&j: &usize| record.place(open[j]).abs_diff(record.place(open[i])) < distance;
            (0..i).rev().take_while(near).for_each(|j| beaten[j] = true);
            (i + 1..open.len()).take_while(near).for_each(|j| beaten[j] = true);
        }
    }
}

/// Removes the winners and the peaks nearer than `distance` to one of them. Both lists are sorted.
fn remove_around<T: Real>(record: &Record<'_, T>, open: &mut Vec<usize>, winners: &[usize], distance: usize) {
    let (mut read, mut write) = (0, 0);
    for &winner in winners {
        let place = record.place(winner);
        let before = |&&p: &&usize| record.place(p) + distance <= place;
        let first = read + open[read..].iter().take_while(before).count();
        open.copy_within(read..first, write);
        write += first - read;
        let near = |&&p: &&usize| record.place(p) < place + distance;
        read = first + open[first..].iter().take_while(near).count();
    }
    let rest = open.len() - read;
    open.copy_within(read.., write);
    open.truncate(write + rest);
}
