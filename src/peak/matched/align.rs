//! Cycles laid on the mean of the others.

use crate::math::Vertex;
use crate::peak::NoPeak;
use crate::time::TimeSpan;
use crate::{Real, Samples, Signal};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// One cycle, and how it lies.
pub(super) struct Cycle {
    /// Its samples less their mean; none when there is nothing to align.
    samples: Vec<f64>,
    level: f64,
    place: Result<Place, NoPeak>,
}

#[derive(Clone, Copy)]
struct Place {
    /// Samples by which it is later than the template.
    shift: f64,
    r: f64,
}

impl Cycle {
    /// Its shift in samples and the correlation there.
    pub(super) fn placed(&self) -> Result<(f64, f64), NoPeak> {
        self.place.map(|place| (place.shift, place.r))
    }

    /// Adds the cycle, shifted back to where the template lies, to `sum`, so many times.
    fn add_to(&self, sum: &mut [f64], times: f64) {
        let Ok(Place { shift, .. }) = self.place else { return };
        let n = self.samples.len();
        let whole = shift.floor();
        let weights = cubic(shift - whole);
        let from = (whole as isize).rem_euclid(n as isize) as usize + n - 1;
        for (i, sum) in sum.iter_mut().enumerate() {
            let value: f64 = (0..4).map(|k| weights[k] * self.samples[(from + i + k) % n]).sum();
            *sum += times * value;
        }
    }
}

/// Weights of the samples before, at, after and after that for a value `u` behind the second (Catmull-Rom).
fn cubic(u: f64) -> [f64; 4] {
    let (u2, u3) = (u * u, u * u * u);
    [
        0.5 * (-u3 + 2.0 * u2 - u),
        0.5 * (3.0 * u3 - 5.0 * u2 + 2.0),
        0.5 * (-3.0 * u3 + 4.0 * u2 + u),
        0.5 * (u3 - u2),
    ]
}

/// All cycles and the sum of those aligned.
pub(super) struct Cycles {
    all: Vec<Cycle>,
    sum: Vec<f64>,
}

impl Cycles {
    /// Each window in `n` samples, its end left out.
    pub(super) fn cut<S>(drive: &Signal<S>, windows: &[TimeSpan], n: usize) -> Self
    where
        S: Samples,
        S::Item: Real,
    {
        let all: Vec<Cycle> = windows.iter().map(|window| cut(drive, window, n)).collect();
        let mut cycles = Self { all, sum: vec![0.0; n] };
        cycles.sum_up();
        cycles
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Cycle> {
        self.all.iter()
    }

    /// Cycles with samples.
    pub(super) fn usable(&self) -> usize {
        self.all.iter().filter(|cycle| !cycle.samples.is_empty()).count()
    }

    fn sum_up(&mut self) {
        self.sum.fill(0.0);
        for cycle in &self.all {
            cycle.add_to(&mut self.sum, 1.0);
        }
    }

    /// Lays each cycle in turn on the mean of the others, then takes the mean shift off all.
    pub(super) fn pass(&mut self, max_shift: f64) {
        for i in 0..self.all.len() {
            if self.all[i].samples.is_empty() {
                continue;
            }
            self.all[i].add_to(&mut self.sum, -1.0);
            self.all[i].place = best(&self.all[i].samples, &self.sum, max_shift);
            self.all[i].add_to(&mut self.sum, 1.0);
        }
        let shifts = || self.all.iter().flat_map(|cycle| cycle.place).map(|place| place.shift);
        let mean = shifts().sum::<f64>() / shifts().count().max(1) as f64;
        self.all.iter_mut().flat_map(|cycle| &mut cycle.place).for_each(|place| place.shift -= mean);
        // Afresh, so that no rounding piles up.
        self.sum_up();
    }

    /// The mean of the aligned cycles, at its level, and of how many.
    pub(super) fn mean(&self) -> (Vec<f64>, usize) {
        let aligned = || self.all.iter().filter(|cycle| cycle.place.is_ok());
        let count = aligned().count();
        let each = 1.0 / count.max(1) as f64;
        let level = aligned().map(|cycle| cycle.level).sum::<f64>() * each;
        (self.sum.iter().map(|v| level + v * each).collect(), count)
    }
}

fn cut<S>(drive: &Signal<S>, window: &TimeSpan, n: usize) -> Cycle
where
    S: Samples,
    S::Item: Real,
{
    let absent = |absence| Cycle { samples: vec![], level: 0.0, place: Err(absence) };
    let TimeSpan { start_s, end_s } = *window;
    if !(start_s < end_s && drive.covers(start_s, end_s)) {
        return absent(NoPeak::Outside);
    }
    let step = (end_s - start_s) / n as f64;
    let value = |i: usize| drive.value_at(start_s + i as f64 * step).map_or(f64::NAN, Real::as_f64);
    let mut samples: Vec<f64> = (0..n).map(value).collect();
    if samples.iter().any(|v| !v.is_finite()) {
        return absent(NoPeak::NonFinite);
    }
    if samples.iter().all(|&v| v == samples[0]) {
        return absent(NoPeak::Flat);
    }
    let level = samples.iter().sum::<f64>() / n as f64;
    samples.iter_mut().for_each(|v| *v -= level);
    Cycle { samples, level, place: Ok(Place { shift: 0.0, r: 1.0 }) }
}

/// The shift at which a cycle correlates best with a template.
fn best(cycle: &[f64], template: &[f64], max_shift: f64) -> Result<Place, NoPeak> {
    let n = cycle.len();
    let scale = (norm2(cycle) * norm2(template)).sqrt();
    if scale.is_nan() || scale <= 0.0 {
        return Err(NoPeak::Flat);
    }
    let doubled = [cycle, cycle].concat();
    let bound = ((max_shift * n as f64) as usize).clamp(1, n / 2);
    let at = |shift: isize| {
        let from = shift.rem_euclid(n as isize) as usize;
        template.iter().zip(&doubled[from..]).map(|(t, x)| t * x).sum::<f64>()
    };
    let bound = bound as isize;
    let correlations: Vec<f64> = (-bound..=bound).map(at).collect();
    let top = (0..correlations.len())
        .reduce(|best, i| if correlations[i] > correlations[best] { i } else { best })
        .unwrap_or(0);
    let shift = top as isize - bound;
    // At the bound it may be higher beyond.
    let neighbours = [at(shift - 1), at(shift + 1)];
    if neighbours.iter().any(|&beside| beside > correlations[top]) {
        return Err(NoPeak::Edge);
    }
    let vertex = Vertex::of(neighbours[0], correlations[top], neighbours[1]);
    Ok(Place { shift: shift as f64 + vertex.shift, r: (vertex.value / scale).clamp(-1.0, 1.0) })
}

fn norm2(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum()
}

/// Where a cycle is highest, between samples, from 0 to below its length.
pub(super) fn vertex(pulse: &[f64]) -> f64 {
    let n = pulse.len();
    let top = (0..n).reduce(|best, i| if pulse[i] > pulse[best] { i } else { best }).unwrap_or(0);
    let vertex = Vertex::of(pulse[(top + n - 1) % n], pulse[top], pulse[(top + 1) % n]);
    (top as f64 + vertex.shift + n as f64) % n as f64
}
