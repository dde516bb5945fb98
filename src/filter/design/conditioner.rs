//! From a raw channel to the curve whose peaks are timed, with what its noise does to those times.

use crate::filter::fir::ImpulseResponse;
use crate::filter::{Cascade, CentralDifference, Filter, ZeroPhase};
use crate::{Error, Rate, Real, Result, Samples, Signal, SteadyState};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Effect of a raw channel's noise on the times of peaks in the curve made from it.
///
/// Residuals about a filtered curve are correlated and tiny, so a standard error from a local fit to it covers next to
/// nothing. This one goes back to the raw noise: with g the impulse response from the raw channel to the curve, g' its
/// central and g'' its second difference, the slope of the curve has standard deviation sigma ||g'||, and a peak moves by
/// that over the curvature |x''|:
///
/// SE = sigma ||g'|| / |x''| * (1 + (1.96 c)^2), c = sigma ||g''|| / |x''|, at most a quarter in the last factor
///
/// The last factor is there because the curvature is read where the noise has put the peak. The noise's slope and its third
/// derivative go against each other, so a peak that moved far looks more curved than the curve is there, by (1.96 c)^2 at
/// the end of a 95 % interval; without it intervals hold only 0.89 at c = 0.2.
///
/// Assumes white noise, and speaks of the peak *of the filtered curve*: the shift of a skew peak by the filter is not
/// in it. With correlated noise (AR 0.3 to 0.8) 1.96 of it hold only 0.8 to 0.4 instead of 0.95. It is approximate beyond
/// half a sample, and where c exceeds a quarter, since such a peak may be the noise's own:
/// [`TimingNoise::is_approximate`]. Measured: [the figures](crate::guide::studies::peaks).
///
/// ```
/// use copeak::{Rate, filter::conditioning::TimingNoise};
/// let noise = TimingNoise::new(2.0, 0.5)?;
/// assert_eq!(noise.standard_error_s(-10.0, Rate::from_hz(100.0)?), 0.001);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimingNoise {
    sigma: f64,
    slope_norm: f64,
    bend_norm: f64,
}

/// The noise of a curvature may be this fraction of it before a standard error counts as approximate.
const MOST_BEND_NOISE: f64 = 0.25;

impl TimingNoise {
    /// Derives it from the standard deviation of the raw channel's noise, in its unit, and the response between it and the curve.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_response(sigma: f64, response: &ImpulseResponse) -> Result<Self> {
        Ok(Self { bend_norm: response.bend_norm(), ..Self::new(sigma, response.slope_norm())? })
    }

    /// Derives it from the standard deviation of the raw channel's noise, in its unit, and
    /// [`ImpulseResponse::slope_norm`]; the curvature counts as known (c = 0).
    ///
    /// # Errors
    /// [`Error::Parameter`] when one of them is negative or not finite.
    pub fn new(sigma: f64, slope_norm: f64) -> Result<Self> {
        for (name, value) in [("noise standard deviation", sigma), ("slope norm", slope_norm)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::Parameter { name, rule: "finite and not negative", value });
            }
        }
        Ok(Self { sigma, slope_norm, bend_norm: 0.0 })
    }

    /// Assumes no noise: every standard error is 0, save where the curve is flat.
    pub fn none() -> Self {
        Self { sigma: 0.0, slope_norm: 0.0, bend_norm: 0.0 }
    }

    /// Returns the standard deviation of the raw channel's noise.
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// Returns the norm || g' ||, per sample.
    pub fn slope_norm(&self) -> f64 {
        self.slope_norm
    }

    /// Returns the standard error of a peak's time in *samples*, from the curve's second difference there,
    /// x(i-1) - 2 x(i) + x(i+1). Infinite where that is 0.
    pub fn standard_error_samples(&self, second_difference: f64) -> f64 {
        if second_difference == 0.0 {
            return f64::INFINITY;
        }
        // Beyond that the peak may be the noise's own, and a larger factor would say nothing.
        let bend_noise = self.bend_noise(second_difference).min(MOST_BEND_NOISE);
        self.sigma * self.slope_norm / second_difference.abs() * (1.0 + (1.96 * bend_noise).powi(2))
    }

    /// Standard deviation of the noise of a second difference, as a fraction of it.
    fn bend_noise(&self, second_difference: f64) -> f64 {
        self.sigma * self.bend_norm / second_difference.abs()
    }

    /// Returns the standard error of a peak's time in seconds.
    pub fn standard_error_s(&self, second_difference: f64, rate: Rate) -> f64 {
        self.standard_error_samples(second_difference) / rate.as_hz()
    }

    /// Returns whether the standard error at this second difference is approximate: it exceeds half a sample, or the noise of the
    /// second difference exceeds a quarter of it.
    ///
    /// Where most peaks of a recording are, the few that are not passed by chance: the noise made them look more curved.
    pub fn is_approximate(&self, second_difference: f64) -> bool {
        let error = self.standard_error_samples(second_difference);
        error > 0.5 || error.is_nan() || self.bend_noise(second_difference) > MOST_BEND_NOISE
    }
}

/// A curve ready for peak timing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Conditioned {
    /// The filtered channel, or its derivative per second; on the raw channel's clock.
    pub signal: Signal<Vec<f64>>,
    /// Effect of the raw channel's noise on the times of its peaks.
    pub noise: TimingNoise,
    /// Impulse response from the raw channel to the signal.
    pub response: ImpulseResponse,
}

/// Zero-phase filter, then the derivative if wanted: from a raw channel to the curve whose peaks are timed.
///
/// ```
/// use copeak::{Clock, Rate, Signal, filter::{Conditioner, ZeroPhase}};
/// let rate = Rate::from_hz(250.0)?;
/// let angle = Signal::new(Clock::from_zero(rate), (0..500).map(|i| (i as f64 * 0.1).sin()).collect::<Vec<f64>>());
/// let velocity = Conditioner::new(ZeroPhase::low_pass(2, 15.0, rate)?).differentiated();
/// let drive = velocity.apply(&angle)?;
/// assert_eq!(drive.signal.samples().len(), 500);
/// assert!(drive.noise.standard_error_s(-0.25, rate) < 0.01);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditioner<P = Cascade> {
    filter: ZeroPhase<P>,
    differentiate: bool,
}

impl<P: SteadyState<f64>> Conditioner<P> {
    /// Applies the filter alone.
    pub fn new(filter: ZeroPhase<P>) -> Self {
        Self { filter, differentiate: false }
    }

    /// Adds the first derivative per second after the filter.
    #[must_use]
    pub fn differentiated(self) -> Self {
        Self { differentiate: true, ..self }
    }

    /// Returns the impulse response from the raw channel to the result.
    ///
    /// # Errors
    /// As [`ImpulseResponse::from_filter`].
    pub fn response(&self, rate: Rate) -> Result<ImpulseResponse> {
        let smooth = ImpulseResponse::from_filter(&self.filter)?;
        Ok(if self.differentiate { smooth.derivative(rate) } else { smooth })
    }

    /// Conditions a raw channel.
    ///
    /// The channel must have the rate the filter was designed for. The raw noise is estimated from what the filter
    /// removes: sigma^2 = mean of (raw - filtered)^2 / sum of (delta - h)^2. The mean leaves out the response's reach at
    /// either end, where the difference is the extension's bend rather than noise, unless that is half the record.
    /// Signal that the filter removes counts as noise, so sigma errs on the large side.
    ///
    /// # Errors
    /// As [`ZeroPhase::apply`] and [`ImpulseResponse::from_filter`]; [`Error::Undefined`] when the filter removes less than a
    /// millionth of white noise, so that the noise cannot be estimated.
    pub fn apply<S>(&self, raw: &Signal<S>) -> Result<Conditioned>
    where
        S: Samples,
        S::Item: Real,
    {
        let rate = raw.clock().rate();
        let x: Vec<f64> = raw.samples().iter_samples().map(Real::as_f64).collect();
        let filtered = self.filter.apply(&x)?;
        let smooth = ImpulseResponse::from_filter(&self.filter)?;
        let removed = smooth.removed_power();
        if removed < 1e-6 {
            return Err(Error::Undefined {
                quantity: "the noise of a raw channel",
                reason: "the filter removes next to nothing",
            });
        }
        let reach = smooth.reach();
        let middle = if 4 * reach < x.len() { reach..x.len() - reach } else { 0..x.len() };
        let lost = middle.clone().map(|i| (x[i] - filtered[i]).powi(2)).sum::<f64>() / middle.len() as f64;
        let sigma = (lost / removed).sqrt();
        let (signal, response) = if self.differentiate {
            (CentralDifference::new(rate).apply(&filtered)?, smooth.derivative(rate))
        } else {
            (filtered, smooth)
        };
        let noise = TimingNoise::from_response(sigma, &response)?;
        Ok(Conditioned { signal: raw.with_samples(signal), noise, response })
    }
}
