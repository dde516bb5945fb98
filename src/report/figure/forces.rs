//! Segment forces in newtons, and the plates'.

use super::draw::{Axes, Canvas, Hue, Panel, Style, Swatch, display_name, figure, span, styles};
use super::error::FigureError;
use crate::Signal;
use crate::event::{Contact, Side};
use crate::model::{Forces, GroupForce};
use std::{format, string::String, vec::Vec};

/// Shown before the first contact and after the last.
const AROUND_S: f64 = 0.1;

/// Draws the model's ground force against the plates' (above), and what support leg, swing leg, arms, and trunk with head add to it
/// (below), in newtons; contacts shaded. A leg is the support leg from the middle of the flight before its contact to the
/// middle of the one after; without contacts, left and right leg.
///
/// `plates` is best low-passed as the model is. `direction` names the axis of the forces: `vertical` or `forward`.
///
/// ```no_run
/// use copeak::{model::NewtonModel, recording::opensim::trc, report::figure};
/// let trial = trc::read("sprint.trc")?.recording;
/// let newton = NewtonModel::new(15.0).mass_kg(75.6).apply(&trial)?;
/// let svg = figure::forces("Segment forces", "vertical", &newton.vertical, None, &[])?;
/// # let _ = svg;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`FigureError`] when the model has no force at any time that is shown.
pub fn forces(
    title: &str,
    direction: &str,
    forces: &Forces,
    plates: Option<&Signal>,
    contacts: &[Contact],
) -> Result<String, FigureError> {
    let total = &forces.total.force;
    let ends = |of: fn(&Contact) -> f64| contacts.iter().map(of).filter(|t| t.is_finite());
    let first = ends(|c| c.initial.time_s).fold(f64::INFINITY, f64::min) - AROUND_S;
    let last = ends(|c| c.terminal.time_s).fold(f64::NEG_INFINITY, f64::max) + AROUND_S;
    let known = points(total).filter(|(_, v)| v.is_finite()).map(|(t, _)| t);
    let within: Vec<f64> = known.filter(|t| contacts.is_empty() || (first..=last).contains(t)).collect();
    let (Some(from), Some(to)) = (within.first(), within.last()) else {
        return Err(FigureError::nothing("segment force"));
    };
    if to <= from {
        return Err(FigureError::nothing("segment force"));
    }
    let x = (*from, *to);
    let of = |signal: &Signal| -> Vec<f64> {
        points(signal).filter(|(t, _)| *t >= x.0 && *t <= x.1).map(|(_, v)| v).collect()
    };

    let groups = groups(forces, contacts);
    let styles = styles(groups.iter().map(|(name, _)| *name));
    let heights = [Some(total), plates].into_iter().flatten().flat_map(of);
    let above = span(heights.chain([0.0]), (0.0, 1.0));
    let parts = groups.iter().flat_map(|(_, parts)| parts);
    let parts = parts.filter(|(t, _)| *t >= x.0 && *t <= x.1).map(|(_, v)| *v);
    let below = span(parts.chain([0.0]), (0.0, 1.0));
    // One newton is as high in both.
    let pixels = 400.0 / ((above.1 - above.0) + (below.1 - below.0));
    let sum = Style { dashes: &[6.0, 3.0], ..Style::nth(5) };
    Ok(figure(title, |canvas| {
        let mut keys = [(Swatch::Line(sum, 2.0), "sum of segments".into())].to_vec();
        if plates.is_some() {
            keys.push((Swatch::Line(Style::ink(), 2.0), "plates".into()));
        }
        canvas.keys(&keys);
        let plot = |y: (f64, f64), last: bool| Axes {
            x,
            y,
            x_title: if last { "time (s); shaded: a foot on the ground" } else { "" },
            height: (pixels * (y.1 - y.0)).max(70.0),
            left: Some(62.0),
            numbers: last,
            ..Axes::default()
        };
        let title = format!("{direction} force on the ground (N)");
        let panel = canvas.axes(&Axes { y_title: &title, ..plot(above, false) });
        grounded(canvas, &panel, contacts);
        if let Some(plates) = plates {
            canvas.curve(&panel, points(plates), Style::ink(), 2.0);
        }
        canvas.curve(&panel, points(total), sum, 2.0);

        canvas.y += 8.0;
        let named = groups.iter().zip(&styles);
        let keys = named.map(|((name, _), style)| (Swatch::Line(*style, 2.0), display_name(name)));
        canvas.keys(&keys.collect::<Vec<_>>());
        let title = format!("{direction} force by part of the body (N)");
        let panel = canvas.axes(&Axes { y_title: &title, ..plot(below, true) });
        grounded(canvas, &panel, contacts);
        for ((_, parts), style) in groups.iter().zip(&styles) {
            canvas.curve(&panel, parts.iter().copied(), *style, 2.0);
        }
    }))
}

fn points(signal: &Signal) -> impl Iterator<Item = (f64, f64)> + '_ {
    signal.samples().iter().enumerate().map(|(i, v)| (signal.clock().time_s(i as f64), *v))
}

/// Each part's force over time.
fn groups(forces: &Forces, contacts: &[Contact]) -> Vec<(&'static str, Vec<(f64, f64)>)> {
    let of = |group: &GroupForce| points(&group.force).collect::<Vec<_>>();
    let (left, right) = (of(&forces.left_leg), of(&forces.right_leg));
    let mut groups = if contacts.is_empty() {
        [("left_leg", left), ("right_leg", right)].to_vec()
    } else {
        let side: Vec<Side> = left.iter().map(|(t, _)| support(contacts, *t)).collect();
        let leg = |supports: bool| -> Vec<(f64, f64)> {
            let legs = left.iter().zip(&right).enumerate();
            // Where support goes from one side to the other, the legs change their names: a gap, not a line.
            let force = legs.map(|(i, (l, r))| match side.get(i + 1) {
                Some(next) if *next != side[i] => (l.0, f64::NAN),
                _ => (l.0, if (side[i] == Side::Left) == supports { l.1 } else { r.1 }),
            });
            force.collect()
        };
        [("support_leg", leg(true)), ("swing_leg", leg(false))].to_vec()
    };
    groups.extend(forces.arms.as_ref().map(|arms| ("arms", of(arms))));
    groups.push(("trunk_head", of(&forces.trunk_head)));
    groups
}

/// Whose step it is, from mid-flight to mid-flight; of contacts in time order, at least one.
fn support(contacts: &[Contact], t: f64) -> Side {
    let next = contacts.partition_point(|contact| contact.initial.time_s <= t);
    let before = &contacts[next.saturating_sub(1)];
    match contacts.get(next) {
        Some(after) if t >= (before.terminal.time_s + after.initial.time_s) / 2.0 => after.side(),
        _ => before.side(),
    }
}

/// The background of a step: where a foot is on the ground.
fn grounded(canvas: &mut Canvas, panel: &Panel, contacts: &[Contact]) {
    for contact in contacts {
        canvas.shade(panel, (contact.initial.time_s, contact.terminal.time_s), Hue::Ink, 0.07);
    }
}
