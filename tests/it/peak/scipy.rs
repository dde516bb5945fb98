//! Against SciPy's `find_peaks` (fixture: validation/oracles/peaks.py; thousands of live cases: scripts/test-oracles peaks).

use copeak::peak::{PeakFinder, Peaks, property::Bounds};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn bounds(value: &Value) -> Bounds {
    match value.as_array().map(Vec::as_slice) {
        None => value.as_f64().unwrap().into(),
        Some([least, most]) => match (least.as_f64(), most.as_f64()) {
            (Some(least), Some(most)) => (least..=most).into(),
            (Some(least), None) => least.into(),
            (None, Some(most)) => (..=most).into(),
            (None, None) => (..).into(),
        },
        Some(_) => panic!("{value}"),
    }
}

fn finder(conditions: &Value) -> PeakFinder {
    // Every property is measured, as it was for the fixture.
    let new = PeakFinder::new().height(..).threshold(..).prominence(..).width(..).plateau_size(..);
    conditions.as_object().unwrap().iter().fold(new, |finder, (name, value)| match name.as_str() {
        "height" => finder.height(bounds(value)),
        "threshold" => finder.threshold(bounds(value)),
        "prominence" => finder.prominence(bounds(value)),
        "width" => finder.width(bounds(value)),
        "plateau_size" => finder.plateau_size(bounds(value)),
        "distance" => finder.distance(value.as_f64().unwrap()),
        "wlen" => finder.wlen(value.as_f64().unwrap()),
        "rel_height" => finder.rel_height(value.as_f64().unwrap()),
        "side" if value == "minima" => finder.minima(),
        "side" if value == "absolute" => finder.absolute(),
        other => panic!("{other}"),
    })
}

fn property(peaks: &Peaks, name: &str) -> Vec<f64> {
    let whole = |values: Vec<usize>| values.into_iter().map(|v| v as f64).collect();
    match name {
        "peaks" => whole(peaks.indices.clone()),
        "heights" => peaks.heights.clone(),
        "left_thresholds" => peaks.thresholds.iter().map(|t| t.left).collect(),
        "right_thresholds" => peaks.thresholds.iter().map(|t| t.right).collect(),
        "prominences" => peaks.prominences.iter().map(|p| p.value).collect(),
        "left_bases" => whole(peaks.prominences.iter().map(|p| p.left_base).collect()),
        "right_bases" => whole(peaks.prominences.iter().map(|p| p.right_base).collect()),
        "widths" => peaks.widths.iter().map(|w| w.width).collect(),
        "width_heights" => peaks.widths.iter().map(|w| w.height).collect(),
        "left_ips" => peaks.widths.iter().map(|w| w.left).collect(),
        "right_ips" => peaks.widths.iter().map(|w| w.right).collect(),
        "plateau_sizes" => whole(peaks.plateaus.iter().map(|p| p.size()).collect()),
        "left_edges" => whole(peaks.plateaus.iter().map(|p| p.left_edge).collect()),
        "right_edges" => whole(peaks.plateaus.iter().map(|p| p.right_edge).collect()),
        other => panic!("{other}"),
    }
}

#[test]
fn every_condition_and_property_is_scipys() {
    let text = include_str!("../../fixtures/find_peaks.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    let mut found = 0;
    for case in fixture["cases"].as_array().unwrap() {
        let peaks = finder(&case["conditions"]).find(&numbers(&case["x"])).unwrap();
        found += peaks.len();
        for (name, expected) in case["answer"].as_object().unwrap() {
            let (ours, theirs) = (property(&peaks, name), numbers(expected));
            assert_eq!(ours.len(), theirs.len(), "{name} of {case}");
            for (a, b) in ours.iter().zip(&theirs) {
                assert!((a - b).abs() <= 1e-12, "{name}: {a}, not {b}, of {case}");
            }
        }
    }
    assert!(found > 300, "{found}");
}

#[test]
fn every_kind_of_buffer_gives_the_same() {
    let x: Vec<f64> = (0..500).map(|i| (f64::from(i) * 0.3).sin() + (f64::from(i) * 0.041).cos()).collect();
    let finder = PeakFinder::new().prominence(0.3).width(..).distance(9.0);
    let expected = finder.find(&x).unwrap();
    assert!(expected.len() > 10);
    let mut ring: std::collections::VecDeque<f64> = x[250..].iter().copied().collect();
    x[..250].iter().rev().for_each(|&v| ring.push_front(v));
    assert_eq!(finder.find(&ring).unwrap(), expected);
    let doubled: Vec<f64> = x.iter().flat_map(|&v| [v, f64::NAN]).collect();
    let strided = ndarray::ArrayView1::from(&doubled);
    assert_eq!(finder.find(&strided.slice(ndarray::s![..;2])).unwrap(), expected);
}
