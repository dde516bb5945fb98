//! Lags between curves and between events.

use crate::memory::{self, Out};
use crate::status::{CopeakStatus, Fault, guard};
use copeak::inference::Strides;
use copeak::sequence::CrossCorrelation;
use copeak::{Rate, Real};

/// A mean with its interval. Without interval its ends are NaN.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakEstimate {
    /// The mean.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Strides that it is from.
    pub n: usize,
    /// 1 when they are too few (below 10) for the interval to hold its level, else 0.
    pub approximate: u32,
}

/// The mean lag over n strides, with its t-interval: one time a stride for each of two channels, NaN where there is none.
/// Positive when the second comes after the first. Below 3 strides without interval.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_lag(
    first_s: *const f64,
    second_s: *const f64,
    n: usize,
    level: f64,
    lag: *mut CopeakEstimate,
) -> CopeakStatus {
    guard(|| {
        // SAFETY: null or as many values as said, by the contract of the interface.
        let (first, second, out) =
            unsafe { (memory::read(first_s, n)?, memory::read(second_s, n)?, Out::new(lag)?) };
        let lags: Vec<f64> = first.iter().zip(second).map(|(first, second)| second - first).collect();
        let found = Strides::ungrouped(n).mean(&lags, level)?;
        let (low, high) = found.ci.map_or((f64::NAN, f64::NAN), Into::into);
        let approximate = u32::from(found.approximate);
        out.set(CopeakEstimate { value: found.value, low, high, n: found.n, approximate });
        Ok(())
    })
}

/// The lag of a curve behind another.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakCurveLag {
    /// The lag.
    pub lag_s: f64,
    /// Correlation there.
    pub r: f64,
}

/// The lag of a whole curve of n samples behind another, at most `max_lag_s` either way, by their correlation where they
/// overlap; of whole cycles when `circular` is not 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_curve_lag(
    first: *const f64,
    second: *const f64,
    n: usize,
    rate_hz: f64,
    max_lag_s: f64,
    circular: u32,
    lag: *mut CopeakCurveLag,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| unsafe { curve_lag((first, second, n), rate_hz, max_lag_s, circular != 0, Out::new(lag)?) })
}

/// As copeak_curve_lag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_curve_lag_f32(
    first: *const f32,
    second: *const f32,
    n: usize,
    rate_hz: f64,
    max_lag_s: f64,
    circular: u32,
    lag: *mut CopeakCurveLag,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| unsafe { curve_lag((first, second, n), rate_hz, max_lag_s, circular != 0, Out::new(lag)?) })
}

/// # Safety
/// Both curves are null or point to as many values.
unsafe fn curve_lag<T: Real>(
    (first, second, n): (*const T, *const T, usize),
    rate_hz: f64,
    max_lag_s: f64,
    circular: bool,
    out: Out<CopeakCurveLag>,
) -> Result<(), Fault> {
    // SAFETY: as above.
    let (first, second) = unsafe { (memory::read(first, n)?, memory::read(second, n)?) };
    let correlation = CrossCorrelation::new(max_lag_s)?;
    let correlation = if circular { correlation.circular() } else { correlation };
    let found = correlation.find(first, second, Rate::from_hz(rate_hz)?)?;
    out.set(CopeakCurveLag { lag_s: found.lag_s, r: found.r });
    Ok(())
}
