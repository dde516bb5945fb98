//! Contacts from event lists that are wrong in every way: nothing lost, nothing invented, nothing negative.

use crate::common;
use crate::common::cases;
use copeak::event::{
    Event,
    EventKind::{self, InitialContact, TerminalContact},
    Feet, ForceContacts, Method,
    Side::{self, Left, Right},
};
use copeak::recording::csv;
use copeak::stride::gait::Gait;
use copeak::stride::pairing::{EventFault, PairedEvents};
use copeak::stride::{EventPairing, RejectReason, Step, StepCriteria};
use copeak::time::TimeSpan;
use copeak::{Clock, Error, Rate, Signal};
use proptest::prelude::*;

const LONG: TimeSpan = TimeSpan { start_s: -10.0, end_s: 100.0 };

fn event(t: f64, side: Side, kind: EventKind) -> Event {
    Event::new(t, 0.002, side, kind, Method::Force)
}

/// Returns the same event detected again, `by_s` later.
fn twin(of: Event, by_s: f64, se_s: f64) -> Event {
    let mut twin = of;
    (twin.time_s, twin.se_s) = (of.time_s + by_s, se_s);
    twin
}

fn side(i: usize) -> Side {
    if i % 2 == 0 { Left } else { Right }
}

/// Events of steps that start at 1 s, given their contact and step times.
fn course(steps: &[(f64, f64)]) -> Vec<Event> {
    let mut t = 1.0;
    let mut events = Vec::new();
    for (i, (contact, step)) in steps.iter().enumerate() {
        events.push(event(t, side(i), InitialContact));
        events.push(event(t + contact, side(i), TerminalContact));
        t += step;
    }
    events
}

fn run(n: usize) -> Vec<Event> {
    course(&vec![(0.2, 0.35); n])
}

fn assemble(events: &[Event]) -> PairedEvents {
    EventPairing::default().apply(events).unwrap()
}

fn reasons(events: &[Event]) -> Vec<Option<RejectReason>> {
    let steps = assemble(events).steps(&StepCriteria::default(), LONG).unwrap();
    steps.all().iter().map(|s| s.rejected).collect()
}

#[test]
fn order_and_duplicates_change_nothing() {
    let clean = run(12);
    let expected = assemble(&clean);
    assert_eq!((expected.contacts.len(), expected.unpaired.len(), expected.dropped.len()), (12, 0, 0));
    let mut mixed: Vec<Event> = clean.iter().rev().copied().collect();
    // Less sure twins of a landing and of a take-off, before and after.
    for (i, by) in [(4, 0.01), (9, -0.02)] {
        mixed.insert(3, twin(clean[i], by, 0.01));
    }
    let found = assemble(&mixed);
    assert_eq!(found.contacts, expected.contacts);
    assert_eq!(found.dropped.len(), 2);
    assert!(found.dropped.iter().all(|d| d.1 == EventFault::Duplicate && d.0.se_s == 0.01));
    // A surer twin takes the event's place.
    let mut surer = clean.clone();
    surer.push(twin(clean[4], 0.01, 0.001));
    let found = assemble(&surer);
    assert_eq!(found.contacts[2].initial.se_s, 0.001);
    assert_eq!(found.dropped, [(clean[4], EventFault::Duplicate)]);
}

#[test]
fn a_missing_event_costs_its_own_contact_and_no_other() {
    for (missing, expected) in [(8, RejectReason::SideRepeats), (9, RejectReason::SideRepeats)] {
        let mut events = run(12);
        events.remove(missing);
        let assembled = assemble(&events);
        assert_eq!((assembled.contacts.len(), assembled.unpaired.len()), (11, 1));
        let steps = assembled.steps(&StepCriteria::default(), LONG).unwrap();
        // Without its landing the step before runs into the same foot; without its take-off it still ends there.
        let lost = steps.all().iter().filter(|s| s.rejected == Some(expected)).count();
        assert_eq!(lost, usize::from(missing == 8));
        assert!(steps.accepted().all(|s| (s.duration_s() - 0.35).abs() < 1e-9));
        assert!(steps.accepted().all(|s| (s.stride_s - 0.7).abs() < 1e-9));
    }
}

#[test]
fn a_foot_that_bounces_has_one_contact() {
    let mut events = run(6);
    events.push(event(events[4].time_s + 0.05, Left, TerminalContact));
    events.push(event(events[4].time_s + 0.08, Left, InitialContact));
    let found = assemble(&events);
    assert_eq!(found.contacts, assemble(&run(6)).contacts);
    assert!(found.dropped.iter().all(|d| d.1 == EventFault::Bounce) && found.dropped.len() == 2);
}

#[test]
fn standing_before_the_start_costs_the_standing_step_alone() {
    // 5 s on the left foot, then a run.
    let mut steps = vec![(5.0, 5.1)];
    steps.extend(vec![(0.2, 0.35); 12]);
    let found = reasons(&course(&steps));
    assert_eq!(found[0], Some(RejectReason::Standing));
    assert!(found[2..12].iter().all(Option::is_none), "{found:?}");
}

#[test]
fn walking_and_running_differ_in_the_sign_of_flight() {
    let mut steps = vec![(0.38, 0.33); 4]; // walking: both feet on the ground for 50 ms
    steps.extend(vec![(0.2, 0.3); 8]);
    let assembled = assemble(&course(&steps));
    let steps = assembled.steps(&StepCriteria::default(), LONG).unwrap();
    let gaits: Vec<Gait> = steps.bouts().iter().map(|b| b.gait).collect();
    assert_eq!(gaits, [Gait::Walking, Gait::Running]);
    assert_eq!(steps.bouts()[1].steps, 4..12);
    let found: Vec<_> = steps.all().iter().map(|s| s.rejected).collect();
    assert!(found[..4].iter().all(|r| *r == Some(RejectReason::NoFlight)), "{found:?}");
    assert_eq!(found[4], Some(RejectReason::GaitChange));
    assert!(found[5..11].iter().all(Option::is_none), "{found:?}");
    // One step without flight in a run is a stumble, and its neighbours count.
    let mut one = vec![(0.2, 0.3); 12];
    one[5] = (0.35, 0.3);
    let found = reasons(&course(&one));
    assert_eq!(found[5], Some(RejectReason::NoFlight));
    assert_eq!([found[4], found[6]], [None, None]);
}

#[test]
fn two_feet_that_land_at_once_make_no_step() {
    let mut events = run(4);
    events[2].time_s = events[0].time_s; // the second foot with the first
    let found = reasons(&events);
    assert_eq!(found[0], Some(RejectReason::StepTime));
    assert_eq!(found.len(), 4);
}

#[test]
fn a_turn_is_distinguished_from_sway() {
    let steps = |events: &[Event]| assemble(events).steps(&StepCriteria::default(), LONG).unwrap();
    let clock = Clock::from_zero(Rate::from_hz(100.0).unwrap());
    let path = |point: &dyn Fn(f64) -> (f64, f64)| {
        let (x, y): (Vec<f64>, Vec<f64>) = (0..800).map(|i| point(f64::from(i) / 100.0)).unzip();
        (Signal::new(clock, x), Signal::new(clock, y))
    };
    let verdict = |x: &Signal, y: &Signal| {
        let mut steps = steps(&run(12));
        steps.screen_turning(x, y, 15.0).unwrap();
        steps.all().iter().filter(|s| s.rejected == Some(RejectReason::Turning)).count()
    };
    // 3 m/s straight on, swaying 3 cm to each side once a stride.
    let (x, y) = path(&|t| (3.0 * t, 0.03 * (std::f64::consts::TAU * t / 0.7).sin()));
    assert_eq!(verdict(&x, &y), 0);
    // Round a 400 m bend of 36.5 m radius at 9 m/s: 5 degrees in half a stride.
    let (x, y) = path(&|t| (36.5 * (9.0 * t / 36.5).sin(), 36.5 * (9.0 * t / 36.5).cos()));
    assert_eq!(verdict(&x, &y), 0);
    // Round a circle of 3 m.
    let (x, y) = path(&|t| (3.0 * t.sin(), 3.0 * t.cos()));
    assert_eq!(verdict(&x, &y), 11);
    // On the spot there is no direction.
    let (x, y) = path(&|t| (0.01 * (9.0 * t).sin(), 0.01 * (7.0 * t).cos()));
    assert_eq!(verdict(&x, &y), 0);
    assert!(matches!(steps(&run(3)).screen_turning(&x, &y, 0.0), Err(Error::Parameter { .. })));
}

#[test]
fn quantities_of_a_step_carry_the_errors_of_its_events() {
    let steps = assemble(&run(4)).steps(&StepCriteria::default(), LONG).unwrap();
    let step = steps.all()[0];
    assert!(
        (step.duty_factor() - 0.2 / 0.7).abs() < 1e-12 && (step.cadence_spm() - 60.0 / 0.35).abs() < 1e-9
    );
    for se in [step.contact_se_s(), step.flight_se_s(), step.duration_se_s()] {
        assert!((se - 0.002 * 2.0_f64.sqrt()).abs() < 1e-15);
    }
    assert!(steps.all()[3].flight_se_s().is_nan(), "the last step has no end");
    let summary = steps.summary();
    assert!((summary.kept.duty_factor.unwrap() - 0.2 / 0.7).abs() < 1e-12);
    assert!((summary.kept.cadence_spm.unwrap() - 60.0 / 0.35).abs() < 1e-9);
}

#[test]
fn asymmetry_pairs_neighbours_only() {
    // Left steps of 0.33 s, right ones of 0.37 s; the third stride's left contact is far too long.
    let mut course_of: Vec<_> = (0..12).map(|i| (0.2, if i % 2 == 0 { 0.33 } else { 0.37 })).collect();
    course_of[4].0 = 0.5; // and so without flight
    let steps = assemble(&course(&course_of)).steps(&StepCriteria::default(), LONG).unwrap();
    let found = steps.asymmetry(Step::duration_s);
    // Steps 0-1, 2-3, then 5-6, 7-8, 9-10.
    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|a| (a - 100.0 * 0.04 / 0.35).abs() < 1e-6), "{found:?}");
}

#[test]
fn negative_or_infinite_pairing_times_are_refused() {
    for (same_s, min_swing_s) in [(-0.1, 0.1), (0.1, f64::NAN), (f64::INFINITY, 0.1)] {
        let mut rules = EventPairing::default();
        (rules.same_s, rules.min_swing_s) = (same_s, min_swing_s);
        assert!(matches!(rules.apply(&[]), Err(Error::Parameter { .. })));
    }
    let nothing = assemble(&[]);
    assert_eq!(nothing, PairedEvents::default());
    assert!(nothing.steps(&StepCriteria::default(), LONG).unwrap().all().is_empty());
    let backwards = TimeSpan { start_s: 1.0, end_s: 0.0 };
    assert!(matches!(nothing.steps(&StepCriteria::default(), backwards), Err(Error::NotRising { .. })));
}

/// Any list of events at all: any order, side and kind, doubles, no times.
fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let time = prop_oneof![
        8 => 0.0..6.0f64,
        2 => (0u8..40).prop_map(|i| f64::from(i) * 0.15), // many at once
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(-0.0), Just(1e300)],
    ];
    let se = prop_oneof![6 => 0.0..0.02f64, 1 => Just(f64::NAN)];
    let one = (time, se, any::<bool>(), any::<bool>()).prop_map(|(t, se, left, lands)| {
        let (side, kind) =
            (if left { Left } else { Right }, if lands { InitialContact } else { TerminalContact });
        Event::new(t, se, side, kind, Method::Force)
    });
    prop::collection::vec(one, 0..60)
}

/// A run with some events lost, doubled, on the wrong foot, moved, or without a time.
fn damaged_run() -> impl Strategy<Value = Vec<Event>> {
    let damage = prop::collection::vec((0usize..40, 0u8..5, -0.3..0.3f64), 0..12);
    damage.prop_map(|damages| {
        let mut events = run(20);
        for (at, what, by) in damages {
            let i = at % events.len();
            match what {
                0 => _ = events.remove(i),
                1 => events.push(twin(events[i], 0.1 * by, events[i].se_s)),
                2 => events[i].side = events[i].side.opposite(),
                3 => events[i].time_s += by,
                _ => events[i].time_s = f64::NAN,
            }
        }
        events
    })
}

fn well_formed(events: &[Event]) -> Result<(), TestCaseError> {
    let found = EventPairing::default().apply(events).unwrap();
    prop_assert_eq!(2 * found.contacts.len() + found.unpaired.len() + found.dropped.len(), events.len());
    let steps = found.steps(&StepCriteria::default(), LONG).unwrap();
    prop_assert_eq!(steps.all().len(), found.contacts.len());
    let summary = steps.summary();
    let rejected: usize = summary.dropped.iter().map(|d| d.1).sum();
    prop_assert_eq!(summary.accepted + rejected, steps.all().len());
    for s in steps.all() {
        prop_assert!(s.contact_s() > 0.0);
        prop_assert!(s.end_s.is_nan() || s.duration_s() >= 0.0);
        prop_assert!(s.stride_s.is_nan() || s.stride_s >= 0.0);
        prop_assert!(!s.accepted() || (s.flight_s() > 0.0 && s.duration_s() >= 0.15 && s.stride_s > 0.0));
    }
    for side in [Left, Right] {
        let mut foot = found.contacts.iter().filter(|c| c.side() == side).peekable();
        while let Some(c) = foot.next() {
            let apart = foot.peek().is_none_or(|n| n.initial.time_s - c.terminal.time_s >= 0.15 - 1e-9);
            prop_assert!(apart, "a foot lands before it has swung");
        }
    }
    let (bouts, n) = (steps.bouts(), steps.all().len());
    prop_assert_eq!(bouts.iter().map(|b| b.steps.len()).sum::<usize>(), n);
    prop_assert!(bouts.windows(2).all(|w| w[0].steps.end == w[1].steps.start));
    prop_assert!(steps.asymmetry(Step::contact_s).iter().all(|a| a.abs() <= 200.0));
    Ok(())
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn every_event_of_any_list_is_accounted_for(events in any_events()) {
        well_formed(&events)?;
    }

    #[test]
    fn every_event_of_a_damaged_run_is_accounted_for(events in damaged_run()) {
        well_formed(&events)?;
        // Damage loses steps; it does not make up others.
        let steps = assemble(&events).steps(&StepCriteria::default(), LONG).unwrap();
        prop_assert!(steps.all().len() <= 24);
    }
}

#[test]
fn real_runs_with_damaged_events_keep_the_steps_that_were_not_touched() {
    let Some(data) = common::data() else { return };
    let folder = data.join("treadmill_rbds");
    let index = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    for (number, file) in index.lines().skip(1).map(|l| l.split(',').next().unwrap()).enumerate() {
        let recording = csv::read(folder.join(file)).unwrap();
        let foot = |side: Side| {
            let force = recording.signal(&format!("grf_vertical_{side}")).unwrap();
            ForceContacts::default().find(force, side).unwrap()
        };
        let (left, right) = (foot(Left), foot(Right));
        let rules = StepCriteria::from_rate(Rate::from_hz(150.0).unwrap());
        let recorded = recording.span().unwrap();
        let whole =
            EventPairing::default().apply_to_feet(&Feet::new(left.clone(), right.clone()).unwrap()).unwrap();
        let before = whole.steps(&rules, recorded).unwrap();
        assert!(whole.dropped.is_empty(), "{file}: {:?}", whole.dropped);
        // Four events lost, three doubled, three without a time, spread over the run.
        let mut events = [left.events(), right.events()].concat();
        let at = |k: usize| (7 + 13 * k + 3 * number) % 120;
        for k in 0..3 {
            let seen = events[at(k)];
            events.push(twin(seen, 0.012, 1.5 * seen.se_s));
        }
        (3..6).for_each(|k| events[at(k)].time_s = f64::NAN);
        let mut lost: Vec<usize> = (6..10).map(at).collect();
        lost.sort_unstable();
        lost.iter().rev().for_each(|&i| _ = events.remove(i));
        let after = assemble(&events).steps(&rules, recorded).unwrap();
        // Each damage touches at most the steps before, of and after its contact.
        let (kept, had) = (after.accepted().count(), before.accepted().count());
        assert!(kept + 3 * 7 >= had && kept < had, "{file}: {kept} of {had}");
        for s in after.accepted() {
            let known = before.all().iter().any(|b| b.contact == s.contact && b.end_s == s.end_s);
            assert!(known, "{file}: a step at {} s that was not there", s.start_s());
        }
        println!("{file}: {had} accepted before, {kept} after; {:?}", after.summary().dropped);
    }
}
