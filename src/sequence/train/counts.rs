//! How many coincidences every pair of trains has.
//!
//! All trains are walked through at once in time order: an event can only coincide with the last event of every other
//! train, so one row of lanes, one per train, answers for all pairs. That is as much work as walking through every pair,
//! (trains - 1) x events, but without a branch that depends on the data.

use super::{AdaptiveWindow, Trains};
use crate::simd::{self, Kernel, Transpose};
use alloc::{vec, vec::Vec};

/// Trains looked at at once.
const LANES: usize = 8;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Every coincidence, equal times too.
    All,
    /// Those in which one of the two comes first.
    Led,
}

/// `[later * trains + earlier]`: in how many coincidences an event of the one comes after one of the other. Events at
/// equal times are counted once, either way.
pub(crate) fn counts(trains: &Trains, window: AdaptiveWindow, counted: Counted) -> Vec<u64> {
    let mut halves = Vec::with_capacity(trains.events());
    for times in trains.iter() {
        window.halves(times, (trains.start_s(), trains.end_s()), &mut halves);
    }
    let groups = trains.len().div_ceil(LANES);
    let mut found = vec![[0; LANES]; groups * trains.len()];
    let pass = Pass { trains, halves: &halves, found: &mut found, led: counted == Counted::Led };
    match groups {
        0 => {}
        1 => simd::run(false, Few::<1>(pass)),
        2 => simd::run(false, Few::<2>(pass)),
        3 => simd::run(false, Few::<3>(pass)),
        4 => simd::run(false, Few::<4>(pass)),
        _ => simd::run(false, Many(pass)),
    }
    // Lanes beyond the last train hold nothing.
    found.chunks_exact(groups.max(1)).flat_map(|row| row.as_flattened()[..trains.len()].to_vec()).collect()
}

struct Pass<'a> {
    trains: &'a Trains,
    /// Half windows, train after train.
    halves: &'a [f64],
    found: &'a mut [[u64; LANES]],
    led: bool,
}

/// The last event of each train.
#[derive(Clone, Copy)]
struct Last {
    time: [f64; LANES],
    half: [f64; LANES],
}

/// Before the first event: infinitely long ago.
const NEVER: Last = Last { time: [f64::NEG_INFINITY; LANES], half: [0.0; LANES] };

impl Pass<'_> {
    #[inline(always)]
    fn walk(self, last: &mut [Last]) {
        let mut next = self.trains.starts().to_vec();
        // The least number above 0: what comes 0 s later is not led.
        let least = if self.led { f64::from_bits(1) } else { 0.0 };
        for event in self.trains.merged() {
            let train = event.train as usize;
            let half = self.halves[next[train]];
            next[train] += 1;
            let row = &mut self.found[train * last.len()..][..last.len()];
            for (found, last) in row.iter_mut().zip(last.iter()) {
                count(found, last, event.time_s, half, least);
            }
            let lane = train % LANES;
            last[train / LANES].time[lane] = event.time_s;
            last[train / LANES].half[lane] = half;
        }
    }
}

#[inline(always)]
fn count(found: &mut [u64; LANES], last: &Last, time: f64, half: f64, least: f64) {
    for ((found, &last_time), &last_half) in found.iter_mut().zip(&last.time).zip(&last.half) {
        let ago = time - last_time;
        let within = if last_half < half { last_half } else { half };
        *found += u64::from((ago < within) & (ago >= least));
    }
}

/// So many groups of lanes that the compiler knows their number.
struct Few<'a, const G: usize>(Pass<'a>);

impl<const G: usize> Kernel for Few<'_, G> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        self.0.walk(&mut [NEVER; G]);
    }
}

struct Many<'a>(Pass<'a>);

impl Kernel for Many<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let groups = self.0.trains.len().div_ceil(LANES);
        self.0.walk(&mut vec![NEVER; groups]);
    }
}
