//! Marker paths of a TRC file, as far as the tests need them.
#![allow(dead_code)] // each test crate uses its part

use copeak::Frame;
use std::path::Path;

/// Marker paths in metres; missing cells are NaN.
pub struct Trc {
    pub rate_hz: f64,
    pub names: Vec<String>,
    pub markers: Vec<Vec<Frame<f64, 3>>>,
}

impl Trc {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let lines: Vec<&str> = text.lines().collect();
        let heads: Vec<&str> = lines[1].split('\t').map(str::trim).collect();
        let values: Vec<&str> = lines[2].split('\t').map(str::trim).collect();
        let of = |key: &str| values[heads.iter().position(|h| *h == key).expect(key)];
        let scale = match of("Units") {
            "m" => 1.0,
            "mm" => 1e-3,
            other => panic!("unit {other}"),
        };
        let names: Vec<String> = lines[3]
            .split('\t')
            .skip(2)
            .map(str::trim)
            .filter(|n| !n.is_empty())
            .map(str::to_owned)
            .collect();
        let mut markers = vec![Vec::new(); names.len()];
        for line in lines[5..].iter().filter(|line| !line.trim().is_empty()) {
            let cells: Vec<f64> = line
                .split('\t')
                .skip(2)
                .map(|c| c.trim().parse().map_or(f64::NAN, |v: f64| v * scale))
                .collect();
            for (m, marker) in markers.iter_mut().enumerate() {
                let cell = |i: usize| cells.get(3 * m + i).copied().unwrap_or(f64::NAN);
                marker.push(Frame([cell(0), cell(1), cell(2)]));
            }
        }
        let rate_hz = of("DataRate").parse().expect("a rate");
        Self { rate_hz, names, markers }
    }

    pub fn marker(&self, name: &str) -> &[Frame<f64, 3>] {
        &self.markers[self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no marker {name}"))]
    }

    pub fn frames(&self) -> usize {
        self.markers[0].len()
    }
}
