//! Recordings of markers: TRC with a force file, or C3D with its own plates.

use super::arguments::Arguments;
use super::input::{angles, moved};
use crate::read::format;
use copeak::recording::{
    Recording, c3d,
    opensim::{mot, trc},
};
use std::{error::Error, path::Path};

/// Whether the file holds markers.
pub fn has(file: &Path) -> bool {
    matches!(format(file), Some("trc" | "c3d"))
}

/// Markers, and the force of plates or under each foot.
pub fn read(
    file: &Path,
    force: Option<&Path>,
    offset_s: f64,
    arguments: &Arguments,
) -> Result<Recording, Box<dyn Error>> {
    let (mut recording, plates) = if format(file) == Some("c3d") {
        let c3d = c3d::read(file)?;
        let plates = c3d.ground_force().map_err(|e| format!("{}: {e}", file.display()))?;
        (c3d.markers(), plates)
    } else {
        (trc::read(file)?.recording, None)
    };
    let beside = file.with_file_name("static.trc");
    let standing = arguments.standing.as_deref().or(Some(beside.as_path()).filter(|p| p.is_file()));
    if let Some(standing) = standing {
        let trial = trc::read(standing)?;
        recording.standing = trial.recording.mean_markers();
    }

    let default =
        file.with_file_name(format!("{}_grf.mot", file.file_stem().unwrap_or_default().to_string_lossy()));
    let force = force.or(Some(default.as_path()).filter(|p| plates.is_none() && p.is_file()));
    let plates = match force {
        // A table has the force of each foot, and its own angles.
        Some(force) if format(force) == Some("csv") => {
            for mut channel in angles(force)?.channels.into_iter().filter(|c| c.name != "pelvis_x") {
                channel.signal = moved(&channel.signal, offset_s)?;
                recording.push(channel)?;
            }
            None
        }
        Some(force) => {
            let file = mot::read(force)?;
            let none = || format!("{}: no force (columns ending in vx, vy, vz)", force.display());
            let mut plates = file.ground_force().ok_or_else(none)?;
            for axis in &mut plates.axes {
                *axis = moved(axis, offset_s)?;
            }
            Some(plates)
        }
        None => plates,
    };
    recording.ground_force = plates;
    Ok(recording)
}
