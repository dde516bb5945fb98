//! Butterworth design from poles and zeros.

use crate::filter::design::{Plan, Warped, checked_order, checked_passes};
use crate::filter::state::Sections;
use crate::filter::{Band, Section};
use crate::{Rate, Real, Result};
use core::f64::consts::{LN_2, PI};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A Butterworth filter: maximally flat, any order, low-, high-, band-pass or band-stop.
///
/// Order and cut-off are *per pass*: frequency response as `scipy.signal.butter(order, cutoff, fs=rate)`, so a
/// band-pass or band-stop of order n has 2n poles. A design holds no coefficients; [`Butterworth::sections`] computes
/// them without heap, [`Butterworth::cascade`] for any order.
///
/// # Running twice
/// Two passes square the gain, so the -3 dB point moves: [`Butterworth::for_passes`] designs for the point after all
/// passes (Robertson & Dowling 2003, doi:10.1016/S1050-6411(03)00080-4; Winter 2009).
/// [`Butterworth::effective_cutoff_hz`] returns where any design ends up. Measured from impulse responses, every kind,
/// orders 1 to 8, cut-offs from 0.1 to 45 % of the rate, one pass and two: within a millionth of a decibel of half
/// power.
///
/// # Costs and limitations
/// Designed in `f64` from poles and zeros by formulas without cancellation, then rounded to `T` so that the gain at
/// 0 Hz (high-pass: at the Nyquist frequency; band-pass: nowhere) is 1 to the last digits of `T`. Against 50 digits, at
/// orders to 10 and cut-offs down to 0.1 % of the rate, two passes over random walks err by at most 1.1e-12 of the
/// largest value, by half of what SciPy's coefficients give in the median case, and by more than SciPy's in one case
/// out of six. The gain sits in the first section, as
/// in SciPy, unless it is so small that samples times it could underflow; then each section has its own.
///
/// ```
/// use copeak::{Rate, filter::{Band, Butterworth}};
/// let rate = Rate::from_hz(300.0)?;
/// let once = Butterworth::low_pass(2, 50.0, rate)?;
/// let twice = once.for_passes(2)?;
/// assert_eq!(once.band(), Band::Low(50.0));
/// let Band::Low(design_hz) = twice.band() else { unreachable!() };
/// assert_eq!((design_hz * 1e6).round() / 1e6, 59.569044);
/// assert_eq!(twice.effective_order(2)?, 4);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "butter")]
pub struct Butterworth {
    order: usize,
    band: Band,
    rate: Rate,
}

impl Butterworth {
    /// Creates a design of `order` per pass for `band` at `rate`.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] when the order is not from 1 to 1000 or the upper cut-off not above the lower one;
    /// [`crate::Error::Cutoff`] when a cut-off is NaN or not strictly between 0 Hz and the Nyquist frequency.
    pub fn new(order: usize, band: Band, rate: Rate) -> Result<Self> {
        Ok(Self { order: checked_order(order)?, band: band.checked(rate)?, rate })
    }

    /// Creates a low-pass.
    ///
    /// # Errors
    /// As [`Butterworth::new`].
    pub fn low_pass(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Self::new(order, Band::Low(cutoff_hz), rate)
    }

    /// Creates a high-pass.
    ///
    /// # Errors
    /// As [`Butterworth::new`].
    pub fn high_pass(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Self::new(order, Band::High(cutoff_hz), rate)
    }

    /// Creates a band-pass.
    ///
    /// # Errors
    /// As [`Butterworth::new`].
    pub fn band_pass(order: usize, low_hz: f64, high_hz: f64, rate: Rate) -> Result<Self> {
        Self::new(order, Band::Pass(low_hz, high_hz), rate)
    }

    /// Creates a band-stop.
    ///
    /// # Errors
    /// As [`Butterworth::new`].
    pub fn band_stop(order: usize, low_hz: f64, high_hz: f64, rate: Rate) -> Result<Self> {
        Self::new(order, Band::Stop(low_hz, high_hz), rate)
    }

    /// Returns the design whose -3 dB points lie at this one's cut-offs after `passes` passes.
    ///
    /// With C = (2^(1/passes) - 1)^(1/(2 order)) and W = tan(pi f / rate): low W/C, high W C; band and stop keep the
    /// centre W1 W2 and make the width (W2 - W1)/C and (W2 - W1) C.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for 0 passes; [`crate::Error::Cutoff`] when the corrected cut-off cannot be distinguished
    /// from the Nyquist frequency.
    pub fn for_passes(self, passes: usize) -> Result<Self> {
        let widen = 1.0 / self.shrinkage(passes)?;
        if passes == 1 {
            return Ok(self);
        }
        Self::new(self.order, self.band.warped(self.rate).widened(widen).band(self.rate), self.rate)
    }

    /// Returns the order per pass.
    pub fn order(&self) -> usize {
        self.order
    }

    /// Returns the cut-offs per pass.
    pub fn band(&self) -> Band {
        self.band
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Returns the order after `passes` passes: how steep each edge is, in multiples of 6 dB per octave.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for 0 passes.
    pub fn effective_order(&self, passes: usize) -> Result<usize> {
        Ok(self.order.saturating_mul(checked_passes(passes)?))
    }

    /// Returns the frequencies at which the gain is -3 dB after `passes` passes, in hertz.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for 0 passes.
    pub fn effective_cutoff_hz(&self, passes: usize) -> Result<Band> {
        let shrink = self.shrinkage(passes)?;
        if passes == 1 {
            return Ok(self.band);
        }
        Ok(self.band.warped(self.rate).widened(shrink).band(self.rate))
    }

    /// Returns the gain of one pass at `frequency_hz`, exactly as designed.
    ///
    /// ```
    /// use copeak::{Rate, filter::Butterworth};
    /// let filter = Butterworth::low_pass(4, 50.0, Rate::from_hz(1000.0)?)?;
    /// assert_eq!(filter.gain(0.0), 1.0);
    /// assert!((filter.gain(50.0) - 0.5f64.sqrt()).abs() < 1e-15);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        let v = (PI * frequency_hz / self.rate.as_hz()).tan();
        let detuning = match self.band.warped(self.rate) {
            Warped::Low(w) => v / w,
            Warped::High(w) => w / v,
            Warped::Pass(centre2, width) => (v * v - centre2) / (width * v),
            Warped::Stop(centre2, width) => width * v / (centre2 - v * v),
        };
        1.0 / (1.0 + detuning.abs().powf(2.0 * self.order as f64)).sqrt()
    }

    /// By what factor `passes` passes narrow what one pass lets through.
    fn shrinkage(&self, passes: usize) -> Result<f64> {
        Ok((LN_2 / checked_passes(passes)? as f64).exp_m1().powf(0.5 / self.order as f64))
    }

    /// Returns the number of sections: half the poles, rounded up.
    pub fn section_count(&self) -> usize {
        self.plan().count()
    }

    /// Returns the sections, computed one by one without heap, most damped pole first.
    ///
    /// The rows of `butter(..., output="sos")` for low- and high-passes of even order; otherwise SciPy pairs zeros with
    /// poles in another way, with the same response.
    ///
    /// # Errors
    /// [`crate::Error::Undefined`] when a cut-off is so low or high that a pole cannot be distinguished from the unit circle
    /// in the precision of `T`.
    pub fn iter<T: Real>(&self) -> Result<Sections<T>> {
        Sections::new(self.plan())
    }

    /// Returns the sections as an array, without heap.
    ///
    /// ```
    /// use copeak::{Rate, filter::Butterworth};
    /// let [section] = Butterworth::low_pass(2, 50.0, Rate::from_hz(300.0)?)?.for_passes(2)?.sections::<f64, 1>()?;
    /// let rounded = section.numerator().map(|b| (b * 1e8).round() / 1e8);
    /// assert_eq!(rounded, [0.20425381, 0.40850763, 0.20425381]);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::LengthMismatch`] when `N` is not [`Butterworth::section_count`]; as [`Butterworth::iter`].
    pub fn sections<T: Real, const N: usize>(&self) -> Result<[Section<T>; N]> {
        self.iter()?.array()
    }

    /// Returns the filter ready to run, whatever its order: sections and memory in `f64`.
    ///
    /// # Errors
    /// As [`Butterworth::iter`].
    #[cfg(feature = "alloc")]
    pub fn cascade(&self) -> Result<crate::filter::Cascade> {
        crate::filter::Cascade::new(self.iter()?)
    }

    fn plan(&self) -> Plan {
        Plan::butterworth(self.band.warped(self.rate), self.order)
    }
}

/// As in "Butterworth low-pass at 20 Hz, order 2, for 200 Hz"; a precision shortens the cut-offs.
impl fmt::Display for Butterworth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Butterworth ")?;
        fmt::Display::fmt(&self.band, f)?;
        write!(f, ", order {}, for {} Hz", self.order, self.rate.as_hz())
    }
}
