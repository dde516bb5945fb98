//! What changed between two sessions: each contributor's force, timing, width, steadiness and cover, with what to name.

mod habit;
mod measure;
mod welch;

pub use habit::FixedOffsetChange;

use super::{Cycles, SessionAnalysis};
use crate::inference::Estimate;
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};
use core::fmt;
use measure::Measured;
use welch::Tested;

/// Chance of naming anything when nothing changed, over all contributors and causes together.
const FALSE_NAMING: f64 = 0.05;
/// Shares of that chance: the first question is whether force is missing or mistimed, so force and timing get most of it.
/// What a look at width, steadiness and cover gets is as much less.
const FORCE_SHARE: f64 = 0.4;
const TIMING_SHARE: f64 = 0.4;
const OTHER_SHARE: f64 = 0.2 / 3.0;
/// What is lost by a narrower pulse lies beside its peak, and neighbours of the same joint move it: a relative change of width
/// counts half as much as one of height.
const WIDTH_UNIT: f64 = 2.0;
/// A smaller relative change of width is not named, however sure: pulses of one joint move each other's flanks by so much.
const LEAST_WIDTH: f64 = 0.05;
/// A change of the mean correlation (Fisher's z) by this much stands for a change of a whole pulse when sizes are compared.
const COVER_UNIT: f64 = 10.0;

/// What a contributor does otherwise.
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
    /// It makes up for what the others lack from step to step, more than before.
    Compensates,
    /// It goes up and down with the others, more than before.
    Covaries,
}

impl Cause {
    /// As `weaker`, `less steady`.
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
            Cause::Compensates => "covers for the others",
            Cause::Covaries => "goes with the others",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One contributor against itself in the reference. Every change is this session less the reference.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ContributorChange {
    /// Its name.
    pub name: String,
    /// Change of its mean peak, as a part of that in the reference.
    pub force: Estimate,
    /// Change of its mean peak time in the cycle, seconds of the session's mean cycle; positive = later.
    pub timing_s: Estimate,
    /// Change of its width at three quarters of its peak, as a part of that in the reference.
    pub width: Estimate,
    /// Change of the standard deviation of its peak time about the mean of its side, in seconds, peaks at another top left
    /// out; without interval where there is no scatter at all.
    pub jitter_s: Estimate,
    /// Change of the mean correlation of its peaks with those of each other contributor (Fisher's z): below 0 it covers
    /// for them more than before. `None` for a contributor alone, and below five steps in one of the two.
    pub cover: Option<Estimate>,
    /// Standard deviation of its peak time in the reference, in seconds.
    pub jitter_before_s: f64,
    /// The same in this session.
    pub jitter_after_s: f64,
    /// Steps of the reference that peak at another top, further than 5 scaled median absolute deviations from their side's
    /// median: they count in the means but not in the scatter.
    #[cfg_attr(feature = "serde", serde(default))]
    pub other_top_before: usize,
    /// The same in this session.
    #[cfg_attr(feature = "serde", serde(default))]
    pub other_top_after: usize,
}

impl ContributorChange {
    /// Scatter of its timing that has come on top, sqrt(after^2 - before^2); 0 when it has become less.
    pub fn added_jitter_s(&self) -> f64 {
        let added = self.jitter_after_s * self.jitter_after_s - self.jitter_before_s * self.jitter_before_s;
        num_traits::Float::sqrt(added.max(0.0))
    }
}

/// What is named.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Finding {
    /// The contributor.
    pub contributor: String,
    /// What it does otherwise.
    pub cause: Cause,
    /// How large: in parts of the pulse's height (force) or of its width in the reference (time, width, scatter).
    pub size: f64,
    /// Two-sided p of that change alone over its share of all changes looked at (weighted Bonferroni), at most 1.
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
    /// Every change that is not chance, the largest first. One cause has several effects (a narrower pulse is lower after a
    /// low-pass filter, and moves its neighbours of the same joint), of which the largest is most often the cause itself.
    pub named: Vec<Finding>,
}

impl Changes {
    /// The largest change that is not chance; `None` = unclear.
    pub fn first(&self) -> Option<&Finding> {
        self.named.first()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first() {
            None => write!(f, "unclear: no change that chance would not bring"),
            Some(first) => {
                write!(f, "{} {}", first.contributor, first.cause)?;
                self.named[1..].iter().try_for_each(|n| write!(f, "; also {} {}", n.contributor, n.cause))
            }
        }
    }
}

impl SessionAnalysis {
    /// What changed from the reference to this session, contributor by contributor.
    ///
    /// Of every step: each contributor's peak, its phase in the cycle, and its width at three quarters of its height
    /// (lower down, a neighbouring pulse of the same joint takes part). Strides are the units; each change of a mean has
    /// Welch's t-interval, its standard error from an effective number of strides, as in [`crate::inference::t_interval`], its
    /// degrees of freedom from their whole number. Steadiness and cover are
    /// compared over steps, sides apart, as if these were independent. A change is named when it is significant at 5 % over all
    /// contributors and causes together (Bonferroni; force and timing get 40 % of it each, the rest is shared), of widths only
    /// from 5 % on; else the answer is *unclear*.
    ///
    /// A width is that of the filtered drive, and a peak of the filtered curve: use the same filter for both sessions.
    ///
    /// # Errors
    /// [`Error::Missing`] without a common contributor; [`Error::Undefined`] when the two differ in scale or period, or
    /// when a contributor's mean peak is not above 0; [`Error::TooFew`] below three strides in one of the two in which a
    /// contributor has a peak.
    pub fn changes(&self, cycles: &Cycles, reference: &Cycles) -> Result<Changes> {
        let common = super::compare::common_to(cycles, reference)?;
        let (own, theirs): (Vec<usize>, Vec<usize>) = common.into_iter().unzip();
        let level = self.bootstrap().level();
        let before = Measured::of(reference, &theirs, None)?;
        let after = Measured::of(cycles, &own, Some(&before))?;
        let mut contributors = Vec::with_capacity(own.len());
        let mut tested: Vec<Candidate> = Vec::new();
        for (i, &member) in own.iter().enumerate() {
            let change = after.change(&before, i, level)?;
            // All in parts of the pulse's height or width.
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
            if let Some(cover) = &change.cover {
                both(cover, OTHER_SHARE, COVER_UNIT, Cause::Compensates, Cause::Covaries);
            }
            contributors.push(ContributorChange {
                name: cycles.members()[member].name.clone(),
                force: change.force.estimate,
                timing_s: change.timing.estimate,
                width: change.width.estimate,
                jitter_s: change.jitter.estimate,
                cover: change.cover.map(|cover| cover.estimate),
                jitter_before_s: before.jitter_s(i),
                jitter_after_s: after.jitter_s(i),
                other_top_before: before.at_its_top(i).1,
                other_top_after: after.at_its_top(i).1,
            });
        }
        let is_width = |cause: Cause| matches!(cause, Cause::Narrower | Cause::Wider);
        tested.retain(|found| {
            let enough = !is_width(found.cause) || found.size * WIDTH_UNIT >= LEAST_WIDTH;
            enough && found.p <= FALSE_NAMING
        });
        tested.sort_by(|a, b| b.size.total_cmp(&a.size));
        let named = tested.into_iter().map(|found| Finding {
            contributor: contributors[found.i].name.clone(),
            cause: found.cause,
            size: found.size,
            p: found.p.min(1.0),
        });
        Ok(Changes { model: cycles.model().into(), named: named.collect(), contributors })
    }
}

/// A change as it is tested.
struct Candidate {
    i: usize,
    cause: Cause,
    /// Divided by its share of all looks.
    p: f64,
    size: f64,
}

/// Refused where a mean is not above 0, of which a change could be a part.
fn relative(mean: f64) -> Result<f64> {
    if mean > 0.0 {
        return Ok(mean);
    }
    let reason = "a contributor's mean peak or width in the reference is not above 0";
    Err(Error::Undefined { quantity: "a relative change", reason })
}
