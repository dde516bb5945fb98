//! Error of drawing a figure.

use std::{fmt, format, string::String};

/// A figure that could not be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureError(String);

impl fmt::Display for FigureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot draw the figure: {}", self.0)
    }
}

impl std::error::Error for FigureError {}

impl FigureError {
    /// There is none of these to draw.
    pub(super) fn nothing(what: &str) -> Self {
        Self(format!("there is no {what} to show"))
    }
}
