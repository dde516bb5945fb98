//! From raw EMG to envelopes: against NumPy and SciPy (fixture: validation/oracles/filter_families.py), live against
//! whole records, and on bursts whose place is known.

use crate::common::cases;
use crate::common::memory as counting;
use copeak::filter::{
    Butterworth, CriticallyDamped, Emg, Envelope, Filter, MovingMean, Notch, Preset, Rectify, Section, Tkeo,
    ZeroPhase,
};
use copeak::stage::{Causal, Collect};
use copeak::{Analysis, AnalysisExt, Error, Frame, GroupDelay, Rate, StageExt};
use counting::allocations;
use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use serde_json::Value;

fn rate() -> Rate {
    Rate::from_hz(2000.0).unwrap()
}

fn normal(seed: u64, n: usize) -> Vec<f64> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    (0..n)
        .map(|_| (-2.0 * (1.0 - uniform()).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos())
        .collect()
}

fn fixture() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/filter_families.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let top = expected.iter().fold(0.0, |m, y| y.abs().max(m));
    found.iter().zip(expected).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max) / top
}

#[test]
fn the_energy_operator_and_envelopes_equal_numpy_and_scipy() {
    let fixture = fixture();
    let x = numbers(&fixture["x"]);
    assert!(distance(&Tkeo.apply(&x).unwrap(), &numbers(&fixture["tkeo"])) < 1e-14);
    let rate = Rate::from_hz(1000.0).unwrap();
    let band = Butterworth::band_pass(2, 20.0, 450.0, rate).unwrap().cascade().unwrap();
    let smooth = Butterworth::low_pass(2, 24.0, rate).unwrap().cascade().unwrap();
    let live = Envelope::new(band.clone(), smooth.clone());
    assert!(distance(&Causal(live).analyze(&x).unwrap(), &numbers(&fixture["envelope_causal"])) < 1e-12);
    let whole = Envelope::new(ZeroPhase::single_pass_cutoff(band), ZeroPhase::single_pass_cutoff(smooth));
    assert!(distance(&whole.apply(&x).unwrap(), &numbers(&fixture["envelope_zero_phase"])) < 1e-12);
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn streaming_is_batch(
        rows in prop::collection::vec(prop::array::uniform3(-1e3f64..1e3), 60..120),
    ) {
        let x: Vec<f64> = rows.iter().map(|row| row[0]).collect();
        prop_assert_eq!(&Collect(Tkeo).analyze(&x).unwrap(), &Tkeo.apply(&x).unwrap());
        prop_assert_eq!(&Causal(Rectify).analyze(&x).unwrap(), &Rectify.apply(&x).unwrap());
        let narrow: Vec<f32> = x.iter().map(|x| *x as f32).collect();
        prop_assert_eq!(&Collect(Tkeo).analyze(&narrow).unwrap(), &Tkeo.apply(&narrow).unwrap());

        // The envelope live is its parts in a row, and every channel of a frame is as if alone.
        let emg = Preset::emg(rate()).unwrap();
        let envelope = emg.causal().unwrap();
        let in_a_row = envelope.band().then(Rectify).then(envelope.smooth());
        let live = Causal(&envelope).analyze(&x).unwrap();
        prop_assert_eq!(&live, &Causal(in_a_row).analyze(&x).unwrap());
        let frames: Vec<_> = rows.iter().copied().map(Frame).collect();
        let whole = emg.zero_phase().unwrap();
        let apart = |f: Vec<Frame<f64, 3>>, channel: usize| f.iter().map(|f| f[channel]).collect::<Vec<_>>();
        for channel in 0..3 {
            let alone: Vec<f64> = rows.iter().map(|row| row[channel]).collect();
            prop_assert_eq!(apart(Causal(&envelope).analyze(&frames).unwrap(), channel), Causal(&envelope).analyze(&alone).unwrap());
            prop_assert_eq!(apart(whole.apply(&frames).unwrap(), channel), whole.apply(&alone).unwrap());
            prop_assert_eq!(apart(Tkeo.apply(&frames).unwrap(), channel), Tkeo.apply(&alone).unwrap());
            prop_assert_eq!(apart(Rectify.apply(&frames).unwrap(), channel), Rectify.apply(&alone).unwrap());
        }
        // Over whole records it is its parts, one after the other.
        let by_parts = whole.band().clone().feed(Rectify).feed(whole.smooth().clone());
        prop_assert_eq!(by_parts.analyze(&x).unwrap(), whole.apply(&x).unwrap());
    }

    #[test]
    fn the_energy_of_a_tone_is_its_amplitude_and_frequency(a in 0.1f64..1e3, w in 0.05f64..3.0, phase in 0.0f64..6.0) {
        let tone: Vec<f64> = (0..50).map(|i| a * (w * f64::from(i) + phase).sin()).collect();
        let energy = Tkeo.apply(&tone).unwrap();
        for e in &energy[1..49] {
            prop_assert!((e - (a * w.sin()).powi(2)).abs() <= 1e-13 * a * a);
        }
        // The ends are those of the record's point reflection.
        let reflected: Vec<f64> = std::iter::once(2.0 * tone[0] - tone[1]).chain(tone.iter().copied()).collect();
        let longer = Tkeo.apply(&reflected).unwrap();
        prop_assert!((energy[0] - longer[1]).abs() <= 1e-13 * a * a);
    }
}

/// Bursts of noise of 120 ms every 700 ms, over quieter noise, an offset, a drift and hum.
struct Bursts {
    raw: Vec<f64>,
    active: Vec<bool>,
}

fn bursts(hum: f64) -> Bursts {
    let n = 14_000;
    let active: Vec<bool> = (0..n).map(|i| (400..640).contains(&(i % 1400))).collect();
    let turn = |f: f64, i: usize| (std::f64::consts::TAU * f * i as f64 / 2000.0).sin();
    let raw = normal(7, n)
        .iter()
        .enumerate()
        .map(|(i, e)| {
            let muscle = e * if active[i] { 300e-6 } else { 8e-6 };
            muscle + 5e-4 + 1e-4 * turn(1.3, i) + hum * turn(50.0, i)
        })
        .collect();
    Bursts { raw, active }
}

/// First and last sample at or above `level` in the neighbourhood of each burst.
fn edges(y: &[f64], level: f64) -> Vec<(usize, usize)> {
    let above = |from: usize| (from..(from + 700).min(y.len())).filter(|i| y[*i] >= level);
    (0..10)
        .map(|burst| 1400 * burst + 200)
        .map(|from| (above(from).next().unwrap(), above(from).next_back().unwrap()))
        .collect()
}

#[test]
fn an_envelope_shows_every_burst_where_it_is() {
    let Bursts { raw, active } = bursts(0.0);
    let emg = Preset::emg(rate()).unwrap();
    let y = emg.zero_phase().unwrap().apply(&raw).unwrap();
    // The mean magnitude of normal noise is sqrt(2/pi) of its standard deviation; the band keeps 430 of its 1000 Hz.
    let expected = 300e-6 * (2.0 / std::f64::consts::PI * 0.43f64).sqrt();
    let inside: Vec<f64> =
        (0..raw.len()).filter(|i| (480..560).contains(&(i % 1400))).map(|i| y[i]).collect();
    let mean = inside.iter().sum::<f64>() / inside.len() as f64;
    assert!((mean / expected - 1.0).abs() < 0.1, "{mean:e}, not {expected:e}");
    let outside = (0..raw.len()).filter(|i| i % 1400 > 900).map(|i| y[i]).fold(0.0, f64::max);
    assert!(outside < 0.06 * mean, "offset and drift are gone: {outside:e}");
    let found = edges(&y, 0.3 * mean);
    for (burst, (start, end)) in found.iter().enumerate() {
        let truth = 1400 * burst + 400;
        assert!(active[truth] && !active[truth - 1]);
        assert!(start.abs_diff(truth) <= 20 && end.abs_diff(truth + 240) <= 20, "{start} {end} {truth}");
    }
    // Live the same bursts come out later by the delay that the chain reports, to within 3 ms.
    let live = emg.causal().unwrap();
    let late = live.group_delay(0.0);
    let lags = edges(&Causal(&live).analyze(&raw).unwrap(), 0.3 * mean);
    let lags = lags.iter().zip(&found).map(|(live, whole)| live.0 as f64 - whole.0 as f64);
    let lag = lags.sum::<f64>() / 10.0;
    assert!((lag - late).abs() < 6.0, "{lag} samples late, promised {late}");
}

#[test]
fn hum_is_taken_out_by_the_notch() {
    let Bursts { raw, active } = bursts(2e-4);
    let emg = Preset::emg(rate()).unwrap();
    let quiet = |emg: Emg| {
        let y = emg.zero_phase().unwrap().apply(&raw).unwrap();
        // Well away from bursts, whose own 50 Hz rings in the notch, and from the ends.
        let rest: Vec<f64> =
            (2000..12_000).filter(|i| i % 1400 > 1150 || i % 1400 < 250).map(|i| y[i]).collect();
        rest.iter().sum::<f64>() / rest.len() as f64
    };
    let (with, without) = (quiet(emg.notch(Notch::new(50.0, 4.0, rate()).unwrap())), quiet(emg));
    assert!(without > 1e-4 && with < 0.15 * without, "{without:e} {with:e}");
    assert!(active.iter().any(|a| *a));
}

/// Hof's two recipes: any whole-record filter may smooth the magnitude, and over 25 ms a moving average does what 24
/// Hz do.
#[test]
fn a_moving_average_of_25_ms_is_nearly_the_low_pass_of_24_hz() {
    let Bursts { raw, .. } = bursts(0.0);
    let low_passed = Preset::emg(rate()).unwrap().zero_phase().unwrap();
    let averaged = Envelope::new(low_passed.band().clone(), MovingMean::from_seconds(0.025, rate()).unwrap());
    let (a, b) = (low_passed.apply(&raw).unwrap(), averaged.apply(&raw).unwrap());
    let mean = |y: &[f64]| y.iter().sum::<f64>() / y.len() as f64;
    let (ma, mb) = (mean(&a), mean(&b));
    let product = |x: &[f64], y: &[f64], mx: f64, my: f64| {
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>()
    };
    let r = product(&a, &b, ma, mb) / (product(&a, &a, ma, ma) * product(&b, &b, mb, mb)).sqrt();
    assert!(r > 0.98 && (ma / mb - 1.0).abs() < 0.01, "r = {r}, {ma:e} {mb:e}");
}

/// Noise whose amplitude varies slowly: the envelope's phase against the amplitude's is its delay.
#[test]
fn an_envelope_is_late_by_the_delay_it_reports() {
    let (n, f) = (1_200_000, 4.0);
    let turn = |i: usize| std::f64::consts::TAU * f * i as f64 / 2000.0;
    let x: Vec<f64> =
        normal(11, n).iter().enumerate().map(|(i, e)| e * (1.0 + 0.8 * turn(i).cos())).collect();
    for (band, smooth) in [((2, 20.0, 450.0), 24.0), ((4, 60.0, 200.0), 10.0)] {
        let emg = Emg::new(
            Butterworth::band_pass(band.0, band.1, band.2, rate()).unwrap(),
            CriticallyDamped::low_pass(2, smooth, rate()).unwrap(),
        );
        let live = emg.unwrap().causal().unwrap();
        let y = Causal(&live).analyze(&x).unwrap();
        let sum = y
            .iter()
            .enumerate()
            .fold((0.0, 0.0), |(c, s), (i, y)| (c + y * turn(i).cos(), s + y * turn(i).sin()));
        let measured = sum.1.atan2(sum.0) / std::f64::consts::TAU / f * 2000.0;
        // A phase is a delay of phase; of a low-pass far below its cut-off the two are one.
        let promised = live.group_delay(f / 2000.0);
        assert!((measured - promised).abs() < 0.06 * promised, "{measured} samples, promised {promised}");
    }
}

/// Onsets in poor signals: the energy operator lifts a burst further out of the rest than the magnitude does.
#[test]
fn the_energy_operator_lifts_bursts_out_of_noise() {
    let active = |i: usize| (3000..5000).contains(&i);
    let (muscle, rest) = (normal(3, 8000), normal(4, 8000));
    let carrier = ZeroPhase::band_pass(2, 100.0, 300.0, rate()).unwrap().apply(&muscle).unwrap();
    let noise = ZeroPhase::low_pass(2, 60.0, rate()).unwrap().apply(&rest).unwrap();
    let raw: Vec<f64> = (0..8000).map(|i| noise[i] + if active(i) { carrier[i] } else { 0.0 }).collect();
    let contrast = |y: &[f64]| {
        let mean = |keep: bool| {
            let part: Vec<f64> = (200..7800).filter(|i| active(*i) == keep).map(|i| y[i].abs()).collect();
            part.iter().sum::<f64>() / part.len() as f64
        };
        mean(true) / mean(false)
    };
    let (magnitude, energy) = (contrast(&raw), contrast(&Tkeo.feed(Rectify).analyze(&raw).unwrap()));
    assert!(energy > 5.0 * magnitude, "{energy} {magnitude}");
}

#[test]
fn a_critically_damped_envelope_is_never_negative_after_a_burst() {
    let Bursts { raw, .. } = bursts(0.0);
    let band = Preset::emg_band(rate()).unwrap();
    let least = |emg: Emg| {
        let y = emg.zero_phase().unwrap().apply(&raw).unwrap();
        y[500..13_500].iter().copied().fold(f64::INFINITY, f64::min)
    };
    let (low, damped) =
        (Butterworth::low_pass(4, 6.0, rate()).unwrap(), CriticallyDamped::low_pass(2, 6.0, rate()).unwrap());
    assert!(least(Emg::new(band, low).unwrap()) < 0.0, "the Butterworth envelope dips");
    assert!(least(Emg::new(band, damped).unwrap()) > 0.0);
}

/// The same chain in single precision and without heap.
#[test]
fn a_chain_of_native_single_precision() {
    let band = Butterworth::band_pass(2, 20.0, 450.0, rate()).unwrap();
    let low = Butterworth::low_pass(3, 24.0, rate()).unwrap();
    let native: Envelope<[Section<f32>; 2]> =
        Envelope::new(band.sections().unwrap(), low.sections().unwrap());
    let raw = bursts(0.0).raw;
    let narrow: Vec<f32> = raw.iter().map(|x| *x as f32).collect();
    let wide = Causal(Preset::emg(rate()).unwrap().causal().unwrap()).analyze(&raw).unwrap();
    let mut live = native.stream();
    for (x, y) in narrow.iter().zip(wide) {
        assert!((f64::from(live.push(*x)) - y).abs() < 1e-8, "a thousandth of a thousandth of the burst");
    }
}

#[test]
fn channels_together_are_channels_alone() {
    let whole = Preset::emg(rate()).unwrap().zero_phase().unwrap();
    // Two full groups and a rest, of which some are shorter.
    let channels: Vec<Vec<f64>> = (0..19).map(|c| normal(c, if c % 5 == 4 { 300 } else { 400 })).collect();
    let alone: Vec<Vec<f64>> = channels.iter().map(|x| whole.apply(x).unwrap()).collect();
    let mut out = alone.iter().map(|y| vec![0.0; y.len()]).collect::<Vec<_>>();
    let mut workspace = whole.workspace();
    whole.apply_channels_into(&channels, &mut out, &mut workspace).unwrap();
    assert_eq!(out, alone);
    assert_eq!(allocations(|| whole.apply_channels_into(&channels, &mut out, &mut workspace).unwrap()), 0);
    assert!(whole.apply_channels::<Vec<f64>>(&[]).unwrap().is_empty());
    let mut broken = channels;
    broken[18][7] = f64::NAN;
    assert!(matches!(whole.apply_channels(&broken), Err(Error::NonFinite { index: 7, .. })));
}

#[test]
fn nothing_is_allocated_after_set_up() {
    let x = bursts(0.0).raw;
    let mut out = vec![0.0; x.len()];
    let emg = Preset::emg(rate()).unwrap();
    let whole = emg.zero_phase().unwrap();
    let mut workspace = whole.workspace();
    whole.apply_into(&x, &mut out, &mut workspace).unwrap();
    assert_eq!(allocations(|| whole.apply_into(&x, &mut out, &mut workspace).unwrap()), 0);
    assert_eq!(out, whole.apply(&x).unwrap());
    let mut workspace = Tkeo.workspace();
    assert_eq!(allocations(|| Tkeo.apply_into(&x, &mut out, &mut workspace).unwrap()), 0);
    let (mut live, mut energy) = (emg.causal().unwrap().stream(), Tkeo.stream());
    let mut sum = 0.0;
    assert_eq!(
        allocations(|| x.iter().for_each(|x| sum += live.push(*x) + energy.push(*x).unwrap_or(0.0))),
        0
    );
    assert!(sum.is_finite() && allocations(|| drop(whole.apply(&x))) > 0, "the counter counts");
}

#[test]
fn nan_is_refused_in_records_and_passed_on_by_rectifier_and_energy() {
    let emg = Preset::emg(rate()).unwrap();
    let whole = emg.zero_phase().unwrap();
    for n in [0, 1, 15] {
        assert!(matches!(whole.apply(&vec![1.0; n]), Err(Error::TooFew { got, .. }) if got == n));
    }
    for bad in [f64::NAN, f64::INFINITY] {
        let mut x = vec![1.0; 200];
        x[77] = bad;
        assert!(matches!(whole.apply(&x), Err(Error::NonFinite { index: 77, .. })));
        let mut out = vec![7.0; 200];
        assert!(whole.apply_into(&x, &mut out, &mut whole.workspace()).is_err());
        assert!(out.iter().all(|y| y.is_nan()));
        let energy = Tkeo.apply(&x).unwrap();
        let spoiled: Vec<usize> = (0..200).filter(|i| !energy[*i].is_finite()).collect();
        assert_eq!(spoiled, [76, 77, 78]);
        assert_eq!(Rectify.apply(&x).unwrap().iter().filter(|y| !y.is_finite()).count(), 1);
    }
    assert!(
        whole.apply(&[1.0f64; 200]).unwrap().iter().all(|y| y.abs() < 1e-9),
        "a constant has no envelope"
    );
    assert!(matches!(Tkeo.apply(&[1.0]), Err(Error::TooFew { needed: 2, got: 1, .. })));
    assert!(matches!(Tkeo.apply::<[f64]>(&[]), Err(Error::TooFew { got: 0, .. })));
    assert_eq!(Tkeo.apply(&[1.0, 3.0]).unwrap(), [4.0, 4.0]);
    let mut live = Tkeo.stream();
    assert_eq!((live.push(1.0), live.flush(), live.flush()), (None, None, None));
    assert!(Rectify.apply::<[f64]>(&[]).unwrap().is_empty());
    assert_eq!(Rectify.apply(&[-0.0f32, -2.5]).unwrap()[0].to_bits(), 0);

    let low = Butterworth::low_pass(2, 24.0, rate()).unwrap();
    let band = Butterworth::band_pass(2, 20.0, 450.0, rate()).unwrap();
    assert!(matches!(Emg::new(low, low), Err(Error::Undefined { .. })));
    assert!(matches!(Emg::new(band, band), Err(Error::Undefined { .. })));
    assert!(matches!(Emg::new(Notch::new(50.0, 4.0, rate()).unwrap(), low), Err(Error::Undefined { .. })));
    let slower = Rate::from_hz(1000.0).unwrap();
    let other = Emg::new(band, Butterworth::low_pass(2, 24.0, slower).unwrap());
    assert!(matches!(other, Err(Error::Parameter { name: "sample rate", value: 1000.0, .. })));
    let hum = Notch::new(50.0, 4.0, slower).unwrap();
    assert!(matches!(emg.notch(hum).zero_phase(), Err(Error::Parameter { name: "sample rate", .. })));
}
