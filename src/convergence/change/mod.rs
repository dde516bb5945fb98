//! Changes between two sessions: each contributor's force, timing, width, scatter and covariation, and which are significant.

mod fixed_offset;
mod measure;
mod welch;

pub use fixed_offset::FixedOffsetChange;

use super::{Cycles, SessionAnalysis};
use crate::inference::Estimate;
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};
use core::fmt;
use measure::Measured;
use welch::Tested;

/// Probability of any finding when nothing changed, over all contributors and causes together.
const FALSE_FINDING: f64 = 0.05;
/// Shares of that probability: the first question is whether force is missing or mistimed, so force and timing get most of it;
/// width, scatter and covariation share the rest.
const FORCE_SHARE: f64 = 0.4;
const TIMING_SHARE: f64 = 0.4;
const OTHER_SHARE: f64 = 0.2 / 3.0;
/// A narrower pulse loses force at its flanks, where neighbours of the same joint overlap it: a relative change of width counts
/// half as much as one of height.
const WIDTH_UNIT: f64 = 2.0;
/// A smaller relative change of width is no finding, however certain: pulses of one joint change each other's flanks by this
/// much.
const LEAST_WIDTH: f64 = 0.05;
/// A change of the mean correlation (Fisher's z) by this much counts as a change of an entire pulse when sizes are compared.
const COVARIATION_UNIT: f64 = 10.0;

/// The kind of a contributor's change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Cause {
    /// Its peaks are smaller.
    Weaker,
    /// Its peaks are larger.
    Stronger,
    /// It peaks later in the cycle.
    Later,
    /// It peaks earlier in the cycle.
    Earlier,
    /// Its pulses are narrower.
    Narrower,
    /// Its pulses are wider.
    Wider,
    /// Its timing scatters more.
    LessSteady,
    /// Its timing scatters less.
    Steadier,
    /// It compensates for the others from step to step, more than before.
    Compensates,
    /// It covaries with the others, more than before.
    Covaries,
}

impl Cause {
    /// Returns the cause as text, such as `weaker` or `less steady`.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Weaker => "weaker",
            Cause::Stronger => "stronger",
            Cause::Later => "later",
            Cause::Earlier => "earlier",
            Cause::Narrower => "narrower",
            Cause::Wider => "wider",
            Cause::LessSteady => "less steady",
            Cause::Steadier => "steadier",
            Cause::Compensates => "compensates for the others",
            Cause::Covaries => "covaries with the others",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One contributor compared with itself in the reference. Every change is this session minus the reference.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ContributorChange {
    /// Its name.
    pub name: String,
    /// Change of its mean peak, as a fraction of that in the reference.
    pub force: Estimate,
    /// Change of its mean peak time in the cycle, seconds of the session's mean cycle; positive = later.
    pub timing_s: Estimate,
    /// Change of its width at three quarters of its peak, as a fraction of that in the reference.
    pub width: Estimate,
    /// Change of the standard deviation of its peak time about the mean of its side, in seconds, peaks of another
    /// pulse excluded; without interval where there is no scatter at all.
    pub jitter_s: Estimate,
    /// Change of the mean correlation of its peaks with those of each other contributor (Fisher's z): below 0 it compensates
    /// for them more than before. `None` for a single contributor, and below five steps in one of the two.
    pub covariation: Option<Estimate>,
    /// Standard deviation of its peak time in the reference, in seconds.
    pub jitter_before_s: f64,
    /// The same in this session.
    pub jitter_after_s: f64,
    /// Steps of the reference whose peak belongs to another pulse, further than 5 scaled median absolute deviations from their
    /// side's median: they count in the means but not in the scatter.
    #[cfg_attr(feature = "serde", serde(default))]
    pub other_peaks_before: usize,
    /// The same in this session.
    #[cfg_attr(feature = "serde", serde(default))]
    pub other_peaks_after: usize,
}

impl ContributorChange {
    /// Returns the added scatter of its timing, sqrt(after^2 - before^2); 0 when it has decreased.
    pub fn added_jitter_s(&self) -> f64 {
        let added = self.jitter_after_s * self.jitter_after_s - self.jitter_before_s * self.jitter_before_s;
        num_traits::Float::sqrt(added.max(0.0))
    }
}

/// A significant change.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Finding {
    /// The contributor.
    pub contributor: String,
    /// The kind of change.
    pub cause: Cause,
    /// Its size as a fraction of the pulse's height (force) or of its width in the reference (time, width, scatter).
    pub size: f64,
    /// Two-sided p of that change, divided by its share of all changes tested (weighted Bonferroni), at most 1.
    pub p: f64,
}

/// All changes from one session to another.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Changes {
    /// The model of the contributors.
    pub model: String,
    /// The contributors common to both.
    pub contributors: Vec<ContributorChange>,
    /// Every significant change, the largest first. One cause has several effects (a narrower pulse is lower after a
    /// low-pass filter, and changes its neighbours of the same joint), of which the largest is most often the cause itself.
    pub findings: Vec<Finding>,
}

impl Changes {
    /// Returns the largest significant change; `None` when no change is distinguishable from chance.
    pub fn first(&self) -> Option<&Finding> {
        self.findings.first()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first() {
            None => write!(f, "no change is distinguishable from chance"),
            Some(first) => {
                write!(f, "{} {}", first.contributor, first.cause)?;
                self.findings[1..].iter().try_for_each(|n| write!(f, "; also {} {}", n.contributor, n.cause))
            }
        }
    }
}

impl SessionAnalysis {
    /// Compares each contributor of this session with a reference.
    ///
    /// The values of a step are each contributor's peak, its phase in the cycle, and its width at three quarters of its height
    /// (at a lower level, a neighbouring pulse of the same joint would contribute). Strides are the units; each change of a mean has
    /// Welch's t-interval, its standard error from an effective number of strides, as in [`crate::inference::t_interval`], its
    /// degrees of freedom from their full number. Scatter and covariation are
    /// compared over steps, within sides, as if these were independent. A change is a [`Finding`] when it is significant at 5 % over
    /// all contributors and causes together (Bonferroni; force and timing get 40 % of it each, the others share the rest), and for
    /// widths only if it is at least 5 %.
    ///
    /// Widths and peaks are those of the filtered drives: use the same filter for both sessions.
    ///
    /// # Errors
    /// [`Error::Missing`] without a common contributor; [`Error::Undefined`] when the two differ in normalization or period, or
    /// when a contributor's mean peak is not above 0; [`Error::TooFew`] below three strides in one of the two in which a
    /// contributor has a peak.
    pub fn changes(&self, cycles: &Cycles, reference: &Cycles) -> Result<Changes> {
        let common = super::comparison::common_to(cycles, reference)?;
        let (own, theirs): (Vec<usize>, Vec<usize>) = common.into_iter().unzip();
        let level = self.bootstrap()?.confidence();
        let before = Measured::of(reference, &theirs, None)?;
        let after = Measured::of(cycles, &own, Some(&before))?;
        let mut contributors = Vec::with_capacity(own.len());
        let mut tested: Vec<Candidate> = Vec::new();
        for (i, &contributor) in own.iter().enumerate() {
            let change = after.change(&before, i, level)?;
            // All as fractions of the pulse's height or width.
            let width_s = before.width_s(i)?;
            let mut both = |test: &Tested, share: f64, unit: f64, less: Cause, more: Cause| {
                let cause = if test.estimate.value < 0.0 { less } else { more };
                let p = test.p * own.len() as f64 / share;
                tested.push(Candidate { i, cause, p, size: test.estimate.value.abs() / unit });
            };
            both(&change.force, FORCE_SHARE, 1.0, Cause::Weaker, Cause::Stronger);
            both(&change.timing, TIMING_SHARE, width_s, Cause::Earlier, Cause::Later);
            both(&change.width, OTHER_SHARE, WIDTH_UNIT, Cause::Narrower, Cause::Wider);
            both(&change.jitter, OTHER_SHARE, width_s, Cause::Steadier, Cause::LessSteady);
            if let Some(covariation) = &change.covariation {
                both(covariation, OTHER_SHARE, COVARIATION_UNIT, Cause::Compensates, Cause::Covaries);
            }
            contributors.push(ContributorChange {
                name: cycles.contributors()[contributor].name.clone(),
                force: change.force.estimate,
                timing_s: change.timing.estimate,
                width: change.width.estimate,
                jitter_s: change.jitter.estimate,
                covariation: change.covariation.map(|covariation| covariation.estimate),
                jitter_before_s: before.jitter_s(i),
                jitter_after_s: after.jitter_s(i),
                other_peaks_before: before.own_peaks(i).1,
                other_peaks_after: after.own_peaks(i).1,
            });
        }
        let is_width = |cause: Cause| matches!(cause, Cause::Narrower | Cause::Wider);
        tested.retain(|found| {
            let enough = !is_width(found.cause) || found.size * WIDTH_UNIT >= LEAST_WIDTH;
            enough && found.p <= FALSE_FINDING
        });
        tested.sort_by(|a, b| b.size.total_cmp(&a.size));
        let findings = tested.into_iter().map(|found| Finding {
            contributor: contributors[found.i].name.clone(),
            cause: found.cause,
            size: found.size,
            p: found.p.min(1.0),
        });
        Ok(Changes { model: cycles.model().into(), findings: findings.collect(), contributors })
    }
}

/// A change to be tested.
struct Candidate {
    i: usize,
    cause: Cause,
    /// Divided by its share of all tests.
    p: f64,
    size: f64,
}

/// Checks that a mean is above 0, so that a change can be relative to it.
fn relative(mean: f64) -> Result<f64> {
    if mean > 0.0 {
        return Ok(mean);
    }
    let reason = "a contributor's mean peak or width in the reference is not above 0";
    Err(Error::Undefined { quantity: "a relative change", reason })
}
