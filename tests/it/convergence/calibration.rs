//! Small, fixed-seed versions of the studies that show how often the verdicts are wrong.

use crate::common::noise::SplitMix;
use copeak::convergence::chance::ChanceLevel;
use copeak::convergence::shortfall::Shortfall;
use copeak::convergence::{DriveGrid, Normalization, Null};
use copeak::inference::{Bootstrap, Strides};
use std::f64::consts::TAU;

/// A bell on the cycle, `width` its full width at half height; centre and width as fractions of the cycle.
fn bell(phases: usize, centre: f64, width: f64, height: f64) -> Vec<f64> {
    let sharpness = 2.0f64.ln() / (1.0 - (std::f64::consts::PI * width).cos());
    let at = |m: usize| TAU * (m as f64 / phases as f64 - centre);
    (0..phases).map(|m| height * (sharpness * (at(m).cos() - 1.0)).exp()).collect()
}

/// Share of sessions without any convergence in which p is at most 5 %.
fn false_alarms(null: Null, sessions: usize, steps: usize, contributors: usize) -> f64 {
    let mut noise = SplitMix::from_state(sessions as u64 + contributors as u64);
    let mut alarms = 0;
    for seed in 0..sessions {
        let fixed: Vec<f64> = (0..contributors).map(|_| noise.uniform()).collect();
        let session: Vec<Vec<Vec<f64>>> = (0..steps)
            .map(|_| {
                let centre = |offset: &f64, noise: &mut SplitMix| match null {
                    Null::Locked => offset + 0.02 * noise.normal(),
                    _ => noise.uniform(),
                };
                fixed.iter().map(|offset| bell(40, centre(offset, &mut noise), 0.25, 1.0)).collect()
            })
            .collect();
        let chance = ChanceLevel::new(seed as u64).offsets(400).surrogates(199).null(null);
        let p = chance.test(&DriveGrid::from_steps(&session).unwrap()).unwrap().p.unwrap();
        alarms += usize::from(p <= 0.05);
    }
    alarms as f64 / sessions as f64
}

/// 2000 sessions: three standard errors of 5 % are 1.5 %.
#[test]
fn any_fixed_offsets_are_called_convergence_in_five_per_cent() {
    for contributors in [3, 5] {
        let share = false_alarms(Null::Locked, 2000, 6, contributors);
        assert!((0.035..=0.065).contains(&share), "{contributors} contributors: {share}");
    }
}

#[test]
fn offsets_drawn_in_every_step_are_called_locking_in_five_per_cent() {
    let share = false_alarms(Null::Independent, 2000, 6, 4);
    assert!((0.035..=0.065).contains(&share), "{share}");
}

/// The null that shifts every step independently makes any fixed offsets significant, so it is not the default.
#[test]
fn locked_offsets_are_significant_under_the_independent_null() {
    let mut noise = SplitMix::from_state(11);
    let mut alarms = 0;
    for seed in 0..200 {
        let fixed: Vec<f64> = (0..4).map(|_| noise.uniform()).collect();
        let step = || fixed.iter().map(|centre| bell(40, *centre, 0.25, 1.0)).collect::<Vec<_>>();
        let session = DriveGrid::from_steps(&(0..12).map(|_| step()).collect::<Vec<_>>()).unwrap();
        let chance = ChanceLevel::new(seed).offsets(400).surrogates(199);
        let p = chance.null(Null::Independent).test(&session).unwrap().p.unwrap();
        alarms += usize::from(p <= 0.05 || p >= 0.95);
    }
    assert!(alarms > 100, "{alarms} of 200");
}

/// Coverage of the expanded percentile interval of a ratio of means: 2000 sessions each.
#[test]
fn expanded_intervals_of_a_ratio_hold_their_level() {
    let mut noise = SplitMix::from_state(5);
    for n in [5, 10, 25] {
        let mut held = 0;
        for seed in 0..2000 {
            let pairs: Vec<(f64, f64)> = (0..n)
                .map(|_| {
                    let whole = 10.0 + noise.normal();
                    (0.3 * whole + 0.5 * noise.normal(), whole)
                })
                .collect();
            let ratio = |picks: &[usize]| {
                let sum = picks.iter().fold((0.0, 0.0), |s, &i| (s.0 + pairs[i].0, s.1 + pairs[i].1));
                sum.0 / sum.1
            };
            let bootstrap = Bootstrap::new(seed).replicates(200);
            let ci = bootstrap.interval(n, ratio).unwrap().ci.unwrap();
            held += usize::from(ci.contains(0.3));
        }
        let share = held as f64 / 2000.0;
        let least = if n < 10 { 0.90 } else { 0.92 };
        assert!((least..=0.98).contains(&share), "n = {n}: {share}");
    }
}

/// At most 4 % of the size of a change of one kind appears in the other two components of the shortfall.
#[test]
fn a_change_of_one_kind_appears_in_its_own_component() {
    let mut noise = SplitMix::from_state(9);
    let mut worst = [0.0f64; 3];
    let one = Strides::ungrouped(1);
    let split = |x: &DriveGrid, r: &DriveGrid| -> [f64; 3] {
        let bootstrap = Bootstrap::new(1).replicates(1);
        let (x, r) = (x.in_strides(&one).unwrap(), r.in_strides(&one).unwrap());
        let Shortfall { missing, mistimed, shape, .. } =
            x.shortfall(&r, Normalization::Relative, &bootstrap).unwrap();
        [missing, mistimed, shape].map(|part| part.value)
    };
    for _ in 0..500 {
        let centres: Vec<f64> = (0..5).map(|_| 0.5 + 0.05 * noise.normal()).collect();
        let late: Vec<f64> = centres.iter().map(|c| c + 0.06 * noise.normal()).collect();
        let session = |centres: &[f64], width: f64, height: f64| {
            let step: Vec<Vec<f64>> = centres.iter().map(|c| bell(100, *c, width, height)).collect();
            DriveGrid::from_steps(&[step]).unwrap()
        };
        let reference = session(&centres, 0.25, 1.0);
        let changed = [session(&centres, 0.25, 0.8), session(&late, 0.25, 1.0), session(&centres, 0.15, 1.0)];
        for (kind, session) in changed.iter().enumerate() {
            let parts = split(session, &reference);
            let elsewhere: f64 = (0..3).filter(|part| *part != kind).map(|part| parts[part].abs()).sum();
            // Of five peaks; below that there is nothing to attribute.
            if parts[kind].abs() > 0.2 {
                worst[kind] = worst[kind].max(elsewhere / parts[kind].abs());
            }
        }
    }
    println!("worst share of a pure amplitude, timing and width change in the other parts: {worst:?}");
    assert!(worst.iter().all(|share| *share <= 0.04), "{worst:?}");
}

/// Rotated by integer phases the split is exact for pulses on the grid.
#[test]
fn pulses_shifted_by_integer_phases_are_mistimed_only() {
    let mut noise = SplitMix::from_state(4);
    for _ in 0..100 {
        let rows: Vec<Vec<f64>> = (0..4).map(|_| (0..50).map(|_| noise.uniform()).collect()).collect();
        let turned: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| {
                let by = (noise.uniform() * 50.0) as usize;
                [&row[by..], &row[..by]].concat()
            })
            .collect();
        let (x, r) = (DriveGrid::from_steps(&[turned]).unwrap(), DriveGrid::from_steps(&[rows]).unwrap());
        let one = Strides::ungrouped(1);
        let whole = x.shortfall(&r).unwrap();
        let (x, r) = (x.in_strides(&one).unwrap(), r.in_strides(&one).unwrap());
        let between = x.shortfall(&r, Normalization::Newtons, &Bootstrap::new(1)).unwrap();
        assert!((between.mistimed.value - between.total.value).abs() < 1e-12);
        assert!((whole.mistimed - whole.total).abs() < 1e-12);
        assert!(whole.missing.abs() < 1e-12 && whole.shape.abs() < 1e-12);
    }
}
