//! Scatter of the joints' times in treadmill running.

use super::table::{Figure, Table};
use crate::Error;
use copeak::event::{ForceContacts, Side};
use copeak::filter::{Conditioner, ZeroPhase};
use copeak::peak::{CyclePeakFinder, PulseTiming, timing::PulseJitter};
use copeak::recording::{Recording, csv};
use copeak::time::TimeSpan;
use std::path::Path;

const CUTOFF_HZ: f64 = 15.0;
/// A joint of the support leg may extend fastest shortly after the foot has left.
const AFTER_CONTACT_S: f64 = 0.05;

/// Medians over runners and legs.
pub fn treadmill(data: &Path) -> Result<Table, Error> {
    let folder = data.join("treadmill_rbds");
    let index = std::fs::read_to_string(folder.join("index.csv"))?;
    let mut trials: Vec<(f64, Recording)> = vec![];
    for line in index.lines().skip(1) {
        let mut fields = line.split(',');
        let (file, speed) = (fields.next().unwrap_or(""), fields.nth(1).unwrap_or(""));
        trials.push((speed.parse()?, csv::read(folder.join(file))?));
    }
    let mut rows = vec![];
    for speed in [2.5, 3.5, 4.5] {
        for joint in ["hip_flexion", "knee_flexion", "ankle_dorsiflexion"] {
            let mut legs = vec![];
            for (_, recording) in trials.iter().filter(|(s, _)| *s == speed) {
                for side in [Side::Left, Side::Right] {
                    legs.push(leg(recording, joint, side)?);
                }
            }
            let figure = |k: usize| {
                let mut all: Vec<f64> = legs.iter().map(|leg| leg[k]).filter(|v| v.is_finite()).collect();
                all.sort_by(f64::total_cmp);
                Figure::new(all.get(all.len() / 2).copied().unwrap_or(f64::NAN), if k == 0 { 2 } else { 1 })
            };
            rows.push((format!("{speed} m/s, {joint}"), (0..8).map(figure).collect()));
        }
    }
    Ok(Table {
        title: "Treadmill running",
        text: "Seven runners, both legs, 30 s at each speed, 150 Hz; medians over the 14 legs. Angular velocity (15 Hz), its lowest\n\
               value (fastest extension) between initial contact and 50 ms after terminal contact, and the whole stride's curve\n\
               against its mean. *found*: share of strides with such a peak. PulseJitter is about the mean time after initial contact;\n\
               corrected: less the standard error, which assumes white noise. Both contain what the contact's own time scatters. The\n\
               tiny standard errors against the mean pulse say how little white noise moves a whole stride's curve; that strides are\n\
               not alike is the jitter.",
        columns: &[
            "found",
            "after IC, ms",
            "vertex: SE, ms",
            "jitter, ms",
            "corrected, ms",
            "mean pulse: SE, ms",
            "jitter, ms",
            "corrected, ms",
        ],
        rows,
    })
}

/// The eight figures of one leg.
fn leg(recording: &Recording, joint: &str, side: Side) -> Result<[f64; 8], Error> {
    let get = |name: String| Ok::<_, Error>(recording.signal(&name)?);
    let angle = get(format!("{joint}_{side}"))?;
    let contacts = ForceContacts::default().find(get(format!("grf_vertical_{side}"))?, side)?.contacts;
    let velocity =
        Conditioner::new(ZeroPhase::low_pass(2, CUTOFF_HZ, angle.clock().rate())?).differentiated();
    let curve = velocity.apply(angle)?;
    let finder = CyclePeakFinder::new().minima().positive_part();
    let (mut times, mut errors) = (vec![], vec![]);
    for contact in &contacts {
        let start_s = contact.initial.time_s;
        let window = TimeSpan { start_s, end_s: contact.terminal.time_s + AFTER_CONTACT_S };
        if let Ok(peak) = finder.find_with_noise(&curve.signal, &curve.noise, window) {
            times.push(peak.time_s - start_s);
            errors.push(peak.se_s.unwrap_or(f64::NAN));
        }
    }
    // A missed contact would make two strides one.
    let strides: Vec<TimeSpan> = contacts
        .windows(2)
        .map(|pair| TimeSpan { start_s: pair[0].initial.time_s, end_s: pair[1].initial.time_s })
        .filter(|stride| stride.duration_s() < 1.0)
        .collect();
    let timing = PulseTiming::new();
    let matched = timing.find_with_noise(&curve.signal, &strides, curve.noise.sigma(), &curve.response)?;
    let of = |jitter: Option<PulseJitter>| {
        let all = jitter.map(|j| [j.error_s, Some(j.observed_s), j.corrected_s]).unwrap_or_default();
        all.map(|s| 1e3 * s.unwrap_or(f64::NAN))
    };
    let vertex = of(PulseJitter::of(&times, Some(&errors)));
    let pulse = of(matched.jitter());
    let found = times.len() as f64 / contacts.len() as f64;
    let after = 1e3 * times.iter().sum::<f64>() / times.len() as f64;
    Ok([found, after, vertex[0], vertex[1], vertex[2], pulse[0], pulse[1], pulse[2]])
}
