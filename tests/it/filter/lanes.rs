//! However the zero-phase filter goes about it (whole records side by side, parts of one side by side, several threads,
//! other instructions), the result is that of the two plain passes, and the same bits whatever the company.

use copeak::filter::{Band, Butterworth, Cascade, Filter, Section, ZeroPhase};
use copeak::{Error, Rate, Stage, StageExt, SteadyState};

/// A cascade that does not say it is one, so that it is stepped sample by sample.
#[derive(Debug, Clone)]
struct Plain(Cascade);

impl Stage<f64> for Plain {
    type Output = f64;
    type State = <Cascade as Stage<f64>>::State;
    fn initial_state(&self) -> Self::State {
        Stage::<f64>::initial_state(&self.0)
    }
    fn process(&self, state: &mut Self::State, x: f64) -> f64 {
        self.0.process(state, x)
    }
}

impl SteadyState<f64> for Plain {
    fn steady_state(&self, level: f64) -> (Self::State, f64) {
        self.0.steady_state(level)
    }
    fn order(&self) -> usize {
        SteadyState::<f64>::order(&self.0)
    }
}

const RATE: f64 = 1000.0;

fn cascade(order: usize, band: Band) -> Cascade {
    Butterworth::new(order, band, Rate::from_hz(RATE).unwrap()).unwrap().cascade().unwrap()
}

/// Steps, a drift and noise, about a level far from zero.
fn wave(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..n)
        .map(|i| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let noise = (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
            3.0 + (i as f64 * 0.011).sin() + f64::from(u8::from(i / 700 % 2 == 1)) + noise + i as f64 * 1e-5
        })
        .collect()
}

fn plain(cascade: &Cascade, x: &[f64]) -> Vec<f64> {
    ZeroPhase::single_pass_cutoff(Plain(cascade.clone())).apply(x).unwrap()
}

/// The largest difference, relative to the largest sample of the record.
fn distance(x: &[f64], found: &[f64], expected: &[f64]) -> f64 {
    let largest = x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max) / largest
}

/// Low, high, band and stop, from 0.05 % to 45 % of the rate.
fn bands() -> Vec<Band> {
    let mut bands = vec![];
    for cutoff in [0.5, 1.0, 2.0, 5.0, 6.0, 10.0, 20.0, 50.0, 120.0, 250.0, 400.0, 450.0] {
        bands.extend([Band::Low(cutoff), Band::High(cutoff)]);
        if cutoff < 400.0 {
            bands.extend([Band::Pass(cutoff, 1.5 * cutoff + 1.0), Band::Stop(cutoff, 1.1 * cutoff + 1.0)]);
        }
    }
    bands
}

#[test]
fn every_path_is_within_1e_12_of_the_plain_one() {
    // Around the shortest record there is, the pad, the lanes, the blocks and the windows.
    let lengths = [40, 55, 1000, 1023, 1024, 4095, 7001, 16_384, 30_011, 65_543, 131_072];
    let records: Vec<_> = lengths.iter().map(|n| wave(*n, *n as u64)).collect();
    let (mut worst, mut cut) = (0.0f64, 0);
    for order in 1..=8 {
        for band in bands() {
            let cascade = cascade(order, band);
            let filter = ZeroPhase::single_pass_cutoff(&cascade);
            for x in &records {
                if x.len() <= filter.pad_len::<f64>() {
                    assert!(filter.apply(x).is_err());
                    continue;
                }
                let (found, expected) = (filter.apply(x).unwrap(), plain(&cascade, x));
                let distance = distance(x, &found, &expected);
                assert!(distance <= 1e-12, "order {order}, {band:?}, {} samples: {distance:e}", x.len());
                worst = worst.max(distance);
                cut += usize::from(found != expected);
            }
        }
    }
    println!("largest distance {worst:.1e}; {cut} results differ in some bit");
    assert!(cut > 0, "no record was cut: this proves nothing");
}

#[test]
fn more_sections_than_lanes_hold_and_windows() {
    let long = wave(700_003, 5);
    for (order, band) in
        [(4, Band::Low(50.0)), (2, Band::High(10.0)), (2, Band::Pass(20.0, 200.0)), (12, Band::Low(50.0))]
    {
        let cascade = cascade(order, band);
        let found = ZeroPhase::single_pass_cutoff(&cascade).apply(&long).unwrap();
        let distance = distance(&long, &found, &plain(&cascade, &long));
        assert!(distance <= 1e-12, "{order} {band:?} {distance:e}");
        assert!((distance == 0.0) == (order == 12), "more than four sections take the plain passes");
    }
}

#[test]
fn company_changes_no_bit() {
    for (order, band) in
        [(4, Band::Low(50.0)), (2, Band::Low(0.5)), (3, Band::Pass(20.0, 90.0)), (5, Band::High(6.0))]
    {
        let cascade = cascade(order, band);
        let filter = ZeroPhase::single_pass_cutoff(&cascade);
        for n in [100, 3000, 13_001, 30_011] {
            // Nineteen: two groups of eight and three left over; then one shorter one in their midst.
            for shorter in [false, true] {
                let mut channels: Vec<_> = (0..19).map(|c| wave(n, c)).collect();
                if shorter {
                    channels[10].truncate(n - 3);
                }
                let together = filter.apply_channels(&channels).unwrap();
                for (c, (x, y)) in channels.iter().zip(&together).enumerate() {
                    assert!(
                        *y == filter.apply(x).unwrap(),
                        "order {order}, {band:?}, {n} samples, channel {c}"
                    );
                }
            }
        }
    }
}

#[test]
fn chosen_instructions_change_no_bit() {
    for order in [1, 2, 4, 5, 7] {
        for band in [Band::Low(50.0), Band::High(6.0), Band::Stop(45.0, 55.0)] {
            let chosen = ZeroPhase::single_pass_cutoff(cascade(order, band));
            let baseline_only = chosen.clone().baseline_only();
            let channels: Vec<_> = (0..9).map(|c| wave(30_011, c)).collect();
            assert!(
                chosen.apply_channels(&channels).unwrap() == baseline_only.apply_channels(&channels).unwrap()
            );
            let short: Vec<_> = (0..9).map(|c| wave(777, c)).collect();
            assert!(chosen.apply_channels(&short).unwrap() == baseline_only.apply_channels(&short).unwrap());
            let single: Vec<f32> = channels[0].iter().map(|x| *x as f32).collect();
            assert!(chosen.apply(&single).unwrap() == baseline_only.apply(&single).unwrap());
        }
    }
}

#[test]
fn single_precision_is_rounded_once() {
    for band in bands() {
        let cascade = cascade(4, band);
        let filter = ZeroPhase::single_pass_cutoff(&cascade);
        for n in [100, 5000, 30_011, 70_001] {
            let channels: Vec<Vec<f32>> =
                (0..9).map(|c| wave(n, c).iter().map(|x| *x as f32).collect()).collect();
            let found = filter.apply_channels(&channels).unwrap();
            for (x, y) in channels.iter().zip(&found).take(2) {
                assert!(*y == filter.apply(x).unwrap(), "{band:?} {n}");
                let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
                let largest = wide.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
                for (y, e) in y.iter().zip(plain(&cascade, &wide)) {
                    // Half a unit in the last place, and what the paths may differ by.
                    let allowed = e.abs() * f64::from(f32::EPSILON) / 2.0 + 1e-12 * largest;
                    assert!((f64::from(*y) - e).abs() <= allowed, "{band:?}, {n} samples: {y} {e}");
                }
            }
        }
    }
}

#[test]
fn sections_in_arrays_and_rows_take_the_same_path() {
    let x = wave(30_011, 1);
    let design = Butterworth::low_pass(4, 50.0, Rate::from_hz(RATE).unwrap()).unwrap();
    let expected = ZeroPhase::single_pass_cutoff(design.cascade().unwrap()).apply(&x).unwrap();
    let [first, second]: [Section<f64>; 2] = design.sections().unwrap();
    assert!(ZeroPhase::single_pass_cutoff([first, second]).apply(&x).unwrap() == expected);
    assert!(ZeroPhase::single_pass_cutoff(first.then(second)).apply(&x).unwrap() == expected);
    // Sections whose memory is in single precision are stepped as they stand.
    let narrow: [Section<f32>; 2] = design.sections().unwrap();
    assert!(!SteadyState::<f32>::second_order_sections(&narrow, &mut |_| ()));
}

/// Wherever a sample is not finite (a lane's warm-up, its part, what is left over, the ends, the first and last block),
/// the record is refused, with the first such sample.
#[test]
fn a_sample_that_is_not_finite_is_found_on_every_path() {
    for (order, band) in
        [(4, Band::Low(50.0)), (2, Band::Low(0.5)), (1, Band::High(5.0)), (12, Band::Low(50.0))]
    {
        let filter = ZeroPhase::single_pass_cutoff(cascade(order, band));
        for n in [100, 5000, 30_011, 700_003] {
            let good = wave(n, 9);
            let mut out = vec![0.0; n];
            let mut workspace = filter.workspace();
            for place in 0..40 {
                // Ends first, then all over the record.
                let index = if place < 4 { [0, n - 1, 1, n - 2][place] } else { place * 7919 % n };
                for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    let mut x = good.clone();
                    x[index] = bad;
                    // A later one is not the one named.
                    x[n - 1] = if place % 2 == 0 { x[n - 1] } else { f64::NAN };
                    let refused = filter.apply_into(&x, &mut out, &mut workspace);
                    assert!(
                        matches!(refused, Err(Error::NonFinite { index: i, .. }) if i == index),
                        "{band:?}, {n} samples, {bad} at {index}: {refused:?}"
                    );
                }
                if n > 100_000 && place > 8 {
                    break;
                }
            }
            // Nothing of it is left in the scratch.
            filter.apply_into(&good, &mut out, &mut workspace).unwrap();
            assert!(out == filter.apply(&good).unwrap());
        }
    }
}

#[test]
fn the_first_refused_channel_is_named_however_they_are_shared_out() {
    let filter = ZeroPhase::single_pass_cutoff(cascade(4, Band::Low(50.0)));
    for n in [900, 30_011] {
        let mut channels: Vec<_> = (0..37).map(|c| wave(n, c)).collect();
        channels[29][3] = f64::NAN;
        channels[21][700] = f64::INFINITY;
        for _ in 0..20 {
            let refused = filter.apply_channels(&channels);
            assert!(matches!(refused, Err(Error::NonFinite { index: 700, .. })), "{refused:?}");
        }
    }
}

#[test]
fn finite_samples_that_overflow_are_not_refused() {
    let filter = ZeroPhase::single_pass_cutoff(cascade(4, Band::Low(50.0)));
    let mut x = wave(30_011, 1);
    x[15_000] = f64::MAX;
    x[15_001] = f64::MAX;
    // 1e308 and its neighbour overflow their reflection at the end.
    let n = x.len();
    x[n - 1] = f64::MAX;
    assert_eq!(filter.apply(&x).unwrap().len(), n);
}

#[cfg(feature = "rayon")]
#[test]
fn threads_change_no_bit() {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    for (order, band) in [(4, Band::Low(50.0)), (2, Band::Low(0.5)), (1, Band::High(5.0))] {
        let filter = ZeroPhase::single_pass_cutoff(cascade(order, band));
        let many: Vec<_> = (0..70).map(|c| wave(6007 + c as usize % 2 * 5000, c)).collect();
        let long = vec![wave(900_001, 3)];
        for channels in [&many, &long] {
            let one = pool(1).install(|| filter.apply_channels(channels).unwrap());
            for threads in [2, 3, 8] {
                assert!(
                    pool(threads).install(|| filter.apply_channels(channels).unwrap()) == one,
                    "{threads}"
                );
            }
        }
    }
}
