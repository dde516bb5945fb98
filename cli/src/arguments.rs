//! The command line.

use copeak::model::Sex;
use lexopt::prelude::*;
use std::{ffi::OsString, fmt::Display, path::PathBuf, str::FromStr};

pub const USAGE: &str = "\
usage: copeak report [OPTIONS] [FILE...]

What peaks together in a runner's recordings (CSV, TRC, C3D); without FILE, in the phantom sprinter.

  --json PATH       write the result as JSON (- = standard output, and no text)
  --html PATH       write one self-contained HTML page with figures
  --csv PATH        write a table: one row per step and contributor
  --speed V         speed in m/s, per file, in file order
  --mass KG         body mass, per file, in file order
  --force FILE      force (CSV, MOT), per file, in file order; a CSV's joint angles are
                    taken, too (default: <stem>_grf.mot beside a TRC; a C3D has its own)
  --force-offset S  seconds to add to the times of --force, per file
  --standing FILE   standing trial (TRC) for better joint centres, for all TRC and C3D
                    files (default: static.trc beside the file)
  --sex NAME        segment masses: male (default) or female
  --cutoff HZ       kinematic low-pass (default 15)
  --seed N          seed of every random draw (default 1)
  --replicates N    bootstrap and surrogate replicates (default 1000)
  --model NAME      which contributors: joint (default), from joint angles (CSV), or
                    newton, segment forces from markers (TRC, C3D)
  --reference FILE  the recording that the others are compared with
                    (default: the fastest; without any speed, the first)
  --help            this text";

pub struct Arguments {
    pub files: Vec<PathBuf>,
    pub json: Option<PathBuf>,
    pub html: Option<PathBuf>,
    pub csv: Option<PathBuf>,
    pub speeds: Vec<f64>,
    pub masses: Vec<f64>,
    pub forces: Vec<PathBuf>,
    pub force_offsets: Vec<f64>,
    pub standing: Option<PathBuf>,
    pub sex: Sex,
    pub cutoff_hz: f64,
    pub seed: u64,
    pub replicates: usize,
    pub model: String,
    pub reference: Option<PathBuf>,
}

impl Arguments {
    /// The arguments; `None` when only help is wanted.
    pub fn read(arguments: Vec<OsString>) -> Result<Option<Self>, String> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut arguments = Self {
            files: Vec::new(),
            json: None,
            html: None,
            csv: None,
            speeds: Vec::new(),
            masses: Vec::new(),
            forces: Vec::new(),
            force_offsets: Vec::new(),
            standing: None,
            sex: Sex::Male,
            cutoff_hz: 15.0,
            seed: 1,
            replicates: 1000,
            model: "joint".into(),
            reference: None,
        };
        while let Some(argument) = parser.next().map_err(|e| e.to_string())? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long("json") => arguments.json = Some(value(&mut parser)?.into()),
                Long("html") => arguments.html = Some(value(&mut parser)?.into()),
                Long("csv") => arguments.csv = Some(value(&mut parser)?.into()),
                Long("speed") => arguments.speeds.push(number("--speed", value(&mut parser)?)?),
                Long("mass") => arguments.masses.push(number("--mass", value(&mut parser)?)?),
                Long("force") => arguments.forces.push(value(&mut parser)?.into()),
                Long("force-offset") => {
                    arguments.force_offsets.push(number("--force-offset", value(&mut parser)?)?);
                }
                Long("standing") => arguments.standing = Some(value(&mut parser)?.into()),
                Long("sex") => {
                    arguments.sex = match value(&mut parser)?.to_str() {
                        Some("female") => Sex::Female,
                        Some("male") => Sex::Male,
                        other => return Err(format!("--sex must be male or female, got {other:?}")),
                    };
                }
                Long("cutoff") => arguments.cutoff_hz = number("--cutoff", value(&mut parser)?)?,
                Long("seed") => arguments.seed = number("--seed", value(&mut parser)?)?,
                Long("replicates") => arguments.replicates = number("--replicates", value(&mut parser)?)?,
                Long("model") => arguments.model = value(&mut parser)?.string().map_err(|e| e.to_string())?,
                Long("reference") => arguments.reference = Some(value(&mut parser)?.into()),
                Value(file) => arguments.files.push(file.into()),
                other => return Err(other.unexpected().to_string()),
            }
        }
        arguments.checked().map(Some)
    }

    fn checked(self) -> Result<Self, String> {
        let files = self.files.len();
        for (option, given) in [
            ("--speed", self.speeds.len()),
            ("--mass", self.masses.len()),
            ("--force", self.forces.len()),
            ("--force-offset", self.force_offsets.len()),
        ] {
            if given > files {
                return Err(format!("{option} stands {given} times for {files} files"));
            }
        }
        for (option, values) in [("--speed", &self.speeds), ("--mass", &self.masses)] {
            if let Some(bad) = values.iter().find(|v| !(v.is_finite() && **v > 0.0)) {
                return Err(format!("{option} must be above 0, got {bad}"));
            }
        }
        if let Some(bad) = self.force_offsets.iter().find(|v| !v.is_finite()) {
            return Err(format!("--force-offset must be finite, got {bad}"));
        }
        Ok(self)
    }
}

fn value(parser: &mut lexopt::Parser) -> Result<std::ffi::OsString, String> {
    parser.value().map_err(|e| e.to_string())
}

fn number<T: FromStr>(option: &str, value: std::ffi::OsString) -> Result<T, String>
where
    T::Err: Display,
{
    let text = value.string().map_err(|e| e.to_string())?;
    text.parse().map_err(|e| format!("{option} {text}: {e}"))
}
