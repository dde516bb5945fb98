//! Standard errors of force events cover the truth as often as they claim.

use copeak::event::{ForceContacts, Side};
use copeak::{Clock, Rate, Signal};
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

    /// When the force rises to `level`.
    fn rises_to(&self, level: f64) -> f64 {
        self.start + self.length / std::f64::consts::PI * (level / self.peak).asin()
    }

    /// When it falls to `level`.
    fn falls_to(&self, level: f64) -> f64 {
        2.0 * self.start + self.length - self.rises_to(level)
    }
}

/// Share of initial and of terminal contacts that lie within 1.96 standard errors of the truth.
fn coverage(rate_hz: f64, noise_n: f64, length: f64, seed: u64) -> (f64, f64) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let clock = Clock::from_zero(Rate::hz(rate_hz).unwrap());
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
