//! One self-contained page with figures from recordings (CSV), or from two simulated sprints where none is given.
//!
//! ```text
//! cargo run --release --example csv_to_html -- [FILE.csv]... > page.html
//! ```

use copeak::recording::{Recording, csv};
use copeak::report;
use copeak::simulate::{Pulse, Sprinter};
use copeak::study::Study;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut trials = std::env::args_os().skip(1).map(csv::read).collect::<Result<Vec<_>, _>>()?;
    if trials.is_empty() {
        // The second with one arm 40 ms later.
        trials = [simulated("usual", 0.0)?, simulated("late arm", 0.04)?].into();
    }
    // The first is what the others are compared with.
    let study = Study::builder().trials(&trials).reference(0).replicates(200).run()?;
    println!("{}", report::html(&study)?);
    Ok(())
}

fn simulated(name: &str, late_s: f64) -> Result<Recording, copeak::Error> {
    let sprinter = Sprinter::at_speed(9.5).steps(14).every_jitter_s(0.004).angle_noise_deg(0.1).seed(1);
    let mut recording = sprinter.offset_s(Pulse::OppositeArm, late_s).simulate()?.recording;
    recording.name = name.into();
    Ok(recording)
}
