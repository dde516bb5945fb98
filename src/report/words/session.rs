//! A session and its cycles.

use super::super::text::{contributors_text, model, paragraph, together_text, weak_link};
use super::super::together;
use super::count;
use crate::convergence::{CycleKind, Cycles, Session};
use alloc::{format, string::String, vec::Vec};
use core::fmt;

impl fmt::Display for CycleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            CycleKind::Step => "step",
            CycleKind::Stride => "stride",
        })
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", model(&self.model))?;
        let used = count(self.steps.len(), "step");
        writeln!(f, "  over the {}, {used} used; timing costs in {}", self.cycle, self.unit)?;
        together_text(f, &together::convergence(self), &together::simultaneity(self))?;
        if let Some(loss) = &self.loss {
            writeln!(f, "             {loss}")?;
        }
        let contributors: Vec<_> = self.contributors.iter().map(together::contributor).collect();
        contributors_text(f, &contributors)?;
        let weak: Vec<String> = self.weak_links().into_iter().map(|c| c.name.clone()).collect();
        paragraph(f, "  weak link  ", &weak_link(&contributors, &weak))?;
        left_out(f, &self.excluded_steps, &self.excluded_contributors)
    }
}

impl fmt::Display for Cycles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", model(self.model()))?;
        writeln!(
            f,
            "  {}, each over its {} of {:.3} s",
            count(self.steps().len(), "step"),
            self.kind(),
            self.mean_cycle_s()
        )?;
        for member in self.contributors() {
            writeln!(f, "  {:<14} mean peak {:.0} {}", member.name, member.mean_peak, member.unit)?;
        }
        left_out(f, self.excluded_steps(), self.excluded_contributors())
    }
}

/// What takes no part, and why.
fn left_out(
    f: &mut fmt::Formatter<'_>,
    steps: &[crate::convergence::ExcludedStep],
    dropped: &[(String, crate::convergence::ExcludedContributor)],
) -> fmt::Result {
    for left_out in steps {
        let whose = left_out.contributor.as_ref().map_or(String::new(), |name| format!(" ({name})"));
        paragraph(
            f,
            "  note       ",
            &format!("step {} is left out: {}{whose}", left_out.step, left_out.reason),
        )?;
    }
    for (name, why) in dropped {
        paragraph(f, "  note       ", &format!("{name} takes no part: {}", together::words(*why)))?;
    }
    Ok(())
}
