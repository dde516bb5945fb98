//! Nested models of speed: whether timing explains it beyond force.

use crate::inference::distribution::student_quantile;
use crate::inference::draw::Draws;
use crate::inference::interval::IntervalMethod;
use crate::inference::{Estimate, Interval, checked_level, permutation_p};
use crate::{Error, Result};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Up to this number of orders of the trials, all are taken.
const ALL_UP_TO: u64 = 5_000;
/// With fewer orders a p value is too coarse.
const FEWEST_ORDERS: u64 = 200;
const MOST_REPLICATES: usize = 1_000_000;
/// A smaller fraction of the variation is rounding.
const NOTHING: f64 = 1e-20;

/// One trial: speed, force and timing.
///
/// ```
/// use copeak::performance::SpeedTrial;
/// let trial = SpeedTrial { speed_mps: 9.1, force: 3.4, convergence: 0.45, ..SpeedTrial::default() };
/// assert_eq!((trial.athlete, trial.step_frequency_hz), (0, None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SpeedTrial {
    /// A number that identifies the athlete.
    pub athlete: usize,
    /// Running speed.
    pub speed_mps: f64,
    /// Available force A, or the mean support force: in one unit for all trials.
    pub force: f64,
    /// Convergence index kappa, or another measure of timing.
    pub convergence: f64,
    /// Step frequency, the alternative explanation.
    pub step_frequency_hz: Option<f64>,
}

/// The effect of one covariate in a model of speed.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Effect {
    /// Speed in m/s for each unit of it, the others constant; the t-interval assumes independent trials.
    pub coefficient: Estimate,
    /// Fraction explained of what the model without it leaves unexplained.
    pub partial_r2: f64,
    /// Freedman-Lane permutation p, trials exchanged within athletes; `None` when fewer than 200 orders exist.
    pub p: Option<f64>,
}

/// Step frequency as the alternative explanation.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Covariate {
    /// The effect of step frequency in addition to force.
    pub step_frequency: Effect,
    /// The effect of convergence in addition to force and step frequency.
    pub convergence: Effect,
    /// R^2 of force and step frequency.
    pub r2: f64,
}

/// Nested models of speed, fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpeedFit {
    /// Number of trials.
    pub trials: usize,
    /// Number of athletes.
    pub athletes: usize,
    /// R^2 of speed by force and its square.
    pub r2_force: f64,
    /// R^2 with convergence added.
    pub r2_full: f64,
    /// The effect of convergence in addition to force.
    pub convergence: Effect,
    /// Root mean square error in m/s of each trial predicted from the others by force alone; `None` when a trial alone
    /// determines its own value.
    pub left_out_force_mps: Option<f64>,
    /// The same with convergence.
    pub left_out_full_mps: Option<f64>,
    /// Step frequency as a covariate; `None` unless every trial has one and there are enough trials.
    pub covariate: Option<Covariate>,
    /// Orders of the trials within athletes; `u64::MAX` when there are more.
    pub orders: u64,
    /// Whether the p values come from all of them.
    pub exact: bool,
}

/// A limit of a fitted model of speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SpeedCaution {
    /// One athlete allows no inference over athletes.
    OneAthlete,
    /// The p value holds for these athletes.
    TheseAthletes {
        /// Their number.
        athletes: usize,
    },
    /// Too few orders of the trials exist for a p value.
    NoP {
        /// Their number.
        orders: u64,
    },
    /// The interval comes from few trials.
    FewTrials {
        /// Their number.
        trials: usize,
    },
    /// Timing does not help to predict a trial left out.
    DoesNotPredict,
    /// Step frequency is not known.
    NoStepFrequency,
    /// An association is not a cause.
    NoCause,
}

impl fmt::Display for SpeedCaution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpeedCaution::OneAthlete => f.write_str("one athlete: no inference over athletes is possible"),
            SpeedCaution::TheseAthletes { athletes } => write!(
                f,
                "trials are exchanged within the {athletes} athletes: p applies to these, not to others"
            ),
            SpeedCaution::NoP { orders } => {
                write!(f, "no p: only {orders} orders of the trials exist, {FEWEST_ORDERS} are needed")
            }
            SpeedCaution::FewTrials { trials } => {
                write!(f, "{trials} trials: the interval is wide and rough")
            }
            SpeedCaution::DoesNotPredict => f.write_str("timing does not help to predict a trial left out"),
            SpeedCaution::NoStepFrequency => {
                f.write_str("without step frequency, that alternative explanation is not tested")
            }
            SpeedCaution::NoCause => f.write_str("an association is not a cause"),
        }
    }
}

impl SpeedFit {
    /// Returns the limits of the numbers.
    pub fn cautions(&self) -> Vec<SpeedCaution> {
        let mut cautions = vec![match self.athletes {
            1 => SpeedCaution::OneAthlete,
            athletes => SpeedCaution::TheseAthletes { athletes },
        }];
        if self.convergence.p.is_none() {
            cautions.push(SpeedCaution::NoP { orders: self.orders });
        }
        if self.convergence.coefficient.approximate {
            cautions.push(SpeedCaution::FewTrials { trials: self.trials });
        }
        let (without, with) = (self.left_out_force_mps, self.left_out_full_mps);
        if without.zip(with).is_some_and(|(without, with)| with >= without) {
            cautions.push(SpeedCaution::DoesNotPredict);
        }
        if self.covariate.is_none() {
            cautions.push(SpeedCaution::NoStepFrequency);
        }
        cautions.push(SpeedCaution::NoCause);
        cautions
    }
}

/// Nested least squares of speed: v ~ 1 + A + A^2, then with convergence; step frequency as an alternative covariate.
///
/// A^2 is necessary: with A alone, anything that rises with speed seems to have an effect (79 % false alarms in simulated runners).
/// The p value is Freedman and Lane's (1983, doi:10.1080/07350015.1983.10509354): residuals of the model without the
/// covariate are exchanged within athletes and added to its fitted values; the statistic is the partial R^2, so the test
/// is two-sided. All orders are taken when there are no more than 5,000.
///
/// With several athletes, differences between them affect the fit unless each has its own intercept
/// ([`SpeedModel::athlete_intercepts`]).
///
/// ```
/// use copeak::performance::{SpeedCaution, SpeedModel, SpeedTrial};
/// // Speed by force and, at equal force, by timing.
/// let trials: Vec<_> = (0..8)
///     .map(|i| {
///         let (force, kappa) = (i as f64, [0.3, 0.5, 0.4, 0.6, 0.35, 0.55, 0.45, 0.5][i]);
///         let speed_mps = 4.0 + 0.5 * force + 3.0 * kappa;
///         SpeedTrial { speed_mps, force, convergence: kappa, ..SpeedTrial::default() }
///     })
///     .collect();
/// let fit = SpeedModel::new(1).fit(&trials)?;
/// assert!((fit.convergence.coefficient.value - 3.0).abs() < 1e-9);
/// assert!(fit.convergence.p.is_some_and(|p| p < 0.001));
/// assert_eq!(fit.cautions()[0], SpeedCaution::OneAthlete);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias("OLS", "freedman lane", "multiple regression"))]
pub struct SpeedModel {
    seed: u64,
    replicates: usize,
    level: f64,
    own_intercepts: bool,
}

impl SpeedModel {
    /// Creates a model with 4,999 random orders where not all are taken, level 0.95, and one intercept.
    pub fn new(seed: u64) -> Self {
        Self { seed, replicates: 4_999, level: 0.95, own_intercepts: false }
    }

    /// Sets the number of random orders, 1 to 1,000,000.
    #[must_use]
    pub fn replicates(self, replicates: usize) -> Self {
        Self { replicates, ..self }
    }

    /// Sets the confidence level, between 0 and 1.
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Gives each athlete an intercept: differences between athletes then explain nothing.
    #[must_use]
    pub fn athlete_intercepts(self) -> Self {
        Self { own_intercepts: true, ..self }
    }

    /// Fits the models.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a setting outside its range; [`Error::TooFew`] unless there is at least one trial more than the fuller model has coefficients (five for one
    /// intercept); [`Error::NonFinite`]; [`Error::Constant`] when speed does not vary; [`Error::Undefined`] when force
    /// takes fewer than three values, or when force explains all of the speed or all of the convergence.
    pub fn fit(&self, trials: &[SpeedTrial]) -> Result<SpeedFit> {
        let operation = "a model of speed";
        checked_level(self.level)?;
        if !(1..=MOST_REPLICATES).contains(&self.replicates) {
            let value = self.replicates as f64;
            return Err(Error::Parameter { name: "replicates", rule: "from 1 to 1000000", value });
        }
        for (index, t) in trials.iter().enumerate() {
            let values = [t.speed_mps, t.force, t.convergence, t.step_frequency_hz.unwrap_or(0.0)];
            if values.iter().any(|v| !v.is_finite()) {
                return Err(Error::NonFinite { operation, index });
            }
        }
        let n = trials.len();
        let labels: Vec<usize> = trials.iter().map(|trial| trial.athlete).collect();
        let exchange = Exchange::within(&labels);
        let intercepts = if self.own_intercepts { exchange.groups().max(1) } else { 1 };
        let needed = intercepts + 4;
        if n < needed {
            return Err(Error::TooFew { operation, unit: "trials", needed, got: n });
        }
        let column = |value: &dyn Fn(&SpeedTrial) -> f64| trials.iter().map(value).collect::<Vec<f64>>();
        let speed = column(&|t| t.speed_mps);
        if speed.iter().all(|v| *v == speed[0]) {
            return Err(Error::Constant { operation });
        }
        let mut reduced = Basis::new(n);
        for label in self.intercepts(&labels) {
            // Columns of 0 and 1 with the 1 in different places: they are independent.
            let _ = reduced.take(&label);
        }
        let overall = reduced.rest_squares(&speed);
        let force = standardised(&column(&|t| t.force));
        let square: Vec<f64> = force.iter().map(|f| f * f).collect();
        if !(reduced.take(&force) && reduced.take(&square)) {
            let reason = "force takes fewer than three values";
            return Err(Error::Undefined { quantity: operation, reason });
        }
        let convergence = column(&|t| t.convergence);
        let test = Test { model: self, exchange: &exchange, speed: &speed };
        let r2 = |basis: &Basis| 1.0 - basis.rest_squares(&speed) / overall;
        let effect = test.effect(&reduced, &convergence)?;
        let mut full = reduced.clone();
        // `effect` has checked that it is independent.
        let _ = full.take(&convergence);

        let frequency: Option<Vec<f64>> = trials.iter().map(|t| t.step_frequency_hz).collect();
        let covariate = frequency.filter(|_| n > needed).and_then(|frequency| {
            let step_frequency = test.effect(&reduced, &frequency).ok()?;
            let mut with_frequency = reduced.clone();
            let _ = with_frequency.take(&frequency);
            Some(Covariate {
                step_frequency,
                convergence: test.effect(&with_frequency, &convergence).ok()?,
                r2: r2(&with_frequency),
            })
        });
        let orders = exchange.orders();
        Ok(SpeedFit {
            trials: n,
            athletes: exchange.groups(),
            r2_force: r2(&reduced),
            r2_full: r2(&full),
            convergence: effect,
            left_out_force_mps: reduced.leave_one_out(&reduced.rest(&speed)),
            left_out_full_mps: full.leave_one_out(&full.rest(&speed)),
            covariate,
            orders,
            exact: (FEWEST_ORDERS..=ALL_UP_TO).contains(&orders),
        })
    }

    fn intercepts(&self, labels: &[usize]) -> Vec<Vec<f64>> {
        if !self.own_intercepts {
            return vec![vec![1.0; labels.len()]];
        }
        let mut names = labels.to_vec();
        names.sort_unstable();
        names.dedup();
        let of = |name: usize| labels.iter().map(|&l| f64::from(u8::from(l == name))).collect();
        names.into_iter().map(of).collect()
    }
}

/// The test of one more covariate.
struct Test<'a> {
    model: &'a SpeedModel,
    exchange: &'a Exchange,
    speed: &'a [f64],
}

impl Test<'_> {
    /// The effect of `covariate` in addition to the columns of `reduced`.
    fn effect(&self, reduced: &Basis, covariate: &[f64]) -> Result<Effect> {
        let quantity = "the effect of a covariate on speed";
        let undefined = |reason| Error::Undefined { quantity, reason };
        if !reduced.clone().take(covariate) {
            return Err(undefined("it is a combination of the other covariates"));
        }
        let own = reduced.rest(covariate);
        let rest = reduced.rest(self.speed);
        let (along, left) = (dot(&own, &own), dot(&rest, &rest));
        if left <= NOTHING * dot(self.speed, self.speed) {
            return Err(undefined("the model without it already explains all of the speed"));
        }
        let value = dot(&own, &rest) / along;
        let partial_r2 = (value * dot(&own, &rest) / left).clamp(0.0, 1.0);
        let n = self.speed.len();
        let freedom = (n - reduced.len() - 1) as f64;
        let error = ((1.0 - partial_r2) * left / freedom / along).sqrt();
        let reach = student_quantile(0.5 + self.model.level / 2.0, freedom) * error;
        Ok(Effect {
            coefficient: Estimate::new(
                value,
                Ok(Interval::around(value, reach)),
                self.model.level,
                n,
                IntervalMethod::StudentT,
            ),
            partial_r2,
            p: self.p(reduced, &own, &rest),
        })
    }

    fn p(&self, reduced: &Basis, own: &[f64], rest: &[f64]) -> Option<f64> {
        let orders = self.exchange.orders();
        if orders < FEWEST_ORDERS {
            return None;
        }
        let mut moved = vec![0.0; rest.len()];
        // The partial R^2 up to a factor common to all. The fitted values of the smaller model, to which the residuals are
        // added, cancel.
        let mut statistic = |order: &[usize]| {
            moved.iter_mut().zip(order).for_each(|(v, &from)| *v = rest[from]);
            let left = reduced.rest_squares(&moved);
            let along = dot(own, &moved);
            if left > 0.0 { along * along / left } else { 0.0 }
        };
        let mut values = Vec::new();
        let observed = statistic(&(0..rest.len()).collect::<Vec<_>>());
        if orders <= ALL_UP_TO {
            self.exchange.every(|order| values.push(statistic(order)));
            // The first is the observed order, which the p value counts already.
            return Some(permutation_p(
                1.0,
                values.iter().skip(1).map(|v| v / observed.max(f64::MIN_POSITIVE)),
            ));
        }
        self.exchange.drawn(self.model.replicates, self.model.seed, |order| values.push(statistic(order)));
        Some(permutation_p(1.0, values.iter().map(|v| v / observed.max(f64::MIN_POSITIVE))))
    }
}

// Orders of trials within athletes.

/// Groups of positions whose entries may be exchanged.
#[derive(Debug, Clone)]
struct Exchange {
    /// The positions of each group.
    groups: Vec<Vec<usize>>,
    rows: usize,
}

impl Exchange {
    /// Positions with the same label are a group.
    fn within(labels: &[usize]) -> Self {
        let mut names: Vec<usize> = labels.to_vec();
        names.sort_unstable();
        names.dedup();
        let places = |name: usize| (0..labels.len()).filter(|&i| labels[i] == name).collect();
        Self { groups: names.into_iter().map(places).collect(), rows: labels.len() }
    }

    /// Number of groups.
    fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Number of orders; `u64::MAX` when there are more.
    fn orders(&self) -> u64 {
        let factorial = |n: usize| (1..=n as u64).fold(1u64, u64::saturating_mul);
        self.groups.iter().fold(1, |all, group| all.saturating_mul(factorial(group.len())))
    }

    /// Calls `take` with every order: `order[i]` is the position whose entry moves to position i. The first is the identity.
    fn every(&self, mut take: impl FnMut(&[usize])) {
        let mut order: Vec<usize> = (0..self.rows).collect();
        let mut now: Vec<Vec<usize>> = self.groups.clone();
        loop {
            take(&order);
            // Like an odometer: the first group with a next order advances, those before it restart.
            let moved = (0..now.len()).find(|&g| {
                let more = next_order(&mut now[g]);
                self.groups[g].iter().zip(&now[g]).for_each(|(&place, &from)| order[place] = from);
                more
            });
            if moved.is_none() {
                return;
            }
        }
    }

    /// Calls `take` with `count` random orders.
    fn drawn(&self, count: usize, seed: u64, mut take: impl FnMut(&[usize])) {
        let mut draws = Draws::new(seed);
        let mut order = vec![0; self.rows];
        let mut now = self.groups.clone();
        for _ in 0..count {
            for (places, entries) in self.groups.iter().zip(&mut now) {
                draws.shuffle(entries);
                places.iter().zip(entries.iter()).for_each(|(&place, &from)| order[place] = from);
            }
            take(&order);
        }
    }
}

/// The next order lexicographically; the first again, and false, after the last.
fn next_order(items: &mut [usize]) -> bool {
    let Some(rise) = (1..items.len()).rev().find(|&i| items[i - 1] < items[i]) else {
        items.reverse();
        return false;
    };
    let swap = (rise..items.len()).rev().find(|&i| items[i] > items[rise - 1]).unwrap_or(rise);
    items.swap(rise - 1, swap);
    items[rise..].reverse();
    true
}

// Ordinary least squares on a few columns.

/// A column of which a smaller fraction is independent of the columns before it is not used.
const LEAST_REST: f64 = 1e-9;

/// An orthonormal basis of some columns, by Gram-Schmidt with reorthogonalization.
#[derive(Debug, Clone, Default)]
struct Basis {
    rows: usize,
    columns: Vec<Vec<f64>>,
}

impl Basis {
    fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// Adds a column; false, without adding, when it is a combination of the columns before it.
    #[must_use]
    fn take(&mut self, column: &[f64]) -> bool {
        let mut rest = column.to_vec();
        self.remove_from(&mut rest);
        let size = dot(&rest, &rest).sqrt();
        if size.is_nan() || size <= LEAST_REST * dot(column, column).sqrt() {
            return false;
        }
        rest.iter_mut().for_each(|v| *v /= size);
        self.columns.push(rest);
        true
    }

    /// Number of columns.
    fn len(&self) -> usize {
        self.columns.len()
    }

    /// Residual of `y` after projection on the columns.
    fn rest(&self, y: &[f64]) -> Vec<f64> {
        let mut rest = y.to_vec();
        self.remove_from(&mut rest);
        rest
    }

    fn remove_from(&self, y: &mut [f64]) {
        for _ in 0..2 {
            for column in &self.columns {
                let along = dot(column, y);
                y.iter_mut().zip(column).for_each(|(y, c)| *y -= along * c);
            }
        }
    }

    /// Sum of squares of that residual.
    fn rest_squares(&self, y: &[f64]) -> f64 {
        let projected: f64 = self.columns.iter().map(|column| dot(column, y).powi(2)).sum();
        (dot(y, y) - projected).max(0.0)
    }

    /// Leverage of each row.
    fn leverages(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.rows];
        for column in &self.columns {
            sums.iter_mut().zip(column).for_each(|(sum, c)| *sum += c * c);
        }
        sums
    }

    /// Root mean square error of each row predicted by a fit without it; `None` when a row alone determines its fitted value.
    fn leave_one_out(&self, residuals: &[f64]) -> Option<f64> {
        let errors = residuals.iter().zip(self.leverages());
        let squares = errors.map(|(e, h)| (1.0 - h > LEAST_REST).then(|| (e / (1.0 - h)).powi(2)));
        let sum: Option<f64> = squares.sum();
        sum.map(|sum| (sum / residuals.len() as f64).sqrt())
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The values minus their mean, over their standard deviation where they vary: with a constant column they span the same space,
/// without the rounding errors of large squares.
pub(super) fn standardised(values: &[f64]) -> Vec<f64> {
    let (mean, variance) = crate::math::moments(values);
    let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    values.iter().map(|v| (v - mean) / scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::draw::Draws;

    fn trials(n: usize, athletes: usize, effect: f64, draws: &mut Draws) -> Vec<SpeedTrial> {
        (0..n)
            .map(|i| {
                let (force, kappa) = (draws.uniform(), 0.5 + 0.1 * draws.normal());
                let speed = 5.0 + 4.0 * force - force * force + effect * kappa + 0.2 * draws.normal();
                SpeedTrial {
                    athlete: i % athletes,
                    speed_mps: speed,
                    force: 2000.0 * force,
                    convergence: kappa,
                    step_frequency_hz: Some(draws.uniform()),
                }
            })
            .collect()
    }

    #[test]
    fn units_and_order_change_nothing() {
        let mut draws = Draws::new(5);
        let trials = trials(12, 1, 2.0, &mut draws);
        let fit = SpeedModel::new(1).fit(&trials).unwrap();
        let reversed: Vec<_> =
            trials.iter().rev().map(|t| SpeedTrial { force: 7.0 + 0.01 * t.force, ..*t }).collect();
        let other = SpeedModel::new(1).fit(&reversed).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(near(fit.r2_force, other.r2_force) && near(fit.r2_full, other.r2_full));
        assert!(near(fit.convergence.coefficient.value, other.convergence.coefficient.value));
        let (first, other) = (fit.covariate.unwrap(), other.covariate.unwrap());
        assert!(near(first.convergence.partial_r2, other.convergence.partial_r2));
        // The order of adding covariates does not matter.
        let both = 1.0 - (1.0 - first.r2) * (1.0 - first.convergence.partial_r2);
        assert!(both >= fit.r2_full - 1e-12 && fit.r2_full >= fit.r2_force);
    }

    #[test]
    fn few_orders_give_no_p() {
        let mut draws = Draws::new(6);
        let one = SpeedModel::new(1).fit(&trials(5, 1, 1.0, &mut draws)).unwrap();
        assert_eq!((one.convergence.p, one.orders, one.exact), (None, 120, false));
        assert!(one.cautions().contains(&SpeedCaution::NoP { orders: 120 }));
        let six = SpeedModel::new(1).fit(&trials(6, 1, 1.0, &mut draws)).unwrap();
        assert!(six.convergence.p.is_some_and(|p| p >= 1.0 / 720.0) && six.exact && six.orders == 720);
        let many = SpeedModel::new(1).fit(&trials(30, 3, 1.0, &mut draws)).unwrap();
        assert!(!many.exact && many.convergence.p.is_some() && many.athletes == 3);
        let own = SpeedModel::new(1).athlete_intercepts().fit(&trials(30, 3, 1.0, &mut draws)).unwrap();
        assert!(own.r2_force < own.r2_full);
    }

    #[test]
    fn trials_without_information_and_settings_out_of_range_are_errors() {
        let mut draws = Draws::new(7);
        let good = trials(6, 1, 1.0, &mut draws);
        let model = SpeedModel::new(1);
        assert!(matches!(model.fit(&good[..4]), Err(Error::TooFew { needed: 5, got: 4, .. })));
        assert!(matches!(model.fit(&[]), Err(Error::TooFew { .. })));
        let change = |change: &dyn Fn(&mut SpeedTrial)| {
            let mut bad = good.clone();
            bad.iter_mut().for_each(change);
            model.fit(&bad)
        };
        assert!(matches!(change(&|t| t.force = f64::NAN), Err(Error::NonFinite { .. })));
        assert!(matches!(change(&|t| t.speed_mps = 5.0), Err(Error::Constant { .. })));
        assert!(matches!(change(&|t| t.force = 1.0), Err(Error::Undefined { .. })));
        assert!(matches!(change(&|t| t.convergence = 0.5), Err(Error::Undefined { .. })));
        assert!(matches!(change(&|t| t.speed_mps = 3.0 + t.force), Err(Error::Undefined { .. })));
        for bad in [model.replicates(0), model.level(1.0)] {
            assert!(matches!(bad.fit(&good), Err(Error::Parameter { .. })));
        }
    }
}

#[cfg(test)]
mod exchange_tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_order_within_groups_comes_once() {
        let exchange = Exchange::within(&[7, 3, 7, 3, 7]);
        assert_eq!((exchange.groups(), exchange.orders()), (2, 12));
        let mut seen = BTreeSet::new();
        let mut first = None;
        exchange.every(|order| {
            first.get_or_insert_with(|| order.to_vec());
            assert!([0, 2, 4].iter().all(|&i| [0, 2, 4].contains(&order[i])));
            assert!(seen.insert(order.to_vec()));
        });
        assert_eq!((seen.len(), first), (12, Some(vec![0, 1, 2, 3, 4])));
        exchange.drawn(50, 1, |order| assert!(seen.contains(order)));
        assert_eq!(Exchange::within(&[0; 30]).orders(), u64::MAX);
    }
}

#[cfg(test)]
mod least_squares_tests {
    use super::*;

    #[test]
    fn a_line_has_residuals_and_leverages() {
        let mut basis = Basis::new(4);
        assert!(basis.take(&[1.0; 4]) && basis.take(&[0.0, 1.0, 2.0, 3.0]));
        assert!(!basis.take(&[5.0, 7.0, 9.0, 11.0]) && basis.len() == 2);
        let y = [1.0, 2.0, 2.0, 4.0];
        let rest = basis.rest(&y);
        let expected = [0.1, 0.2, -0.7, 0.4]; // of the line 0.9 + 0.9 t
        assert!(rest.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{rest:?}");
        assert!((basis.rest_squares(&y) - dot(&rest, &rest)).abs() < 1e-12);
        assert!((basis.leverages().iter().sum::<f64>() - 2.0).abs() < 1e-12);
        // Without the first, the line through (1, 2), (2, 2), (3, 4) misses it by 1 - 2/3.
        let first = rest[0] / (1.0 - basis.leverages()[0]);
        assert!((first - (1.0 - 2.0 / 3.0)).abs() < 1e-12, "{first}");
    }
}
