//! Recordings that are wrong in every way one meets: each gets a clear error or a marked result, never a panic.

use copeak::recording::{Channel, Recording};
use copeak::simulate::Sprinter;
use copeak::stride::RejectReason;
use copeak::study::{Study, StudyError, TrialStudy};
use copeak::{Clock, Error, Rate, Signal};

fn trial() -> Recording {
    Sprinter::at_speed(7.0).steps(10).angle_noise_deg(0.1).force_noise_n(5.0).simulate().unwrap().recording
}

fn study(recording: &Recording) -> Result<Study, StudyError> {
    Study::builder().trial(recording).replicates(50).run()
}

fn report(recording: &Recording) -> TrialStudy {
    study(recording).unwrap().into_trials().next().unwrap()
}

/// The contributors that are compared, and kappa with its interval.
fn compared(trial: &TrialStudy) -> usize {
    trial.convergence.as_ref().map_or(0, |session| session.contributors.len())
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

fn noted(report: &TrialStudy, words: &str) -> bool {
    report.cautions.iter().any(|caution| caution.to_string().contains(words))
}

#[test]
fn the_unchanged_trial_has_all_contributors_and_results() {
    let report = report(&trial());
    assert_eq!(compared(&report), 5);
    assert!(report.convergence.unwrap().kappa.is_some() && report.sequence.is_some());
}

#[test]
fn an_impossible_speed_or_mass_is_an_error() {
    for wrong in [f64::NAN, f64::INFINITY, 0.0, -7.0] {
        let mut speed = trial();
        speed.speed_mps = Some(wrong);
        let mut mass = trial();
        mass.mass_kg = Some(wrong);
        for (recording, name) in [(speed, "running speed"), (mass, "body mass")] {
            let refused = study(&recording).unwrap_err().source;
            assert!(refused.to_string().contains(&format!("{name} must be finite and above 0")), "{refused}");
        }
    }
}

#[test]
fn a_trial_is_studied_alike_alone_and_among_others() {
    let (one, other) = (trial(), Sprinter::at_speed(9.0).steps(10).simulate().unwrap().recording);
    let both = Study::builder().trials([&one, &other]).replicates(50).run().unwrap();
    let alone = report(&one);
    // Steps without an end hold NaN, which equals nothing.
    assert_eq!(format!("{:?}", both.trial(&one.name).unwrap()), format!("{alone:?}"));
    assert!(both.trial("another").unwrap_err().to_string().starts_with("another: "));
    assert!(both.convergence().is_err() && study(&one).unwrap().convergence().is_ok());
    let leg = alone.sequence.unwrap();
    assert!(leg.pair("hip", "knee").is_some() && leg.pair("knee", "hip").is_none());
}

#[test]
fn a_missing_sample_costs_the_steps_that_need_it() {
    let gap = changed("hip_flexion_r", |mut x| {
        x[200] = f64::NAN;
        x
    });
    let (whole, gap) = (report(&trial()), report(&gap));
    assert!(noted(&gap, "hip_flexion_r: 1 samples are missing"), "{:?}", gap.cautions);
    let reasons = |trial: &TrialStudy| {
        trial.steps.all().iter().filter(|step| step.rejected == Some(RejectReason::NonFinite)).count()
    };
    assert!(reasons(&whole) == 0 && (1..=3).contains(&reasons(&gap)), "{}", reasons(&gap));
    assert_eq!(compared(&gap), 5);
    // The steps that are left have the coincidence that they had.
    let (whole, gap) = (whole.convergence.unwrap(), gap.convergence.unwrap());
    for after in &gap.steps {
        let before = whole.steps.iter().find(|before| before.source == after.source).unwrap();
        let [before, after] = [before, after].map(|step| step.index.coincidence.coincidence().unwrap());
        assert!((before - after).abs() < 0.01);
    }
}

#[test]
fn a_channel_without_any_sample_makes_its_contributors_absent() {
    let report = report(&changed("hip_flexion_r", |x| vec![f64::NAN; x.len()]));
    assert_eq!(report.absent, ["support_hip", "swing_hip"]);
    assert!(noted(&report, "hip_flexion_r is not used"), "{:?}", report.cautions);
}

#[test]
fn infinite_force_falls_back_on_kinematics_with_a_caution() {
    let broken = changed("grf_vertical_l", |mut x| {
        x[10] = f64::INFINITY;
        x
    });
    let report = report(&broken);
    assert!(noted(&report, "force under foot l"), "{:?}", report.cautions);
    assert!(!report.contacts.is_empty());
}

#[test]
fn an_empty_recording_is_reported_as_such() {
    let report = report(&Recording::new("nothing"));
    assert!(report.steps.all().is_empty() && report.contacts.is_empty() && report.contributors.is_empty());
    assert_eq!(report.absent.len(), 5);
    assert!(noted(&report, "no step"));
    let mut recording = Recording::new("empty channel");
    let empty = Signal::new(Clock::from_zero(Rate::from_hz(100.0).unwrap()), Vec::new());
    assert!(matches!(recording.push(Channel::new("hip_flexion_r", "deg", empty)), Err(Error::TooFew { .. })));
}

#[test]
fn no_recording_at_all_is_an_empty_study() {
    let study = Study::builder().run().unwrap();
    assert!(study.sessions.is_empty() && study.comparisons.is_empty() && study.convergence().is_err());
}

#[test]
fn a_short_recording_reports_what_it_needs() {
    let stub = changed("", |mut x| {
        x.truncate(8);
        x
    });
    let report = report(&stub);
    assert!(report.steps.all().is_empty());
    assert!(noted(&report, "needs at least"), "{:?}", report.cautions);
}

#[test]
fn constant_channels_have_no_peaks() {
    let still = changed("", |x| vec![1.0; x.len()]);
    let still = report(&still);
    assert!(still.contacts.is_empty() && still.convergence.is_none());
    // One channel that does not move: its contributor is dropped, the others stay.
    let stiff = report(&changed("trunk_rotation", |x| vec![3.0; x.len()]));
    assert!(noted(&stiff, "trunk takes no part"), "{:?}", stiff.cautions);
    assert_eq!(compared(&stiff), 4);
    assert!(stiff.steps.accepted().next().is_some());
    assert_eq!(stiff.convergence.unwrap().excluded_contributors[0].0, "trunk");
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
    let study = Study::builder().trial(&slow).cutoff_hz(5.0).replicates(50).run().unwrap();
    assert!(study.trials().next().unwrap().steps.all().iter().all(|step| step.rejected.is_some()));
}

#[test]
fn channels_of_different_lengths_use_the_common_part() {
    let cut = changed("shoulder_flexion_l", |mut x| {
        x.truncate(x.len() / 2);
        x
    });
    let report = report(&cut);
    let reasons: Vec<_> = report.steps.all().iter().filter_map(|step| step.rejected).collect();
    assert!(reasons.contains(&RejectReason::CycleOutside), "{reasons:?}");
    assert!(report.steps.accepted().next().is_some());
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
    let reasons: Vec<_> = report.steps.all().iter().filter_map(|step| step.rejected).collect();
    assert!(reasons.contains(&RejectReason::NoFlight), "{reasons:?}");
}

#[test]
fn two_feet_that_land_at_once_make_no_steps() {
    let mut jumper = trial();
    let right = jumper.signal("grf_vertical_r").unwrap().clone();
    jumper.channels.iter_mut().filter(|c| c.name == "grf_vertical_l").for_each(|c| c.signal = right.clone());
    jumper.channels.retain(|c| !c.name.starts_with("knee_flexion"));
    let report = report(&jumper);
    assert!(report.steps.all().is_empty() && report.contacts.len() > 4);
    assert!(noted(&report, "the contacts make no steps: "), "{:?}", report.cautions);
}

#[test]
fn channels_that_share_no_time_make_no_steps() {
    let mut late = trial();
    let shoulder = late.channels.iter_mut().find(|c| c.name == "shoulder_flexion_l").unwrap();
    let clock = Clock::new(shoulder.signal.clock().rate(), 1000.0).unwrap();
    shoulder.signal = Signal::new(clock, shoulder.signal.samples().clone());
    let report = report(&late);
    assert!(noted(&report, "its channels were not recorded at the same time"), "{:?}", report.cautions);
}

#[test]
fn one_stride_gives_numbers_without_intervals() {
    let short = Sprinter::at_speed(7.0).steps(2).simulate().unwrap().recording;
    let report = report(&short);
    let session = report.convergence.as_ref().unwrap();
    assert_eq!(session.steps.len(), 2);
    assert!(session.kappa.is_some_and(|kappa| kappa.ci.is_none()));
    assert!(session.weak_links().is_empty());
    assert!(noted(&report, "too few for intervals"));
}

#[test]
fn missing_contributors_are_listed_as_absent() {
    let report = report(&without(&["trunk_rotation", "shoulder_flexion"]));
    assert_eq!(report.absent, ["support_arm", "opposite_arm", "trunk"]);
    assert_eq!((report.contributors.len(), compared(&report)), (2, 2));
}

#[test]
fn without_legs_and_force_there_are_no_contacts() {
    let report = report(&without(&["grf_", "knee_flexion"]));
    assert!(report.contacts.is_empty() && report.event_method().is_none() && report.sequence.is_none());
    assert!(noted(&report, "contacts need vertical force"), "{:?}", report.cautions);
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
fn a_reference_beyond_the_recordings_is_an_error() {
    let trial = trial();
    let study = || Study::builder().trial(&trial);
    let error = study().reference(3).run().unwrap_err();
    assert!(error.to_string().contains("position of the reference must be below the number of recordings"));
    assert!(study().cutoff_hz(f64::NAN).run().is_err());
    assert!(study().replicates(0).run().is_err());
}
