//! Every condition against a plain restatement of its rule.

use super::*;
use crate::Error;
use alloc::{vec, vec::Vec};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

/// Peaks by the definition, one rule after the other, with quadratic scans.
struct Plain<'a> {
    x: &'a [f64],
}

impl Plain<'_> {
    fn maxima(&self) -> Vec<usize> {
        let x = self.x;
        let mut found = vec![];
        for left in 1..x.len() {
            let right = (left..x.len()).take_while(|&i| x[i] == x[left]).last().unwrap_or(left);
            if x[left - 1] < x[left] && right + 1 < x.len() && x[right + 1] < x[left] {
                found.push((left + right) / 2);
            }
        }
        found
    }

    fn apart(&self, peaks: &[usize], distance: usize) -> Vec<usize> {
        let mut order = peaks.to_vec();
        order.sort_by(|&a, &b| self.x[b].partial_cmp(&self.x[a]).unwrap().then(b.cmp(&a)));
        let mut kept: Vec<usize> = vec![];
        for peak in order {
            if kept.iter().all(|k| k.abs_diff(peak) >= distance) {
                kept.push(peak);
            }
        }
        kept.sort_unstable();
        kept
    }

    fn prominence(&self, peak: usize, wlen: Option<usize>) -> (f64, usize, usize) {
        let x = self.x;
        let reach = wlen.map_or(x.len(), |w| w / 2);
        let (mut left, mut right) = (peak, peak);
        for i in (0..peak).rev().take_while(|i| peak - i <= reach && x[*i] <= x[peak]) {
            left = if x[i] < x[left] { i } else { left };
        }
        for i in (peak + 1..x.len()).take_while(|i| i - peak <= reach && x[*i] <= x[peak]) {
            right = if x[i] < x[right] { i } else { right };
        }
        (x[peak] - x[left].max(x[right]), left, right)
    }

    /// Returns the width and the samples at which the flanks end, found sample by sample.
    fn flanks(&self, peak: usize, prominence: &Prominence, rel_height: f64) -> (f64, usize, usize) {
        let height = self.x[peak] - prominence.value * rel_height;
        let above = |i: &usize| height < self.x[*i];
        let left = (prominence.left_base + 1..=peak).rev().find(|i| !above(i));
        let right = (peak..prominence.right_base).find(|i| !above(i));
        (height, left.unwrap_or(prominence.left_base), right.unwrap_or(prominence.right_base))
    }
}

/// Rough, smooth, coarse (many plateaus and ties) and rising records, some with infinities.
fn record() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        8 => (-6i32..6).prop_map(f64::from),
        8 => -3.0..3.0f64,
        1 => prop_oneof![Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(-0.0)],
    ];
    let coarse = prop::collection::vec((-3i32..3).prop_map(f64::from), 0..120);
    let rough = prop::collection::vec(value, 0..120);
    let walk = prop::collection::vec(-1.0..1.2f64, 0..500).prop_map(|steps| {
        let sum = |total: &mut f64, step: f64| {
            *total += step;
            Some(*total)
        };
        steps.into_iter().scan(0.0, sum).collect()
    });
    prop_oneof![coarse, rough, walk]
}

/// Property tests with the same cases in every run; `COPEAK_SEED` is the seed of others.
pub(super) fn cases(cases: u32) -> Config {
    let seed = std::env::var("COPEAK_SEED").ok().and_then(|word| word.parse().ok()).unwrap_or(0);
    Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn maxima_and_distance_equal_their_definitions(x in record(), distance in 1usize..40) {
        let plain = Plain { x: &x };
        let all = plain.maxima();
        prop_assert_eq!(&PeakFinder::new().find(&x).unwrap().indices, &all);
        let apart = PeakFinder::new().distance(distance as f64).find(&x).unwrap();
        prop_assert_eq!(apart.indices, plain.apart(&all, distance));
    }

    #[test]
    fn prominence_equals_its_definition_with_and_without_a_window(
        x in record(), least in 0.0..4.0f64, wlen in 2usize..400, distance in 1usize..20
    ) {
        let plain = Plain { x: &x };
        let least = if least < 1.0 { (4.0 * least).floor() } else { least };
        for wlen in [None, Some(wlen)] {
            let mut finder = PeakFinder::new();
            if let Some(wlen) = wlen {
                finder = finder.wlen(wlen as f64);
            }
            let expect = |peaks: &[usize]| -> Vec<(usize, (f64, usize, usize))> {
                let all = peaks.iter().map(|&p| (p, plain.prominence(p, wlen)));
                all.filter(|(_, (value, ..))| *value >= least).collect()
            };
            let of = |peaks: &Peaks| -> Vec<(usize, (f64, usize, usize))> {
                let all = peaks.indices.iter().zip(&peaks.prominences);
                all.map(|(&i, p)| (i, (p.value, p.left_base, p.right_base))).collect()
            };
            let found = finder.prominence(least).find(&x).unwrap();
            prop_assert_eq!(of(&found), expect(&plain.maxima()));
            let apart = finder.prominence(least).distance(distance as f64).find(&x).unwrap();
            prop_assert_eq!(of(&apart), expect(&plain.apart(&plain.maxima(), distance)));
            let high = |p: &usize| x[*p] >= 1.0;
            let above: Vec<usize> = plain.maxima().into_iter().filter(high).collect();
            let found = finder.prominence(least).height(1.0).find(&x).unwrap();
            prop_assert_eq!(of(&found), expect(&above));
        }
    }

    #[test]
    fn flanks_end_where_a_linear_scan_ends(x in record(), rel_height in 0.0..1.5f64) {
        let finder = PeakFinder::new().width(..).rel_height(rel_height);
        let found = finder.find(&x).unwrap();
        for ((&peak, prominence), width) in found.indices.iter().zip(&found.prominences).zip(&found.widths) {
            let (height, left, right) = Plain { x: &x }.flanks(peak, prominence, rel_height);
            prop_assert!(width.height == height || height.is_nan() && width.height.is_nan());
            // No line goes to an infinite sample.
            if height.is_finite() && x[left].is_finite() && x[right].is_finite() {
                prop_assert!(left as f64 <= width.left && width.left <= left as f64 + 1.0, "{width:?} {left}");
                prop_assert!(right as f64 - 1.0 <= width.right && width.right <= right as f64, "{width:?} {right}");
            }
        }
    }

    #[test]
    fn minima_and_magnitudes_are_peaks_of_the_negated_or_absolute_record(x in record(), least in 0.0..4.0f64) {
        let finder = PeakFinder::new().prominence(least).distance(3.0).width(..).plateau_size(..);
        let turned = |f: fn(f64) -> f64| x.iter().map(|&v| f(v)).collect::<Vec<_>>();
        // As text, since a width may be NaN where the record is infinite.
        let same = |a: Peaks, b: Peaks| alloc::format!("{a:?}") == alloc::format!("{b:?}");
        prop_assert!(same(finder.minima().find(&x).unwrap(), finder.find(&turned(|v| -v)).unwrap()));
        prop_assert!(same(finder.absolute().find(&x).unwrap(), finder.find(&turned(f64::abs)).unwrap()));
    }

    #[test]
    fn skipping_nan_finds_the_peaks_of_the_record_without_them(x in record(), holes in prop::collection::vec(0usize..200, 0..9)) {
        let mut holed = x.clone();
        for &hole in holes.iter().filter(|&&h| h < x.len()) {
            holed[hole] = f64::NAN;
        }
        let finder = PeakFinder::new().prominence(..).plateau_size(..);
        let found = finder.nan(NanPolicy::Skip).find(&holed).unwrap();
        let places: Vec<usize> = (0..x.len()).filter(|&i| !holed[i].is_nan()).collect();
        let rest: Vec<f64> = places.iter().map(|&i| x[i]).collect();
        let expected = finder.find(&rest).unwrap();
        prop_assert_eq!(&found.heights, &expected.heights);
        let indices: Vec<usize> = expected.indices.iter().map(|&i| places[i]).collect();
        prop_assert_eq!(&found.indices, &indices);
        for (p, e) in found.prominences.iter().zip(&expected.prominences) {
            prop_assert_eq!(p.value, e.value);
            prop_assert_eq!((p.left_base, p.right_base), (places[e.left_base], places[e.right_base]));
        }
    }

    #[test]
    fn a_used_workspace_finds_the_same_peaks(a in record(), b in record()) {
        let finder = PeakFinder::new().prominence(0.5).distance(3.0).width(..).threshold(..);
        let (mut workspace, mut peaks) = (PeakWorkspace::new(), Peaks::default());
        finder.find_into(&a, &mut workspace, &mut peaks).unwrap();
        finder.find_into(&b, &mut workspace, &mut peaks).unwrap();
        let fresh = finder.find(&b).unwrap();
        prop_assert_eq!(&peaks.indices, &fresh.indices);
        prop_assert_eq!(&peaks.prominences, &fresh.prominences);
        prop_assert_eq!(peaks.widths.len(), fresh.len());
    }

    #[test]
    fn single_precision_finds_the_same(x in prop::collection::vec(-9i16..9, 0..90)) {
        let wide: Vec<f64> = x.iter().map(|&v| f64::from(v) / 4.0).collect();
        let single: Vec<f32> = x.iter().map(|&v| f32::from(v) / 4.0).collect();
        let finder = PeakFinder::new().prominence(0.5).distance(4.0).width(1.0);
        prop_assert_eq!(finder.find(&wide).unwrap(), finder.find(&single).unwrap());
    }
}

#[test]
fn among_equal_heights_the_later_wins() {
    let x = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0];
    assert_eq!(PeakFinder::new().distance(3.0).find(&x).unwrap().indices, [1, 5]);
    assert_eq!(PeakFinder::new().distance(5.0).find(&x).unwrap().indices, [5]);
    assert_eq!(PeakFinder::new().distance(f64::MAX).find(&x).unwrap().indices, [5]);
    // Zeros of either sign are equal.
    assert_eq!(PeakFinder::new().distance(9.0).find(&[-1.0, 0.0, -1.0, -0.0, -1.0]).unwrap().indices, [3]);
}

#[test]
fn nan_are_an_error_or_skipped_with_indices_of_the_record() {
    let x = [0.0, 3.0, f64::NAN, 1.0, 0.0, 4.0, f64::NAN, f64::NAN, 4.0, 0.0];
    let error = PeakFinder::new().find(&x).unwrap_err();
    assert!(matches!(error, Error::NonFinite { index: 2, .. }));
    let skip = PeakFinder::new().nan(NanPolicy::Skip).plateau_size(..).width(..).rel_height(0.75);
    let peaks = skip.find(&x).unwrap();
    assert_eq!(peaks.indices, [1, 5]);
    assert_eq!(
        (peaks.plateaus[1].left_edge, peaks.plateaus[1].right_edge, peaks.plateaus[1].size()),
        (5, 8, 4)
    );
    // The right flank falls from 3.0 at sample 1 to 1.0 at sample 3, across the NaN.
    assert_eq!((peaks.widths[0].height, peaks.widths[0].right), (0.75, 3.25));
    // Distance counts the record's samples.
    assert_eq!(skip.distance(4.0).find(&x).unwrap().indices, [1, 5]);
    assert_eq!(skip.distance(5.0).find(&x).unwrap().indices, [5]);
    assert!(skip.find(&[f64::NAN; 4]).unwrap().is_empty());
}

#[test]
fn parameters_outside_their_range_are_errors_that_name_them() {
    let x = [0.0, 1.0, 0.0];
    let new = PeakFinder::new;
    for (finder, parameter) in [
        (new().distance(0.5), "distance"),
        (new().distance(f64::NAN), "distance"),
        (new().distance(f64::INFINITY), "distance"),
        (new().wlen(1.0), "wlen"),
        (new().wlen(f64::NAN), "wlen"),
        (new().rel_height(-0.1), "rel_height"),
        (new().height(f64::NAN), "height"),
        (new().threshold(0.0..=f64::NAN), "threshold"),
        (new().prominence(f64::NAN), "prominence"),
        (new().width(..=f64::NAN), "width"),
        (new().plateau_size(f64::NAN), "plateau size"),
    ] {
        let error = finder.find(&x).unwrap_err();
        assert!(matches!(error, Error::Parameter { name, .. } if name == parameter), "{error}");
    }
}

/// Records for which plain scans take quadratic time.
#[test]
fn no_record_is_searched_in_quadratic_time() {
    let n = 1_000_000;
    // Teeth on a rising trend; peaks that fall over valleys that rise, with a deep valley at the end.
    let rising: Vec<f64> = (0..n).map(|i| f64::from(i) + if i % 2 == 0 { 0.0 } else { 10.0 }).collect();
    let narrowing = |i: i32| f64::from(if i % 2 == 0 { i - n } else { n - i });
    let closing: Vec<f64> = (0..n).map(|i| if i + 1 == n { -1e9 } else { narrowing(i) }).collect();
    let start = std::time::Instant::now();
    for x in [&rising, &closing] {
        for wlen in [None, Some(f64::from(n / 2))] {
            let mut finder = PeakFinder::new().width(..).rel_height(1.0);
            finder = wlen.map_or(finder, |wlen| finder.wlen(wlen));
            assert!(finder.find(x).unwrap().len() > 400_000);
        }
        assert!(!PeakFinder::new().distance(1e5).prominence(0.5).find(x).unwrap().is_empty());
    }
    // A scan for every peak would take 1e11 steps, minutes at best.
    assert!(start.elapsed().as_secs_f64() < 30.0, "{:?}", start.elapsed());
}

#[test]
fn short_and_flat_records_have_no_peak() {
    for x in [&[][..], &[1.0], &[1.0, 2.0], &[2.0; 9], &[1.0, 2.0, 2.0], &[2.0, 2.0, 1.0], &[3.0, 2.0, 1.0]] {
        for finder in
            [PeakFinder::new(), PeakFinder::new().prominence(0.5), PeakFinder::new().width(..).distance(2.0)]
        {
            assert!(finder.find(x).unwrap().is_empty(), "{x:?}");
        }
    }
}
