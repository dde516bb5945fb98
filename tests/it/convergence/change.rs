//! Changes between two sessions: identified causes, exact results without scatter, and errors.

use crate::common::cases;
use copeak::convergence::change::{Cause, Changes};
use copeak::convergence::{CycleKind, Cycles, SessionAnalysis};
use copeak::model::JointModel;
use copeak::simulate::{Pulse, Sprinter};
use copeak::stride::Step;
use copeak::{Error, Result};
use proptest::prelude::*;

fn cycles_of(sprinter: &Sprinter, pulses: usize) -> Cycles {
    let simulated = sprinter.simulate().unwrap();
    let joint = JointModel::new(15.0).apply(&simulated.recording).unwrap();
    let steps: Vec<Step> = simulated.truth.steps.iter().map(|s| s.step).collect();
    Cycles::new(&joint.contributors[..pulses], &steps, CycleKind::Stride).unwrap()
}

fn runner(seed: u64) -> Sprinter {
    Sprinter::at_speed(9.5).steps(20).every_jitter_s(0.004).every_amplitude_scatter(0.04).seed(seed)
}

fn convergence() -> SessionAnalysis {
    SessionAnalysis::new(1).replicates(200)
}

fn changes(after: &Sprinter, before: &Sprinter) -> Result<Changes> {
    convergence().changes(&cycles_of(after, 5), &cycles_of(before, 5))
}

#[test]
fn each_simulated_cause_is_identified() {
    let mover = Pulse::Trunk;
    let cases = [
        (runner(1).offset_s(mover, 0.03), Cause::Later),
        (runner(1).offset_s(mover, -0.03), Cause::Earlier),
        (runner(1).amplitude(mover, 0.75), Cause::Weaker),
        (runner(1).amplitude(mover, 1.3), Cause::Stronger),
        (runner(1).width(mover, 0.75), Cause::Narrower),
        (runner(1).steps(60).jitter_s(mover, 0.015), Cause::LessSteady),
        (runner(1).steps(60).compensates(mover, 1.0), Cause::Compensates),
    ];
    for (after, cause) in cases {
        let found = changes(
            &after,
            &runner(2).steps(if matches!(cause, Cause::LessSteady | Cause::Compensates) { 60 } else { 20 }),
        )
        .unwrap();
        let first = found.first().unwrap_or_else(|| panic!("{cause} is not named"));
        assert_eq!((first.contributor.as_str(), first.cause), ("trunk", cause), "{found}");
        assert!(first.p <= 0.05 && found.to_string().starts_with(&format!("trunk {cause}")));
    }
    assert_eq!(
        changes(&runner(3), &runner(4)).unwrap().to_string(),
        "no change is distinguishable from chance"
    );
}

/// A pulse grown smaller than its neighbour of the same joint hands the maximum over in some steps: that is no scatter.
#[test]
fn another_top_is_no_scatter() {
    let before = runner(2).steps(40).angle_noise_deg(0.1);
    let after = before.clone().seed(1).amplitude(Pulse::SupportHip, 0.88);
    let found = changes(&after, &before).unwrap();
    let hip = found.contributors.iter().find(|c| c.name == "support_hip").unwrap();
    assert!(hip.other_peaks_after > hip.other_peaks_before, "{hip:?}");
    assert!(hip.jitter_after_s < 0.008, "{hip:?}");
    let first = found.first().map(|n| (n.contributor.as_str(), n.cause));
    assert_eq!(first, Some(("support_hip", Cause::Weaker)), "{found}");
}

/// Without scatter a change equals the simulated one within the accuracy of grid and filter.
#[test]
fn exact_sessions_give_the_size() {
    let exact = Sprinter::at_speed(9.5).steps(12);
    let found = changes(&exact.clone().offset_s(Pulse::Trunk, 0.010).amplitude(Pulse::SwingHip, 0.9), &exact)
        .unwrap();
    let of = |name: &str| found.contributors.iter().find(|c| c.name == name).unwrap();
    // The filter moves a skew pulse, by other amounts where its neighbours lie otherwise.
    assert!((of("trunk").timing_s.value - 0.010).abs() < 1e-3, "{:?}", of("trunk").timing_s);
    assert!((of("swing_hip").force.value + 0.1).abs() < 2e-3, "{:?}", of("swing_hip").force);
    assert!(of("support_arm").timing_s.value.abs() < 1e-4 && of("support_arm").force.value.abs() < 1e-3);
    let late = changes(&runner(5).jitter_s(Pulse::Trunk, 0.010), &runner(6)).unwrap();
    let trunk = late.contributors.iter().find(|c| c.name == "trunk").unwrap();
    assert!((trunk.added_jitter_s() - 0.009).abs() < 0.004, "{trunk:?}");
}

#[test]
fn changes_of_coincidence_offset_and_blur_have_intervals() {
    let change = convergence()
        .fixed_offset_change(
            &cycles_of(&runner(7).offset_s(Pulse::OppositeArm, 0.03), 5),
            &cycles_of(&runner(8), 5),
        )
        .unwrap();
    assert!(change.offset.ci.is_some_and(|ci| ci.low > 0.0), "a late arm is a fixed offset: {change:?}");
    assert!(!change.blur.excludes(0.0), "and no scatter: {:?}", change.blur);
    let sum = change.coincidence.value + change.offset.value + change.blur.value;
    assert!(sum.abs() < 1e-12, "offset + blur = 1 - C, so their changes too: {sum}");
    let swapped = convergence()
        .fixed_offset_change(
            &cycles_of(&runner(7).offset_s(Pulse::Trunk, 0.09), 5),
            &cycles_of(&runner(8), 5),
        )
        .unwrap();
    assert_eq!((change.order_before.len(), change.order_before == change.order_after), (5, true));
    assert!(swapped.order_tau.value < 1.0 && swapped.order_before != swapped.order_after, "{swapped:?}");
}

#[test]
fn too_few_steps_are_an_error_and_one_contributor_has_no_covariation() {
    let (five, few) = (cycles_of(&runner(1), 5), cycles_of(&runner(1).steps(4), 5));
    assert!(matches!(convergence().changes(&few, &five), Err(Error::TooFew { needed: 3, .. })));
    let one = cycles_of(&runner(1), 1);
    let alone = convergence().changes(&one, &one).unwrap();
    assert!(alone.contributors[0].covariation.is_none() && alone.first().is_none());
}

proptest! {
    #![proptest_config(cases(12))]
    /// A session against itself has not changed; changes forwards and backwards differ only in sign.
    #[test]
    fn a_change_back_is_the_opposite(seed in 1u64..1000) {
        let (a, b) = (cycles_of(&runner(seed), 5), cycles_of(&runner(seed + 1000).offset_s(Pulse::Trunk, 0.02), 5));
        let same = convergence().changes(&a, &a).unwrap();
        prop_assert!(same.first().is_none() && same.contributors.iter().all(|c| c.timing_s.value == 0.0));
        let (there, back) = (convergence().changes(&b, &a).unwrap(), convergence().changes(&a, &b).unwrap());
        for (x, y) in there.contributors.iter().zip(&back.contributors) {
            let ratio = (1.0 + x.force.value) * (1.0 + y.force.value);
            prop_assert!((ratio - 1.0).abs() < 1e-12);
            prop_assert!((x.timing_s.value + y.timing_s.value).abs() < 1e-4);
            prop_assert!((x.jitter_s.value + y.jitter_s.value).abs() < 1e-12);
        }
    }
}
