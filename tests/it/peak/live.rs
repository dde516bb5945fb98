//! The live finder against the batch finder: its decisions are the same, whatever samples follow.

use crate::common::cases;
use crate::common::memory as counting;
use copeak::peak::subsample::parabola;
use copeak::peak::{LivePeak, LivePeakFinder, NanPolicy, PeakFinder, Undecided};
use copeak::{Flush, Stage, StageExt};
use proptest::prelude::*;

/// Coarse (many plateaus and equal heights), rough, smooth and rising records.
fn record() -> impl Strategy<Value = Vec<f64>> {
    let coarse = prop::collection::vec((-3i32..3).prop_map(f64::from), 0..200);
    let rough = prop::collection::vec(-3.0..3.0f64, 0..200);
    let walk = prop::collection::vec(-1.0..1.2f64, 0..300).prop_map(|steps| {
        let sum = |total: &mut f64, step: f64| {
            *total += step;
            Some(*total)
        };
        steps.into_iter().scan(0.0, sum).collect()
    });
    let infinite = prop::collection::vec(
        prop_oneof![8 => -2.0..2.0f64, 1 => Just(f64::INFINITY), 1 => Just(f64::NEG_INFINITY)],
        0..80,
    );
    prop_oneof![3 => coarse, 3 => rough, 3 => walk, 1 => infinite]
}

type Decision = Result<LivePeak, Undecided>;

/// All decisions, and the sample at which each was returned; the record's length for those at the end.
fn decisions<const N: usize>(finder: LivePeakFinder<N>, x: &[f64]) -> Vec<(usize, Decision)> {
    let mut live = finder.stream();
    let mut all: Vec<(usize, Decision)> =
        x.iter().enumerate().filter_map(|(i, &v)| Some((i, live.push(v)?))).collect();
    while let Some(late) = live.flush() {
        all.extend(late.map(|decision| (x.len(), decision)));
    }
    all
}

fn index(decision: &Decision) -> usize {
    match decision {
        Ok(peak) => peak.index,
        Err(undecided) => undecided.index,
    }
}

#[derive(Debug, Clone, Copy)]
struct Conditions {
    height: Option<f64>,
    prominence: Option<f64>,
    distance: usize,
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let height = prop::option::of(-2.0..2.0f64);
    let prominence = prop::option::of(prop_oneof![(1i32..5).prop_map(f64::from), 0.1..4.0f64]);
    (height, prominence, prop_oneof![Just(1usize), 2usize..30])
        .prop_map(|(height, prominence, distance)| Conditions { height, prominence, distance })
}

impl Conditions {
    fn live<const N: usize>(&self, look_ahead: usize) -> LivePeakFinder<N> {
        let finder = LivePeakFinder::<N>::new(look_ahead).unwrap().distance(self.distance).unwrap();
        let finder = self.height.map_or(finder, |height| finder.height(height).unwrap());
        self.prominence.map_or(finder, |prominence| finder.prominence(prominence).unwrap())
    }

    fn batch(&self) -> PeakFinder {
        let finder = PeakFinder::new().nan(NanPolicy::Skip).distance(self.distance as f64);
        let finder = self.height.map_or(finder, |height| finder.height(height));
        self.prominence.map_or(finder, |prominence| finder.prominence(prominence))
    }
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn with_enough_look_ahead_and_places_it_equals_the_batch_finder(x in record(), conditions in conditions()) {
        let found = decisions(conditions.live::<160>(400), &x);
        let expected = conditions.batch().find(&x).unwrap();
        let indices: Vec<usize> = found.iter().map(|(_, decision)| decision.unwrap().index).collect();
        prop_assert_eq!(&indices, &expected.indices);
        for ((_, decision), &height) in found.iter().zip(&expected.heights) {
            let peak = decision.unwrap();
            prop_assert_eq!(peak.height, height);
            if let Ok(vertex) = parabola(&x, peak.index) {
                prop_assert_eq!(peak.vertex, vertex);
            }
        }
    }

    #[test]
    fn every_decision_within_the_look_ahead_equals_the_batch_finders(
        x in record(), conditions in conditions(), extra in 0usize..40
    ) {
        let look_ahead = conditions.distance + extra;
        let expected = conditions.batch().find(&x).unwrap().indices;
        let check = |found: Vec<(usize, Decision)>, n: usize| {
            let order: Vec<usize> = found.iter().map(|(_, decision)| index(decision)).collect();
            prop_assert!(order.is_sorted_by(|a, b| a < b), "{order:?}");
            for (at, decision) in &found {
                if let Ok(peak) = decision {
                    prop_assert!(expected.contains(&peak.index), "{peak:?} is none of {expected:?}");
                }
                let top = index(decision);
                let after = (top..x.len()).find(|&i| x[i] != x[top]).unwrap_or(x.len());
                prop_assert!(*at <= after.max(top + look_ahead) + n, "{decision:?} at {at}");
            }
            let lost = expected.iter().find(|i| !order.contains(i));
            prop_assert!(lost.is_none(), "{lost:?} of {expected:?} is neither found nor undecided");
            Ok(())
        };
        check(decisions(conditions.live::<64>(look_ahead), &x), 64)?;
        check(decisions(conditions.live::<3>(look_ahead), &x), 3)?;
        check(decisions(conditions.live::<1>(look_ahead), &x), 1)?;
    }

    #[test]
    fn nan_are_left_out(
        x in prop::collection::vec(-3.0..3.0f64, 0..200),
        holes in prop::collection::vec(0usize..200, 0..30),
        conditions in conditions(),
    ) {
        let mut x = x;
        for hole in holes {
            if let Some(v) = x.get_mut(hole) {
                *v = f64::NAN;
            }
        }
        let found = decisions(conditions.live::<160>(400), &x);
        let indices: Vec<usize> = found.iter().map(|(_, decision)| decision.unwrap().index).collect();
        prop_assert_eq!(indices, conditions.batch().find(&x).unwrap().indices);
    }

    #[test]
    fn single_precision_gives_the_same_decisions(x in prop::collection::vec(-9i16..9, 0..90), conditions in conditions()) {
        let wide: Vec<f64> = x.iter().map(|&v| f64::from(v) / 4.0).collect();
        let finder = conditions.live::<64>(60);
        let mut state = Stage::<f32>::initial_state(&finder);
        let mut narrow: Vec<Decision> =
            x.iter().filter_map(|&v| finder.process(&mut state, f32::from(v) / 4.0)).collect();
        while let Some(late) = Flush::<f32>::flush(&finder, &mut state) {
            narrow.extend(late);
        }
        let expected: Vec<Decision> = decisions(finder, &wide).into_iter().map(|(_, d)| d).collect();
        prop_assert_eq!(narrow, expected);
    }
}

#[test]
fn a_decision_is_returned_as_soon_as_it_is_certain() {
    let x = [0.0, 1.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0, 0.0, 0.0];
    let at = |finder: LivePeakFinder<4>| decisions(finder, &x)[0].0;
    let new = LivePeakFinder::new(5).unwrap();
    assert_eq!(at(new), 3, "the first lower sample");
    assert_eq!(at(new.prominence(3.0).unwrap()), 5, "fallen by 3");
    assert_eq!(at(new.distance(4).unwrap()), 5, "the next maximum can lie 4 behind it at the earliest");
    // Fallen by 5 only 5 samples later: just in time, and too late for 4.
    assert_eq!(decisions(new.prominence(5.0).unwrap(), &x).len(), 1);
    assert!(decisions(new.prominence(5.0).unwrap(), &x)[0].1.is_ok());
    let short = LivePeakFinder::<4>::new(4).unwrap().prominence(5.0).unwrap();
    assert_eq!(decisions(short, &x)[0], (6, Err(decisions(short, &x)[0].1.unwrap_err())));
    assert_eq!(index(&decisions(short, &x)[0].1), 2);
}

#[test]
fn a_long_stream_needs_no_heap() {
    let finder = LivePeakFinder::<32>::new(200).unwrap().distance(100).unwrap().prominence(0.5).unwrap();
    let mut live = finder.stream();
    let wave = |i: u32| (f64::from(i) * 0.02).sin() + 0.2 * (f64::from(i) * 0.31).sin();
    let mut found = 0;
    let allocated = counting::allocations(|| {
        for i in 0..100_000 {
            found += u32::from(live.push(wave(i)).is_some_and(|decision| decision.is_ok()));
        }
    });
    assert_eq!(allocated, 0);
    assert!((310..325).contains(&found), "{found}");
}

#[test]
fn parameters_outside_their_range_are_errors_that_name_them() {
    assert!(LivePeakFinder::<4>::new(0).is_err());
    assert!(LivePeakFinder::<0>::new(4).is_err());
    let finder = LivePeakFinder::<4>::new(5).unwrap();
    assert!(finder.height(f64::NAN).is_err());
    assert!(finder.prominence(-1.0).is_err() && finder.prominence(f64::NAN).is_err());
    assert!(finder.distance(0).is_err() && finder.distance(6).is_err() && finder.distance(5).is_ok());
}
