//! The four limbs of one recording, and what its pairs of limbs do.

use copeak::event::Side;
use copeak::filter::{CentralDifference, Filter, ZeroPhase};
use copeak::inference::{Estimate, Strides};
use copeak::peak::PeakFinder;
use copeak::peak::subsample::parabola;
use copeak::recording::csv;
use copeak::synchrony::{Locking, Phases};
use std::error::Error;
use std::path::Path;

/// Low-pass of the angles before their velocity, both passes together.
const CUTOFF_HZ: f64 = 15.0;
/// A forward swing's top reaches this part of the largest one: at a jog the hip flexes a little in early stance too.
const TOP: f64 = 0.6;
/// And it stands out by this part of the velocity's range, which what filters leave at the record's ends does not.
const STANDS_OUT: f64 = 0.5;
/// Two peaks of one limb are at least this part of a stride apart.
const APART: f64 = 0.6;

/// Arms and legs, in the order in which pairs name them.
pub const LIMBS: [(&str, &str); 4] = [
    ("right leg", "hip_flexion_r"),
    ("left leg", "hip_flexion_l"),
    ("right arm", "shoulder_flexion_r"),
    ("left arm", "shoulder_flexion_l"),
];

/// A name, the pairs that answer it, and a part of the stride.
type Question = (&'static str, &'static [(usize, usize)], f64);

/// A question, the pairs (first, second) that answer it, and by which part of the stride the second is expected later.
/// The way back from left to right is no second answer: it has every top in common with the way there.
pub const QUESTIONS: [Question; 3] = [
    ("leg, opposite arm", &[(0, 3), (1, 2)], 0.0),
    ("right leg, left leg", &[(0, 1)], 0.5),
    ("right arm, left arm", &[(2, 3)], 0.5),
];

/// One recording.
pub struct Runner {
    pub name: String,
    pub speed_mps: f64,
    pub stride_s: f64,
    /// Per limb the times of its fastest forward swings.
    pub peaks_s: Vec<Vec<f64>>,
    pub answers: Vec<Answer>,
    /// Cluster-phase synchrony of all four at the stride's frequency, left leg and right arm turned by half a cycle.
    pub group: f64,
}

/// Relation of two limbs: pairs of both sides in one.
pub struct Answer {
    pub question: &'static str,
    /// By how much the second is later than expected; negative: earlier.
    pub lag_s: Estimate,
    /// The same in percent of the stride.
    pub lag_percent: Estimate,
    /// Not from a single swing.
    pub locking: Option<Estimate>,
    /// Mean cosine of the phase difference.
    pub simultaneity: f64,
    /// Phase locking value at the stride's frequency, mean of the pairs.
    pub plv: f64,
    /// The lag at the stride's frequency, percent of the stride, pair by pair.
    pub phase_percent: Vec<f64>,
    pub lags_s: Vec<f64>,
}

impl Runner {
    pub fn read(path: &str, speed_mps: f64) -> Result<Self, Box<dyn Error>> {
        let trial = csv::read(path)?;
        let mut angles = Vec::new();
        for (_, channel) in LIMBS {
            angles.push(trial.signal(channel)?.clone());
        }
        let (clock, rate) = (angles[0].clock(), angles[0].clock().rate());
        let smooth = ZeroPhase::low_pass(2, CUTOFF_HZ, rate)?;
        let stride_s = stride(&angles[0].samples()[..], rate.as_hz())?;
        let mut peaks_s = Vec::new();
        for angle in &angles {
            let velocity = CentralDifference::new(rate).apply(&smooth.apply(angle.samples())?)?;
            let top = velocity.iter().copied().fold(0.0, f64::max);
            let bottom = velocity.iter().copied().fold(0.0, f64::min);
            let finder = PeakFinder::new()
                .height(TOP * top)
                .prominence(STANDS_OUT * (top - bottom))
                .distance(APART * stride_s * rate.as_hz());
            let mut times = Vec::new();
            for index in finder.find(&velocity)?.indices {
                times.push(clock.time_s(parabola(&velocity, index)?.position));
            }
            peaks_s.push(times);
        }

        // Phases at the stride's own frequency: the first harmonic alone, without a quarter of a stride at either end.
        let first = ZeroPhase::low_pass(2, 1.5 / stride_s, rate)?;
        let mut waves = Vec::new();
        for angle in &angles {
            let wave: Vec<f64> = first.apply(angle.samples())?;
            let mean = wave.iter().sum::<f64>() / wave.len() as f64;
            waves.push(wave.into_iter().map(|v| v - mean).collect::<Vec<f64>>());
        }
        let whole = Phases::of(&waves)?;
        let end = (0.25 * stride_s * rate.as_hz()) as usize;
        let phases = whole.cut(end..whole.samples() - end)?;
        let answers = QUESTIONS
            .iter()
            .map(|(question, pairs, expected)| {
                Answer::of(question, pairs, *expected, stride_s, &peaks_s, &phases)
            })
            .collect::<Result<_, _>>()?;
        // Left leg and right arm half a cycle on: where contributors are in antiphase the group has no phase.
        for place in [1, 2] {
            waves[place].iter_mut().for_each(|v| *v = -*v);
        }
        let group = Phases::of(&waves)?.cut(end..whole.samples() - end)?.cluster_phase().synchrony;
        let name = Path::new(path).file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        Ok(Self { name, speed_mps, stride_s, peaks_s, answers, group })
    }
}

impl Answer {
    fn of(
        question: &'static str,
        pairs: &[(usize, usize)],
        expected: f64,
        stride_s: f64,
        peaks_s: &[Vec<f64>],
        phases: &Phases,
    ) -> Result<Self, Box<dyn Error>> {
        let mut found: Vec<(f64, Side, f64)> = Vec::new();
        for ((first, second), side) in pairs.iter().zip([Side::Right, Side::Left]) {
            for time in &peaks_s[*first] {
                // The other's peak nearest to where it is expected, if it is there within a quarter of a stride.
                let wanted = time + expected * stride_s;
                let off =
                    peaks_s[*second].iter().map(|t| t - wanted).min_by(|a, b| a.abs().total_cmp(&b.abs()));
                found.extend(off.filter(|off| off.abs() < 0.25 * stride_s).map(|off| (*time, side, off)));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let lags: Vec<f64> = found.iter().map(|(.., lag)| *lag).collect();
        // Right and left are two populations: the unit is the stride.
        let strides = Strides::paired(found.len(), |i| {
            found[i].1 != found[i + 1].1 && found[i + 1].0 - found[i].0 < 0.75 * stride_s
        });
        let turns: Vec<f64> = lags.iter().map(|lag| lag / stride_s).collect();
        let together: f64 = turns.iter().map(|t| (std::f64::consts::TAU * (t + expected)).cos()).sum();
        let (mut plv, mut phase_percent) = (0.0, Vec::new());
        for (first, second) in pairs {
            let pair = phases.pair(*first, *second)?;
            plv += pair.plv / pairs.len() as f64;
            let lag = pair.lag.ok_or("no phase")? - expected;
            phase_percent.push(100.0 * ((lag + 0.5).rem_euclid(1.0) - 0.5));
        }
        let percent: Vec<f64> = turns.iter().map(|t| 100.0 * t).collect();
        Ok(Self {
            question,
            lag_s: strides.mean(&lags, 0.95)?,
            lag_percent: strides.mean(&percent, 0.95)?,
            locking: match turns.len() {
                0 | 1 => None,
                n => Some(Locking::interval(&vec![0.0; n], &turns, &Strides::ungrouped(n), 0.95)?),
            },
            simultaneity: together / turns.len() as f64,
            plv,
            phase_percent,
            lags_s: lags,
        })
    }
}

/// Length of the stride: the lag, between 0.35 and 1.2 s, at which the angle looks most like itself.
fn stride(x: &[f64], rate_hz: f64) -> Result<f64, Box<dyn Error>> {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let alike = |lag: usize| {
        let (a, b) = (&x[lag..], &x[..x.len() - lag]);
        let product: f64 = a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum();
        let norm = |x: &[f64]| x.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
        product / (norm(a) * norm(b))
    };
    let (from, to) = ((0.35 * rate_hz) as usize, ((1.2 * rate_hz) as usize).min(x.len() / 2));
    let curve: Vec<f64> = (from..=to).map(alike).collect();
    let best = (1..curve.len() - 1)
        .filter(|i| curve[*i] >= curve[i - 1] && curve[*i] > curve[i + 1])
        .max_by(|a, b| curve[*a].total_cmp(&curve[*b]))
        .ok_or("no stride found")?;
    Ok((from as f64 + parabola(&curve, best)?.position) / rate_hz)
}
