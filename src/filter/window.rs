//! Windows that FIR filters are designed with.

use crate::{Error, Result};
use core::f64::consts::PI;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The largest Kaiser parameter: above it the window's Bessel function leaves the range of `f64`.
const STEEPEST: f64 = 700.0;

/// The window of a filter designed by the window method, symmetric over its taps.
///
/// ```
/// use copeak::filter::Taper;
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
    /// 0.54 - 0.46 cos: what `scipy.signal.firwin` takes when not told.
    Hamming,
    /// Kaiser's window with parameter beta, from 0 to 700; 5 is what `resample_poly` takes.
    #[doc(alias = "kaiser")]
    Kaiser(f64),
}

impl Taper {
    /// The Kaiser window for a stop band this many decibels down (Kaiser 1974; the formulas of Oppenheim & Schafer).
    ///
    /// beta = 0.1102 (A - 8.7) above 50 dB, 0.5842 (A - 21)^0.4 + 0.07886 (A - 21) above 21 dB, else 0.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the attenuation is not from 0 to 6000 dB.
    #[doc(alias = "kaiser_beta")]
    pub fn for_attenuation_db(attenuation_db: f64) -> Result<Self> {
        let a = checked_attenuation(attenuation_db)?;
        Ok(Self::Kaiser(if a > 50.0 {
            0.1102 * (a - 8.7)
        } else if a > 21.0 {
            0.5842 * (a - 21.0).powf(0.4) + 0.07886 * (a - 21.0)
        } else {
            0.0
        }))
    }

    /// The values over `count` taps.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a Kaiser parameter outside 0 to 700.
    #[cfg(feature = "alloc")]
    pub fn values(&self, count: usize) -> Result<alloc::vec::Vec<f64>> {
        self.check()?;
        Ok((0..count).map(|i| self.at(i, count)).collect())
    }

    pub(super) fn check(&self) -> Result<()> {
        match *self {
            Self::Kaiser(beta) if !(0.0..=STEEPEST).contains(&beta) => {
                Err(Error::Parameter { name: "Kaiser parameter beta", rule: "from 0 to 700", value: beta })
            }
            _ => Ok(()),
        }
    }

    /// The value at tap `i` of `count`, exactly symmetric.
    pub(super) fn at(&self, i: usize, count: usize) -> f64 {
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
pub(super) fn checked_attenuation(attenuation_db: f64) -> Result<f64> {
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
