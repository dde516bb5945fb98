//! Muscles of one leg: from the onset of each one's electrical activity to that of the force under the foot.

use super::table::Table;
use crate::Error;
use crate::figure::{Figure, chance_widened, coverage, each, moments};
use crate::noise::Noise;
use copeak::event::{Contact, ForceContacts, Side};
use copeak::filter::{Butterworth, Envelope, Filter, Preset, ZeroPhase};
use copeak::recording::c3d::{self, C3d};
use copeak::sequence::{Relation, SequenceChannel, Timing};
use copeak::time::TimeSpan;
use copeak::{Clock, Rate, Signal};
use std::path::Path;

const FILES: [(&str, &str); 2] = [("JA1Gait21.c3d", "3.5"), ("JA1Gait35.c3d", "9.5")];
const MUSCLES: [&str; 12] =
    ["GMAX", "GMED", "AddMagnus", "RF", "VMO", "VL", "MHAMS", "LHAMS", "TA", "MGAST", "LGAST", "MSOLEUS"];
/// Share of samples at a channel's limit from which it is no measurement.
const MOST_CLIPPED: f64 = 0.01;
/// Longest time before a contact at which its burst may begin, as a share of the stride.
const BEFORE: f64 = 0.4;

/// Quiet and active stretch are each at least this long.
const SHORTEST_S: f64 = 0.01;
/// The log-likelihood falls by this much at the ends of an interval. Half of chi-squared (1.92) would be it for a smooth likelihood; that
/// of a sudden change is not, and muscles do not change suddenly: with it the simulated bursts below were held in 44 to 70 %, with this in
/// 90 % and more.
const DROP: f64 = 7.0;
/// An onset multiplies the variance by at least this: the amplitude doubles.
const LEAST_RISE: f64 = 4.0;
/// Time between the start of the stretch that is searched for the onset and the quietest moment.
const QUIET_S: f64 = 0.03;
/// A muscle's samples resemble each other no longer than this.
const MEMORY_S: f64 = 0.015;

/// Settings of an envelope.
struct Conditioning {
    envelope: Envelope<ZeroPhase, ZeroPhase>,
}

/// A muscle's signal and envelope, and what its samples are worth.
struct Activity {
    clock: Clock,
    squares: Vec<f64>,
    envelope: Signal,
    /// Independent samples per sample.
    worth: f64,
}

/// Onset of a muscle: the likeliest moment and its interval.
#[derive(Clone, Copy)]
struct Found {
    time_s: f64,
    low_s: f64,
    high_s: f64,
}

impl Conditioning {
    fn new(rate: Rate) -> copeak::Result<Self> {
        Ok(Self { envelope: Preset::emg(rate)?.zero_phase()? })
    }

    fn of(&self, raw: &Signal) -> copeak::Result<Activity> {
        let band = self.envelope.band().apply(raw.samples())?;
        let rectified: Vec<f64> = band.iter().map(|v| v.abs()).collect();
        let smooth = self.envelope.smooth().apply(&rectified)?;
        let most = smooth.iter().copied().fold(0.0, f64::max);
        // Where the muscle is active, each sample over the envelope: noise of one size.
        let even: Vec<Option<f64>> =
            band.iter().zip(&smooth).map(|(x, e)| (*e > 0.25 * most).then(|| x / e)).collect();
        let product = |lag: usize| {
            let pairs = even.iter().zip(&even[lag..]).filter_map(|(a, b)| Some(a.as_ref()? * b.as_ref()?));
            let (sum, n) = pairs.fold((0.0, 0usize), |(sum, n), p| (sum + p, n + 1));
            sum / n.max(1) as f64
        };
        let reach = (MEMORY_S * raw.clock().rate().as_hz()) as usize;
        let alike: f64 = (1..=reach).map(|lag| (product(lag) / product(0)).powi(2)).sum();
        Ok(Activity {
            clock: raw.clock(),
            squares: band.iter().map(|x| x * x).collect(),
            envelope: Signal::new(raw.clock(), smooth),
            worth: 1.0 / (1.0 + 2.0 * alike),
        })
    }
}

impl Activity {
    /// Onset of the muscle before the maximum of its envelope in a window, or why there is none.
    ///
    /// The likeliest moment at which the variance of a Gaussian signal changes (Staude & Wolf 1999), between the envelope's
    /// quietest moment before that and that; the interval is where the likelihood has not fallen too far.
    fn onset(&self, window: TimeSpan) -> Result<Found, String> {
        let place = |time_s: f64| (self.clock.position(time_s).max(0.0) as usize).min(self.squares.len() - 1);
        let (first, last) = (place(window.start_s), place(window.end_s));
        let x = self.envelope.samples();
        let top = (first..=last).max_by(|a, b| x[*a].total_cmp(&x[*b])).unwrap_or(first);
        let quiet = (first..=top).min_by(|a, b| x[*a].total_cmp(&x[*b])).unwrap_or(first);
        let rate_hz = self.clock.rate().as_hz();
        let from = quiet.saturating_sub((QUIET_S * rate_hz) as usize);
        let found = self.change(&self.squares[from..=top], (SHORTEST_S * rate_hz) as usize)?;
        let [time_s, low_s, high_s] = found.map(|i| self.clock.time_s((from + i) as f64 - 0.5));
        Ok(Found { time_s, low_s, high_s })
    }

    /// First sample of the active part, likeliest, earliest and latest.
    fn change(&self, squares: &[f64], shortest: usize) -> Result<[usize; 3], String> {
        let n = squares.len();
        if n < 2 * shortest + 1 {
            return Err("active from before the window on".into());
        }
        let mut sums = vec![0.0];
        squares.iter().for_each(|x| sums.push(sums[sums.len() - 1] + x));
        let variances = |at: usize| (sums[at] / at as f64, (sums[n] - sums[at]) / (n - at) as f64);
        let likelihood = |at: usize| {
            let (quiet, active) = variances(at);
            -0.5 * self.worth * (at as f64 * quiet.ln() + (n - at) as f64 * active.ln())
        };
        let places = shortest..=n - shortest;
        let best =
            places.clone().max_by(|a, b| likelihood(*a).total_cmp(&likelihood(*b))).unwrap_or(shortest);
        let (quiet, active) = variances(best);
        if active < LEAST_RISE * quiet {
            return Err("no clear onset".into());
        }
        let near = |at: &usize| likelihood(*at) >= likelihood(best) - DROP;
        let low = places.clone().find(near).unwrap_or(best);
        Ok([best, low, places.rev().find(near).unwrap_or(best)])
    }
}

/// Bursts whose true course is known: does the interval hold the moment at which the same method puts the onset when there is
/// no noise?
pub fn study(count: usize) -> Result<Vec<Figure>, Error> {
    let rate = Rate::from_hz(1500.0)?;
    let conditioning = Conditioning::new(rate)?;
    let colour = ZeroPhase::corrected(Butterworth::band_pass(1, 30.0, 200.0, rate)?)?;
    let clock = Clock::from_zero(rate);
    let mut figures = Vec::new();
    for (rise_ms, rest) in [(1.0, 0.05), (20.0, 0.05), (40.0, 0.05), (80.0, 0.05), (40.0, 0.15), (40.0, 0.3)]
    {
        // Three bursts of 150 ms, half a second apart.
        let course: Vec<f64> = (0..2250)
            .map(|i| {
                let t = 1e3 * (i % 750) as f64 / 1500.0 - 150.0;
                let ramp = |from: f64| {
                    0.5 - 0.5 * (std::f64::consts::PI * ((t - from) / rise_ms).clamp(0.0, 1.0)).cos()
                };
                rest + (1.0 - rest) * ramp(0.0) * (1.0 - ramp(150.0 + rise_ms))
            })
            .collect();
        let exact = Activity {
            clock,
            squares: course.iter().map(|x| x * x).collect(),
            envelope: Signal::new(clock, conditioning.envelope.smooth().apply(&course)?),
            worth: 1.0,
        };
        let window = TimeSpan { start_s: 0.55, end_s: 0.95 };
        let truth = exact.onset(window)?.time_s;
        let found = each(count, |session| {
            let seed = session as u64 ^ ((1000.0 * (rise_ms + rest)) as u64) << 40;
            let mut noise = Noise::from_seed(seed);
            let white: Vec<f64> = (0..course.len()).map(|_| noise.normal()).collect();
            let raw = colour.apply(&white).ok()?.iter().zip(&course).map(|(x, a)| x * a).collect();
            conditioning.of(&Signal::new(clock, raw)).ok()?.onset(window).ok()
        });
        let known: Vec<&Found> = found.iter().flatten().collect();
        let (held, _) = coverage(known.iter().map(|f| Some((f.low_s, f.high_s).into())), truth);
        let (bias, scatter) = moments(&known.iter().map(|f| 1e3 * (f.time_s - truth)).collect::<Vec<_>>());
        let (wide, _) = moments(&known.iter().map(|f| 1e3 * (f.high_s - f.low_s)).collect::<Vec<_>>());
        let (study, name) = (
            "onset of a simulated muscle",
            format!("rise in {rise_ms} ms from {:.0} % of the burst", 100.0 * rest),
        );
        let bar = chance_widened((0.90, 1.0), count);
        figures.push(Figure::new(study, name.clone(), "coverage", held).within(bar.0, bar.1));
        figures.push(Figure::new(study, name.clone(), "bias, ms", bias));
        figures.push(Figure::new(study, name.clone(), "scatter, ms", scatter));
        figures.push(Figure::new(study, name.clone(), "mean width, ms", wide));
        figures.push(Figure::new(study, name, "with an onset", known.len() as f64 / count as f64));
    }
    Ok(figures)
}

/// Every muscle in every contact of the right foot.
pub fn tables(data: &Path, figures: &mut Vec<Figure>) -> Result<Vec<Table>, Error> {
    let delay = SequenceChannel::new("muscle").delayed(0.05, 0.01);
    let mut rows = Vec::new();
    for (file, speed) in FILES {
        let trial = c3d::read(data.join("sprint_dorn2012/raw").join(file))?;
        let steps = right_steps(&trial)?;
        figures.push(
            Figure::new("EMG", format!("{speed} m/s"), "contacts", steps.len() as f64).within(2.0, 2.0),
        );
        let mut timed = 0;
        for muscle in MUSCLES {
            let raw = trial.recording.signal(muscle)?;
            let conditioning = Conditioning::new(raw.clock().rate())?;
            let activity =
                if clipped(raw.samples()) > MOST_CLIPPED { None } else { Some(conditioning.of(raw)?) };
            for (number, (contact, stride_s)) in steps.iter().enumerate() {
                let window = TimeSpan {
                    start_s: contact.initial.time_s - BEFORE * stride_s,
                    end_s: contact.terminal.time_s,
                };
                let onset = match &activity {
                    Some(activity) => activity.onset(window),
                    None => {
                        Err(format!("{:.0} % of its samples at the limit", 100.0 * clipped(raw.samples())))
                    }
                };
                let force = Timing::from(contact.initial);
                let mut row = vec![speed.to_string(), muscle.to_string(), format!("{}", number + 1)];
                row.extend(match onset {
                    Ok(onset) => {
                        timed += 1;
                        described(onset, force, &delay)
                    }
                    Err(reason) => [reason, String::new(), String::new()],
                });
                rows.push(row);
            }
        }
        figures.push(Figure::new("EMG", format!("{speed} m/s"), "onsets", timed as f64).within(16.0, 24.0));
    }
    Ok(vec![Table {
        title: "EMG: from the muscle's onset to the force".into(),
        said: "The two C3D files of the same sprinter: 12 muscles of the right leg and the force plates, on one clock at 1500 Hz (so no error of \
               synchronisation). Onset: the moment at which the variance of the signal (band-pass 20 to 450 Hz) most likely rose (Staude & Wolf 1999, \
               doi:10.1016/S1350-4533(99)00067-3), between the quietest and the busiest moment of its envelope, from 40 % of a stride before initial contact to \
               terminal contact. Delay: from the onset to the force's crossing of 50 N, positive when the force comes later, with an interval that \
               covered at least 90 % of the simulated onsets above. The last column allows for an electromechanical delay of 50 ms with a \
               standard error of 10 ms, chosen for illustration: the muscle's pull against the force. RF and TA are busiest in the \
               preceding swing. Each delay is that of a single step: there are two steps per speed."
            .into(),
        columns: vec!["m/s", "muscle", "contact", "onset to force, ms", "onset is", "with 50 ms allowed for, ms"],
        rows,
    }])
}

/// The delay to the force, and the same with the muscle's own delay allowed for.
fn described(onset: Found, force: Timing, delay: &SequenceChannel) -> [String; 3] {
    let lag = force.time_s - onset.time_s;
    let reach = 1.96 * force.se_s.unwrap_or(0.0);
    // An early onset is a long delay.
    let ends = |more: f64| {
        let beyond = reach.hypot(more);
        (lag - (onset.high_s - onset.time_s).hypot(beyond), lag + (onset.time_s - onset.low_s).hypot(beyond))
    };
    let shown = |moved: f64, (low, high): (f64, f64)| {
        format!("{:+.0} [{:+.0}, {:+.0}]", 1e3 * (lag - moved), 1e3 * (low - moved), 1e3 * (high - moved))
    };
    let plain = ends(0.0);
    let verdict = if plain.0 > 0.0 {
        Relation::Before
    } else if plain.1 < 0.0 {
        Relation::After
    } else {
        Relation::Unclear
    };
    let with_delay = ends(1.96 * delay.common_error_s(&"force".into()));
    [shown(0.0, plain), verdict.to_string(), shown(delay.delay_s, with_delay)]
}

/// Contacts of the right foot and the strides they belong to: the force's contacts that the laboratory marked as its strikes.
fn right_steps(trial: &C3d) -> Result<Vec<(Contact, f64)>, Error> {
    let force = trial.vertical_force()?;
    let strikes: Vec<f64> = trial
        .events
        .iter()
        .filter(|event| event.label == "Foot Strike" && event.context == "Right")
        .map(|event| event.time_s)
        .collect();
    let stride_s = (strikes.last().ok_or("no strike")? - strikes[0]) / (strikes.len() - 1) as f64;
    let found = ForceContacts::default().find(&force, Side::Right)?;
    let right = |contact: &Contact| strikes.iter().any(|t| (t - contact.initial.time_s).abs() < 0.03);
    Ok(found.contacts.into_iter().filter(right).map(|contact| (contact, stride_s)).collect())
}

/// Share of the samples at the largest magnitude.
fn clipped(x: &[f64]) -> f64 {
    let most = x.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    x.iter().filter(|v| v.abs() >= 0.9999 * most).count() as f64 / x.len() as f64
}
