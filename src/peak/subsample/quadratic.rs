//! The vertex of a parabola fitted to more than three samples.

use crate::filter::fir::ImpulseResponse;
use crate::{Error, Real, Result, Samples};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Fits a parabola by least squares to the samples within `half_width` of a peak.
///
/// It averages noise, unlike the vertex through three samples, at the cost of a bias: on a skew peak the fit is drawn to
/// the longer flank (half a sample at a half width of 6).
///
/// ```
/// use copeak::peak::subsample::Quadratic;
/// let x: Vec<f64> = (0..9).map(|i| 10.0 - (f64::from(i) - 4.25).powi(2)).collect();
/// let fit = Quadratic::new(3)?.fit(&x, 4)?;
/// assert!((fit.position - 4.25).abs() < 1e-12 && (fit.value - 10.0).abs() < 1e-12);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "polyfit")]
pub struct Quadratic {
    half_width: usize,
}

/// The vertex of a fitted parabola.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct FittedVertex {
    /// Position in samples from the first.
    pub position: f64,
    /// Height of the fitted parabola there.
    pub value: f64,
    /// Its second derivative per sample squared, below 0.
    pub curvature: f64,
    /// Sum of the squared residuals.
    residual: f64,
    /// Position of the vertex relative to the middle sample.
    shift: f64,
    half_width: usize,
}

impl Quadratic {
    /// Creates a fit with this half width.
    ///
    /// # Errors
    /// [`Error::Parameter`] below 1.
    pub fn new(half_width: usize) -> Result<Self> {
        if half_width >= 1 {
            Ok(Self { half_width })
        } else {
            let rule = "at least 1 sample";
            Err(Error::Parameter { name: "half width of a fit", rule, value: 0.0 })
        }
    }

    /// Fits the vertex near the sample at `index`.
    ///
    /// # Errors
    /// [`Error::TooFew`] when the record does not reach `half_width` samples to either side; [`Error::NonFinite`];
    /// [`Error::Undefined`] when the parabola opens upwards or its vertex lies outside the samples fitted.
    pub fn fit<S>(&self, x: &S, index: usize) -> Result<FittedVertex>
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        let operation = "fitting a parabola to a peak";
        let half_width = self.half_width;
        let to_either_side = index.min(x.len().saturating_sub(index.saturating_add(1)));
        if index >= x.len() || to_either_side < half_width {
            let unit = "samples to either side of the peak";
            return Err(Error::TooFew { operation, unit, needed: half_width, got: to_either_side });
        }
        let from = index - half_width;
        let y: Vec<f64> = (from..=index + half_width).map(|i| x.sample(i).as_f64()).collect();
        if let Some(i) = y.iter().position(|v| !v.is_finite()) {
            return Err(Error::NonFinite { operation, index: from + i });
        }
        let basis = Basis::new(half_width);
        // Relative to the middle, so that a large offset costs no digits.
        let middle = y[half_width];
        let [mut constant, mut slope, mut bend] = [0.0; 3];
        for (&v, t) in y.iter().zip(basis.places()) {
            let [c, s, b] = basis.weights(t);
            constant += c * (v - middle);
            slope += s * (v - middle);
            bend += b * (v - middle);
        }
        let quantity = "the vertex of a fitted parabola";
        if bend >= 0.0 {
            return Err(Error::Undefined { quantity, reason: "the samples do not curve downwards" });
        }
        let shift = -slope / (2.0 * bend);
        if shift.abs() > half_width as f64 {
            return Err(Error::Undefined { quantity, reason: "it lies outside the samples fitted" });
        }
        let fitted = |t: f64| constant + slope * t + bend * t * t;
        let residual = y.iter().zip(basis.places()).map(|(v, t)| (v - middle - fitted(t)).powi(2)).sum();
        Ok(FittedVertex {
            position: index as f64 + shift,
            value: middle + fitted(shift),
            curvature: 2.0 * bend,
            residual,
            shift,
            half_width,
        })
    }
}

impl FittedVertex {
    /// Standard error of the position in samples when the curve is a raw channel with white noise of standard deviation
    /// `sigma` that went through `response`: SE^2 = J P R P' J', P the projection on the parabola, J the vertex's
    /// derivative with respect to it, and R the autocovariance of the filtered noise.
    ///
    /// Approximate beyond half a sample.
    ///
    /// ```
    /// use copeak::{Rate, filter::ZeroPhase, filter::fir::ImpulseResponse, peak::subsample::Quadratic};
    /// let response = ImpulseResponse::from_filter(&ZeroPhase::low_pass(2, 15.0, Rate::from_hz(100.0)?)?)?;
    /// let x: Vec<f64> = (0..31).map(|i| 10.0 - (f64::from(i) - 15.0).powi(2)).collect();
    /// let wide = Quadratic::new(6)?.fit(&x, 15)?.standard_error_samples(0.5, &response);
    /// let narrow = Quadratic::new(2)?.fit(&x, 15)?.standard_error_samples(0.5, &response);
    /// assert!(wide < narrow && narrow < 0.5);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn standard_error_samples(&self, sigma: f64, response: &ImpulseResponse) -> f64 {
        let covariance: Vec<f64> =
            (0..=2 * self.half_width).map(|lag| response.autocovariance(lag)).collect();
        sigma * self.variance(|lag| covariance[lag]).sqrt()
    }

    /// Standard error of the position in samples for *unfiltered* samples with independent noise, whose size is taken
    /// from the fit's residuals; `None` when three samples leave none.
    ///
    /// On filtered samples it covers next to nothing: use [`standard_error_samples`](Self::standard_error_samples).
    pub fn white_noise_error(&self) -> Option<f64> {
        let freedom = (2 * self.half_width).checked_sub(2).filter(|&f| f > 0)?;
        let sigma = (self.residual / freedom as f64).sqrt();
        Some(sigma * self.variance(|lag| if lag == 0 { 1.0 } else { 0.0 }).sqrt())
    }

    /// Variance of the position for noise with this autocovariance.
    fn variance(&self, covariance: impl Fn(usize) -> f64) -> f64 {
        let basis = Basis::new(self.half_width);
        // The vertex -slope/(2 bend), differentiated: what a unit at each sample moves it by.
        let moves: Vec<f64> = basis
            .places()
            .map(|t| {
                let [_, slope, bend] = basis.weights(t);
                -(slope + 2.0 * self.shift * bend) / self.curvature
            })
            .collect();
        let mut sum = 0.0;
        for (i, a) in moves.iter().enumerate() {
            for (j, b) in moves.iter().enumerate() {
                sum += a * b * covariance(i.abs_diff(j));
            }
        }
        sum.max(0.0)
    }
}

/// Least squares on the places -w..=w: rows of (X'X)^-1 X' for 1, t and t^2.
struct Basis {
    half_width: usize,
    n: f64,
    s2: f64,
    s4: f64,
}

impl Basis {
    fn new(half_width: usize) -> Self {
        let w = half_width as f64;
        let n = 2.0 * w + 1.0;
        let s2 = w * (w + 1.0) * n / 3.0;
        let s4 = s2 * (3.0 * w * w + 3.0 * w - 1.0) / 5.0;
        Self { half_width, n, s2, s4 }
    }

    fn places(&self) -> impl Iterator<Item = f64> {
        let w = self.half_width as f64;
        (0..=2 * self.half_width).map(move |i| i as f64 - w)
    }

    fn weights(&self, t: f64) -> [f64; 3] {
        let determinant = self.n * self.s4 - self.s2 * self.s2;
        let constant = (self.s4 - self.s2 * t * t) / determinant;
        let bend = (self.n * t * t - self.s2) / determinant;
        [constant, t / self.s2, bend]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_samples_are_the_parabola_through_them() {
        let x = [1.0, 4.0, 5.5, 3.0, 0.0];
        let fit = Quadratic::new(1).unwrap().fit(&x, 2).unwrap();
        let through = super::super::parabola(&x, 2).unwrap();
        assert!((fit.position - through.position).abs() < 1e-14);
        assert!((fit.value - through.value).abs() < 1e-14);
        assert!((fit.curvature - through.second_difference).abs() < 1e-14);
        assert_eq!(fit.white_noise_error(), None);
    }

    #[test]
    fn fits_that_leave_the_record_or_have_no_maximum_are_errors() {
        let x = [0.0, 1.0, 3.0, 2.0, 0.0, 1.0, 5.0];
        let fit = |w, i| Quadratic::new(w).unwrap().fit(&x, i);
        assert!(Quadratic::new(0).is_err());
        assert!(matches!(fit(3, 2), Err(Error::TooFew { needed: 3, got: 2, .. })));
        assert!(matches!(fit(1, 6), Err(Error::TooFew { got: 0, .. })));
        assert!(matches!(fit(1, 99), Err(Error::TooFew { .. })));
        assert!(matches!(fit(1, usize::MAX), Err(Error::TooFew { .. })));
        assert!(matches!(fit(1, 4), Err(Error::Undefined { .. })));
        let far = [0.0, 10.0, 19.0, 27.0, 34.0];
        assert!(matches!(Quadratic::new(1).unwrap().fit(&far, 1), Err(Error::Undefined { .. })));
        let broken = [0.0, 1.0, 3.0, f64::NAN, 0.0];
        assert!(matches!(Quadratic::new(1).unwrap().fit(&broken, 2), Err(Error::NonFinite { index: 3, .. })));
    }

    #[test]
    fn the_white_noise_error_equals_the_textbook_formula() {
        // At a vertex in the middle: sigma / (|x''| sqrt(sum of t^2)).
        let noise = [0.1, -0.1, 0.05, 0.0, 0.05, -0.1, 0.1];
        let x: [f64; 7] = core::array::from_fn(|i| 9.0 - (i as f64 - 3.0).powi(2) + noise[i]);
        let fit = Quadratic::new(3).unwrap().fit(&x, 3).unwrap();
        assert!((fit.position - 3.0).abs() < 1e-12);
        let sigma = (fit.residual / 4.0).sqrt();
        let expected = sigma / (fit.curvature.abs() * 28.0_f64.sqrt());
        assert!((fit.white_noise_error().unwrap() - expected).abs() < 1e-12 * expected);
    }
}
