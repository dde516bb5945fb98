//! Recovery of the truth of simulated trials: a small fixed-seed version of `scripts/validate convergence`.

use copeak_validation::convergence::{causes, index, locked, speed, timing};
use copeak_validation::figure;

fn check(figures: &[figure::Figure]) {
    assert!(figures.iter().any(|figure| figure.bar.is_some()));
    let failed: Vec<_> = figures.iter().filter(|figure| !figure.holds()).collect();
    assert!(failed.is_empty(), "{}", figure::table(figures));
}

#[test]
fn peak_times_are_unbiased_and_their_errors_cover() {
    check(&timing::study(timing::Size { steps: 60, sessions: 100, true_steps: 400 }).unwrap());
}

#[test]
fn intervals_of_the_index_hold_the_truth() {
    check(&index::study(index::Size { sessions: 60, offsets: 500, steps: 400 }).unwrap());
}

#[test]
fn the_test_against_chance_keeps_its_level() {
    check(&locked::study(locked::Size { runners: 400, offsets: 500, surrogates: 199 }).unwrap());
}

#[test]
fn a_shortfall_is_put_down_to_its_cause() {
    check(&causes::study(causes::Size { sessions: 60, replicates: 100, steps: 400 }).unwrap());
}

#[test]
fn timing_is_found_to_matter_for_speed_only_where_it_does() {
    check(&speed::study(speed::Size { sessions: 300, replicates: 199 }).unwrap());
}
