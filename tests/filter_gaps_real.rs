//! Gaps planted in real marker paths.
mod common;
#[path = "common/trc.rs"]
mod trc;

use copeak::filter::*;
use copeak::samples::Channels;
use copeak::{Frame, Rate};
use trc::Trc;

fn distance(a: Frame<f64, 3>, b: Frame<f64, 3>) -> f64 {
    (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f64>().sqrt()
}

fn quantile(values: &mut [f64], p: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * p).round() as usize]
}

#[test]
fn explore() {
    let Some(folder) = common::data() else { return };
    for (file, speed) in [
        ("sprint_dorn2012/raw/run0350cms.trc", 3.5),
        ("sprint_dorn2012/raw/run0500cms.trc", 5.2),
        ("sprint_dorn2012/raw/run0700cms.trc", 7.0),
        ("sprint_dorn2012/raw/run0900cms.trc", 9.5),
        ("fullbody_hamner2013/run300.trc", 3.0),
        ("fullbody_bmclab/motion_capture_run.trc", 2.67),
    ] {
        let trc = Trc::read(&folder.join(file));
        let rate = Rate::hz(trc.rate_hz).unwrap();
        println!("{file} {speed} frames {} markers {}", trc.frames(), trc.markers.len());
        for length in [5usize, 10, 20] {
            for method in [
                Interpolation::Linear,
                Interpolation::Pchip,
                Interpolation::Cubic,
                Interpolation::NaturalCubic,
            ] {
                print!("  {length} {method:?}: ");
                for context in [1usize, 2, 3, 4, 6, 8, 12, 20] {
                    let fill =
                        GapFill::new(rate).up_to_s(1.0).unwrap().by(method).with_context(context).unwrap();
                    let mut worst = vec![];
                    let mut mean = vec![];
                    for marker in &trc.markers {
                        let n = marker.len();
                        let mut start = 25;
                        while start + length + 25 <= n {
                            let clean = marker[start - 20..start + length + 20]
                                .iter()
                                .all(|f| !f.is_missing() && *f != Frame([0.0; 3]));
                            if clean {
                                let mut x = marker[start - 25..start + length + 25].to_vec();
                                x[25..25 + length].fill(Frame([f64::NAN; 3]));
                                let y = fill.apply(&x).unwrap();
                                let e: Vec<f64> = (0..length)
                                    .map(|i| 1e3 * distance(y[25 + i], marker[start + i]))
                                    .collect();
                                worst.push(e.iter().copied().fold(0.0, f64::max));
                                mean.extend(e);
                            }
                            start += 7;
                        }
                    }
                    if worst.is_empty() {
                        continue;
                    }
                    print!(
                        "k{context} {:.2}/{:.2} (pt {:.2}/{:.2}) ",
                        quantile(&mut worst, 0.5),
                        quantile(&mut worst, 0.95),
                        quantile(&mut mean, 0.5),
                        quantile(&mut mean, 0.95)
                    );
                }
                println!();
            }
        }
    }
}
