//! One error type for the whole crate: `Copy`, no heap, and every message names the fact, the rule and the value.

/// The crate's result type.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why a computation was refused.
///
/// Data never make the crate panic: what cannot be computed comes back as one of these, or as a result
/// that is marked (a rejected step with its reason, an absent contributor, a missing interval).
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter breaks its rule.
    #[error("{name} must be {rule}, got {value}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// What it must be.
        rule: &'static str,
        /// What it was.
        value: f64,
    },
    /// A cut-off outside the open interval from 0 Hz to the Nyquist frequency.
    #[error(
        "cut-off {cutoff_hz} Hz must lie strictly between 0 Hz and the Nyquist frequency {nyquist_hz} Hz"
    )]
    Cutoff {
        /// The cut-off asked for.
        cutoff_hz: f64,
        /// Half the sample rate.
        nyquist_hz: f64,
    },
    /// Fewer items than the operation needs.
    #[error("{operation} needs at least {needed} {unit}, got {got}")]
    TooFew {
        /// The operation.
        operation: &'static str,
        /// What is counted: samples, steps, cycles, ...
        unit: &'static str,
        /// The least it accepts.
        needed: usize,
        /// What it received.
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
    /// Times that must rise do not.
    #[error("{operation} needs rising times, entry {index} does not come after the one before it")]
    NotRising {
        /// The operation.
        operation: &'static str,
        /// Index of the first offender.
        index: usize,
    },
    /// A time window that reaches outside the recording.
    #[error(
        "the window from {start_s} s to {end_s} s leaves the recording, which runs from {first_s} s to {last_s} s"
    )]
    Window {
        /// Start asked for.
        start_s: f64,
        /// End asked for.
        end_s: f64,
        /// First sample time.
        first_s: f64,
        /// Last sample time.
        last_s: f64,
    },
    /// Something the operation needs is not there.
    #[error("{operation} needs {what}, and there is none")]
    Missing {
        /// The operation.
        operation: &'static str,
        /// What is missing.
        what: &'static str,
    },
    /// The quantity is not defined for this input.
    #[error("{quantity} is not defined here: {reason}")]
    Undefined {
        /// The quantity asked for.
        quantity: &'static str,
        /// Why it has no value.
        reason: &'static str,
    },
}
