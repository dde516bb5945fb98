//! Quantities of a step: against mechanics, closed forms and real runs.

use crate::common;
use crate::common::cases;
use copeak::event::{Contact, Event, EventKind, Feet, ForceContacts, Method, Side};
use copeak::filter::ZeroPhase;
use copeak::recording::{Recording, csv};
use copeak::stride::mechanics::{SpringMass, StepForces};
use copeak::stride::speed::{Speed, SpeedSource};
use copeak::stride::{EventPairing, Step, StepCriteria, Steps, normalize};
use copeak::time::TimeSpan;
use copeak::{Clock, Error, Filter, Rate, Signal};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::path::Path;

const G: f64 = 9.80665;

fn step(ic: f64, tc: f64, end: f64, se: f64) -> Step {
    let event = |t, kind| Event::new(t, se, Side::Right, kind, Method::Force);
    let contact =
        Contact::new(event(ic, EventKind::InitialContact), event(tc, EventKind::TerminalContact)).unwrap();
    Step::new(contact, end, 2.0 * (end - ic))
}

fn sampled(rate: f64, n: usize, f: impl Fn(f64) -> f64) -> Signal {
    let clock = Clock::from_zero(Rate::from_hz(rate).unwrap());
    Signal::new(clock, (0..n).map(|i| f(i as f64 / rate)).collect())
}

#[test]
fn the_drop_is_that_of_a_mass_under_a_half_sine() {
    // Newton's second law, stepped at 1 microsecond, against the closed form.
    for (contact, flight) in [(0.25, 0.08), (0.2, 0.12), (0.11, 0.13)] {
        let spring =
            SpringMass::from_step(&step(5.0, 5.0 + contact, 5.0 + contact + flight, 0.001), 70.0).unwrap();
        let (dt, mut height, mut velocity, mut lowest) = (1e-6, 0.0, -G * flight / 2.0, 0.0_f64);
        for i in 0..(contact / dt) as usize {
            let force = spring.force_n * (PI * (i as f64 + 0.5) * dt / contact).sin();
            velocity += (force / 70.0 - G) * dt;
            height += velocity * dt;
            lowest = lowest.min(height);
        }
        assert!((spring.drop_m + lowest).abs() < 1e-4 * spring.drop_m, "{} {lowest}", spring.drop_m);
        assert!((velocity - G * flight / 2.0).abs() < 1e-3, "it leaves as fast as it came");
        assert!((spring.vertical_npm - spring.force_n / spring.drop_m).abs() < 1e-9 * spring.vertical_npm);
    }
}

#[test]
fn a_contact_measured_short_makes_the_stiffness_large() {
    let whole = SpringMass::from_step(&step(0.0, 0.2, 0.3, 0.0), 70.0).unwrap();
    let short = SpringMass::from_step(&step(0.0, 0.18, 0.28, 0.0), 70.0).unwrap();
    let more = short.vertical_npm / whole.vertical_npm - 1.0;
    assert!((0.17..0.23).contains(&more), "{more}");
    let speed = Speed::new(5.0, 0.0);
    let [whole, short] = [whole, short].map(|s| s.leg(0.9, speed).unwrap().stiffness_npm);
    assert!((0.2..0.3).contains(&(short / whole - 1.0)), "{}", short / whole - 1.0);
}

#[test]
fn errors_of_events_reach_the_stiffness() {
    // The scatter of 20,000 steps whose events are read with an error of 2 ms, against the error stated.
    let mut word = 1u64;
    let mut normal = || {
        let mut sum = 0.0;
        for _ in 0..12 {
            word = word.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            sum += (word >> 11) as f64 / (1u64 << 53) as f64;
        }
        sum - 6.0
    };
    let stated = SpringMass::from_step(&step(1.0, 1.2, 1.32, 0.002), 70.0).unwrap();
    let leg = stated.leg(0.95, Speed::new(4.0, 0.05)).unwrap();
    let mut seen: [Vec<f64>; 4] = Default::default();
    for _ in 0..20_000 {
        let e: [f64; 4] = std::array::from_fn(|_| 0.002 * normal());
        let s = SpringMass::from_step(&step(1.0 + e[0], 1.2 + e[1], 1.32 + e[2], 0.0), 70.0).unwrap();
        let l = s.leg(0.95, Speed::new(4.0 + 25.0 * e[3], 0.0)).unwrap();
        for (list, v) in seen.iter_mut().zip([s.force_n, s.drop_m, s.vertical_npm, l.stiffness_npm]) {
            list.push(v);
        }
    }
    let stated = [stated.force_se_n, stated.drop_se_m, stated.vertical_se_npm, leg.stiffness_se_npm];
    for (values, se) in seen.iter().zip(stated) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        assert!((se / sd - 1.0).abs() < 0.03, "stated {se}, seen {sd}");
    }
}

#[test]
fn a_step_without_flight_or_a_foot_below_two_legs_has_no_stiffness() {
    let of = |ic, tc, end| SpringMass::from_step(&step(ic, tc, end, 0.001), 70.0);
    assert!(matches!(of(0.0, 0.3, 0.3), Err(Error::Undefined { .. })), "no flight");
    assert!(matches!(of(0.0, 0.3, 0.2), Err(Error::Undefined { .. })), "walking");
    assert!(matches!(of(0.0, 0.3, f64::NAN), Err(Error::Undefined { .. })), "no end");
    let fine = step(0.0, 0.2, 0.3, 0.001);
    assert!(matches!(SpringMass::from_step(&fine, f64::NAN), Err(Error::Parameter { .. })));
    let spring = SpringMass::from_step(&fine, 70.0).unwrap();
    assert!(matches!(spring.leg(0.9, Speed::new(9.0, 0.0)), Err(Error::Undefined { .. })));
    assert!(matches!(spring.leg(0.0, Speed::new(3.0, 0.0)), Err(Error::Parameter { .. })));
    assert!(matches!(spring.leg(0.9, Speed::new(-3.0, 0.0)), Err(Error::Parameter { .. })));
}

/// A push with a late peak, and a forward force that brakes, then drives.
fn push(rate: f64) -> (Signal, Signal) {
    let phase = |t: f64| ((t - 0.1003) / 0.2).clamp(0.0, 1.0);
    let up = sampled(rate, (0.5 * rate) as usize, |t| 1500.0 * (PI * phase(t).powf(1.3)).sin().max(0.0));
    let ahead = sampled(rate, (0.5 * rate) as usize, |t| {
        if phase(t) >= 1.0 { 0.0 } else { -250.0 * (2.0 * PI * phase(t)).sin() }
    });
    (up, ahead)
}

#[test]
fn impulses_are_the_integrals_of_the_curves() {
    let (up, ahead) = push(2000.0);
    let forces = StepForces::from_step(&step(0.1003, 0.3003, 0.45, 0.001), &up, Some(&ahead), 70.0).unwrap();
    let forward = forces.forward.unwrap();
    // Half a sine of 250 N over 0.1 s, each way.
    let half = 250.0 * 0.1 * 2.0 / PI;
    assert!(
        (forward.braking_ns + half).abs() < 0.01 * half && (forward.propulsive_ns - half).abs() < 0.01 * half
    );
    assert!(forward.net_ns().abs() < 0.02 && forward.ratio.abs() < 1e-3);
    assert!((forces.first_half_bw + forces.second_half_bw - 2.0 * forces.mean_bw).abs() < 1e-12);
    assert!(forces.second_half_bw > forces.first_half_bw);
    assert!((forces.support - forces.mean_bw * 0.2 / (0.45 - 0.1003)).abs() < 1e-12);
    assert!(forces.half_sine_r2 < 0.97 && forces.half_sine_r2 > 0.8, "{}", forces.half_sine_r2);
    // Method B on 20,000 even points.
    let (mut sum, mut resultant) = (0.0, 0.0);
    for i in 0..20_000 {
        let t = 0.1003 + 0.2 * (f64::from(i) + 0.5) / 20_000.0;
        let (x, z) = (ahead.value_at(t).unwrap(), up.value_at(t).unwrap());
        sum += x;
        resultant += x.hypot(z);
    }
    assert!((forward.ratio - sum / resultant).abs() < 1e-5);
}

#[test]
fn a_coarse_clock_or_another_one_for_the_forward_force_changes_little() {
    let (fine_up, fine_ahead) = push(2000.0);
    let here = step(0.1003, 0.3003, 0.45, 0.001);
    let fine = StepForces::from_step(&here, &fine_up, Some(&fine_ahead), 70.0).unwrap();
    let (up, ahead) = (push(300.0).0, push(250.0).1);
    let coarse = StepForces::from_step(&here, &up, Some(&ahead), 70.0).unwrap();
    assert!((coarse.mean_bw / fine.mean_bw - 1.0).abs() < 0.005);
    assert!((coarse.first_half_bw / fine.first_half_bw - 1.0).abs() < 0.01);
    let braking = coarse.forward.unwrap().braking_ns / fine.forward.unwrap().braking_ns;
    assert!((braking - 1.0).abs() < 0.02, "{braking}");
}

#[test]
fn forces_outside_the_signal_missing_or_downward_are_refused() {
    let (up, ahead) = push(1000.0);
    let here = step(0.1003, 0.3003, 0.45, 0.001);
    assert!(matches!(StepForces::from_step(&here, &up, None, 0.0), Err(Error::Parameter { .. })));
    let late = step(0.3, 0.6, 0.7, 0.001);
    assert!(matches!(StepForces::from_step(&late, &up, None, 70.0), Err(Error::Window { .. })));
    let down = sampled(1000.0, 500, |_| -800.0);
    assert!(matches!(StepForces::from_step(&here, &down, None, 70.0), Err(Error::Undefined { .. })));
    let holed = sampled(1000.0, 500, |t| if (t - 0.2).abs() < 0.0004 { f64::NAN } else { 800.0 });
    assert!(matches!(StepForces::from_step(&here, &holed, None, 70.0), Err(Error::NonFinite { .. })));
    assert!(matches!(StepForces::from_step(&here, &up, Some(&holed), 70.0), Err(Error::NonFinite { .. })));
    assert!(StepForces::from_step(&here, &up, Some(&ahead), 70.0).is_ok());
    // A step without an end has forces, but no duration over which they carry the body.
    assert!(
        StepForces::from_step(&step(0.1003, 0.3003, f64::NAN, 0.0), &up, None, 70.0)
            .unwrap()
            .support
            .is_nan()
    );
}

#[test]
fn the_speed_of_belt_and_pelvis_is_that_of_the_motion() {
    let window = TimeSpan { start_s: 0.503, end_s: 0.853 };
    let belt = sampled(100.0, 200, |t| 3.0 + 0.1 * (40.0 * t).sin());
    let back = sampled(100.0, 200, |t| -0.2 * t);
    let alone = SpeedSource::Belt { speed: &belt, x: None }.over(window).unwrap();
    assert!((alone.mps - 3.0).abs() < 0.01 && (alone.se_mps - 0.0707 / 35.0_f64.sqrt()).abs() < 2e-3);
    let drifting = SpeedSource::Belt { speed: &belt, x: Some(&back) }.over(window).unwrap();
    assert!((drifting.mps - alone.mps + 0.2).abs() < 1e-9);
    let backwards = SpeedSource::Pelvis { x: &back, y: None }.over(window).unwrap();
    assert!((backwards.mps - 0.2).abs() < 1e-9, "a speed has no sign");
    let given = SpeedSource::Given(Speed::new(9.5, 0.02)).over(window).unwrap();
    assert_eq!((given.mps, given.se_mps), (9.5, 0.02));

    let over = |source: SpeedSource<'_>, start_s, end_s| source.over(TimeSpan { start_s, end_s });
    let pelvis = SpeedSource::Pelvis { x: &back, y: None };
    assert!(matches!(over(pelvis, 1.0, 3.0), Err(Error::Window { .. })));
    assert!(matches!(over(pelvis, 1.0, f64::NAN), Err(Error::NotRising { .. })));
    assert!(matches!(over(pelvis, 1.0, 1.02), Err(Error::TooFew { .. })));
    let unknown = SpeedSource::Given(Speed::new(f64::NAN, 0.0));
    assert!(matches!(over(unknown, 0.0, 1.0), Err(Error::NonFinite { .. })));
}

#[test]
fn the_error_of_a_speed_is_its_scatter() {
    // A marker with noise of 1 mm at 200 Hz, over steps of 0.25 s.
    let mut word = 3u64;
    let mut normal = move || {
        let mut sum = 0.0;
        for _ in 0..12 {
            word = word.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            sum += (word >> 11) as f64 / (1u64 << 53) as f64;
        }
        sum - 6.0
    };
    let noise: Vec<f64> = (0..40_000).map(|_| 0.001 * normal()).collect();
    let x = sampled(200.0, noise.len(), |t| 4.0 * t + noise[(t * 200.0).round() as usize]);
    let (mut squares, mut stated) = (0.0, 0.0);
    for k in 0..700 {
        let start_s = 0.25 * f64::from(k);
        let window = TimeSpan { start_s, end_s: start_s + 0.25 };
        let speed = SpeedSource::Pelvis { x: &x, y: None }.over(window).unwrap();
        squares += (speed.mps - 4.0).powi(2) / 700.0;
        stated += speed.se_mps.powi(2) / 700.0;
    }
    let ratio = (stated / squares).sqrt();
    assert!((0.9..1.1).contains(&ratio), "stated over seen {ratio}");
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn the_unit_of_force_and_a_shift_in_time_change_nothing(gain in 0.3..3.0f64, shift in -50.0..50.0f64) {
        let (up, ahead) = push(500.0);
        let moved = |s: &Signal| {
            let clock = Clock::new(s.clock().rate(), shift).unwrap();
            Signal::new(clock, s.samples().iter().map(|f| gain * f).collect::<Vec<_>>())
        };
        let here = StepForces::from_step(&step(0.1003, 0.3003, 0.45, 0.0), &up, Some(&ahead), 60.0).unwrap();
        let there = step(0.1003 + shift, 0.3003 + shift, 0.45 + shift, 0.0);
        let there = StepForces::from_step(&there, &moved(&up), Some(&moved(&ahead)), 60.0 * gain).unwrap();
        let (a, b) = (here.forward.unwrap(), there.forward.unwrap());
        for (x, y) in [
            (here.mean_bw, there.mean_bw),
            (here.first_half_bw, there.first_half_bw),
            (here.half_sine_r2, there.half_sine_r2),
            (here.support, there.support),
            (a.ratio, b.ratio),
            (a.braking_ns * gain, b.braking_ns),
        ] {
            prop_assert!((x - y).abs() < 1e-6 * (1.0 + x.abs()), "{} {}", x, y);
        }
    }
}

/// Force as broken plates give it: noise, negative, saturated, with holes and spikes.
fn any_force() -> impl Strategy<Value = Vec<f64>> {
    let sample = prop_oneof![
        10 => -500.0..3000.0f64,
        2 => Just(0.0),
        2 => Just(2500.0),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-1e300)],
    ];
    prop_oneof![
        prop::collection::vec(sample, 1..80),
        prop::collection::vec(0.0..2000.0f64, 40..80),
        prop::collection::vec(Just(-700.0), 40..80),
    ]
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn any_force_and_any_step_give_numbers_or_a_reason(
        up in any_force(),
        ahead in any_force(),
        ic in -0.1..0.5f64,
        contact in 1e-6..0.5f64,
        flight in prop_oneof![4 => -0.3..0.3f64, 1 => Just(f64::NAN)],
        mass in prop_oneof![6 => 30.0..120.0f64, 1 => Just(f64::NAN), 1 => Just(0.0)],
        speed in prop_oneof![6 => 0.0..12.0f64, 1 => Just(f64::NAN)],
    ) {
        let here = step(ic, ic + contact, ic + contact + flight, 0.002);
        let [up, ahead] = [up, ahead].map(|x| Signal::new(Clock::from_zero(Rate::from_hz(100.0).unwrap()), x));
        if let Ok(f) = StepForces::from_step(&here, &up, Some(&ahead), mass) {
            prop_assert!(f.vertical_ns > 0.0 && f.mean_bw.is_finite() && f.half_sine_r2 <= 1.0);
            let two = f.first_half_bw + f.second_half_bw;
            prop_assert!((two - 2.0 * f.mean_bw).abs() <= 1e-9 * (f.first_half_bw.abs() + f.second_half_bw.abs()));
            let forward = f.forward.unwrap();
            prop_assert!(forward.braking_ns <= 0.0 && forward.propulsive_ns >= 0.0);
            prop_assert!(forward.ratio.abs() <= 1.0 + 1e-9);
        }
        if let Ok(s) = SpringMass::from_step(&here, mass) {
            prop_assert!(flight > 0.0 && s.force_n > 0.0 && s.drop_m > 0.0 && s.vertical_se_npm >= 0.0);
            if let Ok(leg) = s.leg(0.9, Speed::new(speed, 0.1)) {
                prop_assert!(leg.shortening_m >= s.drop_m - 1e-12 && leg.stiffness_se_npm >= 0.0);
            }
        }
        for source in [SpeedSource::Pelvis { x: &up, y: Some(&ahead) }, SpeedSource::Belt { speed: &up, x: Some(&ahead) }] {
            let found = source.over(TimeSpan { start_s: here.start_s(), end_s: here.end_s });
            prop_assert!(found.is_err() || found.is_ok_and(|v| v.mps.is_finite() && v.se_mps >= 0.0));
        }
    }
}

/// The steps of a recording with force under each foot.
fn real(recording: &Recording, valid: Option<&Signal>) -> Steps {
    let foot = |side: Side| {
        let force = recording.signal(&format!("grf_vertical_{side}")).unwrap();
        match valid {
            Some(valid) => ForceContacts::default().find_where(force, valid.samples(), side).unwrap(),
            None => ForceContacts::default().find(force, side).unwrap(),
        }
    };
    let assembled = EventPairing::default()
        .apply_to_feet(&Feet::new(foot(Side::Left), foot(Side::Right)).unwrap())
        .unwrap();
    let rules = StepCriteria::from_rate(recording.channels[0].signal.clock().rate());
    // Contacts need no stride-long cycle inside the recording.
    assembled.steps(&rules, TimeSpan { start_s: -10.0, end_s: 1e3 }).unwrap()
}

/// Means over the accepted steps of one recording.
struct Row {
    n: usize,
    support: f64,
    mean_bw: f64,
    halves_bw: [f64; 2],
    r2: f64,
    ratio: f64,
    impulses_ns: [f64; 2],
    /// Vertical stiffness and its standard error in kN/m.
    stiffness: [f64; 2],
    /// The sine wave's largest force over the measured one.
    peak: f64,
    /// Step time over contact time.
    flight: f64,
}

impl Row {
    fn of(recording: &Recording, steps: &Steps, mass_kg: f64, smooth: Option<f64>) -> Self {
        let kept: Vec<&Step> = steps.accepted().collect();
        let signal = |name: &str| recording.get(name).map(|c| c.signal.clone());
        let smoothed = |s: Signal| match smooth {
            Some(cutoff) => {
                let filter = ZeroPhase::low_pass(2, cutoff, s.clock().rate()).unwrap();
                s.with_samples(filter.apply(s.samples()).unwrap())
            }
            None => s,
        };
        let [left, right] = ["l", "r"].map(|side| {
            let up = smoothed(signal(&format!("grf_vertical_{side}")).unwrap());
            (up, signal(&format!("grf_forward_{side}")).or(signal("grf_forward")).unwrap())
        });
        let forces: Vec<(StepForces, SpringMass)> = kept
            .iter()
            .map(|s| {
                let (up, ahead) = if s.side() == Side::Left { &left } else { &right };
                let forces = StepForces::from_step(s, up, Some(ahead), mass_kg).unwrap();
                (forces, SpringMass::from_step(s, mass_kg).unwrap())
            })
            .collect();
        let n = kept.len();
        let mean = |value: &dyn Fn(&StepForces, &SpringMass) -> f64| {
            forces.iter().map(|(f, s)| value(f, s)).sum::<f64>() / n as f64
        };
        Self {
            n,
            support: mean(&|f, _| f.support),
            mean_bw: mean(&|f, _| f.mean_bw),
            halves_bw: [mean(&|f, _| f.first_half_bw), mean(&|f, _| f.second_half_bw)],
            r2: mean(&|f, _| f.half_sine_r2),
            ratio: mean(&|f, _| f.forward.unwrap().ratio),
            impulses_ns: [
                mean(&|f, _| f.forward.unwrap().braking_ns),
                mean(&|f, _| f.forward.unwrap().propulsive_ns),
            ],
            stiffness: [mean(&|_, s| s.vertical_npm / 1e3), mean(&|_, s| s.vertical_se_npm / 1e3)],
            peak: mean(&|f, s| s.force_n / (f.peak_bw * mass_kg * G)),
            flight: kept.iter().map(|s| s.duration_s() / s.contact_s()).sum::<f64>() / n as f64,
        }
    }

    fn print(&self, name: &str) {
        let Self { n, support, mean_bw, halves_bw: [a, b], r2, ratio, .. } = self;
        let ([braking, propulsive], [k, se]) = (self.impulses_ns, self.stiffness);
        println!(
            "{name}: n {n}, mean {mean_bw:.2} BW, halves {a:.2} {b:.2}, step/contact {:.2}, support {support:.3}, \
             half-sine R2 {r2:.2}, RF {ratio:.3}, braking {braking:.1}, propulsive {propulsive:.1} Ns, \
             stiffness {k:.1} +- {se:.1} kN/m, sine/measured peak {:.2}",
            self.flight, self.peak,
        );
    }
}

/// File, speed and mass of each treadmill run.
fn treadmill(folder: &Path) -> Vec<(String, f64, f64)> {
    let index = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].to_string(), cells[2].parse().unwrap(), cells[3].parse().unwrap())
    };
    index.lines().skip(1).map(row).collect()
}

#[test]
fn the_support_of_treadmill_runners_is_near_one() {
    let Some(data) = common::data() else { return };
    let folder = data.join("treadmill_rbds");
    let mut runners: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for (file, speed, mass_kg) in treadmill(&folder) {
        let recording = csv::read(folder.join(&file)).unwrap();
        let steps = real(&recording, None);
        let row = Row::of(&recording, &steps, mass_kg, None);
        row.print(&file);
        // Without any event: the mean force over whole strides is the weight on the belt.
        let starts: Vec<f64> =
            steps.all().iter().filter(|s| s.side() == Side::Left).map(Step::start_s).collect();
        let whole = TimeSpan { start_s: starts[0], end_s: starts[starts.len() - 1] };
        let weight: f64 = ["l", "r"]
            .iter()
            .map(|side| {
                let up = recording.signal(&format!("grf_vertical_{side}")).unwrap();
                let points = normalize(up, whole, 20_001).unwrap();
                points.iter().sum::<f64>() / 20_001.0
            })
            .sum();
        let on_the_belt = weight / (mass_kg * G);
        assert!((row.support - on_the_belt).abs() < 0.006, "{file}: {} {on_the_belt}", row.support);
        // Mean force over contact in units of what the belt weighs = step time over contact time.
        assert!((row.mean_bw / row.support / row.flight - 1.0).abs() < 0.003, "{file}");
        assert!(row.ratio.abs() < 0.005, "{file}: a belt's speed is steady, RF {}", row.ratio);
        assert!((15.0..42.0).contains(&row.stiffness[0]) && row.stiffness[1] < 0.06 * row.stiffness[0]);
        assert!((0.85..1.07).contains(&row.peak), "{file}: {}", row.peak);
        assert!(row.halves_bw[0] > row.halves_bw[1]);
        let subject = file.split('_').next().unwrap().to_string();
        let all = runners.entry(subject).or_default();
        // Stiffness, mean force and cadence rise with speed.
        if let Some(slower) = all.last() {
            assert!(row.stiffness[0] > slower.stiffness[0] && row.mean_bw > slower.mean_bw, "{file} {speed}");
        }
        all.push(row);
    }
    // Body weight as listed differs from the belt's by a factor of the runner's own, the same at every speed: a matter
    // of scales, not of events (a threshold's loss would fall with contact time, an offset of the belt too).
    for (subject, rows) in &runners {
        let supports: Vec<f64> = rows.iter().map(|r| r.support).collect();
        let spread =
            supports.iter().copied().fold(0.0, f64::max) - supports.iter().copied().fold(9.0, f64::min);
        println!("{subject}: support {supports:.3?}");
        assert!(rows.len() == 3 && spread < 0.011, "{subject}: {supports:?}");
        assert!(supports.iter().all(|s| (0.92..1.0).contains(s)), "{subject}: {supports:?}");
    }
}

#[test]
fn the_support_of_a_sprinter_on_plates_is_one() {
    let Some(data) = common::data() else { return };
    let mut rows = Vec::new();
    for (file, lab_mps) in [("dorn2012_ja1_run0350cms.csv", 3.53), ("dorn2012_ja1_run0900cms.csv", 9.47)] {
        let recording = csv::read(data.join("sprint_dorn2012").join(file)).unwrap();
        let valid = recording.signal("grf_valid").unwrap();
        let steps = real(&recording, Some(valid));
        let row = Row::of(&recording, &steps, 75.6, None);
        row.print(file);
        Row::of(&recording, &steps, 75.6, Some(25.0)).print("  at 25 Hz");
        assert!((row.support - 1.0).abs() < 0.02, "{file}: {}", row.support);
        let x = recording.signal("pelvis_x").unwrap();
        let pelvis = SpeedSource::Pelvis { x, y: None };
        let speeds: Vec<Speed> = steps
            .accepted()
            .map(|s| pelvis.over(TimeSpan { start_s: s.start_s(), end_s: s.end_s }).unwrap())
            .collect();
        let mean = speeds.iter().map(|v| v.mps).sum::<f64>() / speeds.len() as f64;
        println!("  pelvis {mean:.2} m/s over {} steps", speeds.len());
        assert!((mean / lab_mps - 1.0).abs() < 0.02, "{file}: {mean}");
        rows.push(row);
    }
    let [jog, sprint] = rows.try_into().map_err(|_| "two trials").unwrap();
    assert_eq!((jog.n, sprint.n), (4, 3));
    // Clark & Weyand: sprinters 2.65 and 1.71 body weights at 10.4 m/s, other athletes 2.21 and 1.73 at 8.7 m/s.
    assert!(sprint.halves_bw[0] > 2.2 && (1.5..1.8).contains(&sprint.halves_bw[1]), "{:?}", sprint.halves_bw);
    assert!(sprint.halves_bw[0] - jog.halves_bw[0] > 0.3);
    assert!((0.7..0.9).contains(&sprint.r2));
    assert!(sprint.impulses_ns[1] > -sprint.impulses_ns[0], "still accelerating against the air");
    assert!(sprint.stiffness[0] > 3.0 * jog.stiffness[0]);
}
