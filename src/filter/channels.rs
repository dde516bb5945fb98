//! Many channels of one length at once, side by side in vector lanes.

use super::{Workspace, ZeroPhase};
use crate::samples::Linear;
use crate::{Error, Frame, Real, Result, Samples, SamplesMut, Settle, Stage};
use alloc::{borrow::Cow, vec, vec::Vec};
use core::array;

/// Channels filtered together: as many as the arithmetic of a section keeps in registers.
const LANES: usize = 8;
/// Frames turned back into channels at a time: small enough for the nearest cache.
const BLOCK: usize = 256;

/// Memory that [`ZeroPhase::apply_channels_into`] uses again from call to call.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelWorkspace<T, One, Eight> {
    one: Workspace<T, One>,
    eight: Workspace<Frame<T, LANES>, Eight>,
}

/// [`ChannelWorkspace`] of a filter and a sample type.
pub type ChannelWorkspaceOf<P, T> =
    ChannelWorkspace<T, <P as Stage<T>>::State, <P as Stage<Frame<T, LANES>>>::State>;

/// Equally long channels, read as frames.
struct Rows<'a, T>([&'a [T]; LANES]);

impl<T: Copy> Samples for Rows<'_, T> {
    type Item = Frame<T, LANES>;
    #[inline]
    fn len(&self) -> usize {
        self.0[0].len()
    }
    #[inline]
    fn at(&self, index: usize) -> Frame<T, LANES> {
        Frame(array::from_fn(|lane| self.0[lane][index]))
    }
}

impl<P> ZeroPhase<P> {
    /// Memory for [`ZeroPhase::apply_channels_into`].
    pub fn channel_workspace<T: Real>(&self) -> ChannelWorkspaceOf<P, T>
    where
        P: Settle<T> + Settle<Frame<T, LANES>>,
    {
        ChannelWorkspace { one: self.workspace(), eight: self.workspace() }
    }

    /// Filter every channel into a new buffer: bit for bit [`ZeroPhase::apply`] of each, about twice as fast from
    /// eight channels on.
    ///
    /// ```
    /// use copeak::{Rate, filter::ZeroPhase};
    /// let filter = ZeroPhase::low_pass(2, 20.0, Rate::hz(200.0)?)?;
    /// let channels: Vec<Vec<f64>> = (0..9).map(|c| (0..50).map(|i| (c * i % 7) as f64).collect()).collect();
    /// let smooth = filter.apply_channels(&channels)?;
    /// assert_eq!(smooth[4], filter.apply(&channels[4])?);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`ZeroPhase::apply`], for the first channel that is refused.
    pub fn apply_channels<T, S>(&self, x: &[S]) -> Result<Vec<Vec<T>>>
    where
        T: Real,
        S: Samples<Item = T>,
        P: Settle<T> + Settle<Frame<T, LANES>>,
    {
        let mut out: Vec<Vec<T>> = x.iter().map(|x| vec![T::ZERO; x.len()]).collect();
        self.apply_channels_into(x, &mut out, &mut self.channel_workspace())?;
        Ok(out)
    }

    /// Filter every channel of `x` into its place in `out`.
    ///
    /// Channels may differ in length; eight neighbours of one length go together. `workspace` grows to eight channels
    /// and allocates nothing after that, unless a channel is not one slice.
    ///
    /// # Errors
    /// As [`ZeroPhase::apply_into`]; [`Error::LengthMismatch`] also when there are not as many outputs as channels.
    /// All channels are checked before the first output is written.
    pub fn apply_channels_into<T, S, O>(
        &self,
        x: &[S],
        out: &mut [O],
        workspace: &mut ChannelWorkspaceOf<P, T>,
    ) -> Result<()>
    where
        T: Real,
        S: Samples<Item = T>,
        O: SamplesMut<Item = T>,
        P: Settle<T> + Settle<Frame<T, LANES>>,
    {
        if x.len() != out.len() {
            let operation = "filtering channels";
            return Err(Error::LengthMismatch { operation, left: x.len(), right: out.len() });
        }
        x.iter().zip(&*out).try_for_each(|(x, out)| self.check(x, out.len()))?;
        for (x, out) in x.chunks(LANES).zip(out.chunks_mut(LANES)) {
            if x.len() == LANES && x.iter().all(|channel| channel.len() == x[0].len()) {
                self.side_by_side(x, out, &mut workspace.eight);
            } else {
                for (x, out) in x.iter().zip(out) {
                    self.apply_into(x, out, &mut workspace.one)?;
                }
            }
        }
        Ok(())
    }

    /// Eight channels of one length.
    fn side_by_side<T, S, O>(
        &self,
        x: &[S],
        out: &mut [O],
        workspace: &mut Workspace<Frame<T, LANES>, <P as Stage<Frame<T, LANES>>>::State>,
    ) where
        T: Real,
        S: Samples<Item = T>,
        O: SamplesMut<Item = T>,
        P: Settle<Frame<T, LANES>>,
    {
        let slices: [Cow<'_, [T]>; LANES] = array::from_fn(|lane| x[lane].to_contiguous());
        let rows = Rows(array::from_fn(|lane| &*slices[lane]));
        let Workspace { state, tail, contiguous } = workspace;
        contiguous.resize(rows.len(), Frame::<T, LANES>::ZERO);
        self.filter(&rows, contiguous, state, tail);
        for (block, frames) in contiguous.chunks(BLOCK).enumerate() {
            for (lane, out) in out.iter_mut().enumerate() {
                let from = block * BLOCK;
                match out.as_contiguous_mut() {
                    Some(slice) => {
                        for (y, frame) in slice[from..].iter_mut().zip(frames) {
                            *y = frame.0[lane];
                        }
                    }
                    None => frames.iter().enumerate().for_each(|(i, frame)| out.set(from + i, frame.0[lane])),
                }
            }
        }
    }
}
