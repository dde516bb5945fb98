//! Zero-phase filtering: what it refuses, what it leaves alone, and that it allocates nothing after set-up.

use crate::common::cases;
use crate::common::memory::{allocated_bytes, allocations};
use copeak::filter::{Butterworth, Filter, ZeroPhase};
use copeak::{Analysis, Error, Frame, Rate};
use proptest::prelude::*;
fn rate() -> Rate {
    Rate::from_hz(1000.0).unwrap()
}

fn wave(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i as f64 * 0.02).sin() + 0.1 * (i as f64 * 1.3).cos()).collect()
}

#[test]
fn into_a_buffer_it_allocates_nothing() {
    for order in [1, 2, 4, 12, 31] {
        let filter = ZeroPhase::low_pass(order, 50.0, rate()).unwrap();
        let (x, mut out) = (wave(5000), vec![0.0; 5000]);
        let mut workspace = filter.workspace();
        filter.apply_into(&x, &mut out, &mut workspace).unwrap();
        assert_eq!(
            allocations(|| filter.apply_into(&x, &mut out, &mut workspace).unwrap()),
            0,
            "order {order}"
        );
        assert_eq!(out, filter.apply(&x).unwrap());
        assert!(allocations(|| drop(filter.apply(&x))) > 0, "the counter counts");
    }
}

#[test]
fn beside_the_output_it_takes_a_mebibyte() {
    let long = vec![wave(300_000); 9];
    let short = vec![wave(12_000); 9];
    for order in [1, 4, 8] {
        // From parts side by side to whole records in blocks: each way its own scratch, all in one workspace.
        let filters = [250.0, 50.0, 6.0, 1.0].map(|hz| ZeroPhase::low_pass(order, hz, rate()).unwrap());
        let mut workspace = filters[0].workspace();
        let mut out = vec![vec![0.0; 300_000]; 9];
        let mut out_short = vec![vec![0.0; 12_000]; 9];
        // What was outgrown is counted too.
        let bytes = allocated_bytes(|| {
            for filter in &filters {
                filter.apply_channels_into(&long, &mut out, &mut workspace).unwrap();
                filter.apply_channels_into(&short, &mut out_short, &mut workspace).unwrap();
            }
        });
        assert!(bytes <= 3 << 20, "order {order}: {bytes} bytes");
        let narrow: Vec<f32> = long[0].iter().map(|x| *x as f32).collect();
        let (mut narrow_out, mut workspace) = (vec![0f32; narrow.len()], filters[2].workspace());
        let bytes =
            allocated_bytes(|| filters[2].apply_into(&narrow, &mut narrow_out, &mut workspace).unwrap());
        assert!(bytes <= 1 << 20, "order {order}, one record: {bytes}");
    }
}

#[test]
fn channels_together_are_bit_for_bit_channels_alone() {
    let filter = ZeroPhase::band_pass(3, 20.0, 90.0, rate()).unwrap();
    // Eight of one length, then eight of which one is shorter, then a rest of three.
    let lengths: Vec<usize> = (0..19).map(|c| if c == 12 { 500 } else { 700 }).collect();
    let channels: Vec<Vec<f64>> = lengths
        .iter()
        .enumerate()
        .map(|(c, n)| wave(*n).iter().map(|x| x * (c as f64 - 7.5)).collect())
        .collect();
    let alone: Vec<Vec<f64>> = channels.iter().map(|x| filter.apply(x).unwrap()).collect();
    assert_eq!(filter.apply_channels(&channels).unwrap(), alone);

    let mut out: Vec<Vec<f64>> = lengths.iter().map(|n| vec![0.0; *n]).collect();
    let mut workspace = filter.workspace();
    filter.apply_channels_into(&channels, &mut out, &mut workspace).unwrap();
    assert_eq!(allocations(|| filter.apply_channels_into(&channels, &mut out, &mut workspace).unwrap()), 0);
    assert_eq!(out, alone);

    let columns = ndarray::Array2::from_shape_fn((300, 8), |(i, c)| (i as f64 * 0.1 + c as f64).sin());
    let mut found = ndarray::Array2::<f64>::zeros((300, 8));
    let views: Vec<_> = columns.columns().into_iter().collect();
    let mut places: Vec<_> = found.columns_mut().into_iter().collect();
    filter.apply_channels_into(&views, &mut places, &mut workspace).unwrap();
    for (column, found) in columns.columns().into_iter().zip(found.columns()) {
        assert_eq!(filter.apply(&column).unwrap(), found.to_vec());
    }

    let single: Vec<Vec<f32>> = channels.iter().map(|x| x.iter().map(|x| *x as f32).collect()).collect();
    let alone: Vec<Vec<f32>> = single.iter().map(|x| filter.apply(x).unwrap()).collect();
    assert_eq!(filter.apply_channels(&single).unwrap(), alone);
    assert!(filter.apply_channels::<Vec<f64>>(&[]).unwrap().is_empty());
}

#[test]
fn one_broken_channel_refuses_all() {
    let filter = ZeroPhase::low_pass(2, 50.0, rate()).unwrap();
    let mut channels = vec![wave(100); 10];
    channels[9][41] = f64::NAN;
    let mut out = vec![vec![7.0; 100]; 10];
    let mut workspace = filter.workspace();
    let refused = filter.apply_channels_into(&channels, &mut out, &mut workspace);
    assert!(matches!(refused, Err(Error::NonFinite { index: 41, .. })));
    assert!(out.iter().flatten().all(|y| y.is_nan()));
    channels[9].truncate(5);
    assert!(matches!(filter.apply_channels(&channels), Err(Error::TooFew { got: 5, .. })));
    let few = filter.apply_channels_into(&channels, &mut out[..9], &mut workspace);
    assert!(matches!(few, Err(Error::LengthMismatch { left: 10, right: 9, .. })));
}

#[test]
fn a_workspace_of_another_order_is_made_to_fit() {
    let (x, mut out) = (wave(500), vec![0.0; 500]);
    let mut workspace = ZeroPhase::low_pass(2, 50.0, rate()).unwrap().workspace();
    for order in [9, 1, 4] {
        let filter = ZeroPhase::high_pass(order, 50.0, rate()).unwrap();
        filter.apply_into(&x, &mut out, &mut workspace).unwrap();
        assert_eq!(out, filter.apply(&x).unwrap());
    }
}

#[test]
fn short_and_broken_records_are_refused() {
    let filter = ZeroPhase::low_pass(4, 50.0, rate()).unwrap();
    assert_eq!(filter.pad_len::<f64>(), 15);
    assert_eq!(ZeroPhase::band_pass(4, 50.0, 90.0, rate()).unwrap().pad_len::<f64>(), 27);
    for n in [0, 1, 15] {
        let short = filter.apply(&wave(n)).unwrap_err();
        assert!(matches!(short, Error::TooFew { needed: 16, got, .. } if got == n), "{short}");
    }
    assert!(filter.apply(&wave(16)).is_ok());
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut x = wave(100);
        x[37] = bad;
        x[80] = bad;
        assert!(matches!(filter.apply(&x), Err(Error::NonFinite { index: 37, .. })));
        assert!(matches!(filter.analyze(&x), Err(Error::NonFinite { index: 37, .. })));
        let mut out = vec![7.0; 100];
        assert!(filter.apply_into(&x, &mut out, &mut filter.workspace()).is_err());
        assert!(out.iter().all(|y| y.is_nan()), "a refused call must leave the output alone");
        let frames: Vec<_> = x.iter().map(|x| Frame([1.0, *x])).collect();
        assert!(matches!(filter.apply(&frames), Err(Error::NonFinite { index: 37, .. })));
    }
    let mismatch = filter.apply_into(&wave(100), &mut [0.0; 99], &mut filter.workspace());
    assert!(matches!(mismatch, Err(Error::LengthMismatch { left: 100, right: 99, .. })));
}

#[test]
fn a_ramp_passes_unchanged_and_a_level_too() {
    // Odd extension continues a straight line, and a low-pass of two passes has no delay.
    let filter = ZeroPhase::low_pass(3, 50.0, rate()).unwrap();
    let ramp: Vec<f64> = (0..400).map(|i| 3.0 - 0.25 * f64::from(i)).collect();
    for (y, x) in filter.apply(&ramp).unwrap()[150..250].iter().zip(&ramp[150..]) {
        assert!((y - x).abs() < 1e-9, "{y} {x}");
    }
    for y in filter.apply(&[1e6f64; 200]).unwrap() {
        assert!((y - 1e6).abs() < 1e-6);
    }
    for y in ZeroPhase::high_pass(3, 50.0, rate()).unwrap().apply(&[1e6f64; 200]).unwrap() {
        assert!(y.abs() < 1e-6);
    }
}

#[test]
fn single_precision_samples_lose_only_their_own_rounding() {
    let x: Vec<f32> = wave(2000).iter().map(|x| *x as f32).collect();
    let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    for cutoff in [1.0, 5.0, 50.0] {
        let filter = ZeroPhase::low_pass(4, cutoff, rate()).unwrap();
        let expected = filter.apply(&wide).unwrap();
        for (y, e) in filter.apply(&x).unwrap().iter().zip(expected) {
            assert!((f64::from(*y) - e).abs() < 3e-7, "{cutoff} Hz: {y} {e}");
        }
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn time_reversal_does_no_harm_in_the_middle(x in prop::collection::vec(-10.0f64..10.0, 600)) {
        let filter = ZeroPhase::low_pass(2, 60.0, rate()).unwrap();
        let forward = filter.apply(&x).unwrap();
        let mut backward = filter.apply(&x.iter().rev().copied().collect::<Vec<_>>()).unwrap();
        backward.reverse();
        for i in 200..400 {
            prop_assert!((forward[i] - backward[i]).abs() < 1e-9);
        }
    }

    #[test]
    fn filtering_is_linear(
        x in prop::collection::vec(-10.0f64..10.0, 80),
        y in prop::collection::vec(-10.0f64..10.0, 80),
        gain in -3.0f64..3.0,
    ) {
        let filter = ZeroPhase::single_pass_cutoff(Butterworth::band_stop(2, 40.0, 60.0, rate()).unwrap().cascade().unwrap());
        let sum: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x + gain * y).collect();
        let (fx, fy) = (filter.apply(&x).unwrap(), filter.apply(&y).unwrap());
        for (i, s) in filter.apply(&sum).unwrap().iter().enumerate() {
            prop_assert!((s - (fx[i] + gain * fy[i])).abs() < 1e-10);
        }
    }
}
