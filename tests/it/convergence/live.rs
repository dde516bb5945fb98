//! Convergence step by step against the whole recording, without heap and within its time.

use crate::common::memory as counting;
use copeak::convergence::chance::ChanceLevel;
use copeak::convergence::live::LiveStep;
use copeak::convergence::peak_phases::PeakPhases;
use copeak::convergence::{Cycles, DriveGrid, LiveContributor, LiveConvergence, Role};
use copeak::event::{Event, EventKind, Method, Side, Sides};
use copeak::model::JointModel;
use copeak::recording::Recording;
use copeak::simulate::{Pulse, SimulatedTrial, Sprinter};
use copeak::stride::Step;
use copeak::{Clock, Rate, Signal};

const CUTOFF_HZ: f64 = 15.0;

fn simulated() -> SimulatedTrial {
    Sprinter::at_speed(9.5)
        .steps(41)
        .every_jitter_s(0.004)
        .every_amplitude_scatter(0.04)
        .offset_s(Pulse::OppositeArm, 0.03)
        .simulate()
        .unwrap()
}

/// The joint model's velocities in deg/s as frames, and the events in order of time.
struct Frames {
    clock: Clock,
    channels: Vec<Signal>,
    events: Vec<Event>,
}

impl Frames {
    fn of(recording: &Recording, steps: &[Step]) -> Self {
        let joint = JointModel::new(CUTOFF_HZ).apply(recording).unwrap();
        let drive =
            |i: usize, side| copeak::convergence::Contribute::drive(&joint.contributors[i], side).unwrap();
        // Each drive for right and for left support, which is what a role chooses between.
        let channels: Vec<Signal> =
            (0..5).flat_map(|i| [Side::Left, Side::Right].map(|side| drive(i, side))).collect();
        let mut events: Vec<Event> =
            steps.iter().flat_map(|s| [s.contact.initial, s.contact.terminal]).collect();
        let last = steps[steps.len() - 1];
        // The landing that ends the last step, and the one after it.
        let landing =
            |time_s, side| Event::new(time_s, 0.001, side, EventKind::InitialContact, Method::Force);
        events.push(landing(last.end_s, last.side().opposite()));
        events.push(landing(last.start_s() + last.stride_s, last.side()));
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        Self { clock: channels[0].clock(), channels, events }
    }

    /// Frames and events in order of time.
    fn run(&self, live: &mut LiveConvergence, mut each: impl FnMut(&LiveStep)) {
        let mut events = self.events.iter().peekable();
        let mut frame = [0.0; 10];
        for i in 0..self.channels[0].samples().len() {
            frame.iter_mut().zip(&self.channels).for_each(|(v, c)| *v = c.samples()[i]);
            live.push(&frame).unwrap();
            while let Some(event) = events.next_if(|e| e.time_s <= self.clock.time_s(i as f64)) {
                if let Some(step) = live.event(*event) {
                    each(step);
                }
            }
        }
    }
}

/// Whatever the role, a contributor with both drives of a contributor takes the one for the support side.
fn contributors(peaks: Option<&[f64]>) -> Vec<LiveContributor> {
    let contributor = |i: usize| {
        let one = LiveContributor::paired(Role::SupportLeg, Sides::new(2 * i, 2 * i + 1));
        peaks.map_or(one.clone(), |peaks| one.reference_peak(peaks[i]))
    };
    (0..5).map(contributor).collect()
}

/// Steps, cycles and the drives of the whole recording.
fn batch(simulated: &SimulatedTrial) -> (Vec<Step>, Cycles) {
    let mut steps: Vec<Step> = simulated.truth.steps.iter().map(|s| s.step).collect();
    // The landing that ends the last stride is not recorded.
    steps.pop();
    let joint = JointModel::new(CUTOFF_HZ).apply(&simulated.recording).unwrap();
    let cycles = Cycles::new(&joint.contributors, &steps, Default::default()).unwrap();
    (steps, cycles)
}

/// Peak phases on the grid, by the same parabola.
fn phases(drives: &DriveGrid, lengths: Vec<f64>) -> PeakPhases {
    let (k, m) = (drives.contributors(), drives.phases());
    let phase = |j: usize, i: usize| {
        let (row, (at, top)) = (drives.row(j, i), drives.peak(j, i));
        let (before, after) = (row[(at + m - 1) % m], row[(at + 1) % m]);
        let shift = 0.5 * (before - after) / (before - 2.0 * top + after);
        (at as f64 + shift) / m as f64
    };
    let steps: Vec<Vec<f64>> = (0..drives.steps()).map(|j| (0..k).map(|i| phase(j, i)).collect()).collect();
    PeakPhases::from_steps(&steps, &lengths).unwrap()
}

#[test]
fn a_stream_gives_the_numbers_of_the_recording() {
    let simulated = simulated();
    let (steps, cycles) = batch(&simulated);
    let peaks: Vec<f64> = cycles.contributors().iter().map(|one| one.mean_peak).collect();
    let frames = Frames::of(&simulated.recording, &steps);
    let mut live = LiveConvergence::builder(frames.clock, contributors(Some(&peaks))).build().unwrap();
    let mut found = Vec::new();
    frames.run(&mut live, |step| found.push(step.clone()));
    assert_eq!((found.len(), cycles.drives().steps()), (40, 40));
    let lengths = cycles.windows().iter().map(|w| w.duration_s()).collect();
    let timing = phases(cycles.drives(), lengths);
    for ((j, step), timing) in found.iter().enumerate().zip(timing.steps()) {
        let whole = cycles.drives().coincidence(j);
        assert!((step.coincidence.unwrap() - whole.coincidence().unwrap()).abs() < 1e-12, "step {j}");
        assert!(
            (step.available - whole.available).abs() < 1e-12
                && (step.realised - whole.realised).abs() < 1e-12
        );
        assert!((step.simultaneity.unwrap() - timing.simultaneity.unwrap()).abs() < 1e-9, "step {j}");
        assert!((step.spread_s.unwrap() - timing.spread_s.unwrap()).abs() < 1e-9, "step {j}");
        assert_eq!((step.number, step.side), (j + 1, cycles.steps()[j].side()));
    }
    // Lags against the mean of all: the arm that was set late is the latest.
    let last = &found[39].lags;
    let latest = (0..5).max_by(|&a, &b| last[a].mean_lag_s.total_cmp(&last[b].mean_lag_s)).unwrap();
    assert_eq!(cycles.contributors()[latest].name, "opposite_arm");
    let own: Vec<f64> = found.iter().map(|s| s.lags[0].lag_s.unwrap()).collect();
    let mean = own.iter().sum::<f64>() / 40.0;
    let sd = (own.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 39.0).sqrt();
    assert!((last[0].mean_lag_s - mean).abs() < 1e-12 && (last[0].sd_lag_s - sd).abs() < 1e-12);
}

/// With as many vectors as a session takes, running chance and kappa are the session's.
#[test]
fn running_kappa_approaches_that_of_the_session() {
    let simulated = simulated();
    let (steps, cycles) = batch(&simulated);
    let peaks: Vec<f64> = cycles.contributors().iter().map(|one| one.mean_peak).collect();
    let session = ChanceLevel::new(3).surrogates(0).test(cycles.drives()).unwrap();
    let frames = Frames::of(&simulated.recording, &steps);
    for (offsets, near) in [(8, 0.03), (250, 0.006)] {
        let builder = LiveConvergence::builder(frames.clock, contributors(Some(&peaks)));
        let mut live = builder.offsets(offsets).window(40).seed(5).build().unwrap();
        frames.run(&mut live, |_| {});
        let kappa = live.last().unwrap().kappa.unwrap();
        assert!((kappa - session.kappa.unwrap()).abs() < near, "{kappa} {:?}", session.kappa);
    }
}

/// Without reference peaks a drive is divided by its mean so far, which after the last step is the session's.
#[test]
fn mean_peaks_converge_to_those_of_the_session() {
    let simulated = simulated();
    let (steps, cycles) = batch(&simulated);
    let frames = Frames::of(&simulated.recording, &steps);
    let mut live = LiveConvergence::builder(frames.clock, contributors(None)).build().unwrap();
    frames.run(&mut live, |_| {});
    let (last, whole) = (live.last().unwrap().coincidence.unwrap(), cycles.drives().coincidence(39));
    assert!((last - whole.coincidence().unwrap()).abs() < 1e-12);
    let before = live.last().unwrap().clone();
    live.reset();
    assert_eq!(live.last(), None);
    frames.run(&mut live, |_| {});
    assert_eq!(live.last(), Some(&before), "after a reset the same steps follow");
}

#[test]
fn a_step_is_returned_at_the_end_of_its_stride() {
    let simulated = simulated();
    let (steps, _) = batch(&simulated);
    let frames = Frames::of(&simulated.recording, &steps);
    let mut live = LiveConvergence::builder(frames.clock, contributors(None)).build().unwrap();
    let mut events = frames.events.iter().peekable();
    for i in 0..frames.channels[0].samples().len() {
        let frame: Vec<f64> = frames.channels.iter().map(|c| c.samples()[i]).collect();
        live.push(&frame).unwrap();
        let now_s = frames.clock.time_s(i as f64);
        while let Some(event) = events.next_if(|e| e.time_s <= now_s) {
            if let Some(step) = live.event(*event) {
                // Its own end is a step earlier; that, and the frame, is its delay.
                let end_s = step.start_s + step.cycle_s / 2.0;
                assert!(now_s - end_s <= step.cycle_s / 2.0 + 0.005, "{}", now_s - end_s);
            }
        }
    }
}

#[test]
fn nothing_is_allocated_after_building() {
    let simulated = simulated();
    let (steps, _) = batch(&simulated);
    let frames = Frames::of(&simulated.recording, &steps);
    let mut live = LiveConvergence::builder(frames.clock, contributors(None)).build().unwrap();
    let mut seen = 0;
    let counted = counting::allocations(|| frames.run(&mut live, |_| seen += 1));
    assert_eq!((counted, seen), (0, 40));
}

#[test]
fn steps_that_cannot_be_measured_are_not_returned() {
    let clock = Clock::from_zero(Rate::from_hz(200.0).unwrap());
    let one = [LiveContributor::paired(Role::SupportLeg, Sides::new(0, 1))];
    let run = |change: &dyn Fn(usize, &mut [f64; 2]), side: &dyn Fn(usize) -> Side, step: usize| {
        let mut live = LiveConvergence::builder(clock, &one).build().unwrap();
        let mut steps = 0;
        for i in 0..1600 {
            let mut frame = [(i as f64 / 12.0).sin(), (i as f64 / 12.0).cos()];
            change(i, &mut frame);
            live.push(&frame).unwrap();
            let kind = match i % step {
                0 => EventKind::InitialContact,
                30 => EventKind::TerminalContact,
                _ => continue,
            };
            let event = Event::new(i as f64 / 200.0, 0.0, side(i / step), kind, Method::Force);
            steps += usize::from(live.event(event).is_some());
        }
        steps
    };
    let sides = |n: usize| if n % 2 == 0 { Side::Left } else { Side::Right };
    let whole = run(&|_, _| {}, &sides, 60);
    assert!(whole >= 23, "{whole}");
    assert_eq!(run(&|_, _| {}, &|_| Side::Left, 60), 0, "one foot alone");
    assert_eq!(run(&|_, _| {}, &sides, 200), 0, "steps of a second are no runner's");
    let hole = run(
        &|i, frame| {
            if i == 700 {
                frame[0] = f64::NAN;
                frame[1] = f64::NAN
            }
        },
        &sides,
        60,
    );
    assert!(hole < whole && hole >= whole - 4, "{hole} of {whole}");

    let mut live = LiveConvergence::builder(clock, &one).build().unwrap();
    assert!(live.push(&[1.0]).is_err());
}

#[test]
fn settings_outside_their_range_are_errors_of_the_builder() {
    let clock = Clock::from_zero(Rate::from_hz(200.0).unwrap());
    let one = LiveContributor::paired(Role::SupportLeg, Sides::new(0, 1));
    let with = |one: LiveContributor| LiveConvergence::builder(clock, vec![one]);
    assert!(with(one.clone()).build().is_ok());
    assert!(with(one.clone()).channels(1).build().is_err());
    assert!(with(one.clone()).window(0).build().is_err());
    assert!(with(one.clone()).offsets(10_001).build().is_err());
    assert!(LiveConvergence::builder(clock, vec![]).build().is_err());
    let slow = Clock::from_zero(Rate::from_hz(10.0).unwrap());
    assert!(LiveConvergence::builder(slow, vec![one.clone()]).build().is_err());
    for bad in [
        LiveContributor::paired(Role::Trunk, Sides::new(0, 1)),
        LiveContributor::midline(Role::SwingLeg, 0),
        one.clone().sign(0.0),
        one.clone().weight(-1.0),
        one.clone().target_phase(f64::NAN),
        one.reference_peak(0.0),
    ] {
        assert!(with(bad.clone()).build().is_err(), "{bad:?}");
    }
}

/// In arrays of the caller, with any content, the numbers are those on the heap.
#[test]
fn arrays_give_the_same_numbers_as_the_heap() {
    use copeak::convergence::live::LiveLag;
    use copeak::convergence::state::LiveMemory;
    const MEMORY: LiveMemory = LiveMemory { rate_hz: 250.0, channels: 10, contributors: 5, steps: 10 };
    const PLACES: usize = MEMORY.len();
    let simulated = simulated();
    let (steps, _) = batch(&simulated);
    let frames = Frames::of(&simulated.recording, &steps);
    assert_eq!(frames.clock.rate().as_hz(), 250.0);
    let of = |memory: [f64; PLACES]| {
        let five: [LiveContributor; 5] = contributors(None).try_into().unwrap();
        LiveConvergence::builder(frames.clock, five).build_in(memory, [LiveLag::default(); 5])
    };
    let mut heap = LiveConvergence::builder(frames.clock, contributors(None)).build().unwrap();
    let mut arrays = of([f64::NAN; PLACES]).unwrap();
    let (mut frame, mut measured) = ([0.0; 10], 0);
    let mut events = frames.events.iter().peekable();
    for i in 0..frames.channels[0].samples().len() {
        frame.iter_mut().zip(&frames.channels).for_each(|(v, c)| *v = c.samples()[i]);
        heap.push(&frame).unwrap();
        arrays.push(&frame).unwrap();
        while let Some(event) = events.next_if(|e| e.time_s <= frames.clock.time_s(i as f64)) {
            let (one, other) = (heap.event(*event), arrays.event(*event));
            assert_eq!(one.is_some(), other.is_some());
            let Some((one, other)) = one.zip(other) else { continue };
            assert_eq!(
                (one.number, one.coincidence, one.kappa),
                (other.number, other.coincidence, other.kappa)
            );
            assert_eq!((one.spread_s, &one.lags[..]), (other.spread_s, &other.lags[..]));
            measured += 1;
        }
    }
    assert_eq!(measured, 40);
    let builder = LiveConvergence::builder(frames.clock, contributors(None));
    let short = [0.0; LiveMemory { steps: 0, ..MEMORY }.len()];
    let refused = builder.clone().build_in(short, [LiveLag::default(); 5]);
    assert!(matches!(refused, Err(copeak::Error::TooFew { .. })));
    let refused = builder.build_in([0.0; PLACES], [LiveLag::default(); 4]);
    assert!(matches!(refused, Err(copeak::Error::LengthMismatch { .. })));
}
