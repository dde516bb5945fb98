//! The difference between the sum of the segments' forces and the force of the plates.

use super::de_leva::GRAVITY_MPS2;
use crate::time::TimeSpan;
use crate::{Result, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The residual of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepResidual {
    /// Start of the step's window.
    pub start_s: f64,
    /// Its end.
    pub end_s: f64,
    /// Root mean square of model minus plate, in body weights.
    pub rms_bw: f64,
    /// Mean of model minus plate, in body weights: the error of the mean force.
    pub mean_bw: f64,
    /// Pearson correlation; `None` when one of them does not vary.
    pub r: Option<f64>,
}

/// The difference between the model's ground reaction force and that of the plates, step by step.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ForceResidual {
    /// Every step whose window both cover.
    pub steps: Vec<StepResidual>,
    /// Root mean square error over all of these, in body weights.
    pub rms_bw: Option<f64>,
    /// Mean error over all of these, in body weights.
    pub mean_bw: Option<f64>,
    /// Correlation over all of these.
    pub r: Option<f64>,
}

/// Sums of one or more windows.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    m: f64,
    p: f64,
    mm: f64,
    pp: f64,
    mp: f64,
}

impl Sums {
    fn add(&mut self, m: f64, p: f64) {
        self.n += 1.0;
        self.m += m;
        self.p += p;
        self.mm += m * m;
        self.pp += p * p;
        self.mp += m * p;
    }

    fn and(self, o: Self) -> Self {
        Self {
            n: self.n + o.n,
            m: self.m + o.m,
            p: self.p + o.p,
            mm: self.mm + o.mm,
            pp: self.pp + o.pp,
            mp: self.mp + o.mp,
        }
    }

    fn mean(self) -> f64 {
        (self.m - self.p) / self.n
    }

    fn rms(self) -> f64 {
        ((self.mm - 2.0 * self.mp + self.pp) / self.n).max(0.0).sqrt()
    }

    fn r(self) -> Option<f64> {
        let product = (self.mm - self.m * self.m / self.n) * (self.pp - self.p * self.p / self.n);
        (product > 0.0).then(|| (self.mp - self.m * self.p / self.n) / product.sqrt())
    }
}

impl ForceResidual {
    /// Compares a model's force with that of the plates, over windows of steps in which the plates measured the entire force.
    /// The plates' force is interpolated linearly at the model's instants: low-pass it first with the model's filter for
    /// the model's error alone, or not, for the error of a low-passed model.
    ///
    /// A window that either does not cover, or in which either lacks samples, is excluded.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) for a mass that is not above 0.
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, model::ForceResidual, time::TimeSpan};
    /// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
    /// let plate: Vec<f64> = (0..100).map(|i| 1000.0 + 500.0 * (i as f64 * 0.2).sin()).collect();
    /// let model = plate.iter().map(|f| f + 98.0665).collect();
    /// let step = TimeSpan { start_s: 0.1, end_s: 0.6 };
    /// let residual = ForceResidual::new(&Signal::new(clock, model), &Signal::new(clock, plate), &[step], 100.0)?;
    /// assert!((residual.mean_bw.unwrap() - 0.1).abs() < 1e-12 && (residual.rms_bw.unwrap() - 0.1).abs() < 1e-9);
    /// assert!((residual.r.unwrap() - 1.0).abs() < 1e-12);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn new(model: &Signal, plates: &Signal, windows: &[TimeSpan], mass_kg: f64) -> Result<Self> {
        super::check_mass(mass_kg)?;
        let weight = mass_kg * GRAVITY_MPS2;
        let (mut steps, mut all) = (Vec::new(), Sums::default());
        for window in windows {
            let Some(sums) = sums(model, plates, *window, weight) else { continue };
            all = all.and(sums);
            steps.push(StepResidual {
                start_s: window.start_s,
                end_s: window.end_s,
                rms_bw: sums.rms(),
                mean_bw: sums.mean(),
                r: sums.r(),
            });
        }
        let some = all.n > 0.0;
        Ok(Self {
            steps,
            rms_bw: some.then(|| all.rms()),
            mean_bw: some.then(|| all.mean()),
            r: if some { all.r() } else { None },
        })
    }
}

fn sums(model: &Signal, plates: &Signal, window: TimeSpan, weight: f64) -> Option<Sums> {
    if !(model.covers(window.start_s, window.end_s) && plates.covers(window.start_s, window.end_s)) {
        return None;
    }
    let clock = model.clock();
    let first = clock.position(window.start_s).max(0.0).ceil() as usize;
    let last = clock.position(window.end_s).floor() as usize;
    let mut sums = Sums::default();
    for i in first..=last.min(model.samples().len() - 1) {
        let plate = plates.value_at(clock.time_s(i as f64)).ok()?;
        let model = model.samples()[i];
        if !(plate.is_finite() && model.is_finite()) {
            return None;
        }
        sums.add(model / weight, plate / weight);
    }
    (sums.n > 0.0).then_some(sums)
}
