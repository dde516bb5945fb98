//! Short gaps of a stream.

use super::GapFill;
use super::mask::Run;
use super::patch::Beside;
use crate::filter::interpolate::is_infinite;
use crate::samples::Sample;
use crate::{Flush, GroupDelay, Stage};
use alloc::vec::Vec;

/// What a [`GapFill`] remembers of a stream: the last [`GapFill::latency`] samples and those needed before them.
#[derive(Debug, Clone, PartialEq)]
pub struct GapFillState<X, W> {
    /// Samples, and which of them are missing; room for twice what is needed, so that they are moved rarely.
    x: Vec<X>,
    mask: Vec<bool>,
    run: Run,
    /// The sample whose turn it is.
    next: usize,
    /// Whether nothing came out yet.
    at_start: bool,
    /// Inside a gap that is not filled.
    skipping: bool,
    /// What the gap at hand is filled with, the next value last.
    patch: Vec<X>,
    beside: Beside<W>,
}

impl GapFill {
    /// Samples kept before the one whose turn it is.
    fn kept(&self) -> usize {
        self.patch.reach() + self.missing.settles()
    }

    fn room(&self) -> usize {
        2 * (self.kept() + self.latency() + 1)
    }

    /// The sample whose turn it is. The end of a gap that is short enough has been seen, or the record has ended.
    fn turn<X: Sample>(&self, state: &mut GapFillState<X, X::Wide>) -> X {
        let GapFillState { x, mask, next, at_start, skipping, patch, beside, .. } = state;
        let i = *next;
        *next += 1;
        let first = core::mem::take(at_start);
        if !mask[i] {
            *skipping = false;
            return x[i];
        }
        if let Some(y) = patch.pop() {
            return y;
        }
        if !*skipping {
            let end = mask[i..].iter().take(self.longest + 1).position(|m| !m).map(|n| i + n);
            match end {
                Some(end) if !first => {
                    self.patch.fill(x, mask, i..end, beside, |_, y| patch.push(y));
                    patch.reverse();
                    if let Some(y) = patch.pop() {
                        return y;
                    }
                }
                _ => *skipping = true,
            }
        }
        X::splat(f64::NAN)
    }
}
impl crate::StageExt for GapFill {}

impl<X: Sample> Stage<X> for GapFill {
    type Output = Option<X>;
    type State = GapFillState<X, X::Wide>;

    fn initial_state(&self) -> Self::State {
        GapFillState {
            x: Vec::with_capacity(self.room()),
            mask: Vec::with_capacity(self.room()),
            run: Run::default(),
            next: 0,
            at_start: true,
            skipping: false,
            patch: Vec::with_capacity(self.longest),
            beside: Beside::new(self.patch.context),
        }
    }

    fn process(&self, state: &mut Self::State, x: X) -> Option<X> {
        if state.x.len() >= self.room() {
            let drop = state.next.saturating_sub(self.kept());
            state.x.drain(..drop);
            state.mask.drain(..drop);
            state.next -= drop;
        }
        state.x.push(if is_infinite(x) { X::splat(f64::NAN) } else { x });
        state.mask.push(false);
        self.missing.mark(&mut state.run, &state.x, &mut state.mask);
        (state.x.len() - state.next > self.latency()).then(|| self.turn(state))
    }
}

impl<X: Sample> Flush<X> for GapFill {
    fn flush(&self, state: &mut Self::State) -> Option<Option<X>> {
        (state.next < state.x.len()).then(|| Some(self.turn(state)))
    }
}

/// It waits for [`GapFill::latency`] samples.
impl GroupDelay for GapFill {
    fn group_delay(&self, _frequency: f64) -> f64 {
        self.latency() as f64
    }
}
