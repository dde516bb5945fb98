//! Results show themselves in notebooks of the evcxr kernel: a cell that ends in one shows its words and its figure.
//!
//! In a terminal only the words are printed. Figures are dark in dark notebooks. [`Show`] does it for a type of your own.
//!
//! ```
//! use copeak::report::notebook::{Show, content};
//! use copeak::{Clock, Rate, Signal};
//! let ramp = Signal::new(Clock::from_zero(Rate::from_hz(4.0)?), vec![0.0, 1.0, 2.0]);
//! assert!(content(&ramp).starts_with("EVCXR_BEGIN_CONTENT text/plain\n3 samples at 4.00 Hz, 0.000 to 0.500 s"));
//! # Ok::<(), copeak::Error>(())
//! ```

mod bodies;
mod conditioning;
mod strides;
mod together;

use super::figure::{FigureError, Plot, escaped, notebook_colours, themed, unescaped};
use std::{
    fmt::{self, Write as _},
    format, println,
    string::{String, ToString},
    vec::Vec,
};

/// Figures are as wide as on paper, and narrower where there is no room.
const FIT: &str = "<svg style=\"max-width:100%;height:auto\" ";
/// What the colours hang on.
const CLASS: &str = "copeak-shown";

/// What a notebook shows of a value: its words (`Display`), and figures where there is something to draw.
///
/// Every main result of the crate has it, and beside it the method `evcxr_display` that the kernel calls, so that nothing
/// need be imported for it. A type of your own is shown by [`show`]:
///
/// ```
/// use copeak::report::notebook::{Show, show};
/// struct Answer(f64);
/// impl std::fmt::Display for Answer {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "{:.1} ms", 1e3 * self.0)
///     }
/// }
/// impl Show for Answer {}
/// impl Answer {
///     fn evcxr_display(&self) {
///         show(self);
///     }
/// }
/// Answer(0.0123).evcxr_display();
/// ```
pub trait Show: fmt::Display {
    /// Its figures as SVG; none where there is nothing to draw.
    fn figures(&self) -> Vec<String> {
        Vec::new()
    }
    /// Its words.
    fn words(&self) -> String {
        self.to_string()
    }
    /// The figures of several of its kind.
    fn figures_of(all: &[Self]) -> Vec<String>
    where
        Self: Sized,
    {
        all.iter().flat_map(Self::figures).collect()
    }
}

/// Shows what is in a list or an option, when this trait is imported (as by `copeak::prelude`).
pub trait ShowAll {
    /// What is printed, as [`content`] gives it of one.
    fn content_of_all(&self) -> String;

    /// What the kernel calls.
    fn evcxr_display(&self) {
        println!("{}", self.content_of_all());
    }
}

impl<T: Show> ShowAll for [T] {
    fn content_of_all(&self) -> String {
        let words: Vec<String> = self.iter().map(|one| one.words().trim_end().to_string()).collect();
        marked(&words.join("\n"), &T::figures_of(self))
    }
}

impl<T: Show> ShowAll for Option<T> {
    fn content_of_all(&self) -> String {
        self.as_ref().map_or_else(|| marked("none: too little was recorded to say it", &[]), content)
    }
}

/// Shows a value in a notebook.
pub fn show(value: &(impl Show + ?Sized)) {
    println!("{}", content(value));
}

/// What [`show`] prints: the words as `text/plain` and, with figures, both as `text/html`, between the marks that the
/// kernel looks for.
pub fn content(value: &(impl Show + ?Sized)) -> String {
    marked(value.words().trim_end(), &value.figures())
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
    // A title need not be said twice.
    if !html.contains(&format!("aria-label=\"{words}\"")) {
        let style = "font-family:monospace;background:none;color:inherit;word-break:normal";
        let _ = write!(html, "<pre style=\"{style}\">{words}</pre>");
    }
    html.push_str("</div>");
    format!("{plain}\n{}", block("text/html", &html))
}

/// The figures that can be drawn.
fn drawn(figures: impl IntoIterator<Item = Result<String, FigureError>>) -> Vec<String> {
    figures.into_iter().flatten().collect()
}

/// Types that show themselves.
macro_rules! shown {
    ($($(#[$cfg:meta])? $ty:ty),* $(,)?) => {$(
        $(#[$cfg])?
        impl $ty {
            /// Shows it in a notebook; see [`crate::report::notebook`].
            pub fn evcxr_display(&self) {
                crate::report::notebook::show(self);
            }
        }
    )*};
}
use shown;

/// Types that have words and no figure.
macro_rules! in_words {
    ($($ty:ty),* $(,)?) => {$(
        impl crate::report::notebook::Show for $ty {}
        crate::report::notebook::shown!($ty);
    )*};
}
use in_words;

/// A figure of [`crate::report::figure`], to end a cell with.
///
/// ```
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
shown!(Svg);

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
shown!(Plot);
