//! The options of `copeak report`.

use crate::call::{Failure, next, number, path, text, unexpected};
use copeak::model::Sex;
use copeak::study::ModelKind;
use lexopt::Arg;
use std::path::{Path, PathBuf};

pub const HELP: &str = "\
What peaks together in a runner's recordings: contacts, steps, the leg's sequence,
convergence and its weak link, with uncertainty. Without FILE: a simulated sprinter at
four speeds.

usage: copeak report [OPTION]... [FILE]...

FILE: CSV or Parquet with joint angles and force, MOT or STO with joint angles, or TRC or
C3D with markers. Speed and mass may be in an index.csv in its folder (columns file,
speed_mps, mass_kg). A file that cannot be read is named with its reason, and the others
are reported.

  --html PATH       write one self-contained HTML page with figures
  --json PATH       write everything that was found as JSON
  --csv PATH        write a table: one row per step and contributor
                    (PATH may be -, standard output, for one of them; then no text)
  --speed V         speed in m/s, per file, in file order
  --mass KG         body mass, per file, in file order
  --force FILE      force (CSV, MOT), per file, in file order; a CSV's joint angles are
                    taken, too (default: <stem>_grf.mot with a TRC; a C3D has its own)
  --force-offset S  seconds to add to the times of --force, per file
  --standing FILE   standing trial (TRC) for better joint centres, for all TRC and C3D
                    files (default: static.trc beside the file)
  --sex NAME        segment masses: male (default) or female
  --cutoff HZ       kinematic low-pass (default 15)
  --seed N          seed of every random draw (default 1)
  --replicates N    bootstrap and surrogate replicates (default 1000)
  --model NAME      which contributors: joint (default), from joint angles, or newton,
                    segment forces from markers (TRC, C3D)
  --reference FILE  the recording that the others are compared with (default: the
                    fastest; without any speed, the first)
  --help            this text

examples:
  copeak report
  copeak report sprint.csv --speed 9.5 --mass 75 --html sprint.html
  copeak report --model newton run.c3d --json - | jq .
  copeak report before.csv after.csv --reference before.csv --csv steps.csv
";

const OPTIONS: [&str; 15] = [
    "html",
    "json",
    "csv",
    "speed",
    "mass",
    "force",
    "force-offset",
    "standing",
    "sex",
    "cutoff",
    "seed",
    "replicates",
    "model",
    "reference",
    "help",
];

/// Options and files of a call.
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
    pub model: ModelKind,
    pub reference: Option<PathBuf>,
}

impl Arguments {
    /// Reads the arguments; `None` when only help is wanted.
    pub fn read(mut parser: lexopt::Parser) -> Result<Option<Self>, Failure> {
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
            model: ModelKind::Joint,
            reference: None,
        };
        let options = &mut arguments;
        while let Some(argument) = next(&mut parser)? {
            match argument {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("json") => options.json = Some(path(&mut parser)?),
                Arg::Long("html") => options.html = Some(path(&mut parser)?),
                Arg::Long("csv") => options.csv = Some(path(&mut parser)?),
                Arg::Long("speed") => options.speeds.push(number(&mut parser, "--speed")?),
                Arg::Long("mass") => options.masses.push(number(&mut parser, "--mass")?),
                Arg::Long("force") => options.forces.push(path(&mut parser)?),
                Arg::Long("force-offset") => {
                    options.force_offsets.push(number(&mut parser, "--force-offset")?)
                }
                Arg::Long("standing") => options.standing = Some(path(&mut parser)?),
                Arg::Long("sex") => options.sex = sex(&text(&mut parser)?)?,
                Arg::Long("cutoff") => options.cutoff_hz = number(&mut parser, "--cutoff")?,
                Arg::Long("seed") => options.seed = number(&mut parser, "--seed")?,
                Arg::Long("replicates") => options.replicates = number(&mut parser, "--replicates")?,
                Arg::Long("model") => options.model = model(&text(&mut parser)?)?,
                Arg::Long("reference") => options.reference = Some(path(&mut parser)?),
                Arg::Value(file) => options.files.push(file.into()),
                other => return Err(unexpected(other, &OPTIONS)),
            }
        }
        arguments.checked().map(Some)
    }

    /// The files that are written.
    pub fn outputs(&self) -> Vec<&Path> {
        [&self.json, &self.html, &self.csv].into_iter().flatten().map(PathBuf::as_path).collect()
    }

    /// The files that are read.
    pub fn inputs(&self) -> Vec<&Path> {
        self.files.iter().chain(&self.forces).chain(&self.standing).map(PathBuf::as_path).collect()
    }

    fn checked(self) -> Result<Self, Failure> {
        let files = self.files.len();
        for (option, given) in [
            ("--speed", self.speeds.len()),
            ("--mass", self.masses.len()),
            ("--force", self.forces.len()),
            ("--force-offset", self.force_offsets.len()),
        ] {
            if given > files {
                return Err(Failure::Call(format!("{option} is given {given} times for {files} files")));
            }
        }
        let positive = |v: &f64| v.is_finite() && *v > 0.0;
        for (option, values) in
            [("--speed", &self.speeds[..]), ("--mass", &self.masses), ("--cutoff", &[self.cutoff_hz])]
        {
            if let Some(bad) = values.iter().find(|v| !positive(v)) {
                return Err(Failure::Call(format!("{option} must be above 0, got {bad}")));
            }
        }
        if let Some(bad) = self.force_offsets.iter().find(|v| !v.is_finite()) {
            return Err(Failure::Call(format!("--force-offset must be finite, got {bad}")));
        }
        let named = || self.files.is_empty() || self.files.iter().any(|file| self.is_reference(file));
        if let Some(reference) = self.reference.as_ref().filter(|_| !named()) {
            return Err(Failure::Call(format!("--reference {} is none of the files", reference.display())));
        }
        Ok(self)
    }

    /// Whether `--reference` names this file, by its path or by its name alone.
    pub fn is_reference(&self, file: &Path) -> bool {
        self.reference
            .as_deref()
            .is_some_and(|wanted| wanted == file || Some(wanted.as_os_str()) == file.file_name())
    }
}

fn sex(name: &str) -> Result<Sex, Failure> {
    match name {
        "male" => Ok(Sex::Male),
        "female" => Ok(Sex::Female),
        other => Err(Failure::Call(format!("unknown --sex '{other}'; expected male or female"))),
    }
}

fn model(name: &str) -> Result<ModelKind, Failure> {
    name.parse().map_err(|error| Failure::Call(format!("--model: {error}")))
}
