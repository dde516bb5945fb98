//! Does the interval of the session's convergence index hold the truth?
//!
//! The truth is the index of the same configuration without measurement noise over 2,000 steps; each session is a
//! recording of few strides with noise. Both go from recording to index in the same way.

use super::chain;
use crate::figure::{Figure, chance_widened, coverage, each, moments};
use copeak::convergence::chance::ChanceLevel;
use copeak::inference::Estimate;
use copeak::simulate::{Pulse, Sprinter};
use copeak::{Error, Result};

/// Amount of simulation.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Sessions per case.
    pub sessions: usize,
    /// Random offsets behind the chance level.
    pub offsets: usize,
    /// Steps behind the truth.
    pub steps: usize,
}

/// The runner: scatter in time and height, left unlike right, one arm late.
fn runner(speed_mps: f64, serial_correlation: f64) -> Sprinter {
    Sprinter::at_speed(speed_mps)
        .every_jitter_s(0.006)
        .every_amplitude_scatter(0.06)
        .offset_s(Pulse::OppositeArm, 0.02)
        .asymmetry_s(Pulse::SupportHip, 0.006)
        .amplitude_asymmetry(Pulse::SwingHip, 0.06)
        .serial_correlation(serial_correlation)
}

/// Session index and simultaneity of a trial.
fn session(sprinter: &Sprinter, size: Size) -> Result<[Estimate; 2]> {
    let cycles = chain::cycles(&sprinter.simulate()?.recording)?;
    let index = ChanceLevel::new(1).offsets(size.offsets).surrogates(0).test(cycles.drives())?;
    let simultaneity = cycles.peak_phases()?.simultaneity(cycles.strides(), 0.95)?;
    let none = Error::Missing { operation: "simultaneity", what: "a step with two peaks" };
    Ok([cycles.strides().mean(&index.kappas(), 0.95)?, simultaneity.ok_or(none)?])
}

/// Coverage at 5, 10 and 20 independent strides, and of dependent ones.
pub fn study(size: Size) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (speed, rho, strides, bar) in [
        (9.5, 0.0, 5, (0.90, 0.99)),
        (9.5, 0.0, 10, (0.92, 0.98)),
        (9.5, 0.0, 20, (0.92, 0.98)),
        (9.5, 0.25, 20, (0.88, 0.99)),
        (9.5, 0.5, 20, (0.88, 0.99)),
    ] {
        let runner = runner(speed, rho);
        let truth = session(&runner.clone().steps(size.steps).seed(1_000_001), size)?;
        let noisy = runner.steps(2 * strides).angle_noise_deg(0.1).force_noise_n(5.0);
        let sessions = each(size.sessions, |seed| session(&noisy.clone().seed(seed as u64), size));
        let sessions = sessions.into_iter().collect::<Result<Vec<_>>>()?;
        let (low, high) = chance_widened(bar, size.sessions);
        for (k, what) in ["index", "simultaneity"].into_iter().enumerate() {
            let truth = truth[k].value;
            let (share, without) = coverage(sessions.iter().map(|s| s[k].ci), truth);
            let (mean, sd) = moments(&sessions.iter().map(|s| s[k].value).collect::<Vec<_>>());
            let case = format!("{speed} m/s, {strides} strides, serial r {rho}");
            let figure = |name, value| Figure::new(what, &case, name, value);
            figures.push(figure("truth", truth));
            figures.push(figure("mean of sessions less truth", mean - truth));
            figures.push(figure("SD of sessions", sd));
            figures.push(figure("coverage of the 95 % interval", share).within(low, high));
            figures.push(figure("without an interval", without));
        }
    }
    Ok(figures)
}
