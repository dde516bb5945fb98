//! The newton model compared with plates and with the joint-velocity model. Run it through `scripts/validate newton`.
//!
//! `FOLDER CUTOFF_HZ` prints one JSON object with all results of the recordings of FOLDER, `--body FILE STANDING|- CUTOFF_HZ MASS_KG`
//! the forces of one TRC file; `--figures FOLDER CUTOFF_HZ INTO` draws the figures of the documentation.

mod trials;

use crate::Error;
use copeak::model::{NewtonModel, Sex};
use copeak::recording::opensim::trc;
use serde_json::{Value, json};
use std::{ffi::OsString, path::Path};

/// Runs the study with the arguments that follow its name.
///
/// # Errors
/// Unknown arguments, or a failure of the study.
pub fn run(arguments: Vec<OsString>) -> Result<bool, Error> {
    let arguments: Vec<_> = arguments.iter().map(|a| a.to_string_lossy()).collect();
    let found = match arguments.iter().map(|a| &**a).collect::<Vec<_>>()[..] {
        ["--body", file, standing, cutoff, mass] => body(file, standing, cutoff, mass)?,
        ["--figures", folder, cutoff, into] => {
            trials::draw(Path::new(folder), cutoff.parse()?, Path::new(into))?
        }
        [folder, cutoff] => trials::found(Path::new(folder), cutoff.parse()?)?,
        _ => {
            return Err(
                "expected FOLDER CUTOFF_HZ, --body FILE STANDING|- CUTOFF_HZ MASS_KG or --figures FOLDER \
                        CUTOFF_HZ INTO"
                    .into(),
            );
        }
    };
    println!("{found}");
    Ok(true)
}

/// Forces of the groups in one TRC file, for comparison with another program.
fn body(file: &str, standing: &str, cutoff: &str, mass: &str) -> Result<Value, Error> {
    let mut trial = trc::read(file)?.recording;
    if standing != "-" {
        trial.standing = trc::read(standing)?.recording.mean_markers();
    }
    let newton = NewtonModel::new(cutoff.parse()?).sex(Sex::Male).mass_kg(mass.parse()?).apply(&trial)?;
    let clean = |x: &[f64]| x.iter().map(|v| Some(*v).filter(|v| v.is_finite())).collect::<Vec<_>>();
    let axis = |forces: &copeak::model::Forces| {
        let of = |group: &copeak::model::GroupForce| json!({ "n": clean(group.force.samples()), "se": group.se_n });
        json!({
            "left_leg": of(&forces.left_leg), "right_leg": of(&forces.right_leg),
            "arms": forces.arms.as_ref().map(of), "trunk_head": of(&forces.trunk_head), "total": of(&forces.total),
        })
    };
    Ok(json!({
        "rate_hz": newton.body.clock.rate().as_hz(), "start_s": newton.body.clock.start_s(),
        "vertical": axis(&newton.vertical), "forward": axis(&newton.forward),
        "softness_m": newton.body.softness, "axes": newton.body.axes, "notes": newton.notes,
        "centres": newton.body.segments.iter().map(|s| json!({
            "segment": s.segment, "side": s.side, "fraction": s.fraction,
            "mean": (0..3).map(|k| s.centre.iter().map(|c| c[k]).sum::<f64>() / s.centre.len() as f64).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    }))
}
