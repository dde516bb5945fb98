//! Occlusions planted in real marker paths, and filled.
//!
//! `cargo test --test filter_gaps_real -- --nocapture` prints the tables that the documentation of `GapFill` and
//! `RigidFill` shows.

use crate::common;
use crate::common::trc;
use copeak::filter::gap::{Gap, GapOutcome};
use copeak::filter::{Filter, GapFill, Interpolation, RigidFill};
use copeak::{Frame, Rate};
use trc::Trc;

type Marker = Vec<Frame<f64, 3>>;

const MISSING: Frame<f64, 3> = Frame([f64::NAN; 3]);
const ZERO: Frame<f64, 3> = Frame([0.0; 3]);
/// Visible samples asked for around a planted gap, and frames between one and the next.
const MARGIN: usize = 20;
const EVERY: usize = 7;

fn distance_mm(a: Frame<f64, 3>, b: Frame<f64, 3>) -> f64 {
    1e3 * (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f64>().sqrt()
}

/// Median and 95 % point.
fn spread(values: &mut [f64]) -> (f64, f64) {
    assert!(!values.is_empty());
    values.sort_by(f64::total_cmp);
    let at = |p: f64| values[((values.len() - 1) as f64 * p).round() as usize];
    (at(0.5), at(0.95))
}

/// Places where a gap of `length` can be planted with the marker seen on both sides.
fn places(marker: &[Frame<f64, 3>], length: usize) -> impl Iterator<Item = usize> + '_ {
    let seen = |f: &Frame<f64, 3>| *f != ZERO && f.0.iter().all(|v| v.is_finite());
    (MARGIN..marker.len().saturating_sub(length + MARGIN))
        .step_by(EVERY)
        .filter(move |at| marker[at - MARGIN..at + length + MARGIN].iter().all(seen))
}

/// Errors of every filled sample, and the root mean square of each gap, in mm.
struct Errors {
    samples: Vec<f64>,
    gaps: Vec<f64>,
}

impl Errors {
    fn new() -> Self {
        Self { samples: vec![], gaps: vec![] }
    }

    fn add(&mut self, found: &[Frame<f64, 3>], truth: &[Frame<f64, 3>]) {
        let errors: Vec<f64> = found.iter().zip(truth).map(|(f, t)| distance_mm(*f, *t)).collect();
        self.gaps.push((errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt());
        self.samples.extend(errors);
    }

    fn report(&mut self, what: &str) -> (f64, f64) {
        let ((sample, sample95), (gap, gap95)) = (spread(&mut self.samples), spread(&mut self.gaps));
        println!(
            "{what}: per sample {sample:.2} ({sample95:.2}), per gap {gap:.2} ({gap95:.2}) mm, {} gaps",
            self.gaps.len()
        );
        (sample, gap)
    }
}

fn planted(trc: &Trc, fill: &GapFill, length: usize) -> Errors {
    let mut errors = Errors::new();
    for marker in &trc.markers {
        for at in places(marker, length) {
            let around = at - MARGIN..at + length + MARGIN;
            let mut x = marker[around].to_vec();
            // As C3D files have it; the fill for markers knows.
            x[MARGIN..MARGIN + length].fill(ZERO);
            let y = fill.repair(&x).unwrap();
            assert_eq!((y.zeros, y.gaps.len(), y.gaps[0].outcome), (length, 1, GapOutcome::Filled));
            errors.add(&y.samples[MARGIN..MARGIN + length], &marker[at..at + length]);
        }
    }
    errors
}

#[test]
fn planted_occlusions_are_filled() {
    let Some(folder) = common::data() else { return };
    let files = [
        ("sprint_dorn2012/raw/run0350cms.trc", "3.5 m/s, 250 Hz"),
        ("sprint_dorn2012/raw/run0500cms.trc", "5.2 m/s, 250 Hz"),
        ("sprint_dorn2012/raw/run0700cms.trc", "7.0 m/s, 250 Hz"),
        ("sprint_dorn2012/raw/run0900cms.trc", "9.5 m/s, 250 Hz"),
        ("fullbody_hamner2013/run300.trc", "3.0 m/s, 100 Hz"),
        ("fullbody_bmclab/motion_capture_run.trc", "2.7 m/s, 150 Hz"),
    ];
    for (file, name) in files {
        let trc = Trc::read(&folder.join(file));
        let fill = GapFill::markers(Rate::from_hz(trc.rate_hz).unwrap()).max_gap_s(0.2);
        for length in [5, 10, 20] {
            let of = |method: Interpolation| {
                planted(&trc, &fill.method(method), length)
                    .report(&format!("{name}, {length} samples, {method:?}"))
            };
            let linear = of(Interpolation::Linear);
            let pchip = of(Interpolation::Pchip);
            let (cubic, cubic_gap) = of(Interpolation::Cubic);
            assert!(cubic < pchip.0 && pchip.0 < linear.0, "the default is the best of them");
            match (name, length) {
                ("3.5 m/s, 250 Hz", 5 | 10) => assert!(cubic < 0.6 && cubic_gap < 3.0),
                ("9.5 m/s, 250 Hz", 20) => assert!(cubic < 10.0 && cubic_gap < 12.0),
                _ => {}
            }
        }
    }
}

#[test]
fn gaps_over_a_tenth_of_a_second_stay() {
    let Some(folder) = common::data() else { return };
    let trc = Trc::read(&folder.join("sprint_dorn2012/raw/run0900cms.trc"));
    let fill = GapFill::markers(Rate::from_hz(trc.rate_hz).unwrap());
    let heel = trc.marker("LHEEL");
    for (length, fate) in [(25, GapOutcome::Filled), (26, GapOutcome::TooLong)] {
        let mut x = heel.to_vec();
        x[100..100 + length].fill(ZERO);
        let repaired = fill.repair(&x).unwrap();
        let gap = repaired.gaps.iter().find(|g| g.gap.start == 100).unwrap();
        assert_eq!((gap.outcome, gap.gap.len()), (fate, length));
        assert_eq!(repaired.samples[110][0].is_nan(), fate == GapOutcome::TooLong);
        assert!(
            repaired
                .samples
                .iter()
                .zip(heel)
                .enumerate()
                .all(|(i, (y, t))| i / 26 == 4 || (100..126).contains(&i) || y == t)
        );
    }
}

#[test]
fn empty_cells_are_gaps() {
    let Some(folder) = common::data() else { return };
    let trc = Trc::read(&folder.join("fullbody_bmclab/motion_capture_run.trc"));
    let fill = GapFill::new(Rate::from_hz(trc.rate_hz).unwrap());
    let (mut missing, mut filled, mut cells) = (0, 0, 0);
    for marker in &trc.markers {
        let repaired = fill.repair(marker).unwrap();
        cells += marker.len();
        missing += repaired.gaps.iter().map(|g| g.gap.len()).sum::<usize>();
        filled += repaired.filled().map(|range| range.len()).sum::<usize>();
        let left: usize = Gap::all_in(&repaired.samples).iter().map(Gap::len).sum();
        assert_eq!(
            left,
            repaired
                .gaps
                .iter()
                .filter(|g| g.outcome != GapOutcome::Filled)
                .map(|g| g.gap.len())
                .sum::<usize>()
        );
    }
    let share = missing as f64 / cells as f64;
    println!("missing {share:.3}, filled {filled} of {missing}");
    assert!((share - 0.256).abs() < 0.001);
    assert_eq!(filled, 0, "every one of them is longer than 0.1 s or at an end");
}

#[test]
fn a_segment_gives_its_hidden_marker() {
    let Some(folder) = common::data() else { return };
    let segments: [(&str, &[&str]); 4] = [
        ("thigh", &["RTHLP", "RTHLD", "RTHAP", "RTHAD", "RLEPI"]),
        ("shank", &["RTIAP", "RTIAD", "RTILAT", "RLMAL"]),
        ("pelvis", &["RASI", "LASI", "SACR", "P1", "P2", "P3"]),
        ("trunk", &["C7", "RSH", "LSH", "MAN", "T7"]),
    ];
    let mut spline = GapFill::new(Rate::from_hz(250.0).unwrap()).max_gap_s(0.3);
    spline = spline.context(4);
    for (file, speed) in [("run0350cms.trc", "3.5 m/s"), ("run0900cms.trc", "9.5 m/s")] {
        let trc = Trc::read(&folder.join("sprint_dorn2012/raw").join(file));
        for (segment, names) in segments {
            let markers: Vec<Marker> = names.iter().map(|n| trc.marker(n).to_vec()).collect();
            for length in [5, 10, 20, 50] {
                let (mut rigid, mut cubic, mut residuals) = (Errors::new(), Errors::new(), vec![]);
                for hidden in 0..markers.len() {
                    for at in places(&markers[hidden], length).step_by(6) {
                        let mut planted = markers.clone();
                        planted[hidden][at..at + length].fill(MISSING);
                        let known = RigidFill::learn(&planted).unwrap();
                        let Ok(repaired) = known.repair(&planted, hidden) else { continue };
                        let gap = repaired.gaps.iter().find(|g| g.gap.start == at).unwrap();
                        if gap.filled < length {
                            continue;
                        }
                        residuals.push(1e3 * gap.residual);
                        let truth = &markers[hidden][at..at + length];
                        rigid.add(&repaired.samples[at..at + length], truth);
                        cubic.add(&spline.apply(&planted[hidden]).unwrap()[at..at + length], truth);
                    }
                }
                let what = format!("{speed} {segment}, {length} samples");
                let (by_segment, _) = rigid.report(&format!("{what}, rigid"));
                let (by_spline, _) = cubic.report(&format!("{what}, cubic"));
                let (residual, residual95) = spread(&mut residuals);
                println!("{what}, residual {residual:.2} ({residual95:.2}) mm");
                // Shoulders, sternum and spine are no rigid body in a sprint; the trunk is reported only.
                if length == 50 {
                    assert!(
                        segment == "trunk" || (by_segment < 12.0 && by_segment < by_spline / 3.0),
                        "{what}"
                    );
                }
            }
        }
    }
}
