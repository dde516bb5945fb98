//! Properties of every measure of convergence, on random drives.

use crate::common::cases;
use copeak::convergence::chance::ChanceLevel;
use copeak::convergence::peak_phases::PeakPhases;
use copeak::convergence::{DriveGrid, Normalization};
use copeak::inference::{Bootstrap, Strides};
use proptest::prelude::*;

const M: usize = 24;

/// `steps` x `contributors` rows of M phases, most of them clipped pulses as drives are.
fn rows(steps: usize, contributors: usize) -> impl Strategy<Value = Vec<Vec<Vec<f64>>>> {
    let row = prop::collection::vec(-1.0f64..2.0, M)
        .prop_map(|row| row.into_iter().map(|v| v.max(0.0)).collect::<Vec<_>>())
        .prop_filter("a drive that is zero throughout is excluded before", |row| {
            row.iter().any(|v| *v > 0.0)
        });
    prop::collection::vec(prop::collection::vec(row, contributors), steps)
}

fn some_rows() -> impl Strategy<Value = Vec<Vec<Vec<f64>>>> {
    (1usize..4, 2usize..6).prop_flat_map(|(steps, contributors)| rows(steps, contributors))
}

fn drives(rows: &[Vec<Vec<f64>>]) -> DriveGrid {
    DriveGrid::from_steps(rows).unwrap()
}

fn turned(rows: &[Vec<Vec<f64>>], by: usize) -> Vec<Vec<Vec<f64>>> {
    let turn = |row: &Vec<f64>| [&row[by..], &row[..by]].concat();
    rows.iter().map(|step| step.iter().map(turn).collect()).collect()
}

fn normalised(drives: &DriveGrid) -> DriveGrid {
    drives.divided_by(&drives.mean_peaks()).unwrap()
}

/// Few offset vectors: the properties hold for any number of them.
fn chance() -> ChanceLevel {
    ChanceLevel::new(3).offsets(200).surrogates(19)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

fn kappas(drives: &DriveGrid) -> Vec<Option<f64>> {
    chance().test(drives).unwrap().steps.iter().map(|step| step.kappa).collect()
}

fn same(a: &[Option<f64>], b: &[Option<f64>]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a == b,
        })
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_global_rotation_changes_nothing(rows in some_rows(), by in 0..M) {
        let (a, b) = (drives(&rows), drives(&turned(&rows, by)));
        prop_assert!(same(&kappas(&a), &kappas(&b)));
        for j in 0..a.steps() {
            prop_assert!(close(a.coincidence(j).realised, b.coincidence(j).realised));
        }
        prop_assert_eq!(chance().test(&a).unwrap().p.is_some(), chance().test(&b).unwrap().p.is_some());
        let sums = |d: &DriveGrid| d.timing_cost(1).costs;
        prop_assert!(sums(&a).iter().zip(sums(&b)).all(|(a, b)| close(*a, b)));
    }

    #[test]
    fn positive_gains_change_no_kappa_of_normalised_drives(
        rows in some_rows(), gains in prop::collection::vec(0.01f64..100.0, 6),
    ) {
        let scaled: Vec<Vec<Vec<f64>>> = rows.iter().map(|step| {
            step.iter().zip(&gains).map(|(row, gain)| row.iter().map(|v| v * gain).collect()).collect()
        }).collect();
        let (a, b) = (normalised(&drives(&rows)), normalised(&drives(&scaled)));
        prop_assert!(same(&kappas(&a), &kappas(&b)));
    }

    /// Offsets are counted from the first contributor, so random ones are other ones in another order: the chance
    /// level agrees to its own sampling error, and exactly where all offsets are taken.
    #[test]
    fn the_order_of_contributors_changes_nothing(rows in some_rows()) {
        let reversed: Vec<Vec<Vec<f64>>> =
            rows.iter().map(|step| step.iter().rev().cloned().collect()).collect();
        let (a, b) = (drives(&rows), drives(&reversed));
        for j in 0..a.steps() {
            let (x, y) = (a.coincidence(j), b.coincidence(j));
            prop_assert!(close(x.available, y.available) && close(x.realised, y.realised));
        }
        let mut costs = b.timing_cost(1).costs;
        costs.reverse();
        prop_assert!(a.timing_cost(1).costs.iter().zip(&costs).all(|(a, b)| close(*a, *b)));
        let many = ChanceLevel::new(3).offsets(if a.contributors() == 2 { M } else { 4000 });
        let tolerance = if a.contributors() == 2 { 1e-12 } else { 0.02 };
        for (x, y) in many.test(&a).unwrap().steps.iter().zip(&many.test(&b).unwrap().steps) {
            prop_assert!((x.chance.unwrap() - y.chance.unwrap()).abs() < tolerance);
        }
    }

    #[test]
    fn all_aligned_is_one(rows in rows(2, 1), gains in prop::collection::vec(0.1f64..10.0, 5)) {
        let aligned: Vec<Vec<Vec<f64>>> = rows.iter().map(|step| {
            gains.iter().map(|gain| step[0].iter().map(|v| v * gain).collect()).collect()
        }).collect();
        let d = drives(&aligned);
        for step in chance().test(&d).unwrap().steps {
            prop_assert!(step.kappa.is_none_or(|kappa| close(kappa, 1.0)));
            prop_assert!(close(step.coincidence.coincidence().unwrap(), 1.0));
        }
        prop_assert!(d.timing_cost(1).costs.iter().all(|cost| *cost < 1e-12));
    }

    #[test]
    fn for_two_the_mean_over_all_rotations_is_the_chance_level(rows in rows(1, 2)) {
        let mean = (0..M).map(|by| {
            let shifted = vec![vec![rows[0][0].clone(), [&rows[0][1][by..], &rows[0][1][..by]].concat()]];
            drives(&shifted).coincidence(0).coincidence().unwrap()
        }).sum::<f64>() / M as f64;
        prop_assert!(close(chance().test(&drives(&rows)).unwrap().steps[0].chance.unwrap(), mean));
    }

    #[test]
    fn duplicated_strides_change_no_point_estimate(rows in some_rows()) {
        let twice = [rows.clone(), rows.clone()].concat();
        let (a, b) = (drives(&rows), drives(&twice));
        prop_assert!(close(a.session().0, b.session().0) && close(a.session().1, b.session().1));
        let (x, y) = (chance().test(&a).unwrap().kappa, chance().test(&b).unwrap().kappa);
        prop_assert!(x.zip(y).map_or(x == y, |(x, y)| close(x, y)));
        prop_assert!(a.timing_cost(1).costs.iter().zip(b.timing_cost(1).costs).all(|(a, b)| close(*a, b)));
        let (p, q) = (a.loss().unwrap(), b.loss().unwrap());
        prop_assert!(close(p.offset, q.offset) && close(p.blur, q.blur));
    }

    #[test]
    fn costs_sum_to_the_leak_and_bound_what_re_timing_gains(
        rows in some_rows(), weights in prop::collection::vec(0.0f64..3.0, 6),
    ) {
        let d = drives(&rows);
        let d = d.clone().weighted(&weights[..d.contributors()]).unwrap();
        let costs = d.timing_cost(1).costs;
        let (available, realised) = d.session();
        prop_assert!((costs.iter().sum::<f64>() - (available - realised)).abs() <= 1e-12 * available);
        prop_assert!(costs.iter().all(|cost| *cost >= 0.0));
        for j in 0..d.steps() {
            let c = d.coincidence(j);
            let share = (0..d.contributors())
                .map(|i| d.weights()[i] * d.peak(j, i).1)
                .fold(0.0, f64::max) / c.available;
            prop_assert!(c.available == 0.0 || c.coincidence().unwrap() >= share - 1e-12);
            let product = c.available * c.coincidence().unwrap_or(0.0);
            prop_assert!((product - c.realised).abs() <= 1e-12 * c.available, "A x C = P");
            prop_assert!(d.ideal_gain(j).iter().all(|gain| *gain <= c.leak() + 1e-12 * c.available));
        }
    }

    #[test]
    fn the_ideal_gain_is_that_of_the_best_rotation(rows in rows(1, 4)) {
        let d = drives(&rows);
        let realised = d.coincidence(0).realised;
        for (i, gain) in d.ideal_gain(0).into_iter().enumerate() {
            let best = (0..M).map(|by| {
                let mut moved = rows.clone();
                moved[0][i].rotate_left(by);
                drives(&moved).coincidence(0).realised
            }).fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(close(gain, best - realised), "{} {}", gain, best - realised);
        }
    }

    #[test]
    fn offset_and_blur_sum_to_what_is_lost(rows in some_rows()) {
        let d = drives(&rows);
        let (available, realised) = d.session();
        let loss = d.loss().unwrap();
        prop_assert!(close(loss.offset + loss.blur, 1.0 - realised / available));
        prop_assert!(d.blur().iter().flatten().all(|blur| *blur >= -1e-12));
    }

    #[test]
    fn a_shortfall_is_missing_mistimed_and_shape(
        a in rows(2, 3), b in rows(3, 3), weights in prop::collection::vec(0.1f64..3.0, 3), signed in any::<bool>(),
    ) {
        // Signed forces: lower every row, so that it is negative at some phases.
        let lower = |rows: Vec<Vec<Vec<f64>>>| -> Vec<Vec<Vec<f64>>> {
            let by = if signed { 0.1 } else { 0.0 };
            rows.into_iter().map(|s| s.into_iter().map(|r| r.iter().map(|v| v - by).collect()).collect()).collect()
        };
        let x = drives(&lower(a)).weighted(&weights).unwrap();
        let r = drives(&lower(b)).weighted(&weights).unwrap();
        let parts = x.shortfall(&r);
        prop_assume!(parts.is_ok());
        let parts = parts.unwrap();
        let size = parts.missing.abs() + parts.mistimed.abs() + parts.shape.abs() + x.session().0 + r.session().0;
        let sum = parts.missing + parts.mistimed + parts.shape;
        prop_assert!((sum - parts.total).abs() <= 1e-12 * size);
        prop_assert!((parts.total - (r.session().1 - x.session().1)).abs() <= 1e-12 * size);
        prop_assert!((parts.missing_by.iter().sum::<f64>() - parts.missing).abs() <= 1e-12 * size);
        let back = r.shortfall(&x).unwrap();
        prop_assert!((back.total + parts.total).abs() <= 1e-12 * size);
        prop_assert!((back.missing + parts.missing).abs() <= 1e-12 * size);
    }

    #[test]
    fn a_missing_peak_equals_a_missing_contributor(phases in prop::collection::vec(0.0f64..1.0, 4)) {
        let with = [&phases[..], &[f64::NAN]].concat();
        let a = PeakPhases::from_steps(&[with], &[0.6]).unwrap().steps()[0];
        let b = PeakPhases::from_steps(&[phases], &[0.6]).unwrap().steps()[0];
        prop_assert_eq!(a, b);
    }
}

#[test]
fn intervals_of_a_shortfall_hold_its_value_and_sum_exactly_in_every_replicate() {
    let pulse = |centre: f64, width: f64, height: f64| -> Vec<f64> {
        (0..100)
            .map(|t| {
                let d = (t as f64 - centre) / width;
                height * (-0.5 * d * d).exp()
            })
            .collect()
    };
    let wobble = |j: usize| (j as f64 * 2.4).sin();
    let session = |late: f64, height: f64| {
        let step = |j: usize| {
            vec![pulse(50.0 + wobble(j), 9.0, 100.0), pulse(50.0 + late + wobble(j + 3), 9.0, 7.0 * height)]
        };
        DriveGrid::from_steps(&(0..12).map(step).collect::<Vec<_>>()).unwrap()
    };
    let (slow, fast) = (session(8.0, 0.8), session(0.0, 1.0));
    let strides = Strides::ungrouped(12);
    let bootstrap = Bootstrap::new(1).replicates(300);
    let (slow, fast) = (slow.in_strides(&strides).unwrap(), fast.in_strides(&strides).unwrap());
    let parts = slow.shortfall(&fast, Normalization::Relative, &bootstrap).unwrap();
    for part in [parts.total, parts.missing, parts.mistimed] {
        let ci = part.ci.unwrap();
        assert!(ci.contains(part.value) && ci.low > 0.0, "{part:?}");
    }
    let sum = parts.missing.value + parts.mistimed.value + parts.shape.value;
    assert!((sum - parts.total.value).abs() < 1e-12);
    // In mean peaks of the reference the first contributor misses nothing and the second a fifth of its peak.
    assert!(parts.missing_by[0].value.abs() < 1e-12 && (parts.missing_by[1].value - 0.19).abs() < 0.02);
}
