//! Cost of `f32`: native `f32` sections, and `f32` samples through `f64` sections, each against `f64` throughout.

use copeak::filter::{Band, Butterworth, CriticallyDamped, Design, Filter, Notch, Section, ZeroPhase};
use copeak::{Analysis, Error, Rate, Stage, SteadyState, stage::Causal};

fn rate() -> Rate {
    Rate::from_hz(1000.0).unwrap()
}

fn noise(n: usize) -> Vec<f64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let uniform = move |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        2.0 * ((state >> 11) as f64 / (1u64 << 53) as f64) - 1.0
    };
    (0..n).map(uniform).collect()
}

/// A wave as a force or an angle has it, with height 1 on a level of 1, with noise of a hundredth.
fn curve(n: usize) -> Vec<f32> {
    let wave = |i: usize| 1.0 + 0.7 * (0.0088 * i as f64).sin() + 0.3 * (0.031 * i as f64).cos();
    noise(n).iter().enumerate().map(|(i, e)| (wave(i) + 0.01 * e) as f32).collect()
}

/// Largest difference as a fraction of the largest *input*: the full scale of a recorder.
fn error(found: &[f32], exact: &[f64], scale: f64) -> f64 {
    assert_eq!(found.len(), exact.len());
    found.iter().zip(exact).map(|(f, e)| (f64::from(*f) - e).abs()).fold(0.0, f64::max) / scale
}

#[derive(Debug, Clone, Copy, Default)]
struct Errors {
    native_causal: f64,
    native_zero_phase: f64,
    wide_causal: f64,
    wide_zero_phase: f64,
}

impl Errors {
    fn worse(self, other: Self) -> Self {
        Self {
            native_causal: self.native_causal.max(other.native_causal),
            native_zero_phase: self.native_zero_phase.max(other.native_zero_phase),
            wide_causal: self.wide_causal.max(other.wide_causal),
            wide_zero_phase: self.wide_zero_phase.max(other.wide_zero_phase),
        }
    }
}

/// `None` when the design is refused in `f32`: then the native errors are infinite.
fn measure<const N: usize>(design: impl Into<Design>, x: &[f32]) -> Errors
where
    [Section<f32>; N]: SteadyState<f32> + Stage<f32, Output = f32>,
{
    let design = design.into();
    let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    let scale = wide.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    let cascade = design.cascade().unwrap();
    let causal = Causal(&cascade).analyze(&wide).unwrap();
    let both = ZeroPhase::single_pass_cutoff(&cascade).apply(&wide).unwrap();
    let native = design.iter::<f32>().map(|sections| {
        let sections: Vec<Section<f32>> = sections.collect();
        <[Section<f32>; N]>::try_from(sections).unwrap()
    });
    let (native_causal, native_zero_phase) = match native {
        Ok(native) => (
            error(&Causal(native).analyze(x).unwrap(), &causal, scale),
            error(&ZeroPhase::single_pass_cutoff(native).apply(x).unwrap(), &both, scale),
        ),
        Err(Error::Undefined { .. }) => (f64::INFINITY, f64::INFINITY),
        Err(other) => panic!("{other}"),
    };
    Errors {
        native_causal,
        native_zero_phase,
        wide_causal: error(&Causal(&cascade).analyze(x).unwrap(), &causal, scale),
        wide_zero_phase: error(&ZeroPhase::single_pass_cutoff(&cascade).apply(x).unwrap(), &both, scale),
    }
}

fn of_order(order: usize, band: Band, x: &[f32]) -> Errors {
    let design = Butterworth::new(order, band, rate()).unwrap();
    match design.section_count() {
        1 => measure::<1>(design, x),
        2 => measure::<2>(design, x),
        3 => measure::<3>(design, x),
        _ => measure::<4>(design, x),
    }
}

/// The table of the docs of module `filter`: cut-offs in percent of the rate, then the bound for native `f32` sections
/// of order 1, 2, 3 and 4, 5 to 8; low- and high-pass, causally and both ways.
const NATIVE: [(&[f64], [f64; 4]); 8] = [
    (&[0.1], [3e-6, 3e-4, 8e-4, 1.5e-3]),
    (&[0.2], [1e-6, 1e-4, 2e-4, 4e-4]),
    (&[0.5], [7e-7, 3e-5, 5e-5, 1e-4]),
    (&[1.0], [6e-7, 1.2e-5, 2e-5, 3e-5]),
    (&[2.0, 3.0], [5e-7, 4e-6, 8e-6, 1.2e-5]),
    (&[5.0], [4e-7, 1.5e-6, 2e-6, 4e-6]),
    (&[10.0, 20.0, 30.0, 40.0], [3e-7, 6e-7, 1e-6, 2e-6]),
    (&[45.0], [3e-7, 1.5e-6, 2e-6, 4e-6]),
];

#[test]
fn the_errors_stay_within_the_table_of_the_docs() {
    let records: [Vec<f32>; 2] = [curve(20_000), noise(20_000).iter().map(|x| *x as f32).collect()];
    for (percents, bounds) in NATIVE {
        for (orders, bound) in [1..=1, 2..=2, 3..=4, 5..=8].into_iter().zip(bounds) {
            let mut worst = Errors::default();
            for (percent, order) in percents.iter().flat_map(|p| orders.clone().map(move |order| (*p, order)))
            {
                for band in [Band::Low(10.0 * percent), Band::High(10.0 * percent)] {
                    worst = records.iter().map(|x| of_order(order, band, x)).fold(worst, Errors::worse);
                }
            }
            let native = worst.native_causal.max(worst.native_zero_phase);
            println!(
                "{percents:?} % order {orders:?}: native {native:.1e}, wide {:.1e} {:.1e}",
                worst.wide_causal, worst.wide_zero_phase
            );
            assert!(native <= bound, "{percents:?} % order {orders:?}: {native:e}, not within {bound:e}");
            assert!(
                native >= bound / 3.0,
                "{percents:?} % order {orders:?}: {native:e}: the table promises too little"
            );
            // f32 samples, f64 state: the rounding of the samples, once; both ways also of the first pass.
            assert!(
                worst.wide_causal <= 1.2e-7 && worst.wide_zero_phase <= 2.4e-7,
                "{percents:?} % order {orders:?}: {worst:?}"
            );
        }
    }
}

/// The other families: the factors that the docs give below the table.
#[test]
fn critically_damped_filters_and_notches_lose_no_more() {
    let records: [Vec<f32>; 2] = [curve(20_000), noise(20_000).iter().map(|x| *x as f32).collect()];
    let native = |of: &dyn Fn(&[f32]) -> Errors| {
        let worst = records.iter().map(|x| of(x)).fold(Errors::default(), Errors::worse);
        worst.native_causal.max(worst.native_zero_phase)
    };
    for (percents, bounds) in NATIVE {
        for percent in percents {
            for (order, bound) in [1, 2, 4, 8].into_iter().zip(bounds) {
                let of = |band, margin: f64| {
                    let design = CriticallyDamped::new(order, band, rate()).unwrap();
                    let found = match order {
                        1 | 2 => native(&|x| measure::<1>(design, x)),
                        4 => native(&|x| measure::<2>(design, x)),
                        _ => native(&|x| measure::<4>(design, x)),
                    };
                    assert!(found <= margin * bound, "{design}: {found:e}, not within {margin} of {bound:e}");
                };
                of(Band::Low(10.0 * percent), if *percent > 40.0 { 1.3 } else { 1.0 });
                of(Band::High(10.0 * percent), 1.3);
            }
        }
    }
    for (centre, bound) in [(5.0, 5e-4), (20.0, 4e-5), (50.0, 1e-5), (100.0, 3e-6), (400.0, 2e-6)] {
        let of =
            |quality| native(&|x| measure::<1>(Notch::from_quality(centre, quality, rate()).unwrap(), x));
        let worst = [2.0, 12.5, 50.0].map(of).into_iter().fold(0.0, f64::max);
        assert!(worst <= bound && worst >= bound / 2.0, "notch at {centre} Hz: {worst:e}, table {bound:e}");
    }
}

/// Designs that `f32` cannot hold at all are refused, not computed.
#[test]
fn a_pole_too_close_to_the_unit_circle_for_f32_is_refused() {
    let low = Butterworth::low_pass(2, 0.005, rate()).unwrap();
    assert!(matches!(low.sections::<f32, 1>(), Err(Error::Undefined { .. })));
    assert!(low.cascade().is_ok());
    assert_eq!(measure::<1>(low, &curve(2000)).native_causal, f64::INFINITY);
    assert!(measure::<1>(low, &curve(2000)).wide_causal <= 1.2e-7);
}
