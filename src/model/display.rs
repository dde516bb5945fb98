//! The models that turn a recording into contributors.

use super::{ForceResidual, Forces, GroupForce, Joint, Newton};
use crate::convergence::Contribute;
use crate::format::{count, model, number, paragraph, percent};
use alloc::{format, string::String, vec::Vec};
use core::fmt;

impl fmt::Display for ForceResidual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(rms), Some(mean)) = (self.rms_bw, self.mean_bw) else {
            return f.write_str("cannot tell: no step is covered by model and plates");
        };
        let r = self.r.map_or("-".into(), |r| format!("{r:.3}"));
        let steps = count(self.steps.len(), "step");
        let (rms, mean) = (percent(rms), format!("{:+.1} %", 100.0 * mean));
        write!(f, "model newton against the plates: r {r}, RMS {rms} and mean {mean} of body weight, {steps}")
    }
}

impl fmt::Display for GroupForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (se, mass) = (number(self.se_n), percent(self.fraction));
        write!(f, "{} N; standard error by marker noise {se} N; {mass} of the body's mass", self.force)
    }
}

impl Forces {
    /// Every group with its name.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, &GroupForce)> {
        [
            ("left leg", Some(&self.left_leg)),
            ("right leg", Some(&self.right_leg)),
            ("arms", self.arms.as_ref()),
            ("trunk and head", Some(&self.trunk_head)),
            ("whole body", Some(&self.total)),
        ]
        .into_iter()
        .filter_map(|(name, force)| Some((name, force?)))
    }
}

impl fmt::Display for Forces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.named().try_for_each(|(name, force)| paragraph(f, &format!("{name:<15} "), &format!("{force}")))
    }
}

/// A model's contributors, and what it lacks.
fn contributors(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    contributors: &[impl Contribute],
    absent: &[String],
) -> fmt::Result {
    writeln!(f, "{}", model(name))?;
    let names: Vec<&str> = contributors.iter().map(Contribute::name).collect();
    paragraph(f, "  contributors ", &names.join(", "))?;
    if absent.is_empty() { Ok(()) } else { paragraph(f, "  absent       ", &absent.join(", ")) }
}

impl fmt::Display for Newton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        contributors(f, "newton", &self.contributors, &self.absent)?;
        writeln!(f, "upward forces, weight included:")?;
        write!(f, "{}", self.vertical)?;
        self.notes.iter().try_for_each(|note| paragraph(f, "  note         ", note))
    }
}

impl fmt::Display for Joint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        contributors(f, "joint", &self.contributors, &self.absent)
    }
}
