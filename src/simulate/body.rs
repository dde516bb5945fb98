//! Motion of a runner at a given speed: gait times and the lobes of every joint's angular velocity.

use super::pulse::{Joint, Pulse};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A quantity at 3.5 m/s and at 9.5 m/s, linear in speed between and beyond.
#[derive(Debug, Clone, Copy)]
pub(super) struct BySpeed(f64, f64);

impl BySpeed {
    pub(super) fn at(self, speed_mps: f64) -> f64 {
        self.0 + (self.1 - self.0) * (speed_mps - 3.5) / 6.0
    }
}

/// Speeds for which the tables hold.
pub(super) const SPEEDS_MPS: (f64, f64) = (2.5, 12.0);

/// Contact time: 0.25 s at 3.5 m/s, 0.12 s at 9.5 m/s.
pub(super) fn contact_s(speed_mps: f64) -> f64 {
    0.248 * (speed_mps / 3.53).powf(-0.702)
}

/// Stride time: 0.76 s at 3.5 m/s, 0.46 s at 9.5 m/s.
pub(super) fn stride_s(speed_mps: f64) -> f64 {
    1.0 / (1.189 + 0.01077 * speed_mps * speed_mps)
}

/// Time of a pulse's peak, as a fraction of the contact, counted from initial contact.
pub(super) fn peak_of_contact(pulse: Pulse) -> BySpeed {
    match pulse {
        Pulse::SupportHip => BySpeed(0.60, 0.62),
        Pulse::SwingHip => BySpeed(0.34, 0.62),
        Pulse::SupportArm => BySpeed(0.29, 0.27),
        Pulse::OppositeArm => BySpeed(0.72, 0.71),
        Pulse::Trunk => BySpeed(0.21, 0.20),
        Pulse::Knee => BySpeed(0.66, 0.75),
        Pulse::Ankle => BySpeed(0.80, 0.80),
    }
}

/// One lobe of a joint's angular velocity over the stride that starts at initial contact of the joint's own side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lobe {
    /// Its position.
    pub(super) place: Place,
    /// Its height in deg/s: the peak of the whole velocity for a set pulse, the lobe's own height otherwise.
    pub(super) height: BySpeed,
    /// Its standard deviation as a fraction of the stride.
    pub(super) width: BySpeed,
}

/// Position of a lobe.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// At a pulse whose time is set, in the step of the joint's own side.
    Own(Pulse),
    /// At a pulse whose time is set, in the step of the other side.
    Other(Pulse),
    /// At a fraction of the stride.
    Phase(BySpeed),
}

const fn own(pulse: Pulse, height: (f64, f64), width: (f64, f64)) -> Lobe {
    Lobe { place: Place::Own(pulse), height: BySpeed(height.0, height.1), width: BySpeed(width.0, width.1) }
}

const fn other(pulse: Pulse, height: (f64, f64), width: (f64, f64)) -> Lobe {
    Lobe { place: Place::Other(pulse), height: BySpeed(height.0, height.1), width: BySpeed(width.0, width.1) }
}

const fn lobe(phase: (f64, f64), height: (f64, f64), width: (f64, f64)) -> Lobe {
    Lobe {
        place: Place::Phase(BySpeed(phase.0, phase.1)),
        height: BySpeed(height.0, height.1),
        width: BySpeed(width.0, width.1),
    }
}

// Extension of hip and knee, plantarflexion and shoulder extension are negative.
const HIP: [Lobe; 4] = [
    own(Pulse::SupportHip, (-310.0, -680.0), (0.080, 0.085)),
    lobe((0.46, 0.49), (90.0, 400.0), (0.060, 0.065)),
    other(Pulse::SwingHip, (370.0, 900.0), (0.075, 0.065)),
    lobe((0.88, 0.88), (-210.0, -500.0), (0.055, 0.055)),
];
const KNEE: [Lobe; 5] = [
    lobe((0.035, 0.035), (520.0, 450.0), (0.060, 0.050)),
    own(Pulse::Knee, (-330.0, -950.0), (0.060, 0.045)),
    lobe((0.48, 0.38), (620.0, 1250.0), (0.100, 0.090)),
    lobe((0.70, 0.66), (-400.0, -600.0), (0.080, 0.060)),
    lobe((0.85, 0.82), (-600.0, -1250.0), (0.060, 0.060)),
];
const ANKLE: [Lobe; 5] = [
    lobe((0.050, 0.050), (480.0, 580.0), (0.045, 0.040)),
    own(Pulse::Ankle, (-620.0, -1450.0), (0.045, 0.040)),
    lobe((0.36, 0.31), (150.0, 350.0), (0.050, 0.040)),
    lobe((0.52, 0.48), (80.0, 230.0), (0.090, 0.090)),
    lobe((0.87, 0.87), (-70.0, -120.0), (0.060, 0.060)),
];
const SHOULDER: [Lobe; 4] = [
    own(Pulse::SupportArm, (370.0, 1100.0), (0.070, 0.075)),
    lobe((0.25, 0.25), (30.0, 250.0), (0.050, 0.045)),
    lobe((0.44, 0.39), (-70.0, -750.0), (0.080, 0.060)),
    other(Pulse::OppositeArm, (-220.0, -1080.0), (0.085, 0.065)),
];
const ELBOW: [Lobe; 4] = [
    lobe((0.225, 0.225), (420.0, 560.0), (0.080, 0.085)),
    lobe((0.57, 0.51), (-420.0, -1350.0), (0.090, 0.065)),
    lobe((0.74, 0.69), (80.0, 480.0), (0.070, 0.060)),
    lobe((0.90, 0.90), (20.0, 300.0), (0.050, 0.050)),
];
const PELVIS: [Lobe; 4] = [
    lobe((0.08, 0.08), (-30.0, -230.0), (0.060, 0.050)),
    lobe((0.20, 0.20), (30.0, 240.0), (0.050, 0.045)),
    lobe((0.58, 0.58), (30.0, 230.0), (0.060, 0.050)),
    lobe((0.70, 0.70), (-30.0, -240.0), (0.050, 0.045)),
];
const TRUNK: [Lobe; 4] = [
    own(Pulse::Trunk, (125.0, 345.0), (0.060, 0.045)),
    lobe((0.46, 0.46), (-60.0, -150.0), (0.050, 0.045)),
    other(Pulse::Trunk, (-125.0, -345.0), (0.060, 0.045)),
    lobe((0.96, 0.96), (60.0, 150.0), (0.050, 0.045)),
];

/// The lobes of a joint's angular velocity.
pub(super) fn lobes(joint: Joint) -> &'static [Lobe] {
    match joint {
        Joint::Hip => &HIP,
        Joint::Knee => &KNEE,
        Joint::Ankle => &ANKLE,
        Joint::Shoulder => &SHOULDER,
        Joint::Elbow => &ELBOW,
        Joint::Pelvis => &PELVIS,
        Joint::Trunk => &TRUNK,
    }
}

/// A joint's mean angle over the stride, in degrees.
pub(super) fn mean_deg(joint: Joint) -> BySpeed {
    match joint {
        Joint::Hip => BySpeed(6.0, 17.0),
        Joint::Knee => BySpeed(50.0, 71.0),
        Joint::Ankle => BySpeed(-3.0, -6.0),
        Joint::Shoulder => BySpeed(-28.0, -11.0),
        Joint::Elbow => BySpeed(100.0, 81.0),
        Joint::Pelvis | Joint::Trunk => BySpeed(0.0, 0.0),
    }
}
