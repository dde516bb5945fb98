//! Signals with the contacts that were found in them.

use super::draw::{
    Align, Axes, Canvas, FULL_WIDTH, LEADING, Panel, Style, Swatch, TEXT, display_name, figure, span, width,
};
use super::error::FigureError;
use crate::event::{Contact, Side};
use crate::recording::Channel;
use std::{format, string::String, vec::Vec};

/// Most contacts that are drawn: more would be narrower than the lines that mark them.
const MOST_CONTACTS: usize = 120;

/// Draws channels below each other on one clock (force, a sensor, a marker), the contacts of both feet shaded with `L` or `R` above,
/// initial contacts as unbroken and terminal contacts as dashed lines. Missing samples leave a gap. More than 120 contacts are not
/// drawn, and the figure states so.
///
/// ```
/// use copeak::{simulate::Sprinter, report::figure};
/// let trial = Sprinter::at_speed(7.0).steps(6).simulate().unwrap();
/// let contacts: Vec<_> = trial.truth.steps.iter().map(|step| step.step.contact).collect();
/// let force = trial.recording.get("grf_vertical_l").unwrap();
/// assert!(figure::events("Simulated sprint", &[force], &contacts).unwrap().contains("grf vertical l (N)"));
/// ```
///
/// # Errors
/// [`FigureError`] when no channel has a sample.
pub fn events(title: &str, channels: &[&Channel], contacts: &[Contact]) -> Result<String, FigureError> {
    let there = |channel: &&&Channel| channel.signal.samples().iter().any(|v| v.is_finite());
    let shown: Vec<&&Channel> = channels.iter().filter(there).collect();
    if shown.is_empty() {
        return Err(FigureError::nothing("sample"));
    }
    let first = shown.iter().map(|c| c.signal.start_s()).fold(f64::INFINITY, f64::min);
    let last = shown.iter().map(|c| c.signal.end_s()).fold(f64::NEG_INFINITY, f64::max);
    let x = if last > first { (first, last) } else { span([first], (0.0, 1.0)) };
    let within = contacts.iter().filter(|c| c.terminal.time_s > x.0 && c.initial.time_s < x.1).count();
    let crowded = within > MOST_CONTACTS;
    // The feet may come one after the other; letters are set from left to right.
    let mut contacts = if crowded { Vec::new() } else { contacts.to_vec() };
    contacts.sort_by(|a, b| a.initial.time_s.total_cmp(&b.initial.time_s));
    Ok(figure(title, |canvas| {
        if !contacts.is_empty() {
            canvas.keys(&keys());
        }
        let high = if shown.len() == 1 { 220.0 } else { 140.0 };
        let left = 58.0;
        for (row, channel) in shown.iter().enumerate() {
            let is_last = row + 1 == shown.len();
            let unit = if channel.unit.is_empty() { String::new() } else { format!(" ({})", channel.unit) };
            let (low, top) = span(channel.signal.samples().iter().copied(), (0.0, 1.0));
            // Above the first curve, space for the feet's letters.
            let space = if row == 0 && !contacts.is_empty() { LEADING / (high - LEADING) } else { 0.0 };
            let panel = canvas.axes(&Axes {
                x,
                y: (low, top + space * (top - low)),
                x_title: if is_last { "time (s)" } else { "" },
                y_title: &format!("{}{unit}", display_name(&channel.name)),
                height: high,
                left: Some(left),
                numbers: is_last,
                ..Axes::default()
            });
            marked(canvas, &panel, &contacts, row == 0);
            let clock = channel.signal.clock();
            let samples = channel.signal.samples().iter().enumerate();
            canvas.curve(&panel, samples.map(|(i, v)| (clock.time_s(i as f64), *v)), Style::ink(), 1.5);
            canvas.y += 6.0;
        }
        if crowded {
            let said = format!("{within} contacts are too many to show: cut the signals to fewer.");
            canvas.paragraph(&said, FULL_WIDTH);
        } else if within == 0 {
            canvas.paragraph("No contact within.", FULL_WIDTH);
        }
    }))
}

fn style(side: Side) -> Style {
    Style { dashes: &[], ..Style::nth(if side == Side::Left { 1 } else { 0 }) }
}

const DASHED: &[f64] = &[5.0, 4.0];

fn keys() -> [(Swatch, String); 4] {
    [
        (Swatch::Area(style(Side::Left).hue, 0.2), "left foot on the ground (L)".into()),
        (Swatch::Area(style(Side::Right).hue, 0.2), "right foot (R)".into()),
        (Swatch::Line(Style::ink(), 1.2), "initial contact".into()),
        (Swatch::Line(Style { dashes: DASHED, ..Style::ink() }, 1.2), "terminal contact".into()),
    ]
}

/// Contacts behind a panel's curves.
fn marked(canvas: &mut Canvas, panel: &Panel, contacts: &[Contact], letters: bool) {
    let mut free = panel.left;
    for contact in contacts {
        let (from, to, style) = (contact.initial.time_s, contact.terminal.time_s, style(contact.side()));
        if !(to > panel.x.0 && from < panel.x.1) {
            continue;
        }
        canvas.shade(panel, (from, to), style.hue, 0.16);
        canvas.vertical_line(panel, from, style, 1.2);
        canvas.vertical_line(panel, to, Style { dashes: DASHED, ..style }, 1.2);
        // A letter where it fits between its neighbours.
        let letter = contact.side().letter().to_uppercase();
        let half = width(&letter, TEXT) / 2.0 + 2.0;
        let middle = panel.x((from.max(panel.x.0) + to.min(panel.x.1)) / 2.0);
        if letters && middle - half >= free && middle + half <= panel.right {
            canvas.text(&letter, (middle, panel.top + LEADING / 2.0), Align::Middle);
            free = middle + half;
        }
    }
}
