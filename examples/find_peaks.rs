//! Peaks as `scipy.signal.find_peaks` finds them, with conditions on prominence and distance.
//!
//! ```text
//! cargo run --release --example find_peaks
//! ```

use copeak::Filter;
use copeak::filter::{CentralDifference, ZeroPhase};
use copeak::peak::PeakFinder;
use copeak::simulate::Sprinter;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let trial = Sprinter::at_speed(9.5).steps(14).angle_noise_deg(0.1).seed(1).simulate()?.recording;
    let hip = &trial.get("hip_flexion_r").ok_or("no hip")?.signal;
    let clock = hip.clock();
    let angle = ZeroPhase::low_pass(2, 15.0, clock.rate())?.apply(hip.samples())?;
    let velocity = CentralDifference::new(clock.rate()).apply(&angle)?;

    // At least 300 degrees/s above its surroundings, and 0.2 s from a higher peak.
    let distance = 0.2 * clock.rate().as_hz();
    let peaks = PeakFinder::new().prominence(300.0).distance(distance).find(&velocity)?;
    println!("time, s   degrees/s   prominence");
    for (&i, prominence) in peaks.indices.iter().zip(&peaks.prominences) {
        println!("{:7.3}   {:9.0}   {:10.0}", clock.time_s(i as f64), velocity[i], prominence.value);
    }
    Ok(())
}
