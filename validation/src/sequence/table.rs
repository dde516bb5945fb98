//! A table of the recordings.

use copeak::inference::Estimate;
use serde_json::{Value, json};

/// A heading, an introduction, columns and rows.
pub struct Table {
    /// Heading.
    pub title: String,
    /// Words before the table.
    pub said: String,
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// Their values, row by row.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("\n## {}\n\n{}\n", self.title, self.said);
        if !self.rows.is_empty() {
            text += &format!("\n| {} |\n|{}\n", self.columns.join(" | "), "---|".repeat(self.columns.len()));
            self.rows.iter().for_each(|row| text += &format!("| {} |\n", row.join(" | ")));
        }
        text
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        json!({ "title": self.title, "said": self.said, "columns": self.columns, "rows": self.rows })
    }
}

/// `+12.3 [+10.1, +14.5]`, in units of 1/`scale`.
pub fn cell(estimate: &Estimate, scale: f64) -> String {
    format!("{:+.1}", estimate.in_unit(scale, "").unmarked())
}
