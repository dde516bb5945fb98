//! Quantiles, intervals and p values against SciPy and against 40 digits (`validation/oracles/inference.py`).

use copeak::inference::distribution::{
    fisher_cdf, fisher_quantile, normal_cdf, normal_quantile, student_cdf, student_quantile,
};
use copeak::inference::{
    Bootstrap, Interval, benjamini_hochberg, interval::BootstrapMethod, reliability::Reliability, t_interval,
    wilson,
};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../fixtures/statistics.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, relative: f64, what: &str) {
    assert!((ours - theirs).abs() <= relative * theirs.abs(), "{what}: {ours} against {theirs}");
}

#[test]
fn normal_quantiles_hold_to_1e_13() {
    for row in rows(&fixture()["normal"]) {
        let (p, x) = (row[0], row[1]);
        close(normal_quantile(p), x, 1e-13, &format!("normal quantile of {p}"));
        close(normal_cdf(x), p, 1e-13, &format!("normal probability of {x}"));
    }
}

#[test]
fn student_quantiles_hold_to_1e_12_from_0_15_to_12345_degrees_of_freedom() {
    for row in rows(&fixture()["student"]) {
        let (df, p, t) = (row[0], row[1], row[2]);
        close(student_quantile(p, df), t, 1e-12, &format!("t quantile of {p} at {df}"));
        // The probability moves by density x error of t, which is itself rounded.
        close(student_cdf(t, df), p, 1e-12, &format!("t probability of {t} at {df}"));
    }
    for row in rows(&fixture()["student_scipy"]) {
        close(student_quantile(row[1], row[0]), row[2], 1e-9, "SciPy's t quantile");
    }
}

#[test]
fn fisher_quantiles_equal_scipys() {
    for row in rows(&fixture()["fisher"]) {
        let (df1, df2, p, f) = (row[0], row[1], row[2], row[3]);
        close(fisher_quantile(p, df1, df2), f, 1e-10, &format!("F quantile of {p} at {df1}, {df2}"));
        close(fisher_cdf(f, df1, df2), p, 1e-10, &format!("F probability of {f} at {df1}, {df2}"));
    }
}

#[test]
fn reliability_equals_pingouins() {
    for case in fixture()["reliability"].as_array().unwrap() {
        let found = Reliability::of(&rows(&case["x"]), 0.95).unwrap();
        let Interval { low, high } = found.icc.ci.unwrap();
        let theirs = numbers(&case["ci"]);
        assert!((found.icc.value - case["icc"].as_f64().unwrap()).abs() < 1e-11, "{found:?}");
        assert!((low - theirs[0]).abs() < 1e-10 && (high - theirs[1]).abs() < 1e-10, "{found:?} {theirs:?}");
    }
}

#[test]
fn false_discoveries_equal_scipy() {
    let case = &fixture()["false_discoveries"];
    let ours = benjamini_hochberg(&numbers(&case["p"])).unwrap();
    for (ours, theirs) in ours.iter().zip(numbers(&case["adjusted"])) {
        close(*ours, theirs, 1e-14, "adjusted p");
    }
}

#[test]
fn wilson_equals_scipy() {
    for row in rows(&fixture()["wilson"]) {
        let ci = wilson(row[0] as usize, row[1] as usize, row[2]).unwrap().ci.unwrap();
        assert!((ci.low - row[3]).abs() < 1e-14 && (ci.high - row[4]).abs() < 1e-14, "{ci:?} {row:?}");
    }
}

#[test]
fn t_intervals_follow_the_definition() {
    for case in fixture()["t_interval"].as_array().unwrap() {
        let estimate = t_interval(&numbers(&case["x"]), 0.95).unwrap();
        assert!((estimate.value - case["mean"].as_f64().unwrap()).abs() < 1e-14);
        assert!((estimate.autocorrelation - case["r"].as_f64().unwrap()).abs() < 1e-14);
        match (estimate.ci, case["ci"].as_array()) {
            (Some(Interval { low, high }), Some(_)) => {
                let theirs = numbers(&case["ci"]);
                let width = theirs[1] - theirs[0];
                assert!((low - theirs[0]).abs() < 1e-11 * width && (high - theirs[1]).abs() < 1e-11 * width);
            }
            (ours, theirs) => assert!(ours.is_none() && theirs.is_none(), "{ours:?} {theirs:?}"),
        }
    }
}

#[test]
fn the_same_resamples_give_scipys_intervals() {
    for case in fixture()["bootstrap"].as_array().unwrap() {
        let text = |key: &str| case[key].as_str().unwrap();
        let kind = match text("method") {
            "percentile" => BootstrapMethod::Percentile,
            "bca" => BootstrapMethod::Bca,
            _ => BootstrapMethod::Expanded,
        };
        let bootstrap = Bootstrap::new(case["seed"].as_u64().unwrap())
            .method(kind)
            .replicates(case["replicates"].as_u64().unwrap() as usize)
            .level(case["level"].as_f64().unwrap());
        let x = numbers(&case["x"]);
        let estimate = match text("statistic") {
            "mean" => bootstrap.of(&x, |v| v.iter().sum::<f64>() / v.len() as f64),
            _ => bootstrap.of(&x, |v| {
                v.sort_by(f64::total_cmp);
                (v[(v.len() - 1) / 2] + v[v.len() / 2]) / 2.0
            }),
        }
        .unwrap();
        let Interval { low, high } = estimate.ci.unwrap();
        let theirs = numbers(&case["ci"]);
        let what = format!("{} {} n = {}", text("method"), text("statistic"), x.len());
        close(estimate.value, case["estimate"].as_f64().unwrap(), 1e-14, &what);
        close(low, theirs[0], 1e-11, &what);
        close(high, theirs[1], 1e-11, &what);
    }
}

#[test]
fn an_interval_serialises_as_a_pair() {
    let text = serde_json::to_string(&Interval::new(0.5, 1.5)).unwrap();
    assert_eq!(text, "[0.5,1.5]");
    assert_eq!(serde_json::from_str::<Interval>(&text).unwrap(), Interval::new(0.5, 1.5));
    let few = serde_json::to_value(t_interval(&[1.0, 2.0], 0.95).unwrap()).unwrap();
    assert_eq!((few["ci"].is_null(), few["why_not"].as_str()), (true, Some("too_few")));
}
