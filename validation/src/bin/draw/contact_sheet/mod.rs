//! Every figure of the crate on one page: from the recordings in COPEAK_DATA, or from simulated ones without it.
//!
//! `cargo run --release --example contact_sheet -- FOLDER` writes FOLDER/NAME.svg for each and FOLDER/index.html with all.
//! `docs/drives.svg` is the `drives.svg` of simulated ones. `scripts/draw-contact-sheet` makes pictures of the page, light and dark, and looks for text that overlaps.

mod data;
mod draw;

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

pub fn main(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let recordings = std::env::var_os("COPEAK_DATA").map(PathBuf::from);
    let figures = draw::all(&data::Trials::from(recordings.as_deref())?)?;
    let mut page = String::from(HEAD);
    for (name, svg) in &figures {
        let svg = copeak::report::figure::standalone(svg);
        fs::write(folder.join(format!("{name}.svg")), &svg)?;
        page += &format!("<figure id=\"{name}\"><figcaption>{name}</figcaption>{svg}</figure>\n");
    }
    fs::write(folder.join("index.html"), page + "</body></html>\n")?;
    println!("{} figures in {}", figures.len(), folder.display());
    Ok(())
}

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>copeak: contact sheet</title><style>
:root{color-scheme:light dark;--page:#f2f2f0;--ink:#222}
@media (prefers-color-scheme:dark){:root{--page:#0b0c0e;--ink:#e4e4e4}}
body{margin:0;padding:16px;background:var(--page);color:var(--ink);font:14px/1.4 sans-serif;columns:760px 2;column-gap:16px;width:1552px}
figure{margin:0 0 16px;break-inside:avoid}figcaption{padding:2px 0}svg{display:block}
</style></head><body>
"#;
