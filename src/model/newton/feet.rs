//! Assignment of a force to the feet.

use super::Body;
use crate::event::Side;
use crate::recording::Channel;
use crate::{Samples as _, Signal};
use alloc::{format, vec, vec::Vec};

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
