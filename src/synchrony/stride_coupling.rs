//! Coupling from stride to stride: whether contributors are late together.

use super::Circular;
use crate::inference::draw::Draws;
use crate::inference::{Permutations, permutation_p};
use crate::simd::{self, Kernel, Transpose};
use crate::{Error, Result};
use alloc::{vec, vec::Vec};
use core::f64::consts::TAU;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Strides summed at once: two or four vector registers of `f64`.
const LANES: usize = 8;
/// Surrogates whose shifts are drawn at once.
const BLOCK: usize = 128;

/// Coupling of contributors from stride to stride: their peak phases compared with the same phases rotated by whole strides.
///
/// Locking and simultaneity describe where peaks lie; this test asks whether contributors *vary together*. The statistic is the mean
/// over strides of the resultant of the contributors' phases. Each surrogate rotates the series of every contributor by a
/// random number of strides, which keeps its scatter and drift and destroys the relation within a stride. Fixed offsets between
/// contributors, however large, affect observation and surrogates equally.
///
/// Contributors that drift alike over the session look coupled, because the rotation destroys a common trend too.
///
/// ```
/// use copeak::{inference::Permutations, synchrony::StrideCoupling};
/// // Two contributors a quarter of a cycle apart that scatter together.
/// let late: Vec<f64> = (0..30).map(|i| 0.03 * (f64::from(i * i % 17) / 17.0)).collect();
/// let phases = [late.clone(), late.iter().map(|phase| phase + 0.25).collect()];
/// let test = StrideCoupling::new(&phases)?.test(&Permutations::new(1).count(999))?;
/// assert!(test.p < 0.05 && test.resultant > test.chance);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StrideCoupling {
    contributors: usize,
    strides: usize,
    /// Cosines of the phases, each row twice so that every shift of it is a slice.
    cos: Vec<f64>,
    sin: Vec<f64>,
    resultant: f64,
}

/// Result of the test whether contributors vary together from stride to stride.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CouplingTest {
    /// Mean over strides of the resultant of the contributors' phases.
    pub resultant: f64,
    /// Mean over the surrogates of that mean.
    pub chance: f64,
    /// Probability of a mean resultant this long when each contributor varies independently.
    pub p: f64,
    /// Number of strides.
    pub strides: usize,
}

impl StrideCoupling {
    /// Takes phases `[contributor][stride]`, as fractions of a cycle; every stride has all contributors.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two contributors or two strides, [`Error::LengthMismatch`] for rows of different lengths,
    /// [`Error::NonFinite`] (the index counts over all rows): leave out strides without a peak.
    pub fn new<R: AsRef<[f64]>>(phases: &[R]) -> Result<Self> {
        let operation = "coupling from stride to stride";
        let strides = phases.first().map_or(0, |row| row.as_ref().len());
        if phases.len() < 2 {
            return Err(Error::TooFew { operation, unit: "contributors", needed: 2, got: phases.len() });
        }
        if strides < 2 {
            return Err(Error::TooFew { operation, unit: "strides", needed: 2, got: strides });
        }
        let [mut cos, mut sin] = [(); 2].map(|()| Vec::with_capacity(2 * phases.len() * strides));
        for (contributor, row) in phases.iter().enumerate() {
            let row = row.as_ref();
            if row.len() != strides {
                return Err(Error::LengthMismatch { operation, left: strides, right: row.len() });
            }
            if let Some(index) = row.iter().position(|phase| !phase.is_finite()) {
                return Err(Error::NonFinite { operation, index: contributor * strides + index });
            }
            for _ in 0..2 {
                cos.extend(row.iter().map(|phase| (TAU * phase).cos()));
                sin.extend(row.iter().map(|phase| (TAU * phase).sin()));
            }
        }
        let mut resultants = 0.0;
        let mut column = vec![0.0; phases.len()];
        for stride in 0..strides {
            for (phase, row) in column.iter_mut().zip(phases) {
                *phase = row.as_ref()[stride];
            }
            resultants += Circular::of(&column)?.resultant;
        }
        let resultant = resultants / strides as f64;
        Ok(Self { contributors: phases.len(), strides, cos, sin, resultant })
    }

    /// Returns the mean over strides of the resultant.
    pub fn resultant(&self) -> f64 {
        self.resultant
    }

    /// Writes the mean resultants of surrogates, as many as `out` holds. The first contributor is not rotated, because only
    /// differences matter; every rotation of the others is equally likely, 0 included.
    pub fn surrogates(&self, seed: u64, out: &mut [f64]) {
        self.rotate(Draws::new(seed), out);
    }

    fn rotate(&self, mut draws: Draws, out: &mut [f64]) {
        let mut shifts = vec![0; self.contributors * BLOCK];
        for out in out.chunks_mut(BLOCK) {
            for shifts in shifts.chunks_exact_mut(self.contributors).take(out.len()) {
                shifts[1..].iter_mut().for_each(|shift| *shift = draws.below(self.strides));
            }
            match self.contributors {
                2 => simd::run(false, Few::<2> { of: self, shifts: &shifts, out }),
                3 => simd::run(false, Few::<3> { of: self, shifts: &shifts, out }),
                4 => simd::run(false, Few::<4> { of: self, shifts: &shifts, out }),
                5 => simd::run(false, Few::<5> { of: self, shifts: &shifts, out }),
                6 => simd::run(false, Few::<6> { of: self, shifts: &shifts, out }),
                7 => simd::run(false, Few::<7> { of: self, shifts: &shifts, out }),
                8 => simd::run(false, Few::<8> { of: self, shifts: &shifts, out }),
                _ => simd::run(false, Many { of: self, shifts: &shifts, out }),
            }
        }
    }

    /// Tests whether contributors vary together, with the number of surrogates and the seed of `permutations`. With n strides
    /// no p is below about 1/n for two contributors, because one rotation in n is 0.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a number of permutations outside its range.
    pub fn test(&self, permutations: &Permutations) -> Result<CouplingTest> {
        let (draws, surrogates) = permutations.draws()?;
        let mut values = vec![0.0; surrogates];
        self.rotate(draws, &mut values);
        Ok(CouplingTest {
            resultant: self.resultant,
            chance: values.iter().sum::<f64>() / surrogates as f64,
            p: permutation_p(self.resultant, values.iter().copied()),
            strides: self.strides,
        })
    }

    #[inline(always)]
    fn row<'a>(&self, plane: &'a [f64], contributor: usize, shift: usize) -> &'a [f64] {
        &plane[2 * contributor * self.strides + shift..][..self.strides]
    }

    #[inline(always)]
    fn scale(&self) -> f64 {
        1.0 / (self.contributors * self.strides) as f64
    }
}

/// Few contributors, whose number the compiler knows.
struct Few<'a, const K: usize> {
    of: &'a StrideCoupling,
    shifts: &'a [usize],
    out: &'a mut [f64],
}

impl<const K: usize> Kernel for Few<'_, K> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let (of, scale) = (self.of, self.of.scale());
        for (out, shifts) in self.out.iter_mut().zip(self.shifts.chunks_exact(K)) {
            let (mut cos, mut sin) = ([&of.cos[..0]; K], [&of.sin[..0]; K]);
            for k in 0..K {
                cos[k] = of.row(&of.cos, k, shifts[k]);
                sin[k] = of.row(&of.sin, k, shifts[k]);
            }
            *out = scale * sum_of_lengths(&cos, &sin, of.strides);
        }
    }
}

/// Sum over strides of the length of the sum over contributors.
#[inline(always)]
fn sum_of_lengths<const K: usize>(cos: &[&[f64]; K], sin: &[&[f64]; K], strides: usize) -> f64 {
    let mut total = [0.0; LANES];
    let mut start = 0;
    while start + LANES <= strides {
        let (mut x, mut y) = ([0.0; LANES], [0.0; LANES]);
        for k in 0..K {
            let (c, s) = (&cos[k][start..start + LANES], &sin[k][start..start + LANES]);
            for lane in 0..LANES {
                x[lane] += c[lane];
                y[lane] += s[lane];
            }
        }
        for lane in 0..LANES {
            total[lane] += (x[lane] * x[lane] + y[lane] * y[lane]).sqrt();
        }
        start += LANES;
    }
    for stride in start..strides {
        let (mut x, mut y) = (0.0, 0.0);
        for k in 0..K {
            x += cos[k][stride];
            y += sin[k][stride];
        }
        total[stride - start] += (x * x + y * y).sqrt();
    }
    let mut sum = 0.0;
    for lane in total {
        sum += lane;
    }
    sum
}

struct Many<'a> {
    of: &'a StrideCoupling,
    shifts: &'a [usize],
    out: &'a mut [f64],
}

impl Kernel for Many<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let (of, scale) = (self.of, self.of.scale());
        let (mut x, mut y) = (vec![0.0; of.strides], vec![0.0; of.strides]);
        for (out, shifts) in self.out.iter_mut().zip(self.shifts.chunks_exact(of.contributors)) {
            x.fill(0.0);
            y.fill(0.0);
            for (k, &shift) in shifts.iter().enumerate() {
                for (sum, value) in x.iter_mut().zip(of.row(&of.cos, k, shift)) {
                    *sum += value;
                }
                for (sum, value) in y.iter_mut().zip(of.row(&of.sin, k, shift)) {
                    *sum += value;
                }
            }
            let mut sum = 0.0;
            for (x, y) in x.iter().zip(&y) {
                sum += (x * x + y * y).sqrt();
            }
            *out = scale * sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(contributors: usize, strides: usize) -> Vec<Vec<f64>> {
        let mut draws = Draws::new(3);
        (0..contributors).map(|_| (0..strides).map(|_| draws.uniform()).collect()).collect()
    }

    #[test]
    fn the_kernel_equals_the_plain_sum() {
        for (k, n) in [(2, 2), (2, 9), (3, 7), (4, 40), (5, 11), (6, 25), (7, 8), (8, 200), (9, 13), (12, 30)]
        {
            let phases = random(k, n);
            let coupling = StrideCoupling::new(&phases).unwrap();
            let mut fast = vec![0.0; 300];
            coupling.surrogates(5, &mut fast);
            let mut draws = Draws::new(5);
            for fast in fast {
                let shifts: Vec<usize> = (0..k).map(|i| if i == 0 { 0 } else { draws.below(n) }).collect();
                let of = |j: usize| {
                    let column: Vec<f64> = (0..k).map(|i| phases[i][(j + shifts[i]) % n]).collect();
                    Circular::of(&column).unwrap().resultant
                };
                let slow = (0..n).map(of).sum::<f64>() / n as f64;
                assert!((fast - slow).abs() < 1e-13, "{k} x {n}: {fast} {slow}");
            }
        }
    }

    #[test]
    fn independent_contributors_test_as_coupled_in_five_per_cent() {
        let mut draws = Draws::new(8);
        let sessions = 2000;
        let mut alarms = 0;
        for seed in 0..sessions {
            let phases: Vec<Vec<f64>> = (0..3)
                .map(|i| (0..40).map(|_| 0.2 * f64::from(i) + 0.04 * draws.normal()).collect())
                .collect();
            let test =
                StrideCoupling::new(&phases).unwrap().test(&Permutations::new(seed).count(199)).unwrap();
            alarms += usize::from(test.p <= 0.05);
        }
        let share = alarms as f64 / sessions as f64;
        assert!((0.035..=0.065).contains(&share), "{share}");
    }

    #[test]
    fn one_contributor_one_stride_uneven_rows_and_nan_are_refused() {
        let of = |phases: &[&[f64]]| StrideCoupling::new(phases);
        assert!(matches!(of(&[&[0.1, 0.2]]), Err(Error::TooFew { unit: "contributors", .. })));
        assert!(matches!(of(&[&[0.1], &[0.2]]), Err(Error::TooFew { unit: "strides", .. })));
        assert!(matches!(of(&[&[0.1, 0.2], &[0.2]]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(of(&[&[0.1, 0.2], &[0.2, f64::NAN]]), Err(Error::NonFinite { index: 3, .. })));
        let coupling = of(&[&[0.1, 0.2], &[0.2, 0.3]]).unwrap();
        assert!(matches!(coupling.test(&Permutations::new(1).count(0)), Err(Error::Parameter { .. })));
        coupling.surrogates(1, &mut []);
    }
}
