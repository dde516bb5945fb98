//! Coincidence against chance.

/// Below this room between chance and 1 the index is not defined: pulses so wide that every timing is good.
const LEAST_ROOM: f64 = 0.02;

/// The convergence index of a coincidence where `chance` is what random timing gives: 0 at chance, 1 when all peak at one instant, negative
/// below chance; `None` where chance leaves less than 0.02 of room below 1.
///
/// ```
/// use copeak::convergence::kappa;
/// assert_eq!(kappa(0.875, 0.75), Some(0.5));
/// assert_eq!(kappa(1.0, 0.99), None); // pulses so wide that every timing is good
/// ```
pub fn kappa(coincidence: f64, chance: f64) -> Option<f64> {
    let room = 1.0 - chance;
    (room >= LEAST_ROOM).then(|| (coincidence - chance) / room)
}
