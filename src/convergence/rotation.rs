//! The kernel of the chance level: what contributors come to when each is rotated within the cycle.

use super::Drives;
use super::drives::largest;
use crate::inference::draw::Draws;
use alloc::{vec, vec::Vec};

/// Phases handled at once: two or four vector registers of `f64`.
const LANES: usize = 8;

/// Offset vectors: how far each contributor but the first is rotated, which is all that matters.
#[derive(Debug, Clone)]
pub(super) struct Offsets {
    rotated: usize,
    shifts: Vec<u32>,
}

impl Offsets {
    /// All offset vectors when there are no more than `count` of them, else `count` drawn at random.
    pub(super) fn new(contributors: usize, phases: usize, count: usize, draws: &mut Draws) -> Self {
        let rotated = contributors - 1;
        let all = u32::try_from(rotated).ok().and_then(|power| phases.checked_pow(power));
        let shifts = match all.filter(|&all| all <= count) {
            Some(all) => {
                (0..all).flat_map(|v| (0..rotated).map(move |i| digit(v, phases, i))).collect::<Vec<u32>>()
            }
            None => (0..count * rotated).map(|_| draws.below(phases) as u32).collect(),
        };
        Self { rotated, shifts }
    }

    /// The vectors; a single contributor has one, which is empty.
    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let alone: &[u32] = &[];
        let single = (self.rotated == 0).then_some(alone);
        single.into_iter().chain(self.shifts.chunks_exact(self.rotated.max(1)))
    }
}

fn digit(value: usize, base: usize, place: usize) -> u32 {
    ((0..place).fold(value, |v, _| v / base) % base) as u32
}

/// One step's weighted drives, each laid down twice, so that a rotation is a slice and nothing is moved.
///
/// A slice is as long as the cycle rounded up to whole lanes: the phases seen twice change no maximum.
#[derive(Debug)]
pub(super) struct Rotor {
    contributors: usize,
    phases: usize,
    padded: usize,
    rows: Vec<f64>,
}

impl Rotor {
    pub(super) fn new(drives: &Drives) -> Self {
        let (contributors, phases) = (drives.contributors(), drives.phases());
        let padded = phases.div_ceil(LANES) * LANES;
        Self { contributors, phases, padded, rows: vec![0.0; contributors * (phases + padded)] }
    }

    /// Takes up one step.
    pub(super) fn load(&mut self, drives: &Drives, step: usize) {
        let length = self.phases + self.padded;
        for (i, doubled) in self.rows.chunks_exact_mut(length).enumerate() {
            let (row, weight) = (drives.row(step, i), drives.weights()[i]);
            for (v, y) in doubled.iter_mut().zip(row.iter().cycle()) {
                *v = weight * y;
            }
        }
    }

    /// Maximum of the sum under each offset vector, appended to `realised`.
    pub(super) fn realised(&self, offsets: &Offsets, realised: &mut Vec<f64>) {
        match self.contributors {
            2 => self.unrolled::<2>(offsets, realised),
            3 => self.unrolled::<3>(offsets, realised),
            4 => self.unrolled::<4>(offsets, realised),
            5 => self.unrolled::<5>(offsets, realised),
            6 => self.unrolled::<6>(offsets, realised),
            7 => self.unrolled::<7>(offsets, realised),
            8 => self.unrolled::<8>(offsets, realised),
            _ => realised.extend(offsets.iter().map(|shifts| self.any_number(shifts))),
        }
    }

    /// The drive of contributor `i`, rotated to the left.
    #[inline]
    fn rotated(&self, i: usize, shift: usize) -> &[f64] {
        let start = i * (self.phases + self.padded) + shift;
        &self.rows[start..start + self.padded]
    }

    fn unrolled<const K: usize>(&self, offsets: &Offsets, realised: &mut Vec<f64>) {
        realised.extend(offsets.iter().map(|shifts| {
            let shift = |i: usize| if i == 0 { 0 } else { shifts[i - 1] as usize };
            peak_of_sum::<K>(core::array::from_fn(|i| self.rotated(i, shift(i))))
        }));
    }

    fn any_number(&self, shifts: &[u32]) -> f64 {
        let mut sum = self.rotated(0, 0).to_vec();
        for (i, &shift) in shifts.iter().enumerate() {
            sum.iter_mut().zip(self.rotated(i + 1, shift as usize)).for_each(|(s, v)| *s += v);
        }
        largest(sum.into_iter()).1
    }
}

#[inline]
fn peak_of_sum<const K: usize>(rows: [&[f64]; K]) -> f64 {
    let length = rows[0].len();
    let rows = rows.map(|row| &row[..length]);
    let mut best = [f64::NEG_INFINITY; LANES];
    let mut start = 0;
    while start + LANES <= length {
        let mut sum = [0.0; LANES];
        sum.copy_from_slice(&rows[0][start..start + LANES]);
        for row in &rows[1..] {
            let chunk = &row[start..start + LANES];
            for lane in 0..LANES {
                sum[lane] += chunk[lane];
            }
        }
        for lane in 0..LANES {
            best[lane] = if sum[lane] > best[lane] { sum[lane] } else { best[lane] };
        }
        start += LANES;
    }
    largest(best.into_iter()).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(contributors: usize, phases: usize) -> Drives {
        let mut draws = Draws::new(9);
        let y = (0..contributors * phases).map(|_| draws.uniform()).collect();
        Drives::new(contributors, phases, y).unwrap()
    }

    #[test]
    fn the_kernel_equals_the_plain_sum() {
        for (contributors, phases) in [(1, 10), (2, 100), (3, 17), (5, 100), (8, 33), (11, 100)] {
            let drives = random(contributors, phases);
            let offsets = Offsets::new(contributors, phases, 50, &mut Draws::new(1));
            let mut rotor = Rotor::new(&drives);
            rotor.load(&drives, 0);
            let mut fast = Vec::new();
            rotor.realised(&offsets, &mut fast);
            for (shifts, fast) in offsets.iter().zip(fast) {
                let at = |i: usize, t: usize| {
                    let shift = if i == 0 { 0 } else { shifts[i - 1] as usize };
                    drives.row(0, i)[(t + shift) % phases]
                };
                let plain = largest((0..phases).map(|t| (0..contributors).map(|i| at(i, t)).sum())).1;
                assert!((fast - plain).abs() < 1e-14 * plain, "{contributors} {phases}");
            }
        }
    }

    #[test]
    fn few_offsets_are_taken_all() {
        let all = Offsets::new(3, 10, 100, &mut Draws::new(1));
        let mut seen: Vec<&[u32]> = all.iter().collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 100);
        assert_eq!(Offsets::new(3, 11, 100, &mut Draws::new(1)).iter().count(), 100);
        assert_eq!(Offsets::new(1, 11, 100, &mut Draws::new(1)).iter().count(), 1);
    }
}
