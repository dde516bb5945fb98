//! Properties of lags and orders for any times.

use crate::common::cases;
use copeak::Rate;
use copeak::inference::{Bootstrap, Strides, interval::NoInterval};
use copeak::sequence::{CrossCorrelation, Cycle, Sequence, SequenceChannel, Sequencer, Timing, order};
use proptest::prelude::*;

fn times(channels: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    // Whole milliseconds, so that shifts and reversals are exact and ties happen.
    let row = prop::collection::vec((0u32..64).prop_map(|ms| f64::from(ms) / 64.0), channels);
    prop::collection::vec(row, 2..9)
}

fn sequence(rows: &[Vec<f64>], shift_s: f64) -> Sequence {
    let cycles: Vec<Cycle> = rows
        .iter()
        .enumerate()
        .map(|(i, row)| Cycle {
            start_s: i as f64 + shift_s,
            duration_s: 1.0,
            contact_s: Some(0.25),
            times: row.iter().map(|t| Some(Timing::at(i as f64 + shift_s + t))).collect(),
        })
        .collect();
    let names: Vec<String> = (0..rows[0].len()).map(|i| i.to_string()).collect();
    Sequence::of(&names, &cycles, &Strides::ungrouped(rows.len()), &Bootstrap::new(1)).unwrap()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn reversed_order_flips_tau(rows in times(4)) {
        let reversed: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().rev().copied().collect()).collect();
        let (forward, backward) = (order(&rows).unwrap(), order(&reversed).unwrap());
        for (a, b) in forward.kendall_tau.iter().zip(&backward.kendall_tau) {
            prop_assert_eq!(a.map(|tau| -tau), *b);
        }
        // Without ties L and its mirror image are equally far from the centre.
        let (n, m) = (rows.len() as f64, 4.0);
        let sum = forward.page.unwrap().l + backward.page.unwrap().l;
        prop_assert_eq!(sum, n * m * (m + 1.0) * (m + 1.0) / 2.0);
    }

    #[test]
    fn a_shift_of_time_changes_nothing(rows in times(3), shift in 0u8..100) {
        prop_assert_eq!(sequence(&rows, 0.0), sequence(&rows, f64::from(shift)));
    }

    #[test]
    fn where_the_circle_is_cut_changes_nothing(rows in times(3), turn in 0u8..64) {
        // Times within a quarter of the cycle, then all of them rotated.
        let turned = |by: f64| -> Option<Sequence> {
            let cycles: Vec<Cycle> = rows.iter().enumerate().map(|(i, row)| Cycle {
                start_s: i as f64,
                duration_s: 1.0,
                contact_s: None,
                times: row.iter().map(|t| Some(Timing::at(i as f64 + (0.25 * t + by) % 1.0))).collect(),
            }).collect();
            let sequencer = Sequencer::new(&["0", "1", "2"], Bootstrap::new(1)).unwrap().circular();
            sequencer.find(&cycles, &Strides::ungrouped(rows.len())).ok()
        };
        let (still, moved) = (turned(0.0).unwrap(), turned(f64::from(turn) / 64.0).unwrap());
        for (a, b) in still.pairs.iter().zip(&moved.pairs) {
            prop_assert!((a.mean_s.value - b.mean_s.value).abs() < 1e-12, "{:?} {:?}", still.seam, moved.seam);
            prop_assert_eq!(&a.in_cycles, &b.in_cycles);
        }
        prop_assert_eq!(still.order.unwrap().kendall_tau, moved.order.unwrap().kendall_tau);
    }

    #[test]
    fn a_delay_is_a_shift_and_its_error_a_floor(rows in times(2), delay_ms in 1u8..100, se_ms in 1u8..20) {
        let (delay, se) = (f64::from(delay_ms) / 1024.0, f64::from(se_ms) / 1024.0);
        let plain = sequence(&rows, 0.0);
        let cycles: Vec<Cycle> = rows.iter().enumerate().map(|(i, row)| Cycle {
            start_s: i as f64,
            duration_s: 1.0,
            contact_s: None,
            times: row.iter().map(|t| Some(Timing::at(i as f64 + t))).collect(),
        }).collect();
        let delayed = [SequenceChannel::new("0"), SequenceChannel::new("1").delayed(delay, se)];
        let found = Sequence::of(&delayed, &cycles, &Strides::ungrouped(rows.len()), &Bootstrap::new(1)).unwrap();
        let (a, b) = (&plain.pairs[0].mean_s, &found.pairs[0].mean_s);
        prop_assert!((b.value - a.value - delay).abs() < 1e-12);
        // The error widens an interval, perhaps beyond the cycle, where it is dropped.
        prop_assert!(a.ci.is_some() == b.ci.is_some() || b.why_not == Some(NoInterval::WiderThanCycle));
        if let (Some(a), Some(b)) = (a.ci, b.ci) {
            let (a, b) = (0.5 * a.width(), 0.5 * b.width());
            let scatter = plain.pairs[0].error.scatter_s.unwrap();
            prop_assert!(b >= a && b >= 1.959 * se, "{a} {b}");
            prop_assert!(b >= 1.959 * scatter.hypot(se), "{a} {b}");
        }
    }

    #[test]
    fn lags_are_additive_and_antisymmetric(rows in times(3)) {
        let found = sequence(&rows, 0.0);
        let lag = |from: &str, to: &str| found.pair(from, to).unwrap().mean_s.value;
        prop_assert!((lag("0", "1") + lag("1", "2") - lag("0", "2")).abs() < 1e-12);
        let mirrored: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().rev().copied().collect()).collect();
        let back = sequence(&mirrored, 0.0);
        prop_assert!((back.pair("0", "2").unwrap().mean_s.value + lag("0", "2")).abs() < 1e-12);
    }

    #[test]
    fn duplicating_every_cycle_changes_no_estimate(rows in times(3)) {
        let twice: Vec<Vec<f64>> = rows.iter().chain(&rows).cloned().collect();
        let (once, twice) = (order(&rows).unwrap(), order(&twice).unwrap());
        prop_assert_eq!(once.probability.value, twice.probability.value);
        let (a, b) = (once.mean_kendall_tau, twice.mean_kendall_tau);
        prop_assert_eq!(a.is_none(), b.is_none());
        prop_assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-12);
    }

    #[test]
    fn curves_swapped_flip_the_lag(seed in prop::collection::vec(-1.0..1.0f64, 6), lag in -8i32..8) {
        let curve = |i: i32| -> f64 {
            let t = f64::from(i) * std::f64::consts::TAU / 60.0;
            seed.iter().enumerate().map(|(k, a)| a * ((k + 1) as f64 * t + 9.0 * a).sin()).sum()
        };
        let x: Vec<f64> = (0..60).map(curve).collect();
        let y: Vec<f64> = (0..60).map(|i| curve(i - lag)).collect();
        let rate = Rate::from_hz(64.0).unwrap();
        let finder = CrossCorrelation::new(1.0).unwrap().circular();
        let (there, back) = (finder.find(&x, &y, rate), finder.find(&y, &x, rate));
        prop_assume!(there.is_ok() && back.is_ok());
        let (there, back) = (there.unwrap(), back.unwrap());
        prop_assert!((there.r - back.r).abs() < 1e-9);
        // Of equally high maxima either may be chosen; a single best maximum may not change.
        prop_assume!(there.second_r.is_none_or(|second| second < there.r - 1e-6));
        let turn = 60.0 / 64.0;
        let mut off = there.lag_s + back.lag_s;
        off -= (off / turn).round() * turn;
        prop_assert!(off.abs() < 1e-6, "{there:?} {back:?}");
        let mut off = there.lag_s - f64::from(lag) / 64.0;
        off -= (off / turn).round() * turn;
        prop_assert!(off.abs() < 0.01, "{there:?}");
    }
}

#[test]
fn no_interval_is_wider_than_the_cycle() {
    // 1.2 effective strides: a fifth of a degree of freedom, and a quantile of Student's t of a hundred million.
    let drifts = [vec![10, 28, 35, 43], vec![2, 1, 27, 60, 25], vec![9, 17, 50, 57, 43, 28, 13]];
    for drift in drifts {
        let rows: Vec<Vec<f64>> = drift.iter().map(|ms| vec![0.0, f64::from(*ms) / 64.0]).collect();
        let found = sequence(&rows, 0.0);
        let pair = &found.pairs[0];
        let estimates =
            [pair.mean_s, pair.cycle_percent, pair.contact_percent.unwrap(), found.times[1].mean_s.unwrap()];
        for estimate in estimates {
            assert_eq!(
                (estimate.ci, estimate.why_not),
                (None, Some(NoInterval::WiderThanCycle)),
                "{estimate}"
            );
        }
        assert_eq!((pair.p, pair.error.scatter_s), (None, None));
        assert_eq!(pair.relation, copeak::sequence::Relation::Unclear);
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_sequence_is_unchanged_by_a_json_round_trip() {
    let rows = [vec![0.1, 0.2, 0.3], vec![0.1, 0.25, 0.3], vec![0.15, 0.2, 0.35]];
    let found = sequence(&rows, 0.0);
    let text = serde_json::to_string(&found).unwrap();
    // The last digit may be lost in parsing.
    let read: Sequence = serde_json::from_str(&text).unwrap();
    assert_eq!(format!("{read:.12?}"), format!("{found:.12?}"));
    for word in ["exchangeable_in_every_cycle", "\"relation\":\"before\"", "\"common_s\":0.0"] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}
