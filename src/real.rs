//! The sample type: `f32` or `f64`.

use core::fmt::{Debug, Display};
use num_traits::{ConstOne, ConstZero, Float, FloatConst, FromPrimitive, NumAssign};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A real sample type.
///
/// Sealed, so that bounds may be added without a breaking change.
///
/// ```
/// use copeak::Real;
/// fn half<T: Real>(x: T) -> T {
///     x * T::cast(0.5)
/// }
/// assert_eq!(half(3.0f32), 1.5);
/// assert_eq!(half(3.0f64).as_f64(), 1.5);
/// ```
pub trait Real:
    Float
    + FloatConst
    + FromPrimitive
    + NumAssign
    + ConstZero
    + ConstOne
    + Debug
    + Display
    + Default
    + Send
    + Sync
    + 'static
    + sealed::Sealed
{
    /// A constant in this type, rounded to nearest.
    fn cast(value: f64) -> Self;
    /// The value as `f64`, exactly.
    fn as_f64(self) -> f64;
}

impl Real for f32 {
    #[inline(always)]
    fn cast(value: f64) -> Self {
        value as f32
    }
    #[inline(always)]
    fn as_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn cast(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn as_f64(self) -> f64 {
        self
    }
}
