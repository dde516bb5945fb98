//! The order that explains event trains best.

use alloc::vec::Vec;
use core::fmt;

/// How well one order of all trains explains who leads.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Synfire {
    /// The Synfire Indicator in the order given, in [-1, 1].
    pub indicator: f64,
    /// In the best order, in [0, 1]. Of independent trains it is above 0 too: compare it with surrogates.
    pub indicator_sorted: f64,
    /// That order, from the train that leads to the one that follows.
    pub order: Vec<usize>,
    /// Whether no better order exists; `false` where there are too many trains to know.
    pub exact: bool,
}

impl fmt::Display for Synfire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Synfire Indicator {:.2} in the order given, ", self.indicator)?;
        write!(
            f,
            "{:.2} in the {} order",
            self.indicator_sorted,
            if self.exact { "best" } else { "best found" }
        )?;
        self.order.iter().try_for_each(|train| write!(f, " {train}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    #[test]
    fn a_search_does_not_claim_the_best() {
        let synfire = Synfire { indicator: -0.25, indicator_sorted: 0.5, order: vec![1, 0], exact: false };
        assert_eq!(
            synfire.to_string(),
            "Synfire Indicator -0.25 in the order given, 0.50 in the best found order 1 0"
        );
    }
}
