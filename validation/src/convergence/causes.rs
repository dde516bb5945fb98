//! Is a shortfall put down to what caused it, and is the late contributor the one that is named?
//!
//! Two runners differ in one thing only: one arm is weaker, one arm is late, or all pulses are narrower.

use super::chain;
use crate::figure::{Figure, chance_widened, coverage, each, moments};
use copeak::convergence::chance::ChanceLevel;
use copeak::convergence::{Cycles, SessionAnalysis};
use copeak::inference::Interval;
use copeak::simulate::{Pulse, Sprinter};
use copeak::{Error, Result};

const STUDY: &str = "causes";
const STRIDES: usize = 10;

/// Amount of simulation.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Pairs of sessions per cause.
    pub sessions: usize,
    /// Bootstrap replicates.
    pub replicates: usize,
    /// Steps behind the truth.
    pub steps: usize,
}

/// Hips, arms and trunk close together.
fn runner() -> Sprinter {
    Sprinter::at_speed(9.5)
        .every_jitter_s(0.004)
        .every_amplitude_scatter(0.04)
        .offset_s(Pulse::SupportArm, 0.02)
        .offset_s(Pulse::Trunk, 0.02)
}

/// Difference between the two runners.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cause {
    Weak,
    Late,
    Narrow,
}

impl Cause {
    fn runner(self) -> Sprinter {
        match self {
            Cause::Weak => runner().amplitude(Pulse::SupportArm, 0.7),
            Cause::Late => runner().offset_s(Pulse::OppositeArm, 0.03),
            Cause::Narrow => Pulse::CONTRIBUTORS.into_iter().fold(runner(), |r, pulse| r.width(pulse, 0.8)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Cause::Weak => "support arm at 70 %",
            Cause::Late => "opposite arm 30 ms late",
            Cause::Narrow => "all pulses 20 % narrower",
        }
    }
}

/// Total, missing, mistimed and shape, each with its interval, and the support arm's part of missing.
type Parts = ([(f64, Option<Interval>); 4], f64);

fn compare(convergence: &SessionAnalysis, runner: &Cycles, reference: &Cycles) -> Result<Parts> {
    let comparison = convergence.compare(runner, reference)?;
    let arm = comparison.contributors.iter().position(|name| name == Pulse::SupportArm.as_str());
    let arm = arm.ok_or(Error::Missing { operation: "a comparison", what: "the support arm" })?;
    let parts = comparison.split;
    let four = [parts.total, parts.missing, parts.mistimed, parts.shape];
    Ok((four.map(|e| (e.value, e.ci)), parts.missing_by[arm].value))
}

fn cycles(sprinter: Sprinter, seed: u64) -> Result<Cycles> {
    chain::cycles(&sprinter.seed(seed).simulate()?.recording)
}

/// Parts of the shortfall per cause: the truth, the mean over sessions, and how often the interval holds the truth.
fn shortfall(cause: Cause, size: Size, figures: &mut Vec<Figure>) -> Result<()> {
    let convergence = SessionAnalysis::new(1).replicates(size.replicates);
    let many = |sprinter: Sprinter, seed| cycles(sprinter.steps(size.steps), seed);
    // The truth needs no interval.
    let plain = SessionAnalysis::new(1).replicates(1);
    let (truth, by_arm) = compare(&plain, &many(cause.runner(), 1_000_001)?, &many(runner(), 1_000_002)?)?;
    let few = |sprinter: Sprinter, seed| cycles(sprinter.steps(2 * STRIDES).angle_noise_deg(0.1), seed);
    let sessions = each(size.sessions, |seed| {
        let seed = 2 * seed as u64;
        compare(&convergence, &few(cause.runner(), seed)?, &few(runner(), seed + 1)?)
    });
    let sessions = sessions.into_iter().collect::<Result<Vec<_>>>()?;

    let total = truth[0].0;
    let case = format!("9.5 m/s, {STRIDES} strides, {}", cause.name());
    let figure = |name, value| Figure::new(STUDY, &case, name, value);
    figures.push(figure("true shortfall", total).within(0.01, 5.0));
    let names = ["total", "missing, of the total", "mistimed, of the total", "shape, of the total"];
    // The low-pass filter takes height from narrow pulses too, so that a part of theirs is truly missing.
    let (own, least, most) = match cause {
        Cause::Weak => (1, 0.8, 0.2),
        Cause::Late => (2, 0.8, 0.2),
        Cause::Narrow => (3, 0.6, 0.4),
    };
    for k in 1..4 {
        let share = figure(names[k], truth[k].0 / total);
        figures.push(if k == own { share.within(least, 1.2) } else { share.within(-most, most) });
    }
    if cause == Cause::Weak {
        figures.push(figure("the arm's, of the missing", by_arm / truth[1].0).within(0.9, 1.1));
    }
    let coverages = ["coverage: total", "coverage: missing", "coverage: mistimed", "coverage: shape"];
    let (low, high) = chance_widened((0.92, 1.0), size.sessions);
    for (k, name) in coverages.into_iter().enumerate() {
        let (share, _) = coverage(sessions.iter().map(|(parts, _)| parts[k].1), truth[k].0);
        // The parts that are not the cause are near 0 and reported only.
        figures.push(figure(name, share).within_if(k == 0 || k == own, low, high));
        let (_, sd) = moments(&sessions.iter().map(|(parts, _)| parts[k].0).collect::<Vec<_>>());
        let half: Vec<f64> =
            sessions.iter().filter_map(|(parts, _)| parts[k].1).map(|ci| ci.width() / 2.0).collect();
        figures.push(figure("half width / 1.96 SD", moments(&half).0 / 1.96 / sd));
    }
    Ok(())
}

/// The late arm must be named first, with a shift that brings it back; its jitter must come out as it was set.
fn late_arm(size: Size, figures: &mut Vec<Figure>) -> Result<()> {
    let convergence = SessionAnalysis::new(1)
        .replicates(size.replicates)
        .chance(ChanceLevel::new(1).offsets(100).surrogates(0));
    let sprinter = Cause::Late.runner().steps(2 * STRIDES).angle_noise_deg(0.1);
    let sessions = each(size.sessions, |seed| {
        let session = convergence.apply(&cycles(sprinter.clone(), seed as u64)?)?;
        let by_gain =
            |link: &copeak::convergence::session::SessionContributor| link.retiming.map_or(0.0, |r| r.gain);
        let first = session.contributors.iter().max_by(|a, b| by_gain(a).total_cmp(&by_gain(b)));
        let first = first.ok_or(Error::Missing { operation: "weak links", what: "a contributor" })?;
        let arm = Pulse::OppositeArm.as_str();
        let jitter = session.contributors.iter().map(|c| {
            let jitter = c.jitter?;
            Some([jitter.sd_s, jitter.corrected_s?, c.pulse_jitter_s?])
        });
        let jitter = jitter.collect::<Option<Vec<_>>>();
        let jitter = jitter.ok_or(Error::Missing { operation: "jitter", what: "a peak in every step" })?;
        let found = first.name == arm && first.retiming.is_some_and(|r| r.is_confirmed());
        Ok((found, session.contributors.iter().map(|c| c.best_shift_s).collect::<Vec<_>>(), jitter))
    });
    let sessions = sessions.into_iter().collect::<Result<Vec<_>>>()?;
    let case = format!("9.5 m/s, {STRIDES} strides, {}", Cause::Late.name());
    let share = sessions.iter().filter(|s| s.0).count() as f64 / sessions.len() as f64;
    let plain = SessionAnalysis::new(1).replicates(1).chance(ChanceLevel::new(1).offsets(100).surrogates(0));
    let truth = plain.apply(&cycles(Cause::Late.runner().steps(size.steps), 1_000_001)?)?;
    figures.push(Figure::new("weak link", &case, "named first and confirmed", share).within(0.95, 1.0));
    // It cannot tell how late the arm is: the best time is where the others' sum is largest.
    for (i, contributor) in truth.contributors.iter().enumerate() {
        let Some((truth, retiming)) = contributor.best_shift_s.zip(contributor.retiming) else { continue };
        let found: Vec<_> = sessions.iter().filter_map(|s| s.1[i]).collect();
        let case = format!("{case}, {}", contributor.name);
        let figure = |name, value| Figure::new("best shift", &case, name, value);
        let shifts: Vec<f64> = found.iter().map(|shift| 1e3 * shift.value).collect();
        figures.push(figure("truth, ms", 1e3 * truth.value));
        figures.push(figure("bias, ms", moments(&shifts).0 - 1e3 * truth.value).within(-2.0, 2.0));
        figures.push(figure("SD, ms", moments(&shifts).1));
        let (low, high) = chance_widened((0.92, 1.0), size.sessions);
        let (share, _) = coverage(found.iter().map(|shift| shift.ci), truth.value);
        // The true best lies beyond the farthest that is tried, where there is nothing to hold.
        figures.push(figure("coverage", share).within_if(!retiming.at_bound, low, high));
    }
    for (i, pulse) in Pulse::CONTRIBUTORS.into_iter().enumerate() {
        let case = format!("9.5 m/s, {STRIDES} strides, {pulse}, set 4 ms");
        for (k, name) in
            ["SD of peaks, ms", "noise taken out, ms", "against mean pulse, ms"].into_iter().enumerate()
        {
            // Root mean square over sessions: a mean of standard deviations is biased.
            let squares: Vec<f64> = sessions.iter().map(|s| (1e3 * s.2[i][k]).powi(2)).collect();
            // The mean pulse is the whole drive: a second hump that keeps its own time takes part in it.
            let figure = Figure::new("jitter", &case, name, moments(&squares).0.sqrt());
            figures.push(figure.within_if(k < 2, 3.6, 4.4));
        }
    }
    Ok(())
}

/// All of it.
pub fn study(size: Size) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for cause in [Cause::Weak, Cause::Late, Cause::Narrow] {
        shortfall(cause, size, &mut figures)?;
    }
    late_arm(size, &mut figures)?;
    Ok(figures)
}
