//! Puts the linker script where the linker looks, and a simulated sprint where the firmware reads it.

use copeak::simulate::{Pulse, Sprinter};
use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

const CHANNELS: [&str; 7] = [
    "hip_flexion_l",
    "hip_flexion_r",
    "shoulder_flexion_l",
    "shoulder_flexion_r",
    "trunk_rotation",
    "grf_vertical_l",
    "grf_vertical_r",
];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    fs::copy("memory.x", out.join("memory.x"))?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rerun-if-changed=memory.x");
    println!("cargo:rerun-if-changed=build.rs");
    let trial = Sprinter::at_speed(9.5)
        .steps(16)
        .every_jitter_s(0.004)
        .every_amplitude_scatter(0.04)
        .angle_noise_deg(0.1)
        .force_noise_n(3.0)
        .offset_s(Pulse::OppositeArm, 0.02)
        .seed(7)
        .simulate()?
        .recording;
    let channels: Vec<&[f64]> = CHANNELS
        .iter()
        .map(|name| trial.get(name).map(|c| c.signal.samples().as_slice()).ok_or(*name))
        .collect::<Result<_, _>>()?;
    let frames = channels[0].len();
    let mut text =
        format!("/// A simulated sprint, frame by frame.\npub static SPRINT: [[f32; 7]; {frames}] = [\n");
    for i in 0..frames {
        let frame: Vec<f32> = channels.iter().map(|c| c[i] as f32).collect();
        writeln!(text, "{frame:?},")?;
    }
    text.push_str("];\n");
    Ok(fs::write(out.join("sprint.rs"), text)?)
}
