//! Convergence as the steps come, each number with its interval so far.

use copeak::convergence::{LiveContributor, LiveConvergence, kappa};
use copeak::event::{Contact, Event, Side};
use copeak::inference::{Estimate, Strides};
use copeak::{Clock, Result};
use serde::Serialize;

/// A mean over the steps so far.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Its 95 % interval, by Student's t with the stride as unit; none below three strides.
    pub ci: Option<[f64; 2]>,
    /// Whether there are too few strides for the interval to hold its level.
    pub approximate: bool,
    /// Strides.
    pub n: usize,
}

impl From<Estimate> for Mean {
    fn from(found: Estimate) -> Self {
        Self { value: found.value, ci: found.ci.map(Into::into), approximate: found.approximate, n: found.n }
    }
}

/// A step that is over.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Measured steps so far.
    pub number: usize,
    /// Support side, `l` or `r`.
    pub side: &'static str,
    /// Its landing.
    pub start_s: f64,
    /// Time of the peak of each contributor in its cycle.
    pub peaks_s: Vec<Option<f64>>,
    /// Lag of each peak behind the mean of all peaks in this step.
    pub lags_s: Vec<Option<f64>>,
    /// Coincidence of this step.
    pub coincidence: Option<f64>,
    /// Kappa of this step, against chance over all steps so far.
    pub kappa: Option<f64>,
    /// Spread of its peaks.
    pub spread_s: Option<f64>,
    /// Chance level over all steps so far.
    pub chance: Option<f64>,
    /// Mean coincidence.
    pub mean_coincidence: Option<Mean>,
    /// Mean kappa.
    pub mean_kappa: Option<Mean>,
    /// Mean spread.
    pub mean_spread_s: Option<Mean>,
    /// Mean lag of each contributor.
    pub mean_lags_s: Vec<Option<Mean>>,
}

/// Values of a step that the means need.
#[derive(Debug, Clone)]
struct Kept {
    contact: usize,
    side: Side,
    coincidence: f64,
    spread_s: f64,
    lags_s: Vec<f64>,
}

/// Live convergence with its steps so far.
#[derive(Debug)]
pub struct Live {
    convergence: LiveConvergence,
    contributors: usize,
    frame: Vec<f64>,
    kept: Vec<Kept>,
}

impl Live {
    /// 64 offset vectors a step, so that chance is known well after few steps.
    pub(crate) fn new(clock: Clock, contributors: Vec<LiveContributor>) -> Result<Self> {
        let count = contributors.len();
        let convergence = LiveConvergence::builder(clock, contributors).offsets(64).build()?;
        Ok(Self { convergence, contributors: count, frame: Vec::new(), kept: Vec::new() })
    }

    pub(crate) fn reset(&mut self) {
        self.convergence.reset();
        self.kept.clear();
    }

    pub(crate) fn push(&mut self, frame: impl Iterator<Item = f64>) {
        self.frame.clear();
        self.frame.extend(frame);
        // Never an error: a frame has two channels for each contributor.
        let _ = self.convergence.push(&self.frame);
    }

    pub(crate) fn event(&mut self, event: Event, contacts: &[Contact]) -> Option<Step> {
        let step = self.convergence.event(event)?;
        let contact = contacts.iter().position(|c| c.initial.time_s == step.start_s)?;
        let middle_s = 0.5 * (contacts[contact].initial.time_s + contacts[contact].terminal.time_s);
        let or_nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
        self.kept.push(Kept {
            contact,
            side: step.side,
            coincidence: or_nan(step.coincidence),
            spread_s: or_nan(step.spread_s),
            lags_s: step.lags.iter().map(|lag| or_nan(lag.lag_s)).collect(),
        });
        let strides = strides(&self.kept);
        // Intervals are cut to the values that the quantity can take: alone a contributor has its share, a lag is at most half a
        // cycle either way.
        let (least, cycle_s) = (1.0 / self.contributors as f64, step.cycle_s);
        let half_s = 0.5 * cycle_s;
        let mean = |within: (f64, f64), of: &dyn Fn(&Kept) -> f64| {
            let values: Vec<f64> = self.kept.iter().map(of).collect();
            Some(Mean::from(strides.mean(&values, 0.95).ok()?.within(within.0, within.1)))
        };
        let above_chance = |coincidence: f64| kappa(coincidence, step.chance?);
        Some(Step {
            number: step.number,
            side: step.side.letter(),
            start_s: step.start_s,
            peaks_s: step.lags.iter().map(|l| Some(middle_s + (l.phase? - 0.5) * step.cycle_s)).collect(),
            lags_s: step.lags.iter().map(|lag| lag.lag_s).collect(),
            coincidence: step.coincidence,
            kappa: step.coincidence.and_then(above_chance),
            spread_s: step.spread_s,
            chance: step.chance,
            mean_coincidence: mean((least, 1.0), &|kept| kept.coincidence),
            mean_kappa: mean((or_nan(above_chance(least)), 1.0), &|kept| {
                or_nan(above_chance(kept.coincidence))
            }),
            mean_spread_s: mean((0.0, cycle_s), &|kept| kept.spread_s),
            mean_lags_s: (0..self.contributors)
                .map(|i| mean((-half_s, half_s), &|kept| kept.lags_s[i]))
                .collect(),
        })
    }
}

/// Which of the steps so far make up strides.
fn strides(kept: &[Kept]) -> Strides {
    Strides::paired(kept.len(), |i| {
        let (now, next) = (&kept[i], &kept[i + 1]);
        now.side != next.side && next.contact == now.contact + 1
    })
}
