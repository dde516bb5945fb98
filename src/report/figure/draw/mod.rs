//! Drawing tools, from the SVG text up: elements, colours and styles, text that fits, axes and rows.

// The module is private: `pub` in it reaches the figures and no further.
#![allow(unreachable_pub)]

mod axes;
mod canvas;
mod colour;
mod rows;
mod style;
mod svg;
mod text;

pub use axes::{Axes, Panel, span};
pub use canvas::{Align, Canvas, FULL_WIDTH, LEADING, MARGIN, SWATCH, Swatch, TEXT, WIDTH, figure, rounded};
#[cfg(feature = "notebook")]
pub use colour::notebook_colours;
pub use colour::{Hue, page_colours, standalone, themed};
pub use rows::{Row, Rows, about_zero, name_width};
pub use style::{Style, display_name, styles};
pub use text::{cut, width};
