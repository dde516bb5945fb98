//! Circular statistics against SciPy and pingouin, pairs by hand (`validation/oracles/inference.py`).

use crate::common::cases;
use copeak::synchrony::{Circular, Locking};
use proptest::prelude::*;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../fixtures/statistics.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn circular_summaries_equal_scipy_and_pingouin() {
    for case in fixture()["circular"].as_array().unwrap() {
        let phases = numbers(&case["phase"]);
        let ours = match &case["weights"] {
            Value::Null => Circular::of(&phases),
            weights => Circular::weighted(&phases, &numbers(weights)),
        }
        .unwrap();
        let same = |ours: f64, key: &str| {
            if let Some(theirs) = case[key].as_f64() {
                assert!((ours - theirs).abs() < 1e-12, "{key}: {ours} against {theirs} in {case}");
            }
        };
        same(ours.resultant, "resultant");
        same(ours.mean.unwrap(), "mean");
        same(ours.sd_rad(), "sd_rad");
        same(ours.rayleigh_p(), "rayleigh_p");
        same(ours.simultaneity().unwrap(), "simultaneity");
    }
}

#[test]
fn locking_is_the_mean_cosine_over_pairs_of_cycles() {
    for case in fixture()["locking"].as_array().unwrap() {
        let ours = Locking::of(&numbers(&case["a"]), &numbers(&case["b"])).unwrap().value;
        assert!((ours - case["value"].as_f64().unwrap()).abs() < 1e-12);
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn turning_all_phases_changes_nothing(
        phases in prop::collection::vec(0.0f64..1.0, 2..20), turn in -3.0f64..3.0,
    ) {
        let turned: Vec<f64> = phases.iter().map(|p| p + turn).collect();
        let (a, b) = (Circular::of(&phases).unwrap(), Circular::of(&turned).unwrap());
        prop_assert!((a.resultant - b.resultant).abs() < 1e-12);
        prop_assert!((a.simultaneity().unwrap() - b.simultaneity().unwrap()).abs() < 1e-12);
        let mut mirrored = phases.clone();
        mirrored.reverse();
        prop_assert!((a.resultant - Circular::of(&mirrored).unwrap().resultant).abs() < 1e-12);
    }

    #[test]
    fn simultaneity_stays_in_its_range(phases in prop::collection::vec(0.0f64..1.0, 2..20)) {
        let value = Circular::of(&phases).unwrap().simultaneity().unwrap();
        let least = -1.0 / (phases.len() as f64 - 1.0);
        prop_assert!((least - 1e-12..=1.0 + 1e-12).contains(&value));
    }

    /// Locked and simultaneous are two numbers: a constant offset leaves locking at 1.
    #[test]
    fn a_constant_offset_is_locked(phases in prop::collection::vec(0.0f64..1.0, 2..20), offset in 0.0f64..1.0) {
        let later: Vec<f64> = phases.iter().map(|p| p + offset).collect();
        prop_assert!((Locking::of(&phases, &later).unwrap().value - 1.0).abs() < 1e-12);
    }
}
