//! A crossing of a level, and how well its place is known.

#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A level below this share of the rise in one sample lies in the corner.
const IN_THE_CORNER: f64 = 0.1;

/// Which way a level was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From below the upper level to it or above.
    Up,
    /// From the lower level or above to below it.
    Down,
}

/// Where a signal crossed a level, and how it looked there.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Crossing {
    /// Which way.
    pub direction: Direction,
    /// Fractional sample position since the detector's first sample, linear between the two samples around it.
    pub position: f64,
    /// Sample before the crossing.
    pub before: f64,
    /// Sample after it.
    pub after: f64,
    /// Slope per sample of the line through the samples around the crossing.
    pub slope: f64,
    /// Larger absolute second difference of the two samples around the crossing.
    pub bend: f64,
    /// Number of the unbroken stretch of finite samples it lies in, from 0: events of different stretches have a
    /// gap between them.
    pub stretch: usize,
}

impl Crossing {
    /// Where between its two samples the crossing lies, from 0 to 1.
    #[inline]
    pub fn fraction(&self) -> f64 {
        self.position - self.position.floor()
    }

    /// Standard error of the position in samples when the samples carry white noise of standard deviation `noise_sd`.
    ///
    /// SE² = (σ/slope)² max(½, u² + (1−u)²) + (bend/rise/8)²: noise moves the crossing along the slope, by more near a
    /// sample than between two, and a line misses a curve by its bend. Both are floored at their value midway between
    /// samples: what bends near a sample may be the corner at the foot of a contact, which the samples do not show.
    ///
    /// On simulated contacts (`tests/it/event/calibration.rs`: thresholds of 10 to 80 N, noise 10 to 40 dB below them, 100
    /// to 2000 Hz after resampling) 1.96 SE, with what the grid adds (`ForceContacts`), cover the truth in 94 to 100 % of
    /// events. Where noise weighs most it is 94 to 99 %. Where bend and grid weigh most it is all of them: such an error is
    /// bounded, and 1.96 of even its exact standard deviation cover more than the bound (1.73 of them for equal odds).
    pub fn se(&self, noise_sd: f64) -> f64 {
        let u = self.fraction();
        let v = 1.0 - u;
        let noise = noise_sd / self.slope;
        let line = 0.125 * self.bend / (self.after - self.before);
        (noise * noise * (u * u + v * v).max(0.5) + line * line).sqrt()
    }

    /// How much of the grid's uncertainty a crossing of `level` has when the signal is flat at zero up to a corner and rises
    /// straight from it: (1 − √(level/rise))², where the level is less than a tenth of the rise in one sample, else 0.
    ///
    /// The corner at the foot of a contact lies anywhere between two samples. A line between them misses the crossing by
    /// at most so much of a sample; from a tenth on, [`Crossing::se`] by itself has room for it.
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
