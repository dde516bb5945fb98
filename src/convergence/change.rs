//! Changes between two sessions: each contributor's force, timing, width, scatter and covariation, and which are significant.

use super::coincidence::largest_of;
use super::timing::TimingLoss;
use super::{Cycles, DriveGrid, SessionAnalysis};
use crate::event::Side;
use crate::inference::distribution::{student_cdf, student_quantile};
use crate::inference::interval::{IntervalMethod, NoInterval};
use crate::inference::{
    Bootstrap, Estimate, Interval, Strides, autocorrelation, effective_size, welch_freedom,
};
use crate::math::{MAD_SCALE, difference, median, moments};
use crate::sequence::kendall_tau_b;
use crate::synchrony::Circular;
use crate::{Error, Result};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

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
        let common = super::shortfall::common_to(cycles, reference)?;
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

// Values of every step for the comparison of two sessions.

/// A peak belongs to another pulse when it lies further than this number of scaled median absolute deviations from its side's
/// median.
const JUMP: f64 = 5.0;

/// One contributor's values, one per step, NaN where it has no peak.
struct Values {
    heights: Vec<f64>,
    /// Phase of the peak relative to the reference's mean phase.
    phases: Vec<f64>,
    /// At three quarters of the peak, as a fraction of the cycle.
    widths: Vec<f64>,
}

struct Measured<'a> {
    cycles: &'a Cycles,
    sides: Vec<Side>,
    anchors: Vec<f64>,
    values: Vec<Values>,
}

struct Change {
    force: Tested,
    timing: Tested,
    width: Tested,
    jitter: Tested,
    covariation: Option<Tested>,
}

impl<'a> Measured<'a> {
    /// Of these contributors; phases count from the mean phases of `reference`, or from their own.
    fn of(cycles: &'a Cycles, contributors: &[usize], reference: Option<&Measured<'_>>) -> Result<Self> {
        let phases = cycles.peak_phases()?;
        let sides: Vec<Side> = cycles.steps().iter().map(crate::stride::Step::side).collect();
        let own: Vec<Vec<f64>> = contributors.iter().map(|&i| phases.contributor(i)).collect();
        let mean = |phases: &Vec<f64>| {
            let present: Vec<f64> = phases.iter().copied().filter(|phase| !phase.is_nan()).collect();
            Circular::of(&present).ok().and_then(|summary| summary.mean).unwrap_or(0.0)
        };
        let anchors = reference.map_or_else(|| own.iter().map(mean).collect(), |r| r.anchors.clone());
        let values = contributors.iter().zip(&own).zip(&anchors).map(|((&i, phases), &anchor)| {
            // NaN stays NaN.
            let phases: Vec<f64> = phases.iter().map(|&phase| difference(phase, anchor)).collect();
            let height = |peaks: &Vec<Result<crate::peak::Peak, crate::peak::NoPeak>>| {
                peaks[i].as_ref().map_or(f64::NAN, |peak| peak.value)
            };
            Values {
                heights: cycles.peaks().iter().map(height).collect(),
                widths: (0..cycles.steps().len()).map(|j| width(cycles.raw().row(j, i))).collect(),
                phases,
            }
        });
        let values = values.collect();
        Ok(Self { cycles, sides, anchors, values })
    }

    fn mean(&self, values: &[f64]) -> Result<Mean> {
        let strides: &Strides = self.cycles.strides();
        Mean::of(&strides.average(values)?)
    }

    fn change(&self, before: &Self, i: usize, level: f64) -> Result<Change> {
        let (own, theirs) = (&self.values[i], &before.values[i]);
        let (cycle_s, their_cycle_s) = (self.cycles.mean_cycle_s(), before.cycles.mean_cycle_s());
        let timing = self.mean(&own.phases)?.less(before.mean(&theirs.phases)?, level);
        Ok(Change {
            force: self.mean(&own.heights)?.over(before.mean(&theirs.heights)?, level)?,
            timing: Tested { estimate: timing.estimate.scaled(cycle_s), ..timing },
            width: self
                .mean(&own.widths)?
                .scaled(cycle_s)
                .over(before.mean(&theirs.widths)?.scaled(their_cycle_s), level)?,
            jitter: self.jitter(before, i, level),
            covariation: self.covariation(i).zip(before.covariation(i)).map(
                |((now, variance, n), (then, their_variance, m))| {
                    // Fisher's z is practically normal: more degrees of freedom than affect an interval.
                    tested(now - then, [variance, their_variance], [1e6; 2], n.min(m), level)
                },
            ),
        })
    }

    /// Mean width at three quarters of the peak, in seconds.
    fn width_s(&self, i: usize) -> Result<f64> {
        relative(self.mean(&self.values[i].widths)?.value * self.cycles.mean_cycle_s())
    }

    /// Standard deviation of the peak time about the mean of its side, in seconds, peaks of another pulse excluded.
    fn jitter_s(&self, i: usize) -> f64 {
        let (phases, freedom) = self.about_sides(i);
        let squares: f64 = phases.iter().map(|phase| phase * phase).sum();
        if freedom > 0.0 { (squares / freedom).sqrt() * self.cycles.mean_cycle_s() } else { 0.0 }
    }

    /// Change of that standard deviation: the logarithm of the two's ratio, whose variance is that of the fourth moment of
    /// both together (Bonett 2006, doi:10.1016/j.csda.2005.01.006), at least a normal distribution's.
    fn jitter(&self, before: &Self, i: usize, level: f64) -> Tested {
        let (own, theirs) = (self.about_sides(i), before.about_sides(i));
        let fourth = |(phases, freedom): &(Vec<f64>, f64)| {
            let squares: f64 = phases.iter().map(|p| p * p).sum::<f64>() / freedom;
            phases.iter().map(|p| (p * p / squares).powi(2)).filter(|v| v.is_finite()).sum::<f64>()
        };
        let kurtosis = ((fourth(&own) + fourth(&theirs)) / (own.0.len() + theirs.0.len()) as f64).max(3.0);
        let variance = |freedom: f64| (kurtosis - 1.0) / (4.0 * freedom);
        let (now, then) = (self.jitter_s(i), before.jitter_s(i));
        let n = own.0.len().min(theirs.0.len());
        if !(now > 0.0 && then > 0.0) {
            // Without any scatter there is no ratio.
            let mut same = tested(now - then, [0.0; 2], [1.0; 2], n, level);
            same.estimate = same.estimate.with_interval(Err(NoInterval::Unbounded));
            return same;
        }
        let mut test =
            tested((now / then).ln(), [variance(own.1), variance(theirs.1)], [own.1, theirs.1], n, level);
        test.estimate.value = now - then;
        test.estimate.ci =
            test.estimate.ci.map(|ci| Interval::new(then * ci.low.exp_m1(), then * ci.high.exp_m1()));
        test
    }

    /// Phases minus the mean of their side, and their degrees of freedom; peaks of another pulse excluded.
    fn about_sides(&self, i: usize) -> (Vec<f64>, f64) {
        let all = &self.values[i].phases;
        let (present, _) = self.own_peaks(i);
        let sides = [Side::Left, Side::Right]
            .iter()
            .filter(|s| present.iter().any(|&j| self.sides[j] == **s))
            .count();
        (self.about_side_means(all, &present), present.len().saturating_sub(sides) as f64)
    }

    /// The steps whose peak belongs to the contributor's own pulse, and the number of the others: when a pulse becomes smaller than
    /// its neighbour of the same joint, the maximum moves to the neighbour, which is not scatter of its timing.
    fn own_peaks(&self, i: usize) -> (Vec<usize>, usize) {
        let all = &self.values[i].phases;
        let of_side = |side: Side| (0..all.len()).filter(move |&j| !all[j].is_nan() && self.sides[j] == side);
        let mut about_medians: Vec<(usize, f64)> = Vec::with_capacity(all.len());
        for side in [Side::Left, Side::Right] {
            let Some(centre) = median(&mut of_side(side).map(|j| all[j]).collect::<Vec<_>>()) else {
                continue;
            };
            about_medians.extend(of_side(side).map(|j| (j, (all[j] - centre).abs())));
        }
        let mut distances: Vec<f64> = about_medians.iter().map(|&(_, distance)| distance).collect();
        let grid = 1.0 / self.cycles.raw().phases() as f64;
        let reach = JUMP * MAD_SCALE * median(&mut distances).unwrap_or(0.0).max(grid);
        let mut present: Vec<usize> =
            about_medians.iter().filter(|&&(_, distance)| distance <= reach).map(|&(j, _)| j).collect();
        present.sort_unstable();
        let others = about_medians.len() - present.len();
        (present, others)
    }

    /// Mean over the other contributors of Fisher's z of the correlation of heights within sides; its variance when they
    /// are independent, and the number of steps.
    fn covariation(&self, i: usize) -> Option<(f64, f64, usize)> {
        let k = self.values.len();
        let all = (0..self.sides.len()).filter(|&j| self.values.iter().all(|v| !v.heights[j].is_nan()));
        let steps: Vec<usize> = all.collect();
        let one_side =
            [Side::Left, Side::Right].iter().filter(|s| steps.iter().any(|&j| self.sides[j] == **s));
        // Each side's mean takes a degree of freedom.
        let free = steps.len().checked_sub(one_side.count() + 2).filter(|&free| free >= 1 && k >= 2)?;
        let heights: Vec<Vec<f64>> =
            self.values.iter().map(|v| self.about_side_means(&v.heights, &steps)).collect();
        let z = |other: usize| {
            let (a, b) = (&heights[i], &heights[other]);
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let size = (dot(a, a) * dot(b, b)).sqrt();
            (size > 0.0).then(|| (dot(a, b) / size).clamp(-0.999_999, 0.999_999).atanh())
        };
        let sum: Option<f64> = (0..k).filter(|&other| other != i).map(z).sum();
        let pairs = (k - 1) as f64;
        Some((sum? / pairs, 1.0 / (free as f64 * pairs), steps.len()))
    }

    fn about_side_means(&self, values: &[f64], steps: &[usize]) -> Vec<f64> {
        let mean = |side: Side| {
            let of_side: Vec<f64> =
                steps.iter().filter(|&&j| self.sides[j] == side).map(|&j| values[j]).collect();
            moments(&of_side).0
        };
        let means = [Side::Left, Side::Right].map(mean);
        steps.iter().map(|&j| values[j] - means[usize::from(self.sides[j] == Side::Right)]).collect()
    }
}

/// Width of the highest pulse at three quarters of its height, as a fraction of the cycle; NaN when it never falls below.
/// At a lower level, a neighbouring pulse of the same joint would contribute.
fn width(row: &[f64]) -> f64 {
    let m = row.len();
    let (at, top) = largest_of(row);
    let level = 0.75 * top;
    let reach = |next: &dyn Fn(usize) -> usize| {
        let mut before = top;
        (1..m).find_map(|d| {
            let now = row[next(d)];
            let found = (now < level).then(|| (d - 1) as f64 + (before - level) / (before - now));
            before = now;
            found
        })
    };
    let (left, right) = (reach(&|d| (at + m - d) % m), reach(&|d| (at + d) % m));
    left.zip(right).map_or(f64::NAN, |(left, right)| (left + right) / m as f64)
}

// Change of what contributors do together: coincidence, fixed offsets, scatter and order.

/// Change of what the contributors do together, this session minus the reference, each with an expanded percentile interval
/// over strides of both resampled.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FixedOffsetChange {
    /// Of the coincidence.
    pub coincidence: Estimate,
    /// Of the loss by fixed offsets (see [`DriveGrid::loss`]).
    pub offset: Estimate,
    /// Of the loss by scatter.
    pub blur: Estimate,
    /// The contributors in order of their mean peaks in the reference, from the first after the cycle start.
    pub order_before: Vec<String>,
    /// The same in this session, from the same contributor onwards.
    pub order_after: Vec<String>,
    /// Kendall's tau-b between the two orders: 1 when the order did not change.
    pub order_tau: Estimate,
}

/// A session whose strides can be resampled.
struct Resampled<'a> {
    drives: DriveGrid,
    phases: Vec<Vec<f64>>,
    strides: &'a Strides,
}

struct Joint {
    coincidence: f64,
    loss: TimingLoss,
    mean_phases: Vec<f64>,
}

impl<'a> Resampled<'a> {
    fn of(cycles: &'a Cycles, contributors: &[usize]) -> Result<Self> {
        let phases = cycles.peak_phases()?;
        Ok(Self {
            drives: cycles.drives().only(contributors),
            phases: contributors.iter().map(|&i| phases.contributor(i)).collect(),
            strides: cycles.strides(),
        })
    }

    /// Of these strides; `None` when a contributor has no mean phase in them, or nothing is available.
    fn joint(&self, units: &[usize]) -> Option<Joint> {
        let steps: Vec<usize> = units.iter().flat_map(|&unit| self.strides.get(unit)).collect();
        let drives = self.drives.of_steps(&steps);
        let (available, realised) = drives.session();
        let mean = |phases: &Vec<f64>| {
            let present: Vec<f64> =
                steps.iter().map(|&j| phases[j]).filter(|phase| !phase.is_nan()).collect();
            Circular::of(&present).ok()?.mean
        };
        Some(Joint {
            coincidence: super::coincidence::ratio(realised, available)?,
            loss: drives.loss().ok()?,
            mean_phases: self.phases.iter().map(mean).collect::<Option<_>>()?,
        })
    }
}

/// Phases after the first contributor's mean phase in the reference: an order needs a beginning.
fn after(phases: &[f64], begin: f64) -> Vec<f64> {
    phases.iter().map(|&phase| 0.5 + difference(phase, begin + 0.5)).collect()
}

fn ordered(places: &[f64], names: &[String]) -> Vec<String> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    order.into_iter().map(|i| names[i].clone()).collect()
}

impl SessionAnalysis {
    /// Compares what the contributors do together in this session with a reference: coincidence, fixed offsets, scatter (blur)
    /// and the order of the contributors' mean peaks. [`SessionAnalysis::changes`] compares each contributor.
    ///
    /// Drives are divided by their mean peaks in each session, not in each replicate: strength has no effect.
    ///
    /// # Errors
    /// As [`SessionAnalysis::changes`], except for few strides, which have no intervals.
    pub fn fixed_offset_change(&self, cycles: &Cycles, reference: &Cycles) -> Result<FixedOffsetChange> {
        let quantity = "a change between two sessions";
        let (own, theirs): (Vec<usize>, Vec<usize>) =
            super::shortfall::common_to(cycles, reference)?.into_iter().unzip();
        let (now, then) = (Resampled::of(cycles, &own)?, Resampled::of(reference, &theirs)?);
        let all = |drawn: &Resampled<'_>| (0..drawn.strides.len()).collect::<Vec<usize>>();
        let reason = "a contributor has no mean peak phase, or nothing is available";
        let joint =
            |drawn: &Resampled<'_>| drawn.joint(&all(drawn)).ok_or(Error::Undefined { quantity, reason });
        let (observed, before) = (joint(&now)?, joint(&then)?);
        let begin = before.mean_phases.iter().copied().fold(f64::INFINITY, f64::min) - 1e-9;
        let differences = |now: &Joint, then: &Joint| {
            let tau = kendall_tau_b(&after(&then.mean_phases, begin), &after(&now.mean_phases, begin));
            [
                now.coincidence - then.coincidence,
                now.loss.offset - then.loss.offset,
                now.loss.blur - then.loss.blur,
                tau.ok().flatten().unwrap_or(f64::NAN),
            ]
        };
        let bootstrap: Bootstrap = self.bootstrap()?;
        let (n, m) = (now.strides.len(), then.strides.len());
        let smaller = n.min(m);
        let mut replicates = vec![Vec::new(); 4];
        if smaller >= 3 {
            // The reference draws from another stream, so that equal stride counts are not resampled identically.
            for (units, reference_units) in bootstrap.resamples(n).zip(bootstrap.reseeded(1).resamples(m)) {
                let Some((now, then)) = now.joint(&units).zip(then.joint(&reference_units)) else { continue };
                replicates.iter_mut().zip(differences(&now, &then)).for_each(|(all, value)| all.push(value));
            }
        }
        let mut estimates =
            differences(&observed, &before).into_iter().zip(replicates).map(|(value, mut all)| {
                all.retain(|value| !value.is_nan());
                let ci = bootstrap.expanded(&mut all, smaller);
                Estimate::new(value, ci, bootstrap.confidence(), smaller, IntervalMethod::Expanded)
            });
        let none = || Error::Undefined { quantity, reason };
        let mut next = || estimates.next().ok_or_else(none);
        let names: Vec<String> = own.iter().map(|&i| cycles.contributors()[i].name.clone()).collect();
        Ok(FixedOffsetChange {
            coincidence: next()?,
            offset: next()?,
            blur: next()?,
            order_before: ordered(&after(&before.mean_phases, begin), &names),
            order_after: ordered(&after(&observed.mean_phases, begin), &names),
            order_tau: next()?.within(-1.0, 1.0),
        })
    }
}

// Welch's test of two means over strides.

/// A mean with its standard error and degrees of freedom.
#[derive(Debug, Clone, Copy)]
struct Mean {
    value: f64,
    variance: f64,
    freedom: f64,
    n: usize,
}

/// A change and its two-sided p.
#[derive(Debug, Clone, Copy)]
struct Tested {
    estimate: Estimate,
    p: f64,
}

impl Mean {
    /// Of one value per stride; neighbouring strides may be correlated.
    fn of(units: &[f64]) -> Result<Self> {
        let n = units.len();
        if n < 3 {
            let operation = "a change between two sessions";
            return Err(Error::TooFew { operation, unit: "strides with a peak", needed: 3, got: n });
        }
        let (value, variance) = moments(units);
        // Correlated neighbours make the mean less certain. From ten strides the correlation is known too roughly to reduce the
        // degrees of freedom as well: one session in thirty would then show no change of any size.
        let size = effective_size(n, autocorrelation(units));
        Ok(Self { value, variance: variance / size, freedom: (n - 1) as f64, n })
    }

    /// Multiplied by a known factor.
    fn scaled(self, factor: f64) -> Self {
        Self { value: factor * self.value, variance: factor * factor * self.variance, ..self }
    }

    /// This minus the other.
    fn less(self, other: Self, level: f64) -> Tested {
        tested(
            self.value - other.value,
            [self.variance, other.variance],
            [self.freedom, other.freedom],
            self.n.min(other.n),
            level,
        )
    }

    /// This over the other, minus 1.
    fn over(self, other: Self, level: f64) -> Result<Tested> {
        let base = relative(other.value)?;
        let ratio = self.value / base;
        let variances = [self.variance / (base * base), ratio * ratio * other.variance / (base * base)];
        let test = tested(ratio - 1.0, variances, [self.freedom, other.freedom], self.n.min(other.n), level);
        Ok(test)
    }
}

/// A difference with the variances and degrees of freedom of its two means (Welch 1947).
fn tested(value: f64, variances: [f64; 2], freedoms: [f64; 2], n: usize, level: f64) -> Tested {
    let freedom = welch_freedom(variances, freedoms);
    let error = (variances[0] + variances[1]).sqrt();
    let reach = student_quantile(0.5 + level / 2.0, freedom) * error;
    // Two sessions without any scatter differ with certainty, or not at all.
    let p = if error > 0.0 {
        2.0 * student_cdf(-(value / error).abs(), freedom)
    } else {
        f64::from(u8::from(value == 0.0))
    };
    let ci = Ok(Interval::around(value, reach));
    let estimate = Estimate::new(value, ci, level, n, IntervalMethod::StudentT);
    Tested { estimate, p }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_circular() {
        let triangle = |centre: i32| -> Vec<f64> {
            let apart = |t: i32| ((t - centre + 10).rem_euclid(20) - 10).abs();
            (0..20).map(|t| f64::from((4 - apart(t)).max(0))).collect()
        };
        assert_eq!([9, 0, 19].map(|centre| width(&triangle(centre))), [0.1; 3]);
        assert!(width(&[1.0; 8]).is_nan());
    }
}
