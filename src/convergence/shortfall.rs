//! A shortfall relative to a reference: missing, mistimed, or of another shape.

use super::cycles::CycleContributor;
use super::timing::on_grid;
use super::{Cycles, DriveGrid, Normalization, SessionAnalysis};
use crate::inference::interval::IntervalMethod;
use crate::inference::{Bootstrap, Estimate, Strides};
use crate::math::wrap;
use crate::synchrony::Circular;
use crate::{Error, Result};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::f64::consts::TAU;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A shortfall and its three components, in the unit of the drives. Signs are kept: one cause can hide another.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Shortfall<T = f64> {
    /// The deficit P_r - P in what is realised: the sum of the three components.
    pub total: T,
    /// Peaks too small: (A_r - A)(C_r + C)/2.
    pub missing: T,
    /// Peaks not together: (C_x - C)(A_r + A)/2, where C_x is the coincidence after each contributor is rotated to
    /// the reference's mean peak phase.
    pub mistimed: T,
    /// Pulses of another shape: (C_r - C_x)(A_r + A)/2.
    pub shape: T,
    /// The share of each contributor in `missing`.
    pub missing_by: Vec<T>,
}

impl DriveGrid {
    /// Splits what these drives realise less than `reference` into missing, mistimed and shape.
    ///
    /// The drives are used in their unit: bring both to the same one first. The split is the Shapley value of a
    /// product, P = A C: independent of order, without logarithms, and therefore valid for zeros and signed forces.
    ///
    /// Contributors are rotated by integer phases of the grid, from maximum to maximum. Where pulses lie between phases, up to
    /// one phase of timing remains in `shape`: [`StridedDrives::shortfall`] rotates between phases.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// let reference = DriveGrid::from_steps(&[vec![[0.0, 4.0, 0.0, 0.0], [0.0, 4.0, 0.0, 0.0]]])?;
    /// let late = DriveGrid::from_steps(&[vec![[0.0, 4.0, 0.0, 0.0], [0.0, 0.0, 4.0, 0.0]]])?;
    /// let lost = late.shortfall(&reference)?;
    /// assert_eq!((lost.total, lost.missing, lost.mistimed, lost.shape), (4.0, 0.0, 4.0, 0.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the numbers of contributors differ; [`Error::Undefined`] when the weights differ, or
    /// when nothing is available in one of the two.
    pub fn shortfall(&self, reference: &DriveGrid) -> Result<Shortfall> {
        check_pair(self, reference)?;
        let (all, all_reference): (Vec<_>, Vec<_>) =
            ((0..self.steps()).collect(), (0..reference.steps()).collect());
        let scale = vec![1.0; self.contributors()];
        let (this, other) = (Recorded::new(self, Grid::OnPhases), Recorded::new(reference, Grid::OnPhases));
        this.against(&all, &other, &all_reference, &scale).ok_or(Error::Undefined {
            quantity: "a shortfall",
            reason: "nothing is available: the contributors' peaks do not sum to more than 0",
        })
    }

    /// Groups the steps into strides, the units of resampling.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when strides and steps do not agree.
    pub fn in_strides<'a>(&'a self, strides: &'a Strides) -> Result<StridedDrives<'a>> {
        let (left, right) = (self.steps(), strides.steps());
        if left != right {
            return Err(Error::LengthMismatch { operation: "strides of a session", left, right });
        }
        Ok(StridedDrives { drives: self, strides })
    }
}

/// Drives whose steps are grouped into strides, from [`DriveGrid::in_strides`]: what needs intervals is a method on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StridedDrives<'a> {
    pub(super) drives: &'a DriveGrid,
    pub(super) strides: &'a Strides,
}

impl StridedDrives<'_> {
    /// [`DriveGrid::shortfall`] with intervals, expanded percentile over resampled strides of both sessions.
    ///
    /// With [`Normalization::Relative`], drives are divided by their mean peaks in the reference, again inside each replicate;
    /// the shortfall is then in mean peaks of the reference. Peaks are taken between phases (parabola) and contributors rotated
    /// between phases (cubic): a change of timing alone then affects the other two by at most 2 % of its size, where integer
    /// phases leave up to a quarter of it (500 simulated pairs of 5 pulses, their width a quarter of the cycle).
    ///
    /// # Errors
    /// As [`DriveGrid::shortfall`]; [`Error::Undefined`] when relative drives have a contributor without a peak above 0 in the
    /// reference; [`Error::Parameter`] for a setting of the bootstrap outside its range.
    pub fn shortfall(
        &self,
        reference: &StridedDrives<'_>,
        normalization: Normalization,
        bootstrap: &Bootstrap,
    ) -> Result<Shortfall<Estimate>> {
        let bootstrap = &bootstrap.checked()?;
        check_pair(self.drives, reference.drives)?;
        let (this, other) =
            (Recorded::new(self.drives, Grid::Between), Recorded::new(reference.drives, Grid::Between));
        let split = |units: &[usize], reference_units: &[usize]| {
            let steps = steps_of(self.strides, units);
            let reference_steps = steps_of(reference.strides, reference_units);
            let scale = other.scale(&reference_steps, normalization)?;
            this.against(&steps, &other, &reference_steps, &scale)
        };
        resampled(self.strides.len(), reference.strides.len(), bootstrap, split).ok_or(Error::Undefined {
            quantity: "a shortfall",
            reason: "a contributor, or all together, have no peak above 0",
        })
    }
}

/// Returns the shortfall of two sessions with `n` and `n_reference` strides, with intervals from resampled strides of both; `None`
/// when `split`, which takes strides of either, is not defined for all of them.
fn resampled(
    n: usize,
    n_reference: usize,
    bootstrap: &Bootstrap,
    split: impl Fn(&[usize], &[usize]) -> Option<Shortfall>,
) -> Option<Shortfall<Estimate>> {
    let (all, all_reference): (Vec<_>, Vec<_>) = ((0..n).collect(), (0..n_reference).collect());
    let observed = split(&all, &all_reference)?;
    let smaller = n.min(n_reference);
    let mut replicates: Vec<Vec<f64>> = observed.flat().map(|_| Vec::new()).collect();
    if smaller >= 3 {
        // The reference draws from another stream, so that equal stride counts are not resampled identically.
        let pairs = bootstrap.resamples(n).zip(bootstrap.reseeded(1).resamples(n_reference));
        for one in pairs.filter_map(|(units, reference_units)| split(&units, &reference_units)) {
            replicates.iter_mut().zip(one.flat()).for_each(|(values, value)| values.push(value));
        }
    }
    let estimates = observed.flat().zip(replicates).map(|(value, mut values)| {
        let ci = bootstrap.expanded(&mut values, smaller);
        Estimate::new(value, ci, bootstrap.confidence(), smaller, IntervalMethod::Expanded)
    });
    Some(Shortfall::from_flat(estimates.collect()))
}

impl Shortfall {
    /// Splits from what each contributor has available here and in the reference, the realised sums, and the coincidence here
    /// after the contributors are rotated to the phases of the reference.
    fn split(own: &[f64], reference: &[f64], (p, p_r): (f64, f64), c_x: f64) -> Self {
        let (a, a_r) = (own.iter().sum::<f64>(), reference.iter().sum::<f64>());
        let (c, c_r) = (p / a, p_r / a_r);
        let missing_by = own.iter().zip(reference).map(|(own, theirs)| (theirs - own) * (c_r + c) / 2.0);
        Self {
            total: p_r - p,
            missing: (a_r - a) * (c_r + c) / 2.0,
            mistimed: (c_x - c) * (a_r + a) / 2.0,
            shape: (c_r - c_x) * (a_r + a) / 2.0,
            missing_by: missing_by.collect(),
        }
    }
}

impl<T: Copy> Shortfall<T> {
    /// Total, missing, mistimed, shape, then the contributors.
    fn flat(&self) -> impl Iterator<Item = T> + '_ {
        [self.total, self.missing, self.mistimed, self.shape]
            .into_iter()
            .chain(self.missing_by.iter().copied())
    }

    fn from_flat(mut values: Vec<T>) -> Self {
        let missing_by = values.split_off(4);
        let [total, missing, mistimed, shape] = [values[0], values[1], values[2], values[3]];
        Self { total, missing, mistimed, shape, missing_by }
    }
}

fn check_pair(drives: &DriveGrid, reference: &DriveGrid) -> Result<()> {
    let quantity = "a shortfall";
    let (left, right) = (drives.contributors(), reference.contributors());
    if left != right {
        return Err(Error::LengthMismatch { operation: quantity, left, right });
    }
    if drives.weights() != reference.weights() {
        return Err(Error::Undefined { quantity, reason: "the two have different weights" });
    }
    Ok(())
}

/// The steps of these strides.
fn steps_of(strides: &Strides, units: &[usize]) -> Vec<usize> {
    units.iter().flat_map(|&unit| strides.get(unit)).collect()
}

/// Resolution of peaks, and therefore of rotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grid {
    /// The phases of the grid.
    OnPhases,
    /// Between the phases.
    Between,
}

/// Drives with the maxima of every step, which resampling and scaling do not change.
struct Recorded<'a> {
    drives: &'a DriveGrid,
    grid: Grid,
    /// Height of each maximum, `[step][contributor]`.
    peaks: Vec<Vec<f64>>,
    /// Its phase as a unit vector; (0, 0) where there is none.
    directions: Vec<Vec<(f64, f64)>>,
}

impl<'a> Recorded<'a> {
    fn new(drives: &'a DriveGrid, grid: Grid) -> Self {
        let k = drives.contributors();
        let direction = |phase: Option<f64>| {
            phase.map_or((0.0, 0.0), |phase| {
                let (sin, cos) = (TAU * phase).sin_cos();
                (cos, sin)
            })
        };
        let phase = |j: usize, i: usize| match grid {
            Grid::OnPhases => drives.peak_phase(j, i),
            Grid::Between => drives.vertex_phase(j, i),
        };
        let steps = 0..drives.steps();
        Self {
            drives,
            grid,
            peaks: steps.clone().map(|j| (0..k).map(|i| drives.peak(j, i).1).collect()).collect(),
            directions: steps.map(|j| (0..k).map(|i| direction(phase(j, i))).collect()).collect(),
        }
    }

    /// The factor of each contributor; `None` when a mean peak by which to divide is not above 0.
    fn scale(&self, steps: &[usize], normalization: Normalization) -> Option<Vec<f64>> {
        let peaks = self.mean_peaks(steps);
        if normalization == Normalization::Newtons {
            return Some(vec![1.0; peaks.len()]);
        }
        peaks.iter().all(|&peak| peak > 0.0).then(|| peaks.iter().map(|peak| 1.0 / peak).collect())
    }

    fn mean_peaks(&self, steps: &[usize]) -> Vec<f64> {
        (0..self.drives.contributors())
            .map(|i| steps.iter().map(|&j| self.peaks[j][i]).sum::<f64>() / steps.len() as f64)
            .collect()
    }

    /// Mean peak phases of these steps; `None` where they cancel out.
    fn mean_phases(&self, steps: &[usize]) -> Vec<Option<f64>> {
        (0..self.drives.contributors())
            .map(|i| {
                let (x, y) = steps.iter().fold((0.0, 0.0), |(x, y), &j| {
                    let (cos, sin) = self.directions[j][i];
                    (x + cos, y + sin)
                });
                (x.hypot(y) > 1e-9).then(|| wrap(y.atan2(x) / TAU))
            })
            .collect()
    }

    /// Mean over steps of the maximum of the sum, each contributor scaled and rotated back by `turns` phases.
    fn realised(&self, steps: &[usize], scale: &[f64], turns: &[f64]) -> f64 {
        let m = self.drives.phases();
        // A step drawn more than once is summed once.
        let mut counts = vec![0u32; self.drives.steps()];
        steps.iter().for_each(|&j| counts[j] += 1);
        let mut sum = vec![0.0; m];
        let mut total = 0.0;
        for (j, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            sum.fill(0.0);
            for (i, (&scale, &turn)) in scale.iter().zip(turns).enumerate() {
                let (row, factor) = (self.drives.row(j, i), scale * self.drives.weights()[i]);
                for (shift, share) in taps(turn, m).into_iter().filter(|tap| tap.1 != 0.0) {
                    let (head, tail) = sum.split_at_mut(m - shift);
                    super::drive_grid::add_scaled(head, &row[shift..], factor * share);
                    super::drive_grid::add_scaled(tail, &row[..shift], factor * share);
                }
            }
            total += f64::from(count) * super::coincidence::highest(&sum);
        }
        total / steps.len() as f64
    }

    /// The shortfall; `None` when nothing is available in one of the two.
    fn against(
        &self,
        steps: &[usize],
        other: &Self,
        other_steps: &[usize],
        scale: &[f64],
    ) -> Option<Shortfall> {
        let weights = self.drives.weights();
        let none = vec![0.0; scale.len()];
        let offered = |recorded: &Self, steps: &[usize]| -> Vec<f64> {
            let peaks = recorded.mean_peaks(steps);
            peaks
                .iter()
                .zip(scale)
                .zip(weights)
                .map(|((peak, scale), weight)| weight * peak * scale)
                .collect()
        };
        let (own, theirs) = (offered(self, steps), offered(other, other_steps));
        let (a, a_r) = (own.iter().sum::<f64>(), theirs.iter().sum::<f64>());
        if a.is_nan() || a <= 0.0 || a_r.is_nan() || a_r <= 0.0 {
            return None;
        }
        let m = self.drives.phases();
        let turn = |own: f64, theirs: f64| match self.grid {
            Grid::OnPhases => on_grid(own - theirs, m) as f64,
            Grid::Between => wrap(own - theirs) * m as f64,
        };
        let turns: Vec<f64> = (self.mean_phases(steps).iter().zip(other.mean_phases(other_steps)))
            .map(|(own, theirs)| own.zip(theirs).map_or(0.0, |(own, theirs)| turn(own, theirs)))
            .collect();
        let p = self.realised(steps, scale, &none);
        let p_r = other.realised(other_steps, scale, &none);
        let c_x = self.realised(steps, scale, &turns) / a;
        Some(Shortfall::split(&own, &theirs, (p, p_r), c_x))
    }
}

/// Integer rotations and their weights that interpolate a row rotated back by `turn` in [0, m] phases: one on the grid, four
/// (Catmull-Rom) between.
fn taps(turn: f64, m: usize) -> [(usize, f64); 4] {
    let whole = (turn + 1e-9).floor();
    let f = turn - whole;
    let shares = if f < 1e-9 {
        [0.0, 1.0, 0.0, 0.0]
    } else {
        let (f2, f3) = (f * f, f * f * f);
        [
            -0.5 * f + f2 - 0.5 * f3,
            1.0 - 2.5 * f2 + 1.5 * f3,
            0.5 * f + 2.0 * f2 - 1.5 * f3,
            0.5 * f3 - 0.5 * f2,
        ]
    };
    let first = whole as usize + m - 1;
    core::array::from_fn(|k| ((first + k) % m, shares[k]))
}

// One recording against another.

/// A shortfall against a reference, with intervals.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionComparison {
    /// The model of the contributors.
    pub model: String,
    /// `reference peaks` or `N`.
    pub unit: String,
    /// The contributors common to both, in the recording's order.
    pub contributors: Vec<String>,
    /// Missing, mistimed and shape; `missing_by` in the order of `contributors`.
    pub split: Shortfall<Estimate>,
}

impl SessionAnalysis {
    /// Splits what a session realises less than a reference into missing, mistimed and shape.
    ///
    /// Only contributors common to both count, with the weights of the session. Relative drives of both are divided by
    /// their mean peaks in the reference.
    ///
    /// # Errors
    /// [`Error::Missing`] without a common contributor; [`Error::Undefined`] when the two differ in normalization or period,
    /// or when nothing is available in one of them.
    pub fn compare(&self, cycles: &Cycles, reference: &Cycles) -> Result<SessionComparison> {
        let common = common_to(cycles, reference)?;
        let (own, theirs): (Vec<usize>, Vec<usize>) = common.into_iter().unzip();
        let drives = cycles.raw().only(&own);
        let reference_drives = reference.raw().only(&theirs).weighted(drives.weights())?;
        let (drives, reference_drives) =
            (drives.in_strides(cycles.strides())?, reference_drives.in_strides(reference.strides())?);
        let normalization = cycles.normalization();
        let split = drives.shortfall(&reference_drives, normalization, &self.bootstrap()?)?;
        Ok(SessionComparison {
            model: cycles.model().into(),
            unit: if normalization == Normalization::Relative {
                "reference peaks".into()
            } else {
                "N".into()
            },
            contributors: own.iter().map(|&i| cycles.contributors()[i].name.clone()).collect(),
            split,
        })
    }
}

/// Indices of the contributors common to both, in the order of the first.
pub(super) fn common_to(cycles: &Cycles, reference: &Cycles) -> Result<Vec<(usize, usize)>> {
    let quantity = "a comparison of two recordings";
    if cycles.normalization() != reference.normalization() || cycles.kind() != reference.kind() {
        return Err(Error::Undefined { quantity, reason: "the two differ in normalization or period" });
    }
    let find = |name: &str| reference.contributors().iter().position(|other| other.name == name);
    let common: Vec<(usize, usize)> = (cycles.contributors().iter().enumerate())
        .filter_map(|(i, contributor)| Some((i, find(&contributor.name)?)))
        .collect();
    if common.is_empty() {
        return Err(Error::Missing { operation: quantity, what: "a contributor common to both" });
    }
    Ok(common)
}

// Impulse of the contributors within the contact, and its share in the first half.

/// One contributor's impulse within the contacts of its steps.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ContactImpulse {
    /// Its name.
    pub name: String,
    /// Unit of `impulse`.
    pub unit: String,
    /// Mean over steps of the drive's integral from initial to terminal contact.
    pub impulse: Estimate,
    /// Share of it that falls in the first half of the contact, mean over steps; `None` when no step has an impulse above
    /// 0. Above 1/2 is front-loaded, as the vertical force of fast sprinters is (Clark & Weyand 2014,
    /// doi:10.1152/japplphysiol.00174.2014).
    pub first_half: Option<Estimate>,
}

/// A drive over its cycle as a running integral, circular, linear between phases.
struct Integral {
    /// Up to each phase of the grid, and over the whole cycle.
    sums: Vec<f64>,
    row: Vec<f64>,
}

impl Integral {
    fn of(row: &[f64]) -> Self {
        let m = row.len();
        let mut sums = Vec::with_capacity(m + 1);
        let mut sum = 0.0;
        sums.push(sum);
        for t in 0..m {
            sum += 0.5 * (row[t] + row[(t + 1) % m]) / m as f64;
            sums.push(sum);
        }
        Self { sums, row: row.to_vec() }
    }

    /// From phase 0 to a phase of any size, in cycles times the drive's unit.
    fn to(&self, phase: f64) -> f64 {
        let m = self.row.len();
        let turns = phase.floor();
        let position = (phase - turns) * m as f64;
        let index = (position as usize).min(m - 1);
        let share = position - index as f64;
        let (a, b) = (self.row[index], self.row[(index + 1) % m]);
        let piece = share * (a + 0.5 * share * (b - a)) / m as f64;
        turns * self.sums[m] + self.sums[index] + piece
    }

    /// Over a window of this length about a phase.
    fn about(&self, phase: f64, length: f64) -> f64 {
        self.to(phase + length / 2.0) - self.to(phase - length / 2.0)
    }
}

/// Middle and length of the contact in each step's cycle, as phases.
fn contacts(cycles: &Cycles) -> Vec<(f64, f64)> {
    let phases = cycles.steps().iter().zip(cycles.windows()).map(|(step, window)| {
        let middle = (step.mid_contact_s() - window.start_s) / window.duration_s();
        (middle, step.contact_s() / window.duration_s())
    });
    phases.collect()
}

impl Cycles {
    /// Returns every contributor's impulse within the contact, and its share in the first half, with t-intervals over
    /// strides. In the contributors' own units times seconds; less the target phase, as for peaks.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a level outside (0, 1).
    pub fn contact_impulses(&self, level: f64) -> Result<Vec<ContactImpulse>> {
        let contacts = contacts(self);
        let of = |(i, contributor): (usize, &CycleContributor)| {
            let (mut impulses, mut first) = (Vec::new(), Vec::new());
            for (j, (&(middle, length), window)) in contacts.iter().zip(self.windows()).enumerate() {
                let integral = Integral::of(self.raw().row(j, i));
                let impulse = integral.about(middle, length);
                let early = integral.about(middle - length / 4.0, length / 2.0);
                impulses.push(impulse * window.duration_s());
                first.push(if impulse > 0.0 { early / impulse } else { f64::NAN });
            }
            let first_half = match self.strides().mean(&first, level) {
                Err(Error::TooFew { .. }) => None,
                mean => Some(mean?),
            };
            Ok(ContactImpulse {
                name: contributor.name.clone(),
                unit: alloc::format!("{} s", contributor.unit),
                impulse: self.strides().mean(&impulses, level)?,
                first_half,
            })
        };
        self.contributors().iter().enumerate().map(of).collect()
    }
}

/// A session's impulses in a window about the middle of the contact, also after rotation.
struct Windowed<'a> {
    strides: &'a Strides,
    integrals: Vec<Vec<Integral>>,
    contacts: Vec<(f64, f64)>,
    cycles_s: Vec<f64>,
    /// `[step][contributor]`: the largest impulse in a window of the contact's length, and the phase of that window after the
    /// middle of the contact.
    best: Vec<Vec<(f64, f64)>>,
    peaks: Vec<Vec<f64>>,
    weights: Vec<f64>,
}

impl<'a> Windowed<'a> {
    fn of(cycles: &'a Cycles, drives: &DriveGrid) -> Self {
        let (k, m) = (drives.contributors(), drives.phases());
        let contacts = contacts(cycles);
        let cycles_s: Vec<f64> = cycles.windows().iter().map(crate::time::TimeSpan::duration_s).collect();
        let rows = |j: usize| (0..k).map(|i| Integral::of(drives.row(j, i))).collect::<Vec<_>>();
        let integrals: Vec<Vec<Integral>> = (0..drives.steps()).map(rows).collect();
        let best = |(j, integrals): (usize, &Vec<Integral>)| {
            let (middle, length) = contacts[j];
            let one = |integral: &Integral| {
                let all = (0..m).map(|t| integral.about(middle + t as f64 / m as f64, length));
                let (at, most) = super::coincidence::largest(all);
                (most * cycles_s[j], at as f64 / m as f64)
            };
            integrals.iter().map(one).collect()
        };
        Self {
            best: integrals.iter().enumerate().map(best).collect(),
            peaks: (0..drives.steps()).map(|j| (0..k).map(|i| drives.peak(j, i).1).collect()).collect(),
            strides: cycles.strides(),
            weights: drives.weights().to_vec(),
            integrals,
            contacts,
            cycles_s,
        }
    }

    fn mean(&self, steps: &[usize], value: impl Fn(usize) -> f64) -> f64 {
        steps.iter().map(|&j| value(j)).sum::<f64>() / steps.len() as f64
    }

    /// Mean phase of the best window after the middle of the contact; 0 where it has none.
    fn place(&self, steps: &[usize], i: usize) -> f64 {
        let phases: Vec<f64> = steps.iter().map(|&j| self.best[j][i].1).collect();
        Circular::of(&phases).ok().and_then(|summary| summary.mean).unwrap_or(0.0)
    }

    /// Mean impulse of one contributor in the window when it is rotated back by a phase.
    fn rotated(&self, steps: &[usize], i: usize, by: f64) -> f64 {
        self.mean(steps, |j| {
            let (middle, length) = self.contacts[j];
            self.integrals[j][i].about(middle + wrap(by), length) * self.cycles_s[j]
        })
    }

    fn against(
        &self,
        units: &[usize],
        other: &Self,
        other_units: &[usize],
        normalization: Normalization,
    ) -> Option<Shortfall> {
        let (steps, theirs) = (steps_of(self.strides, units), steps_of(other.strides, other_units));
        let k = self.weights.len();
        let mut scale = vec![1.0; k];
        if normalization == Normalization::Relative {
            for (i, scale) in scale.iter_mut().enumerate() {
                let peak = other.mean(&theirs, |j| other.peaks[j][i]);
                *scale = Some(1.0 / peak).filter(|s| s.is_finite() && *s > 0.0)?;
            }
        }
        let factor = |i: usize| scale[i] * self.weights[i];
        let own: Vec<f64> = (0..k).map(|i| factor(i) * self.mean(&steps, |j| self.best[j][i].0)).collect();
        let reference: Vec<f64> =
            (0..k).map(|i| factor(i) * other.mean(&theirs, |j| other.best[j][i].0)).collect();
        let (a, a_r) = (own.iter().sum::<f64>(), reference.iter().sum::<f64>());
        if !(a > 0.0 && a_r > 0.0) {
            return None;
        }
        let p: f64 = (0..k).map(|i| factor(i) * self.rotated(&steps, i, 0.0)).sum();
        let p_r: f64 = (0..k).map(|i| factor(i) * other.rotated(&theirs, i, 0.0)).sum();
        let there = |i: usize| self.place(&steps, i) - other.place(&theirs, i);
        let p_x: f64 = (0..k).map(|i| factor(i) * self.rotated(&steps, i, there(i))).sum();
        Some(Shortfall::split(&own, &reference, (p, p_r), p_x / a))
    }
}

impl SessionAnalysis {
    /// Splits what impulse a session lacks within the contact relative to a reference, as [`DriveGrid::shortfall`] splits the
    /// peak.
    ///
    /// Realised is the sum of all contributors' impulses within the contact; available is the sum of the largest impulse of each
    /// in *any* window of the contact's length. Missing: their impulses are smaller; mistimed: they fall outside the contact
    /// (what rotating each to its phase in the reference restores); shape: longer or shorter pulses and contacts. In
    /// newton seconds, or in mean peaks of the reference times seconds. `missing_by` has the order of the contributors common to
    /// both; intervals are from resampled strides of both.
    ///
    /// # Errors
    /// As [`SessionAnalysis::compare`].
    pub fn compare_impulse(&self, cycles: &Cycles, reference: &Cycles) -> Result<Shortfall<Estimate>> {
        let (own, theirs): (Vec<usize>, Vec<usize>) = common_to(cycles, reference)?.into_iter().unzip();
        let drives = cycles.raw().only(&own);
        let other_drives = reference.raw().only(&theirs).weighted(drives.weights())?;
        let normalization = cycles.normalization();
        let (this, other) = (Windowed::of(cycles, &drives), Windowed::of(reference, &other_drives));
        let split =
            |units: &[usize], their_units: &[usize]| this.against(units, &other, their_units, normalization);
        resampled(this.strides.len(), other.strides.len(), &self.bootstrap()?, split).ok_or(
            Error::Undefined {
                quantity: "a shortfall of impulse",
                reason: "nothing is available: the contributors' impulses do not sum to more than 0",
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_integral_of_a_ramp_is_exact_and_circular() {
        let integral = Integral::of(&[0.0, 1.0, 2.0, 1.0]);
        assert!((integral.to(1.0) - 1.0).abs() < 1e-15 && (integral.to(2.5) - 2.5).abs() < 1e-15);
        assert!((integral.to(0.125) - 0.125 * 0.5 / 2.0).abs() < 1e-15);
        // About the peak, half a cycle wide: from 1 up to 2 and down again.
        assert!((integral.about(0.5, 0.5) - 0.75).abs() < 1e-15);
        assert!((integral.about(0.0, 0.5) - 0.25).abs() < 1e-15);
        assert!((integral.about(-1.0, 0.5) - 0.25).abs() < 1e-15);
    }
}
