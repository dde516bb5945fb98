//! Muscles of one leg: from the onset of each one's electrical activity to that of the force under the foot.

use crate::Failure;
use crate::figure::{Figure, coverage, each, moments};
use crate::noise::Noise;
use crate::table::Table;
use copeak::event::{Contact, ForceContacts, Side};
use copeak::filter::{Envelope, Filter, ImpulseResponse, Preset, ZeroPhase};
use copeak::peak::{CyclePeakFinder, Onset};
use copeak::recording::c3d::{C3d, read_c3d_file};
use copeak::sequence::{Channel, CycleRelation, Timing};
use copeak::stride::Window;
use copeak::{Clock, Rate, Signal};
use std::path::Path;

const FILES: [(&str, &str); 2] = [("JA1Gait21.c3d", "3.5"), ("JA1Gait35.c3d", "9.5")];
const MUSCLES: [&str; 12] =
    ["GMAX", "GMED", "AddMagnus", "RF", "VMO", "VL", "MHAMS", "LHAMS", "TA", "MGAST", "LGAST", "MSOLEUS"];
/// Share of samples at a channel's limit from which it is no measurement.
const MOST_CLIPPED: f64 = 0.01;
/// How far before the contact a burst may begin that belongs to it, as a share of the stride.
const BEFORE: f64 = 0.4;

/// How an envelope is made, and what its noise does to it.
struct Conditioning {
    envelope: Envelope<ZeroPhase, ZeroPhase>,
    taps: Vec<f64>,
    lead: usize,
}

/// A muscle's envelope and how it scatters about the muscle's true activity.
struct Activity {
    envelope: Signal,
    /// Variance of the rectified signal in units of the square of the envelope, times the sum of its autocorrelation.
    noise: f64,
}

impl Conditioning {
    fn new(rate: Rate) -> copeak::Result<Self> {
        let emg = Preset::emg(rate)?;
        let envelope = emg.zero_phase()?;
        let response = ImpulseResponse::of(envelope.smooth())?;
        Ok(Self { taps: response.taps().to_vec(), lead: response.lead(), envelope })
    }

    fn of(&self, raw: &Signal) -> copeak::Result<Activity> {
        let band = self.envelope.band().apply(raw.samples())?;
        let rectified: Vec<f64> = band.iter().map(|v| v.abs()).collect();
        let smooth = self.envelope.smooth().apply(&rectified)?;
        let most = smooth.iter().copied().fold(0.0, f64::max);
        // Where the muscle is active, each sample over the envelope: 1 and noise.
        let rest: Vec<Option<f64>> =
            rectified.iter().zip(&smooth).map(|(r, e)| (*e > 0.25 * most).then(|| r / e - 1.0)).collect();
        let product = |lag: usize| {
            let pairs = rest.iter().zip(&rest[lag..]).filter_map(|(a, b)| Some(a.as_ref()? * b.as_ref()?));
            let (sum, n) = pairs.fold((0.0, 0usize), |(sum, n), p| (sum + p, n + 1));
            sum / n.max(1) as f64
        };
        let reach = (0.006 * raw.clock().rate().as_hz()) as usize;
        let noise = product(0) + 2.0 * (1..=reach).map(product).sum::<f64>();
        Ok(Activity { envelope: Signal::new(raw.clock(), smooth), noise: noise.max(0.0) })
    }

    /// Standard error of the envelope at a sample.
    fn standard_error(&self, activity: &Activity, at: usize) -> f64 {
        let x = activity.envelope.samples();
        let square = |(k, tap): (usize, &f64)| {
            let i = (at + k).checked_sub(self.lead).unwrap_or(0).min(x.len() - 1);
            (tap * x[i]).powi(2)
        };
        (activity.noise * self.taps.iter().enumerate().map(square).sum::<f64>()).sqrt()
    }

    /// When the envelope first reached half of its peak in the window, and how sure that is; or why there is no such time.
    fn onset(&self, activity: &Activity, window: Window) -> Result<Timing, String> {
        let envelope = &activity.envelope;
        let peak =
            CyclePeakFinder::new().find(envelope, window).map_err(|absence| format!("no peak: {absence}"))?;
        let onset = Onset::new().find(envelope, &peak, window.start_s).map_err(|error| error.to_string())?;
        let time_s = onset.ok_or("active from before the window on")?;
        let position = envelope.clock().position(time_s);
        let (i, x) = (position as usize, envelope.samples());
        let slope = (x[i + 1] - x[i]) * envelope.clock().rate().as_hz();
        let top = envelope.clock().position(peak.time_s).round() as usize;
        let level = self.standard_error(activity, i).hypot(0.5 * self.standard_error(activity, top));
        Ok(Timing { time_s, se_s: Some(level / slope) })
    }
}

/// Bursts whose true envelope is known: does 1.96 of the standard error hold the error of the onset?
pub fn study(count: usize) -> Result<Vec<Figure>, Failure> {
    let rate = Rate::hz(1500.0)?;
    let conditioning = Conditioning::new(rate)?;
    let clock = Clock::from_zero(rate);
    let mut figures = Vec::new();
    for (rise_ms, words) in [(20.0, "20"), (40.0, "40"), (80.0, "80")] {
        // Three bursts of 150 ms and a rest of 5 %, half a second apart.
        let activity: Vec<f64> = (0..2250)
            .map(|i| {
                let t = 1e3 * (i % 750) as f64 / 1500.0 - 150.0;
                let ramp = |from: f64| {
                    0.5 - 0.5 * (std::f64::consts::PI * ((t - from) / rise_ms).clamp(0.0, 1.0)).cos()
                };
                0.05 + 0.95 * ramp(0.0) * (1.0 - ramp(150.0 + rise_ms))
            })
            .collect();
        let truth = Activity {
            envelope: Signal::new(clock, conditioning.envelope.smooth().apply(&activity)?),
            noise: 0.0,
        };
        let window = Window { start_s: 0.55, end_s: 0.95 };
        let true_onset = conditioning.onset(&truth, window)?.time_s;
        let found = each(count, |session| {
            let mut noise = Noise::new(session as u64 ^ ((rise_ms as u64) << 40));
            let raw = activity.iter().map(|a| a * noise.normal()).collect();
            let found = conditioning.of(&Signal::new(clock, raw)).ok()?;
            conditioning.onset(&found, window).ok()
        });
        let known: Vec<(f64, f64)> =
            found.iter().flatten().map(|t| (t.time_s - true_onset, t.se_s.unwrap_or(0.0))).collect();
        let (held, _) = coverage(known.iter().map(|(off, se)| Some((off - 1.96 * se, off + 1.96 * se))), 0.0);
        let (bias, scatter) = moments(&known.iter().map(|(off, _)| 1e3 * off).collect::<Vec<_>>());
        let (typical, _) = moments(&known.iter().map(|(_, se)| 1e3 * se).collect::<Vec<_>>());
        let (study, name) = ("onset of a simulated muscle", format!("rise of {words} ms"));
        figures.push(Figure::new(study, name.clone(), "coverage of 1.96 SE", held));
        figures.push(Figure::new(study, name.clone(), "bias, ms", bias));
        figures.push(Figure::new(study, name.clone(), "scatter, ms", scatter));
        figures.push(Figure::new(study, name.clone(), "mean SE, ms", typical));
        figures.push(Figure::new(study, name, "with an onset", known.len() as f64 / count as f64));
    }
    Ok(figures)
}

/// Every muscle in every contact of the right foot.
pub fn tables(data: &Path, figures: &mut Vec<Figure>) -> Result<Vec<Table>, Failure> {
    let delay = Channel::new("muscle").delayed(0.05, 0.01)?;
    let mut rows = Vec::new();
    for (file, speed) in FILES {
        let trial = read_c3d_file(data.join("sprint_dorn2012/raw").join(file))?;
        let steps = right_steps(&trial)?;
        figures.push(
            Figure::new("EMG", format!("{speed} m/s"), "contacts", steps.len() as f64).within(2.0, 2.0),
        );
        let mut timed = 0;
        for muscle in MUSCLES {
            let raw = &trial.recording.get(muscle).ok_or("a muscle is not in the file")?.signal;
            let conditioning = Conditioning::new(raw.clock().rate())?;
            let activity =
                if clipped(raw.samples()) > MOST_CLIPPED { None } else { Some(conditioning.of(raw)?) };
            for (number, (contact, stride_s)) in steps.iter().enumerate() {
                let window = Window {
                    start_s: contact.initial.time_s - BEFORE * stride_s,
                    end_s: contact.terminal.time_s,
                };
                let onset = match &activity {
                    Some(activity) => conditioning.onset(activity, window),
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
               synchronisation). Onset: half of the envelope's peak between 40 % of a stride before initial contact and terminal contact (band-pass 20 to \
               450 Hz, magnitude, low-pass 24 Hz). Delay: from there to the force's crossing of 50 N, positive when the force comes later, with 1.96 \
               standard errors of both. The last column allows for an electromechanical delay of 50 ms with a standard error of 10 ms, chosen for \
               illustration: what the muscle pulls, against the force. RF and TA are busiest in the swing before. A delay in one step is \
               no more than that: there are two steps to a speed."
            .into(),
        columns: vec!["m/s", "muscle", "contact", "onset to force, ms", "onset", "with 50 ms allowed for, ms"],
        rows,
    }])
}

fn described(onset: Timing, force: Timing, delay: &Channel) -> [String; 3] {
    let (se, lag) = (onset.se_s.unwrap_or(0.0).hypot(force.se_s.unwrap_or(0.0)), force.time_s - onset.time_s);
    let pull = lag - delay.delay_s;
    let pull_se = se.hypot(delay.common_error_s(&"force".into()));
    [
        format!("{:+.0} +/- {:.0}", 1e3 * lag, 1.96e3 * se),
        CycleRelation::of(onset, force).to_string(),
        format!("{:+.0} +/- {:.0}", 1e3 * pull, 1.96e3 * pull_se),
    ]
}

/// Contacts of the right foot and the strides they belong to: the force's contacts that the laboratory marked as its strikes.
fn right_steps(trial: &C3d) -> Result<Vec<(Contact, f64)>, Failure> {
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
