//! Channels that a study needs, from a recording of markers.

use super::{Body, MarkerSet, NewtonModel};
use crate::recording::{Channel, Recording};
use crate::{Error, Result};

impl NewtonModel {
    /// Returns a recording of markers with what a study ([`crate::study::StudyBuilder`]) needs in addition: the path of the body's centre
    /// (`pelvis_x`), the legs' joint angles ([`Body::leg_angles`]) and, from plates ([`Recording::ground_force`]), the
    /// force under each foot ([`Body::feet`]) and forwards (`grf_forward`). Channels that are already present are kept. A study does this
    /// for every recording with markers and without joint angles.
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
    pub(super) fn marker_set(&self, recording: &Recording) -> Result<MarkerSet> {
        match &self.markers {
            Some(set) => Ok(set.clone()),
            None => MarkerSet::detect(recording.markers())
                .ok_or(Error::Missing { operation: "the newton model", what: "a known marker set" }),
        }
    }
}
