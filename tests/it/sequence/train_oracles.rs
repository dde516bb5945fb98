//! Event trains against PySpike (`validation/oracles/trains.py`), and their properties.

use crate::common::cases;
use copeak::sequence::train::TrainProfile;
use copeak::sequence::{AdaptiveWindow, SpikeOrder, Trains};
use copeak::synchrony::{SpikeSync, event_synchronization};
use proptest::prelude::*;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

#[track_caller]
fn same(ours: &[f64], theirs: &[f64], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - theirs).abs() < 1e-12, "{what}: {ours} against {theirs}");
    }
}

#[test]
fn every_number_equals_pyspikes() {
    let fixture: Value = serde_json::from_str(include_str!("../../fixtures/trains.json")).unwrap();
    for case in fixture["cases"].as_array().unwrap() {
        let bounds = numbers(&case["bounds"]);
        let trains = Trains::new(&rows(&case["trains"]), bounds[0], bounds[1]).unwrap();
        let window = AdaptiveWindow::uncapped();
        let number = |key: &str| case[key].as_f64().unwrap();

        let sync = SpikeSync::of(&trains, window).unwrap();
        same(&[sync.value()], &[number("value")], "value");
        same(&sync.matrix().concat(), &rows(&case["matrix"]).concat(), "matrix");

        let order = SpikeOrder::of(&trains, window).unwrap();
        let synfire = order.synfire(1);
        let leads: Vec<f64> = order.matrix().concat().iter().map(|&lead| lead as f64).collect();
        same(&leads, &rows(&case["leads"]).concat(), "leads");
        same(&order.event_leads().concat(), &rows(&case["event_leads"]).concat(), "leads of events");
        same(&[synfire.indicator], &[number("indicator")], "indicator");
        same(&[synfire.indicator_sorted], &[number("indicator_sorted")], "sorted indicator");
        let best: Vec<f64> = synfire.order.iter().map(|&train| train as f64).collect();
        same(&best, &numbers(&case["order"]), "order");
        assert!(synfire.exact);

        let profiles: [(&str, TrainProfile); 2] =
            [("sync_profile", sync.profile()), ("order_profile", order.profile())];
        for (name, ours) in profiles {
            if let Some([times, values]) = case[name].as_array().map(Vec::as_slice) {
                same(&ours.times_s, &numbers(times), name);
                same(&ours.values, &numbers(values), name);
            }
        }
    }
}

fn some_trains() -> impl Strategy<Value = Vec<Vec<f64>>> {
    // Quarter seconds are full of equal times and of events in the middle of two others.
    let time = prop_oneof![(0.0f64..20.0), (0u32..80).prop_map(|i| f64::from(i) / 4.0)];
    prop::collection::vec(prop::collection::vec(time, 0..25), 2..7)
}

fn window(cap: Option<f64>) -> AdaptiveWindow {
    cap.map_or(AdaptiveWindow::uncapped(), |cap| AdaptiveWindow::capped(cap).unwrap())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn the_order_of_times_and_of_trains_changes_nothing(
        trains in some_trains(), cap in prop::option::of(0.05f64..2.0),
    ) {
        let forwards = Trains::new(&trains, 0.0, 20.0).unwrap();
        let mut turned = trains.clone();
        turned.reverse();
        turned.iter_mut().for_each(|train| train.reverse());
        let backwards = Trains::new(&turned, 0.0, 20.0).unwrap();
        let (there, back) =
            (SpikeSync::of(&forwards, window(cap)).unwrap(), SpikeSync::of(&backwards, window(cap)).unwrap());
        prop_assert_eq!(there.value(), back.value());
        prop_assert_eq!(there.profile().times_s, back.profile().times_s);
        let (there, back) =
            (SpikeOrder::of(&forwards, window(cap)).unwrap(), SpikeOrder::of(&backwards, window(cap)).unwrap());
        let k = trains.len();
        prop_assert_eq!(there.lead(0, k - 1), back.lead(k - 1, 0));
        // Exact in both, so equally good for any given order.
        prop_assert_eq!(there.synfire(1).indicator_sorted, back.synfire(1).indicator_sorted);
    }

    #[test]
    fn reversed_time_reverses_the_lead(trains in some_trains()) {
        let forwards = Trains::new(&trains, 0.0, 20.0).unwrap();
        // Times on a grid of 2^-20 s can be mirrored exactly.
        let grid = |t: f64| (t * 1048576.0).round() / 1048576.0;
        let on_grid: Vec<Vec<f64>> = trains.iter().map(|train| train.iter().map(|&t| grid(t)).collect()).collect();
        let mirrored: Vec<Vec<f64>> =
            on_grid.iter().map(|train| train.iter().map(|t| 20.0 - t).collect()).collect();
        let (there, back) =
            (Trains::new(&on_grid, 0.0, 20.0).unwrap(), Trains::new(&mirrored, 0.0, 20.0).unwrap());
        prop_assert_eq!(
            SpikeSync::of(&there, window(None)).unwrap().matrix(),
            SpikeSync::of(&back, window(None)).unwrap().matrix()
        );
        let (there, back) = (SpikeOrder::of(&there, window(None)).unwrap(), SpikeOrder::of(&back, window(None)).unwrap());
        prop_assert_eq!(there.lead(0, 1), -back.lead(0, 1));
        prop_assert_eq!(forwards.len(), trains.len());
    }

    #[test]
    fn values_stay_in_their_range_and_agree(trains in some_trains(), cap in prop::option::of(0.05f64..2.0)) {
        let trains = Trains::new(&trains, 0.0, 20.0).unwrap();
        let sync = SpikeSync::of(&trains, window(cap)).unwrap();
        let profile = sync.profile();
        prop_assert!((0.0..=1.0).contains(&sync.value()));
        prop_assert!(profile.values.iter().all(|v| (0.0..=1.0).contains(v)));
        if let Some(mean) = profile.mean_between(-1.0, 21.0) {
            prop_assert!((mean - sync.value()).abs() < 1e-12);
        }
        let order = SpikeOrder::of(&trains, window(cap)).unwrap();
        let synfire = order.synfire(1);
        prop_assert!(synfire.indicator_sorted >= synfire.indicator.abs() - 1e-12 || trains.events() == 0);
        prop_assert!(synfire.indicator_sorted <= sync.value() + 1e-12 || trains.iter().any(|t| t.is_empty()));
        prop_assert_eq!(order.indicator_of(&synfire.order).unwrap(), synfire.indicator_sorted);
    }

    #[test]
    fn event_synchronisation_is_at_most_one(
        a in prop::collection::vec(0.0f64..20.0, 1..25), b in prop::collection::vec((0u32..80).prop_map(|i| f64::from(i) / 4.0), 1..25),
        tau in prop::option::of(0.0f64..2.0),
    ) {
        let found = event_synchronization(&a, &b, tau).unwrap();
        prop_assert!((0.0..=1.0 + 1e-15).contains(&found.sync) && found.delay.abs() <= found.sync);
    }
}

/// With one event per cycle the cap decides, and the share of chance coincidences is 2 cap/T.
#[test]
fn chance_of_periodic_events_is_two_caps_over_the_cycle() {
    let cycle = |offset: f64| (0..40).map(|i| 0.7 * (f64::from(i) + offset)).collect::<Vec<f64>>();
    let window = AdaptiveWindow::capped(0.05).unwrap();
    let offsets = 2000;
    let mean = (0..offsets)
        .map(|i| {
            let offset = 0.25 + 0.5 * f64::from(i) / f64::from(offsets);
            // Every offset up to half a cycle in either direction, from a train away from the recording's edges.
            let trains = Trains::new(&[cycle(0.5), cycle(2.0 * offset - 0.5)], 0.0, 29.0).unwrap();
            SpikeSync::of(&trains, window).unwrap().value()
        })
        .sum::<f64>()
        / f64::from(offsets);
    assert!((mean - window.chance(0.7)).abs() < 0.003, "{mean} {}", window.chance(0.7));
}
