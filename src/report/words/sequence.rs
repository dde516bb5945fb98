//! Lags of whole curves and of event trains.

use super::{count, estimate, number};
use crate::sequence::{CurveLag, CurveLags, TrainProfile};
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
            estimate(&self.mean_s, 1e3, "ms"),
            1e3 * self.median_s,
            self.relation,
            self.mean_r,
            self.n,
            count(self.cycles.len(), "cycle")
        )
    }
}

#[cfg(feature = "fft")]
impl fmt::Display for crate::sequence::PhaseLag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lag = estimate(&self.lag_s, 1e3, "ms");
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
