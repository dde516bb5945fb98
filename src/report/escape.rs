//! Escaping of text in HTML and SVG.

use std::string::String;

/// Writes the characters that markup uses as entities.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Reverses [`escaped`].
#[cfg(feature = "notebook")]
pub(super) fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}
