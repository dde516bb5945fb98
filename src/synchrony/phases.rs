//! Phases of several channels over the same samples: locking of pairs, order, cluster phase.

use crate::samples::first_non_finite;
use crate::simd::{self, Kernel, Transpose};
use crate::{Error, Result, Samples};
use alloc::{vec, vec::Vec};
use core::f64::consts::TAU;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

#[cfg(feature = "fft")]
mod plan;
#[cfg(feature = "fft")]
pub use plan::PhasePlan;

const OPERATION: &str = "phase synchrony of channels";

/// Phases of several channels over the same samples, kept as unit vectors.
///
/// [`Phases::from_radians`] takes phases from any source; `Phases::of` (feature `fft`) takes the channels and applies the Hilbert
/// transform.
///
/// ```
/// use copeak::synchrony::Phases;
/// use std::f64::consts::TAU;
/// // Two channels an eighth of a cycle apart: locked, and not simultaneous.
/// let first: Vec<f64> = (0..100).map(|i| 0.02 * TAU * i as f64).collect();
/// let second: Vec<f64> = first.iter().map(|p| p - TAU / 8.0).collect();
/// let phases = Phases::from_radians(&[first, second])?;
/// let pair = phases.pair(0, 1)?;
/// assert!((pair.plv - 1.0).abs() < 1e-12 && pair.lag.is_some_and(|lag| (lag - 0.125).abs() < 1e-12));
/// assert!(phases.kuramoto().iter().all(|r| (r - (TAU / 16.0).cos()).abs() < 1e-12));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Phases {
    channels: usize,
    samples: usize,
    /// Channel after channel.
    cos: Vec<f64>,
    sin: Vec<f64>,
}

/// Locking of two channels: the constancy of their phase difference over the samples of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PhaseLocking {
    /// Phase locking value, |mean exp(i(phi_a - phi_b))|: 1 locked; about 0.89/sqrt(N) for N *independent* samples of
    /// independent phases, so never 0.
    pub plv: f64,
    /// Pairwise phase consistency (N plv^2 - 1)/(N - 1): 1 locked, 0 the expectation of independent samples; `None` for one
    /// sample.
    pub ppc: Option<f64>,
    /// Mean phase by which the second comes after the first, as a fraction of the cycle in [0, 1); `None` without a
    /// preferred one.
    pub lag: Option<f64>,
    /// Number of samples. Neighbouring samples are not independent; phases that are one per cycle may be
    /// ([`Locking`](super::Locking)).
    pub n: usize,
}

impl Phases {
    /// Creates the set from phases in radians, one record per channel, all of one length.
    ///
    /// # Errors
    /// [`Error::TooFew`] without channels or samples, [`Error::LengthMismatch`], [`Error::NonFinite`].
    pub fn from_radians<S: Samples<Item = f64>>(channels: &[S]) -> Result<Self> {
        let samples = checked(channels)?;
        let mut phases = Self::zero(channels.len(), samples);
        let places = phases.cos.chunks_exact_mut(samples).zip(phases.sin.chunks_exact_mut(samples));
        for (channel, (cos, sin)) in channels.iter().zip(places) {
            let channel = channel.to_slice();
            if let Some(index) = first_non_finite(&channel[..]) {
                return Err(Error::NonFinite { operation: OPERATION, index });
            }
            for (phase, (cos, sin)) in channel.iter().zip(cos.iter_mut().zip(sin)) {
                (*sin, *cos) = phase.sin_cos();
            }
        }
        Ok(phases)
    }

    fn zero(channels: usize, samples: usize) -> Self {
        let zeros = || vec![0.0; channels * samples];
        Self { channels, samples, cos: zeros(), sin: zeros() }
    }

    /// Returns the number of channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Returns the number of samples of each channel.
    pub fn samples(&self) -> usize {
        self.samples
    }

    fn unit(&self, channel: usize) -> (&[f64], &[f64]) {
        let range = channel * self.samples..(channel + 1) * self.samples;
        (&self.cos[range.clone()], &self.sin[range])
    }

    /// Returns the phases of a range of the samples.
    ///
    /// # Errors
    /// [`Error::TooFew`] for a range that is empty or leaves the record.
    pub fn cut(&self, range: Range<usize>) -> Result<Self> {
        if range.is_empty() || range.end > self.samples {
            let needed = range.end.max(range.start.saturating_add(1));
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed, got: self.samples });
        }
        let part = |all: &[f64]| -> Vec<f64> {
            all.chunks_exact(self.samples).flat_map(|row| &row[range.clone()]).copied().collect()
        };
        let (cos, sin) = (part(&self.cos), part(&self.sin));
        Ok(Self { channels: self.channels, samples: range.len(), cos, sin })
    }

    /// Returns the phases of one channel in radians, in (-pi, pi].
    ///
    /// # Errors
    /// [`Error::TooFew`] when there is no such channel.
    pub fn radians(&self, channel: usize) -> Result<Vec<f64>> {
        self.need(channel)?;
        let (cos, sin) = self.unit(channel);
        Ok(sin.iter().zip(cos).map(|(sin, cos)| sin.atan2(*cos)).collect())
    }

    /// Measures the locking of two channels.
    ///
    /// # Errors
    /// [`Error::TooFew`] when there is no such channel.
    #[doc(alias = "phase_locking_value")]
    pub fn pair(&self, a: usize, b: usize) -> Result<PhaseLocking> {
        self.need(a.max(b))?;
        let ((cos_a, sin_a), (cos_b, sin_b)) = (self.unit(a), self.unit(b));
        let mut sums = Sums::new(2);
        self.blocks(|range| {
            sums.add(range.len(), false, |channel, cos, sin| {
                let (from_cos, from_sin) = if channel == 0 { (cos_a, sin_a) } else { (cos_b, sin_b) };
                cos.copy_from_slice(&from_cos[range.clone()]);
                sin.copy_from_slice(&from_sin[range.clone()]);
            });
        });
        Ok(PhaseLocking::new(sums.mean(0, 1, self.samples), self.samples))
    }

    /// Returns the phase locking value of every pair, row after row: symmetric, 1 on the diagonal.
    pub fn plv_matrix(&self) -> Vec<f64> {
        matrix(&self.sums(|_, _| {}), self.channels, self.samples)
    }

    /// Returns Kuramoto's order parameter at each sample, |mean over channels of exp(i phi)|: 1 all at the same phase, about
    /// 0.89/sqrt(k) for k independent channels; 0 when they are spread evenly.
    pub fn kuramoto(&self) -> Vec<f64> {
        let mut order = vec![0.0; self.samples];
        self.sums(|sums, range| sums.order(false, &mut order[range]));
        order
    }

    /// Measures the cluster phase: the synchrony of the group as a whole, and of each member with it.
    pub fn cluster_phase(&self) -> ClusterPhase {
        cluster_phase(self)
    }

    fn sums(&self, mut each: impl FnMut(&Sums, Range<usize>)) -> Sums {
        let mut sums = Sums::new(self.channels);
        self.blocks(|range| {
            sums.add(range.len(), false, |channel, cos, sin| {
                let (from_cos, from_sin) = self.unit(channel);
                cos.copy_from_slice(&from_cos[range.clone()]);
                sin.copy_from_slice(&from_sin[range.clone()]);
            });
            each(&sums, range);
        });
        sums
    }

    fn blocks(&self, mut each: impl FnMut(Range<usize>)) {
        for start in (0..self.samples).step_by(BLOCK) {
            each(start..self.samples.min(start + BLOCK));
        }
    }

    fn need(&self, channel: usize) -> Result<()> {
        if channel < self.channels {
            return Ok(());
        }
        Err(Error::TooFew { operation: OPERATION, unit: "channels", needed: channel + 1, got: self.channels })
    }
}

impl PhaseLocking {
    fn new([re, im]: [f64; 2], n: usize) -> Self {
        let plv = re.hypot(im).min(1.0);
        let count = n as f64;
        let ppc = (n > 1).then(|| (count * plv * plv - 1.0) / (count - 1.0));
        // The sum is of a - b: positive when the first is ahead, that is when the second comes later.
        let lag = (plv > 1e-12).then(|| crate::math::wrap(im.atan2(re) / TAU));
        Self { plv, ppc, lag, n }
    }
}

/// Returns the locking values of every pair from their sums.
fn matrix(sums: &Sums, channels: usize, samples: usize) -> Vec<f64> {
    let mut values = vec![1.0; channels * channels];
    matrix_into(sums, channels, samples, &mut values);
    values
}

fn matrix_into(sums: &Sums, channels: usize, samples: usize, values: &mut [f64]) {
    for a in 0..channels {
        values[a * channels + a] = 1.0;
        for b in a + 1..channels {
            let [re, im] = sums.mean(a, b, samples);
            let plv = re.hypot(im).min(1.0);
            values[a * channels + b] = plv;
            values[b * channels + a] = plv;
        }
    }
}

/// Returns the length that all channels share.
fn checked<S: Samples>(channels: &[S]) -> Result<usize> {
    let too_few = |unit| Error::TooFew { operation: OPERATION, unit, needed: 1, got: 0 };
    let samples = channels.first().ok_or(too_few("channels"))?.len();
    if samples == 0 {
        return Err(too_few("samples"));
    }
    match channels.iter().find(|channel| channel.len() != samples) {
        Some(other) => Err(Error::LengthMismatch { operation: OPERATION, left: samples, right: other.len() }),
        None => Ok(samples),
    }
}

/// Synchrony of a group by the cluster-phase method (Frank & Richardson 2010, *Physica D* 239:2084-2092; Richardson et al. 2012,
/// doi:10.3389/fphys.2012.00405). The phase of the group is the direction of its mean vector at each sample; the method measures
/// how constant the distances of members from it are, whatever their size.
///
/// ```
/// use copeak::synchrony::Phases;
/// let leader: Vec<f64> = (0..100).map(|i| 0.1 * i as f64).collect();
/// let late: Vec<f64> = leader.iter().map(|p| p - 1.0).collect();
/// let stray: Vec<f64> = (0..100).map(|i| 0.37 * i as f64).collect();
/// let group = Phases::from_radians(&[leader, late, stray])?.cluster_phase();
/// assert!(group.members[0] > 0.85 && group.members[2] < 0.5);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClusterPhase {
    /// Mean over samples of [`ClusterPhase::over_time`]: 1 when all distances are constant. Independent members do **not** give 0,
    /// because the phase of the group is computed from them.
    pub synchrony: f64,
    /// Synchrony of the group at each sample.
    pub over_time: Vec<f64>,
    /// Constancy of each member's distance from the group, 0 to 1.
    pub members: Vec<f64>,
    /// Mean distance of each member from the group, radians in (-pi, pi], positive ahead of the group.
    pub distances_rad: Vec<f64>,
}

fn cluster_phase(phases: &Phases) -> ClusterPhase {
    let (channels, samples) = (phases.channels(), phases.samples());
    // The direction of the group at each sample; 0 where the members cancel exactly.
    let (mut x, mut y) = (vec![0.0; samples], vec![0.0; samples]);
    for channel in 0..channels {
        let (cos, sin) = phases.unit(channel);
        for t in 0..samples {
            x[t] += cos[t];
            y[t] += sin[t];
        }
    }
    for (x, y) in x.iter_mut().zip(&mut y) {
        let length = x.hypot(*y);
        (*x, *y) = if length > 0.0 { (*x / length, *y / length) } else { (1.0, 0.0) };
    }
    let (mut members, mut distances_rad) = (Vec::with_capacity(channels), Vec::with_capacity(channels));
    let (mut sum_x, mut sum_y) = (vec![0.0; samples], vec![0.0; samples]);
    for channel in 0..channels {
        let (cos, sin) = phases.unit(channel);
        // Relative to the group: times the conjugate of its direction.
        let relative = |t: usize| (cos[t] * x[t] + sin[t] * y[t], sin[t] * x[t] - cos[t] * y[t]);
        let (re, im) = (0..samples).map(relative).fold((0.0, 0.0), |(a, b), (re, im)| (a + re, b + im));
        let distance = im.atan2(re);
        members.push((re.hypot(im) / samples as f64).min(1.0));
        distances_rad.push(distance);
        let (back_sin, back_cos) = distance.sin_cos();
        for t in 0..samples {
            let (re, im) = relative(t);
            sum_x[t] += re * back_cos + im * back_sin;
            sum_y[t] += im * back_cos - re * back_sin;
        }
    }
    let over_time: Vec<f64> =
        sum_x.iter().zip(&sum_y).map(|(x, y)| (x.hypot(*y) / channels as f64).min(1.0)).collect();
    let synchrony = over_time.iter().sum::<f64>() / samples as f64;
    ClusterPhase { synchrony, over_time, members, distances_rad }
}

/// Number of samples in a block, such that the rows of all channels stay in the second-level cache.
const BLOCK: usize = 256;
/// Partial sums of one sum: as many as fill a register, the same on every machine so that results are equal.
const LANES: usize = 4;

type Row = [f64; BLOCK];
type Part = [f64; LANES];

/// Unit vectors of a block of samples, one row per channel; the rest of a row is 0.
#[derive(Debug, Clone)]
struct Block {
    cos: Vec<Row>,
    sin: Vec<Row>,
}

/// For each pair of channels (a, b), b not below a, the sum over samples of the product of a and the conjugate of b.
#[derive(Debug, Clone)]
struct Sums {
    channels: usize,
    /// Rounded up to even, so that pairs come in squares of two by two.
    rows: usize,
    products: Vec<[f64; 2]>,
    block: Block,
}

impl Sums {
    fn new(channels: usize) -> Self {
        let rows = channels.next_multiple_of(2);
        let row = || vec![[0.0; BLOCK]; rows];
        Self {
            channels,
            rows,
            products: vec![[0.0; 2]; rows * rows],
            block: Block { cos: row(), sin: row() },
        }
    }

    #[cfg(feature = "fft")]
    fn clear(&mut self) {
        self.products.fill([0.0; 2]);
    }

    /// Adds `length` samples, up to a block. `fill` writes the cosines and sines of one channel into rows of that length.
    fn add(
        &mut self,
        length: usize,
        baseline_only: bool,
        mut fill: impl FnMut(usize, &mut [f64], &mut [f64]),
    ) {
        for (channel, (cos, sin)) in self.block.cos.iter_mut().zip(&mut self.block.sin).enumerate() {
            if channel < self.channels {
                fill(channel, &mut cos[..length], &mut sin[..length]);
                cos[length..].fill(0.0);
                sin[length..].fill(0.0);
            }
        }
        let work = Products { block: &self.block, rows: self.rows, products: &mut self.products };
        simd::run(baseline_only, work);
    }

    /// Writes the length of the mean vector over channels at the first `out.len()` samples of the last block.
    fn order(&self, baseline_only: bool, out: &mut [f64]) {
        let (cos, sin) = (&self.block.cos[..self.channels], &self.block.sin[..self.channels]);
        simd::run(baseline_only, Order { cos, sin, out });
    }

    /// Returns the mean product of two different channels over `samples`: cosine and sine of their mean difference, times the locking value.
    fn mean(&self, a: usize, b: usize, samples: usize) -> [f64; 2] {
        let n = samples as f64;
        let [re, im] = self.products[self.rows * a.min(b) + a.max(b)];
        if a <= b { [re / n, im / n] } else { [re / n, -im / n] }
    }
}

struct Products<'a> {
    block: &'a Block,
    rows: usize,
    products: &'a mut [[f64; 2]],
}

impl Kernel for Products<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let Block { cos, sin } = self.block;
        for a in (0..self.rows).step_by(2) {
            // A channel with itself needs no sum.
            let [[re, im]] = sums([[0, 1]], [&cos[a], &cos[a + 1]], [&sin[a], &sin[a + 1]]);
            add(&mut self.products[a * self.rows + a + 1], re, im);
            for b in (a + 2..self.rows).step_by(2) {
                let found = sums(
                    [[0, 2], [0, 3], [1, 2], [1, 3]],
                    [&cos[a], &cos[a + 1], &cos[b], &cos[b + 1]],
                    [&sin[a], &sin[a + 1], &sin[b], &sin[b + 1]],
                );
                for (k, [re, im]) in found.into_iter().enumerate() {
                    add(&mut self.products[(a + k / 2) * self.rows + b + k % 2], re, im);
                }
            }
        }
    }
}

#[inline(always)]
fn add(sum: &mut [f64; 2], re: f64, im: f64) {
    sum[0] += re;
    sum[1] += im;
}

/// Returns the sums of some pairs among a few channels: as many at once as registers hold.
#[inline(always)]
fn sums<const P: usize, const C: usize>(
    pairs: [[usize; 2]; P],
    cos: [&Row; C],
    sin: [&Row; C],
) -> [[f64; 2]; P] {
    let (mut re, mut im) = ([[0.0; LANES]; P], [[0.0; LANES]; P]);
    for at in (0..BLOCK).step_by(LANES) {
        let part = |row: &Row| -> Part { core::array::from_fn(|l| row[at + l]) };
        let (c, s) = (cos.map(part), sin.map(part));
        for (k, [a, b]) in pairs.into_iter().enumerate() {
            for l in 0..LANES {
                re[k][l] += c[a][l] * c[b][l] + s[a][l] * s[b][l];
                im[k][l] += s[a][l] * c[b][l] - c[a][l] * s[b][l];
            }
        }
    }
    let total = |part: Part| (part[0] + part[1]) + (part[2] + part[3]);
    core::array::from_fn(|k| [total(re[k]), total(im[k])])
}

struct Order<'a> {
    cos: &'a [Row],
    sin: &'a [Row],
    out: &'a mut [f64],
}

impl Kernel for Order<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let (mut x, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
        for (cos, sin) in self.cos.iter().zip(self.sin) {
            for t in 0..BLOCK {
                x[t] += cos[t];
                y[t] += sin[t];
            }
        }
        let scale = 1.0 / self.cos.len() as f64;
        for (out, (x, y)) in self.out.iter_mut().zip(x.iter().zip(&y)) {
            *out = scale * (x * x + y * y).sqrt();
        }
    }
}
