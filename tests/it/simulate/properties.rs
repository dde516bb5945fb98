//! Whatever a sprinter is set to, it is refused or it is true to its word.

use crate::common::cases;
use copeak::simulate::{Pulse, Sprinter};
use proptest::prelude::*;

#[test]
fn every_speed_has_a_runner() {
    for tenths in 25..=120 {
        let speed = f64::from(tenths) / 10.0;
        let trial = Sprinter::at_speed(speed).steps(2).every_amplitude_scatter(0.03).simulate();
        assert!(trial.is_ok(), "{speed} m/s: {}", trial.unwrap_err());
    }
    assert!(Sprinter::at_speed(2.4).simulate().is_err());
    assert!(Sprinter::at_speed(12.1).simulate().is_err());
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_simulated_trial_is_an_error_or_agrees_with_its_truth(
        speed in 2.0..13.0f64,
        rate in 60.0..1200.0f64,
        steps in 1usize..6,
        jitter in 0.0..0.012f64,
        scatter in 0.0..0.1f64,
        rho in -0.9..0.9f64,
        offsets in prop::array::uniform7(-0.02..0.02f64),
        amplitudes in prop::array::uniform7(0.75..1.4f64),
        widths in prop::array::uniform7(0.7..1.4f64),
        asymmetry in -0.02..0.02f64,
        seed in any::<u64>(),
    ) {
        let mut sprinter = Sprinter::at_speed(speed)
            .rate_hz(rate)
            .steps(steps)
            .every_jitter_s(jitter)
            .every_amplitude_scatter(scatter)
            .serial_correlation(rho)
            .angle_noise_deg(0.1)
            .seed(seed);
        for (i, pulse) in Pulse::ALL.into_iter().enumerate() {
            sprinter = sprinter
                .offset_s(pulse, offsets[i])
                .amplitude(pulse, amplitudes[i])
                .width(pulse, widths[i])
                .asymmetry_s(pulse, asymmetry);
        }
        let trial = sprinter.simulate();
        prop_assume!(trial.is_ok());
        let trial = trial.unwrap();
        prop_assert_eq!(trial.truth.steps.len(), steps);
        prop_assert_eq!(trial.truth.contacts.len(), steps + 2);
        let span = trial.recording.span().unwrap();
        for channel in &trial.recording.channels {
            prop_assert!(channel.signal.samples().iter().all(|x| x.is_finite()), "{}", channel.name);
        }
        for step in &trial.truth.steps {
            let cycle = step.step.stride_cycle();
            prop_assert!(span.start_s <= cycle.start_s && cycle.end_s <= span.end_s);
            for pulse in Pulse::ALL {
                let velocity = |t: f64| trial.truth.velocity_deg_per_s(pulse, step.step.side(), t);
                let (at, peak) = (step.peak_s(pulse), step.peak_deg_per_s(pulse));
                let (before, after) = (velocity(at - 2e-5), velocity(at + 2e-5));
                let vertex = 1e-5 * (before - after) / (before - 2.0 * peak + after);
                prop_assert!(peak > before && peak > after && vertex.abs() < 2e-7, "{} {}", pulse, vertex);
            }
        }
    }
}
