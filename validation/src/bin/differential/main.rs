//! The same inputs through another implementation: one JSON request per line in, one JSON answer per line out.
//!
//! ```text
//! echo '{"op": "contacts", "fz": [0, 0, 900, 900, 0, 0], "rate": 10}' | cargo run --release -p copeak-validation --bin differential
//! ```
//! A refused request answers `{"error": "..."}`. `null` stands for NaN in arrays, both ways.

mod convergence;
mod event;
mod filter;
mod gap;
mod inference;
mod json;
mod peak;
mod recording;
mod resample;
mod sensor;
mod sequence;
mod stride;
mod synchrony;
mod train;
mod window;

use json::{Answer, Request};
use serde_json::{Value, json};
use std::io::{self, BufRead, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = answer(&line).unwrap_or_else(|message| json!({ "error": message }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &[u8]) -> Answer {
    let value: Value = serde_json::from_slice(line).map_err(|e| format!("not JSON: {e}"))?;
    let request = Request::new(&value)?;
    let op = request.text("op")?;
    let areas = [
        filter::answer,
        window::answer,
        resample::answer,
        gap::answer,
        peak::answer,
        event::answer,
        sensor::answer,
        stride::answer,
        sequence::answer,
        recording::answer,
        synchrony::answer,
        train::answer,
        convergence::answer,
        inference::answer,
    ];
    areas.iter().find_map(|area| area(op, &request)).unwrap_or_else(|| Err(format!("unknown op {op:?}")))
}
