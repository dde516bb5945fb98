//! Steps from contacts: each rule and its reason, and what stays of real runs.

use crate::common;
use crate::common::cases;
use copeak::event::{Contact, Event, EventKind, Feet, ForceContacts, Method, Side};
use copeak::recording::csv;
use copeak::stride::{RejectReason, StepCriteria, Steps};
use copeak::time::TimeSpan;
use copeak::{Clock, Error, Rate, Signal};
use proptest::prelude::*;

fn contact(side: Side, ic: f64, tc: f64) -> Contact {
    let event = |t, kind| Event::new(t, 0.001, side, kind, Method::Force);
    Contact::new(event(ic, EventKind::InitialContact), event(tc, EventKind::TerminalContact)).unwrap()
}

fn side(i: usize) -> Side {
    if i % 2 == 0 { Side::Left } else { Side::Right }
}

/// Contacts of 0.2 s, one every 0.35 s from 1 s on.
fn run(n: usize) -> Vec<Contact> {
    (0..n).map(|i| (side(i), 1.0 + 0.35 * i as f64)).map(|(s, t)| contact(s, t, t + 0.2)).collect()
}

const LONG: TimeSpan = TimeSpan { start_s: 0.0, end_s: 100.0 };

fn reasons(contacts: &[Contact]) -> Vec<Option<RejectReason>> {
    let steps = Steps::from_contacts(contacts, &[], &StepCriteria::default(), LONG).unwrap();
    assert_eq!(steps.all().len(), contacts.len(), "no contact is lost");
    steps.all().iter().map(|s| s.rejected).collect()
}

#[test]
fn a_regular_run_keeps_all_steps_but_the_last_without_end() {
    let found = reasons(&run(20));
    assert!(found[..19].iter().all(Option::is_none));
    assert_eq!(found[19], Some(RejectReason::NoNextContact));
}

#[test]
fn each_rule_gives_its_reason() {
    let changed = |change: &dyn Fn(&mut Vec<Contact>)| {
        let mut contacts = run(6);
        change(&mut contacts);
        reasons(&contacts)
    };
    let long = changed(&|c| c[2].terminal.time_s = c[2].initial.time_s + 0.41);
    assert_eq!(long[2], Some(RejectReason::ContactTime));
    let short = changed(&|c| c[2].terminal.time_s = c[2].initial.time_s + 0.069);
    assert_eq!(short[2], Some(RejectReason::ContactTime));
    let walking = changed(&|c| c[2].terminal.time_s = c[3].initial.time_s);
    assert_eq!(walking[2], Some(RejectReason::NoFlight));
    let gone = changed(&|c| _ = c.remove(3));
    assert_eq!(gone[2], Some(RejectReason::SideRepeats));
    let late = changed(&|c| {
        for k in &mut c[3..] {
            k.initial.time_s += 0.3;
            k.terminal.time_s += 0.3;
        }
    });
    assert_eq!(late[2], Some(RejectReason::StepTime));
    assert_eq!([late[1], late[3]], [None, None]);
}

#[test]
fn a_single_contact_is_a_step_without_an_end() {
    let found = Steps::from_contacts(&run(1), &[], &StepCriteria::default(), LONG).unwrap();
    assert_eq!(found.all()[0].rejected, Some(RejectReason::NoNextContact));
    assert!(found.all()[0].end_s.is_nan() && found.all()[0].stride_s.is_nan());
    assert_eq!(found.accepted().count(), 0);
    let summary = found.summary();
    assert_eq!((summary.steps, summary.accepted, summary.kept.contact_s), (1, 0, None));
    assert!((summary.all.contact_s.unwrap() - 0.2).abs() < 1e-12);
    assert_eq!((summary.all.step_s, summary.all.stride_s), (None, None));
}

#[test]
fn the_cycle_must_lie_inside_the_recording() {
    // Mid-contact of the first step is 1.1 s, half a stride 0.35 s.
    let recorded = TimeSpan { start_s: 0.76, end_s: 2.6 };
    let found = Steps::from_contacts(&run(6), &[], &StepCriteria::default(), recorded).unwrap();
    let outside: Vec<_> =
        (0..6).filter(|&i| found.all()[i].rejected == Some(RejectReason::CycleOutside)).collect();
    assert_eq!(outside, [0, 4]);
}

#[test]
fn a_window_or_an_unpaired_event_without_a_time_is_refused() {
    for (start_s, end_s) in [(f64::NAN, 2.6), (0.0, f64::NAN), (2.6, 0.0)] {
        let found = Steps::from_contacts(&run(6), &[], &StepCriteria::default(), TimeSpan { start_s, end_s });
        assert!(matches!(found, Err(Error::NotRising { index: 1, .. })), "{start_s} {end_s}");
    }
    let landing = |t| Event::new(t, 0.001, Side::Left, EventKind::InitialContact, Method::Force);
    for time_s in [f64::NAN, f64::INFINITY] {
        let loose = [landing(0.5), landing(time_s)];
        let found = Steps::from_contacts(&run(6), &loose, &StepCriteria::default(), LONG);
        assert!(matches!(found, Err(Error::NonFinite { index: 1, .. })), "{time_s}");
    }
}

#[test]
fn a_landing_without_take_off_ends_a_step_too() {
    let landing = Event::new(3.1, 0.001, Side::Left, EventKind::InitialContact, Method::Force);
    let found = Steps::from_contacts(&run(6), &[landing], &StepCriteria::default(), LONG).unwrap();
    assert_eq!(found.all().len(), 6);
    assert!(found.all()[5].accepted());
    assert_eq!(found.all()[5].end_s, 3.1);
}

#[test]
fn a_stride_is_to_the_next_of_the_same_foot_or_from_the_last() {
    let found = Steps::from_contacts(&run(5), &[], &StepCriteria::default(), LONG).unwrap();
    assert!(found.all().iter().all(|s| (s.stride_s - 0.7).abs() < 1e-12));
    // With two contacts there is no stride: twice the step.
    let two = Steps::from_contacts(&run(2), &[], &StepCriteria::default(), LONG).unwrap();
    assert!((two.all()[0].stride_s - 0.7).abs() < 1e-12);
    // A missed contact must not double a stride: from the one before instead.
    let mut holed = run(7);
    holed.remove(4);
    let found = Steps::from_contacts(&holed, &[], &StepCriteria::default(), LONG).unwrap();
    assert!(found.all().iter().all(|s| (s.stride_s - 0.7).abs() < 1e-9 || !s.accepted()), "{found:?}");
}

#[test]
fn outliers_need_eight_steps_and_more_than_the_sampling_grid() {
    let with = |n: usize, longer: f64| {
        let mut contacts = run(n);
        contacts[4].terminal.time_s += longer;
        reasons(&contacts)[4]
    };
    assert_eq!(with(9, 0.06), Some(RejectReason::Outlier));
    assert_eq!(with(8, 0.06), None, "seven steps have an end");
    // 3 x 1.4826 x 10 ms = 44.5 ms.
    assert_eq!(with(20, 0.044), None);
    assert_eq!(with(20, 0.045), Some(RejectReason::Outlier));
    let fine = StepCriteria::from_rate(Rate::from_hz(1000.0).unwrap());
    let mut contacts = run(20);
    contacts[4].terminal.time_s += 0.005;
    let found = Steps::from_contacts(&contacts, &[], &fine, LONG).unwrap();
    assert_eq!(found.all()[4].rejected, Some(RejectReason::Outlier));
}

#[test]
fn the_summary_counts_reasons_and_compares_means() {
    let mut contacts = run(20);
    contacts[4].terminal.time_s += 0.1;
    contacts[9].terminal.time_s = contacts[9].initial.time_s + 0.05;
    let found = Steps::from_contacts(&contacts, &[], &StepCriteria::default(), LONG).unwrap();
    let summary = found.summary();
    assert_eq!((summary.steps, summary.accepted), (20, 17));
    assert_eq!(
        summary.dropped,
        [(RejectReason::Outlier, 1), (RejectReason::ContactTime, 1), (RejectReason::NoNextContact, 1)]
    );
    assert!((summary.kept.contact_s.unwrap() - 0.2).abs() < 1e-12);
    assert!((summary.all.contact_s.unwrap() - (18.0 * 0.2 + 0.3 + 0.05) / 20.0).abs() < 1e-12);
    assert!((summary.kept.flight_s.unwrap() - 0.15).abs() < 1e-12);
}

#[test]
fn channels_are_screened_with_the_reason() {
    let mut found = Steps::from_contacts(&run(8), &[], &StepCriteria::default(), LONG).unwrap();
    let clock = Clock::from_zero(Rate::from_hz(100.0).unwrap());
    let mut holed = vec![0.0; 1000];
    holed[190] = f64::NAN; // 1.9 s: in the cycles around 1.8 s and 2.15 s and half of 1.45 s to 1.8 s
    let hip = Signal::new(clock, holed);
    let short = Signal::new(clock, vec![0.0; 300]);
    found.screen(&[&hip, &short]);
    let got: Vec<_> = found.all().iter().map(|s| s.rejected).collect();
    use RejectReason::{CycleOutside, NoNextContact, NonFinite};
    assert_eq!(
        got,
        [
            None,
            None,
            Some(NonFinite),
            Some(NonFinite),
            None,
            Some(CycleOutside),
            Some(CycleOutside),
            Some(NoNextContact)
        ]
    );
    let mut whole = Steps::from_contacts(&run(8), &[], &StepCriteria::default(), LONG).unwrap();
    whole.screen_within(&[&hip], |s| TimeSpan { start_s: s.start_s(), end_s: s.end_s });
    assert_eq!(whole.all().iter().filter(|s| s.rejected == Some(NonFinite)).count(), 1);
    whole.reject(0, NonFinite);
    whole.reject(99, NonFinite);
    assert_eq!(whole.all()[0].rejected, Some(NonFinite));
}

#[test]
fn contacts_out_of_order_or_overlapping_are_refused_with_their_index() {
    let refuse = |contacts: &[Contact]| {
        Steps::from_contacts(contacts, &[], &StepCriteria::default(), LONG).unwrap_err()
    };
    assert!(matches!(refuse(&[]), Error::TooFew { got: 0, .. }));
    let mut swapped = run(4);
    swapped.swap(1, 2);
    assert!(matches!(refuse(&swapped), Error::NotRising { index: 2, .. }));
    let mut backwards = run(4);
    backwards[3].terminal.time_s = 0.0;
    assert!(matches!(refuse(&backwards), Error::NotRising { index: 3, .. }));
    let mut overlapping = run(4);
    overlapping[0].terminal.time_s = 1.8;
    assert!(matches!(refuse(&overlapping), Error::NotRising { index: 2, .. }));
    let mut missing = run(4);
    missing[2].initial.time_s = f64::NAN;
    assert!(matches!(refuse(&missing), Error::NonFinite { index: 2, .. }));
    let mut rules = StepCriteria::default();
    (rules.min_contact_s, rules.max_contact_s) = (0.4, 0.07);
    assert!(matches!(Steps::from_contacts(&run(4), &[], &rules, LONG), Err(Error::Parameter { .. })));
    rules = StepCriteria::default();
    rules.deviations = 0.0;
    assert!(matches!(Steps::from_contacts(&run(4), &[], &rules, LONG), Err(Error::Parameter { .. })));
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_shift_in_time_changes_no_verdict(shift in -20.0..20.0f64, late in 0usize..12, by in 0.0..0.4f64) {
        let mut contacts = run(12);
        contacts[late].terminal.time_s += by.min(0.49);
        let moved: Vec<Contact> = contacts
            .iter()
            .map(|c| contact(c.side(), c.initial.time_s + shift, c.terminal.time_s + shift))
            .collect();
        let judge = |c: &[Contact], w: TimeSpan| Steps::from_contacts(c, &[], &StepCriteria::default(), w);
        let (a, b) = (judge(&contacts, LONG), judge(&moved, LONG.moved(shift)));
        let verdicts = |s: &Steps| s.all().iter().map(|s| s.rejected).collect::<Vec<_>>();
        prop_assert_eq!(a.as_ref().ok().map(verdicts), b.as_ref().ok().map(verdicts));
    }
}

#[test]
fn the_treadmill_runs_keep_nearly_all_their_steps() {
    let Some(data) = common::data() else { return };
    let folder = data.join("treadmill_rbds");
    let index = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    let (mut all, mut kept) = (0, 0);
    for file in index.lines().skip(1).map(|l| l.split(',').next().unwrap()) {
        let recording = csv::read(folder.join(file)).unwrap();
        let foot = |side: Side| {
            let force = recording.signal(&format!("grf_vertical_{side}")).unwrap();
            ForceContacts::default().find(force, side).unwrap()
        };
        let feet = Feet::new(foot(Side::Left), foot(Side::Right)).unwrap();
        let recorded = recording.span().unwrap();
        let rules = StepCriteria::from_rate(Rate::from_hz(150.0).unwrap());
        let mut found = Steps::from_contacts(&feet.contacts(), &feet.unpaired(), &rules, recorded).unwrap();
        let angles: Vec<&Signal> =
            recording.channels.iter().filter(|c| c.unit == "deg").map(|c| &c.signal).collect();
        found.screen(&angles);
        let summary = found.summary();
        println!("{file}: {} of {}; {:?}", summary.accepted, summary.steps, summary.dropped);
        assert!(summary.accepted as f64 >= 0.9 * summary.steps as f64, "{file}: {:?}", summary.dropped);
        let drift = summary.kept.contact_s.unwrap() / summary.all.contact_s.unwrap();
        assert!((drift - 1.0).abs() < 0.02, "{file}: contact time changes by {drift}");
        all += summary.steps;
        kept += summary.accepted;
    }
    println!("{kept} of {all} steps accepted");
}
