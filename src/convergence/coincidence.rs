//! Coincidence, and the index that measures it against chance.

/// Sum of the contributors' maxima, and the maximum of their sum. Serialised with their ratio as `coincidence`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[non_exhaustive]
pub struct Coincidence {
    /// Sum of the contributors' own maxima, A.
    pub available: f64,
    /// Maximum of their sum, P.
    pub realised: f64,
    /// Phase index of that maximum (the first one).
    pub at: usize,
}

#[cfg(feature = "serde")]
impl serde::Serialize for Coincidence {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("Coincidence", 4)?;
        fields.serialize_field("available", &self.available)?;
        fields.serialize_field("realised", &self.realised)?;
        fields.serialize_field("at", &self.at)?;
        fields.serialize_field("coincidence", &self.coincidence())?;
        fields.end()
    }
}

impl Coincidence {
    /// Returns the coincidence factor P/A; `None` unless A is above 0.
    ///
    /// The term is that of power engineering, where it is the highest demand of a group over the sum of its members'
    /// own highest demands (IEC 60050-691).
    #[doc(alias("coincidence factor", "diversity factor"))]
    pub fn coincidence(&self) -> Option<f64> {
        ratio(self.realised, self.available)
    }

    /// Returns the leak A - P: what is lost because the peaks do not coincide.
    pub fn leak(&self) -> f64 {
        self.available - self.realised
    }
}

/// Returns P/A; `None` unless A is above 0.
pub(super) fn ratio(realised: f64, available: f64) -> Option<f64> {
    (available > 0.0).then(|| realised / available)
}

/// The index is not defined for a smaller 1 - chance: pulses so wide that every timing is good.
const LEAST_RANGE: f64 = 0.02;

/// Returns the convergence index of a coincidence, where `chance` is the coincidence of random timing: 0 at chance, 1 when all
/// peak at one instant, negative below chance; `None` where 1 - chance is below 0.02.
///
/// ```
/// use copeak::convergence::kappa;
/// assert_eq!(kappa(0.875, 0.75), Some(0.5));
/// assert_eq!(kappa(1.0, 0.99), None); // pulses so wide that every timing is good
/// ```
pub fn kappa(coincidence: f64, chance: f64) -> Option<f64> {
    let range = 1.0 - chance;
    (range >= LEAST_RANGE).then(|| (coincidence - chance) / range)
}

// Largest values and where they lie.

/// Returns the largest of finite values, eight at a time; -infinity of none.
pub(super) fn highest(values: &[f64]) -> f64 {
    let mut best = [f64::NEG_INFINITY; 8];
    let mut chunks = values.chunks_exact(8);
    for chunk in &mut chunks {
        for (b, v) in best.iter_mut().zip(chunk) {
            *b = if *v > *b { *v } else { *b };
        }
    }
    chunks.remainder().iter().chain(&best).fold(f64::NEG_INFINITY, |b, &v| if v > b { v } else { b })
}

/// Returns index and value of the first largest of finite values.
pub(super) fn largest_of(values: &[f64]) -> (usize, f64) {
    let top = highest(values);
    (values.iter().position(|v| *v == top).unwrap_or(0), top)
}

/// Returns index and value of the first largest; (0, -infinity) of none.
#[cfg(feature = "analysis")]
pub(super) fn largest(values: impl Iterator<Item = f64>) -> (usize, f64) {
    values.enumerate().fold((0, f64::NEG_INFINITY), |best, (i, v)| if v > best.1 { (i, v) } else { best })
}
