//! The contributors of a recording, by the model that was asked for.

use super::contacts::mass_kg;
use super::{Caution, Contacts, ModelKind, StudyBuilder};
use crate::convergence::{Contributor, CycleKind};
use crate::event::Side;
use crate::filter::{Filter as _, ZeroPhase};
use crate::model::{ForceResidual, Forces, Joint, JointModel, LegChannel, NewtonModel};
use crate::recording::Recording;
use crate::stride::{RejectReason, Step, Steps};
use crate::time::TimeSpan;
use crate::{Result, Signal};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

/// The model's ground force less the plates', by step and over all, in body weights; for models in newtons where there
/// were plates.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Closure {
    /// Upwards.
    pub vertical: Option<ForceResidual>,
    /// Along the direction of running.
    pub forward: Option<ForceResidual>,
}

/// A recording as a model sees it.
pub(super) struct Modelled {
    pub(super) contributors: Vec<Contributor>,
    pub(super) absent: Vec<String>,
    pub(super) leg: Vec<LegChannel>,
    pub(super) cautions: Vec<Caution>,
    /// The period over which its contributors recur.
    pub(super) cycle: CycleKind,
    /// The model's ground force: vertical and forward.
    ground: Option<(Forces, Forces)>,
}

impl Modelled {
    pub(super) fn of(settings: &StudyBuilder<'_>, recording: &Recording, found: &Contacts) -> Result<Self> {
        // The leg's sequence is that of its joints in either model.
        let joint = JointModel::new(settings.cutoff_hz).apply(recording)?;
        match settings.model {
            ModelKind::Joint => Ok(Self::joint(joint)),
            ModelKind::Newton => Self::newton(settings, recording, found, joint),
        }
    }

    fn joint(joint: Joint) -> Self {
        let Joint { contributors, absent, leg, notes } = joint;
        let cautions = channels(notes).collect();
        Self { contributors, absent, leg, cautions, cycle: CycleKind::Stride, ground: None }
    }

    fn newton(
        settings: &StudyBuilder<'_>,
        recording: &Recording,
        found: &Contacts,
        joint: Joint,
    ) -> Result<Self> {
        let mut this = Self {
            contributors: Vec::new(),
            absent: ["support_leg", "swing_leg", "arms", "trunk_head"].map(String::from).to_vec(),
            leg: joint.leg,
            cautions: Vec::new(),
            cycle: CycleKind::Step,
            ground: None,
        };
        let Some(mass_kg) = mass_kg(recording, &found.contacts) else {
            this.cautions.push(Caution::NoMass);
            return Ok(this);
        };
        let model = NewtonModel::new(settings.cutoff_hz).sex(settings.sex).mass_kg(mass_kg);
        let newton = match model.apply(recording) {
            Ok(newton) => newton,
            Err(error @ crate::Error::Cutoff { .. }) => return Err(error),
            Err(error) => {
                this.cautions.push(Caution::NoSegmentForces { why: error.to_string() });
                return Ok(this);
            }
        };
        let soft = newton.body.softness.values().fold(0.0, |most: f64, rms| most.max(*rms));
        this.cautions.extend(channels(newton.notes));
        this.cautions.push(Caution::Markers {
            set: newton.body.markers,
            standing: !recording.standing.is_empty(),
            soft_tissue_m: soft,
        });
        this.cautions.push(Caution::MarkerNoise {
            vertical_n: newton.vertical.total.se_n,
            forward_n: newton.forward.total.se_n,
        });
        this.contributors = newton.contributors;
        this.absent = newton.absent;
        this.ground = Some((newton.vertical, newton.forward));
        Ok(this)
    }

    /// A step's window.
    pub(super) fn window(&self, step: &Step) -> TimeSpan {
        match self.cycle {
            CycleKind::Stride => step.stride_cycle(),
            CycleKind::Step => {
                let half = step.flight_s() / 2.0;
                TimeSpan { start_s: step.start_s() - half, end_s: step.end_s - half }
            }
        }
    }

    /// The model's ground force less the plates', over the steps whose whole contact they saw; the plates are
    /// low-passed as the model is.
    pub(super) fn closure(
        &self,
        settings: &StudyBuilder<'_>,
        recording: &Recording,
        steps: &Steps,
        mass_kg: Option<f64>,
    ) -> Result<Closure> {
        let (Some((vertical, forward)), Some(mass_kg)) = (&self.ground, mass_kg) else {
            return Ok(Closure::default());
        };
        let windows: Vec<TimeSpan> = steps.all().iter().filter_map(|step| seen(recording, step)).collect();
        let residual = |direction: &str, model: &Forces| -> Result<Option<ForceResidual>> {
            let Some(plates) = plates(recording, direction) else { return Ok(None) };
            let filter = ZeroPhase::low_pass(2, settings.cutoff_hz, plates.clock().rate())?;
            let Ok(smooth) = filter.apply(plates.samples()) else { return Ok(None) };
            let residual =
                ForceResidual::new(&model.total.force, &plates.with_samples(smooth), &windows, mass_kg)?;
            Ok(Some(residual).filter(|residual| !residual.steps.is_empty()))
        };
        Ok(Closure { vertical: residual("vertical", vertical)?, forward: residual("forward", forward)? })
    }
}

fn channels(notes: Vec<String>) -> impl Iterator<Item = Caution> + use<> {
    notes.into_iter().map(|why| Caution::Channel { why })
}

/// Force of both feet along one direction.
fn plates(recording: &Recording, direction: &str) -> Option<Signal> {
    let channel = |name: &str| recording.get(name).filter(|c| c.unit == "N").map(|c| &c.signal);
    if let Some(both) = channel(&format!("grf_{direction}")) {
        return Some(both.clone());
    }
    let [left, right] = [Side::Left, Side::Right].map(|side| channel(&format!("grf_{direction}_{side}")));
    let (left, right) = (left?, right?);
    let same = left.clock() == right.clock() && left.samples().len() == right.samples().len();
    same.then(|| left.with_samples(left.samples().iter().zip(right.samples()).map(|(l, r)| l + r).collect()))
}

/// The part of a step, from mid-flight to mid-flight, in which there were plates; `None` unless they saw its whole contact. Of a
/// step without an end it ends shortly after the contact.
fn seen(recording: &Recording, step: &Step) -> Option<TimeSpan> {
    const WITHOUT_END_S: f64 = 0.05;
    if !matches!(step.rejected, None | Some(RejectReason::NoNextContact | RejectReason::CycleOutside)) {
        return None;
    }
    let flight = step.flight_s();
    let half = if flight.is_finite() { flight.max(0.0) / 2.0 } else { WITHOUT_END_S };
    let (from, to) = (step.start_s(), step.contact.terminal.time_s);
    let Some(valid) = recording.get("grf_valid").map(|c| &c.signal) else {
        return Some(TimeSpan { start_s: from - half, end_s: to + half });
    };
    let clock = valid.clock();
    let there = |i: usize| valid.samples().get(i).is_some_and(|v| *v > 0.5);
    let index = |t: f64| num_traits::Float::round(clock.position(t)).max(0.0) as usize;
    let (mut first, mut last) = (index(from), index(to));
    if !(first..=last).all(there) {
        return None;
    }
    while first > index(from - half) && there(first - 1) {
        first -= 1;
    }
    while last < index(to + half) && there(last + 1) {
        last += 1;
    }
    Some(TimeSpan { start_s: clock.time_s(first as f64), end_s: clock.time_s(last as f64) })
}
