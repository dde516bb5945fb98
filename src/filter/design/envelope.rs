//! The linear envelope.

use crate::samples::Sample;
#[cfg(feature = "alloc")]
use crate::{Filter, Result};
use crate::{Flush, GroupDelay, Stage};
#[cfg(feature = "alloc")]
use {alloc::vec::Vec, core::array, core::mem};

/// The longest impulse response that a delay is read from.
const LONGEST: usize = 1 << 22;
/// Channels whose magnitudes are kept at once.
#[cfg(feature = "alloc")]
const TOGETHER: usize = 8;

/// The linear envelope: a high- or band-pass, the magnitude, a low-pass.
///
/// Made of two parts of your choice, and what they are decides how it runs:
///
/// - of two stages (a [`crate::filter::Cascade`], an array of sections) it is a [`Stage`]: live, and late by its
///   [`GroupDelay`];
/// - of two whole-record filters ([`crate::filter::ZeroPhase`], or a moving average for the second) it is a whole-record
///   filter itself, without delay when they have none.
///
/// [`crate::filter::Emg`] designs both from the same numbers. Without the first part, take `Rectify.then(low_pass)` or
/// `Rectify.feed(low_pass)`.
///
/// A Butterworth low-pass rings, so the envelope dips below zero after a burst; one that is
/// [`crate::filter::CriticallyDamped`] does not (save near the ends of a record, where it is extended by point reflection).
///
/// ```
/// use copeak::{Filter, Rate, StageExt, filter::{Butterworth, Envelope, ZeroPhase}};
/// let rate = Rate::from_hz(1000.0)?;
/// let envelope = Envelope::new(ZeroPhase::high_pass(2, 20.0, rate)?, ZeroPhase::low_pass(2, 6.0, rate)?);
/// let tone: Vec<f64> = (0..2000).map(|i| 3.0 + (i as f64).sin()).collect();
/// let y = envelope.apply(&tone)?;
/// assert!((y[1000] - 2.0 / std::f64::consts::PI).abs() < 0.01); // the mean magnitude of a sine, its offset gone
///
/// let low = Butterworth::low_pass(2, 6.0, rate)?;
/// let mut live = Envelope::new(Butterworth::high_pass(2, 20.0, rate)?.cascade()?, low.cascade()?).stream();
/// assert_eq!(live.push(0.0), 0.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Envelope<B, L = B> {
    band: B,
    smooth: L,
}

impl<B, L> Envelope<B, L> {
    /// `band`, the magnitude, `smooth`.
    pub fn new(band: B, smooth: L) -> Self {
        Self { band, smooth }
    }

    /// Returns what precedes the magnitude: alone it gives the conditioned signal.
    pub fn band(&self) -> &B {
        &self.band
    }

    /// Returns what smooths the magnitude.
    pub fn smooth(&self) -> &L {
        &self.smooth
    }
}
impl<B, L> crate::StageExt for Envelope<B, L> {}

impl<X, B, L> Stage<X> for Envelope<B, L>
where
    X: Sample,
    B: Stage<X, Output = X>,
    L: Stage<X, Output = X>,
{
    type Output = X;
    type State = (B::State, L::State);

    fn initial_state(&self) -> Self::State {
        (self.band.initial_state(), self.smooth.initial_state())
    }

    #[inline]
    fn process(&self, (band, smooth): &mut Self::State, x: X) -> X {
        self.smooth.process(smooth, Rectify::of(self.band.process(band, x)))
    }
}

impl<X, B, L> Flush<X> for Envelope<B, L>
where
    X: Sample,
    B: Flush<X, Output = X>,
    L: Flush<X, Output = X>,
{
    fn flush(&self, (band, smooth): &mut Self::State) -> Option<X> {
        match self.band.flush(band) {
            Some(late) => Some(self.smooth.process(smooth, Rectify::of(late))),
            None => self.smooth.flush(smooth),
        }
    }
}

/// Of the envelope: `frequency` is that at which the *amplitude* of the input varies, slow against the signal itself.
///
/// The low-pass delays it by its own group delay there. The first part delays the amplitude of white noise by the
/// centroid of its squared impulse response, which is summed again at every call.
impl<B, L> GroupDelay for Envelope<B, L>
where
    B: Stage<f64, Output = f64>,
    L: GroupDelay,
{
    fn group_delay(&self, frequency: f64) -> f64 {
        let mut state = self.band.initial_state();
        let (mut power, mut moment, mut quiet, mut i) = (0.0, 0.0, 0, 0);
        // Quiet for as long as it has sounded: a slowly decaying oscillation is not mistaken for its end.
        while quiet <= i / 2 && i < LONGEST {
            let y = self.band.process(&mut state, if i == 0 { 1.0 } else { 0.0 });
            power += y * y;
            moment += i as f64 * y * y;
            i += 1;
            quiet = if y * y * (i as f64) * (i as f64) <= 1e-18 * power { quiet + 1 } else { 0 };
        }
        let band = if power > 0.0 { moment / power } else { 0.0 };
        band + self.smooth.group_delay(frequency)
    }
}

/// Scratch memory of an [`Envelope`] over whole records.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, PartialEq)]
pub struct EnvelopeScratch<X, B, L> {
    band: B,
    smooth: L,
    magnitude: Vec<X>,
}

#[cfg(feature = "alloc")]
impl<X: Sample, B: Filter<X>, L: Filter<X>> Filter<X> for Envelope<B, L> {
    type Scratch = EnvelopeScratch<X, B::Scratch, L::Scratch>;

    fn scratch(&self) -> Self::Scratch {
        EnvelopeScratch { band: self.band.scratch(), smooth: self.smooth.scratch(), magnitude: Vec::new() }
    }

    /// # Errors
    /// As either part's.
    fn check(&self, x: &[X]) -> Result<()> {
        self.band.check(x)?;
        self.smooth.check(x)
    }

    fn run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch) {
        let done = self.check_and_run(x, out, scratch);
        debug_assert!(done.is_ok(), "a record that passed the check is not refused");
    }

    fn check_and_run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch) -> Result<()> {
        let EnvelopeScratch { band, smooth, magnitude } = scratch;
        magnitude.resize(x.len(), X::ZERO);
        self.band.check_and_run(x, magnitude, band)?;
        magnitude.iter_mut().for_each(|x| *x = Rectify::of(*x));
        self.smooth.check_and_run(magnitude, out, smooth)
    }

    /// Number of records filtered together: enough for each part to run them side by side; their magnitudes are kept in the scratch.
    fn run_channels(&self, x: &[&[X]], out: &mut [&mut [X]], scratch: &mut Self::Scratch) -> Result<()> {
        let EnvelopeScratch { band, smooth, magnitude } = scratch;
        for (x, out) in x.chunks(TOGETHER).zip(out.chunks_mut(TOGETHER)) {
            magnitude.resize(x.iter().map(|x| x.len()).sum(), X::ZERO);
            let mut places: [&mut [X]; TOGETHER] = array::from_fn(|_| &mut [][..]);
            let mut left = magnitude.as_mut_slice();
            for (place, x) in places.iter_mut().zip(x) {
                (*place, left) = mem::take(&mut left).split_at_mut(x.len());
            }
            self.band.run_channels(x, &mut places[..x.len()], band)?;
            magnitude.iter_mut().for_each(|x| *x = Rectify::of(*x));
            let mut slices: [&[X]; TOGETHER] = [&[]; TOGETHER];
            let mut left = magnitude.as_slice();
            for (slice, x) in slices.iter_mut().zip(x) {
                (*slice, left) = left.split_at(x.len());
            }
            self.smooth.run_channels(&slices[..x.len()], out, smooth)?;
        }
        Ok(())
    }
}

#[cfg(feature = "alloc")]
whole_record!([X: Sample, B: Filter<X>, L: Filter<X>] Envelope<B, L>);

/// Full-wave rectification: the magnitude of every sample.
///
/// Accepts every record, and NaN stays NaN.
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
    fn of<X: Sample>(x: X) -> X {
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

/// It has no state, so nothing comes late.
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
