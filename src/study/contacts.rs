//! Speed, mass and contacts of a recording.

use super::{Caution, ContactSource};
use crate::event::recorded::{by_angles, by_force, merged};
use crate::event::{Contact, Event, Feet, FootContacts, Side};
use crate::math::GRAVITY_MPS2;
use crate::recording::{Channel, Recording};
use crate::time::TimeSpan;
use crate::{Result, Samples, Signal};
use alloc::{format, string::ToString, vec::Vec};

/// Slopes outside these are no runner's speed: a pelvis that stands still on a treadmill, or a wrong clock or unit.
const SLOWEST_MPS: f64 = 0.5;
const FASTEST_MPS: f64 = 15.0;

/// Speed as given, else the slope of the pelvis' forward position (`pelvis_x`, m) over the recording, whichever way the
/// runner runs.
pub(super) fn speed_mps(recording: &Recording) -> Option<f64> {
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
pub(super) fn mass_kg(recording: &Recording, contacts: &[Contact]) -> Option<f64> {
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
