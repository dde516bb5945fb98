//! Butterworth designs: corrections, reports, refusals.

use crate::common::cases;
use copeak::filter::fir::ImpulseResponse;
use copeak::filter::{Band, Butterworth, ZeroPhase};
use copeak::{Analysis, Error, Rate, stage::Causal};
use proptest::prelude::*;

fn rate(hz: f64) -> Rate {
    Rate::from_hz(hz).unwrap()
}

fn edges(band: Band) -> Vec<f64> {
    let (first, second) = band.cutoffs_hz();
    std::iter::once(first).chain(second).collect()
}

/// Any valid band, from its place on the axis and its width.
fn bands() -> impl Strategy<Value = Band> {
    (0usize..4, 0.01f64..0.44, 0.01f64..0.4).prop_map(|(kind, at, width)| {
        let (low, high) = (1000.0 * at, 1000.0 * (at + width).min(0.46));
        [Band::Low(low), Band::High(low), Band::Pass(low, high), Band::Stop(low, high)][kind]
    })
}

/// Winter; Robertson: 50 Hz at 300 Hz, second order, two passes.
#[test]
fn the_textbook_correction() {
    let design = Butterworth::low_pass(2, 50.0, rate(300.0)).unwrap().for_passes(2).unwrap();
    let Band::Low(f) = design.band() else { panic!() };
    assert!((f - 59.569044).abs() < 5e-7, "{f}");
    let [section] = design.sections::<f64, 1>().unwrap();
    for (found, expected) in section.numerator().iter().zip([0.20425381, 0.40850763, 0.20425381]) {
        assert!((found - expected).abs() < 5e-9);
    }
    for (found, expected) in section.denominator().iter().zip([-0.38023186, 0.19724711]) {
        assert!((found - expected).abs() < 5e-9);
    }
    // C = 0.6436, 0.8022, 0.8634, 0.8957 for n = 1..4, read off the bent cut-offs.
    for (n, c) in [(1, 0.6436), (2, 0.8022), (3, 0.8634), (4, 0.8957)] {
        let once = Butterworth::low_pass(n, 50.0, rate(300.0)).unwrap();
        let bent = |b: Band| (std::f64::consts::PI * edges(b)[0] / 300.0).tan();
        assert!((bent(once.band()) / bent(once.for_passes(2).unwrap().band()) - c).abs() < 5e-5);
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn corrected_designs_are_3_db_down_where_asked(band in bands(), order in 1usize..9, passes in 1usize..5) {
        let design = Butterworth::new(order, band, rate(1000.0)).unwrap().for_passes(passes).unwrap();
        for (asked, reported) in edges(band).iter().zip(edges(design.effective_cutoff_hz(passes).unwrap())) {
            let after = design.gain(*asked).powi(passes as i32);
            prop_assert!((after - 0.5f64.sqrt()).abs() < 1e-9, "{after}");
            prop_assert!((reported / asked - 1.0).abs() < 1e-9);
        }
        prop_assert_eq!(design.effective_order(passes).unwrap(), order * passes);
    }

    #[test]
    fn an_uncorrected_design_says_where_two_passes_take_it(band in bands(), order in 1usize..9) {
        let design = Butterworth::new(order, band, rate(1000.0)).unwrap();
        prop_assert_eq!(design.effective_cutoff_hz(1).unwrap(), band);
        for (asked, moved) in edges(band).iter().zip(edges(design.effective_cutoff_hz(2).unwrap())) {
            prop_assert!((design.gain(*asked) - 0.5f64.sqrt()).abs() < 1e-9);
            prop_assert!((design.gain(moved).powi(2) - 0.5f64.sqrt()).abs() < 1e-9);
        }
    }

    /// The coefficients do what the design states: gain measured from the impulse response.
    #[test]
    fn sections_have_the_designed_gain(band in bands(), order in 1usize..7, f in 0.0f64..500.0) {
        let design = Butterworth::new(order, band, rate(1000.0)).unwrap();
        let mut impulse = vec![0.0; 6000];
        impulse[0] = 1.0;
        let taps = Causal(design.cascade().unwrap()).analyze(&impulse).unwrap();
        let (mut re, mut im) = (0.0, 0.0);
        for (i, h) in taps.iter().enumerate() {
            let angle = std::f64::consts::TAU * f * i as f64 / 1000.0;
            re += h * angle.cos();
            im -= h * angle.sin();
        }
        prop_assert!((re.hypot(im) - design.gain(f)).abs() < 1e-8, "{} {}", re.hypot(im), design.gain(f));
    }

    #[test]
    fn any_order_at_low_and_high_cut_offs_is_flat_where_it_should_be(
        order in 1usize..60, at in -3.0f64..-0.35,
    ) {
        let f = 1000.0 * 10f64.powf(at);
        let low = Butterworth::low_pass(order, f, rate(1000.0)).unwrap();
        let high = Butterworth::high_pass(order, f, rate(1000.0)).unwrap();
        let ends = |design: Butterworth| {
            design.iter::<f64>().unwrap().fold((1.0, 1.0), |(start, end), section| {
                let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
                (start * (b0 + b1 + b2) / (1.0 + a1 + a2), end * (b0 - b1 + b2) / (1.0 - a1 + a2))
            })
        };
        let (at_zero, at_nyquist) = (ends(low), ends(high));
        prop_assert!((at_zero.0 - 1.0).abs() < 1e-13 && at_zero.1 == 0.0, "{at_zero:?}");
        prop_assert!((at_nyquist.1 - 1.0).abs() < 1e-13 && at_nyquist.0 == 0.0, "{at_nyquist:?}");
    }
}

#[test]
fn the_everyday_zero_phase_is_3_db_down_after_both_passes() {
    let fs = rate(200.0);
    let gain = |filter: &ZeroPhase, f: f64| {
        let response = ImpulseResponse::from_filter(filter).unwrap();
        let lead = response.lead() as f64;
        let turn = |i: usize| std::f64::consts::TAU * f * (i as f64 - lead) / 200.0;
        response.taps().iter().enumerate().map(|(i, h)| h * turn(i).cos()).sum::<f64>()
    };
    let half = 0.5f64.sqrt();
    for order in 1..6 {
        assert!((gain(&ZeroPhase::low_pass(order, 20.0, fs).unwrap(), 20.0) - half).abs() < 1e-10);
        assert!((gain(&ZeroPhase::high_pass(order, 20.0, fs).unwrap(), 20.0) - half).abs() < 1e-10);
        let (band, stop) = (
            ZeroPhase::band_pass(order, 20.0, 45.0, fs).unwrap(),
            ZeroPhase::band_stop(order, 20.0, 45.0, fs).unwrap(),
        );
        for f in [20.0, 45.0] {
            assert!((gain(&band, f) - half).abs() < 1e-10);
            assert!((gain(&stop, f) - half).abs() < 1e-10);
        }
        let plain =
            ZeroPhase::single_pass_cutoff(Butterworth::low_pass(order, 20.0, fs).unwrap().cascade().unwrap());
        assert!((gain(&plain, 20.0) - 0.5).abs() < 1e-10);
    }
}

#[test]
fn a_gain_too_small_for_the_first_section_is_shared() {
    // The whole gain is 1e-300 and less: no sample survives it in one section.
    let design = Butterworth::low_pass(60, 1e-2, rate(1000.0)).unwrap();
    let mut state_level = 1.0;
    for section in design.iter::<f64>().unwrap() {
        let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
        state_level *= (b0 + b1 + b2) / (1.0 + a1 + a2);
        assert!(state_level > 0.1, "{state_level}");
    }
    assert!((state_level - 1.0).abs() < 1e-12);
    let ten = Butterworth::low_pass(10, 1.0, rate(1000.0)).unwrap();
    let lumped: Vec<_> = ten.iter::<f64>().unwrap().map(|s| s.numerator()[0]).collect();
    assert!(lumped[0] < 1e-20 && lumped[1..].iter().all(|b0| *b0 == 1.0));
    assert!(ten.iter::<f32>().unwrap().all(|s| s.numerator()[0] > 1e-7));
}

#[test]
fn cutoffs_outside_the_band_and_orders_out_of_range_are_errors_with_their_value() {
    let fs = rate(200.0);
    for cutoff in [f64::NAN, 0.0, -1.0, 100.0, 101.0, f64::INFINITY] {
        for design in [Butterworth::low_pass(2, cutoff, fs), Butterworth::band_stop(2, 5.0, cutoff, fs)] {
            let Err(Error::Cutoff { cutoff_hz, nyquist_hz }) = design else { panic!("{cutoff}: {design:?}") };
            assert!(cutoff_hz.to_bits() == cutoff.to_bits() && nyquist_hz == 100.0);
        }
        assert!(ZeroPhase::high_pass(2, cutoff, fs).is_err());
    }
    for high in [20.0, 19.0] {
        let crossed = Butterworth::band_pass(2, 20.0, high, fs);
        assert!(
            matches!(crossed, Err(Error::Parameter { name: "upper cut-off", value, .. }) if value == high)
        );
    }
    for order in [0, 1001] {
        let design = Butterworth::low_pass(order, 20.0, fs);
        assert!(matches!(design, Err(Error::Parameter { name: "filter order", .. })));
    }
    let design = Butterworth::low_pass(3, 20.0, fs).unwrap();
    assert!(matches!(design.for_passes(0), Err(Error::Parameter { name: "number of passes", .. })));
    assert!(matches!(design.effective_cutoff_hz(0), Err(Error::Parameter { .. })));
    assert!(matches!(design.effective_order(0), Err(Error::Parameter { .. })));
    let wrong = design.sections::<f64, 3>();
    assert!(matches!(wrong, Err(Error::LengthMismatch { left: 3, right: 2, .. })));
    assert!(matches!(design.sections::<f64, 0>(), Err(Error::LengthMismatch { left: 0, .. })));
    // In single precision this pole cannot be distinguished from the unit circle; in double it can.
    let low = Butterworth::low_pass(2, 1e-3, fs).unwrap();
    assert!(matches!(low.iter::<f32>(), Err(Error::Undefined { .. })));
    assert!(low.iter::<f64>().is_ok());
    assert!(matches!(Butterworth::low_pass(2, 1e-12, fs).unwrap().cascade(), Err(Error::Undefined { .. })));
}
