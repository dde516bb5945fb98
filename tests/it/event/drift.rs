//! Drift of a treadmill's force: drift that is added is removed, whatever happens to single contacts.

use crate::common;
use crate::common::cases;
use crate::common::memory as counting;
use copeak::event::drift::DriftRemoval;
use copeak::event::{Contact, FootContacts, ForceContacts, Side};
use copeak::filter::ZeroPhase;
use copeak::recording::csv;
use copeak::{Clock, Error, Filter, Flush, Rate, Signal, Stage, StageExt};
use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

fn uniform(rng: &mut Xoshiro256PlusPlus) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn on(rate_hz: f64, samples: Vec<f64>) -> Signal {
    Signal::new(Clock::from_zero(Rate::from_hz(rate_hz).unwrap()), samples)
}

/// Half-sine contacts of `contact_s`, one every `step_s`, without drift.
fn run(rate_hz: f64, seconds: f64, step_s: f64, contact_s: f64) -> Vec<f64> {
    let force = |i: usize| {
        let phase = ((i as f64 / rate_hz + 0.1) % step_s) / contact_s;
        if phase < 1.0 { 1600.0 * (std::f64::consts::PI * phase).sin() } else { 0.0 }
    };
    (0..(seconds * rate_hz) as usize).map(force).collect()
}

/// Slow, curved, and up to 9 N/s steep.
fn drift(t: f64) -> f64 {
    60.0 * (t / 7.0).sin() + 3.0 * (t / 1.9).cos() + 20.0
}

fn largest(x: impl Iterator<Item = f64>) -> f64 {
    x.map(f64::abs).fold(0.0, f64::max)
}

#[test]
fn added_drift_is_removed() {
    for (rate_hz, step_s, contact_s) in
        [(300.0, 0.36, 0.25), (1000.0, 0.25, 0.14), (100.0, 0.7, 0.25), (2000.0, 0.3, 0.24)]
    {
        let clean = run(rate_hz, 20.0, step_s, contact_s);
        let added = |i: usize| drift(i as f64 / rate_hz);
        let drifting = clean.iter().enumerate().map(|(i, f)| f + added(i)).collect();
        let level = DriftRemoval::default().apply(&on(rate_hz, drifting)).unwrap();
        let off = |i: usize| level.samples()[i] - clean[i];
        let edge = (1.2 * step_s * rate_hz) as usize;
        let inside = largest((edge..clean.len() - edge).map(off));
        let ends = largest((0..clean.len()).map(off));
        println!("{rate_hz} Hz, step {step_s} s: within {inside:.2} N, at the ends {ends:.2} N");
        assert!(inside < 1.0, "{rate_hz} Hz: {inside} N");
        assert!(ends < 9.0 * 1.2 * step_s + 1.0, "held over the first and last step: {ends} N");
    }
}

#[test]
fn one_wrong_level_is_left_out_and_a_step_of_the_level_is_followed() {
    let mut force = run(300.0, 20.0, 0.36, 0.25);
    let flights = DriftRemoval::default().baseline(&on(300.0, force.clone())).unwrap();
    let hit = flights.flights()[20];
    // A knock: one flight 200 N too low, and one 80 N too high.
    let span =
        |f: &copeak::event::drift::FlightLevel| (f.start_s * 300.0) as usize..(f.end_s * 300.0) as usize + 1;
    force[span(&hit)].iter_mut().for_each(|x| *x -= 200.0);
    let knocked = DriftRemoval::new(100.0).baseline(&on(300.0, force)).unwrap();
    let refused: Vec<_> = knocked.flights().iter().filter(|f| !f.accepted).collect();
    assert_eq!(refused.len(), 1);
    assert!((refused[0].middle_s() - hit.middle_s()).abs() < 0.02 && refused[0].level_n == -200.0);
    assert!(knocked.range_n() < 1e-9);

    let mut jump = run(300.0, 20.0, 0.36, 0.25);
    jump[3000..].iter_mut().for_each(|x| *x += 500.0);
    let level = DriftRemoval::default().apply(&on(300.0, jump)).unwrap();
    let clean = run(300.0, 20.0, 0.36, 0.25);
    // The steps around the jump, and the 1.5 s for which the old level is still looked back at, are lost.
    let off = |i: usize| (level.samples()[i] - clean[i]).abs();
    assert!((0..2700).all(|i| off(i) < 1e-9) && (3600..6000).all(|i| off(i) < 1e-9));
}

#[test]
fn standing_still_and_leaving_the_belt_are_no_flights() {
    let mut force = run(300.0, 30.0, 0.36, 0.25);
    let clean = force.clone();
    let stand = |i: usize| 700.0 + 8.0 * (i as f64 / 40.0).sin();
    (0..1200).for_each(|i| force[i] = stand(i));
    (6000..7500).for_each(|i| force[i] = 0.0);
    (8000..9000).for_each(|i| force[i] = stand(i));
    let baseline = DriftRemoval::default().baseline(&on(300.0, force.clone())).unwrap();
    assert!(baseline.flights().iter().filter(|f| f.accepted).all(|f| f.level_n == 0.0), "{baseline:?}");
    let level = DriftRemoval::default().apply(&on(300.0, force)).unwrap();
    assert_eq!(level.samples()[1200..6000], clean[1200..6000]);
}

#[test]
fn force_without_flight_and_settings_out_of_range_are_refused() {
    let force = || run(300.0, 5.0, 0.36, 0.25);
    let refused = |removal: DriftRemoval, x: Signal| removal.baseline(&x).unwrap_err();
    assert!(matches!(
        refused(DriftRemoval::default(), on(40.0, force())),
        Error::Parameter { name: "sample rate", .. }
    ));
    assert!(matches!(refused(DriftRemoval::new(0.0), on(300.0, force())), Error::Parameter { .. }));
    assert!(matches!(refused(DriftRemoval::new(f64::NAN), on(300.0, force())), Error::Parameter { .. }));
    let mut odd = DriftRemoval::default();
    odd.max_flight_s = 0.01;
    assert!(matches!(refused(odd, on(300.0, force())), Error::Parameter { .. }));
    let mut infinite = force();
    infinite[77] = f64::INFINITY;
    assert!(matches!(
        refused(DriftRemoval::default(), on(300.0, infinite)),
        Error::NonFinite { index: 77, .. }
    ));
    for none in [vec![], vec![f64::NAN; 900], vec![700.0; 900]] {
        assert!(matches!(refused(DriftRemoval::default(), on(300.0, none)), Error::Missing { .. }));
    }
    let rate = Rate::from_hz(300.0).unwrap();
    assert!(DriftRemoval::default().live(rate, -1.0).is_err());
    assert!(DriftRemoval::default().live(rate, f64::NAN).is_err());
    assert!(DriftRemoval::default().live(Rate::from_hz(20.0).unwrap(), 1.0).is_err());
}

/// Everything the live form gives, held-back samples too.
fn live(force: &[f64], rate_hz: f64, delay_s: f64) -> Vec<f64> {
    let stage = DriftRemoval::default().live(Rate::from_hz(rate_hz).unwrap(), delay_s).unwrap();
    let mut state = stage.initial_state();
    let mut out: Vec<f64> = force.iter().filter_map(|&x| stage.process(&mut state, x)).collect();
    out.extend(std::iter::from_fn(|| stage.flush(&mut state).flatten()));
    out
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_live_stream_gives_the_samples_of_the_record(
        rate_hz in 60.0..900.0f64, step_s in 0.25..0.42f64, duty in 0.4..0.8f64, noise in 0.0..4.0f64,
        gap in 0usize..3000, seed in 0u64..1000,
    ) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut force: Vec<f64> = run(rate_hz, 12.0, step_s, duty * step_s)
            .iter().enumerate()
            .map(|(i, f)| f + drift(i as f64 / rate_hz) + noise * (2.0 * uniform(&mut rng) - 1.0))
            .collect();
        let gap = gap.min(force.len() - 5);
        force[gap..gap + 4].fill(f64::NAN);
        let whole = DriftRemoval::default().apply(&on(rate_hz, force.clone())).unwrap();
        let out = live(&force, rate_hz, 4.0);
        prop_assert_eq!(out.len(), force.len());
        for (i, (a, b)) in out.iter().zip(whole.samples()).enumerate() {
            prop_assert!(same(*a, *b), "sample {i}: {a} live, {b} whole");
        }
    }

    #[test]
    fn anything_finite_gives_a_baseline_within_the_force_or_a_refusal(
        x in prop::collection::vec(prop_oneof![Just(f64::NAN), -3000.0..3000.0f64, Just(0.0), Just(5000.0)], 0..900),
        rate_hz in 50.0..300.0f64, delay_s in 0.0..2.0f64,
    ) {
        if let Ok(baseline) = DriftRemoval::default().baseline(&on(rate_hz, x.clone())) {
            prop_assert!(baseline.range_n() <= 8000.0);
            let y = DriftRemoval::default().apply(&on(rate_hz, x.clone())).unwrap();
            prop_assert!(y.samples().iter().zip(&x).all(|(y, x)| y.is_nan() == x.is_nan()));
        }
        prop_assert_eq!(live(&x, rate_hz, delay_s).len(), x.len());
    }
}

#[test]
fn a_short_delay_holds_the_last_level_and_a_long_one_allocates_nothing_per_sample() {
    let rate_hz = 300.0;
    let clean = run(rate_hz, 20.0, 0.36, 0.25);
    let drifting: Vec<f64> = clean.iter().enumerate().map(|(i, f)| f + drift(i as f64 / rate_hz)).collect();
    let at_once = live(&drifting, rate_hz, 0.0);
    assert!(at_once[..300].iter().all(|y| y.is_nan()), "nothing is known of the plate yet");
    let off = |i: usize| at_once[i] - clean[i];
    let worst = largest((900..clean.len()).map(off));
    // Three steps and half a second at up to 9 N/s.
    assert!(worst < 9.0 * (3.0 * 0.36 + 0.53) + 1.0, "{worst}");

    for delay_s in [0.0, 0.5, 4.0] {
        let mut stream =
            DriftRemoval::default().live(Rate::from_hz(rate_hz).unwrap(), delay_s).unwrap().stream();
        let made = counting::allocations(|| {
            drifting.iter().for_each(|&x| {
                std::hint::black_box(stream.push(x));
            });
        });
        assert_eq!(made, 0, "delay {delay_s} s");
    }
}

/// The treadmill runner of the recordings: 300 Hz with drift, and 150 Hz without.
fn runner() -> Option<(Vec<f64>, Vec<f64>)> {
    let data = common::data()?;
    let text = std::fs::read_to_string(data.join("drift_dryft/custom_drift_S001runT25.csv")).unwrap();
    let drifting = text.split_whitespace().map(|v| v.trim_end_matches(',').parse().unwrap()).collect();
    let undrifted = csv::read(data.join("treadmill_rbds/s01_v25.csv")).unwrap();
    let foot = |side: &str| undrifted.signal(&format!("grf_vertical_{side}")).unwrap().samples().clone();
    let both = foot("r").iter().zip(foot("l")).map(|(r, l)| r + l).collect();
    Some((drifting, both))
}

const LOW_PASS_HZ: f64 = 45.0;

fn contacts_at_70(force: &[f64], rate_hz: f64, smooth: bool) -> FootContacts {
    let rate = Rate::from_hz(rate_hz).unwrap();
    let force = if smooth {
        ZeroPhase::low_pass(2, LOW_PASS_HZ, rate).unwrap().apply(force).unwrap()
    } else {
        force.to_vec()
    };
    ForceContacts::new(70.0, 70.0).find(&on(rate_hz, force), Side::Right).unwrap()
}

/// Mean force over the middle halves of the flights after those contacts that `whole` takes: of all of them together,
/// and the largest of one.
fn in_flight(force: &[f64], rate_hz: f64, found: &FootContacts, whole: impl Fn(usize) -> bool) -> (f64, f64) {
    let (mut sum, mut n, mut worst) = (0.0, 0.0, 0.0_f64);
    for (_, pair) in found.contacts.windows(2).enumerate().filter(|(i, _)| whole(*i)) {
        let (from, to) = (pair[0].terminal.time_s, pair[1].initial.time_s);
        let quarter = 0.25 * (to - from);
        let flight = &force[((from + quarter) * rate_hz) as usize + 1..((to - quarter) * rate_hz) as usize];
        let total: f64 = flight.iter().sum();
        worst = worst.max((total / flight.len() as f64).abs());
        (sum, n) = (sum + total, n + flight.len() as f64);
    }
    (sum / n, worst)
}

/// Differences in seconds of the contacts in `found` from the nearest of `known`, initial and terminal; `known` ones that
/// `kept` refuses are skipped.
fn differences(known: &FootContacts, found: &FootContacts, kept: impl Fn(&Contact) -> bool) -> [Vec<f64>; 2] {
    let nearest = |wanted: &Contact, time: fn(&Contact) -> f64| {
        let off = found.contacts.iter().map(|c| time(c) - time(wanted));
        off.min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap()
    };
    let wanted: Vec<&Contact> = known.contacts.iter().filter(|c| kept(c)).collect();
    [
        wanted.iter().map(|c| nearest(c, |c| c.initial.time_s)).collect(),
        wanted.iter().map(|c| nearest(c, |c| c.terminal.time_s)).collect(),
    ]
}

#[test]
fn the_treadmill_runners_drift_is_removed() {
    let Some((drifting, undrifted)) = runner() else { return };
    let level = DriftRemoval::new(70.0).apply(&on(300.0, drifting)).unwrap();
    let found = contacts_at_70(level.samples(), 300.0, true);
    let (mean, worst) = in_flight(level.samples(), 300.0, &found, |_| true);
    println!("mean force in flight {mean:.3} N, largest of one flight {worst:.3} N");
    assert!(mean.abs() < 5.0 && worst < 5.0);
    // The undrifted recording was low-passed at 45 Hz by its authors, before it was resampled and zeroed below 50 N;
    // once more, literally, it agrees as well.
    for again in [false, true] {
        let known = contacts_at_70(&undrifted, 150.0, again);
        for (name, e) in ["initial", "terminal"].iter().zip(&differences(&known, &found, |_| true)) {
            let mean = e.iter().sum::<f64>() / e.len() as f64;
            let worst = largest(e.iter().copied());
            println!(
                "{name}: {} contacts, mean {:.2} ms, largest {:.2} ms",
                e.len(),
                1e3 * mean,
                1e3 * worst
            );
            assert!(e.len() > 75 && worst < 0.004, "{name}, low-passed again {again}: {worst} s");
        }
    }
}

/// Something that happens to a stance, over the samples of the stance and of the flight after it.
#[derive(Debug, Clone, Copy)]
enum Mishap {
    /// The foot leaves after this share of the stance.
    CutShort(f64),
    /// It never lands.
    Removed,
    /// It lands again at once: no flight follows.
    Doubled,
    /// A knock in the flight after it, of this force in newtons for this number of samples.
    False(f64, usize),
}

impl Mishap {
    fn draw(rng: &mut Xoshiro256PlusPlus) -> Self {
        match (4.0 * uniform(rng)) as usize {
            0 => Self::CutShort(0.2 + 0.6 * uniform(rng)),
            1 => Self::Removed,
            2 => Self::Doubled,
            _ => Self::False(100.0 + 900.0 * uniform(rng), 3 + (12.0 * uniform(rng)) as usize),
        }
    }

    /// Does it to `force`, whose stance is from `down` to `up` and whose next one begins at `next`.
    fn happen(self, force: &mut [f64], (down, up, next): (usize, usize, usize)) {
        match self {
            Self::CutShort(share) => force[down + ((up - down) as f64 * share) as usize..up].fill(0.0),
            Self::Removed => force[down..up].fill(0.0),
            Self::Doubled => {
                for i in up..next {
                    force[i] = force[down + (i - up) % (up - down)];
                }
            }
            Self::False(newtons, samples) => {
                let from = up + (next - up) / 3;
                force[from..from + samples].iter_mut().for_each(|x| *x += newtons);
            }
        }
    }
}

#[test]
fn damaged_stances_do_not_move_the_others() {
    let Some((drifting, _)) = runner() else { return };
    let removal = DriftRemoval::new(70.0);
    let level = removal.apply(&on(300.0, drifting.clone())).unwrap().into_samples();
    let added: Vec<f64> = drifting.iter().zip(&level).map(|(x, y)| x - y).collect();
    let known = contacts_at_70(&level, 300.0, true);
    let edge = |time_s: f64| (time_s * 300.0) as usize;
    let (mut worst_mean, mut worst_flight) = (0.0_f64, 0.0_f64);
    let (mut worst_event, mut worst_level) = (0.0_f64, 0.0_f64);
    for seed in 0..200 {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut wrecked = level.clone();
        let mut hit = vec![];
        while hit.len() < 5 {
            let i = (uniform(&mut rng) * (known.contacts.len() - 1) as f64) as usize;
            if hit.contains(&i) {
                continue;
            }
            hit.push(i);
            let (this, next) = (known.contacts[i], known.contacts[i + 1]);
            // The force leaves and returns some samples beyond 70 N.
            let bounds = (
                edge(this.initial.time_s) - 3,
                edge(this.terminal.time_s) + 5,
                edge(next.initial.time_s) - 3,
            );
            Mishap::draw(&mut rng).happen(&mut wrecked, bounds);
        }
        let raw: Vec<f64> = wrecked.iter().zip(&added).map(|(y, b)| y + b).collect();
        let again = removal.apply(&on(300.0, raw.clone())).unwrap().into_samples();
        let found = contacts_at_70(&again, 300.0, true);
        let baseline = raw.iter().zip(&again).zip(&added).map(|((x, y), b)| x - y - b);
        worst_level = worst_level.max(largest(baseline.skip(300).take(8400)));
        // Flights between complete stances: those that were hit, and the two next to them, are another signal.
        let whole = |c: &Contact| {
            let i = known.contacts.iter().position(|k| k == c).unwrap();
            hit.iter().all(|&h| i + 1 < h || i > h + 1)
        };
        for e in differences(&known, &found, whole) {
            worst_event = worst_event.max(largest(e.into_iter()));
        }
        let (mean, one) = in_flight(&again, 300.0, &known, |i| !hit.contains(&i) && !hit.contains(&(i + 1)));
        worst_mean = worst_mean.max(mean.abs());
        worst_flight = worst_flight.max(one);
    }
    println!("200 records: mean force in flight within {worst_mean:.2} N (one flight {worst_flight:.2} N)");
    println!("events within {:.2} ms, baseline within {worst_level:.2} N", 1e3 * worst_event);
    assert!(worst_mean < 5.0 && worst_event < 0.004);
}
