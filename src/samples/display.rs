//! Signals in words.

use crate::format::{count, number, range};
use crate::{Real, Samples, Signal};
use alloc::{format, string::String};
use core::fmt;

impl<S> fmt::Display for Signal<S>
where
    S: Samples,
    S::Item: Real,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&described(self, ""))
    }
}

/// Length, rate, time and values of a signal, the values in this unit.
pub(crate) fn described<S>(signal: &Signal<S>, unit: &str) -> String
where
    S: Samples,
    S::Item: Real,
{
    let samples = signal.samples();
    let (span, missing) = range(samples.iter_samples().map(Real::as_f64));
    let mut words = format!(
        "{} at {} Hz, {:.3} to {:.3} s",
        count(samples.len(), "sample"),
        number(signal.clock().rate().as_hz()),
        signal.start_s(),
        signal.end_s()
    );
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    match span {
        Some((low, high)) => words += &format!(", from {} to {}{unit}", number(low), number(high)),
        None => words += ", no value",
    }
    if missing > 0 {
        words += &format!(", {missing} missing");
    }
    words
}
