//! The error type of the crate. Every message names the fault, the rule and the value.

#[cfg(feature = "alloc")]
use alloc::{format, string::String, vec::Vec};

/// The crate's result type.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Reason why a computation has no result.
///
/// The crate does not panic on any data: a function returns one of these errors, or a result that is marked (a rejected step with its
/// reason, an absent contributor, a missing interval).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter breaks its rule.
    #[error("{name} must be {rule}, got {value}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// The rule.
        rule: &'static str,
        /// The value given.
        value: f64,
    },
    /// A cut-off is outside the open interval from 0 Hz to the Nyquist frequency.
    #[error(
        "cut-off {cutoff_hz} Hz must lie strictly between 0 Hz and the Nyquist frequency {nyquist_hz} Hz"
    )]
    Cutoff {
        /// The cut-off asked for.
        cutoff_hz: f64,
        /// Half the sample rate.
        nyquist_hz: f64,
    },
    /// There are fewer items than the operation needs.
    #[error("{operation} needs at least {needed} {unit}, got {got}")]
    TooFew {
        /// The operation.
        operation: &'static str,
        /// The unit of the count: samples, steps, cycles, ...
        unit: &'static str,
        /// The least number.
        needed: usize,
        /// The number given.
        got: usize,
    },
    /// Two inputs that must have the same length do not.
    #[error("{operation} needs equal lengths, got {left} and {right}")]
    LengthMismatch {
        /// The operation.
        operation: &'static str,
        /// First length.
        left: usize,
        /// Second length.
        right: usize,
    },
    /// A sample is NaN or infinite where only finite samples are allowed.
    #[error("{operation} needs finite samples, sample {index} is not")]
    NonFinite {
        /// The operation.
        operation: &'static str,
        /// Index of the first such sample.
        index: usize,
    },
    /// The input does not vary, so the quantity has no meaning.
    #[error("{operation} needs an input that varies, this one is constant")]
    Constant {
        /// The operation.
        operation: &'static str,
    },
    /// Times do not rise.
    #[error("{operation} needs rising times, entry {index} does not come after the one before it")]
    NotRising {
        /// The operation.
        operation: &'static str,
        /// Index of the first offender.
        index: usize,
    },
    /// A time window leaves the recording.
    #[error(
        "the window from {start_s} s to {end_s} s leaves the recording, which runs from {first_s} s to {last_s} s"
    )]
    Window {
        /// Start of the window.
        start_s: f64,
        /// End of the window.
        end_s: f64,
        /// First sample time.
        first_s: f64,
        /// Last sample time.
        last_s: f64,
    },
    /// Something that the operation needs is missing.
    #[error("{operation} needs {what}, which is missing")]
    Missing {
        /// The operation.
        operation: &'static str,
        /// The missing thing, with its article.
        what: &'static str,
    },
    /// The quantity has no value for this input.
    #[error("cannot determine {quantity}: {reason}")]
    Undefined {
        /// The quantity asked for.
        quantity: &'static str,
        /// The reason.
        reason: &'static str,
    },
    /// A recording has no channel of that name.
    #[cfg(feature = "alloc")]
    #[error("no channel '{name}'{}", hint(name, present))]
    NoChannel {
        /// The name asked for.
        name: String,
        /// The names of all channels.
        present: Vec<String>,
    },
    /// A recording has none of the channels that the operation can use.
    #[cfg(feature = "alloc")]
    #[error("cannot {operation}: no {needed}; {}", list(present))]
    NoUsableChannel {
        /// The operation, as a verb: `find contacts`.
        operation: &'static str,
        /// The channels that the operation can use.
        needed: String,
        /// The names of all channels.
        present: Vec<String>,
    },
}

/// Returns the nearest name, if one is near, and the names of all channels.
#[cfg(feature = "alloc")]
fn hint(name: &str, present: &[String]) -> String {
    let lower = name.to_lowercase();
    let distances = present.iter().map(|other| (edit_distance(&lower, &other.to_lowercase()), other));
    let nearest = distances.min_by_key(|(distance, _)| *distance);
    match nearest.filter(|(distance, _)| *distance <= name.chars().count().div_ceil(3)) {
        Some((_, nearest)) => format!(", did you mean '{nearest}'? {}", list(present)),
        None => format!("; {}", list(present)),
    }
}

/// Returns the names in a line, of which a C3D file may have hundreds.
#[cfg(feature = "alloc")]
fn list(present: &[String]) -> String {
    const SHOWN: usize = 24;
    if present.is_empty() {
        return String::from("the recording has no channels");
    }
    let shown = present[..present.len().min(SHOWN)].join(", ");
    match present.len().saturating_sub(SHOWN) {
        0 => format!("channels present: {shown}"),
        more => format!("channels present: {shown} and {more} more"),
    }
}

/// Returns the number of characters to insert, delete or replace to turn one name into the other (Levenshtein distance).
#[cfg(feature = "alloc")]
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[row.len() - 1]
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn no_channel(name: &str, present: &[&str]) -> String {
        let present = present.iter().map(ToString::to_string).collect();
        Error::NoChannel { name: name.into(), present }.to_string()
    }

    #[test]
    fn a_missing_channel_suggests_the_nearest_name() {
        assert_eq!(
            no_channel("hip_flexion_R", &["knee_flexion_r", "hip_flexion_l", "hip_flexion_r"]),
            "no channel 'hip_flexion_R', did you mean 'hip_flexion_r'? channels present: knee_flexion_r, hip_flexion_l, hip_flexion_r"
        );
        assert_eq!(
            no_channel("emg", &["knee_flexion_r"]),
            "no channel 'emg'; channels present: knee_flexion_r"
        );
        assert_eq!(no_channel("emg", &[]), "no channel 'emg'; the recording has no channels");
        let many: Vec<String> = (0..30).map(|i| format!("channel_{i}")).collect();
        assert!(list(&many).ends_with("channel_22, channel_23 and 6 more"));
    }

    #[test]
    fn the_edit_distance_counts_insertions_deletions_and_replacements() {
        for (a, b, distance) in
            [("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("knee_r", "knee_l", 1), ("é", "e", 1)]
        {
            assert_eq!(edit_distance(a, b), distance, "{a} {b}");
            assert_eq!(edit_distance(b, a), distance, "{b} {a}");
        }
    }
}
