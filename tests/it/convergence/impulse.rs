//! Impulse within the contact: its time, and its missing and mistimed parts.

use copeak::convergence::{Contributor, CycleKind, Cycles, Role, SessionAnalysis};
use copeak::event::{Contact, Event, EventKind, Method, Side, Sides};
use copeak::stride::Step;
use copeak::{Clock, Error, Rate, Signal};

/// Strides of 0.8 s, contacts of 0.2 s about 0.5 s of each; the contributors' triangles of 0.2 s base peak this long after the
/// middle of the contact.
fn cycles(peaks: &[(f64, f64)]) -> Cycles {
    let clock = Clock::from_zero(Rate::from_hz(1000.0).unwrap());
    let pulse = |late: f64, height: f64, half: f64| {
        let at = move |i: i32| {
            let t = f64::from(i) / 1000.0;
            let apart = (t - 0.5 - late - half + 0.4).rem_euclid(0.8) - 0.4;
            height * (1.0 - apart.abs() / 0.1).max(0.0)
        };
        Signal::new(clock, (0..8000).map(at).collect::<Vec<_>>())
    };
    let contributors: Vec<Contributor> = peaks
        .iter()
        .enumerate()
        .map(|(i, &(late, height))| {
            let (left, right) = (pulse(late, height, 0.0), pulse(late, height, 0.4));
            Contributor::paired(format!("c{i}"), Role::SupportLeg, Sides::new(&left, &right)).unit("W")
        })
        .collect();
    let step = |j: u32| {
        let side = if j % 2 == 0 { Side::Left } else { Side::Right };
        let middle = 0.5 + 0.4 * f64::from(j);
        let event = |time_s, kind| Event::new(time_s, 0.0, side, kind, Method::Force);
        let ends =
            (event(middle - 0.1, EventKind::InitialContact), event(middle + 0.1, EventKind::TerminalContact));
        Step::new(Contact::new(ends.0, ends.1).unwrap(), middle + 0.3, 0.8)
    };
    Cycles::new(&contributors, &(0..16).map(step).collect::<Vec<_>>(), CycleKind::Stride).unwrap()
}

#[test]
fn early_pulses_are_front_loaded() {
    let found = cycles(&[(0.0, 100.0), (-0.05, 100.0), (0.3, 100.0)]).contact_impulses(0.95).unwrap();
    let half = |i: usize| found[i].first_half.unwrap().value;
    // Of a triangle of area 10 in the middle of the contact all is in it.
    assert!((found[0].impulse.value - 10.0).abs() < 0.02 && found[0].unit == "W s", "{found:?}");
    assert!((half(0) - 0.5).abs() < 1e-3);
    // 50 ms early, an eighth of it is cut off; of the rest the part before the middle is 7.5 of 8.75.
    assert!((found[1].impulse.value - 8.75).abs() < 0.03 && (half(1) - 7.5 / 8.75).abs() < 3e-3, "{found:?}");
    assert!(found[2].impulse.value.abs() < 1e-9 && found[2].first_half.is_none());
}

#[test]
fn a_late_impulse_is_mistimed_and_a_weak_one_missing() {
    let convergence = SessionAnalysis::new(1).replicates(100);
    let reference = cycles(&[(0.0, 100.0), (0.0, 100.0)]);
    let late = convergence.compare_impulse(&cycles(&[(0.0, 100.0), (0.05, 100.0)]), &reference).unwrap();
    // In mean peaks of the reference times seconds: 0.1 less an eighth; the best window is looked for phase by phase.
    assert!((late.mistimed.value - 0.0125).abs() < 3e-4 && late.missing.value.abs() < 3e-4, "{late:?}");
    assert!(late.mistimed.ci.is_some_and(|ci| ci.contains(late.mistimed.value)));
    let weak = convergence.compare_impulse(&cycles(&[(0.0, 80.0), (0.0, 100.0)]), &reference).unwrap();
    assert!((weak.missing.value - 0.02).abs() < 1e-4 && weak.mistimed.value.abs() < 1e-6, "{weak:?}");
    assert!((weak.missing_by[0].value - weak.missing.value).abs() < 1e-9);
    for parts in [late, weak] {
        let sum = parts.missing.value + parts.mistimed.value + parts.shape.value;
        assert!((sum - parts.total.value).abs() < 1e-12);
        let by: f64 = parts.missing_by.iter().map(|part| part.value).sum();
        assert!((by - parts.missing.value).abs() < 1e-12);
    }
    let newtons = Contributor::midline(
        "n",
        Role::Trunk,
        &Signal::new(Clock::from_zero(Rate::from_hz(1000.0).unwrap()), vec![1.0; 8000]),
    );
    let newtons = [newtons.in_newtons()];
    let steps = reference.steps();
    let other = Cycles::new(&newtons, steps, CycleKind::Stride).unwrap();
    assert!(matches!(convergence.compare_impulse(&other, &reference), Err(Error::Undefined { .. })));
}
