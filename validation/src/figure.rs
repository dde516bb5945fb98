//! Numbers that a study found, the bars they must clear, and their tables.

use crate::Error;
use crate::options::Options;
use copeak::inference::Interval;
use serde_json::{Value, json};
use std::fmt;

/// One number of one study.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The study.
    pub study: &'static str,
    /// The simulated case.
    pub case: String,
    /// The measured quantity.
    pub name: &'static str,
    /// The number.
    pub value: f64,
    /// Range in which it must lie; `None` for a number that is only reported.
    pub bar: Option<(f64, f64)>,
}

impl Figure {
    /// A number that is only reported.
    pub fn new(study: &'static str, case: impl Into<String>, name: &'static str, value: f64) -> Self {
        Self { study, case: case.into(), name, value, bar: None }
    }

    /// With the range in which it must lie.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { bar: Some((low, high)), ..self }
    }

    /// With the range in which it must lie, when `judged`.
    #[must_use]
    pub fn within_if(self, judged: bool, low: f64, high: f64) -> Self {
        if judged { self.within(low, high) } else { self }
    }

    /// Whether it clears its bar; NaN does not.
    pub fn holds(&self) -> bool {
        self.bar.is_none_or(|(low, high)| self.value >= low && self.value <= high)
    }

    fn cell(&self) -> String {
        match self.bar {
            Some((low, high)) => format!("{:.3} [{low:.3}, {high:.3}]", self.value),
            None => format!("{:.3}", self.value),
        }
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "study": self.study, "case": self.case, "figure": self.name, "value": self.value,
            "bar": self.bar.map(|(low, high)| [low, high]), "holds": self.holds(),
        })
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:.4}", self.name, self.value)?;
        match self.bar {
            Some((low, high)) if !self.holds() => write!(f, " FAILS {low:.4} to {high:.4}"),
            Some((low, high)) => write!(f, " (holds {low:.4} to {high:.4})"),
            None => Ok(()),
        }
    }
}

/// Different values in order of first appearance.
fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen: Vec<&str> = Vec::new();
    values.for_each(|value| {
        if !seen.contains(&value) {
            seen.push(value);
        }
    });
    seen
}

/// A heading per study and one line per case.
pub fn table(figures: &[Figure]) -> String {
    let mut text = String::new();
    for study in distinct(figures.iter().map(|f| f.study)) {
        let of_study = || figures.iter().filter(|f| f.study == study);
        text += &format!("\n{study}");
        for case in distinct(of_study().map(|f| f.case.as_str())) {
            text += &format!("\n  {case:<42}");
            of_study().filter(|f| f.case == case).for_each(|figure| text += &format!(" | {figure}"));
        }
        text += "\n";
    }
    text
}

/// The same as Markdown under a heading and introduction: a heading per study, cases whose figures begin alike in one table,
/// figures in columns, their bars behind the numbers they judge.
pub fn markdown(introduction: &str, figures: &[Figure]) -> String {
    let mut text = String::from(introduction);
    for study in distinct(figures.iter().map(|f| f.study)) {
        text += &format!("\n## {study}\n");
        let of_study: Vec<&Figure> = figures.iter().filter(|f| f.study == study).collect();
        let cases = distinct(of_study.iter().map(|f| f.case.as_str()));
        let rows: Vec<Vec<&Figure>> =
            cases.iter().map(|case| of_study.iter().filter(|f| f.case == *case).copied().collect()).collect();
        for first in distinct(rows.iter().map(|row| row[0].name)) {
            let alike: Vec<_> = rows.iter().filter(|row| row[0].name == first).collect();
            let mut columns: Vec<(&str, usize)> = Vec::new();
            for column in alike.iter().flat_map(|row| named(row)) {
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
            let heads: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            text += &format!("\n| case | {} |\n|---|{}\n", heads.join(" | "), "--:|".repeat(heads.len()));
            for row in alike {
                let names = named(row);
                let cell =
                    |column| names.iter().position(|n| n == column).map_or("-".into(), |i| row[i].cell());
                let cells: Vec<String> = columns.iter().map(cell).collect();
                text += &format!("| {} | {} |\n", row[0].case, cells.join(" | "));
            }
        }
    }
    text
}

/// The name of each figure of a row, and how many of that name come before it.
fn named<'a>(row: &[&'a Figure]) -> Vec<(&'a str, usize)> {
    let before = |i: usize| row[..i].iter().filter(|f| f.name == row[i].name).count();
    (0..row.len()).map(|i| (row[i].name, before(i))).collect()
}

/// Results for 0..count, computed on all cores, in order.
pub fn each<T: Send>(count: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    let share = count.div_ceil(workers).max(1);
    std::thread::scope(|scope| {
        let job = &job;
        let parts: Vec<_> = (0..workers)
            .map(|w| {
                scope.spawn(move || (w * share..((w + 1) * share).min(count)).map(job).collect::<Vec<T>>())
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("a simulation panicked")).collect()
    })
}

/// Share of the intervals that hold the truth, and share of sessions too unsteady to have one: those claim nothing.
pub fn coverage(intervals: impl Iterator<Item = Option<Interval>>, truth: f64) -> (f64, f64) {
    let all: Vec<_> = intervals.collect();
    let given: Vec<_> = all.iter().flatten().collect();
    let held = given.iter().filter(|ci| ci.contains(truth)).count();
    (held as f64 / given.len() as f64, 1.0 - given.len() as f64 / all.len() as f64)
}

/// A bar for coverage over 2,000 sessions, as much wider as chance makes it with fewer.
pub fn chance_widened(bar: (f64, f64), sessions: usize) -> (f64, f64) {
    let reach = |n: f64| 3.0 * (0.05 * 0.95 / n).sqrt();
    let slack = (reach(sessions as f64) - reach(2000.0)).max(0.0);
    (bar.0 - slack, (bar.1 + slack).min(1.0))
}

/// Mean and standard deviation.
pub fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

/// Prints, as a table, writes, as a page and as JSON, what a study found, and returns whether every number clears its bar.
///
/// # Errors
/// Those of writing.
pub fn publish(options: &Options, introduction: &str, figures: &[Figure]) -> Result<bool, Error> {
    if !options.json_on_standard_output() {
        print!("{}", table(figures));
    }
    if let Some(path) = &options.markdown {
        std::fs::write(path, markdown(introduction, figures))?;
    }
    let holds = figures.iter().all(Figure::holds);
    let rows: Vec<_> = figures.iter().map(Figure::json).collect();
    options.write_json(&json!({ "holds": holds, "figures": rows }))?;
    Ok(holds)
}
