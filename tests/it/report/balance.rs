//! The report says how the contributors share the work, and how the sides differ.
#![cfg(feature = "serde")]

use copeak::report::{Report, Settings, SymmetryReport};
use copeak::simulate::{Pulse, Sprinter};

fn report(sprinter: &Sprinter) -> Report {
    let recording = sprinter.simulate().unwrap().recording;
    Settings::default().replicates(200).study(&[recording], None).unwrap().report
}

fn runner() -> Sprinter {
    Sprinter::at_speed(9.5).steps(40).every_jitter_s(0.002).every_amplitude_scatter(0.03).seed(3)
}

fn side<'a>(report: &'a Report, name: &str) -> &'a SymmetryReport {
    report.recordings[0].symmetry.iter().find(|side| side.name == name).unwrap()
}

#[test]
fn a_side_that_gives_more_is_told_from_one_that_does_not() {
    let report = report(&runner().amplitude_asymmetry(Pulse::SupportHip, 0.2));
    let hip = side(&report, "support_hip");
    assert!((hip.index - 0.2).abs() < 0.03 && hip.right > hip.left, "{hip:?}");
    assert!(hip.ci.is_some_and(|[low, _]| low > 0.1), "{hip:?}");
    assert!((2.0 * (hip.right - hip.left) / (hip.right + hip.left) - hip.index).abs() < 0.01);
    for even in ["trunk", "opposite_arm", "contact time"] {
        let even = side(&report, even);
        assert!(even.index.abs() < 0.04 && even.n >= 15, "{even:?}");
    }
    let names: Vec<&str> = report.recordings[0].symmetry.iter().map(|side| side.name.as_str()).collect();
    assert_eq!(names[..4], ["contact time", "flight time", "step time", "support_hip"]);
}

#[test]
fn one_that_covers_shows_in_the_balance() {
    let runner = || runner().steps(60).every_jitter_s(0.0).every_amplitude_scatter(0.06);
    let of = |sprinter: &Sprinter| report(sprinter).recordings[0].balance.unwrap();
    let (apart, covered) = (of(&runner()), of(&runner().compensates(Pulse::SupportHip, 1.0)));
    println!("{apart:?}\n{covered:?}");
    assert!(covered.variance_ratio.unwrap() < 0.8 * apart.variance_ratio.unwrap());
    assert!(covered.delta_v_excess.unwrap() > apart.delta_v_excess.unwrap() && covered.p.unwrap() < 0.05);
    assert!(apart.evenness.is_some_and(|evenness| evenness > 0.8 && evenness <= 1.0));
}

#[test]
fn an_older_report_is_still_read() {
    let recordings = [1, 2].map(|seed| runner().seed(seed).simulate().unwrap().recording);
    let report = Settings::default().replicates(200).study(&recordings, None).unwrap().report;
    assert_eq!(report.recordings[0].impulses.len(), 5);
    assert!(report.to_string().contains("in the first half of contact"));
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap().recordings[0].impulses.len(), 5);
    let mut older: serde_json::Value = serde_json::from_str(&json).unwrap();
    let recording = older["recordings"][0].as_object_mut().unwrap();
    for added in ["impulses", "balance", "symmetry"] {
        assert!(recording.remove(added).is_some(), "{added}");
    }
    for change in older["comparisons"][0]["changes"].as_array_mut().unwrap() {
        assert!(change.as_object_mut().unwrap().remove("more_at_other_top").is_some());
    }
    let older: Report = serde_json::from_value(older).unwrap();
    assert!(older.recordings[0].symmetry.is_empty() && older.recordings[0].balance.is_none());
}
