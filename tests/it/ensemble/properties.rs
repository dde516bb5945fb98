//! Properties of bands and comparisons, and the errors for unusable curves.

use crate::common;
use crate::common::cases;
use copeak::ensemble::{CurveBand, CurveTest};
use copeak::event::{Feet, ForceContacts, Side};
use copeak::inference::t_interval;
use copeak::recording::csv;
use copeak::stride::{EventPairing, Landmarks, StepCriteria, normalize};
use copeak::time::TimeSpan;
use copeak::{Error, Rate};
use proptest::prelude::*;

fn curves(n: usize, up: f64) -> Vec<Vec<f64>> {
    let own = |j: usize, i: usize| {
        ((j * 31 + i * 7) % 17) as f64 / 17.0 + ((j * 13) % 5) as f64 * (0.1 * i as f64).sin()
    };
    (0..n).map(|j| (0..30).map(|i| own(j, i) + if i >= 20 { up } else { 0.0 }).collect()).collect()
}

#[test]
fn a_band_of_one_point_is_the_t_interval() {
    let values = [20.0, 22.5, 18.0, 21.0, 19.5, 23.0, 20.5];
    let band = CurveBand::new(3).of(&values.map(|v| vec![v])).unwrap();
    let interval = t_interval(&values, 0.95).unwrap();
    let point = band.pointwise.unwrap();
    assert!(
        (point.low[0] - interval.ci.unwrap().low).abs() < 1e-9
            && (point.high[0] - interval.ci.unwrap().high).abs() < 1e-9
    );
    assert!((band.autocorrelation - interval.autocorrelation).abs() < 1e-12);
    let whole = band.simultaneous.unwrap();
    // With a single point the two differ only by the 64 sign changes of seven values.
    let ratio = (whole.high[0] - band.mean[0]) / (point.high[0] - band.mean[0]);
    assert!((1.0..1.3).contains(&ratio), "{ratio}");
}

#[test]
fn few_curves_have_no_band_and_unequal_or_nan_curves_are_errors() {
    let bands = CurveBand::new(1);
    let two = bands.of(&curves(2, 0.0)).unwrap();
    assert!(two.pointwise.is_none() && two.simultaneous.is_none() && two.approximate);
    let one = bands.of(&curves(1, 0.0)).unwrap();
    assert_eq!((one.n, one.se[0]), (1, 0.0));
    let five = bands.of(&curves(5, 0.0)).unwrap();
    assert!(five.pointwise.is_some() && five.simultaneous.is_none(), "16 sign changes do not reach 95 %");
    assert!(bands.level(0.9).of(&curves(5, 0.0)).unwrap().simultaneous.is_some());
    let same = bands.of(&vec![vec![0.1, 0.2]; 12]).unwrap();
    assert!(same.se.iter().all(|se| *se < 1e-15) && same.simultaneous.is_some());
    let none: [Vec<f64>; 0] = [];
    assert!(matches!(bands.of(&none), Err(Error::TooFew { unit: "curves", .. })));
    assert!(matches!(bands.of(&[Vec::<f64>::new()]), Err(Error::TooFew { unit: "points", .. })));
    assert!(matches!(bands.of(&[vec![1.0], vec![1.0, 2.0]]), Err(Error::LengthMismatch { .. })));
    assert!(matches!(bands.of(&[vec![1.0], vec![f64::NAN]]), Err(Error::NonFinite { index: 1, .. })));

    let test = CurveTest::new(1);
    let (a, b) = (curves(5, 0.0), curves(5, 1.0));
    assert!(matches!(test.independent(&a[..1], &b), Err(Error::TooFew { got: 1, .. })));
    assert!(matches!(test.paired(&a[..4], &b), Err(Error::LengthMismatch { left: 4, right: 5, .. })));
    assert!(matches!(
        test.independent(&a, &[vec![0.0; 29], vec![0.0; 29]]),
        Err(Error::LengthMismatch { .. })
    ));
    let mut holed = b.clone();
    holed[2][7] = f64::NAN;
    assert!(matches!(test.independent(&a, &holed), Err(Error::NonFinite { index: 7, .. })));
    assert!(matches!(test.paired(&a, &holed), Err(Error::NonFinite { index: 2, .. })));
    for bad in [bands.replicates(0), bands.level(0.0)] {
        assert!(matches!(bad.of(&a), Err(Error::Parameter { .. })));
    }
    for bad in [test.permutations(0), test.level(1.0)] {
        assert!(matches!(bad.paired(&a, &b), Err(Error::Parameter { .. })));
    }
}

#[test]
fn equal_groups_do_not_differ_and_constant_points_have_t_0() {
    let a = curves(8, 0.0);
    let same = CurveTest::new(1).independent(&a, &a).unwrap();
    assert!(same.p > 0.9 && same.regions.is_empty() && same.difference.iter().all(|d| d.abs() < 1e-12));
    let pairs = CurveTest::new(1).paired(&a, &a).unwrap();
    assert_eq!((pairs.p, pairs.t.iter().copied().fold(0.0, f64::max)), (1.0, 0.0));
    let flat = vec![vec![0.1; 4]; 6];
    let found = CurveTest::new(1).independent(&flat, &flat).unwrap();
    assert!(found.t.iter().all(|t| *t == 0.0) && found.p == 1.0);
    // Groups without scatter that differ: the smallest p of the permutations.
    let high = vec![vec![0.3; 4]; 6];
    let found = CurveTest::new(1).independent(&flat, &high).unwrap();
    assert!(found.t.iter().all(|t| *t == f64::INFINITY), "{:?}", found.t);
    assert_eq!((found.exact, found.permutations, found.p), (true, 924, 2.0 / 924.0));
}

#[test]
fn t_and_exact_p_are_those_of_the_definition() {
    let (a, b) = (curves(4, 0.0), curves(5, 0.4));
    let found = CurveTest::new(1).independent(&a, &b).unwrap();
    let pooled = |x: &[&Vec<f64>], y: &[&Vec<f64>], i: usize| {
        let stats = |g: &[&Vec<f64>]| {
            let mean = g.iter().map(|c| c[i]).sum::<f64>() / g.len() as f64;
            (mean, g.iter().map(|c| (c[i] - mean).powi(2)).sum::<f64>())
        };
        let ((m, s), (k, q)) = (stats(x), stats(y));
        let (n, l) = (x.len() as f64, y.len() as f64);
        (k - m) / ((s + q) / (n + l - 2.0) * (1.0 / n + 1.0 / l)).sqrt()
    };
    let all: Vec<&Vec<f64>> = a.iter().chain(&b).collect();
    for i in 0..30 {
        let t = pooled(&all[..4], &all[4..], i);
        assert!((found.t[i] - t).abs() < 1e-9 * (1.0 + t.abs()), "{} {t}", found.t[i]);
    }
    // All 126 permutations, by the plain statistic.
    let top = |t: &dyn Fn(usize) -> f64| (0..30).map(|i| t(i).abs()).fold(0.0, f64::max);
    let seen = top(&|i| found.t[i]);
    let mut large = 0;
    for bits in 0u32..1 << 9 {
        if bits.count_ones() == 4 {
            let (x, y): (Vec<_>, Vec<_>) = (0..9).partition(|j| bits >> j & 1 == 1);
            let [x, y] = [x, y].map(|g: Vec<usize>| g.iter().map(|&j| all[j]).collect::<Vec<_>>());
            large += usize::from(top(&|i| pooled(&x, &y, i)) >= seen - 1e-9);
        }
    }
    assert_eq!((found.exact, found.permutations), (true, 126));
    assert!((found.p - large as f64 / 126.0).abs() < 1e-12, "{} {large}", found.p);
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn order_sign_and_scale_of_curves_carry_over_to_the_result(gain in 0.1..50.0f64, shift in -100.0..100.0f64, a in 3usize..7, b in 3usize..7) {
        let (x, y) = (curves(a, 0.0), curves(a + b, 0.7).split_off(a));
        let change = |g: &[Vec<f64>], gain: f64| -> Vec<Vec<f64>> {
            g.iter().map(|c| c.iter().map(|v| gain * v + shift).collect()).collect()
        };
        let test = CurveTest::new(5);
        let here = test.independent(&x, &y).unwrap();
        let there = test.independent(&change(&x, gain), &change(&y, gain)).unwrap();
        let back = test.independent(&change(&y, -gain), &change(&x, -gain)).unwrap();
        for i in 0..30 {
            prop_assert!((here.t[i] - there.t[i]).abs() < 1e-6 * (1.0 + here.t[i].abs()));
            prop_assert!((here.t[i] - back.t[i]).abs() < 1e-6 * (1.0 + here.t[i].abs()));
            prop_assert!((here.difference[i] * gain - there.difference[i]).abs() < 1e-9 * gain);
        }
        prop_assert_eq!(here.p, there.p);
        prop_assert_eq!(here.p, back.p);
        let pairs = test.paired(&x[..3], &y[..3]).unwrap();
        let scaled = test.paired(&change(&x[..3], gain), &change(&y[..3], gain)).unwrap();
        prop_assert_eq!(pairs.p, scaled.p);

        let band = CurveBand::new(2).of(&y).unwrap();
        let moved = CurveBand::new(2).of(&change(&y, gain)).unwrap();
        for i in 0..30 {
            prop_assert!((band.mean[i] * gain + shift - moved.mean[i]).abs() < 1e-9 * (1.0 + moved.mean[i].abs()));
            prop_assert!((band.se[i] * gain - moved.se[i]).abs() < 1e-9 * (1.0 + moved.se[i]));
        }
    }
}

#[test]
fn real_curves_differ_between_speeds_but_not_between_odd_and_even_strides() {
    let Some(data) = common::data() else { return };
    let curves = |file: &str| {
        let recording = csv::read(data.join("treadmill_rbds").join(file)).unwrap();
        let signal = |name: &str| recording.signal(name).unwrap();
        let foot = |side: Side| {
            ForceContacts::default().find(signal(&format!("grf_vertical_{side}")), side).unwrap()
        };
        let steps = EventPairing::default()
            .apply_to_feet(&Feet::new(foot(Side::Left), foot(Side::Right)).unwrap())
            .unwrap()
            .steps(&StepCriteria::from_rate(Rate::from_hz(150.0).unwrap()), recording.span().unwrap())
            .unwrap();
        let rights: Vec<_> = steps.accepted().filter(|s| s.side() == Side::Right).copied().collect();
        let inside = |s: &&copeak::stride::Step| s.start_s() + s.stride_s <= recording.span().unwrap().end_s;
        let rights: Vec<_> = rights.iter().filter(inside).collect();
        let knee = signal("knee_flexion_r");
        let events: Vec<[f64; 3]> = rights
            .iter()
            .map(|s| [s.start_s(), s.contact.terminal.time_s, s.start_s() + s.stride_s])
            .collect();
        let plain: Vec<Vec<f64>> = events
            .iter()
            .map(|e| normalize(knee, TimeSpan { start_s: e[0], end_s: e[2] }, 101).unwrap())
            .collect();
        let landmarks = Landmarks::from_cycles(&events, 101).unwrap();
        let through: Vec<Vec<f64>> = events.iter().map(|e| landmarks.apply(knee, e).unwrap()).collect();
        (plain, through)
    };
    let ((slow, slow_through), (fast, _)) = (curves("s01_v25.csv"), curves("s01_v45.csv"));
    let band = CurveBand::new(1).of(&slow).unwrap();
    let (whole, point) = (band.simultaneous.unwrap(), band.pointwise.unwrap());
    let width =
        |e: &copeak::ensemble::Edges| e.high.iter().zip(&e.low).map(|(h, l)| h - l).fold(0.0, f64::max);
    println!(
        "knee at 2.5 m/s: {} strides, r {:.2}, widest pointwise {:.2} deg, simultaneous {:.2} deg",
        band.n,
        band.autocorrelation,
        width(&point),
        width(&whole)
    );
    assert!(width(&whole) > 1.2 * width(&point) && width(&whole) < 2.5 * width(&point));
    // Through toe-off as well: what likeness gains, the error of toe-off (7 ms at 150 Hz) costs.
    let scatter = |c: &[Vec<f64>]| CurveBand::new(1).of(c).unwrap().se.iter().sum::<f64>();
    println!("scatter {:.2}, through toe-off {:.2}", scatter(&slow), scatter(&slow_through));
    assert!((0.9..1.1).contains(&(scatter(&slow_through) / scatter(&slow))));
    let halves = (
        slow.iter().step_by(2).cloned().collect::<Vec<_>>(),
        slow.iter().skip(1).step_by(2).cloned().collect::<Vec<_>>(),
    );
    let none = CurveTest::new(1).independent(&halves.0, &halves.1).unwrap();
    let much = CurveTest::new(1).independent(&slow, &fast).unwrap();
    println!("odd and even strides p {:.3}; 2.5 and 4.5 m/s p {:.4}, {:?}", none.p, much.p, much.regions);
    assert!(none.p > 0.05 && much.p <= 0.001);
}
