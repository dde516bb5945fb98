//! The markers at each landmark of the body.

use crate::event::Side;
use crate::math;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A place on the body that markers define.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Landmark {
    /// Spine of the seventh cervical vertebra.
    C7,
    /// Upper end of the breastbone.
    Sternum,
    /// Further markers on the rib cage.
    RibCage,
    /// Front upper spine of the pelvis.
    Asis(Side),
    /// Back of the pelvis: the rear upper spines or the sacrum between them; the mean of its markers.
    Sacrum,
    /// Further markers on the pelvis.
    Pelvis,
    /// Top of the shoulder (acromion).
    Acromion(Side),
    /// Elbow: one marker, or an inner and an outer one, the mean of which is the joint centre, as for all joints.
    Elbow(Side),
    /// Wrist.
    Wrist(Side),
    /// Hand, near the third knuckle. Of several names, the marker nearest to the wrist is used.
    Hand(Side),
    /// Knee.
    Knee(Side),
    /// Ankle.
    Ankle(Side),
    /// Heel.
    Heel(Side),
    /// Tip of the foot.
    Toe(Side),
    /// Markers that move with the thigh.
    Thigh(Side),
    /// Markers that move with the shank.
    Shank(Side),
    /// Markers that move with the foot.
    Foot(Side),
}

/// Names of the markers at each landmark.
///
/// ```
/// use copeak::{event::Side, model::{Landmark, MarkerSet}};
/// let mine = MarkerSet::new("my laboratory")
///     .landmark(Landmark::C7, ["CV7"])
///     .landmark(Landmark::Knee(Side::Left), ["LLFE", "LMFE"]);
/// assert_eq!(mine.names(Landmark::C7), ["CV7"]);
/// assert!(mine.names(Landmark::Sternum).is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarkerSet {
    name: String,
    names: BTreeMap<Landmark, Vec<String>>,
}

impl MarkerSet {
    /// Creates an empty set with this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), names: BTreeMap::new() }
    }

    /// Sets the markers at a landmark, replacing others.
    #[must_use]
    pub fn landmark<S: Into<String>>(
        mut self,
        landmark: Landmark,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        self.names.insert(landmark, names.into_iter().map(Into::into).collect());
        self
    }

    /// Returns the name of the set.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the markers at a landmark.
    pub fn names(&self, landmark: Landmark) -> &[String] {
        self.names.get(&landmark).map_or(&[], Vec::as_slice)
    }

    /// Returns the set of Dorn, Schache & Pandy (2012), doi:10.1242/jeb.064527: clusters on thigh, shank and foot, outer knuckles of
    /// knee and ankle, and the inner ones in the standing trial. The hands' markers have no name: `x52`, `x53`, left and
    /// right in either order.
    pub fn dorn2012() -> Self {
        let mut set = Self::new("dorn2012")
            .landmark(Landmark::C7, ["C7"])
            .landmark(Landmark::Sternum, ["MAN"])
            .landmark(Landmark::RibCage, ["T7"])
            .landmark(Landmark::Sacrum, ["SACR"])
            .landmark(Landmark::Pelvis, ["P1", "P2", "P3"]);
        for side in [Side::Left, Side::Right] {
            let s = letter(side);
            let of = |names: &[&str]| names.iter().map(|n| format!("{s}{n}")).collect::<Vec<_>>();
            set = set
                .landmark(Landmark::Asis(side), of(&["ASI"]))
                .landmark(Landmark::Acromion(side), of(&["SH"]))
                .landmark(Landmark::Elbow(side), of(&["ELB"]))
                .landmark(Landmark::Wrist(side), of(&["WR"]))
                .landmark(Landmark::Hand(side), ["x52", "x53"])
                .landmark(Landmark::Knee(side), of(&["LEPI", "MEPI"]))
                .landmark(Landmark::Ankle(side), of(&["LMAL", "MMAL"]))
                .landmark(Landmark::Heel(side), of(&["HEEL"]))
                .landmark(Landmark::Toe(side), of(&["TOE"]))
                .landmark(Landmark::Thigh(side), of(&["THLP", "THLD", "THAP", "THAD", "LEPI"]))
                .landmark(Landmark::Shank(side), of(&["LEPI", "TIAP", "TIAD", "TILAT", "LMAL"]))
                .landmark(Landmark::Foot(side), of(&["LMAL", "HEEL", "MFS", "MFL", "P1MT", "P5MT"]));
        }
        set
    }

    /// Returns the set of Hamner & Delp (2013), doi:10.1016/j.jbiomech.2012.11.024: clusters of three on thigh and shank, no marker at
    /// knee and ankle in running.
    pub fn hamner2013() -> Self {
        let mut set = Self::new("hamner2013")
            .landmark(Landmark::C7, ["C7"])
            .landmark(Landmark::Sternum, ["CLAV"])
            .landmark(Landmark::Sacrum, ["LPSI", "RPSI"]);
        for side in [Side::Left, Side::Right] {
            let s = letter(side);
            let of = |names: &[&str]| names.iter().map(|n| format!("{s}{n}")).collect::<Vec<_>>();
            set = set
                .landmark(Landmark::Asis(side), of(&["ASI"]))
                .landmark(Landmark::Acromion(side), of(&["ACR"]))
                .landmark(Landmark::Elbow(side), of(&["LEL", "MEL"]))
                .landmark(Landmark::Wrist(side), of(&["FAradius", "FAulna"]))
                .landmark(Landmark::Heel(side), of(&["CAL"]))
                .landmark(Landmark::Toe(side), of(&["TOE"]))
                .landmark(Landmark::Thigh(side), of(&["TH1", "TH2", "TH3"]))
                .landmark(Landmark::Shank(side), of(&["TB1", "TB2", "TB3"]))
                .landmark(Landmark::Foot(side), of(&["CAL", "TOE", "MT5"]));
        }
        set
    }

    /// Returns the known set with the most landmarks present; `None` when no set has pelvis and trunk.
    pub fn detect<'a>(markers: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let there: Vec<String> = markers.into_iter().map(ToString::to_string).collect();
        let found = |set: &Self| {
            let has = |landmark: &Landmark| set.names(*landmark).iter().any(|n| there.contains(n));
            let needed =
                [Landmark::C7, Landmark::Sacrum, Landmark::Asis(Side::Left), Landmark::Asis(Side::Right)];
            if needed.iter().all(has) { set.names.keys().filter(|l| has(l)).count() } else { 0 }
        };
        let known = [Self::hamner2013(), Self::dorn2012()];
        known.into_iter().filter(|set| found(set) > 0).max_by_key(found)
    }
}

fn letter(side: Side) -> char {
    match side {
        Side::Left => 'L',
        Side::Right => 'R',
    }
}

// What each part of the body weighs, and where its centre is.

/// Whose body: the parameters of de Leva are means of 15 young women (61.9 kg, 1.735 m) and 100 young men (73.0 kg, 1.741 m).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Sex {
    /// Female parameters.
    Female,
    /// Male parameters.
    #[default]
    Male,
}

/// A part of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Segment {
    /// Head and neck.
    Head,
    /// Trunk with the pelvis.
    Trunk,
    /// Upper arm.
    UpperArm,
    /// Forearm.
    Forearm,
    /// Hand.
    Hand,
    /// Thigh.
    Thigh,
    /// Shank.
    Shank,
    /// Foot.
    Foot,
}

impl Segment {
    /// All of them, from head to foot.
    pub const ALL: [Segment; 8] = [
        Segment::Head,
        Segment::Trunk,
        Segment::UpperArm,
        Segment::Forearm,
        Segment::Hand,
        Segment::Thigh,
        Segment::Shank,
        Segment::Foot,
    ];

    /// Number of segments of this kind in the body.
    pub fn count(self) -> usize {
        if matches!(self, Segment::Head | Segment::Trunk) { 1 } else { 2 }
    }

    /// Its mass as a fraction of the body's, scaled so that the body's parts sum to 1 (the printed female ones sum to
    /// 0.9999).
    ///
    /// ```
    /// use copeak::model::{Segment, Sex};
    /// let body = |sex| Segment::ALL.iter().map(|s| s.count() as f64 * s.mass_fraction(sex)).sum::<f64>();
    /// assert!((body(Sex::Male) - 1.0).abs() < 1e-15 && (body(Sex::Female) - 1.0).abs() < 1e-15);
    /// assert_eq!(Segment::Thigh.mass_fraction(Sex::Male), 0.1416);
    /// ```
    ///
    /// de Leva (1996), *J Biomech* 29:1223-1230, table 4,
    /// [doi:10.1016/0021-9290(95)00178-6](https://doi.org/10.1016/0021-9290(95)00178-6).
    pub fn mass_fraction(self, sex: Sex) -> f64 {
        let printed = |segment: Segment| table(segment, sex).0;
        let hundredths: u32 = Segment::ALL.iter().map(|s| s.count() as u32 * printed(*s)).sum();
        f64::from(printed(self)) / f64::from(hundredths)
    }

    /// Position of its centre of mass between its ends, as a fraction of the way from the first to the second.
    ///
    /// | segment | from | to |
    /// |---|---|---|
    /// | trunk | C7 | middle of the hip joint centres |
    /// | upper arm | shoulder joint centre | elbow joint centre |
    /// | forearm | elbow joint centre | wrist joint centre |
    /// | hand | wrist joint centre | third knuckle |
    /// | thigh | hip joint centre | knee joint centre |
    /// | shank | knee joint centre | ankle joint centre |
    /// | foot | heel | tip of the longest toe |
    /// | head | top of the head | C7 |
    ///
    /// Source as of [`mass_fraction`](Self::mass_fraction).
    pub fn centre(self, sex: Sex) -> f64 {
        f64::from(table(self, sex).1) / 10_000.0
    }
}

/// Mass and centre in hundredths of a per cent.
fn table(segment: Segment, sex: Sex) -> (u32, u32) {
    let (female, male) = match segment {
        Segment::Head => ((668, 4841), (694, 5002)),
        Segment::Trunk => ((4257, 4964), (4346, 5138)),
        Segment::UpperArm => ((255, 5754), (271, 5772)),
        Segment::Forearm => ((138, 4559), (162, 4574)),
        Segment::Hand => ((56, 7474), (61, 7900)),
        Segment::Thigh => ((1478, 3612), (1416, 4095)),
        Segment::Shank => ((481, 4352), (433, 4395)),
        Segment::Foot => ((129, 4014), (137, 4415)),
    };
    match sex {
        Sex::Female => female,
        Sex::Male => male,
    }
}

/// Length of the hand to the third knuckle, over that of the forearm.
pub(super) fn hand_to_forearm(sex: Sex) -> f64 {
    match sex {
        Sex::Female => 0.0780 / 0.2643,
        Sex::Male => 0.0862 / 0.2689,
    }
}

/// Standard gravity.
pub(super) const GRAVITY_MPS2: f64 = math::GRAVITY_MPS2;
