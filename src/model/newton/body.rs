//! From markers to the centre of mass of every part of the body.

use super::markers::{Landmark, MarkerSet};
use super::markers::{Segment, Sex, hand_to_forearm};
use crate::event::Side;
use crate::filter::{Filter as _, GapFill};
use crate::geometry::{
    Cluster, Matrix, Pose, Vector, add, apply, apply_back, cross, dot, eigen, length, scale, subtract, unit,
};
use crate::recording::{Channel, Recording};
use crate::{Clock, Error, Result, Samples as _, Signal};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

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
    pub(super) fn moment(&self, axis: usize, wanted: impl Fn(&BodySegment) -> bool) -> (Signal, f64) {
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

struct Builder<'a> {
    set: &'a MarkerSet,
    sex: Sex,
    clock: Clock,
    paths: BTreeMap<String, Path>,
    standing: &'a BTreeMap<String, Vector>,
    notes: Vec<String>,
    softness: BTreeMap<String, f64>,
    segments: Vec<(Segment, Option<Side>, f64, Path)>,
    joints: BTreeMap<String, Path>,
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

    fn there(&self, landmark: Landmark) -> Vec<(String, Path)> {
        let path = |name: &String| Some((name.clone(), self.paths.get(name)?.clone()));
        self.set.names(landmark).iter().filter_map(path).collect()
    }

    /// The mean of a landmark's markers that are there.
    fn at(&self, landmark: Landmark) -> Option<Path> {
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

    fn push(&mut self, segment: Segment, side: Option<Side>, centre: Path) {
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

// The centres of the arms' segments.

/// The shoulder's joint centre below the acromion, as a fraction of the distance between the acromia (Rab, Petuskey & Bagley 2002,
/// doi:10.1016/S0966-6362(01)00155-2).
const SHOULDER_DROP: f64 = 0.17;
/// Largest distance of a marker of the hand from the wrist.
const HAND_M: f64 = 0.12;
/// A wrist marker whose distance from the elbow exceeds that in standing by this factor is not on the wrist.
const FOREARM_STRETCH: f64 = 1.12;

impl Builder<'_> {
    fn arms(&mut self, neck: &Path, hips: &Path) {
        let acromia = [Side::Left, Side::Right].map(|side| self.at(Landmark::Acromion(side)));
        let width = match &acromia {
            [Some(left), Some(right)] => distance(left, right),
            _ => f64::NAN,
        };
        for (side, acromion) in [Side::Left, Side::Right].into_iter().zip(acromia) {
            let (Some(acromion), Some(elbow)) =
                (acromion.filter(|_| width.is_finite()), self.at(Landmark::Elbow(side)))
            else {
                self.notes
                    .push(format!("arm {side} has no shoulder or elbow: its mass moves with the trunk"));
                let trunk = self.segments[0].3.clone();
                for segment in [Segment::UpperArm, Segment::Forearm, Segment::Hand] {
                    let fraction = segment.mass_fraction(self.sex);
                    self.segments.push((Segment::Trunk, None, fraction, trunk.clone()));
                }
                continue;
            };
            let drop = |(p, (neck, hips)): (&Vector, (&Vector, &Vector))| {
                subtract(*p, scale(unit(subtract(*neck, *hips)), SHOULDER_DROP * width))
            };
            let shoulder: Path = acromion.iter().zip(neck.iter().zip(hips)).map(drop).collect();
            let sex = self.sex;
            self.push(
                Segment::UpperArm,
                Some(side),
                between(&shoulder, &elbow, Segment::UpperArm.centre(sex)),
            );
            let [forearm, hand] = self.forearm(side, &elbow);
            self.joints.insert(format!("shoulder_{side}"), shoulder);
            self.joints.insert(format!("elbow_{side}"), elbow);
            self.push(Segment::Forearm, Some(side), forearm);
            self.push(Segment::Hand, Some(side), hand);
        }
    }

    /// Centres of forearm and hand.
    fn forearm(&mut self, side: Side, elbow: &Path) -> [Path; 2] {
        let Some(mut wrist) = self.at(Landmark::Wrist(side)) else {
            self.notes
                .push(format!("forearm {side} has no wrist: its mass and the hand's move with the elbow"));
            return [elbow.clone(), elbow.clone()];
        };
        let hands = self.there(Landmark::Hand(side)).into_iter().map(|(_, path)| path);
        let near = |path: &Path| distance(path, &wrist);
        let mut hand = hands.filter(|path| near(path) < HAND_M).min_by(|a, b| near(a).total_cmp(&near(b)));
        if let Some(stretch) = self.stretch(side, distance(elbow, &wrist)).filter(|_| hand.is_none()) {
            self.notes.push(format!(
                "wrist {side}: the marker is {stretch:.2} times as far from the elbow as in standing and is used as that of the hand"
            ));
            hand = Some(wrist.clone());
            wrist = between(elbow, &wrist, 1.0 / stretch);
        }
        self.joints.insert(format!("wrist_{side}"), wrist.clone());
        let knuckle = hand.unwrap_or_else(|| between(elbow, &wrist, 1.0 + hand_to_forearm(self.sex)));
        [
            between(elbow, &wrist, Segment::Forearm.centre(self.sex)),
            between(&wrist, &knuckle, Segment::Hand.centre(self.sex)),
        ]
    }

    /// Ratio of the forearm's length to that in standing, when that is implausible.
    fn stretch(&self, side: Side, now: f64) -> Option<f64> {
        let point = |landmark| {
            let names = self.set.names(landmark);
            let points: Vec<Vector> = names.iter().filter_map(|n| self.standing.get(n).copied()).collect();
            let sum = points.iter().fold([0.0; 3], |sum, p| add(sum, *p));
            (!points.is_empty()).then(|| scale(sum, 1.0 / points.len() as f64))
        };
        let standing = length(subtract(point(Landmark::Wrist(side))?, point(Landmark::Elbow(side))?));
        Some(now / standing).filter(|stretch| *stretch > FOREARM_STRETCH)
    }
}

// Markers that move with one part of the body, and joint centres they carry along.

/// A path of one point.
type Path = Vec<Vector>;

/// Frames that a mean shape is learnt from.
const LEARNT_FROM: usize = 200;
/// Weight that holds the functional joint centre to the markers where the motion does not determine it, as along a hinge's
/// axis: a thousandth of a free joint's information.
const RIDGE: f64 = 1e-3;

/// A rigid cluster and where it is in each frame.
struct Carrier {
    cluster: Cluster,
    names: Vec<String>,
    /// `None` where too few of its markers are seen.
    poses: Vec<Option<Pose>>,
    /// All of its markers are seen.
    whole: Vec<bool>,
}

impl Carrier {
    /// From the markers' paths and, where there is one, their places in a standing trial. `None` below three markers, and
    /// when they are on a line or never seen together.
    fn new(markers: &[(String, Path)], standing: Option<&[Vector]>) -> Option<Self> {
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
    fn point(&self, name: &str) -> Option<Vector> {
        Some(self.cluster.point(self.names.iter().position(|n| n == name)?))
    }

    /// The path of a point of the shape.
    fn carry(&self, point: Vector) -> Path {
        self.poses.iter().map(|pose| pose.map_or([f64::NAN; 3], |pose| pose.place(point))).collect()
    }

    /// Root mean square distance of the markers from the rigid shape.
    fn residual(&self) -> f64 {
        let squares: Vec<f64> =
            self.poses.iter().flatten().map(|pose| pose.residual * pose.residual).collect();
        num_traits::Float::sqrt(squares.iter().sum::<f64>() / squares.len() as f64)
    }
}

/// The point that stays still in both parts of the body as they turn about each other, as either carries it (Ehrig et al.
/// 2006, doi:10.1016/j.jbiomech.2005.10.002). `None` when no frame has both.
fn functional(proximal: &Carrier, distal: &Carrier) -> Option<[Path; 2]> {
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
fn mean(paths: &[Path]) -> Option<Path> {
    let frames = paths.first()?.len();
    let at = |f: usize| scale(paths.iter().fold([0.0; 3], |sum, p| add(sum, p[f])), 1.0 / paths.len() as f64);
    Some((0..frames).map(at).collect())
}

/// A point this part of the way from one path to another; parts above 1 lie beyond.
fn between(from: &Path, to: &Path, part: f64) -> Path {
    from.iter().zip(to).map(|(a, b)| add(*a, scale(subtract(*b, *a), part))).collect()
}

/// Mean distance of two paths where both are seen.
fn distance(a: &Path, b: &Path) -> f64 {
    let all = a.iter().zip(b).map(|(a, b)| length(subtract(*a, *b))).filter(|d| d.is_finite());
    let (n, sum) = all.fold((0.0, 0.0), |(n, sum), d| (n + 1.0, sum + d));
    sum / n
}

/// A direction's part across another direction.
fn across(v: Vector, direction: Vector) -> Vector {
    subtract(v, scale(direction, dot(v, direction)))
}

/// Mean of a path where it is seen.
fn middle(path: &Path) -> Vector {
    let seen: Vec<&Vector> = path.iter().filter(|p| p[0].is_finite()).collect();
    scale(seen.iter().fold([0.0; 3], |sum, p| add(sum, **p)), 1.0 / seen.len() as f64)
}

/// Turned by a matrix.
fn turned(path: &Path, turn: &Matrix<3>) -> Path {
    path.iter().map(|p| apply(turn, *p)).collect()
}

// Angles of the legs in the plane of running.

impl Body {
    /// Returns the angles of both legs in the plane forward and up, as channels in degrees: `hip_flexion_l` (the thigh against the vertical),
    /// `knee_flexion_l` and `ankle_dorsiflexion_l` (the foot from heel to toe against the shank, 0 at a right angle), and those of the right
    /// leg; a leg without heel and toe has none. In the recording, they allow contacts to be found without force
    /// ([`crate::event::KinematicContacts`]) and the leg's sequence to be measured.
    ///
    /// A thigh that swings sideways or rotates is projected on that plane; relative to the pelvis, angles differ by the tilt of the
    /// pelvis.
    pub fn leg_angles(&self) -> Vec<Channel> {
        let mut channels = Vec::new();
        for side in [Side::Left, Side::Right] {
            let path = |name: &str| self.joints.get(&format!("{name}_{side}"));
            let all = [path("hip"), path("knee"), path("ankle"), path("heel"), path("toe")];
            let [Some(hip), Some(knee), Some(ankle), Some(heel), Some(toe)] = all else { continue };
            let frames = 0..hip.len();
            // Relative to straight down, forward positive.
            let lean = |from: &[Vector], to: &[Vector], i: usize| {
                let [forward, up, _] = subtract(to[i], from[i]);
                num_traits::Float::atan2(forward, -up).to_degrees()
            };
            let thigh: Vec<f64> = frames.clone().map(|i| lean(hip, knee, i)).collect();
            let shank: Vec<f64> = frames.clone().map(|i| lean(knee, ankle, i)).collect();
            let foot: Vec<f64> = frames.map(|i| lean(heel, toe, i)).collect();
            // The foot points forward, a right angle ahead of the shank.
            let less = |a: &[f64], b: &[f64], by: f64| -> Vec<f64> {
                a.iter().zip(b).map(|(a, b)| wrapped(a - b - by)).collect()
            };
            let knee_flexion = less(&thigh, &shank, 0.0);
            let dorsiflexion = less(&foot, &shank, 90.0);
            for (name, samples) in
                [("hip_flexion", thigh), ("knee_flexion", knee_flexion), ("ankle_dorsiflexion", dorsiflexion)]
            {
                let signal = Signal::new(self.clock, samples);
                channels.push(Channel::new(format!("{name}_{side}"), "deg", signal));
            }
        }
        channels
    }
}

/// Wraps an angle to (-180, 180] degrees.
fn wrapped(degrees: f64) -> f64 {
    let wrapped = degrees - 360.0 * num_traits::Float::floor((degrees + 180.0) / 360.0);
    if wrapped == -180.0 { 180.0 } else { wrapped }
}

// Assignment of a force to the feet.

/// A push exceeds this force.
const PUSH_N: f64 = 20.0;
/// A complete push lasts at least this long and reaches at least half the median push's peak.
const PUSH_S: f64 = 0.05;
/// Plates are valid this long before the first and after the last complete push.
const MARGIN_S: f64 = 0.02;

impl Body {
    /// Splits a vertical force summed over plates that do not distinguish the feet into channels in newtons: each push above 20 N
    /// belongs to the foot that is lower during it. For running, where one foot at a time is on the ground.
    ///
    /// The third channel, `grf_valid`, is 1 from 20 ms before the first complete push to 20 ms after the last, and 0 elsewhere: a
    /// runner leaves the plates. A push is complete when it lasts 50 ms, reaches half the median peak, and neither begins nor ends with
    /// the record.
    pub fn feet(&self, force: &Signal) -> [Channel; 3] {
        let x = force.samples();
        let mut feet = [vec![0.0; x.len()], vec![0.0; x.len()]];
        let pushes = pushes(x);
        for push in &pushes {
            let mean = |height: &Vec<f64>| {
                let height = Signal::new(self.clock, height);
                let at = |i: usize| height.value_at(force.clock().time_s(i as f64)).ok();
                let all = push.clone().filter_map(at).filter(|h| h.is_finite());
                let (n, sum) = all.fold((0.0, 0.0), |(n, sum), h| (n + 1.0, sum + h));
                sum / n
            };
            let lower = usize::from(mean(&self.foot_height[1]) < mean(&self.foot_height[0]));
            feet[lower][push.clone()].copy_from_slice(&x[push.clone()]);
        }
        let peak = |push: &core::ops::Range<usize>| x[push.clone()].iter().fold(0.0, |a: f64, b| a.max(*b));
        let mut peaks: Vec<f64> = pushes.iter().map(peak).collect();
        let half = crate::math::median(&mut peaks).unwrap_or(0.0) / 2.0;
        let rate = force.clock().rate().as_hz();
        let is_complete = |push: &&core::ops::Range<usize>| {
            let inside = push.start > 0 && push.end < x.len();
            inside && push.len() as f64 >= PUSH_S * rate && peak(push) >= half
        };
        let mut valid = vec![0.0; x.len()];
        if let (Some(first), Some(last)) = (pushes.iter().find(is_complete), pushes.iter().rfind(is_complete))
        {
            let margin = num_traits::Float::round(MARGIN_S * rate) as usize;
            let end = (last.end + margin).min(x.len());
            valid[first.start.saturating_sub(margin)..end].fill(1.0);
        }
        let [left, right] = feet;
        let vertical = |side: Side, samples| {
            Channel::new(format!("grf_vertical_{side}"), "N", force.with_samples(samples))
        };
        [
            vertical(Side::Left, left),
            vertical(Side::Right, right),
            Channel::new("grf_valid", "", force.with_samples(valid)),
        ]
    }
}

fn pushes(x: &[f64]) -> Vec<core::ops::Range<usize>> {
    let mut found: Vec<core::ops::Range<usize>> = Vec::new();
    for (i, _) in x.iter_samples().enumerate().filter(|(_, f)| *f > PUSH_N) {
        match found.last_mut() {
            Some(last) if last.end == i => last.end = i + 1,
            _ => found.push(i..i + 1),
        }
    }
    found
}
