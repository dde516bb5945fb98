//! Impulse of the contributors within the contact, and its share in the first half.

use super::comparison::common_to;
use super::shortfall::{resampled, steps_of};
use super::{CycleContributor, Cycles, DriveGrid, Normalization, SessionAnalysis, Shortfall};
use crate::inference::{Estimate, Strides};
use crate::math::wrap;
use crate::synchrony::Circular;
use crate::{Error, Result};
use alloc::{string::String, vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

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
                let (at, most) = super::maxima::largest(all);
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
