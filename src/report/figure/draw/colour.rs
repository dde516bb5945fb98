//! Colours: on paper, on a dark page, and how a figure changes from one to the other.

use std::{format, string::String};

/// Colour by purpose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Hue {
    /// Text and axes.
    Ink,
    /// Grid lines.
    Faint,
    /// One of the series' colours.
    Series(usize),
}

/// A colour on paper, on a dark page, and the name of its CSS variable.
struct Colour {
    light: &'static str,
    dark: &'static str,
    name: &'static str,
}

const fn colour(light: &'static str, dark: &'static str, name: &'static str) -> Colour {
    Colour { light, dark, name }
}

const PAPER: Colour = colour("#FFFFFF", "#16181B", "--paper");
const INK: Colour = colour("#222222", "#E4E4E4", "--ink");
const FAINT: Colour = colour("#D9D9D9", "#4A4A4A", "--faint");
/// Blue, vermillion, green and purple are Okabe and Ito's; their lighter colours are too pale for a line on white, and a
/// dark brown and a dark indigo replace them.
const SERIES: [Colour; 6] = [
    colour("#0072B2", "#5598D1", "--c0"),
    colour("#D55E00", "#D36519", "--c1"),
    colour("#009E73", "#0CD680", "--c2"),
    colour("#CC79A7", "#F5B8DC", "--c3"),
    colour("#6B4A00", "#F7F04E", "--c4"),
    colour("#2A1A7A", "#9860FF", "--c5"),
];
/// Number of series colours.
pub const COLOURS: usize = SERIES.len();

impl Hue {
    /// Returns the printed colour.
    pub fn printed(self) -> &'static str {
        match self {
            Hue::Ink => INK.light,
            Hue::Faint => FAINT.light,
            Hue::Series(i) => SERIES[i % COLOURS].light,
        }
    }
}

fn all() -> impl Iterator<Item = &'static Colour> {
    [&PAPER, &INK, &FAINT].into_iter().chain(&SERIES)
}

/// Lets a page's style sheet colour a figure: each colour becomes a CSS variable (`--ink`, `--faint`, and `--c0` to `--c5` for
/// the series) that falls back to the printed colour.
///
/// For figures inside a page that has its own colours; [`page_colours`] returns values for these variables. For a figure in
/// its own file use [`standalone`].
///
/// ```
/// use copeak::report::figure::themed;
/// assert_eq!(themed(r##"<circle fill="#0072B2"/>"##), r##"<circle fill="var(--c0,#0072B2)"/>"##);
/// ```
pub fn themed(svg: &str) -> String {
    let mut out = String::from(svg);
    for colour in all() {
        let printed = colour.light;
        out = out.replace(&format!("\"{printed}\""), &format!("\"var({},{printed})\"", colour.name));
    }
    out
}

/// Returns the style rules that give the variables of [`themed`] their values, light and dark, and `--paper` for the page
/// behind.
///
/// ```
/// assert!(copeak::report::figure::page_colours().contains("prefers-color-scheme:dark"));
/// ```
pub fn page_colours() -> String {
    let (light, dark) = (variables(|c| c.light), variables(|c| c.dark));
    format!(":root{{color-scheme:light dark;{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}")
}

fn variables(of: fn(&Colour) -> &'static str) -> String {
    all().map(|colour| format!("{}:{};", colour.name, of(colour))).collect()
}

/// Returns the same rules for a notebook's output of this class: dark where JupyterLab, VS Code or Colab mark the notebook as
/// dark, whatever the reader's system prefers.
#[cfg(feature = "notebook")]
pub fn notebook_colours(class: &str) -> String {
    let dark = ["[data-jp-theme-light=false]", ".vscode-dark", ".vscode-high-contrast", "[theme=dark]"];
    let dark = dark.map(|notebook| format!("{notebook} .{class}")).join(",");
    let (light_colours, dark_colours) = (variables(|c| c.light), variables(|c| c.dark));
    format!(".{class}{{{light_colours}background:var(--paper);color:var(--ink)}}{dark}{{{dark_colours}}}")
}

/// Makes a figure for its own file: with a background, and in dark colours where the reader prefers those.
///
/// The drawing has the printed colours, and a style rule changes them, so a program without style rules (for print, or a word
/// processor) shows the light figure. Because the background is part of it, the figure is readable on any page.
///
/// ```
/// let svg = copeak::report::figure::standalone(r##"<svg viewBox="0 0 8 8"><circle r="2" fill="#222222"/></svg>"##);
/// assert!(svg.contains("prefers-color-scheme:dark") && svg.contains(r##"fill="#FFFFFF""##));
/// ```
pub fn standalone(svg: &str) -> String {
    let Some((open, rest)) = svg.find("<svg").and_then(|start| {
        let end = start + svg[start..].find('>')? + 1;
        Some((&svg[start..end], &svg[end..]))
    }) else {
        return String::from(svg);
    };
    let mut rules = String::new();
    for colour in all() {
        let (light, dark) = (colour.light, colour.dark);
        for what in ["fill", "stroke"] {
            rules.push_str(&format!(".copeak [{what}=\"{light}\"]{{{what}:{dark}}}"));
        }
    }
    let open = open.replacen("<svg", "<svg class=\"copeak\"", 1);
    let paper = PAPER.light;
    format!(
        "{open}\n<style>@media(prefers-color-scheme:dark){{{rules}}}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"{paper}\"/>{rest}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(colour: &str) -> [f64; 3] {
        [1, 3, 5].map(|i| {
            let c = f64::from(u8::from_str_radix(&colour[i..i + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// WCAG 2: relative luminances with 0.05 of flare.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |c| {
            let [r, g, b] = linear(c);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Colours seen by normal, protan, deutan and tritan eyes at full severity, in linear RGB (Machado, Oliveira & Fernandes
    /// 2009, doi:10.1109/TVCG.2009.113).
    const EYES: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
    ];

    /// Oklab, times 100.
    fn seen(colour: &str, eye: &[[f64; 3]; 3]) -> [f64; 3] {
        let times = |m: &[[f64; 3]; 3], v: [f64; 3]| m.map(|row| (0..3).map(|j| row[j] * v[j]).sum::<f64>());
        let rgb = times(eye, linear(colour)).map(|c| c.clamp(0.0, 1.0));
        let lms = times(
            &[
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ],
            rgb,
        );
        let lab = times(
            &[
                [0.2104542553, 0.793617785, -0.0040720468],
                [1.9779984951, -2.428592205, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.808675766],
            ],
            lms.map(f64::cbrt),
        );
        lab.map(|c| 100.0 * c)
    }

    fn closest(of: fn(&Colour) -> &'static str) -> f64 {
        let mut least = f64::INFINITY;
        for (i, a) in SERIES.iter().enumerate() {
            for b in &SERIES[..i] {
                for eye in &EYES {
                    let (a, b) = (seen(of(a), eye), seen(of(b), eye));
                    let square: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
                    least = least.min(square.sqrt());
                }
            }
        }
        least
    }

    #[test]
    fn lines_and_text_stand_out_on_both_papers() {
        for colour in &SERIES {
            let (light, dark) = (contrast(colour.light, PAPER.light), contrast(colour.dark, PAPER.dark));
            assert!(light >= 3.0 && dark >= 3.0, "{}: {light:.2} {dark:.2}", colour.name);
        }
        assert!(contrast(INK.light, PAPER.light) >= 4.5 && contrast(INK.dark, PAPER.dark) >= 4.5);
        // Known values: black on white, and a grey of 4.54.
        assert!((contrast("#000000", PAPER.light) - 21.0).abs() < 1e-9);
        assert!((contrast("#767676", PAPER.light) - 4.54).abs() < 0.01);
    }

    #[test]
    fn colours_are_distinct_with_any_colour_vision() {
        // Okabe and Ito's own six: 7.6.
        let (light, dark) = (closest(|c| c.light), closest(|c| c.dark));
        assert!(light >= 7.6 && dark >= 9.5, "{light:.2} {dark:.2}");
    }

    #[test]
    fn a_text_that_is_no_figure_stays() {
        assert_eq!(standalone("nothing"), "nothing");
        assert_eq!(themed("nothing"), "nothing");
    }
}
