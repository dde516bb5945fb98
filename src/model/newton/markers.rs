//! Which marker says where which part of the body is.

use crate::event::Side;
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

/// A place on the body that markers tell of.
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
    /// Elbow: one marker, or an inner and an outer one, the mean of which is the joint centre. So for all joints.
    Elbow(Side),
    /// Wrist.
    Wrist(Side),
    /// Hand, near the third knuckle. Of several names the marker is taken that stays nearest to the wrist.
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
///     .with(Landmark::C7, ["CV7"])
///     .with(Landmark::Knee(Side::Left), ["LLFE", "LMFE"]);
/// assert_eq!(mine.names(Landmark::C7), ["CV7"]);
/// assert!(mine.names(Landmark::Sternum).is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarkerSet {
    name: String,
    names: BTreeMap<Landmark, Vec<String>>,
}

impl MarkerSet {
    /// An empty set of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), names: BTreeMap::new() }
    }

    /// With these markers at a landmark, instead of others that were there.
    #[must_use]
    pub fn with<S: Into<String>>(mut self, landmark: Landmark, names: impl IntoIterator<Item = S>) -> Self {
        self.names.insert(landmark, names.into_iter().map(Into::into).collect());
        self
    }

    /// What the set is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The markers at a landmark.
    pub fn names(&self, landmark: Landmark) -> &[String] {
        self.names.get(&landmark).map_or(&[], Vec::as_slice)
    }

    /// The set of Dorn, Schache & Pandy (2012), doi:10.1242/jeb.064527: clusters on thigh, shank and foot, outer knuckles of
    /// knee and ankle, and the inner ones in the standing trial. The hands' markers have no name: `x52`, `x53`, left and
    /// right as it happens.
    pub fn dorn2012() -> Self {
        let mut set = Self::new("dorn2012")
            .with(Landmark::C7, ["C7"])
            .with(Landmark::Sternum, ["MAN"])
            .with(Landmark::RibCage, ["T7"])
            .with(Landmark::Sacrum, ["SACR"])
            .with(Landmark::Pelvis, ["P1", "P2", "P3"]);
        for side in [Side::Left, Side::Right] {
            let s = letter(side);
            let of = |names: &[&str]| names.iter().map(|n| format!("{s}{n}")).collect::<Vec<_>>();
            set = set
                .with(Landmark::Asis(side), of(&["ASI"]))
                .with(Landmark::Acromion(side), of(&["SH"]))
                .with(Landmark::Elbow(side), of(&["ELB"]))
                .with(Landmark::Wrist(side), of(&["WR"]))
                .with(Landmark::Hand(side), ["x52", "x53"])
                .with(Landmark::Knee(side), of(&["LEPI", "MEPI"]))
                .with(Landmark::Ankle(side), of(&["LMAL", "MMAL"]))
                .with(Landmark::Heel(side), of(&["HEEL"]))
                .with(Landmark::Toe(side), of(&["TOE"]))
                .with(Landmark::Thigh(side), of(&["THLP", "THLD", "THAP", "THAD", "LEPI"]))
                .with(Landmark::Shank(side), of(&["LEPI", "TIAP", "TIAD", "TILAT", "LMAL"]))
                .with(Landmark::Foot(side), of(&["LMAL", "HEEL", "MFS", "MFL", "P1MT", "P5MT"]));
        }
        set
    }

    /// The set of Hamner & Delp (2013), doi:10.1016/j.jbiomech.2012.11.024: clusters of three on thigh and shank, no marker at
    /// knee and ankle in running.
    pub fn hamner2013() -> Self {
        let mut set = Self::new("hamner2013")
            .with(Landmark::C7, ["C7"])
            .with(Landmark::Sternum, ["CLAV"])
            .with(Landmark::Sacrum, ["LPSI", "RPSI"]);
        for side in [Side::Left, Side::Right] {
            let s = letter(side);
            let of = |names: &[&str]| names.iter().map(|n| format!("{s}{n}")).collect::<Vec<_>>();
            set = set
                .with(Landmark::Asis(side), of(&["ASI"]))
                .with(Landmark::Acromion(side), of(&["ACR"]))
                .with(Landmark::Elbow(side), of(&["LEL", "MEL"]))
                .with(Landmark::Wrist(side), of(&["FAradius", "FAulna"]))
                .with(Landmark::Heel(side), of(&["CAL"]))
                .with(Landmark::Toe(side), of(&["TOE"]))
                .with(Landmark::Thigh(side), of(&["TH1", "TH2", "TH3"]))
                .with(Landmark::Shank(side), of(&["TB1", "TB2", "TB3"]))
                .with(Landmark::Foot(side), of(&["CAL", "TOE", "MT5"]));
        }
        set
    }

    /// The known set of which most landmarks are there; `None` when neither has pelvis and trunk there.
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
