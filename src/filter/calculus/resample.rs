//! Another sample rate.

use crate::filter::dot::{ROWS, Recent, dot, dots};
use crate::filter::fir::Taper;
use crate::filter::{Band, Fir};
use crate::math::median;
use crate::samples::{Sample, first_non_finite};
use crate::{
    Analysis, AnalysisExt, Clock, Error, Flush, GroupDelay, Rate, Result, Samples, SamplesMut, Signal, Stage,
};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::{array, mem};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The largest term of a ratio: its filter has 2 million taps.
const LARGEST: usize = 100_000;
/// Reach of SciPy's filter to either side, in periods of the slower rate.
const REACH: usize = 10;
/// Two rates are a ratio of whole numbers when it is met this well: less than a sample in a hundred years at 300 Hz.
const EXACT: f64 = 1e-12;

/// Resamples to `up/down` times the rate, through one anti-alias filter, without delay.
///
/// Equals `scipy.signal.resample_poly(x, up, down)`: as if `up - 1` zeros were put between the samples, a symmetric FIR
/// low-pass were run over them and every `down`-th sample were kept, but no product with one of those zeros is formed. The
/// filter cuts at the Nyquist frequency of the slower rate (-6 dB there; Kaiser window with beta = 5, 10 periods of the
/// slower rate to either side). A record of n samples gives n up/down of them, rounded up; the first stays where
/// it is in time.
///
/// **How good it is** (measured by the tests): a sine up to 0.8 of the slower Nyquist frequency is met within 0.4 % of its
/// amplitude, and what lies above 1.2 of it comes out at least 53 dB down. A constant is met within 0.07 %: the phases of the
/// filter differ by that much. [`Resample::taper`] trades a wider transition for less of both, and
/// [`Resample::taps`] takes any filter.
///
/// **Ends**: beyond them the record is taken to be 0, as SciPy does unless told ([`Resample::padding`]); the first and
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
/// use copeak::filter::Resample;
/// use copeak::filter::resample::Padding;
/// let x: Vec<f64> = (0..147).map(|i| (i as f64 * 0.1).sin()).collect();
/// let y = Resample::new(160, 147)?.padding(Padding::PointReflect).apply(&x)?;
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
    padding: Padding,
    /// Filters taps before and after the middle, at `up` times the input rate.
    half: usize,
    /// The taps of each phase, last tap first, phase after phase.
    taps: Box<[f64]>,
    phases: Box<[Phase]>,
    /// Why there is no such filter.
    refused: Option<Error>,
}

/// Which taps make the outputs that lie this many `up`-ths of a sample after an input sample.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Phase {
    start: usize,
    count: usize,
    /// Their sum: the gain for a constant.
    sum: f64,
}

/// Scratch memory of [`Resample::apply_into`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResampleScratch<X: Sample> {
    input: Vec<X>,
    window: Vec<X::Wide>,
    sorted: Vec<f64>,
}

impl<X: Sample> ResampleScratch<X> {
    /// Creates an empty one; it grows with use.
    pub fn new() -> Self {
        Self { input: Vec::new(), window: Vec::new(), sorted: Vec::new() }
    }
}

impl Resample {
    /// Resamples to `up/down` times the rate. Common factors are removed.
    ///
    /// # Errors
    /// [`Error::Parameter`] when one of them, without the common factor, is not from 1 to 100000.
    pub fn new(up: usize, down: usize) -> Result<Self> {
        let (up, down) = reduced(up, down)?;
        Self::designed(up, down, Padding::default(), Taper::Kaiser(5.0))
    }

    /// Resamples from one rate to another, exactly: 44100 Hz to 48000 Hz is 160/147.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the rates are no ratio of whole numbers up to 100000 (within 1e-12 of it):
    /// [`Resample::nearest`] then shows how near one comes.
    pub fn between(from: Rate, to: Rate) -> Result<Self> {
        let wanted = to.as_hz() / from.as_hz();
        match nearest_ratio(wanted, LARGEST) {
            Some((up, down)) if (up as f64 / down as f64 / wanted - 1.0).abs() <= EXACT => {
                Self::new(up, down)
            }
            _ => Err(Error::Undefined {
                quantity: "resampling to that rate",
                reason: "the rates are no ratio of whole numbers up to 100000",
            }),
        }
    }

    /// Resamples from one rate to one as near to another as a ratio of whole numbers up to `largest` comes.
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
        match nearest_ratio(wanted, largest) {
            Some((up, down)) if wanted.max(1.0 / wanted) <= largest as f64 => Self::new(up, down),
            _ => Err(Error::Undefined {
                quantity: "resampling to that rate",
                reason: "the rates lie farther apart than the largest term",
            }),
        }
    }

    /// Designs the filter with another window, of the same length. The window must be as [`Taper::values`] requires.
    #[must_use]
    pub fn taper(self, taper: Taper) -> Self {
        match Self::designed(self.up, self.down, self.padding, taper) {
            Ok(design) => design,
            Err(error) => Self { refused: Some(error), ..self },
        }
    }

    /// Sets another filter: its taps at `up` times the input rate, of gain 1. They are centred on the middle tap, so their
    /// number must be odd.
    #[must_use]
    pub fn taps(self, filter: &Fir) -> Self {
        if filter.count() % 2 == 0 {
            let (name, rule) = ("number of taps", "odd for a filter without delay");
            let error = Error::Parameter { name, rule, value: filter.count() as f64 };
            return Self { refused: Some(error), ..self };
        }
        Self::polyphase(self.up, self.down, self.padding, &filter.taps().collect::<Vec<_>>())
    }

    /// Sets what the record is taken to be beyond its ends; [`Padding::Zero`] unless set.
    #[must_use]
    pub fn padding(self, padding: Padding) -> Self {
        Self { padding, ..self }
    }

    fn check_settings(&self) -> Result<()> {
        self.refused.clone().map_or(Ok(()), Err)
    }

    fn designed(up: usize, down: usize, padding: Padding, window: Taper) -> Result<Self> {
        if (up, down) == (1, 1) {
            return Ok(Self::polyphase(up, down, padding, &[1.0]));
        }
        let slower = up.max(down);
        // The rate cancels: the cut-off is a part of the Nyquist frequency.
        let (rate, cutoff) = (Rate::from_hz(2.0)?, 1.0 / slower as f64);
        let filter = Fir::design(2 * REACH * slower + 1, Band::Low(cutoff), window, rate)?;
        Ok(Self::polyphase(up, down, padding, &filter.taps().collect::<Vec<_>>()))
    }

    fn polyphase(up: usize, down: usize, padding: Padding, filter: &[f64]) -> Self {
        let mut taps = Vec::with_capacity(filter.len());
        let phases = (0..up).map(|phase| {
            let start = taps.len();
            taps.extend(filter.iter().skip(phase).step_by(up).map(|h| h * up as f64));
            taps[start..].reverse();
            Phase { start, count: taps.len() - start, sum: taps[start..].iter().sum() }
        });
        let phases: Box<[_]> = phases.collect();
        Self {
            up,
            down,
            padding,
            half: filter.len() / 2,
            taps: taps.into_boxed_slice(),
            phases,
            refused: None,
        }
    }

    /// Returns the factor that multiplies the rate, without common factors.
    pub fn up(&self) -> usize {
        self.up
    }

    /// Returns the divisor of the rate, without common factors.
    pub fn down(&self) -> usize {
        self.down
    }

    /// Returns the rate of the result.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it leaves the range of `f64`.
    pub fn rate(&self, input: Rate) -> Result<Rate> {
        Rate::from_hz(input.as_hz() * self.up as f64 / self.down as f64)
    }

    /// Returns the number of samples that a record of `input` samples becomes: `input up/down`, rounded up.
    pub fn output_len(&self, input: usize) -> usize {
        (input as u128 * self.up as u128).div_ceil(self.down as u128) as usize
    }

    /// Returns the clock of a result that starts at the same time.
    ///
    /// # Errors
    /// As [`Resample::rate`].
    pub fn clock(&self, input: Clock) -> Result<Clock> {
        Clock::new(self.rate(input.rate())?, input.start_s())
    }

    /// Resamples a record.
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

    /// Resamples a record into `out`; allocates nothing once `scratch` has grown.
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
        self.check_settings()?;
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
        let x = crate::filter::record::contiguous(x, input);
        match out.as_mut_slice() {
            Some(out) => self.run(x, window, sorted, |m, y| out[m] = y),
            None => self.run(x, window, sorted, |m, y| out.set(m, y)),
        }
        Ok(())
    }

    /// Resamples a channel: the first sample keeps its time, the rate is the new one.
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
        let extended = Extended::new(x, self.padding, sorted);
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

    /// Position of the next output's newest tap.
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

/// Position of an output's newest tap: on an input sample, of which phase.
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
    let divisor = greatest_common_divisor(up, down).max(1);
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

/// Position of a stream. All positions are in `up`-ths of an input sample.
#[derive(Debug, Clone, PartialEq)]
struct Progress<W> {
    recent: Recent<W>,
    /// Position of the next output's newest tap, counted from the newest input sample.
    next: usize,
    /// End of the record, counted likewise, once it has ended.
    end: Option<usize>,
    started: bool,
}

impl Resample {
    fn begin<W: Sample>(&self) -> Progress<W> {
        Progress { recent: Recent::new(self.longest()), next: self.half + self.up, end: None, started: false }
    }

    /// Most taps of a phase: the first one has them.
    fn longest(&self) -> usize {
        self.phases.first().map_or(1, |phase| phase.count)
    }

    /// A state made by another design starts afresh.
    #[inline]
    fn fit<W: Sample>(&self, state: &mut Progress<W>) {
        if state.recent.count() != self.longest() || state.next < self.up {
            *state = self.begin();
        }
    }

    #[inline]
    fn take<W: Sample>(&self, state: &mut Progress<W>, x: W) {
        if !mem::replace(&mut state.started, true) && self.padding == Padding::Repeat {
            state.recent.fill(x);
        }
        state.recent.push(x);
        state.next -= self.up;
    }

    /// The next output, when the newest input sample is all it still waited for.
    #[inline]
    fn ready<W: Sample<Wide = W>>(&self, state: &mut Progress<W>) -> Option<W> {
        let Phase { start, count, .. } = *self.phases.get(state.next)?;
        state.next += self.down;
        Some(dot(&self.taps[start..start + count], state.recent.last(count)))
    }

    /// The next output after the last input sample.
    fn rest_of<W: Sample<Wide = W>>(&self, state: &mut Progress<W>) -> Option<W> {
        if !state.started {
            return None;
        }
        let mut end = *state.end.get_or_insert(self.half + self.up);
        while state.next < end {
            if let Some(y) = self.ready(state) {
                return Some(y);
            }
            let beyond = if self.padding == Padding::Repeat { state.recent.newest() } else { W::ZERO };
            self.take(state, beyond);
            end -= self.up;
            state.end = Some(end);
        }
        None
    }

    /// Whether the ends can be known sample by sample.
    fn streams(&self) -> Result<()> {
        self.check_settings()?;
        match self.padding {
            Padding::Zero | Padding::Repeat => Ok(()),
            _ => Err(Error::Undefined {
                quantity: "resampling sample by sample",
                reason: "what lies beyond the ends is known only from the whole record",
            }),
        }
    }

    /// Returns how long an output waits for the samples after its time, in input samples: half the filter.
    pub fn wait_samples(&self) -> f64 {
        self.half as f64 / self.up as f64
    }

    /// Returns the streaming form, for any ratio.
    ///
    /// # Errors
    /// [`Error::Undefined`] for an edge other than [`Padding::Zero`] and [`Padding::Repeat`].
    pub fn live<X: Sample>(self) -> Result<Resampler<X>> {
        self.streams()?;
        let progress = self.begin();
        Ok(Resampler { design: self, progress })
    }

    /// Returns the streaming form as a [`Stage`], for rates that do not rise: at most one output for each input.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `up` is above `down`; as [`Resample::live`].
    pub fn downsample(self) -> Result<Downsample> {
        if self.up > self.down {
            let rule = "at most down, for one output at most per input";
            return Err(Error::Parameter { name: "up", rule, value: self.up as f64 });
        }
        self.streams()?;
        Ok(Downsample { design: self })
    }
}

/// A [`Resample`] with its state: samples go in one by one, and 0, 1 or more come out for each.
///
/// What comes out in all, with [`Resampler::flush`], is bit for bit [`Resample::apply`]; each output comes
/// [`Resample::wait_samples`] input samples after its own time.
///
/// # Real-time considerations
/// No call allocates. An input costs its outputs: `up/down` sums of `20 max(up, down)/up` products on average, at most
/// `up/down` rounded up.
///
/// ```
/// use copeak::filter::Resample;
/// let twice = Resample::new(2, 1)?;
/// let x = [1.0, 3.0, 2.0, 5.0];
/// let (batch, mut live, mut out) = (twice.apply(&x)?, twice.live()?, vec![]);
/// x.into_iter().for_each(|x| live.push(x, |y| out.push(y)));
/// live.flush(|y| out.push(y));
/// assert_eq!(out, batch);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Resampler<X: Sample> {
    design: Resample,
    progress: Progress<X::Wide>,
}

impl<X: Sample> Resampler<X> {
    /// Returns the design.
    pub fn design(&self) -> &Resample {
        &self.design
    }

    /// Feeds one sample; each output that is now complete goes to `each`.
    #[inline]
    pub fn push(&mut self, x: X, mut each: impl FnMut(X)) {
        self.design.take(&mut self.progress, x.widen());
        while let Some(y) = self.design.ready(&mut self.progress) {
            each(X::narrow(y));
        }
    }

    /// Ends the input: passes the outputs that waited for more to `each`, and resets the state.
    pub fn flush(&mut self, mut each: impl FnMut(X)) {
        while let Some(y) = self.design.rest_of(&mut self.progress) {
            each(X::narrow(y));
        }
        self.progress = self.design.begin();
    }
}

/// A [`Resample`] to a rate that is not higher, as a [`Stage`]; made by [`Resample::downsample`].
///
/// An output comes out as `Some` with the input sample that completes it; with [`Flush`], [`crate::stage::Collect`] of it
/// is bit for bit [`Resample::apply`]. [`GroupDelay`] counts in input samples.
///
/// ```
/// use copeak::{Analysis, GroupDelay, filter::Resample, stage::Collect};
/// let half = Resample::new(1, 2)?;
/// let x: Vec<f64> = (0..100).map(|i| (i as f64 * 0.1).sin()).collect();
/// let live = half.clone().downsample()?;
/// assert_eq!(live.group_delay(0.0), 20.0);
/// assert_eq!(Collect(live).analyze(&x)?, half.apply(&x)?);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Downsample {
    design: Resample,
}

/// State of a [`Downsample`].
#[derive(Debug, Clone, PartialEq)]
pub struct DownsampleState<W>(Progress<W>);

impl Downsample {
    /// Returns the design.
    pub fn design(&self) -> &Resample {
        &self.design
    }
}
impl crate::StageExt for Downsample {}

impl<X: Sample> Stage<X> for Downsample {
    type Output = Option<X>;
    type State = DownsampleState<X::Wide>;

    fn initial_state(&self) -> Self::State {
        DownsampleState(self.design.begin())
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> Option<X> {
        self.design.fit(&mut state.0);
        self.design.take(&mut state.0, x.widen());
        self.design.ready(&mut state.0).map(X::narrow)
    }
}

impl<X: Sample> Flush<X> for Downsample {
    fn flush(&self, state: &mut Self::State) -> Option<Option<X>> {
        self.design.fit(&mut state.0);
        self.design.rest_of(&mut state.0).map(|y| Some(X::narrow(y)))
    }
}

/// The wait of its design, in input samples.
impl GroupDelay for Downsample {
    fn group_delay(&self, _frequency: f64) -> f64 {
        self.design.wait_samples()
    }
}

/// Continuation of a record beyond its ends while it is resampled.
///
/// The name of `scipy.signal.resample_poly`'s `padtype` is given with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[doc(alias = "padtype")]
#[non_exhaustive]
pub enum Padding {
    /// Zero (`constant`, SciPy's default). Pulls the ends of a record with an offset towards 0.
    #[default]
    Zero,
    /// The record's mean (`mean`).
    Mean,
    /// Its median (`median`).
    Median,
    /// Its least value (`minimum`).
    Minimum,
    /// Its greatest value (`maximum`).
    Maximum,
    /// The first and the last sample (`edge`).
    Repeat,
    /// The straight line through the first and the last sample (`line`): right for a steady trend.
    Line,
    /// The record again (`wrap`): right for one cycle of a periodic curve, end point excluded.
    Cycle,
    /// The record mirrored at its end samples (`reflect`).
    Reflect,
    /// The record point-reflected at its end samples (`antireflect`), as zero-phase filtering does: keeps value and
    /// slope.
    PointReflect,
}

/// A record together with what lies beyond its ends.
#[derive(Debug, Clone, Copy)]
struct Extended<'a, X: Sample> {
    x: &'a [X],
    edge: Padding,
    /// Level added beyond the ends, where there is one.
    level: X::Wide,
}

impl<'a, X: Sample> Extended<'a, X> {
    /// `sorted` is room for the median.
    fn new(x: &'a [X], edge: Padding, sorted: &mut Vec<f64>) -> Self {
        let mut of_channel = |of: fn(&mut Vec<f64>) -> Option<f64>| {
            X::Wide::from_channels(|channel| {
                sorted.clear();
                sorted.extend(x.iter().map(|x| x.channel(channel)));
                of(sorted).unwrap_or(0.0)
            })
        };
        let level = match edge {
            Padding::Mean => of_channel(|v| Some(v.iter().sum::<f64>() / v.len() as f64)),
            Padding::Median => of_channel(|v| median(v)),
            Padding::Minimum => of_channel(|v| v.iter().copied().reduce(f64::min)),
            Padding::Maximum => of_channel(|v| v.iter().copied().reduce(f64::max)),
            _ => X::Wide::ZERO,
        };
        Self { x, edge, level }
    }

    /// The sample at `i`, which may lie beyond the ends.
    fn at(&self, i: isize) -> X::Wide {
        let x = |i: usize| self.x[i].widen();
        let last = self.x.len() - 1;
        if let Some(i) = usize::try_from(i).ok().filter(|i| *i <= last) {
            return x(i);
        }
        // One turn of a record mirrored at both ends, and how many turns away.
        let turn = (2 * last).max(1) as isize;
        let (away, within) = (i.div_euclid(turn), i.rem_euclid(turn) as usize);
        match self.edge {
            Padding::Zero | Padding::Mean | Padding::Median | Padding::Minimum | Padding::Maximum => {
                self.level
            }
            Padding::Repeat => x(if i < 0 { 0 } else { last }),
            Padding::Line => {
                let slope = (x(last) - x(0)).scaled(1.0 / last.max(1) as f64);
                if i < 0 {
                    x(0) + slope.scaled(i as f64)
                } else {
                    x(last) + slope.scaled((i - last as isize) as f64)
                }
            }
            Padding::Cycle => x(i.rem_euclid(last as isize + 1) as usize),
            Padding::Reflect => x(within.min(2 * last - within.min(2 * last))),
            Padding::PointReflect => {
                let rise = (x(last) - x(0)).scaled(2.0 * away as f64);
                rise + if within <= last { x(within) } else { x(last).scaled(2.0) - x(2 * last - within) }
            }
        }
    }
}

/// The fraction nearest to `value` whose terms do not exceed `largest`, by continued fractions; `None` when there is none
/// with both terms above 0.
fn nearest_ratio(value: f64, largest: usize) -> Option<(usize, usize)> {
    let bound = largest as f64;
    if !(value.is_finite() && value > 0.0) {
        return None;
    }
    // Convergents p/q: the last one, and the one before.
    let (mut p, mut q, mut p0, mut q0) = (1.0f64, 0.0f64, 0.0f64, 1.0f64);
    let mut rest = value;
    let mut best: Option<(f64, f64)> = None;
    let consider = |best: &mut Option<(f64, f64)>, p: f64, q: f64| {
        let error = |(p, q): (f64, f64)| (p / q - value).abs();
        let fits = p >= 1.0 && q >= 1.0 && p <= bound && q <= bound;
        if fits && best.is_none_or(|b| error((p, q)) < error(b)) {
            *best = Some((p, q));
        }
    };
    for _ in 0..64 {
        let whole = rest.floor();
        // The largest part of this term that keeps both within bounds.
        let room =
            |last: f64, before: f64| if last > 0.0 { ((bound - before) / last).floor() } else { whole };
        let term = whole.min(room(p, p0)).min(room(q, q0));
        if term >= 1.0 {
            consider(&mut best, term * p + p0, term * q + q0);
        }
        if term < whole {
            break;
        }
        (p, p0) = (whole * p + p0, p);
        (q, q0) = (whole * q + q0, q);
        let fraction = rest - whole;
        if fraction < 1e-12 * value.max(1.0) || p / q == value {
            break;
        }
        rest = 1.0 / fraction;
    }
    best.map(|(p, q)| (p as usize, q as usize))
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_nearer_is_left_out() {
        let values = [1.0, 0.5, 48.0 / 44.1, 150.0 / 148.148_148_1, 0.3172, 2.7, 99.5, 0.0101, 7.0];
        for value in values {
            for largest in [1, 2, 7, 30, 100] {
                let all = (1..=largest).flat_map(|p| (1..=largest).map(move |q| (p, q)));
                let error = |(p, q): (usize, usize)| (p as f64 / q as f64 - value).abs();
                let least = all.map(error).fold(f64::INFINITY, f64::min);
                let found = nearest_ratio(value, largest);
                if value <= largest as f64 && value * largest as f64 >= 1.0 {
                    let found = found.unwrap();
                    assert!(error(found) <= least + 1e-15, "{value} within {largest}: {found:?}");
                }
            }
        }
        assert_eq!(nearest_ratio(48_000.0 / 44_100.0, 1000), Some((160, 147)));
        assert_eq!(nearest_ratio(f64::NAN, 10), None);
        assert_eq!(nearest_ratio(0.0, 10), None);
    }
}
