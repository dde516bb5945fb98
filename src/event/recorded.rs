//! The contacts of a recording, from the best channels that it has for them.

use super::{Feet, FootContacts, ForceContacts, KinematicContacts, LegAngles, Side};
use crate::recording::Recording;
use crate::{Error, Result, Signal};
use alloc::{
    format,
    string::{String, ToString},
};

impl Recording {
    /// Finds the contacts of both feet.
    ///
    /// Where the recording has vertical force under a foot (`grf_vertical_l` or `grf_vertical_r`, in N) and `grf_valid`, if there
    /// is one, is above ½, force decides; elsewhere the joint angles of the leg do (`hip_flexion`, `knee_flexion` and
    /// `ankle_dorsiflexion`, in deg).
    ///
    /// ```
    /// use copeak::{simulate::Sprinter, stride::StepCriteria};
    /// let trial = Sprinter::at_speed(9.5).steps(8).seed(1).simulate()?.recording;
    /// let steps = trial.feet()?.steps(&StepCriteria::default())?;
    /// assert_eq!((steps.all().len(), steps.accepted().count()), (10, 8));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoUsableChannel`] when a foot has neither force nor the angles of its leg, and the errors of
    /// [`ForceContacts::find_where`], [`KinematicContacts::find`] and [`FootContacts::merge`]: a channel that is there but cannot be used
    /// is an error.
    pub fn feet(&self) -> Result<Feet> {
        let foot = |side| {
            let none = || Error::NoUsableChannel {
                operation: "find contacts",
                needed: needed(side),
                present: self.names().map(ToString::to_string).collect(),
            };
            let (force, angles) = (by_force(self, side).transpose()?, by_angles(self, side).transpose()?);
            merged(force, angles)?.ok_or_else(none)
        };
        let feet = Feet::new(foot(Side::Left)?, foot(Side::Right)?)?;
        Ok(Feet { recorded: self.span()?, ..feet })
    }
}

fn needed(side: Side) -> String {
    format!(
        "vertical force channel (grf_vertical_{side}, in N) or joint angles (hip_flexion_{side}, knee_flexion_{side}, \
         ankle_dorsiflexion_{side}, in deg)"
    )
}

/// Takes force where there is a plate, and angles elsewhere.
pub(crate) fn merged(
    force: Option<FootContacts>,
    angles: Option<FootContacts>,
) -> Result<Option<FootContacts>> {
    match (force, angles) {
        (Some(force), Some(angles)) => force.merge(&angles).map(Some),
        (force, angles) => Ok(force.or(angles)),
    }
}

/// Finds the contacts of one foot from force; `None` without such a channel.
pub(crate) fn by_force(recording: &Recording, side: Side) -> Option<Result<FootContacts>> {
    let force = in_unit(recording, "grf_vertical", side, "N")?;
    let finder = ForceContacts::default();
    Some(match recording.get("grf_valid") {
        Some(valid) => finder.find_where(force, valid.signal.samples(), side),
        None => finder.find(force, side),
    })
}

/// Finds the contacts of one foot from joint angles; `None` without such channels.
pub(crate) fn by_angles(recording: &Recording, side: Side) -> Option<Result<FootContacts>> {
    let angle = |name| in_unit(recording, name, side, "deg");
    let leg = LegAngles {
        hip_flexion: angle("hip_flexion")?,
        knee_flexion: angle("knee_flexion")?,
        ankle_dorsiflexion: angle("ankle_dorsiflexion")?,
    };
    Some(KinematicContacts::default().find(&leg, side))
}

fn in_unit<'a>(recording: &'a Recording, name: &str, side: Side, unit: &str) -> Option<&'a Signal> {
    recording
        .get(&format!("{name}_{side}"))
        .filter(|channel| channel.unit == unit)
        .map(|channel| &channel.signal)
}
