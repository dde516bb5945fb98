//! Vectors and rotations in three dimensions, the least-squares rotation between two sets of points, and markers as a rigid body.

use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

pub(crate) type Vector = [f64; 3];
pub(crate) type Matrix<const N: usize> = [[f64; N]; N];

/// Sweeps of Jacobi's method; four by four converges in about six.
const SWEEPS: usize = 30;

/// Returns the eigenvalues of a symmetric matrix, largest first, and their eigenvectors as rows. Jacobi's method.
pub(crate) fn eigen<const N: usize>(mut a: Matrix<N>) -> ([f64; N], Matrix<N>) {
    let mut vectors: Matrix<N> =
        core::array::from_fn(|i| core::array::from_fn(|j| f64::from(u8::from(i == j))));
    let size: f64 = a.iter().flatten().map(|v| v * v).sum();
    for _ in 0..SWEEPS {
        let off: f64 =
            (0..N).flat_map(|i| (i + 1..N).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        if off <= 1e-32 * size {
            break;
        }
        for p in 0..N {
            for q in p + 1..N {
                turn(&mut a, &mut vectors, p, q);
            }
        }
    }
    let mut order: [usize; N] = core::array::from_fn(|i| i);
    order.sort_unstable_by(|i, j| a[*j][*j].total_cmp(&a[*i][*i]));
    (order.map(|i| a[i][i]), order.map(|i| vectors[i]))
}

/// Rotates the entry (p, q) to zero.
fn turn<const N: usize>(a: &mut Matrix<N>, vectors: &mut Matrix<N>, p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let ratio = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let tan = ratio.signum() / (ratio.abs() + (ratio * ratio + 1.0).sqrt());
    let cos = 1.0 / (tan * tan + 1.0).sqrt();
    let sin = tan * cos;
    for row in a.iter_mut() {
        (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
    }
    for k in 0..N {
        (a[p][k], a[q][k]) = (cos * a[p][k] - sin * a[q][k], sin * a[p][k] + cos * a[q][k]);
        let (u, v) = (vectors[p][k], vectors[q][k]);
        (vectors[p][k], vectors[q][k]) = (cos * u - sin * v, sin * u + cos * v);
    }
}

/// Returns the least-squares rotation from `from` to `to`, both about their centroids (Horn 1987, doi:10.1364/JOSAA.4.000629).
/// Never a reflection, also for points in a plane.
fn rotation(pairs: impl Iterator<Item = (Vector, Vector)>) -> Matrix<3> {
    let mut s = [[0.0; 3]; 3];
    for (from, to) in pairs {
        for (row, from) in s.iter_mut().zip(from) {
            row.iter_mut().zip(to).for_each(|(s, to)| *s += from * to);
        }
    }
    let [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]] = s;
    let (_, vectors) = eigen([
        [xx + yy + zz, yz - zy, zx - xz, xy - yx],
        [yz - zy, xx - yy - zz, xy + yx, zx + xz],
        [zx - xz, xy + yx, yy - xx - zz, yz + zy],
        [xy - yx, zx + xz, yz + zy, zz - xx - yy],
    ]);
    let [w, x, y, z] = vectors[0];
    [
        [w * w + x * x - y * y - z * z, 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
        [2.0 * (x * y + w * z), w * w - x * x + y * y - z * z, 2.0 * (y * z - w * x)],
        [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), w * w - x * x - y * y + z * z],
    ]
}

pub(crate) fn add(a: Vector, b: Vector) -> Vector {
    core::array::from_fn(|i| a[i] + b[i])
}

pub(crate) fn subtract(a: Vector, b: Vector) -> Vector {
    core::array::from_fn(|i| a[i] - b[i])
}

pub(crate) fn scale(a: Vector, by: f64) -> Vector {
    a.map(|v| v * by)
}

pub(crate) fn dot(a: Vector, b: Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Returns the vector product, normal to both.
#[cfg(any(feature = "analysis", feature = "io"))]
pub(crate) fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Returns the length of a vector.
pub(crate) fn length(v: Vector) -> f64 {
    dot(v, v).sqrt()
}

/// Returns the vector of length 1 in the same direction.
#[cfg(feature = "analysis")]
pub(crate) fn unit(v: Vector) -> Vector {
    scale(v, 1.0 / length(v))
}

/// Multiplies the matrix by the vector.
pub(crate) fn apply(m: &Matrix<3>, v: Vector) -> Vector {
    m.map(|row| dot(row, v))
}

/// Multiplies the transposed matrix by the vector: the inverse rotation.
pub(crate) fn apply_back(m: &Matrix<3>, v: Vector) -> Vector {
    core::array::from_fn(|i| m[0][i] * v[0] + m[1][i] * v[1] + m[2][i] * v[2])
}

/// Returns the mean of the points; NaN without points.
fn centroid(points: impl Iterator<Item = Vector> + Clone) -> Vector {
    let count = points.clone().count();
    scale(points.fold([0.0; 3], add), 1.0 / count as f64)
}

/// Markers whose second extent is less than this fraction of their first do not determine the rotation about it.
const SLENDER: f64 = 0.05;
/// Iterations of aligning to the mean shape and averaging again.
const ROUNDS: usize = 3;

/// Mean shape of the markers on one rigid segment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cluster {
    shape: Vec<Vector>,
}

/// Position and orientation of a segment in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pose {
    pub(crate) turn: Matrix<3>,
    pub(crate) from: Vector,
    pub(crate) to: Vector,
    /// Root mean square distance of the markers from the rigid shape.
    pub(crate) residual: f64,
}

impl Cluster {
    /// Averages frames in which every marker is visible (generalised Procrustes mean without scaling). Returns `None` without
    /// such a frame.
    pub(crate) fn of(frames: &[Vec<Vector>]) -> Option<Self> {
        let mut cluster = Self { shape: frames.first()?.clone() };
        let everyone: Vec<usize> = (0..cluster.shape.len()).collect();
        for _ in 0..ROUNDS {
            let mut sum = vec![[0.0; 3]; cluster.shape.len()];
            for frame in frames {
                let pose = cluster.fit(&everyone, |i| frame[i]);
                sum.iter_mut().zip(frame).for_each(|(sum, p)| *sum = add(*sum, pose.back(*p)));
            }
            cluster.shape = sum.into_iter().map(|p| scale(p, 1.0 / frames.len() as f64)).collect();
        }
        Some(cluster)
    }

    pub(crate) fn markers(&self) -> usize {
        self.shape.len()
    }

    pub(crate) fn point(&self, marker: usize) -> Vector {
        self.shape[marker]
    }

    /// Returns whether these markers determine the segment's rotation: at least three, not on a line.
    pub(crate) fn fixes(&self, markers: &[usize]) -> bool {
        if markers.len() < 3 {
            return false;
        }
        let points = markers.iter().map(|i| self.shape[*i]);
        let middle = centroid(points.clone());
        let mut scatter = [[0.0; 3]; 3];
        for p in points.map(|p| subtract(p, middle)) {
            for (row, a) in scatter.iter_mut().zip(p) {
                row.iter_mut().zip(p).for_each(|(s, b)| *s += a * b);
            }
        }
        let ([first, second, _], _) = eigen(scatter);
        second > SLENDER * SLENDER * first
    }

    /// Fits the pose that brings these markers nearest to their observed positions.
    pub(crate) fn fit(&self, markers: &[usize], seen: impl Fn(usize) -> Vector) -> Pose {
        let from = centroid(markers.iter().map(|i| self.shape[*i]));
        let to = centroid(markers.iter().map(|i| seen(*i)));
        let pairs = markers.iter().map(|i| (subtract(self.shape[*i], from), subtract(seen(*i), to)));
        let mut pose = Pose { turn: rotation(pairs), from, to, residual: 0.0 };
        let squares = markers.iter().map(|i| {
            let miss = subtract(pose.place(self.shape[*i]), seen(*i));
            dot(miss, miss)
        });
        pose.residual = (squares.sum::<f64>() / markers.len() as f64).sqrt();
        pose
    }
}

impl Pose {
    /// Maps a point of the shape into this frame.
    pub(crate) fn place(&self, point: Vector) -> Vector {
        add(apply(&self.turn, subtract(point, self.from)), self.to)
    }

    /// Maps a position in this frame back to the shape.
    pub(crate) fn back(&self, seen: Vector) -> Vector {
        add(apply_back(&self.turn, subtract(seen, self.to)), self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_matrix_has_its_eigenvectors() {
        // Eigenvalues 4, 2 and 1 by construction: V diag V' with V = rotations about two axes.
        let (values, vectors) = eigen([[3.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 1.0]]);
        for (found, expected) in values.iter().zip([4.0, 2.0, 1.0]) {
            assert!((found - expected).abs() < 1e-14);
        }
        assert!((vectors[0][0] - vectors[0][1]).abs() < 1e-15 && vectors[2][2].abs() == 1.0);
        assert_eq!(eigen([[0.0; 4]; 4]).0, [0.0; 4]);
    }

    #[test]
    fn a_turned_body_is_turned_back() {
        let body = [[1.0, 0.0, 0.2], [0.0, 2.0, -0.3], [-0.5, 0.4, 1.0], [0.3, -1.0, -0.9]];
        for (a, b) in [(0.3, -1.2), (3.1, 0.7), (core::f64::consts::PI, 0.0), (1.5, 3.0)] {
            let turn = |[x, y, z]: Vector| {
                let (x, y) = (x * f64::cos(a) - y * f64::sin(a), x * f64::sin(a) + y * f64::cos(a));
                [x, y * f64::cos(b) - z * f64::sin(b), y * f64::sin(b) + z * f64::cos(b)]
            };
            for plane in [false, true] {
                let points = body.map(|[x, y, z]| [x, y, if plane { 0.0 } else { z }]);
                let middle = centroid(points.into_iter());
                let about = points.map(|p| subtract(p, middle));
                let found = rotation(about.into_iter().map(|p| (p, turn(p))));
                for p in body {
                    let miss = subtract(apply(&found, p), turn(p));
                    assert!(dot(miss, miss).sqrt() < 1e-14, "{miss:?}");
                    let back = subtract(apply_back(&found, turn(p)), p);
                    assert!(dot(back, back).sqrt() < 1e-14);
                }
            }
        }
    }
}
