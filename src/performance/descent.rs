//! Least squares for a curve of three parameters, with their covariance.

use alloc::{vec, vec::Vec};

const ROUNDS: usize = 200;

/// Covariance of the coefficients by excluding each group of rows in turn, linear about the fit; `None` when some
/// group alone determines a coefficient.
pub(super) fn without_each(fit: &Fit, groups: &[usize], count: usize) -> Option<[[f64; 3]; 3]> {
    let k = fit.free;
    let mut parts = vec![([[0.0; 3]; 3], [0.0; 3]); count];
    for (&group, (residual, slopes)) in groups.iter().zip(&fit.rows) {
        let (normal, along) = &mut parts[group];
        for a in 0..k {
            along[a] += residual * slopes[a];
            (0..k).for_each(|b| normal[a][b] += slopes[a] * slopes[b]);
        }
    }
    let mut covariance = [[0.0; 3]; 3];
    let scale = (count - 1) as f64 / count as f64;
    for (normal, along) in &parts {
        let mut rest = fit.normal;
        (0..k).for_each(|a| (0..k).for_each(|b| rest[a][b] -= normal[a][b]));
        let inverse = inverse(&rest, k)?;
        let mut moved = [0.0; 3];
        (0..k).for_each(|a| moved[a] = (0..k).map(|b| inverse[a][b] * along[b]).sum());
        (0..k).for_each(|a| (0..k).for_each(|b| covariance[a][b] += scale * moved[a] * moved[b]));
    }
    Some(covariance)
}

/// Top speed, time constant, start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    pub(super) vmax: f64,
    pub(super) tau: f64,
    pub(super) start: f64,
}

impl Parameters {
    fn moved(self, step: &[f64; 3]) -> Self {
        // Neither may become negative in one step.
        let within = |value: f64, step: f64| (value + step).max(0.2 * value);
        Self { vmax: within(self.vmax, step[0]), tau: within(self.tau, step[1]), start: self.start + step[2] }
    }
}

/// Deviation of row i, and the derivatives of the prediction with respect to the parameters.
pub(super) type Rows<'a> = dyn Fn(&Parameters, usize) -> (f64, [f64; 3]) + 'a;

/// The end of a descent: the first `free` parameters fitted, deviations and slopes there, and their normal equations.
pub(super) struct Fit {
    pub(super) at: Parameters,
    pub(super) free: usize,
    pub(super) squares: f64,
    pub(super) normal: [[f64; 3]; 3],
    rows: Vec<(f64, [f64; 3])>,
    pub(super) converged: bool,
}

/// Minimizes by the method of Levenberg and Marquardt.
pub(super) fn descend(first: Parameters, free: usize, n: usize, rows: &Rows<'_>) -> Fit {
    let at = |p: Parameters| {
        let all: Vec<_> = (0..n).map(|i| rows(&p, i)).collect();
        let squares: f64 = all.iter().map(|(e, _)| e * e).sum();
        (all, squares)
    };
    let (mut p, mut damping, mut converged) = (first, 1e-3, false);
    let (mut all, mut squares) = at(p);
    let mut normal = [[0.0; 3]; 3];
    for round in 0..=ROUNDS {
        normal = [[0.0; 3]; 3];
        let mut along = [0.0; 3];
        for (e, slopes) in &all {
            for a in 0..free {
                along[a] += slopes[a] * e;
                (0..free).for_each(|b| normal[a][b] += slopes[a] * slopes[b]);
            }
        }
        if converged || round == ROUNDS {
            break;
        }
        let mut better = false;
        while !better && damping < 1e12 {
            let mut damped = normal;
            (0..free).for_each(|a| damped[a][a] *= 1.0 + damping);
            let Some(inverse) = inverse(&damped, free) else {
                damping *= 10.0;
                continue;
            };
            let mut step = [0.0; 3];
            (0..free).for_each(|a| step[a] = (0..free).map(|b| inverse[a][b] * along[b]).sum());
            let next = p.moved(&step);
            let (next_all, next_squares) = at(next);
            better = next_squares <= squares;
            if better {
                let size = |p: Parameters| [p.vmax, p.tau, 1.0];
                converged = (0..free).all(|a| step[a].abs() < 1e-11 * size(next)[a]);
                (p, all, squares, damping) = (next, next_all, next_squares, (damping * 0.1).max(1e-12));
            } else {
                damping *= 10.0;
            }
        }
        // No step improves it: only rounding is left.
        converged |= !better;
    }
    Fit { at: p, free, squares, normal, rows: all, converged }
}

/// Inverse of the leading `k` rows and columns, of a symmetric matrix with positive pivots; `None` when it has none.
pub(super) fn inverse(matrix: &[[f64; 3]; 3], k: usize) -> Option<[[f64; 3]; 3]> {
    let mut left = *matrix;
    let mut right = [[0.0; 3]; 3];
    (0..k).for_each(|i| right[i][i] = 1.0);
    for i in 0..k {
        let pivot = left[i][i];
        if pivot.is_nan() || pivot <= 1e-13 * matrix[i][i] {
            return None;
        }
        for c in 0..k {
            left[i][c] /= pivot;
            right[i][c] /= pivot;
        }
        for r in (0..k).filter(|&r| r != i) {
            let factor = left[r][i];
            for c in 0..k {
                left[r][c] -= factor * left[i][c];
                right[r][c] -= factor * right[i][c];
            }
        }
    }
    Some(right)
}
