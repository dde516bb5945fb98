//! Style of a contributor: the same colour, dashes and marker in every figure.

use super::colour::{COLOURS, Hue};
use std::{borrow::ToOwned, string::String, vec::Vec};

/// Colour, dashes and marker. Each alone distinguishes the first six; dashes and markers do so in grey print, too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    pub hue: Hue,
    /// Lengths in pixels of strokes and gaps in turn; none for an unbroken line.
    pub dashes: &'static [f64],
    pub marker: Marker,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Marker {
    Circle,
    Triangle,
    Square,
    Diamond,
    Tip,
    Cross,
}

const MARKERS: [Marker; COLOURS] =
    [Marker::Circle, Marker::Triangle, Marker::Square, Marker::Diamond, Marker::Tip, Marker::Cross];
const DASHES: [&[f64]; COLOURS] =
    [&[], &[9.0, 4.0], &[2.5, 3.0], &[10.0, 3.0, 2.5, 3.0], &[16.0, 4.0], &[8.0, 3.0, 2.5, 3.0, 2.5, 3.0]];

/// Contributors of the crate's own models and the number of their style, the same for what moves together in both models.
const OWN: [(&str, usize); 11] = [
    ("support_leg", 0),
    ("support_hip", 0),
    ("swing_leg", 1),
    ("swing_hip", 1),
    ("arms", 2),
    ("support_arm", 2),
    ("opposite_arm", 3),
    ("trunk", 4),
    ("trunk_head", 4),
    ("right_leg", 0),
    ("left_leg", 1),
];

impl Style {
    /// Returns the n-th style: after all colours are used once, they come with other dashes and markers.
    pub fn nth(n: usize) -> Self {
        let other = (n + n / COLOURS) % COLOURS;
        Self { hue: Hue::Series(n % COLOURS), dashes: DASHES[other], marker: MARKERS[other] }
    }

    /// Returns the style of something that is not one of several.
    pub fn ink() -> Self {
        Self { hue: Hue::Ink, dashes: &[], marker: Marker::Circle }
    }
}

/// Returns the styles of these names: contributors of the crate's models have their own, others take those that are left, in
/// the order given.
pub fn styles<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Style> {
    let names: Vec<&str> = names.into_iter().collect();
    let own = |name: &str| OWN.iter().find(|(known, _)| *known == name).map(|(_, n)| *n);
    let mut taken: Vec<usize> = names.iter().filter_map(|name| own(name)).collect();
    let mut free = || {
        let next = (0..).find(|n| !taken.contains(n)).unwrap_or(0);
        taken.push(next);
        next
    };
    names.iter().map(|name| Style::nth(own(name).unwrap_or_else(&mut free))).collect()
}

/// Returns a name as a reader sees it.
pub fn display_name(name: &str) -> String {
    match name {
        "trunk_head" => "trunk and head".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contributor_has_the_same_style_in_any_company() {
        let all = styles(["support_hip", "swing_hip", "support_arm", "opposite_arm", "trunk"]);
        assert_eq!(styles(["trunk", "swing_hip"]), [all[4], all[1]]);
        assert_eq!(styles(["swing_leg", "calf", "trunk_head"])[1], Style::nth(0));
    }

    #[test]
    fn twenty_styles_differ() {
        let all: Vec<Style> = (0..20).map(Style::nth).collect();
        assert!(all.iter().enumerate().all(|(i, style)| !all[..i].contains(style)));
        let six = &all[..COLOURS];
        for (i, a) in six.iter().enumerate() {
            assert!(six[..i].iter().all(|b| a.dashes != b.dashes && a.marker != b.marker && a.hue != b.hue));
        }
    }
}
