//! Event trains on real recordings: peaks of the contributors, stride after stride.

use crate::common;
use copeak::convergence::{CycleKind, Cycles};
use copeak::event::{Feet, ForceContacts, Side};
use copeak::model::JointModel;
use copeak::recording::csv;
use copeak::sequence::{AdaptiveWindow, SpikeOrder, Trains};
use copeak::stride::{self, StepCriteria};
use copeak::synchrony::SpikeSync;

/// Support and swing hip of a treadmill runner peak once a step, tens of milliseconds apart: without a cap their synchrony
/// is perfect, with one it is not, and the lead has one direction.
#[test]
fn real_strides_coincide_always_without_a_cap_but_not_with_one() {
    let Some(folder) = common::data() else { return };
    let trial = csv::read(folder.join("treadmill_rbds/s01_v25.csv")).unwrap();
    let force = |side: Side| trial.signal(&format!("grf_vertical_{side}")).unwrap();
    let [left, right] =
        [Side::Left, Side::Right].map(|side| ForceContacts::default().find(force(side), side).unwrap());
    let contacts = Feet::new(left, right).unwrap().contacts();
    let steps = stride::Steps::from_contacts(&contacts, &[], &StepCriteria::default(), trial.span().unwrap())
        .unwrap();
    let joint = JointModel::new(15.0).apply(&trial).unwrap();
    let cycles = Cycles::new(&joint.contributors, steps.all(), CycleKind::Stride).unwrap();
    let peaks = |name: &str| -> Vec<f64> {
        let place = cycles.contributors().iter().position(|member| member.name == name).unwrap();
        cycles.peaks().iter().filter_map(|step| Some(step[place].as_ref().ok()?.time_s)).collect()
    };
    let span = trial.span().unwrap();
    let trains = Trains::new(&[peaks("support_hip"), peaks("swing_hip")], span.start_s, span.end_s).unwrap();
    assert!(trains.events() > 100, "{}", trains.events());
    let sync = |window| SpikeSync::of(&trains, window).unwrap().value();
    let (blind, capped) = (sync(AdaptiveWindow::uncapped()), sync(AdaptiveWindow::capped(0.03).unwrap()));
    let synfire = SpikeOrder::of(&trains, AdaptiveWindow::capped(0.08).unwrap()).unwrap().synfire(1);
    println!("uncapped {blind:.2}, within 30 ms {capped:.2}; {synfire}");
    assert!(blind > 0.95, "{blind}");
    assert!(capped < 0.5, "{capped}");
    assert_eq!(synfire.order, [1, 0]);
}
