//! Drawing area, colours and scale of the figures that `plotters` draws.

use crate::Error;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::{IntoDrawingArea, RGBColor, SVGBackend};

/// The backend rounds to whole units; this many of them to a pixel keep curves smooth.
pub const SCALE: u32 = 8;
/// Text and axes.
pub const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Grid lines.
pub const FAINT: RGBColor = RGBColor(0xD9, 0xD9, 0xD9);
/// The first curve.
pub const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
/// The second curve.
pub const ORANGE: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
/// The third curve.
pub const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);

/// A drawing area, [`SCALE`] units to a pixel.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws a figure of `size` pixels, and returns it as SVG.
///
/// # Errors
/// Those of drawing.
pub fn svg(size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Result<(), Error>) -> Result<String, Error> {
    let mut text = String::new();
    let (wide, high) = (size.0 * SCALE, size.1 * SCALE);
    {
        let area = SVGBackend::with_string(&mut text, (wide, high)).into_drawing_area();
        draw(&area)?;
        area.present()?;
    }
    let attributes = |w: u32, h: u32| format!("width=\"{w}\" height=\"{h}\" ");
    Ok(text.replacen(&attributes(wide, high), &attributes(size.0, size.1), 1))
}
