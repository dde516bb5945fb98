//! What the marker methods look for, by how much it follows the event, and how far to trust that.

/// What in the markers' paths is taken for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MarkerMethod {
    /// Initial contact: the earlier of the peaks of vertical acceleration of heel and ball of the foot. Terminal contact: the
    /// peak of the toe's vertical jerk that leads to its greatest vertical acceleration. Handsaker et al. (2016, *J Biomech* 49:4128-4133), where the ball carries a marker
    /// on the first metatarsal head and the toe one on the hallux.
    Handsaker,
    /// Initial contact: the peak of the heel's vertical acceleration. Terminal contact: the peak of the toe's forward
    /// acceleration that follows its greatest vertical one. From walking (Hreljac & Marshall 2000, *J Biomech* 33:783-786); Hreljac & Stergiou (2000, *Med Biol
    /// Eng Comput* 38:503-506) found errors of 4.5 and 6.9 ms (root mean square) for accelerations in running.
    #[doc(alias("hreljac", "stergiou"))]
    HeelAndToe,
    /// Initial contact: the heel farthest in front of the pelvis. Terminal contact: the toe farthest behind it. Zeni,
    /// Richards & Higginson (2008, *Gait Posture* 27:710-714), made for walking: a runner's foot is on its way back when it
    /// lands, and goes on backwards after it has left, so both events are moved by [`MarkerCalibration`].
    Zeni,
}

/// By how much a method's landmark follows the event, and how far to trust that.
///
/// A laboratory with plates can fit its own. The defaults are means over three runners of three laboratories (16 initial
/// and 15 terminal contacts), every runner counting the same; `scripts/validate events` repeats the fit, prints these
/// numbers, and tests them on runners left out of it. Three runners are few: each standard error joins the root mean square
/// error of runners left out with the scatter within one, and is no less than the published figure of its method.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MarkerCalibration {
    /// Delay in seconds from initial contact to its landmark, taken off.
    pub initial_delay_s: f64,
    /// Standard error of initial contacts in seconds.
    pub initial_se_s: f64,
    /// Delay in seconds from terminal contact to its landmark, taken off.
    pub terminal_delay_s: f64,
    /// Further delay of that landmark per second of the foot's way from front to back: a fast foot turns round sooner.
    pub terminal_per_s: f64,
    /// Standard error of terminal contacts in seconds.
    pub terminal_se_s: f64,
}

impl MarkerMethod {
    /// The constants that [`super::MarkerContacts::new`] takes.
    pub fn calibration(self) -> MarkerCalibration {
        let [initial_delay_s, initial_se_s, terminal_delay_s, terminal_per_s, terminal_se_s] = match self {
            Self::Handsaker => [0.005728, 0.008506, 0.0007681, 0.0, 0.03389],
            Self::HeelAndToe => [0.01685, 0.02205, 0.03583, 0.0, 0.02567],
            Self::Zeni => [-0.04307, 0.008164, 0.0, 0.2456, 0.01694],
        };
        MarkerCalibration { initial_delay_s, initial_se_s, terminal_delay_s, terminal_per_s, terminal_se_s }
    }
}
