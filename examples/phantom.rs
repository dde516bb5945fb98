//! Writes a simulated sprint as CSV: `cargo run --example phantom -- 9.5 > sprint.csv` (speed in m/s; default 9.5).
//!
//! The columns are those that the other programs read. The true times stand in the truth, which a file cannot carry:
//! they go to standard error.

use copeak::phantom::{Pulse, Sprinter};
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let speed = std::env::args().nth(1).map_or(Ok(9.5), |v| v.parse())?;
    let trial = Sprinter::at_speed(speed)
        .every_jitter_s(0.004)
        .every_amplitude_scatter(0.04)
        .angle_noise_deg(0.15)
        .position_noise_m(0.001)
        .force_noise_n(8.0)
        .simulate()?;

    let channels = &trial.recording.channels;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    write!(out, "time_s")?;
    channels.iter().try_for_each(|c| write!(out, ",{}_{}", c.name, c.unit))?;
    writeln!(out)?;
    let clock = channels[0].signal.clock();
    for i in 0..channels[0].signal.samples().len() {
        write!(out, "{:.4}", clock.time_s(i as f64))?;
        channels.iter().try_for_each(|c| write!(out, ",{:.4}", c.signal.samples()[i]))?;
        writeln!(out)?;
    }

    for step in &trial.truth.steps {
        eprint!("{} {:.4}-{:.4} s:", step.step.side(), step.step.start_s(), step.step.end_s);
        for pulse in Pulse::ALL {
            eprint!(" {pulse} {:.4}", step.peak_s(pulse));
        }
        eprintln!();
    }
    Ok(())
}
