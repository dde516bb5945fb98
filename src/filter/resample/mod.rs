//! Another sample rate.

mod live;
mod padding;
mod ratio;

pub use live::{Downsample, DownsampleState, Resampler};
pub use padding::Padding;

use super::dot::{ROWS, dot, dots};
use super::{Band, Fir, Taper};
use crate::samples::{Sample, first_non_finite};
use crate::{Analysis, AnalysisExt, Clock, Error, Rate, Result, Samples, SamplesMut, Signal};
use alloc::{boxed::Box, vec, vec::Vec};
use core::array;
use padding::Extended;

/// The largest term of a ratio: its filter has 2 million taps.
const LARGEST: usize = 100_000;
/// What SciPy's filter reaches to either side, in periods of the slower rate.
const REACH: usize = 10;
/// Two rates are a ratio of whole numbers when it is met this well: less than a sample in a hundred years at 300 Hz.
const EXACT: f64 = 1e-12;

/// To `up/down` times the rate, through one anti-alias filter, without delay.
///
/// Equals `scipy.signal.resample_poly(x, up, down)`: as if `up - 1` zeros were put between the samples, a symmetric FIR
/// low-pass were run over them and every `down`-th sample were kept, but no product with one of those zeros is formed. The
/// filter cuts at the Nyquist frequency of the slower rate (-6 dB there; Kaiser window with beta = 5, 10 periods of the
/// slower rate to either side). A record of n samples gives n up/down of them, rounded up; the first stays where
/// it is in time.
///
/// **How good it is** (measured by the tests): a sine up to 0.8 of the slower Nyquist frequency is met within 0.4 % of its
/// amplitude, and what lies above 1.2 of it comes out at least 53 dB down. A constant is met within 0.07 %: the phases of the
/// filter differ by that much. [`Resample::with_window`] trades a wider transition for less of both, and
/// [`Resample::with_taps`] takes any filter.
///
/// **Ends**: beyond them the record is taken to be 0, as SciPy does unless told ([`Resample::with_edge`]); the first and
/// last 10 periods of the slower rate feel it.
///
/// Rates that are no ratio of whole numbers: [`Resample::nearest`], or interpolation onto another clock.
/// [`Resample::live`] streams, and [`Resample::downsample`] is a [`crate::Stage`].
///
/// # Costs and limitations
/// Per output sample `20 max(up, down)/up` products. The filter holds `20 max(up, down) + 1` taps, so a ratio like
/// 10000/9999 costs memory, not time. Sums are kept in `f64`; `f32` samples are rounded once. NaN is refused.
///
/// ```
/// use copeak::filter::{Padding, Resample};
/// let x: Vec<f64> = (0..147).map(|i| (i as f64 * 0.1).sin()).collect();
/// let y = Resample::new(160, 147)?.with_edge(Padding::PointReflect).apply(&x)?;
/// assert_eq!(y.len(), 160);
/// assert!((y[80] - (73.5f64 * 0.1).sin()).abs() < 2e-3);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "resample_poly")]
#[doc(alias = "upfirdn")]
#[doc(alias = "decimate")]
pub struct Resample {
    up: usize,
    down: usize,
    edge: Padding,
    /// Filter taps before and after the middle, at `up` times the input rate.
    half: usize,
    /// The taps of each phase, last tap first, phase after phase.
    taps: Box<[f64]>,
    phases: Box<[Phase]>,
}

/// Which taps make the outputs that lie this many `up`-ths of a sample after an input sample.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Phase {
    start: usize,
    count: usize,
    /// Their sum: the gain for a constant.
    sum: f64,
}

/// Memory that [`Resample::apply_into`] uses again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResampleScratch<X: Sample> {
    input: Vec<X>,
    window: Vec<X::Wide>,
    sorted: Vec<f64>,
}

impl<X: Sample> ResampleScratch<X> {
    /// Empty; it grows with use.
    pub fn new() -> Self {
        Self { input: Vec::new(), window: Vec::new(), sorted: Vec::new() }
    }
}

impl Resample {
    /// `up/down` times the rate. Common factors are taken out.
    ///
    /// # Errors
    /// [`Error::Parameter`] when one of them, without the common factor, is not from 1 to 100000.
    pub fn new(up: usize, down: usize) -> Result<Self> {
        let (up, down) = reduced(up, down)?;
        Self::designed(up, down, Padding::default(), Taper::Kaiser(5.0))
    }

    /// From one rate to another, exactly: 44100 Hz to 48000 Hz is 160/147.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the rates are no ratio of whole numbers up to 100000 (within 1e-12 of it):
    /// [`Resample::nearest`] then says how near one comes.
    pub fn between(from: Rate, to: Rate) -> Result<Self> {
        let wanted = to.as_hz() / from.as_hz();
        match ratio::nearest(wanted, LARGEST) {
            Some((up, down)) if (up as f64 / down as f64 / wanted - 1.0).abs() <= EXACT => {
                Self::new(up, down)
            }
            _ => Err(Error::Undefined {
                quantity: "resampling to that rate",
                reason: "the rates are no ratio of whole numbers up to 100000",
            }),
        }
    }

    /// From one rate to one as near to another as a ratio of whole numbers up to `largest` comes.
    ///
    /// It is met within 1/`largest` of it, and usually far nearer; [`Resample::rate`] gives the rate that is met, and
    /// [`Resample::apply_signal`] puts the result on a clock of that rate, so nothing drifts.
    ///
    /// ```
    /// use copeak::{Rate, filter::Resample};
    /// let camera = Rate::from_hz(148.148148)?;
    /// let resample = Resample::nearest(camera, Rate::from_hz(150.0)?, 100)?;
    /// assert_eq!((resample.up(), resample.down()), (81, 80));
    /// assert!((resample.rate(camera)?.as_hz() - 150.0).abs() < 1e-6);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] when `largest` is not from 1 to 100000; [`Error::Undefined`] when the rates lie more than
    /// `largest` times apart.
    pub fn nearest(from: Rate, to: Rate, largest: usize) -> Result<Self> {
        term("largest term of a ratio", largest)?;
        let wanted = to.as_hz() / from.as_hz();
        match ratio::nearest(wanted, largest) {
            Some((up, down)) if wanted.max(1.0 / wanted) <= largest as f64 => Self::new(up, down),
            _ => Err(Error::Undefined {
                quantity: "resampling to that rate",
                reason: "the rates lie farther apart than the largest term",
            }),
        }
    }

    /// Another window for the filter, of the same length.
    ///
    /// # Errors
    /// As [`Taper::values`].
    pub fn with_window(self, window: Taper) -> Result<Self> {
        Self::designed(self.up, self.down, self.edge, window)
    }

    /// Another filter: its taps at `up` times the input rate, of gain 1. They are centred on the middle tap.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the number of taps is even: its middle lies between two samples.
    pub fn with_taps(self, filter: &Fir) -> Result<Self> {
        if filter.count() % 2 == 0 {
            let (name, rule) = ("number of taps", "odd for a filter without delay");
            return Err(Error::Parameter { name, rule, value: filter.count() as f64 });
        }
        Ok(Self::polyphase(self.up, self.down, self.edge, &filter.taps().collect::<Vec<_>>()))
    }

    /// What the record is taken to be beyond its ends.
    #[must_use]
    pub fn with_edge(self, edge: Padding) -> Self {
        Self { edge, ..self }
    }

    fn designed(up: usize, down: usize, edge: Padding, window: Taper) -> Result<Self> {
        if (up, down) == (1, 1) {
            return Ok(Self::polyphase(up, down, edge, &[1.0]));
        }
        let slower = up.max(down);
        // The rate cancels: the cut-off is a part of the Nyquist frequency.
        let (rate, cutoff) = (Rate::from_hz(2.0)?, 1.0 / slower as f64);
        let filter = Fir::design(2 * REACH * slower + 1, Band::Low(cutoff), window, rate)?;
        Ok(Self::polyphase(up, down, edge, &filter.taps().collect::<Vec<_>>()))
    }

    fn polyphase(up: usize, down: usize, edge: Padding, filter: &[f64]) -> Self {
        let mut taps = Vec::with_capacity(filter.len());
        let phases = (0..up).map(|phase| {
            let start = taps.len();
            taps.extend(filter.iter().skip(phase).step_by(up).map(|h| h * up as f64));
            taps[start..].reverse();
            Phase { start, count: taps.len() - start, sum: taps[start..].iter().sum() }
        });
        let phases: Box<[_]> = phases.collect();
        Self { up, down, edge, half: filter.len() / 2, taps: taps.into_boxed_slice(), phases }
    }

    /// What the rate is multiplied by, without common factors.
    pub fn up(&self) -> usize {
        self.up
    }

    /// What the rate is divided by, without common factors.
    pub fn down(&self) -> usize {
        self.down
    }

    /// The rate of the result.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it leaves the range of `f64`.
    pub fn rate(&self, input: Rate) -> Result<Rate> {
        Rate::from_hz(input.as_hz() * self.up as f64 / self.down as f64)
    }

    /// Number of samples that a record of `input` samples becomes: `input up/down`, rounded up.
    pub fn output_len(&self, input: usize) -> usize {
        (input as u128 * self.up as u128).div_ceil(self.down as u128) as usize
    }

    /// The clock of a result that starts at the same time.
    ///
    /// # Errors
    /// As [`Resample::rate`].
    pub fn clock(&self, input: Clock) -> Result<Clock> {
        Clock::new(self.rate(input.rate())?, input.start_s())
    }

    /// Resample a record.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a sample; [`Error::NonFinite`] with the index of the first sample that is NaN or infinite.
    pub fn apply<S>(&self, x: &S) -> Result<Vec<S::Item>>
    where
        S: Samples + ?Sized,
        S::Item: Sample,
    {
        let mut out = vec![S::Item::ZERO; self.output_len(x.len())];
        self.apply_into(x, &mut out, &mut ResampleScratch::new())?;
        Ok(out)
    }

    /// Resample a record into `out`; allocates nothing once `scratch` has grown.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `out` does not hold [`Resample::output_len`] samples, and as [`Resample::apply`];
    /// `out` then keeps what it holds.
    pub fn apply_into<S, O>(&self, x: &S, out: &mut O, scratch: &mut ResampleScratch<S::Item>) -> Result<()>
    where
        S: Samples + ?Sized,
        S::Item: Sample,
        O: SamplesMut<Item = S::Item> + ?Sized,
    {
        let operation = "resampling";
        if x.is_empty() {
            return Err(Error::TooFew { operation, unit: "samples", needed: 1, got: 0 });
        }
        let (left, right) = (self.output_len(x.len()), out.len());
        if left != right {
            return Err(Error::LengthMismatch { operation, left, right });
        }
        if let Some(index) = first_non_finite(x) {
            return Err(Error::NonFinite { operation, index });
        }
        let ResampleScratch { input, window, sorted } = scratch;
        let x = super::whole::contiguous(x, input);
        match out.as_mut_slice() {
            Some(out) => self.run(x, window, sorted, |m, y| out[m] = y),
            None => self.run(x, window, sorted, |m, y| out.set(m, y)),
        }
        Ok(())
    }

    /// Resample a channel: the first sample keeps its time, the rate is the new one.
    ///
    /// # Errors
    /// As [`Resample::apply`] and [`Resample::rate`].
    pub fn apply_signal<S>(&self, x: &Signal<S>) -> Result<Signal<Vec<S::Item>>>
    where
        S: Samples,
        S::Item: Sample,
    {
        Ok(Signal::new(self.clock(x.clock())?, self.apply(x.samples())?))
    }

    fn run<X: Sample>(
        &self,
        x: &[X],
        window: &mut Vec<X::Wide>,
        sorted: &mut Vec<f64>,
        mut put: impl FnMut(usize, X),
    ) {
        let extended = Extended::new(x, self.edge, sorted);
        // A level is taken off before, and put back after, the filter.
        let level = extended.level;
        let flat = level == X::Wide::ZERO;
        let lift =
            |y: X::Wide, phase: &Phase| X::narrow(if flat { y } else { y + level.scaled(1.0 - phase.sum) });

        let count = self.output_len(x.len());
        let (mut m, mut place) = (0, Place { newest: self.half / self.up, phase: self.half % self.up });
        while m < count {
            // Outputs `up` apart have one phase: `ROWS` of each, all inside the record.
            let block = ROWS * self.up;
            let full = place.newest + 1 >= self.longest() && place.newest + ROWS * self.down < x.len();
            if full && m + block <= count {
                for m in m..m + self.up {
                    let phase = &self.phases[place.phase];
                    let start = place.newest + 1 - phase.count;
                    let rows: [&[X]; ROWS] = array::from_fn(|row| {
                        let start = start + row * self.down;
                        &x[start..start + phase.count]
                    });
                    let sums = dots(&self.taps[phase.start..phase.start + phase.count], rows);
                    for (row, y) in sums.into_iter().enumerate() {
                        put(m + row * self.up, lift(y, phase));
                    }
                    place = self.after(place);
                }
                place.newest += (ROWS - 1) * self.down;
                m += block;
                continue;
            }
            let phase = &self.phases[place.phase];
            window.clear();
            let first = place.newest as isize + 1 - phase.count as isize;
            window.extend((0..phase.count).map(|k| extended.at(first + k as isize)));
            put(m, lift(dot(&self.taps[phase.start..phase.start + phase.count], window), phase));
            place = self.after(place);
            m += 1;
        }
    }

    /// Where the next output's newest tap falls.
    #[inline]
    fn after(&self, place: Place) -> Place {
        let (newest, phase) = (place.newest + self.down / self.up, place.phase + self.down % self.up);
        if phase < self.up {
            Place { newest, phase }
        } else {
            Place { newest: newest + 1, phase: phase - self.up }
        }
    }
}

/// Where an output's newest tap falls: on an input sample, of which phase.
#[derive(Debug, Clone, Copy)]
struct Place {
    newest: usize,
    phase: usize,
}

fn term(name: &'static str, value: usize) -> Result<usize> {
    if (1..=LARGEST).contains(&value) {
        Ok(value)
    } else {
        Err(Error::Parameter { name, rule: "from 1 to 100000", value: value as f64 })
    }
}

fn reduced(up: usize, down: usize) -> Result<(usize, usize)> {
    let divisor = ratio::greatest_common_divisor(up, down).max(1);
    Ok((term("up", up / divisor)?, term("down", down / divisor)?))
}

impl<S> Analysis<S> for Resample
where
    S: Samples + ?Sized,
    S::Item: Sample,
{
    type Output = Vec<S::Item>;
    fn analyze(&self, input: &S) -> Result<Self::Output> {
        self.apply(input)
    }
}

impl AnalysisExt for Resample {}
