//! Steps grouped into strides.

use super::{Step, Steps};
use crate::inference::Strides;
use alloc::vec::Vec;

impl Steps {
    /// Groups the accepted steps into strides, the unit of inference: see [`strides`].
    pub fn strides(&self) -> Strides {
        grouped(&self.accepted().collect::<Vec<_>>())
    }
}

/// Groups steps, in order of time and taken as they are, into strides, the unit of inference.
///
/// Two steps on opposite sides make a stride when the second starts where the first ends, to within half that step. A step whose
/// partner is missing stands alone.
///
/// ```
/// use copeak::{simulate::Sprinter, stride::{self, StepCriteria}};
/// let trial = Sprinter::at_speed(7.0).steps(8).seed(1).simulate()?.recording;
/// let steps = trial.feet()?.steps(&StepCriteria::default())?;
/// assert_eq!((steps.strides().steps(), steps.strides().len()), (8, 4));
/// assert_eq!(stride::strides(&steps.all()[..5]).len(), 3);
/// # Ok::<(), copeak::Error>(())
/// ```
pub fn strides(steps: &[Step]) -> Strides {
    grouped(&steps.iter().collect::<Vec<_>>())
}

fn grouped(steps: &[&Step]) -> Strides {
    Strides::paired(steps.len(), |i| {
        let (now, next) = (steps[i], steps[i + 1]);
        let gap = (next.start_s() - now.end_s).abs();
        now.side() != next.side() && gap <= 0.5 * (now.end_s - now.start_s())
    })
}
