//! Results of the whole recording.

use crate::live::Mean;
use copeak::convergence::{Contributor, CycleKind, Cycles, SessionAnalysis};
use copeak::event::{Contact, Event};
use copeak::inference::Bootstrap;
use copeak::recording::Recording;
use copeak::stride::{StepCriteria, Steps};
use serde::Serialize;

/// The gain of re-timing a contributor.
#[derive(Debug, Serialize)]
pub struct Link {
    /// Its place among the contributors.
    pub contributor: usize,
    /// The shift that gains most; positive = later.
    pub shift_s: f64,
    /// The gain on strides that the shift was not chosen on, as a share of the sum; `None` with too few strides.
    pub gain: Option<Mean>,
    /// Whether it is above 0 at a level that allows for looking at every contributor.
    pub confirmed: bool,
}

/// Results of the whole recording.
#[derive(Debug, Serialize)]
pub struct Whole {
    /// Steps used.
    pub steps: usize,
    /// Realised over available.
    pub coincidence: Option<f64>,
    /// Kappa with its interval.
    pub kappa: Option<Mean>,
    /// Probability of a kappa at least this large with random fixed offsets.
    pub p: Option<f64>,
    /// Mean spread of the peaks.
    pub spread_s: Option<f64>,
    /// The contributors, the one whose re-timing gains most first.
    pub links: Vec<Link>,
}

impl Whole {
    /// # Errors
    /// When there are no steps, or none can be used.
    pub(crate) fn of(
        recording: &Recording,
        contributors: &[Contributor],
        contacts: &[Contact],
        loose: &[Event],
    ) -> copeak::Result<Self> {
        let steps = Steps::from_contacts(contacts, loose, &StepCriteria::default(), recording.span()?)?;
        let cycles = Cycles::new(contributors, steps.all(), CycleKind::Stride)?;
        let session = SessionAnalysis::new(1).apply(&cycles)?;
        let (strides, drives) = (cycles.strides(), cycles.drives());
        let mean_cycle_s =
            cycles.windows().iter().map(|w| w.duration_s()).sum::<f64>() / cycles.windows().len() as f64;
        let phases = drives.phases();
        let links = drives.in_strides(strides)?.weak_links(phases / 4, &Bootstrap::new(1))?;
        let place =
            |name: &str| contributors.iter().position(|c| copeak::convergence::Contribute::name(c) == name);
        let link = |link: &copeak::convergence::timing::Retiming| {
            Some(Link {
                contributor: place(&cycles.contributors()[link.contributor].name)?,
                shift_s: link.shift as f64 / phases as f64 * mean_cycle_s,
                gain: link.held_out.map(Mean::from),
                confirmed: link.is_confirmed(),
            })
        };
        Ok(Self {
            steps: session.steps.len(),
            coincidence: session.coincidence,
            kappa: session.kappa.map(Mean::from),
            p: session.p,
            spread_s: session.spread_s,
            links: links.iter().filter_map(link).collect(),
        })
    }
}
