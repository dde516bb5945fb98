//! The convergence index: coincidence measured against chance.

use super::coincidence::largest;
use super::drive_grid::add_scaled;
use super::{Coincidence, DriveGrid, kappa};
use crate::inference::draw::Draws;
use crate::inference::permutation_p;
use crate::simd::{self, Kernel, Transpose};
use crate::{Error, Result};
use alloc::vec;
use alloc::vec::Vec;

/// More offset vectors or surrogates than any level or p needs, in little memory.
const MOST_DRAWS: usize = 1_000_000;

/// The null hypothesis of the p value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Null {
    /// One random offset per contributor, the same in every step: running is periodic, so chance means *any* fixed
    /// offsets. One runner has one set of offsets: p does not shrink with the number of steps, and a moderate index is
    /// often not significant (five contributors: the 95 % point lies at 0.22 to 0.52).
    #[default]
    Locked,
    /// New random offsets in every step: tests only whether there is any locking at all.
    Independent,
}

/// Kappa of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepKappa {
    /// Available, realised and where.
    pub coincidence: Coincidence,
    /// Mean coincidence under random offsets, C0; `None` unless something is available.
    pub chance: Option<f64>,
    /// (C - C0)/(1 - C0): 0 at chance, 1 when every contributor is at its own peak at the same instant, negative below
    /// chance; `None` when 1 - C0 is below 0.02.
    pub kappa: Option<f64>,
}

/// A session tested against chance.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ChanceTest {
    /// The result for each step.
    pub steps: Vec<StepKappa>,
    /// Mean of the steps' kappa; `None` when no step has one.
    pub kappa: Option<f64>,
    /// Probability of a session kappa this large by chance; `None` without kappa.
    pub p: Option<f64>,
    /// The null hypothesis.
    pub null: Null,
}

impl ChanceTest {
    /// Returns the smallest kappa the session can have when no drive is negative, that of no coincidence at all: the mean of
    /// -C0/(1 - C0) over the steps that have a kappa.
    pub(super) fn least_kappa(&self) -> f64 {
        let defined = || self.steps.iter().filter(|step| step.kappa.is_some()).filter_map(|step| step.chance);
        defined().map(|chance| -chance / (1.0 - chance)).sum::<f64>() / defined().count() as f64
    }

    /// Returns each step's kappa, NaN where it has none.
    pub fn kappas(&self) -> Vec<f64> {
        self.steps.iter().map(|step| step.kappa.unwrap_or(f64::NAN)).collect()
    }
}

/// Tests coincidence against the chance level of random offsets.
///
/// Every contributor is rotated within the cycle by a random offset; the same offset vectors serve all steps. When
/// there are no more different vectors than requested (two contributors: 100), each is used once.
///
/// # Costs
/// Proportional to steps x offsets x contributors x phases: 25 steps, 10,000 offsets, 5 contributors and 100 phases are
/// 1.25e8 additions.
///
/// ```
/// use copeak::convergence::DriveGrid;
/// use copeak::convergence::chance::ChanceLevel;
/// // Two equal pulses, once together and once apart; four rotations are possible.
/// let together = vec![vec![0.0, 4.0, 0.0, 0.0], vec![0.0, 4.0, 0.0, 0.0]];
/// let apart = vec![vec![0.0, 4.0, 0.0, 0.0], vec![0.0, 0.0, 0.0, 4.0]];
/// let test = ChanceLevel::new(1).test(&DriveGrid::from_steps(&[together, apart])?)?;
/// // One rotation in four gives 1, three give one half.
/// assert_eq!(test.steps[0].chance, Some(0.625));
/// assert_eq!(test.steps[0].kappa, Some(1.0));
/// assert_eq!(test.steps[1].kappa, Some(-1.0 / 3.0));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChanceLevel {
    seed: u64,
    offsets: usize,
    surrogates: usize,
    null: Null,
}

impl ChanceLevel {
    /// Creates a test with 10,000 offset vectors, 999 surrogate sessions and the null [`Null::Locked`].
    pub fn new(seed: u64) -> Self {
        Self { seed, offsets: 10_000, surrogates: 999, null: Null::Locked }
    }

    /// Sets the number of offset vectors for the chance level, 1 to 1,000,000.
    #[must_use]
    pub fn offsets(self, offsets: usize) -> Self {
        Self { offsets, ..self }
    }

    /// Sets the number of surrogate sessions for the p value, at most 1,000,000; 0 for no p value.
    #[must_use]
    pub fn surrogates(self, surrogates: usize) -> Self {
        Self { surrogates, ..self }
    }

    /// Sets the null hypothesis.
    #[must_use]
    pub fn null(self, null: Null) -> Self {
        Self { null, ..self }
    }

    /// Tests every step and the session against chance.
    ///
    /// Surrogate sessions take their coincidences from the pool of offset vectors; the chance level of a step stays
    /// that of the observed step.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a number of offset vectors or surrogates outside its range.
    pub fn test(&self, drives: &DriveGrid) -> Result<ChanceTest> {
        if !(1..=MOST_DRAWS).contains(&self.offsets) {
            let (name, rule) = ("offset vectors", "from 1 to 1000000");
            return Err(Error::Parameter { name, rule, value: self.offsets as f64 });
        }
        if self.surrogates > MOST_DRAWS {
            let (name, rule) = ("surrogate sessions", "at most 1000000");
            return Err(Error::Parameter { name, rule, value: self.surrogates as f64 });
        }
        let mut draws = Draws::new(self.seed);
        let offsets = Offsets::new(drives.contributors(), drives.phases(), self.offsets, &mut draws);
        let mut rotor = Rotor::new(drives);
        let mut realised = Vec::with_capacity(self.offsets);
        let mut surrogate_sums = vec![0.0; self.surrogates];
        let mut picks: Vec<usize> = Vec::new();
        let mut steps = Vec::with_capacity(drives.steps());
        for j in 0..drives.steps() {
            let coincidence = drives.coincidence(j);
            realised.clear();
            rotor.load(drives, j);
            rotor.realised(&offsets, &mut realised);
            if picks.is_empty() || self.null == Null::Independent {
                picks.clear();
                picks.extend((0..self.surrogates).map(|_| draws.below(realised.len())));
            }
            let chance = coincidence
                .coincidence()
                .map(|_| realised.iter().sum::<f64>() / realised.len() as f64 / coincidence.available);
            let kappa = |p: f64| kappa(p / coincidence.available, chance?);
            let observed = kappa(coincidence.realised);
            if observed.is_some() {
                for (sum, &pick) in surrogate_sums.iter_mut().zip(&picks) {
                    *sum += kappa(realised[pick]).unwrap_or(0.0);
                }
            }
            steps.push(StepKappa { coincidence, chance, kappa: observed });
        }
        let defined: Vec<f64> = steps.iter().filter_map(|step| step.kappa).collect();
        let count = defined.len() as f64;
        let kappa = (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / count);
        let p = kappa
            .filter(|_| self.surrogates > 0)
            .map(|kappa| permutation_p(kappa, surrogate_sums.iter().map(|sum| sum / count)));
        Ok(ChanceTest { steps, kappa, p, null: self.null })
    }
}

// The kernel of the chance level: the maximum of the sum when each contributor is rotated within the cycle.
//
// Three techniques make it fast. A row stored twice contains every rotation of itself as a slice, so nothing is moved. The
// sums of two neighbouring contributors are tabulated once per step for every offset between them, which halves the
// additions of each of the many offset vectors. And vectors that share the offset between the first two, which is one row
// because the first is not rotated, are consecutive, so that this row is still in the first-level cache.

/// Phases handled at once: two or four vector registers of `f64`.
const LANES: usize = 8;
/// A table of pair sums should stay in the second-level cache.
const LARGEST_TABLE: usize = 32 * 1024;

/// Layout of the rows of a step in the rotor's memory.
#[derive(Debug, Clone, Copy)]
struct Layout {
    contributors: usize,
    phases: usize,
    /// The cycle rounded up to whole lanes: phases seen twice change no maximum.
    padded: usize,
    paired: bool,
}

impl Layout {
    fn new(contributors: usize, phases: usize) -> Self {
        let padded = phases.div_ceil(LANES) * LANES;
        Self { contributors, phases, padded, paired: phases * (phases + padded) <= LARGEST_TABLE }
    }

    /// Length of a row that holds every rotation.
    fn row(&self) -> usize {
        self.phases + self.padded
    }

    /// Rows that are summed for one offset vector.
    fn groups(&self) -> usize {
        if self.paired { self.contributors.div_ceil(2) } else { self.contributors }
    }

    /// The contributors of a group: one, or two.
    fn pair(&self, group: usize) -> (usize, Option<usize>) {
        if !self.paired {
            return (group, None);
        }
        (2 * group, Some(2 * group + 1).filter(|&second| second < self.contributors))
    }

    /// Rows that a group takes in memory: one for every offset between its two.
    fn rows(&self, group: usize) -> usize {
        self.pair(group).1.map_or(1, |_| self.phases)
    }

    /// Starts of each group's row when contributors are rotated by `shifts`.
    fn starts(&self, shifts: &[u32], starts: &mut Vec<u32>) {
        let m = self.phases;
        let mut base = 0;
        for group in 0..self.groups() {
            let (first, second) = self.pair(group);
            let shift = shifts[first] as usize;
            let between = second.map_or(0, |second| (shifts[second] as usize + m - shift) % m);
            starts.push((base + between * self.row() + shift) as u32);
            base += self.rows(group) * self.row();
        }
    }
}

/// Offset vectors: the rotation of each contributor. The first is not rotated, because only differences matter.
#[derive(Debug, Clone)]
struct Offsets {
    layout: Layout,
    /// Starts of the rows to be summed, vector by vector, grouped by their first row.
    starts: Vec<u32>,
    /// Index of each in the order drawn.
    places: Vec<u32>,
}

impl Offsets {
    /// All offset vectors when there are no more than `count` of them, else `count` drawn at random.
    fn new(contributors: usize, phases: usize, count: usize, draws: &mut Draws) -> Self {
        let layout = Layout::new(contributors, phases);
        let all = u32::try_from(contributors - 1).ok().and_then(|power| phases.checked_pow(power));
        let all = all.filter(|&all| all <= count);
        let vectors = all.unwrap_or(count);
        let mut drawn = Vec::with_capacity(vectors * layout.groups());
        let mut shifts = vec![0; contributors];
        for vector in 0..vectors {
            let mut rest = vector;
            for shift in &mut shifts[1..] {
                *shift = if all.is_some() { rest % phases } else { draws.below(phases) } as u32;
                rest /= phases;
            }
            layout.starts(&shifts, &mut drawn);
        }
        let of = |place: u32| &drawn[place as usize * layout.groups()..][..layout.groups()];
        let mut places: Vec<u32> = (0..vectors as u32).collect();
        places.sort_by_key(|&place| of(place)[0]);
        let starts = places.iter().flat_map(|&place| of(place)).copied().collect();
        Self { layout, starts, places }
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.chunks_exact(self.layout.groups())
    }
}

/// One step's weighted drives, ready to be rotated.
#[derive(Debug)]
struct Rotor {
    layout: Layout,
    rows: Vec<f64>,
}

impl Rotor {
    fn new(drives: &DriveGrid) -> Self {
        let layout = Layout::new(drives.contributors(), drives.phases());
        let rows: usize = (0..layout.groups()).map(|group| layout.rows(group)).sum();
        Self { layout, rows: vec![0.0; rows * layout.row()] }
    }

    /// Loads one step.
    fn load(&mut self, drives: &DriveGrid, step: usize) {
        let layout = self.layout;
        // Long enough for a rotation of a row that itself contains every rotation.
        let doubled = |i: usize| -> Vec<f64> {
            let row = drives.row(step, i).iter().map(|v| drives.weights()[i] * v).collect::<Vec<f64>>();
            row.iter().copied().cycle().take(layout.phases + layout.row()).collect()
        };
        let mut rest = self.rows.as_mut_slice();
        for group in 0..layout.groups() {
            let (rows, after) = rest.split_at_mut(layout.rows(group) * layout.row());
            let (first, second) = layout.pair(group);
            let (first, second) = (doubled(first), second.map(doubled));
            for (between, row) in rows.chunks_exact_mut(layout.row()).enumerate() {
                row.copy_from_slice(&first[..layout.row()]);
                if let Some(second) = &second {
                    add_scaled(row, &second[between..], 1.0);
                }
            }
            rest = after;
        }
    }

    /// Maximum of the sum under each offset vector, in the order drawn.
    fn realised(&self, offsets: &Offsets, realised: &mut Vec<f64>) {
        realised.resize(offsets.places.len(), 0.0);
        match self.layout.groups() {
            1 => self.unrolled::<1>(offsets, realised),
            2 => self.unrolled::<2>(offsets, realised),
            3 => self.unrolled::<3>(offsets, realised),
            4 => self.unrolled::<4>(offsets, realised),
            5 => self.unrolled::<5>(offsets, realised),
            6 => self.unrolled::<6>(offsets, realised),
            _ => {
                for (starts, &place) in offsets.iter().zip(&offsets.places) {
                    realised[place as usize] = self.any_number(starts);
                }
            }
        }
    }

    fn unrolled<const G: usize>(&self, offsets: &Offsets, realised: &mut [f64]) {
        simd::run(false, Unrolled::<G> { rotor: self, offsets, realised });
    }

    #[inline(always)]
    fn rotated(&self, start: u32) -> &[f64] {
        &self.rows[start as usize..start as usize + self.layout.padded]
    }

    fn any_number(&self, starts: &[u32]) -> f64 {
        let mut sum = vec![0.0; self.layout.padded];
        starts.iter().for_each(|&start| add_scaled(&mut sum, self.rotated(start), 1.0));
        largest(sum.into_iter()).1
    }
}

/// Sums of a number of groups known at compile time.
struct Unrolled<'a, const G: usize> {
    rotor: &'a Rotor,
    offsets: &'a Offsets,
    realised: &'a mut [f64],
}

impl<const G: usize> Kernel for Unrolled<'_, G> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        for (starts, &place) in self.offsets.starts.chunks_exact(G).zip(&self.offsets.places) {
            let mut rows = [&self.rotor.rows[..0]; G];
            for (row, &start) in rows.iter_mut().zip(starts) {
                *row = self.rotor.rotated(start);
            }
            self.realised[place as usize] = peak_of_sum(rows);
        }
    }
}

#[inline(always)]
fn peak_of_sum<const G: usize>(rows: [&[f64]; G]) -> f64 {
    let length = rows[0].len();
    let rows = rows.map(|row| &row[..length]);
    let mut best = [f64::NEG_INFINITY; LANES];
    let mut start = 0;
    while start + LANES <= length {
        let mut sum = [0.0; LANES];
        sum.copy_from_slice(&rows[0][start..start + LANES]);
        for row in &rows[1..] {
            for (s, v) in sum.iter_mut().zip(&row[start..start + LANES]) {
                *s += v;
            }
        }
        for (b, s) in best.iter_mut().zip(sum) {
            *b = if s > *b { s } else { *b };
        }
        start += LANES;
    }
    best.into_iter().fold(f64::NEG_INFINITY, |a, b| if b > a { b } else { a })
}

#[cfg(test)]
mod tests {
    use super::super::drive_grid::GridShape;
    use super::*;

    fn grid(contributors: usize, y: Vec<f64>) -> DriveGrid {
        DriveGrid::from_shape(GridShape { contributors, phases: 4 }, y).unwrap()
    }

    fn test(drives: &DriveGrid) -> ChanceTest {
        ChanceLevel::new(1).test(drives).unwrap()
    }

    #[test]
    fn a_single_contributor_has_no_kappa() {
        let found = test(&grid(1, vec![0.0, 1.0, 2.0, 1.0]));
        assert_eq!((found.steps[0].chance, found.kappa, found.p), (Some(1.0), None, None));
    }

    #[test]
    fn a_step_with_nothing_available_has_no_chance_level() {
        let mut y = vec![0.0; 8];
        y.extend([0.0, 4.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
        let found = test(&grid(2, y));
        assert_eq!((found.steps[0].chance, found.steps[0].kappa), (None, None));
        assert_eq!(found.kappa, Some(1.0));
    }

    #[test]
    fn a_chance_level_near_1_leaves_kappa_undefined() {
        let flat = |phase: usize| (0..4).map(move |t| if t == phase { 1.0 } else { 0.99 });
        assert_eq!(test(&grid(2, flat(0).chain(flat(1)).collect())).kappa, None);
    }

    #[test]
    fn settings_outside_their_range_are_errors_of_the_test() {
        let drives = grid(2, vec![0.0, 4.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
        let level = ChanceLevel::new(1);
        for bad in [level.offsets(0), level.offsets(usize::MAX), level.surrogates(usize::MAX)] {
            assert!(matches!(bad.test(&drives), Err(Error::Parameter { .. })));
        }
        assert_eq!(level.surrogates(0).test(&drives).unwrap().p, None);
    }
}

#[cfg(test)]
mod rotation_tests {
    use super::*;

    fn random(contributors: usize, phases: usize) -> DriveGrid {
        let mut draws = Draws::new(9);
        let y = (0..contributors * phases).map(|_| draws.uniform()).collect();
        DriveGrid::from_shape(super::super::drive_grid::GridShape { contributors, phases }, y).unwrap()
    }

    /// The same draws, one contributor at a time.
    fn plain(drives: &DriveGrid, count: usize) -> Vec<f64> {
        let (k, m) = (drives.contributors(), drives.phases());
        let mut draws = Draws::new(1);
        let all = m.checked_pow(k as u32 - 1).filter(|all| *all <= count);
        (0..all.unwrap_or(count))
            .map(|vector| {
                let digit = |i: usize| (0..i - 1).fold(vector, |v, _| v / m) % m;
                let shifts: Vec<usize> =
                    (1..k).map(|i| if all.is_some() { digit(i) } else { draws.below(m) }).collect();
                let at =
                    |i: usize, t: usize| drives.row(0, i)[(t + if i == 0 { 0 } else { shifts[i - 1] }) % m];
                largest((0..m).map(|t| (0..k).map(|i| at(i, t)).sum())).1
            })
            .collect()
    }

    #[test]
    fn the_kernel_equals_the_plain_sum() {
        let sizes =
            [(1, 10), (2, 100), (3, 17), (3, 8), (5, 100), (6, 200), (7, 300), (8, 33), (11, 100), (14, 100)];
        for (contributors, phases) in sizes {
            let drives = random(contributors, phases);
            let offsets = Offsets::new(contributors, phases, 70, &mut Draws::new(1));
            let mut rotor = Rotor::new(&drives);
            rotor.load(&drives, 0);
            let mut fast = Vec::new();
            rotor.realised(&offsets, &mut fast);
            let slow = plain(&drives, 70);
            assert_eq!(fast.len(), slow.len());
            for (fast, slow) in fast.iter().zip(slow) {
                assert!((fast - slow).abs() < 1e-14 * slow, "{contributors} {phases}: {fast} {slow}");
            }
        }
    }

    #[test]
    fn few_offsets_are_enumerated() {
        let all = Offsets::new(3, 10, 100, &mut Draws::new(1));
        assert!(all.iter().map(|starts| starts[0]).is_sorted());
        let mut seen: Vec<&[u32]> = all.iter().collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 100);
        assert_eq!(Offsets::new(3, 11, 100, &mut Draws::new(1)).iter().count(), 100);
        assert_eq!(Offsets::new(1, 11, 100, &mut Draws::new(1)).iter().count(), 1);
    }
}
