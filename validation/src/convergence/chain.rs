//! From a recording to steps and cycles, as a report does it.

use copeak::Result;
use copeak::convergence::{CycleKind, Cycles};
use copeak::event::{Contact, ForceContacts, Side};
use copeak::model::JointModel;
use copeak::recording::Recording;
use copeak::stride::{self, Step, StepCriteria};

/// Low-pass cut-off of the angles.
pub const CUTOFF_HZ: f64 = 15.0;

/// Steps from the vertical force of both feet.
pub fn steps(recording: &Recording) -> Result<Vec<Step>> {
    let mut contacts: Vec<Contact> = Vec::new();
    let mut acceptance = StepCriteria::default();
    for side in [Side::Right, Side::Left] {
        let force = recording.signal(&format!("grf_vertical_{side}"))?;
        acceptance = StepCriteria::from_rate(force.clock().rate());
        contacts.extend(ForceContacts::default().find(force, side)?.contacts);
    }
    contacts.sort_by(|a, b| a.initial.time_s.total_cmp(&b.initial.time_s));
    Ok(stride::Steps::from_contacts(&contacts, &[], &acceptance, recording.span()?)?.all().to_vec())
}

/// Drives of the joint model over the stride-long cycles of the steps found by force.
pub fn cycles(recording: &Recording) -> Result<Cycles> {
    let joint = JointModel::new(CUTOFF_HZ).apply(recording)?;
    Cycles::new(&joint.contributors, &steps(recording)?, CycleKind::Stride)
}
