//! One contributor does one thing otherwise: is it named, with its cause, and how large does the change come out?
//!
//! A runner is recorded twice. In the second session one contributor, drawn at random, is late or early, weaker, narrower,
//! less steady, or makes up for the others. Right is only the right contributor *and* the right cause in first place.

use super::chain;
use crate::figure::{Figure, each, moments};
use copeak::convergence::chance::ChanceLevel;
use copeak::convergence::change::{Cause, Changes};
use copeak::convergence::{Cycles, SessionAnalysis};
use copeak::simulate::{Pulse, Sprinter};
use copeak::{Error, Result};

const SPEED_MPS: f64 = 9.5;
const JITTER_S: f64 = 0.004;
const SCATTER: f64 = 0.04;
/// Duration of a step at that speed.
const STEP_S: f64 = 0.2315;

/// Amount of simulation.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Simulated trials where there is a bar.
    pub judged: usize,
    /// Simulated trials at 20 steps.
    pub trials: usize,
    /// Simulated trials at other numbers of steps.
    pub others: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    Nothing,
    /// Milliseconds, either way.
    Shifted(f64),
    /// Per cent.
    Weakened(f64),
    /// Per cent.
    Narrowed(f64),
    /// Standard deviation of added scatter in ms.
    Jittered(f64),
    /// Fraction of the others' deviation.
    Covers(f64),
}

fn runner() -> Sprinter {
    Sprinter::at_speed(SPEED_MPS)
        .every_jitter_s(JITTER_S)
        .every_amplitude_scatter(SCATTER)
        .angle_noise_deg(0.1)
        .offset_s(Pulse::SupportArm, 0.02)
        .offset_s(Pulse::Trunk, 0.02)
}

impl Change {
    /// The runner with it, and what should be named.
    fn of(self, mover: Pulse, late: bool) -> (Sprinter, Option<Cause>) {
        let base = match mover {
            Pulse::SupportArm | Pulse::Trunk => 0.02,
            _ => 0.0,
        };
        match self {
            Change::Nothing => (runner(), None),
            Change::Shifted(ms) if late => (runner().offset_s(mover, base + 1e-3 * ms), Some(Cause::Later)),
            Change::Shifted(ms) => (runner().offset_s(mover, base - 1e-3 * ms), Some(Cause::Earlier)),
            Change::Weakened(percent) => {
                (runner().amplitude(mover, 1.0 - percent / 100.0), Some(Cause::Weaker))
            }
            Change::Narrowed(percent) => {
                (runner().width(mover, 1.0 - percent / 100.0), Some(Cause::Narrower))
            }
            Change::Jittered(ms) => {
                (runner().jitter_s(mover, JITTER_S.hypot(1e-3 * ms)), Some(Cause::LessSteady))
            }
            Change::Covers(share) => (runner().compensates(mover, share), Some(Cause::Compensates)),
        }
    }

    fn words(self, steps: usize) -> String {
        match self {
            Change::Nothing => "nothing changed".into(),
            Change::Shifted(ms) => {
                format!(
                    "shifted {ms} ms ({:.2} of a step, {:.1} SD of timing)",
                    1e-3 * ms / STEP_S,
                    1e-3 * ms / JITTER_S
                )
            }
            Change::Weakened(percent) => {
                // Of the difference of two means over independent steps.
                let error = SCATTER * (2.0 / steps as f64).sqrt();
                format!("weakened {percent} % ({:.1} standard errors)", percent / 100.0 / error)
            }
            Change::Narrowed(percent) => format!("narrowed {percent} %"),
            Change::Jittered(ms) => format!("jittered {ms} ms on top of 4"),
            Change::Covers(share) => format!("covers {share} of the others"),
        }
    }
}

/// Result of one simulated trial.
struct Found {
    right: bool,
    /// Anything named in first place that is not right.
    wrong: bool,
    mover: usize,
    changes: Changes,
}

fn cycles(sprinter: Sprinter, steps: usize, seed: usize) -> Result<Cycles> {
    chain::cycles(&sprinter.steps(steps).seed(seed as u64).simulate()?.recording)
}

/// `None` when no such runner can be simulated: its mover would not be the largest peak of its joint, or change places with another.
fn one(change: Change, steps: usize, seed: usize) -> Result<Option<Found>> {
    let mover = Pulse::CONTRIBUTORS[seed % 5];
    let (sprinter, cause) = change.of(mover, (seed / 5).is_multiple_of(2));
    let after = match cycles(sprinter, steps, 2 * seed + 1) {
        // Two pulses of a joint would swallow each other, or change places.
        Err(Error::Undefined { .. } | Error::Parameter { .. }) => return Ok(None),
        after => after?,
    };
    let plain = SessionAnalysis::new(1).replicates(1).chance(ChanceLevel::new(1).surrogates(0));
    let changes = plain.changes(&after, &cycles(runner(), steps, 2 * seed + 2)?)?;
    let first = changes.first();
    let right = first.is_some_and(|n| n.contributor == mover.as_str() && Some(n.cause) == cause);
    let place = changes.contributors.iter().position(|c| c.name == mover.as_str());
    let missing = Error::Missing { operation: "naming", what: "the contributor that was changed" };
    Ok(Some(Found { right, wrong: first.is_some() && !right, mover: place.ok_or(missing)?, changes }))
}

/// Whether the size of the change comes out as it was set, where it is named at all sizes.
fn sizes(change: Change, found: &[Found], figure: &dyn Fn(&'static str, f64) -> Figure) -> Vec<Figure> {
    let mean = |value: &dyn Fn(&Found) -> f64| moments(&found.iter().map(value).collect::<Vec<_>>());
    let slack = |sd: f64| 4.0 * sd / (found.len() as f64).sqrt();
    let of = |f: &Found| f.changes.contributors[f.mover].clone();
    match change {
        Change::Shifted(ms) => {
            let (value, sd) = mean(&|f| {
                let way = if f.changes.contributors[f.mover].timing_s.value < 0.0 { -1.0 } else { 1.0 };
                1e3 * way * of(f).timing_s.value
            });
            // Of shifts near 0 the way is not known.
            let judged = ms >= 5.0;
            vec![figure("d found, ms", value).within_if(judged, ms - 0.5 - slack(sd), ms + 0.5 + slack(sd))]
        }
        Change::Weakened(percent) => {
            let (value, sd) = mean(&|f| -100.0 * of(f).force.value);
            let slack = slack(sd);
            vec![figure("w found, %", value).within(percent - 1.0 - slack, percent + 1.0 + slack)]
        }
        Change::Narrowed(_) => vec![figure("narrower found, %", mean(&|f| -100.0 * of(f).width.value).0)],
        Change::Jittered(ms) => {
            let (squares, sd) =
                mean(&|f| 1e6 * (of(f).jitter_after_s.powi(2) - of(f).jitter_before_s.powi(2)));
            let slack = slack(sd);
            let (low, high) = ((ms * ms * 0.85 - slack).max(0.0).sqrt(), (ms * ms * 1.15 + slack).sqrt());
            vec![figure("j found, ms", squares.max(0.0).sqrt()).within(low, high)]
        }
        Change::Nothing | Change::Covers(_) => vec![],
    }
}

fn study_one(change: Change, steps: usize, size: Size, bar: bool, figures: &mut Vec<Figure>) -> Result<()> {
    let count = match steps {
        20 if bar => size.judged,
        20 => size.trials,
        _ => size.others,
    };
    let all = each(count, |seed| one(change, steps, seed)).into_iter().collect::<Result<Vec<_>>>()?;
    let found: Vec<Found> = all.into_iter().flatten().collect();
    let n = found.len() as f64;
    let case = format!("{steps} steps, {}", change.words(steps));
    let figure = |name, value| Figure::new("naming", &case, name, value);
    let share = |what: &dyn Fn(&&Found) -> bool| found.iter().filter(what).count() as f64 / n;
    let wrong = share(&|f| f.wrong);
    let chance = 3.0 * (0.05 * 0.95 / n).sqrt();
    let nothing = change == Change::Nothing;
    if !nothing {
        figures.push(figure("right contributor and cause", share(&|f| f.right)).within_if(bar, 0.95, 1.0));
    }
    let named = figure(if nothing { "anything named" } else { "something else named" }, wrong);
    figures.push(named.within_if(nothing, 0.0, 0.05 + chance));
    figures.push(figure("unclear", share(&|f| f.changes.first().is_none())));
    figures.push(figure("simulated trials", n));
    if steps == 20 {
        figures.extend(sizes(change, &found, &figure));
    }
    Ok(())
}

/// Sizes of a change, the change, and from which size on it must be named.
type Curve = (&'static [f64], fn(f64) -> Change, f64);

/// All of it.
pub fn study(size: Size) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let curves: [Curve; 5] = [
        // 0.2 of a step, which is more than six times the others' natural spread.
        (&[2.0, 4.0, 6.0, 8.0, 12.0, 20.0, 46.0], Change::Shifted, 46.0),
        (&[2.0, 4.0, 6.0, 8.0, 12.0, 20.0, 30.0], Change::Weakened, f64::INFINITY),
        (&[5.0, 10.0, 20.0, 30.0], Change::Narrowed, f64::INFINITY),
        (&[3.0, 6.0, 10.0, 14.0], Change::Jittered, f64::INFINITY),
        (&[0.5, 1.0, 2.0], Change::Covers, f64::INFINITY),
    ];
    for steps in [8, 20, 40] {
        study_one(Change::Nothing, steps, size, true, &mut figures)?;
    }
    for (effects, change, bar) in curves {
        for steps in [8, 20, 40] {
            for &effect in effects {
                study_one(change(effect), steps, size, steps == 20 && effect >= bar, &mut figures)?;
            }
        }
    }
    Ok(figures)
}
