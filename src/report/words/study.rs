//! A study, and what the phantom makes.

use super::super::Study;
use crate::simulate::SimulatedTrial;
use core::fmt;

impl fmt::Display for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.report, f)
    }
}

impl fmt::Display for SimulatedTrial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "simulated, so that the timing is known: {}", self.recording)?;
        writeln!(f, "  true coincidence {:.3}, {} steps", self.truth.coincidence(), self.truth.steps.len())
    }
}
