//! Filters of a moving window: against SciPy (fixture: validation/oracles/window.py), and their properties.

use crate::common::cases;
use copeak::filter::moving::{Edge, Periodic, Trailing};
use copeak::filter::{Filter, Hampel, MovingMean, MovingMedian, MovingRms, SavitzkyGolay};
use copeak::stage::{Causal, Collect};
use copeak::{Analysis, Error, Flush, Frame, GroupDelay, Rate, Real, Stage, StageExt};
use proptest::prelude::*;
use serde_json::Value;

fn fixture() -> Value {
    let path = format!("{}/tests/fixtures/filter_window.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn count(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

/// Largest difference, as a fraction of `top`.
fn distance(found: &[f64], expected: &[f64], top: f64) -> f64 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max) / top
}

fn top(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, y| y.abs().max(m))
}

/// `None` for a record that is a cycle.
fn edge(name: &str, value: f64) -> Option<Edge> {
    Some(match name {
        "interp" | "inside" => Edge::Inside,
        "nearest" => Edge::Nearest,
        "mirror" => Edge::Mirror,
        "reflect" => Edge::Reflect,
        "constant" => Edge::Constant(value),
        "wrap" => return None,
        other => panic!("{other}"),
    })
}

fn savgol(case: &Value, rate: f64) -> SavitzkyGolay {
    let filter = SavitzkyGolay::new(count(&case["window"]), count(&case["degree"])).unwrap();
    filter.derivative(count(&case["derivative"]), Rate::from_hz(rate).unwrap())
}

#[test]
fn savitzky_golay_equals_scipy() {
    let fixture = fixture();
    let (x, value) = (numbers(&fixture["x"]), fixture["cval"].as_f64().unwrap());
    for case in fixture["savgol"].as_array().unwrap() {
        let filter = savgol(case, case["rate"].as_f64().unwrap());
        let y = match edge(case["mode"].as_str().unwrap(), value) {
            Some(edge) => filter.edge(edge).apply(&x),
            None => filter.periodic().apply(&x),
        };
        let expected = numbers(&case["y"]);
        let error = distance(&y.unwrap(), &expected, top(&expected));
        assert!(error < 1e-12, "{error:e} in {}", case["mode"]);
    }
}

/// Cases in which SciPy's coefficients are off by up to their own size.
#[test]
fn long_windows_are_exact() {
    let fixture = fixture();
    let every = count(&fixture["every"]);
    let x: Vec<f64> = (0..3600)
        .map(|i| (1e3 * (f64::from(i) * 0.02).sin()).floor() / 1e2 + f64::from(i * i % 97) / 97.0)
        .collect();
    for case in fixture["long"].as_array().unwrap() {
        let filter = savgol(case, 1.0).edge(edge(case["mode"].as_str().unwrap(), 0.0).unwrap());
        let y: Vec<f64> = filter.apply(&x).unwrap().into_iter().step_by(every).collect();
        let error = distance(&y, &numbers(&case["y"]), case["top"].as_f64().unwrap());
        println!(
            "window {}: ours {error:.1e}, SciPy {:.1e}",
            case["window"],
            case["scipy_off"].as_f64().unwrap()
        );
        assert!(error < 1e-13, "{error:e} with window {}", case["window"]);
    }
}

#[test]
fn moving_statistics_equal_scipy_and_pandas() {
    let fixture = fixture();
    let (x, value) = (numbers(&fixture["x"]), fixture["cval"].as_f64().unwrap());
    for case in fixture["moving"].as_array().unwrap() {
        let (kind, name, window) =
            (case["kind"].as_str().unwrap(), case["edge"].as_str().unwrap(), count(&case["window"]));
        macro_rules! of {
            ($filter:ident) => {
                match name {
                    "trailing" => Causal($filter::trailing(window).unwrap()).analyze(&x).unwrap(),
                    "wrap" => $filter::new(window).unwrap().periodic().apply(&x).unwrap(),
                    name => {
                        let filter = $filter::new(window).unwrap().edge(edge(name, value).unwrap());
                        filter.apply(&x).unwrap()
                    }
                }
            };
        }
        let y = match kind {
            "mean" => of!(MovingMean),
            "median" => of!(MovingMedian),
            _ => of!(MovingRms),
        };
        let expected = numbers(&case["y"]);
        let error = distance(&y, &expected, top(&expected));
        assert!(error < 1e-12, "{kind} {name} {window}: {error:e}");
    }
    let padded = MovingMedian::new(7).unwrap().edge(Edge::Constant(0.0)).apply(&x).unwrap();
    assert_eq!(padded, numbers(&fixture["medfilt"]));
}

#[test]
fn outliers_are_those_of_the_definition() {
    let case = &fixture()["hampel"];
    let filter = Hampel::new(count(&case["window"]), case["threshold"].as_f64().unwrap()).unwrap();
    let found = filter.clean(&numbers(&case["x"])).unwrap();
    assert!(distance(&found.samples, &numbers(&case["y"]), 1.0) < 1e-14);
    let replaced: Vec<usize> = case["replaced"].as_array().unwrap().iter().map(count).collect();
    assert_eq!(found.replaced, replaced);
    assert!(replaced.len() >= 4);
}

/// Bit for bit, and NaN where NaN is.
fn same<T: Real>(what: &str, left: &[T], right: &[T]) {
    assert_eq!(left.len(), right.len(), "{what}");
    for (i, (l, r)) in left.iter().zip(right).enumerate() {
        let bits = |v: &T| v.as_f64().to_bits();
        assert!(bits(l) == bits(r) || (l.is_nan() && r.is_nan()), "{what}: {l} and {r} at {i}");
    }
}

fn streams<T, F>(what: &str, filter: F, x: &[T])
where
    T: Real,
    F: Filter<T> + StageExt + Flush<T, Output = Option<T>> + GroupDelay + Clone,
{
    let batch = filter.apply(x).unwrap();
    same(what, &Collect(filter.clone()).analyze(x).unwrap(), &batch);
    // As late as it reports.
    let mut live = filter.clone().stream();
    let waited = x.iter().take_while(|x| live.push(**x).is_none()).count();
    assert_eq!(waited, (filter.group_delay(0.1) as usize).min(x.len()), "{what}");
}

fn every_edge() -> impl Strategy<Value = Edge> {
    prop_oneof![
        Just(Edge::Inside),
        Just(Edge::Nearest),
        Just(Edge::Mirror),
        Just(Edge::Reflect),
        Just(Edge::Constant(-3.5)),
        Just(Edge::Constant(f64::NAN)),
    ]
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn streaming_equals_batch(
        x in prop::collection::vec(prop_oneof![-1e3f64..1e3, Just(0.0), Just(-0.0), Just(7.0)], 1..400),
        half in prop_oneof![0usize..8, 8usize..120],
        degree in 0usize..7,
        order in 0usize..4,
        edge in every_edge(),
        threshold in 0.0f64..4.0,
    ) {
        let window = 2 * half + 1;
        let narrow: Vec<f32> = x.iter().map(|x| *x as f32).collect();
        let widened: Vec<f64> = narrow.iter().map(|x| f64::from(*x)).collect();
        macro_rules! law {
            ($name:literal, $filter:expr) => {{
                let filter = $filter;
                streams($name, filter.clone(), &x);
                streams($name, filter.clone(), &narrow);
                // f32 samples are rounded once, at the end.
                let wide: Vec<f32> = filter.apply(&widened).unwrap().into_iter().map(|y| y as f32).collect();
                same($name, &filter.apply(&narrow).unwrap(), &wide);
            }};
        }
        law!("mean", MovingMean::new(window).unwrap().edge(edge));
        law!("rms", MovingRms::new(window).unwrap().edge(edge));
        law!("median", MovingMedian::new(window).unwrap().edge(edge));
        if window > 1 {
            law!("hampel", Hampel::new(window, threshold).unwrap().edge(edge));
        }
        if window > degree && (edge != Edge::Inside || x.len() >= window) {
            let filter = SavitzkyGolay::new(window, degree).unwrap().edge(edge);
            let filter = filter.derivative(order.min(degree), Rate::from_hz(10.0).unwrap());
            law!("Savitzky-Golay", filter);
        }
    }

    #[test]
    fn a_scratch_serves_any_window_and_every_channel_stands_alone(
        rows in prop::collection::vec(prop::array::uniform3(-1e3f64..1e3), 130..300),
        halves in prop::array::uniform3(1usize..60),
        edge in every_edge(),
    ) {
        let frames: Vec<Frame<f64, 3>> = rows.iter().copied().map(Frame).collect();
        let channel = |c: usize| rows.iter().map(|row| row[c]).collect::<Vec<f64>>();
        let mut median = MovingMedian::new(3).unwrap().workspace();
        let mut hampel = Hampel::new(3, 1.0).unwrap().workspace();
        let mut mean = MovingMean::new(3).unwrap().workspace();
        let mut smooth = SavitzkyGolay::new(3, 1).unwrap().workspace();
        for half in halves {
            let window = 2 * half + 1;
            macro_rules! law {
                ($filter:expr, $workspace:ident) => {{
                    let (filter, mut y) = ($filter, channel(0));
                    filter.apply_in_place(&mut y, &mut $workspace).unwrap();
                    same("workspace", &y, &filter.apply(&channel(0)).unwrap());
                }};
            }
            law!(MovingMedian::new(window).unwrap().edge(edge), median);
            law!(Hampel::new(window, 2.0).unwrap().edge(edge), hampel);
            law!(MovingMean::new(window).unwrap().edge(edge), mean);
            let savgol = SavitzkyGolay::new(window, 2).unwrap().edge(edge);
            law!(savgol.clone(), smooth);

            let together = savgol.apply(&frames).unwrap();
            let means = Collect(MovingMean::new(window).unwrap().edge(edge)).analyze(&frames).unwrap();
            for c in 0..3 {
                let of = |frames: &[Frame<f64, 3>]| frames.iter().map(|f| f[c]).collect::<Vec<_>>();
                same("frame", &of(&together), &savgol.apply(&channel(c)).unwrap());
                same("frame", &of(&means), &MovingMean::new(window).unwrap().edge(edge).apply(&channel(c)).unwrap());
            }
        }
    }

    #[test]
    fn polynomials_come_out_with_their_derivatives(
        degree in 0usize..6,
        order in 0usize..4,
        half in 3usize..300,
        factors in prop::array::uniform6(-1.0f64..1.0),
    ) {
        let (window, n, order) = (2 * half + 1, 2 * half + 200, order.min(degree));
        // In a unit in which the record is a few long, as samples at a rate are.
        let rate = n as f64 / 2.0;
        let at = |i: usize, order: usize| -> f64 {
            let t = i as f64 / rate - 1.0;
            let falling = |k: usize| (0..order).map(|j| (k - j) as f64).product::<f64>();
            (order..=degree).map(|k| factors[k] * falling(k) * t.powi((k - order) as i32)).sum()
        };
        let x: Vec<f64> = (0..n).map(|i| at(i, 0)).collect();
        let expected: Vec<f64> = (0..n).map(|i| at(i, order)).collect();
        let filter = SavitzkyGolay::new(window, degree).unwrap().derivative(order, Rate::from_hz(rate).unwrap());
        // What half a unit in the last place of the samples may do to such a derivative at the ends.
        let allowed = 1e-13 * (30.0 * rate / half as f64).powi(order as i32);
        prop_assert!(distance(&filter.apply(&x).unwrap(), &expected, 1.0) < allowed);
    }

    #[test]
    fn offsets_and_factors_pass_through(
        x in prop::collection::vec(-100.0f64..100.0, 60..200),
        half in 1usize..29,
        power in -3i32..4,
        offset in -50.0f64..50.0,
        edge in prop_oneof![Just(Edge::Inside), Just(Edge::Nearest), Just(Edge::Mirror), Just(Edge::Reflect)],
    ) {
        let (window, factor) = (2 * half + 1, 2f64.powi(power));
        let moved: Vec<f64> = x.iter().map(|x| factor * x + offset).collect();
        macro_rules! law {
            ($filter:expr) => {{
                let filter = $filter;
                let expected: Vec<f64> =
                    filter.apply(&x).unwrap().into_iter().map(|y| factor * y + offset).collect();
                prop_assert!(distance(&filter.apply(&moved).unwrap(), &expected, 1000.0) < 1e-14);
            }};
        }
        law!(MovingMean::new(window).unwrap().edge(edge));
        law!(MovingMedian::new(window).unwrap().edge(edge));
        law!(SavitzkyGolay::new(window, 2).unwrap().edge(edge));
        law!(SavitzkyGolay::new(window, 2).unwrap());
        // A power of two rounds nothing: outliers stay outliers, squares stay squares.
        let scaled: Vec<f64> = x.iter().map(|x| factor * x).collect();
        let outliers = Hampel::new(window, 1.5).unwrap().edge(edge);
        prop_assert_eq!(outliers.clean(&scaled).unwrap().replaced, outliers.clean(&x).unwrap().replaced);
        let rms = MovingRms::new(window).unwrap().edge(edge);
        let expected: Vec<f64> = rms.apply(&x).unwrap().into_iter().map(|y| factor * y).collect();
        prop_assert_eq!(rms.apply(&scaled).unwrap(), expected);
    }

    #[test]
    fn a_monotone_record_is_its_own_median(
        mut x in prop::collection::vec(-1e6f64..1e6, 1..300),
        half in 0usize..60,
        reverse: bool,
    ) {
        x.sort_by(f64::total_cmp);
        if reverse {
            x.reverse();
        }
        let median = MovingMedian::new(2 * half + 1).unwrap().edge(Edge::Nearest);
        prop_assert_eq!(&median.apply(&x).unwrap(), &x);
        if half > 0 {
            let clean = Hampel::new(2 * half + 1, 0.0).unwrap().edge(Edge::Nearest).clean(&x).unwrap();
            prop_assert_eq!((clean.samples, clean.replaced), (x, vec![]));
        }
    }

    #[test]
    fn a_cycle_may_be_cut_anywhere(
        x in prop::collection::vec(-10.0f64..10.0, 1..150),
        half in 1usize..100,
        cut in 0usize..150,
    ) {
        fn law<F>(filter: Periodic<F>, x: &[f64], cut: usize) -> Result<(), TestCaseError>
        where
            Periodic<F>: Filter<f64>,
        {
            let (mut turned, mut expected) = (x.to_vec(), filter.apply(x).unwrap());
            turned.rotate_left(cut % x.len());
            expected.rotate_left(cut % x.len());
            prop_assert!(distance(&filter.apply(&turned).unwrap(), &expected, 10.0) < 1e-13);
            Ok(())
        }
        let window = 2 * half + 1;
        law(SavitzkyGolay::new(window, 2).unwrap().periodic(), &x, cut)?;
        law(MovingMean::new(window).unwrap().periodic(), &x, cut)?;
        law(MovingMedian::new(window).unwrap().periodic(), &x, cut)?;
        law(MovingRms::new(window).unwrap().periodic(), &x, cut)?;
        law(Hampel::new(window, 3.0).unwrap().periodic(), &x, cut)?;
    }
}

/// 1e6 samples at 1e9 with a fine pattern, whose sums are known exactly.
#[test]
fn nothing_drifts() {
    let parts: Vec<i64> = (0..1_000_000i64).map(|i| (i * i * 7919 + i) % 4001 - 2000).collect();
    let x: Vec<f64> = parts.iter().map(|p| 1e9 + *p as f64 / 1024.0).collect();
    let window = 101;
    let mean = MovingMean::new(window).unwrap().apply(&x).unwrap();
    let rms = MovingRms::new(window).unwrap().apply(&x).unwrap();
    let smooth = SavitzkyGolay::new(window, 1).unwrap().apply(&x).unwrap();
    let (mut worst, mut slope) = (0.0f64, 0.0f64);
    for i in [50, 51, 1000, 123_456, 500_000, 900_001, 999_900, 999_949] {
        let sum: i64 = parts[i - 50..=i + 50].iter().sum();
        let exact = 1e9 + sum as f64 / 1024.0 / window as f64;
        worst = [mean[i], smooth[i], rms[i]].iter().fold(worst, |w, y| w.max((y - exact).abs() / exact));
        slope = slope.max((mean[i] - exact).abs());
    }
    println!("worst error {worst:.1e} of 1e9, mean {slope:.1e}");
    // The last place of 1e9 is 1.2e-16 of it; the mean square about 0 exceeds the squared mean by 1e-18 of it.
    assert!(worst < 1e-15, "{worst:e}");
}

#[test]
fn a_missing_sample_in_a_stream_reaches_its_windows_only() {
    let x: Vec<f64> = (0..600).map(|i| f64::from(i * i % 89) - 40.0).collect();
    let mut gap = x.clone();
    gap[300] = f64::NAN;
    fn law<F: Flush<f64, Output = Option<f64>> + Clone>(filter: F, x: &[f64], gap: &[f64], reach: usize) {
        let (whole, found) =
            (Collect(filter.clone()).analyze(x).unwrap(), Collect(filter).analyze(gap).unwrap());
        for (i, (w, f)) in whole.iter().zip(&found).enumerate() {
            assert!(if i.abs_diff(300) <= reach { f.is_nan() } else { w == f }, "{i}: {w} {f}");
        }
    }
    for half in [1, 5, 40] {
        let window = 2 * half + 1;
        law(MovingMean::new(window).unwrap(), &x, &gap, half);
        law(MovingRms::new(window).unwrap(), &x, &gap, half);
        law(MovingMedian::new(window).unwrap(), &x, &gap, half);
        law(SavitzkyGolay::new(window, 2).unwrap(), &x, &gap, half);
        law(SavitzkyGolay::new(window, 2).unwrap().edge(Edge::Mirror), &x, &gap, half);
        // An outlier filter leaves what it cannot judge.
        let cleaned = Collect(Hampel::new(window, 0.5).unwrap()).analyze(&gap).unwrap();
        assert!(
            cleaned[300].is_nan()
                && cleaned[301] == x[301]
                && cleaned.iter().filter(|y| y.is_nan()).count() == 1
        );
        let mut trailing = MovingMedian::trailing(window).unwrap().stream();
        let live: Vec<f64> = gap.iter().map(|x| trailing.push(*x)).collect();
        assert!((0..600).all(|i| live[i].is_nan() == (300..300 + window).contains(&i)));
    }
}

#[test]
fn trailing_windows_look_back() {
    let mut mean = MovingMean::trailing(4).unwrap().stream();
    assert_eq!([1.0, 3.0, 2.0, 6.0, 1.0].map(|x| mean.push(x)), [1.0, 2.0, 2.0, 3.0, 3.0]);
    let rate = Rate::from_hz(1000.0).unwrap();
    let envelope: Trailing<MovingRms> = MovingRms::trailing_seconds(0.02, rate).unwrap();
    assert_eq!(GroupDelay::group_delay(&envelope, 0.1), 9.5);
    let centred = MovingRms::from_seconds(0.021, rate).unwrap();
    assert_eq!((centred.window(), centred.group_delay(0.1)), (21, 10.0));
    // The centred form, later.
    let x: Vec<f64> = (0..300).map(|i| f64::from(i * i % 31) - 15.0).collect();
    let (late, centre) =
        (Causal(MovingRms::trailing(21).unwrap()).analyze(&x).unwrap(), centred.apply(&x).unwrap());
    assert!(distance(&late[20..], &centre[10..290], 15.0) < 1e-15);
}

#[test]
fn outliers_on_a_flat_line_and_between_steps_of_a_quantised_one() {
    let mut flat = vec![2.0; 20];
    flat[7] = 2.5;
    let filter = Hampel::new(5, 3.0).unwrap();
    assert_eq!(filter.clean(&flat).unwrap().replaced, [7]);
    // Half a unit is one step of this recording, so it is no outlier.
    let known = filter.least_scale(0.5);
    assert_eq!(known.clean(&flat).unwrap().replaced, [0; 0]);
    flat[12] = 9.0;
    assert_eq!(known.clean(&flat).unwrap().replaced, [12]);
    // Two in a window of five are the most that a median bears.
    let found = filter.clean(&[1.0, 1.1, 9.0, 9.1, 1.2, 1.3, 1.1, 1.0]).unwrap();
    assert_eq!(found.replaced, [2, 3]);
}

#[test]
fn windows_durations_and_thresholds_out_of_range_are_refused() {
    let parameter = |r: copeak::Result<()>| matches!(r, Err(Error::Parameter { .. }));
    let rate = Rate::from_hz(100.0).unwrap();
    for window in [0, 2, 10, usize::MAX, (1 << 20) + 1] {
        assert!(parameter(MovingMean::new(window).map(drop)), "{window}");
        assert!(parameter(MovingMedian::new(window).map(drop)), "{window}");
        assert!(parameter(MovingRms::new(window).map(drop)), "{window}");
        assert!(parameter(Hampel::new(window, 3.0).map(drop)), "{window}");
        assert!(parameter(SavitzkyGolay::new(window, 0).map(drop)), "{window}");
    }
    assert!(parameter(MovingMean::trailing(0).map(drop)) && MovingMean::trailing(10).is_ok());
    assert!(parameter(Hampel::new(1, 3.0).map(drop)));
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(parameter(Hampel::new(5, bad).map(drop)));
        assert!(parameter(Hampel::new(5, 3.0).unwrap().least_scale(bad).apply(&[0.0; 9]).map(drop)));
        assert!(parameter(MovingMean::from_seconds(bad, rate).map(drop)));
        assert!(parameter(MovingMedian::trailing_seconds(bad, rate).map(drop)));
        assert!(parameter(SavitzkyGolay::from_seconds(bad, 2, rate).map(drop)));
    }
    assert!(parameter(MovingMean::from_seconds(0.004, rate).map(drop)), "less than a sample");
    assert!(
        parameter(SavitzkyGolay::new(5, 5).map(drop)) && parameter(SavitzkyGolay::new(101, 31).map(drop))
    );
    assert!(parameter(SavitzkyGolay::new(5, 2).unwrap().derivative(3, rate).apply(&[0.0; 9]).map(drop)));
    let beyond = Rate::from_hz(1e200).unwrap();
    assert!(parameter(SavitzkyGolay::new(5, 3).unwrap().derivative(2, beyond).apply(&[0.0; 9]).map(drop)));

    fn records<F: Filter<f64>>(filter: F, shortest: usize) {
        let x = vec![1.0; shortest];
        assert!(filter.apply(&x).is_ok());
        let short = filter.apply(&x[1..]);
        assert!(
            matches!(short, Err(Error::TooFew { needed, got, .. }) if needed == shortest && got + 1 == needed)
        );
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut x = vec![1.0; 20];
            x[13] = bad;
            assert!(matches!(filter.apply(&x), Err(Error::NonFinite { index: 13, .. })));
        }
    }
    records(MovingMean::new(51).unwrap(), 1);
    records(MovingMedian::new(51).unwrap(), 1);
    records(MovingRms::new(51).unwrap().edge(Edge::Mirror), 1);
    records(Hampel::new(51, 3.0).unwrap().edge(Edge::Reflect), 1);
    records(SavitzkyGolay::new(7, 2).unwrap(), 7);
    records(SavitzkyGolay::new(7, 2).unwrap().edge(Edge::Mirror), 1);
    records(SavitzkyGolay::new(7, 2).unwrap().periodic(), 1);
    records(MovingMean::new(7).unwrap().periodic(), 1);

    // A stream that ends before its first whole window has nothing to fit; with an edge it has everything.
    let mut live = SavitzkyGolay::new(7, 2).unwrap().stream();
    assert!((0..6).all(|i| live.push(f64::from(i)).is_none()));
    assert_eq!(live.flush(), None);
    let mut nothing = MovingMean::new(7).unwrap().stream();
    assert_eq!(Stage::<f64>::initial_state(nothing.stage()), nothing.state().clone());
    assert_eq!(nothing.flush(), None::<Option<f64>>);
}
