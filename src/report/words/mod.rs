//! Results in words: what each prints in a terminal, and beside its figure in a notebook.
//!
//! Each says its units, how sure it is, and where it cannot tell.

mod convergence;
mod event;
mod filter;
mod inference;
#[cfg(feature = "notebook")]
pub(super) use inference::in_full;
mod model;
mod peak;
mod recording;
mod sequence;
mod session;
mod stride;
mod study;
mod synchrony;

use super::text::paragraph;
use crate::event::Side;
use crate::inference::Estimate;
use alloc::{
    format,
    string::{String, ToString},
};

/// About three significant figures.
fn number(value: f64) -> String {
    match value.abs() {
        size if !size.is_finite() => "-".to_string(),
        0.0 => "0".to_string(),
        size if size < 1e-3 => format!("{value:.1e}"),
        size if size < 1.0 => format!("{value:.3}"),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

fn or_dash(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_string(), number)
}

/// A time in milliseconds.
fn ms(seconds: f64) -> String {
    format!("{:.1} ms", 1e3 * seconds)
}

/// A part as per cent.
fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}

/// A p to three places.
pub(super) fn p_short(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_string() } else { format!("p {p:.3}") }
}

/// A p value; where it is above 5 % nothing is told, which is not that there is nothing.
fn p_words(p: f64) -> String {
    let p_words = p_short(p);
    if p > 0.05 { format!("{p_words}: cannot tell it from chance") } else { p_words }
}

/// An estimate with its interval, `factor` bringing it to `unit`: `17.2 ms [14.1, 20.3]`.
pub(super) fn estimate(e: &Estimate, factor: f64, unit: &str) -> String {
    format!("{:#}", e.scaled(factor).in_unit(unit))
}

/// A side in full.
fn foot(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

/// How many permutations, and whether these are all.
fn permutations(n: usize, all: bool) -> String {
    if all { format!("all {n} permutations") } else { format!("{n} random permutations") }
}

/// `1 step`, `3 steps`.
fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// The least and the largest of the finite values, and how many are not finite.
fn range(values: impl Iterator<Item = f64>) -> (Option<(f64, f64)>, usize) {
    values.fold((None, 0), |(range, missing), v| match range {
        _ if !v.is_finite() => (range, missing + 1),
        None => (Some((v, v)), missing),
        Some((low, high)) => (Some((low.min(v), high.max(v))), missing),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::t_interval;

    #[test]
    fn numbers_are_short() {
        let words = [0.0, 0.000_12, 0.1234, 1.234, 12.34, 1234.4, f64::NAN].map(number);
        assert_eq!(words, ["0", "1.2e-4", "0.123", "1.23", "12.3", "1234", "-"]);
    }

    #[test]
    fn an_estimate_names_its_unit_and_its_doubt() {
        let lag = t_interval(&[0.017, 0.021, 0.019, 0.0202], 0.95).unwrap();
        assert_eq!(estimate(&lag, 1e3, "ms"), "19.3 ms [16.5, 22.1], approximate");
        let few = t_interval(&[0.017], 0.95).unwrap();
        assert_eq!(estimate(&few, 1e3, "ms"), "17.0 ms (no interval: too few strides)");
    }

    #[test]
    fn what_chance_would_bring_is_not_told() {
        assert_eq!(p_words(0.2), "p 0.200: cannot tell it from chance");
        assert_eq!(p_words(0.0001), "p < 0.001");
    }
}
