//! Full-wave rectification.

use crate::samples::Sample;
use crate::{Flush, GroupDelay, Stage};
#[cfg(feature = "alloc")]
use {
    super::whole::{Filter, whole_record},
    crate::Result,
};

/// Full-wave rectification: the magnitude of every sample.
///
/// ChannelSource every record, and NaN stays NaN.
///
/// ```
/// use copeak::{Filter, Frame, StageExt, filter::Rectify};
/// assert_eq!(Rectify.apply(&[-1.0, 2.0])?, [1.0, 2.0]);
/// let mut live = Rectify.stream();
/// assert_eq!(live.push(Frame([-1.0f32, 2.0])), Frame([1.0, 2.0]));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[doc(alias = "abs")]
pub struct Rectify;

impl Rectify {
    #[inline]
    pub(super) fn of<X: Sample>(x: X) -> X {
        X::channelwise([x], |[x]| num_traits::Float::abs(x))
    }
}
impl crate::StageExt for Rectify {}

impl<X: Sample> Stage<X> for Rectify {
    type Output = X;
    type State = ();

    fn initial_state(&self) {}

    #[inline]
    fn process(&self, (): &mut (), x: X) -> X {
        Self::of(x)
    }
}

impl<X: Sample> Flush<X> for Rectify {}

/// Nothing is remembered, so nothing comes late.
impl GroupDelay for Rectify {
    fn group_delay(&self, _frequency: f64) -> f64 {
        0.0
    }
}

#[cfg(feature = "alloc")]
impl<X: Sample> Filter<X> for Rectify {
    type Scratch = ();

    fn scratch(&self) {}

    /// Refuses nothing.
    fn check(&self, _x: &[X]) -> Result<()> {
        Ok(())
    }

    fn run(&self, x: &[X], out: &mut [X], (): &mut ()) {
        out.iter_mut().zip(x).for_each(|(out, x)| *out = Self::of(*x));
    }
}

#[cfg(feature = "alloc")]
whole_record!([X: Sample] Rectify);
