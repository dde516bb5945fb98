//! A recording made ready: short gaps filled, then a zero-phase low-pass whose -3 dB point is the cut-off.
//!
//! ```text
//! cargo run --release --example filter_record
//! ```

use copeak::Filter;
use copeak::filter::{GapFill, ZeroPhase};
use copeak::simulate::Sprinter;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let trial = |noise_deg| Sprinter::at_speed(9.5).steps(12).angle_noise_deg(noise_deg).seed(3).simulate();
    let (clean, noisy) = (trial(0.0)?.recording, trial(0.5)?.recording);
    let name = "knee_flexion_r";
    let truth = clean.get(name).ok_or("no knee")?.signal.samples();
    let knee = noisy.get(name).ok_or("no knee")?;
    let rate = knee.signal.clock().rate();

    // A marker that was hidden for 40 ms and for 160 ms.
    let mut seen = knee.signal.samples().clone();
    for gap in [130..140, 262..302] {
        seen[gap].fill(f64::NAN);
    }
    let filled = GapFill::new(rate).repair(&seen)?;
    for gap in &filled.gaps {
        println!("samples {} to {}: {:?}", gap.gap.start, gap.gap.end, gap.outcome);
    }

    // What stays missing splits the recording: each part is filtered alone.
    let low_pass = ZeroPhase::low_pass(2, 15.0, rate)?;
    let mut smooth = filled.samples.clone();
    for part in smooth.chunk_by_mut(|a, b| a.is_nan() == b.is_nan()).filter(|part| !part[0].is_nan()) {
        let filtered = low_pass.apply(&*part)?;
        part.copy_from_slice(&filtered);
    }
    for (what, samples) in [("as recorded", &seen), ("gaps filled", &filled.samples), ("filtered", &smooth)] {
        let errors: Vec<f64> =
            samples.iter().zip(truth).map(|(x, t)| (x - t).powi(2)).filter(|e| e.is_finite()).collect();
        let rms = (errors.iter().sum::<f64>() / errors.len() as f64).sqrt();
        let missing = samples.len() - errors.len();
        println!("{what:<12} error {rms:.3} degrees (root mean square), {missing:2} samples missing");
    }
    Ok(())
}
