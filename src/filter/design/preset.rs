//! Filters named after their purpose and source.

use crate::filter::{Butterworth, Design};
#[cfg(feature = "alloc")]
use crate::filter::{Cascade, Emg, ZeroPhase};
use crate::{Rate, Result};
use core::fmt;

/// A filter for a purpose, with the source of its numbers.
///
/// A preset holds a [`Design`], no more: its cut-off is where the gain is -3 dB in the end, after one pass when run
/// live ([`Preset::causal`]) and after both in a whole record ([`Preset::zero_phase`]). Papers say "4th-order
/// zero-lag" for two passes of order 2, and seldom whether the cut-off was corrected for them; here it is. Printing
/// one shows what was chosen.
///
/// | preset | filter | order per pass | source |
/// |---|---|---|---|
/// | [`Preset::running_kinematics`] | low-pass 12 Hz | 2 | OpenCap, Uhlrich et al. 2023 |
/// | [`Preset::sprint_kinematics`] | low-pass 20 Hz | 2 | OpenBiomechanics Project |
/// | [`Preset::force_events`] | low-pass 50 Hz | 2 | dryft, Alcantara 2019 |
/// | [`Preset::force_for_moments`] | that of the kinematics | as there | Bisseling & Hof 2006; Bezodis et al. 2013 |
/// | [`Preset::emg_band`] | band-pass 20 to 450 Hz | 2 | De Luca et al. 2010; SENIAM |
/// | [`Preset::emg_envelope`] | low-pass 24 Hz | 3 | Hof |
///
/// No cut-off is right for every recording: residual analysis shows more about yours than a paper on other runners.
///
/// ```
/// use copeak::{Filter, Rate, filter::Preset};
/// let preset = Preset::sprint_kinematics(Rate::from_hz(250.0)?)?;
/// assert_eq!(
///     format!("{preset:.1}"),
///     "sprint kinematics (OpenBiomechanics Project): Butterworth low-pass at 20.0 Hz, order 2, for 250 Hz; \
///      both ways order 4, each pass at 24.6 Hz",
/// );
/// let angle: Vec<f64> = (0..500).map(|i| 30.0 * (i as f64 * 0.05).sin()).collect();
/// let smooth = preset.zero_phase()?.apply(&angle)?;
/// assert_eq!(smooth.len(), 500);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    purpose: &'static str,
    source: &'static str,
    design: Design,
}

impl Preset {
    /// Selects a filter for marker positions and joint angles in running at jogging to fast endurance speeds: low-pass, 12 Hz, order 2 per
    /// pass.
    ///
    /// 12 Hz is what OpenCap applies to gait (Uhlrich et al. 2023, PLoS Comput Biol 19:e1011462,
    /// doi:10.1371/journal.pcbi.1011462). Others use 8 to 20 Hz in running. Walking's 6 Hz must not be carried over:
    /// compared with 12 Hz it takes a quarter (10 to 34 %) from the largest knee accelerations of seven treadmill runners at
    /// 3.5 m/s (Fukuchi et al. 2017, doi:10.7717/peerj.3298).
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] when the rate is not above 24 Hz.
    pub fn running_kinematics(rate: Rate) -> Result<Self> {
        Self::low_pass("running kinematics", "OpenCap, Uhlrich et al. 2023", 2, 12.0, rate)
    }

    /// Selects a filter for marker positions and joint angles in sprinting: low-pass, 20 Hz, order 2 per pass.
    ///
    /// There is no agreed cut-off for sprinting. 20 Hz with order 4 in all is what the OpenBiomechanics Project
    /// documents for another motion of the whole body as fast as this (baseball pitching). Of a sprinter's knee
    /// extension velocity before toe-off at 9.5 m/s (Dorn et al. 2012, doi:10.1242/jeb.064527) it leaves 97 %, 12 Hz
    /// 87 %, 8 Hz 69 % and 6 Hz half.
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] when the rate is not above 40 Hz.
    pub fn sprint_kinematics(rate: Rate) -> Result<Self> {
        Self::low_pass("sprint kinematics", "OpenBiomechanics Project", 2, 20.0, rate)
    }

    /// Selects a filter for ground reaction force from which contacts, impulses and loading are read: low-pass, 50 Hz, order 2 per pass.
    ///
    /// As dryft filters the treadmill force of Fukuchi et al. 2017 before it looks for contacts, corrected for two
    /// passes (Alcantara 2019, J Open Source Softw 4:1910, doi:10.21105/joss.01910). Never low-pass the force to the
    /// markers' cut-off for this: 12 Hz moves the crossing of 50 N 12 ms ahead of the contact in a sprint (Dorn et
    /// al.), 50 Hz by a sample (4 ms) or not at all.
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] when the rate is not above 100 Hz.
    pub fn force_events(rate: Rate) -> Result<Self> {
        Self::low_pass("force for events", "dryft, Alcantara 2019", 2, 50.0, rate)
    }

    /// Selects a filter for ground reaction force from which joint moments are computed: the low-pass of the kinematics, at the force's
    /// rate.
    ///
    /// When the force keeps frequencies that the accelerations have lost, joint moments show impact peaks after
    /// contact that are artefacts: Bisseling & Hof 2006 (J Biomech 39:2438-2444, doi:10.1016/j.jbiomech.2005.07.021)
    /// advise the same cut-off for both, and Bezodis et al. 2013 (Gait Posture 38:653-657,
    /// doi:10.1016/j.gaitpost.2013.02.015) show it in sprinting. The price is a force whose own impact is gone: for
    /// events and impulses use [`Preset::force_events`]. (Edwards et al. 2011, doi:10.1016/j.gaitpost.2011.06.006,
    /// filter the moments instead.)
    ///
    /// ```
    /// use copeak::{Rate, filter::Preset};
    /// let kinematics = Preset::sprint_kinematics(Rate::from_hz(250.0)?)?;
    /// let force = Preset::force_for_moments(kinematics, Rate::from_hz(1500.0)?)?;
    /// assert_eq!(force.design().band(), kinematics.design().band());
    /// assert_eq!(force.design().rate().as_hz(), 1500.0);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Design::at_rate`].
    pub fn force_for_moments(kinematics: impl Into<Design>, rate: Rate) -> Result<Self> {
        Ok(Self {
            purpose: "force for joint moments",
            source: "cut-off of the kinematics; Bisseling & Hof 2006, Bezodis et al. 2013",
            design: kinematics.into().at_rate(rate)?,
        })
    }

    /// Selects a filter for raw surface EMG in movement: band-pass from 20 to 450 Hz, order 2 per pass.
    ///
    /// Below 20 Hz lies what moving electrodes and cables add: De Luca et al. 2010 (J Biomech 43:1573-1579,
    /// doi:10.1016/j.jbiomech.2010.01.027) recommend a Butterworth corner there with 12 dB per octave, which is order
    /// 2 in one pass (both ways it is 24). SENIAM has 10 to 20 Hz and "near 500 Hz", ISEK 5 and 500 Hz; 450 Hz is
    /// where common wireless sensors end.
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] when the rate is not above 900 Hz: EMG sampled slower than that is folded already.
    pub fn emg_band(rate: Rate) -> Result<Self> {
        Ok(Self {
            purpose: "EMG band",
            source: "De Luca et al. 2010, SENIAM",
            design: Butterworth::band_pass(2, 20.0, 450.0, rate)?.into(),
        })
    }

    /// Selects a filter for the rectified EMG of moving muscle: low-pass, 24 Hz, order 3 per pass.
    ///
    /// Hof's advice on Biomch-L for muscles of the lower leg that are not isometric: a 3rd-order Butterworth of 24
    /// Hz, or a moving average over 25 ms, which is practically the same ([`crate::filter::MovingMean`] as the second part of
    /// an [`crate::filter::Envelope`]); lower cut-offs, made for isometric muscle, filter out useful information and give
    /// curves that have nothing to do with the joint moment in running.
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] when the rate is not above 48 Hz.
    pub fn emg_envelope(rate: Rate) -> Result<Self> {
        Self::low_pass("EMG envelope of moving muscle", "Hof, Biomch-L", 3, 24.0, rate)
    }

    /// [`Preset::emg_band`], the magnitude, [`Preset::emg_envelope`].
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] when the rate is not above 900 Hz.
    #[cfg(feature = "alloc")]
    pub fn emg(rate: Rate) -> Result<Emg> {
        Emg::new(Self::emg_band(rate)?, Self::emg_envelope(rate)?)
    }

    fn low_pass(
        purpose: &'static str,
        source: &'static str,
        order: usize,
        cutoff_hz: f64,
        rate: Rate,
    ) -> Result<Self> {
        Ok(Self { purpose, source, design: Butterworth::low_pass(order, cutoff_hz, rate)?.into() })
    }

    /// Returns its purpose.
    pub fn purpose(&self) -> &'static str {
        self.purpose
    }

    /// Returns the source of its numbers.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Returns the design for one pass.
    pub fn design(&self) -> Design {
        self.design
    }

    /// Returns the filter for whole records: forwards and backwards, -3 dB at the cut-offs after both passes.
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] when a cut-off lies so near to the Nyquist frequency that it cannot be corrected; as
    /// [`Design::iter`].
    #[cfg(feature = "alloc")]
    pub fn zero_phase(&self) -> Result<ZeroPhase> {
        ZeroPhase::corrected(self.design)
    }

    /// Returns the filter for live use: one pass, delayed by its [`crate::GroupDelay`].
    ///
    /// # Errors
    /// As [`Design::iter`].
    #[cfg(feature = "alloc")]
    pub fn causal(&self) -> Result<Cascade> {
        self.design.cascade()
    }
}

impl From<Preset> for Design {
    fn from(preset: Preset) -> Self {
        preset.design
    }
}

/// Purpose, source, design, and what becomes of it both ways; a precision shortens the cut-offs.
impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): ", self.purpose, self.source)?;
        fmt::Display::fmt(&self.design, f)?;
        let (Ok(order), Ok(pass)) = (self.design.effective_order(2), self.design.for_passes(2)) else {
            return Ok(());
        };
        write!(f, "; both ways order {order}, each pass ")?;
        pass.band().fmt_edges(f)
    }
}
