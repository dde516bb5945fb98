//! Crossings with hysteresis.

use super::*;
use crate::stage::Collect;
use crate::{Analysis, StageExt};
use alloc::vec::Vec;

fn switch() -> Hysteresis {
    Hysteresis::new(50.0, 20.0).unwrap()
}

fn found(design: Hysteresis, x: &[f64]) -> Vec<(Direction, f64)> {
    Collect(design).analyze(x).unwrap().iter().map(|c| (c.direction, c.position)).collect()
}

use Direction::{Down, Up};

#[test]
fn between_the_levels_nothing_turns() {
    let x = [0.0, 40.0, 60.0, 30.0, 60.0, 21.0, 10.0, 45.0, 0.0];
    assert_eq!(found(switch(), &x), [(Up, 1.5), (Down, 5.0 + 1.0 / 11.0)]);
}

#[test]
fn a_level_that_is_touched_counts_as_reached_upwards_only() {
    assert_eq!(found(switch(), &[0.0, 50.0, 20.0, 20.0]), [(Up, 1.0)]);
}

#[test]
fn a_record_that_starts_or_ends_high_has_one_crossing() {
    assert_eq!(found(switch(), &[90.0, 90.0, 10.0, 10.0]), [(Down, 1.875)]);
    assert_eq!(found(switch(), &[10.0, 90.0, 90.0, 90.0]), [(Up, 0.5)]);
    assert_eq!(found(switch(), &[30.0, 30.0, 30.0]), []);
    assert_eq!(found(switch(), &[]), []);
}

#[test]
fn phases_shorter_than_their_minimum_do_not_count() {
    let x = [0.0, 100.0, 100.0, 0.0, 0.0, 100.0, 100.0, 100.0, 100.0, 0.0, 100.0, 100.0, 0.0, 0.0];
    let design = switch().min_high(3.0);
    assert_eq!(found(design, &x), [(Up, 4.5), (Down, 8.8)]);
    let design = design.min_low(1.5);
    assert_eq!(found(design, &x), [(Up, 4.5), (Down, 11.8)]);
}

#[test]
fn a_minimum_is_measured_between_the_interpolated_crossings() {
    // High from 0.5 to 3.8: 3.3 samples.
    let x = [0.0, 100.0, 100.0, 100.0, 0.0, 0.0, 0.0];
    assert_eq!(found(switch().min_high(3.3), &x).len(), 2);
    assert_eq!(found(switch().min_high(3.31), &x).len(), 0);
}

#[test]
fn a_gap_makes_no_crossing_and_separates_the_stretches() {
    let x = [0.0, 100.0, f64::NAN, f64::NAN, 100.0, 0.0, f64::INFINITY, 0.0, 100.0, 100.0];
    let all = Collect(switch()).analyze(&x[..]).unwrap();
    let seen: Vec<_> = all.iter().map(|c| (c.direction, c.position, c.stretch)).collect();
    assert_eq!(seen, [(Up, 0.5, 0), (Down, 4.8, 1), (Up, 7.5, 2)]);
}

#[test]
fn a_gap_ends_a_low_phase_but_confirms_no_high_one() {
    let design = switch().min_high(3.0).min_low(3.0);
    assert_eq!(found(design, &[0.0, 100.0, 100.0, f64::NAN]), []);
    assert_eq!(found(design, &[100.0, 100.0, 0.0, f64::NAN]), [(Down, 1.8)]);
    assert_eq!(found(design, &[100.0, 100.0, 0.0]), [(Down, 1.8)]);
}

#[test]
fn slope_and_bend_are_those_of_the_samples_around() {
    let ramp: Vec<f64> = (0..40).map(|i| 7.0 * i as f64).collect();
    let c = Collect(switch().half_width(3.0)).analyze(&ramp).unwrap()[0];
    assert!((c.slope - 7.0).abs() < 1e-12 && c.bend < 1e-12, "{c:?}");
    assert_eq!((c.before, c.after), (49.0, 56.0));
    assert!((c.fraction() - 1.0 / 7.0).abs() < 1e-12);
    let parabola: Vec<f64> = (0..40).map(|i| (i * i) as f64).collect();
    let c = Collect(switch()).analyze(&parabola).unwrap()[0];
    assert_eq!((c.before, c.after, c.bend), (49.0, 64.0, 2.0));
    assert_eq!(c.slope, (64.0 - 36.0) / 2.0, "three nearest samples: 6, 7 and 8");
    let u = c.fraction();
    assert!((u - 1.0 / 15.0).abs() < 1e-12);
    let line = 2.0 / 15.0 / 8.0;
    let noise = 3.0 / 14.0;
    let se = (noise * noise * (u * u + (1.0 - u) * (1.0 - u)) + line * line).sqrt();
    assert!((c.se(3.0) - se).abs() < 1e-12);
    assert_eq!(Crossing { position: 7.5, bend: 0.0, ..c }.se(14.0), 0.5_f64.sqrt());
}

#[test]
fn a_wide_line_survives_the_ring_and_a_record_that_ends_early() {
    let wave: Vec<f64> = (0..400).map(|i| 100.0 * (i as f64 / 60.0).sin() + 5.0).collect();
    let wide = Collect(switch().half_width(1e9).min_high(100.0)).analyze(&wave).unwrap();
    assert_eq!(wide.len(), 2);
    assert!(wide.iter().all(|c| c.slope.abs() > 0.5 && c.slope.abs() < 2.0), "{wide:?}");
    let short = Collect(switch().half_width(30.0)).analyze(&[0.0, 80.0][..]).unwrap();
    assert_eq!(short[0].slope, 80.0);
}

#[test]
fn a_block_at_a_time_gives_the_same_crossings_to_the_bit() {
    let mut state = 1_u64;
    let mut draw = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let mut found = 0;
    for case in 0..300 {
        let mut level = 0.0_f64;
        let wild = [4, 40, 400][case % 3];
        let x: Vec<f64> = (0..draw(900))
            .map(|_| {
                if draw(wild) == 0 {
                    level = [0.0, 10.0, 20.0, 35.0, 50.0, 90.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY]
                        [draw(9) as usize];
                }
                level + draw(8) as f64
            })
            .collect();
        let design = switch()
            .min_high(draw(90) as f64 * 0.7)
            .min_low(draw(20) as f64 * 0.3)
            .half_width(draw(40) as f64 * 0.9);
        let slow = Collect(design).analyze(&x).unwrap();
        let mut whole = Vec::new();
        design.find_into(&x, &mut whole);
        assert_eq!(whole, slow);
        let (mut parts, mut state) = (Vec::new(), Stage::<f64>::initial_state(&design));
        for part in x.chunks(1 + draw(70) as usize) {
            design.scan(&mut state, part, |c| parts.push(c));
        }
        parts.extend(Flush::<f64>::flush(&design, &mut state).flatten());
        assert_eq!(parts, slow);
        found += slow.len();
    }
    assert!(found > 500, "{found}");
}

#[test]
fn a_level_between_two_single_precision_numbers_is_scanned_alike() {
    let near = 20.1_f32;
    let x: Vec<f32> = (0..400).map(|i| near + near * f32::EPSILON * ((i * 7 % 5) as f32 - 2.0)).collect();
    for off in [20.1, f64::from(near), 20.100_000_1, 20.099_999] {
        let design = Hysteresis::new(off, off).unwrap();
        let mut quick = Vec::new();
        design.find_into(&x, &mut quick);
        assert_eq!(quick, Collect(design).analyze(&x).unwrap(), "{off}");
    }
}

#[test]
fn a_single_precision_stream_gives_the_crossings_of_its_samples() {
    let mut live = switch().stream();
    let c = [0.0_f32, 25.0, 75.0, 80.0].iter().find_map(|&x| live.push(x)).unwrap();
    assert_eq!(c.position, 1.5);
}

#[test]
fn levels_out_of_order_or_not_finite_are_refused() {
    assert!(Hysteresis::new(20.0, 50.0).is_err());
    assert!(Hysteresis::new(f64::NAN, 20.0).is_err());
    assert!(Hysteresis::new(50.0, f64::NEG_INFINITY).is_err());
}

#[test]
fn negative_durations_and_nan_count_as_none() {
    assert_eq!(switch().min_high(-1.0).min_low(f64::NAN).half_width(-3.0), switch());
    assert_eq!(switch().half_width(f64::INFINITY), switch().half_width(30.0));
}
