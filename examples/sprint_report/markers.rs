//! Recordings of markers: TRC with a force file, or C3D with its own plates.

use crate::arguments::Arguments;
use crate::input::{moved, read as read_csv};
use copeak::{
    Signal,
    model::{Body, MarkerSet},
    recording::{
        Channel, Recording,
        c3d::read_c3d_file,
        opensim::{read_mot_file, read_trc_file},
    },
};
use std::{error::Error, path::Path};

fn extension(file: &Path) -> String {
    file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase()
}

/// Whether the file holds markers.
pub fn has(file: &Path) -> bool {
    ["trc", "c3d"].contains(&extension(file).as_str())
}

/// Markers, force under each foot, and where they are known joint angles.
pub fn read(
    file: &Path,
    force: Option<&Path>,
    offset_s: f64,
    arguments: &Arguments,
) -> Result<Recording, Box<dyn Error>> {
    let located = |e: &dyn Error| format!("{}: {e}", file.display());
    let (mut recording, plates) = if extension(file) == "c3d" {
        let c3d = read_c3d_file(file).map_err(|e| located(&e))?;
        let plates = if c3d.plates.is_empty() { None } else { Some((c3d.vertical_force()?, c3d.force()?)) };
        let mut markers = Recording::new(c3d.recording.name.clone());
        markers.channels =
            c3d.recording.channels.into_iter().filter(|c| ["m", "mm"].contains(&c.unit.as_str())).collect();
        (markers, plates)
    } else {
        (read_trc_file(file).map_err(|e| located(&e))?.recording, None)
    };
    let beside = file.with_file_name("static.trc");
    let standing = arguments.standing.as_deref().or(Some(beside.as_path()).filter(|p| p.is_file()));
    if let Some(standing) = standing {
        let trial = read_trc_file(standing).map_err(|e| format!("{}: {e}", standing.display()))?;
        recording.standing = trial.recording.mean_markers();
    }
    let set = MarkerSet::detect(recording.markers())
        .ok_or_else(|| format!("{}: its markers are of no known set", file.display()))?;
    let body = Body::of(&recording, &set, arguments.sex).map_err(|e| located(&e))?;
    let (way, _) = body.moment(0, |_| true);
    recording.push(Channel::new("pelvis_x", "m", way))?;

    let default =
        file.with_file_name(format!("{}_grf.mot", file.file_stem().unwrap_or_default().to_string_lossy()));
    let force = force.or(Some(default.as_path()).filter(|p| plates.is_none() && p.is_file()));
    let has_angles = matches!(force, Some(force) if extension(force) == "csv");
    if !has_angles {
        for channel in body.leg_angles() {
            recording.push(channel)?;
        }
    }
    match (force, plates) {
        (Some(force), _) if extension(force) == "csv" => {
            for mut channel in read_csv(force)?.channels {
                channel.signal = moved(&channel.signal, offset_s)?;
                if recording.get(&channel.name).is_none() {
                    recording.push(channel)?;
                }
            }
        }
        (Some(force), _) => {
            let file = read_mot_file(force).map_err(|e| format!("{}: {e}", force.display()))?.recording;
            let [x, y, z] = ["vx", "vy", "vz"].map(|end| total(&file, end));
            let (Some(x), Some(y), Some(z)) = (x, y, z) else {
                return Err(format!("{}: no force (columns ending in vx, vy, vz)", force.display()).into());
            };
            let axes = [x, y, z];
            let [up, forward] = [1, 0].map(|row| turned(&axes, &body.axes[row]));
            add(&mut recording, &body, &moved(&up, offset_s)?, &moved(&forward, offset_s)?)?;
        }
        (None, Some((up, axes))) => add(&mut recording, &body, &up, &turned(&axes, &body.axes[0]))?,
        (None, None) => {}
    }
    Ok(recording)
}

/// Sum of all forces along one axis of the file.
fn total(file: &Recording, end: &str) -> Option<Signal> {
    let mut all = file.channels.iter().filter(|c| c.unit == "N" && c.name.ends_with(end)).map(|c| &c.signal);
    let first = all.next()?.clone();
    Some(all.fold(first, |sum, one| {
        sum.with_samples(sum.samples().iter().zip(one.samples()).map(|(a, b)| a + b).collect())
    }))
}

fn turned(axes: &[Signal; 3], row: &[f64; 3]) -> Signal {
    let [x, y, z] = axes;
    let all = x.samples().iter().zip(y.samples()).zip(z.samples());
    x.with_samples(all.map(|((x, y), z)| row[0] * x + row[1] * y + row[2] * z).collect())
}

fn add(recording: &mut Recording, body: &Body, up: &Signal, forward: &Signal) -> Result<(), Box<dyn Error>> {
    for channel in body.feet(up) {
        recording.push(channel)?;
    }
    recording.push(Channel::new("grf_forward", "N", forward.clone()))?;
    Ok(())
}
