//! Recordings that are wrong in every way one meets: each gets a clear error or a marked result, never a panic.

use copeak::recording::{Channel, Recording};
use copeak::report::{RecordingReport, Settings, Study, StudyError};
use copeak::simulate::Sprinter;
use copeak::{Clock, Error, Rate, Signal};

fn trial() -> Recording {
    Sprinter::at_speed(7.0).steps(10).angle_noise_deg(0.1).force_noise_n(5.0).simulate().unwrap().recording
}

fn study(recording: &Recording) -> Result<Study, StudyError> {
    Settings::default().replicates(50).study(std::slice::from_ref(recording), None)
}

fn report(recording: &Recording) -> RecordingReport {
    study(recording).unwrap().report.recordings.remove(0)
}

/// The recording with one channel's samples changed (all channels with an empty name).
fn changed(name: &str, change: impl Fn(Vec<f64>) -> Vec<f64>) -> Recording {
    let whole = trial();
    let mut out = Recording::new(whole.name.clone());
    for channel in &whole.channels {
        let mut samples = channel.signal.samples().clone();
        if name.is_empty() || channel.name == name {
            samples = change(samples);
        }
        let signal = channel.signal.with_samples(samples);
        out.push(Channel::new(channel.name.clone(), channel.unit.clone(), signal)).unwrap();
    }
    out
}

fn without(names: &[&str]) -> Recording {
    let mut recording = trial();
    recording.channels.retain(|c| !names.iter().any(|name| c.name.starts_with(name)));
    recording
}

fn noted(report: &RecordingReport, words: &str) -> bool {
    report.notes.iter().any(|note| note.contains(words))
}

#[test]
fn the_untouched_trial_is_whole() {
    let report = report(&trial());
    assert_eq!(report.contributors.len(), 5);
    assert!(report.convergence.kappa.is_some() && report.sequence.is_some());
}

#[test]
fn a_speed_or_mass_that_cannot_be_is_refused() {
    for wrong in [f64::NAN, f64::INFINITY, 0.0, -7.0] {
        let mut speed = trial();
        speed.speed_mps = Some(wrong);
        let mut mass = trial();
        mass.mass_kg = Some(wrong);
        for (recording, name) in [(speed, "running speed"), (mass, "body mass")] {
            let refused = study(&recording).unwrap_err().source;
            assert!(refused.to_string().contains(&format!("{name} must be finite and above 0")), "{refused}");
            assert!(Settings::default().report(&recording).is_err());
        }
    }
}

/// A recording has the same report alone and in a study.
#[test]
fn a_report_is_that_of_a_study() {
    let alone = Settings::default().replicates(50).report(&trial()).unwrap();
    assert_eq!(alone, report(&trial()));
    let lags: Vec<_> =
        alone.sequence.iter().flat_map(|leg| leg.pair("hip", "knee")).map(|pair| pair.lag_s).collect();
    assert!(lags.len() == 1 && alone.sequence.unwrap().pair("knee", "hip").is_none());
}

#[test]
fn a_missing_sample_costs_the_steps_that_need_it() {
    let gap = changed("hip_flexion_r", |mut x| {
        x[200] = f64::NAN;
        x
    });
    let (whole, gap) = (report(&trial()), report(&gap));
    assert!(noted(&gap, "hip_flexion_r: 1 samples are missing"), "{:?}", gap.notes);
    let reasons = |r: &RecordingReport| {
        r.steps.iter().filter(|s| s.reason.as_deref() == Some("non-finite sample")).count()
    };
    assert!(reasons(&whole) == 0 && (1..=3).contains(&reasons(&gap)), "{}", reasons(&gap));
    assert_eq!(gap.contributors.len(), 5);
    // The steps that are left say what they said.
    for (before, after) in whole.steps.iter().zip(&gap.steps).filter(|(_, after)| after.accepted) {
        assert!((before.coincidence.unwrap() - after.coincidence.unwrap()).abs() < 0.01);
    }
}

#[test]
fn a_channel_without_any_sample_makes_its_contributors_absent() {
    let report = report(&changed("hip_flexion_r", |x| vec![f64::NAN; x.len()]));
    assert_eq!(report.absent, ["support_hip", "swing_hip"]);
    assert!(noted(&report, "hip_flexion_r is not used"), "{:?}", report.notes);
}

#[test]
fn infinite_force_falls_back_on_kinematics_and_says_so() {
    let broken = changed("grf_vertical_l", |mut x| {
        x[10] = f64::INFINITY;
        x
    });
    let report = report(&broken);
    assert!(noted(&report, "force under foot l"), "{:?}", report.notes);
    assert!(!report.contacts.is_empty());
}

#[test]
fn an_empty_recording_is_reported_as_such() {
    let report = report(&Recording::new("nothing"));
    assert!(report.steps.is_empty() && report.contacts.is_empty() && report.contributors.is_empty());
    assert_eq!(report.absent.len(), 5);
    assert!(noted(&report, "no step"));
    let mut recording = Recording::new("empty channel");
    let empty = Signal::new(Clock::from_zero(Rate::from_hz(100.0).unwrap()), Vec::new());
    assert!(matches!(recording.push(Channel::new("hip_flexion_r", "deg", empty)), Err(Error::TooFew { .. })));
}

#[test]
fn no_recording_at_all_is_an_empty_report() {
    let study = Settings::default().study(&[], None).unwrap();
    assert!(study.report.recordings.is_empty() && study.report.comparisons.is_empty());
}

#[test]
fn too_short_says_what_is_missing() {
    let stub = changed("", |mut x| {
        x.truncate(8);
        x
    });
    let report = report(&stub);
    assert!(report.steps.is_empty());
    assert!(noted(&report, "needs at least"), "{:?}", report.notes);
}

#[test]
fn constant_channels_have_no_peaks() {
    let still = changed("", |x| vec![1.0; x.len()]);
    let still = report(&still);
    assert!(still.contacts.is_empty() && still.convergence.kappa.is_none());
    // One channel that does not move: its contributor is dropped, the others stay.
    let stiff = report(&changed("trunk_rotation", |x| vec![3.0; x.len()]));
    assert!(noted(&stiff, "trunk takes no part"), "{:?}", stiff.notes);
    assert_eq!(stiff.contributors.len(), 4);
    let accepted: Vec<_> = stiff.steps.iter().filter(|step| step.accepted).collect();
    assert!(!accepted.is_empty() && accepted.iter().all(|step| step.absent.contains_key("trunk")));
}

#[test]
fn a_wrong_rate_is_refused_or_rejects_every_step() {
    // Ten times too slow a clock: contacts of over a second.
    let whole = trial();
    let mut slow = Recording::new("slow");
    for channel in &whole.channels {
        let rate = Rate::from_hz(channel.signal.clock().rate().as_hz() / 10.0).unwrap();
        let signal = Signal::new(Clock::from_zero(rate), channel.signal.samples().clone());
        slow.push(Channel::new(channel.name.clone(), channel.unit.clone(), signal)).unwrap();
    }
    // At 25 Hz the 15 Hz cut-off lies above the Nyquist frequency.
    let error = study(&slow).unwrap_err();
    assert!(matches!(error.source, Error::Cutoff { cutoff_hz: 15.0, nyquist_hz: 12.5 }));
    assert!(error.to_string().starts_with("slow: cut-off 15 Hz must lie strictly between"));
    let study = Settings::default().cutoff_hz(5.0).replicates(50).study(&[slow], None).unwrap();
    assert!(study.report.recordings[0].steps.iter().all(|step| !step.accepted && step.reason.is_some()));
}

#[test]
fn lengths_that_differ_use_what_is_common() {
    let cut = changed("shoulder_flexion_l", |mut x| {
        x.truncate(x.len() / 2);
        x
    });
    let report = report(&cut);
    let reasons: Vec<_> = report.steps.iter().filter_map(|step| step.reason.as_deref()).collect();
    assert!(reasons.contains(&"cycle leaves the recording"), "{reasons:?}");
    assert!(report.steps.iter().any(|step| step.accepted));
}

#[test]
fn feet_that_overlap_are_rejected_as_no_flight() {
    // A walker: every contact lasts beyond the flight of the run.
    let mut walker = trial();
    for channel in walker.channels.iter_mut().filter(|c| c.name.starts_with("grf_vertical")) {
        let long: Vec<f64> = {
            let x = channel.signal.samples();
            let reach = (0.16 * channel.signal.clock().rate().as_hz()) as usize;
            (0..x.len()).map(|i| x[i.saturating_sub(reach)..=i].iter().copied().fold(0.0, f64::max)).collect()
        };
        channel.signal = channel.signal.with_samples(long);
    }
    let report = report(&walker);
    let overlapping = report.steps.iter().filter(|step| step.reason.as_deref() == Some("no flight")).count();
    assert!(overlapping > 0, "{:?}", report.steps.iter().map(|s| &s.reason).collect::<Vec<_>>());
}

#[test]
fn two_feet_that_land_at_once_make_no_steps() {
    let mut jumper = trial();
    let right = jumper.signal("grf_vertical_r").unwrap().clone();
    jumper.channels.iter_mut().filter(|c| c.name == "grf_vertical_l").for_each(|c| c.signal = right.clone());
    jumper.channels.retain(|c| !c.name.starts_with("knee_flexion"));
    let report = report(&jumper);
    assert!(report.steps.is_empty() && report.contacts.len() > 4);
    assert!(noted(&report, "the contacts make no steps: "), "{:?}", report.notes);
}

#[test]
fn channels_that_share_no_time_make_no_steps() {
    let mut late = trial();
    let shoulder = late.channels.iter_mut().find(|c| c.name == "shoulder_flexion_l").unwrap();
    let clock = Clock::new(shoulder.signal.clock().rate(), 1000.0).unwrap();
    shoulder.signal = Signal::new(clock, shoulder.signal.samples().clone());
    let report = report(&late);
    assert!(noted(&report, "its channels were not recorded at the same time"), "{:?}", report.notes);
}

#[test]
fn one_stride_gives_numbers_without_intervals() {
    let short = Sprinter::at_speed(7.0).steps(2).simulate().unwrap().recording;
    let report = report(&short);
    assert_eq!(report.convergence.n, 2);
    assert!(report.convergence.kappa.is_some() && report.convergence.ci.is_none());
    assert!(report.weak_links.is_empty());
    assert!(noted(&report, "too few for intervals"));
}

#[test]
fn a_missing_contributor_is_named() {
    let report = report(&without(&["trunk_rotation", "shoulder_flexion"]));
    assert_eq!(report.absent, ["support_arm", "opposite_arm", "trunk"]);
    assert_eq!(report.contributors.len(), 2);
}

#[test]
fn without_legs_and_force_there_are_no_contacts() {
    let report = report(&without(&["grf_", "knee_flexion"]));
    assert!(report.contacts.is_empty() && report.event_method.is_none() && report.sequence.is_none());
    assert!(noted(&report, "contacts need vertical force"), "{:?}", report.notes);
}

#[test]
fn a_unit_other_than_degrees_is_not_guessed() {
    let mut radians = trial();
    for channel in radians.channels.iter_mut().filter(|c| c.name.starts_with("hip_flexion")) {
        channel.unit = "rad".into();
    }
    let report = report(&radians);
    assert_eq!(report.absent, ["support_hip", "swing_hip"]);
    assert!(noted(&report, "its unit is \"rad\", not deg"));
}

#[test]
fn a_reference_that_is_not_there_is_refused() {
    let error = Settings::default().study(&[trial()], Some(3)).unwrap_err();
    assert!(error.to_string().contains("position of the reference must be below the number of recordings"));
    assert!(Settings::default().model_named("gravity").is_err());
    assert!(Settings::default().cutoff_hz(f64::NAN).study(&[trial()], None).is_err());
    assert!(Settings::default().replicates(0).study(&[trial()], None).is_err());
}
