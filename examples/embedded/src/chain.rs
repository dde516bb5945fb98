//! The live chain: low-pass, slope, peaks of the right hip, contacts of both feet, convergence of five contributors.

use copeak::convergence::live::{LiveLag, LiveStep};
use copeak::convergence::{LiveContributor, LiveConvergence, Role, state::LiveMemory};
use copeak::event::live::LiveContacts;
use copeak::event::{Event, ForceContacts, Side, Sides};
use copeak::filter::{Butterworth, Section};
use copeak::peak::{LivePeak, LivePeakFinder};
use copeak::stage::Stream;
use copeak::{Clock, Frame, Rate, Real, Result, StageExt};

/// Frames a second.
pub const RATE_HZ: f64 = 250.0;
/// Angles in a frame: left and right hip, left and right shoulder, trunk.
pub const CHANNELS: usize = 5;
/// Values in a frame: the angles, then the force under the left and the right foot.
pub const FRAME: usize = CHANNELS + 2;
/// Number of contributors.
pub const CONTRIBUTORS: usize = 5;

/// The memory of convergence: the last two seconds of frames, and one step's drives.
pub type Memory =
    [f64; LiveMemory { rate_hz: RATE_HZ, channels: CHANNELS, contributors: CONTRIBUTORS, steps: 10 }.len()];

/// Joint-velocity drives: proxies that show when a joint moves fastest, not what force it produces.
pub fn contributors() -> [LiveContributor; CONTRIBUTORS] {
    [
        LiveContributor::paired(Role::SupportLeg, Sides::new(0, 1)).sign(-1.0),
        LiveContributor::paired(Role::SwingLeg, Sides::new(0, 1)),
        LiveContributor::paired(Role::SupportArm, Sides::new(2, 3)),
        LiveContributor::paired(Role::OppositeArm, Sides::new(2, 3)).sign(-1.0),
        LiveContributor::midline(Role::Trunk, 4),
    ]
}

/// Results of a frame.
#[derive(Debug)]
pub enum Found<'a> {
    /// The right hip was most flexed.
    Peak(LivePeak),
    /// An initial or terminal contact.
    Event(Event),
    /// A measured step, at the end of its stride.
    Step(&'a LiveStep<[LiveLag; CONTRIBUTORS]>),
}

/// The state kept from frame to frame; `T` is the precision of filter and detectors.
#[derive(Debug)]
pub struct Chain<'a, T: Real> {
    filter: Stream<[Section<T>; 1], Frame<T, CHANNELS>>,
    before: Frame<T, CHANNELS>,
    peaks: Stream<LivePeakFinder<8>, T>,
    feet: [Stream<LiveContacts, T>; 2],
    live: LiveConvergence<&'a mut Memory, [LiveContributor; CONTRIBUTORS], [LiveLag; CONTRIBUTORS]>,
}

impl<'a, T: Real> Chain<'a, T> {
    /// Before the first frame.
    ///
    /// # Errors
    /// None with these settings.
    pub fn new(memory: &'a mut Memory) -> Result<Self> {
        let rate = Rate::from_hz(RATE_HZ)?;
        let clock = Clock::from_zero(rate);
        let foot = |side| Ok(ForceContacts::default().live(clock, side, 3.0)?.stream());
        let live = LiveConvergence::builder(clock, contributors())
            .channels(CHANNELS)
            .build_in(memory, [LiveLag::default(); CONTRIBUTORS])?;
        Ok(Self {
            filter: Butterworth::low_pass(2, 15.0, rate)?.sections()?.stream(),
            before: Frame::splat(T::ZERO),
            peaks: LivePeakFinder::new(50)?.prominence(20.0)?.stream(),
            feet: [foot(Side::Left)?, foot(Side::Right)?],
            live,
        })
    }

    /// Takes one frame, and passes what it completes to `each`.
    #[inline(never)]
    pub fn push(&mut self, frame: &[f32; FRAME], each: &mut impl FnMut(Found<'_>)) {
        let [a, b, c, d, e, left, right] = frame.map(|x| T::cast(f64::from(x)));
        let now = self.filter.push(Frame([a, b, c, d, e]));
        let slope = (now - self.before) * T::cast(RATE_HZ);
        self.before = now;
        if self.live.push(&slope.0).is_err() {
            return; // never: a frame has the channels that were agreed on
        }
        if let Some(Ok(peak)) = self.peaks.push(now.0[1]) {
            each(Found::Peak(peak));
        }
        for (foot, force) in self.feet.iter_mut().zip([left, right]) {
            let Some(event) = foot.push(force).map(|footfall| footfall.event()) else { continue };
            each(Found::Event(event));
            if let Some(step) = self.live.event(event) {
                each(Found::Step(step));
            }
        }
    }
}
