//! The fitted constants of the kinematic events, and what they were fitted on.

/// How the kinematic landmarks of a contact turn into its events, and how far to trust them.
///
/// The default was fitted by least squares on the medians of 21 recordings: seven runners at 2.5, 3.5 and 4.5 m/s
/// on an instrumented treadmill (Fukuchi et al. 2017, doi:10.7717/peerj.3298; four fore- or midfoot strikers in
/// effect, three rearfoot), against force (on 50 N, off 20 N). `scripts/validate events` repeats the fit, prints
/// these numbers, and tests them on runners left out of it.
///
/// A laboratory with plates can fit its own.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct KinematicCalibration {
    /// Delay in seconds from initial contact to the peak jerk of dorsiflexion, when the ankle stands still then.
    pub initial_delay_s: f64,
    /// Change of that delay in seconds per degree per second of dorsiflexion at the peak acceleration: a forefoot
    /// that lands is bent up at once and early, a heel that lands lets the foot slap down first.
    pub initial_per_deg_s: f64,
    /// Delay in seconds from terminal contact to the knee's greatest extension, when plantarflexion has slackened to half
    /// its greatest speed by then.
    pub terminal_delay_s: f64,
    /// Change of that delay per second by which the knee's greatest extension follows that slackening.
    pub terminal_per_s: f64,
    /// Root mean square over runners of the bias of initial contacts, in seconds: the seven, each left out of the
    /// fit, and three of other laboratories.
    pub initial_bias_sd_s: f64,
    /// Standard deviation within one runner at one speed, in seconds.
    pub initial_scatter_s: f64,
    /// The same for terminal contacts.
    pub terminal_bias_sd_s: f64,
    /// The same for terminal contacts.
    pub terminal_scatter_s: f64,
}

impl Default for KinematicCalibration {
    fn default() -> Self {
        Self {
            initial_delay_s: 0.01143,
            initial_per_deg_s: -3.557e-5,
            terminal_delay_s: 0.01739,
            terminal_per_s: 0.4805,
            initial_bias_sd_s: 0.003832,
            initial_scatter_s: 0.00234,
            terminal_bias_sd_s: 0.01683,
            terminal_scatter_s: 0.00366,
        }
    }
}
