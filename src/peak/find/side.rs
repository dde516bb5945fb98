//! Which way up a curve is looked at.

/// What counts as high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::peak) enum Side {
    /// The value.
    Maxima,
    /// The value negated.
    Minima,
    /// The magnitude.
    Absolute,
}

impl Side {
    /// How high a value counts.
    #[inline]
    pub(in crate::peak) fn height(self, value: f64) -> f64 {
        match self {
            Side::Maxima => value,
            Side::Minima => -value,
            Side::Absolute => value.abs(),
        }
    }
}
