//! The mean lag of many cycles' curves.

use super::{CrossCorrelation, CurveLag};
use crate::inference::{Estimate, Strides};
use crate::math::median;
use crate::sequence::Relation;
use crate::sequence::mean::mean;
use crate::{Error, Rate, Real, Result, Samples};
use alloc::vec::Vec;

/// Lags of curves over cycles.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CurveLags {
    /// In each cycle, or why there is none.
    pub cycles: Vec<Result<CurveLag>>,
    /// Number of cycles that have one.
    pub n: usize,
    /// Mean lag in seconds, with t-interval over strides.
    pub mean_s: Estimate,
    /// Median lag in seconds over cycles.
    pub median_s: f64,
    /// Mean correlation at the lag.
    pub mean_r: f64,
    /// Which curve comes first, by the interval of the mean alone.
    pub relation: Relation,
}

impl CrossCorrelation {
    /// The mean lag of the second curve behind the first over cycles of one length each, `(first, second)`.
    ///
    /// `common_se_s` is the standard error of the lag that all cycles share, such as that of two devices' clocks
    /// ([`crate::sequence::SequenceChannel::common_error_s`]); it enters the interval. Circular lags are taken within half a cycle
    /// of one another: each is moved by whole cycles to the first one's neighbourhood.
    ///
    /// ```
    /// use copeak::{Rate, inference::Strides, sequence::CrossCorrelation};
    /// let bell = |i: i32, centre: f64| (-(f64::from(i) - centre).powi(2) / 8.0).exp();
    /// let curve = |centre: f64| (0..60).map(|i| bell(i, centre)).collect::<Vec<f64>>();
    /// let cycles: Vec<_> = [5.0, 6.0, 7.0, 6.0].iter().map(|lag| (curve(25.0), curve(25.0 + lag))).collect();
    /// let finder = CrossCorrelation::new(0.1)?;
    /// let lags = finder.over_cycles(&cycles, Rate::from_hz(100.0)?, &Strides::ungrouped(4), 0.0, 0.95)?;
    /// assert!((lags.mean_s.value - 0.06).abs() < 1e-3 && lags.mean_s.excludes(0.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFew`] when no cycle has a lag; [`Error::LengthMismatch`] unless `strides` has one step per cycle;
    /// [`Error::Parameter`] for a common error that is not finite or below 0, a level outside (0, 1), or a bound that
    /// leaves no lag.
    pub fn over_cycles<A, B>(
        &self,
        cycles: &[(A, B)],
        rate: Rate,
        strides: &Strides,
        common_se_s: f64,
        level: f64,
    ) -> Result<CurveLags>
    where
        A: Samples,
        B: Samples,
        A::Item: Real,
        B::Item: Real,
    {
        if !(common_se_s.is_finite() && common_se_s >= 0.0) {
            let (name, rule) = ("standard error", "finite and at least 0 s");
            return Err(Error::Parameter { name, rule, value: common_se_s });
        }
        let none = || Error::TooFew { operation: "a mean lag of curves", unit: "cycles", needed: 1, got: 0 };
        let samples = cycles.first().ok_or_else(none)?.0.len();
        let mut plan = self.plan(samples, rate)?;
        let turn_s = samples as f64 / rate.as_hz();
        let mut near = None;
        let found: Vec<Result<CurveLag>> = cycles
            .iter()
            .map(|(first, second)| {
                let mut lag = plan.find(first, second)?;
                if self.circular {
                    let near = *near.get_or_insert(lag.lag_s);
                    let turns = num_traits::Float::round((lag.lag_s - near) / turn_s);
                    lag.lag_s -= turns * turn_s;
                }
                Ok(lag)
            })
            .collect();
        let lags: Vec<f64> = found.iter().map(|f| f.as_ref().map_or(f64::NAN, |f| f.lag_s)).collect();
        let known: Vec<&CurveLag> = found.iter().flatten().collect();
        let n = known.len();
        let median_s = median(&mut known.iter().map(|f| f.lag_s).collect::<Vec<_>>()).ok_or_else(none)?;
        let mean_r = known.iter().map(|f| f.r).sum::<f64>() / n as f64;
        let (mean_s, _) = mean(&lags, strides, common_se_s, level, turn_s)?;
        Ok(CurveLags { n, mean_s, median_s, mean_r, relation: Relation::of(&mean_s, None), cycles: found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(lag: f64) -> Vec<f64> {
        let turn = |i: u32| core::f64::consts::TAU * (f64::from(i) - lag) / 80.0;
        (0..80).map(|i| turn(i).sin() + 0.3 * (2.0 * turn(i)).cos()).collect()
    }

    fn rate() -> Rate {
        Rate::from_hz(100.0).unwrap()
    }

    #[test]
    fn half_a_cycle_apart_is_one_lag_and_not_two() {
        let cycles: Vec<_> = [38.0, 41.0, 39.0, 42.0].iter().map(|&lag| (wave(0.0), wave(lag))).collect();
        let finder = CrossCorrelation::new(1.0).unwrap().circular();
        let found = finder.over_cycles(&cycles, rate(), &Strides::ungrouped(4), 0.0, 0.95).unwrap();
        assert!((found.mean_s.value - 0.4).abs() < 1e-3, "{:?}", found.mean_s);
        assert!(found.mean_s.ci.unwrap().width() < 0.1);
    }

    #[test]
    fn cycles_without_a_lag_are_named_and_left_out() {
        let flat = (wave(0.0), vec![1.0; 80]);
        let cycles = [(wave(0.0), wave(5.0)), flat.clone(), (wave(0.0), wave(6.0)), (wave(0.0), wave(5.5))];
        let finder = CrossCorrelation::new(0.2).unwrap();
        let of = |common| finder.over_cycles(&cycles, rate(), &Strides::ungrouped(4), common, 0.95).unwrap();
        let found = of(0.0);
        assert_eq!(
            (found.n, &found.cycles[1]),
            (3, &Err(Error::Constant { operation: "the lag between two curves" }))
        );
        assert!((found.median_s - 0.055).abs() < 1e-3 && found.mean_r > 0.99);
        assert_eq!((found.relation, of(0.1).relation), (Relation::Before, Relation::Unclear));
        let all_flat = finder.over_cycles(&[flat], rate(), &Strides::ungrouped(1), 0.0, 0.95);
        assert!(matches!(all_flat, Err(Error::TooFew { .. })));
        let short = finder.over_cycles(&cycles, rate(), &Strides::ungrouped(3), 0.0, 0.95);
        assert!(matches!(short, Err(Error::LengthMismatch { .. })));
        assert!(finder.over_cycles(&cycles, rate(), &Strides::ungrouped(4), -1.0, 0.95).is_err());
    }
}
