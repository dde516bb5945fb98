//! Landings of one foot from an accelerometer on its shank.

use crate::event::pieces::pieces;
use crate::event::{Event, EventKind, FootContacts, Method, Side};
use crate::filter::{Filter, ZeroPhase};
use crate::math::{Vertex, quantile};
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;

/// A landing reaches this share of the nearly largest peak.
const SHARE: f64 = 0.5;
/// Shortest stride of a runner.
const STRIDE_S: f64 = 0.35;
/// No shank of a runner is hit by less.
const LEAST_G: f64 = 1.0;
/// What is slower than this is the leg's swing, whose centripetal acceleration reaches that of the impact in a sprint.
const SWING_HZ: f64 = 6.0;

/// Initial contacts of one foot of a runner from the acceleration along its shank: the largest impact of each stride.
///
/// The signal is in units of g along the shank, positive towards the knee: about 1 in standing, several in the impact. It is
/// low-passed forwards and backwards, and what is slower than 6 Hz, the swing of the leg, is taken off; peaks that reach half
/// of the nearly largest one (quantile 0.95 of all peaks above 1 g), the largest first and none within 0.35 s of a larger
/// one, are landings.
///
/// # What it cannot say
/// *When the foot left.* Limits of agreement of the best published method for terminal contacts are -144 to 151 ms (Kiernan et
/// al. 2023, PMC10255839), as long as the contact itself: no terminal contact is given, so there is no contact, and no duty
/// factor or stiffness can be made of it. *When it landed, to a hundredth of a second*: limits for initial contacts are -97
/// to 132 ms over 74 runners, which make the default standard error of 58 ms; the bias of 17 ms is taken off. Landings,
/// strides and cadence are what it is good for.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{ShankLandings, Side}};
/// // An impact of 6 g every 0.7 s.
/// let hit = |i: i32| 1.0 + 5.0 * (-((f64::from(i % 350) / 500.0 - 0.3) / 0.015).powi(2)).exp();
/// let shank = Signal::new(Clock::from_zero(Rate::from_hz(500.0)?), (0..2450).map(hit).collect::<Vec<f64>>());
/// let found = ShankLandings::default().find(&shank, Side::Left)?;
/// assert!(found.contacts.is_empty());
/// assert_eq!(found.unpaired.len(), 7);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("tibial accelerometer", "tibia"))]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ShankLandings {
    /// Low-pass cut-off (-3 dB after both passes).
    pub cutoff_hz: f64,
    /// Delay in seconds from initial contact to the peak, taken off.
    pub initial_delay_s: f64,
    /// Standard error in seconds.
    pub initial_se_s: f64,
}

impl Default for ShankLandings {
    /// 40 Hz; delay and standard error as published for peaks of axial acceleration.
    fn default() -> Self {
        Self { cutoff_hz: 40.0, initial_delay_s: 0.0174, initial_se_s: 0.0583 }
    }
}

impl ShankLandings {
    /// The landings of one foot, as unpaired events.
    ///
    /// # Errors
    /// [`Error::Undefined`] when no peak reaches 1 g (no running, another unit, or the wrong sign); [`Error::NonFinite`] on
    /// an infinite sample or when all are NaN; [`Error::TooFew`] when no stretch without a gap lasts half a second;
    /// [`Error::Parameter`] below 100 Hz; [`Error::Cutoff`].
    pub fn find<S>(&self, axial_g: &Signal<S>, side: Side) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        let clock = axial_g.clock();
        let (mut peaks, mut coverage) = (Vec::new(), Vec::new());
        for piece in pieces([axial_g], self.cutoff_hz, "finding landings from a shank's accelerometer")? {
            let [whole] = &piece.channels;
            coverage.push(piece.span(clock));
            let slow = ZeroPhase::low_pass(2, SWING_HZ, clock.rate())?.apply(whole)?;
            let y: Vec<f64> = whole.iter().zip(slow).map(|(y, slow)| y - slow).collect();
            let tops = (1..y.len() - 1).filter(|&i| y[i] > y[i - 1] && y[i] >= y[i + 1] && y[i] >= LEAST_G);
            peaks.extend(tops.map(|i| {
                let vertex = Vertex::of(y[i - 1], y[i], y[i + 1]);
                (clock.time_s((piece.first + i) as f64 + vertex.shift), vertex.value)
            }));
        }
        if peaks.is_empty() {
            let reason = "no impact reaches 1 g: no running, another unit, or up is not positive";
            return Err(Error::Undefined { quantity: "a landing from a shank's accelerometer", reason });
        }
        peaks.sort_by(|a, b| a.1.total_cmp(&b.1));
        let heights: Vec<f64> = peaks.iter().map(|p| p.1).collect();
        let least = SHARE * quantile(&heights, 0.95);
        let mut landings: Vec<f64> = Vec::new();
        for &(time_s, height) in peaks.iter().rev() {
            // Sorted, so that only the neighbours need be asked.
            let place = landings.partition_point(|&t| t < time_s);
            let near = |t: Option<&f64>| t.is_some_and(|t| (t - time_s).abs() < STRIDE_S);
            let crowded =
                near(place.checked_sub(1).and_then(|i| landings.get(i))) || near(landings.get(place));
            if height >= least && !crowded {
                landings.insert(place, time_s);
            }
        }
        let event = |time_s: f64| {
            let kind = EventKind::InitialContact;
            Event::new(
                time_s - self.initial_delay_s,
                self.initial_se_s,
                side,
                kind,
                Method::ShankAccelerometer,
            )
        };
        let events: Vec<Event> = landings.into_iter().map(event).collect();
        Ok(FootContacts::from_events(side, &events, coverage, axial_g.span()))
    }
}
