//! Are peak times right, and do their standard errors and the intervals of lags cover?
//!
//! Each trial is read twice: as recorded, and without noise at 2,000 Hz. The second is what the peaks of the *filtered*
//! curves truly are; its distance from the set times is what the filter does to a skew peak, and no standard error
//! speaks of that.

use super::chain::{self, CUTOFF_HZ};
use crate::figure::{Figure, chance_widened, coverage, each, moments};
use copeak::convergence::{CycleKind, Cycles};
use copeak::model::AFTER_CONTACT_S;
use copeak::model::JointModel;
use copeak::peak::{CyclePeakFinder, Peak};
use copeak::recording::Recording;
use copeak::simulate::{Pulse, SimulatedTrial, Sprinter};
use copeak::stride::Step;
use copeak::time::TimeSpan;
use copeak::{Error, Result};

const STUDY: &str = "timing";
/// White noise on the angles up to which the bias must be small.
const LOW_NOISE_DEG: f64 = 0.02;

/// Amount of simulation.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Steps per speed, for bias and standard errors.
    pub steps: usize,
    /// Sessions, for the intervals of lags.
    pub sessions: usize,
    /// Steps behind the true lags.
    pub true_steps: usize,
}

/// Every pulse's peak in one step; `None` where none was found.
type Peaks = [Option<Peak>; Pulse::ALL.len()];

/// Every pulse of these steps, as a report finds it: the contributors in their stride, hip, knee and ankle of the
/// support leg between initial contact and 50 ms after terminal contact. The hip counts as the leg's.
fn peaks(recording: &Recording, steps: &[Step]) -> Result<Vec<Peaks>> {
    let joint = JointModel::new(CUTOFF_HZ).apply(recording)?;
    let cycles = Cycles::new(&joint.contributors, steps, CycleKind::Stride)?;
    let finder = CyclePeakFinder::new().positive_part();
    let mut found = Vec::new();
    for (step, across) in cycles.steps().iter().zip(cycles.peaks()) {
        let mut peaks: Peaks = [None; Pulse::ALL.len()];
        for (member, peak) in cycles.contributors().iter().zip(across) {
            peaks[place(&member.name)] = peak.ok();
        }
        let window =
            TimeSpan { start_s: step.start_s(), end_s: step.contact.terminal.time_s + AFTER_CONTACT_S };
        for channel in &joint.leg {
            let (signal, noise) = (channel.signal(step.side()), channel.noise(step.side()));
            let peak = finder.find_with_noise(signal, &noise, window);
            let name = if channel.name == "hip" { "support_hip" } else { &channel.name };
            peaks[place(name)] = peak.ok();
        }
        found.push(peaks);
    }
    Ok(found)
}

fn place(name: &str) -> usize {
    Pulse::ALL.iter().position(|p| p.as_str() == name).expect("a pulse of the simulated sprinter")
}

fn steps(trial: &SimulatedTrial) -> Vec<Step> {
    trial.truth.steps.iter().map(|s| s.step).collect()
}

fn runner(speed_mps: f64) -> Sprinter {
    Sprinter::at_speed(speed_mps).every_jitter_s(0.004).every_amplitude_scatter(0.04)
}

fn trial(speed_mps: f64, size: Size) -> Sprinter {
    runner(speed_mps).steps(size.steps).seed(11)
}

/// The same steps without noise and sampled finely.
fn filtered_truth(speed_mps: f64, size: Size) -> Result<Vec<Peaks>> {
    let trial = trial(speed_mps, size).rate_hz(2000.0).simulate()?;
    peaks(&trial.recording, &steps(&trial))
}

/// Bias of each pulse's time and coverage of its standard error; `truth` has the same steps.
fn recovery(
    speed_mps: f64,
    noise_deg: f64,
    truth: &[Peaks],
    size: Size,
    figures: &mut Vec<Figure>,
) -> Result<()> {
    let trial = trial(speed_mps, size).angle_noise_deg(noise_deg).simulate()?;
    let found = peaks(&trial.recording, &steps(&trial))?;
    if found.len() != size.steps || truth.len() != size.steps {
        return Err(Error::Missing { operation: "the timing study", what: "a cycle for every step" });
    }
    for pulse in Pulse::ALL {
        let i = place(pulse.as_str());
        let (mut shift_ms, mut error_ms, mut variance, mut sure, mut held) =
            (Vec::new(), Vec::new(), 0.0, 0, 0);
        for ((step, found), truth) in trial.truth.steps.iter().zip(&found).zip(truth) {
            let (Some(peak), Some(filtered)) = (found[i], truth[i]) else { continue };
            shift_ms.push(1e3 * (filtered.time_s - step.peak_s(pulse)));
            error_ms.push(1e3 * (peak.time_s - filtered.time_s));
            if let (Some(se), false) = (peak.se_s, peak.approximate) {
                sure += 1;
                variance += 1e6 * se * se;
                held += usize::from((peak.time_s - filtered.time_s).abs() <= 1.96 * se);
            }
        }
        let case = format!("{speed_mps} m/s, {noise_deg} deg noise, {pulse}");
        let figure = |name, value| Figure::new(STUDY, &case, name, value);
        let (bias, sd) = moments(&error_ms);
        let (shift, _) = moments(&shift_ms);
        let share = |count: usize| count as f64 / size.steps as f64;
        let low_noise = noise_deg <= LOW_NOISE_DEG;
        figures.push(figure("found", share(error_ms.len())).within(0.98, 1.0));
        figures.push(figure("moved by the filter, ms", shift));
        figures.push(figure("bias, ms", bias).within_if(low_noise, -0.5, 0.5));
        figures.push(figure("SD, ms", sd));
        figures.push(figure("with a sure SE", share(sure)));
        figures.push(figure("that SE, ms", (variance / sure as f64).sqrt()));
        // A share of peaks that looks sure by luck is no evidence about the standard error.
        let coverage = figure("coverage of 1.96 SE", held as f64 / sure as f64);
        let slack = 3.0 * (0.05f64 * 0.95 / size.steps as f64).sqrt();
        figures.push(coverage.within_if(share(sure) > 0.9, 0.92_f64.min(0.95 - slack), 1.0));
    }
    Ok(())
}

/// Coverage of the interval of a mean lag from hip to knee and from knee to ankle.
fn lags(
    speed_mps: f64,
    strides: usize,
    bar: (f64, f64),
    size: Size,
    figures: &mut Vec<Figure>,
) -> Result<()> {
    let pairs = [(Pulse::SupportHip, Pulse::Knee), (Pulse::Knee, Pulse::Ankle)];
    let lag = |peaks: &Peaks, (a, b): (Pulse, Pulse)| {
        let time = |p: Pulse| peaks[place(p.as_str())].map_or(f64::NAN, |peak| peak.time_s);
        time(b) - time(a)
    };
    let many = runner(speed_mps).steps(size.true_steps).rate_hz(500.0).seed(1_000_003).simulate()?;
    let truth = peaks(&many.recording, &steps(&many))?;
    let sessions = each(size.sessions, |seed| {
        let trial = runner(speed_mps).steps(2 * strides).angle_noise_deg(0.1).seed(seed as u64).simulate()?;
        let steps = chain::steps(&trial.recording)?;
        let cycles = chain::cycles(&trial.recording)?;
        let found = peaks(&trial.recording, &steps)?;
        let estimate = |pair| {
            let lags: Vec<f64> = found.iter().map(|p| lag(p, pair)).collect();
            cycles.strides().mean(&lags, 0.95)
        };
        Ok([estimate(pairs[0])?, estimate(pairs[1])?])
    });
    let sessions = sessions.into_iter().collect::<Result<Vec<_>>>()?;
    for (k, pair) in pairs.into_iter().enumerate() {
        let lags: Vec<f64> = truth.iter().map(|p| lag(p, pair)).filter(|lag| lag.is_finite()).collect();
        let (mean, _) = moments(&lags);
        let (share, without) = coverage(sessions.iter().map(|s| s[k].ci), mean);
        let case = format!("{speed_mps} m/s, {strides} strides, {} to {}", pair.0, pair.1);
        figures.push(Figure::new(STUDY, &case, "true lag, ms", 1e3 * mean));
        let (low, high) = chance_widened(bar, size.sessions);
        figures.push(Figure::new(STUDY, &case, "coverage of the 95 % interval", share).within(low, high));
        figures.push(Figure::new(STUDY, &case, "without an interval", without));
    }
    Ok(())
}

/// All of it.
pub fn study(size: Size) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for speed in [3.5, 5.2, 7.0, 9.5] {
        let truth = filtered_truth(speed, size)?;
        for noise_deg in [LOW_NOISE_DEG, 0.1] {
            recovery(speed, noise_deg, &truth, size, &mut figures)?;
        }
    }
    for (strides, bar) in [(5, (0.90, 0.99)), (10, (0.92, 0.98)), (20, (0.92, 0.98))] {
        lags(9.5, strides, bar, size, &mut figures)?;
    }
    Ok(figures)
}
