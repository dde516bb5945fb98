//! Composition of computations: sample by sample ([`Stage`]) and record by record ([`Analysis`]).
//!
//! A stage is *immutable design*; its memory lives in a separate `State` value that the caller owns. So one
//! designed filter serves many channels, threads and streams, needs no locking, and the same design runs live
//! ([`Stream::push`]), over a buffer ([`StageExt::run`]) and forwards and backwards over a whole record
//! ([`crate::filter::ZeroPhase`]).
//!
//! | you want | you write |
//! |---|---|
//! | one sample at a time | [`StageExt::stream`], then [`Stream::push`] and [`Stream::flush`] |
//! | a chunk, and continue later | [`StageExt::run`], [`StageExt::run_in_place`] with a state of yours |
//! | one stage after another | [`StageExt::then`] |
//! | a whole record in, a result out | [`AnalysisExt::feed`] |
//! | to know how late the output is | [`GroupDelay`] |
//!
//! ```
//! use copeak::{GroupDelay, Rate, StageExt, filter::{Butterworth, CentralDifference}};
//! let rate = Rate::from_hz(200.0)?;
//! // Smoothed angular velocity, live.
//! let velocity = Butterworth::low_pass(2, 20.0, rate)?.cascade()?.then(CentralDifference::new(rate));
//! let angle: Vec<f64> = (0..200).map(|i| f64::from(i) * 0.5).collect(); // 100 degrees per second
//! let mut left = (&velocity).stream();
//! let mut right = (&velocity).stream(); // the same design, another state
//! let latest = angle.iter().filter_map(|&x| left.push(x)).last();
//! assert!((latest.unwrap() - 100.0).abs() < 1e-6);
//! assert_eq!(right.push(angle[0]), None); // a central difference waits for the sample to come
//! assert_eq!(format!("{:.0} ms late", 1e3 * velocity.group_delay_s(0.0, rate)), "16 ms late");
//! # Ok::<(), copeak::Error>(())
//! ```

mod combine;
mod delay;
#[cfg(feature = "alloc")]
mod record;

pub use combine::{Each, Map, Stream, Then};
pub use delay::GroupDelay;
#[cfg(feature = "alloc")]
pub use record::{Analysis, AnalysisExt, Both, Causal, Collect, Feed};

use crate::samples::{Samples, SamplesMut};
use core::cell::Cell;

/// One sample in, one value out, causally.
///
/// The output may be a number, a [`crate::Frame`], or an `Option` when the stage is a detector.
///
/// # Real-time considerations
/// `process` does not allocate, lock or panic in any stage of this crate; its cost is the same for every sample
/// unless the stage documents otherwise.
///
/// ```
/// use copeak::{Stage, StageExt};
///
/// /// The difference to the sample before.
/// struct Difference;
/// impl StageExt for Difference {}
/// impl Stage<f64> for Difference {
///     type Output = f64;
///     type State = f64;
///     fn initial_state(&self) -> f64 {
///         0.0
///     }
///     fn process(&self, before: &mut f64, x: f64) -> f64 {
///         x - core::mem::replace(before, x)
///     }
/// }
/// let mut live = Difference.stream();
/// assert_eq!([1.0, 4.0, 9.0].map(|x| live.push(x)), [1.0, 3.0, 5.0]);
/// ```
pub trait Stage<X> {
    /// Output for each sample.
    type Output;
    /// Memory of the stage between samples.
    type State;

    /// Returns the state before any sample.
    fn initial_state(&self) -> Self::State;

    /// Processes one sample.
    fn process(&self, state: &mut Self::State, x: X) -> Self::Output;

    /// Processes every sample of `input` and passes each output to `each`.
    ///
    /// The same numbers as `process` in a loop, which is the default; a stage that can keep its memory in registers
    /// over a run overrides it.
    #[inline]
    fn process_block<I, E>(&self, state: &mut Self::State, input: I, mut each: E)
    where
        Self: Sized,
        I: Iterator<Item = X>,
        E: FnMut(Self::Output),
    {
        for x in input {
            each(self.process(state, x));
        }
    }
}

/// A linear, time-invariant stage that can start as if its input had always been constant.
///
/// This is what zero-phase filtering needs at the ends of a record.
pub trait SteadyState<X>: Stage<X, Output = X> {
    /// Returns the state after an endless constant `level`, and the output that goes with it.
    #[doc(alias("sosfilt_zi", "lfilter_zi"))]
    fn steady_state(&self, level: X) -> (Self::State, X);

    /// Overwrites `state` with the settled one and returns the output that goes with it. No allocation when `state`
    /// is one of this stage's.
    fn set_steady_state(&self, state: &mut Self::State, level: X) -> X {
        let (settled, out) = self.steady_state(level);
        *state = settled;
        out
    }

    /// Returns the number of poles: the length of the transient is counted in multiples of it.
    fn order(&self) -> usize;

    /// Passes b0, b1, b2, a1, a2 of each section to `each`, the first one first, and returns true when the stage is nothing
    /// but second-order sections in a row, each with coefficients and memory in `f64`.
    ///
    /// [`crate::filter::ZeroPhase`] then runs parts of a record, and many records, side by side. The default returns
    /// false; the stage is then stepped as it stands.
    fn second_order_sections(&self, each: &mut dyn FnMut([f64; 5])) -> bool {
        let _ = each;
        false
    }
}

/// A stage that may still hold something back when the input ends, such as a detector's last candidate.
pub trait Flush<X>: Stage<X> {
    /// Returns the next held-back output; call until `None`. The default holds nothing back.
    fn flush(&self, state: &mut Self::State) -> Option<Self::Output> {
        let _ = state;
        None
    }
}

/// Methods of every stage.
///
/// The trait does not name the sample type, so that one chain takes numbers and frames alike: the type is inferred from
/// the samples pushed. The stages of the crate implement it; your own stage needs `impl StageExt for MyStage {}`.
pub trait StageExt: Sized {
    /// Feeds this stage's output to `next`.
    #[inline]
    fn then<B>(self, next: B) -> Then<Self, B> {
        Then(self, next)
    }

    /// Binds the stage to a fresh state: the streaming form.
    #[inline]
    fn stream<X>(self) -> Stream<Self, X>
    where
        Self: Stage<X>,
    {
        Stream::new(self)
    }

    /// Runs over `samples` from `state`, lazily, and leaves `state` where the samples end, so that the next chunk continues
    /// as if there were no cut.
    #[inline]
    fn run<'a, S>(
        &'a self,
        state: &'a mut <Self as Stage<S::Item>>::State,
        samples: &'a S,
    ) -> impl ExactSizeIterator<Item = <Self as Stage<S::Item>>::Output> + 'a
    where
        S: Samples + ?Sized,
        Self: Stage<S::Item>,
        <Self as Stage<S::Item>>::State: 'a,
        S::Item: 'a,
    {
        samples.iter_samples().map(move |x| self.process(state, x))
    }

    /// Overwrites `samples` with the stage's output. No allocation.
    fn run_in_place<S>(&self, state: &mut <Self as Stage<S::Item>>::State, samples: &mut S)
    where
        S: SamplesMut + ?Sized,
        Self: Stage<S::Item, Output = S::Item>,
    {
        if let Some(slice) = samples.as_mut_slice() {
            let cells = Cell::from_mut(slice).as_slice_of_cells();
            let mut places = cells.iter();
            self.process_block(state, cells.iter().map(Cell::get), |y| {
                if let Some(place) = places.next() {
                    place.set(y);
                }
            });
        } else {
            for i in 0..samples.len() {
                let y = self.process(state, samples.sample(i));
                samples.set(i, y);
            }
        }
    }
}

impl<P: StageExt> StageExt for &P {}

impl<X, P: Stage<X>> Stage<X> for &P {
    type Output = P::Output;
    type State = P::State;
    #[inline]
    fn initial_state(&self) -> P::State {
        (**self).initial_state()
    }
    #[inline]
    fn process(&self, state: &mut P::State, x: X) -> P::Output {
        (**self).process(state, x)
    }
    #[inline]
    fn process_block<I, E>(&self, state: &mut P::State, input: I, each: E)
    where
        I: Iterator<Item = X>,
        E: FnMut(P::Output),
    {
        (**self).process_block(state, input, each);
    }
}

impl<X, P: SteadyState<X>> SteadyState<X> for &P {
    #[inline]
    fn steady_state(&self, level: X) -> (P::State, X) {
        (**self).steady_state(level)
    }
    #[inline]
    fn set_steady_state(&self, state: &mut P::State, level: X) -> X {
        (**self).set_steady_state(state, level)
    }
    #[inline]
    fn order(&self) -> usize {
        (**self).order()
    }
    #[inline]
    fn second_order_sections(&self, each: &mut dyn FnMut([f64; 5])) -> bool {
        (**self).second_order_sections(each)
    }
}

impl<X, P: Flush<X>> Flush<X> for &P {
    #[inline]
    fn flush(&self, state: &mut P::State) -> Option<P::Output> {
        (**self).flush(state)
    }
}
