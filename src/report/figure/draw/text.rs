//! Width of text.

use std::{string::String, vec::Vec};

/// Advance widths of the printable ASCII characters in hundredths of the font size, of DejaVu Sans: the widest of the usual
/// sans-serif fonts, so that text which fits in it fits in any of them.
const WIDTHS: [u8; 95] = [
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    34, 34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64,
    62, 74, 69, 99, 69, 62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98,
    64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
];

fn advance(c: char) -> f64 {
    match c {
        ' '..='~' => f64::from(WIDTHS[c as usize - 32]) / 100.0,
        // Latin, Greek, Cyrillic and signs; then scripts whose characters fill a square.
        '\0'..='\u{2FFF}' => 0.9,
        _ => 1.1,
    }
}

/// Returns the width in pixels of text of this size.
pub fn width(text: &str, size: f64) -> f64 {
    size * text.chars().map(advance).sum::<f64>()
}

/// Cuts text in the middle until it is no wider than this, because the ends of file names distinguish them.
pub fn cut(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return String::from(text);
    }
    let characters: Vec<char> = text.chars().collect();
    let of = |keep: usize| -> String {
        let (head, tail) = (keep.div_ceil(2), keep / 2);
        characters[..head].iter().chain(&['…']).chain(&characters[characters.len() - tail..]).collect()
    };
    (0..characters.len()).rev().map(of).find(|text| width(text, size) <= most).unwrap_or_default()
}

/// Breaks text between words into lines no wider than this.
pub fn wrapped(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = cut(word, size, most);
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(&word, size) <= most => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_and_wrapped_to_a_width() {
        assert_eq!(cut("short", 12.0, 100.0), "short");
        let long = "a_very_long_name_of_a_file_at_3.5_mps.csv";
        let cut = cut(long, 12.0, 120.0);
        assert!(width(&cut, 12.0) <= 120.0 && cut.starts_with("a_v") && cut.ends_with("csv"), "{cut}");
        let lines = wrapped("one two three four five six seven", 12.0, 70.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| width(line, 12.0) <= 70.0), "{lines:?}");
        assert_eq!(super::cut("ü", 12.0, 1.0), "");
        assert!(wrapped("", 12.0, 70.0).is_empty());
    }
}
