//! The centres of the arms' segments.

use super::body::Builder;
use super::carrier::{Path, between, distance};
use super::de_leva::{Segment, hand_to_forearm};
use super::markers::Landmark;
use crate::event::Side;
use crate::geometry::{Vector, add, length, scale, subtract, unit};
use alloc::{format, vec::Vec};

/// The shoulder's joint centre below the acromion, as a fraction of the distance between the acromia (Rab, Petuskey & Bagley 2002,
/// doi:10.1016/S0966-6362(01)00155-2).
const SHOULDER_DROP: f64 = 0.17;
/// Largest distance of a marker of the hand from the wrist.
const HAND_M: f64 = 0.12;
/// A wrist marker whose distance from the elbow exceeds that in standing by this factor is not on the wrist.
const FOREARM_STRETCH: f64 = 1.12;

impl Builder<'_> {
    pub(super) fn arms(&mut self, neck: &Path, hips: &Path) {
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
