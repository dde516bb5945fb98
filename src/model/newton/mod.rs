//! Force contributors in newtons: what each part of the body adds to the force that the ground must give.

mod angles;
mod arms;
mod body;
mod carrier;
mod closure;
mod de_leva;
mod feet;
mod markers;
mod prepare;

pub use body::{Body, BodySegment};
pub use closure::{ForceResidual, StepResidual};
pub use de_leva::{Segment, Sex};
pub use markers::{Landmark, MarkerSet};
pub use prepare::GroundForce;

use super::stretches;
use crate::convergence::{ChannelSource, Contributor, Role};
use crate::event::Side;
use crate::filter::{Conditioner, Filter as _, SecondDifference, TimingNoise, ZeroPhase};
use crate::recording::Recording;
use crate::{Error, Result, Signal};
use alloc::{string::String, vec, vec::Vec};
use de_leva::GRAVITY_MPS2;

/// How segment forces are made from markers.
///
/// By Newton's second law the ground's force is the sum over the body's parts of mass times (acceleration minus gravity). Parts
/// are grouped: the support leg, the swing leg, both arms, trunk with head; the sum of the groups is the model's ground force, and
/// its distance from the plates' the [`ForceResidual`]. Masses and centres are de Leva's ([`Segment`]), joint centres as [`Body::of`]
/// says. Each group's mass-weighted position is low-passed forwards and backwards (Butterworth, order 2 per pass, -3 dB at the
/// cut-off after both) and differentiated twice, so that markers which several parts share are counted with the weight they have.
///
/// | contributor | force, signed |
/// |---|---|
/// | `support_leg` | thigh, shank and foot of the support side |
/// | `swing_leg` | those of the other side |
/// | `arms` | both arms and hands |
/// | `trunk_head` | trunk and head |
///
/// # How far to trust it
/// Where the sum is compared with plates ([the figures](crate::guide::studies::newton)), it errs by a tenth of body weight in
/// jogging and a fifth to a quarter in sprinting: markers ride on skin, and flesh follows the bone late. Standard errors
/// contain the markers' white noise alone, not that. Forces are those of the *low-passed* motion: the impact's edge is not in
/// them.
///
/// ```
/// use copeak::model::{MarkerSet, NewtonModel, Sex};
/// let model = NewtonModel::new(15.0)?.with_sex(Sex::Female).with_markers(MarkerSet::dorn2012());
/// # let _ = model;
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewtonModel {
    cutoff_hz: f64,
    sex: Sex,
    markers: Option<MarkerSet>,
}

/// Force of a group of the body's parts.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GroupForce {
    /// The force in newtons.
    pub force: Signal,
    /// Its standard error by the markers' white noise, in newtons. Soft tissue and joint centres are not in it.
    pub se_n: f64,
    /// What that noise does to the times of its peaks.
    pub noise: TimingNoise,
    /// The group's part of the body's mass.
    pub fraction: f64,
}

/// Forces along one axis.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Forces {
    /// Left leg.
    pub left_leg: GroupForce,
    /// Right leg.
    pub right_leg: GroupForce,
    /// Both arms; `None` when neither has markers, and its mass moves with the trunk.
    pub arms: Option<GroupForce>,
    /// Trunk and head.
    pub trunk_head: GroupForce,
    /// The whole body: what the ground must give.
    pub total: GroupForce,
}

/// The newton model of one recording.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Newton {
    /// Vertical forces as contributors, each signed, in newtons.
    pub contributors: Vec<Contributor>,
    /// The contributors that could not be had, by name.
    pub absent: Vec<String>,
    /// Upward forces, weight included: their sum is 0 in flight.
    pub vertical: Forces,
    /// Forward forces.
    pub forward: Forces,
    /// The body in motion.
    pub body: Body,
    /// What had to be made do without, in words.
    pub notes: Vec<String>,
}

impl NewtonModel {
    /// With this low-pass cut-off for the motion, male parameters, and the marker set that is found.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it is finite and above 0.
    pub fn new(cutoff_hz: f64) -> Result<Self> {
        if cutoff_hz.is_finite() && cutoff_hz > 0.0 {
            Ok(Self { cutoff_hz, sex: Sex::default(), markers: None })
        } else {
            Err(Error::Parameter { name: "cut-off", rule: "finite and above 0 Hz", value: cutoff_hz })
        }
    }

    /// With the parameters of this sex.
    #[must_use]
    pub fn with_sex(self, sex: Sex) -> Self {
        Self { sex, ..self }
    }

    /// With these markers.
    #[must_use]
    pub fn with_markers(self, markers: MarkerSet) -> Self {
        Self { markers: Some(markers), ..self }
    }

    /// The forces in a recording of markers ([`Recording::marker`]) of a body of this mass.
    ///
    /// # Errors
    /// [`Error::Missing`] when no known marker set is there; [`Error::Parameter`] for a mass that is not above 0;
    /// [`Error::Cutoff`]; [`Error::TooFew`] when no stretch with all markers is long enough to be filtered; and as [`Body::of`].
    pub fn of(&self, recording: &Recording, mass_kg: f64) -> Result<Newton> {
        if !(mass_kg.is_finite() && mass_kg > 0.0) {
            return Err(Error::Parameter {
                name: "body mass",
                rule: "finite and above 0 kg",
                value: mass_kg,
            });
        }
        let body = Body::of(recording, &self.marker_set(recording)?, self.sex)?;
        let vertical = self.forces(&body, 1, mass_kg)?;
        let forward = self.forces(&body, 0, mass_kg)?;
        let contributors = vertical.contributors()?;
        let absent = if vertical.arms.is_some() { Vec::new() } else { vec!["arms".into()] };
        let notes = body.notes.clone();
        Ok(Newton { contributors, absent, vertical, forward, body, notes })
    }

    fn forces(&self, body: &Body, axis: usize, mass_kg: f64) -> Result<Forces> {
        let is_leg = |s: &BodySegment| matches!(s.segment, Segment::Thigh | Segment::Shank | Segment::Foot);
        let is_trunk = |s: &BodySegment| matches!(s.segment, Segment::Head | Segment::Trunk);
        let group = |wanted: &dyn Fn(&BodySegment) -> bool| {
            let (moment, fraction) = body.moment(axis, wanted);
            self.group(&moment, fraction, mass_kg, axis == 1)
        };
        let arms = |s: &BodySegment| !is_leg(s) && !is_trunk(s);
        Ok(Forces {
            left_leg: group(&|s| is_leg(s) && s.side == Some(Side::Left))?,
            right_leg: group(&|s| is_leg(s) && s.side == Some(Side::Right))?,
            arms: if body.segments.iter().any(arms) { Some(group(&arms)?) } else { None },
            trunk_head: group(&is_trunk)?,
            total: group(&|_| true)?,
        })
    }

    /// Force of a mass-weighted position.
    fn group(&self, moment: &Signal, fraction: f64, mass_kg: f64, weighs: bool) -> Result<GroupForce> {
        let rate = moment.clock().rate();
        let conditioner = Conditioner::new(ZeroPhase::low_pass(2, self.cutoff_hz, rate)?);
        let response = conditioner.response(rate)?.second_derivative(rate);
        let second = SecondDifference::new(rate);
        let mut force = vec![f64::NAN; moment.samples().len()];
        let (mut squares, mut samples) = (0.0, 0usize);
        let mut refused = Error::TooFew { operation: "the newton model", unit: "frames", needed: 1, got: 0 };
        for stretch in stretches(moment.samples()) {
            let part = moment.with_samples(&moment.samples()[stretch.clone()]);
            let smooth = match conditioner.apply(&part) {
                Ok(smooth) => smooth,
                Err(error) => {
                    refused = error;
                    continue;
                }
            };
            let acceleration = second.apply(smooth.signal.samples())?;
            let weight = if weighs { fraction * GRAVITY_MPS2 } else { 0.0 };
            force[stretch.clone()]
                .iter_mut()
                .zip(acceleration)
                .for_each(|(f, a)| *f = mass_kg * (a + weight));
            squares += smooth.noise.sigma() * smooth.noise.sigma() * stretch.len() as f64;
            samples += stretch.len();
        }
        if samples == 0 {
            return Err(refused);
        }
        let sigma = mass_kg * num_traits::Float::sqrt(squares / samples as f64);
        Ok(GroupForce {
            force: moment.with_samples(force),
            se_n: sigma * response.norm(),
            noise: TimingNoise::from_response(sigma, &response)?,
            fraction,
        })
    }
}

impl Forces {
    /// Support leg, swing leg, arms (when there are any), trunk with head, each signed, in newtons.
    ///
    /// # Errors
    /// As [`Contributor::paired`]: none for forces with samples.
    pub fn contributors(&self) -> Result<Vec<Contributor>> {
        let mut contributors = Vec::new();
        for (name, role) in [("support_leg", Role::SupportLeg), ("swing_leg", Role::SwingLeg)] {
            contributors.push(newtons(name, role, &self.left_leg, &self.right_leg)?);
        }
        // Signed forces on the midline have no left and right sign: the same channel serves both sides.
        let both = |name: &str| Role::Other { name: name.into(), takes: ChannelSource::SupportSide };
        if let Some(arms) = &self.arms {
            contributors.push(newtons("arms", both("arms"), arms, arms)?);
        }
        let trunk = &self.trunk_head;
        contributors.push(newtons("trunk_head", both("trunk and head"), trunk, trunk)?);
        Ok(contributors)
    }
}

fn newtons(name: &str, role: Role, left: &GroupForce, right: &GroupForce) -> Result<Contributor> {
    let contributor = Contributor::paired(name, role, &left.force, &right.force)?;
    Ok(contributor.in_newtons().with_noise(left.noise, right.noise))
}
