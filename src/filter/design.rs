//! Any recursive design, whatever its family.

use super::{Band, Butterworth, CriticallyDamped, Notch, Sections};
#[cfg(feature = "alloc")]
use super::{Cascade, ZeroPhase};
use crate::{Rate, Real, Result};
use core::fmt;

/// A recursive design of any family: what a preset or a chain holds.
///
/// ```
/// use copeak::{Rate, filter::{Band, CriticallyDamped, Design}};
/// let design = Design::from(CriticallyDamped::low_pass(2, 10.0, Rate::from_hz(1000.0)?)?);
/// assert_eq!(design.band(), Band::Low(10.0));
/// assert_eq!(format!("{design:.1}"), "critically damped low-pass at 10.0 Hz, order 2, for 1000 Hz");
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Design {
    /// Maximally flat.
    Butterworth(Butterworth),
    /// Without overshoot.
    CriticallyDamped(CriticallyDamped),
    /// One frequency taken out.
    Notch(Notch),
}

/// The same call on whichever family it is.
macro_rules! of_any {
    ($self:expr, $design:ident => $call:expr) => {
        match $self {
            Design::Butterworth($design) => $call,
            Design::CriticallyDamped($design) => $call,
            Design::Notch($design) => $call,
        }
    };
}

impl Design {
    /// The design whose -3 dB points lie at this one's cut-offs after `passes` passes.
    ///
    /// # Errors
    /// As the family's own `for_passes`.
    pub fn for_passes(self, passes: usize) -> Result<Self> {
        of_any!(self, design => design.for_passes(passes).map(Self::from))
    }

    /// The same family, order and cut-offs at another rate.
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] or [`crate::Error::Parameter`] when a cut-off or bandwidth does not lie below the new
    /// Nyquist frequency.
    pub fn at_rate(self, rate: Rate) -> Result<Self> {
        Ok(match self {
            Design::Butterworth(design) => Butterworth::new(design.order(), design.band(), rate)?.into(),
            Design::CriticallyDamped(design) => {
                CriticallyDamped::new(design.order(), design.band(), rate)?.into()
            }
            Design::Notch(design) => Notch::new(design.centre_hz(), design.bandwidth_hz(), rate)?.into(),
        })
    }

    /// -3 dB points per pass.
    pub fn band(&self) -> Band {
        of_any!(self, design => design.band())
    }

    /// Sample rate.
    pub fn rate(&self) -> Rate {
        of_any!(self, design => design.rate())
    }

    /// Order after `passes` passes.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for 0 passes.
    pub fn effective_order(&self, passes: usize) -> Result<usize> {
        of_any!(self, design => design.effective_order(passes))
    }

    /// Where the gain is -3 dB after `passes` passes.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for 0 passes.
    pub fn effective_cutoff_hz(&self, passes: usize) -> Result<Band> {
        of_any!(self, design => design.effective_cutoff_hz(passes))
    }

    /// Gain of one pass at `frequency_hz`, exactly as designed.
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        of_any!(self, design => design.gain(frequency_hz))
    }

    /// The sections, computed one by one without heap.
    ///
    /// # Errors
    /// As the family's own `iter`.
    pub fn iter<T: Real>(&self) -> Result<Sections<T>> {
        of_any!(self, design => design.iter())
    }

    /// The filter ready to run: sections and memory in `f64`.
    ///
    /// # Errors
    /// As [`Design::iter`].
    #[cfg(feature = "alloc")]
    pub fn cascade(&self) -> Result<Cascade> {
        Cascade::new(self.iter()?)
    }
}

#[cfg(feature = "alloc")]
impl ZeroPhase {
    /// `design` forwards and backwards, its -3 dB points kept where they are after both passes.
    ///
    /// ```
    /// use copeak::{Rate, filter::{Butterworth, ZeroPhase}};
    /// let rate = Rate::from_hz(200.0)?;
    /// let design = Butterworth::low_pass(2, 20.0, rate)?;
    /// assert_eq!(ZeroPhase::corrected(design)?, ZeroPhase::low_pass(2, 20.0, rate)?);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Design::for_passes`] and [`Design::iter`].
    pub fn corrected(design: impl Into<Design>) -> Result<Self> {
        Ok(Self::single_pass_cutoff(design.into().for_passes(2)?.cascade()?))
    }
}

/// As the family's own.
impl fmt::Display for Design {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        of_any!(self, design => fmt::Display::fmt(design, f))
    }
}

impl From<Butterworth> for Design {
    fn from(design: Butterworth) -> Self {
        Self::Butterworth(design)
    }
}

impl From<CriticallyDamped> for Design {
    fn from(design: CriticallyDamped) -> Self {
        Self::CriticallyDamped(design)
    }
}

impl From<Notch> for Design {
    fn from(design: Notch) -> Self {
        Self::Notch(design)
    }
}
