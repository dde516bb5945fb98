//! Whole-record computations, typed from one value to the next.

use super::{Flush, Stage};
use crate::{Result, Samples};
use alloc::vec::Vec;

/// A whole-record computation: samples to samples, samples to events, events to steps, ...
///
/// [`AnalysisExt::feed`] chains analyses, and the compiler checks that each takes the result of the one before.
/// `dyn Analysis<[f64], Output = Vec<f64>>` is possible.
pub trait Analysis<In: ?Sized> {
    /// Result of the analysis.
    type Output;

    /// Analyses a whole record.
    ///
    /// # Errors
    /// As the analysis documents; invalid input never panics.
    fn analyze(&self, input: &In) -> Result<Self::Output>;
}

impl<In: ?Sized, A: Analysis<In> + ?Sized> Analysis<In> for &A {
    type Output = A::Output;
    fn analyze(&self, input: &In) -> Result<A::Output> {
        (**self).analyze(input)
    }
}

/// Methods of every analysis. The trait does not name the input type, so that one chain takes every kind of buffer.
pub trait AnalysisExt: Sized {
    /// Analyses with `self`, then with `next`.
    fn feed<B>(self, next: B) -> Feed<Self, B> {
        Feed(self, next)
    }
}

impl<A: AnalysisExt> AnalysisExt for &A {}

/// Two analyses in series; returned by [`AnalysisExt::feed`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feed<A, B>(A, B);

impl<In: ?Sized, A: Analysis<In>, B: Analysis<A::Output>> Analysis<In> for Feed<A, B> {
    type Output = B::Output;
    fn analyze(&self, input: &In) -> Result<B::Output> {
        self.1.analyze(&self.0.analyze(input)?)
    }
}

impl<A, B> AnalysisExt for Feed<A, B> {}

/// The same analysis on both members of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Both<A>(pub A);

impl<L, R, A: Analysis<L> + Analysis<R>> Analysis<(L, R)> for Both<A> {
    type Output = (<A as Analysis<L>>::Output, <A as Analysis<R>>::Output);
    fn analyze(&self, input: &(L, R)) -> Result<Self::Output> {
        Ok((self.0.analyze(&input.0)?, self.0.analyze(&input.1)?))
    }
}

impl<A> AnalysisExt for Both<A> {}

/// A stage run forwards over a whole record from its initial state, with the same bits as streaming.
///
/// ```
/// use copeak::{Analysis, stage::{Causal, Map}};
/// assert_eq!(Causal(Map(f64::abs)).analyze(&[-1.0, 2.0])?, [1.0, 2.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Causal<P>(pub P);

impl<S: Samples + ?Sized, P: Stage<S::Item>> Analysis<S> for Causal<P> {
    type Output = Vec<P::Output>;
    fn analyze(&self, input: &S) -> Result<Self::Output> {
        let mut state = self.0.initial_state();
        let mut out = Vec::with_capacity(input.len());
        match input.as_slice() {
            Some(slice) => self.0.process_block(&mut state, slice.iter().copied(), |y| out.push(y)),
            None => self.0.process_block(&mut state, input.iter_samples(), |y| out.push(y)),
        }
        Ok(out)
    }
}

impl<P> AnalysisExt for Causal<P> {}

/// Collects the outputs of a detector over a whole record, with those it still held at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collect<P>(pub P);

impl<S, P, E> Analysis<S> for Collect<P>
where
    S: Samples + ?Sized,
    P: Flush<S::Item, Output = Option<E>>,
{
    type Output = Vec<E>;
    fn analyze(&self, input: &S) -> Result<Vec<E>> {
        let mut state = self.0.initial_state();
        let mut found: Vec<E> = input.iter_samples().filter_map(|x| self.0.process(&mut state, x)).collect();
        while let Some(held) = self.0.flush(&mut state) {
            found.extend(held);
        }
        Ok(found)
    }
}

impl<P> AnalysisExt for Collect<P> {}
