//! A simulated trial in words.

use super::SimulatedTrial;
use core::fmt;

impl fmt::Display for SimulatedTrial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "simulated, so that the timing is known: {}", self.recording)?;
        writeln!(f, "  true coincidence {:.3}, {} steps", self.truth.coincidence(), self.truth.steps.len())
    }
}
