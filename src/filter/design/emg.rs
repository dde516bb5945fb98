//! The usual way of conditioning an electromyogram.

use crate::filter::{Band, Cascade, Design, Envelope, Notch, ZeroPhase};
use crate::{Error, Rate, Result};
use core::fmt;

/// Conditioning of an electromyogram: a band-pass, notches against hum if wanted, the magnitude, a low-pass.
///
/// Holds designs, not coefficients, and makes two filters of them whose cut-offs mean the same: [`Emg::zero_phase`]
/// for whole records (-3 dB after *both* passes of each part) and [`Emg::causal`] for live use (one pass, with its
/// group delay). [`Envelope::band`] of either is the conditioned signal before the magnitude, for [`crate::filter::Tkeo`], a
/// moving RMS, or spectra.
///
/// The low-pass decides what the envelope can show: the 6 Hz of walking and isometric work are wrong in running.
/// [`crate::filter::Preset::emg`] is the chain with numbers from the literature.
///
/// ```
/// use copeak::{Filter, GroupDelay, Rate, filter::{Butterworth, Emg, Notch}};
/// let rate = Rate::from_hz(2000.0)?;
/// let band = Butterworth::band_pass(2, 20.0, 450.0, rate)?;
/// let emg = Emg::new(band, Butterworth::low_pass(2, 24.0, rate)?)?.notch(Notch::new(50.0, 4.0, rate)?);
/// let raw: Vec<f64> = (0..4000).map(|i| 1e-4 * (i as f64 * 0.7).sin()).collect();
/// let envelope = emg.zero_phase()?.apply(&raw)?;
/// assert_eq!(envelope.len(), raw.len());
/// let late_ms = 1e3 * emg.causal()?.group_delay_s(0.0, rate);
/// assert!(late_ms > 9.0 && late_ms < 13.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Emg {
    band: Design,
    notch: Option<Notch>,
    smooth: Design,
}

impl Emg {
    /// Creates a chain of a high- or band-pass and a low-pass, both designed for one pass and the same rate.
    ///
    /// # Errors
    /// [`Error::Undefined`] when `band` lets 0 Hz pass, so that the magnitude would be of the offset, or `smooth` is
    /// not a low-pass; [`Error::Parameter`] when the rates differ.
    pub fn new(band: impl Into<Design>, smooth: impl Into<Design>) -> Result<Self> {
        let (band, smooth) = (band.into(), smooth.into());
        let wrong = |reason| Err(Error::Undefined { quantity: "a linear envelope", reason });
        if !matches!(band.band(), Band::High(_) | Band::Pass(..)) {
            return wrong("what comes before the magnitude must be a high- or band-pass");
        }
        if !matches!(smooth.band(), Band::Low(_)) {
            return wrong("what smooths the magnitude must be a low-pass");
        }
        same_rate(band.rate(), smooth.rate())?;
        Ok(Self { band, notch: None, smooth })
    }

    /// Adds a notch before the magnitude, designed for the same rate.
    #[must_use]
    pub fn notch(self, notch: Notch) -> Self {
        Self { notch: Some(notch), ..self }
    }

    /// Returns the high- or band-pass.
    pub fn band(&self) -> Design {
        self.band
    }

    /// Returns the low-pass after the magnitude.
    pub fn smooth(&self) -> Design {
        self.smooth
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.band.rate()
    }

    /// Returns the chain for whole records: each part forwards and backwards, its cut-offs -3 dB after both passes.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the notch was designed for another rate; as [`Design::for_passes`] and [`Design::iter`].
    pub fn zero_phase(&self) -> Result<Envelope<ZeroPhase>> {
        Ok(Envelope::new(ZeroPhase::single_pass_cutoff(self.before(2)?), ZeroPhase::corrected(self.smooth)?))
    }

    /// Returns the chain for live use: each part once.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the notch was designed for another rate; as [`Design::iter`].
    pub fn causal(&self) -> Result<Envelope<Cascade>> {
        Ok(Envelope::new(self.before(1)?, self.smooth.cascade()?))
    }

    /// Everything before the magnitude, as one cascade.
    fn before(&self, passes: usize) -> Result<Cascade> {
        let band = self.band.for_passes(passes)?.iter()?;
        match self.notch {
            None => Cascade::new(band),
            Some(notch) => {
                same_rate(self.band.rate(), notch.rate())?;
                Cascade::new(band.chain(notch.for_passes(passes)?.iter()?))
            }
        }
    }
}

fn same_rate(rate: Rate, other: Rate) -> Result<()> {
    if rate == other {
        return Ok(());
    }
    Err(Error::Parameter {
        name: "sample rate",
        rule: "the same in every part of the chain",
        value: other.as_hz(),
    })
}

/// The parts in a row; a precision shortens the cut-offs.
impl fmt::Display for Emg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.band, f)?;
        if let Some(notch) = &self.notch {
            f.write_str("; ")?;
            fmt::Display::fmt(notch, f)?;
        }
        f.write_str("; magnitude; ")?;
        fmt::Display::fmt(&self.smooth, f)
    }
}
