//! Numbers, counts and paragraphs in words, for every `Display` of a result.

use crate::event::Side;
use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt::{self, Write};

/// Columns of a terminal.
const WIDTH: usize = 80;

/// About three significant figures.
pub(crate) fn number(value: f64) -> String {
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

pub(crate) fn or_dash(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_string(), number)
}

/// A time in milliseconds.
pub(crate) fn ms(seconds: f64) -> String {
    format!("{:.1} ms", 1e3 * seconds)
}

/// A fraction as per cent.
pub(crate) fn percent(fraction: f64) -> String {
    format!("{:.1} %", 100.0 * fraction)
}

/// A p value to three places.
#[cfg(feature = "analysis")]
pub(crate) fn p_short(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_string() } else { format!("p {p:.3}") }
}

/// A p value; above 5 % it is not distinguished from chance, which is not that there is nothing.
#[cfg(feature = "analysis")]
pub(crate) fn p_words(p: f64) -> String {
    let p_words = p_short(p);
    if p > 0.05 { format!("{p_words}: cannot tell it from chance") } else { p_words }
}

/// A side in full.
pub(crate) fn foot(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

/// The number of permutations, and whether these are all.
#[cfg(feature = "analysis")]
pub(crate) fn permutations(n: usize, all: bool) -> String {
    if all { format!("all {n} permutations") } else { format!("{n} random permutations") }
}

/// `1 step`, `3 steps`.
pub(crate) fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// The least and the largest of the finite values, and how many are not finite.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> (Option<(f64, f64)>, usize) {
    values.fold((None, 0), |(range, missing), v| match range {
        _ if !v.is_finite() => (range, missing + 1),
        None => (Some((v, v)), missing),
        Some((low, high)) => (Some((low.min(v), high.max(v))), missing),
    })
}

/// The meaning of a model's numbers.
#[cfg(feature = "analysis")]
pub(crate) fn model(name: &str) -> String {
    match name {
        "joint" => "model joint: angular-velocity drives, which are proxies and not forces".into(),
        "newton" => "model newton: segment forces from markers, signed, in newtons".into(),
        _ => format!("model {name}"),
    }
}

/// Text after a label, wrapped to the terminal and indented below the label's end.
pub(crate) fn paragraph(f: &mut fmt::Formatter<'_>, label: &str, text: &str) -> fmt::Result {
    let indent = label.chars().count();
    let mut line = String::from(label);
    for word in text.split_whitespace() {
        let used = line.chars().count();
        if used > indent && used + 1 + word.chars().count() > WIDTH {
            writeln!(f, "{}", line.trim_end())?;
            line.clear();
            write!(line, "{:indent$}", "")?;
        } else if used > indent {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(f, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_figures() {
        let words = [0.0, 0.000_12, 0.1234, 1.234, 12.34, 1234.4, f64::NAN].map(number);
        assert_eq!(words, ["0", "1.2e-4", "0.123", "1.23", "12.3", "1234", "-"]);
    }

    #[cfg(feature = "analysis")]
    #[test]
    fn a_p_above_5_percent_is_not_distinguished_from_chance() {
        assert_eq!(p_words(0.2), "p 0.200: cannot tell it from chance");
        assert_eq!(p_words(0.0001), "p < 0.001");
    }
}
