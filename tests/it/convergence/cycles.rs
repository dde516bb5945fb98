//! From channels and steps to cycles: which steps and contributors take part, and how they are resampled.

use copeak::convergence::cycles::ExcludedContributor;
use copeak::convergence::role::ChannelSource;
use copeak::convergence::{
    Contribute, Contributor, CycleKind, Cycles, Normalization, PHASES, Rectification, Role, SessionAnalysis,
};
use copeak::event::{Contact, Event, EventKind, Method, Side, Sides};
use copeak::filter::conditioning::TimingNoise;
use copeak::peak::NoPeak;
use copeak::stride::{RejectReason, Step};
use copeak::{Clock, Error, Rate, Signal};
use std::f64::consts::TAU;

const STRIDE_S: f64 = 0.5;
const CONTACT_S: f64 = 0.125;

/// Pulses of width 60 ms that peak `after_s` after the middle of this side's contacts.
fn channel(rate: f64, start_s: f64, side: Side, after_s: f64, height: f64) -> Signal {
    let clock = Clock::new(Rate::from_hz(rate).unwrap(), start_s).unwrap();
    let first = if side == Side::Right { 0.0 } else { STRIDE_S / 2.0 };
    let samples = (0..(5.0 * rate) as usize).map(|i| {
        let phase = (clock.time_s(i as f64) - start_s - first - CONTACT_S / 2.0 - after_s) / STRIDE_S;
        height * ((TAU * phase).cos() * 1.4 - 1.4).exp()
    });
    Signal::new(clock, samples.collect())
}

/// Steps from 0.25 s after `start_s` on.
fn steps(start_s: f64, count: usize) -> Vec<Step> {
    let step = |i: usize| {
        let side = if i % 2 == 0 { Side::Left } else { Side::Right };
        let ic = start_s + STRIDE_S / 2.0 * (i as f64 + 1.0);
        let event = |time_s, kind| Event::new(time_s, 0.001, side, kind, Method::Force);
        let contact = Contact::new(
            event(ic, EventKind::InitialContact),
            event(ic + CONTACT_S, EventKind::TerminalContact),
        );
        Step::new(contact.unwrap(), ic + STRIDE_S / 2.0, STRIDE_S)
    };
    (0..count).map(step).collect()
}

fn legs(rate: f64, start_s: f64) -> Vec<Contributor> {
    let of = |side, after| channel(rate, start_s, side, after, 300.0);
    let (l, r) = (of(Side::Left, 0.0), of(Side::Right, 0.0));
    // The other leg's channel peaks half a stride later: shifted so that it is 40 ms late in the step.
    let late = STRIDE_S / 2.0 + 0.04;
    let (sl, sr) = (of(Side::Left, late), of(Side::Right, late));
    let noise = TimingNoise::new(0.5, 0.2).unwrap();
    vec![
        Contributor::paired("support", Role::SupportLeg, Sides::new(&l, &r))
            .unit("deg/s")
            .noise(Sides::new(noise, noise)),
        Contributor::paired("swing", Role::SwingLeg, Sides::new(&sl, &sr)).unit("deg/s"),
    ]
}

fn cut(contributors: &[Contributor], steps: &[Step]) -> Cycles {
    Cycles::new(contributors, steps, CycleKind::Stride).unwrap()
}

#[test]
fn peaks_lie_where_they_were_put() {
    let cycles = cut(&legs(250.0, 0.0), &steps(0.0, 12));
    assert_eq!(cycles.steps().len(), 12);
    for (j, window) in cycles.windows().iter().enumerate() {
        assert_eq!(cycles.drives().peak(j, 0).0, 50);
        assert_eq!(cycles.drives().peak(j, 1).0, 58);
        let support = cycles.peaks()[j][0].unwrap();
        assert!((support.time_s - window.start_s - STRIDE_S / 2.0).abs() < 1e-4);
        assert!(support.se_s.is_some() && cycles.peaks()[j][1].unwrap().se_s.is_none());
    }
    let phases = cycles.peak_phases().unwrap();
    assert!((phases.contributor(1)[3] - phases.contributor(0)[3] - 0.08).abs() < 1e-3);
    assert!((cycles.contributors()[0].mean_peak - 300.0).abs() < 1.0);
    assert_eq!(
        (cycles.model(), cycles.normalization(), cycles.strides().len()),
        ("unnamed", Normalization::Relative, 6)
    );
}

#[test]
fn a_global_shift_in_time_changes_nothing() {
    let (here, there) = (cut(&legs(250.0, 0.0), &steps(0.0, 8)), cut(&legs(250.0, 7.3), &steps(7.3, 8)));
    for j in 0..8 {
        for i in 0..2 {
            let rows = here.drives().row(j, i).iter().zip(there.drives().row(j, i));
            assert!(rows.into_iter().all(|(a, b)| (a - b).abs() < 1e-9));
        }
    }
}

#[test]
fn channels_of_any_rate_meet() {
    let mixed = [legs(250.0, 0.0).remove(0), legs(1000.0, 0.0).remove(1)];
    let (a, b) = (cut(&legs(250.0, 0.0), &steps(0.0, 8)), cut(&mixed, &steps(0.0, 8)));
    let kappa = |cycles| SessionAnalysis::new(1).apply(cycles).unwrap().kappa.unwrap().value;
    assert!((kappa(&a) - kappa(&b)).abs() < 5e-3);
}

#[test]
fn a_stride_with_a_gap_equals_a_stride_dropped() {
    let steps = steps(0.0, 8);
    let holed: Vec<Contributor> = legs(250.0, 0.0);
    let mut samples = holed[1].drive(Side::Left).unwrap().into_samples();
    let window = steps[2].stride_cycle();
    samples[(window.start_s * 250.0) as usize + 60] = f64::NAN;
    let right = holed[1].drive(Side::Right).unwrap();
    // `drive` of the swing leg for left support is the right channel.
    let broken = right.with_samples(samples.clone());
    let swing = Contributor::paired(
        "swing",
        Role::SwingLeg,
        Sides::new(&holed[1].drive(Side::Right).unwrap(), &broken),
    );
    let cycles = cut(&[holed[0].clone(), swing], &steps);
    let gone: Vec<usize> = cycles.excluded_steps().iter().map(|l| l.step).collect();
    assert!(gone.contains(&2) && gone.iter().all(|j| steps[*j].side() == Side::Left), "{gone:?}");
    for left_out in cycles.excluded_steps() {
        assert_eq!(
            (left_out.reason, left_out.contributor.as_deref()),
            (RejectReason::NonFinite, Some("swing"))
        );
    }
    let kept: Vec<Step> = (0..8).filter(|j| !gone.contains(j)).map(|j| steps[j]).collect();
    let dropped = cut(&holed, &kept);
    let measure = |cycles| SessionAnalysis::new(1).apply(cycles).unwrap();
    let (a, b) = (measure(&cycles), measure(&dropped));
    assert_eq!((a.kappa, a.simultaneity, a.p), (b.kappa, b.simultaneity, b.p));
}

#[test]
fn rejected_steps_and_cycles_outside_the_recording_are_left_out() {
    let mut steps = steps(0.0, 20);
    steps[4].rejected = Some(RejectReason::Outlier);
    let cycles = cut(&legs(250.0, 0.0), &steps);
    assert!(!cycles.sources().contains(&4) && cycles.excluded_steps().iter().all(|l| l.step != 4));
    let outside: Vec<_> = cycles.excluded_steps().iter().map(|l| (l.step, l.reason)).collect();
    assert_eq!(outside.last(), Some(&(19, RejectReason::CycleOutside)), "{outside:?}");
}

#[test]
fn silent_and_absent_contributors_are_dropped_with_a_note() {
    let mut contributors = legs(250.0, 0.0);
    let zero = channel(250.0, 0.0, Side::Left, 0.0, 0.0);
    let none = channel(250.0, 0.0, Side::Left, 0.0, f64::NAN);
    let below = channel(250.0, 0.0, Side::Left, 0.0, -3.0);
    contributors.push(Contributor::paired("silent", Role::SupportArm, Sides::new(&zero, &zero)));
    contributors.push(Contributor::paired("nowhere", Role::OppositeArm, Sides::new(&none, &none)));
    contributors.push(Contributor::paired("wrong way", Role::SupportArm, Sides::new(&below, &below)));
    let cycles = cut(&contributors, &steps(0.0, 8));
    let mut dropped = cycles.excluded_contributors().to_vec();
    dropped.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("nowhere", ExcludedContributor::NoSamples),
        ("silent", ExcludedContributor::Silent),
        ("wrong way", ExcludedContributor::Silent),
    ];
    assert_eq!(dropped, expected.map(|(name, why)| (name.to_string(), why)));
    assert_eq!((cycles.contributors().len(), cycles.steps().len()), (2, 8));
}

#[test]
fn the_trunk_flips_its_sign_with_the_support_side() {
    let clock = Clock::from_zero(Rate::from_hz(250.0).unwrap());
    let turn = |i: usize| (TAU * (i as f64 / 250.0 - CONTACT_S / 2.0) / STRIDE_S).cos();
    let trunk = Signal::new(clock, (0..1250).map(turn).collect::<Vec<_>>());
    let trunk = Contributor::midline("trunk", Role::Trunk, &trunk);
    // It turns one way in the middle of right contacts and the other way in the middle of left ones.
    let cycles = cut(&[trunk], &steps(0.0, 10));
    assert!((0..10).all(|j| cycles.drives().peak(j, 0).0 == 50));
}

#[test]
fn a_target_phase_is_turned_back() {
    let [support, swing]: [Contributor; 2] = legs(250.0, 0.0).try_into().unwrap();
    let wanted = [support, swing.target_phase(0.08)];
    let cycles = cut(&wanted, &steps(0.0, 8));
    assert!((0..8).all(|j| cycles.drives().peak(j, 1).0 == 50));
    let session = SessionAnalysis::new(1).apply(&cycles).unwrap();
    assert!(session.kappa.unwrap().value > 0.99 && session.simultaneity.unwrap().value > 0.999);
}

#[test]
fn a_step_long_cycle_runs_from_mid_flight_to_mid_flight() {
    let force = |side| channel(250.0, 0.0, side, 0.0, 1500.0);
    let leg =
        Contributor::paired("leg", Role::SupportLeg, Sides::new(&force(Side::Left), &force(Side::Right)));
    let cycles = Cycles::new(&[leg.in_newtons()], &steps(0.0, 8), CycleKind::Step).unwrap();
    let (step, window) = (cycles.steps()[3], cycles.windows()[3]);
    assert!((window.start_s - (step.start_s() - step.flight_s() / 2.0)).abs() < 1e-12);
    assert!((window.end_s - (step.end_s - step.flight_s() / 2.0)).abs() < 1e-12);
    assert!((cycles.drives().peak(3, 0).1 - 1500.0).abs() < 20.0, "newtons stay newtons");
    let session = SessionAnalysis::new(1).apply(&cycles).unwrap();
    assert_eq!((session.unit.as_str(), session.model.as_str()), ("N", "newton"));
    assert_eq!((session.kappa, session.p), (None, None), "one contributor has no chance level below 1");
}

#[test]
fn a_drive_has_sign_and_rectification_applied() {
    let clock = Clock::from_zero(Rate::from_hz(1.0).unwrap());
    let x = Signal::new(clock, vec![1.0, -2.0, f64::NAN]);
    let of = |shape| {
        let c = Contributor::paired("c", Role::SupportLeg, Sides::new(&x, &x)).rectification(shape);
        c.sign(-1.0).drive(Side::Left).unwrap().into_samples()
    };
    assert_eq!(of(Rectification::Positive)[..2], [0.0, 2.0]);
    assert_eq!(of(Rectification::Magnitude)[..2], [1.0, 2.0]);
    assert_eq!(of(Rectification::Signed)[..2], [-1.0, 2.0]);
    let missing = [Rectification::Positive, Rectification::Magnitude, Rectification::Signed]
        .map(|shape| of(shape)[2].is_nan());
    assert_eq!(missing, [true; 3], "a missing sample stays missing");
}

#[test]
fn contributors_that_cannot_have_drives_are_errors() {
    let x = channel(250.0, 0.0, Side::Left, 0.0, 1.0);
    let empty = x.with_samples(Vec::<f64>::new());
    let drive = |contributor: Contributor| contributor.drive(Side::Left);
    let paired = |role, right| Contributor::paired("c", role, Sides::new(&x, right));
    assert!(matches!(drive(paired(Role::Trunk, &x)), Err(Error::Undefined { .. })));
    assert!(matches!(drive(Contributor::midline("c", Role::SwingLeg, &x)), Err(Error::Undefined { .. })));
    assert!(matches!(drive(paired(Role::SwingLeg, &empty)), Err(Error::TooFew { .. })));
    let gaze = Role::Other { name: "gaze".into(), source: ChannelSource::Midline };
    let fine = Contributor::midline("gaze", gaze, &x);
    for (bad, setting) in [
        (fine.clone().sign(0.0), "sign"),
        (fine.clone().weight(-1.0), "weight"),
        (fine.target_phase(f64::NAN), "target phase"),
    ] {
        let refused = Cycles::new(&[bad], &steps(0.0, 8), CycleKind::Stride);
        assert!(matches!(refused, Err(Error::Parameter { name, .. }) if name == setting));
    }
}

#[test]
fn contributors_and_steps_without_a_common_cycle_are_errors() {
    let legs = legs(250.0, 0.0);
    let steps = steps(0.0, 8);
    let stride =
        |contributors: &[Contributor], steps: &[Step]| Cycles::new(contributors, steps, CycleKind::Stride);
    assert!(matches!(stride(&[], &steps), Err(Error::Missing { what: "a contributor", .. })));
    assert!(matches!(stride(&legs, &[]), Err(Error::TooFew { unit: "accepted steps", got: 0, .. })));
    let late: Vec<Step> = steps
        .iter()
        .map(|step| {
            let mut late = *step;
            for event in [&mut late.contact.initial, &mut late.contact.terminal] {
                event.time_s += 100.0;
            }
            late.end_s += 100.0;
            late
        })
        .collect();
    assert!(matches!(stride(&legs, &late), Err(Error::TooFew { needed: 1, got: 0, .. })));
    let twice = [legs[0].clone(), legs[0].clone()];
    assert!(matches!(stride(&twice, &steps), Err(Error::Undefined { .. })));
    let mixed = [legs[0].clone(), legs[1].clone().in_newtons()];
    assert!(matches!(stride(&mixed, &steps), Err(Error::Undefined { .. })));
    let zero = channel(250.0, 0.0, Side::Left, 0.0, 0.0);
    let silent = [Contributor::paired("silent", Role::SupportLeg, Sides::new(&zero, &zero))];
    assert!(matches!(stride(&silent, &steps), Err(Error::Missing { .. })));
    let models = [legs[0].clone(), legs[1].clone().model("emg")];
    assert_eq!(stride(&models, &steps).unwrap().model(), "unnamed+emg");
}

#[test]
fn a_ramp_has_no_peak_and_still_counts_in_the_sum() {
    let clock = Clock::from_zero(Rate::from_hz(250.0).unwrap());
    let ramp = Signal::new(clock, (0..1250).map(|i| i as f64).collect::<Vec<_>>());
    let mut contributors = legs(250.0, 0.0);
    contributors.push(Contributor::paired("ramp", Role::SupportArm, Sides::new(&ramp, &ramp)));
    let cycles = cut(&contributors, &steps(0.0, 8));
    assert_eq!(cycles.peaks()[0][2], Err(NoPeak::Edge));
    assert_eq!(cycles.drives().peak(0, 2).0, PHASES - 1);
    let session = SessionAnalysis::new(1).apply(&cycles).unwrap();
    assert_eq!(session.contributors[2].jitter, None);
    assert!(session.locking.iter().any(|pair| pair.b == "ramp" && pair.locking.is_none()));
}
