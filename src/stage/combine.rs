//! Stages made of stages.

use super::{Flush, Stage, SteadyState};
use crate::Frame;
use core::{array, fmt, mem};

/// Two stages in series; returned by [`super::StageExt::then`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Then<A, B>(pub A, pub B);
impl<A, B> crate::StageExt for Then<A, B> {}

impl<X, A: Stage<X>, B: Stage<A::Output>> Stage<X> for Then<A, B> {
    type Output = B::Output;
    type State = (A::State, B::State);
    #[inline]
    fn initial_state(&self) -> Self::State {
        (self.0.initial_state(), self.1.initial_state())
    }
    #[inline]
    fn process(&self, (a, b): &mut Self::State, x: X) -> B::Output {
        self.1.process(b, self.0.process(a, x))
    }
}

impl<X, A: SteadyState<X>, B: SteadyState<X>> SteadyState<X> for Then<A, B> {
    fn steady_state(&self, level: X) -> (Self::State, X) {
        let (a, between) = self.0.steady_state(level);
        let (b, out) = self.1.steady_state(between);
        ((a, b), out)
    }
    fn set_steady_state(&self, (a, b): &mut Self::State, level: X) -> X {
        self.1.set_steady_state(b, self.0.set_steady_state(a, level))
    }
    fn order(&self) -> usize {
        self.0.order() + self.1.order()
    }
    fn second_order_sections(&self, each: &mut dyn FnMut([f64; 5])) -> bool {
        self.0.second_order_sections(each) && self.1.second_order_sections(each)
    }
}

impl<X, A: Flush<X>, B: Flush<A::Output>> Flush<X> for Then<A, B> {
    fn flush(&self, (a, b): &mut Self::State) -> Option<B::Output> {
        match self.0.flush(a) {
            Some(late) => Some(self.1.process(b, late)),
            None => self.1.flush(b),
        }
    }
}
impl<P, const N: usize> crate::StageExt for [P; N] {}

/// A cascade of stages of one type, without heap.
impl<X, P: Stage<X, Output = X>, const N: usize> Stage<X> for [P; N] {
    type Output = X;
    type State = [P::State; N];
    #[inline]
    fn initial_state(&self) -> Self::State {
        array::from_fn(|i| self[i].initial_state())
    }
    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> X {
        self.iter().zip(state).fold(x, |x, (stage, state)| stage.process(state, x))
    }

    /// Keeps the state in a local variable during the run: behind the reference it could alias the writes of `each`, and
    /// every sample would be stored to memory.
    #[inline]
    fn process_block<I, E>(&self, state: &mut Self::State, input: I, mut each: E)
    where
        I: Iterator<Item = X>,
        E: FnMut(X),
    {
        let mut local = mem::replace(state, self.initial_state());
        for x in input {
            each(self.process(&mut local, x));
        }
        *state = local;
    }
}

impl<X: Copy, P: SteadyState<X>, const N: usize> SteadyState<X> for [P; N] {
    fn steady_state(&self, level: X) -> (Self::State, X) {
        let mut level = level;
        let states = array::from_fn(|i| {
            let (state, out) = self[i].steady_state(level);
            level = out;
            state
        });
        (states, level)
    }
    fn set_steady_state(&self, state: &mut Self::State, level: X) -> X {
        self.iter().zip(state).fold(level, |level, (stage, state)| stage.set_steady_state(state, level))
    }
    fn order(&self) -> usize {
        self.iter().map(SteadyState::order).sum()
    }
    fn second_order_sections(&self, each: &mut dyn FnMut([f64; 5])) -> bool {
        self.iter().all(|stage| stage.second_order_sections(each))
    }
}

impl<X, P: Flush<X, Output = X>, const N: usize> Flush<X> for [P; N] {
    /// Returns the outputs that the first stages hold back first, processed by the stages after them.
    fn flush(&self, state: &mut Self::State) -> Option<X> {
        (0..N).find_map(|i| {
            let late = self[i].flush(&mut state[i])?;
            let behind = self[i + 1..].iter().zip(&mut state[i + 1..]);
            Some(behind.fold(late, |x, (stage, state)| stage.process(state, x)))
        })
    }
}

/// A stage together with its state, into which a program pushes samples.
///
/// ```
/// use copeak::{StageExt, stage::Map};
/// let mut live = Map(|x: f32| x * x).stream();
/// assert_eq!(live.push(3.0), 9.0);
/// ```
pub struct Stream<P: Stage<X>, X> {
    stage: P,
    state: P::State,
}

impl<P: Stage<X>, X> Stream<P, X> {
    pub(super) fn new(stage: P) -> Self {
        let state = stage.initial_state();
        Self { stage, state }
    }

    /// Returns the stage.
    pub fn stage(&self) -> &P {
        &self.stage
    }

    /// Returns the state.
    pub fn state(&self) -> &P::State {
        &self.state
    }

    /// Processes one sample.
    #[inline]
    pub fn push(&mut self, x: X) -> P::Output {
        self.stage.process(&mut self.state, x)
    }

    /// Ends the input and returns the next output that the stage still holds; call until `None`.
    pub fn flush(&mut self) -> Option<P::Output>
    where
        P: Flush<X>,
    {
        self.stage.flush(&mut self.state)
    }

    /// Resets the state.
    pub fn reset(&mut self) {
        self.state = self.stage.initial_state();
    }
}

impl<P: Stage<X> + Clone, X> Clone for Stream<P, X>
where
    P::State: Clone,
{
    fn clone(&self) -> Self {
        Self { stage: self.stage.clone(), state: self.state.clone() }
    }
}

impl<P: Stage<X> + fmt::Debug, X> fmt::Debug for Stream<P, X>
where
    P::State: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("stage", &self.stage).field("state", &self.state).finish()
    }
}

/// A closure as a stage without state.
#[derive(Debug, Clone, Copy)]
pub struct Map<F>(pub F);
impl<F> crate::StageExt for Map<F> {}

impl<X, Y, F: Fn(X) -> Y> Stage<X> for Map<F> {
    type Output = Y;
    type State = ();
    #[inline]
    fn initial_state(&self) {}
    #[inline]
    fn process(&self, (): &mut (), x: X) -> Y {
        (self.0)(x)
    }
}

impl<X, Y, F: Fn(X) -> Y> Flush<X> for Map<F> {}

/// The same stage on every channel of a frame, with a separate state and output per channel.
///
/// Stages of linear arithmetic process frames directly, in vector lanes; this is for all other stages.
///
/// ```
/// use copeak::{Frame, StageExt, stage::{Each, Map}};
/// let mut live = Each(Map(f64::abs)).stream();
/// assert_eq!(live.push(Frame([-1.0, 2.0])), [1.0, 2.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Each<P>(pub P);
impl<P> crate::StageExt for Each<P> {}

impl<T: Copy, P: Stage<T>, const N: usize> Stage<Frame<T, N>> for Each<P> {
    type Output = [P::Output; N];
    type State = [P::State; N];
    #[inline]
    fn initial_state(&self) -> Self::State {
        array::from_fn(|_| self.0.initial_state())
    }
    #[inline]
    fn process(&self, state: &mut Self::State, x: Frame<T, N>) -> Self::Output {
        array::from_fn(|i| self.0.process(&mut state[i], x.0[i]))
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::StageExt;
    use alloc::vec::Vec;
    use core::cell::Cell;

    /// Returns the previous sample, and at the end the last one.
    struct Late;
    impl StageExt for Late {}
    impl Stage<f64> for Late {
        type Output = f64;
        type State = Option<f64>;
        fn initial_state(&self) -> Option<f64> {
            None
        }
        fn process(&self, held: &mut Option<f64>, x: f64) -> f64 {
            held.replace(x).unwrap_or(0.0)
        }
    }
    impl Flush<f64> for Late {
        fn flush(&self, held: &mut Option<f64>) -> Option<f64> {
            held.take()
        }
    }

    fn all(stage: impl StageExt + Flush<f64, Output = f64>) -> Vec<f64> {
        let mut live = stage.stream();
        let mut out: Vec<f64> = [1.0, 2.0, 3.0].map(|x| live.push(x)).into();
        while let Some(late) = live.flush() {
            out.push(late);
        }
        out
    }

    #[test]
    fn a_row_of_stages_gives_back_what_each_held() {
        let whole = [0.0, 0.0, 0.0, 1.0, 2.0, 3.0];
        assert_eq!(all(Late.then(Late).then(Late)), whole);
        assert_eq!(all([Late, Late, Late]), whole);
        assert_eq!(all(&[Late, Late, Late]), whole);
        assert_eq!(all([Late]), [0.0, 1.0, 2.0, 3.0]);
    }

    /// Counts which of its methods are called.
    #[derive(Default)]
    struct Counted {
        driven: Cell<usize>,
        settled: Cell<usize>,
    }
    impl StageExt for Counted {}
    impl Stage<f64> for Counted {
        type Output = f64;
        type State = ();
        fn initial_state(&self) {}
        fn process(&self, (): &mut (), x: f64) -> f64 {
            x
        }
        fn process_block<I: Iterator<Item = f64>, E: FnMut(f64)>(&self, (): &mut (), input: I, each: E) {
            self.driven.set(self.driven.get() + 1);
            input.for_each(each);
        }
    }
    impl SteadyState<f64> for Counted {
        fn steady_state(&self, level: f64) -> ((), f64) {
            ((), level)
        }
        fn set_steady_state(&self, (): &mut (), level: f64) -> f64 {
            self.settled.set(self.settled.get() + 1);
            level
        }
        fn order(&self) -> usize {
            0
        }
    }

    #[test]
    fn a_reference_runs_what_it_points_to_its_own_way() {
        let stage = Counted::default();
        let by_reference = &stage;
        by_reference.run_in_place(&mut (), &mut [1.0, 2.0]);
        SteadyState::set_steady_state(&by_reference, &mut (), 1.0);
        <&Counted as Stage<f64>>::process_block(&by_reference, &mut (), [1.0].into_iter(), |_| ());
        assert_eq!((stage.driven.get(), stage.settled.get()), (2, 1));
    }
}
