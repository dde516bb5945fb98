//! The live chain at 16 channels: a causal fourth-order low-pass, a derivative, contacts with hysteresis, and convergence
//! of eight contributors step by step. The unit is a frame, 16 samples.

mod support;

use copeak::convergence::{DriveGrid, LiveContributor, LiveConvergence, PHASES, Role};
use copeak::crossing::{Crossing, Direction, Hysteresis, state::HysteresisState};
use copeak::event::{Event, EventKind, Method, Side, Sides};
use copeak::filter::{Butterworth, Section};
use copeak::{Clock, Frame, Rate, Samples as _, Stage};
use support::{Run, Workload};

const CHANNELS: usize = 16;
const RATE_HZ: f64 = 1000.0;
const CUTOFF_HZ: f64 = 15.0;
const ON: f64 = 0.7;
const OFF: f64 = 0.6;

type Filter = [Section<f64>; 2];

struct Chain {
    frames: Vec<Frame<f64, CHANNELS>>,
    filter: Filter,
    switch: Hysteresis,
    live: LiveConvergence,
    found: Vec<f64>,
}

fn rate() -> Rate {
    Rate::from_hz(RATE_HZ).unwrap()
}

fn filter() -> Filter {
    Butterworth::low_pass(4, CUTOFF_HZ, rate()).unwrap().sections().unwrap()
}

/// Channel c is the wave some samples later.
fn delayed(x: &[f64], channel: usize, i: usize) -> f64 {
    x[i.saturating_sub(7 * channel)]
}

fn set_up(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    let frame = |i: usize| Frame(std::array::from_fn(|c| delayed(&x, c, i)));
    let contributors: Vec<LiveContributor> =
        (0..8).map(|i| LiveContributor::paired(Role::SupportLeg, Sides::new(2 * i, 2 * i + 1))).collect();
    Box::new(Chain {
        frames: (0..x.len()).map(frame).collect(),
        filter: filter(),
        switch: Hysteresis::new(ON, OFF).unwrap(),
        live: LiveConvergence::builder(Clock::from_zero(rate()), contributors)
            .channels(CHANNELS)
            .build()
            .unwrap(),
        found: Vec::with_capacity(x.len() / 100 + 16),
    })
}

fn event(side: Side, crossing: Crossing) -> Event {
    let kind = match crossing.direction {
        Direction::Up => EventKind::InitialContact,
        Direction::Down => EventKind::TerminalContact,
    };
    Event::new(crossing.position / RATE_HZ, 0.0, side, kind, Method::Force)
}

impl Run for Chain {
    fn run(&mut self) {
        self.found.clear();
        self.live.reset();
        let (filter, switch) = (&self.filter, &self.switch);
        let mut memory = Stage::<Frame<f64, CHANNELS>>::initial_state(filter);
        let mut feet: [HysteresisState<f64>; 2] = [switch.initial_state(), switch.initial_state()];
        let mut before = Frame::splat(0.0);
        for frame in &self.frames {
            let now = filter.process(&mut memory, *frame);
            self.live.push(&((now - before) * RATE_HZ).0).unwrap();
            before = now;
            for (side, sign) in [(Side::Left, 1.0), (Side::Right, -1.0)] {
                let foot = &mut feet[usize::from(side == Side::Right)];
                let Some(crossing) = switch.process(foot, sign * now[0]) else { continue };
                if let Some(step) = self.live.event(event(side, crossing)) {
                    self.found.push(step.coincidence.unwrap_or(f64::NAN));
                }
            }
        }
    }

    fn result(&self) -> Vec<f64> {
        self.found.clone()
    }

    /// Channel by channel over the whole record, each step's cycle cut out of it, the mean peaks those of the steps so far.
    fn expected(&self) -> Vec<f64> {
        let n = self.frames.len();
        let filter = self.filter;
        let smooth: Vec<Vec<f64>> = (0..CHANNELS)
            .map(|c| {
                let mut memory = Stage::<f64>::initial_state(&filter);
                self.frames.iter().map(|frame| filter.process(&mut memory, frame[c])).collect()
            })
            .collect();
        let slope =
            |c: usize, i: usize| (smooth[c][i] - if i > 0 { smooth[c][i - 1] } else { 0.0 }) * RATE_HZ;
        let mut events = Vec::new();
        for (side, sign) in [(Side::Left, 1.0), (Side::Right, -1.0)] {
            let force: Vec<f64> = smooth[0].iter_samples().map(|v| sign * v).collect();
            let mut foot = self.switch.initial_state();
            let crossings =
                (0..n).filter_map(|i| Some((i, event(side, self.switch.process(&mut foot, force[i])?))));
            events.extend(crossings);
        }
        events.sort_by_key(|(i, _)| *i);
        let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
        let landings: Vec<Event> =
            events.iter().copied().filter(|e| e.kind == EventKind::InitialContact).collect();
        let mut sums = [0.0; 8];
        let mut values = Vec::new();
        for three in landings.windows(3) {
            let [first, second, third] = three else { continue };
            let left = events.iter().find(|e| {
                e.kind == EventKind::TerminalContact && e.side == first.side && e.time_s > first.time_s
            });
            let Some(left) = left.filter(|e| e.time_s < third.time_s) else { continue };
            let (contact, step) = (left.time_s - first.time_s, second.time_s - first.time_s);
            let (next, stride) = (third.time_s - second.time_s, third.time_s - first.time_s);
            let middle = (first.time_s + left.time_s) / 2.0;
            let start = middle - stride / 2.0;
            let alternate = first.side == third.side && first.side != second.side;
            let runs = (0.07..=0.4).contains(&contact)
                && (0.15..=0.6).contains(&step)
                && (0.15..=0.6).contains(&next)
                && contact < step;
            if !alternate || !runs || start < 0.0 {
                continue;
            }
            let value = |c: usize, time_s: f64| {
                let position = time_s * RATE_HZ;
                let (i, share) = (position as usize, position.fract());
                let at = |i: usize| slope(c, i).max(0.0);
                at(i) + share * (at((i + 1).min(n - 1)) - at(i))
            };
            let right = usize::from(first.side == Side::Right);
            let mut rows: Vec<Vec<f64>> = (0..8)
                .map(|k| {
                    (0..PHASES)
                        .map(|m| value(2 * k + right, start + stride * m as f64 / PHASES as f64))
                        .collect()
                })
                .collect();
            let number = values.len() as f64 + 1.0;
            for (row, sum) in rows.iter_mut().zip(&mut sums) {
                *sum += row.iter().fold(0.0, |a: f64, &b| a.max(b));
                row.iter_mut().for_each(|v| *v *= number / *sum);
            }
            values.push(DriveGrid::from_steps(&[rows]).unwrap().coincidence(0).coincidence().unwrap());
        }
        values
    }
}

fn main() {
    support::main(&[Workload { name: "live-16", unit: "frame", size: (1, 600_000), set_up }]);
}
