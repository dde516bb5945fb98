//! W8: the whole chain on one thread, buffers reused. 32 channels of 600 s at 1 kHz: zero-phase low-pass of all; contacts of
//! the first channel with hysteresis; strides; every channel on 100 phases of every stride; peak phases; the lag of every
//! channel behind the second, circular and bounded at a quarter; simultaneity of the peaks; convergence of the drives.

mod support;

use copeak::convergence::drive_grid::GridShape;
use copeak::convergence::peak_phases::PeakPhases;
use copeak::convergence::{DriveGrid, PHASES};
use copeak::crossing::{Crossing, Direction, Hysteresis};
use copeak::filter::state::WorkspaceOf;
use copeak::filter::{Butterworth, Filter, ZeroPhase};
use copeak::sequence::CrossCorrelation;
use copeak::sequence::correlation::Correlator;
use copeak::stride::cycle_into;
use copeak::time::TimeSpan;
use copeak::{Clock, Rate, Signal};
use support::{Run, Workload};

const RATE_HZ: f64 = 1000.0;
const CUTOFF_HZ: f64 = 15.0;
const ON: f64 = 0.5;
const OFF: f64 = 0.3;
/// Channels filtered at a time.
const BLOCK: usize = 4;
const STRIDE: std::ops::RangeInclusive<f64> = 300.0..=1500.0;

struct Chain {
    filter: ZeroPhase,
    workspace: WorkspaceOf<ZeroPhase, f64>,
    switch: Hysteresis,
    plan: Correlator,
    x: Vec<f64>,
    y: Vec<f64>,
    length: usize,
    crossings: Vec<Crossing>,
    /// Peak phase and lag of every channel but the first, stride after stride.
    phases: Vec<f64>,
    lags: Vec<f64>,
    simultaneity: Vec<f64>,
    /// Mean A, mean P and C.
    session: [f64; 3],
}

fn rate() -> Rate {
    Rate::from_hz(RATE_HZ).unwrap()
}

fn set_up(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let design = Butterworth::low_pass(4, CUTOFF_HZ, rate()).unwrap();
    let filter = ZeroPhase::single_pass_cutoff(design.cascade().unwrap());
    // One phase is one sample of a curve at 1 Hz.
    let lag = CrossCorrelation::new(PHASES as f64 / 4.0).unwrap().circular();
    Box::new(Chain {
        workspace: filter.workspace(),
        filter,
        switch: Hysteresis::new(ON, OFF).unwrap(),
        plan: lag.plan(PHASES, Rate::from_hz(1.0).unwrap()).unwrap(),
        length: x.len() / channels,
        y: vec![0.0; BLOCK.min(channels) * (x.len() / channels)],
        x,
        crossings: vec![],
        phases: vec![],
        lags: vec![],
        simultaneity: vec![],
        session: [f64::NAN; 3],
    })
}

/// Strides between landings, as positions.
fn strides(crossings: &[Crossing]) -> impl Iterator<Item = (f64, f64)> + '_ {
    let landings = || crossings.iter().filter(|c| c.direction == Direction::Up).map(|c| c.position);
    landings().zip(landings().skip(1)).filter(|(start, end)| STRIDE.contains(&(end - start)))
}

impl Run for Chain {
    fn run(&mut self) {
        let n = self.length;
        self.phases.clear();
        self.lags.clear();
        self.simultaneity.clear();
        self.session = [f64::NAN; 3];
        let (mut rows, mut cycles_s) = (vec![], vec![]);
        let (all, k) = (self.x.len() / n, self.x.len() / n - 1);
        // A few channels at a time: what was filtered is cut while it is near, and never all there.
        for first in (0..all).step_by(BLOCK) {
            let channels = first..(first + BLOCK).min(all);
            let x: Vec<&[f64]> = self.x.chunks_exact(n).skip(first).take(channels.len()).collect();
            let mut y: Vec<&mut [f64]> = self.y.chunks_exact_mut(n).take(channels.len()).collect();
            self.filter.apply_channels_into(&x, &mut y, &mut self.workspace).unwrap();
            if first == 0 {
                self.switch.find_into(&self.y[..n], &mut self.crossings);
                cycles_s.extend(strides(&self.crossings).map(|(start, end)| (end - start) / RATE_HZ));
                rows.resize(cycles_s.len() * k * PHASES, 0.0);
            }
            let clock = Clock::from_zero(rate());
            for (channel, y) in channels.zip(self.y.chunks_exact(n)).filter(|&(channel, _)| channel > 0) {
                let motion = Signal::new(clock, y);
                let of_channel = rows.chunks_exact_mut(PHASES).skip(channel - 1).step_by(k);
                for ((start, end), row) in strides(&self.crossings).zip(of_channel) {
                    let window = TimeSpan { start_s: start / RATE_HZ, end_s: end / RATE_HZ };
                    cycle_into(&motion, window, row).unwrap();
                }
            }
        }
        let count = cycles_s.len();
        if count == 0 {
            return;
        }
        for stride in rows.chunks_exact(k * PHASES) {
            let first = &stride[..PHASES];
            for row in stride.chunks_exact(PHASES) {
                let lag = self.plan.find(first, row);
                self.lags.push(lag.map_or(f64::NAN, |lag| lag.lag_s));
            }
        }
        rows.iter_mut().for_each(|v| *v = v.max(0.0));
        let drives = DriveGrid::from_shape(GridShape { contributors: k, phases: PHASES }, rows).unwrap();
        for step in 0..count {
            for i in 0..k {
                self.phases.push(drives.vertex_phase(step, i).unwrap_or(f64::NAN));
            }
        }
        let steps: Vec<&[f64]> = self.phases.chunks_exact(k).collect();
        let peaks = PeakPhases::from_steps(&steps, &cycles_s).unwrap();
        self.simultaneity.extend(peaks.steps().iter().map(|step| step.simultaneity.unwrap_or(f64::NAN)));
        let drives = drives.divided_by(&drives.mean_peaks()).unwrap();
        let (available, realised) = drives.session();
        self.session = [available, realised, realised / available];
    }

    fn result(&self) -> Vec<f64> {
        let known = |v: &f64| if v.is_nan() { -9.0 } else { *v };
        let parts = [&self.phases[..], &self.lags, &self.simultaneity, &self.session];
        parts.into_iter().flatten().map(known).collect()
    }

    /// Stride by stride in plain loops, on the filter's output; the filter has its own bench.
    fn expected(&self) -> Vec<f64> {
        let n = self.length;
        let x: Vec<&[f64]> = self.x.chunks_exact(n).collect();
        let mut filtered = vec![0.0; self.x.len()];
        let mut y: Vec<&mut [f64]> = filtered.chunks_exact_mut(n).collect();
        self.filter.apply_channels_into(&x, &mut y, &mut self.filter.workspace()).unwrap();
        let (mut phases, mut lags, mut simultaneity, mut drives) = (vec![], vec![], vec![], vec![]);
        for (start, end) in strides(&self.crossings) {
            let at = |channel: &[f64], m: usize| {
                let position = start + (end - start) * m as f64 / PHASES as f64;
                let (i, share) = (position as usize, position.fract());
                channel[i] + share * (channel[(i + 1).min(n - 1)] - channel[i])
            };
            let cut = |channel: &[f64]| (0..PHASES).map(|m| at(channel, m)).collect::<Vec<f64>>();
            let rows: Vec<Vec<f64>> = y.iter().skip(1).map(|channel| cut(channel)).collect();
            let own: Vec<Vec<f64>> = rows.iter().map(|r| r.iter().map(|v| v.max(0.0)).collect()).collect();
            let peak = |row: &[f64]| {
                let top = (0..PHASES).rev().max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
                let (b, a) = (row[(top + PHASES - 1) % PHASES], row[(top + 1) % PHASES]);
                let shift = (0.5 * (b - a) / (b - 2.0 * row[top] + a)).clamp(-0.5, 0.5);
                ((top as f64 + shift) / PHASES as f64).rem_euclid(1.0)
            };
            let found: Vec<f64> = own.iter().map(|row| peak(row)).collect();
            let cosine = |a: f64, b: f64| (std::f64::consts::TAU * (a - b)).cos();
            let all: f64 = found.iter().map(|&a| found.iter().map(|&b| cosine(a, b)).sum::<f64>()).sum();
            let k = found.len() as f64;
            simultaneity.push((all - k) / (k * (k - 1.0)));
            lags.extend(rows.iter().map(|row| circular_lag(&rows[0], row)));
            phases.extend(&found);
            drives.push(own);
        }
        let mut session = [-9.0; 3];
        if let Some(first) = drives.first() {
            let largest = |row: &[f64]| row.iter().fold(0.0, |a: f64, &b| a.max(b));
            let count = drives.len() as f64;
            let means: Vec<f64> = (0..first.len())
                .map(|i| drives.iter().map(|rows| largest(&rows[i])).sum::<f64>() / count)
                .collect();
            let realised = |rows: &Vec<Vec<f64>>| {
                let sum = |m: usize| rows.iter().zip(&means).map(|(row, mean)| row[m] / mean).sum::<f64>();
                (0..PHASES).map(sum).fold(0.0, f64::max)
            };
            let (a, p) = (means.len() as f64, drives.iter().map(realised).sum::<f64>() / count);
            session = [a, p, p / a];
        }
        [&phases[..], &lags, &simultaneity, &session].concat()
    }
}

/// Lag with the largest circular correlation, a parabola between; -9 at the bound.
fn circular_lag(a: &[f64], b: &[f64]) -> f64 {
    let m = PHASES as isize;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let r = |lag: isize| -> f64 {
        (0..m).map(|t| (a[t as usize] - ma) * (b[(t + lag).rem_euclid(m) as usize] - mb)).sum()
    };
    let bound = m / 4;
    let values: Vec<f64> = (-bound..=bound).map(r).collect();
    let best = (0..values.len()).max_by(|&i, &j| values[i].total_cmp(&values[j])).unwrap();
    if best == 0 || best + 1 == values.len() {
        return -9.0;
    }
    let (before, top, after) = (values[best - 1], values[best], values[best + 1]);
    (best as isize - bound) as f64 + 0.5 * (before - after) / (before - 2.0 * top + after)
}

fn main() {
    support::main(&[Workload { name: "W8", unit: "sample", size: (32, 600_000), set_up }]);
}
