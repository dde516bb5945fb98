//! Force contributors in newtons: what each part of the body adds to the ground reaction force.

mod body;
mod markers;
pub use body::{Body, BodySegment};
pub use markers::{Landmark, MarkerSet};
pub use markers::{Segment, Sex};

use super::{check_cutoff, stretches};
use crate::convergence::role::ChannelSource;
use crate::convergence::{Contributor, Role};
use crate::event::{Side, Sides};
use crate::filter::conditioning::TimingNoise;
use crate::filter::{Conditioner, Filter as _, SecondDifference, ZeroPhase};
use crate::recording::{Channel, Recording};
use crate::time::TimeSpan;
use crate::{Error, Result, Signal};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use markers::GRAVITY_MPS2;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

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
    let contributor = Contributor::paired(name, role, Sides::new(&left.force, &right.force));
    contributor.in_newtons().noise(Sides::new(left.noise, right.noise))
}

// The difference between the sum of the segments' forces and the force of the plates.

/// The residual of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepResidual {
    /// Start of the step's window.
    pub start_s: f64,
    /// Its end.
    pub end_s: f64,
    /// Root mean square of model minus plate, in body weights.
    pub rms_bw: f64,
    /// Mean of model minus plate, in body weights: the error of the mean force.
    pub mean_bw: f64,
    /// Pearson correlation; `None` when one of them does not vary.
    pub r: Option<f64>,
}

/// The difference between the model's ground reaction force and that of the plates, step by step.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ForceResidual {
    /// Every step whose window both cover.
    pub steps: Vec<StepResidual>,
    /// Root mean square error over all of these, in body weights.
    pub rms_bw: Option<f64>,
    /// Mean error over all of these, in body weights.
    pub mean_bw: Option<f64>,
    /// Correlation over all of these.
    pub r: Option<f64>,
}

/// Sums of one or more windows.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    m: f64,
    p: f64,
    mm: f64,
    pp: f64,
    mp: f64,
}

impl Sums {
    fn add(&mut self, m: f64, p: f64) {
        self.n += 1.0;
        self.m += m;
        self.p += p;
        self.mm += m * m;
        self.pp += p * p;
        self.mp += m * p;
    }

    fn and(self, o: Self) -> Self {
        Self {
            n: self.n + o.n,
            m: self.m + o.m,
            p: self.p + o.p,
            mm: self.mm + o.mm,
            pp: self.pp + o.pp,
            mp: self.mp + o.mp,
        }
    }

    fn mean(self) -> f64 {
        (self.m - self.p) / self.n
    }

    fn rms(self) -> f64 {
        ((self.mm - 2.0 * self.mp + self.pp) / self.n).max(0.0).sqrt()
    }

    fn r(self) -> Option<f64> {
        let product = (self.mm - self.m * self.m / self.n) * (self.pp - self.p * self.p / self.n);
        (product > 0.0).then(|| (self.mp - self.m * self.p / self.n) / product.sqrt())
    }
}

impl ForceResidual {
    /// Compares a model's force with that of the plates, over windows of steps in which the plates measured the entire force.
    /// The plates' force is interpolated linearly at the model's instants: low-pass it first with the model's filter for
    /// the model's error alone, or not, for the error of a low-passed model.
    ///
    /// A window that either does not cover, or in which either lacks samples, is excluded.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) for a mass that is not above 0.
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, model::ForceResidual, time::TimeSpan};
    /// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
    /// let plate: Vec<f64> = (0..100).map(|i| 1000.0 + 500.0 * (i as f64 * 0.2).sin()).collect();
    /// let model = plate.iter().map(|f| f + 98.0665).collect();
    /// let step = TimeSpan { start_s: 0.1, end_s: 0.6 };
    /// let residual = ForceResidual::new(&Signal::new(clock, model), &Signal::new(clock, plate), &[step], 100.0)?;
    /// assert!((residual.mean_bw.unwrap() - 0.1).abs() < 1e-12 && (residual.rms_bw.unwrap() - 0.1).abs() < 1e-9);
    /// assert!((residual.r.unwrap() - 1.0).abs() < 1e-12);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn new(model: &Signal, plates: &Signal, windows: &[TimeSpan], mass_kg: f64) -> Result<Self> {
        check_mass(mass_kg)?;
        let weight = mass_kg * GRAVITY_MPS2;
        let (mut steps, mut all) = (Vec::new(), Sums::default());
        for window in windows {
            let Some(sums) = sums(model, plates, *window, weight) else { continue };
            all = all.and(sums);
            steps.push(StepResidual {
                start_s: window.start_s,
                end_s: window.end_s,
                rms_bw: sums.rms(),
                mean_bw: sums.mean(),
                r: sums.r(),
            });
        }
        let some = all.n > 0.0;
        Ok(Self {
            steps,
            rms_bw: some.then(|| all.rms()),
            mean_bw: some.then(|| all.mean()),
            r: if some { all.r() } else { None },
        })
    }
}

fn sums(model: &Signal, plates: &Signal, window: TimeSpan, weight: f64) -> Option<Sums> {
    if !(model.covers(window.start_s, window.end_s) && plates.covers(window.start_s, window.end_s)) {
        return None;
    }
    let clock = model.clock();
    let first = clock.position(window.start_s).max(0.0).ceil() as usize;
    let last = clock.position(window.end_s).floor() as usize;
    let mut sums = Sums::default();
    for i in first..=last.min(model.samples().len() - 1) {
        let plate = plates.value_at(clock.time_s(i as f64)).ok()?;
        let model = model.samples()[i];
        if !(plate.is_finite() && model.is_finite()) {
            return None;
        }
        sums.add(model / weight, plate / weight);
    }
    (sums.n > 0.0).then_some(sums)
}

// Channels that a study needs, from a recording of markers.

impl NewtonModel {
    /// Returns a recording of markers with what a study ([`crate::study::StudyBuilder`]) needs in addition: the path of the body's centre
    /// (`pelvis_x`), the legs' joint angles ([`Body::leg_angles`]) and, from plates ([`Recording::ground_force`]), the
    /// force under each foot ([`Body::feet`]) and forwards (`grf_forward`). Channels that are already present are kept. A study does this
    /// for every recording with markers of a known set and without `pelvis_x`.
    ///
    /// ```no_run
    /// let trial = copeak::recording::read("sprint.c3d")?;
    /// let ready = copeak::model::NewtonModel::new(15.0).prepare(trial)?;
    /// assert!(ready.get("grf_vertical_l").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`] when no known marker set is present; and as [`Body::from_markers`].
    pub fn prepare(&self, mut recording: Recording) -> Result<Recording> {
        let body = Body::from_markers(&recording, &self.marker_set(&recording)?, self.sex)?;
        let (path, _) = body.moment(0, |_| true);
        let mut channels = body.leg_angles();
        channels.push(Channel::new("pelvis_x", "m", path));
        if let Some(force) = &recording.ground_force {
            let up = force.up.clone().unwrap_or_else(|| force.along(body.axes[1]));
            channels.extend(body.feet(&up));
            channels.push(Channel::new("grf_forward", "N", force.along(body.axes[0])));
        }
        for channel in channels {
            if recording.get(&channel.name).is_none() {
                recording.push(channel)?;
            }
        }
        Ok(recording)
    }

    /// The markers that were set, or a known set that the recording has.
    fn marker_set(&self, recording: &Recording) -> Result<MarkerSet> {
        match &self.markers {
            Some(set) => Ok(set.clone()),
            None => MarkerSet::detect(recording.markers())
                .ok_or(Error::Missing { operation: "the newton model", what: "a known marker set" }),
        }
    }
}
