//! Filters over whole records.

use crate::samples::Sample;
use crate::{Error, Result, Samples, SamplesMut, Signal};
use alloc::vec;
use alloc::vec::Vec;
use core::array;

/// Channels passed to [`Filter::run_channels`] at once.
const TOGETHER: usize = 64;

#[cfg(feature = "ndarray")]
mod axis;
#[cfg(feature = "ndarray")]
pub use axis::FilterAxis;

/// A filter over whole records: as many samples out as in.
///
/// One set of calls for every such filter of the crate: [`Filter::apply`] into a new buffer, [`Filter::apply_into`] the
/// caller's, [`Filter::apply_in_place`] over the record itself, [`Filter::apply_channels_into`] over many records, and with
/// ndarray along an axis of a matrix. The last three allocate nothing once their [`Workspace`] has grown to the record.
///
/// To write your own filter, define its scratch memory, which records it takes, and how it filters a slice:
///
/// ```
/// use copeak::{Error, Filter, Result};
///
/// /// Subtracts the mean.
/// struct Centre;
/// impl Filter<f64> for Centre {
///     type Scratch = ();
///     fn scratch(&self) {}
///     fn check(&self, x: &[f64]) -> Result<()> {
///         if x.is_empty() {
///             return Err(Error::TooFew { operation: "centring", unit: "samples", needed: 1, got: 0 });
///         }
///         Ok(())
///     }
///     fn run(&self, x: &[f64], out: &mut [f64], (): &mut ()) {
///         let mean = x.iter().sum::<f64>() / x.len() as f64;
///         out.iter_mut().zip(x).for_each(|(out, x)| *out = x - mean);
///     }
/// }
/// assert_eq!(Centre.apply(&[1.0, 2.0, 6.0])?, [-2.0, -1.0, 3.0]);
/// let mut ring = std::collections::VecDeque::from([1.0, 3.0]);
/// Centre.apply_in_place(&mut ring, &mut Centre.workspace())?;
/// assert_eq!(ring, [-1.0, 1.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
pub trait Filter<X: Sample> {
    /// Memory that the filter needs in addition to the record and may keep between calls; `()` for most.
    type Scratch;

    /// Creates the scratch memory.
    fn scratch(&self) -> Self::Scratch;

    /// Checks that the record can be filtered: long enough, finite where it must be.
    ///
    /// # Errors
    /// What the filter documents.
    fn check(&self, x: &[X]) -> Result<()>;

    /// Filters `x`, which passed [`Filter::check`], into `out`, which is as long.
    ///
    /// # Panics
    /// May panic when one of the two does not hold. The other methods see to both.
    fn run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch);

    /// [`Filter::check`], then [`Filter::run`] into `out`, which is as long as `x`; a filter that detects on its way
    /// what it would refuse does both in one pass, and may then leave anything in `out`.
    ///
    /// # Errors
    /// As [`Filter::check`].
    ///
    /// # Panics
    /// May panic when `out` is shorter than `x`.
    fn check_and_run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch) -> Result<()> {
        self.check(x)?;
        self.run(x, out, scratch);
        Ok(())
    }

    /// [`Filter::check_and_run`] for many records, each with an output as long as itself: one after the other unless the
    /// filter knows better.
    ///
    /// # Errors
    /// As [`Filter::check`], for the first record that is refused; the outputs then hold anything.
    ///
    /// # Panics
    /// As [`Filter::check_and_run`].
    fn run_channels(&self, x: &[&[X]], out: &mut [&mut [X]], scratch: &mut Self::Scratch) -> Result<()> {
        x.iter().zip(out).try_for_each(|(x, out)| self.check_and_run(x, out, scratch))
    }

    /// Creates memory that the calls with a workspace use again.
    fn workspace(&self) -> Workspace<X, Self::Scratch> {
        Workspace { scratch: self.scratch(), input: Vec::new(), output: Vec::new() }
    }

    /// Filters `x` into a new buffer.
    ///
    /// # Errors
    /// As [`Filter::check`].
    fn apply<S>(&self, x: &S) -> Result<Vec<X>>
    where
        S: Samples<Item = X> + ?Sized,
    {
        let x = x.to_slice();
        let mut out = vec![X::ZERO; x.len()];
        self.check_and_run(&x, &mut out, &mut self.scratch())?;
        Ok(out)
    }

    /// Filters a signal; the result lies on the same clock.
    ///
    /// ```
    /// use copeak::{Clock, Filter, Rate, Signal, filter::ZeroPhase};
    /// let rate = Rate::from_hz(100.0)?;
    /// let angle = Signal::new(Clock::new(rate, 2.0)?, vec![5.0; 50]);
    /// let smooth = ZeroPhase::low_pass(2, 6.0, rate)?.apply_signal(&angle)?;
    /// assert_eq!((smooth.start_s(), smooth.samples().len()), (2.0, 50));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Filter::check`].
    fn apply_signal<S>(&self, x: &Signal<S>) -> Result<Signal<Vec<X>>>
    where
        S: Samples<Item = X>,
    {
        Ok(x.with_samples(self.apply(x.samples())?))
    }

    /// Filters `x` into `out`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `out` is not as long as `x`, and as [`Filter::check`]; a refused record leaves
    /// NaN throughout, so that nothing half done is taken for a result.
    fn apply_into<S, O>(&self, x: &S, out: &mut O, workspace: &mut Workspace<X, Self::Scratch>) -> Result<()>
    where
        S: Samples<Item = X> + ?Sized,
        O: SamplesMut<Item = X> + ?Sized,
    {
        same_length(x.len(), out.len())?;
        let Workspace { scratch, input, output } = workspace;
        let x = contiguous(x, input);
        let done = match out.as_mut_slice() {
            Some(slice) => self.check_and_run(x, slice, scratch),
            None => {
                output.resize(x.len(), X::ZERO);
                let done = self.check_and_run(x, output, scratch);
                spread(output, out);
                done
            }
        };
        if done.is_err() {
            void(out);
        }
        done
    }

    /// Filters the record over itself.
    ///
    /// # Errors
    /// As [`Filter::check`]; the record then keeps what it holds.
    fn apply_in_place<S>(&self, x: &mut S, workspace: &mut Workspace<X, Self::Scratch>) -> Result<()>
    where
        S: SamplesMut<Item = X> + ?Sized,
    {
        let Workspace { scratch, input, output } = workspace;
        gather(x, input);
        self.check(input)?;
        match x.as_mut_slice() {
            Some(slice) => self.run(input, slice, scratch),
            None => {
                output.resize(input.len(), X::ZERO);
                self.run(input, output, scratch);
                spread(output, x);
            }
        }
        Ok(())
    }

    /// Filters every channel into a new buffer.
    ///
    /// # Errors
    /// As [`Filter::check`], for the first channel that is refused.
    fn apply_channels<S>(&self, x: &[S]) -> Result<Vec<Vec<X>>>
    where
        S: Samples<Item = X>,
    {
        let mut out: Vec<Vec<X>> = x.iter().map(|x| vec![X::ZERO; x.len()]).collect();
        self.apply_channels_into(x, &mut out, &mut self.workspace())?;
        Ok(out)
    }

    /// Filters every channel of `x` into its place in `out`. Channels may differ in length.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when there are not as many outputs as channels or one is not as long as its channel,
    /// and as [`Filter::check`], for the first channel that is refused; all outputs are then
    /// NaN throughout.
    fn apply_channels_into<S, O>(
        &self,
        x: &[S],
        out: &mut [O],
        workspace: &mut Workspace<X, Self::Scratch>,
    ) -> Result<()>
    where
        S: Samples<Item = X>,
        O: SamplesMut<Item = X>,
    {
        same_length(x.len(), out.len())?;
        for (x, out) in x.iter().zip(&*out) {
            same_length(x.len(), out.len())?;
        }
        let done = each_channel_into(self, x, out, workspace);
        if done.is_err() {
            out.iter_mut().for_each(void);
        }
        done
    }
}

/// Memory that a [`Filter`] uses again from call to call; made by [`Filter::workspace`].
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace<X, S = ()> {
    scratch: S,
    /// Stands in for a record that is not one slice, or that is about to be overwritten.
    input: Vec<X>,
    /// Stands in for an output that is not one slice.
    output: Vec<X>,
}

/// The [`Workspace`] of a filter for a sample type.
pub type WorkspaceOf<F, X> = Workspace<X, <F as Filter<X>>::Scratch>;

/// [`Filter::apply_channels_into`], lengths checked.
fn each_channel_into<X, F, S, O>(
    filter: &F,
    x: &[S],
    out: &mut [O],
    workspace: &mut Workspace<X, F::Scratch>,
) -> Result<()>
where
    X: Sample,
    F: Filter<X> + ?Sized,
    S: Samples<Item = X>,
    O: SamplesMut<Item = X>,
{
    for (x, out) in x.chunks(TOGETHER).zip(out.chunks_mut(TOGETHER)) {
        let mut slices: [&[X]; TOGETHER] = [&[]; TOGETHER];
        let mut places: [&mut [X]; TOGETHER] = array::from_fn(|_| &mut [][..]);
        let mut found = 0;
        for ((slice, place), (x, out)) in slices.iter_mut().zip(&mut places).zip(x.iter().zip(&mut *out)) {
            match (x.as_slice(), out.as_mut_slice()) {
                (Some(x), Some(out)) => (*slice, *place) = (x, out),
                _ => break,
            }
            found += 1;
        }
        filter.run_channels(&slices[..found], &mut places[..found], &mut workspace.scratch)?;
        for (x, out) in x.iter().zip(out).skip(found) {
            filter.apply_into(x, out, workspace)?;
        }
    }
    Ok(())
}

/// No result.
fn void<O: SamplesMut + ?Sized>(out: &mut O)
where
    O::Item: Sample,
{
    (0..out.len()).for_each(|i| out.set(i, O::Item::splat(f64::NAN)));
}

fn same_length(left: usize, right: usize) -> Result<()> {
    if left == right { Ok(()) } else { Err(Error::LengthMismatch { operation: "filtering", left, right }) }
}

pub(super) fn contiguous<'a, S>(x: &'a S, buffer: &'a mut Vec<S::Item>) -> &'a [S::Item]
where
    S: Samples + ?Sized,
{
    match x.as_slice() {
        Some(slice) => slice,
        None => {
            gather(x, buffer);
            buffer
        }
    }
}

fn gather<S: Samples + ?Sized>(x: &S, buffer: &mut Vec<S::Item>) {
    buffer.clear();
    match x.as_slice() {
        Some(slice) => buffer.extend_from_slice(slice),
        None => buffer.extend(x.iter_samples()),
    }
}

fn spread<O: SamplesMut + ?Sized>(from: &[O::Item], out: &mut O) {
    from.iter().enumerate().for_each(|(i, y)| out.set(i, *y));
}

/// A filter is an analysis of a record, from samples to samples.
macro_rules! whole_record {
    ([$x:ident: $linear:path $(, $p:ident: $bound:path)*] $ty:ty) => {
        impl<S, $x, $($p),*> $crate::Analysis<S> for $ty
        where
            S: $crate::Samples<Item = $x> + ?Sized,
            $x: $linear,
            $($p: $bound),*
        {
            type Output = alloc::vec::Vec<$x>;
            fn analyze(&self, input: &S) -> $crate::Result<Self::Output> {
                self.apply(input)
            }
        }
        impl<$($p),*> $crate::AnalysisExt for $ty {}
    };
}
