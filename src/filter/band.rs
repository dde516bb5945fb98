//! Which frequencies a filter lets through.

use crate::{Error, Rate, Result};
use core::f64::consts::PI;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// What a filter lets through, with its cut-offs in hertz.
///
/// ```
/// use copeak::filter::Band;
/// let band = Band::Pass(20.0, 450.0);
/// assert_eq!(band.cutoffs_hz(), (20.0, Some(450.0)));
/// assert_eq!(band.to_string(), "band-pass from 20 to 450 Hz");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Band {
    /// Everything below the cut-off.
    Low(f64),
    /// Everything above the cut-off.
    High(f64),
    /// Everything between the lower and the upper cut-off.
    Pass(f64, f64),
    /// Everything but what lies between the lower and the upper cut-off.
    Stop(f64, f64),
}

/// A band on the axis that the bilinear transform bends frequencies to, W = tan(pi f / rate).
#[derive(Debug, Clone, Copy)]
pub(super) enum Warped {
    Low(f64),
    High(f64),
    /// Square of the centre, and width.
    Pass(f64, f64),
    Stop(f64, f64),
}

impl Band {
    /// The cut-off, and the upper one where there are two.
    pub fn cutoffs_hz(&self) -> (f64, Option<f64>) {
        match *self {
            Band::Low(f) | Band::High(f) => (f, None),
            Band::Pass(low, high) | Band::Stop(low, high) => (low, Some(high)),
        }
    }

    /// "at 20 Hz", "from 20 to 450 Hz".
    pub(super) fn fmt_edges(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.cutoffs_hz();
        f.write_str(if second.is_some() { "from " } else { "at " })?;
        fmt::Display::fmt(&first, f)?;
        if let Some(second) = second {
            f.write_str(" to ")?;
            fmt::Display::fmt(&second, f)?;
        }
        f.write_str(" Hz")
    }

    /// The band, when every cut-off lies strictly between 0 and the Nyquist frequency and two of them rise.
    pub(super) fn checked(self, rate: Rate) -> Result<Self> {
        let nyquist_hz = rate.nyquist_hz();
        let (first, second) = self.cutoffs_hz();
        for cutoff_hz in [Some(first), second].into_iter().flatten() {
            if !(cutoff_hz > 0.0 && cutoff_hz < nyquist_hz) {
                return Err(Error::Cutoff { cutoff_hz, nyquist_hz });
            }
        }
        match second {
            Some(high) if high <= first => {
                Err(Error::Parameter { name: "upper cut-off", rule: "above the lower one", value: high })
            }
            _ => Ok(self),
        }
    }

    /// Bent by the bilinear transform, each difference free of cancellation.
    pub(super) fn warped(self, rate: Rate) -> Warped {
        let pair = |low: f64, high: f64| {
            let width = sin_pi(high - low, rate) / (cos_pi(low, rate) * cos_pi(high, rate));
            (tan_pi(low, rate) * tan_pi(high, rate), width)
        };
        match self {
            Band::Low(f) => Warped::Low(tan_pi(f, rate)),
            Band::High(f) => Warped::High(tan_pi(f, rate)),
            Band::Pass(low, high) => {
                let (centre2, width) = pair(low, high);
                Warped::Pass(centre2, width)
            }
            Band::Stop(low, high) => {
                let (centre2, width) = pair(low, high);
                Warped::Stop(centre2, width)
            }
        }
    }
}

/// Kind and cut-offs; a precision shortens the numbers.
impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Band::Low(_) => "low-pass ",
            Band::High(_) => "high-pass ",
            Band::Pass(..) => "band-pass ",
            Band::Stop(..) => "band-stop ",
        })?;
        self.fmt_edges(f)
    }
}

impl Warped {
    /// The band made `factor` times as wide (above 1) or narrow (below 1), its centre kept.
    pub(super) fn widened(self, factor: f64) -> Self {
        match self {
            Warped::Low(w) => Warped::Low(w * factor),
            Warped::High(w) => Warped::High(w / factor),
            Warped::Pass(centre2, width) => Warped::Pass(centre2, width * factor),
            Warped::Stop(centre2, width) => Warped::Stop(centre2, width / factor),
        }
    }

    /// Back in hertz.
    pub(super) fn band(self, rate: Rate) -> Band {
        let hz = |w: f64| rate.as_hz() / PI * w.atan();
        let edges = |centre2: f64, width: f64| {
            let upper = 0.5 * (width + (width * width + 4.0 * centre2).sqrt());
            (hz(centre2 / upper), hz(upper))
        };
        match self {
            Warped::Low(w) => Band::Low(hz(w)),
            Warped::High(w) => Band::High(hz(w)),
            Warped::Pass(centre2, width) => {
                let (low, high) = edges(centre2, width);
                Band::Pass(low, high)
            }
            Warped::Stop(centre2, width) => {
                let (low, high) = edges(centre2, width);
                Band::Stop(low, high)
            }
        }
    }
}

fn sin_pi(f: f64, rate: Rate) -> f64 {
    (PI * f / rate.as_hz()).sin()
}

/// cos(pi f / rate), exact to the last digits up to the Nyquist frequency, where it vanishes.
fn cos_pi(f: f64, rate: Rate) -> f64 {
    if f <= rate.as_hz() / 4.0 { (PI * f / rate.as_hz()).cos() } else { sin_pi(rate.nyquist_hz() - f, rate) }
}

fn tan_pi(f: f64, rate: Rate) -> f64 {
    if f <= rate.as_hz() / 4.0 {
        (PI * f / rate.as_hz()).tan()
    } else {
        1.0 / (PI * (rate.nyquist_hz() - f) / rate.as_hz()).tan()
    }
}
