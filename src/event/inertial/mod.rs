//! Contacts from inertial sensors: a gyroscope on the foot, an accelerometer on the shank or the sacrum.

mod gyroscope;
mod sacrum;
mod shank;

pub use gyroscope::{GyroscopeCalibration, GyroscopeContacts};
pub use sacrum::{Sacrum, SacrumCalibration, SacrumContacts};
pub use shank::ShankLandings;

/// A local minimum: not above its neighbours, and below the one before.
fn minima(y: &[f64]) -> impl Iterator<Item = usize> {
    (1..y.len().saturating_sub(1)).filter(|&i| y[i] < y[i - 1] && y[i] <= y[i + 1])
}
