//! Seven runners at three speeds on a treadmill: lags, and how they change with speed.

use super::leg::{self, JOINTS, Leg};
use super::table::{Table, cell};
use crate::Error;
use crate::figure::Figure;
use copeak::inference::Estimate;
use copeak::sequence::lag::{CommonError, PairLag};
use std::path::Path;

const SPEEDS: [(&str, &str); 3] = [("v25", "2.5"), ("v35", "3.5"), ("v45", "4.5")];
/// Their study's cut-off for joint angles of endurance runners.
const CUTOFF_HZ: f64 = 12.0;

struct Runner {
    name: String,
    legs: Vec<Leg>,
}

/// Lags of every runner at every speed, changes between speeds, and how many of them are beyond their error.
pub fn tables(data: &Path, figures: &mut Vec<Figure>) -> Result<Vec<Table>, Error> {
    let folder = data.join("treadmill_rbds");
    let mut names: Vec<String> = std::fs::read_dir(&folder)?
        .filter_map(|entry| {
            entry.ok()?.file_name().into_string().ok()?.strip_suffix("_v25.csv").map(String::from)
        })
        .collect();
    names.sort();
    let read = |name: String| -> Result<Runner, Error> {
        let legs =
            SPEEDS.iter().map(|(file, _)| leg::read(&folder.join(format!("{name}_{file}.csv")), CUTOFF_HZ));
        Ok(Runner { legs: legs.collect::<Result<_, _>>()?, name })
    };
    let runners: Vec<Runner> = names.into_iter().map(read).collect::<Result<_, _>>()?;
    figures.push(Figure::new("treadmill", "all", "runners", runners.len() as f64).within(7.0, 7.0));
    let changes = changes(&runners, figures);
    let mut tables = vec![lags(&runners)];
    tables.extend(changes);
    tables.push(sides(&runners)?);
    Ok(tables)
}

fn lags(runners: &[Runner]) -> Table {
    let mut rows = Vec::new();
    for runner in runners {
        for ((_, speed), leg) in SPEEDS.iter().zip(&runner.legs) {
            let mut row = vec![runner.name.clone(), (*speed).to_string()];
            let mean_contact = leg.sequence.mean_contact_s.unwrap_or(f64::NAN);
            row.push(format!("{:.0}", 1e3 * mean_contact));
            for pair in &leg.sequence.pairs[..2] {
                row.push(cell(&pair.mean_s, 1e3));
                row.push(pair.contact_percent.as_ref().map_or(String::new(), |percent| cell(percent, 1.0)));
                let [before, tie, after] = pair.counts();
                row.push(format!("{} ({before}/{tie}/{after})", pair.relation));
            }
            let order = leg.sequence.order.as_ref();
            row.push(
                order.map_or(String::new(), |order| format!("{:.0} %", 100.0 * order.probability.value)),
            );
            rows.push(row);
        }
    }
    Table {
        title: "Treadmill: hip, knee and ankle of the support leg".into(),
        said: "Fukuchi, Fukuchi & Duarte 2017; 150 Hz, 30 s, angles low-passed at 12 Hz. Lag between the fastest extension of one joint and \
               of the next during contact, mean with 95 % interval over strides; then the relation over all strides, and in how many \
               contacts the first came before, tied with, after the second. The knee can extend fastest before the hip or \
               after it: the lags show which, with their error. The order alone carries less information: it is as expected in the share \
               of contacts in the last column."
            .into(),
        columns: vec![
            "runner", "m/s", "contact, ms", "hip to knee, ms", "% of contact", "relation", "knee to ankle, ms", "% of contact",
            "relation", "full order",
        ],
        rows,
    }
}

fn changes(runners: &[Runner], figures: &mut Vec<Figure>) -> Vec<Table> {
    let mut rows = Vec::new();
    let mut counts = Vec::new();
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
        let step = format!("{} to {}", SPEEDS[a].1, SPEEDS[b].1);
        for k in 0..2 {
            let pair = format!("{} to {}", JOINTS[k], JOINTS[k + 1]);
            // Lower, beyond no error, higher: in ms and in % of contact.
            let mut verdicts = [[0usize; 3]; 2];
            for runner in runners {
                let of = |i: usize| -> &PairLag { &runner.legs[i].sequence.pairs[k] };
                let ms = of(b).change_from(of(a), CommonError::Cancels).ok();
                let percent = of(b).contact_change_from(of(a)).ok();
                for (verdicts, change) in verdicts.iter_mut().zip([&ms, &percent]) {
                    if let Some(change) = change {
                        verdicts[verdict(change)] += 1;
                    }
                }
                let shown = |change: Option<Estimate>, scale| {
                    change.map_or(String::new(), |change| cell(&change, scale))
                };
                rows.push(vec![
                    runner.name.clone(),
                    step.clone(),
                    pair.clone(),
                    shown(ms, 1e3),
                    shown(percent, 1.0),
                ]);
            }
            let [ms, percent] = verdicts;
            let name = format!("{pair}, {step} m/s");
            for (which, [lower, none, higher]) in [("ms", ms), ("% of contact", percent)] {
                let name = format!("{name}, {which}");
                figures.push(Figure::new("treadmill, changes", name.clone(), "shorter", lower as f64));
                figures.push(Figure::new("treadmill, changes", name.clone(), "cannot tell", none as f64));
                figures.push(Figure::new("treadmill, changes", name, "longer", higher as f64));
            }
            let words = |[lower, none, higher]: [usize; 3]| format!("{lower} / {none} / {higher}");
            counts.push(vec![pair, step.clone(), words(ms), words(percent)]);
        }
    }
    let all = rows.len();
    vec![
        Table {
            title: "Treadmill: how the lags change with speed".into(),
            said: format!(
                "Number of runners whose lag became shorter / did not change significantly / became longer, by Welch's interval \
                 over strides. If no lag changed, {:.0} of {all} changes would still be significant in each column.",
                0.05 * all as f64
            ),
            columns: vec!["pair", "m/s", "in ms", "in % of contact"],
            rows: counts,
        },
        Table {
            title: "Treadmill: every change".into(),
            said: "Difference of the mean lags, later speed less earlier, with 95 % interval.".into(),
            columns: vec!["runner", "m/s", "pair", "ms", "% of contact"],
            rows,
        },
    ]
}

/// The left leg's joints after the right's, both legs over the same strides.
fn sides(runners: &[Runner]) -> Result<Table, Error> {
    let mut rows = Vec::new();
    for runner in runners {
        for ((_, speed), leg) in SPEEDS.iter().zip(&runner.legs) {
            let both = leg.both()?;
            let mut row = vec![runner.name.clone(), (*speed).to_string(), both.limbs[0].1.cycles.to_string()];
            row.extend(both.across.iter().map(|pair| cell(&pair.cycle_percent, 1.0)));
            for (name, sequence) in &both.limbs {
                let lag = sequence.pair(&format!("hip {name}"), &format!("knee {name}"));
                row.push(lag.map_or(String::new(), |lag| cell(&lag.mean_s, 1e3)));
            }
            rows.push(row);
        }
    }
    Ok(Table {
        title: "Treadmill: both legs at once".into(),
        said: "From the right leg's joint to the left leg's in % of the right foot's stride, with 95 % interval (50 % would be even), and hip to knee \
               of each leg, which differ. Lags within a leg and across legs are two families and are not pooled."
            .into(),
        columns: vec![
            "runner", "m/s", "strides", "hip, right to left, %", "knee, right to left, %", "ankle, right to left, %",
            "right hip to knee, ms", "left hip to knee, ms",
        ],
        rows,
    })
}

/// 0: below 0; 1: cannot tell; 2: above.
fn verdict(change: &Estimate) -> usize {
    match change.ci {
        Some(ci) if ci.high < 0.0 => 0,
        Some(ci) if ci.low > 0.0 => 2,
        _ => 1,
    }
}
