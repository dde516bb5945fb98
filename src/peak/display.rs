//! Peaks and onsets.

use super::timing::{PulseAlignment, PulseJitter};
use super::{Peak, Peaks, onset::OnsetTime, subsample::Vertex};
use crate::format::{count, ms, number};
use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt;

/// Most rows of a table of peaks.
const ROWS: usize = 12;

impl fmt::Display for Peaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (heights in the record's unit)", count(self.len(), "peak"))?;
        for i in 0..self.len().min(ROWS) {
            write!(f, "\n  sample {:>6}  height {:>8}", self.indices[i], number(self.heights[i]))?;
            if let Some(prominence) = self.prominences.get(i) {
                write!(f, "  prominence {:>8}", number(prominence.value))?;
            }
            if let Some(width) = self.widths.get(i) {
                write!(f, "  width {} samples", number(width.width))?;
            }
        }
        if self.len() > ROWS { write!(f, "\n  and {} more", self.len() - ROWS) } else { Ok(()) }
    }
}

fn standard_error(se_s: Option<f64>) -> String {
    se_s.map_or("standard error unknown".to_string(), |se| format!("standard error {}", ms(se)))
}

impl fmt::Display for Peak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.approximate { ", approximate" } else { "" };
        write!(
            f,
            "peak at {:.4} s, {}{mark}; {} high, prominence {} (the drive's unit)",
            self.time_s,
            standard_error(self.se_s),
            number(self.value),
            number(self.prominence)
        )
    }
}

impl fmt::Display for Vertex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "top at sample {:.2}, {} high (the record's unit)", self.position, number(self.value))
    }
}

impl fmt::Display for OnsetTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (time_s, level) = (self.time_s, number(self.level));
        write!(f, "onset at {time_s:.4} s, {}; level {level} (the curve's unit)", standard_error(self.se_s))
    }
}

impl fmt::Display for PulseJitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "peak time scatters by {} (SD of {})", ms(self.observed_s), self.n)?;
        match self.corrected_s {
            Some(corrected) => write!(f, ", {} without the measurement's part", ms(corrected)),
            None => f.write_str("; the part of the measurement is not known"),
        }
    }
}

impl fmt::Display for PulseAlignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = || self.cycles.iter().flatten();
        let n = found().count();
        write!(f, "{n} of {} timed by their mean pulse", count(self.cycles.len(), "cycle"))?;
        if n > 0 {
            let r = found().map(|time| time.r).sum::<f64>() / n as f64;
            let shifts: alloc::vec::Vec<f64> = found().map(|time| time.shift_s).collect();
            let sd = num_traits::Float::sqrt(crate::math::moments(&shifts).1);
            write!(f, ", shifts scatter by {} (SD), mean correlation {r:.2}", ms(sd))?;
        }
        Ok(())
    }
}
