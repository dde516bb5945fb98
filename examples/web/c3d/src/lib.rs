//! C3D for the page: a separate module, loaded when such a file is opened, because computing a body from markers takes a
//! quarter of the code (154 of 613 kB), and most visitors open none.

#![forbid(unsafe_code)]

use copeak::model::{Body, MarkerSet, Sex};
use copeak::recording::c3d;
use copeak::recording::{Channel, Recording};
use wasm_bindgen::prelude::*;

/// Returns the results of the file's markers and plates: angles of hips, knees and ankles, and force under each foot.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn channels(bytes: &[u8]) -> Result<Vec<Channel>, String> {
    let c3d = c3d::read_from(bytes).map_err(|e| e.to_string())?;
    let plates =
        if c3d.plates.is_empty() { None } else { Some(c3d.vertical_force().map_err(|e| e.to_string())?) };
    let mut recording = Recording::new("");
    recording.channels =
        c3d.recording.channels.into_iter().filter(|c| ["m", "mm"].contains(&c.unit.as_str())).collect();
    let set = MarkerSet::detect(recording.markers())
        .ok_or("its markers are of no known set, so no joint angle can be computed")?;
    // Where a segment's mass lies depends on the sex; the angles and the feet that are taken here do not.
    let body = Body::from_markers(&recording, &set, Sex::Male).map_err(|e| e.to_string())?;
    Ok(body.leg_angles().into_iter().chain(plates.iter().flat_map(|up| body.feet(up))).collect())
}

/// The channels of a file, for JavaScript to hand on one by one.
#[wasm_bindgen]
pub struct Channels(Vec<Channel>);

#[wasm_bindgen]
impl Channels {
    /// Of a C3D file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(bytes: &[u8]) -> Result<Channels, JsError> {
        Ok(Self(channels(bytes).map_err(|e| JsError::new(&e))?))
    }

    /// Returns the number of channels.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Name of one.
    pub fn name(&self, i: usize) -> Option<String> {
        Some(self.0.get(i)?.name.clone())
    }

    /// Its unit.
    pub fn unit(&self, i: usize) -> Option<String> {
        Some(self.0.get(i)?.unit.clone())
    }

    /// Its samples a second.
    pub fn rate_hz(&self, i: usize) -> Option<f64> {
        Some(self.0.get(i)?.signal.clock().rate().as_hz())
    }

    /// Time of its first sample.
    pub fn start_s(&self, i: usize) -> Option<f64> {
        Some(self.0.get(i)?.signal.clock().start_s())
    }

    /// Its samples.
    pub fn samples(&self, i: usize) -> Option<Vec<f64>> {
        Some(self.0.get(i)?.signal.samples().clone())
    }
}
