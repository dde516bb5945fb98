//! Timing against the mean pulse.

use super::calibration::{CUTOFF_HZ, CYCLE_S, Shape};
use super::noise::Noise;
use super::table::{Figure, Table};
use crate::Error;
use copeak::filter::{Conditioner, ZeroPhase};
use copeak::peak::{CyclePeakFinder, PulseTiming};
use copeak::time::TimeSpan;
use copeak::{Clock, Rate, Signal};

/// Cycles in one simulated recording.
const CYCLES: usize = 40;
/// Standard deviation of the pulse's own time, in seconds.
const JITTER_S: f64 = 0.004;

/// Scatter of both ways of timing next to the bound, and the jitter they find.
pub fn bound(cycles: usize) -> Result<Table, Error> {
    let mut rows = vec![];
    for rate_hz in [100.0, 200.0, 1000.0] {
        for snr_db in [10.0, 20.0, 30.0] {
            rows.push((format!("{rate_hz} Hz, {snr_db} dB"), row(rate_hz, snr_db, cycles)?));
        }
    }
    Ok(Table {
        title: "Against the mean pulse",
        text: "Sessions of 40 such pulses, each early or late by a normal draw of 4 ms, low-passed at 15 Hz, timed by the vertex on the\n\
               maximum and against the session's own mean pulse. *bound*: the least scatter that any unbiased estimate from the raw\n\
               samples can have (Cramer-Rao). The observed jitter holds the measurement's own scatter, the corrected one does not.",
        columns: &[
            "bound, ms",
            "mean pulse: scatter, ms",
            "over bound",
            "SE, ms",
            "1.96 SE hold",
            "vertex: scatter, ms",
            "jitter observed, ms",
            "corrected, ms",
        ],
        rows,
    })
}

fn row(rate_hz: f64, snr_db: f64, cycles: usize) -> Result<Vec<Figure>, Error> {
    let rate = Rate::from_hz(rate_hz)?;
    let shape = Shape::Smooth;
    let conditioner = Conditioner::new(ZeroPhase::low_pass(2, CUTOFF_HZ, rate)?);
    let sigma = (shape.variance() / 10f64.powf(snr_db / 10.0)).sqrt();
    let step = 1e-5;
    let slope = |t: f64| (shape.at((t + step) / CYCLE_S) - shape.at((t - step) / CYCLE_S)) / (2.0 * step);
    let n = CYCLE_S * rate_hz;
    let information: f64 = (0..n as usize).map(|i| slope(i as f64 / rate_hz).powi(2)).sum();
    let bound = sigma / information.sqrt();

    let mut draws = Noise::new((rate_hz + snr_db) as u64);
    let (mut shifts, mut held, mut errors, mut vertices) = (vec![], 0, vec![], vec![]);
    let (mut observed, mut corrected) = (vec![], vec![]);
    while shifts.len() < cycles {
        let late: Vec<f64> = (0..CYCLES).map(|_| JITTER_S * draws.normal()).collect();
        let clock = Clock::new(rate, -CYCLE_S - draws.uniform())?;
        let count = ((CYCLES as f64 + 3.5) * n) as usize;
        let raw = (0..count).map(|i| {
            let t = clock.time_s(i as f64);
            let cycle = (t / CYCLE_S).floor().clamp(0.0, CYCLES as f64 - 1.0) as usize;
            shape.at((t - late[cycle]) / CYCLE_S) + sigma * draws.normal()
        });
        let raw: Vec<f64> = raw.collect();
        let curve = conditioner.apply(&Signal::new(clock, raw))?;
        let window = |k: usize| TimeSpan { start_s: k as f64 * CYCLE_S, end_s: (k + 1) as f64 * CYCLE_S };
        let windows: Vec<TimeSpan> = (0..CYCLES).map(window).collect();
        let matched = PulseTiming::new().find_with_noise(
            &curve.signal,
            &windows,
            curve.noise.sigma(),
            &curve.response,
        )?;
        let jitter = matched.jitter().ok_or("no jitter")?;
        observed.push(jitter.observed_s);
        corrected.push(jitter.corrected_s.ok_or("no standard error")?);
        let mean = late.iter().sum::<f64>() / CYCLES as f64;
        let mut top = vec![];
        for ((time, window), late) in matched.cycles.into_iter().zip(windows).zip(&late) {
            let time = time?;
            let (error, se) = (time.shift_s - (late - mean), time.se_s.ok_or("no standard error")?);
            held += usize::from(error.abs() <= 1.96 * se);
            shifts.push(error);
            errors.push(se);
            top.push(
                CyclePeakFinder::new().circular().find(&curve.signal, window)?.time_s - window.start_s - late,
            );
        }
        // As the shifts are: relative to the session's mean.
        let mean = top.iter().sum::<f64>() / CYCLES as f64;
        vertices.extend(top.iter().map(|t| t - mean));
    }
    let rms = |values: &[f64]| (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt();
    let scatter = rms(&shifts);
    Ok(vec![
        Figure::new(1e3 * bound, 2),
        Figure::new(1e3 * scatter, 2),
        Figure::new(scatter / bound, 2).within_if(true, 0.9, 1.15),
        Figure::new(1e3 * rms(&errors), 2),
        Figure::new(held as f64 / shifts.len() as f64, 3).within_if(true, 0.9, 0.98),
        Figure::new(1e3 * rms(&vertices), 2),
        Figure::new(1e3 * rms(&observed), 2),
        Figure::new(1e3 * rms(&corrected), 2).within_if(true, 3.6, 4.4),
    ])
}
