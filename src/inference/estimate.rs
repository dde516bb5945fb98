//! A number with its interval.

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IntervalMethod {
    /// Student's t on the stride means.
    StudentT,
    /// Percentile bootstrap with tails widened for the sample size.
    Expanded,
    /// Plain percentile bootstrap.
    Percentile,
    /// Bias-corrected and accelerated bootstrap.
    Bca,
    /// Bootstrap over blocks of neighbouring strides.
    Block,
    /// Wilson's score interval of a proportion.
    Wilson,
    /// From quantiles of the F distribution.
    FisherF,
}

/// A point estimate, its interval and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// Lower and upper end; `None` when there are too few strides for one.
    pub ci: Option<(f64, f64)>,
    /// Confidence level of the interval.
    pub level: f64,
    /// Whether the interval is from too few strides to hold its level: fewer than 10, or fewer than 30 for
    /// the percentile and BCa methods.
    pub approximate: bool,
    /// Number of independent units: strides, unless stated otherwise.
    pub n: usize,
    /// Autocorrelation of neighbouring strides that the interval allows for, in [0, 0.9]; 0 where none is allowed for.
    pub autocorrelation: f64,
    /// How the interval was made.
    pub method: IntervalMethod,
}

impl Estimate {
    /// The same with the interval cut to the values that the quantity can take.
    ///
    /// ```
    /// use copeak::inference::t_interval;
    /// let share = t_interval(&[0.75, 1.0, 0.25], 0.95)?.within(0.0, 1.0);
    /// assert_eq!(share.ci, Some((0.0, 1.0)));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[must_use]
    pub fn within(self, least: f64, most: f64) -> Self {
        let ci = self.ci.map(|(low, high)| (low.max(least), high.min(most)));
        Self { ci, ..self }
    }

    /// The same in another unit: value and interval times a factor.
    ///
    /// ```
    /// use copeak::inference::t_interval;
    /// let ms = t_interval(&[0.020, 0.022, 0.018], 0.95)?.scaled(1e3);
    /// assert!((ms.value - 20.0).abs() < 1e-9 && ms.ci.is_some_and(|(low, high)| low > 15.0 && high < 25.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let ci = self.ci.map(|(low, high)| (factor * low, factor * high)).map(|(a, b)| (a.min(b), a.max(b)));
        Self { value: factor * self.value, ci, ..self }
    }

    /// Whether the interval is there and lies wholly on one side of `value`.
    ///
    /// ```
    /// use copeak::inference::t_interval;
    /// let kappa = t_interval(&[0.5, 0.6, 0.55, 0.45], 0.95)?;
    /// assert!(kappa.excludes(0.0) && !kappa.excludes(0.5));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn excludes(&self, value: f64) -> bool {
        self.ci.is_some_and(|(low, high)| low > value || high < value)
    }
}
