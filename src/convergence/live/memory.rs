//! Where live convergence keeps its numbers.

use super::super::PHASES;
use super::STEP_S;

/// What is on the heap unless the caller says otherwise; without a heap there is no such thing.
#[cfg(feature = "alloc")]
pub(super) type Heap<T> = alloc::vec::Vec<T>;
#[cfg(not(feature = "alloc"))]
pub(super) type Heap<T> = [T; 0];

/// From half a stride before a contact's middle to the landing that ends its stride.
const LONGEST_S: f64 = 3.0 * STEP_S.1;

/// Places for `f64` that [`super::LiveConvergence::in_memory`] needs: for so many frames a second of so many channels, so many
/// contributors, and kappa over so many last steps.
///
/// ```
/// use copeak::convergence::live_memory;
/// // 250 frames a second of 5 channels, 5 contributors, 10 steps: 30 kB.
/// const PLACES: usize = live_memory(250.0, 5, 5, 10);
/// assert_eq!(8 * PLACES, 29_400);
/// ```
pub const fn live_memory(rate_hz: f64, channels: usize, members: usize, steps: usize) -> usize {
    capacity(rate_hz) * channels + fixed(members) + steps
}

/// Frames that are kept.
pub(super) const fn capacity(rate_hz: f64) -> usize {
    ((LONGEST_S * rate_hz) as usize + 2).next_power_of_two()
}

/// Places for drives, their sum, and the contributors' mean peaks.
pub(super) const fn fixed(members: usize) -> usize {
    members * 2 * PHASES + PHASES + members
}

/// The memory in its parts.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) frames: &'a mut [f64],
    /// Drives of the step being measured, contributor after contributor, each laid down twice.
    pub(super) rows: &'a mut [f64],
    pub(super) sum: &'a mut [f64],
    /// Sums of the contributors' peaks so far.
    pub(super) peaks: &'a mut [f64],
    /// Coincidence of the last steps.
    pub(super) window: &'a mut [f64],
}

impl<'a> Parts<'a> {
    pub(super) fn of(memory: &'a mut [f64], frames: usize, members: usize) -> Self {
        let (frames, memory) = cut(memory, frames);
        let (rows, memory) = cut(memory, members * 2 * PHASES);
        let (sum, memory) = cut(memory, PHASES);
        let (peaks, window) = cut(memory, members);
        Self { frames, rows, sum, peaks, window }
    }
}

/// The first `n` places, or all, and the rest.
fn cut(memory: &mut [f64], n: usize) -> (&mut [f64], &mut [f64]) {
    let n = n.min(memory.len());
    memory.split_at_mut(n)
}
