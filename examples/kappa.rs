//! Whether the forces peak together in a recording, or in a simulated sprint where none is given.
//!
//! ```text
//! cargo run --release --example kappa -- [FILE.csv]
//! ```

use copeak::recording::csv;
use copeak::simulate::Sprinter;
use copeak::study::Study;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let trial = match std::env::args_os().nth(1) {
        Some(file) => csv::read(file)?,
        None => {
            let sprinter = Sprinter::at_speed(9.5).steps(14).every_jitter_s(0.004).angle_noise_deg(0.1);
            sprinter.seed(1).simulate()?.recording
        }
    };
    let study = Study::builder().trial(&trial).replicates(200).run()?;
    println!("{study}");
    println!("kappa {}", study.convergence()?.kappa);
    Ok(())
}
