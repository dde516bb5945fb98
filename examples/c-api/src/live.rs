//! Convergence step by step.

use crate::event::{CopeakEvent, number_of};
use crate::handle;
use crate::memory::{self, List, Out};
use crate::status::{CopeakStatus, Fault, guard};
use copeak::convergence::live::LiveStep;
use copeak::convergence::{LiveContributor, LiveConvergence, Rectification, Role};
use copeak::event::Sides;
use copeak::{Clock, Rate, Real};

/// The part a contributor plays in a step.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopeakRole {
    /// The leg on the ground: the channel of its side.
    SupportLeg = 0,
    /// The other leg.
    SwingLeg = 1,
    /// The arm of the support side.
    SupportArm = 2,
    /// The other arm.
    OppositeArm = 3,
    /// The trunk: one channel, `left`, whose sign flips with the support side (+ for right).
    Trunk = 4,
}

/// What becomes of a channel's sign.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopeakRectification {
    /// Its positive part counts.
    Positive = 0,
    /// Its magnitude counts.
    Magnitude = 1,
    /// It counts as it is: for forces.
    Signed = 2,
}

/// A contributor as channels of a frame, counted from 0.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakContributor {
    /// A CopeakRole.
    pub role: u32,
    /// A CopeakRectification.
    pub rectification: u32,
    /// Channel of the left side.
    pub left: usize,
    /// Channel of the right side; ignored for the trunk.
    pub right: usize,
    /// Factor that makes the direction of interest positive; not 0.
    pub sign: f64,
    /// At least 0.
    pub weight: f64,
    /// The mean peak by which its drive is divided; 0 for its own mean peak over the steps so far.
    pub reference_peak: f64,
}

impl CopeakContributor {
    fn contributor(&self) -> Result<LiveContributor, Fault> {
        let role = match self.role {
            0 => Role::SupportLeg,
            1 => Role::SwingLeg,
            2 => Role::SupportArm,
            3 => Role::OppositeArm,
            4 => Role::Trunk,
            _ => return Err(CopeakStatus::Parameter.into()),
        };
        let rectification = match self.rectification {
            0 => Rectification::Positive,
            1 => Rectification::Magnitude,
            2 => Rectification::Signed,
            _ => return Err(CopeakStatus::Parameter.into()),
        };
        let contributor = match role {
            Role::Trunk => LiveContributor::midline(role, self.left),
            _ => LiveContributor::paired(role, Sides::new(self.left, self.right)),
        };
        let contributor = contributor.rectification(rectification).sign(self.sign).weight(self.weight);
        Ok(if self.reference_peak == 0.0 {
            contributor
        } else {
            contributor.reference_peak(self.reference_peak)
        })
    }
}

/// Live convergence. Made by copeak_live_new, freed by copeak_live_free.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakLive {
    /// Not to be touched; 0 is none.
    pub id: u64,
}

/// A step. What is not defined is NaN.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakStep {
    /// Measured steps so far, this one included; 0 when there is none.
    pub number: usize,
    /// A CopeakSide: the foot on the ground.
    pub side: u32,
    /// Its landing.
    pub start_s: f64,
    /// Length of its cycle, a stride.
    pub cycle_s: f64,
    /// Sum of the contributors' own maxima.
    pub available: f64,
    /// Maximum of their sum.
    pub realised: f64,
    /// Realised over available.
    pub coincidence: f64,
    /// Mean coincidence by chance, over all steps so far.
    pub chance: f64,
    /// (Coincidence - chance)/(1 - chance) over the last 10 steps.
    pub kappa: f64,
    /// Mean cosine of the peaks' phase differences.
    pub simultaneity: f64,
    /// Spread of the peaks.
    pub spread_s: f64,
}

impl CopeakStep {
    const NONE: Self = Self {
        number: 0,
        side: 0,
        start_s: f64::NAN,
        cycle_s: f64::NAN,
        available: f64::NAN,
        realised: f64::NAN,
        coincidence: f64::NAN,
        chance: f64::NAN,
        kappa: f64::NAN,
        simultaneity: f64::NAN,
        spread_s: f64::NAN,
    };
}

impl From<&LiveStep> for CopeakStep {
    fn from(step: &LiveStep) -> Self {
        let or_nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
        Self {
            number: step.number,
            side: number_of(step.side),
            start_s: step.start_s,
            cycle_s: step.cycle_s,
            available: step.available,
            realised: step.realised,
            coincidence: or_nan(step.coincidence),
            chance: or_nan(step.chance),
            kappa: or_nan(step.kappa),
            simultaneity: or_nan(step.simultaneity),
            spread_s: or_nan(step.spread_s),
        }
    }
}

/// When a contributor peaks in a step. What is not defined is NaN.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakLag {
    /// Phase of its peak in the cycle.
    pub phase: f64,
    /// How much later than the mean of all peaks.
    pub lag_s: f64,
    /// Mean of that over the steps so far.
    pub mean_lag_s: f64,
    /// Its standard deviation.
    pub sd_lag_s: f64,
    /// Steps that have one.
    pub n: usize,
}

/// Makes live convergence of so many contributors, at most 65536, for frames of so many channels, the first at 0 s, at most 3e7
/// samples a second over all channels.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_live_new(
    rate_hz: f64,
    channels: usize,
    contributors: *const CopeakContributor,
    count: usize,
    live: *mut CopeakLive,
) -> CopeakStatus {
    guard(|| {
        // SAFETY: null or as many values as said, by the contract of the interface.
        let (contributors, out) = unsafe { (memory::read(contributors, count)?, Out::new(live)?) };
        // Memory grows with both; half a gigabyte of frames is more than there is use for.
        if count > 1 << 16 || rate_hz * channels as f64 > 3.0e7 {
            return Err(CopeakStatus::Length.into());
        }
        let contributors =
            contributors.iter().map(CopeakContributor::contributor).collect::<Result<Vec<_>, Fault>>()?;
        let live = LiveConvergence::builder(Clock::from_zero(Rate::from_hz(rate_hz)?), contributors)
            .channels(channels)
            .build()?;
        out.set(CopeakLive { id: handle::hold(live) });
        Ok(())
    })
}

/// Frees live convergence; nothing happens to one with id 0.
#[unsafe(no_mangle)]
pub extern "C" fn copeak_live_free(live: CopeakLive) -> CopeakStatus {
    guard(|| handle::free::<LiveConvergence>(live.id))
}

/// Makes it forget all frames and steps.
#[unsafe(no_mangle)]
pub extern "C" fn copeak_live_reset(live: CopeakLive) -> CopeakStatus {
    guard(|| {
        handle::with(live.id, |live: &mut LiveConvergence| {
            live.reset();
            Ok(())
        })
    })
}

/// Feeds one frame: all channels at one instant. A step with a sample that is not finite is not measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_live_push(
    live: CopeakLive,
    frame: *const f64,
    channels: usize,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| push(live, unsafe { memory::read(frame, channels)? }))
}

/// As copeak_live_push.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_live_push_f32(
    live: CopeakLive,
    frame: *const f32,
    channels: usize,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| push(live, unsafe { memory::read(frame, channels)? }))
}

fn push<T: Real>(live: CopeakLive, frame: &[T]) -> Result<(), Fault> {
    handle::with(live.id, |live: &mut LiveConvergence| Ok(live.push(frame)?))
}

/// Feeds a landing or a take-off and gives the step that it completes, with number 0 for none. A step is complete one step
/// after its own end, when its stride is over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_live_event(
    live: CopeakLive,
    event: *const CopeakEvent,
    step: *mut CopeakStep,
) -> CopeakStatus {
    guard(|| {
        // SAFETY: null or one value each, by the contract of the interface.
        let (event, out) = unsafe { (memory::read_one(event)?.event()?, Out::new(step)?) };
        handle::with(live.id, |live: &mut LiveConvergence| {
            out.set(live.event(event).map_or(CopeakStep::NONE, CopeakStep::from));
            Ok(())
        })
    })
}

/// The contributors of the last step, in the order given; none before the first step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_live_lags(
    live: CopeakLive,
    lags: *mut CopeakLag,
    capacity: usize,
    count: *mut usize,
) -> CopeakStatus {
    guard(|| {
        // SAFETY: null or as many values as said, by the contract of the interface.
        let list = unsafe { List::new(lags, capacity, count)? };
        handle::with(live.id, |live: &mut LiveConvergence| {
            let lags = live.last().map_or(&[][..], |step| &step.lags);
            list.set(lags.iter().map(|lag| CopeakLag {
                phase: lag.phase.unwrap_or(f64::NAN),
                lag_s: lag.lag_s.unwrap_or(f64::NAN),
                mean_lag_s: lag.mean_lag_s,
                sd_lag_s: lag.sd_lag_s,
                n: lag.n,
            }))
        })
    })
}
