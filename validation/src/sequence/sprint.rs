//! One sprinter at four speeds: the leg's sequence in every step.

use super::leg::{self, JOINTS};
use super::table::{Table, cell};
use crate::Error;
use crate::figure::Figure;
use copeak::sequence::Timing;
use copeak::sequence::lag::CycleRelation;
use std::path::Path;

const FILES: [(&str, &str); 4] = [("0350", "3.5"), ("0500", "5.2"), ("0700", "7.0"), ("0900", "9.5")];
const CUTOFF_HZ: f64 = 15.0;

/// Each step, then each speed.
pub fn tables(data: &Path, figures: &mut Vec<Figure>) -> Result<Vec<Table>, Error> {
    let (mut steps, mut means) = (Vec::new(), Vec::new());
    for (file, speed) in FILES {
        let leg = leg::read(&data.join(format!("sprint_dorn2012/dorn2012_ja1_run{file}cms.csv")), CUTOFF_HZ)?;
        for ((step, cycle), other) in leg.steps.iter().zip(&leg.cycles).zip(&leg.other_hip_top) {
            let mut row = vec![speed.to_string(), format!("{:.3}", step.start_s()), step.side().to_string()];
            row.push(format!("{}", step.contact.method()));
            row.push(format!("{:.0}", 1e3 * step.contact_s()));
            for time in &cycle.times {
                row.push(time.map_or("none".into(), |t| {
                    let after = 1e3 * (t.time_s - step.start_s());
                    t.se_s.map_or(format!("{after:.0}"), |se| format!("{after:.0} +/- {:.1}", 1.96e3 * se))
                }));
            }
            row.extend((0..2).map(|k| lag(cycle.times[k], cycle.times[k + 1])));
            row.push(
                other
                    .map_or("none".into(), |(at, share)| format!("{:.0} ({:.0} %)", 1e3 * at, 100.0 * share)),
            );
            steps.push(row);
        }
        for pair in &leg.sequence.pairs {
            let percent = pair.contact_percent.as_ref().map_or(String::new(), |percent| cell(percent, 1.0));
            means.push(vec![
                speed.to_string(),
                format!(
                    "{} to {}",
                    leg.sequence.channels[pair.from].name, leg.sequence.channels[pair.to].name
                ),
                cell(&pair.mean_s, 1e3),
                percent,
                format!("{}", pair.relation),
                format!("{}{}", pair.n, if pair.mean_s.approximate { ", approximate" } else { "" }),
            ]);
        }
        figures.push(
            Figure::new("sprint", format!("{speed} m/s"), "contacts", leg.steps.len() as f64)
                .within(3.0, 20.0),
        );
    }
    let said = "Dorn, Schache & Pandy 2012, subject JA1, overground; 250 Hz, angles low-passed at 15 Hz. Fastest extension after initial \
                contact, with 1.96 standard errors for white noise in the angle (without the bias of the filter on a skew pulse), \
                and the lag to the next joint in this step: a tie is less than 1.96 combined standard errors. Contacts from joint angles \
                (kinematic) are less accurate than those from force. At 7.0 and 9.5 m/s the hip extends in two pushes, early and late in contact, \
                and which of them is the faster changes from side to side: the last column gives the time of the other peak and its speed as a \
                percentage of the first. A lag that jumps by 50 ms between sides has this cause, and is no error of measurement.";
    Ok(vec![
        Table {
            title: "Sprint: hip, knee and ankle in every step".into(),
            said: said.into(),
            columns: vec![
                "m/s",
                "contact at, s",
                "side",
                "events",
                "contact, ms",
                "hip, ms",
                "knee, ms",
                "ankle, ms",
                "hip to knee, ms",
                "knee to ankle, ms",
                "hip's other peak, ms",
            ],
            rows: steps,
        },
        Table {
            title: "Sprint: mean lags".into(),
            said: format!(
                "Over the strides of each run, {} to {}. Three to nine strides are few: the intervals are marked approximate. Two to four \
                 strides that resemble their neighbours are worth less than two independent ones, and their interval is then intentionally \
                 uninformative.",
                JOINTS[0], JOINTS[2]
            ),
            columns: vec!["m/s", "pair", "ms", "% of contact", "relation", "n"],
            rows: means,
        },
    ])
}

fn lag(first: Option<Timing>, second: Option<Timing>) -> String {
    match (first, second) {
        (Some(a), Some(b)) => {
            let se = a.se_s.unwrap_or(0.0).hypot(b.se_s.unwrap_or(0.0));
            format!("{:+.0} +/- {:.1}, {}", 1e3 * (b.time_s - a.time_s), 1.96e3 * se, CycleRelation::of(a, b))
        }
        _ => "none".into(),
    }
}
