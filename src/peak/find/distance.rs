//! The least distance between peaks.

use super::record::Record;
use crate::Real;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Rounds of dominance before what is left is sorted.
const ROUNDS: usize = 6;

/// Reusable memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Contest {
    open: Vec<Candidate>,
    beaten: Vec<bool>,
    stronger: Vec<usize>,
    winners: Vec<usize>,
    by_height: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    peak: usize,
    place: usize,
    height: f64,
}

/// Keep, from the highest peak down, each one that is at least `distance` samples from those kept; among equal heights
/// the later one goes first.
///
/// A peak that is highest within the distance on both sides is kept whatever happens elsewhere, and its neighbours are
/// not: rounds of that, each linear in the peaks still open, settle nearly all of them; the rest is sorted.
pub(super) fn select<T: Real>(
    record: &Record<'_, T>,
    peaks: &mut Vec<usize>,
    distance: usize,
    contest: &mut Contest,
) {
    if peaks.is_empty() {
        return;
    }
    // No two peaks are further apart than the record is long.
    let distance = distance.min(record.place(record.x.len() - 1) + 1);
    let Contest { open, beaten, stronger, winners, by_height } = contest;
    open.clear();
    open.extend(peaks.iter().map(|&peak| Candidate {
        peak,
        place: record.place(peak),
        height: record.at(peak),
    }));
    peaks.clear();
    for _ in 0..ROUNDS {
        if open.is_empty() {
            break;
        }
        beaten.clear();
        beaten.resize(open.len(), false);
        stronger.clear();
        for (i, candidate) in open.iter().enumerate() {
            let near = |other: usize| candidate.place - open[other].place < distance;
            while let Some(&other) = stronger.last().filter(|&&o| open[o].height <= candidate.height) {
                beaten[other] |= near(other);
                stronger.pop();
            }
            beaten[i] = stronger.last().is_some_and(|&other| near(other));
            stronger.push(i);
        }
        winners.clear();
        winners.extend((0..open.len()).filter(|&i| !beaten[i]).map(|i| open[i].place));
        peaks.extend((0..open.len()).filter(|&i| !beaten[i]).map(|i| open[i].peak));
        let mut next = 0;
        open.retain(|candidate| {
            while next < winners.len() && winners[next] + distance <= candidate.place {
                next += 1;
            }
            next == winners.len() || winners[next] >= candidate.place + distance
        });
    }
    // Ascending heights make few winners a round: go through what is left from the highest down.
    by_height.clear();
    by_height.extend(0..open.len());
    by_height.sort_unstable_by(|&a, &b| {
        open[a].height.partial_cmp(&open[b].height).unwrap_or(Ordering::Equal).then(a.cmp(&b))
    });
    beaten.clear();
    beaten.resize(open.len(), false);
    for &i in by_height.iter().rev() {
        if beaten[i] {
            continue;
        }
        peaks.push(open[i].peak);
        let before = (0..i).rev().take_while(|&j| open[i].place - open[j].place < distance);
        before.for_each(|j| beaten[j] = true);
        let after = (i + 1..open.len()).take_while(|&j| open[j].place - open[i].place < distance);
        after.for_each(|j| beaten[j] = true);
    }
    peaks.sort_unstable();
}
