//! Step-to-step variation of a joint: a time warp and a gain that are constant to third order at every pulse.

use crate::{Error, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Deviation of a pulse in one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    /// Time of the pulse's peak, including its delay.
    pub(super) time_s: f64,
    /// Its delay relative to the average step.
    pub(super) delay_s: f64,
    /// Its height over the average step's.
    pub(super) gain: f64,
}

/// Delay and gain over time, by seventh-degree steps between the nodes: the first three derivatives vanish at every
/// node, so the modulated velocity peaks exactly at the node's time, with the curvature it would have without.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Modulation {
    nodes: Vec<Node>,
}

/// Value and rate of change of delay and gain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State {
    pub(super) delay_s: f64,
    pub(super) delay_rate: f64,
    pub(super) gain: f64,
    pub(super) gain_rate: f64,
}

impl Modulation {
    /// Nodes in any order.
    pub(super) fn new(mut nodes: Vec<Node>) -> Result<Self> {
        nodes.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        // The warp's rate reaches 35/16 of the mean slope; time must not stand still or run backwards.
        let steepest = nodes
            .windows(2)
            .map(|w| {
                2.1875 * (w[1].delay_s - w[0].delay_s).abs()
                    / (w[1].time_s - w[0].time_s).max(f64::MIN_POSITIVE)
            })
            .fold(0.0, f64::max);
        if steepest < 0.9 {
            Ok(Self { nodes })
        } else {
            Err(Error::Parameter {
                name: "timing jitter",
                rule: "small enough to keep a joint's pulses in order (time warp rate below 0.9)",
                value: steepest,
            })
        }
    }

    pub(super) fn at(&self, time_s: f64) -> State {
        let next = self.nodes.partition_point(|node| node.time_s <= time_s);
        let ends = (next.checked_sub(1).and_then(|i| self.nodes.get(i)), self.nodes.get(next));
        match ends {
            (Some(a), Some(b)) => {
                let length = b.time_s - a.time_s;
                let u = (time_s - a.time_s) / length;
                let rise = u * u * u * u * (35.0 - u * (84.0 - u * (70.0 - 20.0 * u)));
                let rate = 140.0 * (u * (1.0 - u)).powi(3) / length;
                State {
                    delay_s: a.delay_s + (b.delay_s - a.delay_s) * rise,
                    delay_rate: (b.delay_s - a.delay_s) * rate,
                    gain: a.gain + (b.gain - a.gain) * rise,
                    gain_rate: (b.gain - a.gain) * rate,
                }
            }
            (Some(end), None) | (None, Some(end)) => {
                State { delay_s: end.delay_s, delay_rate: 0.0, gain: end.gain, gain_rate: 0.0 }
            }
            (None, None) => State { delay_s: 0.0, delay_rate: 0.0, gain: 1.0, gain_rate: 0.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_passes_through_its_nodes_flatly_and_its_rates_are_right() {
        let node = |time_s, delay_s, gain| Node { time_s, delay_s, gain };
        let m =
            Modulation::new(vec![node(1.0, 0.01, 1.1), node(0.5, -0.02, 0.9), node(1.6, 0.0, 1.0)]).unwrap();
        let at = m.at(1.0);
        assert_eq!((at.delay_s, at.delay_rate, at.gain, at.gain_rate), (0.01, 0.0, 1.1, 0.0));
        assert_eq!(m.at(0.0).delay_s, -0.02);
        assert_eq!(m.at(9.0).gain, 1.0);
        let h = 1e-6;
        for i in 1..20 {
            let t = 0.5 + f64::from(i) * 0.05;
            let slope = (m.at(t + h).delay_s - m.at(t - h).delay_s) / (2.0 * h);
            assert!((slope - m.at(t).delay_rate).abs() < 1e-6, "{t}");
        }
        assert_eq!(Modulation::default().at(3.0).gain, 1.0);
    }

    #[test]
    fn pulses_may_not_change_places() {
        let node = |time_s, delay_s| Node { time_s, delay_s, gain: 1.0 };
        assert!(Modulation::new(vec![node(1.0, 0.0), node(1.1, 0.08)]).is_err());
        assert!(Modulation::new(vec![node(1.0, 0.0), node(1.0, 0.08)]).is_err());
    }
}
