//! From the sequence room to the report: order and lags within the support leg.

use super::study::Trial;
use super::{LagReport, SequenceReport, SequenceRow, Settings};
use crate::Result;
use crate::inference::Bootstrap;
use crate::model::{LegChannel, leg_counts, leg_sequence};
use crate::sequence::{PairLag, Sequence};
use crate::stride::{Step, Steps};
use alloc::{string::ToString, vec::Vec};

/// Fill in the sequence of the leg's joints, when there is a leg and a step whose contact is whole.
pub(super) fn within(
    trial: &mut Trial,
    leg: &[LegChannel],
    steps: &Steps,
    settings: &Settings,
) -> Result<()> {
    let steps: Vec<Step> = steps.all().iter().filter(|step| leg_counts(step)).copied().collect();
    if leg.is_empty() || steps.is_empty() {
        return Ok(());
    }
    let bootstrap = Bootstrap::new(settings.seed).with_replicates(settings.replicates)?;
    let sequence = leg_sequence(leg, &steps, &bootstrap)?;
    let names = sequence.channels.iter().map(|channel| channel.name.as_str());
    for (i, name) in names.enumerate() {
        let times = &sequence.times[i];
        trial.curves.sequence.push(SequenceRow::new(
            name,
            times.after_start_s.iter().copied().flatten().collect(),
            times.mean_s.and_then(|m| m.ci).map(Into::into),
        ));
    }
    trial.curves.contact_s = steps.iter().map(Step::contact_s).sum::<f64>() / steps.len() as f64;
    trial.report.sequence = Some(summary(&sequence));
    Ok(())
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
        order_ci: probability.and_then(|p| p.ci).map(Into::into),
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
        ci: pair.mean_s.ci.map(Into::into),
        approximate: pair.mean_s.approximate,
        relation: pair.relation.to_string(),
        n: pair.n,
    }
}
