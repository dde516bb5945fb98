//! Order against SciPy's `kendalltau` and `page_trend_test` (fixture: validation/oracles/peaks.py).

use copeak::sequence::order;
use serde_json::Value;

#[test]
fn kendall_and_page_are_scipys() {
    let text = include_str!("../../fixtures/order.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    let numbers =
        |value: &Value| -> Vec<Option<f64>> { value.as_array().unwrap().iter().map(Value::as_f64).collect() };
    for case in fixture["cases"].as_array().unwrap() {
        let rows = case["times"].as_array().unwrap();
        let times: Vec<Vec<f64>> =
            rows.iter().map(|row| numbers(row).into_iter().flatten().collect()).collect();
        let found = order(&times).unwrap();
        let taus = numbers(&case["kendall_tau"]);
        assert_eq!(found.kendall_tau.len(), taus.len());
        for (ours, theirs) in found.kendall_tau.iter().zip(&taus) {
            let near = match (ours, theirs) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-12,
                (None, None) => true,
                _ => false,
            };
            assert!(near, "{ours:?}, not {theirs:?}: {case}");
        }
        let page = found.page.unwrap();
        assert!(page.exact);
        assert_eq!(Some(page.l), case["page_l"].as_f64());
        assert!((page.p - case["page_p"].as_f64().unwrap()).abs() < 1e-12, "{page:?}: {case}");
    }
}
