//! Convergence step by step against the whole recording, without heap and within its time.

use crate::common::memory as counting;
use copeak::convergence::{
    ChanceLevel, Cycles, DriveGrid, LiveContributor, LiveConvergence, LiveStep, PeakPhases, Role,
};
use copeak::event::{Event, EventKind, Method, Side};
use copeak::model::JointModel;
use copeak::recording::Recording;
use copeak::simulate::{Pulse, SimulatedTrial, Sprinter};
use copeak::stride::Step;
use copeak::{Clock, Rate, Signal};

const CUTOFF_HZ: f64 = 15.0;

fn phantom() -> SimulatedTrial {
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
        let joint = JointModel::new(CUTOFF_HZ).unwrap().of(recording).unwrap();
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

/// Whatever the role, a member with both drives of a contributor takes the one for the support side.
fn members(peaks: Option<&[f64]>) -> Vec<LiveContributor> {
    let member = |i: usize| {
        let member = LiveContributor::paired(Role::SupportLeg, 2 * i, 2 * i + 1).unwrap();
        peaks.map_or(member.clone(), |peaks| member.with_reference_peak(peaks[i]).unwrap())
    };
    (0..5).map(member).collect()
}

/// Steps, cycles and the drives of the whole recording.
fn batch(phantom: &SimulatedTrial) -> (Vec<Step>, Cycles) {
    let mut steps: Vec<Step> = phantom.truth.steps.iter().map(|s| s.step).collect();
    // The landing that ends the last stride is not recorded.
    steps.pop();
    let joint = JointModel::new(CUTOFF_HZ).unwrap().of(&phantom.recording).unwrap();
    let cycles = Cycles::cut(&joint.contributors, &steps, Default::default()).unwrap();
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
    let all = (0..drives.steps()).flat_map(|j| (0..k).map(move |i| (j, i))).map(|(j, i)| phase(j, i));
    PeakPhases::new(k, all.collect(), lengths).unwrap()
}

#[test]
fn the_stream_finds_what_the_recording_holds() {
    let phantom = phantom();
    let (steps, cycles) = batch(&phantom);
    let peaks: Vec<f64> = cycles.members().iter().map(|member| member.mean_peak).collect();
    let frames = Frames::of(&phantom.recording, &steps);
    let mut live = LiveConvergence::new(frames.clock, 10, &members(Some(&peaks))).unwrap();
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
    assert_eq!(cycles.members()[latest].name, "opposite_arm");
    let own: Vec<f64> = found.iter().map(|s| s.lags[0].lag_s.unwrap()).collect();
    let mean = own.iter().sum::<f64>() / 40.0;
    let sd = (own.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 39.0).sqrt();
    assert!((last[0].mean_lag_s - mean).abs() < 1e-12 && (last[0].sd_lag_s - sd).abs() < 1e-12);
}

/// With as many vectors as a session takes, running chance and kappa are the session's.
#[test]
fn running_kappa_nears_that_of_the_session() {
    let phantom = phantom();
    let (steps, cycles) = batch(&phantom);
    let peaks: Vec<f64> = cycles.members().iter().map(|member| member.mean_peak).collect();
    let session = ChanceLevel::new(3).with_surrogates(0).unwrap().index(cycles.drives());
    let frames = Frames::of(&phantom.recording, &steps);
    for (vectors, near) in [(8, 0.03), (250, 0.006)] {
        let live = LiveConvergence::new(frames.clock, 10, &members(Some(&peaks))).unwrap();
        let mut live = live.with_vectors(vectors).unwrap().with_window(40).unwrap().with_seed(5);
        frames.run(&mut live, |_| {});
        let kappa = live.last().unwrap().kappa.unwrap();
        assert!((kappa - session.kappa.unwrap()).abs() < near, "{kappa} {:?}", session.kappa);
    }
}

/// Without reference peaks a drive is divided by its mean so far, which after the last step is the session's.
#[test]
fn mean_peaks_settle() {
    let phantom = phantom();
    let (steps, cycles) = batch(&phantom);
    let frames = Frames::of(&phantom.recording, &steps);
    let mut live = LiveConvergence::new(frames.clock, 10, &members(None)).unwrap();
    frames.run(&mut live, |_| {});
    let (last, whole) = (live.last().unwrap().coincidence.unwrap(), cycles.drives().coincidence(39));
    assert!((last - whole.coincidence().unwrap()).abs() < 1e-12);
    let before = live.last().unwrap().clone();
    live.reset();
    assert_eq!(live.last(), None);
    frames.run(&mut live, |_| {});
    assert_eq!(live.last(), Some(&before), "a fresh start repeats itself");
}

#[test]
fn a_step_comes_out_when_its_stride_is_over() {
    let phantom = phantom();
    let (steps, _) = batch(&phantom);
    let frames = Frames::of(&phantom.recording, &steps);
    let mut live = LiveConvergence::new(frames.clock, 10, &members(None)).unwrap();
    let mut events = frames.events.iter().peekable();
    for i in 0..frames.channels[0].samples().len() {
        let frame: Vec<f64> = frames.channels.iter().map(|c| c.samples()[i]).collect();
        live.push(&frame).unwrap();
        let now_s = frames.clock.time_s(i as f64);
        while let Some(event) = events.next_if(|e| e.time_s <= now_s) {
            if let Some(step) = live.event(*event) {
                // Its own end is a step earlier, and that is how late it comes, beside the frame.
                let end_s = step.start_s + step.cycle_s / 2.0;
                assert!(now_s - end_s <= step.cycle_s / 2.0 + 0.005, "{}", now_s - end_s);
            }
        }
    }
}

#[test]
fn nothing_is_allocated_after_set_up() {
    let phantom = phantom();
    let (steps, _) = batch(&phantom);
    let frames = Frames::of(&phantom.recording, &steps);
    let mut live = LiveConvergence::new(frames.clock, 10, &members(None)).unwrap();
    let mut seen = 0;
    let counted = counting::allocations(|| frames.run(&mut live, |_| seen += 1));
    assert_eq!((counted, seen), (0, 40));
}

#[test]
fn what_cannot_be_measured_gives_no_step() {
    let clock = Clock::from_zero(Rate::from_hz(200.0).unwrap());
    let member = [LiveContributor::paired(Role::SupportLeg, 0, 1).unwrap()];
    let run = |change: &dyn Fn(usize, &mut [f64; 2]), side: &dyn Fn(usize) -> Side, step: usize| {
        let mut live = LiveConvergence::new(clock, 2, &member).unwrap();
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

    assert!(LiveConvergence::new(clock, 1, &member).is_err());
    assert!(LiveConvergence::new(clock, 2, &[]).is_err());
    assert!(LiveConvergence::new(Clock::from_zero(Rate::from_hz(10.0).unwrap()), 2, &member).is_err());
    let mut live = LiveConvergence::new(clock, 2, &member).unwrap();
    assert!(live.push(&[1.0]).is_err() && live.clone().with_window(0).is_err());
    assert!(
        LiveContributor::paired(Role::Trunk, 0, 1).is_err()
            && LiveContributor::midline(Role::SwingLeg, 0).is_err()
    );
    assert!(member[0].clone().with_reference_peak(0.0).is_err() && member[0].clone().with_sign(0.0).is_err());
}

/// In arrays of the caller's, whatever was in them, the numbers are those on the heap.
#[test]
fn arrays_serve_as_well_as_the_heap() {
    use copeak::convergence::{LiveLag, live_memory};
    const PLACES: usize = live_memory(250.0, 10, 5, 10);
    let phantom = phantom();
    let (steps, _) = batch(&phantom);
    let frames = Frames::of(&phantom.recording, &steps);
    assert_eq!(frames.clock.rate().as_hz(), 250.0);
    let of = |memory: [f64; PLACES]| {
        let members: [LiveContributor; 5] = members(None).try_into().unwrap();
        LiveConvergence::in_memory(frames.clock, 10, members, memory, [LiveLag::default(); 5])
    };
    let mut heap = LiveConvergence::new(frames.clock, 10, &members(None)).unwrap();
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
    // Too little memory, or lags of another number.
    let members: [LiveContributor; 5] = members(None).try_into().unwrap();
    let lags = [LiveLag::default(); 5];
    let short = [0.0; live_memory(250.0, 10, 5, 0)];
    let refused = LiveConvergence::in_memory(frames.clock, 10, members.clone(), short, lags);
    assert!(matches!(refused, Err(copeak::Error::TooFew { .. })));
    let refused =
        LiveConvergence::in_memory(frames.clock, 10, members, [0.0; PLACES], [LiveLag::default(); 4]);
    assert!(matches!(refused, Err(copeak::Error::LengthMismatch { .. })));
}
