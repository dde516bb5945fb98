//! The sequence within the support leg.

use super::{AFTER_CONTACT_S, Joint, LegChannel};
use crate::Result;
use crate::inference::Bootstrap;
use crate::inference::Strides;
use crate::peak::CyclePeakFinder;
use crate::sequence::{Cycle, Sequence, Timing};
use crate::stride::{RejectReason, Step, Steps};
use crate::time::TimeSpan;
use alloc::vec::Vec;

impl Joint {
    /// Returns the order and the lags in which hip, knee and ankle of the support leg extend fastest, between initial contact and
    /// 50 ms after terminal contact. Uses steps with a complete contact, including those whose stride or end was not recorded.
    ///
    /// ```
    /// use copeak::{inference::Bootstrap, model::JointModel, simulate::Sprinter, stride::StepCriteria};
    /// let trial = Sprinter::at_speed(9.5).steps(12).simulate()?.recording;
    /// let steps = trial.feet()?.steps(&StepCriteria::default())?;
    /// let leg = JointModel::new(15.0).apply(&trial)?.sequence(&steps, &Bootstrap::new(1))?;
    /// assert!(leg.pair("hip", "ankle").unwrap().mean_s.value > 0.0);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Sequence::of`]: [`crate::Error::TooFew`] without the three joints of both legs, or without a step that counts.
    pub fn sequence(&self, steps: &Steps, bootstrap: &Bootstrap) -> Result<Sequence> {
        let steps: Vec<Step> = steps.all().iter().filter(|step| leg_counts(step)).copied().collect();
        leg_sequence(&self.leg, &steps, bootstrap)
    }
}

/// Whether the contact is complete, which it is also in a step whose stride-long cycle or end was not recorded; a single contact
/// without any other belongs to no cycle of which a lag could be a fraction.
pub(crate) fn leg_counts(step: &Step) -> bool {
    let is_complete =
        matches!(step.rejected, None | Some(RejectReason::CycleOutside | RejectReason::NoNextContact));
    is_complete && step.stride_s.is_finite()
}

pub(crate) fn leg_sequence(leg: &[LegChannel], steps: &[Step], bootstrap: &Bootstrap) -> Result<Sequence> {
    let cycles: Vec<Cycle> = steps.iter().map(|step| cycle(leg, step)).collect();
    let names: Vec<&str> = leg.iter().map(|channel| channel.name.as_str()).collect();
    Sequence::of(&names, &cycles, &Strides::from_steps(steps), bootstrap)
}

/// Times at which the leg's joints extend fastest between initial contact and shortly after terminal contact.
fn cycle(leg: &[LegChannel], step: &Step) -> Cycle {
    let window = TimeSpan { start_s: step.start_s(), end_s: step.contact.terminal.time_s + AFTER_CONTACT_S };
    let finder = CyclePeakFinder::new().positive_part();
    let time = |channel: &LegChannel| {
        let (signal, noise) = (channel.signal(step.side()), channel.noise(step.side()));
        finder.find_with_noise(signal, &noise, window).ok().map(Timing::from)
    };
    Cycle {
        start_s: step.start_s(),
        duration_s: step.stride_s,
        contact_s: Some(step.contact_s()),
        times: leg.iter().map(time).collect(),
    }
}
