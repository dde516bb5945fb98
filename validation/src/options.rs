//! Options of the studies.

use crate::Error;
use lexopt::{Arg, ValueExt as _};
use std::ffi::OsString;

/// Options that follow the name of a study. Paths may be `-`, the standard output.
#[derive(Debug, Default)]
pub struct Options {
    /// `--quick`: fewer repetitions.
    pub quick: bool,
    /// `--only PART`: the one part of the study to run.
    pub only: Option<String>,
    /// `--json PATH`: where the numbers are written.
    pub json: Option<String>,
    /// `--markdown PATH`: where the page is written.
    pub markdown: Option<String>,
    /// `--figure PATH`: where the drawing is written.
    pub figure: Option<String>,
    /// Arguments that are not options.
    pub values: Vec<String>,
}

impl Options {
    /// Reads the arguments of a study that knows the options `known`, without dashes; `"FILE"` stands for values.
    ///
    /// # Errors
    /// An argument that the study does not know, or an option without its value; the text lists those it knows.
    pub fn read(arguments: Vec<OsString>, known: &[&str]) -> Result<Self, Error> {
        let expected = || {
            let form = |name: &&str| match *name {
                "quick" => "[--quick]".to_owned(),
                "only" => "[--only PART]".to_owned(),
                "FILE" => "FILE=SPEED...".to_owned(),
                path => format!("[--{path} PATH]"),
            };
            known.iter().map(form).collect::<Vec<_>>().join(" ")
        };
        Self::parsed(arguments, known).map_err(|error| format!("{error}; expected {}", expected()).into())
    }

    fn parsed(arguments: Vec<OsString>, known: &[&str]) -> Result<Self, lexopt::Error> {
        let mut options = Self::default();
        let mut arguments = lexopt::Parser::from_args(arguments);
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("quick") if known.contains(&"quick") => options.quick = true,
                Arg::Long(name @ ("only" | "json" | "markdown" | "figure")) if known.contains(&name) => {
                    let place = match name {
                        "only" => &mut options.only,
                        "json" => &mut options.json,
                        "markdown" => &mut options.markdown,
                        _ => &mut options.figure,
                    };
                    *place = Some(arguments.value()?.string()?);
                }
                Arg::Value(value) if known.contains(&"FILE") => options.values.push(value.string()?),
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }

    /// Returns whether a part of the study is to run.
    pub fn wants(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }

    /// Returns whether the numbers go to the standard output, which then holds nothing else.
    pub fn json_on_standard_output(&self) -> bool {
        self.json.as_deref() == Some("-")
    }

    /// Writes the numbers where they were asked for.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write_json(&self, value: &serde_json::Value) -> Result<(), Error> {
        let Some(path) = self.json.as_deref() else { return Ok(()) };
        let text = serde_json::to_string_pretty(value)? + "\n";
        if path == "-" {
            print!("{text}")
        } else {
            std::fs::write(path, text)?
        }
        Ok(())
    }
}
