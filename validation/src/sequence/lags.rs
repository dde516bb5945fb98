//! Lags of times: do intervals hold the truth, and how often is something decided that is not so?

use crate::figure::{Figure, chance_widened, coverage, each};
use crate::noise::Noise;
use copeak::inference::{Bootstrap, Strides};
use copeak::sequence::lag::{CommonError, PairLag};
use copeak::sequence::{Cycle, Relation, SequenceChannel, Sequencer, Timing};

/// Simulated properties of one pair.
#[derive(Clone, Copy)]
struct Case {
    strides: usize,
    /// True mean lag.
    lag_s: f64,
    /// Standard deviation over strides.
    sd_s: f64,
    /// Correlation of neighbours.
    rho: f64,
    /// Of the two clocks, drawn once a session.
    sync_se_s: f64,
    /// Of a delay that is allowed for, drawn once a session.
    delay_se_s: f64,
    /// Of each time, known.
    time_se_s: f64,
    /// Two steps a stride, their lags this much apart.
    sides_s: Option<f64>,
    tie_within_s: Option<f64>,
    replicates: usize,
}

const PLAIN: Case = Case {
    strides: 10,
    lag_s: 0.0,
    sd_s: 0.006,
    rho: 0.0,
    sync_se_s: 0.0,
    delay_se_s: 0.0,
    time_se_s: 0.0,
    sides_s: None,
    tie_within_s: None,
    replicates: 20,
};

fn session(case: Case, noise: &mut Noise) -> PairLag {
    let steps = if case.sides_s.is_some() { 2 } else { 1 };
    let clocks = case.sync_se_s * noise.normal();
    let delay = 0.04 + case.delay_se_s * noise.normal();
    let scatter = noise.autoregressive(case.strides, case.rho);
    let cycles: Vec<Cycle> = (0..steps * case.strides)
        .map(|i| {
            let side = case.sides_s.map_or(0.0, |apart| if i % 2 == 0 { 0.5 * apart } else { -0.5 * apart });
            let lag = case.lag_s + case.sd_s * scatter[i / steps] + side;
            let start_s = 0.35 * i as f64;
            let mut timing = |time_s: f64| {
                let error = case.time_se_s * noise.normal();
                Some(Timing {
                    time_s: time_s + error,
                    se_s: (case.time_se_s > 0.0).then_some(case.time_se_s),
                })
            };
            // The second channel is seen the true delay early, on a clock that is off.
            let times = vec![timing(start_s + 0.1), timing(start_s + 0.1 + lag + clocks - delay)];
            Cycle { start_s, duration_s: 0.7, contact_s: Some(0.2), times }
        })
        .collect();
    let strides =
        if steps == 1 { Strides::ungrouped(cycles.len()) } else { Strides::paired(cycles.len(), |_| true) };
    let second = SequenceChannel::new("b").delayed(0.04, case.delay_se_s).on_device("emg", case.sync_se_s);
    let channels = [SequenceChannel::new("a"), second];
    let bootstrap = Bootstrap::new(1).replicates(case.replicates);
    let mut sequencer = Sequencer::new(&channels, bootstrap).expect("two channels");
    if let Some(most) = case.tie_within_s {
        sequencer = sequencer.tie_within(most);
    }
    sequencer.find(&cycles, &strides).expect("whole cycles").pairs.remove(0)
}

fn sessions(case: Case, count: usize) -> Vec<PairLag> {
    let name = (1e6 * (case.rho + case.sync_se_s + case.delay_se_s + case.lag_s + case.time_se_s)) as u64;
    each(count, |i| session(case, &mut Noise::from_seed((i + 100_000 * case.strides) as u64 ^ (name << 32))))
}

fn share(found: &[PairLag], what: impl Fn(&PairLag) -> bool) -> f64 {
    found.iter().filter(|lag| what(lag)).count() as f64 / found.len() as f64
}

/// Coverage of the mean's interval in seconds and in % of contact, and the share of wrong verdicts when the lag is 0.
fn judged(name: String, case: Case, count: usize, bar: (f64, f64)) -> Vec<Figure> {
    let study = "lags";
    let found = sessions(case, count);
    let (held, without) = coverage(found.iter().map(|lag| lag.mean_s.ci), case.lag_s);
    let percent = found.iter().map(|lag| lag.contact_percent.and_then(|percent| percent.ci));
    let (held_percent, _) = coverage(percent, 100.0 * case.lag_s / 0.2);
    let bar = chance_widened(bar, count);
    let decided = share(&found, |lag| matches!(lag.relation, Relation::Before | Relation::After));
    let dependent = case.rho > 0.0;
    // Three standard errors of 5 % in this number of sessions.
    let most = 0.05 + 3.0 * (0.05 * 0.95 / count as f64).sqrt();
    vec![
        Figure::new(study, name.clone(), "coverage, ms", held).within(bar.0, bar.1),
        Figure::new(study, name.clone(), "coverage, % of contact", held_percent).within(bar.0, bar.1),
        Figure::new(study, name.clone(), "decided though the lag is 0", decided)
            .within_if(!dependent, 0.0, most),
        Figure::new(study, name, "no interval", without),
    ]
}

/// All of it.
pub fn study(count: usize) -> Vec<Figure> {
    let mut figures = Vec::new();
    let bar = |strides: usize| if strides < 10 { (0.90, 1.0) } else { (0.92, 0.98) };
    for strides in [3, 5, 10, 20, 50] {
        let case = Case { strides, ..PLAIN };
        figures.extend(judged(format!("{strides} strides"), case, count, bar(strides)));
    }
    for strides in [5, 10, 20] {
        let case = Case { strides, sides_s: Some(0.012), ..PLAIN };
        figures.extend(judged(format!("{strides} strides, sides 12 ms apart"), case, count, bar(strides)));
    }
    for strides in [3, 5, 10, 20] {
        for (ratio, words) in [(0.3, "0.3"), (1.0, "1"), (3.0, "3")] {
            let sync_se_s = ratio * PLAIN.sd_s / (strides as f64).sqrt();
            let case = Case { strides, sync_se_s, ..PLAIN };
            let name = format!("{strides} strides, clocks unsure to {words} SE of the mean");
            figures.extend(judged(name, case, count, bar(strides)));
        }
    }
    let case = Case { strides: 10, delay_se_s: 0.01, ..PLAIN };
    figures.extend(judged("10 strides, a delay of 40 ms unsure to 10 ms".into(), case, count, bar(10)));
    for (strides, rho) in [(10, 0.25), (25, 0.25), (50, 0.25), (10, 0.5), (25, 0.5), (50, 0.5)] {
        let case = Case { strides, rho, ..PLAIN };
        figures.extend(judged(
            format!("{strides} strides, neighbours alike by {rho}"),
            case,
            count,
            (0.88, 1.0),
        ));
    }
    figures.extend(medians(count.min(2000)));
    figures.extend(ties(count));
    figures.extend(changes(count));
    figures
}

/// The bootstrap interval of the median, with unsure clocks.
fn medians(count: usize) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (strides, sync_se_s) in [(10, 0.0), (10, 0.003), (30, 0.0), (30, 0.002)] {
        let found = sessions(Case { strides, sync_se_s, replicates: 999, ..PLAIN }, count);
        let (held, _) = coverage(found.iter().map(|lag| lag.median_s.ci), 0.0);
        let name = format!("{strides} strides, clocks to {:.0} ms", 1e3 * sync_se_s);
        figures.push(Figure::new("median lag (decides nothing)", name, "coverage", held));
    }
    figures
}

/// Ties: in one cycle, by the times' errors; over cycles, when a margin is named.
fn ties(count: usize) -> Vec<Figure> {
    let study = "ties";
    let mut figures = Vec::new();
    let in_cycles = |found: &[PairLag], which: usize| {
        let [sum, all] = found.iter().fold([0, 0], |[sum, all], lag| {
            let counts = lag.counts();
            [sum + counts[which], all + counts.iter().sum::<usize>()]
        });
        sum as f64 / all as f64
    };
    for (lag_ms, words) in [(0.0, "0"), (4.2, "3 combined SE")] {
        let known = Case { sd_s: 0.0, time_se_s: 0.001, lag_s: 1e-3 * lag_ms, ..PLAIN };
        let found = sessions(known, count.min(2000));
        let name = format!("true lag {words}, times known to 1 ms");
        let tied = Figure::new(study, name.clone(), "cycles tied", in_cycles(&found, 1));
        figures.push(tied.within_if(lag_ms == 0.0, 0.94, 0.96));
        figures.push(Figure::new(study, name, "cycles before", in_cycles(&found, 0)).within_if(
            lag_ms > 0.0,
            0.82,
            0.88,
        ));
    }
    for (lag_ms, words) in [(0.0, "0"), (5.0, "at the margin"), (10.0, "twice the margin")] {
        let case =
            Case { strides: 20, sd_s: 0.004, lag_s: 1e-3 * lag_ms, tie_within_s: Some(0.005), ..PLAIN };
        let tied = share(&sessions(case, count), |lag| lag.relation == Relation::Tie);
        let name = format!("20 strides, margin 5 ms, true lag {words}");
        let most = if lag_ms > 0.0 { 0.0565 } else { 1.0 };
        figures.push(
            Figure::new(study, name, "called a tie", tied).within(if lag_ms > 0.0 { 0.0 } else { 0.9 }, most),
        );
    }
    figures
}

/// The change of a lag from one session to another.
fn changes(count: usize) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (few, many, sync_se_s) in [(5, 5, 0.0), (10, 20, 0.0), (20, 20, 0.0), (10, 10, 0.003)] {
        let early = sessions(Case { strides: few, lag_s: 0.010, sync_se_s, ..PLAIN }, count);
        let late = sessions(Case { strides: many, lag_s: 0.014, sd_s: 0.012, sync_se_s, ..PLAIN }, count);
        let change = early
            .iter()
            .zip(&late)
            .map(|(early, late)| late.change_from(early, CommonError::Separate).expect("one level").ci);
        let (held, _) = coverage(change, 0.004);
        let percent = early
            .iter()
            .zip(&late)
            .map(|(early, late)| late.contact_change_from(early).expect("contacts").ci);
        let (held_percent, _) = coverage(percent, 2.0);
        let bar = chance_widened(if few < 10 { (0.90, 1.0) } else { (0.92, 0.98) }, count);
        let name =
            format!("{few} strides, then {many} of twice the scatter, clocks to {:.0} ms", 1e3 * sync_se_s);
        let study = "change of a lag";
        figures.push(Figure::new(study, name.clone(), "coverage, ms", held).within(bar.0, bar.1));
        figures.push(Figure::new(study, name, "coverage, % of contact", held_percent).within(bar.0, bar.1));
    }
    figures
}
