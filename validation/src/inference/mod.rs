//! Do intervals hold the truth as often as they say, and do tests raise false alarms no more often than they say? Run it
//! through `scripts/validate inference`.

mod coverage;
mod dependent;
mod tests;

use crate::options::Options;
use crate::{Error, figure};
use std::ffi::OsString;

const INTRODUCTION: &str = "# Inference: coverage and false alarms

Written by `scripts/validate inference --markdown PATH` from simulations with fixed seeds. A number with a range in brackets
must lie in it; one without is only reported.

- **Intervals** are simulated 2,000 times at level 0.95 (means of dependent strides 20,000 times) and must hold the truth in
  92 to 98 % from 10 units on and in at least 90 % with 3 to 9. Means of dependent strides: at least 88 % from 10 strides on, up
  to a correlation of 0.5 between neighbours. Where a method is marked approximate for another reason than few strides
  (percentile and BCa below 30) the number is reported.
  Below 5 strides the expanded interval is not made of percentiles: no resample lies outside of its strides, so that of 3
  or 4 they cover at most 75 or 87.5 %.
- **Tests** are simulated 10,000 times under their null with 999 surrogates (99 where they are phase-randomised, which is slow)
  and must raise 4.35 to 5.65 % false alarms at 5 % (three standard errors); discrete ones, whose p values have few steps, at
  most 5.65 %.
- *Without* is the share of sessions that get no interval, because neighbouring strides resemble each other so much that
  they are worth one stride or less. They claim nothing and are not counted as misses.
- *Degrees of freedom* compares those of the t-interval with others on the same sessions. Nothing uses the others.

The nulls of kappa have their own table in the [recovery studies][recovery].

[recovery]: recovery.md
";

/// Runs the study with the arguments that follow its name, and returns whether everything that it requires holds.
///
/// # Errors
/// An unknown argument, or a failure of the study.
pub fn run(arguments: Vec<OsString>) -> Result<bool, Error> {
    let options = Options::read(arguments, &["quick", "only", "json", "markdown"])?;
    let sessions = if options.quick { 500 } else { 2000 };
    let mut figures = Vec::new();
    if options.wants("intervals") {
        figures.extend(coverage::study(sessions)?);
    }
    if options.wants("dependent") {
        figures.extend(dependent::study(sessions)?);
    }
    if options.wants("tests") {
        let size = if options.quick {
            tests::Size { sessions: 2000, surrogates: 199, slow_sessions: 200, slow_surrogates: 99 }
        } else {
            tests::Size { sessions: 10_000, surrogates: 999, slow_sessions: 10_000, slow_surrogates: 99 }
        };
        figures.extend(tests::study(size)?);
    }
    figure::publish(&options, INTRODUCTION, &figures)
}
