//! Estimates, tests and reliability.

use super::{Show, drawn, show_words};
use crate::inference::{Estimate, reliability::Reliability, test::PermutationTest};
use crate::report::figure::intervals;
use std::{format, string::String, vec::Vec};

impl Show for Estimate {
    fn figures(&self) -> Vec<String> {
        if self.ci.is_none() { Vec::new() } else { drawn([intervals("", "in its unit", 1.0, [("", self)])]) }
    }

    /// With level, method and number of units.
    fn words(&self) -> String {
        format!("{self:#}")
    }
}

impl Show for Reliability {
    fn figures(&self) -> Vec<String> {
        drawn([intervals("", "share of the variance between runners", 1.0, [("ICC(2,1)", &self.icc)])])
    }
}

show_words!(PermutationTest);
