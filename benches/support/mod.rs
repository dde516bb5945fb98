//! Shared by all benches: its command line, its data, its clock, and the conversation with `scripts/compare-speed`.
//!
//! ```text
//! cargo bench --bench NAME                 every workload at its default size, as a table
//! cargo bench --bench NAME -- --json       the same, one JSON object
//! cargo bench --bench NAME -- --test       tiny sizes, results checked, no time judged
//! cargo bench --bench NAME -- --serve      commands on standard input, see `serve`
//! cargo bench --bench NAME -- --list       names and default sizes, for `scripts/count-instructions`
//! cargo bench --bench NAME -- --count NAME CHANNELS LENGTH RUNS      one workload RUNS times, no clock
//! ```
#![allow(dead_code)] // each bench uses its part

use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::time::Instant;

/// One thing to time.
pub struct Workload {
    /// As `scripts/compare-speed` calls it.
    pub name: &'static str,
    /// Unit that the time is divided by, in addition to the number of input samples.
    pub unit: &'static str,
    /// Channels and samples per channel when none are given.
    pub size: (usize, usize),
    /// From the input, channel after channel, to something that runs on it again and again.
    pub set_up: fn(Vec<f64>, usize) -> Box<dyn Run>,
}

/// A workload on its data, with its buffers.
pub trait Run {
    /// The timed part.
    fn run(&mut self);
    /// Result of the last run, for comparison with a peer.
    fn result(&self) -> Vec<f64>;
    /// Result of a slow and obvious computation, for the smoke test.
    fn expected(&self) -> Vec<f64>;
}

/// Main of a bench.
pub fn main(workloads: &[Workload]) {
    let flags: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| flags.iter().any(|f| f == flag);
    if has("--list") {
        for Workload { name, unit, size: (channels, length), .. } in workloads {
            println!("{name} {unit} {channels} {length}");
        }
    } else if let Some(at) = flags.iter().position(|f| f == "--count") {
        count(workloads, &flags[at + 1..]);
    } else if has("--test") {
        workloads.iter().for_each(smoke);
    } else if has("--serve") {
        serve(workloads).expect("the caller closed the connection");
    } else {
        table(workloads, has("--json"));
    }
}

/// A step-like wave of 1.4 Hz at 1 kHz with a harmonic and noise of standard deviation 0.1, the same in every run.
pub fn signal(channels: usize, length: usize) -> Vec<f64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let one = |channel: usize, i: usize| {
        let turn = std::f64::consts::TAU * (i as f64 * 0.0014 + channel as f64 * 0.1);
        turn.sin() + 0.5 * (3.0 * turn).cos()
    };
    (0..channels * length)
        .map(|i| one(i / length, i % length) + 0.1 * 3f64.sqrt() * (2.0 * uniform() - 1.0))
        .collect()
}

fn smoke(workload: &Workload) {
    let channels = workload.size.0.min(9);
    for length in [100, 1000, 10_000] {
        let mut work = (workload.set_up)(signal(channels, length), channels);
        work.run();
        let (found, expected) = (work.result(), work.expected());
        assert_eq!(found.len(), expected.len(), "{} of {length}", workload.name);
        for (i, (f, e)) in found.iter().zip(&expected).enumerate() {
            assert!(
                (f - e).abs() <= 1e-9 * (1.0 + e.abs()),
                "{} of {length}, value {i}: {f}, not {e}",
                workload.name
            );
        }
    }
    println!("{} ok", workload.name);
}

fn timed(work: &mut dyn Run) -> f64 {
    let start = Instant::now();
    work.run();
    black_box(&work);
    start.elapsed().as_nanos() as f64
}

/// Runs one workload `runs` times and does nothing else, for a tool that counts instructions: two counts that differ in the
/// number of runs differ by the runs alone.
fn count(workloads: &[Workload], words: &[String]) {
    let [name, channels, length, runs] = words else { panic!("--count NAME CHANNELS LENGTH RUNS") };
    let [channels, length, runs] = [channels, length, runs].map(|n| n.parse().expect("a number"));
    let mut work = (find(workloads, name).set_up)(signal(channels, length), channels);
    for _ in 0..runs {
        work.run();
        black_box(&work);
    }
}

fn find<'a>(workloads: &'a [Workload], name: &str) -> &'a Workload {
    workloads.iter().find(|w| w.name == name).unwrap_or_else(|| panic!("no workload {name}"))
}

fn table(workloads: &[Workload], json: bool) {
    let mut entries = vec![];
    for workload in workloads {
        let (channels, length) = workload.size;
        let mut work = (workload.set_up)(signal(channels, length), channels);
        timed(&mut *work);
        let mut times: Vec<f64> = (0..11).map(|_| timed(&mut *work) / (channels * length) as f64).collect();
        times.sort_by(f64::total_cmp);
        let (median, fastest) = (times[5], times[0]);
        let Workload { name, unit, .. } = workload;
        if json {
            entries.push(format!(
                r#""{name}": {{"ours_ns": {median:.4}, "fastest_ns": {fastest:.4}, "unit": "{unit}", "channels": {channels}, "length": {length}}}"#
            ));
        } else {
            println!(
                "{name:12} {channels:4} x {length:<9} {median:9.3} ns per {unit} (fastest {fastest:.3})"
            );
        }
    }
    if json {
        println!("{{{}}}", entries.join(", "));
    }
}

/// Answers commands, one per line, until the input ends:
/// `load NAME CHANNELS PATH` reads little-endian f64 and sets up: `ready`; `run` runs once: the nanoseconds;
/// `result PATH` writes the last result as little-endian f64: the count.
fn serve(workloads: &[Workload]) -> io::Result<()> {
    let mut work: Option<Box<dyn Run>> = None;
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match (words.as_slice(), &mut work) {
            (["load", name, channels, path], work) => {
                let found = find(workloads, name);
                // Free the last one first: the large ones do not fit twice.
                *work = None;
                let data = std::fs::read(path)?
                    .chunks_exact(8)
                    .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")))
                    .collect();
                *work = Some((found.set_up)(data, channels.parse().expect("a number of channels")));
                "ready".to_owned()
            }
            (["run"], Some(work)) => format!("{:.0}", timed(&mut **work)),
            (["result", path], Some(work)) => {
                let result = work.result();
                std::fs::write(path, result.iter().flat_map(|y| y.to_le_bytes()).collect::<Vec<u8>>())?;
                result.len().to_string()
            }
            _ => panic!("unknown command, or nothing loaded: {line}"),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
