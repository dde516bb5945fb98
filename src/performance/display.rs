//! The models of speed in words.

use super::{SpeedFit, SpeedPlateau, SprintCurve};
use crate::format::{count, number, p_words, paragraph};
use alloc::{format, string::ToString};
use core::fmt;

impl fmt::Display for SpeedFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trials, athletes) = (count(self.trials, "trial"), count(self.athletes, "athlete"));
        writeln!(f, "does timing explain speed beyond force? {trials} of {athletes}")?;
        speed_lines(f, self)?;
        self.cautions().iter().try_for_each(|caution| paragraph(f, "  note       ", &caution.to_string()))
    }
}

/// The models of speed, line by line.
pub(crate) fn speed_lines(f: &mut fmt::Formatter<'_>, fit: &SpeedFit) -> fmt::Result {
    writeln!(f, "  R^2        {:.3} by force, {:.3} with kappa", fit.r2_force, fit.r2_full)?;
    let p = |p: Option<f64>| p.map_or("no p: too few orders".into(), p_words);
    let effect = &fit.convergence;
    let coefficient = effect.coefficient.in_unit(1.0, "m/s");
    let words = format!("{coefficient:+.2} for a kappa larger by 1, {}", p(effect.p));
    paragraph(f, "  kappa      ", &words)?;
    if let (Some(force), Some(full)) = (fit.left_out_force_mps, fit.left_out_full_mps) {
        writeln!(f, "  left out   {force:.2} m/s off by force, {full:.2} with kappa")?;
    }
    if let Some(rival) = &fit.covariate {
        let (step, kappa) = (rival.step_frequency.partial_r2, rival.convergence.partial_r2);
        let p = p(rival.convergence.p);
        let words = format!("step frequency: partial R^2 {step:.3}; kappa in addition to it {kappa:.3}, {p}");
        paragraph(f, "  covariate  ", &words)?;
    }
    Ok(())
}

impl fmt::Display for SpeedPlateau {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "speed  {} per trial (its unit)", self.speed_slope)?;
        writeln!(f, "force  {} per trial (its unit)", self.force_slope)?;
        f.write_str(if self.plateau {
            "a plateau: speed stands still while force rises"
        } else {
            "cannot tell a plateau; that is not to say that there is none"
        })
    }
}

impl fmt::Display for SprintCurve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "v(t) = vmax (1 - exp(-(t - start)/tau))")?;
        writeln!(f, "  vmax          {}", self.vmax_mps.in_unit(1.0, "m/s"))?;
        writeln!(f, "  tau           {}", self.tau_s.in_unit(1.0, "s"))?;
        writeln!(f, "  acceleration  {}", self.acceleration_mps2.in_unit(1.0, "m/s^2"))?;
        writeln!(f, "  start         {}", self.start_s.in_unit(1.0, "s"))?;
        write!(f, "  used up to {:.2} s, RMS deviation {}", self.end_s, number(self.rms))
    }
}
