//! The Teager-Kaiser energy operator.

use crate::samples::Sample;
#[cfg(feature = "alloc")]
use crate::{Error, Filter, Result};
use crate::{Flush, GroupDelay, Stage};

/// The Teager-Kaiser energy operator: y(i) = x(i)^2 - x(i-1) x(i+1), in squared units of the input.
///
/// Of a sine of amplitude A and w radians per sample it makes the constant A^2 sin^2 w: it follows amplitude *and*
/// frequency, and so lifts a muscle's action potentials, large and fast, out of noise and drift. Before an onset is
/// looked for in EMG, the band-passed signal goes through it (Solnik et al. 2010, Eur J Appl Physiol 110:489-498,
/// doi:10.1007/s00421-010-1521-8), then [`crate::filter::Rectify`], since noise makes some values negative, and perhaps a
/// low-pass.
///
/// Ends: the record continues by its own point reflection, as in [`crate::filter::ZeroPhase`], which makes the first value
/// (x(1) - x(0))^2 and the last (x(n-1) - x(n-2))^2. (NeuroKit repeats the neighbouring value instead; all others are
/// equal.) As long as the input. `f32` samples are multiplied in `f64`, where their products are exact, and rounded
/// once.
///
/// As a [`Stage`] it runs one sample late: the first push gives `None`, each later one the value at the sample
/// before, [`Flush::flush`] the last. [`crate::stage::Collect`] of it is bit for bit the whole-record form. A NaN
/// or infinite sample spoils its own value and its two neighbours', and no others.
///
/// ```
/// use copeak::{Filter, filter::Tkeo};
/// let tone: Vec<f64> = (0..100).map(|i| 3.0 * (0.5 * i as f64).sin()).collect();
/// let energy = Tkeo.apply(&tone)?;
/// assert!(energy[1..99].iter().all(|e| (e - (3.0 * 0.5f64.sin()).powi(2)).abs() < 1e-12));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[doc(alias = "teager")]
#[doc(alias = "signal_tkeo")]
pub struct Tkeo;

/// State of a [`Tkeo`]: the last samples, newest last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TkeoState<X> {
    before: Option<X>,
    last: Option<X>,
}

#[inline]
fn energy<X: Sample>(before: X, here: X, after: X) -> X {
    X::channelwise([before, here, after], |[before, here, after]| here * here - before * after)
}

/// At an end of the record, where the sample beyond is the point reflection of the one within.
#[inline]
fn energy_at_end<X: Sample>(end: X, within: X) -> X {
    X::channelwise([end, within], |[end, within]| (end - within) * (end - within))
}
impl crate::StageExt for Tkeo {}

impl<X: Sample> Stage<X> for Tkeo {
    type Output = Option<X>;
    type State = TkeoState<X>;

    fn initial_state(&self) -> Self::State {
        TkeoState { before: None, last: None }
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> Option<X> {
        let out = match (state.before, state.last) {
            (Some(before), Some(last)) => Some(energy(before, last, x)),
            (_, last) => last.map(|last| energy_at_end(last, x)),
        };
        state.before = state.last.replace(x);
        out
    }
}

impl<X: Sample> Flush<X> for Tkeo {
    fn flush(&self, state: &mut Self::State) -> Option<Option<X>> {
        let (before, last) = (state.before.take(), state.last.take());
        Some(Some(energy_at_end(last?, before?)))
    }
}

/// It waits for one sample.
impl GroupDelay for Tkeo {
    fn group_delay(&self, _frequency: f64) -> f64 {
        1.0
    }
}

#[cfg(feature = "alloc")]
impl<X: Sample> Filter<X> for Tkeo {
    type Scratch = ();

    fn scratch(&self) {}

    /// # Errors
    /// [`Error::TooFew`] below two samples.
    fn check(&self, x: &[X]) -> Result<()> {
        if x.len() < 2 {
            let operation = "the energy operator";
            return Err(Error::TooFew { operation, unit: "samples", needed: 2, got: x.len() });
        }
        Ok(())
    }

    fn run(&self, x: &[X], out: &mut [X], (): &mut ()) {
        let n = x.len();
        out[0] = energy_at_end(x[0], x[1]);
        for (out, x) in out[1..n - 1].iter_mut().zip(x.windows(3)) {
            *out = energy(x[0], x[1], x[2]);
        }
        out[n - 1] = energy_at_end(x[n - 1], x[n - 2]);
    }
}

#[cfg(feature = "alloc")]
whole_record!([X: Sample] Tkeo);
