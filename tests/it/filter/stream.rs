//! A hundred million samples through the live filters: nothing is allocated on the way, and the process does not grow.

use crate::common::memory as counting;
use copeak::filter::{
    Butterworth, CentralDifference, Hampel, LeakyIntegral, MovingMean, MovingMedian, Preset, SavitzkyGolay,
    Tkeo,
};
use copeak::{Rate, Stage, StageExt};
use counting::allocations;

const MANY: usize = 100_000_000;

/// Feeds `n` samples of a wave, and returns how many outputs there were and their sum.
fn feed<P, Y: Into<Option<f64>>>(stage: P, n: usize) -> (usize, f64)
where
    P: StageExt + Stage<f64, Output = Y>,
{
    let mut live = stage.stream();
    let (mut count, mut sum) = (0, 0.0);
    let mut push = |x: f64| {
        if let Some(y) = live.push(x).into() {
            count += 1;
            sum += y;
        }
    };
    // The first sample may bring a state to its size.
    push(0.0);
    let allocated = allocations(|| (1..n).for_each(|i| push(((i * i) % 1009) as f64 * 1e-3 - 0.5)));
    assert_eq!(allocated, 0);
    (count, sum)
}

/// The largest resident size so far, in bytes, where the system reports it.
fn peak_resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse::<usize>().ok().map(|kib| kib * 1024)
}

#[test]
fn a_hundred_million_samples_leave_no_trace() {
    let rate = Rate::from_hz(1000.0).unwrap();
    let cascade = Butterworth::low_pass(4, 50.0, rate).unwrap().cascade().unwrap();
    feed(&cascade, 1000);
    let before = peak_resident();
    let (count, sum) = feed(&cascade, MANY);
    assert_eq!(count, MANY);
    // The wave's mean, through a gain of 1 at 0 Hz.
    assert!((sum / MANY as f64 - mean()).abs() < 1e-6, "{}", sum / MANY as f64);
    if let (Some(before), Some(after)) = (before, peak_resident()) {
        assert!(after - before < 1 << 20, "the process grew by {} bytes", after - before);
    }
}

fn mean() -> f64 {
    (0..1009).map(|i: usize| ((i * i) % 1009) as f64 * 1e-3 - 0.5).sum::<f64>() / 1009.0
}

#[test]
fn every_live_filter_keeps_to_its_memory() {
    let rate = Rate::from_hz(1000.0).unwrap();
    let n = MANY / 50;
    assert_eq!(feed(CentralDifference::new(rate), n).0, n - 1);
    assert_eq!(feed(Tkeo, n).0, n - 1);
    assert_eq!(feed(MovingMean::new(101).unwrap(), n).0, n - 50);
    assert_eq!(feed(MovingMedian::new(11).unwrap(), n).0, n - 5);
    assert_eq!(feed(Hampel::new(11, 3.0).unwrap(), n).0, n - 5);
    assert_eq!(feed(SavitzkyGolay::new(21, 3).unwrap(), n).0, n - 20);
    assert_eq!(feed(LeakyIntegral::new(rate), n).0, n);
    let emg = Preset::emg(Rate::from_hz(2000.0).unwrap()).unwrap();
    assert_eq!(feed(emg.causal().unwrap(), n).0, n);
}
