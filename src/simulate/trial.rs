//! From a sprinter's settings to a recording and its truth.

use super::body::{self, Lobe, Place};
use super::force::{ContactForce, GroundForce};
use super::modulation::{Modulation, Node};
use super::pulse::{Joint, Pulse};
use super::random::stream;
use super::sprinter::Sprinter;
use super::truth::{Motion, StepTruth, Truth};
use super::waveform::{Bell, Waveform};
use crate::event::{Contact, Event, EventKind, Method, Side};
use crate::model::AFTER_CONTACT_S;
use crate::recording::{Channel, Recording};
use crate::stride::Step;
use crate::{Clock, Error, Rate, Result, Signal};
use alloc::{format, string::String, vec::Vec};
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
    let bells: Vec<Bell> = body::lobes(joint).iter().map(bell).collect();
    let mut nodes = Vec::new();
    for k in deviations.contacts() {
        for pulse in Pulse::ALL.into_iter().filter(|p| p.joint(Timeline::side(k)) == (joint, side)) {
            nodes.push(deviations.node(sprinter, timeline, pulse, k));
        }
    }
    Ok(Motion {
        joint,
        side,
        mean_deg: body::mean_deg(joint).at(speed),
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
