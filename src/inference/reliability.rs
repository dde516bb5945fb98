//! Reliability: do repeated measurements of the same runners agree, and how large must a change be to be one?

use super::distribution::{fisher_quantile, normal_quantile};
use super::{Estimate, Interval, IntervalMethod, checked_level};
use crate::{Error, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Reliability of a measure taken of several runners in several sessions.
///
/// Two-way random effects, absolute agreement, single measurement: ICC(2,1) of Shrout & Fleiss (1979), ICC(A,1) of McGraw &
/// Wong (1996), *Psychol Methods* 1:30-46,
/// [doi:10.1037/1082-989X.1.1.30](https://doi.org/10.1037/1082-989X.1.1.30), with the latter's interval.
///
/// ```
/// use copeak::inference::Reliability;
/// // Kappa of five runners on two days.
/// let days = [[0.40, 0.42], [0.51, 0.47], [0.33, 0.36], [0.60, 0.58], [0.45, 0.49]];
/// let kappa = Reliability::of(&days, 0.95)?;
/// assert!(kappa.icc.value > 0.9);
/// // One runner's kappa must move by more than this from one day to the next.
/// assert!((kappa.minimal_change - 1.96 * 2f64.sqrt() * kappa.sem).abs() < 1e-5);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[doc(alias = "intraclass_corr")]
pub struct Reliability {
    /// ICC(2,1): the share of the variance of single measurements that lies between runners; may be negative.
    pub icc: Estimate,
    /// Standard error of measurement, in the measure's unit: SD of one runner's measurements over sessions, systematic
    /// differences between sessions included. Its square is the variance of single measurements times 1 - ICC.
    pub sem: f64,
    /// Minimal detectable change, in the measure's unit: by how much two measurements of one runner differ by chance at the
    /// level's limit, z sqrt(2) SEM.
    pub minimal_change: f64,
    /// Mean square between runners.
    pub between_runners: f64,
    /// Mean square between sessions.
    pub between_sessions: f64,
    /// Mean square of what is left.
    pub residual: f64,
    /// Number of runners.
    pub runners: usize,
    /// Number of sessions.
    pub sessions: usize,
}

impl Reliability {
    /// From one row per runner with one value per session.
    ///
    /// The interval is absent where it has no finite ends, such as for measurements without any scatter; marked approximate
    /// below 10 runners.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two runners or sessions, [`Error::LengthMismatch`] for rows of different lengths,
    /// [`Error::NonFinite`] (the index counts over all rows), [`Error::Constant`] when all values are equal,
    /// [`Error::Parameter`] for a level outside (0, 1).
    pub fn of<R: AsRef<[f64]>>(rows: &[R], level: f64) -> Result<Self> {
        let operation = "reliability";
        let level = checked_level(level)?;
        let sessions = rows.first().map_or(0, |row| row.as_ref().len());
        if rows.len() < 2 {
            return Err(Error::TooFew { operation, unit: "runners", needed: 2, got: rows.len() });
        }
        for (runner, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            if row.len() != sessions {
                return Err(Error::LengthMismatch { operation, left: sessions, right: row.len() });
            }
            if let Some(index) = row.iter().position(|v| !v.is_finite()) {
                return Err(Error::NonFinite { operation, index: runner * sessions + index });
            }
        }
        if sessions < 2 {
            return Err(Error::TooFew { operation, unit: "sessions", needed: 2, got: sessions });
        }
        let value = |runner: usize, session: usize| rows[runner].as_ref()[session];
        let (n, k) = (rows.len() as f64, sessions as f64);
        let first = value(0, 0);
        let all = || (0..rows.len()).flat_map(|i| (0..sessions).map(move |j| (i, j)));
        if all().all(|(i, j)| value(i, j) == first) {
            return Err(Error::Constant { operation });
        }
        let mean = all().map(|(i, j)| value(i, j)).sum::<f64>() / (n * k);
        let of_runner = |i: usize| (0..sessions).map(|j| value(i, j)).sum::<f64>() / k;
        let of_session = |j: usize| (0..rows.len()).map(|i| value(i, j)).sum::<f64>() / n;
        let square = |x: f64| x * x;
        let runners: f64 = (0..rows.len()).map(|i| square(of_runner(i) - mean)).sum::<f64>() * k;
        let between: f64 = (0..sessions).map(|j| square(of_session(j) - mean)).sum::<f64>() * n;
        let rest: f64 = all().map(|(i, j)| square(value(i, j) - of_runner(i) - of_session(j) + mean)).sum();
        let squares = Squares {
            runners: runners / (n - 1.0),
            sessions: between / (k - 1.0),
            rest: rest / ((n - 1.0) * (k - 1.0)),
            n,
            k,
        };
        let icc = squares.icc();
        let ci = squares.interval(icc, level);
        let sem = ((squares.sessions - squares.rest) / n + squares.rest).sqrt();
        Ok(Self {
            icc: Estimate::new(icc, Ok(ci), level, rows.len(), IntervalMethod::FisherF),
            sem,
            minimal_change: normal_quantile(0.5 + level / 2.0) * core::f64::consts::SQRT_2 * sem,
            between_runners: squares.runners,
            between_sessions: squares.sessions,
            residual: squares.rest,
            runners: rows.len(),
            sessions,
        })
    }
}

/// Mean squares of the two-way layout.
#[derive(Debug, Clone, Copy)]
struct Squares {
    runners: f64,
    sessions: f64,
    rest: f64,
    n: f64,
    k: f64,
}

impl Squares {
    fn icc(&self) -> f64 {
        let Self { runners, sessions, rest, n, k } = *self;
        (runners - rest) / (runners + (k - 1.0) * rest + k * (sessions - rest) / n)
    }

    /// McGraw & Wong, table 7, case 2A with absolute agreement.
    fn interval(&self, icc: f64, level: f64) -> Interval {
        let Self { runners, sessions, rest, n, k } = *self;
        let ratio = sessions / rest;
        let (a, b) = (k * icc * ratio, n * (1.0 + (k - 1.0) * icc) - k * icc);
        let freedom = (n - 1.0) * (k - 1.0) * (a + b) * (a + b) / ((n - 1.0) * a * a + b * b);
        let quantile = |df1: f64, df2: f64| fisher_quantile(0.5 + level / 2.0, df1, df2);
        let (upper, lower) = (quantile(n - 1.0, freedom), quantile(freedom, n - 1.0));
        let other = k * sessions + (k * n - k - n) * rest;
        let low = n * (runners - upper * rest) / (upper * other + n * runners);
        let high = n * (lower * runners - rest) / (other + n * lower * runners);
        Interval::new(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_measurement_is_what_the_icc_leaves() {
        let rows = [[1.0, 1.4, 1.2], [2.0, 2.2, 2.5], [0.5, 0.9, 0.6], [1.5, 1.4, 1.9]];
        let found = Reliability::of(&rows, 0.95).unwrap();
        let (n, k) = (4.0, 3.0);
        let runner = (found.between_runners - found.residual) / k;
        let session = (found.between_sessions - found.residual) / n;
        let total = runner + session + found.residual;
        assert!((found.icc.value - runner / total).abs() < 1e-14);
        assert!((found.sem * found.sem - total * (1.0 - found.icc.value)).abs() < 1e-14);
    }

    /// A session in which all are higher lowers the agreement.
    #[test]
    fn a_systematic_difference_counts() {
        let plain = [[1.0, 1.1], [2.0, 1.9], [3.0, 3.1], [4.0, 3.9]];
        let shifted = plain.map(|[a, b]| [a, b + 1.0]);
        let icc = |rows: &[[f64; 2]; 4]| Reliability::of(rows, 0.95).unwrap().icc.value;
        assert!(icc(&shifted) < icc(&plain) - 0.1);
    }

    #[test]
    fn perfect_agreement_has_no_interval() {
        let found = Reliability::of(&[[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]], 0.95).unwrap();
        assert_eq!((found.icc.value, found.icc.ci, found.sem), (1.0, None, 0.0));
    }

    #[test]
    fn bad_input_is_named() {
        let of = |rows: &[&[f64]]| Reliability::of(rows, 0.95);
        assert!(matches!(of(&[]), Err(Error::TooFew { unit: "runners", .. })));
        assert!(matches!(of(&[&[1.0], &[2.0]]), Err(Error::TooFew { unit: "sessions", .. })));
        assert!(matches!(of(&[&[1.0, 2.0], &[2.0]]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(of(&[&[1.0, 2.0], &[2.0, f64::NAN]]), Err(Error::NonFinite { index: 3, .. })));
        assert!(matches!(of(&[&[1.0, 1.0], &[1.0, 1.0]]), Err(Error::Constant { .. })));
        assert!(matches!(Reliability::of(&[[1.0, 2.0], [2.0, 1.0]], 1.0), Err(Error::Parameter { .. })));
    }
}
