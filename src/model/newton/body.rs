//! From markers to the centre of mass of every part of the body.

use super::carrier::{Carrier, Path, across, between, functional, mean, middle, turned};
use super::de_leva::{Segment, Sex};
use super::markers::{Landmark, MarkerSet};
use crate::event::Side;
use crate::filter::{Filter as _, GapFill};
use crate::geometry::{Matrix, Vector, add, cross, dot, length, scale, subtract, unit};
use crate::recording::Recording;
use crate::{Clock, Error, Result, Signal};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

const OPERATION: &str = "the newton model";
/// Markers that move relative to each other by more than this (RMS) are not a rigid body.
const RIGID_M: f64 = 0.03;

/// One body segment and the path of its centre of mass.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BodySegment {
    /// The segment.
    pub segment: Segment,
    /// Its side; `None` for head and trunk.
    pub side: Option<Side>,
    /// Its mass as a fraction of the body's.
    pub fraction: f64,
    /// Its centre of mass: forward, up, right, in metres. NaN where its markers were not visible.
    pub centre: Vec<[f64; 3]>,
}

/// The body segments in motion.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Body {
    /// Every segment with mass; the fractions sum to 1.
    pub segments: Vec<BodySegment>,
    /// Clock of the centres.
    pub clock: Clock,
    /// Name of its marker set.
    pub markers: String,
    /// Rotation of the file's axes: rows forward, up, right.
    pub axes: [[f64; 3]; 3],
    /// Joint centres and ends, in the axes of the segments' centres: `hip_l`, `knee_l`, `ankle_l`, `heel_l`, `toe_l`, `shoulder_l`,
    /// `elbow_l`, `wrist_l` and those of the right side, if they have markers.
    pub joints: BTreeMap<String, Vec<[f64; 3]>>,
    /// Position of each foot: mean height of heel and toe, left and right.
    pub foot_height: [Vec<f64>; 2],
    /// Root mean square distance of the markers from a rigid body, in metres, by segment: the motion of soft tissue.
    pub softness: BTreeMap<String, f64>,
    /// Missing markers and how they were replaced, as text.
    pub notes: Vec<String>,
}

impl Body {
    /// Computes the body from markers.
    ///
    /// | joint centre | how |
    /// |---|---|
    /// | hip | regression on the pelvis' width and depth (Harrington et al. 2007, doi:10.1016/j.jbiomech.2006.02.003: 0.24 depth + 9.9 mm behind, 0.30 width + 10.9 mm below, 0.33 width + 7.3 mm lateral of the middle of the front spines) |
    /// | knee, ankle | with a standing trial ([`Recording::standing`]): the middle of the joint's markers there, carried by the markers above and below the joint, the mean of both; else the middle of the joint's markers, when all are there; else the point that is fixed in both segments (Ehrig et al. 2006); else the marker present |
    /// | shoulder | 17 % of the acromia's distance below the acromion (Rab, Petuskey & Bagley 2002) |
    /// | elbow, wrist | the middle of their markers |
    ///
    /// Markers are gap-filled up to 0.1 s. The trunk's centre lies between the mean of the rib cage's markers and that of the
    /// hips, at the height that de Leva gives between C7 and the hips in the mean posture. The head, which has no markers, moves
    /// as the neck (the middle of C7 and breastbone): it is upright in running.
    ///
    /// A segment without markers keeps its mass: a hand continues the forearm; a foot without heel and toe, and a forearm
    /// without wrist, move with the joint above, an arm without shoulder or elbow with the trunk; each is noted.
    ///
    /// # Errors
    /// [`Error::Missing`] without pelvis, C7, or a leg; [`Error::Undefined`] when pelvis markers are on a line.
    pub fn from_markers(recording: &Recording, set: &MarkerSet, sex: Sex) -> Result<Self> {
        Builder::new(recording, set, sex)?.body()
    }

    /// Returns the mass-weighted path of some segments along an axis (0 forward, 1 up, 2 right): sum of fraction times position, in
    /// metres, and the sum of the fractions. NaN where one of them is not visible.
    pub fn moment(&self, axis: usize, wanted: impl Fn(&BodySegment) -> bool) -> (Signal, f64) {
        let mut fraction = 0.0;
        let frames = self.segments.first().map_or(0, |s| s.centre.len());
        let mut sum = alloc::vec![0.0; frames];
        for segment in self.segments.iter().filter(|s| wanted(s)) {
            fraction += segment.fraction;
            sum.iter_mut().zip(&segment.centre).for_each(|(sum, c)| *sum += segment.fraction * c[axis]);
        }
        (Signal::new(self.clock, sum), fraction)
    }
}

pub(super) struct Builder<'a> {
    pub(super) set: &'a MarkerSet,
    pub(super) sex: Sex,
    clock: Clock,
    paths: BTreeMap<String, Path>,
    pub(super) standing: &'a BTreeMap<String, Vector>,
    pub(super) notes: Vec<String>,
    softness: BTreeMap<String, f64>,
    pub(super) segments: Vec<(Segment, Option<Side>, f64, Path)>,
    pub(super) joints: BTreeMap<String, Path>,
}

fn missing(what: &'static str) -> Error {
    Error::Missing { operation: OPERATION, what }
}

impl<'a> Builder<'a> {
    fn new(recording: &'a Recording, set: &'a MarkerSet, sex: Sex) -> Result<Self> {
        let mut paths: BTreeMap<String, Path> = BTreeMap::new();
        let mut clock: Option<(Clock, usize)> = None;
        let mut notes = Vec::new();
        for name in recording.markers() {
            let Some(path) = recording.marker(name) else { continue };
            let like = *clock.get_or_insert((path.clock(), path.samples().len()));
            if like != (path.clock(), path.samples().len()) {
                notes.push(format!("marker {name} is not used: its clock is not that of the others"));
                continue;
            }
            let filled = GapFill::new(path.clock().rate()).apply(path.samples());
            let filled = filled.unwrap_or_else(|_| path.samples().clone());
            paths.insert(name.to_string(), filled.into_iter().map(|frame| frame.0).collect());
        }
        let (clock, _) = clock.ok_or(missing("a marker"))?;
        let (standing, segments, softness) = (&recording.standing, Vec::new(), BTreeMap::new());
        let joints = BTreeMap::new();
        Ok(Self { set, sex, clock, paths, standing, notes, softness, segments, joints })
    }

    pub(super) fn there(&self, landmark: Landmark) -> Vec<(String, Path)> {
        let path = |name: &String| Some((name.clone(), self.paths.get(name)?.clone()));
        self.set.names(landmark).iter().filter_map(path).collect()
    }

    /// The mean of a landmark's markers that are there.
    pub(super) fn at(&self, landmark: Landmark) -> Option<Path> {
        mean(&self.there(landmark).into_iter().map(|(_, path)| path).collect::<Vec<_>>())
    }

    /// The markers of these landmarks as one rigid body.
    fn carrier(&mut self, name: &str, landmarks: &[Landmark]) -> Option<Carrier> {
        let mut markers: Vec<(String, Path)> = landmarks.iter().flat_map(|l| self.there(*l)).collect();
        let standing = |markers: &[(String, Path)]| {
            markers.iter().map(|(name, _)| self.standing.get(name).copied()).collect::<Option<Vec<_>>>()
        };
        if !self.standing.is_empty() {
            let known: Vec<_> =
                markers.iter().filter(|(name, _)| self.standing.contains_key(name)).cloned().collect();
            if known.len() >= 3 {
                markers = known;
            }
        }
        loop {
            let made = |markers: &[(String, Path)]| Carrier::new(markers, standing(markers).as_deref());
            let carrier = made(&markers)?;
            let residual = carrier.residual();
            if residual <= RIGID_M {
                self.softness.insert(name.to_string(), residual);
                return Some(carrier);
            }
            // One wrong label distorts the cluster: without it the others must fit much better.
            let without = |i: usize| {
                let mut rest = markers.clone();
                rest.remove(i);
                made(&rest).map_or(f64::INFINITY, |carrier| carrier.residual())
            };
            let tried: Vec<f64> = (0..markers.len()).map(without).collect();
            let best = (0..markers.len()).min_by(|a, b| tried[*a].total_cmp(&tried[*b]))?;
            let wrong = markers.remove(best).0;
            if tried[best] > residual / 2.0 {
                self.notes.push(format!(
                    "the markers of {name} are no rigid body ({:.0} mm RMS): they are not used together",
                    1e3 * residual
                ));
                return None;
            }
            self.notes.push(format!(
                "marker {wrong} does not move with the others of {name} ({:.0} mm RMS with it, {:.0} without): it is not used there; \
                 is its label right?",
                1e3 * residual,
                1e3 * tried[best]
            ));
        }
    }

    fn body(mut self) -> Result<Body> {
        let c7 = self.at(Landmark::C7).ok_or(missing("a marker at C7"))?;
        let sternum = self.at(Landmark::Sternum);
        let neck = sternum.as_ref().map_or_else(|| c7.clone(), |sternum| between(&c7, sternum, 0.5));
        let (hips, facing, rightward) = self.hips()?;
        let [left_hip, right_hip] = &hips;
        let hip_middle = between(left_hip, right_hip, 0.5);

        let mut cage = alloc::vec![c7.clone()];
        cage.extend(sternum);
        cage.extend(self.there(Landmark::RibCage).into_iter().map(|(_, path)| path));
        let cage = mean(&cage).unwrap_or_else(|| c7.clone());
        let part = self.trunk_part(&c7, &cage, &hip_middle);
        self.push(Segment::Trunk, None, between(&cage, &hip_middle, part));
        self.push(Segment::Head, None, neck.clone());

        let mut feet = Vec::new();
        for (side, hip) in [(Side::Left, left_hip), (Side::Right, right_hip)] {
            feet.push(self.leg(side, hip)?);
        }
        self.arms(&neck, &hip_middle);

        let axes = axes(subtract(middle(&neck), middle(&hip_middle)), facing, rightward);
        let height = |path: &Path| turned(path, &axes).into_iter().map(|p| p[1]).collect::<Vec<f64>>();
        let foot_height = [height(&feet[0]), height(&feet[1])];
        let segments = self.segments.into_iter().map(|(segment, side, fraction, path)| BodySegment {
            segment,
            side,
            fraction,
            centre: turned(&path, &axes),
        });
        Ok(Body {
            segments: segments.collect(),
            clock: self.clock,
            markers: self.set.name().to_string(),
            axes,
            joints: self.joints.into_iter().map(|(name, path)| (name, turned(&path, &axes))).collect(),
            foot_height,
            softness: self.softness,
            notes: self.notes,
        })
    }

    pub(super) fn push(&mut self, segment: Segment, side: Option<Side>, centre: Path) {
        self.segments.push((segment, side, segment.mass_fraction(self.sex), centre));
    }

    /// Left and right hip joint centre, and in the file's axes where the pelvis faces and its right.
    fn hips(&mut self) -> Result<([Path; 2], Vector, Vector)> {
        let parts =
            [Landmark::Asis(Side::Left), Landmark::Asis(Side::Right), Landmark::Sacrum, Landmark::Pelvis];
        for (part, what) in parts.into_iter().zip(["the left ASIS", "the right ASIS", "the sacrum"]) {
            self.at(part).ok_or(missing(what))?;
        }
        let pelvis = self.carrier("pelvis", &parts).ok_or(Error::Undefined {
            quantity: "the pelvis",
            reason: "its markers are on a line or never seen together",
        })?;
        let point = |landmark: Landmark| {
            let points: Vec<Vector> =
                self.set.names(landmark).iter().filter_map(|name| pelvis.point(name)).collect();
            let sum = points.iter().fold([0.0; 3], |sum, p| add(sum, *p));
            (!points.is_empty()).then(|| scale(sum, 1.0 / points.len() as f64))
        };
        let found = (point(parts[0]), point(parts[1]), point(parts[2]));
        let (Some(left), Some(right), Some(sacrum)) = found else {
            return Err(missing("the pelvis' markers in the standing trial"));
        };
        let front = scale(add(left, right), 0.5);
        let (width, depth) = (length(subtract(right, left)), length(subtract(front, sacrum)));
        let z = unit(subtract(right, left));
        let x = unit(across(subtract(front, sacrum), z));
        let y = cross(z, x);
        let hip = |side: f64| {
            let behind = scale(x, -0.24 * depth - 0.0099);
            let below = scale(y, -0.30 * width - 0.0109);
            pelvis.carry(add(front, add(add(behind, below), scale(z, side * (0.33 * width + 0.0073)))))
        };
        let hips = [hip(-1.0), hip(1.0)];
        let mean_of = |landmark| middle(&self.at(landmark).unwrap_or_default());
        let (left, right, sacrum) = (mean_of(parts[0]), mean_of(parts[1]), mean_of(parts[2]));
        let facing = subtract(scale(add(left, right), 0.5), sacrum);
        Ok((hips, facing, subtract(right, left)))
    }

    /// Position of the trunk's centre, as a fraction of the way from the rib cage's markers to the hips.
    fn trunk_part(&self, c7: &Path, cage: &Path, hips: &Path) -> f64 {
        let wanted = Segment::Trunk.centre(self.sex);
        let down = |(c7, (cage, hips)): (&Vector, (&Vector, &Vector))| {
            let axis = subtract(*hips, *c7);
            dot(subtract(*cage, *c7), axis) / dot(axis, axis)
        };
        let all = c7.iter().zip(cage.iter().zip(hips)).map(down).filter(|part| part.is_finite());
        let (n, sum) = all.fold((0.0, 0.0), |(n, sum), part| (n + 1.0, sum + part));
        let cage_down: f64 = sum / n;
        (wanted - cage_down) / (1.0 - cage_down)
    }

    /// A joint's centre between two carriers.
    fn joint(&self, landmark: Landmark, above: Option<&Carrier>, below: Option<&Carrier>) -> Option<Path> {
        let names = self.set.names(landmark);
        let standing: Option<Vec<Vector>> = names.iter().map(|n| self.standing.get(n).copied()).collect();
        if let Some(points) = standing.filter(|points| !points.is_empty()) {
            let sum = points.iter().fold([0.0; 3], |sum, p| add(sum, *p));
            let centre = scale(sum, 1.0 / points.len() as f64);
            let carried: Vec<Path> =
                [above, below].into_iter().flatten().map(|carrier| carrier.carry(centre)).collect();
            if let Some(found) = mean(&carried) {
                return Some(found);
            }
        }
        let there = self.there(landmark);
        if there.is_empty() || there.len() < names.len() {
            if let (Some(above), Some(below)) = (above, below) {
                if let Some(found) = functional(above, below) {
                    return mean(&found);
                }
            }
        }
        self.at(landmark)
    }

    /// Adds thigh, shank and foot; the middle of the foot.
    fn leg(&mut self, side: Side, hip: &Path) -> Result<Path> {
        let [thigh, shank, foot] = [
            ("thigh", Landmark::Thigh(side)),
            ("shank", Landmark::Shank(side)),
            ("foot", Landmark::Foot(side)),
        ]
        .map(|(name, landmark)| self.carrier(&format!("{name}_{side}"), &[landmark]));
        let knee = self.joint(Landmark::Knee(side), thigh.as_ref(), shank.as_ref());
        let knee = knee.ok_or(missing("a knee: its markers, or three each on thigh and shank"))?;
        let ankle = self.joint(Landmark::Ankle(side), shank.as_ref(), foot.as_ref());
        let ankle = ankle.ok_or(missing("an ankle: its markers, or three each on shank and foot"))?;
        let sex = self.sex;
        self.push(Segment::Thigh, Some(side), between(hip, &knee, Segment::Thigh.centre(sex)));
        self.push(Segment::Shank, Some(side), between(&knee, &ankle, Segment::Shank.centre(sex)));
        let centre = match (self.at(Landmark::Heel(side)), self.at(Landmark::Toe(side))) {
            (Some(heel), Some(toe)) => {
                let centre = between(&heel, &toe, Segment::Foot.centre(sex));
                self.joints.insert(format!("heel_{side}"), heel);
                self.joints.insert(format!("toe_{side}"), toe);
                centre
            }
            _ => {
                self.notes.push(format!("foot {side} has no heel or toe: its mass moves with the ankle"));
                ankle.clone()
            }
        };
        self.push(Segment::Foot, Some(side), centre.clone());
        for (name, path) in [("hip", hip.clone()), ("knee", knee), ("ankle", ankle)] {
            self.joints.insert(format!("{name}_{side}"), path);
        }
        Ok(centre)
    }
}

/// Rows forward, up, right among the file's own axes: up is the one along which the body stands, forward the one that the
/// pelvis faces.
fn axes(upward: Vector, facing: Vector, rightward: Vector) -> Matrix<3> {
    let largest = |v: Vector, not: Option<usize>| {
        let candidates = (0..3).filter(|i| Some(*i) != not);
        candidates.max_by(|a, b| v[*a].abs().total_cmp(&v[*b].abs())).unwrap_or(0)
    };
    let up = largest(upward, None);
    let forward = largest(facing, Some(up));
    let right = 3 - up - forward;
    let row = |axis: usize, along: Vector| {
        let mut row = [0.0; 3];
        row[axis] = if along[axis] < 0.0 { -1.0 } else { 1.0 };
        row
    };
    [row(forward, facing), row(up, upward), row(right, rightward)]
}
