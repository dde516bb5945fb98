//! Text in HTML and SVG.

use std::string::String;

/// Text with the signs that markup uses written as entities.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The text that [`escaped`] was given.
#[cfg(feature = "notebook")]
pub(super) fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}
