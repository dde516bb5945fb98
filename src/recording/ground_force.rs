//! The ground reaction force of plates that do not distinguish the feet.

#[cfg(feature = "io")]
use super::{ReadError, Recording, c3d::C3d, opensim::Mot};
use crate::Signal;
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

#[cfg(feature = "io")]
impl C3d {
    /// Returns the markers alone.
    pub fn markers(&self) -> Recording {
        let mut markers = Recording::new(self.recording.name.clone());
        let is_place = |unit: &str| ["m", "mm"].contains(&unit);
        markers.channels = self.recording.channels.iter().filter(|c| is_place(&c.unit)).cloned().collect();
        markers
    }

    /// Returns the force on all plates ([`C3d::force`], [`C3d::vertical_force`]); `None` without plates.
    ///
    /// # Errors
    /// As these.
    pub fn ground_force(&self) -> Result<Option<GroundForce>, ReadError> {
        if self.plates.is_empty() {
            return Ok(None);
        }
        Ok(Some(GroundForce { axes: self.force()?, up: Some(self.vertical_force()?) }))
    }
}

#[cfg(feature = "io")]
impl Mot {
    /// Returns the sum of all forces: columns in newtons that end in `vx`, `vy`, `vz`. `None` without any along one of the three.
    pub fn ground_force(&self) -> Option<GroundForce> {
        let total = |end: &str| {
            let mut all = self.recording.channels.iter().filter(|c| c.unit == "N" && c.name.ends_with(end));
            let first = all.next()?.signal.clone();
            Some(all.fold(first, |sum, c| {
                let both = sum.samples().iter().zip(c.signal.samples());
                sum.with_samples(both.map(|(a, b)| a + b).collect())
            }))
        };
        Some(GroundForce { axes: [total("vx")?, total("vy")?, total("vz")?], up: None })
    }
}
