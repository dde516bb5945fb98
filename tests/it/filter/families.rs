//! Critically damped filters, notches and group delays: against NumPy and SciPy (fixture:
//! validation/oracles/filter_families.py), and the properties they have.

use crate::common::cases;
use copeak::filter::fir::ImpulseResponse;
use copeak::filter::{Band, Butterworth, CriticallyDamped, Design, Filter, Notch, Section, ZeroPhase};
use copeak::{Analysis, Error, Frame, GroupDelay, Rate, StageExt, stage::Causal};
use proptest::prelude::*;
use serde_json::Value;

fn rate() -> Rate {
    Rate::from_hz(1000.0).unwrap()
}

fn fixture() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/filter_families.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn design(case: &Value) -> Design {
    let of = |key: &str| case[key].as_f64().unwrap();
    match case["family"].as_str().unwrap() {
        "critically_damped" => {
            let band = if case["kind"] == "low" { Band::Low(of("cutoff")) } else { Band::High(of("cutoff")) };
            CriticallyDamped::new(case["order"].as_u64().unwrap() as usize, band, rate()).unwrap().into()
        }
        "notch" => Notch::new(of("centre"), of("bandwidth"), rate()).unwrap().into(),
        other => panic!("{other}"),
    }
}

/// Largest difference, as a fraction of the largest expected value.
fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let top = expected.iter().fold(0.0, |m, y| y.abs().max(m));
    found.iter().zip(expected).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max) / top
}

#[test]
fn coefficients_outputs_and_delays_equal_the_oracle() {
    let fixture = fixture();
    let x = numbers(&fixture["x"]);
    for case in fixture["cases"].as_array().unwrap() {
        let design = design(case);
        let rows = case["sos"].as_array().unwrap();
        let sections: Vec<Section<f64>> = design.iter().unwrap().collect();
        assert_eq!(sections.len(), rows.len());
        for (section, row) in sections.iter().zip(rows) {
            let [a1, a2] = section.denominator();
            assert!(distance(&[a1, a2, 1.0], &[&numbers(row)[4..], &[1.0]].concat()) < 1e-13, "{design}");
        }
        let causal = Causal(design.cascade().unwrap()).analyze(&x).unwrap();
        let off = distance(&causal, &numbers(&case["causal"]));
        assert!(off < 1e-12, "{design}: {off:e}");
        let both_ways = ZeroPhase::corrected(design).unwrap().apply(&x).unwrap();
        let off = distance(&both_ways, &numbers(&case["zero_phase"]));
        assert!(off < 1e-12, "{design}: {off:e}");
        let cascade = design.cascade().unwrap();
        let delays: Vec<f64> =
            numbers(&fixture["frequencies"]).iter().map(|f| cascade.group_delay(f / 1000.0)).collect();
        let expected = numbers(&case["delay"]);
        assert!(distance(&delays, &expected) < 1e-9, "{design}: {delays:?} {expected:?}");
    }
}

/// At 0 Hz, at the Nyquist frequency and on the notch SciPy has no value; the limit is what a neighbour a little way
/// off has.
#[test]
fn group_delays_have_their_limits() {
    let designs: [Design; 8] = [
        Butterworth::low_pass(5, 3.0, rate()).unwrap().into(),
        Butterworth::high_pass(4, 1.0, rate()).unwrap().into(),
        Butterworth::band_pass(3, 20.0, 450.0, rate()).unwrap().into(),
        Butterworth::band_stop(3, 45.0, 55.0, rate()).unwrap().into(),
        CriticallyDamped::low_pass(3, 450.0, rate()).unwrap().into(),
        CriticallyDamped::high_pass(6, 10.0, rate()).unwrap().into(),
        Notch::new(50.0, 2.0, rate()).unwrap().into(),
        Notch::new(250.0, 10.0, rate()).unwrap().into(),
    ];
    for design in designs {
        let cascade = design.cascade().unwrap();
        for at in [0.0, 0.05, 0.25, 0.5] {
            let (here, near) = (cascade.group_delay(at), cascade.group_delay((at - 1e-7f64).abs()));
            assert!(
                here.is_finite() && (here - near).abs() <= 1e-4 * here.abs().max(1.0),
                "{design} at {at}: {here} {near}"
            );
        }
    }
    // By hand: the mean of two samples delays by half of one, a second difference by one, 1 - 1.5/z + 0.5/z^2 by -0.5 at 0 Hz.
    for (b, f, expected) in [
        ([0.5, 0.5, 0.0], 0.5, 0.5),
        ([0.5, -0.5, 0.0], 0.0, 0.5),
        ([1.0, -2.0, 1.0], 0.0, 1.0),
        ([1.0, 0.0, -1.0], 0.5, 1.0),
        ([1.0, -1.5, 0.5], 0.0, -0.5),
        ([1.0, 1.5, 0.5], 0.5, -0.5),
    ] {
        let found = Section::new(b, [0.0, 0.0]).unwrap().group_delay(f);
        assert!((found - expected).abs() < 1e-15, "{b:?}: {found}");
    }
}

/// Promise of the streaming docs: a slow wave comes out as late as the group delay, in phase units of a sample.
#[test]
fn a_slow_wave_comes_out_as_late_as_promised() {
    let designs: [Design; 3] = [
        Butterworth::low_pass(4, 20.0, rate()).unwrap().into(),
        CriticallyDamped::low_pass(4, 20.0, rate()).unwrap().into(),
        Notch::new(50.0, 4.0, rate()).unwrap().into(),
    ];
    for design in designs {
        let cascade = design.cascade().unwrap();
        let delay = cascade.group_delay(0.0);
        // A straight line has frequency 0 alone: far from its start it is shifted by exactly the delay.
        let ramp: Vec<f64> = (0..4000).map(f64::from).collect();
        let y = Causal(&cascade).analyze(&ramp).unwrap();
        assert!((ramp[3999] - y[3999] - delay).abs() < 1e-8, "{design}: {} {delay}", ramp[3999] - y[3999]);
    }
}

fn step_response(cascade: copeak::filter::Cascade, n: usize) -> Vec<f64> {
    Causal(cascade).analyze(&vec![1.0; n]).unwrap()
}

#[test]
fn the_overshoot_that_is_promised_and_the_one_that_is_not_there() {
    for (order, percent) in [(2, 4.0), (4, 11.0)] {
        let y = step_response(Butterworth::low_pass(order, 10.0, rate()).unwrap().cascade().unwrap(), 2000);
        let over = 100.0 * (y.iter().copied().fold(0.0, f64::max) - 1.0);
        assert_eq!(over.round(), percent);
    }
}

/// The limit that the docs name.
#[test]
fn poles_beyond_a_quarter_of_the_rate_alternate() {
    let top = |f: f64| {
        let design = CriticallyDamped::low_pass(2, f, rate()).unwrap();
        let y = step_response(design.cascade().unwrap(), 200);
        (design.pole_hz() > 250.0, y.iter().copied().fold(0.0, f64::max) > 1.0 + 1e-6)
    };
    assert_eq!(top(180.0), (false, false));
    assert_eq!(top(230.0), (true, true));
}

/// Robertson & Dowling: 2.299 for one section and two passes.
#[test]
fn the_textbook_factor() {
    let bent = |f: f64| (std::f64::consts::PI * f / 1000.0).tan();
    for (order, passes, factor) in [(2, 2, 2.29896), (2, 1, 1.55377), (4, 2, 3.32397)] {
        let design = CriticallyDamped::low_pass(order, 10.0, rate()).unwrap().for_passes(passes).unwrap();
        assert!(
            (bent(design.pole_hz()) / bent(10.0) - factor).abs() < 1e-5,
            "{}",
            bent(design.pole_hz()) / bent(10.0)
        );
        let high = CriticallyDamped::high_pass(order, 10.0, rate()).unwrap().for_passes(passes).unwrap();
        assert!((bent(10.0) / bent(high.pole_hz()) - factor).abs() < 1e-5);
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn critically_damped_steps_rise_and_never_overshoot(order in 1usize..9, at in -3.0f64..-0.61) {
        let design = CriticallyDamped::low_pass(order, 1000.0 * 10f64.powf(at), rate()).unwrap();
        // Beyond a quarter of the rate the bilinear transform makes a pole negative, and the answer alternates.
        if design.for_passes(2).unwrap().pole_hz() > 250.0 {
            return Ok(());
        }
        let y = step_response(design.cascade().unwrap(), 3000);
        prop_assert!(y.windows(2).all(|w| w[1] - w[0] >= -1e-12), "it falls");
        prop_assert!(y.iter().all(|y| *y <= 1.0 + 1e-11), "it overshoots");
        let both_ways = ImpulseResponse::from_filter(&ZeroPhase::corrected(design).unwrap()).unwrap();
        prop_assert!(both_ways.taps().iter().all(|h| *h > -1e-12), "both ways it rings");
    }

    #[test]
    fn gain_is_1_where_it_should_be(order in 1usize..9, at in -3.0f64..-0.347, quality in 1.2f64..40.0) {
        let f = 1000.0 * 10f64.powf(at);
        let ends = |design: Design| design.iter::<f64>().unwrap().fold((1.0, 1.0), |(start, end), section| {
            let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
            (start * (b0 + b1 + b2) / (1.0 + a1 + a2), end * (b0 - b1 + b2) / (1.0 - a1 + a2))
        });
        // A notch hangs on sums of rounded coefficients as small as the square of its centre.
        let near = |x: f64| (x - 1.0).abs() < 1e-11;
        let low = CriticallyDamped::low_pass(order, f, rate()).unwrap();
        let high = CriticallyDamped::high_pass(order, f, rate()).unwrap();
        prop_assert!(near(ends(low.into()).0) && ends(low.into()).1 == 0.0 && low.gain(0.0) == 1.0);
        prop_assert!(near(ends(high.into()).1) && ends(high.into()).0 == 0.0 && high.gain(0.0) == 0.0);
        let notch = Notch::from_quality(f, quality, rate()).unwrap();
        prop_assert!(near(ends(notch.into()).0) && near(ends(notch.into()).1), "{:?}", ends(notch.into()));
        prop_assert!(notch.gain(0.0) == 1.0 && notch.gain(f) < 1e-12);
    }

    /// The reports agree with the gain, and undo one another.
    #[test]
    fn reports_agree_with_the_gain(order in 1usize..9, f in 1.0f64..450.0, quality in 1.2f64..40.0, passes in 1usize..5) {
        let half = 0.5f64.sqrt();
        let designs: [Design; 3] = [
            CriticallyDamped::low_pass(order, f, rate()).unwrap().into(),
            CriticallyDamped::high_pass(order, f, rate()).unwrap().into(),
            Notch::from_quality(f, quality, rate()).unwrap().into(),
        ];
        for design in designs {
            let corrected = design.for_passes(passes).unwrap();
            let edges = |band: Band| { let (a, b) = band.cutoffs_hz(); std::iter::once(a).chain(b).collect::<Vec<_>>() };
            for (asked, reported) in edges(design.band()).iter().zip(edges(corrected.effective_cutoff_hz(passes).unwrap())) {
                prop_assert!((corrected.gain(*asked).powi(passes as i32) - half).abs() < 1e-9, "{design} {passes}");
                prop_assert!((reported / asked - 1.0).abs() < 1e-9, "{design} {passes}: {reported} {asked}");
            }
            for moved in edges(design.effective_cutoff_hz(passes).unwrap()) {
                prop_assert!((design.gain(moved).powi(passes as i32) - half).abs() < 1e-9);
            }
        }
        let notch = Notch::from_quality(f, quality, rate()).unwrap();
        prop_assert!((notch.quality() / quality - 1.0).abs() < 1e-12);
    }

    /// Whatever numbers come in: a design or a refusal, never a panic, and no design whose reports are not numbers.
    #[test]
    fn any_numbers_make_a_design_or_a_refusal(
        order in 0usize..1100, cutoff in any::<f64>(), width in any::<f64>(), hz in 1e-300f64..1e300, passes in 0usize..9,
        part in 0.0f64..0.6,
    ) {
        let rate = Rate::from_hz(hz).unwrap();
        for cutoff in [cutoff, part * hz] {
            let designs = [
                CriticallyDamped::low_pass(order, cutoff, rate).map(Design::from),
                CriticallyDamped::high_pass(order, cutoff, rate).map(Design::from),
                Notch::new(cutoff, width, rate).map(Design::from),
                Notch::new(cutoff, 0.9 * part * hz, rate).map(Design::from),
                Notch::from_quality(cutoff, width, rate).map(Design::from),
                Butterworth::low_pass(order, cutoff, rate).map(Design::from),
            ];
            for design in designs.into_iter().flatten() {
                for design in [Ok(design), design.for_passes(passes)].into_iter().flatten() {
                    prop_assert!(design.gain(0.3 * hz).is_finite(), "{:?}", design);
                    let _ = (design.effective_cutoff_hz(passes), design.effective_order(passes), design.to_string());
                    if let (Ok(cascade), true) = (design.cascade(), order < 50) {
                        prop_assert!(cascade.group_delay(0.1).is_finite(), "{:?}", design);
                        let y = Causal(cascade).analyze(&[1.0f64, -1.0, 0.5]).unwrap();
                        prop_assert!(y.iter().all(|y| y.is_finite()), "{:?}", design);
                    }
                }
            }
        }
    }

    #[test]
    fn streaming_is_batch_and_channels_are_channels(
        rows in prop::collection::vec(prop::array::uniform3(-1e3f64..1e3), 20..60), order in 1usize..9,
    ) {
        let designs: [Design; 2] = [
            CriticallyDamped::low_pass(order, 30.0, rate()).unwrap().into(),
            Notch::new(50.0, 4.0, rate()).unwrap().into(),
        ];
        for design in designs {
            let cascade = design.cascade().unwrap();
            let frames: Vec<_> = rows.iter().copied().map(Frame).collect();
            let together = Causal(&cascade).analyze(&frames).unwrap();
            for channel in 0..3 {
                let alone: Vec<f64> = rows.iter().map(|row| row[channel]).collect();
                let mut live = (&cascade).stream();
                let pushed: Vec<f64> = alone.iter().map(|x| live.push(*x)).collect();
                prop_assert_eq!(&pushed, &Causal(&cascade).analyze(&alone).unwrap());
                prop_assert_eq!(pushed, together.iter().map(|f| f[channel]).collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn a_notch_takes_out_its_frequency_and_little_else() {
    let hum: Vec<f64> = (0..4000).map(|i| (std::f64::consts::TAU * 0.05 * f64::from(i)).sin()).collect();
    let slow: Vec<f64> = (0..4000).map(|i| (std::f64::consts::TAU * 0.003 * f64::from(i)).sin()).collect();
    let x: Vec<f64> = hum.iter().zip(&slow).map(|(h, s)| h + s).collect();
    let y = ZeroPhase::notch(50.0, 4.0, rate()).unwrap().apply(&x).unwrap();
    for (y, s) in y[1000..3000].iter().zip(&slow[1000..]) {
        assert!((y - s).abs() < 1e-3, "{y} {s}");
    }
}

#[test]
fn designs_print_what_they_are() {
    assert_eq!(
        Butterworth::low_pass(2, 20.0, rate()).unwrap().to_string(),
        "Butterworth low-pass at 20 Hz, order 2, for 1000 Hz"
    );
    let corrected = CriticallyDamped::high_pass(4, 20.0, rate()).unwrap().for_passes(2).unwrap();
    assert_eq!(format!("{corrected:.1}"), "critically damped high-pass at 13.8 Hz, order 4, for 1000 Hz");
    assert_eq!(
        Design::from(Notch::new(50.0, 4.0, rate()).unwrap()).to_string(),
        "notch at 50 Hz, 4 Hz wide, for 1000 Hz"
    );
    assert_eq!(format!("{:.1}", Band::Stop(49.04, 51.0)), "band-stop from 49.0 to 51.0 Hz");
}

#[test]
fn cutoffs_qualities_and_orders_out_of_range_are_errors_with_their_name() {
    for cutoff in [f64::NAN, 0.0, -1.0, 500.0, f64::INFINITY] {
        assert!(matches!(CriticallyDamped::low_pass(2, cutoff, rate()), Err(Error::Cutoff { .. })));
        assert!(matches!(Notch::new(cutoff, 4.0, rate()), Err(Error::Cutoff { .. })));
        assert!(matches!(Notch::new(50.0, cutoff, rate()), Err(Error::Parameter { name: "bandwidth", .. })));
        assert!(ZeroPhase::notch(50.0, cutoff, rate()).is_err());
        assert!(ZeroPhase::critically_damped(2, Band::High(cutoff), rate()).is_err());
    }
    for quality in [f64::NAN, 0.0, -3.0, f64::INFINITY] {
        assert!(matches!(
            Notch::from_quality(50.0, quality, rate()),
            Err(Error::Parameter { name: "quality", .. })
        ));
    }
    for order in [0, 1001] {
        assert!(matches!(
            CriticallyDamped::low_pass(order, 9.0, rate()),
            Err(Error::Parameter { name: "filter order", .. })
        ));
    }
    for band in [Band::Pass(10.0, 20.0), Band::Stop(10.0, 20.0)] {
        assert!(matches!(CriticallyDamped::new(2, band, rate()), Err(Error::Undefined { .. })));
    }
    let (damped, notch) =
        (CriticallyDamped::low_pass(3, 9.0, rate()).unwrap(), Notch::new(50.0, 4.0, rate()).unwrap());
    assert!(matches!(damped.for_passes(0), Err(Error::Parameter { name: "number of passes", .. })));
    assert!(matches!(notch.for_passes(0), Err(Error::Parameter { .. })));
    assert!(matches!(damped.effective_cutoff_hz(0), Err(Error::Parameter { .. })));
    assert!(matches!(notch.effective_cutoff_hz(0), Err(Error::Parameter { .. })));
    assert!(matches!(damped.effective_order(0), Err(Error::Parameter { .. })));
    assert_eq!((damped.effective_order(2).unwrap(), notch.effective_order(2).unwrap()), (6, 2));
    assert!(matches!(damped.sections::<f64, 3>(), Err(Error::LengthMismatch { left: 3, right: 2, .. })));
    assert!(Notch::new(50.0, 0.1, rate()).unwrap().section::<f32>().is_ok());
    // Its poles cannot be distinguished from the unit circle.
    assert!(matches!(Notch::new(50.0, 1e-11, rate()).unwrap().cascade(), Err(Error::Undefined { .. })));
    assert!(matches!(Notch::new(50.0, 0.01, rate()).unwrap().section::<f32>(), Err(Error::Undefined { .. })));
    assert!(matches!(
        CriticallyDamped::low_pass(2, 1e-13, rate()).unwrap().cascade(),
        Err(Error::Undefined { .. })
    ));
}
