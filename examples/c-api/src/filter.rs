//! Filters: live, and forwards and backwards over a record.

use crate::handle;
use crate::memory::{self, List, Out};
use crate::status::{CopeakStatus, Fault, guard};
use copeak::filter::state::CascadeState;
use copeak::filter::{Band, Butterworth, Cascade, ZeroPhase};
use copeak::{Filter, Rate, Real, Stage, StageExt};

/// What a filter lets through.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopeakBand {
    /// Everything below the cut-off.
    Low = 0,
    /// Everything above it.
    High = 1,
    /// Everything between the lower and the upper cut-off.
    Pass = 2,
    /// Everything else.
    Stop = 3,
}

/// A Butterworth filter. Cut-offs are -3 dB, after both passes where there are two.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakButterworth {
    /// A CopeakBand.
    pub band: u32,
    /// Order per pass, 1 to 1000; band filters have twice as many poles.
    pub order: usize,
    /// The cut-off, or the lower one.
    pub cutoff_hz: f64,
    /// The upper cut-off of a band filter; not looked at otherwise.
    pub upper_cutoff_hz: f64,
    /// Samples per second.
    pub rate_hz: f64,
}

impl CopeakButterworth {
    fn design(&self) -> Result<Butterworth, Fault> {
        let band = match self.band {
            0 => Band::Low(self.cutoff_hz),
            1 => Band::High(self.cutoff_hz),
            2 => Band::Pass(self.cutoff_hz, self.upper_cutoff_hz),
            3 => Band::Stop(self.cutoff_hz, self.upper_cutoff_hz),
            _ => return Err(CopeakStatus::Parameter.into()),
        };
        Ok(Butterworth::new(self.order, band, Rate::from_hz(self.rate_hz)?)?)
    }
}

/// A live filter. Made by copeak_filter_new, freed by copeak_filter_free.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakFilter {
    /// Not to be touched; 0 is no filter.
    pub id: u64,
}

/// A second-order section, with a0 = 1.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakSection {
    /// Numerator.
    pub b0: f64,
    /// Numerator.
    pub b1: f64,
    /// Numerator.
    pub b2: f64,
    /// Denominator.
    pub a1: f64,
    /// Denominator.
    pub a2: f64,
}

struct Live {
    design: Cascade,
    state: CascadeState<f64>,
}

impl Live {
    fn run<T: Real>(&mut self, x: &mut [T]) {
        self.design.run_in_place(&mut self.state, x);
    }
}

fn all_finite<T: Real>(x: &[T]) -> Result<(), Fault> {
    if x.iter().all(|v| v.is_finite()) { Ok(()) } else { Err(CopeakStatus::NonFinite.into()) }
}

/// Makes a live filter that has seen nothing yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_filter_new(
    design: *const CopeakButterworth,
    filter: *mut CopeakFilter,
) -> CopeakStatus {
    guard(|| {
        // SAFETY: null or one value each, by the contract of the interface.
        let (design, filter) = unsafe { (memory::read_one(design)?, Out::new(filter)?) };
        let design = design.design()?.cascade()?;
        let state = Stage::<f64>::initial_state(&design);
        filter.set(CopeakFilter { id: handle::hold(Live { design, state }) });
        Ok(())
    })
}

/// Frees a live filter; nothing happens to one with id 0.
#[unsafe(no_mangle)]
pub extern "C" fn copeak_filter_free(filter: CopeakFilter) -> CopeakStatus {
    guard(|| handle::free::<Live>(filter.id))
}

/// Makes it forget what it has seen.
#[unsafe(no_mangle)]
pub extern "C" fn copeak_filter_reset(filter: CopeakFilter) -> CopeakStatus {
    guard(|| {
        handle::with(filter.id, |live: &mut Live| {
            live.state = Stage::<f64>::initial_state(&live.design);
            Ok(())
        })
    })
}

/// Its sections, the first one first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_filter_sections(
    filter: CopeakFilter,
    sections: *mut CopeakSection,
    capacity: usize,
    count: *mut usize,
) -> CopeakStatus {
    guard(|| {
        // SAFETY: null or as long as said, by the contract of the interface.
        let list = unsafe { List::new(sections, capacity, count)? };
        handle::with(filter.id, |live: &mut Live| {
            list.set(live.design.sections().iter().map(|section| {
                let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
                CopeakSection { b0, b1, b2, a1, a2 }
            }))
        })
    })
}

/// Feeds one sample and gives one. A sample that is not finite is refused, and the filter stays as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_filter_push(filter: CopeakFilter, x: f64, y: *mut f64) -> CopeakStatus {
    // SAFETY: null or one value, by the contract of the interface.
    guard(|| unsafe { push(filter, x, y) })
}

/// As copeak_filter_push; the filter works in double precision.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_filter_push_f32(filter: CopeakFilter, x: f32, y: *mut f32) -> CopeakStatus {
    // SAFETY: null or one value, by the contract of the interface.
    guard(|| unsafe { push(filter, x, y) })
}

/// # Safety
/// `y` is null or has room for one value.
unsafe fn push<T: Real>(filter: CopeakFilter, x: T, y: *mut T) -> Result<(), Fault> {
    // SAFETY: as above.
    let y = unsafe { Out::new(y)? };
    all_finite(&[x])?;
    handle::with(filter.id, |live: &mut Live| {
        y.set(live.design.process(&mut live.state, x));
        Ok(())
    })
}

/// Feeds n samples and gives n, as pushing them one by one; x and y may be the same or overlap. When a sample is not
/// finite all are refused, and the filter stays as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_filter_run(
    filter: CopeakFilter,
    x: *const f64,
    n: usize,
    y: *mut f64,
) -> CopeakStatus {
    // SAFETY: null or n values each, by the contract of the interface.
    guard(|| unsafe { run(filter, x, n, y) })
}

/// As copeak_filter_run; the filter works in double precision.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_filter_run_f32(
    filter: CopeakFilter,
    x: *const f32,
    n: usize,
    y: *mut f32,
) -> CopeakStatus {
    // SAFETY: null or n values each, by the contract of the interface.
    guard(|| unsafe { run(filter, x, n, y) })
}

/// # Safety
/// `x` and `y` are null or point to `n` values.
unsafe fn run<T: Real>(filter: CopeakFilter, x: *const T, n: usize, y: *mut T) -> Result<(), Fault> {
    handle::with(filter.id, |live: &mut Live| {
        // SAFETY: as above; the slice of `x` is gone before `y` is written.
        unsafe {
            all_finite(memory::read(x, n)?)?;
            live.run(memory::copied(x, y, n)?);
        }
        Ok(())
    })
}

/// Filters a record of n samples forwards and backwards, so that nothing is delayed; x and y may be the same or overlap.
/// A record that is refused leaves a copy of x in y.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_zero_phase(
    design: *const CopeakButterworth,
    x: *const f64,
    n: usize,
    y: *mut f64,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| unsafe { zero_phase(design, x, n, y) })
}

/// As copeak_zero_phase; the filter works in double precision.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_zero_phase_f32(
    design: *const CopeakButterworth,
    x: *const f32,
    n: usize,
    y: *mut f32,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| unsafe { zero_phase(design, x, n, y) })
}

/// # Safety
/// `design` is null or points to one value, `x` and `y` are null or point to `n`.
unsafe fn zero_phase<T: Real>(
    design: *const CopeakButterworth,
    x: *const T,
    n: usize,
    y: *mut T,
) -> Result<(), Fault>
where
    ZeroPhase: Filter<T>,
{
    // SAFETY: as above.
    let (design, y) = unsafe { (memory::read_one(design)?.design()?, memory::copied(x, y, n)?) };
    let filter = ZeroPhase::butterworth(design.order(), design.band(), design.rate())?;
    Ok(filter.apply_in_place(y, &mut filter.workspace())?)
}
