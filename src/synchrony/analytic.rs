//! The Hilbert transform of a record by FFT.

use crate::samples::first_non_finite;
use crate::{Error, Result, Samples};
use alloc::sync::Arc;
use alloc::{vec, vec::Vec};
use core::fmt;
use core::ops::Range;
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

const OPERATION: &str = "the analytic signal";

/// The analytic signal of a record: a complex signal without negative frequencies. Its real part is the record, its imaginary
/// part the Hilbert transform.
///
/// Equals `scipy.signal.hilbert`. The transform treats the record as one period of a periodic signal, so a jump from the
/// last sample to the first makes the phase near both ends wrong: for a sine wave of 1.3 to 5.5 cycles by 60 to 130 degrees at
/// the ends (mean over starting phases), by 8 to 14 degrees a quarter of a cycle inside. Remedies, the best first (Ippersiel,
/// Preuss & Robbins 2019, *J. Appl. Biomech.* 35:247-255, compare methods of padding):
///
/// 1. Transform the whole recording, then [`Analytic::cut`] the strides: their neighbours are real data and the best padding.
/// 2. Without neighbours, [`Analytic::bridged`] adds a cubic spline from the last sample back to the first: with half a cycle
///    of it the errors of the same waves are 3 to 13 degrees at the ends and 2 to 7 inside. Mirroring the record leaves 65 to 84.
/// 3. A record of whole cycles needs neither.
///
/// # Costs and limitations
/// Two real FFTs; a length with large prime factors takes several times as long. The phase is meaningful for a
/// record that oscillates once per cycle about 0: before the transform, remove its mean or mid-range ([`Analytic::centred`]) and
/// components slower or faster than the cycle.
///
/// ```
/// use copeak::synchrony::Analytic;
/// let x: Vec<f64> = (0..200).map(|i| 3.0 * (i as f64 * 0.02 * std::f64::consts::TAU).cos()).collect();
/// let analytic = Analytic::of(&x)?;
/// assert!(analytic.amplitude().iter().all(|a| (a - 3.0).abs() < 1e-12));
/// assert!((analytic.phase_rad()[10] - 0.2 * std::f64::consts::TAU).abs() < 1e-12);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "hilbert")]
#[non_exhaustive]
pub struct Analytic {
    /// The record.
    pub real: Vec<f64>,
    /// Its Hilbert transform.
    pub imaginary: Vec<f64>,
}

impl Analytic {
    /// Computes the analytic signal of a record, unchanged.
    ///
    /// # Errors
    /// [`Error::TooFew`] without samples, [`Error::NonFinite`].
    pub fn of<S: Samples<Item = f64> + ?Sized>(x: &S) -> Result<Self> {
        let real = x.to_slice().into_owned();
        let mut hilbert = Hilbert::new(real.len())?;
        let mut imaginary = vec![0.0; real.len()];
        hilbert.transform_into(&real, &mut imaginary)?;
        Ok(Self { real, imaginary })
    }

    /// Computes the analytic signal of a record less its mid-range, (least + largest)/2, within `range`: the centre that Lamb &
    /// Stöckl (2014, doi:10.1016/j.clinbiomech.2014.03.008) use for relative phase. The whole record is transformed and then cut to
    /// `range`, so that its surroundings serve as padding; `0..x.len()` is a range without surroundings.
    ///
    /// # Errors
    /// As [`Analytic::of`]; [`Error::TooFew`] for a range that is empty or leaves the record.
    pub fn centred<S: Samples<Item = f64> + ?Sized>(x: &S, range: Range<usize>) -> Result<Self> {
        let samples = x.to_slice();
        let part = part(&samples, range.clone())?;
        let (least, largest) =
            part.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        let centred: Vec<f64> = samples.iter().map(|v| v - least - 0.5 * (largest - least)).collect();
        Self::of(&centred)?.cut(range)
    }

    /// Computes the analytic signal of a record without neighbours that does not hold whole cycles. Before the transform the record
    /// is extended by `samples` samples of a cubic spline from its last sample back to its first, with the slopes of both ends. Half
    /// a cycle is a good length; the length of a whole record is worse than no extension.
    ///
    /// # Errors
    /// As [`Analytic::of`]; [`Error::TooFew`] below two samples in the record.
    pub fn bridged<S: Samples<Item = f64> + ?Sized>(x: &S, samples: usize) -> Result<Self> {
        let mut record = x.to_slice().into_owned();
        let n = record.len();
        if n < 2 {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 2, got: n });
        }
        let width = samples as f64 + 1.0;
        let (from, to) = (record[n - 1], record[0]);
        let (leaving, arriving) = (width * (from - record[n - 2]), width * (record[1] - to));
        record.extend((1..=samples).map(|i| {
            let u = i as f64 / width;
            let v = 1.0 - u;
            from * v * v * (1.0 + 2.0 * u) + leaving * u * v * v + to * u * u * (3.0 - 2.0 * u)
                - arriving * u * u * v
        }));
        Self::of(&record)?.cut(0..n)
    }

    /// Cuts the signal to a range.
    ///
    /// # Errors
    /// [`Error::TooFew`] for a range that is empty or leaves the record.
    pub fn cut(mut self, range: Range<usize>) -> Result<Self> {
        part(&self.real, range.clone())?;
        for samples in [&mut self.real, &mut self.imaginary] {
            samples.truncate(range.end);
            samples.drain(..range.start);
        }
        Ok(self)
    }

    /// Returns the phase in radians, in (-pi, pi]; 0 where the amplitude is 0.
    pub fn phase_rad(&self) -> Vec<f64> {
        self.real.iter().zip(&self.imaginary).map(|(x, h)| h.atan2(*x)).collect()
    }

    /// Returns the amplitude, in the unit of the record.
    pub fn amplitude(&self) -> Vec<f64> {
        self.real.iter().zip(&self.imaginary).map(|(x, h)| x.hypot(*h)).collect()
    }
}

fn part(samples: &[f64], range: Range<usize>) -> Result<&[f64]> {
    let (needed, got) = (range.end.max(range.start.saturating_add(1)), samples.len());
    let inside = samples.get(range).filter(|part| !part.is_empty());
    inside.ok_or(Error::TooFew { operation: "a part of a record", unit: "samples", needed, got })
}

/// The Hilbert transform of records of one length, planned once, with its memory.
///
/// ```
/// use copeak::synchrony::phase::Hilbert;
/// let (mut hilbert, mut turned) = (Hilbert::new(4)?, [0.0; 4]);
/// hilbert.transform_into(&[1.0, 0.0, -1.0, 0.0], &mut turned)?;
/// assert_eq!(turned, [0.0, 1.0, 0.0, -1.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Clone)]
pub struct Hilbert {
    length: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    record: Vec<f64>,
    spectrum: Vec<Complex64>,
    scratch: Vec<Complex64>,
}

impl Hilbert {
    /// Plans the transform of records of `length` samples.
    ///
    /// # Errors
    /// [`Error::TooFew`] for a length of 0.
    pub fn new(length: usize) -> Result<Self> {
        if length == 0 {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 1, got: 0 });
        }
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Ok(Self {
            length,
            record: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            scratch: vec![Complex64::default(); scratch],
            forward,
            inverse,
        })
    }

    /// Returns the number of samples of a record.
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        self.length
    }

    /// Writes the Hilbert transform of `x` to `out`. Does not allocate.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when either is not of the planned length, [`Error::NonFinite`].
    pub fn transform_into(&mut self, x: &[f64], out: &mut [f64]) -> Result<()> {
        for length in [x.len(), out.len()] {
            if length != self.length {
                let left = self.length;
                return Err(Error::LengthMismatch { operation: OPERATION, left, right: length });
            }
        }
        let Self { record, spectrum, scratch, .. } = self;
        record.copy_from_slice(x);
        let failed =
            |_| Error::Undefined { quantity: OPERATION, reason: "the transform refused its buffers" };
        self.forward.process_with_scratch(record, spectrum, scratch).map_err(failed)?;
        // The first bin is the sum, which is not finite if any sample is not: that saves a check of every sample.
        if !spectrum[0].re.is_finite() {
            return Err(match first_non_finite(x) {
                Some(index) => Error::NonFinite { operation: OPERATION, index },
                None => {
                    Error::Undefined { quantity: OPERATION, reason: "the samples are too large to be summed" }
                }
            });
        }
        // A quarter turn back for every frequency except 0 and half the rate, which have no conjugate.
        let scale = 1.0 / self.length as f64;
        spectrum[0] = Complex64::default();
        if self.length % 2 == 0 {
            spectrum[self.length / 2] = Complex64::default();
        }
        for bin in spectrum.iter_mut() {
            *bin = Complex64::new(scale * bin.im, -scale * bin.re);
        }
        self.inverse.process_with_scratch(spectrum, out, scratch).map_err(failed)
    }
}

impl fmt::Debug for Hilbert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hilbert").field("length", &self.length).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::TAU;

    /// Largest phase error in degrees of a wave of `cycles` cycles in 200 samples, over all of it.
    fn worst(cycles: f64, analytic: impl Fn(&[f64]) -> Analytic) -> f64 {
        let phase = |i: usize| 0.4 + TAU * cycles * i as f64 / 200.0;
        let x: Vec<f64> = (0..200).map(|i| phase(i).cos()).collect();
        let found = analytic(&x).phase_rad();
        let off = found.iter().enumerate().map(|(i, p)| {
            let d = p - phase(i);
            d.sin().atan2(d.cos()).abs().to_degrees()
        });
        off.fold(0.0, f64::max)
    }

    #[test]
    fn whole_cycles_need_no_padding() {
        assert!(worst(3.0, |x| Analytic::of(x).unwrap()) < 1e-10);
    }

    #[test]
    fn a_bridge_lessens_the_end_error_and_neighbours_remove_it() {
        for cycles in [1.3, 2.4, 5.5] {
            let half = (100.0 / cycles) as usize;
            let plain = worst(cycles, |x| Analytic::of(x).unwrap());
            let bridged = worst(cycles, |x| Analytic::bridged(x, half).unwrap());
            let around: Vec<f64> =
                (-2000..2200).map(|i| (0.4 + TAU * cycles * f64::from(i) / 200.0).cos()).collect();
            let cut = worst(cycles, |_| Analytic::of(&around).unwrap().cut(2000..2200).unwrap());
            assert!(bridged < 0.5 * plain && cut < 0.1 * plain, "{cycles}: {plain} {bridged} {cut}");
        }
    }

    #[test]
    fn one_to_three_samples_are_enough_and_none_or_nan_are_errors() {
        assert_eq!(Analytic::of(&[2.0]).unwrap().imaginary, [0.0]);
        assert_eq!(Analytic::of(&[2.0, 1.0]).unwrap().imaginary, [0.0, 0.0]);
        assert!(matches!(Analytic::of(&[0.0; 0]), Err(Error::TooFew { .. })));
        assert!(matches!(Analytic::of(&[0.0, f64::NAN]), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(Analytic::bridged(&[0.0], 3), Err(Error::TooFew { needed: 2, .. })));
        let analytic = Analytic::of(&[1.0, 2.0, 0.0]).unwrap();
        assert!(matches!(analytic.clone().cut(2..2), Err(Error::TooFew { .. })));
        assert!(matches!(analytic.clone().cut(2..4), Err(Error::TooFew { needed: 4, got: 3, .. })));
        assert_eq!(analytic.cut(1..3).unwrap().real, [2.0, 0.0]);
    }
}
