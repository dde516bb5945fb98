//! Display of results in notebooks of the evcxr kernel: a cell that ends in a result prints its words and draws its figures.
//!
//! The kernel calls `evcxr_display` on the value. `use copeak::prelude::*` brings the method, for every result that
//! implements [`Show`], for slices, vectors and options of them, and for your types once they implement it. In a
//! terminal only the words are printed. Figures are dark in dark notebooks.
//!
//! ```
//! use copeak::prelude::*;
//! let ramp = Signal::new(Clock::from_zero(Rate::from_hz(4.0)?), vec![0.0, 1.0, 2.0]);
//! assert!(ramp.content().starts_with("EVCXR_BEGIN_CONTENT text/plain\n3 samples at 4.00 Hz, 0.000 to 0.500 s"));
//! ramp.evcxr_display();
//! # Ok::<(), copeak::Error>(())
//! ```

mod convergence;
mod filter;
mod inference;
mod model;
mod recording;
mod sequence;
mod stride;

use super::escape::{escaped, unescaped};
use super::figure::{FigureError, Plot, notebook_colours, themed};
use std::{
    fmt::{self, Write as _},
    format, println,
    string::{String, ToString},
    vec::Vec,
};

/// Figures are as wide as on paper, and narrower where a notebook is.
const FIT: &str = "<svg style=\"max-width:100%;height:auto\" ";
/// The class whose colours figures take.
const CLASS: &str = "copeak-shown";

/// The words (`Display`) and figures of a value in a notebook.
///
/// Every main result of the crate implements it. So can your types:
///
/// ```
/// use copeak::prelude::*;
/// use copeak::report::notebook::Show;
/// struct Answer(f64);
/// impl std::fmt::Display for Answer {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "{:.1} ms", 1e3 * self.0)
///     }
/// }
/// impl Show for Answer {}
/// Answer(0.0123).evcxr_display();
/// ```
pub trait Show: fmt::Display {
    /// Returns the figures as SVG; none where there is nothing to draw.
    fn figures(&self) -> Vec<String> {
        Vec::new()
    }

    /// Returns the words.
    fn words(&self) -> String {
        self.to_string()
    }

    /// Returns the figures of several values: those of each unless one figure can hold all.
    fn figures_of(all: &[Self]) -> Vec<String>
    where
        Self: Sized,
    {
        all.iter().flat_map(Self::figures).collect()
    }
}

/// The method that the kernel calls, for whatever implements [`Show`], and for slices and options of it.
pub trait EvcxrDisplay {
    /// Returns what [`evcxr_display`](Self::evcxr_display) prints: the words as `text/plain` and, with figures, both as
    /// `text/html`, between the marks that the kernel looks for.
    fn content(&self) -> String;

    /// Prints the content.
    fn evcxr_display(&self) {
        println!("{}", self.content());
    }
}

impl<T: Show> EvcxrDisplay for T {
    fn content(&self) -> String {
        marked(self.words().trim_end(), &self.figures())
    }
}

impl<T: Show> EvcxrDisplay for [T] {
    fn content(&self) -> String {
        let words: Vec<String> = self.iter().map(|one| one.words().trim_end().to_string()).collect();
        marked(&words.join("\n"), &T::figures_of(self))
    }
}

impl<T: Show> EvcxrDisplay for Option<T> {
    fn content(&self) -> String {
        self.as_ref().map_or_else(|| marked("none: too little was recorded", &[]), T::content)
    }
}

fn marked(words: &str, figures: &[String]) -> String {
    let block =
        |kind: &str, content: &str| format!("EVCXR_BEGIN_CONTENT {kind}\n{content}\nEVCXR_END_CONTENT");
    let plain = block("text/plain", words);
    if figures.is_empty() {
        return plain;
    }
    let mut html = format!("<style>{}</style><div class=\"{CLASS}\">", notebook_colours(CLASS));
    for svg in figures {
        let start = svg.find("<svg").unwrap_or(0);
        let _ = write!(html, "{}", themed(&svg[start..]).replacen("<svg ", FIT, 1));
    }
    let words = escaped(words);
    // A title that the figure has is not repeated below it.
    if !html.contains(&format!("aria-label=\"{words}\"")) {
        let style = "font-family:monospace;background:none;color:inherit;word-break:normal";
        let _ = write!(html, "<pre style=\"{style}\">{words}</pre>");
    }
    html.push_str("</div>");
    format!("{plain}\n{}", block("text/html", &html))
}

/// Drops the figures that cannot be drawn.
fn drawn(figures: impl IntoIterator<Item = Result<String, FigureError>>) -> Vec<String> {
    figures.into_iter().flatten().collect()
}

/// Implements [`Show`] for types that have words and no figure.
macro_rules! show_words {
    ($($ty:ty),* $(,)?) => {$(
        impl $crate::report::notebook::Show for $ty {}
    )*};
}
use show_words;

/// A figure of [`crate::report::figure`], to end a cell with.
///
/// ```
/// use copeak::prelude::*;
/// use copeak::{simulate::Sprinter, report::{figure, notebook::Svg}};
/// let trial = Sprinter::at_speed(9.5).steps(8).simulate()?.recording;
/// let contacts = trial.feet()?.contacts();
/// let force = trial.get("grf_vertical_l").unwrap();
/// Svg(figure::events("Left foot", &[force], &contacts)?).evcxr_display();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Svg(pub String);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.0.split_once("aria-label=\"").and_then(|(_, rest)| rest.split_once('"'));
        f.write_str(&unescaped(label.map_or("", |(label, _)| label)))
    }
}

impl Show for Svg {
    fn figures(&self) -> Vec<String> {
        [self.0.clone()].to_vec()
    }
}

impl fmt::Display for Plot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl Show for Plot {
    fn figures(&self) -> Vec<String> {
        drawn([self.svg()])
    }
}
