//! From a sprinter's settings to a recording and its truth.

use super::{Joint, Pulse, Sprinter};
use crate::event::{Contact, Event, EventKind, Method, Side};
use crate::inference::draw::Draws;
use crate::math::GRAVITY_MPS2;
use crate::model::AFTER_CONTACT_S;
use crate::recording::{Channel, Recording};
use crate::stride::Step;
use crate::{Clock, Error, Rate, Result, Signal};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::f64::consts::{PI, TAU};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// One simulated trial.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SimulatedTrial {
    /// Angles, pelvis position and ground reaction force, as a laboratory would record them.
    pub recording: Recording,
    /// The truth about it.
    pub truth: Truth,
}

/// Times of initial contacts. Contact 0 starts the first step; contact -1 comes before it.
struct Timeline {
    first_ic_s: f64,
    contact_s: f64,
    step_s: f64,
}

impl Timeline {
    fn ic_s(&self, contact: i64) -> f64 {
        self.first_ic_s + contact as f64 * self.step_s
    }

    fn side(contact: i64) -> Side {
        if contact.rem_euclid(2) == 0 { Side::Right } else { Side::Left }
    }

    fn contact(&self, contact: i64) -> Result<Contact> {
        let (side, ic) = (Self::side(contact), self.ic_s(contact));
        let event = |time_s, kind| Event::new(time_s, 0.0, side, kind, Method::Force);
        Contact::new(
            event(ic, EventKind::InitialContact),
            event(ic + self.contact_s, EventKind::TerminalContact),
        )
    }
}

pub(super) fn simulate(sprinter: &Sprinter) -> Result<SimulatedTrial> {
    let (contact_s, stride_s) = (sprinter.contact(), sprinter.stride());
    let step_s = stride_s / 2.0;
    let flight_s = step_s - contact_s;
    // The recording starts and ends in mid-flight, one contact before the first step and one after the last.
    let timeline = Timeline { first_ic_s: flight_s / 2.0 + step_s, contact_s, step_s };
    let last = sprinter.steps as i64;
    let end_s = timeline.ic_s(last) + contact_s + flight_s / 2.0;

    let deviations = Deviations::draw(sprinter, last);
    let mut motions = Vec::new();
    for joint in Joint::ALL {
        for side in [Side::Right, Side::Left] {
            if side == Side::Right || joint.is_paired() {
                motions.push(motion(sprinter, &timeline, &deviations, joint, side)?);
            }
        }
    }
    check_largest(sprinter, &motions)?;

    let contacts = (-1..=last).map(|k| timeline.contact(k)).collect::<Result<Vec<_>>>()?;
    let force = GroundForce {
        contact: ContactForce::new(sprinter.speed_mps, sprinter.mass_kg, contact_s, step_s)?,
        right_ic_s: timeline.first_ic_s,
        step_s,
    };
    let mut truth = Truth { contacts, steps: Vec::with_capacity(sprinter.steps), motions, force };
    for k in 0..last {
        let step = Step::new(timeline.contact(k)?, timeline.ic_s(k + 1), stride_s);
        let peaks = Pulse::ALL.map(|pulse| {
            let time_s = deviations.node(sprinter, &timeline, pulse, k).time_s;
            (time_s, truth.velocity_deg_per_s(pulse, step.side(), time_s))
        });
        truth.steps.push(StepTruth { step, peaks });
    }
    let recording = record(sprinter, &truth, end_s)?;
    Ok(SimulatedTrial { recording, truth })
}

/// Deviation of each pulse in each contact: delay (s) and relative height, standard normal where scatter is set.
struct Deviations {
    first: i64,
    /// Per pulse, per contact.
    values: Vec<Vec<(f64, f64)>>,
}

impl Deviations {
    /// For every contact within a stride of the recording, so that it does not show where they begin.
    fn draw(sprinter: &Sprinter, last: i64) -> Self {
        let (first, end) = (-3, last + 3);
        let rho = sprinter.serial_correlation;
        let fresh = (1.0 - rho * rho).sqrt();
        let values = Pulse::ALL.map(|pulse| {
            let mut sides =
                [0, 1].map(|side| (stream(sprinter.seed, 1 + 2 * pulse.index() as u64 + side), None));
            let draw = |k: i64| {
                let (draws, before) = &mut sides[k.rem_euclid(2) as usize];
                let (a, b) = (draws.normal(), draws.normal());
                let now = before.map_or((a, b), |(x, y)| (rho * x + fresh * a, rho * y + fresh * b));
                *before = Some(now);
                now
            };
            (first..=end).map(draw).collect()
        });
        Self { first, values: values.into() }
    }

    fn node(&self, sprinter: &Sprinter, timeline: &Timeline, pulse: Pulse, contact: i64) -> Node {
        let set = sprinter.pulses[pulse.index()];
        let deviation = |pulse: Pulse| self.values[pulse.index()][(contact - self.first) as usize];
        let (delay, height) = deviation(pulse);
        let others = Pulse::CONTRIBUTORS.into_iter().filter(|&other| other != pulse);
        let others: f64 = others.map(|p| sprinter.pulses[p.index()].amplitude_scatter * deviation(p).1).sum();
        let delay_s = set.jitter_s * delay;
        let average = timeline.ic_s(contact) + sprinter.peak_after_ic_s(pulse, Timeline::side(contact));
        Node {
            time_s: average + delay_s,
            delay_s,
            // A pulse does not vanish: beyond three standard deviations of the largest scatter it stays a tenth.
            gain: (1.0 + set.amplitude_scatter * height - set.compensation * others).max(0.1),
        }
    }

    fn contacts(&self) -> core::ops::Range<i64> {
        self.first..self.first + self.values[0].len() as i64
    }
}

fn motion(
    sprinter: &Sprinter,
    timeline: &Timeline,
    deviations: &Deviations,
    joint: Joint,
    side: Side,
) -> Result<Motion> {
    let stride_s = 2.0 * timeline.step_s;
    let speed = sprinter.speed_mps;
    let bell = |lobe: &Lobe| {
        let (pulse, support, half) = match lobe.place {
            Place::Phase(phase) => return Bell::new(lobe, phase.at(speed), speed),
            Place::Own(pulse) => (pulse, side, 0.0),
            Place::Other(pulse) => (pulse, side.opposite(), 0.5),
        };
        let mut bell = Bell::new(lobe, half + sprinter.peak_after_ic_s(pulse, support) / stride_s, speed);
        bell.height *= sprinter.amplitude_of(pulse, support);
        bell.width *= sprinter.pulses[pulse.index()].width;
        bell
    };
    let bells: Vec<Bell> = lobes(joint).iter().map(bell).collect();
    let mut nodes = Vec::new();
    for k in deviations.contacts() {
        for pulse in Pulse::ALL.into_iter().filter(|p| p.joint(Timeline::side(k)) == (joint, side)) {
            nodes.push(deviations.node(sprinter, timeline, pulse, k));
        }
    }
    Ok(Motion {
        joint,
        side,
        mean_deg: mean_deg(joint).at(speed),
        waveform: Waveform::through(&bells, stride_s)?,
        modulation: Modulation::new(nodes)?,
        ic_s: timeline.ic_s(if side == Side::Right { 0 } else { 1 }),
        stride_s,
    })
}

/// A pulse is what a peak rule should find: contributors the largest of their stride, knee and ankle the largest from
/// initial contact to 50 ms after terminal contact, and so by more than amplitudes scatter.
fn check_largest(sprinter: &Sprinter, motions: &[Motion]) -> Result<()> {
    const POINTS: usize = 500;
    let stride_s = sprinter.stride();
    for support in [Side::Right, Side::Left] {
        for pulse in Pulse::ALL {
            let (joint, side) = pulse.joint(support);
            let Some(motion) = motions.iter().find(|m| m.joint == joint && m.side == side) else { continue };
            let own = joint == Joint::Trunk && support == Side::Right || side == support;
            let half = if own { 0.0 } else { 0.5 };
            let velocity = |after_s: f64| {
                pulse.sign(support) * motion.waveform.derivatives(after_s / stride_s + half)[1]
            };
            let leg = matches!(pulse, Pulse::Knee | Pulse::Ankle);
            let span = if leg { sprinter.contact() + AFTER_CONTACT_S } else { stride_s };
            let peak_s = sprinter.peak_after_ic_s(pulse, support);
            // Another peak must be smaller in all but the rarest steps.
            let scatter = 3.0 * sprinter.pulses[pulse.index()].amplitude_scatter;
            let limit = velocity(peak_s) * (1.0 - scatter.min(0.9));
            let grid_s = span / POINTS as f64;
            let at = |i: usize| velocity(grid_s * i as f64);
            let apart = |i: usize| {
                let turns = (grid_s * i as f64 - peak_s) / stride_s;
                (turns - turns.round()).abs() * stride_s > grid_s
            };
            let is_larger = |i: usize| apart(i) && at(i) >= at(i - 1) && at(i) >= at(i + 1) && at(i) > limit;
            if (1..POINTS).any(is_larger) || (leg && !(peak_s > 0.0 && peak_s < span)) {
                return Err(Error::Undefined {
                    quantity: "a simulated sprinter with these pulse times and heights",
                    reason: "a set pulse is not safely the largest peak of its joint where one looks for it",
                });
            }
        }
    }
    Ok(())
}

/// Samples of everything, with noise.
fn record(sprinter: &Sprinter, truth: &Truth, end_s: f64) -> Result<Recording> {
    let clock = |hz: f64| -> Result<(Clock, usize)> {
        Ok((Clock::from_zero(Rate::from_hz(hz)?), (end_s * hz + 1e-9).floor() as usize + 1))
    };
    let (motion_clock, motion_samples) = clock(sprinter.rate_hz)?;
    let (force_clock, force_samples) = clock(sprinter.force_rate_hz.unwrap_or(sprinter.rate_hz))?;
    let mut noise = Noise { sprinter, stream: NOISE_STREAMS };
    let mut recording = Recording::new(format!("simulated sprinter at {} m/s", sprinter.speed_mps));
    recording.speed_mps = Some(sprinter.speed_mps);
    recording.mass_kg = Some(sprinter.mass_kg);

    let sampled =
        |clock: Clock, n: usize, f: &dyn Fn(f64) -> f64| (0..n).map(|i| f(clock.time_s(i as f64))).collect();
    for motion in &truth.motions {
        let name = match motion.joint.is_paired() {
            true => format!("{}_{}", motion.joint.angle(), motion.side),
            false => String::from(motion.joint.angle()),
        };
        let samples = sampled(motion_clock, motion_samples, &|t| motion.at(t).0);
        noise.push(
            &mut recording,
            name,
            "deg",
            Signal::new(motion_clock, samples),
            sprinter.angle_noise_deg,
        )?;
    }
    let samples = sampled(motion_clock, motion_samples, &|t| sprinter.speed_mps * t);
    noise.push(
        &mut recording,
        "pelvis_x".into(),
        "m",
        Signal::new(motion_clock, samples),
        sprinter.position_noise_m,
    )?;

    type Component = fn(&GroundForce, Side, f64) -> f64;
    for (name, component) in
        [("grf_vertical", GroundForce::vertical as Component), ("grf_forward", GroundForce::forward)]
    {
        for side in [Side::Right, Side::Left] {
            let samples = sampled(force_clock, force_samples, &|t| component(&truth.force, side, t));
            let signal = Signal::new(force_clock, samples);
            noise.push(&mut recording, format!("{name}_{side}"), "N", signal, sprinter.force_noise_n)?;
        }
    }
    noise.finish(recording)
}

/// First stream of the channels' noise, beyond those of the pulses.
const NOISE_STREAMS: u64 = 100;

/// Adds white noise to channel after channel, each from its own stream.
struct Noise<'a> {
    sprinter: &'a Sprinter,
    stream: u64,
}

impl Noise<'_> {
    fn push(
        &mut self,
        recording: &mut Recording,
        name: String,
        unit: &str,
        signal: Signal,
        kind_sd: f64,
    ) -> Result<()> {
        let mut draws = stream(self.sprinter.seed, self.stream);
        self.stream += 1;
        let own = self.sprinter.channel_noise.iter().rev().find(|(channel, _)| *channel == name);
        let sd = own.map_or(kind_sd, |(_, sd)| *sd);
        let clock = signal.clock();
        let mut samples = signal.into_samples();
        if sd > 0.0 {
            samples.iter_mut().for_each(|x| *x += sd * draws.normal());
        }
        recording.push(Channel::new(name, unit, Signal::new(clock, samples)))
    }

    /// Refuses noise on a channel that was never pushed.
    fn finish(self, recording: Recording) -> Result<Recording> {
        match self.sprinter.channel_noise.iter().find(|(channel, _)| recording.get(channel).is_none()) {
            None => Ok(recording),
            Some(_) => Err(Error::Missing { operation: "channel noise", what: "a channel of that name" }),
        }
    }
}

// The truth about a simulated trial.

/// Most points of a drive cycle: far more than it has detail.
const MOST_POINTS: usize = 10_000_000;

/// One joint's true angle over time.
#[derive(Debug, Clone, PartialEq)]
struct Motion {
    joint: Joint,
    side: Side,
    mean_deg: f64,
    waveform: Waveform,
    modulation: Modulation,
    /// An initial contact of its own side, and the time between two.
    ic_s: f64,
    stride_s: f64,
}

impl Motion {
    /// Angle in degrees and its rate in deg/s, exact.
    fn at(&self, time_s: f64) -> (f64, f64) {
        let now = self.modulation.at(time_s);
        let phase = (time_s - now.delay_s - self.ic_s) / self.stride_s;
        let [angle, velocity, ..] = self.waveform.derivatives(phase);
        let rate = now.gain * velocity * (1.0 - now.delay_rate) + now.gain_rate * angle;
        (self.mean_deg + now.gain * angle, rate)
    }
}

/// The truth about one step.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StepTruth {
    /// Contact, end and stride time, all exact.
    pub step: Step,
    peaks: [(f64, f64); Pulse::ALL.len()],
}

impl StepTruth {
    /// Returns the time of the pulse's peak, in seconds on the recording's clock.
    pub fn peak_s(&self, pulse: Pulse) -> f64 {
        self.peaks[pulse.index()].0
    }

    /// Returns its height in deg/s, above zero.
    pub fn peak_deg_per_s(&self, pulse: Pulse) -> f64 {
        self.peaks[pulse.index()].1
    }
}

/// The truth about a trial: its contacts, every pulse's time and height in every step, and the exact angular
/// velocities behind the sampled angles.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Truth {
    /// Every contact in the recording: one before the first step, and the one that ends the last. The foot meets and
    /// leaves the ground where the force rises from and returns to zero; a threshold finds it a little later and
    /// earlier.
    pub contacts: Vec<Contact>,
    /// The steps whose whole stride cycle lies in the recording.
    pub steps: Vec<StepTruth>,
    motions: Vec<Motion>,
    force: GroundForce,
}

impl Truth {
    /// Returns the velocity of which `pulse` is a peak, in deg/s, positive in the pulse's direction while `support` is on the
    /// ground; exact, at any time.
    pub fn velocity_deg_per_s(&self, pulse: Pulse, support: Side, time_s: f64) -> f64 {
        let (joint, side) = pulse.joint(support);
        let motion = self.motions.iter().find(|m| m.joint == joint && m.side == side);
        motion.map_or(f64::NAN, |m| pulse.sign(support) * m.at(time_s).1)
    }

    /// Returns the vertical ground reaction force of one foot in newtons, without noise, at any time.
    pub fn vertical_force_n(&self, side: Side, time_s: f64) -> f64 {
        self.force.vertical(side, time_s)
    }

    /// Returns the drive of `pulse` in step `step`, max(0, velocity) in deg/s, at `points` phases m/`points` of the stride
    /// cycle centred on mid-contact, end point excluded.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 2 points or a step that is not there; [`Error::Parameter`] above 10,000,000
    /// points.
    pub fn drive_cycle(&self, pulse: Pulse, step: usize, points: usize) -> Result<Vec<f64>> {
        if points < 2 {
            return Err(Error::TooFew {
                operation: "a simulated drive cycle",
                unit: "points",
                needed: 2,
                got: points,
            });
        }
        if points > MOST_POINTS {
            let (name, rule) = ("points", "at most 10000000");
            return Err(Error::Parameter { name, rule, value: points as f64 });
        }
        let truth = self.steps.get(step).ok_or(Error::TooFew {
            operation: "a simulated drive cycle",
            unit: "steps",
            needed: step.saturating_add(1),
            got: self.steps.len(),
        })?;
        let (window, side) = (truth.step.stride_cycle(), truth.step.side());
        let time = |m: usize| window.start_s + window.duration_s() * m as f64 / points as f64;
        Ok((0..points).map(|m| self.velocity_deg_per_s(pulse, side, time(m)).max(0.0)).collect())
    }

    /// Returns the coincidence of the five contributors over all steps: mean realised over mean available peak of their drives,
    /// each divided by its mean peak, on 100 phases of the stride cycle.
    ///
    /// It holds for these very steps; the value of a *configuration* is that of many steps.
    pub fn coincidence(&self) -> f64 {
        const POINTS: usize = 100;
        let mut available = 0.0;
        let mut sums: Vec<[f64; POINTS]> = alloc::vec![[0.0; POINTS]; self.steps.len()];
        for pulse in Pulse::CONTRIBUTORS {
            let cycles: Vec<Vec<f64>> =
                (0..self.steps.len()).filter_map(|step| self.drive_cycle(pulse, step, POINTS).ok()).collect();
            let peaks = cycles.iter().map(|c| c.iter().fold(0.0, |a: f64, &b| a.max(b))).sum::<f64>();
            let mean_peak = peaks / cycles.len() as f64;
            available += peaks / mean_peak;
            for (sum, cycle) in sums.iter_mut().zip(&cycles) {
                sum.iter_mut().zip(cycle).for_each(|(s, y)| *s += y / mean_peak);
            }
        }
        sums.iter().map(|s| s.iter().fold(0.0, |a: f64, &b| a.max(b))).sum::<f64>() / available
    }
}

// Ground reaction force of one contact.

/// Share of body mass that the impact stops: foot and shank.
const LOWER_LIMB: f64 = 0.08;
/// Time of the long pulse's peak, as a fraction of contact.
const LONG_PEAK: f64 = 0.47;
/// End of braking and start of propulsion, as a fraction of contact.
const BRAKING: f64 = 0.48;

/// Force of one foot from initial contact on; zero outside the contact.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ContactForce {
    contact_s: f64,
    /// Height and half-length of the impact pulse.
    impact: (f64, f64),
    /// Height of the long pulse.
    carry: f64,
    /// Height of the propulsive pulse.
    propulsion: f64,
}

impl ContactForce {
    /// `step_s` is the time that the contact's impulse must carry the body.
    fn new(speed_mps: f64, mass_kg: f64, contact_s: f64, step_s: f64) -> Result<Self> {
        // Time in which the lower limb stops, and the vertical velocity it loses.
        let stop_s = 0.012 + 0.097 * contact_s;
        let stop_mps = 1.2 + 1.4 * (speed_mps - 3.5) / 6.0;
        let weight = mass_kg * GRAVITY_MPS2;
        let total = weight * step_s;
        let mean_impact = LOWER_LIMB * mass_kg * (stop_mps / stop_s + GRAVITY_MPS2);
        let impact = mean_impact * 2.0 * stop_s;
        if impact >= total {
            return Err(Error::Undefined {
                quantity: "a simulated ground reaction force",
                reason: "the impact alone exceeds the impulse that so short a step allows",
            });
        }
        Ok(Self {
            contact_s,
            impact: (2.0 * mean_impact, stop_s),
            carry: 2.0 * (total - impact) / contact_s,
            propulsion: weight * (0.16 + 0.063 * speed_mps),
        })
    }

    /// Upward force, `after_s` after initial contact.
    fn vertical(&self, after_s: f64) -> f64 {
        let (height, half) = self.impact;
        let peak = LONG_PEAK * self.contact_s;
        height * raised_cosine(after_s, half, half, half)
            + self.carry * raised_cosine(after_s, peak, peak, self.contact_s - peak)
    }

    /// Forward force: braking is negative.
    fn forward(&self, after_s: f64) -> f64 {
        let (brake, push) = (BRAKING * self.contact_s / 2.0, (1.0 - BRAKING) * self.contact_s / 2.0);
        // Equal impulses: height times length is the same for both.
        self.propulsion
            * (raised_cosine(after_s, 2.0 * brake + push, push, push)
                - push / brake * raised_cosine(after_s, brake, brake, brake))
    }
}

/// The force of both feet over a run: every contact the same.
#[derive(Debug, Clone, Copy, PartialEq)]
struct GroundForce {
    contact: ContactForce,
    /// An initial contact of the right foot.
    right_ic_s: f64,
    step_s: f64,
}

impl GroundForce {
    /// Upward force of one foot.
    fn vertical(&self, side: Side, time_s: f64) -> f64 {
        self.contact.vertical(self.since_contact_s(side, time_s))
    }

    /// Forward force of one foot.
    fn forward(&self, side: Side, time_s: f64) -> f64 {
        self.contact.forward(self.since_contact_s(side, time_s))
    }

    /// Time since this foot's last initial contact.
    fn since_contact_s(&self, side: Side, time_s: f64) -> f64 {
        let half = if side == Side::Right { 0.0 } else { self.step_s };
        let strides = (time_s - self.right_ic_s - half) / (2.0 * self.step_s);
        (strides - strides.floor()) * 2.0 * self.step_s
    }
}

/// A pulse of height 1 at `peak`, zero from `before` before to `after` after it.
fn raised_cosine(at: f64, peak: f64, before: f64, after: f64) -> f64 {
    let from = at - peak;
    let half = if from < 0.0 { before } else { after };
    if from.abs() < half { 0.5 * (1.0 + (PI * from / half).cos()) } else { 0.0 }
}

// A simulated trial in words.

impl fmt::Display for SimulatedTrial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "simulated, so that the timing is known: {}", self.recording)?;
        writeln!(f, "  true coincidence {:.3}, {} steps", self.truth.coincidence(), self.truth.steps.len())
    }
}

// Motion of a runner at a given speed: gait times and the lobes of every joint's angular velocity.

/// A quantity at 3.5 m/s and at 9.5 m/s, linear in speed between and beyond.
#[derive(Debug, Clone, Copy)]
pub(super) struct BySpeed(f64, f64);

impl BySpeed {
    pub(super) fn at(self, speed_mps: f64) -> f64 {
        self.0 + (self.1 - self.0) * (speed_mps - 3.5) / 6.0
    }
}

/// Speeds for which the tables hold.
pub(super) const SPEEDS_MPS: (f64, f64) = (2.5, 12.0);

/// Contact time: 0.25 s at 3.5 m/s, 0.12 s at 9.5 m/s.
pub(super) fn contact_s(speed_mps: f64) -> f64 {
    0.248 * (speed_mps / 3.53).powf(-0.702)
}

/// Stride time: 0.76 s at 3.5 m/s, 0.46 s at 9.5 m/s.
pub(super) fn stride_s(speed_mps: f64) -> f64 {
    1.0 / (1.189 + 0.01077 * speed_mps * speed_mps)
}

/// Time of a pulse's peak, as a fraction of the contact, counted from initial contact.
pub(super) fn peak_of_contact(pulse: Pulse) -> BySpeed {
    match pulse {
        Pulse::SupportHip => BySpeed(0.60, 0.62),
        Pulse::SwingHip => BySpeed(0.34, 0.62),
        Pulse::SupportArm => BySpeed(0.29, 0.27),
        Pulse::OppositeArm => BySpeed(0.72, 0.71),
        Pulse::Trunk => BySpeed(0.21, 0.20),
        Pulse::Knee => BySpeed(0.66, 0.75),
        Pulse::Ankle => BySpeed(0.80, 0.80),
    }
}

/// One lobe of a joint's angular velocity over the stride that starts at initial contact of the joint's own side.
#[derive(Debug, Clone, Copy)]
struct Lobe {
    /// Its position.
    place: Place,
    /// Its height in deg/s: the peak of the whole velocity for a set pulse, the lobe's own height otherwise.
    height: BySpeed,
    /// Its standard deviation as a fraction of the stride.
    width: BySpeed,
}

/// Position of a lobe.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// At a pulse whose time is set, in the step of the joint's own side.
    Own(Pulse),
    /// At a pulse whose time is set, in the step of the other side.
    Other(Pulse),
    /// At a fraction of the stride.
    Phase(BySpeed),
}

const fn own(pulse: Pulse, height: (f64, f64), width: (f64, f64)) -> Lobe {
    Lobe { place: Place::Own(pulse), height: BySpeed(height.0, height.1), width: BySpeed(width.0, width.1) }
}

const fn other(pulse: Pulse, height: (f64, f64), width: (f64, f64)) -> Lobe {
    Lobe { place: Place::Other(pulse), height: BySpeed(height.0, height.1), width: BySpeed(width.0, width.1) }
}

const fn lobe(phase: (f64, f64), height: (f64, f64), width: (f64, f64)) -> Lobe {
    Lobe {
        place: Place::Phase(BySpeed(phase.0, phase.1)),
        height: BySpeed(height.0, height.1),
        width: BySpeed(width.0, width.1),
    }
}

// Extension of hip and knee, plantarflexion and shoulder extension are negative.
const HIP: [Lobe; 4] = [
    own(Pulse::SupportHip, (-310.0, -680.0), (0.080, 0.085)),
    lobe((0.46, 0.49), (90.0, 400.0), (0.060, 0.065)),
    other(Pulse::SwingHip, (370.0, 900.0), (0.075, 0.065)),
    lobe((0.88, 0.88), (-210.0, -500.0), (0.055, 0.055)),
];
const KNEE: [Lobe; 5] = [
    lobe((0.035, 0.035), (520.0, 450.0), (0.060, 0.050)),
    own(Pulse::Knee, (-330.0, -950.0), (0.060, 0.045)),
    lobe((0.48, 0.38), (620.0, 1250.0), (0.100, 0.090)),
    lobe((0.70, 0.66), (-400.0, -600.0), (0.080, 0.060)),
    lobe((0.85, 0.82), (-600.0, -1250.0), (0.060, 0.060)),
];
const ANKLE: [Lobe; 5] = [
    lobe((0.050, 0.050), (480.0, 580.0), (0.045, 0.040)),
    own(Pulse::Ankle, (-620.0, -1450.0), (0.045, 0.040)),
    lobe((0.36, 0.31), (150.0, 350.0), (0.050, 0.040)),
    lobe((0.52, 0.48), (80.0, 230.0), (0.090, 0.090)),
    lobe((0.87, 0.87), (-70.0, -120.0), (0.060, 0.060)),
];
const SHOULDER: [Lobe; 4] = [
    own(Pulse::SupportArm, (370.0, 1100.0), (0.070, 0.075)),
    lobe((0.25, 0.25), (30.0, 250.0), (0.050, 0.045)),
    lobe((0.44, 0.39), (-70.0, -750.0), (0.080, 0.060)),
    other(Pulse::OppositeArm, (-220.0, -1080.0), (0.085, 0.065)),
];
const ELBOW: [Lobe; 4] = [
    lobe((0.225, 0.225), (420.0, 560.0), (0.080, 0.085)),
    lobe((0.57, 0.51), (-420.0, -1350.0), (0.090, 0.065)),
    lobe((0.74, 0.69), (80.0, 480.0), (0.070, 0.060)),
    lobe((0.90, 0.90), (20.0, 300.0), (0.050, 0.050)),
];
const PELVIS: [Lobe; 4] = [
    lobe((0.08, 0.08), (-30.0, -230.0), (0.060, 0.050)),
    lobe((0.20, 0.20), (30.0, 240.0), (0.050, 0.045)),
    lobe((0.58, 0.58), (30.0, 230.0), (0.060, 0.050)),
    lobe((0.70, 0.70), (-30.0, -240.0), (0.050, 0.045)),
];
const TRUNK: [Lobe; 4] = [
    own(Pulse::Trunk, (125.0, 345.0), (0.060, 0.045)),
    lobe((0.46, 0.46), (-60.0, -150.0), (0.050, 0.045)),
    other(Pulse::Trunk, (-125.0, -345.0), (0.060, 0.045)),
    lobe((0.96, 0.96), (60.0, 150.0), (0.050, 0.045)),
];

/// The lobes of a joint's angular velocity.
fn lobes(joint: Joint) -> &'static [Lobe] {
    match joint {
        Joint::Hip => &HIP,
        Joint::Knee => &KNEE,
        Joint::Ankle => &ANKLE,
        Joint::Shoulder => &SHOULDER,
        Joint::Elbow => &ELBOW,
        Joint::Pelvis => &PELVIS,
        Joint::Trunk => &TRUNK,
    }
}

/// A joint's mean angle over the stride, in degrees.
fn mean_deg(joint: Joint) -> BySpeed {
    match joint {
        Joint::Hip => BySpeed(6.0, 17.0),
        Joint::Knee => BySpeed(50.0, 71.0),
        Joint::Ankle => BySpeed(-3.0, -6.0),
        Joint::Shoulder => BySpeed(-28.0, -11.0),
        Joint::Elbow => BySpeed(100.0, 81.0),
        Joint::Pelvis | Joint::Trunk => BySpeed(0.0, 0.0),
    }
}

// One joint's angle over the stride: the integral of bell-shaped velocity lobes, as a Fourier series.

/// A lobe at a definite speed.
#[derive(Debug, Clone, Copy)]
struct Bell {
    /// Centre as a fraction of the stride.
    phase: f64,
    /// Height in deg/s.
    height: f64,
    /// Standard deviation as a fraction of the stride.
    width: f64,
    /// Whether the *whole* velocity must peak at this phase with this height.
    set: bool,
}

impl Bell {
    fn new(lobe: &Lobe, phase: f64, speed_mps: f64) -> Self {
        Self {
            phase,
            height: lobe.height.at(speed_mps),
            width: lobe.width.at(speed_mps),
            set: !matches!(lobe.place, Place::Phase(_)),
        }
    }
}

/// An angle about its mean, recurring once a stride: `sum a_k cos 2 pi k phase + b_k sin 2 pi k phase`, degrees.
#[derive(Debug, Clone, PartialEq)]
struct Waveform {
    harmonics: Vec<(f64, f64)>,
    stride_s: f64,
}

impl Waveform {
    /// The waveform whose set bells are peaks of its velocity, at their phase and with their height.
    ///
    /// Neighbouring lobes overlap, so a bell placed at a phase does not peak there: places and heights are moved until
    /// the whole velocity does.
    fn through(bells: &[Bell], stride_s: f64) -> Result<Self> {
        let mut placed: Vec<Bell> = bells.to_vec();
        for _ in 0..200 {
            let wave = Self::of(&placed, stride_s);
            let mut worst = 0.0f64;
            for (bell, goal) in placed.iter_mut().zip(bells).filter(|(_, goal)| goal.set) {
                let [_, velocity, slope, bend] = wave.derivatives(goal.phase);
                if !(bend * goal.height < 0.0 && velocity * goal.height > 0.0) {
                    return Err(CROWDED);
                }
                // Newton's step to the extremum near the goal, damped to a quarter of the pulse.
                let miss = (-slope / bend / stride_s).clamp(-bell.width / 4.0, bell.width / 4.0);
                bell.phase -= miss;
                bell.height *= goal.height / velocity;
                worst = worst.max(miss.abs()).max((velocity / goal.height - 1.0).abs());
            }
            if worst < 1e-13 {
                return Ok(Self::of(&placed, stride_s));
            }
        }
        Err(CROWDED)
    }

    /// The waveform of these bells as they stand. A wrapped normal bell of deviation s has the Fourier coefficients
    /// s sqrt(2 pi) exp(-2 pi^2 k^2 s^2); its mean is left out, so the angle comes back after every stride.
    fn of(bells: &[Bell], stride_s: f64) -> Self {
        let narrowest = bells.iter().map(|b| b.width).fold(1.0, f64::min);
        // Beyond this the coefficients are below 1e-17 of the first.
        let count = (1.41 / narrowest).ceil() as usize;
        let harmonics = (1..=count)
            .map(|k| {
                let k = k as f64;
                let (mut a, mut b) = (0.0, 0.0);
                for bell in bells {
                    let size = 2.0 * bell.height * bell.width * TAU.sqrt();
                    let size = size * (-2.0 * (PI * k * bell.width).powi(2)).exp() * stride_s / (TAU * k);
                    let (sin, cos) = (TAU * k * bell.phase).sin_cos();
                    a -= size * sin;
                    b += size * cos;
                }
                (a, b)
            })
            .collect();
        Self { harmonics, stride_s }
    }

    /// Angle about the mean (deg), velocity (deg/s), and the next two derivatives (deg/s^2, deg/s^3) at a phase.
    fn derivatives(&self, phase: f64) -> [f64; 4] {
        let (sin1, cos1) = (TAU * (phase - phase.floor())).sin_cos();
        let omega = TAU / self.stride_s;
        let (mut cos, mut sin) = (1.0, 0.0);
        let mut out = [0.0; 4];
        for (k, (a, b)) in self.harmonics.iter().enumerate() {
            (cos, sin) = (cos * cos1 - sin * sin1, sin * cos1 + cos * sin1);
            let w = omega * (k + 1) as f64;
            let even = a * cos + b * sin;
            let odd = w * (b * cos - a * sin);
            out[0] += even;
            out[1] += odd;
            out[2] -= w * w * even;
            out[3] -= w * w * odd;
        }
        out
    }
}

const CROWDED: Error = Error::Undefined {
    quantity: "a simulated sprinter with these pulse times and heights",
    reason: "a pulse that a neighbour on the same joint swallows has no peak",
};

// Step-to-step variation of a joint: a time warp and a gain that are constant to third order at every pulse.

/// Deviation of a pulse in one step.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    /// Time of the pulse's peak, including its delay.
    time_s: f64,
    /// Its delay relative to the average step.
    delay_s: f64,
    /// Its height over the average step's.
    gain: f64,
}

/// Delay and gain over time, by seventh-degree steps between the nodes: the first three derivatives vanish at every
/// node, so the modulated velocity peaks exactly at the node's time, with the curvature it would have without.
#[derive(Debug, Clone, PartialEq, Default)]
struct Modulation {
    nodes: Vec<Node>,
}

/// Value and rate of change of delay and gain.
#[derive(Debug, Clone, Copy, PartialEq)]
struct State {
    delay_s: f64,
    delay_rate: f64,
    gain: f64,
    gain_rate: f64,
}

impl Modulation {
    /// Nodes in any order.
    fn new(mut nodes: Vec<Node>) -> Result<Self> {
        nodes.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        // The warp's rate reaches 35/16 of the mean slope; time must not stand still or run backwards.
        let steepest = nodes
            .windows(2)
            .map(|w| {
                2.1875 * (w[1].delay_s - w[0].delay_s).abs()
                    / (w[1].time_s - w[0].time_s).max(f64::MIN_POSITIVE)
            })
            .fold(0.0, f64::max);
        if steepest < 0.9 {
            Ok(Self { nodes })
        } else {
            Err(Error::Parameter {
                name: "timing jitter",
                rule: "small enough to keep a joint's pulses in order (time warp rate below 0.9)",
                value: steepest,
            })
        }
    }

    fn at(&self, time_s: f64) -> State {
        let next = self.nodes.partition_point(|node| node.time_s <= time_s);
        let ends = (next.checked_sub(1).and_then(|i| self.nodes.get(i)), self.nodes.get(next));
        match ends {
            (Some(a), Some(b)) => {
                let length = b.time_s - a.time_s;
                let u = (time_s - a.time_s) / length;
                let rise = u * u * u * u * (35.0 - u * (84.0 - u * (70.0 - 20.0 * u)));
                let rate = 140.0 * (u * (1.0 - u)).powi(3) / length;
                State {
                    delay_s: a.delay_s + (b.delay_s - a.delay_s) * rise,
                    delay_rate: (b.delay_s - a.delay_s) * rate,
                    gain: a.gain + (b.gain - a.gain) * rise,
                    gain_rate: (b.gain - a.gain) * rate,
                }
            }
            (Some(end), None) | (None, Some(end)) => {
                State { delay_s: end.delay_s, delay_rate: 0.0, gain: end.gain, gain_rate: 0.0 }
            }
            (None, None) => State { delay_s: 0.0, delay_rate: 0.0, gain: 1.0, gain_rate: 0.0 },
        }
    }
}

// One independent stream of draws per purpose, so that adding noise to one channel changes no other draw.

/// Stream `purpose` of `seed`.
fn stream(seed: u64, purpose: u64) -> Draws {
    // An odd multiplier is a bijection: two purposes never share a seed.
    Draws::new(seed ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod waveform_tests {
    use super::*;

    fn bell(phase: f64, height: f64, width: f64, set: bool) -> Bell {
        Bell { phase, height, width, set }
    }

    #[test]
    fn set_bells_are_peaks_where_and_as_high_as_asked() {
        let bells = [
            bell(0.16, -680.0, 0.085, true),
            bell(0.49, 400.0, 0.065, false),
            bell(0.66, 900.0, 0.065, true),
            bell(0.88, -500.0, 0.055, false),
        ];
        let wave = Waveform::through(&bells, 0.464).unwrap();
        for goal in bells.iter().filter(|b| b.set) {
            let [_, velocity, slope, _] = wave.derivatives(goal.phase);
            assert!((velocity - goal.height).abs() < 1e-9, "{velocity}");
            assert!(slope.abs() < 1e-6, "{slope}");
        }
    }

    #[test]
    fn derivatives_are_those_of_the_angle() {
        let wave = Waveform::of(&[bell(0.3, 500.0, 0.05, false), bell(0.8, -200.0, 0.08, false)], 0.6);
        let h = 1e-5;
        for i in 0..20 {
            let phase = f64::from(i) / 20.0;
            let (before, here, after) =
                (wave.derivatives(phase - h), wave.derivatives(phase), wave.derivatives(phase + h));
            // Sizes of velocity, acceleration and jerk of bells this high and narrow.
            for (d, size) in [500.0, 1e4, 5e5].into_iter().enumerate() {
                let slope = (after[d] - before[d]) / (2.0 * h * 0.6);
                assert!((slope - here[d + 1]).abs() < 1e-6 * size, "{d} {slope} {here:?}");
            }
        }
    }

    #[test]
    fn a_velocity_that_is_one_bell_has_its_shape() {
        // Far from the bell the velocity is minus the bell's mean, and at half its height the bell is 1.1774 widths away.
        let wave = Waveform::of(&[bell(0.5, 100.0, 0.04, false)], 1.0);
        let mean = 100.0 * 0.04 * TAU.sqrt();
        assert!((wave.derivatives(0.0)[1] + mean).abs() < 1e-9);
        let half = wave.derivatives(0.5 + 0.04 * (2.0 * 2f64.ln()).sqrt())[1];
        assert!((half - (50.0 - mean)).abs() < 1e-9, "{half}");
    }

    #[test]
    fn a_pulse_hidden_by_its_neighbour_is_an_error() {
        let bells = [bell(0.50, 100.0, 0.05, true), bell(0.51, -900.0, 0.08, true)];
        assert!(matches!(Waveform::through(&bells, 0.5), Err(Error::Undefined { .. })));
    }
}

#[cfg(test)]
mod modulation_tests {
    use super::*;

    #[test]
    fn a_modulation_is_flat_at_its_nodes_and_its_rates_are_the_derivatives() {
        let node = |time_s, delay_s, gain| Node { time_s, delay_s, gain };
        let m =
            Modulation::new(vec![node(1.0, 0.01, 1.1), node(0.5, -0.02, 0.9), node(1.6, 0.0, 1.0)]).unwrap();
        let at = m.at(1.0);
        assert_eq!((at.delay_s, at.delay_rate, at.gain, at.gain_rate), (0.01, 0.0, 1.1, 0.0));
        assert_eq!(m.at(0.0).delay_s, -0.02);
        assert_eq!(m.at(9.0).gain, 1.0);
        let h = 1e-6;
        for i in 1..20 {
            let t = 0.5 + f64::from(i) * 0.05;
            let slope = (m.at(t + h).delay_s - m.at(t - h).delay_s) / (2.0 * h);
            assert!((slope - m.at(t).delay_rate).abs() < 1e-6, "{t}");
        }
        assert_eq!(Modulation::default().at(3.0).gain, 1.0);
    }

    #[test]
    fn nodes_that_delays_bring_out_of_order_are_an_error() {
        let node = |time_s, delay_s| Node { time_s, delay_s, gain: 1.0 };
        assert!(Modulation::new(vec![node(1.0, 0.0), node(1.1, 0.08)]).is_err());
        assert!(Modulation::new(vec![node(1.0, 0.0), node(1.0, 0.08)]).is_err());
    }
}

#[cfg(test)]
mod random_tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn every_stream_is_standard_normal_and_they_are_unrelated() {
        let n = 50_000;
        let draw = |seed, purpose| {
            let mut draws = stream(seed, purpose);
            (0..n).map(|_| draws.normal()).collect::<Vec<f64>>()
        };
        let mean = |x: &mut dyn Iterator<Item = f64>| x.sum::<f64>() / n as f64;
        let (a, b) = (draw(3, 1), draw(3, 2));
        assert_eq!(a, draw(3, 1));
        for z in [&a, &b] {
            // Bounds of four standard errors.
            assert!(mean(&mut z.iter().copied()).abs() < 0.018);
            assert!((mean(&mut z.iter().map(|z| z * z)) - 1.0).abs() < 0.026);
            assert!((mean(&mut z.iter().map(|z| z.powi(4))) - 3.0).abs() < 0.18);
        }
        assert!(mean(&mut a.iter().zip(&b).map(|(a, b)| a * b)).abs() < 0.018);
        assert!(mean(&mut a.iter().zip(&draw(2, 1)).map(|(a, b)| a * b)).abs() < 0.018);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integral(f: impl Fn(f64) -> f64, to: f64) -> f64 {
        let n = 20_000;
        (0..n).map(|i| f((i as f64 + 0.5) / n as f64 * to)).sum::<f64>() * to / n as f64
    }

    #[test]
    fn impulse_carries_the_body_over_the_step_and_neither_speeds_nor_slows_it() {
        for (speed, contact, step) in
            [(3.5, 0.249, 0.378), (5.2, 0.189, 0.34), (7.0, 0.153, 0.291), (9.5, 0.124, 0.231)]
        {
            let force = ContactForce::new(speed, 70.0, contact, step).unwrap();
            let vertical = integral(|t| force.vertical(t), contact);
            assert!((vertical / (70.0 * GRAVITY_MPS2 * step) - 1.0).abs() < 1e-6, "{speed}: {vertical}");
            assert!(integral(|t| force.forward(t), contact).abs() < 1e-6);
            let peak = (0..1000).map(|i| force.vertical(i as f64 / 1000.0 * contact)).fold(0.0, f64::max);
            assert!((2.4..3.6).contains(&(peak / 70.0 / GRAVITY_MPS2)), "{speed}: {peak}");
            assert_eq!(force.vertical(-1e-9), 0.0);
            assert_eq!(force.vertical(contact), 0.0);
        }
    }
}
