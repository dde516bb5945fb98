//! Does the test against chance keep its level?
//!
//! Every simulated runner has the drives of the simulated sprinter, each contributor moved by its own random offset that holds
//! for all steps. By construction the null is true: one runner in twenty may come out below 5 %.

use crate::figure::{Figure, each};
use copeak::Result;
use copeak::convergence::chance::ChanceLevel;
use copeak::convergence::{DriveGrid, Null, PHASES};
use copeak::simulate::{Pulse, Sprinter};

const STUDY: &str = "false alarms";
/// Phases at which the drives are known, so that offsets need not lie on the grid of the analysis.
const FINE: usize = 20 * PHASES;

/// Amount of simulation.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Runners.
    pub runners: usize,
    /// Random offsets behind the chance level.
    pub offsets: usize,
    /// Surrogate sessions behind each p value.
    pub surrogates: usize,
}

/// Steps in each simulated session.
const STEPS: usize = 6;

/// Drives of a long run on the fine grid, `pool[contributor][step]`.
fn pool(speed_mps: f64) -> Result<Vec<Vec<Vec<f64>>>> {
    let steps = 200;
    let run = Sprinter::at_speed(speed_mps)
        .steps(steps)
        .every_jitter_s(0.005)
        .every_amplitude_scatter(0.05)
        .simulate()?;
    let cycles =
        |pulse| (0..steps).map(|j| run.truth.drive_cycle(pulse, j, FINE)).collect::<Result<Vec<_>>>();
    Pulse::CONTRIBUTORS.into_iter().map(cycles).collect()
}

/// Share of runners with p at most 5 %.
fn share(pool: &[Vec<Vec<f64>>], contributors: usize, size: Size) -> Result<f64> {
    let runners = each(size.runners, |runner| {
        let mut draws = Uniform(runner as u64);
        let first = draws.below(pool[0].len() - STEPS);
        let offsets: Vec<usize> = (0..contributors).map(|_| draws.below(FINE)).collect();
        let moved = |i: usize, j: usize| {
            let cycle = &pool[i][first + j];
            (0..PHASES).map(|m| cycle[(m * (FINE / PHASES) + offsets[i]) % FINE]).collect::<Vec<f64>>()
        };
        let steps: Vec<Vec<Vec<f64>>> =
            (0..STEPS).map(|j| (0..contributors).map(|i| moved(i, j)).collect()).collect();
        let drives = DriveGrid::from_steps(&steps)?;
        let drives = drives.divided_by(&drives.mean_peaks())?;
        let chance = ChanceLevel::new(runner as u64 + 1).offsets(size.offsets).surrogates(size.surrogates);
        Ok(chance.null(Null::Locked).test(&drives)?.p.is_some_and(|p| p <= 0.05))
    });
    let alarms =
        runners.into_iter().collect::<Result<Vec<bool>>>()?.into_iter().filter(|&alarm| alarm).count();
    Ok(alarms as f64 / size.runners as f64)
}

/// False alarms of the locked null for five and for three contributors.
pub fn study(size: Size) -> Result<Vec<Figure>> {
    let reach = 3.0 * (0.05 * 0.95 / size.runners as f64).sqrt();
    let mut figures = Vec::new();
    for (speed, contributors) in [(9.5, 5), (3.5, 5), (9.5, 3)] {
        let share = share(&pool(speed)?, contributors, size)?;
        let case = format!("{speed} m/s, {contributors} contributors, {} runners", size.runners);
        figures.push(
            Figure::new(STUDY, case, "p <= 0.05 under the locked null", share)
                .within(0.05 - reach, 0.05 + reach),
        );
    }
    Ok(figures)
}

/// Seeded draws of this study (SplitMix64), apart from those of the crate that it checks.
struct Uniform(u64);

impl Uniform {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * bound as u128) >> 64) as usize
    }
}
