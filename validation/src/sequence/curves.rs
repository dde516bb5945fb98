//! Lags of whole curves: bias and intervals, by correlation and by phase.

use crate::figure::{Figure, chance_widened, coverage, each, moments};
use crate::noise::Noise;
use copeak::Rate;
use copeak::inference::Strides;
use copeak::sequence::{CrossCorrelation, PhaseSlope};
use std::f64::consts::TAU;

const SAMPLES: usize = 100;
const RATE_HZ: f64 = 150.0;
/// Standard deviation of the lag from cycle to cycle, in samples.
const JITTER: f64 = 1.0;

/// A skew pulse on the cycle, its place in samples.
fn pulse(place: f64) -> impl Fn(usize) -> f64 {
    move |i| {
        let turn = TAU * (i as f64 - place) / SAMPLES as f64;
        (4.0 * (turn.cos() - 1.0)).exp() + 0.4 * (9.0 * ((turn - 0.6).cos() - 1.0)).exp()
    }
}

fn session(cycles: usize, lag: f64, sd: f64, noise: &mut Noise) -> Vec<(Vec<f64>, Vec<f64>)> {
    (0..cycles)
        .map(|_| {
            let here = 40.0 + 3.0 * noise.normal();
            let there = here + lag + JITTER * noise.normal();
            let (a, b) = (pulse(here), pulse(there));
            let mut curve =
                |p: &dyn Fn(usize) -> f64| (0..SAMPLES).map(|i| p(i) + sd * noise.normal()).collect();
            (curve(&a), curve(&b))
        })
        .collect()
}

/// All of it.
pub fn study(count: usize) -> Vec<Figure> {
    let rate = Rate::from_hz(RATE_HZ).expect("above 0");
    let correlation = CrossCorrelation::new(0.25 * SAMPLES as f64 / RATE_HZ).expect("above 0").circular();
    let slope = PhaseSlope::new(1.0, 12.0).expect("a band").circular();
    let mut figures = Vec::new();
    for (cycles, lag, sd) in
        [(5, 0.0, 0.05), (10, 0.0, 0.05), (10, 6.4, 0.05), (20, 6.4, 0.05), (50, 6.4, 0.05), (20, 6.4, 0.3)]
    {
        let truth = lag / RATE_HZ;
        let strides = Strides::ungrouped(cycles);
        let found = each(count, |i| {
            let seed = (i + 10_000_000 * cycles) as u64 ^ ((1000.0 * (lag + sd)) as u64) << 40;
            let session = session(cycles, lag, sd, &mut Noise::from_seed(seed));
            let by_correlation = correlation.over_cycles(&session, rate, &strides);
            let by_phase = slope.find(&session, rate, &strides);
            [by_correlation.map(|c| c.mean_s).ok(), by_phase.map(|p| p.lag_s).ok()]
        });
        let bar = chance_widened(if cycles < 10 { (0.90, 1.0) } else { (0.92, 0.98) }, count);
        for (k, method) in ["by correlation", "by phase slope"].into_iter().enumerate() {
            let name = format!("{method}: {cycles} cycles, lag {lag} samples, noise {sd} of the peak");
            let known: Vec<_> = found.iter().filter_map(|both| both[k]).collect();
            let off: Vec<f64> = known.iter().map(|e| (e.value - truth) * RATE_HZ).collect();
            let (bias, scatter) = moments(&off);
            let (held, without) = coverage(known.iter().map(|e| e.ci), truth);
            let study = "lag of curves";
            // The mean of all sessions: a fiftieth of the jitter and three of its standard errors.
            let most = 0.02 * JITTER + 3.0 * scatter / (count as f64).sqrt();
            figures.push(Figure::new(study, name.clone(), "coverage", held).within(bar.0, bar.1));
            figures.push(Figure::new(study, name.clone(), "bias, samples", bias).within(-most, most));
            figures.push(Figure::new(study, name.clone(), "scatter, samples", scatter));
            figures.push(Figure::new(study, name, "no interval", without));
        }
    }
    figures
}
