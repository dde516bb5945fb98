//! One frequency taken out.

use crate::filter::design::{Plan, Warped, checked_passes};
use crate::filter::state::Sections;
use crate::filter::{Band, Section};
#[cfg(feature = "alloc")]
use crate::filter::{Cascade, ZeroPhase};
use crate::{Error, Rate, Real, Result};
use core::f64::consts::{LN_2, PI};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A second-order notch: one frequency is taken out, and a band around it is down by 3 dB and more.
///
/// As `scipy.signal.iirnotch(centre, quality, fs=rate)`: the gain is 0 at the centre, 1 at 0 Hz and at the Nyquist
/// frequency, and -3 dB at two edges exactly one bandwidth apart (not quite symmetric about the centre: in W = tan(pi
/// f / rate) their product is the square of the centre's).
///
/// The bandwidth is that of *one* pass; [`Notch::for_passes`] keeps it after several, for two of them would widen it
/// by 1.55. A notch rings at its centre for about rate/(pi bandwidth) samples, longer the narrower it is, and that
/// long the ends of a record are not to be trusted. What it removes of the signal together with the hum is lost.
/// For several harmonics put the sections of several notches in one [`crate::filter::Cascade`].
///
/// ```
/// use copeak::{Rate, filter::Notch};
/// let hum = Notch::new(50.0, 4.0, Rate::from_hz(1000.0)?)?;
/// assert!(hum.gain(50.0) < 1e-12 && hum.gain(0.0) == 1.0);
/// let (low, high) = hum.band().cutoffs_hz();
/// assert!((high.unwrap_or(f64::NAN) - low - 4.0).abs() < 1e-9);
/// assert_eq!(hum.quality(), 12.5);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "iirnotch")]
pub struct Notch {
    centre_hz: f64,
    bandwidth_hz: f64,
    rate: Rate,
}

impl Notch {
    /// Creates a notch at `centre_hz` whose -3 dB points lie `bandwidth_hz` apart.
    ///
    /// # Errors
    /// [`Error::Cutoff`] when the centre is NaN or not strictly between 0 Hz and the Nyquist frequency;
    /// [`Error::Parameter`] when the bandwidth is not.
    pub fn new(centre_hz: f64, bandwidth_hz: f64, rate: Rate) -> Result<Self> {
        Band::Low(centre_hz).checked(rate)?;
        if !(bandwidth_hz > 0.0 && bandwidth_hz < rate.nyquist_hz()) {
            return Err(Error::Parameter {
                name: "bandwidth",
                rule: "strictly between 0 Hz and the Nyquist frequency",
                value: bandwidth_hz,
            });
        }
        Ok(Self { centre_hz, bandwidth_hz, rate })
    }

    /// Creates a notch at `centre_hz` of the given quality, centre over bandwidth.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the quality is not finite and above 0; as [`Notch::new`].
    pub fn from_quality(centre_hz: f64, quality: f64, rate: Rate) -> Result<Self> {
        if !(quality > 0.0 && quality.is_finite()) {
            return Err(Error::Parameter { name: "quality", rule: "finite and above 0", value: quality });
        }
        Self::new(centre_hz, centre_hz / quality, rate)
    }

    /// The notch whose -3 dB points lie where this one's do after `passes` passes.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0 passes, or when the corrected bandwidth cannot be distinguished from 0.
    pub fn for_passes(self, passes: usize) -> Result<Self> {
        let narrow = widening(passes)?.recip();
        if passes == 1 {
            return Ok(self);
        }
        Self::new(self.centre_hz, self.bandwidth_times(narrow), self.rate)
    }

    /// Returns the frequency that is taken out.
    pub fn centre_hz(&self) -> f64 {
        self.centre_hz
    }

    /// Distance of the -3 dB points, per pass.
    pub fn bandwidth_hz(&self) -> f64 {
        self.bandwidth_hz
    }

    /// Returns the quality, centre over bandwidth, per pass.
    pub fn quality(&self) -> f64 {
        self.centre_hz / self.bandwidth_hz
    }

    /// Returns the -3 dB points, per pass.
    pub fn band(&self) -> Band {
        self.warped().band(self.rate)
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Returns the order after `passes` passes, counted as for a band-stop: 1 per pass, each with two poles.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0 passes.
    pub fn effective_order(&self, passes: usize) -> Result<usize> {
        checked_passes(passes)
    }

    /// Returns the -3 dB points after `passes` passes.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0 passes.
    pub fn effective_cutoff_hz(&self, passes: usize) -> Result<Band> {
        let Warped::Stop(centre2, width) = self.warped() else { return Ok(self.band()) };
        Ok(Warped::Stop(centre2, width * widening(passes)?).band(self.rate))
    }

    /// Returns the gain of one pass at `frequency_hz`, exactly as designed.
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        let turn = |f: f64| PI * f / self.rate.as_hz();
        let (f, centre) = (turn(frequency_hz), turn(self.centre_hz));
        // cos 2 centre - cos 2 f, without cancellation.
        let distance = 2.0 * (f + centre).sin() * (f - centre).sin();
        let width = self.bent_bandwidth() * (2.0 * f).sin();
        distance.abs() / distance.hypot(width)
    }

    /// Returns the one section of the filter, without heap.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the band is so narrow that in the precision of `T` the distance of its poles from
    /// the unit circle, and with it the bandwidth, would be wrong by a thousandth or more.
    pub fn section<T: Real>(&self) -> Result<Section<T>> {
        let [section] = self.iter()?.array()?;
        Ok(section)
    }

    /// Returns the one section as an iterator, for joining with the sections of other designs.
    ///
    /// ```
    /// use copeak::{Rate, filter::{Cascade, Notch}};
    /// let rate = Rate::from_hz(1000.0)?;
    /// let (hum, third) = (Notch::new(50.0, 4.0, rate)?, Notch::new(150.0, 4.0, rate)?);
    /// let both = Cascade::new(hum.iter()?.chain(third.iter()?))?;
    /// assert_eq!(both.sections().len(), 2);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Notch::section`].
    pub fn iter<T: Real>(&self) -> Result<Sections<T>> {
        if self.bent_bandwidth() < 1e3 * T::epsilon().as_f64() {
            return Err(Error::Undefined {
                quantity: "a notch as narrow as this",
                reason: "in this precision its poles cannot be distinguished from the unit circle",
            });
        }
        Sections::new(Plan::butterworth(self.warped(), 1))
    }

    /// Returns the filter ready to run: section and memory in `f64`.
    ///
    /// # Errors
    /// As [`Notch::section`].
    #[cfg(feature = "alloc")]
    pub fn cascade(&self) -> Result<Cascade> {
        Cascade::new(self.iter()?)
    }

    /// As a band-stop of order 1: the width of the band is tan(pi bandwidth / rate) (1 + centre^2) there.
    fn warped(&self) -> Warped {
        let centre = Band::Low(self.centre_hz).warped(self.rate);
        let Warped::Low(w) = centre else { return centre };
        Warped::Stop(w * w, self.bent_bandwidth() * (1.0 + w * w))
    }

    fn bent_bandwidth(&self) -> f64 {
        (PI * self.bandwidth_hz / self.rate.as_hz()).tan()
    }

    /// The bandwidth when the bent band becomes `factor` times as wide.
    fn bandwidth_times(&self, factor: f64) -> f64 {
        self.rate.as_hz() / PI * (self.bent_bandwidth() * factor).atan()
    }
}

/// By what factor `passes` passes widen what one takes out.
fn widening(passes: usize) -> Result<f64> {
    Ok((LN_2 / checked_passes(passes)? as f64).exp_m1().sqrt().recip())
}

/// As in "notch at 50 Hz, 4 Hz wide, for 1000 Hz"; a precision shortens centre and width.
impl fmt::Display for Notch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("notch at ")?;
        fmt::Display::fmt(&self.centre_hz, f)?;
        f.write_str(" Hz, ")?;
        fmt::Display::fmt(&self.bandwidth_hz, f)?;
        write!(f, " Hz wide, for {} Hz", self.rate.as_hz())
    }
}

#[cfg(feature = "alloc")]
impl ZeroPhase {
    /// Creates a notch whose -3 dB points lie `bandwidth_hz` apart after both passes.
    ///
    /// # Errors
    /// As [`Notch::new`], [`Notch::for_passes`] and [`Notch::section`].
    pub fn notch(centre_hz: f64, bandwidth_hz: f64, rate: Rate) -> Result<Self> {
        Ok(Self::single_pass_cutoff(Notch::new(centre_hz, bandwidth_hz, rate)?.for_passes(2)?.cascade()?))
    }
}
