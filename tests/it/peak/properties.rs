//! Properties of peaks for any curve.

use crate::common::cases;
use copeak::peak::{CyclePeakFinder, NoPeak, PeakFinder};
use copeak::time::TimeSpan;
use copeak::{Clock, Rate, Signal};
use proptest::prelude::*;

/// Whole sixty-fourths, so that gains and shifts by powers of two are exact and plateaus happen.
fn curve() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-64i32..64).prop_map(|v| f64::from(v) / 64.0), 20..80)
}

fn signal(x: &[f64], start_s: f64) -> Signal {
    Signal::new(Clock::new(Rate::from_hz(128.0).unwrap(), start_s).unwrap(), x.to_vec())
}

fn finders() -> [CyclePeakFinder; 4] {
    let new = CyclePeakFinder::new();
    [new, new.circular(), new.positive_part(), new.circular().positive_part()]
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_cycles_peak_is_a_maximum_of_the_record(x in curve(), from in 0usize..10, length in 4usize..60) {
        let to = (from + length).min(x.len() - 1);
        let drive = signal(&x, 0.0);
        let (start, end) = (from as f64 / 128.0, to as f64 / 128.0);
        let all = PeakFinder::new().plateau_size(..).find(&x).unwrap();
        for finder in finders() {
            let window = TimeSpan { start_s: start, end_s: end };
            match finder.find(&drive, window) {
                Ok(peak) => {
                    let position = peak.time_s * 128.0;
                    prop_assert!(position > from as f64 - 1e-5 && position < to as f64 + 1e-5);
                    let near = |p: &copeak::peak::property::PlateauEdges| {
                        p.left_edge as f64 - 0.5 <= position && position <= p.right_edge as f64 + 0.5
                    };
                    prop_assert!(all.plateaus.iter().any(near), "{peak:?} is on no maximum");
                    prop_assert!(peak.prominence > 0.0);
                }
                // Inside the window the highest sample is then at its edge, or not prominent enough.
                Err(absence) => prop_assert!(matches!(
                    absence,
                    NoPeak::Edge | NoPeak::Flat | NoPeak::NotProminent
                ), "{absence}"),
            }
        }
    }

    #[test]
    fn a_maximum_inside_a_circular_window_is_never_missed(x in curve(), top in 5usize..15) {
        let mut x = x;
        x[top] = 2.0;
        let window = TimeSpan { start_s: 2.0 / 128.0, end_s: 18.0 / 128.0 };
        let peak = CyclePeakFinder::new().circular().find(&signal(&x, 0.0), window).unwrap();
        prop_assert!((peak.time_s * 128.0 - top as f64).abs() <= 0.5);
    }

    #[test]
    fn shift_and_gain_of_a_record_shift_and_scale_its_peaks(x in curve(), seconds in 0u8..60) {
        let n = x.len();
        let doubled: Vec<f64> = x.iter().map(|v| 2.0 * v).collect();
        let shift_s = f64::from(seconds);
        for finder in finders() {
            let window = TimeSpan { start_s: 0.0, end_s: (n - 1) as f64 / 128.0 };
            let plain = finder.find(&signal(&x, 0.0), window);
            let shifted = finder.find(&signal(&x, shift_s), window.moved(shift_s));
            let louder = finder.find(&signal(&doubled, 0.0), window);
            match plain {
                Ok(plain) => {
                    let (shifted, louder) = (shifted.unwrap(), louder.unwrap());
                    prop_assert!((shifted.time_s - shift_s - plain.time_s).abs() < 1e-9);
                    prop_assert_eq!((shifted.value, shifted.prominence), (plain.value, plain.prominence));
                    prop_assert_eq!(louder.time_s, plain.time_s);
                    prop_assert_eq!((louder.value, louder.prominence), (2.0 * plain.value, 2.0 * plain.prominence));
                }
                Err(absence) => {
                    prop_assert_eq!(shifted.unwrap_err(), absence);
                    prop_assert_eq!(louder.unwrap_err(), absence);
                }
            }
        }
    }

    #[test]
    fn a_mirrored_record_has_mirrored_peaks(x in curve(), least in 0.0..1.0f64) {
        let mirrored: Vec<f64> = x.iter().rev().copied().collect();
        let finder = PeakFinder::new().prominence(least).plateau_size(..);
        let (there, back) = (finder.find(&x).unwrap(), finder.find(&mirrored).unwrap());
        let values = |peaks: &copeak::peak::Peaks| peaks.prominences.iter().map(|p| p.value).collect::<Vec<_>>();
        let mut turned = values(&back);
        turned.reverse();
        prop_assert_eq!(values(&there), turned);
        for (a, b) in there.plateaus.iter().zip(back.plateaus.iter().rev()) {
            prop_assert_eq!(a.left_edge + b.right_edge, x.len() - 1);
        }
    }
}
