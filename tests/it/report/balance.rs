//! A study shows how the contributors share the work, how the sides differ, and comes back from JSON as it was.
#![cfg(feature = "serde")]

use copeak::simulate::{Pulse, Sprinter};
use copeak::study::{Balance, SideDifference, Study};

fn study(sprinter: &Sprinter) -> Study {
    let recording = sprinter.simulate().unwrap().recording;
    Study::builder().trial(&recording).replicates(200).run().unwrap()
}

fn runner() -> Sprinter {
    Sprinter::at_speed(9.5).steps(40).every_jitter_s(0.002).every_amplitude_scatter(0.03).seed(3)
}

fn side<'a>(study: &'a Study, name: &str) -> &'a SideDifference {
    let mut sides = study.trials().flat_map(|trial| &trial.symmetry);
    sides.find(|side| side.quantity.to_string() == name).unwrap()
}

#[test]
fn a_stronger_side_differs_from_the_other() {
    let study = study(&runner().amplitude_asymmetry(Pulse::SupportHip, 0.2));
    let hip = side(&study, "support_hip");
    assert!((hip.index.value - 0.2).abs() < 0.03 && hip.right > hip.left, "{hip:?}");
    assert!(hip.index.ci.is_some_and(|ci| ci.low > 0.1), "{hip:?}");
    assert!((2.0 * (hip.right - hip.left) / (hip.right + hip.left) - hip.index.value).abs() < 0.01);
    for even in ["trunk", "opposite_arm", "contact time"] {
        let even = side(&study, even);
        assert!(even.index.value.abs() < 0.04 && even.index.n >= 15, "{even:?}");
    }
    let sides = &study.sessions[0].trials[0].symmetry;
    let names: Vec<String> = sides.iter().map(|side| side.quantity.to_string()).collect();
    assert_eq!(names[..4], ["contact time", "flight time", "step time", "support_hip"]);
}

#[test]
fn compensation_shows_in_the_balance() {
    let runner = || runner().steps(60).every_jitter_s(0.0).every_amplitude_scatter(0.06);
    let of = |sprinter: &Sprinter| -> Balance { study(sprinter).sessions[0].trials[0].balance.unwrap() };
    let (apart, covered) = (of(&runner()), of(&runner().compensates(Pulse::SupportHip, 1.0)));
    println!("{apart:?}\n{covered:?}");
    let [free, bound] = [apart, covered].map(|balance| balance.compensation.unwrap());
    assert!(bound.observed.variance_ratio < 0.8 * free.observed.variance_ratio);
    assert!(bound.excess > free.excess && bound.p < 0.05);
    assert!(apart.evenness.is_some_and(|evenness| evenness > 0.8 && evenness <= 1.0));
}

/// Numbers that JSON does not have (NaN, infinities) come back as what they stood for.
#[test]
fn a_study_is_unchanged_by_a_json_round_trip() {
    let recordings = [(1, 40), (2, 40), (3, 2), (4, 6)].map(|(seed, steps)| {
        let mut recording = runner().steps(steps).seed(seed).simulate().unwrap().recording;
        recording.name = format!("seed {seed}");
        recording
    });
    let nothing = copeak::recording::Recording::new("nothing");
    let study = Study::builder().trials(recordings.iter().chain([&nothing])).reference(0).replicates(200);
    let study = study.run().unwrap();
    assert_eq!(study.sessions[0].trials[0].impulses.len(), 5);
    assert!(study.to_string().contains("in the first half of contact"));
    let json = serde_json::to_string(&study).unwrap();
    assert!(json.starts_with("{\"schema\":2,"), "{}", &json[..40]);
    let back: Study = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
    assert_eq!(back.to_string(), study.to_string());
}
