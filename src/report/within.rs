//! From the sequence room to the report: order and lags within the support leg.

use super::study::Trial;
use super::{LagReport, SequenceReport, SequenceRow, Settings};
use crate::Result;
use crate::inference::{Bootstrap, Strides};
use crate::model::{AFTER_CONTACT_S, LegChannel};
use crate::peak::CyclePeakFinder;
use crate::sequence::{Cycle, PairLag, Sequence, Timing};
use crate::stride::{Reason, Step, Steps, Window};
use alloc::{string::ToString, vec::Vec};

/// Fill in the sequence of the leg's joints, when there is a leg and a step whose contact is whole.
pub(super) fn within(
    trial: &mut Trial,
    leg: &[LegChannel],
    steps: &Steps,
    settings: &Settings,
) -> Result<()> {
    // A contact is whole also in a step whose stride-long cycle, or whose end, was not recorded.
    let whole =
        |step: &&Step| matches!(step.rejected, None | Some(Reason::CycleOutside | Reason::NoNextContact));
    // A lone contact, without any other, belongs to no cycle that a lag could be a part of.
    let lasting = |step: &&Step| step.stride_s.is_finite();
    let steps: Vec<Step> = steps.all().iter().filter(whole).filter(lasting).copied().collect();
    if leg.is_empty() || steps.is_empty() {
        return Ok(());
    }
    let cycles: Vec<Cycle> = steps.iter().map(|step| cycle(leg, step)).collect();
    let strides = Strides::of_steps(&steps);
    let names: Vec<&str> = leg.iter().map(|channel| channel.name.as_str()).collect();
    let bootstrap = Bootstrap::new(settings.seed).with_replicates(settings.replicates)?;
    let sequence = Sequence::of(&names, &cycles, &strides, &bootstrap)?;
    for (i, name) in names.iter().enumerate() {
        let times = &sequence.times[i];
        trial.curves.sequence.push(SequenceRow::new(
            *name,
            times.after_start_s.iter().copied().flatten().collect(),
            times.mean_s.and_then(|m| m.ci).map(|(low, high)| [low, high]),
        ));
    }
    trial.curves.contact_s = steps.iter().map(Step::contact_s).sum::<f64>() / steps.len() as f64;
    trial.report.sequence = Some(summary(&sequence));
    Ok(())
}

/// When the leg's joints extend fastest between initial contact and shortly after terminal contact.
fn cycle(leg: &[LegChannel], step: &Step) -> Cycle {
    let window = Window { start_s: step.start_s(), end_s: step.contact.terminal.time_s + AFTER_CONTACT_S };
    let finder = CyclePeakFinder::new().clipped();
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

fn summary(sequence: &Sequence) -> SequenceReport {
    let order = sequence.order.as_ref();
    // Two cycles tell nothing of a proportion.
    let probability = order.map(|order| order.probability).filter(|p| p.n >= 3);
    let medians = sequence.channels.iter().zip(&sequence.times);
    SequenceReport {
        channels: sequence.channels.iter().map(|channel| channel.name.clone()).collect(),
        pairs: sequence.pairs.iter().map(|pair| lag(pair, sequence)).collect(),
        order_probability: order.map(|order| order.probability.value),
        order_ci: probability.and_then(|p| p.ci).map(|(low, high)| [low, high]),
        approximate: probability.is_some_and(|p| p.approximate),
        kendall_tau: order.and_then(|order| order.mean_kendall_tau),
        peak_after_ic_s: medians.filter_map(|(c, times)| Some((c.name.clone(), times.median_s?))).collect(),
    }
}

fn lag(pair: &PairLag, sequence: &Sequence) -> LagReport {
    LagReport {
        from: sequence.channels[pair.from].name.clone(),
        to: sequence.channels[pair.to].name.clone(),
        lag_s: pair.mean_s.value,
        sd_s: pair.sd_s,
        ci: pair.mean_s.ci.map(|(low, high)| [low, high]),
        approximate: pair.mean_s.approximate,
        relation: pair.relation.to_string(),
        n: pair.n,
    }
}
