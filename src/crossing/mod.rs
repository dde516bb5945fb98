//! Crossings of a level with hysteresis, and the standard errors of their positions.
//!
//! [`Hysteresis`] (a Schmitt trigger) finds contacts in a force, and serves any signal with two states. It depends on nothing but samples
//! and stages, because contacts, peaks and sensors all use it.

mod hysteresis;

pub use hysteresis::Hysteresis;
#[cfg(feature = "alloc")]
pub(crate) use hysteresis::count_below;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// State of the detector of crossings.
pub mod state {
    pub use super::hysteresis::HysteresisState;
}

/// A level below this share of the rise in one sample lies in the corner.
const IN_THE_CORNER: f64 = 0.1;

/// Direction of a crossing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From below the upper level to it or above.
    Up,
    /// From the lower level or above to below it.
    Down,
}

/// A crossing of a level: position, and the shape of the signal there.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Crossing {
    /// Upwards or downwards.
    pub direction: Direction,
    /// Fractional sample position since the detector's first sample, linear between the two samples around it.
    pub position: f64,
    /// Value of the sample before the crossing.
    pub before: f64,
    /// Value of the sample after it.
    pub after: f64,
    /// Slope per sample of the line through the samples around the crossing.
    pub slope: f64,
    /// Larger absolute second difference of the two samples around the crossing.
    pub bend: f64,
    /// Number of the stretch of finite samples that contains it, from 0: between events of different stretches is a gap.
    pub stretch: usize,
}

impl Crossing {
    /// Returns the position between the two samples around it, from 0 to 1.
    #[inline]
    pub fn fraction(&self) -> f64 {
        self.position - self.position.floor()
    }

    /// Returns the standard error of the position in samples when the samples carry white noise of standard deviation `noise_sd`.
    ///
    /// SE² = (σ/slope)² max(½, u² + (1−u)²) + (bend/rise/8)²: noise moves the crossing along the slope, by more near a
    /// sample than between two, and a line deviates from a curve by its bend. Both are floored at their value midway between
    /// samples: a bend near a sample may be the corner at the foot of a contact, which the samples do not show (without the floor of the
    /// bend term intervals covered 34 % near such corners).
    ///
    /// On simulated contacts (`tests/it/event/calibration.rs`: thresholds of 10 to 80 N, noise 10 to 40 dB below them, 100
    /// to 2000 Hz after resampling) 1.96 SE, with the uncertainty that the sampling grid adds (`ForceContacts`), cover the truth in 94
    /// to 100 % of events. Where noise dominates it is 94 to 99 %. Where bend and grid dominate it is all of them: such an error is
    /// bounded, and 1.96 times even its exact standard deviation exceeds the bound (for a uniform error the bound is 1.73 times it).
    pub fn se(&self, noise_sd: f64) -> f64 {
        let u = self.fraction();
        let v = 1.0 - u;
        let noise = noise_sd / self.slope;
        let line = 0.125 * self.bend / (self.after - self.before);
        (noise * noise * (u * u + v * v).max(0.5) + line * line).sqrt()
    }

    /// Returns the fraction of the grid's uncertainty that a crossing of `level` has when the signal is flat at zero up to a corner
    /// and rises straight from it: (1 − √(level/rise))², where the level is less than a tenth of the rise in one sample, else 0.
    ///
    /// The corner at the foot of a contact lies anywhere between two samples. A line between them misses the crossing by
    /// at most this fraction of a sample; from a tenth on, [`Crossing::se`] alone covers it. (At 500 Hz and a threshold of 5 N intervals
    /// covered 68 % without it.)
    ///
    /// ```
    /// use copeak::{StageExt, crossing::Hysteresis};
    /// let mut live = Hysteresis::new(5.0, 5.0)?.stream();
    /// let crossing = [0.0, 0.0, 0.0, 60.0, 130.0, 190.0, 0.0].iter().find_map(|&x| live.push(x)).unwrap();
    /// assert!(crossing.corner(5.0) > 0.5 && crossing.corner(50.0) == 0.0);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn corner(&self, level: f64) -> f64 {
        // Between its two samples and beyond the corner the rise is no more than this.
        let share = level / ((self.after - self.before).abs() + self.bend);
        if share < IN_THE_CORNER { (1.0 - share.max(0.0).sqrt()).powi(2) } else { 0.0 }
    }
}
