//! A simulated trial agrees with its truth: its force carries the body, and its drives peak at the stated times.

use copeak::event::{Contact, ForceContacts, Side};
use copeak::simulate::{Pulse, SimulatedTrial, Sprinter, sprinter_at_four_speeds};
use copeak::{Error, Signal};

const SPEEDS: [f64; 4] = [3.5, 5.2, 7.0, 9.5];
const G: f64 = 9.80665;

fn signal<'a>(trial: &'a SimulatedTrial, name: &str) -> &'a Signal {
    trial.recording.signal(name).unwrap()
}

fn lively(speed: f64) -> Sprinter {
    Sprinter::at_speed(speed)
        .steps(20)
        .every_jitter_s(0.004)
        .every_amplitude_scatter(0.05)
        .asymmetry_s(Pulse::SwingHip, 0.01)
        .amplitude_asymmetry(Pulse::Ankle, 0.1)
        .offset_s(Pulse::OppositeArm, 0.02)
        .serial_correlation(0.4)
}

#[test]
fn mean_vertical_force_over_contact_is_body_weight_times_step_over_contact_time() {
    for speed in SPEEDS {
        let trial = Sprinter::at_speed(speed).mass_kg(70.0).rate_hz(10_000.0).steps(2).simulate().unwrap();
        let force = signal(&trial, "grf_vertical_r");
        let step = trial.truth.steps[0].step;
        let samples = force.samples();
        let position = |t: f64| (force.clock().position(t).round()) as usize;
        let contact = &samples[position(step.start_s())..position(step.start_s() + step.contact_s())];
        let mean = contact.iter().sum::<f64>() / contact.len() as f64 / (70.0 * G);
        let expected = step.duration_s() / step.contact_s();
        assert!((mean / expected - 1.0).abs() < 2e-3, "{speed} m/s: {mean} BW, expected {expected}");
        let peak = contact.iter().fold(0.0f64, |a, &b| a.max(b)) / (70.0 * G);
        assert!((2.5..3.5).contains(&peak), "{speed} m/s: peak {peak} BW");
        // Nothing in flight, and no net fore-aft impulse over a stride.
        assert_eq!(samples[position(step.start_s() - 0.01)], 0.0);
        let forward = signal(&trial, "grf_forward_r").samples();
        let stride = &forward[position(step.start_s() - 0.02)..][..(step.stride_s * 1e4) as usize];
        let (net, total) = (stride.iter().sum::<f64>(), stride.iter().map(|x| x.abs()).sum::<f64>());
        assert!((net / total).abs() < 1e-3, "{speed} m/s: {net} of {total}");
        assert!(forward[position(step.start_s() + 0.2 * step.contact_s())] < 0.0, "brakes first");
    }
}

/// Returns the times at which the true force rises and falls through a threshold.
fn passages(trial: &SimulatedTrial, contact: &Contact, on: f64, off: f64) -> (f64, f64) {
    let side = contact.side();
    let middle = 0.5 * (contact.initial.time_s + contact.terminal.time_s);
    let bisect = |mut low: f64, mut high: f64, level: f64| {
        for _ in 0..60 {
            let t = 0.5 * (low + high);
            if trial.truth.vertical_force_n(side, t) < level { low = t } else { high = t }
        }
        0.5 * (low + high)
    };
    let up = bisect(contact.initial.time_s, middle, on);
    (up, bisect(contact.terminal.time_s - 1e-12, middle, off))
}

#[test]
fn contacts_found_by_force_are_the_true_ones() {
    for speed in SPEEDS {
        let trial =
            Sprinter::at_speed(speed).rate_hz(1000.0).force_noise_n(2.0).steps(10).simulate().unwrap();
        let mut found: Vec<Contact> = [Side::Right, Side::Left]
            .into_iter()
            .flat_map(|side| {
                let force = signal(&trial, &format!("grf_vertical_{side}"));
                ForceContacts::default().find(force, side).unwrap().contacts
            })
            .collect();
        found.sort_by(|a, b| a.initial.time_s.total_cmp(&b.initial.time_s));
        let truth = &trial.truth.contacts;
        assert_eq!(found.len(), truth.len(), "{speed} m/s");
        for (found, truth) in found.iter().zip(truth) {
            assert_eq!(found.side(), truth.side());
            let (up, down) = passages(&trial, truth, 50.0, 20.0);
            // The threshold lies late and early by a bias that depends on the force alone ...
            assert!((0.0..0.008).contains(&(up - truth.initial.time_s)), "{speed}");
            assert!((0.0..0.012).contains(&(truth.terminal.time_s - down)), "{speed}");
            // ... and the event lies at the threshold, within its uncertainty and 0.1 ms.
            for (event, at) in [(found.initial, up), (found.terminal, down)] {
                let miss = (event.time_s - at).abs();
                assert!(miss < 4.0 * event.se_s + 1e-4, "{speed}: {miss} se {}", event.se_s);
            }
        }
    }
}

#[test]
fn every_pulse_peaks_at_its_true_time() {
    for speed in SPEEDS {
        let trial = lively(speed).simulate().unwrap();
        for step in &trial.truth.steps {
            for pulse in Pulse::ALL {
                let velocity = |t: f64| trial.truth.velocity_deg_per_s(pulse, step.step.side(), t);
                let (at, peak) = (step.peak_s(pulse), step.peak_deg_per_s(pulse));
                assert!(peak > 0.0, "{speed} {pulse}");
                // Stationary to a tenth of a microsecond, and a maximum.
                let (before, after) = (velocity(at - 2e-5), velocity(at + 2e-5));
                let vertex = 1e-5 * (before - after) / (before - 2.0 * peak + after);
                assert!(vertex.abs() < 1e-7, "{speed} {pulse}: off by {vertex} s");
                assert!(before < peak && after < peak, "{speed} {pulse}");
            }
        }
    }
}

#[test]
fn the_true_peak_is_the_largest_where_one_looks_for_it() {
    for speed in SPEEDS {
        let trial = lively(speed).simulate().unwrap();
        for step in &trial.truth.steps {
            let cycle = step.step.stride_cycle();
            let leg = (step.step.start_s(), step.step.start_s() + step.step.contact_s() + 0.05);
            for pulse in Pulse::ALL {
                let (start, end) = if matches!(pulse, Pulse::Knee | Pulse::Ankle) {
                    leg
                } else {
                    (cycle.start_s, cycle.end_s)
                };
                let velocity = |i: u32| {
                    let t = start + (end - start) * f64::from(i) / 2000.0;
                    trial.truth.velocity_deg_per_s(pulse, step.step.side(), t)
                };
                let largest = (0..=2000).map(velocity).fold(f64::MIN, f64::max);
                assert!(largest <= step.peak_deg_per_s(pulse) * (1.0 + 1e-12), "{speed} {pulse}");
            }
        }
    }
}

#[test]
fn recorded_angles_are_the_integrals_of_the_true_velocities() {
    let trial = lively(9.5).rate_hz(1000.0).simulate().unwrap();
    for (name, pulse, support, sign) in [
        ("hip_flexion_r", Pulse::SupportHip, Side::Right, -1.0),
        ("hip_flexion_r", Pulse::SwingHip, Side::Left, 1.0),
        ("shoulder_flexion_l", Pulse::SupportArm, Side::Left, 1.0),
        ("shoulder_flexion_l", Pulse::OppositeArm, Side::Right, -1.0),
        ("trunk_rotation", Pulse::Trunk, Side::Right, 1.0),
        ("trunk_rotation", Pulse::Trunk, Side::Left, -1.0),
        ("knee_flexion_l", Pulse::Knee, Side::Left, -1.0),
        ("ankle_dorsiflexion_r", Pulse::Ankle, Side::Right, -1.0),
    ] {
        let angle = signal(&trial, name);
        let x = angle.samples();
        assert_eq!(trial.recording.channel(name).unwrap().unit, "deg");
        for i in (2..x.len() - 2).step_by(7) {
            // Five-point derivative.
            let slope = (x[i - 2] - 8.0 * x[i - 1] + 8.0 * x[i + 1] - x[i + 2]) / 12.0 * 1000.0;
            let truth = trial.truth.velocity_deg_per_s(pulse, support, angle.clock().time_s(i as f64));
            assert!((sign * slope - truth).abs() < 0.05, "{name} {i}: {slope} {truth}");
        }
    }
}

#[test]
fn settings_move_only_the_pulses_they_name() {
    let base = Sprinter::at_speed(7.0).steps(4);
    let plain = base.clone().simulate().unwrap().truth;
    let late = base.clone().offset_s(Pulse::OppositeArm, 0.02).amplitude(Pulse::Trunk, 1.5);
    let late = late.asymmetry_s(Pulse::Knee, 0.008).simulate().unwrap().truth;
    for (a, b) in plain.steps.iter().zip(&late.steps) {
        assert!((b.peak_s(Pulse::OppositeArm) - a.peak_s(Pulse::OppositeArm) - 0.02).abs() < 1e-12);
        assert_eq!(a.peak_s(Pulse::SupportArm), b.peak_s(Pulse::SupportArm));
        assert!((b.peak_deg_per_s(Pulse::Trunk) / a.peak_deg_per_s(Pulse::Trunk) - 1.5).abs() < 1e-9);
        let half = if a.step.side() == Side::Right { 0.004 } else { -0.004 };
        assert!((b.peak_s(Pulse::Knee) - a.peak_s(Pulse::Knee) - half).abs() < 1e-12);
    }
    let together = Pulse::CONTRIBUTORS
        .iter()
        .fold(base, |sprinter, &pulse| sprinter.peak_after_contact_s(pulse, 0.09))
        .simulate()
        .unwrap()
        .truth;
    for step in &together.steps {
        assert!((step.peak_s(Pulse::Trunk) - step.step.start_s() - 0.09).abs() < 1e-12);
    }
    // All at one instant: the sum of the peaks is reached, up to the phase grid.
    assert!(together.coincidence() > 0.998, "{}", together.coincidence());
    assert!(plain.coincidence() < 0.95, "{}", plain.coincidence());
}

#[test]
fn width_is_the_drives_width() {
    let above_half = |factor: f64| {
        let trial = Sprinter::at_speed(9.5).steps(1).width(Pulse::Trunk, factor).simulate().unwrap();
        let drive = trial.truth.drive_cycle(Pulse::Trunk, 0, 1000).unwrap();
        let peak = drive.iter().fold(0.0f64, |a, &b| a.max(b));
        drive.iter().filter(|y| **y > peak / 2.0).count()
    };
    assert!(above_half(0.8) < above_half(1.0) && above_half(1.0) < above_half(1.2));
}

#[test]
fn scatter_has_the_deviation_and_the_serial_correlation_asked_for() {
    let trial = Sprinter::at_speed(9.5)
        .steps(4000)
        .rate_hz(50.0)
        .every_jitter_s(0.003)
        .every_amplitude_scatter(0.05)
        .serial_correlation(0.5)
        .simulate()
        .unwrap();
    for pulse in Pulse::ALL {
        for parity in [0, 1] {
            let steps: Vec<_> = trial.truth.steps.iter().skip(parity).step_by(2).collect();
            let delay: Vec<f64> = steps.iter().map(|s| s.peak_s(pulse) - s.step.start_s()).collect();
            let height: Vec<f64> = steps.iter().map(|s| s.peak_deg_per_s(pulse)).collect();
            for (x, unit) in [(delay, 0.003), (height.clone(), 0.05 * mean(&height))] {
                let m = mean(&x);
                let z: Vec<f64> = x.iter().map(|x| (x - m) / unit).collect();
                let variance = mean(&z.iter().map(|z| z * z).collect::<Vec<_>>());
                let r1 = mean(&z.windows(2).map(|w| w[0] * w[1]).collect::<Vec<_>>()) / variance;
                // Four standard errors of 2000 values correlated 0.5.
                assert!((variance - 1.0).abs() < 0.17, "{pulse} {variance}");
                assert!((r1 - 0.5).abs() < 0.08, "{pulse} {r1}");
            }
        }
    }
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

#[test]
fn a_seed_repeats_and_noise_changes_no_step() {
    let trial = lively(9.5).angle_noise_deg(0.2).force_noise_n(5.0).simulate().unwrap();
    assert_eq!(trial, lively(9.5).angle_noise_deg(0.2).force_noise_n(5.0).simulate().unwrap());
    assert_ne!(trial, lively(9.5).angle_noise_deg(0.2).force_noise_n(5.0).seed(2).simulate().unwrap());
    assert_eq!(trial.truth, lively(9.5).simulate().unwrap().truth);
    // More noise on one channel leaves the others as they were.
    let more = lively(9.5).angle_noise_deg(0.2).force_noise_n(5.0).channel_noise("hip_flexion_r", 1.0);
    let more = more.simulate().unwrap();
    assert_eq!(signal(&trial, "hip_flexion_l"), signal(&more, "hip_flexion_l"));
    let added =
        signal(&more, "hip_flexion_r").samples().iter().zip(signal(&trial, "hip_flexion_r").samples());
    let power: Vec<f64> = added.map(|(a, b)| (a - b) * (a - b)).collect();
    // The same draws, five times as large.
    assert!((mean(&power).sqrt() - 0.8).abs() < 0.06, "{}", mean(&power));
    // Fewer steps are the beginning of more.
    let short = lively(9.5).steps(6).simulate().unwrap().truth;
    assert_eq!(short.steps[..], trial.truth.steps[..6]);
}

#[test]
fn the_recording_has_the_channels_that_the_programs_read() {
    let trial = Sprinter::at_speed(7.0).steps(3).rate_hz(200.0).force_rate_hz(1000.0).simulate().unwrap();
    let names: Vec<&str> = trial.recording.names().collect();
    for joint in ["hip_flexion", "knee_flexion", "ankle_dorsiflexion", "shoulder_flexion", "elbow_flexion"] {
        for side in ["r", "l"] {
            assert!(names.contains(&format!("{joint}_{side}").as_str()));
        }
    }
    for name in ["pelvis_rotation", "trunk_rotation", "pelvis_x", "grf_forward_l", "grf_vertical_r"] {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(signal(&trial, "grf_vertical_r").clock().rate().as_hz(), 1000.0);
    let x = signal(&trial, "pelvis_x");
    assert_eq!(x.clock().rate().as_hz(), 200.0);
    assert!((x.samples()[100] - x.samples()[0] - 3.5).abs() < 1e-9);
    // Three whole cycles, and a contact before and after them.
    assert_eq!((trial.truth.steps.len(), trial.truth.contacts.len()), (3, 5));
    for step in &trial.truth.steps {
        let cycle = step.step.stride_cycle();
        assert!(x.covers(cycle.start_s, cycle.end_s));
    }
}

#[test]
fn the_four_speeds_are_a_story() {
    let trials = sprinter_at_four_speeds().unwrap();
    let speeds: Vec<f64> = trials.iter().map(|t| t.recording.speed_mps.unwrap()).collect();
    assert_eq!(speeds, SPEEDS);
    let coincidence: Vec<f64> = trials.iter().map(|t| t.truth.coincidence()).collect();
    // Closer with speed, and apart again where one arm is late.
    assert!(coincidence[..3].windows(2).all(|w| w[0] < w[1]), "{coincidence:?}");
    assert!(coincidence[3] < coincidence[2] - 0.03, "{coincidence:?}");
}

#[test]
fn configurations_out_of_range_are_errors_that_name_the_setting() {
    let base = || Sprinter::at_speed(9.5);
    let parameter = |sprinter: Sprinter, part: &str| {
        let error = sprinter.simulate().unwrap_err();
        assert!(matches!(error, Error::Parameter { .. }), "{error}");
        assert!(error.to_string().contains(part), "{error}");
    };
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        parameter(Sprinter::at_speed(bad), "speed");
        parameter(base().mass_kg(bad), "body mass");
        parameter(base().rate_hz(bad), "sample rate");
        parameter(base().force_rate_hz(bad), "sample rate");
        parameter(base().contact_s(bad), "contact time");
        parameter(base().stride_s(bad), "stride time");
        parameter(base().jitter_s(Pulse::Knee, bad), "timing jitter");
        parameter(base().offset_s(Pulse::Knee, bad), "pulse offset");
        parameter(base().amplitude(Pulse::Trunk, bad), "pulse amplitude");
        parameter(base().width(Pulse::Trunk, bad), "pulse width");
        parameter(base().amplitude_scatter(Pulse::Trunk, bad), "amplitude scatter");
        parameter(base().serial_correlation(bad), "serial correlation");
        parameter(base().angle_noise_deg(bad), "angle noise");
        parameter(base().force_noise_n(bad), "force noise");
        parameter(base().position_noise_m(bad), "position noise");
        parameter(base().channel_noise("pelvis_x", bad), "channel noise");
        parameter(base().asymmetry_s(Pulse::Trunk, bad), "pulse asymmetry");
        parameter(base().amplitude_asymmetry(Pulse::Trunk, bad), "amplitude asymmetry");
        parameter(base().peak_after_contact_s(Pulse::Trunk, bad), "pulse time");
    }
    parameter(base().steps(usize::MAX), "steps");
    parameter(base().steps(100_000).rate_hz(100_000.0), "samples of all steps");
    parameter(base().contact_s(0.24), "flight");
    parameter(base().every_jitter_s(0.05).steps(200), "jitter");
    assert!(matches!(base().steps(0).simulate(), Err(Error::TooFew { .. })));
    assert!(matches!(base().channel_noise("hip", 1.0).simulate(), Err(Error::Missing { .. })));
    // The same leg cannot extend and flex its hip at one instant.
    let crossed =
        base().peak_after_contact_s(Pulse::SupportHip, 0.2).peak_after_contact_s(Pulse::SwingHip, -0.03);
    assert!(matches!(crossed.simulate(), Err(Error::Undefined { .. })));
    // A weak arm whose other lobe is the larger one in some steps.
    let weak = base().amplitude(Pulse::OppositeArm, 0.75);
    assert!(weak.clone().simulate().is_ok());
    assert!(matches!(weak.every_amplitude_scatter(0.08).simulate(), Err(Error::Undefined { .. })));
    // A knee pulse after the window in which it is looked for.
    assert!(matches!(
        base().peak_after_contact_s(Pulse::Knee, 0.20).simulate(),
        Err(Error::Undefined { .. })
    ));
    let truth = base().simulate().unwrap().truth;
    assert!(truth.drive_cycle(Pulse::Knee, 99, 100).is_err());
    assert!(truth.drive_cycle(Pulse::Knee, 0, 1).is_err());
    assert!(matches!(truth.drive_cycle(Pulse::Knee, usize::MAX, 2), Err(Error::TooFew { .. })));
    assert!(matches!(truth.drive_cycle(Pulse::Knee, 0, usize::MAX), Err(Error::Parameter { .. })));
}
