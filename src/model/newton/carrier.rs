//! Markers that move with one part of the body, and joint centres they carry along.

use crate::geometry::{
    Cluster, Matrix, Pose, Vector, add, apply, apply_back, dot, eigen, length, scale, subtract,
};
use alloc::{string::String, vec, vec::Vec};

/// A path of one point.
pub(super) type Path = Vec<Vector>;

/// Frames that a mean shape is learnt from.
const LEARNT_FROM: usize = 200;
/// Weight that holds the functional joint centre to the markers where the motion does not determine it, as along a hinge's
/// axis: a thousandth of a free joint's information.
const RIDGE: f64 = 1e-3;

/// A rigid cluster and where it is in each frame.
pub(super) struct Carrier {
    cluster: Cluster,
    pub(super) names: Vec<String>,
    /// `None` where too few of its markers are seen.
    poses: Vec<Option<Pose>>,
    /// All of its markers are seen.
    whole: Vec<bool>,
}

impl Carrier {
    /// From the markers' paths and, where there is one, their places in a standing trial. `None` below three markers, and
    /// when they are on a line or never seen together.
    pub(super) fn new(markers: &[(String, Path)], standing: Option<&[Vector]>) -> Option<Self> {
        let frames = markers.first()?.1.len();
        let seen = |frame: usize| markers.iter().all(|(_, path)| path[frame][0].is_finite());
        let whole: Vec<bool> = (0..frames).map(seen).collect();
        let shape = match standing {
            Some(points) => vec![points.to_vec()],
            None => {
                let all: Vec<usize> = (0..frames).filter(|f| whole[*f]).collect();
                let every = all.len().div_ceil(LEARNT_FROM).max(1);
                let frame = |f: &usize| markers.iter().map(|(_, path)| path[*f]).collect();
                all.iter().step_by(every).map(frame).collect()
            }
        };
        let cluster = Cluster::of(&shape)?;
        let everyone: Vec<usize> = (0..markers.len()).collect();
        if !cluster.fixes(&everyone) {
            return None;
        }
        let pose = |frame: usize| {
            if whole[frame] {
                return Some(cluster.fit(&everyone, |i| markers[i].1[frame]));
            }
            let some: Vec<usize> =
                everyone.iter().copied().filter(|i| markers[*i].1[frame][0].is_finite()).collect();
            cluster.fixes(&some).then(|| cluster.fit(&some, |i| markers[i].1[frame]))
        };
        let poses = (0..frames).map(pose).collect();
        Some(Self { names: markers.iter().map(|(name, _)| name.clone()).collect(), cluster, poses, whole })
    }

    /// Position of the marker in the shape.
    pub(super) fn point(&self, name: &str) -> Option<Vector> {
        Some(self.cluster.point(self.names.iter().position(|n| n == name)?))
    }

    /// The path of a point of the shape.
    pub(super) fn carry(&self, point: Vector) -> Path {
        self.poses.iter().map(|pose| pose.map_or([f64::NAN; 3], |pose| pose.place(point))).collect()
    }

    /// Root mean square distance of the markers from the rigid shape.
    pub(super) fn residual(&self) -> f64 {
        let squares: Vec<f64> =
            self.poses.iter().flatten().map(|pose| pose.residual * pose.residual).collect();
        num_traits::Float::sqrt(squares.iter().sum::<f64>() / squares.len() as f64)
    }
}

/// The point that stays still in both parts of the body as they turn about each other, as either carries it (Ehrig et al.
/// 2006, doi:10.1016/j.jbiomech.2005.10.002). `None` when no frame has both.
pub(super) fn functional(proximal: &Carrier, distal: &Carrier) -> Option<[Path; 2]> {
    let both = |frame: &usize| proximal.whole[*frame] && distal.whole[*frame];
    let frames: Vec<usize> = (0..proximal.poses.len()).filter(both).collect();
    let pairs: Vec<(Pose, Pose)> =
        frames.iter().filter_map(|f| Some((proximal.poses[*f]?, distal.poses[*f]?))).collect();
    let first = pairs.first()?;
    let n = pairs.len() as f64;
    let mut a: Matrix<6> = [[0.0; 6]; 6];
    let mut b = [0.0; 6];
    for (p, d) in &pairs {
        let apart = subtract(d.to, p.to);
        for (k, (up, down)) in
            apply_back(&p.turn, apart).into_iter().zip(apply_back(&d.turn, apart)).enumerate()
        {
            b[k] += up;
            b[3 + k] -= down;
        }
        for j in 0..3 {
            let column = apply_back(&p.turn, core::array::from_fn(|i| d.turn[i][j]));
            for (i, v) in column.into_iter().enumerate() {
                a[i][3 + j] -= v;
                a[3 + j][i] -= v;
            }
        }
    }
    (0..6).for_each(|i| a[i][i] = n * (1.0 + RIDGE));
    let (values, vectors) = eigen(a);
    let mut x = [0.0; 6];
    for (value, vector) in values.iter().zip(vectors) {
        let along = vector.iter().zip(b).map(|(v, b)| v * b).sum::<f64>() / value;
        x.iter_mut().zip(vector).for_each(|(x, v)| *x += along * v);
    }
    let up = add(first.0.from, [x[0], x[1], x[2]]);
    let down = add(first.1.from, [x[3], x[4], x[5]]);
    Some([proximal.carry(up), distal.carry(down)])
}

/// The mean of paths, frame by frame; NaN where any is.
pub(super) fn mean(paths: &[Path]) -> Option<Path> {
    let frames = paths.first()?.len();
    let at = |f: usize| scale(paths.iter().fold([0.0; 3], |sum, p| add(sum, p[f])), 1.0 / paths.len() as f64);
    Some((0..frames).map(at).collect())
}

/// A point this part of the way from one path to another; parts above 1 lie beyond.
pub(super) fn between(from: &Path, to: &Path, part: f64) -> Path {
    from.iter().zip(to).map(|(a, b)| add(*a, scale(subtract(*b, *a), part))).collect()
}

/// Mean distance of two paths where both are seen.
pub(super) fn distance(a: &Path, b: &Path) -> f64 {
    let all = a.iter().zip(b).map(|(a, b)| length(subtract(*a, *b))).filter(|d| d.is_finite());
    let (n, sum) = all.fold((0.0, 0.0), |(n, sum), d| (n + 1.0, sum + d));
    sum / n
}

/// A direction's part across another direction.
pub(super) fn across(v: Vector, direction: Vector) -> Vector {
    subtract(v, scale(direction, dot(v, direction)))
}

/// Mean of a path where it is seen.
pub(super) fn middle(path: &Path) -> Vector {
    let seen: Vec<&Vector> = path.iter().filter(|p| p[0].is_finite()).collect();
    scale(seen.iter().fold([0.0; 3], |sum, p| add(sum, **p)), 1.0 / seen.len() as f64)
}

/// Turned by a matrix.
pub(super) fn turned(path: &Path, turn: &Matrix<3>) -> Path {
    path.iter().map(|p| apply(turn, *p)).collect()
}
