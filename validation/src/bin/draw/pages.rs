//! Draws the figures of the module pages from a simulated sprinter: contacts, bands, peaks, and a shortfall split.
//!
//! `cargo run --release --example draw_pages -- docs` writes `contacts.svg`, `bands.svg`, `prominence.svg` and `shortfall.svg` into
//! that folder.

use copeak::ensemble::CurveBand;
use copeak::event::{ForceContacts, Side};
use copeak::filter::{Filter, ZeroPhase};
use copeak::peak::PeakFinder;
use copeak::recording::Recording;
use copeak::report::figure;
use copeak::simulate::{Pulse, Sprinter};
use copeak::stride::normalize;
use copeak::time::TimeSpan;
use copeak::{Clock, Signal};
use std::error::Error;
use std::path::Path;

type Failure = Box<dyn Error>;

pub fn main(folder: &Path) -> Result<(), Failure> {
    let figures = [
        ("contacts", contacts()?),
        ("bands", bands()?),
        ("prominence", prominence()?),
        ("shortfall", shortfall()?),
    ];
    for (name, drawn) in figures {
        std::fs::write(folder.join(format!("{name}.svg")), figure::standalone(&drawn))?;
    }
    Ok(())
}

/// Vertical force of both feet, and the contacts found in it.
fn contacts() -> Result<String, Failure> {
    let sprinter = Sprinter::at_speed(7.0).steps(6).force_rate_hz(1000.0).force_noise_n(5.0).seed(1);
    let trial = sprinter.simulate()?.recording;
    let (mut forces, mut found) = (Vec::new(), Vec::new());
    for side in [Side::Left, Side::Right] {
        let force = trial.get(&format!("grf_vertical_{side}")).ok_or("no force")?;
        found.extend(ForceContacts::default().find(&force.signal, side)?.contacts);
        forces.push(force);
    }
    Ok(figure::events("Contacts of a simulated runner at 7 m/s, from the vertical force", &forces, &found)?)
}

/// Strides' mean and its two bands.
fn bands() -> Result<String, Failure> {
    let trial = Sprinter::at_speed(5.2)
        .steps(24)
        .every_jitter_s(0.02)
        .every_amplitude_scatter(0.08)
        .seed(3)
        .simulate()?;
    let knee = trial.recording.signal("knee_flexion_r")?;
    let curves: Vec<Vec<f64>> = (trial.truth.steps.iter().map(|s| s.step))
        .filter(|step| step.side() == Side::Right)
        .map(|step| TimeSpan { start_s: step.start_s(), end_s: step.start_s() + step.stride_s })
        .filter(|window| knee.covers(window.start_s, window.end_s))
        .map(|window| normalize(knee, window, 101))
        .collect::<Result<_, _>>()?;
    let band = CurveBand::new(1).of(&curves)?;
    let title = "Knee of a simulated runner at 5.2 m/s: mean stride and its bands";
    Ok(figure::ensemble(title, "knee flexion (deg)", "stride", &[("right knee", &band)])?)
}

/// Peaks that stand out by at least 20 degrees, and by how much.
fn prominence() -> Result<String, Failure> {
    let sprinter = Sprinter::at_speed(5.2).steps(8).every_jitter_s(0.005).angle_noise_deg(0.2).seed(4);
    let trial: Recording = sprinter.simulate()?.recording;
    let knee = trial.signal("knee_flexion_r")?;
    let clock: Clock = knee.clock();
    let smooth = ZeroPhase::low_pass(2, 15.0, clock.rate())?.apply(knee.samples())?;
    let peaks = PeakFinder::new().prominence(20.0).find(&smooth)?;
    let places = || peaks.indices.iter().map(|&index| clock.time_s(index as f64)).zip(&peaks.heights);
    let bars = places().zip(&peaks.prominences).flat_map(|((t, height), prominence)| {
        // A NaN ends each bar.
        [(t, height - prominence.value), (t, *height), (t, f64::NAN)]
    });
    let title = "Knee flexion of a simulated runner: peaks and how far they stand out";
    let plot = figure::Plot::new(title, "time (s)", "knee flexion (deg)")
        .signal("knee", &Signal::new(clock, smooth.as_slice()))
        .curve("prominence of at least 20 deg", bars)
        .dots("peak", places().map(|(t, height)| (t, *height)));
    Ok(plot.svg()?)
}

/// Two sessions against a reference: one arm late, one arm weak.
fn shortfall() -> Result<String, Failure> {
    let trial = |name: &str, sprinter: Sprinter| -> Result<Recording, Failure> {
        let sprinter =
            sprinter.steps(24).every_jitter_s(0.004).every_amplitude_scatter(0.03).angle_noise_deg(0.1);
        let mut recording = sprinter.simulate()?.recording;
        recording.name = name.into();
        Ok(recording)
    };
    let trials = [
        trial("reference", Sprinter::at_speed(9.5).seed(1))?,
        trial("one arm 60 ms late", Sprinter::at_speed(9.5).offset_s(Pulse::OppositeArm, 0.06).seed(2))?,
        trial("that arm 15 % weaker", Sprinter::at_speed(9.5).amplitude(Pulse::OppositeArm, 0.85).seed(3))?,
    ];
    let study = copeak::study::Study::builder().trials(&trials).reference(0).run()?;
    Ok(figure::shortfall(&study.comparisons)?)
}
