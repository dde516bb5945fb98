//! Cluster phase: a group and its members.

use super::Phases;
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Group synchrony by the cluster-phase method (Frank & Richardson 2010, *Physica D* 239:2084-2092; Richardson et al. 2012,
/// doi:10.3389/fphys.2012.00405). The group's phase is the direction of its mean vector at each sample; what counts is how steadily
/// members keep their distance from it, whatever that distance is.
///
/// ```
/// use copeak::synchrony::Phases;
/// let leader: Vec<f64> = (0..100).map(|i| 0.1 * i as f64).collect();
/// let late: Vec<f64> = leader.iter().map(|p| p - 1.0).collect();
/// let stray: Vec<f64> = (0..100).map(|i| 0.37 * i as f64).collect();
/// let group = Phases::from_radians(&[leader, late, stray])?.group();
/// assert!(group.members[0] > 0.85 && group.members[2] < 0.5);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Group {
    /// Mean over samples of [`Group::over_time`]: 1 all keep their distances. Independent members do **not** give 0: the
    /// group's phase is made of them, and so are the distances taken out of it.
    pub synchrony: f64,
    /// The same at each sample.
    pub over_time: Vec<f64>,
    /// How steadily each member keeps its distance from the group, 0 to 1.
    pub members: Vec<f64>,
    /// That distance, radians in (-pi, pi], positive ahead of the group.
    pub distances_rad: Vec<f64>,
}

pub(super) fn of(phases: &Phases) -> Group {
    let (channels, samples) = (phases.channels(), phases.samples());
    // The group's own direction at each sample; where the members cancel out exactly it is that of 0.
    let (mut x, mut y) = (vec![0.0; samples], vec![0.0; samples]);
    for channel in 0..channels {
        let (cos, sin) = phases.unit(channel);
        for t in 0..samples {
            x[t] += cos[t];
            y[t] += sin[t];
        }
    }
    for (x, y) in x.iter_mut().zip(&mut y) {
        let length = x.hypot(*y);
        (*x, *y) = if length > 0.0 { (*x / length, *y / length) } else { (1.0, 0.0) };
    }
    let (mut members, mut distances_rad) = (Vec::with_capacity(channels), Vec::with_capacity(channels));
    let (mut sum_x, mut sum_y) = (vec![0.0; samples], vec![0.0; samples]);
    for channel in 0..channels {
        let (cos, sin) = phases.unit(channel);
        // Relative to the group: times the conjugate of its direction.
        let relative = |t: usize| (cos[t] * x[t] + sin[t] * y[t], sin[t] * x[t] - cos[t] * y[t]);
        let (re, im) = (0..samples).map(relative).fold((0.0, 0.0), |(a, b), (re, im)| (a + re, b + im));
        let distance = im.atan2(re);
        members.push((re.hypot(im) / samples as f64).min(1.0));
        distances_rad.push(distance);
        let (back_sin, back_cos) = distance.sin_cos();
        for t in 0..samples {
            let (re, im) = relative(t);
            sum_x[t] += re * back_cos + im * back_sin;
            sum_y[t] += im * back_cos - re * back_sin;
        }
    }
    let over_time: Vec<f64> =
        sum_x.iter().zip(&sum_y).map(|(x, y)| (x.hypot(*y) / channels as f64).min(1.0)).collect();
    let synchrony = over_time.iter().sum::<f64>() / samples as f64;
    Group { synchrony, over_time, members, distances_rad }
}
