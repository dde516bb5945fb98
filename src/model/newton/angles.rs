//! Angles of the legs in the plane of running.

use super::Body;
use crate::Signal;
use crate::event::Side;
use crate::geometry::{Vector, subtract};
use crate::recording::Channel;
use alloc::{format, vec::Vec};

impl Body {
    /// Returns the angles of both legs in the plane forward and up, as channels in degrees: `hip_flexion_l` (the thigh against the vertical),
    /// `knee_flexion_l` and `ankle_dorsiflexion_l` (the foot from heel to toe against the shank, 0 at a right angle), and those of the right
    /// leg; a leg without heel and toe has none. In the recording, they allow contacts to be found without force
    /// ([`crate::event::KinematicContacts`]) and the leg's sequence to be measured.
    ///
    /// A thigh that swings sideways or rotates is projected on that plane; relative to the pelvis, angles differ by the tilt of the
    /// pelvis.
    pub fn leg_angles(&self) -> Vec<Channel> {
        let mut channels = Vec::new();
        for side in [Side::Left, Side::Right] {
            let path = |name: &str| self.joints.get(&format!("{name}_{side}"));
            let all = [path("hip"), path("knee"), path("ankle"), path("heel"), path("toe")];
            let [Some(hip), Some(knee), Some(ankle), Some(heel), Some(toe)] = all else { continue };
            let frames = 0..hip.len();
            // Relative to straight down, forward positive.
            let lean = |from: &[Vector], to: &[Vector], i: usize| {
                let [forward, up, _] = subtract(to[i], from[i]);
                num_traits::Float::atan2(forward, -up).to_degrees()
            };
            let thigh: Vec<f64> = frames.clone().map(|i| lean(hip, knee, i)).collect();
            let shank: Vec<f64> = frames.clone().map(|i| lean(knee, ankle, i)).collect();
            let foot: Vec<f64> = frames.map(|i| lean(heel, toe, i)).collect();
            // The foot points forward, a right angle ahead of the shank.
            let less = |a: &[f64], b: &[f64], by: f64| -> Vec<f64> {
                a.iter().zip(b).map(|(a, b)| wrapped(a - b - by)).collect()
            };
            let knee_flexion = less(&thigh, &shank, 0.0);
            let dorsiflexion = less(&foot, &shank, 90.0);
            for (name, samples) in
                [("hip_flexion", thigh), ("knee_flexion", knee_flexion), ("ankle_dorsiflexion", dorsiflexion)]
            {
                let signal = Signal::new(self.clock, samples);
                channels.push(Channel::new(format!("{name}_{side}"), "deg", signal));
            }
        }
        channels
    }
}

/// Wraps an angle to (-180, 180] degrees.
fn wrapped(degrees: f64) -> f64 {
    let wrapped = degrees - 360.0 * num_traits::Float::floor((degrees + 180.0) / 360.0);
    if wrapped == -180.0 { 180.0 } else { wrapped }
}
