//! What each part of the body weighs, and where its centre is.

use crate::math;

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

    /// How many the body has of it.
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

    /// Where its centre of mass lies between its ends, as a fraction of the way from the first to the second.
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
