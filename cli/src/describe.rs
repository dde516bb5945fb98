//! `copeak describe`: what is in files.

use crate::call::{Command, Failure, next, unexpected};
use crate::output;
use crate::read::{self, Content};
use lexopt::Arg;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;

pub const COMMAND: Command = Command { name: "describe", help: HELP, run };

const HELP: &str = "\
What is in files (CSV, Parquet, C3D, TRC, MOT, STO): channels by unit and rate, missing
samples, and a C3D file's plates and events. A file that cannot be read is named with
its reason, and the next one follows.

usage: copeak describe [--json] [--time] FILE...

  --json   a list with one object per file: channels, markers, events, plates, problem
  --time   how long reading took

examples:
  copeak describe sprint.c3d
  copeak describe --json *.trc > files.json
";

const OPTIONS: [&str; 3] = ["json", "time", "help"];

fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut files, mut as_json, mut time) = (Vec::new(), false, false);
    while let Some(argument) = next(&mut parser)? {
        match argument {
            Arg::Long("json") => as_json = true,
            Arg::Long("time") => time = true,
            Arg::Long("help") | Arg::Short('h') => return output::print(HELP),
            Arg::Value(file) => files.push(PathBuf::from(file)),
            other => return Err(unexpected(other, &OPTIONS)),
        }
    }
    if files.is_empty() {
        return Err(Failure::Call("name at least one file".into()));
    }
    let (mut described, mut unread) = (Vec::new(), Vec::new());
    for file in &files {
        let started = Instant::now();
        let content = read::read(file);
        let seconds = started.elapsed().as_secs_f64();
        if as_json {
            described.push(match &content {
                Ok(content) => in_json(file, content),
                Err(error) => unread_in_json(file, &error.to_string()),
            });
        }
        match content {
            Ok(content) if !as_json => {
                let mut text = format!("{}\n", file.display());
                if time {
                    let megabytes = std::fs::metadata(file)?.len() as f64 / 1e6;
                    let rate = megabytes / seconds;
                    text += &format!("  {megabytes:.1} MB read in {seconds:.3} s: {rate:.0} MB/s\n");
                }
                output::print(&(text + &content.to_string()))?;
            }
            Ok(_) => {}
            Err(error) => {
                eprintln!("copeak describe: {error}");
                unread.push(file);
            }
        }
    }
    if as_json {
        output::print(&(serde_json::to_string_pretty(&described)? + "\n"))?;
    }
    if unread.len() == files.len() { Err("no file could be read".into()) } else { Ok(()) }
}

fn in_json(file: &Path, content: &Content) -> Value {
    let recording = content.recording();
    let channels = recording.channels.iter().map(|channel| {
        let clock = channel.signal.clock();
        json!({
            "name": channel.name, "unit": channel.unit, "rate_hz": clock.rate().as_hz(), "start_s": clock.start_s(),
            "n": channel.signal.samples().len(), "missing": channel.missing(),
        })
    });
    let (events, plates) = match content {
        Content::C3d(c3d) => {
            let event = |event: &copeak::recording::c3d::C3dEvent| json!({ "time_s": event.time_s, "label": event.label, "context": event.context });
            (c3d.events.iter().map(event).collect(), c3d.plates.len())
        }
        _ => (Vec::new(), 0),
    };
    json!({
        "file": file.to_string_lossy(), "format": read::format(file), "layout": null,
        "channels": channels.collect::<Vec<_>>(), "markers": recording.markers().collect::<Vec<_>>(),
        "events": events, "plates": plates, "notes": [], "problem": null,
    })
}

fn unread_in_json(file: &Path, problem: &str) -> Value {
    json!({
        "file": file.to_string_lossy(), "format": read::format(file), "layout": null, "channels": [],
        "markers": [], "events": [], "plates": 0, "notes": [], "problem": problem,
    })
}
