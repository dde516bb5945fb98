//! Small, fixed-seed versions of `scripts/validate sequence`: false alarms of lags and orders.

use crate::common::noise::SplitMix;
use copeak::inference::{Bootstrap, Interval, Strides};
use copeak::sequence::lag::{CycleRelation, PairLag};
use copeak::sequence::{Cycle, Relation, SequenceChannel, Sequencer, Timing, order};

/// A session of `strides` whose true lag is 0: it scatters by `sd_s`, each time is known to `se_s`, the clocks to `sync_s`.
fn session(strides: usize, [sd_s, se_s, sync_s]: [f64; 3], noise: &mut SplitMix) -> PairLag {
    let off = sync_s * noise.normal();
    let cycles: Vec<Cycle> = (0..strides)
        .map(|i| {
            let mut at =
                |time_s: f64| Some(Timing { time_s: time_s + se_s * noise.normal(), se_s: Some(se_s) });
            let (first, second) = (at(0.1), at(0.1 + off));
            let second = second.map(|t| Timing { time_s: t.time_s + sd_s * noise.normal(), ..t });
            Cycle { start_s: i as f64, duration_s: 0.7, contact_s: None, times: vec![first, second] }
        })
        .collect();
    let channels = [SequenceChannel::new("a"), SequenceChannel::new("b").on_device("other", sync_s)];
    let bootstrap = Bootstrap::new(1).replicates(1);
    let sequencer = Sequencer::new(&channels, bootstrap).unwrap();
    sequencer.find(&cycles, &Strides::ungrouped(strides)).unwrap().pairs.remove(0)
}

/// Share of sessions in which a lag of 0 is significant.
fn decided(strides: usize, errors: [f64; 3]) -> f64 {
    let mut noise = SplitMix::from_state(strides as u64);
    let sessions = 3000;
    let wrong = (0..sessions).filter(|_| {
        let relation = session(strides, errors, &mut noise).relation;
        matches!(relation, Relation::Before | Relation::After)
    });
    wrong.count() as f64 / f64::from(sessions)
}

#[test]
fn a_lag_of_zero_is_significant_in_at_most_five_per_cent() {
    for strides in [3, 5, 10, 20] {
        for sync_ms in [0.0, 1.0, 6.0] {
            let share = decided(strides, [0.006, 0.0, 1e-3 * sync_ms]);
            // Three standard errors of 5 % in 3000 sessions are 1.2 %.
            assert!(share <= 0.062, "{strides} strides, clocks to {sync_ms} ms: {share}");
        }
        // The same sessions on clocks with an error that is not allowed for would be significant far more often.
    }
    let mut noise = SplitMix::from_state(7);
    let unsuspecting = (0..1000).filter(|_| {
        let mut lag = session(20, [0.006, 0.0, 0.0], &mut noise);
        let off = 0.006 * noise.normal();
        lag.mean_s.ci = lag.mean_s.ci.map(|ci| Interval::new(ci.low + off, ci.high + off));
        lag.mean_s.excludes(0.0)
    });
    assert!(unsuspecting.count() > 400);
}

#[test]
fn ties_are_reported_as_ties() {
    let mut noise = SplitMix::from_state(3);
    let (mut ties, mut all) = (0, 0);
    for _ in 0..1000 {
        for relation in session(10, [0.0, 0.001, 0.002], &mut noise).in_cycles.into_iter().flatten() {
            ties += usize::from(relation == CycleRelation::Tie);
            all += 1;
        }
    }
    // The clocks' error is the same within a session, so the shares of sessions scatter: 10,000 cycles are worth some 1000.
    let share = f64::from(ties as u32) / f64::from(all);
    assert!((0.93..=0.97).contains(&share), "{share}");
}

#[test]
fn exchangeable_orders_are_significant_in_at_most_five_per_cent() {
    for (cycles, channels) in [(5, 3), (12, 4)] {
        let mut noise = SplitMix::from_state(cycles as u64);
        let sessions = 3000;
        let mut alarms = [0; 3];
        for _ in 0..sessions {
            let times: Vec<Vec<f64>> =
                (0..cycles).map(|_| (0..channels).map(|_| noise.uniform()).collect()).collect();
            let found = order(&times).unwrap();
            let p = [found.page.unwrap().p, found.kendall.p, found.probability_p];
            alarms.iter_mut().zip(p).for_each(|(alarms, p)| *alarms += usize::from(p <= 0.05));
        }
        for (test, alarms) in ["Page", "Kendall", "full order"].iter().zip(alarms) {
            let share = alarms as f64 / f64::from(sessions);
            assert!(share <= 0.062, "{test}, {cycles} cycles of {channels}: {share}");
        }
    }
}
