//! Lags of whole curves and of event trains.

use super::alignment::ClockOffset;
use super::correlation::{CurveLag, CurveLags};
use super::train::TrainProfile;
use crate::format::{count, ms, number};
use core::fmt;

impl fmt::Display for CurveLag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lag {:+.1} ms, correlation {:.3}", 1e3 * self.lag_s, self.r)?;
        match (self.second_r, self.second_lag_s) {
            (Some(r), Some(lag)) => {
                write!(f, "; second best {:+.1} ms, correlation {r:.3}", 1e3 * lag)?;
                if self.r - r < 0.05 { f.write_str(": cannot tell which") } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for CurveLags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "lag {}, median {:+.1} ms, {}; mean correlation {:.3}, {} of {}",
            self.mean_s.ms(),
            1e3 * self.median_s,
            self.relation,
            self.mean_r,
            self.n,
            count(self.cycles.len(), "cycle")
        )
    }
}

#[cfg(feature = "fft")]
impl fmt::Display for crate::sequence::phase_slope::PhaseLag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lag = self.lag_s.ms();
        write!(f, "lag {lag}, {}; one lag explains {:.2} of the phases", self.relation, self.fit)?;
        write!(f, "; {}", count(self.coherence.len(), "frequency").replace("frequencys", "frequencies"))
    }
}

impl fmt::Display for TrainProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.times_s.first(), self.times_s.last()) {
            (Some(first), Some(last)) => {
                let mean = self.mean_between(*first, *last).map_or("not defined".into(), number);
                write!(
                    f,
                    "mean {mean} over {}, {first:.2} to {last:.2} s",
                    count(self.times_s.len(), "event")
                )
            }
            _ => f.write_str("no event"),
        }
    }
}

impl fmt::Display for ClockOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.approximate { ", approximate" } else { "" };
        write!(
            f,
            "add {} to the other device's times, standard error {}{mark}",
            ms(self.offset_s),
            ms(self.se_s)
        )?;
        write!(f, " (at {:.1} s; correlation {:.2})", self.at_s, self.r)?;
        match &self.drift {
            Some(drift) => {
                write!(f, "; the clocks drift by {:.1} ppm, standard error {:.1}", drift.ppm, drift.se_ppm)?;
            }
            None => f.write_str("; too little overlaps to tell whether the clocks drift")?,
        }
        if !self.clear {
            f.write_str("; cannot tell: another offset fits about as well")?;
            if let Some(rival) = self.rival_s {
                write!(f, " ({})", ms(rival))?;
            }
        }
        Ok(())
    }
}
