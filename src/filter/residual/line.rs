//! A straight line by least squares.

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) intercept: f64,
    pub(super) slope: f64,
    /// Share of the variance that it explains; 0 where there is none.
    pub(super) r2: f64,
    /// Mean height.
    pub(super) mean: f64,
}

impl Line {
    pub(super) fn through(points: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let n = points.clone().count() as f64;
        let sum = points.clone().fold((0.0, 0.0), |s, (x, y)| (s.0 + x, s.1 + y));
        let (mean_x, mean) = (sum.0 / n, sum.1 / n);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in points {
            let (dx, dy) = (x - mean_x, y - mean);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        let slope = xy / xx;
        let r2 = if yy > 0.0 { xy * xy / (xx * yy) } else { 0.0 };
        Self { intercept: mean - slope * mean_x, slope, r2, mean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found() {
        let line = Line::through((0..10).map(|i| (f64::from(i), 3.0 - 0.5 * f64::from(i))));
        assert!((line.intercept - 3.0).abs() < 1e-14 && (line.slope + 0.5).abs() < 1e-14);
        assert!((line.r2 - 1.0).abs() < 1e-14 && (line.mean - 0.75).abs() < 1e-14);
        assert_eq!(Line::through([(1.0, 2.0), (2.0, 2.0)].into_iter()).r2, 0.0);
    }
}
