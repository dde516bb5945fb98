//! Display of every main result in notebooks: marks for the kernel, text with units, figures that are XML.
#![cfg(feature = "notebook")]

use crate::common;
use copeak::convergence::chance::ChanceLevel;
use copeak::convergence::{
    self, Coincidence, CycleKind, Cycles, LiveContributor, LiveConvergence, Role, SessionAnalysis,
};
use copeak::ensemble::{CurveBand, CurveTest};
use copeak::event::drift::DriftRemoval;
use copeak::event::{Event, EventKind, Method, Side, Sides};
use copeak::filter::cutoff::{ResidualAnalysis, yu_cutoff};
use copeak::filter::fir::Taper;
use copeak::filter::{
    Band, Butterworth, Conditioner, CriticallyDamped, Design, Fir, GapFill, Hampel, Notch, Preset, RigidFill,
    SavitzkyGolay, ZeroPhase,
};
use copeak::inference::{Bootstrap, Permutations, Strides, reliability::Reliability, t_interval};
use copeak::model::{ForceResidual, JointModel};
use copeak::peak::{CyclePeakFinder, Onset, PeakFinder, PulseTiming};
use copeak::performance::{PlateauFinder, SpeedTrial, SprintModel};
use copeak::prelude::*;
use copeak::recording::{Channel, Recording};
use copeak::report::figure;
use copeak::report::figure::Plot;
use copeak::report::notebook::{Show, Svg};
use copeak::sequence::Alignment;
use copeak::sequence::limbs::Limb;
use copeak::sequence::{
    AdaptiveWindow, CrossCorrelation, Cycle, LimbsFinder, PhaseSlope, SpikeOrder, Timing, Trains,
};
use copeak::simulate::Sprinter;
use copeak::stride::mechanics::{SpringMass, StepForces};
use copeak::stride::speed::Speed;
use copeak::stride::{self, Ensemble, StepCriteria, Steps};
use copeak::synchrony::{
    Circular, Coherence, CouplingAngles, Locking, Phases, RelativePhase, StrideCoupling,
    cycles::{CouplingCycles, RelativePhaseCycles},
    event_synchronization, same_direction,
};
use copeak::time::TimeSpan;
use std::f64::consts::TAU;

/// Checks the display of a value: plain text that contains each of `words`, the number of figures, and well-formed markup.
#[track_caller]
fn shows(value: &impl Show, figures: usize, words: &[&str]) -> String {
    let shown = value.content();
    let mut rest = shown.as_str();
    let mut blocks = Vec::new();
    while let Some(start) = rest.strip_prefix("EVCXR_BEGIN_CONTENT ") {
        let (kind, after) = start.split_once('\n').expect("a kind");
        let (body, after) = after.split_once("\nEVCXR_END_CONTENT").expect("an end");
        blocks.push((kind, body));
        rest = after.trim_start_matches('\n');
    }
    assert!(rest.is_empty(), "outside of the marks: {rest}");
    let (kind, plain) = blocks[0];
    assert_eq!(kind, "text/plain");
    for word in words {
        assert!(plain.contains(word), "{word:?} is not in:\n{plain}");
    }
    let odd = |word: &str| ["NaN", "inf", "None", "Some"].contains(&word);
    assert!(!plain.split(|c: char| !c.is_alphanumeric()).any(odd), "{plain}");
    if figures == 0 {
        assert_eq!(blocks.len(), 1, "{plain}");
        return plain.to_owned();
    }
    let (kind, html) = blocks[1];
    assert_eq!((kind, blocks.len()), ("text/html", 2));
    assert_eq!(html.matches("<svg").count(), figures, "{plain}");
    let page = format!("<body>{html}</body>");
    let page = roxmltree::Document::parse(&page).unwrap_or_else(|e| panic!("{e} in\n{page}"));
    let drawn = page.descendants().filter(|node| {
        node.has_tag_name("polyline") || node.has_tag_name("circle") || node.has_tag_name("polygon")
    });
    assert!(drawn.count() > 1, "an empty figure of\n{plain}");
    assert!(html.contains("var(--ink,"), "figures can be dark");
    plain.to_owned()
}

fn rate() -> Rate {
    Rate::from_hz(100.0).unwrap()
}

fn on_clock(samples: Vec<f64>) -> Signal {
    Signal::new(Clock::from_zero(rate()), samples)
}

/// A wave with a rustle.
fn rustling(n: usize) -> Vec<f64> {
    (0..n).map(|i| (0.07 * i as f64).sin() + 0.05 * ((i * 7919 % 101) as f64 / 50.0 - 1.0)).collect()
}

struct Sprint {
    trial: Recording,
    steps: Steps,
    cycles: Cycles,
}

fn sprint(speed: f64, steps: usize, seed: u64) -> Sprint {
    let sprinter = Sprinter::at_speed(speed).steps(steps).every_jitter_s(0.004).angle_noise_deg(0.1);
    let trial = sprinter.force_noise_n(5.0).seed(seed).simulate().unwrap().recording;
    let steps = stride::Steps::from_contacts(
        &trial.feet().unwrap().contacts(),
        &[],
        &StepCriteria::default(),
        trial.span().unwrap(),
    )
    .unwrap();
    let joint = JointModel::new(15.0).apply(&trial).unwrap();
    let cycles = Cycles::new(&joint.contributors, steps.all(), CycleKind::Stride).unwrap();
    Sprint { trial, steps, cycles }
}

#[test]
fn signals_and_recordings() {
    let signal = on_clock(vec![1.0, f64::NAN, 3.0]);
    shows(&signal, 1, &["3 samples at 100 Hz, 0.000 to 0.020 s, from 1.00 to 3.00, 1 missing"]);
    shows(&Channel::new("hip_flexion_r", "deg", signal), 1, &["hip_flexion_r (deg)", "3.00 deg"]);
    let phantom = Sprinter::at_speed(9.5).steps(6).simulate().unwrap();
    shows(&phantom.recording, 2, &["Hz", "  deg ", "  N ", "  m "]);
    shows(&phantom, 2, &["true coincidence"]);
    shows(&Recording::new("empty"), 0, &["empty: 0 channels"]);
    shows(&on_clock(vec![]), 0, &["0 samples", "no value"]);
    let motion = |t: f64| (7.0 * t).sin() + 0.5 * (3.1 * t * t).sin();
    let taken = |ahead: f64| on_clock((0..500).map(|i| motion(0.01 * f64::from(i) + ahead)).collect());
    let offset = Alignment::within(1.0).unwrap().find(&taken(0.0), &taken(0.3)).unwrap();
    shows(&offset, 0, &["ms to the other device's times, standard error", "correlation"]);
}

#[test]
fn files() {
    use copeak::recording::{
        c3d::C3d,
        opensim::{mot, trc},
    };
    let mut recording = Recording::new("trial");
    for axis in ["x", "y", "z"] {
        recording.push(Channel::new(format!("SACR_{axis}"), "m", on_clock(rustling(50)))).unwrap();
    }
    let mut file = Vec::new();
    trc::write(&recording, &mut file).unwrap();
    shows(
        &trc::read_from(&file[..]).unwrap(),
        1,
        &["m     SACR", "1 marker; 0.0 % of their positions hidden"],
    );
    let mut angles = Recording::new("angles");
    angles.push(Channel::new("hip_flexion_r", "deg", on_clock(rustling(50)))).unwrap();
    let mut file = Vec::new();
    mot::write(&angles, &mut file).unwrap();
    shows(&mot::read_from(&file[..]).unwrap(), 1, &["deg   hip_flexion_r", "degrees, from the header"]);
    let mut c3d = C3d::default();
    c3d.recording = recording;
    shows(&c3d, 1, &["0 force plates", "events  none"]);
}

#[test]
fn filters_and_cutoffs() {
    let low = Butterworth::low_pass(2, 15.0, rate()).unwrap().for_passes(2).unwrap();
    shows(&low, 1, &["Butterworth low-pass at", "-3 dB at", "15.00 Hz forwards and backwards"]);
    shows(
        &Butterworth::band_pass(2, 5.0, 15.0, rate()).unwrap(),
        1,
        &["5.00 Hz and 15.00 Hz after one pass"],
    );
    shows(&CriticallyDamped::low_pass(2, 10.0, rate()).unwrap(), 1, &["Hz"]);
    shows(&Notch::new(30.0, 4.0, rate()).unwrap(), 1, &["Hz"]);
    shows(&Design::from(low), 1, &["Hz"]);
    shows(&Preset::running_kinematics(rate()).unwrap(), 1, &["Hz"]);
    shows(&Preset::emg(Rate::from_hz(1500.0).unwrap()).unwrap(), 2, &["Hz"]);
    let smooth = ZeroPhase::low_pass(2, 10.0, rate()).unwrap();
    shows(&smooth, 1, &["forwards and backwards, order 2 per pass", "samples"]);
    shows(&Fir::design(21, Band::Low(10.0), Taper::Hamming, rate()).unwrap(), 1, &["FIR of 21 taps"]);
    shows(&SavitzkyGolay::new(11, 3).unwrap(), 0, &["degree 3 over 11 samples"]);
    let x = rustling(400);
    let residual = ResidualAnalysis::new(rate()).apply(&x).unwrap();
    shows(&residual, 1, &["cut-off", "Hz", "R^2", "10 % lower"]);
    shows(&yu_cutoff(&x, rate()).unwrap(), 0, &["Hz by Yu"]);
    let conditioned = Conditioner::new(smooth).apply(&on_clock(x.clone())).unwrap();
    shows(&conditioned, 1, &["400 samples at 100 Hz", "noise of the raw channel"]);
    let mut holes = x.clone();
    holes[100..104].fill(f64::NAN);
    let words = ["1 gap of 400 samples: 1 filled (4 samples), 0 too long"];
    shows(&GapFill::new(rate()).repair(&holes).unwrap(), 1, &words);
    let mut spiked = x;
    spiked[50] += 9.0;
    shows(&Hampel::new(11, 4.0).unwrap().clean(&spiked).unwrap(), 1, &["1 outlier of 400 samples"]);
    let seen = |p: [f64; 3]| -> Vec<Frame<f64, 3>> {
        let at = |i: usize| {
            let (s, c) = (0.05 * i as f64).sin_cos();
            Frame([c * p[0] - s * p[1], s * p[0] + c * p[1], p[2]])
        };
        (0..60).map(at).collect()
    };
    let mut markers = [[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.0, 0.2, 0.0], [0.0, 0.1, 0.3]].map(seen);
    markers[3][30..40].fill(Frame([f64::NAN; 3]));
    let repaired = RigidFill::learn(&markers).unwrap().repair(&markers, 3).unwrap();
    shows(&repaired, 0, &["1 gap: 10 of 10 missing frames filled"]);
}

#[test]
fn events_steps_and_forces() {
    let Sprint { trial, steps, .. } = sprint(9.5, 12, 1);
    let feet = trial.feet().unwrap();
    shows(
        &feet,
        1,
        &["left foot", "right foot", "ms (initial)", "by force", "a bias, not part of the standard errors"],
    );
    shows(&feet.left, 1, &["contacts in", "N"]);
    shows(&feet.contacts()[0], 0, &["contact", "s, ", "ms (standard errors", "force"]);
    shows(&feet.events()[0], 0, &["initial contact at", "standard error", "ms"]);
    let drifting = |i: i32| {
        let phase = (f64::from(i) / 500.0 % (1.0 / 3.0)) / 0.2;
        0.006 * f64::from(i) + if phase < 1.0 { 1600.0 * (std::f64::consts::PI * phase).sin() } else { 0.0 }
    };
    let clock = Clock::from_zero(Rate::from_hz(500.0).unwrap());
    let force = Signal::new(clock, (0..5000).map(drifting).collect::<Vec<_>>());
    shows(&DriftRemoval::default().baseline(&force).unwrap(), 1, &["flights, over a range of", " N"]);
    shows(&steps, 1, &["steps used of", "not used:", "ms", "steps/min"]);
    shows(&steps.summary(), 0, &["contact"]);
    shows(&steps.summary().kept, 0, &["duty factor"]);
    shows(&steps.all()[1], 0, &["step at", "flight", "ms"]);
    shows(steps.all().last().unwrap(), 0, &["not used: "]);
    let step = steps.accepted().find(|s| s.side() == Side::Left).unwrap();
    let [up, forward] = ["grf_vertical_l", "grf_forward_l"].map(|name| trial.get(name).map(|c| &c.signal));
    let forces = StepForces::from_step(step, up.unwrap(), forward, 75.0).unwrap();
    shows(&forces, 0, &["BW", "N s", "half-sine R^2"]);
    let spring = SpringMass::from_step(step, 75.0).unwrap();
    shows(&spring, 0, &["N (standard error", "mm", "kN/m"]);
    shows(&spring.leg(0.95, Speed::new(9.5, 0.05)).unwrap(), 0, &["leg stiffness", "kN/m"]);
    shows(&Speed::new(9.5, 0.05), 0, &["9.50 m/s (standard error 0.050)"]);
}

#[test]
fn curves_and_peaks() {
    let curve = |j: usize, up: f64| -> Vec<f64> {
        (0..101).map(|i| up + (0.06 * i as f64).sin() + 0.1 * ((j * 7 + i / 20) % 5) as f64).collect()
    };
    let (low, high): (Vec<_>, Vec<_>) = (0..12).map(|j| (curve(j, 0.0), curve(j + 3, 1.0))).unzip();
    shows(&Ensemble::from_curves(&low).unwrap(), 1, &["mean of 12 curves of 101 points, SD at most"]);
    shows(&CurveBand::new(1).of(&low).unwrap(), 1, &["holds the whole curve with 95 %", "the curves' unit"]);
    shows(&CurveBand::new(1).of(&low[..2]).unwrap(), 1, &["cannot tell where the whole curve lies"]);
    shows(
        &CurveTest::new(1).independent(&low, &high).unwrap(),
        1,
        &["whole curve: p", "random permutations", "points 0"],
    );
    let x: Vec<f64> = (0..200).map(|i| (f64::from(i) * TAU / 50.0).sin().max(0.0)).collect();
    let peaks = PeakFinder::new().prominence(0.1..).find(&x).unwrap();
    shows(&peaks, 1, &["4 peaks", "sample", "height", "prominence"]);
    let drive = on_clock(x);
    let window = |k: i32| TimeSpan { start_s: 0.5 * f64::from(k), end_s: 0.5 * f64::from(k + 1) };
    let peak = CyclePeakFinder::new().find(&drive, window(1)).unwrap();
    shows(&peak, 0, &["peak at 0.62", " s, standard error unknown"]);
    let matched = PulseTiming::new().find(&drive, &[window(0), window(1), window(2)]).unwrap();
    shows(&matched, 1, &["3 of 3 cycles timed by their mean pulse", "ms (SD)"]);
    shows(&matched.jitter().unwrap(), 0, &["peak time scatters by", "ms"]);
    let conditioner = Conditioner::new(ZeroPhase::low_pass(2, 15.0, rate()).unwrap());
    let smooth = conditioner.apply(&drive).unwrap();
    let peak = CyclePeakFinder::new().find(&smooth.signal, window(1)).unwrap();
    let onset =
        Onset::new().find_with_noise(&smooth.signal, &peak, 0.5, 0.01, &smooth.response).unwrap().unwrap();
    shows(&onset, 0, &["onset at", " s, standard error", "ms"]);
}

#[test]
fn lags_and_order() {
    let Sprint { trial, steps, .. } = sprint(9.5, 14, 2);
    let joint = JointModel::new(15.0).apply(&trial).unwrap();
    let sequence = joint.sequence(&steps, &Bootstrap::new(1)).unwrap();
    shows(&sequence, 1, &["hip -> knee", "ms [", "% of contact", "before"]);
    shows(sequence.order.as_ref().unwrap(), 0, &["full order in", "null of these p"]);
    let cycle = |start_s: f64| Cycle {
        start_s,
        duration_s: 1.0,
        contact_s: Some(0.25),
        times: [0.125, 0.1875, 0.109375, 0.25]
            .map(|t| Some(Timing::at(start_s + t + 0.01 * (start_s % 3.0))))
            .to_vec(),
    };
    let limbs = [Limb::new("leg", &["hip", "knee"]), Limb::new("arm", &["shoulder", "elbow"])];
    let cycles: Vec<Cycle> = (0..5).map(|i| cycle(f64::from(i))).collect();
    let found =
        LimbsFinder::new(&limbs, Bootstrap::new(1)).unwrap().find(&cycles, &Strides::ungrouped(5)).unwrap();
    shows(&found, 2, &["across limbs", "ms"]);
    let bell = |i: i32, centre: f64| (-(f64::from(i) - centre).powi(2) / 50.0).exp();
    let curve = |centre: f64| (0..100).map(|i| bell(i, centre)).collect::<Vec<f64>>();
    let pairs: Vec<_> = [5.0, 6.0, 7.0, 6.0].iter().map(|lag| (curve(45.0), curve(45.0 + lag))).collect();
    let finder = CrossCorrelation::new(0.2).unwrap();
    shows(&finder.find(&pairs[0].0, &pairs[0].1, rate()).unwrap(), 0, &["lag +50.0 ms, correlation"]);
    let lags = finder.over_cycles(&pairs, rate(), &Strides::ungrouped(4)).unwrap();
    shows(&lags, 1, &["lag 60", "ms [", "before", "4 of 4 cycles"]);
    let train = |late: f64| (1..20).map(|i| 0.7 * f64::from(i) + late).collect::<Vec<_>>();
    let trains = Trains::new(&[train(0.03), train(0.0)], 0.0, 14.0).unwrap();
    let order = SpikeOrder::of(&trains, AdaptiveWindow::capped(0.05).unwrap()).unwrap();
    shows(&order.synfire(1), 0, &["Synfire"]);
    shows(&order.profile(), 1, &["events", " s"]);
    #[cfg(feature = "fft")]
    {
        let slope = PhaseSlope::new(1.0, 8.0).unwrap().circular();
        let found = slope.find(&pairs, rate(), &Strides::ungrouped(4)).unwrap();
        shows(&found, 1, &["lag 60", "ms", "frequencies"]);
    }
}

#[test]
fn phases_and_coupling() {
    let near = [0.98, 0.01, 0.05, 0.93, 0.02];
    let later = [0.14, 0.09, 0.12, 0.16, 0.11];
    let (slow, fast) = (Circular::of(&near).unwrap(), Circular::of(&later).unwrap());
    shows(&slow, 0, &["% of the cycle", "resultant", "rad", "Rayleigh p"]);
    shows(&Circular::of(&[0.0, 0.5]).unwrap(), 0, &["no mean phase", "cannot tell it from chance"]);
    shows(&slow.v_test(0.0).unwrap(), 0, &["V ", "p "]);
    shows(&slow.watson_williams(&fast).unwrap(), 0, &["F(1, 8)", "p "]);
    shows(
        &same_direction(&near, &later, &Permutations::new(1).count(999)).unwrap(),
        0,
        &["% of the cycle after", "p "],
    );
    shows(&Locking::of(&near, &later).unwrap(), 0, &["pairwise phase consistency", "% of the cycle", "n 5"]);
    let radians = |speed: f64, late: f64| (0..100).map(|i| speed * f64::from(i) - late).collect::<Vec<f64>>();
    let phases = Phases::from_radians(&[radians(0.1, 0.0), radians(0.1, 1.0), radians(0.37, 0.0)]).unwrap();
    shows(&phases.pair(0, 1).unwrap(), 0, &["phase locking value 1.000", "not independent"]);
    shows(&phases.cluster_phase(), 1, &["of 3 members", "deg ahead"]);
    let sync = event_synchronization(&[0.1, 0.8, 1.5, 2.2], &[0.12, 0.82, 1.52, 2.19], Some(0.05)).unwrap();
    shows(&sync, 0, &["event synchronisation 1.000", "4 and 4 events"]);
    let wave = |late: f64| (0..200).map(|i| (f64::from(i) * TAU / 50.0 - late).sin()).collect::<Vec<f64>>();
    let relative = RelativePhase::of(&wave(0.0), &wave(1.0)).unwrap();
    shows(&relative, 1, &["proximal minus distal", "deg"]);
    shows(
        &RelativePhaseCycles::of(&[relative.clone(), relative]).unwrap(),
        1,
        &["deviation phase", "deg", "2 cycles"],
    );
    let angles = CouplingAngles::of(&wave(0.0), &wave(1.0)).unwrap();
    shows(&angles, 1, &["coupling angle", "deg"]);
    shows(&CouplingCycles::of(&[angles.clone(), angles]).unwrap(), 1, &["variability", "deg over 2 cycles"]);
    let scatter: Vec<f64> = (0..30).map(|i| 0.03 * (f64::from(i * i % 17) / 17.0)).collect();
    let both = [scatter.clone(), scatter.iter().map(|p| p + 0.25).collect()];
    shows(
        &StrideCoupling::new(&both).unwrap().test(&Permutations::new(1).count(999)).unwrap(),
        0,
        &["resultant", "30 strides"],
    );
    #[cfg(feature = "fft")]
    {
        let spectrum = Coherence::new(rate(), 50).unwrap().of(&rustling(400), &wave_long(400)).unwrap();
        shows(&spectrum, 1, &["segments", "Hz", "not distinguishable from none"]);
    }
}

#[cfg(feature = "fft")]
fn wave_long(n: usize) -> Vec<f64> {
    (0..n).map(|i| (0.07 * i as f64).cos() + 0.05 * ((i * 104_729 % 89) as f64 / 44.0 - 1.0)).collect()
}

#[test]
fn estimates_and_tests() {
    let values: Vec<f64> = (0..12).map(|i| 200.0 + f64::from(i * 7 % 5)).collect();
    let mean = t_interval(&values, 0.95).unwrap();
    shows(&mean, 1, &["202", "95 %, Student's t", "n 12"]);
    shows(&t_interval(&values[..1], 0.95).unwrap(), 0, &["no interval: too few"]);
    shows(&Permutations::new(1).paired(&values[..5]).unwrap(), 0, &["difference", "p ", "permutations"]);
    let rows: Vec<[f64; 2]> = (0..8).map(|i| [f64::from(i), f64::from(i) + 0.1 * f64::from(i % 3)]).collect();
    let words = ["ICC(2,1)", "minimal detectable change", "8 runners, 2 sessions"];
    shows(&Reliability::of(&rows, 0.95).unwrap(), 1, &words);
}

#[test]
fn sessions() {
    let Sprint { trial, cycles, .. } = sprint(9.5, 24, 3);
    shows(&JointModel::new(15.0).apply(&trial).unwrap(), 1, &["proxies and not forces", "support_hip"]);
    shows(&cycles, 2, &["model joint", "proxies and not forces", "deg/s", "s\n"]);
    let session = SessionAnalysis::new(1).replicates(200).apply(&cycles).unwrap();
    let words = ["model joint", "kappa", "p 0.", "peak spread", "ms", "weak link", "% is lost"];
    shows(&session, 2, &words);
    shows(session.loss.as_ref().unwrap(), 0, &["% by fixed offsets"]);
    shows(session.contributors[0].jitter.as_ref().unwrap(), 0, &["ms (SD, n"]);
    let drives = cycles.drives();
    let coincidence: Coincidence = drives.coincidence(0);
    shows(&coincidence, 0, &["coincidence 0."]);
    shows(&ChanceLevel::new(1).test(drives).unwrap(), 0, &["kappa 0.", "null: locked"]);
    shows(&drives.timing_cost(1), 0, &["Shapley, exact"]);
    let compensation =
        convergence::compensation::CompensationTest::new(1).surrogates(199).test(drives).unwrap();
    shows(&compensation, 0, &["variance ratio", "more than surrogates, p"]);
    shows(&compensation.observed, 0, &["dV"]);
    let impulses = cycles.contact_impulses(0.95).unwrap();
    shows(&impulses[0], 1, &["support_hip", "in the first half of contact", "%"]);
    shows(&convergence::Symmetry::new(Sides::new(1.0, 1.1)).unwrap(), 0, &["symmetry index", "%"]);
}

#[test]
fn a_session_of_few_strides_displays_what_it_cannot_tell() {
    let Sprint { cycles, .. } = sprint(9.5, 3, 4);
    let session = SessionAnalysis::new(1).replicates(50).apply(&cycles).unwrap();
    shows(&session, 2, &["cannot tell"]);
}

#[test]
fn comparisons_and_changes_display_their_parts() {
    let (one, other) = (sprint(9.5, 24, 5).cycles, sprint(8.0, 24, 6).cycles);
    let convergence = SessionAnalysis::new(1).replicates(100);
    let comparison = convergence.compare(&other, &one).unwrap();
    shows(&comparison, 1, &["model joint", "in reference peaks", "missing", "mistimed", "shape", "["]);
    shows(&comparison.split, 1, &["total", "["]);
    let changes = convergence.changes(&other, &one).unwrap();
    shows(&changes, 1, &["model joint", "proxies", "support_hip", "% [", "ms ["]);
    let offsets = convergence.fixed_offset_change(&other, &one).unwrap();
    shows(&offsets, 1, &["points of %", "order before", "Kendall's tau"]);
}

#[test]
fn speed() {
    let trials: Vec<SpeedTrial> = (0..24)
        .map(|i| {
            let (force, kappa) = (3.0 + f64::from(i % 6), 0.4 + 0.02 * f64::from(i * 5 % 7));
            let athlete = (i / 6) as usize;
            let speed_mps = force + kappa + 0.01 * f64::from(i * 3 % 5);
            SpeedTrial { athlete, speed_mps, force, convergence: kappa, step_frequency_hz: None }
        })
        .collect();
    let fit = copeak::performance::SpeedModel::new(1).replicates(500).fit(&trials).unwrap();
    shows(&fit, 1, &["24 trials of 4 athletes", "R^2", "m/s", "p "]);
    let speed = [9.00, 9.02, 8.99, 9.01, 9.00, 9.01];
    let force = [4.00, 4.11, 4.19, 4.32, 4.40, 4.52];
    shows(&PlateauFinder::new().find(&speed, &force).unwrap(), 0, &["a plateau", "per trial"]);
    shows(&PlateauFinder::new().find(&force, &speed).unwrap(), 0, &["cannot tell a plateau"]);
    let curve =
        |i: i32| 9.0 * (1.0 - (-f64::from(i) / 130.0).exp()) + 0.05 * f64::from(i * 7919 % 11 - 5) / 5.0;
    let sprint = SprintModel::new().fit(&on_clock((0..600).map(curve).collect())).unwrap();
    shows(&sprint, 1, &["vmax", "m/s", "tau", "m/s^2"]);
}

#[test]
fn live_steps() {
    let clock = Clock::from_zero(Rate::from_hz(200.0).unwrap());
    let paired = |role| LiveContributor::paired(role, Sides::new(0, 1));
    let legs = [paired(Role::SupportLeg), paired(Role::SwingLeg)];
    let mut live = LiveConvergence::builder(clock, legs).build().unwrap();
    let turn = |t: f64| (1.0 - (TAU * t / 0.8).cos()).powi(3);
    let mut seen = 0;
    for i in 0..800 {
        let t = f64::from(i) / 200.0;
        live.push(&[turn(t), turn(t + 0.4)]).unwrap();
        let kind = match i % 80 {
            0 => EventKind::InitialContact,
            40 => EventKind::TerminalContact,
            _ => continue,
        };
        let side = if i / 80 % 2 == 0 { Side::Left } else { Side::Right };
        if let Some(step) = live.event(Event::new(t, 0.001, side, kind, Method::Force)) {
            shows(step, 0, &["coincidence", "peak spread", "ms"]);
            seen += 1;
        }
    }
    assert!(seen > 3);
}

#[test]
fn closure_and_studies() {
    let plate: Vec<f64> = (0..100).map(|i| 1000.0 + 500.0 * (f64::from(i) * 0.2).sin()).collect();
    let model = plate.iter().map(|f| f + 98.0665).collect();
    let steps = [TimeSpan { start_s: 0.1, end_s: 0.6 }, TimeSpan { start_s: 0.6, end_s: 0.9 }];
    let closure = ForceResidual::new(&on_clock(model), &on_clock(plate.clone()), &steps, 100.0).unwrap();
    shows(&closure, 1, &["model newton", "RMS 10.0 %", "of body weight, 2 steps"]);
    let nowhere = ForceResidual::new(&on_clock(vec![]), &on_clock(plate), &steps, 100.0).unwrap();
    shows(&nowhere, 0, &["cannot tell"]);
    let trials = [sprint(9.5, 12, 7).trial, sprint(8.0, 12, 8).trial];
    let study = Study::builder().trials(&trials).replicates(100).run().unwrap();
    let words = ["model joint", "m/s", "Hz", "weak link", "proxies, not forces", "Shortfall against"];
    shows(&study.sessions[0].trials[0], 2, &["contributor"]);
    shows(&study.comparisons[0], 2, &["missing"]);
    shows(study.speed.as_ref().unwrap(), 0, &["Does timing explain speed"]);
    // Two of the study, one of what changed; drives, sequence, impulse and symmetry of each trial.
    shows(&study, 3 + 2 * 4, &words);
}

/// Markers of a real sprint: the newton model.
#[test]
fn segment_forces() {
    let Some(data) = common::data() else { return };
    let raw = data.join("sprint_dorn2012/raw");
    let path = raw.join("JA1Gait35.c3d");
    let c3d = copeak::recording::c3d::read(&path).unwrap();
    shows(&c3d, 1, &["N     Fx1", "8 force plates: type 2", "Left Foot Off 3.564 s"]);
    let model = copeak::model::NewtonModel::new(15.0).mass_kg(75.6);
    let trial = model.prepare(copeak::recording::read(&path).unwrap()).unwrap();
    let newton = model.apply(&trial).unwrap();
    shows(&newton, 1, &["model newton", "in newtons", "support_leg", "standard error by marker noise", " N"]);
    shows(&newton.vertical, 1, &["whole body"]);
    shows(&newton.vertical.total, 1, &["100.0 % of the body's mass"]);
}

#[test]
fn figures_lists_and_missing_values_are_displayed() {
    let plot = Plot::new("Knee", "time (s)", "angle (deg)").signal("raw", &on_clock(rustling(50)));
    let words = shows(&plot, 1, &["Knee"]);
    assert_eq!(words, "Knee");
    assert_eq!(plot.content().matches("<pre").count(), 0, "a title is shown once");
    let lag = t_interval(&[0.017, 0.021, 0.019, 0.02], 0.95).unwrap();
    let svg = Svg(figure::intervals("Lags", "lag (ms)", 1e3, [("hip to knee", &lag)]).unwrap());
    shows(&svg, 1, &["Lags"]);
    // The prelude brings what the kernel calls, for lists and options, too.
    svg.evcxr_display();
    [lag, lag].evcxr_display();
    let both = [lag, lag].content();
    let plain = both.split("EVCXR_END_CONTENT").next().unwrap();
    assert_eq!(plain.matches(&lag.to_string()).count(), 2, "{both}");
    assert_eq!(Some(lag).content(), lag.content());
    assert!(None::<copeak::inference::Estimate>.content().contains("too little was recorded"));
    // A title with a sign that SVG escapes is shown unescaped, and once.
    let amp = Svg(figure::intervals("Hip & knee", "lag (ms)", 1e3, [("hip to knee", &lag)]).unwrap());
    assert_eq!((amp.to_string().as_str(), amp.content().matches("<pre").count()), ("Hip & knee", 0));
}
