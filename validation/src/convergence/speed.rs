//! Is it found when timing matters for speed, and only then?
//!
//! Simulated athletes run trials at rising effort: force rises, speed rises with it along a bent curve, and so does kappa,
//! which is what makes it look as if timing mattered.

use crate::figure::{Figure, each, moments};
use copeak::performance::{PlateauFinder, SpeedFit, SpeedModel, SpeedTrial};
use copeak::{Error, Result};

const STUDY: &str = "speed model";

/// Amount of simulation.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Sessions for each figure.
    pub sessions: usize,
    /// Drawn orders.
    pub replicates: usize,
}

/// SplitMix64, then Box and Muller: the study must not lean on the draws it checks.
struct Noise(u64);

impl Noise {
    /// A separate stream for each session of each design.
    fn new(design: usize, session: usize) -> Self {
        let mut noise = Self((design as u64).wrapping_mul(0xd1b5_4a32_d192_ed03));
        let first = noise.uniform().to_bits();
        let mut noise = Self(first ^ (session as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
        noise.uniform();
        noise
    }

    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// Who runs, and how much timing matters.
#[derive(Debug, Clone, Copy)]
struct Runners {
    athletes: usize,
    trials: usize,
    /// Speed in m/s for a kappa larger by 1.
    effect: f64,
    /// Whether athletes who are fast at equal force also have a larger kappa.
    fast_ones_converge: bool,
    own_intercepts: bool,
}

impl Runners {
    fn session(&self, seed: usize) -> Vec<SpeedTrial> {
        let mut noise = Noise::new(100 * self.athletes + self.trials, seed);
        let mut trials = Vec::new();
        for athlete in 0..self.athletes {
            let talent = if self.athletes > 1 { 0.2 * noise.normal() } else { 0.0 };
            for i in 0..self.trials {
                let effort = (i as f64 + noise.uniform()) / self.trials as f64;
                let force = 2.0 + effort;
                let own = if self.fast_ones_converge { 0.2 * talent } else { 0.0 };
                let kappa = 0.3 + 0.25 * effort + own + 0.05 * noise.normal();
                let speed = 3.0 + 9.0 * effort - 3.0 * effort * effort + talent + 0.1 * noise.normal();
                let speed = speed + self.effect * (kappa - 0.4);
                let trial =
                    SpeedTrial { speed_mps: speed, force, convergence: kappa, ..SpeedTrial::default() };
                trials.push(SpeedTrial { athlete, ..trial });
            }
        }
        trials
    }

    fn fit(&self, seed: usize, size: Size) -> Result<SpeedFit> {
        let model = SpeedModel::new(seed as u64).replicates(size.replicates);
        let model = if self.own_intercepts { model.athlete_intercepts() } else { model };
        model.fit(&self.session(seed))
    }

    fn case(&self) -> String {
        let runners = match self.athletes {
            1 => format!("1 athlete, {} trials", self.trials),
            n => format!("{n} athletes, {} trials each", self.trials),
        };
        let intercepts = if self.own_intercepts { ", own intercepts" } else { "" };
        let talent = if self.fast_ones_converge { ", fast ones converge" } else { "" };
        format!("{runners}{intercepts}{talent}, effect {} m/s", self.effect)
    }
}

/// Share of sessions with p up to 0.05, mean of the coefficient and coverage of its interval.
fn tests(runners: Runners, size: Size, figures: &mut Vec<Figure>) -> Result<()> {
    let fits = each(size.sessions, |seed| runners.fit(seed, size)).into_iter().collect::<Result<Vec<_>>>()?;
    let n = fits.len() as f64;
    let p = |fit: &SpeedFit| {
        fit.convergence.p.ok_or(Error::Missing { operation: "a speed model", what: "a p value" })
    };
    let ps = fits.iter().map(p).collect::<Result<Vec<_>>>()?;
    let found = ps.iter().filter(|p| **p <= 0.05).count() as f64 / n;
    let (value, _) = moments(&fits.iter().map(|fit| fit.convergence.coefficient.value).collect::<Vec<_>>());
    let held =
        fits.iter().filter(|fit| !fit.convergence.coefficient.excludes(runners.effect)).count() as f64 / n;
    let slack = 3.0 * (0.05 * 0.95 / n).sqrt();
    let case = runners.case();
    let figure = |name, value| Figure::new(STUDY, &case, name, value);
    // What differs between athletes biases one intercept's coefficient where it goes with kappa; the p does not mind.
    let sound = !runners.fast_ones_converge || runners.own_intercepts;
    figures.push(figure("p <= 0.05", found).within_if(runners.effect == 0.0, 0.05 - slack, 0.05 + slack));
    figures.push(figure("mean coefficient, m/s", value).within_if(
        sound,
        runners.effect - 0.1,
        runners.effect + 0.1,
    ));
    figures.push(figure("coverage of its 95 % interval", held).within_if(
        runners.athletes == 1 || runners.own_intercepts,
        0.95 - slack,
        0.95 + slack,
    ));
    Ok(())
}

/// Share of series called a plateau, when speed rises by this percentage per trial.
fn plateaus(rise_percent: f64, trials: usize, size: Size) -> Result<Figure> {
    let called = each(size.sessions, |seed| {
        let mut noise = Noise::new(trials, seed);
        // Delta is set to 0.09 m/s, 1 % of 9 m/s.
        let speed: Vec<f64> =
            (0..trials).map(|i| 9.0 + 0.09 * rise_percent * i as f64 + 0.1 * noise.normal()).collect();
        let force: Vec<f64> = (0..trials).map(|i| 4.0 + 0.1 * i as f64 + 0.05 * noise.normal()).collect();
        Ok(PlateauFinder::new().delta(0.09).find(&speed, &force)?.plateau)
    });
    let called = called.into_iter().collect::<Result<Vec<_>>>()?;
    let share = called.iter().filter(|called| **called).count() as f64 / called.len() as f64;
    let case = format!("{trials} trials, speed rises by {rise_percent} % a trial");
    let slack = 3.0 * (0.05 * 0.95 / called.len() as f64).sqrt();
    let figure = Figure::new("plateau", case, "called a plateau", share);
    Ok(figure.within_if(rise_percent >= 1.0, 0.0, 0.05 + slack))
}

/// All of it.
pub fn study(size: Size) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (athletes, trials) in [(1, 6), (1, 12), (1, 30), (8, 6)] {
        let many: &[bool] = if athletes > 1 { &[false, true] } else { &[false] };
        for &fast_ones_converge in many {
            for &own_intercepts in many {
                let effects: &[f64] = if fast_ones_converge { &[0.0] } else { &[0.0, 1.0, 2.0, 4.0] };
                for &effect in effects {
                    tests(
                        Runners { athletes, trials, effect, fast_ones_converge, own_intercepts },
                        size,
                        &mut figures,
                    )?;
                }
            }
        }
    }
    for trials in [5, 8, 15] {
        for rise in [0.0, 0.5, 1.0, 2.0] {
            figures.push(plateaus(rise, trials, size)?);
        }
    }
    Ok(figures)
}
