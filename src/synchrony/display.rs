//! Phases, locking and coupling in words.

use super::circular::{Circular, SameDirection, VTest, WatsonWilliams};
use super::coupling_angle::{CouplingAngles, CouplingCycles};
use super::locking::Locking;
use super::phases::{ClusterPhase, PhaseLocking};
use super::stride_coupling::CouplingTest;
use super::trains::EventSync;
use crate::format::{count, number, or_dash, p_words};
use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt;

impl fmt::Display for Circular {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mean {
            Some(mean) => write!(f, "mean phase {:.1} % of the cycle", 100.0 * mean)?,
            None => f.write_str("no mean phase: the phases cancel out")?,
        }
        let p = p_words(self.rayleigh_p());
        write!(f, ", resultant {:.3}, circular SD {} rad", self.resultant, number(self.sd_rad()))?;
        write!(f, ", n {}; Rayleigh {p}", self.n)?;
        self.simultaneity().map_or(Ok(()), |s| write!(f, "; simultaneity {s:.3}"))
    }
}

/// Describes the phase by which the second comes after the first.
fn after(lag: Option<f64>) -> String {
    let Some(lag) = lag else { return "cannot tell which comes first".to_string() };
    let signed = if lag > 0.5 { lag - 1.0 } else { lag };
    let which = if signed < 0.0 { "before" } else { "after" };
    format!("the second {:.1} % of the cycle {which} the first", 100.0 * signed.abs())
}

impl fmt::Display for Locking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "locking {:.3} (pairwise phase consistency), {}, n {}", self.value, after(self.lag), self.n)
    }
}

impl fmt::Display for PhaseLocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "phase locking value {:.3}, pairwise consistency {}, {}; {}, not independent",
            self.plv,
            or_dash(self.ppc),
            after(self.lag),
            count(self.n, "sample")
        )
    }
}

impl fmt::Display for EventSync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "event synchronisation {:.3}, delay {:+.3} (above 0: the second comes after); {} and {} events",
            self.sync, self.delay, self.n_a, self.n_b
        )
    }
}

impl fmt::Display for ClusterPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (members, synchrony) = (count(self.members.len(), "member"), self.synchrony);
        write!(
            f,
            "group synchrony {synchrony:.3} of {members} (1: all distances are constant; chance is above 0)"
        )?;
        for (i, (steady, distance)) in self.members.iter().zip(&self.distances_rad).enumerate() {
            write!(f, "\n  member {i}: {steady:.3}, {:+.1} deg ahead of the group", distance.to_degrees())?;
        }
        Ok(())
    }
}

#[cfg(feature = "fft")]
impl fmt::Display for super::relative::RelativePhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ends, missing) = crate::format::range(self.degrees.iter().copied());
        let mean = number(self.mean_absolute_deg());
        write!(f, "relative phase, proximal minus distal: {mean} deg on average, without sign")?;
        if let Some((low, high)) = ends {
            write!(f, ", {} to {} deg", number(low), number(high))?;
        }
        if missing > 0 { write!(f, ", {missing} missing") } else { Ok(()) }
    }
}

#[cfg(feature = "fft")]
impl fmt::Display for super::relative::RelativePhaseCycles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "mean absolute relative phase {} deg, deviation phase {} deg, over {}",
            number(self.mean_absolute_deg()),
            number(self.deviation_deg()),
            count(self.n, "cycle")
        )
    }
}

/// Prints the eight shares in the order of [`CouplingAngles::bins`], from 0 degrees in steps of 45.
fn bins(bins: [usize; 8]) -> String {
    let all: usize = bins.iter().sum();
    let share = |n: usize| format!("{:.0}", 100.0 * n as f64 / all.max(1) as f64);
    bins.map(share).join(", ")
}

impl fmt::Display for CouplingAngles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mean_deg() {
            Some(mean) => write!(f, "coupling angle {mean:.1} deg on average")?,
            None => f.write_str("no mean coupling angle")?,
        }
        write!(f, "; {} % of {} by eighths of the circle from 0 deg", bins(self.bins()), self.degrees.len())
    }
}

impl fmt::Display for CouplingCycles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variability = || self.variability_deg.iter().filter(|v| v.is_finite());
        let mean = variability().sum::<f64>() / variability().count() as f64;
        let (mean, cycles) = (number(mean), count(self.n, "cycle"));
        write!(f, "coupling angle variability {mean} deg over {cycles} (largest possible 81.0 deg)")
    }
}

impl fmt::Display for CouplingTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "resultant {:.3}, {:.3} if each varied independently, {}; {}",
            self.resultant,
            self.chance,
            p_words(self.p),
            count(self.strides, "stride")
        )
    }
}

impl fmt::Display for VTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V {:.2}, u {:.2}, {}", self.v, self.u, p_words(self.p))
    }
}

impl fmt::Display for WatsonWilliams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "F(1, {:.0}) {:.2}, {}", self.freedom, self.f, p_words(self.p))?;
        if self.concentration < 1.0 {
            write!(f, "; not valid: concentration {:.2} is below 1", self.concentration)?;
        }
        Ok(())
    }
}

impl fmt::Display for SameDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.difference {
            Some(d) => {
                write!(f, "mean of the second {:+.1} % of the cycle after that of the first", 100.0 * d)?
            }
            None => f.write_str("one set has no mean phase")?,
        }
        write!(f, ", {}", p_words(self.p))
    }
}

#[cfg(feature = "fft")]
impl fmt::Display for super::coherence::CoherenceSpectrum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let worth = number(self.effective_segments);
        write!(
            f,
            "coherence over {}, equivalent to {worth} without overlap",
            count(self.segments, "segment")
        )?;
        let best = self.frequency_hz.iter().zip(&self.value).filter(|(_, v)| v.is_finite());
        if let Some((hz, value)) = best.max_by(|a, b| a.1.total_cmp(b.1)) {
            write!(f, "; largest {value:.3} at {} Hz", number(*hz))?;
        }
        match self.limit(0.95) {
            Ok(limit) => {
                write!(
                    f,
                    "; below {limit:.3} it is not distinguishable from none (95 %, for a single frequency)"
                )
            }
            Err(_) => f.write_str("; too few segments to distinguish it from none"),
        }
    }
}
