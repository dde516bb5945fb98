//! One recording alone.

use super::contacts::{mass_kg, speed_mps};
use super::contributors::Modelled;
use super::sides::{balance, side_differences};
use super::{Balance, Caution, Closure, Contacts, ModelKind, SideDifference, StudyBuilder};
use crate::convergence::{ContactImpulse, Contribute, CycleKind, Cycles, Session};
use crate::event::{Contact, Method, Side};
use crate::inference::Bootstrap;
use crate::model::{LegChannel, MarkerSet, NewtonModel, leg_counts, leg_sequence};
use crate::recording::Recording;
use crate::sequence::Sequence;
use crate::stride::{Step, StepCriteria, Steps};
use crate::time::TimeSpan;
use crate::{Error, Result, Signal};
use alloc::{
    borrow::Cow,
    string::{String, ToString},
    vec::Vec,
};

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
