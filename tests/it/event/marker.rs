//! Contacts from markers on the foot: agreement with force, and errors.

use crate::common;
use crate::common::cases;
use crate::common::trc;
use copeak::event::{Detect, EventKind, FootMarkers, MarkerContacts, MarkerMethod, Method, Side, Sides};
use copeak::{Clock, Error, Rate, Signal};
use copeak_validation::events::sensors;
use proptest::prelude::*;
use sensors::{Shape, left_out};
use std::f64::consts::TAU;

const METHODS: [MarkerMethod; 3] = [MarkerMethod::Handsaker, MarkerMethod::HeelAndToe, MarkerMethod::Zeni];

#[test]
fn standard_errors_cover_runners_left_out() {
    let Some(data) = common::data() else { return };
    let captures = sensors::captures(&data).unwrap();
    for method in METHODS {
        let cases = sensors::marker_cases(&captures, method).unwrap();
        let terminal = if method == MarkerMethod::Zeni { Shape::Proportional } else { Shape::Constant };
        let errors = left_out(&cases, [Shape::Constant, terminal]);
        let c = method.calibration();
        let (mut covered, mut all) = ([0, 0], [0, 0]);
        for e in &errors {
            for (k, (list, se)) in
                [(&e.initial, c.initial_se_s), (&e.terminal, c.terminal_se_s)].iter().enumerate()
            {
                covered[k] += list.iter().filter(|e| e.abs() <= 1.96 * se).count();
                all[k] += list.len();
            }
        }
        assert!(all[0] >= 16 && all[1] >= 13, "{method:?}: {all:?} events");
        assert!((0..2).all(|k| 10 * covered[k] >= 9 * all[k]), "{method:?}: {covered:?} of {all:?}");
        let lost: usize = cases.iter().map(|c| c.matched.missed.len() + c.matched.extra.len()).sum();
        assert!(lost <= 3, "{method:?}: {lost} missed or false");
    }
}

#[test]
fn the_sprinters_landings_are_where_force_has_them() {
    let Some(data) = common::data() else { return };
    let captures = sensors::captures(&data).unwrap();
    let cases = sensors::marker_cases(&captures, MarkerMethod::Handsaker).unwrap();
    let errors = left_out(&cases, [Shape::Constant; 2]);
    for (case, e) in cases.iter().zip(&errors).filter(|(c, _)| c.runner == "sprinter") {
        assert!(e.initial.iter().all(|e| e.abs() < 0.008), "{}: {:?}", case.label, e.initial);
    }
}

/// A foot under a pelvis that moves on at 3 m/s: forward to and fro, down to the ground and up again. It is flat on the ground,
/// and lands and leaves at once with heel, ball and toe, from `contact.0` to `contact.1` of each stride.
struct Foot {
    rate_hz: f64,
    forward: Vec<f64>,
    height: Vec<f64>,
    pelvis: Vec<f64>,
}

const STRIDE_S: f64 = 0.7;
const CONTACT: (f64, f64) = (0.09, 0.40);

impl Foot {
    fn new(rate_hz: f64, scatter_m: f64) -> Self {
        let mut noise = common_noise::Noise::new(7);
        let n = (6.0 * rate_hz) as usize;
        let mut path = |f: &dyn Fn(f64) -> f64| -> Vec<f64> {
            (0..n).map(|i| f(i as f64 / rate_hz) + scatter_m * noise.normal()).collect()
        };
        let phase = |t: f64| (t / STRIDE_S).fract();
        let forward = path(&|t| 3.0 * t + 0.45 * (TAU * phase(t)).cos());
        let height = path(&|t| {
            let p = phase(t);
            let air = (p - CONTACT.1).rem_euclid(1.0) / (1.0 - CONTACT.1 + CONTACT.0);
            if (CONTACT.0..CONTACT.1).contains(&p) { 0.03 } else { 0.03 + 1.2 * (air * (1.0 - air)) }
        });
        let pelvis = path(&|t| 3.0 * t);
        Self { rate_hz, forward, height, pelvis }
    }

    fn find(&self, method: MarkerMethod, calibrated: bool) -> copeak::Result<copeak::event::FootContacts> {
        let on =
            |x: &Vec<f64>| Signal::new(Clock::from_zero(Rate::from_hz(self.rate_hz).unwrap()), x.clone());
        let (forward, height, pelvis) = (on(&self.forward), on(&self.height), on(&self.pelvis));
        let foot = FootMarkers {
            heel_forward: &forward,
            heel_height: &height,
            ball_height: &height,
            toe_forward: &forward,
            toe_height: &height,
            pelvis_forward: &pelvis,
        };
        let mut detector = MarkerContacts::new(method);
        if !calibrated {
            let c = &mut detector.calibration;
            (c.initial_delay_s, c.terminal_delay_s, c.terminal_per_s) = (0.0, 0.0, 0.0);
        }
        detector.find(&foot, Side::Right)
    }
}

use crate::common::noise as common_noise;

#[test]
fn landmarks_of_a_known_foot_are_found_at_every_rate_and_in_noise() {
    for (rate_hz, scatter_m) in [(100.0, 0.0), (150.0, 0.0), (250.0, 0.0003), (500.0, 0.0003)] {
        let foot = Foot::new(rate_hz, scatter_m);
        for method in [MarkerMethod::Handsaker, MarkerMethod::Zeni] {
            let found = foot.find(method, false).unwrap();
            assert!(found.contacts.len() >= 6, "{method:?} {rate_hz}: {}", found.contacts.len());
            for c in &found.contacts[1..found.contacts.len() - 1] {
                assert_eq!((c.initial.method, c.side()), (Method::Marker, Side::Right));
                let off = |t: f64, at: f64| {
                    let p = (t / STRIDE_S).rem_euclid(1.0);
                    STRIDE_S * ((p - at + 0.5).rem_euclid(1.0) - 0.5)
                };
                // Zeni's landmarks are the turning points, at 0 and a half of the stride.
                let truth = if method == MarkerMethod::Zeni { (0.0, 0.5) } else { CONTACT };
                let (first, last) = (off(c.initial.time_s, truth.0), off(c.terminal.time_s, truth.1));
                assert!(first.abs() < 0.006, "{method:?} {rate_hz} Hz: landing {first} s off");
                assert!(last.abs() < 0.025, "{method:?} {rate_hz} Hz: take-off {last} s off");
            }
        }
    }
}

#[test]
fn the_calibration_moves_events_by_its_delays_and_sets_their_errors() {
    let foot = Foot::new(250.0, 0.0);
    for method in METHODS {
        let (plain, moved) = (foot.find(method, false).unwrap(), foot.find(method, true).unwrap());
        let c = method.calibration();
        for (a, b) in plain.events().iter().zip(moved.events()).filter(|(a, b)| a.kind == b.kind) {
            let (delay, se) = match a.kind {
                EventKind::InitialContact => (c.initial_delay_s, c.initial_se_s),
                // From front to back the toe takes half a stride.
                _ => (c.terminal_delay_s + c.terminal_per_s * 0.5 * STRIDE_S, c.terminal_se_s),
            };
            assert!((a.time_s - b.time_s - delay).abs() < 0.002, "{method:?} {:?}", a.kind);
            assert_eq!(b.se_s, se);
        }
    }
}

#[test]
fn the_sprinters_feet_alternate() {
    let Some(data) = common::data() else { return };
    let trc = trc::Trc::read(&data.join("sprint_dorn2012/raw/run0900cms.trc"));
    let clock = Clock::from_zero(Rate::from_hz(trc.rate_hz).unwrap());
    let path = |name: &str, axis: usize| -> Signal {
        Signal::new(clock, trc.marker(name).iter().map(|p| p.0[axis]).collect())
    };
    let paths = ["L", "R"].map(|side| {
        let of = |name: &str, axis| path(&format!("{side}{name}"), axis);
        [of("HEEL", 0), of("HEEL", 1), of("P1MT", 1), of("TOE", 0), of("TOE", 1), path("SACR", 0)]
    });
    fn foot([a, b, c, d, e, f]: &[Signal; 6]) -> FootMarkers<'_, Vec<f64>> {
        FootMarkers {
            heel_forward: a,
            heel_height: b,
            ball_height: c,
            toe_forward: d,
            toe_height: e,
            pelvis_forward: f,
        }
    }
    let feet = Sides::new(foot(&paths[0]), foot(&paths[1]));
    let found = MarkerContacts::new(MarkerMethod::Zeni).find_both(&feet).unwrap();
    let contacts = found.contacts();
    assert!(contacts.len() >= 4);
    assert!(contacts.windows(2).all(|w| w[0].side() != w[1].side()));
    // Top speed: contacts of 0.12 s, a step every 0.23 s.
    for c in &contacts {
        assert!((c.duration_s() - 0.124).abs() < 0.02, "{}", c.duration_s());
    }
}

#[test]
fn markers_that_do_not_swing_or_have_another_unit_are_refused() {
    let foot = Foot::new(200.0, 0.0);
    let refused = |change: &dyn Fn(&mut Foot)| {
        let mut other = Foot {
            forward: foot.forward.clone(),
            height: foot.height.clone(),
            pelvis: foot.pelvis.clone(),
            ..foot
        };
        change(&mut other);
        other.find(MarkerMethod::Handsaker, true).unwrap_err()
    };
    let scale = |x: &mut Vec<f64>, by: f64| x.iter_mut().for_each(|x| *x *= by);
    // Millimetres, standing still, a slow clock, an infinite sample, nothing there, crumbs, another length.
    let millimetres = |f: &mut Foot| {
        for x in [&mut f.forward, &mut f.height, &mut f.pelvis] {
            scale(x, 1000.0);
        }
    };
    assert!(matches!(refused(&millimetres), Error::Undefined { .. }));
    assert!(matches!(refused(&|f| f.forward = f.pelvis.clone()), Error::Undefined { .. }));
    assert!(matches!(refused(&|f| f.rate_hz = 60.0), Error::Parameter { name: "sample rate", .. }));
    assert!(matches!(refused(&|f| f.height[77] = f64::INFINITY), Error::NonFinite { index: 77, .. }));
    assert!(matches!(refused(&|f| f.height.fill(f64::NAN)), Error::NonFinite { index: 0, .. }));
    let crumbs = |f: &mut Foot| f.height.iter_mut().step_by(90).for_each(|x| *x = f64::NAN);
    assert!(matches!(refused(&crumbs), Error::TooFew { needed: 100, got: 89, .. }));
    assert!(matches!(refused(&|f| f.pelvis.truncate(99)), Error::LengthMismatch { .. }));
}

#[test]
fn a_gap_ends_a_stretch_and_no_contact_spans_it() {
    let mut foot = Foot::new(200.0, 0.0);
    foot.height[500..560].fill(f64::NAN);
    let found = foot.find(MarkerMethod::Handsaker, true).unwrap();
    assert_eq!(found.coverage.len(), 2);
    assert!(found.contacts.len() >= 4);
    assert!(found.contacts.iter().all(|c| c.terminal.time_s < 2.5 || c.initial.time_s > 2.79), "{found:?}");
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn paths_of_any_kind_give_contacts_in_order_or_a_refusal(
        x in prop::collection::vec(prop_oneof![9 => -2.0..2.0f64, 1 => Just(f64::NAN)], 1..900),
        smooth in 1usize..40, rate_hz in 80.0..600.0f64, which in 0usize..3,
    ) {
        let n = x.len();
        let at = |i: usize| (0..smooth).map(|k| x[(i + k) % n]).sum::<f64>() / smooth as f64;
        let turned = |by: usize| -> Signal {
            Signal::new(Clock::from_zero(Rate::from_hz(rate_hz).unwrap()), (0..n).map(|i| at(i + by)).collect())
        };
        let [a, b, c, d, e, f] = [0, 11, 23, 37, 53, 71].map(turned);
        let foot = FootMarkers {
            heel_forward: &a, heel_height: &b, ball_height: &c, toe_forward: &d, toe_height: &e, pelvis_forward: &f,
        };
        if let Ok(found) = MarkerContacts::new(METHODS[which]).find(&foot, Side::Left) {
            prop_assert!(found.contacts.iter().all(|c| c.duration_s() > 0.0));
            prop_assert!(found.events().iter().all(|e| e.time_s.is_finite() && e.se_s > 0.0));
            prop_assert!(found.events().windows(2).all(|w| w[0].time_s <= w[1].time_s));
        }
    }
}
