//! W4: the lag of 500 pairs of curves, bounded at a quarter of their length, buffers reused. A channel is a pair: its first half is the one curve,
//! its second half the other.

mod support;

use copeak::Rate;
use copeak::sequence::CrossCorrelation;
use copeak::sequence::correlation::Correlator;
use support::{Run, Workload};

struct Pairs {
    plan: Correlator,
    whole: bool,
    x: Vec<f64>,
    samples: usize,
    /// Lag in samples and correlation, pair after pair; NaN where there is no lag.
    found: Vec<f64>,
}

fn pairs<const WHOLE: bool, const PORTABLE: bool>(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let samples = x.len() / channels / 2;
    let rate = Rate::from_hz(1.0).unwrap();
    let mut of = CrossCorrelation::new((samples / 4) as f64).unwrap();
    of = if WHOLE { of.normalised_by_whole() } else { of };
    of = if PORTABLE { of.baseline_only() } else { of };
    let plan = of.plan(samples, rate).unwrap();
    Box::new(Pairs { plan, whole: WHOLE, x, samples, found: vec![0.0; 2 * channels] })
}

impl Run for Pairs {
    fn run(&mut self) {
        for (pair, found) in self.x.chunks_exact(2 * self.samples).zip(self.found.chunks_exact_mut(2)) {
            let (first, second) = pair.split_at(self.samples);
            let lag = self.plan.find(first, second);
            found.copy_from_slice(&lag.map_or([f64::NAN; 2], |lag| [lag.lag_s, lag.r]));
        }
    }

    fn result(&self) -> Vec<f64> {
        // A pair without a lag is the peer's as well; NaN would equal nothing.
        self.found.iter().map(|v| if v.is_nan() { -9.0 } else { *v }).collect()
    }

    fn expected(&self) -> Vec<f64> {
        let n = self.samples;
        let bound = (n / 4).min(n - (0.75 * n as f64).ceil() as usize);
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let mut out = vec![];
        for pair in self.x.chunks_exact(2 * n) {
            let (a, b) = pair.split_at(n);
            let part = |k: isize| {
                let (k, late) = (k.unsigned_abs(), k >= 0);
                if late { (&a[..n - k], &b[k..]) } else { (&a[k..], &b[..n - k]) }
            };
            let pearson = |k: isize| {
                let (p, q) = part(k);
                let (mp, mq) = if self.whole { (mean(a), mean(b)) } else { (mean(p), mean(q)) };
                let product: f64 = p.iter().zip(q).map(|(x, y)| (x - mp) * (y - mq)).sum();
                let norm = |x: &[f64], m: f64| x.iter().map(|v| (v - m).powi(2)).sum::<f64>();
                let norms = if self.whole { norm(a, mp) * norm(b, mq) } else { norm(p, mp) * norm(q, mq) };
                product / norms.sqrt()
            };
            let r: Vec<f64> = (-(bound as isize)..=bound as isize).map(pearson).collect();
            let best = (0..r.len()).max_by(|i, j| r[*i].total_cmp(&r[*j]).then(j.cmp(i))).unwrap();
            let line = |x: &[f64]| {
                let (middle, m) = ((n as f64 - 1.0) / 2.0, mean(x));
                let slope: f64 = x.iter().enumerate().map(|(i, v)| (i as f64 - middle) * (v - m)).sum();
                let spread: f64 = (0..n).map(|i| (i as f64 - middle).powi(2)).sum();
                slope * slope / spread / x.iter().map(|v| (v - m).powi(2)).sum::<f64>()
            };
            if best == 0 || best + 1 == r.len() || line(a) > 0.8 || line(b) > 0.8 {
                out.extend([-9.0, -9.0]);
                continue;
            }
            let (before, top, after) = (r[best - 1], r[best], r[best + 1]);
            let shift = 0.5 * (before - after) / (before - 2.0 * top + after);
            out.push(best as f64 + shift - bound as f64);
            out.push((top - 0.25 * (before - after) * shift).min(1.0));
        }
        out
    }
}

fn main() {
    let of = |name, samples: usize, set_up| Workload { name, unit: "pair", size: (500, 2 * samples), set_up };
    support::main(&[
        of("W4-101", 101, pairs::<true, false>),
        of("W4-300", 300, pairs::<true, false>),
        of("W4-1000", 1000, pairs::<true, false>),
        of("W4-101-baseline", 101, pairs::<true, true>),
        of("W4-300-baseline", 300, pairs::<true, true>),
        of("W4-1000-baseline", 1000, pairs::<true, true>),
        of("W4o-101", 101, pairs::<false, false>),
        of("W4o-300", 300, pairs::<false, false>),
        of("W4o-1000", 1000, pairs::<false, false>),
    ]);
}
