//! Figures hold what they claim to show, in plain SVG.
#![cfg(feature = "plot")]

use copeak::report::{Comparison, Curves, DriveCurve, Report, SequenceRow, figure};

fn curves() -> Curves {
    let pulse = |middle: f64| -> Vec<f64> {
        (0..100)
            .map(|m| (std::f64::consts::TAU * (m as f64 / 100.0 - middle)).cos().max(0.0).powi(2))
            .collect()
    };
    let mut curves = Curves::default();
    curves.cycle_s = 0.46;
    curves.contact_s = 0.12;
    let names = ["support_hip", "swing_hip", "support_arm", "opposite_arm", "trunk"];
    for (i, name) in names.iter().enumerate() {
        let middle = 0.45 + 0.03 * i as f64;
        let peaks = (0..6).map(|j| 0.46 * (middle - 0.5) + 0.003 * (j as f64 - 2.5)).collect();
        curves.drives.push(DriveCurve::new(*name, pulse(middle), vec![0.05; 100], peaks));
    }
    for (i, channel) in ["hip", "knee", "ankle"].iter().enumerate() {
        let mean = 0.08 + 0.012 * i as f64;
        let times = (0..6).map(|j| mean + 0.002 * (j as f64 - 2.5)).collect();
        curves.sequence.push(SequenceRow::new(*channel, times, Some([mean - 0.004, mean + 0.004])));
    }
    curves
}

#[test]
fn drives_and_sequence_name_every_row() {
    let svg = figure::drives("Mean drives", &curves()).unwrap();
    for name in ["support hip", "swing hip", "support arm", "opposite arm", "trunk", "Mean drives"] {
        assert!(svg.contains(name), "{name}");
    }
    assert!(svg.contains("viewBox=\"0 0 "), "it scales");
    let svg = figure::sequence("Support leg", &curves()).unwrap();
    assert!(["hip", "knee", "ankle"].iter().all(|name| svg.contains(name)));
    assert!(figure::themed(&svg).contains("var(--c0,#0072B2)"));
}

#[test]
fn peaks_on_a_circle() {
    let svg = figure::polar("Peak phases", &curves()).unwrap();
    // Mean peaks from 23 ms before mid-contact on, 14 ms apart; the cycle is 460 ms.
    for word in [
        "Peak phases",
        "mid-contact",
        "+115 ms",
        "230 ms",
        "-115 ms",
        "support hip",
        "-23 ms, resultant 1.00",
        "+32 ms",
    ] {
        assert!(svg.contains(word), "{word}");
    }
    // The support hip's circles: six steps, the key, the mean.
    assert_eq!(svg.matches("<circle").count(), 6 + 2);
    assert!(figure::polar("", &Curves::default()).is_err());
}

#[test]
fn a_sequence_draws_itself() {
    use copeak::inference::{Bootstrap, Strides};
    use copeak::sequence::{Cycle, Sequence, SequenceChannel, Timing};
    let channels = [
        SequenceChannel::new("hip"),
        SequenceChannel::new("knee"),
        SequenceChannel::new("calf").delayed(0.04, 0.01).unwrap(),
    ];
    let cycle = |i: usize, contact_s| {
        let at = |t: f64, k: usize| Some(Timing::at(t + 0.001 * ((i * k) % 5) as f64));
        Cycle { start_s: 0.0, duration_s: 0.5, contact_s, times: vec![at(0.08, 2), at(0.1, 3), at(0.055, 4)] }
    };
    let of = |contact_s, cycles: usize| {
        let cycles: Vec<Cycle> = (0..cycles).map(|i| cycle(i, contact_s)).collect();
        Sequence::of(&channels, &cycles, &Strides::ungrouped(cycles.len()), &Bootstrap::new(1)).unwrap()
    };
    let svg = figure::timeline("Support leg", &of(Some(0.1), 6)).unwrap();
    let lags = ["hip &gt; knee", "knee &gt; calf", "hip &gt; calf"];
    for word in ["Support leg", "hip", "knee", "calf", "lag (ms)", "before", "unclear"].iter().chain(&lags) {
        assert!(svg.contains(word), "{word} is not in the figure");
    }
    // Nothing is shaded without a contact, and there is no interval with two cycles.
    let shaded = |svg: &str| svg.matches("<polygon opacity=\"0.07\"").count();
    let bars = |svg: &str| svg.matches("stroke-width=\"3\"").count();
    let bare = figure::timeline("Support leg", &of(None, 6)).unwrap();
    assert_eq!([shaded(&svg), shaded(&bare)], [1, 0]);
    assert_eq!([bars(&bare), bars(&figure::timeline("Support leg", &of(None, 2)).unwrap())], [6, 0]);
}

#[test]
fn shortfall_bars_follow_their_sign() {
    let mut report = Report::default();
    report.comparisons.push(Comparison::new(
        "slow.csv",
        "fast.csv",
        "reference peaks",
        0.5,
        [0.4, 0.2, -0.1],
    ));
    let svg = figure::shortfall(&report).unwrap();
    assert!(["missing", "mistimed", "shape", "total", "slow.csv"].iter().all(|name| svg.contains(name)));
    // Bars of missing and mistimed begin where that of shape ends: at 0.
    let left = |hue: &str| -> Vec<f64> {
        let bars = svg.split("<polygon").filter(|tag| tag.contains(hue));
        let corners = bars.filter_map(|tag| {
            let points = &tag[tag.find("points=\"")? + 8..];
            let xs = points[..points.find('"')?]
                .split_whitespace()
                .filter_map(|p| p.split(',').next()?.parse().ok());
            Some(xs.collect::<Vec<f64>>())
        });
        let mut ends: Vec<f64> = corners.flatten().collect();
        ends.sort_by(f64::total_cmp);
        ends
    };
    let (missing, shape) = (left("#0072B2"), left("#009E73"));
    assert_eq!(missing[0], shape[shape.len() - 1]);
    let unit = (missing[missing.len() - 1] - missing[0]) / 0.4;
    assert!(((shape[shape.len() - 1] - shape[0]) / unit - 0.1).abs() < 0.01, "{missing:?} {shape:?}");
}

#[test]
fn nothing_to_show_is_an_error() {
    assert!(figure::drives("x", &Curves::default()).unwrap_err().to_string().contains("no drive"));
    assert!(figure::sequence("x", &Curves::default()).is_err());
    assert!(figure::convergence(&Report::default()).is_err());
    assert!(figure::shortfall(&Report::default()).is_err());
}

#[test]
fn a_figure_of_its_own_changes_with_the_reader() {
    let svg = figure::drives("DriveGrid & more", &curves()).unwrap();
    let alone = figure::standalone(&svg);
    // The printed colours stand in the drawing, their dark ones in the rule.
    for (light, dark) in [("#222222", "#E4E4E4"), ("#0072B2", "#5598D1"), ("#FFFFFF", "#16181B")] {
        assert!(alone.contains(&format!("fill=\"{light}\"")), "{light}");
        assert!(alone.contains(&format!(".copeak [fill=\"{light}\"]{{fill:{dark}}}")), "{light} {dark}");
    }
    assert!(alone.starts_with("<svg class=\"copeak\" role=\"img\" aria-label=\"DriveGrid &amp; more\""));
    assert_eq!(alone.matches("<svg").count(), 1);
    // Every colour of a figure is one that the dark page has another for.
    let themed = figure::themed(&svg);
    assert!(!themed.contains("fill=\"#") && !themed.contains("stroke=\"#"), "{themed}");
}

#[test]
fn a_contributor_keeps_its_look_from_figure_to_figure() {
    let (all, mut one) = (curves(), curves());
    one.drives.retain(|drive| drive.name == "trunk");
    // The last contributor alone is drawn as it is among the others.
    for svg in [figure::drives("", &all), figure::drives("", &one), figure::polar("", &one)] {
        assert!(svg.unwrap().contains("stroke=\"#6B4A00\""));
    }
    assert!(!figure::drives("", &one).unwrap().contains("#0072B2"));
}
