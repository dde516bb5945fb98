//! The markers at each landmark of the body.

use crate::event::Side;
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

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
