//! Statistics of a window that moves along the record.

mod lanes;
mod mean;
mod median;
mod ordered;
mod ranks;
mod rms;
mod sums;

pub(super) use lanes::{LANES, LanesScratch, Rows};
pub use mean::{MeanWindow, MovingMean};
pub use median::{MedianScratch, MedianWindow, MovingMedian};
pub(super) use ordered::Ordered;
pub use rms::{MovingRms, RmsWindow};
pub use sums::SumsScratch;

/// The trailing form of a moving filter: at each sample, the statistic of the last samples up to it. Made by the
/// filter's `trailing`.
///
/// Causal, for live use: [`crate::Stage`] with one output per sample at once. Nothing comes late but the window's
/// middle, which lies half a window back: [`crate::GroupDelay`] gives (window - 1)/2. Until the window is full it takes
/// the samples there are. A whole record goes through [`crate::stage::Causal`].
///
/// ```
/// use copeak::{GroupDelay, Rate, StageExt, filter::MovingRms};
/// let rate = Rate::from_hz(1000.0)?;
/// let envelope = MovingRms::trailing_for(0.025, rate)?;
/// assert_eq!(envelope.group_delay_s(0.0, rate), 0.012);
/// let mut live = envelope.stream();
/// assert_eq!(live.push(-3.0), 3.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trailing<F>(F);

impl<F> crate::StageExt for Trailing<F> {}

/// What every moving filter has alike: constructors, the late stage, the trailing stage, the periodic form.
macro_rules! moving {
    ([$x:ident: $bound:path] $ty:ident, $operation:literal, $slide:ty, $new:expr, $scratch:ty) => {
        impl $ty {
            /// A centred window of `window` samples.
            ///
            /// # Errors
            /// [`crate::Error::Parameter`] when `window` is even, 0 or above 1048575.
            pub fn new(window: usize) -> Result<Self> {
                Ok(Self { window: edge::odd_window(window)?, edge: Edge::default() })
            }

            /// A centred window of the odd number of samples nearest to `window_s` seconds.
            ///
            /// # Errors
            /// [`crate::Error::Parameter`] when that is less than one sample or more than 1048575.
            pub fn lasting(window_s: f64, rate: Rate) -> Result<Self> {
                Self::new(edge::odd_samples(window_s, rate)?)
            }

            /// The last `window` samples, odd or even, up to each sample: the form for live use.
            ///
            /// # Errors
            /// [`crate::Error::Parameter`] when `window` is 0 or above 1048575.
            pub fn trailing(window: usize) -> Result<Trailing<Self>> {
                Ok(Trailing(Self { window: edge::whole_window(window)?, edge: Edge::default() }))
            }

            /// The samples of the last `window_s` seconds up to each sample, to the nearest whole number of them.
            ///
            /// # Errors
            /// [`crate::Error::Parameter`] when that is less than one sample or more than 1048575.
            pub fn trailing_for(window_s: f64, rate: Rate) -> Result<Trailing<Self>> {
                Self::trailing(edge::whole_samples(window_s, rate)?)
            }

            /// What the window finds past the ends; [`Edge::Inside`] unless set.
            #[must_use]
            pub fn edge(self, edge: Edge) -> Self {
                Self { edge, ..self }
            }

            /// The record as one period of a cycle.
            pub fn periodic(self) -> Periodic<Self> {
                Periodic(self)
            }

            /// The window in samples.
            pub fn window(&self) -> usize {
                self.window
            }
        }

        impl<$x: $bound> Stage<$x> for $ty {
            type Output = Option<$x>;
            type State = CentredState<<$x as Sample>::Wide, $slide>;

            fn initial_state(&self) -> Self::State {
                CentredState::new($new(self.window), self.window, self.edge)
            }

            #[inline]
            fn process(&self, state: &mut Self::State, x: $x) -> Option<$x> {
                state.step(Sample::widen(x)).map(<$x as Sample>::narrow)
            }
        }

        impl<$x: $bound> Flush<$x> for $ty {
            fn flush(&self, state: &mut Self::State) -> Option<Option<$x>> {
                state.flush().map(|y| Some(<$x as Sample>::narrow(y)))
            }
        }

        impl<$x: $bound> Stage<$x> for Trailing<$ty> {
            type Output = $x;
            type State = TrailingState<$slide>;

            fn initial_state(&self) -> Self::State {
                TrailingState::new($new(self.0.window), self.0.window)
            }

            #[inline]
            fn process(&self, state: &mut Self::State, x: $x) -> $x {
                <$x as Sample>::narrow(state.step(Sample::widen(x)))
            }
        }

        impl<$x: $bound> Flush<$x> for Trailing<$ty> {}

        /// The window's middle lies (window - 1)/2 back.
        impl GroupDelay for Trailing<$ty> {
            fn group_delay(&self, _frequency: f64) -> f64 {
                (self.0.window as f64 - 1.0) / 2.0
            }
        }

        /// It waits for half a window.
        impl GroupDelay for $ty {
            fn group_delay(&self, _frequency: f64) -> f64 {
                (self.window / 2) as f64
            }
        }

        windowed!([$x: $bound] $ty, $operation, $scratch, |_: &Self| 1);
    };
}
use moving;
