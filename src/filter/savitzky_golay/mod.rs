//! Local polynomials by least squares.

mod blocks;
mod direct;
mod fit;
mod gram;
mod stream;

pub use stream::{SavitzkyGolayState, SavitzkyGolayWindow};

use super::edge::{self, Edge, Ends, Periodic, windowed};
use super::late::CentredState;
use super::whole::{Filter, whole_record};
use crate::samples::Sample;
use crate::{Error, Flush, GroupDelay, Rate, Result, Stage};
use alloc::{sync::Arc, vec::Vec};
use blocks::{Blocks, BlocksScratch};
use direct::Direct;
use fit::Fit;
use gram::Gram;
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
/// let velocity = SavitzkyGolay::new(11, 2)?.derivative(1, rate)?.apply(&x)?;
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
}

/// What follows from window, degree and derivative.
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

/// What a [`SavitzkyGolay`] filter keeps between calls.
#[derive(Debug, Clone, PartialEq)]
pub struct SavitzkyGolayScratch<W> {
    samples: Vec<W>,
    values: Vec<W>,
    blocks: BlocksScratch<W>,
    products: Vec<W>,
}

impl SavitzkyGolay {
    /// Smoothing with polynomials of `degree` over a centred window of `window` samples.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `window` is even, 0 or above 1048575, and when `degree` is not below `window` or above
    /// 30.
    pub fn new(window: usize, degree: usize) -> Result<Self> {
        edge::odd_window(window)?;
        if degree >= window || degree > HIGHEST {
            let (name, rule) = ("polynomial degree", "below the window and at most 30");
            return Err(Error::Parameter { name, rule, value: degree as f64 });
        }
        let plan = Arc::new(Plan::new(window, degree, 0, 1.0));
        Ok(Self { edge: Edge::default(), rate: None, plan })
    }

    /// Smoothing over a centred window of the odd number of samples nearest to `window_s` seconds.
    ///
    /// # Errors
    /// As [`SavitzkyGolay::new`].
    pub fn lasting(window_s: f64, degree: usize, rate: Rate) -> Result<Self> {
        Self::new(edge::odd_samples(window_s, rate)?, degree)
    }

    /// The derivative of this order instead, in units per second to that power, of samples taken at `rate`.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `order` is above the degree, where SciPy gives zeros, and when `rate` to that power is
    /// beyond the numbers.
    pub fn derivative(self, order: usize, rate: Rate) -> Result<Self> {
        let Plan { window, degree, .. } = *self.plan;
        if order > degree {
            let (name, rule) = ("derivative order", "at most the polynomial degree");
            return Err(Error::Parameter { name, rule, value: order as f64 });
        }
        let scale = rate.as_hz().powi(order as i32);
        if !(scale.is_normal()) {
            let (name, rule) = ("sample rate", "within the numbers when raised to the derivative's order");
            return Err(Error::Parameter { name, rule, value: rate.as_hz() });
        }
        let plan = Arc::new(Plan::new(window, degree, order, scale));
        Ok(Self { plan, rate: Some(rate), ..self })
    }

    /// How the record goes on past its ends; [`Edge::Inside`], the fit, unless set.
    #[must_use]
    pub fn edge(self, edge: Edge) -> Self {
        Self { edge, ..self }
    }

    /// The record as one period of a cycle.
    pub fn periodic(self) -> Periodic<Self> {
        Periodic(self)
    }

    /// The window in samples.
    pub fn window(&self) -> usize {
        self.plan.window
    }

    /// The degree of the polynomials.
    pub fn degree(&self) -> usize {
        self.plan.degree
    }

    /// The derivative's order and the rate it is for; `None` for smoothing.
    pub fn derivative_order(&self) -> Option<(usize, Rate)> {
        self.rate.map(|rate| (self.plan.derivative, rate))
    }

    fn half(&self) -> usize {
        self.plan.window / 2
    }

    fn inside(&self) -> bool {
        self.edge == Edge::Inside
    }

    /// Samples a record must have.
    fn shortest(&self) -> usize {
        if self.inside() { self.plan.window } else { 1 }
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
        let SavitzkyGolayScratch { samples, values, blocks: room, .. } = scratch;
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
                Kernel::Blocks(blocks) => blocks.run(samples, values, room),
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

windowed!([X: Sample] SavitzkyGolay, "a Savitzky-Golay filter", SavitzkyGolayScratch<X::Wide>, Self::shortest);

impl Plan {
    fn new(window: usize, degree: usize, derivative: usize, scale: f64) -> Self {
        let odd = derivative % 2 == 1;
        // At the middle only polynomials of the derivative's own symmetry count.
        let effective = if degree % 2 == derivative % 2 { degree } else { degree - 1 };
        let gram = Gram { window, degree: effective };
        let middle = (window / 2) as f64;
        let weights: Vec<f64> = gram.weights(middle, derivative).into_iter().map(|w| w * scale).collect();
        let kernel = if effective < blocks::MOST_LEVELS && window >= blocks_from(effective + 1) {
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
