//! Any stage, forwards and backwards over one record.

use crate::SteadyState;
use crate::samples::Sample;
use alloc::vec::Vec;
use core::cell::Cell;

/// The extensions are never copied into the record: the one before it is computed on the way in, the one after it lives
/// in the scratch.
pub(super) fn filter<X: Sample, P: SteadyState<X>>(
    stage: &P,
    extension: usize,
    x: &[X],
    out: &mut [X],
    (state, tail): &mut (P::State, Vec<X>),
) {
    let (first, last) = (x[0], x[x.len() - 1]);
    let before = |i: usize| first + first - x[i];
    let after = |i: usize| last + last - x[x.len() - 1 - i];

    stage.set_steady_state(state, before(extension));
    stage.process_block(state, (1..=extension).rev().map(before), |_| {});
    {
        let mut places = out.iter_mut();
        stage.process_block(state, x.iter().copied(), |y| {
            if let Some(place) = places.next() {
                *place = y;
            }
        });
    }
    tail.clear();
    stage.process_block(state, (1..=extension).map(after), |y| tail.push(y));

    if let Some(level) = tail.last() {
        stage.set_steady_state(state, *level);
    }
    stage.process_block(state, tail.iter().rev().copied(), |_| {});
    let cells = Cell::from_mut(out).as_slice_of_cells();
    let mut places = cells.iter().rev();
    stage.process_block(state, cells.iter().rev().map(Cell::get), |y| {
        if let Some(place) = places.next() {
            place.set(y);
        }
    });
}
