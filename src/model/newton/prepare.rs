//! Channels that a study needs, from a recording of markers.

use super::{Body, MarkerSet, NewtonModel};
use crate::recording::{Channel, Recording};
use crate::{Error, Result, Signal};
use alloc::vec::Vec;

/// The ground reaction force summed over plates that do not distinguish the feet, in newtons and the laboratory's axes x, y, z.
#[derive(Debug, Clone, PartialEq)]
pub struct GroundForce {
    /// Along the laboratory's axes.
    pub axes: [Signal; 3],
    /// The upward force, if the plates define it; otherwise it is taken along the body's upward axis.
    pub up: Option<Signal>,
}

impl GroundForce {
    /// Returns the force along a direction given in the laboratory's axes.
    pub fn along(&self, direction: [f64; 3]) -> Signal {
        let [x, y, z] = &self.axes;
        let all = x.samples().iter().zip(y.samples()).zip(z.samples());
        let samples: Vec<f64> =
            all.map(|((x, y), z)| direction[0] * x + direction[1] * y + direction[2] * z).collect();
        x.with_samples(samples)
    }
}

impl NewtonModel {
    /// Returns a recording of markers with what a study ([`crate::study::StudyBuilder`]) needs in addition: the path of the body's centre
    /// (`pelvis_x`), the legs' joint angles ([`Body::leg_angles`]) and, from plates, the force under each foot
    /// ([`Body::feet`]) and forwards (`grf_forward`). Channels that are already present are kept.
    ///
    /// ```no_run
    /// use copeak::{model::NewtonModel, recording::c3d};
    /// let trial = c3d::read("sprint.c3d")?;
    /// let ready = NewtonModel::new(15.0).prepare(trial.markers(), Some(&trial.ground_force()?))?;
    /// assert!(ready.get("grf_vertical_l").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`] when no known marker set is present; and as [`Body::from_markers`].
    pub fn prepare(&self, mut recording: Recording, force: Option<&GroundForce>) -> Result<Recording> {
        let body = Body::from_markers(&recording, &self.marker_set(&recording)?, self.sex)?;
        let (path, _) = body.moment(0, |_| true);
        let mut channels = body.leg_angles();
        channels.push(Channel::new("pelvis_x", "m", path));
        if let Some(force) = force {
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

#[cfg(feature = "io")]
mod files {
    use super::{GroundForce, Recording};
    use crate::recording::ReadError;
    use crate::recording::c3d::C3d;
    use crate::recording::opensim::Mot;

    impl C3d {
        /// Returns the markers alone.
        pub fn markers(&self) -> Recording {
            let mut markers = Recording::new(self.recording.name.clone());
            let is_place = |unit: &str| ["m", "mm"].contains(&unit);
            markers.channels =
                self.recording.channels.iter().filter(|c| is_place(&c.unit)).cloned().collect();
            markers
        }

        /// Returns the force on all plates ([`C3d::force`], [`C3d::vertical_force`]).
        ///
        /// # Errors
        /// As these.
        pub fn ground_force(&self) -> Result<GroundForce, ReadError> {
            Ok(GroundForce { axes: self.force()?, up: Some(self.vertical_force()?) })
        }
    }

    impl Mot {
        /// Returns the sum of all forces: columns in newtons that end in `vx`, `vy`, `vz`. `None` without any along one of the three.
        pub fn ground_force(&self) -> Option<GroundForce> {
            let total = |end: &str| {
                let mut all =
                    self.recording.channels.iter().filter(|c| c.unit == "N" && c.name.ends_with(end));
                let first = all.next()?.signal.clone();
                Some(all.fold(first, |sum, c| {
                    let both = sum.samples().iter().zip(c.signal.samples());
                    sum.with_samples(both.map(|(a, b)| a + b).collect())
                }))
            };
            Some(GroundForce { axes: [total("vx")?, total("vy")?, total("vz")?], up: None })
        }
    }
}
