//! Filters, cut-offs and repairs.

use super::conditioning::Conditioned;
use super::cutoff::{ResidualCutoff, YuCutoff};
use super::gap::{GapOutcome, Repaired, RigidRepaired};
use super::moving::Cleaned;
use super::{Fir, SavitzkyGolay, ZeroPhase};
use crate::format::{count, number, percent};
use crate::stage::SteadyState;
use alloc::{format, string::ToString};
use core::fmt;

impl<P: SteadyState<f64>> fmt::Display for ZeroPhase<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "forwards and backwards, order {} per pass, no phase shift; each end of a record is extended by {}",
            self.stage().order(),
            count(self.pad_len::<f64>(), "sample")
        )
    }
}

impl fmt::Display for Fir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FIR of {}, gain {} at 0 Hz", count(self.count(), "tap"), number(self.gain(0.0)))
    }
}

impl fmt::Display for SavitzkyGolay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Savitzky-Golay of degree {} over {} samples", self.degree(), self.window())?;
        match self.derivative_order() {
            Some((order, rate)) => write!(f, ", derivative {order} per second at {} Hz", rate.as_hz()),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ResidualCutoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hz = |v: Option<f64>| v.map_or("none".to_string(), |v| format!("{v:.1} Hz"));
        writeln!(f, "cut-off {:.1} Hz by residual analysis (-3 dB after both passes)", self.cutoff_hz)?;
        writeln!(
            f,
            "line over {:.1} to {:.1} Hz, R^2 {:.3}; noise {} RMS in the record's unit",
            self.range_hz.0,
            self.range_hz.1,
            self.r2,
            number(self.intercept)
        )?;
        write!(
            f,
            "range 10 % lower: {}, 10 % higher: {}",
            hz(self.lower_range_cutoff_hz),
            hz(self.higher_range_cutoff_hz)
        )?;
        if self.is_doubtful() {
            f.write_str("; doubtful: the choice of the range decides, so state it")?;
        }
        Ok(())
    }
}

impl fmt::Display for YuCutoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cut-off {:.1} Hz by Yu et al. (1999); {:.1} Hz from the sample rate alone; residual {} of the spread; {} when \
             that is 10 % smaller",
            self.cutoff_hz,
            self.first_hz,
            percent(self.relative_residual),
            format_args!("{:+.1} %", 100.0 * self.sensitivity)
        )
    }
}

impl fmt::Display for Conditioned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; noise of the raw channel {} (SD, its unit)", self.signal, number(self.noise.sigma()))
    }
}

impl<X> fmt::Display for Repaired<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |outcome: GapOutcome| self.gaps.iter().filter(move |g| g.outcome == outcome).count();
        let samples: usize = self.filled().map(|gap| gap.len()).sum();
        write!(
            f,
            "{} of {}: {} filled ({}), {} too long, {} at an end; the last two are still missing",
            count(self.gaps.len(), "gap"),
            count(self.samples.len(), "sample"),
            of(GapOutcome::Filled),
            count(samples, "sample"),
            of(GapOutcome::TooLong),
            of(GapOutcome::AtEdge)
        )?;
        if self.zeros > 0 {
            write!(f, "; {} were zeros that stood for a missing one", count(self.zeros, "sample"))?;
        }
        Ok(())
    }
}

impl<T> fmt::Display for RigidRepaired<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filled: usize = self.gaps.iter().map(|g| g.filled).sum();
        let missing: usize = self.gaps.iter().map(|g| g.gap.len()).sum();
        let worst = self.gaps.iter().map(|g| g.residual).fold(f64::NAN, f64::max);
        write!(
            f,
            "{}: {filled} of {} filled from the segment's other markers; largest residual {} (the markers' unit)",
            count(self.gaps.len(), "gap"),
            count(missing, "missing frame"),
            number(worst)
        )
    }
}

impl<T> fmt::Display for Cleaned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = self.replaced.len() as f64 / self.samples.len().max(1) as f64;
        write!(
            f,
            "{} of {} replaced by the median around them ({})",
            count(self.replaced.len(), "outlier"),
            count(self.samples.len(), "sample"),
            percent(part)
        )
    }
}
