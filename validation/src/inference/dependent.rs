//! Intervals from strides that resemble their neighbours, and what other degrees of freedom would do.

use crate::figure::{Figure, chance_widened, coverage, each, moments};
use crate::noise::Noise;
use copeak::Result;
use copeak::inference::distribution::student_quantile;
use copeak::inference::{Bootstrap, Interval, autocorrelation, block_length, effective_size, t_interval};

const STREAM: u64 = 100;

type Ends = Option<Interval>;

fn width(ci: &Ends) -> Option<f64> {
    ci.map(|ci| ci.width())
}

/// Median of the intervals there are.
fn median_width(intervals: &[Ends]) -> f64 {
    let mut widths: Vec<f64> = intervals.iter().filter_map(width).collect();
    widths.sort_by(f64::total_cmp);
    widths.get(widths.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Share of intervals more than ten times as wide as the median one: they say "cannot tell".
fn huge(intervals: &[Ends]) -> f64 {
    let bar = 10.0 * median_width(intervals);
    let given = intervals.iter().filter_map(width);
    given.clone().filter(|width| *width > bar).count() as f64 / given.count() as f64
}

/// The t-interval with max(n_eff - 1, (n - 1)/2) degrees of freedom.
fn more_freedom(values: &[f64]) -> Ends {
    let n = values.len() as f64;
    let size = effective_size(values.len(), autocorrelation(values));
    let (mean, sd) = moments(values);
    let freedom = (size - 1.0).max((n - 1.0) / 2.0);
    let reach = student_quantile(0.975, freedom) * sd / size.sqrt();
    reach.is_finite().then_some(Interval::around(mean, reach))
}

fn blocks(values: &[f64], session: usize) -> Result<Ends> {
    let bootstrap = Bootstrap::new(session as u64).block_length(block_length(values));
    let mean = |values: &mut [f64]| values.iter().sum::<f64>() / values.len() as f64;
    Ok(bootstrap.of(values, mean)?.ci)
}

/// Coverage and widths for autoregressive strides.
pub fn study(sessions: usize) -> Result<Vec<Figure>> {
    let (mut figures, mut freedoms) = (Vec::new(), Vec::new());
    let bar = chance_widened((0.88, 1.0), sessions);
    for (rho, n) in cases() {
        // Ten times as many sessions for what takes no resampling: the differences are small.
        let found = each(10 * sessions, |session| {
            let values = series(rho, n, session);
            let blocked = if session < sessions { blocks(&values, session)? } else { None };
            Ok((t_interval(&values, 0.95)?.ci, more_freedom(&values), blocked))
        });
        let found = found.into_iter().collect::<Result<Vec<(Ends, Ends, Ends)>>>()?;
        let all = |of: fn(&(Ends, Ends, Ends)) -> Ends| found.iter().map(of).collect::<Vec<Ends>>();
        let (ours, more, blocked) = (all(|f| f.0), all(|f| f.1), all(|f| f.2));
        let (share, without) = coverage(ours.iter().copied(), 0.0);
        // The bar is for dependent strides from ten on, up to a correlation of one half.
        let judged = n >= 10 && (0.25..=0.5).contains(&rho);
        let figure = |name, value| Figure::new("mean of dependent strides", case(rho, n), name, value);
        figures.extend([
            figure("t-interval, coverage", share).within_if(judged, bar.0, bar.1),
            figure("without", without),
            figure("block bootstrap, coverage", coverage(blocked.into_iter(), 0.0).0),
        ]);
        let (more_share, more_without) = coverage(more.iter().copied(), 0.0);
        let figure = |name, value| Figure::new("degrees of freedom", case(rho, n), name, value);
        freedoms.extend([
            figure("n_eff - 1: coverage", share),
            figure("without", without),
            figure("median width", median_width(&ours)),
            figure("over ten times as wide", huge(&ours)),
            figure("max(n_eff - 1, (n - 1)/2): coverage", more_share),
            figure("without any", more_without),
            figure("its median width", median_width(&more)),
            figure("over ten times that", huge(&more)),
        ]);
    }
    figures.extend(freedoms);
    Ok(figures)
}

fn cases() -> impl Iterator<Item = (f64, usize)> {
    [0.0, 0.25, 0.5, 0.7].into_iter().flat_map(|rho| [3, 5, 10, 25, 50].map(|n| (rho, n)))
}

fn case(rho: f64, n: usize) -> String {
    format!("correlation {rho}, {n} strides")
}

fn series(rho: f64, n: usize, session: usize) -> Vec<f64> {
    Noise::new(STREAM + n as u64, session).autoregressive(n, rho)
}
