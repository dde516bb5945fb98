//! How well the expected order holds over cycles.

use super::{KendallTest, PageTest, kendall_tau_b, kendall_test, page_test};
use crate::inference::{Estimate, wilson};
use crate::{Error, Result};
use alloc::vec::Vec;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// How well the expected order of channels holds over cycles.
///
/// In most runners a within-limb order is right nearly always: the lags carry the information, not this.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Order {
    /// Kendall's tau-b to the expected order in each complete cycle; `None` where all times are equal.
    pub kendall_tau: Vec<Option<f64>>,
    /// Their mean; `None` without any.
    pub mean_kendall_tau: Option<f64>,
    /// Share of cycles in which every channel comes strictly after the one before, with Wilson's interval.
    pub probability: Estimate,
    /// What that share would be if every order were equally likely: 1/m!.
    pub chance: f64,
    /// Probability, under `null`, of at least so many cycles in full order (exact: binomial).
    pub probability_p: f64,
    /// Test of the pairs in the expected order against those in the other, on which Kendall's tau rests.
    pub kendall: KendallTest,
    /// Page's test; `None` below 2 complete cycles or 3 channels.
    pub page: Option<PageTest>,
    /// What the three p values take for granted.
    pub null: OrderNull,
    /// Cycles that lack a channel and are left out.
    pub incomplete: usize,
}

/// The null hypothesis of an order's p values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OrderNull {
    /// In every cycle anew, all orders are equally likely. **Not** "there is no preferred order": any fixed lags, in
    /// whatever order, repeat themselves in every cycle and are no draw from this null.
    #[default]
    ExchangeableInEveryCycle,
}

impl fmt::Display for OrderNull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("order exchangeable anew in every cycle; any fixed lags reject it")
    }
}

/// The order of channels over cycles, `times[cycle][channel]` with the channels in the expected order.
///
/// NaN marks a channel without a time in that cycle; such a cycle is left out and counted. The interval is at level 0.95.
///
/// ```
/// use copeak::sequence::order;
/// let order = order(&[[0.10, 0.12, 0.15], [0.10, 0.13, 0.12], [0.10, f64::NAN, 0.15]])?;
/// assert_eq!(order.mean_kendall_tau, Some((1.0 + 1.0 / 3.0) / 2.0));
/// assert_eq!((order.probability.value, order.probability.n, order.incomplete), (0.5, 2, 1));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] below 2 channels or without a complete cycle, [`Error::LengthMismatch`] for rows of different
/// lengths, [`Error::NonFinite`] for an infinite time (the index counts channels over all cycles).
pub fn order<R: AsRef<[f64]>>(times: &[R]) -> Result<Order> {
    at_level(times, 0.95)
}

/// [`order`] with the interval at another level.
pub(super) fn at_level<R: AsRef<[f64]>>(times: &[R], level: f64) -> Result<Order> {
    let operation = "the order of channels";
    let channels = times.first().map_or(0, |row| row.as_ref().len());
    if !times.is_empty() && channels < 2 {
        return Err(Error::TooFew { operation, unit: "channels", needed: 2, got: channels });
    }
    let mut complete: Vec<&[f64]> = Vec::with_capacity(times.len());
    for (cycle, row) in times.iter().enumerate() {
        let row = row.as_ref();
        if row.len() != channels {
            return Err(Error::LengthMismatch { operation, left: channels, right: row.len() });
        }
        if let Some(i) = row.iter().position(|t| t.is_infinite()) {
            return Err(Error::NonFinite { operation, index: cycle * channels + i });
        }
        if !row.iter().any(|t| t.is_nan()) {
            complete.push(row);
        }
    }
    if complete.is_empty() {
        return Err(Error::TooFew { operation, unit: "complete cycles", needed: 1, got: 0 });
    }
    let expected: Vec<f64> = (0..channels).map(|i| i as f64).collect();
    let kendall_tau =
        complete.iter().map(|row| kendall_tau_b(&expected, row)).collect::<Result<Vec<Option<f64>>>>()?;
    let known: Vec<f64> = kendall_tau.iter().flatten().copied().collect();
    let in_order = complete.iter().filter(|row| row.windows(2).all(|w| w[0] < w[1])).count();
    let chance = 1.0 / (2..=channels).map(|i| i as f64).product::<f64>();
    Ok(Order {
        mean_kendall_tau: (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64),
        kendall_tau,
        probability: wilson(in_order, complete.len(), level)?,
        chance,
        probability_p: binomial_tail(in_order, complete.len(), chance),
        kendall: kendall_test(&complete)?,
        null: OrderNull::default(),
        page: if complete.len() >= 2 && channels >= 3 { Some(page_test(&complete)?) } else { None },
        incomplete: times.len() - complete.len(),
    })
}

/// Probability of at least `k` successes in `n` trials of chance `p` (0 < p < 1).
fn binomial_tail(k: usize, n: usize, p: f64) -> f64 {
    // In logarithms: (1 - p)^n may be too small for a number where its neighbours are not.
    let mut ln_term = n as f64 * (-p).ln_1p();
    let odds = p.ln() - (-p).ln_1p();
    let (mut below, mut above) = (0.0, 0.0);
    for j in 0..=n {
        let term = ln_term.exp();
        if j < k {
            below += term
        } else {
            above += term
        }
        ln_term += odds + ((n - j) as f64 / (j + 1) as f64).ln();
    }
    if k == 0 { 1.0 } else { (above / (below + above)).min(1.0) }
}

/// A p value as one reads it.
struct Probability(f64);

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0.001 { f.write_str("p < 0.001") } else { write!(f, "p {:.3}", self.0) }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let p = &self.probability;
        write!(f, "full order in {:.0} % of {} cycles", 100.0 * p.value, p.n)?;
        if let Some(ci) = p.ci {
            write!(f, " {:.0}", ci.scaled(100.0))?;
        }
        write!(f, ", {:.1} % if every order were equally likely", 100.0 * self.chance)?;
        if let Some(tau) = self.mean_kendall_tau {
            write!(f, "; Kendall's tau {tau:.2} ({})", Probability(self.kendall.p))?;
        }
        if let Some(page) = &self.page {
            write!(f, "; Page's L {:.0} ({})", page.l, Probability(page.p))?;
        }
        write!(f, "; null of these p: {}", self.null)?;
        if self.incomplete > 0 {
            write!(f, "; {} cycles lack a channel", self.incomplete)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};

    #[test]
    fn a_tied_cycle_has_no_tau_and_is_not_in_order() {
        let order = order(&[[0.1, 0.1], [0.1, 0.2]]).unwrap();
        assert_eq!(order.kendall_tau, [None, Some(1.0)]);
        assert_eq!((order.mean_kendall_tau, order.probability.value), (Some(1.0), 0.5));
        assert_eq!((order.page, order.chance), (None, 0.5));
    }

    #[test]
    fn the_null_of_page_is_stated() {
        let said = format!("{}", order(&[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]).unwrap());
        assert!(said.contains("exchangeable anew in every cycle"), "{said}");
        assert!(said.contains("16.7 % if every order"), "{said}");
    }

    #[test]
    fn the_tail_of_a_binomial() {
        assert_eq!(binomial_tail(0, 5, 0.5), 1.0);
        assert!((binomial_tail(4, 5, 0.5) - 6.0 / 32.0).abs() < 1e-15);
        assert!((binomial_tail(2, 3, 1.0 / 6.0) - 16.0 / 216.0).abs() < 1e-15);
        // (1/2)^5000 is no f64; the median is.
        let half = binomial_tail(2500, 5000, 0.5);
        assert!((half - 0.5).abs() < 0.01, "{half}");
        assert!((binomial_tail(20, 20, 1.0 / 6.0) / 6f64.powi(-20) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn bad_input_is_named() {
        assert!(matches!(order::<[f64; 2]>(&[]), Err(Error::TooFew { unit: "complete cycles", .. })));
        assert!(matches!(order(&[[0.1]]), Err(Error::TooFew { unit: "channels", .. })));
        assert!(matches!(order(&[[0.1, f64::NAN]]), Err(Error::TooFew { .. })));
        assert!(matches!(order(&[[0.1, f64::INFINITY]]), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(order(&[vec![0.1, 0.2], vec![0.1]]), Err(Error::LengthMismatch { .. })));
    }
}
