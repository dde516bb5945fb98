//! Critically damped design: all poles in one place.

use crate::filter::design::{Plan, Warped, checked_order, checked_passes};
use crate::filter::state::Sections;
use crate::filter::{Band, Section};
#[cfg(feature = "alloc")]
use crate::filter::{Cascade, ZeroPhase};
use crate::{Error, Rate, Real, Result};
use core::f64::consts::{LN_2, PI};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A critically damped filter: second-order sections with a double real pole each, all in the same place; low- or
/// high-pass.
///
/// Its answer to a step rises without ever going beyond it, where a Butterworth low-pass of order 2 overshoots by 4 %
/// and one of order 4 by 11 % (while [`CriticallyDamped::pole_hz`] is at most a quarter of the rate: beyond, the
/// bilinear transform makes the poles negative, and the answer alternates from sample to sample). The price is a
/// gentler edge: more of the signal is damped below the cut-off and more noise let through above it. Order 2m are m
/// sections; an odd order adds one with a single pole. With W = tan(pi f / rate) and W0 that of the poles, the gain
/// of one pass is (1 + (W/W0)^2)^(-order/2) (low-pass).
///
/// The cut-off is where the gain is -3 dB after *one* pass, as for [`crate::filter::Butterworth`]; the poles lie above it
/// (high-pass: below it) by the factor 1/sqrt(2^(1/order) - 1). Over p passes that becomes 1/sqrt(2^(1/(p order)) -
/// 1), which [`CriticallyDamped::for_passes`] sees to: for one section and two passes 2.299 (Robertson & Dowling
/// 2003, doi:10.1016/S1050-6411(03)00080-4).
///
/// ```
/// use copeak::{Rate, filter::CriticallyDamped};
/// let rate = Rate::from_hz(1000.0)?;
/// let twice = CriticallyDamped::low_pass(2, 10.0, rate)?.for_passes(2)?;
/// assert!((twice.gain(10.0).powi(2) - 0.5f64.sqrt()).abs() < 1e-12);
/// assert_eq!((100.0 * twice.pole_hz()).round() / 100.0, 22.96); // 2.299 times 10 Hz, bent
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CriticallyDamped {
    order: usize,
    band: Band,
    rate: Rate,
}

impl CriticallyDamped {
    /// Creates a design of `order` per pass for `band` at `rate`.
    ///
    /// # Errors
    /// [`Error::Undefined`] for a band-pass or band-stop; [`Error::Parameter`] when the order is not from 1 to 1000;
    /// [`Error::Cutoff`] when the cut-off is NaN or not strictly between 0 Hz and the Nyquist frequency.
    pub fn new(order: usize, band: Band, rate: Rate) -> Result<Self> {
        if band.cutoffs_hz().1.is_some() {
            return Err(Error::Undefined {
                quantity: "a critically damped filter",
                reason: "the family has low- and high-passes only",
            });
        }
        Ok(Self { order: checked_order(order)?, band: band.checked(rate)?, rate })
    }

    /// Creates a low-pass.
    ///
    /// # Errors
    /// As [`CriticallyDamped::new`].
    pub fn low_pass(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Self::new(order, Band::Low(cutoff_hz), rate)
    }

    /// Creates a high-pass.
    ///
    /// # Errors
    /// As [`CriticallyDamped::new`].
    pub fn high_pass(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Self::new(order, Band::High(cutoff_hz), rate)
    }

    /// The design whose -3 dB point lies at this one's cut-off after `passes` passes.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0 passes; [`Error::Cutoff`] when the corrected cut-off cannot be distinguished from the Nyquist
    /// frequency.
    pub fn for_passes(self, passes: usize) -> Result<Self> {
        let widen = self.reach(1)? / self.reach(passes)?;
        if passes == 1 {
            return Ok(self);
        }
        Self::new(self.order, self.widened(widen).band(self.rate), self.rate)
    }

    /// Returns the order per pass: the number of poles.
    pub fn order(&self) -> usize {
        self.order
    }

    /// Cut-off per pass.
    pub fn band(&self) -> Band {
        self.band
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Returns the undamped frequency of the poles, in hertz.
    pub fn pole_hz(&self) -> f64 {
        self.poles().band(self.rate).cutoffs_hz().0
    }

    /// Returns the order after `passes` passes: how steep the edge becomes, in multiples of 6 dB per octave.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0 passes.
    pub fn effective_order(&self, passes: usize) -> Result<usize> {
        Ok(self.order.saturating_mul(checked_passes(passes)?))
    }

    /// Returns the frequencies at which the gain is -3 dB after `passes` passes, in hertz.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0 passes.
    pub fn effective_cutoff_hz(&self, passes: usize) -> Result<Band> {
        let shrink = self.reach(passes)? / self.reach(1)?;
        Ok(if passes == 1 { self.band } else { self.widened(shrink).band(self.rate) })
    }

    /// Returns the gain of one pass at `frequency_hz`, exactly as designed.
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        let v = (PI * frequency_hz / self.rate.as_hz()).tan();
        let detuning = match self.poles() {
            Warped::Low(w) => v / w,
            Warped::High(w) => w / v,
            Warped::Pass(..) | Warped::Stop(..) => f64::NAN, // refused by `new`
        };
        (1.0 + detuning * detuning).powf(-0.5 * self.order as f64)
    }

    /// Returns the number of sections: half the poles, rounded up.
    pub fn section_count(&self) -> usize {
        self.plan().count()
    }

    /// Returns the sections, computed one by one without heap.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the cut-off is so low or high that a pole cannot be distinguished from the unit circle in the
    /// precision of `T`.
    pub fn iter<T: Real>(&self) -> Result<Sections<T>> {
        Sections::new(self.plan())
    }

    /// Returns the sections as an array, without heap.
    ///
    /// ```
    /// use copeak::{Rate, StageExt, filter::CriticallyDamped};
    /// let mut live = CriticallyDamped::low_pass(4, 20.0, Rate::from_hz(200.0)?)?.sections::<f64, 2>()?.stream();
    /// let top = (0..100).map(|_| live.push(1.0)).fold(0.0, f64::max);
    /// assert!(top <= 1.0 + 1e-12);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `N` is not [`CriticallyDamped::section_count`]; as [`CriticallyDamped::iter`].
    pub fn sections<T: Real, const N: usize>(&self) -> Result<[Section<T>; N]> {
        self.iter()?.array()
    }

    /// Returns the filter ready to run, whatever its order: sections and memory in `f64`.
    ///
    /// # Errors
    /// As [`CriticallyDamped::iter`].
    #[cfg(feature = "alloc")]
    pub fn cascade(&self) -> Result<Cascade> {
        Cascade::new(self.iter()?)
    }

    /// Returns the cut-off of `passes` passes of a low-pass with poles at 1.
    fn reach(&self, passes: usize) -> Result<f64> {
        Ok((LN_2 / (self.order as f64 * checked_passes(passes)? as f64)).exp_m1().sqrt())
    }

    fn widened(&self, factor: f64) -> Warped {
        self.band.warped(self.rate).widened(factor)
    }

    fn poles(&self) -> Warped {
        self.widened((LN_2 / self.order as f64).exp_m1().sqrt().recip())
    }

    fn plan(&self) -> Plan {
        Plan::critically_damped(self.poles(), self.order)
    }
}

/// As in "critically damped low-pass at 20 Hz, order 2, for 200 Hz"; a precision shortens the cut-off.
impl fmt::Display for CriticallyDamped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("critically damped ")?;
        fmt::Display::fmt(&self.band, f)?;
        write!(f, ", order {}, for {} Hz", self.order, self.rate.as_hz())
    }
}

#[cfg(feature = "alloc")]
impl ZeroPhase {
    /// Creates a critically damped filter of `order` per pass, -3 dB at the cut-off of `band` after both passes.
    ///
    /// ```
    /// use copeak::{Filter, Rate, filter::{Band, ZeroPhase}};
    /// let smooth = ZeroPhase::critically_damped(2, Band::Low(12.0), Rate::from_hz(200.0)?)?;
    /// let step: Vec<f64> = (0..200).map(|i| f64::from(u8::from(i >= 100))).collect();
    /// let y = smooth.apply(&step)?;
    /// assert!(y.iter().all(|y| (-1e-9..1.0 + 1e-9).contains(y))); // no overshoot on either side
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`CriticallyDamped::new`], [`CriticallyDamped::for_passes`] and [`CriticallyDamped::iter`].
    pub fn critically_damped(order: usize, band: Band, rate: Rate) -> Result<Self> {
        Ok(Self::single_pass_cutoff(CriticallyDamped::new(order, band, rate)?.for_passes(2)?.cascade()?))
    }
}
