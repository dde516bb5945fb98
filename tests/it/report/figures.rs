//! Figures contain the values they show, in plain SVG.
#![cfg(feature = "analysis")]

use copeak::convergence::{Contributor, CycleKind, Cycles, Role};
use copeak::event::{Contact, Event, EventKind, Method, Side, Sides};
use copeak::report::figure;
use copeak::simulate::Sprinter;
use copeak::stride::Step;
use copeak::study::Study;
use copeak::{Clock, Rate, Signal};

const STEPS: usize = 6;

/// Cycles of 460 ms, in which these contributors peak 14 ms after one another, the first 23 ms before mid-contact.
fn cycles(names: &[&str]) -> Cycles {
    let all = ["support_hip", "swing_hip", "support_arm", "opposite_arm", "trunk"];
    let clock = Clock::from_zero(Rate::from_hz(1000.0).unwrap());
    let contributors: Vec<Contributor> = names
        .iter()
        .map(|name| {
            let later = 0.03 * all.iter().position(|one| one == name).unwrap() as f64;
            let pulse = |i: usize| {
                let phase = (i as f64 / 1000.0 - 1.0) / 0.46 - (later - 0.05);
                (std::f64::consts::TAU * phase).cos().max(0.0).powi(2)
            };
            let drive = Signal::new(clock, (0..5000).map(pulse).collect::<Vec<_>>());
            Contributor::paired(*name, Role::SupportLeg, Sides::new(&drive, &drive))
        })
        .collect();
    let event = |time_s, kind| Event::new(time_s, 0.001, Side::Left, kind, Method::Force);
    let step = |j: usize| {
        let middle = 1.0 + 0.46 * j as f64;
        let (on, off) = (
            event(middle - 0.06, EventKind::InitialContact),
            event(middle + 0.06, EventKind::TerminalContact),
        );
        Step::new(Contact::new(on, off).unwrap(), middle + 0.17, 0.46)
    };
    Cycles::new(&contributors, &(0..STEPS).map(step).collect::<Vec<_>>(), CycleKind::Stride).unwrap()
}

fn all_cycles() -> Cycles {
    cycles(&["support_hip", "swing_hip", "support_arm", "opposite_arm", "trunk"])
}

fn study() -> Study {
    let trials =
        [1, 2].map(|seed| Sprinter::at_speed(9.5).steps(12).seed(seed).simulate().unwrap().recording);
    Study::builder().trials(&trials).replicates(50).run().unwrap()
}

#[test]
fn drives_and_sequence_name_every_row() {
    let svg = figure::drives("Mean drives", &all_cycles()).unwrap();
    for name in ["support hip", "swing hip", "support arm", "opposite arm", "trunk", "Mean drives"] {
        assert!(svg.contains(name), "{name}");
    }
    assert!(svg.contains("viewBox=\"0 0 "), "it scales");
    let study = study();
    let svg =
        figure::sequence("Support leg", study.sessions[0].trials[0].sequence.as_ref().unwrap()).unwrap();
    assert!(["hip", "knee", "ankle"].iter().all(|name| svg.contains(name)));
    assert!(figure::themed(&svg).contains("var(--c0,#0072B2)"));
}

#[test]
fn peaks_on_a_circle() {
    let svg = figure::polar("Peak phases", &all_cycles()).unwrap();
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
    assert_eq!(svg.matches("<circle").count(), STEPS + 2);
}

#[test]
fn a_sequence_is_drawn_with_lags_and_delays() {
    use copeak::inference::{Bootstrap, Strides};
    use copeak::sequence::{Cycle, Sequence, SequenceChannel, Timing};
    let channels = [
        SequenceChannel::new("hip"),
        SequenceChannel::new("knee"),
        SequenceChannel::new("calf").delayed(0.04, 0.01),
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
    let mut comparison = study().comparisons.remove(0);
    comparison.file = "slow.csv".into();
    let parts = &mut comparison.shortfall.split;
    for (part, value) in [
        (&mut parts.total, 0.5),
        (&mut parts.missing, 0.4),
        (&mut parts.mistimed, 0.2),
        (&mut parts.shape, -0.1),
    ] {
        (part.value, part.ci) = (value, None);
    }
    let svg = figure::shortfall(&[comparison]).unwrap();
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
fn an_empty_study_has_no_figures() {
    let nothing = Study::builder().run().unwrap();
    assert!(figure::convergence(&nothing).unwrap_err().to_string().contains("no accepted step"));
    assert!(figure::shortfall(&nothing.comparisons).is_err());
    assert!(figure::gains("x", &[]).is_err() && figure::symmetry("x", &[]).is_err());
}

#[test]
fn a_figure_of_its_own_changes_with_the_reader() {
    let svg = figure::drives("Drives & more", &all_cycles()).unwrap();
    let alone = figure::standalone(&svg);
    // The drawing has the light colours, the style rule the dark ones.
    for (light, dark) in [("#222222", "#E4E4E4"), ("#0072B2", "#5598D1"), ("#FFFFFF", "#16181B")] {
        assert!(alone.contains(&format!("fill=\"{light}\"")), "{light}");
        assert!(alone.contains(&format!(".copeak [fill=\"{light}\"]{{fill:{dark}}}")), "{light} {dark}");
    }
    assert!(alone.starts_with("<svg class=\"copeak\" role=\"img\" aria-label=\"Drives &amp; more\""));
    assert_eq!(alone.matches("<svg").count(), 1);
    // Every colour of a figure is one that the dark page has another for.
    let themed = figure::themed(&svg);
    assert!(!themed.contains("fill=\"#") && !themed.contains("stroke=\"#"), "{themed}");
}

#[test]
fn a_contributor_keeps_its_look_from_figure_to_figure() {
    let (all, one) = (all_cycles(), cycles(&["trunk"]));
    // The last contributor alone is drawn as it is among the others.
    for svg in [figure::drives("", &all), figure::drives("", &one), figure::polar("", &one)] {
        assert!(svg.unwrap().contains("stroke=\"#6B4A00\""));
    }
    assert!(!figure::drives("", &one).unwrap().contains("#0072B2"));
}
