//! W3: crossings of a force record with hysteresis and a shortest contact, memory reused; and whole contacts with
//! standard errors.

mod support;

use copeak::crossing::{Crossing, Hysteresis};
use copeak::event::{FootContacts, ForceContacts, Side};
use copeak::{Clock, Rate, Signal};
use support::{Run, Workload};

const RATE_HZ: f64 = 1000.0;
const ON: f64 = 50.0;
const OFF: f64 = 20.0;
/// Samples.
const SHORTEST: f64 = 50.0;

struct Search {
    switch: Hysteresis,
    x: Vec<f64>,
    found: Vec<Crossing>,
}

/// The wave of `support` in newtons when it is small, so that the smoke test sees forces.
fn force(mut x: Vec<f64>) -> Vec<f64> {
    if x.iter().all(|v| v.abs() < 10.0) {
        x.iter_mut().for_each(|v| *v *= 100.0);
    }
    x
}

fn crossings(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    let switch = Hysteresis::new(ON, OFF).unwrap().min_high(SHORTEST);
    Box::new(Search { switch, x: force(x), found: vec![] })
}

/// A loop over the samples: on and off alternately, a phase that is too short undone.
fn plain(x: &[f64]) -> Vec<f64> {
    let mut found: Vec<f64> = vec![];
    let mut high = None;
    // Whether the last of `found` is a landing that has not lasted yet.
    let mut open = false;
    for i in 0..x.len() {
        match high {
            None if x[i] >= ON => high = Some(true),
            None if x[i] < OFF => high = Some(false),
            Some(false) if x[i] >= ON => {
                high = Some(true);
                open = true;
                found.push((i - 1) as f64 + (ON - x[i - 1]) / (x[i] - x[i - 1]));
            }
            Some(true) if x[i] < OFF => {
                high = Some(false);
                let left = (i - 1) as f64 + (OFF - x[i - 1]) / (x[i] - x[i - 1]);
                if open && left - found[found.len() - 1] < SHORTEST {
                    found.pop();
                } else {
                    found.push(left);
                }
                open = false;
            }
            _ => {}
        }
    }
    if open && (x.len() - 1) as f64 - found[found.len() - 1] < SHORTEST {
        found.pop();
    }
    found
}

impl Run for Search {
    fn run(&mut self) {
        self.switch.find_into(&self.x, &mut self.found);
    }

    fn result(&self) -> Vec<f64> {
        self.found.iter().map(|c| c.position).collect()
    }

    fn expected(&self) -> Vec<f64> {
        plain(&self.x)
    }
}

struct Contacts {
    signal: Signal,
    found: Option<FootContacts>,
}

fn contacts(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    let clock = Clock::from_zero(Rate::from_hz(RATE_HZ).unwrap());
    Box::new(Contacts { signal: Signal::new(clock, force(x)), found: None })
}

impl Run for Contacts {
    fn run(&mut self) {
        self.found = Some(ForceContacts::default().find(&self.signal, Side::Right).unwrap());
    }

    fn result(&self) -> Vec<f64> {
        let events = self.found.iter().flat_map(FootContacts::events);
        events.map(|e| e.time_s * RATE_HZ).collect()
    }

    fn expected(&self) -> Vec<f64> {
        plain(self.signal.samples())
    }
}

fn main() {
    let unit = "sample";
    support::main(&[
        Workload { name: "W3", unit, size: (1, 10_000_000), set_up: crossings },
        Workload { name: "W3-short", unit, size: (1, 1_000_000), set_up: crossings },
        Workload { name: "W3-contacts", unit, size: (1, 10_000_000), set_up: contacts },
    ]);
}
