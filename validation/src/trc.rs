//! Marker paths of a TRC file as frames.

use copeak::{Frame, recording::opensim::trc};
use std::path::Path;

/// Marker paths in metres; missing cells are NaN.
pub struct Trc {
    pub rate_hz: f64,
    pub names: Vec<String>,
    pub markers: Vec<Vec<Frame<f64, 3>>>,
}

impl Trc {
    pub fn read(path: &Path) -> Self {
        let file = trc::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let paths: Vec<_> = file.markers.iter().map(|name| file.recording.marker(name).unwrap()).collect();
        let rate_hz = paths[0].clock().rate().as_hz();
        Self { rate_hz, names: file.markers, markers: paths.into_iter().map(|p| p.into_samples()).collect() }
    }

    pub fn marker(&self, name: &str) -> &[Frame<f64, 3>] {
        &self.markers[self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no marker {name}"))]
    }

    pub fn frames(&self) -> usize {
        self.markers[0].len()
    }
}
