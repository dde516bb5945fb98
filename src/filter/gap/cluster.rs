//! Markers on one segment as a rigid body.

use super::rotation::{
    Matrix, Vector, add, apply, apply_back, centroid, dot, eigen, rotation, scale, subtract,
};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Markers whose second extent is less than this part of their first do not fix the turn about it.
const SLENDER: f64 = 0.05;
/// Rounds of aligning to the mean shape and taking the mean again.
const ROUNDS: usize = 3;

/// The markers' mean shape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cluster {
    shape: Vec<Vector>,
}

/// Where the segment is in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pose {
    pub(crate) turn: Matrix<3>,
    pub(crate) from: Vector,
    pub(crate) to: Vector,
    /// Root mean square distance of the markers from where the rigid shape would have them.
    pub(crate) residual: f64,
}

impl Cluster {
    /// From frames in which every marker is seen (generalised Procrustes mean without scaling); `None` without such a
    /// frame.
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

    /// Whether these markers fix the segment's turn: at least three, and not on a line.
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

    /// The pose that brings these markers nearest to where they are seen.
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
    /// Where a point of the shape is in this frame.
    pub(crate) fn place(&self, point: Vector) -> Vector {
        add(apply(&self.turn, subtract(point, self.from)), self.to)
    }

    /// The point of the shape that is here in this frame.
    pub(crate) fn back(&self, seen: Vector) -> Vector {
        add(apply_back(&self.turn, subtract(seen, self.to)), self.from)
    }
}
