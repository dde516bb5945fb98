//! One recording alone.

use super::{Caution, ContactSource, ModelKind, StudyBuilder};
use crate::convergence::compensation::{CompensationTest, SessionCompensation};
use crate::convergence::shortfall::ContactImpulse;
use crate::convergence::{Contribute, Contributor, CycleKind, Cycles, Session, Symmetry};
use crate::event::recorded::{by_angles, by_force, merged};
use crate::event::{Contact, Event, Feet, FootContacts, Method, Side, Sides};
use crate::filter::{Filter as _, ZeroPhase};
use crate::inference::{Bootstrap, Estimate, t_interval};
use crate::math::GRAVITY_MPS2;
use crate::model::{
    ForceResidual, Forces, Joint, JointModel, LegChannel, MarkerSet, NewtonModel, leg_counts, leg_sequence,
};
use crate::recording::{Channel, Recording};
use crate::sequence::Sequence;
use crate::stride::{RejectReason, Step, StepCriteria, Steps};
use crate::time::TimeSpan;
use crate::{Error, Result, Samples, Signal};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

const LEVEL: f64 = 0.95;

/// A contributor whose peak time scatters by more than this fraction of the cycle has no one time.
const AMBIGUOUS: f64 = 0.05;

/// Everything found in one recording.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TrialStudy {
    /// The recording's name: its file's, when it was read from one.
    pub file: String,
    /// Running speed, given or from the pelvis.
    pub speed_mps: Option<f64>,
    /// Body mass, given or weighed by force under both feet.
    pub mass_kg: Option<f64>,
    /// Sample rate of the contributors' channels; `None` for a recording without channels.
    pub rate_hz: Option<f64>,
    /// Which contributors.
    pub model: ModelKind,
    /// The natural period of the contributors, in which they are compared.
    pub cycle: CycleKind,
    /// The contributors of the model that the recording has channels for.
    pub contributors: Vec<String>,
    /// The contributors of the model that it has no channels for.
    pub absent: Vec<String>,
    /// All contacts in time order.
    pub contacts: Vec<Contact>,
    /// All steps, accepted or not.
    pub steps: Steps,
    /// Order and lags within the support leg; `None` when its channels are not there.
    pub sequence: Option<Sequence>,
    /// Convergence of the contributors; `None` when no usable step has every contributor.
    pub convergence: Option<Session>,
    /// The model's ground force against the plates'.
    pub closure: Closure,
    /// Each contributor's impulse within the contact, and how much of it falls in the first half.
    pub impulses: Vec<ContactImpulse>,
    /// The contributors' shares of the sum; `None` without a usable step.
    pub balance: Option<Balance>,
    /// Left against right: contact, flight and step time, then each contributor's peak.
    pub symmetry: Vec<SideDifference>,
    /// Cautions and remarks.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::caution::with_text"))]
    pub cautions: Vec<Caution>,
    /// The drives behind the convergence, which figures draw; not serialised, and `None` when no step has every contributor.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub cycles: Option<Cycles>,
}

impl TrialStudy {
    pub(super) fn of(recording: &Recording, settings: &StudyBuilder<'_>) -> Result<Self> {
        for (name, given) in [("running speed", recording.speed_mps), ("body mass", recording.mass_kg)] {
            if let Some(value) = given.filter(|value| !(value.is_finite() && *value > 0.0)) {
                return Err(Error::Parameter { name, rule: "finite and above 0", value });
            }
        }
        let mut cautions = Vec::new();
        let recording = &*with_markers_applied(recording, settings, &mut cautions)?;
        let found = Contacts::of(recording)?;
        let model = Modelled::of(settings, recording, &found)?;
        cautions.extend(model.cautions.iter().chain(&found.cautions).cloned());
        // Contacts that make no steps, such as two feet that land at once, are still reported, with the reason.
        let steps = steps(recording, &model, &found).unwrap_or_else(|error| {
            cautions.push(Caution::NoStepsFromContacts { why: error.to_string() });
            Steps::default()
        });
        if steps.all().is_empty() {
            cautions.push(Caution::NoStep);
        }
        let mass_kg = mass_kg(recording, &found.contacts);
        let closure = model.closure(settings, recording, &steps, mass_kg)?;
        let sequence = leg(&model.leg, &steps, settings)?;
        let mut cycles = None;
        if !model.contributors.is_empty() && steps.accepted().next().is_some() {
            match Cycles::new(&model.contributors, steps.all(), model.cycle) {
                Ok(cut) => cycles = Some(cut),
                Err(error) => cautions.push(Caution::NotComparable { why: error.to_string() }),
            }
        }
        let convergence = cycles.as_ref().map(|cycles| settings.analysis().apply(cycles)).transpose()?;
        let impulses = cycles.as_ref().map(|cycles| cycles.contact_impulses(LEVEL)).transpose()?;
        let balance = cycles.as_ref().map(|cycles| balance(cycles, settings)).transpose()?;
        let clock = recording.channels.iter().find(|c| c.unit == "deg").or(recording.channels.first());
        let mut trial = Self {
            file: recording.name.clone(),
            speed_mps: speed_mps(recording),
            mass_kg,
            rate_hz: clock.map(|c| c.signal.clock().rate().as_hz()),
            model: settings.model,
            cycle: model.cycle,
            contributors: model.contributors.iter().map(|c| c.name().to_string()).collect(),
            absent: model.absent,
            contacts: found.contacts,
            steps,
            sequence,
            convergence,
            closure,
            impulses: impulses.unwrap_or_default(),
            balance,
            symmetry: Vec::new(),
            cautions,
            cycles,
        };
        trial.symmetry = side_differences(&trial)?;
        let more = trial.limits();
        trial.cautions.extend(more);
        Ok(trial)
    }

    /// Returns the method that found the contacts; `None` without any.
    pub fn event_method(&self) -> Option<Method> {
        self.contacts.iter().map(Contact::method).reduce(Method::with)
    }

    /// The contributors whose peak has no one time, and by how much it scatters.
    pub(super) fn scattered_peaks(&self) -> impl Iterator<Item = (&str, f64)> {
        let limit = AMBIGUOUS * self.cycles.as_ref().map_or(f64::INFINITY, Cycles::mean_cycle_s);
        let contributors = self.convergence.iter().flat_map(|session| &session.contributors);
        contributors.filter_map(move |c| {
            let sd_s = c.jitter?.sd_s;
            (sd_s > limit).then_some((c.name.as_str(), sd_s))
        })
    }

    /// Limits of the numbers found.
    fn limits(&self) -> Vec<Caution> {
        let mut cautions = Vec::new();
        let session = self.convergence.as_ref();
        let excluded = session.into_iter().flat_map(|session| &session.excluded_contributors);
        cautions.extend(
            excluded.map(|(name, reason)| Caution::Excluded { contributor: name.clone(), reason: *reason }),
        );
        cautions.extend(
            self.scattered_peaks()
                .map(|(name, sd_s)| Caution::ScatteredPeak { contributor: name.to_string(), sd_s }),
        );
        let contributors = session.map_or(0, |session| session.contributors.len());
        if contributors == 2 {
            cautions.push(Caution::TwoContributors);
        }
        let leg = self.sequence.is_some() && self.model == ModelKind::Joint;
        if contributors > 0 || leg {
            cautions.push(Caution::Model { model: self.model });
        }
        if session.is_some_and(|session| session.p.is_some()) {
            cautions.push(Caution::OneSetOfOffsets);
        }
        let steps = session.map_or(0, |session| session.steps.len());
        let pairs = self.sequence.iter().flat_map(|sequence| &sequence.pairs);
        let contacts = pairs.map(|pair| pair.n).max().unwrap_or(0);
        if contacts > steps {
            cautions.push(Caution::MoreContacts { contacts, steps });
        }
        let kappa = session.and_then(|session| session.kappa);
        match kappa {
            _ if steps == 0 => {}
            Some(kappa) if kappa.ci.is_some() && kappa.approximate => {
                cautions.push(Caution::FewSteps { steps })
            }
            Some(kappa) if kappa.ci.is_some() => {}
            _ => cautions.push(Caution::NoIntervals { steps }),
        }
        cautions
    }
}

/// The recording itself or, when it has markers, with what they give in addition: joint angles, the path of the centre of mass and the
/// force under each foot.
fn with_markers_applied<'a>(
    recording: &'a Recording,
    settings: &StudyBuilder<'_>,
    cautions: &mut Vec<Caution>,
) -> Result<Cow<'a, Recording>> {
    // `pelvis_x` is what every prepared recording has.
    if recording.get("pelvis_x").is_some() || recording.markers().next().is_none() {
        return Ok(Cow::Borrowed(recording));
    }
    if MarkerSet::detect(recording.markers()).is_none() {
        let present = recording.markers().map(ToString::to_string).collect();
        cautions.push(Caution::UnknownMarkers { present });
        return Ok(Cow::Borrowed(recording));
    }
    let model = NewtonModel::new(settings.cutoff_hz).sex(settings.sex);
    model.prepare(recording.clone()).map(Cow::Owned)
}

fn steps(recording: &Recording, model: &Modelled, found: &Contacts) -> Result<Steps> {
    if found.contacts.is_empty() {
        return Ok(Steps::default());
    }
    let sides = |c| [Side::Left, Side::Right].map(|side| Contribute::drive(c, side));
    let drives: Vec<Signal> = model.contributors.iter().flat_map(sides).collect::<Result<_>>()?;
    let mut recorded = recording.span()?;
    if model.cycle == CycleKind::Step {
        // What a step needs of the recording is its own window, which is screened below, and not a whole stride.
        recorded = TimeSpan { start_s: f64::NEG_INFINITY, end_s: f64::INFINITY };
    }
    // A contributor's channel, or else any, gives the sample of the clock.
    let rate = drives.first().map_or_else(|| recording.channels[0].signal.clock(), |d| d.clock()).rate();
    let mut steps =
        Steps::from_contacts(&found.contacts, &found.loose, &StepCriteria::from_rate(rate), recorded)?;
    steps.screen_within(&drives.iter().collect::<Vec<_>>(), |step| model.window(step));
    Ok(steps)
}

/// The sequence of the leg's joints, when there is a leg and a step whose contact is complete.
fn leg(leg: &[LegChannel], steps: &Steps, settings: &StudyBuilder<'_>) -> Result<Option<Sequence>> {
    let steps: Vec<Step> = steps.all().iter().filter(|step| leg_counts(step)).copied().collect();
    if leg.is_empty() || steps.is_empty() {
        return Ok(None);
    }
    let bootstrap = Bootstrap::new(settings.seed).replicates(settings.replicates);
    leg_sequence(leg, &steps, &bootstrap).map(Some)
}

// The contributors of a recording, by the model that was asked for.

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
struct Modelled {
    contributors: Vec<Contributor>,
    absent: Vec<String>,
    leg: Vec<LegChannel>,
    cautions: Vec<Caution>,
    /// The period over which its contributors recur.
    cycle: CycleKind,
    /// The model's ground force: vertical and forward.
    ground: Option<(Forces, Forces)>,
}

impl Modelled {
    fn of(settings: &StudyBuilder<'_>, recording: &Recording, found: &Contacts) -> Result<Self> {
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
    fn window(&self, step: &Step) -> TimeSpan {
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
    fn closure(
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

// Speed, mass and contacts of a recording.

/// Slopes outside these are no runner's speed: a pelvis that stands still on a treadmill, or a wrong clock or unit.
const SLOWEST_MPS: f64 = 0.5;
const FASTEST_MPS: f64 = 15.0;

/// Speed as given, else the slope of the pelvis' forward position (`pelvis_x`, m) over the recording, whichever way the
/// runner runs.
fn speed_mps(recording: &Recording) -> Option<f64> {
    recording.speed_mps.or_else(|| {
        let pelvis = recording.get("pelvis_x").filter(|c| c.unit == "m")?;
        let points = pelvis.signal.samples().iter().enumerate().filter(|(_, x)| x.is_finite());
        let points: Vec<(f64, f64)> =
            points.map(|(i, x)| (pelvis.signal.clock().time_s(i as f64), *x)).collect();
        slope(&points).map(f64::abs).filter(|speed| (SLOWEST_MPS..=FASTEST_MPS).contains(speed))
    })
}

/// Least-squares slope; `None` below two different abscissae.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    let (mx, my) = points.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let (sxx, sxy) = points
        .iter()
        .fold((0.0, 0.0), |(xx, xy), (x, y)| (xx + (x - mx) * (x - mx), xy + (x - mx) * (y - my)));
    (sxx > 0.0).then(|| sxy / sxx)
}

/// Mass as given, else the mean total vertical force over whole strides over g; `None` without force under both feet.
fn mass_kg(recording: &Recording, contacts: &[Contact]) -> Option<f64> {
    recording.mass_kg.or_else(|| {
        let left = force_channel(recording, Side::Left)?;
        let right = force_channel(recording, Side::Right)?;
        let valid = recording.get("grf_valid").map(|c| &c.signal);
        let means: Vec<f64> = contacts
            .windows(3)
            .filter(|w| w[0].side() == w[2].side() && w[0].side() != w[1].side())
            .filter_map(|w| {
                let stride = TimeSpan { start_s: w[0].initial.time_s, end_s: w[2].initial.time_s };
                if valid.is_some_and(|v| within(v, stride).is_none_or(|s| !s.iter().all(|&v| v > 0.5))) {
                    return None;
                }
                let mean = |channel: &Channel| {
                    let samples = within(&channel.signal, stride)?;
                    let mean = samples.iter().sum::<f64>() / samples.len() as f64;
                    mean.is_finite().then_some(mean)
                };
                Some(mean(left)? + mean(right)?)
            })
            .collect();
        (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64 / GRAVITY_MPS2)
    })
}

/// The samples inside a window, where the signal covers it; at least one.
fn within(signal: &Signal, window: TimeSpan) -> Option<&[f64]> {
    if !signal.covers(window.start_s, window.end_s) {
        return None;
    }
    let first = num_traits::Float::ceil(signal.clock().position(window.start_s)).max(0.0) as usize;
    let end = num_traits::Float::ceil(signal.clock().position(window.end_s)).max(0.0) as usize;
    signal.samples().get(first..end.min(signal.samples().len())).filter(|s| !s.is_empty())
}

fn force_channel(recording: &Recording, side: Side) -> Option<&Channel> {
    recording.get(&format!("grf_vertical_{side}")).filter(|c| c.unit == "N")
}

/// The contacts of a recording, by the best that it has for them.
///
/// ```
/// use copeak::{simulate::Sprinter, study::Contacts};
/// let trial = Sprinter::at_speed(9.5).steps(6).simulate()?;
/// let found = Contacts::of(&trial.recording)?;
/// assert!(found.contacts.len() >= 6);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Contacts {
    /// Whole contacts of both feet in time order.
    pub contacts: Vec<Contact>,
    /// Single events of incomplete contacts, in time order.
    pub loose: Vec<Event>,
    /// Cautions, also why there are no contacts.
    pub cautions: Vec<Caution>,
}

impl Contacts {
    /// From vertical force (`grf_vertical_l`, `grf_vertical_r`, in N) where the recording has it and `grf_valid` marks it as
    /// real, from the leg's joint angles (hip, knee and ankle, in deg) elsewhere. A recording without either has no contacts,
    /// and the cautions report it.
    ///
    /// # Errors
    /// As [`FootContacts::merge`], for force and angles of one foot that do not go together.
    pub fn of(recording: &Recording) -> Result<Self> {
        let mut cautions = Vec::new();
        let mut biases: Vec<(f64, f64)> = Vec::new();
        let [left, right] = [Side::Left, Side::Right].map(|side| {
            let mut usable = |source: ContactSource, found: Result<FootContacts>| {
                let caution = |why| Caution::ContactSourceUnusable { source, side, why };
                found.map_err(|error| cautions.push(caution(error.to_string()))).ok()
            };
            let force = by_force(recording, side).and_then(|found| usable(ContactSource::Force, found));
            let angles = by_angles(recording, side).and_then(|found| usable(ContactSource::Angles, found));
            if angles.as_ref().is_some_and(|found| found.contacts.is_empty()) {
                cautions.push(Caution::NoContactInAngles { side });
            }
            let plate = force.as_ref().and_then(|found| found.plate);
            biases.extend(plate.and_then(|plate| plate.initial_bias_s.zip(plate.terminal_bias_s)));
            merged(force, angles)
        });
        if !biases.is_empty() {
            let mean =
                |pick: fn(&(f64, f64)) -> f64| biases.iter().map(pick).sum::<f64>() / biases.len() as f64;
            cautions.push(Caution::ThresholdBias { late_s: mean(|b| b.0), early_s: -mean(|b| b.1) });
        }
        let (contacts, loose) = match (left?, right?) {
            (Some(left), Some(right)) => {
                let feet = Feet::new(left, right)?;
                (feet.contacts(), feet.unpaired())
            }
            (Some(foot), None) | (None, Some(foot)) => {
                cautions.push(Caution::OneFoot { side: foot.side });
                (foot.contacts, foot.unpaired)
            }
            (None, None) => {
                cautions.push(Caution::NoContactChannel);
                (Vec::new(), Vec::new())
            }
        };
        Ok(Self { contacts, loose, cautions })
    }
}

// The contributors' balance, and left against right.

/// The contributors' shares of the sum at the session's best phase.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Balance {
    /// Evenness of their shares (Pielou): 1 when all contribute equally, 0 when one contributes everything.
    pub evenness: Option<f64>,
    /// Whether they compensate for each other from step to step; `None` below two steps or two contributors.
    pub compensation: Option<SessionCompensation>,
}

/// A quantity that both sides have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SideQuantity {
    /// Contact time.
    ContactTime,
    /// Flight time.
    FlightTime,
    /// Step time.
    StepTime,
    /// Height of a contributor's peak.
    Peak(String),
}

impl fmt::Display for SideQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            SideQuantity::ContactTime => "contact time",
            SideQuantity::FlightTime => "flight time",
            SideQuantity::StepTime => "step time",
            SideQuantity::Peak(contributor) => contributor,
        })
    }
}

/// One quantity on the left and on the right side, over pairs of neighbouring accepted steps.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SideDifference {
    /// The quantity.
    pub quantity: SideQuantity,
    /// Unit of `left` and `right`.
    pub unit: String,
    /// Mean over steps of the left foot.
    pub left: f64,
    /// Mean over steps of the right foot.
    pub right: f64,
    /// Mean difference of a pair over its mean: positive when the right side has more; its `n` counts pairs.
    pub index: Estimate,
}

/// At the session's best phase: how evenly the contributors share the sum, and whether they compensate for each other.
fn balance(cycles: &Cycles, settings: &StudyBuilder<'_>) -> Result<Balance> {
    let drives = cycles.drives();
    let test = CompensationTest::new(settings.seed).surrogates(settings.replicates.saturating_sub(1).max(1));
    let compensation = match test.test(drives) {
        Err(Error::TooFew { .. } | Error::Constant { .. }) => None,
        found => Some(found?),
    };
    Ok(Balance { evenness: drives.evenness(), compensation })
}

/// Contact, flight and step time, and each contributor's peak, of neighbouring accepted steps of a left and a right foot.
fn side_differences(trial: &TrialStudy) -> Result<Vec<SideDifference>> {
    let pairs = pairs(&trial.steps);
    let steps = trial.steps.all();
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let time = |quantity, of: fn(&Step) -> f64| compared(quantity, "s", &pairs, |i| finite(of(&steps[i])));
    let mut found = Vec::new();
    found.extend(time(SideQuantity::ContactTime, Step::contact_s)?);
    found.extend(time(SideQuantity::FlightTime, Step::flight_s)?);
    found.extend(time(SideQuantity::StepTime, Step::duration_s)?);
    for (k, contributor) in trial.convergence.iter().flat_map(|session| &session.contributors).enumerate() {
        let peak = |i| peak(trial.convergence.as_ref()?, i, k);
        found.extend(compared(
            SideQuantity::Peak(contributor.name.clone()),
            &contributor.unit,
            &pairs,
            peak,
        )?);
    }
    Ok(found)
}

/// Height of a contributor's peak in the step at this position.
fn peak(session: &Session, step: usize, contributor: usize) -> Option<f64> {
    let step = session.steps.iter().find(|used| used.source == step)?;
    Some(step.peaks[contributor].ok()?.value)
}

/// Positions of the left and the right step of each pair of neighbours; a step belongs to one pair.
fn pairs(steps: &Steps) -> Vec<[usize; 2]> {
    let mut found = Vec::new();
    let mut i = 0;
    while let Some([first, second]) = steps.all().get(i..i + 2) {
        let follows = first.end_s == second.start_s() && first.side() != second.side();
        if follows && first.accepted() && second.accepted() {
            found.push(if first.side() == Side::Left { [i, i + 1] } else { [i + 1, i] });
            i += 2;
        } else {
            i += 1;
        }
    }
    found
}

/// One quantity on both sides, over the pairs that have it twice; `None` without any.
fn compared(
    quantity: SideQuantity,
    unit: &str,
    pairs: &[[usize; 2]],
    of: impl Fn(usize) -> Option<f64>,
) -> Result<Option<SideDifference>> {
    let both = pairs.iter().filter_map(|[left, right]| Some((of(*left)?, of(*right)?)));
    let both: Vec<(f64, f64)> = both.filter(|(l, r)| Symmetry::new(Sides::new(*l, *r)).is_some()).collect();
    if both.is_empty() {
        return Ok(None);
    }
    let n = both.len() as f64;
    let indices: Vec<f64> =
        both.iter().filter_map(|(l, r)| Some(Symmetry::new(Sides::new(*l, *r))?.index)).collect();
    let mut index = t_interval(&indices, LEVEL)?;
    // Of two amounts above 0, one is never more than twice their mean.
    if both.iter().all(|(left, right)| *left >= 0.0 && *right >= 0.0) {
        index = index.within(-2.0, 2.0);
    }
    Ok(Some(SideDifference {
        quantity,
        unit: unit.into(),
        left: both.iter().map(|(left, _)| left / n).sum(),
        right: both.iter().map(|(_, right)| right / n).sum(),
        index,
    }))
}
