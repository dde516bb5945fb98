//! Standard errors of force events cover the truth as often as they claim.

use crate::common::memory as counting;
use copeak::event::live::Footfall;
use copeak::event::{ForceContacts, Side};
use copeak::filter::Resample;
use copeak::{Clock, Rate, Signal, StageExt};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Uniform in [0, 1).
fn uniform(rng: &mut Xoshiro256PlusPlus) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn normal(rng: &mut Xoshiro256PlusPlus) -> f64 {
    let (u, v) = (1.0 - uniform(rng), uniform(rng));
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Half a sine: contact of `length` seconds from `start` with peak force `peak`.
#[derive(Clone, Copy)]
struct Stance {
    start: f64,
    length: f64,
    peak: f64,
}

impl Stance {
    fn force(&self, t: f64) -> f64 {
        let phase = (t - self.start) / self.length;
        if (0.0..=1.0).contains(&phase) { self.peak * (std::f64::consts::PI * phase).sin() } else { 0.0 }
    }

    /// Returns the time at which the force rises to `level`.
    fn rises_to(&self, level: f64) -> f64 {
        self.start + self.length / std::f64::consts::PI * (level / self.peak).asin()
    }

    /// Returns the time at which it falls to `level`.
    fn falls_to(&self, level: f64) -> f64 {
        2.0 * self.start + self.length - self.rises_to(level)
    }
}

/// Share of initial and of terminal contacts that lie within 1.96 standard errors of the truth.
fn coverage(rate_hz: f64, noise_n: f64, length: f64, seed: u64) -> (f64, f64) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let clock = Clock::from_zero(Rate::from_hz(rate_hz).unwrap());
    let (mut initial, mut terminal, mut n) = (0, 0, 0);
    for _ in 0..60 {
        let stances: Vec<Stance> = (0..20)
            .map(|i| Stance {
                start: 0.2 + 0.7 * f64::from(i) + 0.02 * uniform(&mut rng),
                length: length * (0.9 + 0.2 * uniform(&mut rng)),
                peak: 1500.0 + 600.0 * uniform(&mut rng),
            })
            .collect();
        let samples: Vec<f64> = (0..(14.5 * rate_hz) as usize)
            .map(|i| {
                let t = i as f64 / rate_hz;
                stances.iter().map(|s| s.force(t)).sum::<f64>() + noise_n * normal(&mut rng)
            })
            .collect();
        let found = ForceContacts::default().find(&Signal::new(clock, samples), Side::Left).unwrap();
        assert_eq!(found.contacts.len(), stances.len());
        let measured = found.plate.unwrap().noise_sd_n;
        assert!((measured / noise_n - 1.0).abs() < 0.1, "noise {noise_n} measured as {measured}");
        for (contact, stance) in found.contacts.iter().zip(&stances) {
            let (ic, tc) = (contact.initial, contact.terminal);
            initial += usize::from((ic.time_s - stance.rises_to(50.0)).abs() <= 1.96 * ic.se_s);
            terminal += usize::from((tc.time_s - stance.falls_to(20.0)).abs() <= 1.96 * tc.se_s);
            n += 1;
        }
    }
    (initial as f64 / n as f64, terminal as f64 / n as f64)
}

#[test]
fn standard_errors_cover_the_truth() {
    for (rate_hz, noise_n, length) in [
        (2000.0, 2.0, 0.22),
        (1000.0, 2.0, 0.22),
        (1000.0, 5.0, 0.22),
        (1000.0, 3.0, 0.11),
        (500.0, 3.0, 0.22),
        (300.0, 3.0, 0.22),
        (150.0, 3.0, 0.22),
    ] {
        let (initial, terminal) = coverage(rate_hz, noise_n, length, 1);
        println!("{rate_hz} Hz, {noise_n} N, {length} s: {initial:.4} {terminal:.4}");
        for share in [initial, terminal] {
            // 0.96 to 0.997 by design, and three standard errors of 1200 draws; slow plates only err on the safe side.
            let upper = if rate_hz < 500.0 { 1.0 } else { 0.9992 };
            assert!((0.943..=upper).contains(&share), "{rate_hz} Hz, {noise_n} N, {length} s: {share}");
        }
    }
}

/// One cell of the grid: how often the truth lies within 1.96 SE of initial and of terminal contacts, and by how much
/// the reported threshold delay misses the true one.
struct Cell {
    covered: [f64; 2],
    /// Reported less true, in seconds.
    delay_off: [f64; 2],
    events: usize,
}

const FINE_HZ: f64 = 2000.0;

/// Contacts resampled from 2000 Hz to `rate_hz`, then noise whose power lies `down_db` below that of the contact threshold.
fn cell(rate_hz: f64, on_n: f64, down_db: f64, seed: u64) -> Cell {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let noise_n = on_n * 10f64.powf(-down_db / 20.0);
    let off_n = 0.5 * on_n;
    let method = ForceContacts::new(on_n, off_n);
    let (mut covered, mut delays, mut truth, mut n) = ([0.0; 2], [0.0; 2], [0.0; 2], 0.0);
    const RECORDS: usize = 15;
    for _ in 0..RECORDS {
        let stances: Vec<Stance> = (0..20)
            .map(|i| Stance {
                start: 0.2 + 0.7 * f64::from(i) + 0.02 * uniform(&mut rng),
                length: 0.22 * (0.9 + 0.2 * uniform(&mut rng)),
                peak: 1500.0 + 600.0 * uniform(&mut rng),
            })
            .collect();
        let fine: Vec<f64> = (0..(14.5 * FINE_HZ) as usize)
            .map(|i| stances.iter().map(|s| s.force(i as f64 / FINE_HZ)).sum())
            .collect();
        let (from, to) = (Rate::from_hz(FINE_HZ).unwrap(), Rate::from_hz(rate_hz).unwrap());
        let clean = if rate_hz == FINE_HZ {
            fine
        } else {
            Resample::between(from, to).unwrap().apply(&fine).unwrap()
        };
        let noisy: Vec<f64> = clean.iter().map(|f| f + noise_n * normal(&mut rng)).collect();
        let found = method.find(&Signal::new(Clock::from_zero(to), noisy), Side::Left).unwrap();
        assert_eq!(found.contacts.len(), stances.len(), "{rate_hz} Hz, {on_n} N, {down_db} dB");
        for (contact, stance) in found.contacts.iter().zip(&stances) {
            let (ic, tc) = (contact.initial, contact.terminal);
            let late =
                [stance.rises_to(on_n) - stance.start, stance.falls_to(off_n) - stance.start - stance.length];
            let off =
                [ic.time_s - stance.start - late[0], tc.time_s - stance.start - stance.length - late[1]];
            for (k, se) in [ic.se_s, tc.se_s].into_iter().enumerate() {
                covered[k] += f64::from(u8::from(off[k].abs() <= 1.96 * se));
                truth[k] += late[k];
            }
            n += 1.0;
        }
        let plate = found.plate.unwrap();
        delays[0] += plate.initial_bias_s.unwrap();
        delays[1] += plate.terminal_bias_s.unwrap();
    }
    let off = |k: usize| delays[k] / RECORDS as f64 - truth[k] / n;
    Cell { covered: covered.map(|c| c / n), delay_off: [off(0), off(1)], events: n as usize }
}

#[test]
fn the_error_grows_with_the_standard_error_over_thresholds_noise_and_rates() {
    println!("rate   on    dB   initial terminal   delay off, ms");
    for rate_hz in [2000.0, 1000.0, 500.0, 250.0, 150.0, 100.0] {
        let (mut all, mut cells) = ([0.0; 2], 0.0);
        for on_n in [10.0, 20.0, 50.0, 80.0] {
            for down_db in [10.0, 20.0, 30.0, 40.0] {
                let cell = cell(rate_hz, on_n, down_db, 7);
                println!(
                    "{rate_hz:5} {on_n:4} {down_db:5}   {:.3}   {:.3}      {:.2} {:.2}",
                    cell.covered[0],
                    cell.covered[1],
                    1e3 * cell.delay_off[0],
                    1e3 * cell.delay_off[1]
                );
                assert_eq!(cell.events, 300);
                // Three standard errors of 300 draws are 0.05.
                assert!(cell.covered.iter().all(|&c| c >= 0.9), "{rate_hz} Hz, {on_n} N, {down_db} dB");
                // The delay is stated to within half a millisecond, or a quarter of a sample where that is more, while
                // the noise is less than a tenth of the threshold.
                let off = cell.delay_off.iter().fold(0.0_f64, |a, d| a.max(d.abs()));
                let allowed = 0.0005_f64.max(0.25 / rate_hz);
                assert!(
                    down_db < 20.0 || off < allowed,
                    "{rate_hz} Hz, {on_n} N, {down_db} dB: delay off by {off} s"
                );
                (0..2).for_each(|k| all[k] += cell.covered[k]);
                cells += 1.0;
            }
        }
        println!("{rate_hz:5}  all         {:.3}   {:.3}", all[0] / cells, all[1] / cells);
        // Below 500 Hz the grid's share, the exact standard deviation of a corner anywhere between two samples, is bounded
        // and covers all; from there on noise has its say.
        let most = if rate_hz < 500.0 { 1.0 } else { 0.991 };
        let pooled = all.map(|a| a / cells);
        assert!(pooled.iter().all(|p| (0.975..=most).contains(p)), "{rate_hz} Hz: {pooled:?}");
    }
}

#[test]
fn the_live_detector_allocates_nothing() {
    let clock = Clock::from_zero(Rate::from_hz(1000.0).unwrap());
    let mut live = ForceContacts::default().live(clock, Side::Left, 2.0).unwrap().stream();
    let stance = Stance { start: 0.1, length: 0.22, peak: 1700.0 };
    let mut whole = 0;
    let made = counting::allocations(|| {
        for i in 0..70_000 {
            let x = if i % 1000 == 999 { f64::NAN } else { stance.force(f64::from(i % 700) / 1000.0) };
            whole += usize::from(matches!(live.push(x), Some(Footfall::Complete(_))));
        }
    });
    assert_eq!(made, 0);
    assert!(whole > 60, "{whole}");
}
