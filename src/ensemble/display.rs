//! Bands and differences of curves in words.

use super::{Difference, SimultaneousBand};
use crate::format::{count, number};
use core::fmt;

impl fmt::Display for SimultaneousBand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mean of {} of {} points", count(self.n, "curve"), self.mean.len())?;
        let level = 100.0 * self.level;
        match &self.simultaneous {
            Some(edges) => {
                let widest = edges.low.iter().zip(&edges.high).map(|(l, h)| h - l).fold(0.0, f64::max);
                let widest = number(widest);
                write!(
                    f,
                    "; the band holds the whole curve with {level:.0} %, at most {widest} wide (the curves' unit)"
                )?;
            }
            None => write!(
                f,
                "; cannot tell where the whole curve lies: too few curves for a band at {level:.0} %"
            )?,
        }
        if self.approximate {
            f.write_str(", approximate")?;
        }
        write!(f, "; autocorrelation of neighbours {:.2}, allowed for", self.autocorrelation)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = crate::format::permutations(self.permutations, self.exact);
        write!(f, "whole curve: {} ({how})", crate::format::p_words(self.p))?;
        if self.critical_t.is_none() {
            f.write_str("; too few permutations for any point to be significant")?;
        }
        for region in &self.regions {
            write!(f, "\npoints {} to {}: p {:.3}", region.start, region.end - 1, region.p)?;
        }
        Ok(())
    }
}
