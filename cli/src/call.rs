//! Commands, and what is wrong with a call.

use lexopt::{Arg, Parser, ValueExt as _};
use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

/// One command of the program.
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// Its help, with examples.
    pub help: &'static str,
    /// Runs it with the arguments that follow its name.
    pub run: fn(Parser) -> Result<(), Failure>,
}

/// Why a command has no answer.
#[derive(Debug)]
pub enum Failure {
    /// The call is wrong: exit status 2.
    Call(String),
    /// Nothing could be read or written: exit status 1.
    Other(Box<dyn Error>),
}

impl<E: Into<Box<dyn Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// The failure of an argument that the command does not have, with the nearest of those it has.
pub fn unexpected(argument: Arg<'_>, options: &[&str]) -> Failure {
    Failure::Call(match argument {
        Arg::Long(name) => match nearest(name, options) {
            Some(near) => format!("unknown option '--{name}'; did you mean --{near}?"),
            None => format!("unknown option '--{name}'"),
        },
        other => other.unexpected().to_string(),
    })
}

/// The next argument.
pub fn next(parser: &mut Parser) -> Result<Option<Arg<'_>>, Failure> {
    parser.next().map_err(|error| Failure::Call(error.to_string()))
}

/// The value of an option.
pub fn value(parser: &mut Parser) -> Result<OsString, Failure> {
    parser.value().map_err(|error| Failure::Call(error.to_string()))
}

/// The value of an option that names a file.
pub fn path(parser: &mut Parser) -> Result<PathBuf, Failure> {
    value(parser).map(PathBuf::from)
}

/// The value of an option that is text.
pub fn text(parser: &mut Parser) -> Result<String, Failure> {
    value(parser)?.string().map_err(|error| Failure::Call(error.to_string()))
}

/// The value of an option that is a number.
pub fn number<T: FromStr>(parser: &mut Parser, option: &str) -> Result<T, Failure> {
    let text = text(parser)?;
    text.parse().map_err(|_| Failure::Call(format!("{option} needs a number, got '{text}'")))
}

/// The known word most like the one given, when one is like it.
pub fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let (word, distance) = known.iter().map(|word| (*word, edits(given, word))).min_by_key(|(_, d)| *d)?;
    let mut beginnings = known.iter().filter(|word| given.len() > 1 && word.starts_with(given));
    match (beginnings.next(), beginnings.next()) {
        (Some(begun), None) => Some(begun),
        _ => (distance <= 1 + given.chars().count() / 4).then_some(word),
    }
}

/// Insertions, deletions, substitutions and exchanges of neighbours that turn one word into the other.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_strange_one_finds_none() {
        let known = ["json", "html", "csv", "force", "force-offset", "replicates", "reference"];
        for (given, expected) in [
            ("jsno", Some("json")),
            ("htm", Some("html")),
            ("replicate", Some("replicates")),
            ("force-ofset", Some("force-offset")),
            ("ref", Some("reference")),
            ("quiet", None),
        ] {
            assert_eq!(nearest(given, &known), expected, "{given}");
        }
    }
}
