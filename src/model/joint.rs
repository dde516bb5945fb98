//! Joint-velocity drives: proxies that show when a joint moves fastest, not what force it produces.

use super::{check_cutoff, stretches};
use crate::convergence::{Contributor, Role};
use crate::event::{Side, Sides};
use crate::filter::conditioning::{Conditioned, TimingNoise};
use crate::filter::{Conditioner, ZeroPhase};
use crate::inference::{Bootstrap, Strides};
use crate::peak::CyclePeakFinder;
use crate::recording::Recording;
use crate::sequence::{Cycle, Sequence, Timing};
use crate::stride::{RejectReason, Step, Steps};
use crate::time::TimeSpan;
use crate::{Clock, Error, Result, Signal};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::ops::Range;

/// Computes joint-velocity drives from joint angles.
///
/// Each angle (degrees) is low-passed forwards and backwards by a Butterworth filter of order 2 per pass with the given
/// cut-off after both passes, then differentiated.
///
/// | contributor | drive |
/// |---|---|
/// | `support_hip` | hip extension velocity of the support leg |
/// | `swing_hip` | hip flexion velocity of the swing leg |
/// | `support_arm` | shoulder flexion velocity on the support side |
/// | `opposite_arm` | shoulder extension velocity on the other side |
/// | `trunk` | axial rotation velocity, its sign by the support side |
///
/// ```
/// use copeak::{Clock, Rate, Signal, model::JointModel, recording::{Channel, Recording}};
/// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
/// let swing: Vec<f64> = (0..200).map(|i| 30.0 * (i as f64 * 0.1).sin()).collect();
/// let mut trial = Recording::new("hips only");
/// trial.push(Channel::new("hip_flexion_l", "deg", Signal::new(clock, swing.clone())))?;
/// trial.push(Channel::new("hip_flexion_r", "deg", Signal::new(clock, swing)))?;
/// let joint = JointModel::new(15.0).apply(&trial)?;
/// assert_eq!(joint.contributors.len(), 2);
/// assert_eq!(joint.absent, ["support_arm", "opposite_arm", "trunk"]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointModel {
    cutoff_hz: f64,
}

/// The joint model of one recording.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Joint {
    /// The contributors whose channels are present.
    pub contributors: Vec<Contributor>,
    /// The others, by name.
    pub absent: Vec<String>,
    /// Extension velocities of the leg's joints, proximal first; empty unless hip, knee and ankle of both legs are present.
    pub leg: Vec<LegChannel>,
    /// Channels that are present but cannot be used, or not in full, and why.
    pub notes: Vec<String>,
}

/// Extension velocity of one joint, for both legs, in deg/s.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LegChannel {
    /// The joint: `hip`, `knee` or `ankle`.
    pub name: String,
    left: Velocity,
    right: Velocity,
}

/// A velocity, and the effect of its angle's noise on the times of its peaks.
#[derive(Debug, Clone, PartialEq)]
struct Velocity {
    signal: Signal,
    noise: TimingNoise,
}

impl LegChannel {
    /// Returns the extension velocity of one leg.
    pub fn signal(&self, side: Side) -> &Signal {
        &self.side(side).signal
    }

    /// Returns the effect of the noise of that leg's angle on the times of its peaks.
    pub fn noise(&self, side: Side) -> TimingNoise {
        self.side(side).noise
    }

    fn side(&self, side: Side) -> &Velocity {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}

/// Name, role, angle and direction of every contributor.
const CONTRIBUTORS: [(&str, Role, &str, f64); 5] = [
    ("support_hip", Role::SupportLeg, "hip_flexion", -1.0),
    ("swing_hip", Role::SwingLeg, "hip_flexion", 1.0),
    ("support_arm", Role::SupportArm, "shoulder_flexion", 1.0),
    ("opposite_arm", Role::OppositeArm, "shoulder_flexion", -1.0),
    ("trunk", Role::Trunk, "trunk_rotation", 1.0),
];

/// Time after terminal contact within which a peak of the leg still belongs to the contact, in seconds.
pub const AFTER_CONTACT_S: f64 = 0.05;

/// Name and angle of the leg's joints, proximal first. All three extend against their angle's sign.
const LEG: [(&str, &str); 3] =
    [("hip", "hip_flexion"), ("knee", "knee_flexion"), ("ankle", "ankle_dorsiflexion")];

impl JointModel {
    /// Creates the model with this low-pass cut-off for the angles: finite, above 0 and below the channels' Nyquist frequency.
    pub fn new(cutoff_hz: f64) -> Self {
        Self { cutoff_hz }
    }

    /// Computes the contributors of a recording from its channels `hip_flexion_l`, `hip_flexion_r`, `shoulder_flexion_l`, ...
    /// and `trunk_rotation`, in degrees.
    ///
    /// A channel that is missing, in another unit, or cannot be filtered makes its contributors absent. Samples that are
    /// not finite stay missing: the stretches between them are filtered separately, and steps that need a missing
    /// sample are excluded later.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a cut-off that is not finite or not above 0; [`Error::Cutoff`] when it is not below a channel's
    /// Nyquist frequency.
    pub fn apply(&self, recording: &Recording) -> Result<Joint> {
        check_cutoff(self.cutoff_hz)?;
        let mut source =
            Source { recording, cutoff_hz: self.cutoff_hz, velocities: BTreeMap::new(), notes: Vec::new() };
        let mut contributors = Vec::new();
        let mut absent = Vec::new();
        for (name, role, angle, direction) in CONTRIBUTORS {
            match source.contributor(name, role, angle, direction)? {
                Some(contributor) => contributors.push(contributor),
                None => absent.push(name.to_owned()),
            }
        }
        let mut leg = Vec::new();
        for (name, angle) in LEG {
            if let Some((left, right)) = source.pair(angle)? {
                leg.push(LegChannel {
                    name: name.to_string(),
                    left: extension(left),
                    right: extension(right),
                });
            }
        }
        if leg.len() < LEG.len() {
            leg.clear();
        }
        Ok(Joint { contributors, absent, leg, notes: source.notes })
    }
}

/// Extension is negative in the angle.
fn extension(flexion: Conditioned) -> Velocity {
    let samples = flexion.signal.samples().iter().map(|v| -v).collect();
    Velocity { signal: flexion.signal.with_samples(samples), noise: flexion.noise }
}

struct Source<'a> {
    recording: &'a Recording,
    cutoff_hz: f64,
    /// By channel, so that one that serves several contributors is filtered once.
    velocities: BTreeMap<String, Option<Conditioned>>,
    notes: Vec<String>,
}

impl Source<'_> {
    fn contributor(
        &mut self,
        name: &str,
        role: Role,
        angle: &str,
        direction: f64,
    ) -> Result<Option<Contributor>> {
        let contributor = if role == Role::Trunk {
            let Some(channel) = self.velocity(angle)? else { return Ok(None) };
            Contributor::midline(name, role, &channel.signal).noise(Sides::new(channel.noise, channel.noise))
        } else {
            let Some((left, right)) = self.pair(angle)? else { return Ok(None) };
            Contributor::paired(name, role, Sides::new(&left.signal, &right.signal))
                .noise(Sides::new(left.noise, right.noise))
        };
        Ok(Some(contributor.sign(direction).unit("deg/s").model("joint")))
    }

    fn pair(&mut self, angle: &str) -> Result<Option<(Conditioned, Conditioned)>> {
        let left = self.velocity(&format!("{angle}_l"))?;
        let right = self.velocity(&format!("{angle}_r"))?;
        Ok(left.zip(right))
    }

    fn velocity(&mut self, name: &str) -> Result<Option<Conditioned>> {
        if let Some(known) = self.velocities.get(name) {
            return Ok(known.clone());
        }
        let velocity = self.condition(name)?;
        self.velocities.insert(name.to_string(), velocity.clone());
        Ok(velocity)
    }

    /// The velocity of a channel; `None`, with a note if the channel is present, when it cannot be computed.
    fn condition(&mut self, name: &str) -> Result<Option<Conditioned>> {
        let Some(channel) = self.recording.get(name) else { return Ok(None) };
        if channel.unit != "deg" {
            self.notes.push(format!("{name} is not used: its unit is {:?}, not deg", channel.unit));
            return Ok(None);
        }
        let filter = ZeroPhase::low_pass(2, self.cutoff_hz, channel.signal.clock().rate())?;
        let stretches = stretches(channel.signal.samples());
        let found: usize = stretches.iter().map(Range::len).sum();
        let missing = channel.signal.samples().len() - found;
        match condition(&Conditioner::new(filter).differentiated(), &channel.signal, stretches) {
            Ok(velocity) => {
                if missing > 0 {
                    self.notes.push(format!(
                        "{name}: {missing} samples are missing, and the steps that need them are left out"
                    ));
                }
                Ok(Some(velocity))
            }
            Err(error) => {
                let gaps = if missing > 0 {
                    format!(" ({missing} of its samples are missing)")
                } else {
                    String::new()
                };
                self.notes.push(format!("{name} is not used: {error}{gaps}"));
                Ok(None)
            }
        }
    }
}

/// Conditions each stretch separately, NaN between them and where one is too short to filter; the noise is that of the
/// longest.
fn condition(
    conditioner: &Conditioner,
    signal: &Signal,
    mut stretches: Vec<Range<usize>>,
) -> Result<Conditioned> {
    stretches.sort_by_key(|stretch| core::cmp::Reverse(stretch.len()));
    let cut = |stretch: &Range<usize>| {
        let clock = Clock::new(signal.clock().rate(), signal.clock().time_s(stretch.start as f64))?;
        conditioner.apply(&Signal::new(clock, &signal.samples()[stretch.clone()]))
    };
    let longest = stretches.first().cloned().unwrap_or(0..0);
    let mut all = cut(&longest)?;
    let mut samples = vec![f64::NAN; signal.samples().len()];
    samples[longest].copy_from_slice(all.signal.samples());
    for stretch in stretches.into_iter().skip(1) {
        match cut(&stretch) {
            Ok(part) => samples[stretch].copy_from_slice(part.signal.samples()),
            Err(Error::TooFew { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    all.signal = signal.with_samples(samples);
    Ok(all)
}

// The sequence within the support leg.

impl Joint {
    /// Returns the order and the lags in which hip, knee and ankle of the support leg extend fastest, between initial contact and
    /// 50 ms after terminal contact. Uses steps with a complete contact, including those whose stride or end was not recorded.
    ///
    /// ```
    /// use copeak::{inference::Bootstrap, model::JointModel, simulate::Sprinter, stride::StepCriteria};
    /// let trial = Sprinter::at_speed(9.5).steps(12).simulate()?.recording;
    /// let steps = trial.feet()?.steps(&StepCriteria::default())?;
    /// let leg = JointModel::new(15.0).apply(&trial)?.sequence(&steps, &Bootstrap::new(1))?;
    /// assert!(leg.pair("hip", "ankle").unwrap().mean_s.value > 0.0);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Sequence::of`]: [`crate::Error::TooFew`] without the three joints of both legs, or without a step that counts.
    pub fn sequence(&self, steps: &Steps, bootstrap: &Bootstrap) -> Result<Sequence> {
        let steps: Vec<Step> = steps.all().iter().filter(|step| leg_counts(step)).copied().collect();
        leg_sequence(&self.leg, &steps, bootstrap)
    }
}

/// Whether the contact is complete, which it is also in a step whose stride-long cycle or end was not recorded; a single contact
/// without any other belongs to no cycle of which a lag could be a fraction.
pub(crate) fn leg_counts(step: &Step) -> bool {
    let is_complete =
        matches!(step.rejected, None | Some(RejectReason::CycleOutside | RejectReason::NoNextContact));
    is_complete && step.stride_s.is_finite()
}

pub(crate) fn leg_sequence(leg: &[LegChannel], steps: &[Step], bootstrap: &Bootstrap) -> Result<Sequence> {
    let cycles: Vec<Cycle> = steps.iter().map(|step| cycle(leg, step)).collect();
    let names: Vec<&str> = leg.iter().map(|channel| channel.name.as_str()).collect();
    Sequence::of(&names, &cycles, &Strides::from_steps(steps), bootstrap)
}

/// Times at which the leg's joints extend fastest between initial contact and shortly after terminal contact.
fn cycle(leg: &[LegChannel], step: &Step) -> Cycle {
    let window = TimeSpan { start_s: step.start_s(), end_s: step.contact.terminal.time_s + AFTER_CONTACT_S };
    let finder = CyclePeakFinder::new().positive_part();
    let time = |channel: &LegChannel| {
        let (signal, noise) = (channel.signal(step.side()), channel.noise(step.side()));
        finder.find_with_noise(signal, &noise, window).ok().map(Timing::from)
    };
    Cycle {
        start_s: step.start_s(),
        duration_s: step.stride_s,
        contact_s: Some(step.contact_s()),
        times: leg.iter().map(time).collect(),
    }
}
