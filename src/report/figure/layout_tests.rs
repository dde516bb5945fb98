//! No text overlaps another or leaves the canvas, and nothing else leaves it, whatever is drawn.

use super::curves::{Curves, DriveCurve};
use super::draw::width;
use super::*;
use crate::convergence::session::SessionContributor;
use crate::convergence::shortfall::ContactImpulse;
use crate::convergence::{CycleKind, Cycles, Session, SessionAnalysis};
use crate::ensemble::CurveBand;
use crate::event::{Contact, Event, EventKind, Method, Side};
use crate::filter::cutoff::ResidualAnalysis;
use crate::inference::{Bootstrap, Estimate, Strides, t_interval};
use crate::model::JointModel;
use crate::performance::{SpeedModel, SpeedTrial, SprintModel};
use crate::recording::Channel;
use crate::sequence::{Cycle, Sequence, Timing};
use crate::simulate::Sprinter;
use crate::study::{Comparison, SideDifference, SideQuantity, Study, TrialStudy};
use crate::{Clock, Rate, Signal};
use std::{format, string::String, vec, vec::Vec};

struct Box {
    words: String,
    x: (f64, f64),
    y: (f64, f64),
}

fn value<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(&tag[from..from + tag[from..].find('"')?])
}

fn number(tag: &str, name: &str) -> f64 {
    value(tag, name).unwrap().parse().unwrap()
}

/// Box of each text, as wide as in a wide font.
fn boxes(svg: &str) -> Vec<Box> {
    let texts = svg.split("<text").skip(1).map(|text| {
        let (tag, rest) = text.split_once('>').unwrap();
        let words = rest[..rest.find("</text>").unwrap()].trim();
        let words = words.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&");
        let size = number(tag, "font-size");
        let wide = width(&words, size) * if tag.contains("bold") { 1.15 } else { 1.0 };
        let x = number(tag, "x");
        let left = match value(tag, "text-anchor") {
            None => x,
            Some("middle") => x - wide / 2.0,
            _ => x - wide,
        };
        let top = number(tag, "y") - if value(tag, "dy") == Some("0.5ex") { 0.6 * size } else { 0.0 };
        Box { words, x: (left, left + wide), y: (top, top + 1.2 * size) }
    });
    texts.collect()
}

/// Every point of the drawing.
fn points(svg: &str) -> Vec<(f64, f64)> {
    let lists = svg.split(" points=\"").skip(1).flat_map(|rest| {
        let list = &rest[..rest.find('"').unwrap()];
        list.split_whitespace().map(|pair| {
            let (x, y) = pair.split_once(',').unwrap();
            (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())
        })
    });
    let circles = svg.split("<circle").skip(1).map(|tag| (number(tag, "cx"), number(tag, "cy")));
    lists.chain(circles).collect()
}

#[track_caller]
fn clear(drawn: Result<String, FigureError>) -> String {
    let svg = drawn.unwrap();
    let size: Vec<f64> = value(&svg, "viewBox").unwrap().split(' ').map(|v| v.parse().unwrap()).collect();
    let (wide, high) = (size[2], size[3]);
    let boxes = boxes(&svg);
    assert!(!boxes.is_empty() && high < 4000.0);
    for (i, a) in boxes.iter().enumerate() {
        let inside = a.x.0 >= 0.0 && a.x.1 <= wide && a.y.0 >= 0.0 && a.y.1 <= high;
        assert!(inside, "{} is cut off: {:?} {:?} of {wide} x {high}", a.words, a.x, a.y);
        for b in &boxes[..i] {
            let apart = a.x.1 <= b.x.0 || b.x.1 <= a.x.0 || a.y.1 <= b.y.0 || b.y.1 <= a.y.0;
            assert!(apart, "{} overlaps {}", a.words, b.words);
        }
    }
    let out = points(&svg).into_iter().find(|(x, y)| !(0.0..=wide).contains(x) || !(0.0..=high).contains(y));
    assert_eq!(out, None, "nothing is drawn outside of the canvas of {wide} x {high}");
    let words = || boxes.iter().flat_map(|a| a.words.split(|c: char| !c.is_alphabetic()));
    let odd = words().find(|word| ["NaN", "inf"].contains(word));
    assert_eq!(odd, None, "every number is one");
    svg
}

const LONG: &str = "a contributor whose name nobody would wish to write a second time, however patient";

fn curves(count: usize, peaks: usize, long: bool) -> Curves {
    let drive = |i: usize| DriveCurve {
        name: if long { format!("{LONG} {i}") } else { format!("part_{i}") },
        mean: (0..100).map(|m| (0.06 * f64::from(m) + i as f64).sin()).collect(),
        sd: vec![0.1; 100],
        peaks_s: (0..peaks).map(|j| 0.01 * j as f64 - 0.02 * i as f64).collect(),
    };
    Curves { cycle_s: 0.46, contact_s: 0.12, newtons: true, drives: (0..count).map(drive).collect() }
}

/// Channels whose peaks come one after the other in cycles of 0.46 s.
fn leg(count: usize, cycles: usize, long: bool) -> Sequence {
    let name = |i: usize| if long { format!("{LONG} {i}") } else { format!("part_{i}") };
    let names: Vec<String> = (0..count).map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let cycle = |j: usize| Cycle {
        start_s: 0.0,
        duration_s: 0.46,
        contact_s: Some(0.12),
        times: (0..count).map(|i| Some(Timing::at(0.02 * i as f64 + 0.01 * j as f64))).collect(),
    };
    let cycles: Vec<Cycle> = (0..cycles).map(cycle).collect();
    Sequence::of(&names, &cycles, &Strides::ungrouped(cycles.len()), &Bootstrap::new(1)).unwrap()
}

#[test]
fn one_contributor_and_sixteen() {
    for (count, peaks, long) in [(1, 1, false), (1, 0, true), (5, 6, false), (16, 3, true), (16, 30, false)] {
        let curves = curves(count, peaks, long);
        clear(super::drives::draw(&LONG.repeat(3), &curves));
        if peaks > 0 {
            clear(super::polar::draw(LONG, &curves));
            clear(sequence("", &leg(count.max(2), peaks, long)));
        } else {
            assert!(super::polar::draw(LONG, &curves).is_err());
        }
    }
}

#[test]
fn values_that_are_missing_or_huge() {
    let mut some = curves(3, 4, false);
    some.drives[0].mean[20..40].fill(f64::NAN);
    some.drives[1].mean.fill(f64::NAN);
    some.drives[2].mean[50] = 1e30;
    some.drives[2].sd[51] = f64::INFINITY;
    some.drives[1].peaks_s = vec![f64::NAN, 0.01];
    clear(super::drives::draw("Gaps", &some));
    clear(super::polar::draw("Gaps", &some));
    let mut times = leg(3, 4, false);
    times.times[1].after_start_s.fill(Some(f64::NAN));
    times.times[2].after_start_s[0] = Some(1e9);
    times.times[0].mean_s.as_mut().unwrap().ci = Some((-1e6, 1e6).into());
    clear(sequence("Gaps", &times));
    let mut none = curves(2, 2, false);
    for drive in &mut none.drives {
        drive.mean.fill(f64::NAN);
        drive.peaks_s.fill(f64::NAN);
    }
    times.times.iter_mut().for_each(|channel| channel.mean_s = None);
    assert!(super::drives::draw("", &none).is_err() && super::polar::draw("", &none).is_err());
    assert!(sequence("", &times).is_err());
    let timeless = Curves { cycle_s: f64::NAN, ..curves(2, 2, false) };
    assert!(super::drives::draw("", &timeless).is_err() && super::polar::draw("", &timeless).is_err());
}

#[test]
fn a_sequence_of_long_names() {
    let cycle = |i: u32| Cycle {
        start_s: 0.0,
        duration_s: 0.5,
        contact_s: None,
        times: (0..6).map(|k| Some(Timing::at(0.05 * f64::from(k) + 0.001 * f64::from(i * k % 5)))).collect(),
    };
    let cycles: Vec<Cycle> = (0..5).map(cycle).collect();
    let names: Vec<String> = (0..6).map(|k| format!("{k} {LONG}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = Sequence::of(&names, &cycles, &Strides::ungrouped(5), &Bootstrap::new(1)).unwrap();
    clear(timeline("", &found));
}

fn study() -> Study {
    let runner = |seed| Sprinter::at_speed(8.0).steps(12).every_jitter_s(0.004).seed(seed);
    let trials = [1, 2].map(|seed| runner(seed).simulate().unwrap().recording);
    Study::builder().trials(&trials).replicates(50).run().unwrap()
}

fn session(trial: &mut TrialStudy) -> &mut Session {
    trial.convergence.as_mut().unwrap()
}

/// A trial of this name and speed, its kappa with this interval.
fn trial(of: &TrialStudy, file: &str, speed_mps: Option<f64>, ci: Option<(f64, f64)>) -> TrialStudy {
    let mut trial = TrialStudy { file: file.into(), speed_mps, ..of.clone() };
    session(&mut trial).kappa.as_mut().unwrap().ci = ci.map(Into::into);
    session(&mut trial).steps[1].index.kappa = Some(f64::NAN);
    trial
}

#[test]
fn trials_with_and_without_speed() {
    let mut study = study();
    let one = study.sessions[0].trials.remove(0);
    let trials = &mut study.sessions[0].trials;
    for (i, speed) in [3.5, 3.5, 3.50001, 9.0].into_iter().enumerate() {
        let ci = Some((-40.0 * i as f64, 40.0));
        trials.push(trial(&one, &format!("{LONG}.csv"), Some(speed), ci));
    }
    session(&mut trials[1]).kappa.as_mut().unwrap().value = f64::NAN;
    clear(convergence(&study));
    for i in 0..18 {
        study.sessions[0].trials.push(trial(&one, &format!("{LONG} {i}.csv"), None, None));
    }
    clear(convergence(&study));
    study.sessions.truncate(1);
    study.sessions[0].trials = vec![trial(&one, "one", Some(5.0), None)];
    clear(convergence(&study));
}

#[test]
fn shortfalls() {
    let study = study();
    let parts = [[0.4, 0.2, -0.1], [f64::NAN; 3], [1e12, -1e12, 0.0], [0.0; 3]];
    let comparison = |(i, parts): (usize, [f64; 3])| {
        let mut shortfall = study.comparisons[0].shortfall.clone();
        shortfall.unit = "N".into();
        let total = shortfall.split.total;
        let of = |value: f64| Estimate { value, ci: None, ..total };
        let sum = parts.iter().sum();
        shortfall.split.total = of(sum);
        [shortfall.split.missing, shortfall.split.mistimed, shortfall.split.shape] = parts.map(of);
        shortfall.split.missing.ci = Some((f64::NEG_INFINITY, 2.0).into());
        Comparison::new(format!("{LONG} {i}"), LONG, shortfall)
    };
    let comparisons: Vec<Comparison> = parts.into_iter().enumerate().map(comparison).collect();
    clear(shortfall(&comparisons));
    clear(shortfall(&comparisons[..1]));
}

#[test]
fn sides() {
    let index = t_interval(&[0.04, 0.02, 0.06], 0.95).unwrap();
    let side = |quantity, unit: &str, value: f64, ci| SideDifference {
        quantity,
        unit: unit.into(),
        left: 0.1234,
        right: 0.1356,
        index: Estimate { value, ci, ..index },
    };
    let mut all = vec![
        side(SideQuantity::ContactTime, "s", 0.04, Some((-0.1, 0.2).into())),
        side(SideQuantity::FlightTime, "s", f64::NAN, None),
    ];
    clear(symmetry("Right against left", &all[..1]));
    all.extend((0..14).map(|i| {
        let quantity = SideQuantity::Peak(format!("{LONG} {i}"));
        side(quantity, "deg/s", 9e5 * f64::from(i), Some((-1e9, 1e9).into()))
    }));
    clear(symmetry(LONG, &all));
    assert!(symmetry("", &all[1..2]).is_err() && symmetry("", &[]).is_err());
}

#[test]
fn retiming() {
    let mut study = study();
    let first = study.trials().next().unwrap().convergence.clone().unwrap().contributors.remove(0);
    let contributor = |i: usize, gain: f64| {
        let mut contributor = SessionContributor {
            name: if i < 2 { format!("part_{i}") } else { format!("{LONG} {i}") },
            ..first.clone()
        };
        let retiming = contributor.retiming.as_mut().unwrap();
        (retiming.gain, retiming.at_bound) = (gain, i % 2 == 0);
        retiming.held_out = None;
        contributor.best_shift_s.as_mut().unwrap().value = -0.0123 * i as f64;
        contributor
    };
    let mut all: Vec<SessionContributor> = (0..16).map(|i| contributor(i, 0.1 * i as f64)).collect();
    clear(gains("Two", &all[..2]));
    all[3].retiming.as_mut().unwrap().gain = f64::NAN;
    clear(gains(LONG, &all));
    assert!(gains("", &all[3..4]).is_err() && gains("", &[]).is_err());
    let mut compared = study.comparisons.remove(0);
    (compared.file, compared.reference) = (LONG.into(), LONG.into());
    let changes = compared.changes.as_mut().unwrap();
    let first = changes.contributors[0].clone();
    for i in 0..16 {
        let mut change = first.clone();
        change.name = format!("{LONG} {i}");
        (change.force.value, change.force.ci) = (f64::NAN, None);
        (change.width.value, change.width.ci) = (1e9, None);
        changes.contributors.push(change);
    }
    clear(comparison(&compared));
    compared.changes = None;
    assert!(comparison(&compared).is_err());
}

fn cycles(seed: u64) -> Cycles {
    let trial = Sprinter::at_speed(8.0).steps(12).every_jitter_s(0.004).seed(seed).simulate().unwrap();
    let steps: Vec<_> = trial.truth.steps.iter().map(|step| step.step).collect();
    let model = JointModel::new(15.0).apply(&trial.recording).unwrap();
    Cycles::new(&model.contributors, &steps, CycleKind::Stride).unwrap()
}

#[test]
fn sessions_and_impulses() {
    let convergence = SessionAnalysis::new(1).replicates(100);
    let mut found = convergence.changes(&cycles(2), &cycles(1)).unwrap();
    clear(changes("Two sessions", &found));
    let first = found.contributors[0].clone();
    for i in 0..12 {
        let mut more = first.clone();
        more.name = format!("{LONG} {i}");
        more.force.value = f64::NAN;
        more.timing_s.ci = Some((-1e7, 1e7).into());
        found.contributors.push(more);
    }
    clear(changes(LONG, &found));
    found.contributors.clear();
    assert!(changes(LONG, &found).is_err());

    let mut impulses = cycles(3).contact_impulses(0.95).unwrap();
    clear(impulse("One session", &impulses));
    let share = t_interval(&[-4.0, 9.0, 0.5], 0.95).unwrap();
    for i in 0..11 {
        let name = format!("{LONG} {i}");
        let first_half = (i % 2 == 0).then_some(share);
        impulses.push(ContactImpulse { name, unit: "N s".into(), impulse: share, first_half });
    }
    clear(impulse(LONG, &impulses));
    impulses.iter_mut().for_each(|impulse| impulse.first_half = None);
    assert!(impulse(LONG, &impulses).is_err() && impulse(LONG, &[]).is_err());
}

#[test]
fn speed() {
    let trial = |i: u32| {
        let (force, kappa) = (3.0 + 0.1 * f64::from(i), 0.4 + 0.02 * f64::from(i * 7 % 5));
        SpeedTrial {
            athlete: 0,
            speed_mps: 2.0 * force + 3.0 * kappa + 0.1 * f64::from(i * 3 % 7),
            force,
            convergence: kappa,
            step_frequency_hz: Some(3.0 + 0.1 * f64::from(i * 5 % 11)),
        }
    };
    let fit = SpeedModel::new(1).fit(&(0..14).map(trial).collect::<Vec<_>>()).unwrap();
    clear(speed_model("Fourteen trials", &fit));
    let mut without = fit;
    without.covariate = None;
    without.convergence.coefficient.ci = None;
    clear(speed_model(LONG, &without));
    without.r2_full = f64::NAN;
    assert!(speed_model(LONG, &without).is_err());

    let clock = Clock::from_zero(Rate::from_hz(50.0).unwrap());
    let at = |i: u32| 9.0 * (1.0 - (-f64::from(i) / 50.0 / 1.25).exp()) + 0.2 * (0.5 * f64::from(i)).sin();
    let mut samples: Vec<f64> = (0..250).map(at).collect();
    let curve = SprintModel::new().fit(&Signal::new(clock, samples.clone())).unwrap();
    samples[100..120].fill(f64::NAN);
    clear(sprint("Speed", &curve, Some(&Signal::new(clock, samples))));
    let mut bare = curve;
    bare.vmax_mps.ci = None;
    clear(sprint(LONG, &bare, None));
    bare.tau_s.value = f64::NAN;
    assert!(sprint(LONG, &bare, None).is_err());
}

#[test]
fn bands() {
    let curve = |j: u32, points: u32| -> Vec<f64> {
        (0..points).map(|i| (0.06 * f64::from(i)).sin() + 0.1 * f64::from((j * 7 + i / 20) % 5)).collect()
    };
    let of = |n: u32, points: u32| {
        CurveBand::new(1).of(&(0..n).map(|j| curve(j, points)).collect::<Vec<_>>()).unwrap()
    };
    let (many, few, one) = (of(12, 101), of(4, 101), of(1, 101));
    let names: Vec<String> = (0..9).map(|i| format!("{LONG} {i}")).collect();
    let bands: Vec<(&str, &crate::ensemble::SimultaneousBand)> = names
        .iter()
        .zip([&many, &few, &one].into_iter().cycle())
        .map(|(name, band)| (name.as_str(), band))
        .collect();
    clear(ensemble(LONG, LONG, LONG, &bands));
    clear(ensemble("One", "knee (deg)", "stride", &[("one", &one)]));
    assert!(ensemble("", "", "", &[("point", &of(5, 1))]).is_err() && ensemble("", "", "", &[]).is_err());
}

#[test]
fn contacts() {
    let rate = Rate::from_hz(100.0).unwrap();
    let channel =
        |name: &str, values: Vec<f64>| Channel::new(name, "N", Signal::new(Clock::from_zero(rate), values));
    let contact = |i: u32, length: f64| {
        let side = if i % 2 == 0 { Side::Left } else { Side::Right };
        let event = |t, kind| Event::new(t, 0.001, side, kind, Method::Force);
        let start = 0.25 * f64::from(i);
        Contact::new(
            event(start, EventKind::InitialContact),
            event(start + length, EventKind::TerminalContact),
        )
        .unwrap()
    };
    let wave = |n: u32| (0..n).map(|i| 800.0 * (0.1 * f64::from(i)).sin()).collect::<Vec<_>>();
    let few: Vec<Contact> = (0..8).map(|i| contact(i, 0.12)).collect();
    let many: Vec<Contact> = (0..4000).map(|i| contact(i, 0.12)).collect();
    let (short, long) = (channel("force", wave(200)), channel(LONG, wave(100_000)));
    clear(events("Some", &[&short, &long, &short], &few));
    clear(events("Some", &[&short], &few[..1]));
    let crowded = clear(events(LONG, &[&long], &many));
    assert!(crowded.len() < 3_000_000, "{}", crowded.len());
    clear(events("None", &[&short], &[]));
    clear(events("One", &[&channel("a sample", vec![3.0])], &few));
    let (none, gaps) = (channel("nothing", vec![f64::NAN; 9]), {
        let mut values = wave(200);
        values[50..90].fill(f64::NAN);
        values[10] = 1e300;
        channel("gaps", values)
    });
    clear(events("Gaps", &[&none, &gaps], &few));
    assert!(events("", &[&none], &few).is_err() && events("", &[], &few).is_err());
}

#[test]
fn residuals() {
    let noisy = |i: u32| (0.05 * f64::from(i)).sin() + 0.1 * f64::from(i * 7919 % 101) / 101.0;
    let record: Vec<f64> = (0..500).map(noisy).collect();
    let mut found = ResidualAnalysis::new(Rate::from_hz(100.0).unwrap()).apply(&record).unwrap();
    clear(residual(LONG, "deg", &found));
    found.higher_range_cutoff_hz = None;
    found.r2 = 0.5;
    clear(residual("Doubtful", LONG, &found));
    found.curve.clear();
    assert!(residual("", "", &found).is_err());
}

#[test]
fn overlap_is_detected() {
    let text = |x: u32| format!("<text x=\"{x}\" y=\"12\" dy=\"0.5ex\" font-size=\"12.5\">word</text>");
    let svg = |a: u32, b: u32| format!("<svg viewBox=\"0 0 760 100\">{}{}</svg>", text(a), text(b));
    clear(Ok(svg(2, 50)));
    for (a, b) in [(2, 25), (2, 750)] {
        assert!(std::panic::catch_unwind(|| clear(Ok(svg(a, b)))).is_err());
    }
}
