//! Steps, strides, forces and curves.

use super::{
    Ensemble, ForwardForces, LegStiffness, Means, Speed, SpringMass, Step, StepForces, Steps, Summary,
};
use crate::format::{count, number, or_dash, paragraph};
use alloc::{format, string::String, vec::Vec};
use core::fmt;

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |s: f64| number(1e3 * s);
        write!(
            f,
            "{} step at {:.3} s: contact {} ms, flight {} ms, step {} ms",
            crate::format::foot(self.side()),
            self.start_s(),
            ms(self.contact_s()),
            ms(self.flight_s()),
            ms(self.duration_s())
        )?;
        self.rejected.map_or(Ok(()), |why| write!(f, "; not used: {why}"))
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.summary(), f)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} used of {}", count(self.accepted, "step"), self.steps)?;
        let reasons: Vec<String> = self.dropped.iter().map(|(why, n)| format!("{n} x {why}")).collect();
        if !reasons.is_empty() {
            paragraph(f, "  not used: ", &reasons.join(", "))?;
        }
        write!(f, "  used:      {}", self.kept)?;
        if self.accepted < self.steps {
            write!(f, "\n  all:       {}", self.all)?;
        }
        Ok(())
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |v: Option<f64>| or_dash(v.map(|s| 1e3 * s));
        write!(
            f,
            "contact {} ms, flight {} ms, step {} ms, stride {} ms, duty factor {}, {} steps/min",
            ms(self.contact_s),
            ms(self.flight_s),
            ms(self.step_s),
            ms(self.stride_s),
            or_dash(self.duty_factor),
            or_dash(self.cadence_spm)
        )
    }
}

impl fmt::Display for StepForces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "vertical force {:.2} BW on average ({:.2} in the first half of contact, {:.2} in the second), peak {:.2} BW, \
             impulse {} N s; half-sine R^2 {:.2}; support {}",
            self.mean_bw,
            self.first_half_bw,
            self.second_half_bw,
            self.peak_bw,
            number(self.vertical_ns),
            self.half_sine_r2,
            number(self.support)
        )?;
        self.forward.as_ref().map_or(Ok(()), |forward| write!(f, "; {forward}"))
    }
}

impl fmt::Display for ForwardForces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "braking {} N s, propulsion {} N s, ratio of forces {:.1} %",
            number(self.braking_ns),
            number(self.propulsive_ns),
            100.0 * self.ratio
        )
    }
}

/// A value with its standard error.
fn with_error(value: f64, se: f64, factor: f64, unit: &str) -> String {
    format!("{} {unit} (standard error {})", number(factor * value), number(factor * se))
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_error(self.mps, self.se_mps, 1.0, "m/s"))
    }
}

impl fmt::Display for SpringMass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "largest force {}, drop {}, vertical stiffness {}; a spring-mass model",
            with_error(self.force_n, self.force_se_n, 1.0, "N"),
            with_error(self.drop_m, self.drop_se_m, 1e3, "mm"),
            with_error(self.vertical_npm, self.vertical_se_npm, 1e-3, "kN/m")
        )
    }
}

impl fmt::Display for LegStiffness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the leg shortens by {}, leg stiffness {}; a spring-mass model",
            with_error(self.shortening_m, self.shortening_se_m, 1e3, "mm"),
            with_error(self.stiffness_npm, self.stiffness_se_npm, 1e-3, "kN/m")
        )
    }
}

impl fmt::Display for Ensemble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mean of {} of {} points", count(self.n, "curve"), self.mean.len())?;
        match &self.sd {
            Some(sd) => {
                let most = sd.iter().copied().fold(0.0, f64::max);
                write!(f, ", SD at most {} (the curves' unit)", number(most))
            }
            None => f.write_str(", no SD"),
        }
    }
}
