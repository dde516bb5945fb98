//! The support leg of a recording, contact by contact.

use crate::Error;
use copeak::Signal;
use copeak::event::Side;
use copeak::inference::{Bootstrap, Strides};
use copeak::model::{AFTER_CONTACT_S, JointModel};
use copeak::peak::CyclePeakFinder;
use copeak::recording::{Recording, csv};
use copeak::sequence::limbs::{Limb, Limbs};
use copeak::sequence::{Cycle, LimbsFinder, Sequence, Timing};
use copeak::stride::{self, RejectReason, Step, StepCriteria};
use copeak::study::Study;
use copeak::time::TimeSpan;
use std::path::Path;

/// Joints from proximal to distal.
pub const JOINTS: [&str; 3] = ["hip", "knee", "ankle"];

/// The contacts with a whole leg, and when its joints extended fastest in each.
pub struct Leg {
    pub steps: Vec<Step>,
    pub cycles: Vec<Cycle>,
    /// In each contact, how long after it began the hip's next-highest top comes, and its height as a share of the highest.
    pub other_hip_top: Vec<Option<(f64, f64)>>,
    pub sequence: Sequence,
}

/// Read a recording, angles low-passed at `cutoff_hz`; contacts as a report finds them.
pub fn read(path: &Path, cutoff_hz: f64) -> Result<Leg, Error> {
    of(&csv::read(path)?, cutoff_hz)
}

/// The leg of a recording.
pub fn of(recording: &Recording, cutoff_hz: f64) -> Result<Leg, Error> {
    let steps: Vec<Step> = whole_steps(recording, cutoff_hz)?;
    let joint = JointModel::new(cutoff_hz).apply(recording)?;
    let finder = CyclePeakFinder::new().positive_part();
    let cycle = |step: &Step| {
        let window =
            TimeSpan { start_s: step.start_s(), end_s: step.contact.terminal.time_s + AFTER_CONTACT_S };
        let time = |channel: &copeak::model::LegChannel| {
            let (signal, noise) = (channel.signal(step.side()), channel.noise(step.side()));
            finder.find_with_noise(signal, &noise, window).ok().map(Timing::from)
        };
        Cycle {
            start_s: step.start_s(),
            duration_s: step.stride_s,
            contact_s: Some(step.contact_s()),
            times: joint.leg.iter().map(time).collect(),
        }
    };
    let cycles: Vec<Cycle> = steps.iter().map(cycle).collect();
    let other_hip_top = steps.iter().map(|step| other_top(joint.leg[0].signal(step.side()), step)).collect();
    let sequence =
        Sequence::of(&JOINTS, &cycles, &copeak::inference::Strides::from_steps(&steps), &Bootstrap::new(1))?;
    Ok(Leg { sequence, steps, cycles, other_hip_top })
}

impl Leg {
    /// The right leg and then the left over each stride of the right foot: their joints one limb after the other.
    pub fn both(&self) -> Result<Limbs, Error> {
        let limbs =
            ["right", "left"].map(|side| Limb::new(side, &JOINTS.map(|joint| format!("{joint} {side}"))));
        let right_then_left = |pair: &(&[Step], &[Cycle])| {
            let (steps, gap) = (pair.0, (pair.0[1].start_s() - pair.0[0].end_s).abs());
            steps[0].side() == Side::Right && steps[1].side() == Side::Left && gap < 0.05
        };
        let cycles: Vec<Cycle> = self
            .steps
            .windows(2)
            .zip(self.cycles.windows(2))
            .filter(right_then_left)
            .map(|(_, cycles)| Cycle {
                times: [&cycles[0].times[..], &cycles[1].times].concat(),
                ..cycles[0]
            })
            .collect();
        Ok(LimbsFinder::new(&limbs, Bootstrap::new(1))?.find(&cycles, &Strides::ungrouped(cycles.len()))?)
    }
}

/// The second-highest maximum between initial contact and shortly after terminal contact.
fn other_top(signal: &Signal, step: &Step) -> Option<(f64, f64)> {
    let clock = signal.clock();
    let first = clock.position(step.start_s()).ceil() as usize;
    let last = clock.position(step.contact.terminal.time_s + AFTER_CONTACT_S).floor() as usize;
    let x = signal.samples().get(first..=last)?;
    let mut tops: Vec<(f64, f64)> = x
        .windows(3)
        .enumerate()
        .filter(|(_, w)| w[0] < w[1] && w[1] >= w[2])
        .map(|(i, w)| (clock.time_s((first + i + 1) as f64) - step.start_s(), w[1]))
        .collect();
    tops.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (highest, other) = (tops.first()?, tops.get(1)?);
    Some((other.0, other.1 / highest.1))
}

/// Steps whose contact is complete, from the study's contacts.
fn whole_steps(recording: &Recording, cutoff_hz: f64) -> Result<Vec<Step>, Error> {
    let study = Study::builder().trial(recording).cutoff_hz(cutoff_hz).replicates(1).run()?;
    let contacts = study.into_trials().next().map(|trial| trial.contacts).unwrap_or_default();
    let rate = recording.channels[0].signal.clock().rate();
    let steps =
        stride::Steps::from_contacts(&contacts, &[], &StepCriteria::from_rate(rate), recording.span()?)?;
    let whole = |step: &&Step| {
        matches!(step.rejected, None | Some(RejectReason::CycleOutside | RejectReason::NoNextContact))
    };
    Ok(steps.all().iter().filter(whole).filter(|step| step.stride_s.is_finite()).copied().collect())
}
