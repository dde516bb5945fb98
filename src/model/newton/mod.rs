//! Force contributors in newtons: what each part of the body adds to the ground reaction force.

mod angles;
mod arms;
mod body;
mod carrier;
mod de_leva;
mod feet;
mod markers;
mod prepare;
mod residual;

pub use body::{Body, BodySegment};
pub use de_leva::{Segment, Sex};
pub use markers::{Landmark, MarkerSet};
pub use residual::{ForceResidual, StepResidual};

use super::{check_cutoff, stretches};
use crate::convergence::{ChannelSource, Contributor, Role};
use crate::event::Side;
use crate::filter::conditioning::TimingNoise;
use crate::filter::{Conditioner, Filter as _, SecondDifference, ZeroPhase};
use crate::recording::Recording;
use crate::{Error, Result, Signal};
use alloc::{string::String, vec, vec::Vec};
use de_leva::GRAVITY_MPS2;

/// Computes segment forces from markers.
///
/// By Newton's second law the ground reaction force is the sum over body segments of mass times (acceleration minus gravity).
/// Segments are grouped: the support leg, the swing leg, both arms, trunk with head; the sum of the groups is the model's ground
/// reaction force, and its difference from that of the plates the [`ForceResidual`]. Masses and centres are de Leva's
/// ([`Segment`]); for joint centres see [`Body::from_markers`]. Each group's mass-weighted position is low-passed forwards and backwards (Butterworth, order 2 per pass, -3 dB at the
/// cut-off after both) and differentiated twice, so that markers which several segments share are counted with their weight.
///
/// | contributor | force, signed |
/// |---|---|
/// | `support_leg` | thigh, shank and foot of the support side |
/// | `swing_leg` | those of the other side |
/// | `arms` | both arms and hands |
/// | `trunk_head` | trunk and head |
///
/// # Accuracy
/// Compared with plates ([the figures](crate::guide::studies::newton)), the error of the sum is a tenth of body weight in
/// jogging and a fifth to a quarter in sprinting: markers move with the skin, and soft tissue follows the bone late. Standard
/// errors contain the markers' white noise alone, not that. Forces are those of the *low-passed* motion: they do not contain the
/// rising edge of the impact.
///
/// ```
/// use copeak::model::{MarkerSet, NewtonModel, Sex};
/// let model = NewtonModel::new(15.0).sex(Sex::Female).mass_kg(58.0).markers(MarkerSet::dorn2012());
/// # let _ = model;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewtonModel {
    cutoff_hz: f64,
    sex: Sex,
    mass_kg: Option<f64>,
    markers: Option<MarkerSet>,
}

/// Force of a group of body segments.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GroupForce {
    /// The force in newtons.
    pub force: Signal,
    /// Its standard error by the markers' white noise, in newtons, without soft tissue and joint centres.
    pub se_n: f64,
    /// The effect of that noise on the times of its peaks.
    pub noise: TimingNoise,
    /// The group's fraction of the body's mass.
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
    /// Both arms; `None` when neither has markers, in which case their mass moves with the trunk.
    pub arms: Option<GroupForce>,
    /// Trunk and head.
    pub trunk_head: GroupForce,
    /// The entire body: the ground reaction force.
    pub total: GroupForce,
}

/// The newton model of one recording.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Newton {
    /// Vertical forces as contributors, each signed, in newtons.
    pub contributors: Vec<Contributor>,
    /// Names of the contributors that could not be computed.
    pub absent: Vec<String>,
    /// Upward forces, weight included: their sum is 0 in flight.
    pub vertical: Forces,
    /// Forward forces.
    pub forward: Forces,
    /// The body in motion.
    pub body: Body,
    /// Missing markers and how they were replaced, as text.
    pub notes: Vec<String>,
}

impl NewtonModel {
    /// Creates the model with this low-pass cut-off for the motion (finite, above 0 and below the Nyquist frequency), the
    /// parameters of men, the mass in the recording, and a known marker set.
    pub fn new(cutoff_hz: f64) -> Self {
        Self { cutoff_hz, sex: Sex::default(), mass_kg: None, markers: None }
    }

    /// Sets whose segment parameters are used.
    #[must_use]
    pub fn sex(self, sex: Sex) -> Self {
        Self { sex, ..self }
    }

    /// Sets the mass of the body, finite and above 0, instead of the recording's.
    #[must_use]
    pub fn mass_kg(self, mass_kg: f64) -> Self {
        Self { mass_kg: Some(mass_kg), ..self }
    }

    /// Sets the markers instead of detecting a known set.
    #[must_use]
    pub fn markers(self, markers: MarkerSet) -> Self {
        Self { markers: Some(markers), ..self }
    }

    /// Computes the forces in a recording of markers ([`Recording::marker`]).
    ///
    /// # Errors
    /// [`Error::Missing`] when neither the model nor the recording has the body's mass, or no known marker set is present;
    /// [`Error::Parameter`] for a cut-off or mass that is not finite or not above 0; [`Error::Cutoff`]; [`Error::TooFew`] when no
    /// stretch with all markers is long enough to be filtered; and as [`Body::from_markers`].
    pub fn apply(&self, recording: &Recording) -> Result<Newton> {
        check_cutoff(self.cutoff_hz)?;
        let missing = Error::Missing { operation: "the newton model", what: "the body's mass" };
        let mass_kg = self.mass_kg.or(recording.mass_kg).ok_or(missing)?;
        check_mass(mass_kg)?;
        let body = Body::from_markers(recording, &self.marker_set(recording)?, self.sex)?;
        let vertical = self.forces(&body, 1, mass_kg)?;
        let forward = self.forces(&body, 0, mass_kg)?;
        let contributors = vertical.contributors();
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

/// Checks the mass of a body.
fn check_mass(mass_kg: f64) -> Result<()> {
    if mass_kg.is_finite() && mass_kg > 0.0 {
        return Ok(());
    }
    Err(Error::Parameter { name: "body mass", rule: "finite and above 0 kg", value: mass_kg })
}

impl Forces {
    /// Returns support leg, swing leg, arms (if any), trunk with head, each signed, in newtons.
    pub fn contributors(&self) -> Vec<Contributor> {
        let mut contributors = Vec::new();
        for (name, role) in [("support_leg", Role::SupportLeg), ("swing_leg", Role::SwingLeg)] {
            contributors.push(newtons(name, role, &self.left_leg, &self.right_leg));
        }
        // Signed forces on the midline have no left and right sign: the same channel serves both sides.
        let both = |name: &str| Role::Other { name: name.into(), source: ChannelSource::SupportSide };
        if let Some(arms) = &self.arms {
            contributors.push(newtons("arms", both("arms"), arms, arms));
        }
        let trunk = &self.trunk_head;
        contributors.push(newtons("trunk_head", both("trunk and head"), trunk, trunk));
        contributors
    }
}

fn newtons(name: &str, role: Role, left: &GroupForce, right: &GroupForce) -> Contributor {
    let contributor = Contributor::paired(name, role, &left.force, &right.force);
    contributor.in_newtons().noise(left.noise, right.noise)
}
