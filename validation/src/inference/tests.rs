//! False alarms of every test under its null.

use crate::figure::{Figure, each};
use crate::noise::Noise;
use copeak::Result;
use copeak::inference::{
    Permutations, Surrogates, benjamini_hochberg, max_statistic, permutation_p, surrogate::Iaaft,
};
use copeak::synchrony::StrideCoupling;

const STUDY: &str = "false alarms";
const NAME: &str = "p <= 0.05";
const STREAM: u64 = 200;

/// Amount of simulation.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Sessions of each test.
    pub sessions: usize,
    /// Surrogates behind each p value.
    pub surrogates: usize,
    /// The same where each surrogate is slow.
    pub slow_sessions: usize,
    pub slow_surrogates: usize,
}

/// The expected result of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Expected {
    Nominal,
    /// Its p values have few steps: as many as there are permutations, or places to shift to.
    AtMost,
    /// A use that it is not made for.
    Reported,
}

fn figure(
    case: &str,
    expected: Expected,
    sessions: usize,
    alarm: impl Fn(usize) -> Result<bool> + Sync,
) -> Result<Figure> {
    let alarms = each(sessions, alarm).into_iter().collect::<Result<Vec<bool>>>()?;
    let share = alarms.iter().filter(|&&alarm| alarm).count() as f64 / sessions as f64;
    let reach = 3.0 * (0.05 * 0.95 / sessions as f64).sqrt();
    let least = if expected == Expected::AtMost { 0.0 } else { 0.05 - reach };
    let case = format!("{case}, {sessions} sessions");
    let figure = Figure::new(STUDY, case, NAME, share);
    Ok(figure.within_if(expected != Expected::Reported, least, 0.05 + reach))
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - mean_x, y - mean_y);
        (xy, xx, yy) = (xy + x * y, xx + x * x, yy + y * y);
    }
    xy / (xx * yy).sqrt()
}

/// The p value of the size of a correlation among those with surrogates of `x`.
fn surrogate_p(
    x: &[f64],
    y: &[f64],
    count: usize,
    mut surrogate: impl FnMut(&mut [f64]) -> Result<()>,
) -> Result<f64> {
    let mut out = x.to_vec();
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        surrogate(&mut out)?;
        values.push(correlation(&out, y).abs());
    }
    Ok(permutation_p(correlation(x, y).abs(), values))
}

/// All tests.
pub fn study(size: Size) -> Result<Vec<Figure>> {
    let Size { sessions, surrogates, slow_sessions, slow_surrogates } = size;
    let mut figures = Vec::new();
    for (n, m, expected) in [(4, 4, Expected::AtMost), (5, 6, Expected::AtMost), (12, 12, Expected::Nominal)]
    {
        let case = format!("permutation between {n} and {m} strides");
        figures.push(figure(&case, expected, sessions, |session| {
            let mut noise = Noise::new(STREAM, session);
            let test = Permutations::new(session as u64).count(surrogates);
            Ok(test.between(&noise.normals(n), &noise.normals(m))?.p <= 0.05)
        })?);
    }
    for (n, expected) in [(5, Expected::AtMost), (7, Expected::AtMost), (20, Expected::Nominal)] {
        let case = format!("permutation of {n} differences");
        figures.push(figure(&case, expected, sessions, |session| {
            let test = Permutations::new(session as u64).count(surrogates);
            Ok(test.paired(&Noise::new(STREAM + 1, session).normals(n))?.p <= 0.05)
        })?);
    }
    for (n, rho, expected) in [
        (200, 0.0, Expected::Nominal),
        (200, 0.5, Expected::Nominal),
        (30, 0.0, Expected::AtMost),
        (30, 0.5, Expected::AtMost),
    ] {
        let case = format!("circular shift, correlation of two series of {n}, each of correlation {rho}");
        figures.push(figure(&case, expected, sessions, |session| {
            let mut noise = Noise::new(STREAM + 2, session);
            let (x, y) = (noise.autoregressive(n, rho), noise.autoregressive(n, rho));
            let mut stream = Surrogates::new(session as u64);
            Ok(surrogate_p(&x, &y, surrogates, |out| stream.circular_shift(&x, out))? <= 0.05)
        })?);
    }
    for (rho, expected) in [(0.0, Expected::Nominal), (0.5, Expected::Reported)] {
        let case = format!("cycle shuffle, correlation over 30 cycles, each series of correlation {rho}");
        figures.push(figure(&case, expected, sessions, |session| {
            let mut noise = Noise::new(STREAM + 3, session);
            let (x, y) = (noise.autoregressive(30, rho), noise.autoregressive(30, rho));
            let starts: Vec<usize> = (0..30).collect();
            let mut stream = Surrogates::new(session as u64);
            Ok(surrogate_p(&x, &y, surrogates, |out| stream.cycle_shuffle(&x, &starts, out))? <= 0.05)
        })?);
    }
    for rho in [0.0, 0.5] {
        let case = format!(
            "phase-randomised (IAAFT), correlation of two series of 64, each of correlation {rho}, {slow_surrogates} surrogates"
        );
        figures.push(figure(&case, Expected::Nominal, slow_sessions, |session| {
            let mut noise = Noise::new(STREAM + 4, session);
            let (x, y) = (noise.autoregressive(64, rho), noise.autoregressive(64, rho));
            let (mut series, mut stream) = (Iaaft::new(&x)?, Surrogates::new(session as u64));
            Ok(surrogate_p(&x, &y, slow_surrogates, |out| stream.iaaft(&mut series, out))? <= 0.05)
        })?);
    }
    for (k, n, rho, expected) in
        [(2, 60, 0.0, Expected::AtMost), (4, 40, 0.0, Expected::Nominal), (4, 40, 0.5, Expected::Nominal)]
    {
        let case = format!("coupling of {k} contributors over {n} strides of correlation {rho}");
        figures.push(figure(&case, expected, sessions, |session| {
            let mut noise = Noise::new(STREAM + 5, session);
            let phases: Vec<Vec<f64>> = (0..k)
                .map(|_| {
                    let offset = noise.uniform();
                    noise.autoregressive(n, rho).iter().map(|v| offset + 0.03 * v).collect()
                })
                .collect();
            Ok(StrideCoupling::new(&phases)?.test(&Permutations::new(session as u64).count(surrogates))?.p
                <= 0.05)
        })?);
    }
    figures.push(figure(
        "largest of 5 dependent correlations, any false alarm",
        Expected::Nominal,
        sessions,
        |session| Ok(five(session, surrogates)?.iter().any(|p| *p <= 0.05)),
    )?);
    figures.push(figure(
        "Benjamini-Hochberg, 10 true nulls, any false alarm",
        Expected::Nominal,
        sessions,
        |session| {
            let mut noise = Noise::new(STREAM + 7, session);
            let p: Vec<f64> = (0..10).map(|_| noise.uniform()).collect();
            Ok(benjamini_hochberg(&p)?.iter().any(|p| *p <= 0.05))
        },
    )?);
    figures.push(discoveries(sessions)?);
    Ok(figures)
}

/// Adjusted p values of the correlations of five series, which resemble each other, with one that is apart from them.
fn five(session: usize, surrogates: usize) -> Result<Vec<f64>> {
    let mut noise = Noise::new(STREAM + 6, session);
    let (common, y) = (noise.normals(20), noise.normals(20));
    let series: Vec<Vec<f64>> = (0..5).map(|_| common.iter().map(|c| c + noise.normal()).collect()).collect();
    let all = |y: &[f64]| series.iter().map(|x| correlation(x, y).abs()).collect::<Vec<f64>>();
    let starts: Vec<usize> = (0..20).collect();
    let (mut stream, mut shuffled) = (Surrogates::new(session as u64), y.clone());
    let mut drawn = Vec::with_capacity(surrogates);
    for _ in 0..surrogates {
        // One order for all five keeps how they depend on each other.
        stream.cycle_shuffle(&y, &starts, &mut shuffled)?;
        drawn.push(all(&shuffled));
    }
    max_statistic(&all(&y), drawn)
}

/// The share of false discoveries where half of ten tests have something to find: at most 5 % of half.
fn discoveries(sessions: usize) -> Result<Figure> {
    let shares = each(sessions, |session| {
        let mut noise = Noise::new(STREAM + 8, session);
        let p: Vec<f64> =
            (0..10).map(|i| if i < 5 { noise.uniform() } else { noise.uniform().powi(6) }).collect();
        let found: Vec<bool> = benjamini_hochberg(&p)?.iter().map(|p| *p <= 0.05).collect();
        let (wrong, all) = (found[..5].iter().filter(|f| **f).count(), found.iter().filter(|f| **f).count());
        Ok(wrong as f64 / all.max(1) as f64)
    });
    let shares = shares.into_iter().collect::<Result<Vec<f64>>>()?;
    let share = shares.iter().sum::<f64>() / sessions as f64;
    let spread = shares.iter().map(|s| (s - share).powi(2)).sum::<f64>() / sessions as f64;
    let most = 0.025 + 3.0 * (spread / sessions as f64).sqrt();
    let case = format!("Benjamini-Hochberg, 5 of 10 nulls true, {sessions} sessions");
    Ok(Figure::new("false discoveries", case, "share among discoveries", share).within(0.0, most))
}
