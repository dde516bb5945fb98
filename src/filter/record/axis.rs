//! Filters along one axis of an ndarray.

use crate::filter::Filter;
use crate::filter::record::{TOGETHER, contiguous};
use crate::filter::state::Workspace;
use crate::samples::Sample;
use crate::{Error, Result, Samples, SamplesMut};
use alloc::vec::Vec;
use core::array;
use ndarray::{Array, ArrayRef, ArrayView1, ArrayViewMut1, Axis, Dimension};

/// Lanes gathered together: as many `f64` as a cache line holds.
const NEIGHBOURS: usize = 8;

/// Filtering along an axis of an array of any dimension and memory order: C or Fortran, views, strided or reversed.
///
/// Every [`Filter`] has it. Each lane along the axis is a separate record and gives what [`Filter::apply`] gives
/// for it (to the last digits: where a filter has a faster way for many records, lanes of one slice take it too).
///
/// ```
/// use copeak::prelude::*;
/// use copeak::filter::ZeroPhase;
/// use ndarray::{Array2, Axis};
/// // One row per frame, one column per marker coordinate.
/// let frames = Array2::from_shape_fn((200, 6), |(t, c)| (t as f64 * 0.1 + c as f64).sin());
/// let filter = ZeroPhase::low_pass(2, 15.0, Rate::from_hz(200.0)?)?;
/// let smooth = filter.apply_axis(&frames, Axis(0))?;
/// assert_eq!(smooth.dim(), (200, 6));
/// # Ok::<(), copeak::Error>(())
/// ```
pub trait FilterAxis<X: Sample>: Filter<X> {
    /// Filters every lane of `x` along `axis` into a new array of the same shape and memory order.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such axis, and as [`Filter::check`] for the first lane that is refused.
    fn apply_axis<D: Dimension>(&self, x: &ArrayRef<X, D>, axis: Axis) -> Result<Array<X, D>> {
        let mut out = x.mapv(|_| X::ZERO);
        self.apply_axis_into(x, &mut out, axis, &mut self.workspace())?;
        Ok(out)
    }

    /// Filters every lane of `x` along `axis` into its place in `out`.
    ///
    /// Lanes that are slices in both arrays go in as they are; of others `workspace` holds eight. Allocates nothing
    /// once it has grown.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the shapes differ; as [`FilterAxis::apply_axis`]. A refused lane
    /// leaves NaN in all of `out`.
    fn apply_axis_into<D: Dimension>(
        &self,
        x: &ArrayRef<X, D>,
        out: &mut ArrayRef<X, D>,
        axis: Axis,
        workspace: &mut Workspace<X, Self::Scratch>,
    ) -> Result<()> {
        same_shape(x.shape(), out.shape())?;
        known_axis(x.ndim(), axis)?;
        let done = lanes_into(self, x, out, axis, workspace);
        if done.is_err() {
            out.fill(X::splat(f64::NAN));
        }
        done
    }

    /// Filters every lane of `x` along `axis` over itself.
    ///
    /// `workspace` holds eight lanes. Allocates nothing once it has grown.
    ///
    /// # Errors
    /// As [`FilterAxis::apply_axis`]; `x` then keeps what it holds.
    fn apply_axis_in_place<D: Dimension>(
        &self,
        x: &mut ArrayRef<X, D>,
        axis: Axis,
        workspace: &mut Workspace<X, Self::Scratch>,
    ) -> Result<()> {
        check_lanes(self, x, axis, &mut workspace.input)?;
        let mut lanes = x.lanes_mut(axis).into_iter();
        loop {
            let mut x: [Option<ArrayViewMut1<'_, X>>; NEIGHBOURS] = array::from_fn(|_| lanes.next());
            if x[0].is_none() {
                return Ok(());
            }
            gather(&x, &mut workspace.input);
            run_gathered(self, x.iter().flatten().count(), workspace)?;
            scatter(&workspace.output, &mut x);
        }
    }
}

impl<X: Sample, F: Filter<X> + ?Sized> FilterAxis<X> for F {}

fn same_shape(x: &[usize], out: &[usize]) -> Result<()> {
    match x.iter().zip(out).find(|(x, out)| x != out) {
        Some((left, right)) => {
            Err(Error::LengthMismatch { operation: "filtering an array", left: *left, right: *right })
        }
        None => Ok(()),
    }
}

/// [`FilterAxis::apply_axis_into`], shapes checked.
fn lanes_into<X, F, D>(
    filter: &F,
    x: &ArrayRef<X, D>,
    out: &mut ArrayRef<X, D>,
    axis: Axis,
    workspace: &mut Workspace<X, F::Scratch>,
) -> Result<()>
where
    X: Sample,
    F: Filter<X> + ?Sized,
    D: Dimension,
{
    if x.len_of(axis) == 0 && x.lanes(axis).into_iter().next().is_some() {
        return filter.check(&[]);
    }
    let sliced = |lane: Option<ArrayView1<'_, X>>| lane.is_some_and(|lane| lane.to_slice().is_some());
    let as_they_are = sliced(x.lanes(axis).into_iter().next()) && sliced(out.lanes(axis).into_iter().next());
    let (mut from, mut into) = (x.lanes(axis).into_iter(), out.lanes_mut(axis).into_iter());
    if as_they_are {
        loop {
            let x: [&[X]; TOGETHER] =
                array::from_fn(|_| from.next().and_then(|x| x.to_slice()).unwrap_or(&[]));
            let mut out: [&mut [X]; TOGETHER] =
                array::from_fn(|_| into.next().and_then(|out| out.into_slice()).unwrap_or(&mut []));
            let count = x.iter().take_while(|x| !x.is_empty()).count();
            if count == 0 {
                return Ok(());
            }
            filter.run_channels(&x[..count], &mut out[..count], &mut workspace.scratch)?;
        }
    }
    loop {
        let x: [Option<ArrayView1<'_, X>>; NEIGHBOURS] = array::from_fn(|_| from.next());
        if x[0].is_none() {
            return Ok(());
        }
        gather(&x, &mut workspace.input);
        run_gathered(filter, x.iter().flatten().count(), workspace)?;
        let mut out: [Option<ArrayViewMut1<'_, X>>; NEIGHBOURS] = array::from_fn(|_| into.next());
        scatter(&workspace.output, &mut out);
    }
}

fn known_axis(dimensions: usize, axis: Axis) -> Result<()> {
    if axis.index() < dimensions {
        return Ok(());
    }
    let (name, rule) = ("axis", "below the number of dimensions");
    Err(Error::Parameter { name, rule, value: axis.index() as f64 })
}

/// Every lane, before the first of them is written over.
fn check_lanes<X, F, D>(filter: &F, x: &ArrayRef<X, D>, axis: Axis, buffer: &mut Vec<X>) -> Result<()>
where
    X: Sample,
    F: Filter<X> + ?Sized,
    D: Dimension,
{
    known_axis(x.ndim(), axis)?;
    x.lanes(axis).into_iter().try_for_each(|lane| filter.check(contiguous(&lane, buffer)))
}

/// Filters `count` lanes that stand one behind the other in the workspace.
fn run_gathered<X, F>(filter: &F, count: usize, workspace: &mut Workspace<X, F::Scratch>) -> Result<()>
where
    X: Sample,
    F: Filter<X> + ?Sized,
{
    let Workspace { scratch, input, output } = workspace;
    output.resize(input.len(), X::ZERO);
    let length = (input.len() / count).max(1);
    let (mut from, mut into) = (input.chunks_exact(length), output.chunks_exact_mut(length));
    let x: [&[X]; NEIGHBOURS] = array::from_fn(|_| from.next().unwrap_or(&[]));
    let mut out: [&mut [X]; NEIGHBOURS] = array::from_fn(|_| into.next().unwrap_or(&mut []));
    filter.run_channels(&x[..count], &mut out[..count], scratch)
}

/// The lanes one behind the other, read side by side: neighbours share cache lines.
fn gather<V: Samples>(lanes: &[Option<V>], buffer: &mut Vec<V::Item>)
where
    V::Item: Sample,
{
    let length = lanes.iter().flatten().next().map_or(0, Samples::len);
    buffer.clear();
    buffer.resize(length * lanes.iter().flatten().count(), V::Item::ZERO);
    for i in 0..length {
        for (lane, x) in lanes.iter().flatten().enumerate() {
            buffer[lane * length + i] = x.sample(i);
        }
    }
}

/// [`gather`] undone.
fn scatter<V: SamplesMut>(buffer: &[V::Item], lanes: &mut [Option<V>]) {
    let length = lanes.iter().flatten().next().map_or(0, Samples::len);
    for i in 0..length {
        for (lane, out) in lanes.iter_mut().flatten().enumerate() {
            out.set(i, buffer[lane * length + i]);
        }
    }
}
