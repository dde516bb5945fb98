//! Filters of finite impulse response.

use crate::filter::dot::{ROWS, Recent, dot, dots};
use crate::filter::{Band, Filter};
use crate::samples::{Sample, first_non_finite};
use crate::{Error, Flush, GroupDelay, Rate, Result, Stage};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::f64::consts::PI;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "FIR filtering";
/// The most taps a design may have.
const LONGEST: usize = 1 << 24;

/// A filter of finite impulse response: y(i) = sum of taps(k) x(i - k).
///
/// As a [`Stage`] it is causal and starts from silence, as `scipy.signal.lfilter(taps, 1, x)`; symmetric taps delay
/// every frequency by (taps - 1)/2 samples, which [`GroupDelay`] reports. As a [`Filter`] over a whole record it has no
/// delay: the middle tap falls on the sample itself, so the number of taps must be odd, and the record is continued at
/// both ends by its own point reflection, as [`crate::filter::ZeroPhase`] does. A record must be longer than half the taps.
///
/// Sums are kept in `f64`, also for `f32` samples, which are rounded once. NaN is refused over whole records; as a stage, it
/// reaches as many outputs as there are taps.
///
/// ```
/// use copeak::{Filter, GroupDelay, Rate, StageExt, filter::{Band, Fir}, filter::fir::Taper};
/// let rate = Rate::from_hz(1000.0)?;
/// let smooth = Fir::design(101, Band::Low(50.0), Taper::Hamming, rate)?; // scipy.signal.firwin(101, 50, fs=1000)
/// assert_eq!(smooth.group_delay(0.01), 50.0);
/// assert!((smooth.gain(0.0) - 1.0).abs() < 1e-15);
/// assert!(smooth.apply(&[2.0f64; 300])?.iter().all(|y| (y - 2.0).abs() < 1e-14));
/// let mut live = smooth.stream();
/// assert!(live.push(1.0f64).abs() < 0.01);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "lfilter")]
pub struct Fir {
    /// Last tap first, to match samples that run forwards in time.
    reversed: Box<[f64]>,
}

/// State of a [`Fir`]: its last input samples, in `f64`.
#[derive(Debug, Clone, PartialEq)]
pub struct FirState<W>(Recent<W>);

impl Fir {
    /// Creates a filter of these taps.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a tap; [`Error::NonFinite`] for a tap that is NaN or infinite.
    pub fn new(taps: impl Into<Vec<f64>>) -> Result<Self> {
        let mut taps = taps.into();
        let operation = "a FIR filter";
        if taps.is_empty() {
            return Err(Error::TooFew { operation, unit: "taps", needed: 1, got: 0 });
        }
        if let Some(index) = first_non_finite(&taps) {
            return Err(Error::NonFinite { operation, index });
        }
        taps.reverse();
        Ok(Self { reversed: taps.into_boxed_slice() })
    }

    /// Designs by the window method: the ideal filter's response cut to `count` taps and weighted by `window`, -6 dB at each cut-off
    /// and gain 1 in the (first) pass band, as `scipy.signal.firwin`.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `count` is not from 1 to 16777216, or even for a band that lets the Nyquist frequency
    /// through, or when the cut-offs do not rise; [`Error::Cutoff`]; as [`Taper::values`]; [`Error::Undefined`] when the
    /// taps are too few to have gain in the pass band.
    #[doc(alias = "firwin")]
    pub fn design(count: usize, band: Band, window: Taper, rate: Rate) -> Result<Self> {
        if !(1..=LONGEST).contains(&count) {
            let rule = "from 1 to 16777216";
            return Err(Error::Parameter { name: "number of taps", rule, value: count as f64 });
        }
        let to_nyquist = matches!(band, Band::High(_) | Band::Stop(..));
        if to_nyquist && count % 2 == 0 {
            let rule = "odd for a band that lets the Nyquist frequency through";
            return Err(Error::Parameter { name: "number of taps", rule, value: count as f64 });
        }
        window.check()?;
        let part = |f: f64| f / rate.nyquist_hz();
        // Pass bands as fractions of the Nyquist frequency, and where the gain is to be 1.
        let (bands, unity) = match band.checked(rate)? {
            Band::Low(f) => ([(0.0, part(f)), (0.0, 0.0)], 0.0),
            Band::High(f) => ([(part(f), 1.0), (0.0, 0.0)], 1.0),
            Band::Pass(low, high) => ([(part(low), part(high)), (0.0, 0.0)], 0.5 * (part(low) + part(high))),
            Band::Stop(low, high) => ([(0.0, part(low)), (part(high), 1.0)], 0.0),
        };
        let middle = 0.5 * (count as f64 - 1.0);
        let tap = |i: usize| {
            let m = (i.min(count - 1 - i) as f64 - middle).abs();
            let ideal: f64 = bands.iter().map(|(low, high)| ideal(*high, m) - ideal(*low, m)).sum();
            ideal * window.at(i, count)
        };
        let mut taps: Vec<f64> = (0..count).map(tap).collect();
        let gain: f64 =
            taps.iter().enumerate().map(|(i, h)| h * (PI * (i as f64 - middle) * unity).cos()).sum();
        if !(gain.is_finite() && gain.abs() > 1e-12) {
            let reason = "too few taps to have gain in the pass band";
            return Err(Error::Undefined { quantity: "a FIR filter", reason });
        }
        taps.iter_mut().for_each(|h| *h /= gain);
        Self::new(taps)
    }

    /// Designs with the fewest taps, odd in number, and the Kaiser window that keep the stop band `attenuation_db` down beyond a transition of
    /// `width_hz` around each cut-off, by Kaiser's formula (A - 7.95)/(2.285 pi width) + 1.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the width is not above 0 and finite; as [`Taper::from_attenuation_db`] and
    /// [`Fir::design`].
    #[doc(alias = "kaiserord")]
    pub fn kaiser(band: Band, width_hz: f64, attenuation_db: f64, rate: Rate) -> Result<Self> {
        if !(width_hz > 0.0 && width_hz.is_finite()) {
            let rule = "finite and above 0 Hz";
            return Err(Error::Parameter { name: "transition width", rule, value: width_hz });
        }
        let attenuation = checked_attenuation(attenuation_db)?.max(8.0);
        let needed = (attenuation - 7.95) / (2.285 * PI * width_hz / rate.nyquist_hz()) + 1.0;
        let count = needed.ceil() as usize | 1;
        Self::design(count, band, Taper::from_attenuation_db(attenuation_db)?, rate)
    }

    /// Returns the number of taps.
    pub fn count(&self) -> usize {
        self.reversed.len()
    }

    /// Returns the taps, the one for the newest sample first.
    pub fn taps(&self) -> impl DoubleEndedIterator<Item = f64> + ExactSizeIterator + '_ {
        self.reversed.iter().rev().copied()
    }

    /// Returns the gain at a frequency in cycles per sample, from 0 to 0.5.
    pub fn gain(&self, frequency: f64) -> f64 {
        let (re, im) = self.sum(frequency, |_| 1.0);
        re.hypot(im)
    }

    /// Sum of weight(k) taps(k) exp(-2 pi i f k), with k counted from the middle.
    fn sum(&self, frequency: f64, weight: impl Fn(f64) -> f64) -> (f64, f64) {
        let middle = 0.5 * (self.count() as f64 - 1.0);
        self.taps().enumerate().fold((0.0, 0.0), |(re, im), (k, h)| {
            let k = k as f64 - middle;
            let (sin, cos) = (2.0 * PI * frequency * k).sin_cos();
            (re + weight(k) * h * cos, im - weight(k) * h * sin)
        })
    }

    fn half(&self) -> usize {
        self.count() / 2
    }
}

/// The ideal low-pass to `edge`, a part of the Nyquist frequency, `m` samples from its middle.
fn ideal(edge: f64, m: f64) -> f64 {
    if m == 0.0 { edge } else { (PI * edge * m).sin() / (PI * m) }
}
impl crate::StageExt for Fir {}

impl<X: Sample> Stage<X> for Fir {
    type Output = X;
    type State = FirState<X::Wide>;

    fn initial_state(&self) -> Self::State {
        FirState(Recent::new(self.count()))
    }

    /// A state of a filter of another length starts afresh.
    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> X {
        if state.0.count() != self.count() {
            *state = Stage::<X>::initial_state(self);
        }
        state.0.push(x.widen());
        X::narrow(dot(&self.reversed, state.0.last(self.count())))
    }
}

impl<X: Sample> Flush<X> for Fir {}

/// (taps - 1)/2 for symmetric and antisymmetric taps, at every frequency.
impl GroupDelay for Fir {
    fn group_delay(&self, frequency: f64) -> f64 {
        let middle = 0.5 * (self.count() as f64 - 1.0);
        let mirrored = |sign: f64| self.taps().zip(self.taps().rev()).all(|(a, b)| a == sign * b);
        if mirrored(1.0) || mirrored(-1.0) {
            return middle;
        }
        let (h, slope) = (self.sum(frequency, |_| 1.0), self.sum(frequency, |k| k));
        middle + (slope.0 * h.0 + slope.1 * h.1) / (h.0 * h.0 + h.1 * h.1)
    }
}

impl<X: Sample> Filter<X> for Fir {
    /// The window over an end of the record.
    type Scratch = Vec<X>;

    fn scratch(&self) -> Vec<X> {
        Vec::with_capacity(self.count())
    }

    /// # Errors
    /// [`Error::Parameter`] when the number of taps is even; [`Error::TooFew`] when `x` is not longer than half the
    /// taps; [`Error::NonFinite`].
    fn check(&self, x: &[X]) -> Result<()> {
        let (operation, needed) = (OPERATION, self.half() + 1);
        if self.count() % 2 == 0 {
            let rule = "odd for a filter without delay";
            return Err(Error::Parameter { name: "number of taps", rule, value: self.count() as f64 });
        }
        if x.len() < needed {
            return Err(Error::TooFew { operation, unit: "samples", needed, got: x.len() });
        }
        match first_non_finite(x) {
            Some(index) => Err(Error::NonFinite { operation, index }),
            None => Ok(()),
        }
    }

    fn run(&self, x: &[X], out: &mut [X], window: &mut Vec<X>) {
        let (n, half) = (x.len(), self.half());
        let (first, last) = (x[0], x[n - 1]);
        let mut i = 0;
        while i < n {
            if i >= half && i + half + ROWS <= n {
                let rows: [&[X]; ROWS] = core::array::from_fn(|row| &x[i + row - half..=i + row + half]);
                for (out, sum) in out[i..].iter_mut().zip(dots(&self.reversed, rows)) {
                    *out = X::narrow(sum);
                }
                i += ROWS;
                continue;
            }
            window.clear();
            window.extend((0..self.count()).map(|k| match (i + k).checked_sub(half) {
                None => first + first - x[half - i - k],
                Some(at) if at < n => x[at],
                Some(at) => last + last - x[2 * (n - 1) - at],
            }));
            out[i] = X::narrow(dot(&self.reversed, window));
            i += 1;
        }
    }
}

whole_record!([X: Sample] Fir);

/// The largest Kaiser parameter: above it the window's Bessel function leaves the range of `f64`.
const STEEPEST: f64 = 700.0;

/// The window of a filter designed by the window method, symmetric over its taps.
///
/// ```
/// use copeak::filter::fir::Taper;
/// assert_eq!(Taper::Hann.values(3)?, [0.0, 1.0, 0.0]);
/// // The window of scipy.signal.resample_poly falls off to 1/I0(5).
/// assert!((Taper::Kaiser(5.0).values(9)?[0] - 0.036_710_892).abs() < 1e-9);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "get_window")]
pub enum Taper {
    /// All ones.
    Rectangular,
    /// 0.5 - 0.5 cos.
    Hann,
    /// 0.54 - 0.46 cos: the default of `scipy.signal.firwin`.
    Hamming,
    /// Kaiser's window with parameter beta, from 0 to 700; 5 is what `resample_poly` takes.
    #[doc(alias = "kaiser")]
    Kaiser(f64),
}

impl Taper {
    /// Creates the Kaiser window for a stop band this many decibels down (Kaiser 1974; the formulas of Oppenheim & Schafer).
    ///
    /// beta = 0.1102 (A - 8.7) above 50 dB, 0.5842 (A - 21)^0.4 + 0.07886 (A - 21) above 21 dB, else 0.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the attenuation is not from 0 to 6000 dB.
    #[doc(alias = "kaiser_beta")]
    pub fn from_attenuation_db(attenuation_db: f64) -> Result<Self> {
        let a = checked_attenuation(attenuation_db)?;
        Ok(Self::Kaiser(if a > 50.0 {
            0.1102 * (a - 8.7)
        } else if a > 21.0 {
            0.5842 * (a - 21.0).powf(0.4) + 0.07886 * (a - 21.0)
        } else {
            0.0
        }))
    }

    /// Returns the values over `count` taps.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a Kaiser parameter outside 0 to 700.
    #[cfg(feature = "alloc")]
    pub fn values(&self, count: usize) -> Result<alloc::vec::Vec<f64>> {
        self.check()?;
        Ok((0..count).map(|i| self.at(i, count)).collect())
    }

    fn check(&self) -> Result<()> {
        match *self {
            Self::Kaiser(beta) if !(0.0..=STEEPEST).contains(&beta) => {
                Err(Error::Parameter { name: "Kaiser parameter beta", rule: "from 0 to 700", value: beta })
            }
            _ => Ok(()),
        }
    }

    /// The value at tap `i` of `count`, exactly symmetric.
    fn at(&self, i: usize, count: usize) -> f64 {
        let last = count.saturating_sub(1);
        if last == 0 {
            return 1.0;
        }
        let i = i.min(last - i.min(last));
        let turn = || (2.0 * PI * i as f64 / last as f64).cos();
        match *self {
            Self::Rectangular => 1.0,
            Self::Hann => 0.5 - 0.5 * turn(),
            Self::Hamming => 0.54 - 0.46 * turn(),
            Self::Kaiser(beta) => {
                // 1 - r^2 with r = 1 - 2i/last, without cancellation.
                let inside = 4.0 * i as f64 * (last - i) as f64 / (last as f64 * last as f64);
                bessel_i0(beta * inside.sqrt()) / bessel_i0(beta)
            }
        }
    }
}

/// The attenuation, when it is one.
fn checked_attenuation(attenuation_db: f64) -> Result<f64> {
    if (0.0..=6000.0).contains(&attenuation_db) {
        Ok(attenuation_db)
    } else {
        Err(Error::Parameter {
            name: "stop-band attenuation",
            rule: "from 0 dB to 6000 dB",
            value: attenuation_db,
        })
    }
}

/// The modified Bessel function of the first kind and order 0, by its power series: all terms are positive.
fn bessel_i0(x: f64) -> f64 {
    let square = 0.25 * x * x;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-18 * sum {
        term *= square / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Analysis, Frame};
    use crate::{StageExt, stage::Causal};

    fn rate() -> Rate {
        Rate::from_hz(100.0).unwrap()
    }

    #[test]
    fn without_delay_it_is_the_causal_filter_moved_back() {
        let x: Vec<f64> = (0..200).map(|i| f64::from(i * i % 37) / 7.0).collect();
        let filter = Fir::design(31, Band::Pass(5.0, 20.0), Taper::Kaiser(4.0), rate()).unwrap();
        let (late, centred) = (Causal(&filter).analyze(&x).unwrap(), filter.apply(&x).unwrap());
        assert_eq!(late[45..185], centred[30..170]);
        let frames: Vec<_> = x.iter().map(|x| Frame([*x as f32, -*x as f32])).collect();
        let single = filter.apply(&frames).unwrap();
        let wide: Vec<f64> = x.iter().map(|x| f64::from(*x as f32)).collect();
        for (frame, y) in single.iter().zip(filter.apply(&wide).unwrap()) {
            assert_eq!(*frame, Frame([y as f32, -y as f32]), "rounded once");
        }
    }

    #[test]
    fn kaiser_keeps_the_stop_band_down() {
        for (attenuation, width) in [(30.0, 4.0), (60.0, 3.0), (90.0, 2.0)] {
            let filter = Fir::kaiser(Band::Low(10.0), width, attenuation, rate()).unwrap();
            let stop = (0..400).map(|i| 10.0 + width / 2.0 + f64::from(i) * 0.0949);
            let worst = stop.map(|f| filter.gain(f / 100.0)).fold(0.0, f64::max);
            let down = -20.0 * worst.log10();
            assert!(down > attenuation - 1.0 && down < attenuation + 6.0, "{attenuation} dB: {down}");
            assert!((filter.gain(0.1) - 0.5).abs() < 0.03, "-6 dB at the cut-off");
        }
    }

    #[test]
    fn any_taps_have_a_delay() {
        let causal = Fir::new([0.5, 0.3, 0.2]).unwrap();
        assert!((causal.group_delay(0.0) - 0.7).abs() < 1e-15, "the centre of gravity");
        assert_eq!(Fir::new([1.0, 0.0, -1.0]).unwrap().group_delay(0.2), 1.0);
        let mut live = (&causal).stream();
        assert_eq!([1.0, 0.0, 0.0, 0.0].map(|x| live.push(x)), [0.5, 0.3, 0.2, 0.0]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let even = Fir::design(30, Band::Low(10.0), Taper::Hann, rate()).unwrap();
        assert!(matches!(even.apply(&[0.0; 99]), Err(Error::Parameter { .. })));
        assert!(Fir::design(30, Band::High(10.0), Taper::Hann, rate()).is_err());
        assert!(Fir::design(0, Band::Low(10.0), Taper::Hann, rate()).is_err());
        assert!(matches!(Fir::new([]), Err(Error::TooFew { .. })));
        assert!(matches!(Fir::new([1.0, f64::NAN]), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(Fir::design(2, Band::Low(1.0), Taper::Hann, rate()), Err(Error::Undefined { .. })));
        let filter = Fir::design(31, Band::Low(10.0), Taper::Hann, rate()).unwrap();
        assert!(matches!(filter.apply(&[0.0; 15]), Err(Error::TooFew { needed: 16, .. })));
        assert!(filter.apply(&[1.0; 16]).unwrap().iter().all(|y| (y - 1.0f64).abs() < 1e-12));
        let mut x = [0.0; 40];
        x[7] = f64::INFINITY;
        assert!(matches!(filter.apply(&x), Err(Error::NonFinite { index: 7, .. })));
        for width in [0.0, -1.0, f64::NAN] {
            assert!(Fir::kaiser(Band::Low(10.0), width, 60.0, rate()).is_err());
        }
        assert!(Fir::kaiser(Band::Low(10.0), 1.0, f64::NAN, rate()).is_err());
        assert!(Fir::kaiser(Band::Low(10.0), 1e-300, 60.0, rate()).is_err());
    }
}
