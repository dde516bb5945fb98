//! Figures in rows and columns, with the bars they must clear.

use serde_json::{Value, json};

pub const HEAD: &str = "# Peak times: what their standard errors hold

Written by `scripts/validate peaks --markdown PATH`. A number with a range in brackets must lie in it; all others are only
reported.
";

/// A number and where it must lie.
#[derive(Clone, Copy)]
pub struct Figure {
    value: f64,
    digits: usize,
    bar: Option<(f64, f64)>,
}

impl Figure {
    pub fn new(value: f64, digits: usize) -> Self {
        Self { value, digits, bar: None }
    }

    /// Must lie in this range, when `judged`.
    pub fn within_if(self, judged: bool, low: f64, high: f64) -> Self {
        Self { bar: judged.then_some((low, high)), ..self }
    }

    fn holds(&self) -> bool {
        self.bar.is_none_or(|(low, high)| self.value >= low && self.value <= high)
    }

    fn cell(&self) -> String {
        let Self { value, digits, bar } = *self;
        match bar {
            _ if value.is_nan() => "-".into(),
            Some((low, high)) => format!("{value:.digits$} [{low}, {high}]"),
            None => format!("{value:.digits$}"),
        }
    }
}

pub struct Table {
    pub title: &'static str,
    pub text: &'static str,
    pub columns: &'static [&'static str],
    pub rows: Vec<(String, Vec<Figure>)>,
}

impl Table {
    pub fn markdown(&self) -> String {
        let Self { title, text, columns, rows } = self;
        let mut out = format!("\n## {title}\n\n{text}\n\n| case | {} |\n", columns.join(" | "));
        out += &format!("|---|{}\n", "--:|".repeat(columns.len()));
        for (case, figures) in rows {
            let cells: Vec<String> = figures.iter().map(Figure::cell).collect();
            out += &format!("| {case} | {} |\n", cells.join(" | "));
        }
        out
    }

    pub fn failures(&self) -> Vec<String> {
        let row = |(case, figures): &(String, Vec<Figure>)| {
            let failed = figures.iter().zip(self.columns).filter(|(figure, _)| !figure.holds());
            failed
                .map(|(figure, column)| format!("{}, {case}, {column}: {}", self.title, figure.cell()))
                .collect()
        };
        self.rows.iter().flat_map(|r| -> Vec<String> { row(r) }).collect()
    }

    pub fn json(&self) -> Value {
        let row = |(case, figures): &(String, Vec<Figure>)| {
            let of = figures.iter().zip(self.columns);
            let of = of.map(|(f, column)| {
                let bar = f.bar.map(|(low, high)| [low, high]);
                (column.to_string(), json!({ "value": f.value, "bar": bar }))
            });
            json!({ "case": case, "figures": of.collect::<serde_json::Map<_, _>>() })
        };
        json!({ "title": self.title, "rows": self.rows.iter().map(row).collect::<Vec<_>>() })
    }
}
