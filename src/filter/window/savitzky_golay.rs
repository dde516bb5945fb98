//! Local polynomials by least squares.

use crate::filter::Filter;
use crate::filter::moving::Edge;
use crate::filter::state::CentredState;
use crate::filter::window::{Ends, Periodic, Slide};
use crate::samples::Sample;
use crate::{Error, Flush, GroupDelay, Rate, Result, Stage};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::array;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Samples worked on at once, so that they stay in the cache.
const AT_ONCE: usize = 4096;
const HIGHEST: usize = 30;

/// From this window on the block sums are faster than the direct ones: measured 53 and 77 samples for sums of 3 and 5
/// levels on 1e6 samples.
fn blocks_from(levels: usize) -> usize {
    19 + 12 * levels
}

/// Smoothing, or a derivative, by the least-squares polynomial through the window around each sample.
///
/// The window has an odd number of samples, so that its middle is one, and the degree is below it; away from the ends 2
/// and 3 are the same for smoothing and the second derivative, 1 and 2 for the first. The first and last half window
/// are read off the polynomial through the first and last whole window, SciPy's `mode="interp"`;
/// [`SavitzkyGolay::edge`] extends the record instead, and [`SavitzkyGolay::periodic`] closes it. (Savitzky & Golay
/// 1964, doi:10.1021/ac60214a047; ends by fit: Gorry 1990, doi:10.1021/ac00205a007, whose recursion over orthogonal
/// polynomials also gives the coefficients here.)
///
/// Equals `scipy.signal.savgol_filter` to 1e-12 of the largest value where SciPy's coefficients are that exact. SciPy
/// solves a system of powers, which fails for long windows and high degrees: its coefficients are wrong by 1e-9 of the
/// largest for the first derivative with window 101 and degree 5, and by 60 % for the second with window 1001. Those of
/// this crate agree with 60 digits to 3e-15 in both, and to 2e-14 up to degree 20; a degree from 21 on that is close to
/// the window costs more (1e-11 with window 31 and degree 30).
///
/// An even window is refused: SciPy takes it and gives the interior half a sample early and the ends on time.
///
/// Sums are in `f64`; `f32` samples are rounded once, at the end. As a [`Stage`] it runs late: with an [`Edge`] that
/// extends the record (window - 1)/2 samples, and with [`Edge::Inside`] window - 1 samples, since the first output
/// needs the whole first window. [`crate::stage::Collect`] of it is bit for bit the whole-record form; a stream that
/// ends before its first whole window gives nothing under [`Edge::Inside`].
///
/// # Costs and limitations
/// Linear in the record. Windows up to some 55 samples (degree 2 and 3; 79 for 4 and 5) are summed directly, at a cost
/// that grows with the window; longer ones, up to degree 5, in blocks at a cost that does not. In a stream such a
/// window costs more at one sample in every quarter of a window, a few dozen additions per sample of that quarter, and
/// nothing is allocated. With degrees above 6 every window is summed directly. A NaN or infinite sample is refused; in
/// a stream it makes every output NaN whose window holds it, and no other.
///
/// ```
/// use copeak::{Filter, Rate, filter::SavitzkyGolay};
/// let rate = Rate::from_hz(100.0)?;
/// let x: Vec<f64> = (0..50).map(|i| (i as f64 / 100.0).powi(2)).collect();
/// let velocity = SavitzkyGolay::new(11, 2)?.derivative(1, rate).apply(&x)?;
/// let error = velocity.iter().enumerate().map(|(i, v)| (v - 2.0 * i as f64 / 100.0).abs()).fold(0.0, f64::max);
/// assert!(error < 1e-13); // a parabola is its own local polynomial, to the very ends
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias("savgol_filter", "savgol", "savgol_coeffs"))]
pub struct SavitzkyGolay {
    edge: Edge,
    rate: Option<Rate>,
    plan: Arc<Plan>,
    /// Why there is no such derivative.
    refused: Option<Error>,
}

/// Plan that follows from window, degree and derivative.
#[derive(Debug, Clone, PartialEq)]
struct Plan {
    window: usize,
    degree: usize,
    derivative: usize,
    kernel: Kernel,
    fit: Fit,
}

#[derive(Debug, Clone, PartialEq)]
enum Kernel {
    Direct(Direct),
    Blocks(Blocks),
}

/// Scratch memory of a [`SavitzkyGolay`] filter.
#[derive(Debug, Clone, PartialEq)]
pub struct SavitzkyGolayScratch<W> {
    samples: Vec<W>,
    values: Vec<W>,
    blocks: BlocksScratch<W>,
    products: Vec<W>,
}

impl SavitzkyGolay {
    /// Smooths with polynomials of `degree` over a centred window of `window` samples.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `window` is even, 0 or above 1048575, and when `degree` is not below `window` or above
    /// 30.
    pub fn new(window: usize, degree: usize) -> Result<Self> {
        super::odd_window(window)?;
        if degree >= window || degree > HIGHEST {
            let (name, rule) = ("polynomial degree", "below the window and at most 30");
            return Err(Error::Parameter { name, rule, value: degree as f64 });
        }
        let plan = Arc::new(Plan::new(window, degree, 0, 1.0));
        Ok(Self { edge: Edge::default(), rate: None, plan, refused: None })
    }

    /// Smooths over a centred window of the odd number of samples nearest to `window_s` seconds.
    ///
    /// # Errors
    /// As [`SavitzkyGolay::new`].
    pub fn from_seconds(window_s: f64, degree: usize, rate: Rate) -> Result<Self> {
        Self::new(super::odd_samples(window_s, rate)?, degree)
    }

    /// Computes the derivative of this order instead, in units per second to that power, of samples taken at `rate`.
    ///
    /// The order must be at most the degree (above it SciPy gives zeros), and `rate` to that power a normal number;
    /// otherwise a record is refused with [`Error::Parameter`], and a stream gives NaN.
    #[must_use]
    pub fn derivative(self, order: usize, rate: Rate) -> Self {
        let Plan { window, degree, .. } = *self.plan;
        let scale = rate.as_hz().powi(order as i32);
        let refused = if order > degree {
            let (name, rule) = ("derivative order", "at most the polynomial degree");
            Some(Error::Parameter { name, rule, value: order as f64 })
        } else if !scale.is_normal() {
            let (name, rule) = ("sample rate", "within the numbers when raised to the derivative's order");
            Some(Error::Parameter { name, rule, value: rate.as_hz() })
        } else {
            None
        };
        let (order, scale) = if refused.is_some() { (0, f64::NAN) } else { (order, scale) };
        let plan = Arc::new(Plan::new(window, degree, order, scale));
        Self { plan, rate: Some(rate), refused, ..self }
    }

    /// Sets how the record continues past its ends; [`Edge::Inside`], the fit, unless set.
    #[must_use]
    pub fn edge(self, edge: Edge) -> Self {
        Self { edge, ..self }
    }

    /// Takes the record as one period of a cycle.
    pub fn periodic(self) -> Periodic<Self> {
        Periodic(self)
    }

    /// Returns the window in samples.
    pub fn window(&self) -> usize {
        self.plan.window
    }

    /// Returns the degree of the polynomials.
    pub fn degree(&self) -> usize {
        self.plan.degree
    }

    /// Returns the derivative's order and the rate it is for; `None` for smoothing.
    pub fn derivative_order(&self) -> Option<(usize, Rate)> {
        self.rate.map(|rate| (self.plan.derivative, rate))
    }

    fn half(&self) -> usize {
        self.plan.window / 2
    }

    fn inside(&self) -> bool {
        self.edge == Edge::Inside
    }

    /// Samples a record must have, if the settings are valid.
    fn shortest(&self) -> Result<usize> {
        match &self.refused {
            Some(error) => Err(error.clone()),
            None => Ok(if self.inside() { self.plan.window } else { 1 }),
        }
    }

    fn memory<W: Sample>(&self) -> SavitzkyGolayScratch<W> {
        SavitzkyGolayScratch {
            samples: Vec::new(),
            values: Vec::new(),
            blocks: BlocksScratch::new(),
            products: Vec::new(),
        }
    }

    fn over<X: Sample>(
        &self,
        ends: Ends,
        x: &[X],
        out: &mut [X],
        scratch: &mut SavitzkyGolayScratch<X::Wide>,
    ) {
        let (n, half, window) = (x.len(), self.half(), self.plan.window);
        if ends != Ends::Edge(Edge::Inside) {
            return self.middles(ends, x, -(half as isize), out, scratch);
        }
        self.middles(ends, x, 0, &mut out[half..n - half], scratch);
        let SavitzkyGolayScratch { samples, products, .. } = scratch;
        let fit = &self.plan.fit;
        let samples = &mut samples[..window];
        ends.fill(x, 0, samples);
        fit.products(samples, products);
        out[..half].iter_mut().enumerate().for_each(|(k, out)| *out = X::narrow(fit.first(products, k)));
        ends.fill(x, (n - window) as isize, samples);
        fit.products(samples, products);
        let last = out[n - half..].iter_mut().rev().enumerate();
        last.for_each(|(k, out)| *out = X::narrow(fit.last(products, k)));
    }

    /// The middles of the windows that begin at `first` and after.
    fn middles<X: Sample>(
        &self,
        ends: Ends,
        x: &[X],
        first: isize,
        out: &mut [X],
        scratch: &mut SavitzkyGolayScratch<X::Wide>,
    ) {
        let SavitzkyGolayScratch { samples, values, blocks: scratch, .. } = scratch;
        let (at_once, beyond) = match &self.plan.kernel {
            Kernel::Direct(_) => (AT_ONCE.max(self.plan.window), 0),
            Kernel::Blocks(blocks) => (blocks.at_once(), blocks.beyond()),
        };
        let before = self.plan.window - 1;
        samples.resize(at_once.min(out.len()) + before + beyond, Sample::ZERO);
        values.resize(at_once.min(out.len()), Sample::ZERO);
        for (c, out) in out.chunks_mut(at_once).enumerate() {
            let (values, samples) = (&mut values[..out.len()], &mut samples[..out.len() + before + beyond]);
            ends.fill(x, first + (c * at_once) as isize, &mut samples[..out.len() + before]);
            match &self.plan.kernel {
                Kernel::Direct(direct) => direct.run(samples, values),
                Kernel::Blocks(blocks) => blocks.run(samples, values, scratch),
            }
            out.iter_mut().zip(values).for_each(|(out, value)| *out = X::narrow(*value));
        }
    }
}

impl<X: Sample> Stage<X> for SavitzkyGolay {
    type Output = Option<X>;
    type State = SavitzkyGolayState<X::Wide>;

    fn initial_state(&self) -> Self::State {
        if self.inside() {
            return SavitzkyGolayState::inside(&self.plan);
        }
        let window = SavitzkyGolayWindow::new(&self.plan);
        SavitzkyGolayState::extended(CentredState::new(window, self.plan.window, self.edge))
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> Option<X> {
        state.step(x.widen()).map(X::narrow)
    }
}

impl<X: Sample> Flush<X> for SavitzkyGolay {
    fn flush(&self, state: &mut Self::State) -> Option<Option<X>> {
        state.flush().map(|y| Some(X::narrow(y)))
    }
}

/// It waits for half a window, or for a whole one where the ends are fitted.
impl GroupDelay for SavitzkyGolay {
    fn group_delay(&self, _frequency: f64) -> f64 {
        (if self.inside() { 2 } else { 1 } * self.half()) as f64
    }
}

windowed!([X: Sample] SavitzkyGolay, "a Savitzky-Golay filter", SavitzkyGolayScratch<X::Wide>);

impl Plan {
    fn new(window: usize, degree: usize, derivative: usize, scale: f64) -> Self {
        let odd = derivative % 2 == 1;
        // At the middle only polynomials of the derivative's own symmetry count.
        let effective = if degree % 2 == derivative % 2 { degree } else { degree - 1 };
        let gram = Gram { window, degree: effective };
        let middle = (window / 2) as f64;
        let weights: Vec<f64> = gram.weights(middle, derivative).into_iter().map(|w| w * scale).collect();
        let kernel = if effective < MOST_LEVELS && window >= blocks_from(effective + 1) {
            let gain = if derivative == 0 { 1.0 } else { 0.0 };
            Kernel::Blocks(Blocks::new(gram, &weights, odd, gain))
        } else {
            let outwards = (0..=window / 2).map(|k| gram.sum(&weights, middle + k as f64));
            Kernel::Direct(Direct::new(outwards.collect(), odd))
        };
        let fit = Fit::new(Gram { window, degree }, derivative, scale);
        Self { window, degree, derivative, kernel, fit }
    }
}

/// The last samples of a stream, always as one slice.
#[derive(Debug, Clone, PartialEq)]
struct Recent<W> {
    window: usize,
    samples: Vec<W>,
}

impl<W: Copy> Recent<W> {
    fn new(window: usize) -> Self {
        Self { window, samples: Vec::with_capacity(2 * window) }
    }

    /// At twice the window the older half makes room.
    fn push(&mut self, x: W) {
        if self.samples.len() == 2 * self.window {
            self.samples.copy_within(self.window + 1.., 0);
            self.samples.truncate(self.window - 1);
        }
        self.samples.push(x);
    }

    /// The last window, once there is one.
    fn window(&self) -> Option<&[W]> {
        self.samples.len().checked_sub(self.window).map(|start| &self.samples[start..])
    }
}

/// Window of a Savitzky-Golay filter over a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct SavitzkyGolayWindow<W> {
    plan: Arc<Plan>,
    recent: Recent<W>,
    place: Option<Place<W>>,
    value: W,
}

impl<W: Sample<Wide = W>> SavitzkyGolayWindow<W> {
    fn new(plan: &Arc<Plan>) -> Self {
        let place = match &plan.kernel {
            Kernel::Blocks(blocks) => Some(blocks.initial_state()),
            Kernel::Direct(_) => None,
        };
        Self { plan: plan.clone(), recent: Recent::new(plan.window), place, value: W::ZERO }
    }
}

impl<W: Sample<Wide = W>> Slide<W> for SavitzkyGolayWindow<W> {
    fn push(&mut self, slot: Option<W>) {
        self.recent.push(slot.unwrap_or(W::ZERO));
        let Some(window) = self.recent.window() else { return };
        self.value = match (&self.plan.kernel, &mut self.place) {
            (Kernel::Blocks(blocks), Some(place)) => blocks.process(place, window),
            (Kernel::Direct(direct), _) => direct.one(window),
            (Kernel::Blocks(_), None) => return, // never: `new` gives one to the other
        };
    }

    fn value(&self, _held: usize) -> W {
        self.value
    }
}

/// State of a [`crate::filter::SavitzkyGolay`] filter in a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct SavitzkyGolayState<W>(State<W>);

#[derive(Debug, Clone, PartialEq)]
enum State<W> {
    Inside(Inside<W>),
    Extended(CentredState<W, SavitzkyGolayWindow<W>>),
}

/// Ends by fit: a whole window late, for the first output needs the whole first window.
#[derive(Debug, Clone, PartialEq)]
struct Inside<W> {
    slide: SavitzkyGolayWindow<W>,
    /// Outputs from the middle of windows, each at its index modulo their number.
    held: Vec<W>,
    /// Of the first window, then of the last one.
    products: Vec<W>,
    seen: usize,
    given: usize,
    ended: bool,
}

impl<W: Sample<Wide = W>> SavitzkyGolayState<W> {
    fn extended(state: CentredState<W, SavitzkyGolayWindow<W>>) -> Self {
        Self(State::Extended(state))
    }

    fn inside(plan: &Arc<Plan>) -> Self {
        let polynomials = plan.degree + 1;
        Self(State::Inside(Inside {
            slide: SavitzkyGolayWindow::new(plan),
            held: vec![W::ZERO; plan.window / 2 + 1],
            products: Vec::with_capacity(polynomials),
            seen: 0,
            given: 0,
            ended: false,
        }))
    }

    fn step(&mut self, x: W) -> Option<W> {
        match &mut self.0 {
            State::Extended(state) => state.step(x),
            State::Inside(state) => state.step(x),
        }
    }

    fn flush(&mut self) -> Option<W> {
        match &mut self.0 {
            State::Extended(state) => state.flush(),
            State::Inside(state) => state.flush(),
        }
    }
}

impl<W: Sample<Wide = W>> Inside<W> {
    fn half(&self) -> usize {
        self.held.len() - 1
    }

    fn fit(&mut self) {
        if let Some(window) = self.slide.recent.window() {
            self.slide.plan.fit.products(window, &mut self.products);
        }
    }

    fn give(&mut self) -> W {
        let (i, half) = (self.given, self.half());
        let fit = &self.slide.plan.fit;
        let y = if i < half {
            fit.first(&self.products, i)
        } else if i + half < self.seen {
            self.held[i % self.held.len()]
        } else {
            fit.last(&self.products, self.seen - 1 - i)
        };
        self.given += 1;
        y
    }

    fn step(&mut self, x: W) -> Option<W> {
        self.slide.push(Some(x));
        self.seen += 1;
        let window = self.slide.plan.window;
        if self.seen < window {
            return None;
        }
        if self.seen == window {
            self.fit();
        }
        let (middle, places) = (self.seen - 1 - self.half(), self.held.len());
        self.held[middle % places] = self.slide.value(window);
        Some(self.give())
    }

    fn flush(&mut self) -> Option<W> {
        if self.seen < self.slide.plan.window || self.given == self.seen {
            return None;
        }
        // The first window's fit is still wanted until its half is given.
        if !self.ended && self.given >= self.half() {
            self.fit();
            self.ended = true;
        }
        Some(self.give())
    }
}

/// Outputs computed side by side.
const LANES: usize = 8;

/// A symmetric or antisymmetric set of coefficients: each pair of samples at the same distance from the middle is
/// added, or subtracted, first. So a derivative of a constant is exactly 0.
#[derive(Debug, Clone, PartialEq)]
struct Direct {
    /// From the middle outwards.
    coefficients: alloc::vec::Vec<f64>,
    odd: bool,
}

impl Direct {
    fn new(coefficients: alloc::vec::Vec<f64>, odd: bool) -> Self {
        Self { coefficients, odd }
    }

    fn half(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// The value of one window, which begins at `x[0]`.
    #[inline]
    fn one<W: Sample>(&self, x: &[W]) -> W {
        let [y] = if self.odd { self.lanes::<W, 1, true>(x) } else { self.lanes::<W, 1, false>(x) };
        y
    }

    /// The values of the windows that begin in `x`, one after the other.
    fn run<W: Sample>(&self, x: &[W], out: &mut [W]) {
        if self.odd { self.run_of::<W, true>(x, out) } else { self.run_of::<W, false>(x, out) }
    }

    fn run_of<W: Sample, const ODD: bool>(&self, x: &[W], out: &mut [W]) {
        let whole = out.len() - out.len() % LANES;
        let (tiles, rest) = out.split_at_mut(whole);
        for (i, tile) in tiles.chunks_exact_mut(LANES).enumerate() {
            tile.copy_from_slice(&self.lanes::<W, LANES, ODD>(&x[i * LANES..]));
        }
        for (i, out) in rest.iter_mut().enumerate() {
            [*out] = self.lanes::<W, 1, ODD>(&x[whole + i..]);
        }
    }

    #[inline(always)]
    fn lanes<W: Sample, const L: usize, const ODD: bool>(&self, x: &[W]) -> [W; L] {
        let half = self.half();
        let x = &x[..2 * half + L];
        let mut sums = [W::ZERO; L];
        if !ODD {
            let middle = &x[half..half + L];
            for l in 0..L {
                sums[l] = middle[l].scaled(self.coefficients[0]);
            }
        }
        for (k, c) in self.coefficients.iter().enumerate().skip(1) {
            let (before, after) = (&x[half - k..][..L], &x[half + k..][..L]);
            for l in 0..L {
                let pair = if ODD { after[l] - before[l] } else { after[l] + before[l] };
                sums[l] = sums[l] + pair.scaled(*c);
            }
        }
        sums
    }
}

/// Whole blocks in a window.
const PER_WINDOW: usize = 4;
/// Polynomials of up to this degree plus one.
const MOST_LEVELS: usize = 6;
/// Blocks worked on side by side, so that the additions of one need not wait for each other.
const TOGETHER: usize = 4;
/// Samples worked on at once, so that they stay in the cache.
const BLOCKS_AT_ONCE: usize = 8192;

/// A weighted sum whose coefficients are a polynomial of the place in the window.
///
/// The samples are cut into blocks of a quarter window. A window is the end of one block, the three whole blocks after
/// it and the beginning of another one, as in van Herk's algorithm:
/// - *end and beginning*: the sums of x times "k choose m", k counted from the window's edge, need one addition per
///   sample and m when a sample is added at that edge, and the coefficients are the same for every window;
/// - *whole blocks*: their part is a polynomial in the place of the window. It follows from each block's moments with
///   Chebyshev polynomials, which are made once per block.
///
/// Samples count from their level, the mean of the whole blocks, so that an offset costs no digits of a derivative.
/// Every sum starts afresh with its block, so errors do not grow along the record. Quarter windows, because "k choose m" expansions of a polynomial of degree 5 over a whole window cancel to
/// one part in 1700, over a quarter to one in 33.
#[derive(Debug, Clone, PartialEq)]
struct Blocks {
    window: usize,
    block: usize,
    odd: bool,
    /// Of "k choose m" from the window's edge; their number is the number of levels.
    factors: Vec<f64>,
    /// Chebyshev polynomials at the samples of a block, one row per polynomial.
    basis: Vec<f64>,
    /// From the moments of the whole blocks to the polynomial in the place: [block][moment][polynomial].
    maps: Vec<f64>,
    /// Moments of a block of ones.
    ones: Vec<f64>,
    /// Output for a record of ones.
    gain: f64,
}

/// A window on its way along a block.
#[derive(Debug, Clone, PartialEq)]
struct Place<W> {
    /// The part of what came before the last whole block's end, at every place.
    fixed: Vec<W>,
    /// The sums of what came after.
    beginning: [W; MOST_LEVELS],
    level: W,
    place: usize,
}

/// Memory for a whole record.
#[derive(Debug, Clone, PartialEq)]
struct BlocksScratch<W> {
    moments: Vec<[W; MOST_LEVELS]>,
    fixed: Vec<W>,
}

impl<W: Sample> BlocksScratch<W> {
    fn new() -> Self {
        Self { moments: Vec::new(), fixed: Vec::new() }
    }
}

/// Chebyshev polynomials at `x`, the degrees from 0 on.
fn chebyshev<const L: usize>(x: f64) -> [f64; L] {
    let mut values = [1.0; L];
    for n in 1..L {
        values[n] = if n == 1 { x } else { 2.0 * x * values[n - 1] - values[n - 2] };
    }
    values
}

/// Calls a method with the number of levels as a constant.
macro_rules! by_level {
    ($self:ident.$method:ident($($argument:expr),*)) => {
        match $self.factors.len() {
            1 => $self.$method::<_, 1>($($argument),*),
            2 => $self.$method::<_, 2>($($argument),*),
            3 => $self.$method::<_, 3>($($argument),*),
            4 => $self.$method::<_, 4>($($argument),*),
            5 => $self.$method::<_, 5>($($argument),*),
            _ => $self.$method::<_, MOST_LEVELS>($($argument),*),
        }
    };
}

impl Blocks {
    /// For the sum over the polynomials of `gram` (of a degree below [`MOST_LEVELS`], odd or even as `odd` requires)
    /// with `weights`, which gives `gain` for a record of ones.
    fn new(gram: Gram, weights: &[f64], odd: bool, gain: f64) -> Self {
        let (block, levels) = (gram.window / PER_WINDOW, gram.degree + 1);
        let place = |xi: f64| 0.5 * (xi * block as f64 + block as f64 - 1.0);
        let mut basis = vec![0.0; levels * block];
        for t in 0..block {
            let xi = (2.0 * t as f64 - (block as f64 - 1.0)) / block as f64;
            let values: [f64; MOST_LEVELS] = chebyshev(xi);
            (0..levels).for_each(|m| basis[m * block + t] = values[m]);
        }
        // A polynomial in two variables, read off its values on Chebyshev nodes.
        let nodes: Vec<f64> =
            (0..levels).map(|a| (core::f64::consts::PI * (a as f64 + 0.5) / levels as f64).cos()).collect();
        let values: Vec<[f64; MOST_LEVELS]> = nodes.iter().map(|xi| chebyshev(*xi)).collect();
        let share = |m: usize| if m == 0 { 1.0 } else { 2.0 } / levels as f64;
        let mut maps = vec![0.0; (PER_WINDOW - 1) * levels * levels];
        for (i, map) in maps.chunks_exact_mut(levels * levels).enumerate() {
            for (at, u) in nodes.iter().zip(&values) {
                for (from, v) in nodes.iter().zip(&values) {
                    let k = ((i + 1) * block) as f64 + place(*at) - place(*from);
                    let coefficient = gram.sum(weights, k);
                    for (m, row) in map.chunks_exact_mut(levels).enumerate() {
                        for (n, entry) in row.iter_mut().enumerate() {
                            *entry += coefficient * u[m] * share(m) * v[n] * share(n);
                        }
                    }
                }
            }
        }
        let ones = basis.chunks_exact(block).map(|row| row.iter().sum()).collect();
        Self { window: gram.window, block, odd, factors: gram.binomial(weights), basis, maps, ones, gain }
    }

    /// Of the sums from an edge of the window, with the other sign where `negative`.
    fn factors<const L: usize>(&self, negative: bool) -> [f64; L] {
        array::from_fn(|m| if negative { -self.factors[m] } else { self.factors[m] })
    }

    /// The moments of one block.
    fn moments<W: Sample, const L: usize>(&self, block: &[W]) -> [W; MOST_LEVELS] {
        const LANES: usize = 4;
        let mut out = [W::ZERO; MOST_LEVELS];
        for (out, row) in out[..L].iter_mut().zip(self.basis.chunks_exact(self.block)) {
            let mut sums = [W::ZERO; LANES];
            let (tiles, factors) = (block.chunks_exact(LANES), row.chunks_exact(LANES));
            let rest = tiles.remainder().iter().zip(factors.remainder());
            for (tile, factors) in tiles.clone().zip(factors.clone()) {
                for l in 0..LANES {
                    sums[l] = sums[l] + tile[l].scaled(factors[l]);
                }
            }
            let whole = (sums[0] + sums[1]) + (sums[2] + sums[3]);
            *out = rest.fold(whole, |sum, (x, factor)| sum + x.scaled(*factor));
        }
        out
    }

    /// The part of the whole blocks, at every place of the window; gives their level.
    fn middle<W: Sample, const L: usize>(&self, moments: &[[W; MOST_LEVELS]], out: &mut [W]) -> W {
        let sum = moments.iter().fold(W::ZERO, |sum, moments| sum + moments[0]);
        let level = sum.scaled(1.0 / ((PER_WINDOW - 1) * self.block) as f64);
        let mut shape = [W::ZERO; L];
        for (moments, map) in moments.iter().zip(self.maps.chunks_exact(L * L)) {
            for ((moment, one), row) in moments.iter().zip(&self.ones).zip(map.chunks_exact(L)) {
                let moment = *moment - level.scaled(*one);
                for (shape, factor) in shape.iter_mut().zip(row) {
                    *shape = *shape + moment.scaled(*factor);
                }
            }
        }
        out.fill(shape[0] + level.scaled(self.gain));
        for (shape, row) in shape.iter().zip(self.basis.chunks_exact(self.block)).skip(1) {
            for (out, factor) in out.iter_mut().zip(row) {
                *out = *out + shape.scaled(*factor);
            }
        }
        level
    }

    /// Adds the part of the ends of `J` blocks, at every place of their windows.
    #[inline(always)]
    fn add_ends<W: Sample, const L: usize, const J: usize>(
        &self,
        x: [&[W]; J],
        levels: [W; J],
        fixed: &mut [&mut [W]; J],
    ) {
        let (x, factors) = (x.map(|x| &x[..self.block]), self.factors::<L>(false));
        let fixed = fixed.each_mut().map(|fixed| &mut fixed[..x[0].len()]);
        let mut sums = [[W::ZERO; J]; L];
        for p in (0..x[0].len()).rev() {
            grow(&mut sums, array::from_fn(|j| x[j][p] - levels[j]));
            let part = weigh(&sums, &factors);
            for j in 0..J {
                fixed[j][p] = fixed[j][p] + part[j];
            }
        }
    }

    /// Adds the part of the beginnings, at every place of `J` windows. In `x` what comes after the last whole block.
    #[inline(always)]
    fn add_beginnings<W: Sample, const L: usize, const J: usize>(
        &self,
        x: [&[W]; J],
        levels: [W; J],
        fixed: &mut [&mut [W]; J],
    ) {
        let spare = self.spare();
        let factors = self.factors::<L>(self.odd);
        let mut sums = [[W::ZERO; J]; L];
        (0..spare).for_each(|p| grow(&mut sums, array::from_fn(|j| x[j][p] - levels[j])));
        let x = x.map(|x| &x[spare..][..self.block]);
        let fixed = fixed.each_mut().map(|fixed| &mut fixed[..x[0].len()]);
        for p in 0..x[0].len() {
            let part = weigh(&sums, &factors);
            for j in 0..J {
                fixed[j][p] = fixed[j][p] + part[j];
            }
            grow(&mut sums, array::from_fn(|j| x[j][p] - levels[j]));
        }
    }

    /// The values of `J` blocks of windows that begin in `x`.
    fn group<W: Sample, const L: usize, const J: usize>(
        &self,
        x: &[W],
        moments: &[[W; MOST_LEVELS]],
        fixed: &mut [W],
    ) {
        let (block, whole) = (self.block, self.block * PER_WINDOW);
        let mut levels = [W::ZERO; J];
        for (j, fixed) in fixed.chunks_exact_mut(block).enumerate() {
            levels[j] = self.middle::<W, L>(&moments[j..j + PER_WINDOW - 1], fixed);
        }
        let mut rows = fixed.chunks_exact_mut(block);
        let mut rows: [&mut [W]; J] = array::from_fn(|_| rows.next().unwrap_or_default());
        self.add_ends::<W, L, J>(array::from_fn(|j| &x[j * block..]), levels, &mut rows);
        self.add_beginnings::<W, L, J>(array::from_fn(|j| &x[j * block + whole..]), levels, &mut rows);
    }

    fn run_of<W: Sample, const L: usize>(&self, x: &[W], out: &mut [W], scratch: &mut BlocksScratch<W>) {
        let BlocksScratch { moments, fixed } = scratch;
        let run = self.block * TOGETHER;
        fixed.resize(run, W::ZERO);
        let blocks = out.len().div_ceil(self.block) + PER_WINDOW - 2;
        moments.clear();
        moments
            .extend(x[self.block..].chunks_exact(self.block).take(blocks).map(|x| self.moments::<W, L>(x)));
        for (g, out) in out.chunks_mut(run).enumerate() {
            let (x, moments) = (&x[g * run..], &moments[g * TOGETHER..]);
            if out.len() == run {
                self.group::<W, L, TOGETHER>(x, moments, fixed);
                out.copy_from_slice(fixed);
            } else {
                let fixed = &mut fixed[..self.block];
                for (j, out) in out.chunks_mut(self.block).enumerate() {
                    self.group::<W, L, 1>(&x[j * self.block..], &moments[j..], fixed);
                    out.copy_from_slice(&fixed[..out.len()]);
                }
            }
        }
    }

    /// The values of the windows that begin in `x`, the first of them with a block. `x` continues with anything for a
    /// block beyond the last window.
    fn run<W: Sample>(&self, x: &[W], out: &mut [W], scratch: &mut BlocksScratch<W>) {
        by_level!(self.run_of(x, out, scratch));
    }

    /// Number of values at once: whole blocks, side by side, some ten thousand samples.
    fn at_once(&self) -> usize {
        let run = self.block * TOGETHER;
        run * (BLOCKS_AT_ONCE / run).max(2)
    }

    /// Samples beyond the last window that [`Blocks::run`] reads.
    fn beyond(&self) -> usize {
        self.block
    }

    fn spare(&self) -> usize {
        self.window - PER_WINDOW * self.block
    }

    fn initial_state<W: Sample>(&self) -> Place<W> {
        Place {
            fixed: vec![W::ZERO; self.block],
            beginning: [W::ZERO; MOST_LEVELS],
            level: W::ZERO,
            place: 0,
        }
    }

    /// The value of the next window, which is given whole.
    fn process<W: Sample>(&self, state: &mut Place<W>, window: &[W]) -> W {
        by_level!(self.step_of(state, window))
    }

    fn step_of<W: Sample, const L: usize>(&self, state: &mut Place<W>, window: &[W]) -> W {
        let mut sums: [[W; 1]; L] = array::from_fn(|m| [state.beginning[m]]);
        if state.place == 0 {
            let mut moments = [[W::ZERO; MOST_LEVELS]; PER_WINDOW - 1];
            let blocks = window[self.block..].chunks_exact(self.block);
            moments.iter_mut().zip(blocks).for_each(|(moments, x)| *moments = self.moments::<W, L>(x));
            state.level = self.middle::<W, L>(&moments, &mut state.fixed);
            self.add_ends::<W, L, 1>([window], [state.level], &mut [&mut state.fixed]);
            sums = [[W::ZERO; 1]; L];
            window[PER_WINDOW * self.block..].iter().for_each(|x| grow(&mut sums, [*x - state.level]));
        } else {
            grow(&mut sums, [window[self.window - 1] - state.level]);
        }
        let [part] = weigh(&sums, &self.factors::<L>(self.odd));
        let value = state.fixed[state.place] + part;
        (0..L).for_each(|m| [state.beginning[m]] = sums[m]);
        state.place = (state.place + 1) % self.block;
        value
    }
}

/// One sample more at the edge, in each of `J` blocks: its k is 0, and everybody else's k rises by one.
#[inline(always)]
fn grow<W: Sample, const L: usize, const J: usize>(sums: &mut [[W; J]; L], x: [W; J]) {
    for m in (1..L).rev() {
        let below = sums[m - 1];
        for (sum, below) in sums[m].iter_mut().zip(below) {
            *sum = *sum + below;
        }
    }
    for (sum, x) in sums[0].iter_mut().zip(x) {
        *sum = *sum + x;
    }
}

#[inline(always)]
fn weigh<W: Sample, const L: usize, const J: usize>(sums: &[[W; J]; L], factors: &[f64; L]) -> [W; J] {
    let mut parts = [W::ZERO; J];
    for j in 0..J {
        parts[j] = sums[0][j].scaled(factors[0]);
        for m in 1..L {
            parts[j] = parts[j] + sums[m][j].scaled(factors[m]);
        }
    }
    parts
}

/// The best polynomial of a window, and its derivative at the first half's samples.
#[derive(Debug, Clone, PartialEq)]
struct Fit {
    /// Polynomials at each sample of the first half and the middle, row by row.
    values: Vec<f64>,
    /// Their derivatives, the same way, over the polynomials' squares and times the scale.
    derivatives: Vec<f64>,
    polynomials: usize,
    /// Whether the derivative turns the symmetry of every polynomial round.
    odd: bool,
}

impl Fit {
    fn new(gram: Gram, derivative: usize, scale: f64) -> Self {
        let half = gram.window / 2;
        let values = (0..=half).flat_map(|k| gram.at(k as f64, 0)).collect();
        let weights = |k: usize| gram.weights(k as f64, derivative);
        let derivatives = (0..half).flat_map(|k| weights(k).into_iter().map(|v| v * scale)).collect();
        Self { values, derivatives, polynomials: gram.degree + 1, odd: derivative % 2 == 1 }
    }

    /// Each polynomial's product with a whole window. By symmetry a pair of samples at the same distance from the
    /// middle is added for the even polynomials and subtracted for the odd ones.
    fn products<W: Sample>(&self, window: &[W], out: &mut Vec<W>) {
        let half = window.len() / 2;
        out.clear();
        out.resize(self.polynomials, W::ZERO);
        for (k, row) in self.values.chunks_exact(self.polynomials).enumerate() {
            let (first, last) = (window[k], window[window.len() - 1 - k]);
            let pair = if k == half { [first, W::ZERO] } else { [first + last, first - last] };
            for (n, (out, value)) in out.iter_mut().zip(row).enumerate() {
                *out = *out + pair[n % 2].scaled(*value);
            }
        }
    }

    /// The value `k` samples after the window's first, in the first half.
    fn first<W: Sample>(&self, products: &[W], k: usize) -> W {
        let row = &self.derivatives[k * self.polynomials..][..self.polynomials];
        products.iter().zip(row).fold(W::ZERO, |sum, (product, weight)| sum + product.scaled(*weight))
    }

    /// The value `k` samples before the window's last, in the last half.
    fn last<W: Sample>(&self, products: &[W], k: usize) -> W {
        let row = &self.derivatives[k * self.polynomials..][..self.polynomials];
        let signed = |n: usize, weight: f64| if (n % 2 == 1) == self.odd { weight } else { -weight };
        let terms = products.iter().zip(row).enumerate();
        terms.fold(W::ZERO, |sum, (n, (product, weight))| sum + product.scaled(signed(n, *weight)))
    }
}

/// The polynomials over `window` samples, up to a degree.
///
/// Q_0 = 1, (n + 1)(N - 1 - n) Q_(n+1)(x) = (2n + 1)(N - 1 - 2x) Q_n(x) - n (N + n) Q_(n-1)(x), so that Q_n(0) = 1;
/// they are the Hahn polynomials with both parameters 0 (NIST Digital Library of Mathematical Functions, 18.19 to
/// 18.22).
#[derive(Debug, Clone, Copy)]
struct Gram {
    window: usize,
    degree: usize,
}

impl Gram {
    /// The `derivative`-th derivatives of all polynomials at `x`, which need not be a whole number.
    fn at(&self, x: f64, derivative: usize) -> Vec<f64> {
        let last = self.window as f64 - 1.0;
        // One row per polynomial: its derivatives from the 0th on.
        let mut rows = vec![vec![0.0; derivative + 1]; self.degree + 1];
        rows[0][0] = 1.0;
        for n in 0..self.degree {
            let k = n as f64;
            let (of, down) = ((2.0 * k + 1.0) * (last - 2.0 * x), k * (last + 1.0 + k));
            for r in 0..=derivative {
                let product = if r == 0 { 0.0 } else { 2.0 * r as f64 * (2.0 * k + 1.0) * rows[n][r - 1] };
                let before = if n == 0 { 0.0 } else { down * rows[n - 1][r] };
                rows[n + 1][r] = (of * rows[n][r] - product - before) / ((k + 1.0) * (last - k));
            }
        }
        rows.iter().map(|row| row[derivative]).collect()
    }

    /// Sum of Q_n squared over the window, for every n.
    fn squares(&self) -> Vec<f64> {
        let size = self.window as f64;
        let mut square = size;
        (0..=self.degree)
            .map(|n| {
                let k = n as f64;
                if n > 0 {
                    square *= (2.0 * k - 1.0) / (2.0 * k + 1.0) * ((size + k) / (size - k));
                }
                square
            })
            .collect()
    }

    /// Weight of each polynomial in the `derivative`-th derivative at `x` of the polynomial that fits best: the
    /// filter's coefficient for sample k is the sum of weight times Q_n(k).
    fn weights(&self, x: f64, derivative: usize) -> Vec<f64> {
        self.at(x, derivative).iter().zip(self.squares()).map(|(value, square)| value / square).collect()
    }

    /// The weighted sum of the polynomials at `x`.
    fn sum(&self, weights: &[f64], x: f64) -> f64 {
        weights.iter().zip(self.at(x, 0)).map(|(weight, value)| weight * value).sum()
    }

    /// The weighted sum as a sum over m of a factor times "k choose m", from the window's beginning.
    ///
    /// Q_n(k) = sum over m of (-1)^m (n over m)(n + m over m) m! / ((N-1)(N-2)...(N-m)) (k over m): no differences are
    /// taken, so the small factors of a long window are as exact as the others.
    fn binomial(&self, weights: &[f64]) -> Vec<f64> {
        let mut factors = vec![0.0; self.degree + 1];
        for (n, weight) in weights.iter().enumerate() {
            let mut factor = *weight;
            for (m, sum) in factors.iter_mut().enumerate().take(n + 1) {
                *sum += factor;
                // From (n over m)(n + m over m) m!/... to the one for m + 1.
                let (n, m) = (n as f64, m as f64);
                factor *= -(n - m) * (n + m + 1.0) / ((m + 1.0) * (self.window as f64 - 1.0 - m));
            }
        }
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_orthogonal() {
        let gram = Gram { window: 21, degree: 6 };
        let rows: Vec<Vec<f64>> = (0..21).map(|k| gram.at(f64::from(k), 0)).collect();
        for (n, square) in gram.squares().into_iter().enumerate() {
            for m in 0..=6 {
                let product: f64 = rows.iter().map(|row| row[n] * row[m]).sum();
                let expected = if n == m { square } else { 0.0 };
                assert!((product - expected).abs() < 1e-13 * square, "{n} {m}: {product}");
            }
        }
    }

    #[test]
    fn the_binomial_form_is_the_same_polynomial() {
        let gram = Gram { window: 51, degree: 5 };
        let weights = gram.weights(25.0, 1);
        let factors = gram.binomial(&weights);
        for k in 0..13 {
            let mut choose = 1.0;
            let mut sum = 0.0;
            for (m, factor) in factors.iter().enumerate() {
                sum += factor * choose;
                choose *= f64::from(k - m as i32) / (m as f64 + 1.0);
            }
            let expected = gram.sum(&weights, f64::from(k));
            assert!((sum - expected).abs() < 1e-16, "{k}: {sum} {expected}");
        }
    }
}
